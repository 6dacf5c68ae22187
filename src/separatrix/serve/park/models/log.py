"""The log: append-only, each entry with the hash of the one before, hashes and never values; publications."""

from __future__ import annotations

import hashlib
import json

from django.db import connection, models, transaction
from django.utils import timezone

from separatrix.serve.park.models.people import Person
from separatrix.serve.park.models.tenant import OfficeRow

CHAIN_LOCK = 0x7365_7061  # any number of our own: it names the lock of the chain


class LogEntry(models.Model):
    """One thing that was done.

    ``subject`` is the salted hash of what it was done to; with the salt destroyed it tells nothing.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=64)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    def computed(self) -> str:
        """Return the hash that this entry must have."""
        content = [self.number, self.at.isoformat(), self.actor, self.action, self.subject, self.before]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @classmethod
    def append(cls, actor: str, action: str, subject: str) -> LogEntry:
        """Write the next entry, in the caller's transaction: neither stands without the other."""
        with transaction.atomic():
            if connection.vendor == "postgresql":
                # The next number is one more than the last, so that two may not look at the same time.
                # SQLite's transactions are IMMEDIATE and exclude each other by themselves.
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
            last = cls.objects.order_by("-number").first()
            entry = cls(
                number=last.number + 1 if last else 1,
                at=timezone.now(),
                actor=actor,
                action=action,
                subject=subject,
                before=last.digest if last else "",
            )
            entry.digest = entry.computed()
            entry.save(force_insert=True)
        return entry


class Publication(OfficeRow):
    """Figures of the park for everybody, with the head of the log's chain at that moment."""

    FOR_PUBLIC = True

    number = models.IntegerField(unique=True)
    title = models.CharField(max_length=200)
    content = models.JSONField(default=dict)
    data_version = models.CharField(max_length=64)
    chain_number = models.BigIntegerField()
    chain_head = models.CharField(max_length=64)
    made = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
