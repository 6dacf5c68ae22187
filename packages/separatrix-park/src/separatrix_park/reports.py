"""What the enterprises of `synthetic-park` report: its tables, with the accidents of a year that is not over.

Some enterprises began with the platform in its last year and reported energy and output themselves; all else
came as history, from spreadsheets of the office.  Of what they reported most is approved, some waits for a
second person, something was returned, something is a draft; others owe something, so that every state can
be seen.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext

from separatrix.run.csv_output import csv_text
from separatrix_cluster.tables.shipped import shipped_cluster
from separatrix_park.reporting.tables import STANDING, Row, reported_tables

__all__ = [
    "CLUSTER",
    "FIRST_YEAR",
    "LAST_YEAR",
    "ExampleReport",
    "example_history",
    "example_members",
    "example_office_tables",
    "example_reports",
    "monthly",
]

CLUSTER = "synthetic-park"
FIRST_YEAR, LAST_YEAR = 2020, 2024
SHOWN = (
    "energy", "accounts", "emissions", "products", "purchases", "streams", "measures", "awareness", "trade",
    "links", "adoption", "enterprises",
)  # fmt: skip
"""The tables of the made-up cluster that its enterprises report."""

OF_THE_OFFICE = ("region", "benchmarks", "io", "io_sectors", "factors", "facilities")
"""The tables that belong to no enterprise."""

Rows = tuple[Row, ...]
State = Literal["draft", "submitted", "approved", "returned"]

REPORTED_BY_PEOPLE = ("energy", "accounts")
PIONEERS = ("E03", "E05", "E06", "E08", "E10", "E11", "E12", "E14", "E17", "E24")
"""Enterprises that report these two tables of the last year themselves."""

ABSENT = {("energy", "E20"), ("energy", "E27"), ("accounts", "E19"), ("accounts", "E22"), ("accounts", "E27")}
"""Required reports that are missing in the last year."""

STATES: Mapping[tuple[str, str], State] = {
    ("energy", "E03"): "submitted",
    ("energy", "E08"): "submitted",
    ("energy", "E10"): "returned",
    ("energy", "E17"): "draft",
    ("accounts", "E11"): "draft",
    ("accounts", "E14"): "submitted",
}
"""How far reports of the last year have come that are not approved."""

BY_MONTH = {"E05": 12, "E11": 9, "E12": 12}
"""Who reports the energy of the last year by month, and how many months there are yet."""

SEASONS = {"heat": 0.35, "natural_gas": 0.2, "raw_coal": 0.1, "electricity": 0.05}
"""By how much of the mean the coldest month is above it."""

LATE_BILL = ("energy", "E06", LAST_YEAR - 1)
"""Whose history lacks a bill, which a correction brings."""


@dataclass(frozen=True)
class ExampleReport:
    """One version of a report that people of an enterprise entered.

    Attributes
    ----------
    enterprise : str
        Its id in the tables.
    table : str
    year : int
    rows : tuple of Row
    state : str
        How far it has come.
    why : str
        Of a correction, why it was made.
    judgement : str
        What the second person wrote who returned it.
    """

    enterprise: str
    table: str
    year: int
    rows: Rows
    state: State = "approved"
    why: str = ""
    judgement: str = ""


def example_members() -> list[dict[str, str]]:
    """Return the rows of the enterprises of the made-up park."""
    return _rows("enterprises")


def example_office_tables() -> list[tuple[str, list[dict[str, str]]]]:
    """Return what the office itself keeps: tables of no enterprise, and measures of the whole park.

    Examples
    --------
    >>> [name for name, _ in example_office_tables()]
    ['region', 'benchmarks', 'io', 'io_sectors', 'factors', 'facilities', 'measures']
    """
    kept = [(name, _rows(name)) for name in OF_THE_OFFICE]
    measures = [row for row in _rows("measures") if not row["enterprise"]]
    return [
        (name, [{c: t for c, t in row.items() if t} for row in rows])
        for name, rows in (*kept, ("measures", measures))
    ]


def example_history() -> list[tuple[str, str]]:
    """Return the tables as the office has them, each as CSV.

    Examples
    --------
    >>> [table for table, _ in example_history()][:3]
    ['energy', 'accounts', 'emissions']
    """
    found = []
    for table in SHOWN:
        asked = reported_tables()[table]
        rows = [dict(_of_history(table, row)) for row in _rows(table) if _is_history(table, row)]
        columns = [c for c in rows[0] if c in (asked.owner, "year") or asked.column(c)]
        found.append((table, csv_text(columns, [[row[name] for name in columns] for row in rows])))
    return found


def example_reports() -> list[ExampleReport]:
    """Return what people reported themselves: the last year, and a correction of history.

    Examples
    --------
    >>> reports = example_reports()
    >>> sorted({r.year for r in reports}), sorted({r.state for r in reports})
    ([2023, 2024], ['approved', 'draft', 'returned', 'submitted'])
    """
    found = [report for table in REPORTED_BY_PEOPLE for report in _of_people(table)]
    return [last for report in found for last in _as_reported(report)]


def _rows(table: str) -> list[dict[str, str]]:
    with (shipped_cluster(CLUSTER) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_history(table: str, row: Mapping[str, str]) -> bool:
    """Whether the office has a row: of an enterprise that reports it itself only the years before."""
    asked = reported_tables()[table]
    enterprise, year = row[asked.owner], int(row["year"]) if asked.dated else STANDING
    if not enterprise or STANDING < year < FIRST_YEAR:  # measures of the whole park are nobody's to report
        return False
    of_people = table in REPORTED_BY_PEOPLE and year == LAST_YEAR
    return not (of_people and (enterprise in PIONEERS or (table, enterprise) in ABSENT))


def _of_people(table: str) -> Iterator[ExampleReport]:
    """Yield the reports of a table that people might enter: of some enterprises, each year."""
    together = dict[tuple[str, int], list[Row]]()
    for row in _rows(table):
        enterprise, year = row.pop("enterprise"), int(row.pop("year"))
        cells = {name: cell for name, cell in row.items() if cell}
        together.setdefault((enterprise, year), []).append(cells)
    for (enterprise, year), rows in sorted(together.items()):
        if enterprise in PIONEERS:
            yield ExampleReport(enterprise, table, year, tuple(rows))


def _as_reported(report: ExampleReport) -> Iterator[ExampleReport]:
    """Yield the report of the last year, or a correction of historical data."""
    place = report.table, report.enterprise
    if (*place, report.year) == LATE_BILL:
        yield replace(report, why=gettext("The electricity bill of December came late."))
    if report.year != LAST_YEAR:
        return
    state, rows, judgement = STATES.get(place, "approved"), report.rows, ""
    if report.table == "energy" and report.enterprise in BY_MONTH:
        rows = monthly(rows, BY_MONTH[report.enterprise])
    if state == "returned":
        rows = _in_the_wrong_unit(rows)
        judgement = gettext("Gas is entered in m³, but the unit is 10⁴ m³. Please check the bills again.")
    yield replace(report, rows=rows, state=state, judgement=judgement)


def monthly(rows: Rows, months: int = 12) -> Rows:
    """Return the bills of months whose sum over the whole year is each row's amount, to its last digit.

    Examples
    --------
    >>> bills = monthly(({"carrier": "heat", "amount": "1200"},))
    >>> sum(int(b["amount"]) for b in bills), bills[0]["amount"], bills[6]["amount"]
    (1200, '135', '65')
    """
    bills: list[Row] = []
    for row in rows:
        digits = len(row["amount"].partition(".")[2])
        season = SEASONS.get(row["carrier"], 0.0)
        shares = [1 + season * math.cos(2 * math.pi * month / 12) for month in range(12)]
        amounts = [round(float(row["amount"]) * share / sum(shares), digits) for share in shares]
        amounts[-1] = round(float(row["amount"]) - sum(amounts[:-1]), digits)
        bills += [
            {**row, "month": str(month), "amount": f"{amount:.{digits}f}"}
            for month, amount in enumerate(amounts[:months], start=1)
        ]
    return tuple(sorted(bills, key=lambda bill: int(bill["month"])))


def _of_history(table: str, row: Mapping[str, str]) -> Mapping[str, str]:
    """Return a row as the office had it: of one enterprise while the bill of December was missing."""
    if (table, row.get("enterprise"), row.get("year")) != (*LATE_BILL[:2], str(LATE_BILL[2])):
        return row
    if row["carrier"] != "electricity":
        return row
    return {**row, "amount": f"{float(row['amount']) * 11 / 12:.0f}"}


def _in_the_wrong_unit(rows: Rows) -> Rows:
    """Return rows whose gas was entered in cubic metres with a unit of ten thousand of them."""
    return tuple(
        {**row, "amount": f"{float(row['amount']) * 1e4:.0f}"} if row["carrier"] == "natural_gas" else row
        for row in rows
    )
