"""Factors of bought power and heat: one's own abroad, and that by market named with the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import ENERGY, codes, park
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.documents.vocabulary import factor_shown

ABROAD = "name: Park abroad\ncountry: VN\nfactor_set: ipcc-2006\n"
FACTORS = "carrier,kind,year,factor,unit,source\n"
POWER = ENERGY + "E01,2023,electricity,100,MWh\n"


def test_a_grid_of_ones_own_suffices_abroad(tmp_path: Path) -> None:
    """No grid of the country is shipped and no factor by market is known: that by location stands for it."""
    own = FACTORS + "electricity,location,2023,0.6766,kgCO2/kWh,the ministry\n"
    accounts = carbon_accounts(park(tmp_path, ABROAD, energy=POWER, factors=own))
    assert codes(accounts.remarks) == set()
    assert accounts.total(2023) == pytest.approx(67.66)
    assert accounts.total(2023, "market") == pytest.approx(67.66)


def test_heat_of_ones_own_counts_by_market_too(tmp_path: Path) -> None:
    """A boiler house is the same on both bases; before, the national default stood for it by market."""
    own = FACTORS + "heat,location,,0.098,tCO2/GJ,boiler house\n"
    read = park(tmp_path, energy=ENERGY + "E01,2023,heat,1000,GJ\n", factors=own)
    accounts = carbon_accounts(read)
    assert accounts.total(2023) == accounts.total(2023, "market") == pytest.approx(98)
    assert [f["source"] for f in accounts.factors] == ["boiler house"]


def test_a_published_factor_by_market_goes_before_ones_own_by_location(tmp_path: Path) -> None:
    """Residual mix before average: 0.6096 kg/kWh in China in 2023, whatever the grid company says."""
    own = FACTORS + "electricity,location,2023,0.5,kgCO2/kWh,grid company\n"
    accounts = carbon_accounts(park(tmp_path, energy=POWER, factors=own))
    assert accounts.total(2023) == pytest.approx(50)
    assert accounts.total(2023, "market") == pytest.approx(60.96)


def test_the_factor_by_market_is_listed_with_its_area(tmp_path: Path) -> None:
    """It is that of the country, for none is published by region; whoever reads the accounts sees that."""
    accounts = carbon_accounts(park(tmp_path, energy=POWER))
    words = language_of("en")
    listed = sorted(
        (
            f["kind"],
            f["area"],
            factor_shown("electricity", f["value"], f["unit"], words).replace("\u00a0", " "),
        )
        for f in accounts.factors
    )
    assert listed == [
        ("location", "CN-East", "0.55 kgCO2/kWh"),
        ("market", "CN", "0.6096 kgCO2/kWh"),
    ]


def test_years_that_are_not_shipped_are_told_by_basis(tmp_path: Path) -> None:
    """2021 has a factor by location and none by market."""
    accounts = carbon_accounts(park(tmp_path, energy=ENERGY + "E01,2021,electricity,100,MWh\n"))
    assert [str(r.what) for r in accounts.remarks] == [
        "no market-based grid factor of CN is shipped for 2021; that of 2022 was used"
    ]
