"""What enterprises report, in versions; what backs it, who else may read it, by when it is due."""

from __future__ import annotations

import hashlib
import json

from django.db import models
from django.db.models import Exists, OuterRef, Q

from separatrix.serve.park.models.people import Enterprise, Person
from separatrix.serve.park.models.tenant import OfficeRow, TenantRow
from separatrix.serve.park.scope import Scope


class Sharing(TenantRow):
    """What one enterprise lets another read: a table, from a year on; it may end it by deleting the row."""

    recipient = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=40)
    since = models.IntegerField()
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(
                name="one_sharing_a_table_and_recipient", fields=["enterprise", "recipient", "table"]
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
    and why.
    """

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"

    table = models.CharField(max_length=40)
    year = models.IntegerField()
    version = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    rows = models.JSONField(default=list)
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

    def digest(self) -> str:
        """Return the salted hash by which the log speaks of this version."""
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
