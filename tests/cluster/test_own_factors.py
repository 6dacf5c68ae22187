"""Factors of the user's own, verified totals and heat of nobody knows whom: what is doubted in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import ENERGY, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.doubts import doubts_of

FACTORS = "carrier,factor,unit,origin\n"


def accounts_of(folder: Path, energy: str, factors: str = "", **tables: str) -> CarbonAccounts:
    """Return the accounts of a park with these rows of energy and factors."""
    if factors:
        tables["factors"] = FACTORS + factors
    return carbon_accounts(park(folder, energy=ENERGY + energy, **tables))


@pytest.mark.parametrize(
    ("origin", "total", "apart"), [("", 0, 170), ("biogenic", 0, 170), ("fossil", 170, 0)]
)
def test_an_own_factor_of_wood_keeps_its_carbon_apart(
    tmp_path: Path, origin: str, total: float, apart: float
) -> None:
    """100 t of 1.7 t CO2/t, whose origin can be stated."""
    books = accounts_of(tmp_path, "E01,2023,wood,100,t\n", f"wood,1.7,tCO2/t,{origin}\n")
    assert (books.total(2023), books.biogenic_total(2023)) == pytest.approx((total, apart))
    assert bool(found(books.remarks, "K225")) is (origin == "")


@pytest.mark.parametrize(
    ("factor", "doubted"),
    [
        ("coke,3,tCO2/kg,", True),
        ("coke,3,tCO2/t,", False),
        ("coke,0.3,tCO2/t,", True),
        ("electricity,0.5,tCO2/kWh,", True),
        ("electricity,0.01,kgCO2/kWh,", False),
        ("tar of our own,30,tCO2/t,", False),
    ],
)
def test_a_factor_far_from_those_shipped_is_told_with_both_numbers(
    tmp_path: Path, factor: str, doubted: bool
) -> None:
    """It is used all the same."""
    carrier, value, *_ = factor.split(",")
    unit = "kWh" if carrier == "electricity" else "t"
    books = accounts_of(tmp_path, f"E01,2023,{carrier},10,{unit}\n", factor + "\n")
    told = [r for r in books.remarks if r.code == "K225"]
    assert bool(told) is doubted
    for remark in told:
        assert remark.severity == "warning" and "lie between" in str(remark.what)
    assert books.total(2023) == pytest.approx(
        10 * float(value) * {"tCO2/kg": 1e3, "kgCO2/kWh": 1e-3}.get(factor.split(",")[2], 1)
    )


def test_the_first_of_two_factors_of_one_carrier_counts(tmp_path: Path) -> None:
    """The second is told to stand below it, and not to be needed by nothing."""
    books = accounts_of(tmp_path, "E01,2023,raw_coal,100,t\n", "raw_coal,2,tCO2/t,\n原煤,3,tCO2/t,\n")
    assert books.total(2023) == pytest.approx(200)
    assert found(books.remarks, "K225") == [("factors.csv", 3, "carrier", "warning")]
    assert not found(books.remarks, "K219")


def test_a_factor_of_a_carrier_that_nobody_used_says_so(tmp_path: Path) -> None:
    """Nothing shipped stands in its place."""
    books = accounts_of(tmp_path, "E01,2023,raw_coal,100,t\n", "heat,0.1,tCO2/GJ,\n")
    (remark,) = [r for r in books.remarks if r.code == "K219"]
    assert "no row of heat" in str(remark.what)


@pytest.mark.parametrize(("market", "told"), [("", True), ("grid", True), ("contract", False)])
def test_a_factor_of_a_contract_without_a_contract_is_told(tmp_path: Path, market: str, told: bool) -> None:
    """Such power counts as that of the grid."""
    rows = f"{ENERGY.strip()},market,market_factor\nE01,2023,electricity,1000,MWh,{market},0\n"
    books = carbon_accounts(park(tmp_path, energy=rows))
    assert bool(found(books.remarks, "K217")) is told
    assert (books.total(2023, "market") > 0) is told


@pytest.mark.parametrize(("verified", "told"), [(20, True), (0, True), (1500, False), (20_000, False)])
def test_a_verified_total_below_its_fuels_is_told(tmp_path: Path, verified: float, told: bool) -> None:
    """1,000 t of coal alone give 1,900 t; the total is taken as it stands and put in doubt."""
    emissions = f"enterprise,year,kind,amount,unit\nE01,2023,verified,{verified},t\n"
    read = park(tmp_path, energy=ENERGY + "E01,2023,raw_coal,1000,t\n", emissions=emissions)
    books = carbon_accounts(read)
    assert books.total(2023) == verified
    assert bool(found(books.remarks, "K226")) is told
    assert any(d.remark.code == "K226" for d in doubts_of(read, books)) is told


def test_heat_of_nobody_beside_a_heat_plant_may_count_twice(tmp_path: Path) -> None:
    """1,000 GJ at 0.11 t/GJ are in doubt until the plant is named, or there is none."""
    plants = "id,name,sector\nE01,First,D44\nE02,Second,C26\nE03,Third,C13\n"
    head = "enterprise,year,carrier,amount,unit,supplier\nE01,2023,raw_coal,1000,t,\n"
    bought = "E02,2023,heat,600,GJ,{0}\nE03,2023,heat,400,GJ,{0}\n"
    read = park(tmp_path / "a", enterprises=plants, energy=head + bought.format(""))
    doubt, other = (d for d in doubts_of(read, carbon_accounts(read)) if d.remark.code == "K218")
    assert (doubt.enterprise, other.enterprise, other.low) == ("E02", "E03", pytest.approx(-44))
    assert doubt.size == pytest.approx(66) and doubt.year == 2023 and doubt.remark.row == 3
    named = park(tmp_path / "b", enterprises=plants, energy=head + bought.format("E01"))
    assert not found(carbon_accounts(named).remarks, "K218")
    none = park(tmp_path / "c", enterprises=plants.replace("D44", "C30"), energy=head + bought.format(""))
    assert not found(carbon_accounts(none).remarks, "K218")
