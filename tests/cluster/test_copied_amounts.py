"""Amounts of another enterprise, jumps among calm ones, and a park without power widen what is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, codes, write
from cluster.test_absent_sources import Rows, books, kilns, seen
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.tables.reader import load_cluster

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


@pytest.mark.parametrize("every", [1, 3])
def test_sums_since_january_under_each_month(tmp_path: Path, every: int) -> None:
    """Each bill holds those before it: the interval reaches down to the last one alone; months do not."""
    listed, energy, emissions, accounts = kilns()
    text = dict.fromkeys((True, False), "enterprise,year,month,carrier,amount,unit\n")
    rng = np.random.default_rng(3)
    for e, y, c, amount, unit in energy:
        parts = amount * rng.dirichlet(np.full(12 // every, 60.0))
        for summed in text:
            for k, part in enumerate(np.cumsum(parts) if summed else parts):
                text[summed] += f"{e},{y},{(k + 1) * every},{c},{part:.5f},{unit}\n"
    right, wrong = (
        load_cluster(
            write(
                tmp_path / str(summed),
                DESCRIPTION,
                enterprises=listed,
                energy=text[summed],
                emissions=emissions,
                accounts=accounts,
            )
        )
        for summed in (False, True)
    )
    assert "K167" in codes(wrong.remarks) and not {"K166", "K167"} & codes(right.remarks)
    true = carbon_accounts(right).total(2024)
    part = completeness_of(wrong, carbon_accounts(wrong)).total(2024)
    assert part.low <= true * (1 + 1e-6) and part.counted > 1.5 * true


def test_verified_totals_of_all_but_one(tmp_path: Path) -> None:
    """Five of six kilns have verified totals of about 1.8 times their fuels, and E01 has none."""
    listed, energy, emissions, accounts = kilns()
    fuels = {(e, y): 0.0 for e, y, *_ in energy}
    for e, y, c, amount, _ in energy:
        fuels[e, y] += {"raw_coal": 1.9003, "diesel": 3.1}.get(c, 0.0) * amount
    rows = [row.split(",") for row in emissions.splitlines()[1:]]
    totals = [(e, int(y), float(amount) + fuels[e, int(y)]) for e, y, _, amount, _ in rows]
    head = "enterprise,year,kind,amount,unit\n"
    text = {
        n: head + "".join(f"{e},{y},verified,{a},t\n" for e, y, a in totals if e != n) for n in ("", "E01")
    }
    whole, found = (books(tmp_path / f"x{n}", (listed, energy, t, accounts)) for n, t in text.items())
    seen(whole, found, "K239")
