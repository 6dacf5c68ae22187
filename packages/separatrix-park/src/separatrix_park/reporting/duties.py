"""Who owes which report by when: the deadlines of the office against the newest version of each report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from separatrix_park.models.people import Enterprise
from separatrix_park.models.reports import Deadline, Report
from separatrix_park.reporting.reported_table import STANDING, reported_tables

__all__ = ["Board", "Duty", "board_of", "deadlines_of", "duties_of", "newest_states"]

SOON = timedelta(days=14)
"""Within this time a report is due soon."""

DONE = frozenset({Report.State.APPROVED, Report.State.SUBMITTED})
"""States that count as submitted: until a report is returned."""


@dataclass(frozen=True)
class Duty:
    """One report that is due, and its progress.

    Attributes
    ----------
    table : str
    year : int
    due : datetime or None
        None if the office has set no deadline.
    note : str
        The office's note to the deadline.
    state : str
        Of the newest version; without one, ``missing`` if the report is due, else ``unasked``.
    number : int or None
        Of the newest version.
    version : int
    overdue, soon : bool
        Whether the deadline is past, or near, and nothing was submitted.
    judgement : str
        Reason for the return.
    """

    table: str
    year: int
    due: datetime | None
    note: str = ""
    state: str = "missing"
    number: int | None = None
    version: int = 0
    overdue: bool = False
    soon: bool = False
    judgement: str = ""

    @property
    def open(self) -> bool:
        """Whether the enterprise has something to do: nothing was submitted, or it was returned."""
        return self.state not in DONE and self.state != "unasked"


@dataclass(frozen=True)
class Board:
    """The reports of a year, enterprise by enterprise.

    Attributes
    ----------
    year : int
    tables : tuple of str
    duties : mapping of enterprise to its duties, in the order of the tables
    """

    year: int
    tables: tuple[str, ...]
    duties: Mapping[UUID, tuple[Duty, ...]]


def deadlines_of(year: int | None = None) -> QuerySet[Deadline]:
    """Return the deadlines, the nearest first; of one year with those of standing lists, or all."""
    found: QuerySet[Deadline] = Deadline.objects.order_by("due", "table")
    return found if year is None else found.filter(year__in=(year, STANDING))


def newest_states(
    enterprises: Iterable[UUID], years: Sequence[int] | None = None
) -> dict[tuple[UUID, str, int], Report]:
    """Return the newest version of each report of some enterprises, without its rows."""
    reports = Report.objects.filter(enterprise_id__in=list(enterprises)).defer("rows", "reasons")
    reports = reports.exclude(state=Report.State.DELETED)
    if years is not None:
        reports = reports.filter(year__in=years)
    # Later versions overwrite earlier ones.
    return {(r.enterprise_id, r.table, r.year): r for r in reports.order_by("version")}


def duties_of(enterprise: UUID, now: datetime | None = None) -> list[Duty]:
    """Return the reports that one enterprise owes, and others it has started, the most urgent first."""
    moment = now or timezone.now()
    known = newest_states([enterprise])
    due = {(d.table, d.year): d for d in deadlines_of()}
    keys = {*due, *((table, year) for _, table, year in known)}
    found = [_duty(key, due.get(key), known.get((enterprise, *key)), moment) for key in keys]
    order = list(reported_tables())
    late = datetime.max.replace(tzinfo=moment.tzinfo)
    return sorted(
        found,
        key=lambda d: (not d.open, d.due or late, -d.year, order.index(d.table) if d.table in order else 99),
    )


def board_of(year: int, enterprises: Sequence[Enterprise], now: datetime | None = None) -> Board:
    """Return the reports that some enterprises owe for a year, and their progress."""
    moment = now or timezone.now()
    due = {(d.table, d.year): d for d in deadlines_of(year)}
    known = newest_states([e.pk for e in enterprises], (year, STANDING))
    asked = {table for table, _ in due} | {table for _, table, _ in known}
    tables = tuple(name for name in reported_tables() if name in asked)
    keys = [(t, year if reported_tables()[t].dated else STANDING) for t in tables]
    return Board(
        year,
        tables,
        {
            e.pk: tuple(_duty(key, due.get(key), known.get((e.pk, *key)), moment) for key in keys)
            for e in enterprises
        },
    )


def counts_of(board: Board) -> Mapping[str, int]:
    """Return how many reports of a board are in each state, those overdue counted besides."""
    duties = [duty for own in board.duties.values() for duty in own]
    return Counter([duty.state for duty in duties] + ["overdue" for duty in duties if duty.overdue])


def _duty(key: tuple[str, int], deadline: Deadline | None, report: Report | None, now: datetime) -> Duty:
    due = None if deadline is None else deadline.due
    state = str(report.state) if report is not None else "unasked" if due is None else "missing"
    waits = due is not None and state not in DONE
    return Duty(
        *key,
        due,
        "" if deadline is None else deadline.note,
        state,
        None if report is None else report.pk,
        0 if report is None else report.version,
        overdue=waits and due is not None and due < now,
        soon=waits and due is not None and now <= due < now + SOON,
        judgement=report.judgement if report is not None and state == Report.State.RETURNED else "",
    )
