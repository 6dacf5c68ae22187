"""The log: append-only, each entry with the hash of the one before, hashes and never values; publications.

All figures released about several enterprises together, and the values behind them.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.utils import timezone

from separatrix_park.models.people import Person
from separatrix_park.models.tenant import OfficeRow, TenantRow
from separatrix_park.scope import SEE_ALL, SYSTEM, NoScope, current

A_BATCH = 500
CHAIN_LOCK = 0x7365_7061  # any number of our own: it names the lock of the chain


class LogEntry(models.Model):
    """One thing that was done.

    ``subject`` identifies the affected item without its value: by a salted hash, or by the id of a row.
    Once the salt is destroyed, or the row deleted, it reveals nothing. ``about`` is the enterprise
    concerned: an id that identifies no one after the enterprise has left.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=40, db_index=True)
    subject = models.CharField(max_length=64, db_index=True)
    about = models.UUIDField(null=True, db_index=True)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    def save(self, *args: object, **named: object) -> None:
        """Write a new entry; the database refuses to change one."""
        if not self._state.adding:
            raise PermissionDenied
        super().save(*args, **named)

    def delete(self, *args: object, **named: object) -> tuple[int, dict[str, int]]:
        """Refuse: the log is append-only."""
        raise PermissionDenied

    def computed(self) -> str:
        """Return the hash that this entry must have."""
        about = str(self.about) if self.about else ""
        at = self.at.astimezone(datetime.UTC).isoformat()
        content = [self.number, at, self.actor, self.action, self.subject, about, self.before]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @classmethod
    def hold(cls) -> datetime.datetime:
        """Lock the log against other entries until the transaction ends; return the time.

        The next number is one more than the last, so that two may not look at the same time.  SQLite's
        transactions are IMMEDIATE and exclude each other by themselves.  On PostgreSQL the clock is the
        database's: those of several servers may differ.
        """
        if connection.vendor != "postgresql":
            return timezone.now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
            cursor.execute("SELECT clock_timestamp()")
            (at,) = cursor.fetchone()
        when: datetime.datetime = at
        return when

    @classmethod
    def append(cls, actor: str, action: str, subject: str, about: uuid.UUID | None = None) -> LogEntry:
        """Write the next entry, in the caller's transaction: neither stands without the other.

        Parameters
        ----------
        actor : str
            The number of a person, or what did it.
        action : str
            What was done, in the past tense.
        subject : str
            The salted hash of what it was done to, or the id of its row.
        about : uuid.UUID, optional
            The enterprise whose matter it is; by default that of the scope.

        Notes
        -----
        Appending locks the chain until the transaction ends: do it last.
        """
        return cls.append_all(actor, action, [(subject, about)])[0]

    @classmethod
    def append_all(
        cls, actor: str, action: str, subjects: Iterable[tuple[str, uuid.UUID | None]]
    ) -> list[LogEntry]:
        """Write the next entries as `append` does, one for each subject and enterprise whose matter it is.

        Taking in the reports of a whole park would spend most of its time with one statement after another.
        """
        with transaction.atomic():
            at = cls.hold()
            last = cls.objects.order_by("-number").first()
            number, before = (last.number, last.digest) if last else (0, "")
            entries = []
            for subject, about in subjects:
                number += 1
                entry = cls(
                    number=number,
                    at=at,
                    actor=actor,
                    action=action,
                    subject=subject,
                    about=about or _enterprise_in_force(),
                    before=before,
                )
                before = entry.digest = entry.computed()
                entries.append(entry)
            return cls.objects.bulk_create(entries, batch_size=A_BATCH)


def _enterprise_in_force() -> uuid.UUID | None:
    try:
        return current().enterprise
    except NoScope:  # an account is made before anybody is signed in
        return None


class Publication(OfficeRow):
    """Figures of the park for everybody, with the head of the log's chain at that moment.

    ``content`` is the published content and never changes; ``incomplete_since`` records since when, and of
    how many enterprises, data behind it have been deleted.
    """

    FOR_PUBLIC = True

    number = models.IntegerField(unique=True)
    title = models.CharField(max_length=200)
    year = models.IntegerField(default=0)
    content = models.JSONField(default=dict)
    data_version = models.CharField(max_length=64)
    chain_number = models.BigIntegerField()
    chain_head = models.CharField(max_length=64)
    made = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    deleted = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    why_withdrawn = models.TextField(blank=True)

    def digest(self) -> str:
        """Return the hash of it for the log; its input is public."""
        told = [self.number, self.title, self.year, self.content, self.data_version]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Release(OfficeRow):
    """One release: a publication or, without one, enterprises' positions among peers.

    ``figures`` is what they say, each as bounds on a weighted sum of values or on a ratio of sums; it names
    values by their numbers and holds none.
    """

    READERS = SEE_ALL
    KEEPERS = frozenset({SYSTEM})

    year = models.IntegerField(db_index=True)
    publication = models.OneToOneField(
        Publication, null=True, on_delete=models.CASCADE, related_name="release"
    )
    made = models.DateTimeField()
    figures = models.JSONField(default=list)


class ReleasedValue(TenantRow):
    """One value of an enterprise, in one version, behind a released figure.

    A corrected value is another row, so that figures based on the earlier one stay consistent. It is
    deleted with the data it was calculated from. Then no further figures of the year are released, because
    the difference would reveal the deleted data.
    """

    WRITERS = frozenset()

    year = models.IntegerField()
    quantity = models.CharField(max_length=40)
    value = models.FloatField()
    source = models.CharField(max_length=64, blank=True)
    """What the reports were called then: with the same reports another value is a rework."""
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="values")
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["year", "quantity"]),)
