"""A table that an enterprise reports: its columns, and how its rows enter a cluster folder.

The enterprise and the year of a row are never requested: they are those of the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.http import Http404
from django.utils import timezone

from separatrix_cluster.tables.layout import FieldLayout, TableLayout, layouts

__all__ = [
    "STANDING",
    "ReportedTable",
    "Row",
    "column_name",
    "is_reported",
    "meaning_in",
    "reported_table",
    "reported_tables",
    "table_and_year",
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
