"""What enterprises report: one table of one year, in versions."""

from __future__ import annotations

import hashlib
import json

from django.db import models

from separatrix.serve.park.models.people import Enterprise, Person


class Report(models.Model):
    """One version of one table of one enterprise for one year.

    Nothing is ever changed in place: a correction is a new version, with who, when and why.
    """

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft"
        SUBMITTED = "submitted"
        APPROVED = "approved"
        RETURNED = "returned"

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE)
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

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_report_a_version", fields=["enterprise", "table", "year", "version"]
            ),
        )
        indexes = (models.Index(fields=["state", "table", "year"]),)

    def digest(self) -> str:
        """Return the salted hash by which the log speaks of this version."""
        content = json.dumps([self.table, self.year, self.version, self.rows], sort_keys=True)
        return hashlib.sha256(bytes(self.salt) + content.encode()).hexdigest()
