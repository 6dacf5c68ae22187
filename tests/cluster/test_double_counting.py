"""What enterprises of a cluster pass to one another counts once, and is never lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import completeness_of

SUPPLY = "enterprise,year,carrier,amount,unit,use,supplier\n"
EMISSIONS = "enterprise,year,kind,amount,unit\n"
COAL = 20.908 * 0.02637 * 0.94 * 44 / 12
COKE = 28.435 * 0.02942 * 0.95 * 44 / 12
FURNACE_GAS = 33.0 * 0.0708 * 0.99 * 44 / 12
"""t CO2 of a tonne, and of 1e4 Nm3 of blast-furnace gas."""


def account(folder: Path, **tables: str) -> CarbonAccounts:
    """Return the accounts of a folder made of these tables."""
    return carbon_accounts(park(folder, DESCRIPTION, **tables))


# --------------------------------------------------------------------------- suppliers


def test_a_fuel_without_a_factor_is_no_endless_supply(tmp_path: Path) -> None:
    """A burns naphtha, of which the Chinese set has no factor, and B buys 100,000 GJ of its heat."""
    rows = "E01,2023,naphtha,3000,t,,\nE02,2023,heat,100000,GJ,,E01\n"
    books = account(tmp_path, energy=SUPPLY + rows)
    assert books.total(2023) == pytest.approx(11_000)
    assert found(books.remarks, "K218") == [("energy.csv", 3, "supplier", "warning")]
    (said,) = [str(r.what) for r in books.remarks if r.code == "K218"]
    assert "naphtha without a factor" in said and "11,000 t" in said
    assert books.doubtful.tolist() == [True]


@pytest.mark.parametrize("fuel", ["naphtha,3000,t", "raw_coal,about ten,kt"])
def test_the_interval_holds_the_total_whatever_the_missing_fuel_is(tmp_path: Path, fuel: str) -> None:
    """What B bought is in the estimate of A's fuel a second time, so the interval begins at neither."""
    rows = f"E01,2023,{fuel},,\nE02,2023,heat,100000,GJ,,E01\n"
    read = park(tmp_path, DESCRIPTION, energy=SUPPLY + rows)
    estimate = completeness_of(read, carbon_accounts(read)).total(2023)
    assert estimate.counted == pytest.approx(11_000) and estimate.missing > 0
    # 3,000 t of naphtha are about 9,800 t CO2, all of which may be in B's heat
    assert estimate.low < 9_790 < estimate.high


def test_what_counted_fuels_can_have_made_stays_inside(tmp_path: Path) -> None:
    """Beside the naphtha A burns coal of 209,080 GJ, twice what it supplied: that is in its scope 1."""
    rows = "E01,2023,naphtha,3000,t,,\nE01,2023,raw_coal,10000,t,,\nE02,2023,heat,100000,GJ,,E01\n"
    books = account(tmp_path, energy=SUPPLY + rows)
    assert books.total(2023) == pytest.approx(10_000 * COAL)
    assert found(books.remarks, "K218") == [] and not books.doubtful.any()


@pytest.mark.parametrize(("verified", "total"), [(5000, 5000), (4000, 4000 + 11_000)])
def test_a_verified_total_can_stand_for_so_much_heat_only(
    tmp_path: Path, verified: int, total: float
) -> None:
    """100,000 GJ of the fossil fuel with least carbon, 44.4 kg a GJ, are 4,440 t."""
    books = account(
        tmp_path,
        energy=SUPPLY + "E02,2023,heat,100000,GJ,,E01\n",
        emissions=EMISSIONS + f"E01,2023,verified,{verified},t\n",
    )
    assert books.total(2023) == pytest.approx(total)


def test_an_own_factor_that_tells_no_energy_is_no_endless_supply(tmp_path: Path) -> None:
    """Ten tonnes of anything hold 1,200 GJ at most, and 100,000 GJ were supplied."""
    books = account(
        tmp_path,
        energy=SUPPLY + "E01,2023,pellets,10,t,,\nE02,2023,heat,100000,GJ,,E01\n",
        factors="carrier,factor,unit\npellets,1.5,tCO2/t\n",
    )
    assert books.total(2023) == pytest.approx(15 + 11_000)


def test_a_reported_scope_2_that_holds_a_neighbour_s_heat_counts_once(tmp_path: Path) -> None:
    """A burns 10,000 t of coal, 19,003 t; B reports 11,000 t for the heat it names A for: not 30,003 t."""
    rows = "E01,2023,raw_coal,10000,t,,\nE02,2023,heat,100000,GJ,,E01\n"
    books = account(tmp_path, energy=SUPPLY + rows, emissions=EMISSIONS + "E02,2023,scope 2,11000,t\n")
    assert books.total(2023) == pytest.approx(19_003, abs=1)
    assert books.by_enterprise(2023)[1] == 11_000
    (remark,) = [r for r in books.remarks if r.code == "K218"]
    assert (remark.file, remark.row, remark.severity) == ("emissions.csv", 2, "warning")
    assert "11,000 t" in str(remark.what)


