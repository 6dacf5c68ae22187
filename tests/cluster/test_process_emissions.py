"""CO2 of processes by stoichiometry, against molar masses and the guidelines' own numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import found, park
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.emission_factors import shipped_factors
from separatrix_cluster.accounts.factor import process_factor, process_factors
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.tables.carriers import carrier_name

ROWS = "enterprise,year,kind,amount,unit,gas,activity,content\n"
C, OX, CA, MG, NA, N, H = 12.011, 15.999, 40.078, 24.305, 22.990, 14.007, 1.008
CO2 = C + 2 * OX
"""Molar masses, g/mol (IUPAC)."""


@pytest.mark.parametrize(
    ("activity", "per_tonne"),
    [
        ("limestone", CO2 / (CA + C + 3 * OX)),
        ("dolomite", 2 * CO2 / (CA + MG + 2 * C + 6 * OX)),
        ("magnesite", CO2 / (MG + C + 3 * OX)),
        ("soda ash", CO2 / (2 * NA + C + 3 * OX)),
        ("graphite electrodes", 0.98 * CO2 / C),
        ("ammonia", 7 * CO2 / (16 * (N + 3 * H))),
        ("clinker", 1.02 * 0.65 * CO2 / (CA + OX)),
        ("lime", 0.95 * CO2 / (CA + OX)),
        ("dolomitic lime", 0.85 * 2 * CO2 / (CA + MG + 2 * OX)),
    ],
)
def test_factors_are_those_of_molar_masses(activity: str, per_tonne: float) -> None:
    """To four digits."""
    factor = process_factor(activity)
    assert factor is not None and factor.value == pytest.approx(per_tonne, rel=1e-4)


@pytest.mark.parametrize(
    ("activity", "guideline"), [("clinker", 0.52), ("lime", 0.75), ("dolomitic_lime", 0.77)]
)
def test_defaults_are_those_of_the_guidelines(activity: str, guideline: float) -> None:
    """The rounded defaults of IPCC (2006), vol. 3: eq. 2.4 and table 2.4."""
    factor = process_factor(activity)
    assert factor is not None and factor.value == pytest.approx(guideline, abs=0.007)


def test_processes_are_added_to_the_accounts(tmp_path: Path) -> None:
    """A kiln with its own CaO, limestone at 90 %, and a gas beside them; each line has its factor."""
    rows = "E01,2023,process,1000,kt,,水泥熟料,66 %\nE01,2023,process,10000,t,CO2,limestone,90 %\n"
    rows += "E01,2023,process,10,t,CH4,,\n"
    books = carbon_accounts(park(tmp_path, emissions=ROWS + rows))
    clinker = 1_000_000 * 0.66 * 1.02 * CO2 / (CA + OX)
    assert books.total(2023) == pytest.approx(clinker + 9000 * CO2 / (CA + C + 3 * OX) + 280, rel=1e-4)
    assert books.gas.tolist() == ["CO2", "CO2", "CH4"]
    assert {f["carrier"] for f in books.factors} == {"clinker", "limestone"}
    assert [line["factor_verified"] for line in books.to_dict()["lines"]] == [False, True, None]


def test_a_verified_total_holds_its_processes(tmp_path: Path) -> None:
    """They are not added to it."""
    rows = "E01,2023,process,1000,t,,clinker,\nE01,2023,verified,600,t,,,\n"
    assert carbon_accounts(park(tmp_path, emissions=ROWS + rows)).total(2023) == 600


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("process,1000,t,,clinkr,", "did you mean `clinker`?"),
        ("process,1000,t,,bread,", "`bread` is not a known process"),
        ("verified,1000,t,,clinker,", "not for a total"),
        ("process,1000,t,CH4,clinker,", "the gas is CH4"),
    ],
)
def test_activities_that_make_no_sense_are_left_out_and_missing(tmp_path: Path, row: str, told: str) -> None:
    """By name, and the accounts are not whole without them."""
    read = park(tmp_path, emissions=ROWS + f"E01,2023,{row}\nE01,2023,process,5,t,CO2,,\n")
    books = carbon_accounts(read)
    assert found(books.remarks, "K224") == [("emissions.csv", 2, "activity", "error")]
    (remark,) = [r for r in books.remarks if r.code == "K224"]
    assert told in f"{remark.what} {remark.hint}"
    assert books.total(2023) == 5
    assert any(gap.row == 2 for gap in completeness_of(read, books).gaps)


def test_every_source_of_a_factor_is_told_in_chinese() -> None:
    """Of fuels, grids, heat and processes; and processes have names there."""
    words = language_of("zh")
    processes = [factor for factor, *_ in process_factors()]
    sources = {factor.source for factor in (*shipped_factors(), *processes)}
    assert {source for source in sources if words.source(source) == source} == set()
    assert all(not carrier_name(factor.carrier, "zh").isascii() for factor in processes)
