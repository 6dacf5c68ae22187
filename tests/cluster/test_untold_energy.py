"""Energy of which only the carbon is told is not zero: the interval of energy per value added holds it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.doubt import whole_energy
from separatrix_cluster.diagnosis.diagnosis import Diagnosis, diagnose
from separatrix_cluster.diagnosis.indicators import Indicator
from separatrix_cluster.reporting.feedback import enterprise_feedback

GIGAJOULES = 20.908  # of a tonne of raw coal
CARBON = GIGAJOULES * 26.37e-3 * 0.94 * 44 / 12
COAL = "".join(f"E0{i},2023,raw_coal,{i * 1000},t\n" for i in (1, 2, 3))
ACCOUNTS = "enterprise,year,value_added,staff\n" + "".join(f"E0{i},2023,{i * 100},10\n" for i in (1, 2, 3))


def told(folder: Path, energy: str, **tables: str) -> tuple[Diagnosis, Indicator]:
    """Return the diagnosis of a park, and its energy per value added."""
    found = diagnose(park(folder, DESCRIPTION, energy=ENERGY + energy, accounts=ACCOUNTS, **tables))
    (of_energy,) = [i for d in found.difficulties for i in d.indicators if i.id == "energy-per-value-added"]
    return found, of_energy


@pytest.mark.parametrize(
    ("energy", "tables"),
    [
        (
            COAL.replace("E03,2023,raw_coal,3000,t\n", ""),
            {"emissions": f"enterprise,year,kind,amount,unit\nE03,2023,verified,{3000 * CARBON:.6f},t\n"},
        ),
        (
            COAL.replace("E03,2023,raw_coal", "E03,2023,own_coal"),
            {"factors": f"carrier,kind,factor,unit\nown_coal,combustion,{CARBON:.9f},tCO2/t\n"},
        ),
    ],
)
def test_energy_that_no_row_tells_is_not_zero(tmp_path: Path, energy: str, tables: dict[str, str]) -> None:
    """Half of the coal as a verified total or by an own factor: the figure of all lies in the interval."""
    _, whole = told(tmp_path / "whole", COAL)
    found, part = told(tmp_path / "part", energy, **tables)
    assert whole.value == pytest.approx(6000 * GIGAJOULES / 29.307 / 600)
    assert part.value == pytest.approx(whole.value) and part.coverage == pytest.approx(2 / 3)
    assert part.low is not None and part.high is not None and whole.value is not None
    assert part.low < whole.value < part.high < 2 * whole.value
    shares = {a.id: a.enterprises for a in found.abilities}
    assert shares["energy"] == pytest.approx(2 / 3) and shares["carbon"] == 1


def test_energy_beside_a_tenth_of_the_fuels(tmp_path: Path) -> None:
    """Beside a fuel that gives a tenth of a verified total another is not zero; beside 40 % it may be."""
    gas = "E03,2023,natural_gas,10,1e4 Nm3\n"
    _, whole = told(tmp_path / "whole", COAL + gas)
    for times, known in ((10, 2 / 3), (2.5, 1)):
        own = f"carrier,kind,factor,unit\nnatural_gas,combustion,{300 * CARBON / times:.6f},tCO2/1e4 Nm3\n"
        verified = f"enterprise,year,kind,amount,unit\nE03,2023,verified,{3000 * CARBON:.6f},t\n"
        rest = COAL.replace("E03,2023,raw_coal,3000,t\n", "") + gas
        _, part = told(tmp_path / str(times), rest, emissions=verified, factors=own)
        assert part.coverage == pytest.approx(known)
        if known < 1:
            assert part.low is not None and part.high is not None and whole.value is not None
            assert part.low < whole.value < part.high


def test_reported_scope_2_without_bills_is_energy(tmp_path: Path) -> None:
    """Who reports scope 2 and has no row of electricity did not buy none."""
    power = "".join(f"E0{i},2023,electricity,1000,MWh\n" for i in (1, 2))
    emissions = "enterprise,year,kind,amount,unit\nE03,2023,scope 2,600,t\n"
    _, part = told(tmp_path, COAL + power, emissions=emissions)
    assert part.coverage == pytest.approx(2 / 3) and part.high is not None and part.low is not None
    whole = (6000 * GIGAJOULES + 3 * 3600) / 29.307 / 600
    assert part.low < whole < part.high


def test_feedback_does_not_compare_a_part_of_the_energy(tmp_path: Path) -> None:
    """Who has bills of power and a verified total in place of fuels has no energy per value added."""
    power = "".join(f"E0{i},2023,electricity,1000,MWh\n" for i in (1, 2, 3))
    emissions = "enterprise,year,kind,amount,unit\nE03,2023,verified,6000,t\n"
    read = park(
        tmp_path,
        DESCRIPTION,
        energy=ENERGY + power + COAL.replace("E03,2023,raw_coal,3000,t\n", ""),
        accounts=ACCOUNTS,
        emissions=emissions,
    )
    energy = whole_energy(carbon_accounts(read), 2023)
    assert np.isnan(energy[2]) and energy[0] == pytest.approx(1000 * GIGAJOULES + 3600)
    page = enterprise_feedback(read, "E03")
    assert page.years[-1].energy is None and page.years[-1].scope_1 == pytest.approx(6000)