@pytest.mark.parametrize(
    ("reported", "outside"),
    [
        # 11,000 t by factors from A, 5,500 t from the grid: two thirds of what was reported came from A
        (12_000, 4_000),
        # more than the rows explain: what they do not explain came from outside
        (20_000, 9_000),
    ],
)
def test_a_reported_scope_2_is_divided_as_its_rows_are(
    tmp_path: Path, reported: float, outside: float
) -> None:
    """What came from outside stays in the total, and the enterprise keeps what it reported."""
    rows = "E01,2023,raw_coal,10000,t,,\nE02,2023,heat,100000,GJ,,E01\nE02,2023,electricity,10000,MWh,,\n"
    books = account(tmp_path, energy=SUPPLY + rows, emissions=EMISSIONS + f"E02,2023,scope 2,{reported},t\n")
    assert books.total(2023) == pytest.approx(10_000 * COAL + outside)
    assert books.by_enterprise(2023)[1] == pytest.approx(reported)


def test_a_reported_scope_2_without_a_neighbour_stays_whole(tmp_path: Path) -> None:
    """Nothing of it was made in the cluster."""
    rows = "E01,2023,raw_coal,10000,t,,\nE02,2023,heat,100000,GJ,,\n"
    books = account(tmp_path, energy=SUPPLY + rows, emissions=EMISSIONS + "E02,2023,scope 2,11000,t\n")
    assert books.total(2023) == pytest.approx(10_000 * COAL + 11_000)
    assert found(books.remarks, "K218") == []


# --------------------------------------------------------------------------- derived gases


def test_the_carbon_of_a_plant_s_own_gas_came_with_its_coke(tmp_path: Path) -> None:
    """1,000 t of coke hold 2,914 t CO2; the 848 t of its furnace gas are among them, and its energy too."""
    rows = "E01,2023,coke,1000,t\nE01,2023,blast_furnace_gas,100,1e4 Nm3\n"
    books = account(tmp_path, energy=ENERGY + rows)
    assert books.total(2023) == pytest.approx(1000 * COKE)
    assert books.energy_total(2023) == pytest.approx(28_435)
    assert found(books.remarks, "K222") == [("energy.csv", 3, "carrier", "warning")]
    assert "848 t CO2 of blast-furnace gas" in str(books.remarks[0].what)


def test_gas_beyond_the_carbon_of_the_coke_counts(tmp_path: Path) -> None:
    """A hundred tonnes of coke cannot have made 848 t: the rest came from elsewhere."""
    rows = "E01,2023,coke,100,t\nE01,2023,blast_furnace_gas,100,1e4 Nm3\n"
    books = account(tmp_path, energy=ENERGY + rows)
    assert books.total(2023) == pytest.approx(100 * FURNACE_GAS)


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        ("E01,2023,coke,1000,t,feedstock,\n", 100 * FURNACE_GAS),
        ("E02,2023,coke,1000,t,,\n", 100 * FURNACE_GAS + 1000 * COKE),
        ("E01,2022,coke,1000,t,,\n", 100 * FURNACE_GAS),
        ("E01,2023,raw_coal,1000,t,,\n", 100 * FURNACE_GAS + 1000 * COAL),
    ],
)
def test_gas_without_its_coke_counts_whole(tmp_path: Path, rows: str, total: float) -> None:
    """Coke that is not burned, a neighbour's, another year's, another fuel."""
    gas = "E01,2023,blast_furnace_gas,100,1e4 Nm3,,\n"
    books = account(tmp_path, energy=SUPPLY + rows + gas)
    assert books.total(2023) == pytest.approx(total)
    assert found(books.remarks, "K222") == []


def test_a_neighbour_s_gas_stays_with_who_burned_it(tmp_path: Path) -> None:
    """The power station emits it, the steelworks' coke is counted whole, and the total has it once."""
    rows = "E01,2023,coke,1000,t,,\nE02,2023,blast_furnace_gas,100,1e4 Nm3,,E01\n"
    books = account(tmp_path, energy=SUPPLY + rows)
    assert books.total(2023) == pytest.approx(1000 * COKE)
    assert books.by_enterprise(2023)[1] == pytest.approx(100 * FURNACE_GAS)
    measured = account(
        tmp_path / "b", energy=SUPPLY + rows, emissions=EMISSIONS + "E01,2023,verified,2000,t\n"
    )
    assert measured.total(2023) == pytest.approx(2000 + 100 * FURNACE_GAS)


def test_lines_name_their_rows(tmp_path: Path) -> None:
    """Every figure leads back to a row of a file."""
    books = account(
        tmp_path,
        energy=ENERGY + "E01,2023,coke,1,t\nE02,2023,raw_coal,1,t\n",
        emissions=EMISSIONS + "E03,2023,process,5,t\n",
    )
    places = [(line["file"], line["row"], line["source"]) for line in books.to_dict()["lines"]]
    assert sorted(places) == [
        ("emissions.csv", 2, ""),
        ("energy.csv", 2, "coke"),
        ("energy.csv", 3, "raw_coal"),
    ]
