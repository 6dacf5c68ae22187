"""Amounts that agree with nothing else of the same enterprises: every figure on them is an interval."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.completeness.doubt import CARBON
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

COAL = (6123.0, 9377.0, 3251.0, 4519.0, 12211.0)
YEARS = (2021, 2022, 2023)


def sound(folder: Path, coal: dict[tuple[int, int], float], money: dict[tuple[int, int], str]) -> Cluster:
    """Return five enterprises with coal and power that grow a little, but for the given cells."""
    energy, accounts = "enterprise,year,carrier,amount,unit\n", "enterprise,year,output,value_added,staff\n"
    for e, amount in enumerate(COAL):
        for k, year in enumerate(YEARS):
            grown = 1 + 0.02 * k + 0.003 * e * k
            tonnes = coal.get((e, year), amount * grown)
            energy += f"E{e},{year},raw_coal,{tonnes:.6g},t\n"
            power = (500 if amount / 10 < tonnes < amount / 1.5 else 1000) * grown
            energy += f"E{e},{year},electricity,{power:.6g},MWh\n"
            row = money.get((e, year), f"{50000 * grown:.0f},{12000 * grown:.0f},{300 + e}")
            accounts += f"E{e},{year},{row}\n"
    listed = "id,name,sector\n" + "".join(f"E{e},Works {e},C{26 + e}\n" for e in range(len(COAL)))
    return park(folder, enterprises=listed, energy=energy, accounts=accounts)


def books(cluster: Cluster) -> DataCompleteness:
    """Return how whole its accounts are."""
    return completeness_of(cluster, carbon_accounts(cluster))


def test_nothing_is_odd_in_sound_tables(tmp_path: Path) -> None:
    """Tables in which all grows a little raise no doubt, nor do two years of them."""
    cluster = sound(tmp_path, {}, {})
    assert books(cluster).doubts == ()
    file = tmp_path / "energy.csv"
    file.write_text(
        "\n".join(r for r in file.read_text().splitlines() if ",2021," not in r), encoding="utf-8"
    )
    assert books(load_cluster(tmp_path)).doubts == ()


def test_energy_that_an_unreadable_cell_explains_is_no_doubt(tmp_path: Path) -> None:
    """Coal that cannot be read is a gap, and raises nothing on the power and the output beside it."""
    sound(tmp_path, {}, {})
    file = tmp_path / "energy.csv"
    rows = [r for r in file.read_text(encoding="utf-8").splitlines() if r]
    place = next(i for i, r in enumerate(rows) if r.startswith("E4,2023,raw_coal"))
    cells = rows[place].split(",")
    rows[place] = ",".join((*cells[:3], "", *cells[4:]))
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = books(load_cluster(tmp_path))
    assert [g.source for g in found.gaps] == ["raw_coal"] and found.doubts == ()


HALVES = {(e, 2023): a / 1.9 for e, a in enumerate(COAL)}


@pytest.mark.parametrize(
    ("code", "coal"),
    [
        ("K235", HALVES),
        ("K236", {(4, 2023): 3 * COAL[4]}),
        ("K229", {(4, y): COAL[4] * (1 + 0.032 * k) / 1e4 for k, y in enumerate(YEARS)}),
    ],
)
def test_odd_energy_is_an_interval(tmp_path: Path, code: str, coal: dict[tuple[int, int], float]) -> None:
    """Half a year of all, thrice the coal of one, coal in 10,000 t in all years: the true total is held."""
    right = books(sound(tmp_path / "a", {}, {})).total(2023).counted
    found = books(sound(tmp_path / "b", coal, {}))
    assert {d.remark.code for d in found.doubts if d.of == CARBON} == {code}
    assert found.total(2023).low <= right <= found.total(2023).high


@pytest.mark.parametrize(
    ("code", "row"),
    [("K135", "52000,0,304"), ("K164", "52000,52000,304"), ("K236", "52000,40000,304")],
)
def test_value_added_that_nobody_makes_is_an_interval(tmp_path: Path, code: str, row: str) -> None:
    """Value added of 0, or as high as output, or three times that of other years: the likely one is held."""
    found = books(sound(tmp_path, {}, {(4, 2023): row}))
    doubt = next(d for d in found.doubts_of(2023) if d.remark.code == code)
    told = float(row.split(",")[1])
    assert doubt.of == "value_added" and told + doubt.low < 12600 < told + doubt.high + 1e4 * (told > 0)


def test_a_year_copied_from_the_one_before_is_named(tmp_path: Path) -> None:
    """Coal and power that are those of the year before to the last digit may be more or less."""
    cluster = sound(tmp_path, {}, {})
    file, rows = tmp_path / "energy.csv", (tmp_path / "energy.csv").read_text(encoding="utf-8").splitlines()
    last = {tuple(r.split(",")[i] for i in (0, 2)): r for r in rows if ",2022," in r}
    copied = [
        last[r.split(",")[0], r.split(",")[2]].replace(",2022,", ",2023,") if r.startswith("E4,2023") else r
        for r in rows
    ]
    file.write_text("\n".join(copied) + "\n", encoding="utf-8")
    right, found = books(cluster).total(2023).counted, books(load_cluster(tmp_path))
    assert {d.remark.code for d in found.doubts} == {"K237"}
    assert found.total(2023).low < right < found.total(2023).high


def test_a_year_that_stands_under_the_next_is_of_both(tmp_path: Path) -> None:
    """Rows of 2022 typed as 2023 make 2023 too high by either of them, in every carrier alike."""
    cluster = sound(tmp_path, {}, {})
    file = tmp_path / "energy.csv"
    text = file.read_text(encoding="utf-8").replace("E4,2022,", "E4,2023,")
    file.write_text(text, encoding="utf-8")
    right, found = books(cluster).total(2023).counted, books(load_cluster(tmp_path))
    assert {d.source for d in found.doubts if d.remark.code == "K157"} == {"raw_coal", "electricity"}
    assert found.total(2023).low <= right * 1.001 and found.total(2023).counted > 1.2 * right
