"""Requested answers: each for one version of the data, calculated by a job."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.tenant import TenantRow


class Answer(TenantRow):
    """One answer of one kind on one version of the data; without an enterprise it is the office's.

    Jobs write it, on behalf of the platform; the person who requested it reads it. ``seen`` is the time of
    the job's last sign of life: after a server has ended, the job is restarted.
    """

    WRITERS = frozenset()
    DERIVED = True

    class State(models.TextChoices):
        """How far the work has come."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

        @property
        def label(self) -> Any:
            """What people call it, in their language."""
            return {
                "waiting": _("Waiting"),
                "running": _("Running"),
                "done": _("Done"),
                "failed": _("Failed"),
                "cancelled": _("Cancelled"),
            }[self.value]

    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    data_version = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.FloatField(default=0.0)
    cancel = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    ended = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["kind", "data_version"]),)
