"""What the enterprises of `synthetic-park` report: its tables, with the accidents of a year that is not over.

All years but the last are approved.  In the last one most is, some waits for a second person, something was
returned, something is a draft, and two enterprises owe their energy, so that every state can be seen.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext

from separatrix.cluster.tables.shipped_clusters import shipped_cluster

__all__ = ["LAST_YEAR", "ExampleReport", "example_members", "example_reports", "monthly"]

CLUSTER = "synthetic-park"
LAST_YEAR = 2024
TABLES = (
    "energy", "accounts", "emissions", "products", "purchases", "streams", "measures", "awareness", "trade",
)  # fmt: skip
NO_YEAR = 0
"""The year of reports of tables that have none."""

Rows = tuple[Mapping[str, str], ...]
State = Literal["draft", "submitted", "approved", "returned"]

ABSENT = {("energy", "E20"), ("energy", "E27"), ("accounts", "E19"), ("accounts", "E22"), ("accounts", "E27")}
"""What is not there in the last year, though it is asked for."""

STATES: Mapping[tuple[str, str], State] = {
    ("energy", "E03"): "submitted",
    ("energy", "E08"): "submitted",
    ("energy", "E10"): "returned",
    ("energy", "E17"): "draft",
    ("accounts", "E11"): "draft",
    ("accounts", "E14"): "submitted",
}
"""How far reports of the last year have come that are not approved."""

BY_MONTH = {"E05": 12, "E09": 9, "E12": 12}
"""Who reports the energy of the last year by month, and how many months there are yet."""

SEASONS = {"heat": 0.35, "natural_gas": 0.2, "raw_coal": 0.1, "electricity": 0.05}
"""By how much of the mean the coldest month is above it."""


@dataclass(frozen=True)
class ExampleReport:
    """One version of one report.

    Attributes
    ----------
    enterprise : str
        Its id in the tables.
    table : str
    year : int
        0 where the table has no years.
    rows : tuple of mapping
        Cells by column, without the enterprise and the year.
    state : str
        How far it has come.
    why : str
        What its author wrote.
    reason : str
        What the second person wrote who returned it.
    """

    enterprise: str
    table: str
    year: int
    rows: Rows
    state: State = "approved"
    why: str = ""
    reason: str = ""


def example_reports() -> list[ExampleReport]:
    """Return the reports of the made-up park in the order in which they came.

    Examples
    --------
    >>> reports = example_reports()
    >>> sorted({r.year for r in reports}), sorted({r.state for r in reports})
    ([0, 2020, 2021, 2022, 2023, 2024], ['approved', 'draft', 'returned', 'submitted'])
    """
    found = [r for table in TABLES for r in _of_table(table)]
    versions = [v for report in found for v in _versions(report)]
    return sorted(versions, key=lambda r: r.year)  # a correction stays behind what it corrects


def example_members() -> list[dict[str, str]]:
    """Return the rows of the enterprises of the made-up park."""
    return _rows("enterprises")


def _rows(table: str) -> list[dict[str, str]]:
    with (shipped_cluster(CLUSTER) / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_table(table: str) -> Iterator[ExampleReport]:
    """Yield one report for each enterprise and year that a shipped table speaks of."""
    together: dict[tuple[str, int], list[Mapping[str, str]]] = {}
    for row in _rows(table):
        enterprise, year = row.pop("enterprise"), int(row.pop("year", NO_YEAR))
        if enterprise:  # measures of the whole park are not an enterprise's to report
            together.setdefault((enterprise, year), []).append(
                {name: cell for name, cell in row.items() if cell}
            )
    for (enterprise, year), rows in sorted(together.items()):
        yield ExampleReport(enterprise, table, year, tuple(rows))


def _versions(report: ExampleReport) -> Iterator[ExampleReport]:
    """Yield the versions of a report, with what happened to it."""
    place = report.table, report.enterprise
    if report.year != LAST_YEAR:
        if place == ("energy", "E06") and report.year == LAST_YEAR - 1:
            yield replace(report, rows=_without_last_bill(report.rows))
            yield replace(report, why=gettext("The electricity bill of December came late."))
        else:
            yield report
    elif place not in ABSENT:
        state = STATES.get(place, "approved")
        rows = report.rows
        if report.table == "energy" and report.enterprise in BY_MONTH:
            rows = monthly(rows, BY_MONTH[report.enterprise])
        if state == "returned":
            rows = _in_the_wrong_unit(rows)
            reason = gettext(
                "Gas stands here in m³, and the unit says 10⁴ m³. Please look at the bills again."
            )
            yield replace(report, rows=rows, state=state, reason=reason)
        else:
            yield replace(report, rows=rows, state=state)


def monthly(rows: Rows, months: int = 12) -> Rows:
    """Return the bills of months whose sum over the whole year is each row's amount, to its last digit.

    Examples
    --------
    >>> bills = monthly(({"carrier": "heat", "amount": "1200"},))
    >>> sum(int(b["amount"]) for b in bills), bills[0]["amount"], bills[6]["amount"]
    (1200, '135', '65')
    """
    bills: list[Mapping[str, str]] = []
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


def _without_last_bill(rows: Rows) -> Rows:
    """Return rows as they are while the bill of December is missing: electricity lacks a twelfth."""
    return tuple(
        {**row, "amount": f"{float(row['amount']) * 11 / 12:.0f}"} if row["carrier"] == "electricity" else row
        for row in rows
    )


def _in_the_wrong_unit(rows: Rows) -> Rows:
    """Return rows whose gas was typed in cubic metres beside a unit of ten thousand of them."""
    return tuple(
        {**row, "amount": f"{float(row['amount']) * 1e4:.0f}"} if row["carrier"] == "natural_gas" else row
        for row in rows
    )
