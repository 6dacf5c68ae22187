"""The log: append-only, each entry with the hash of the one before; it holds hashes and never values."""

from __future__ import annotations

import hashlib
import json

from django.db import models, transaction


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
        from django.utils import timezone

        with transaction.atomic():
            last = cls.objects.select_for_update().order_by("-number").first()
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
