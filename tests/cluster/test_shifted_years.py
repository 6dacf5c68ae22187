"""A year off, and quarters of accounts, widen what is told so that it holds the right figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.test_absent_sources import books, kilns
from cluster.test_like_with_like import indicators
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.reader import load_cluster


def doubted(found: DataCompleteness) -> set[str]:
    """Return the codes of what is in doubt."""
    return {d.remark.code for d in found.doubts}


@pytest.mark.parametrize("shift", [1, -1])
def test_energy_of_one_under_another_year(tmp_path: Path, shift: int) -> None:
    """Energy of the largest kiln stands a year later, or earlier; that of all others tells it."""
    listed, energy, emissions, accounts = kilns()
    largest = max((amount, e) for e, y, c, amount, _ in energy if c == "raw_coal")[1]
    moved = [(e, y + shift * (e == largest), c, amount, u) for e, y, c, amount, u in energy]
    whole = books(tmp_path / "a", (listed, energy, emissions, accounts))
    found = books(tmp_path / "b", (listed, moved, emissions, accounts))
    assert "K245" in doubted(found) and "K245" not in doubted(whole)
    true, part = whole.accounts.total(2023), found.total(2023)
    assert part.low <= true <= part.high
    everybody = [(e, y + shift, c, amount, u) for e, y, c, amount, u in energy]
    assert "K245" not in doubted(books(tmp_path / "c", (listed, everybody, emissions, accounts)))


def test_a_fuel_of_one_year_in_place_of_another(tmp_path: Path) -> None:
    """The coal of the largest kiln is called coke in 2024: the interval holds it as coal."""
    listed, energy, emissions, accounts = kilns()
    largest = max((amount, e) for e, y, c, amount, _ in energy if c == "raw_coal")[1]
    other = [
        (e, y, "coke" if (e, y, c) == (largest, 2024, "raw_coal") else c, amount, u)
        for e, y, c, amount, u in energy
    ]
    whole = books(tmp_path / "a", (listed, energy, emissions, accounts))
    found = books(tmp_path / "b", (listed, other, emissions, accounts))
    assert "K236" in doubted(found) and "K236" not in doubted(whole)
    true, part = whole.accounts.total(2024), found.total(2024)
    assert part.low <= true <= part.high and part.counted > 1.01 * true
    said = [*other, (largest, 2024, "raw_coal", 0.0, "t")]
    remarks = [str(d.remark.what) for d in books(tmp_path / "c", (listed, said, emissions, accounts)).doubts]
    assert not any("one carrier under" in what for what in remarks)


def test_quarters_of_accounts_without_a_heading(tmp_path: Path) -> None:
    """Four rows of money a year: the first was taken, and what rests on it holds the sum of all."""
    listed, energy, emissions, accounts = kilns()
    head, *rows = accounts.splitlines()
    cells = [row.split(",") for row in rows]
    value = "\n".join([f"{head},value_added", *(f"{e},{y},{o},{s},{float(o) / 4}" for e, y, o, s in cells)])
    quarter = [
        f"{e},{y},{float(o) / 4 + q},{s},{float(o) / 16 + q / 4}"
        for e, y, o, s in cells
        for q in (-1, 0, 0.5, 0.5)
    ]
    books(tmp_path / "a", (listed, energy, emissions, value + "\n"))
    found = books(
        tmp_path / "b", (listed, energy, emissions, "\n".join([f"{head},value_added", *quarter]) + "\n")
    )
    assert "K134" in doubted(found)
    right, wrong = (
        indicators(diagnose(load_cluster(tmp_path / name)))["carbon-per-value-added"] for name in "ab"
    )
    assert right.value is not None and wrong.value is not None and wrong.low is not None
    assert wrong.value > 3.5 * right.value and wrong.low <= right.value * (1 + 1e-9)
