"""A table that an enterprise reports: its columns, and how its rows enter a cluster folder.

The enterprise and the year of a row are never requested: they are those of the report.

Deadlines: the office sets by when a table of a year is due, and takes it back; each with its log entry.

Who owes which report by when: the deadlines of the office against the newest version of each report.

What people call the tables that they report and their columns, in the language of the page.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from separatrix_cluster.tables.layout import FieldLayout, TableLayout, layouts
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Deadline, Report
from separatrix_park.scope import library_language

__all__ = [
    "Board",
    "Duty",
    "ReportedTable",
    "Row",
    "STANDING",
    "TITLES",
    "board_of",
    "column_name",
    "column_title",
    "deadlines_of",
    "duties_of",
    "is_reported",
    "meaning_in",
    "newest_states",
    "period_of_report",
    "remove_deadline",
    "reported_table",
    "reported_tables",
    "set_deadline",
    "table_and_year",
    "title_of",
]

Row = Mapping[str, str]
"""One row of a report: the texts of its columns, without empty cells."""

STANDING = 0
"""The year of a report of a table that holds for no one year, such as the streams on offer."""

FIRST_YEAR = 1990
"""The earliest year of a report."""

_OWNERS: Mapping[str, str] = {
    "energy": "enterprise",
    "emissions": "enterprise",
    "accounts": "enterprise",
    "products": "enterprise",
    "purchases": "enterprise",
    "awareness": "enterprise",
    "adoption": "enterprise",
    "trade": "enterprise",
    "streams": "enterprise",
    "measures": "enterprise",
    "links": "from",
    "enterprises": "id",
}
"""The tables that an enterprise reports, in the order of their weight, and the column that names it."""

_DATED = frozenset(
    {"energy", "emissions", "accounts", "products", "purchases", "awareness", "adoption", "trade"}
)
_SINGLE = frozenset({"accounts", "awareness", "adoption", "enterprises"})
_OF_THE_OFFICE: Mapping[str, frozenset[str]] = {
    "adoption": frozenset({"adopters", "of", "group"}),
    "purchases": frozenset({"footprint"}),
}
"""Columns that count many enterprises, or name a file of the folder: no one enterprise fills them in."""
_NAMES_OF_OWN = frozenset({"id", "excludes", "requires"})
"""Columns of `measures` that name a measure; two enterprises may both have called one M01."""

_NOTHING: Mapping[str, Row] = {
    "energy": {"carrier": "electricity", "unit": "MWh"},
    "purchases": {"input": "nothing", "unit": "t"},
}
"""The quantities that an amount of 0 declares absent; production always needs electricity."""
_NOTHING_AS_BEFORE: Mapping[str, tuple[str, ...]] = {
    "energy": ("carrier", "unit", "pressure"),
    "emissions": ("kind", "gas", "activity", "unit"),
}
"""The columns that list the enterprise's other years, for which 0 is declared as well."""

_LABELS: Mapping[str, str] = {
    "rd_spend": "R&D spending",
    "rd_staff": "R&D staff",
    "co2_avoided": "CO2 avoided",
    "km": "Distance, km",
    "urn": "URN",
    "code": "Waste code",
    "id": "Short name",
}


