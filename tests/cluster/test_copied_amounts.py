"""Amounts of another enterprise, jumps among calm ones, and a park without power widen what is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import codes
from cluster.test_absent_sources import Rows, books, kilns, seen

Tables = tuple[str, Rows, str, str]


def changed(tables: Tables, energy: Rows) -> Tables:
    """Return the tables with other rows of energy."""
    return tables[0], energy, *tables[2:]


@pytest.mark.parametrize("years", [(2024,), (2022, 2023, 2024)])
def test_a_row_copied_from_another_enterprise(tmp_path: Path, years: tuple[int, ...]) -> None:
    """The largest kiln has the coal of another one, in one year or in all: its own is within the interval."""
    right = kilns()
    sizes = {e: amount for e, y, c, amount, _ in right[1] if c == "raw_coal" and y == 2024}
    largest, smallest = max(sizes, key=sizes.__getitem__), min(sizes, key=sizes.__getitem__)
    other = {y: amount for e, y, c, amount, _ in right[1] if e == smallest and c == "raw_coal"}
    energy: Rows = [
        (e, y, c, other[y] if e == largest and c == "raw_coal" and y in years else amount, unit)
        for e, y, c, amount, unit in right[1]
    ]
    seen(books(tmp_path / "a", right), books(tmp_path / "b", changed(right, energy)), "K166")


def test_power_of_all_halves(tmp_path: Path) -> None:
    """Half the electricity in all twelve at the same output is no year's work, whatever their coal."""
    right = kilns()
    energy: Rows = [
        (e, y, c, amount * (0.5 if c == "power" and y == 2024 else 1.0), unit)
        for e, y, c, amount, unit in right[1]
    ]
    seen(books(tmp_path / "a", right), books(tmp_path / "b", changed(right, energy)), "K235")


@pytest.mark.parametrize("times", [0.55, 1.8])
def test_a_jump_among_calm_ones(tmp_path: Path, times: float) -> None:
    """Coal of the largest kiln changes by less than twice, in a park that changes by a few percent."""
    right = kilns()
    largest = max((amount, e) for e, y, c, amount, _ in right[1] if c == "raw_coal")[1]
    energy: Rows = [
        (e, y, c, amount * (times if (e, y, c) == (largest, 2024, "raw_coal") else 1.0), unit)
        for e, y, c, amount, unit in right[1]
    ]
    seen(books(tmp_path / "a", right), books(tmp_path / "b", changed(right, energy)), "K236")


def test_nobody_tells_of_electricity(tmp_path: Path) -> None:
    """It is what a quarter of the output of each pays for; two who burn fuel are not asked."""
    right = kilns()
    bare: Rows = [row for row in right[1] if row[2] != "power"]
    whole, found = books(tmp_path / "a", right), books(tmp_path / "b", changed(right, bare))
    assert "K227" in codes(found.accounts.remarks)
    true, part = whole.accounts.total(2024), found.total(2024)
    assert part.low <= true <= part.high < np.inf
    two: Rows = [row for row in bare if row[0] in ("E01", "E02")]
    assert "K227" not in codes(books(tmp_path / "c", changed(right, two)).accounts.remarks)


def test_coal_of_one_costs_more_than_it_makes(tmp_path: Path) -> None:
    """The coal of the only one that burns any is ten thousand times too much: its price tells."""
    right = kilns()
    alone: Rows = [row for row in right[1] if row[2] != "raw_coal" or row[0] == "E01"]
    slipped: Rows = [
        (e, y, c, amount * (1e4 if c == "raw_coal" else 1.0), unit) for e, y, c, amount, unit in alone
    ]
    whole, found = (books(tmp_path / n, changed(right, rows)) for n, rows in (("a", alone), ("b", slipped)))
    assert "K234" in codes(found.accounts.remarks) and "K234" not in codes(whole.accounts.remarks)
    true, part = whole.accounts.total(2024), found.total(2024)
    assert part.low <= true <= part.high
