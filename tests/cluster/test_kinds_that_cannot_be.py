"""Rows that are whole by themselves and of the wrong kind: power of who makes none, processes as totals."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.doubt import DataDoubt
from separatrix_cluster.completeness.doubts import doubts_of
from separatrix_cluster.tables.panel import Cluster

YEARS = (2021, 2022, 2023)
WORKS = "id,name,sector\nE01,First,C30\nE02,Second,C30\nE03,Third,C17\nE04,Fourth,C17\n"


def told(cluster: Cluster, code: str) -> list[DataDoubt]:
    """Return the doubts that a check raises."""
    return [d for d in doubts_of(cluster, carbon_accounts(cluster)) if d.remark.code == code]


def fuels_and_power(supplier: str = "", use: str = "") -> str:
    """Return coal of two works and electricity of three, that of the last from a supplier."""
    rows = "enterprise,year,carrier,amount,unit,supplier,use\n"
    for y in YEARS:
        rows += f"E01,{y},raw_coal,5000,t,,\nE01,{y},electricity,2000,MWh,,\n"
        rows += f"E02,{y},raw_coal,3000,t,,\nE02,{y},electricity,1000,MWh,,\n"
        rows += f"E03,{y},electricity,4000,MWh,{supplier},\n"
        rows += f"E01,{y},electricity,4000,MWh,,{use}\n" if use else ""
    return rows


def test_power_of_a_member_that_buys_its_own(tmp_path: Path) -> None:
    """Where it tells of none sold or generated, all that it is said to have supplied may be missing."""
    false = park(tmp_path / "a", enterprises=WORKS, energy=fuels_and_power("E01"))
    right = park(tmp_path / "b", enterprises=WORKS, energy=fuels_and_power())
    accounts, truth = carbon_accounts(false), carbon_accounts(right)
    found = told(false, "K218")
    assert [(d.year, d.enterprise, d.low) for d in found] == [(y, "E03", 0.0) for y in YEARS]
    for d in found:
        assert d.high == pytest.approx(truth.total(d.year or 0) - accounts.total(d.year or 0))
    for use in ("sold", "generated"):
        assert not told(park(tmp_path / use, enterprises=WORKS, energy=fuels_and_power("E01", use)), "K218")


def energy(year: int, *carriers: str) -> str:
    """Return rows of all works, of the first only the carriers given."""
    mine = "".join(f"E01,{year},{carrier}\n" for carrier in carriers)
    return mine + "".join(
        f"E0{k},{year},raw_coal,{k}000,t\nE0{k},{year},electricity,1000,MWh\n" for k in (2, 3, 4)
    )


COAL, POWER = "raw_coal,5000,t", "electricity,2000,MWh"
OUTPUT = "enterprise,year,output\n" + "".join(f"E0{k},{y},{k}0000\n" for k in (1, 2, 3, 4) for y in YEARS)


@pytest.mark.parametrize(
    ("last", "lacking"),
    [
        ((POWER,), ["raw_coal"]),
        ((COAL,), ["electricity"]),
        ((), ["electricity", "raw_coal"]),
        ((COAL, POWER), []),
    ],
)
def test_a_declared_year_without_a_row(tmp_path: Path, last: tuple[str, ...], lacking: list[str]) -> None:
    """Complete says that there was none, as a 0 does, and the work that goes on contradicts both alike."""
    rows = ENERGY + energy(2021, COAL, POWER) + energy(2022, COAL, POWER) + energy(2023, *last)
    zeros = "".join(f"E01,2023,{c},0,{'t' if c == 'raw_coal' else 'MWh'}\n" for c in lacking)
    process = "enterprise,year,kind,amount,unit\n" + "".join(f"E01,{y},process,10000,t\n" for y in YEARS)
    tables = {"enterprises": WORKS, "emissions": process, "accounts": OUTPUT}
    declared = park(tmp_path / "a", DESCRIPTION + "complete: all\n", energy=rows, **tables)
    entered = park(tmp_path / "b", energy=rows + zeros, **tables)
    found, same = told(declared, "K238"), told(entered, "K238")
    assert sorted(d.source for d in found) == lacking
    assert sorted((d.source, d.year, d.high) for d in found) == sorted(
        (d.source, d.year, d.high) for d in same
    )
    assert not told(park(tmp_path / "c", energy=rows, **tables), "K238")


def test_who_works_without_a_row_in_any_declared_year(tmp_path: Path) -> None:
    """It emits as much as its peers may by what they make; who makes nothing is not asked."""
    rows = ENERGY + "".join(energy(y) for y in YEARS)
    tables = {"enterprises": WORKS, "energy": rows}
    found = told(park(tmp_path / "a", DESCRIPTION + "complete: all\n", accounts=OUTPUT, **tables), "K243")
    assert sorted((d.year, d.enterprise, d.low) for d in found) == [(y, "E01", 0.0) for y in YEARS]
    assert all(0 < d.high < float("inf") for d in found)
    idle = "\n".join(line for line in OUTPUT.split("\n") if not line.startswith("E01"))
    assert not told(park(tmp_path / "b", DESCRIPTION + "complete: all\n", accounts=idle, **tables), "K243")


@pytest.mark.parametrize("years", [(2023,), YEARS])
def test_processes_entered_as_a_verified_total(tmp_path: Path, years: tuple[int, ...]) -> None:
    """Other years of the works, or others of its trade, show that the fuels are lost; else it is silent."""
    coal = ENERGY + "".join(f"E01,{y},raw_coal,5000,t\nE02,{y},raw_coal,3000,t\n" for y in YEARS)

    def emissions(verified: float) -> str:
        rows = "enterprise,year,kind,amount,unit\n" + "".join(f"E01,{y},process,13000,t\n" for y in YEARS)
        return rows + "".join(
            f"E02,{y},verified,{verified},t\n" if y in years else f"E02,{y},process,8000,t\n" for y in YEARS
        )

    wrong = park(tmp_path / "a", enterprises=WORKS, energy=coal, emissions=emissions(8000))
    accounts = carbon_accounts(wrong)
    fuels = float(accounts.location[(accounts.enterprise == 0) & (accounts.carrier == "raw_coal")][0]) * 0.6
    found = told(wrong, "K226")
    assert sorted(d.year or 0 for d in found) == list(years)
    assert all(d.low == 0 and fuels < d.high < 2 * fuels for d in found)
    whole = park(tmp_path / "b", enterprises=WORKS, energy=coal, emissions=emissions(8000 + fuels))
    assert not told(whole, "K226")


def test_a_verified_total_below_its_fuels_is_doubted_itself(tmp_path: Path) -> None:
    """Where other years have processes beside their fuels, it may be as much too low as they tell."""
    coal = ENERGY + "".join(f"E01,{y},raw_coal,5000,t\n" for y in YEARS)
    rows = "enterprise,year,kind,amount,unit\nE01,2021,process,13000,t\nE01,2022,process,13000,t\n"
    cluster = park(tmp_path, enterprises=WORKS, energy=coal, emissions=rows + "E01,2023,verified,7000,t\n")
    (found,) = told(cluster, "K226")
    assert found.year == 2023 and found.low == 0
    assert found.high == pytest.approx(1.1 * carbon_accounts(cluster).total(2022) - 7000)
