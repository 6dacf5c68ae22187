"""Steam by the tonne, oil by the litre, gas by the cubic metre: accounted for, and what was taken is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, codes, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.tables.reader import steam_enthalpy

IPCC = DESCRIPTION.replace("cn-guideline", "ipcc-2006")


def test_heat_of_steam_against_steam_tables() -> None:
    """At pressures between the points kept, the tables of IAPWS-IF97 are met within 0.1 %."""
    published = {0.15: 2693.1, 0.7: 2762.8, 1.2: 2783.8, 2.5: 2802.0, 7.0: 2772.6, 9.0: 2742.9}
    for pressure, enthalpy in published.items():
        assert float(steam_enthalpy(pressure)) == pytest.approx((enthalpy - 83.9) / 1000, rel=1e-3)
    assert np.isnan(steam_enthalpy([0.05, 25.0])).all()


def test_steam_by_the_tonne_is_heat(tmp_path: Path) -> None:
    """By its pressure, or by a stated usual one; outside of what tables hold it is left out by name."""
    text = "enterprise,year,carrier,amount,unit,pressure\n"
    text += (
        "E01,2023,steam,1000,t,0.8\nE02,2023,蒸汽,1000,t,\nE03,2023,steam,1000,t,30\nE03,2023,heat,5,GJ,\n"
    )
    read = park(tmp_path, energy=text)
    assert found(read.remarks, "K142") == [
        ("energy.csv", 4, "pressure", "error"),
        ("energy.csv", None, "unit", "warning"),
    ]
    accounts = carbon_accounts(read)
    by_hand = 0.11 * np.array([1000 * (2768.3 - 83.9) / 1000, 1000 * (2777.1 - 83.9) / 1000, 5])
    assert np.nan_to_num(accounts.by_enterprise(2023)) == pytest.approx(by_hand)


@pytest.mark.parametrize(("description", "gas"), [(DESCRIPTION, 2.1650), (IPCC, 35.588 * 56.1 / 1000)])
def test_litres_and_cubic_metres(tmp_path: Path, description: str, gas: float) -> None:
    """Litres by density with either set; gas by the factor for m3, or by calorific value with IPCC's."""
    rows = "E01,2023,diesel,1000,L\nE02,2023,natural gas,10000,m3\nE03,2023,diesel,0.84,t\n"
    read = park(tmp_path, description, energy=ENERGY + rows)
    litres, metered, tonnes = np.nan_to_num(carbon_accounts(read).by_enterprise(2023))
    assert litres == pytest.approx(tonnes) and tonnes > 2
    assert metered == pytest.approx(10 * gas, rel=2e-3)
    assert codes(read.remarks) == {"K142"}


def test_a_factor_for_that_very_unit_goes_before(tmp_path: Path) -> None:
    """Own 2.7 kg a litre is not undone by a usual density."""
    factors = "carrier,factor,unit\ndiesel,2.7,kgCO2/L\n"
    read = park(tmp_path, energy=ENERGY + "E01,2023,diesel,1000,L\n", factors=factors)
    assert carbon_accounts(read).total(2023) == pytest.approx(2.7)
    assert codes(read.remarks) == set()


def test_the_country_chooses_the_factors(tmp_path: Path) -> None:
    """China the set of its guidelines, another country that of IPCC, and what is stated goes before."""
    sets = {
        "country: CN\n": "cn-guideline",
        "country: DE\n": "ipcc-2006",
        "country: 中国\nfactor_set: ipcc-2006\n": "ipcc-2006",
    }
    for i, (text, chosen) in enumerate(sets.items()):
        assert park(tmp_path / str(i), "name: A\n" + text).description.factor_set == chosen


def test_usual_properties_are_as_uncertain_as_they_are_told(tmp_path: Path) -> None:
    """Gas by the m3 is within 9.5 % of what it counts as, steam without pressure within 5 %."""
    text = "enterprise,year,carrier,amount,unit,pressure\nE01,2023,natural_gas,1000,m3,\n"
    text += "E02,2023,steam,10,t,\nE03,2023,steam,10,t,0.8\nE01,2023,diesel,30,GJ,\n"
    table = park(tmp_path, IPCC, energy=text).table("energy")
    assert table.numbers("uncertainty") == pytest.approx([0.095, 0.05, np.nan, np.nan], nan_ok=True)
    stated = text.replace("pressure", "uncertainty").replace("m3,", "m3,10 %").replace(",0.8", ",")
    table = park(tmp_path / "b", IPCC, energy=stated).table("energy")
    assert float(table.numbers("uncertainty")[0]) == pytest.approx(np.hypot(0.1, 0.095))
