"""What enterprises report, in versions; what backs it, who else may read it, by when it is due."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.tenant import OfficeRow, TenantRow
from separatrix_park.scope import Scope

STATES = (
    ("draft", _("draft")),
    ("submitted", _("waiting for approval")),
    ("approved", _("approved")),
    ("returned", _("returned")),
    ("deleted", _("deleted")),
)
"""What people call the states of a report."""

ORIGINS = (
    ("form", _("form")),
    ("spreadsheet", _("spreadsheet")),
    ("office", _("imported by the office")),
    ("history", _("historical data imported by the office")),
    ("program", _("program")),
)
"""What people call the ways by which a report comes."""


class Sharing(TenantRow):
    """What one enterprise lets another read: a table, from a year on; it may end it by deleting the row."""

    called = models.CharField(max_length=200)
    recipient = models.ForeignKey(Enterprise, null=True, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    since = models.IntegerField()
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(
                name="one_sharing_a_table_and_name",
                fields=["enterprise", "called", "table"],
                condition=~Q(called=""),
            ),
        )

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return what one shares and what is shared with one."""
        own = super().readable(scope)
        return own if scope.enterprise is None else own | Q(recipient_id=scope.enterprise)

    @classmethod
    def shared_in_sql(cls) -> str:
        """Return what is shared with an enterprise."""
        return "recipient_id = {own}"


class Report(TenantRow):
    """One version of one table of one enterprise for one year; year 0 where a table has no years.

    Nothing that was submitted is ever changed in place: a correction is a new version, with who, when
    and why.  A draft is saved in place, each time as another ``revision``.

    ``nothing`` states that there is nothing to report, so that an empty report does not count as missing.
    ``reasons`` explain why doubts stay, by `Finding.key`. ``hands`` are the ids of all who edited it and
    therefore cannot approve it. A deleted report keeps its row without value and salt, so that its number
    is not used again.
    """

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"
        DELETED = "deleted"

        @property
        def label(self) -> Any:
            """What people call it, in their language."""
            return dict(STATES)[self.value]

    class Origin(models.TextChoices):
        """By which way it came."""

        FORM = "form"
        SPREADSHEET = "spreadsheet"
        OFFICE = "office"
        HISTORY = "history"
        PROGRAM = "program"

    table = models.CharField(max_length=40)
    year = models.IntegerField()
    version = models.IntegerField()
    state = models.CharField(max_length=10, choices=STATES, default=State.DRAFT)
    rows = models.JSONField(default=list)
    nothing = models.BooleanField(default=False)
    reasons = models.JSONField(default=dict)
    origin = models.CharField(max_length=12, choices=ORIGINS, default=Origin.FORM)
    revision = models.IntegerField(default=1)
    hands = models.JSONField(default=list)
    editor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    edited = models.DateTimeField(default=timezone.now)
    submitter = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    submitted = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=32)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.DateTimeField(auto_now_add=True)
    why = models.TextField(blank=True)
    judge = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    judged = models.DateTimeField(null=True)
    judgement = models.TextField(blank=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(
                name="one_report_a_version", fields=["enterprise", "table", "year", "version"]
            ),
        )
        indexes = (models.Index(fields=["state", "table", "year"]),)

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return one's own reports, and approved ones that are shared with one."""
        own = super().readable(scope)
        if scope.enterprise is None:
            return own
        shared = Sharing.objects.filter(
            recipient_id=scope.enterprise,
            enterprise_id=OuterRef("enterprise_id"),
            table=OuterRef("table"),
            since__lte=OuterRef("year"),
        )
        return own | Q(Exists(shared), state=cls.State.APPROVED)

    @classmethod
    def shared_in_sql(cls) -> str:
        """Return approved reports that are shared with an enterprise."""
        return (
            "(state = 'approved' AND EXISTS (SELECT 1 FROM park_sharing s WHERE s.recipient_id = {own}"
            ' AND s.enterprise_id = park_report.enterprise_id AND s."table" = park_report."table"'
            " AND s.since <= park_report.year))"
        )

    @property
    def stamp(self) -> str:
        """A value that changes each time the report is saved: a change states the stamp it is based on."""
        return f"{self.version}.{self.revision}"

    def digest(self) -> str:
        """Return the salted hash of this version for the log."""
        content = json.dumps([self.table, self.year, self.version, self.rows], sort_keys=True)
        return hashlib.sha256(bytes(self.salt) + content.encode()).hexdigest()


class Evidence(TenantRow):
    """A file that backs a report; its content lies in the park's folder under its hash."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    salt = models.BinaryField(max_length=32)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made = models.DateTimeField(auto_now_add=True)


class Deadline(OfficeRow):
    """By when a table of a year is due, as the office sets it."""

    table = models.CharField(max_length=40)
    year = models.IntegerField()
    due = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta(OfficeRow.Meta):
        constraints = (models.UniqueConstraint(name="one_deadline_a_table", fields=["table", "year"]),)
