"""What a change of fuel, of factor and of energy shows as, in a cluster of one enterprise."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.decomposition import drivers
from separatrix_cluster.tables.reader import load_cluster


def parts_of(folder: Path, energy: str, factors: str = "") -> dict[str, float]:
    """Return the additive parts, in t, of a cluster with the given rows of energy, 2020 to 2021."""
    (folder / "cluster.yaml").write_text("name: One\nfactor_set: ipcc-2006\ncomplete: all\n", "utf-8")
    (folder / "enterprises.csv").write_text("id\nA\n", "utf-8")
    (folder / "accounts.csv").write_text("enterprise,year,value_added\nA,2020,100\nA,2021,100\n", "utf-8")
    (folder / "energy.csv").write_text(f"enterprise,year,carrier,amount,unit\n{energy}", "utf-8")
    if factors:
        (folder / "factors.csv").write_text(f"carrier,year,factor,unit\n{factors}", "utf-8")
    cluster = load_cluster(folder)
    found = drivers(cluster, completeness_of(cluster, carbon_accounts(cluster)))
    assert found is not None
    return dict(zip(found.decomposition.factors, found.decomposition.additive.tolist(), strict=True))


def test_one_fuel_in_place_of_another_is_fuel_mix_alone(tmp_path: Path) -> None:
    """Coal given up for as much natural gas: the factors of both stayed what they were."""
    parts = parts_of(tmp_path, "A,2020,lignite,1000,GJ\nA,2021,natural gas,1000,GJ\n")
    carbon = (15.3 - 27.6) * 44 / 12
    others = ((1 * 28 + 0.1 * 265) - (10 * 28 + 1.5 * 265)) / 1000
    assert parts["fuel mix"] == pytest.approx(carbon + others)
    for name in ("activity", "structure", "energy intensity", "emission factor", "process intensity"):
        assert parts[name] == pytest.approx(0, abs=1e-9)


def test_a_factor_that_changes_is_emission_factor_alone(tmp_path: Path) -> None:
    """The same fuel, burned alike, with another factor in the second year."""
    rows = "A,2020,lignite,1000,GJ\nA,2021,lignite,1000,GJ\n"
    parts = parts_of(tmp_path, rows, "lignite,2020,0.10,tCO2/GJ\nlignite,2021,0.11,tCO2/GJ\n")
    assert parts["emission factor"] == pytest.approx(10)
    assert parts["fuel mix"] == pytest.approx(0, abs=1e-9)


def test_carbon_that_no_energy_explains_is_not_lost(tmp_path: Path) -> None:
    """A fuel by mass whose heating value nobody knows stays in the sum, beside the energy that is known."""
    rows = "".join(f"A,{y},lignite,1000,GJ\nA,{y},tyres,{m},t\n" for y, m in ((2020, 10), (2021, 30)))
    parts = parts_of(tmp_path, rows, "tyres,,3,tCO2/t\n")
    assert sum(parts.values()) == pytest.approx(60)