@dataclass(frozen=True)
class ReportedTable:
    """A table of a cluster folder as an enterprise reports it.

    Attributes
    ----------
    layout : TableLayout
    owner : str
        The column that names the enterprise.
    dated : bool
        Whether each year has its own report; otherwise one list applies until it is corrected.
    single : bool
        Whether a report has one row.
    columns : tuple of FieldLayout
        The columns to fill in.
    """

    layout: TableLayout
    owner: str
    dated: bool
    single: bool
    columns: tuple[FieldLayout, ...]

    @property
    def name(self) -> str:
        """Its name in a cluster folder."""
        return self.layout.name

    @property
    def monthly(self) -> bool:
        """Whether amounts may be given by month."""
        return "month" in self.layout.columns

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row of one report."""
        return tuple(name for name in self.layout.key if name not in (self.owner, "year", "group"))

    def column(self, name: str) -> FieldLayout | None:
        """Return a column of the form, including those of a family (`survey_3`)."""
        found = next((column for column in self.columns if column.name == name), None)
        if found is None and any(name.startswith(pattern.name) for pattern in self.layout.patterns):
            found = self.layout.column_of(name)
        return found

    def columns_of(self, rows: Iterable[Row]) -> tuple[FieldLayout, ...]:
        """Return the columns of the form, and those columns of a family that the rows contain."""
        own = dict.fromkeys(name for row in rows for name in row if not self._has_column(name))
        families = [found for name in own if (found := self.column(name)) is not None]
        return (*self.columns, *families)

    def _has_column(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def years(self, first: int, last: int) -> tuple[int, ...]:
        """Return the years that have their own report."""
        return tuple(range(last, first - 1, -1)) if self.dated else (STANDING,)

    def cluster_rows(self, enterprise: str, year: int, rows: Iterable[Row]) -> list[dict[str, str]]:
        """Return the rows of a report as in a cluster folder.

        Parameters
        ----------
        enterprise : str
            The id of the enterprise.
        year : int
            `STANDING` for a list that holds for no one year.
        rows : iterable of Row

        Examples
        --------
        >>> reported_table("energy").cluster_rows("E01", 2024, [{"carrier": "heat", "amount": "9"}])
        [{'enterprise': 'E01', 'year': '2024', 'carrier': 'heat', 'amount': '9'}]
        >>> reported_table("measures").cluster_rows("E01", 0, [{"id": "M2", "requires": "M1"}])
        [{'enterprise': 'E01', 'id': 'E01.M2', 'requires': 'E01.M1'}]
        """
        own = {self.owner: enterprise} | ({"year": str(year)} if self.dated else {})
        return [
            own | {name: self._label(enterprise, name, text) for name, text in row.items()} for row in rows
        ]

    def zero_rows(self, others: Iterable[Row]) -> list[dict[str, str]]:
        """Return the rows that say in a cluster folder that there was nothing in a year: amounts of 0.

        Parameters
        ----------
        others : iterable of Row
            What the enterprise reported of other years: of that, too, there was nothing.

        Examples
        --------
        >>> reported_table("energy").zero_rows([{"carrier": "coke", "amount": "9", "unit": "t"}])[1]
        {'carrier': 'coke', 'unit': 't', 'amount': '0'}
        >>> reported_table("streams").zero_rows([])
        []
        """
        found = [dict(_NOTHING[self.name])] if self.name in _NOTHING else []
        columns = _NOTHING_AS_BEFORE.get(self.name, ())
        for row in others if columns else ():
            # A verified total of 0 would stand in place of fuels that are told of.
            if row.get("kind", "process") == "process":
                found.append({name: row[name] for name in columns if name in row})
        return [row | {"amount": "0"} for k, row in enumerate(found) if row not in found[:k]]

    def _label(self, enterprise: str, name: str, text: str) -> str:
        if self.name != "measures" or name not in _NAMES_OF_OWN:
            return text
        if name == "id":
            return f"{enterprise}.{text}"
        parts = (
            part if part.startswith(f"{enterprise}.") else f"{enterprise}.{part}" for part in text.split()
        )
        return " ".join(parts)


@cache
def reported_tables() -> Mapping[str, ReportedTable]:
    """Return the tables that an enterprise reports, by name.

    Examples
    --------
    >>> [name for name, table in reported_tables().items() if not table.dated]
    ['streams', 'measures', 'links', 'enterprises']
    """
    return {name: _table(layouts()[name], owner) for name, owner in _OWNERS.items()}


def reported_table(name: str) -> ReportedTable:
    """Return a table that an enterprise reports; a KeyError for any other."""
    return reported_tables()[name]


def table_and_year(name: str, year: int) -> ReportedTable:
    """Return a table that has reports for such a year.

    Raises
    ------
    Http404
        If no such table exists, or it has no reports for such a year.
    """
    table = reported_tables().get(name)
    if table is None or not is_reported(table, year):
        raise Http404
    return table


def is_reported(table: ReportedTable, year: int) -> bool:
    """Return whether a table is reported of a year: there are pages for no other."""
    return FIRST_YEAR <= year <= timezone.localtime().year + 1 if table.dated else year == STANDING


def _table(layout: TableLayout, owner: str) -> ReportedTable:
    dated = layout.name in _DATED
    unasked = {owner} | ({"year"} if dated else set()) | _OF_THE_OFFICE.get(layout.name, frozenset())
    columns = tuple(column for column in layout.columns.values() if column.name not in unasked)
    return ReportedTable(layout, owner, dated, layout.name in _SINGLE, columns)


def column_name(column: FieldLayout, language: str) -> str:
    """Return what people call a column.

    Examples
    --------
    >>> amount = reported_table("energy").column("amount")
    >>> (
    ...     column_name(amount, "en"),
    ...     column_name(amount, "zh"),
    ...     column_name(reported_table("awareness").column("survey_2"), "zh"),
    ... )
    ('Amount', '消费量', '问卷 2')
    """
    family = next((prefix for prefix in ("survey_",) if column.name.startswith(prefix)), "")
    number = column.name.removeprefix(family) if family else ""
    if language.startswith("zh"):
        names: Sequence[str] = ("问卷",) if family else column.names
        found = next((name for name in names if not name.isascii()), column.name)
        return f"{found} {number}".strip()
    if family:
        return f"Survey, question {number}"
    return _LABELS.get(column.name) or column.name.replace("_", " ").capitalize()


def meaning_in(layout: FieldLayout | TableLayout, language: str) -> str:
    """Return what a column or a table means, in a language."""
    return layout.meaning_zh or layout.meaning if language.startswith("zh") else layout.meaning


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


TITLES: Mapping[str, Promise] = {
    "energy": _("Energy"),
    "emissions": _("Process and verified emissions"),
    "accounts": _("Output and staff"),
    "products": _("Products"),
    "purchases": _("Purchases"),
    "awareness": _("Awareness survey"),
    "adoption": _("Low-carbon cooperation"),
    "trade": _("Exports"),
    "streams": _("Streams offered and wanted"),
    "measures": _("Measures"),
    "links": _("Links to others"),
    "enterprises": _("The enterprise itself"),
    "factors": _("Your own emission factors"),
    "region": _("Regional totals"),
    "benchmarks": _("Benchmarks"),
    "facilities": _("Shared facilities"),
    "io_sectors": _("Sectors of the input-output table"),
    "io": _("Input-output coefficients"),
}


def title_of(table: str) -> Any:
    """Return what a table is called."""
    return TITLES.get(table, table)


def column_title(table: str, column: str) -> str:
    """Return what a column of a table is called; a heading that it does not know as it is.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     column_title("energy", "carrier"), column_title("energy", "Bemerkung")
    ('能源品种', 'Bemerkung')
    """
    layout = layouts().get(table)
    found = None if layout is None else layout.column_of(column)
    return column if found is None else column_name(found, library_language())


def period_of_report(year: int) -> str:
    """Return the year of a report as people read it; a list that holds for no one year says so."""
    return told("permanent list") if year == STANDING else str(year)
