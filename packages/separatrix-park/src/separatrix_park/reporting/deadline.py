"""Deadlines: the office sets by when a table of a year is due, and takes it back; each with its log entry."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person
from separatrix_park.models.reports import Deadline
from separatrix_park.reporting.reported_table import ReportedTable

__all__ = ["remove_deadline", "set_deadline"]


def set_deadline(person: Person, table: ReportedTable, year: int, due: datetime, note: str = "") -> Deadline:
    """Set by when a table of a year is due; another deadline of the same is replaced.

    Raises
    ------
    PermissionDenied
        For everybody but the office.
    """
    with transaction.atomic():
        made: Deadline
        made, _ = Deadline.objects.update_or_create(
            table=table.name, year=year, defaults={"due": due, "note": note.strip()}
        )
        LogEntry.append(str(person.pk), "deadline set", _subject(made))
    return made


def remove_deadline(person: Person, deadline: Deadline) -> None:
    """Remove a deadline; nothing happens if another person has already removed it."""
    with transaction.atomic():
        if not Deadline.objects.select_for_update().filter(pk=deadline.pk):
            return
        LogEntry.append(str(person.pk), "deadline removed", _subject(deadline))
        deadline.delete()


def _subject(deadline: Deadline) -> str:
    told = f"{deadline.table}\n{deadline.year}\n{deadline.due.isoformat()}"
    return hashlib.sha256(told.encode()).hexdigest()
