"""Quarters, halves, months since January: parts of a year add up, and those within longer ones do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import codes, found, park
from separatrix_cluster.tables.energy_balance_form import period_of

HEAD = "enterprise,year,{period},carrier,amount,unit\n"


def told(period: str, parts: dict[str, float], year: str = "2024") -> str:
    """Return an `energy` table of one enterprise with these parts of the year."""
    lines = [f"E01,{year},{part},electricity,{amount},MWh" for part, amount in parts.items()]
    return HEAD.format(period=period) + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("第一季度", (None, 1, 3)),
        ("Q4 2024", (2024, 10, 12)),
        ("前三季度", (None, 1, 9)),
        ("上半年", (None, 1, 6)),
        ("3月累计", (None, 1, 3)),
        ("Jan–Mar", (None, 1, 3)),
        ("2024年1-12月", (2024, 1, 12)),
        ("2023-12-31", (2023, None, 12)),
        ("13", None),
        ("9-3月", None),
        ("maximal", None),
    ],
)
def test_parts_of_a_year(text: str, expected: tuple[int | None, int | None, int] | None) -> None:
    """A part of a year is known by its first and last month, or it is none."""
    period = period_of(text)
    assert (period and (period.year, period.first, period.last)) == expected


@pytest.mark.parametrize(
    "heading, parts",
    [
        ("季度", {"1": 250, "2": 250, "3": 250, "4": 250}),
        ("quarter", {"Q1": 250, "Q2": 250, "Q3": 250, "Q4": 250}),
        ("期间", {"1-3月": 100, "1-6月": 400, "1-9月": 700, "1-12月": 1000}),
        ("period", {"上半年": 400, "Q1": 100, "7-12月": 600}),
        ("month", {str(m): 1000 / 12 for m in range(1, 13)} | {"全年": 1000}),
        ("month", {str(m): 1000 / 12 for m in range(1, 13)} | {"": 1000}),
        ("month", {"": 1000, "Q1": 250, "Q2": 250, "Q3": 250, "Q4": 250}),
    ],
)
def test_parts_add_up_once(tmp_path: Path, heading: str, parts: dict[str, float]) -> None:
    """Equal quarters are four bills, and what is within a longer part is counted with it."""
    read = park(tmp_path, energy=told(heading, parts))
    assert codes(read.remarks) == set()
    assert np.isclose(read.table("energy").numbers("amount").sum(), 3600)


def test_a_part_of_the_year_that_is_missing(tmp_path: Path) -> None:
    """Nine months are no year: the rest may be half as large again as the largest part."""
    read = park(tmp_path, energy=told("季度", {"1": 100, "2": 200, "3": 300}))
    assert found(read.remarks, "K156") == [("energy.csv", 2, "year", "warning")]
    assert np.isclose(read.suspects[0].high, 1.5 * 300 / 600)


def test_year_and_part_in_one_cell(tmp_path: Path) -> None:
    """A cell that says year and part is both, whichever heading it has; a day is of its month."""
    for heading in ("年份", "统计期"):
        text = f"enterprise,{heading},carrier,amount,unit\n"
        rows = [("2023年1-12月", 12), ("2024年上半年", 4), ("2024年7-12月", 5), ("2022-12-31", 7)]
        text += "".join(f"E01,{when},electricity,{amount},GJ\n" for when, amount in rows)
        table = park(tmp_path / heading, energy=text).table("energy")
        by_year = dict.fromkeys(table.years, 0.0)
        for year, amount in zip(table.numbers("year"), table.numbers("amount"), strict=True):
            by_year[int(year)] += amount
        assert by_year == {2022: 7, 2023: 12, 2024: 9}


def test_months_as_columns(tmp_path: Path) -> None:
    """Months side by side below a title that tells carrier, year and unit are the bills of that year."""
    months = ",".join(f"{m}月" for m in range(1, 13))
    text = f"2024年各企业用电量（单位：MWh）{',' * 13}\n企业名称,{months},全年合计\nE01{',10' * 12},120\n"
    read = park(tmp_path, energy=text)
    table = read.table("energy")
    assert codes(read.remarks) == set()
    assert table.numbers("month").tolist() == list(range(1, 13))
    assert (table.years, np.isclose(table.numbers("amount").sum(), 432)) == ((2024,), True)


@pytest.mark.parametrize(
    "parts",
    [{str(m): 100 for m in range(1, 12)} | {"": 1100}, {str(m): 100 for m in range(1, 13)} | {"": 700}],
)
def test_a_row_without_a_month_that_is_not_the_sum_of_twelve_is_a_bill(
    tmp_path: Path, parts: dict[str, float]
) -> None:
    """It adds up with the others, since it may be the bill whose month nobody entered."""
    read = park(tmp_path, energy=told("month", parts))
    assert np.isclose(read.table("energy").numbers("amount").sum(), 3.6 * sum(parts.values()))
