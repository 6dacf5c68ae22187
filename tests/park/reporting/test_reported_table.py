"""Tables as an enterprise reports them, and how their rows enter a cluster folder."""

from __future__ import annotations

import pytest

from separatrix_cluster.tables.layout import layouts
from separatrix_cluster.tables.shipped import shipped_cluster
from separatrix_park.reporting.tables import column_name, meaning_in, reported_table, reported_tables


def test_nothing_is_asked_that_the_report_says_itself() -> None:
    """Neither the enterprise nor the year of a report stands in its form."""
    for table in reported_tables().values():
        names = {column.name for column in table.columns}
        assert table.owner not in names
        assert not table.dated or "year" not in names
        assert names <= set(table.layout.columns)


def test_every_column_has_a_name_and_a_meaning_in_chinese() -> None:
    """What a form asks for is said in the language of whoever fills it in."""
    for table in reported_tables().values():
        for column in (*table.columns, *table.layout.patterns):
            assert not column_name(column, "zh").isascii(), (table.name, column.name)
            assert column.meaning_zh, (table.name, column.name)
            assert meaning_in(column, "zh") != column.meaning


def test_every_column_that_is_needed_for_a_row_is_asked_for() -> None:
    """A form that leaves out what a row cannot be without would never be filled in."""
    for table in reported_tables().values():
        needed = {n for n, c in layouts()[table.name].columns.items() if c.required}
        assert needed <= {column.name for column in table.columns} | {table.owner, "year"}


def test_measures_of_two_enterprises_keep_apart() -> None:
    """Both may call one M01, and what one of them requires is its own."""
    rows = [{"id": "M01"}, {"id": "M02", "requires": "M01", "excludes": "M03 M04"}]
    first, second = (reported_table("measures").cluster_rows(key, 0, rows) for key in ("E01", "E02"))
    assert {row["id"] for row in first}.isdisjoint(row["id"] for row in second)
    assert second[1]["requires"] == second[0]["id"] == "E02.M01"
    assert first[1]["excludes"] == "E01.M03 E01.M04"


@pytest.mark.parametrize("name", ["energy", "streams", "measures", "accounts"])
def test_a_shipped_cluster_could_have_been_reported(name: str) -> None:
    """Every column of the shipped tables is asked for, or is one the report says itself."""
    text = (shipped_cluster("synthetic-park") / f"{name}.csv").read_text("utf-8-sig")
    heading = next(line for line in text.splitlines() if not line.startswith("#"))
    table = reported_table(name)
    asked = {column.name for column in table.columns} | {table.owner, "year"}
    assert {h.strip() for h in heading.split(",")} <= asked
