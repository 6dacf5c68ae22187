"""An enterprise that was merged into another one leaves no trace in what the cluster as a whole did."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park, write
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.change_bounds import change_bounds, growth_series, movers
from separatrix_cluster.diagnosis.decomposition import drivers
from separatrix_cluster.tables.reader import load_cluster

# tonnes of coal, value added; E03 goes into E02 after 2022
COAL = {2021: (100, 200, 50), 2022: (104, 204, 52), 2023: (108, 262, 0), 2024: (112, 270, 0)}
VALUE = {2021: (900, 800, 300), 2022: (930, 830, 310), 2023: (960, 1180, 0), 2024: (1000, 1220, 0)}
HEAT = {2021: (0, 0, 40), 2022: (0, 0, 41), 2023: (0, 42, 0), 2024: (0, 43, 0)}


def merged(folder: Path, successor: str, *, apart: bool = True) -> Path:
    """Write the cluster with E03 in its own rows, or as a part of E02 in all years."""
    energy, accounts = ENERGY, "enterprise,year,output,value_added,staff\n"
    for year in COAL:
        for k in range(3):
            name = "E02" if k == 2 and not apart else f"E0{k + 1}"
            for carrier, unit, table in (("raw_coal", "t", COAL), ("heat", "GJ", HEAT)):
                if table[year][k]:
                    energy += f"{name},{year},{carrier},{table[year][k]},{unit}\n"
        firms = VALUE[year] if apart else (VALUE[year][0], VALUE[year][1] + VALUE[year][2])
        accounts += "".join(f"E0{k + 1},{year},{4 * v},{v},{v / 10}\n" for k, v in enumerate(firms) if v)
    listed = "id,name,sector,closed,successor\nE01,First,C26,,\nE02,Second,C26,,\n"
    listed += f"E03,Third,C17,2022,{successor}\n" if apart else ""
    return write(folder, DESCRIPTION, enterprises=listed, energy=energy, accounts=accounts)


def test_growth_is_that_of_one_enterprise(tmp_path: Path) -> None:
    """Growth and its drivers equal those of the cluster in which the two were one from the start."""
    told = []
    for folder in (merged(tmp_path / "a", "Second"), merged(tmp_path / "b", "", apart=False)):
        cluster = load_cluster(folder)
        books = completeness_of(cluster, carbon_accounts(cluster))
        series, split = growth_series(cluster, books), drivers(cluster, books)
        assert books.is_whole(2021).all() and series is not None and split is not None
        bounds = change_bounds(cluster, books, 2021, 2024)
        told.append([*series.emissions, *series.value_added, series.coverage, *split.decomposition.additive])
        assert bounds is None or bounds.emissions[0] == pytest.approx(bounds.emissions[1])
    assert told[0][4:9] == [2000e4, 2070e4, 2140e4, 2220e4, 1.0]
    assert told[0] == pytest.approx(told[1])
    apart = load_cluster(merged(tmp_path / "c", ""))
    assert not completeness_of(apart, carbon_accounts(apart)).is_whole(2021).all()


def test_nobody_left_in_a_merger(tmp_path: Path) -> None:
    """The two are one operator, whose change is that of their sum."""
    cluster = load_cluster(merged(tmp_path, "E02"))
    accounts = carbon_accounts(cluster)
    moved = {m.enterprise: m for m in movers(cluster, completeness_of(cluster, accounts))}
    assert moved["E02"].members == ("E02", "E03")
    before, after = accounts.by_enterprise(2021), accounts.by_enterprise(2024)
    assert moved["E02"].change == pytest.approx(after[1] - before[1] - before[2])
    assert {m.kind for m in moved.values()} == {"stayed"}


@pytest.mark.parametrize(("successor", "closed"), [("E9", 2022), ("E03", 2022), ("E02", "")])
def test_a_merger_that_cannot_be_followed(tmp_path: Path, successor: str, closed: object) -> None:
    """A name of nobody, oneself, and no last year are told."""
    listed = f"id,name,closed,successor\nE02,Second,,\nE03,Third,{closed},{successor}\n"
    read = park(tmp_path, enterprises=listed, energy=ENERGY + "E02,2024,raw_coal,1,t\n")
    assert found(read.remarks, "K163") == [("enterprises.csv", 3, "successor", "warning")]
