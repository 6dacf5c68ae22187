"""What one enterprise lacks in every year is seen beside those of its trade; good accounts raise nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, codes, write
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.peer_ratios import deviations, least_evidence, slip_evidence
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.documents.completeness import lead_of
from separatrix_cluster.tables.reader import load_cluster

Rows = list[tuple[str, int, str, float, str]]
YEARS = (2022, 2023, 2024)


def kilns(seed: int = 1) -> tuple[str, Rows, str, str]:
    """Return six kilns and six makers of machines: the list, energy, process emissions and accounts."""
    rng = np.random.default_rng(seed)
    listed, energy, emissions = "id,sector\n", [], "enterprise,year,kind,amount,unit\n"
    accounts = "enterprise,year,output,staff\n"
    for k in range(12):
        name, kiln = f"E{k + 1:02d}", k < 6
        listed += f"{name},{'C30' if kiln else 'C34'}\n"
        size, own = 10_000 * np.exp(rng.normal(0, 0.6)), np.exp(rng.normal(0, 0.3))
        for year in YEARS:
            now = size * np.exp(rng.normal(0, 0.03))
            accounts += f"{name},{year},{now:.1f},{now / (100 if kiln else 40):.0f}\n"
            if kiln:
                energy.append((name, year, "raw_coal", 2.5 * own * now, "t"))
                energy.append((name, year, "diesel", 0.02 * own * now, "t"))
                emissions += f"{name},{year},process,{4 * own * now:.1f},t\n"
            energy.append((name, year, "power", (1.2 if kiln else 0.2) * own * now, "MWh"))
    return listed, energy, emissions, accounts


def books(folder: Path, tables: tuple[str, Rows, str, str]) -> DataCompleteness:
    """Return how whole the park is."""
    listed, energy, emissions, accounts = tables
    text = "enterprise,year,carrier,amount,unit\n" + "".join(
        f"{e},{y},{c},{amount:.2f},{unit}\n" for e, y, c, amount, unit in energy
    )
    cluster = load_cluster(
        write(
            folder,
            DESCRIPTION,
            enterprises=listed,
            energy=text,
            accounts=accounts,
            **({"emissions": emissions} if emissions else {}),
        )
    )
    return completeness_of(cluster, carbon_accounts(cluster))


def seen(whole: DataCompleteness, found: DataCompleteness, code: str) -> None:
    """Hold that a new code is raised, and that the interval holds the true total beside the counted."""
    true, part = whole.accounts.total(2024), found.total(2024)
    assert code in {d.remark.code for d in found.doubts}
    assert code not in {d.remark.code for d in whole.doubts}
    assert part.low <= true * (1 + 1e-9) and true <= part.high * (1 + 1e-9)
    assert abs(part.counted - true) > 0.01 * true and part.high < 4 * max(true, part.counted)


@pytest.mark.parametrize("beside", [True, False])
def test_a_kiln_without_coal(tmp_path: Path, beside: bool) -> None:
    """The coal of E01 is missing in all years, with diesel left or not: its peers tell how much it may be."""
    listed, energy, emissions, accounts = kilns()
    gone = {"raw_coal"} if beside else {"raw_coal", "diesel"}
    part = [row for row in energy if row[0] != "E01" or row[2] not in gone]
    whole = books(tmp_path / "a", (listed, energy, emissions, accounts))
    seen(whole, books(tmp_path / "b", (listed, part, emissions, accounts)), "K244")


def test_the_only_kiln_without_coal(tmp_path: Path) -> None:
    """Without another kiln it is the fuel that half the output buys; who says 0 is not asked."""
    listed, energy, _, accounts = kilns()
    listed = listed.replace("C30", "C34").replace("E01,C34", "E01,C3011")
    part = [row for row in energy if row[0] != "E01" or row[2] != "raw_coal"]
    whole = books(tmp_path / "a", (listed, energy, "", accounts))
    seen(whole, books(tmp_path / "b", (listed, part, "", accounts)), "K244")
    zeros: Rows = [row if row[2] != "raw_coal" or row[0] != "E01" else (*row[:3], 0.0, "t") for row in energy]
    bare = [row for row in zeros if row[0] != "E01" or row[2] != "diesel"]
    said = books(tmp_path / "c", (listed, bare, "", accounts))
    assert "K244" not in codes(said.accounts.remarks)


def test_a_kiln_without_process_emissions(tmp_path: Path) -> None:
    """All five others have them."""
    listed, energy, emissions, accounts = kilns()
    whole = books(tmp_path / "a", (listed, energy, emissions, accounts))
    part = "".join(line for line in emissions.splitlines(keepends=True) if not line.startswith("E02"))
    seen(whole, books(tmp_path / "b", (listed, energy, part, accounts)), "K244")


@pytest.mark.parametrize(
    ("carrier", "times"), [("raw_coal", 1e-3), ("raw_coal", 100), ("power", 1e3), ("power", 1e-3)]
)
def test_a_unit_among_peers_that_are_near_each_other(tmp_path: Path, carrier: str, times: float) -> None:
    """A slip in all years of one enterprise, within the range of all the others, is told with its size."""
    listed, energy, emissions, accounts = kilns()
    slipped = [
        (*row[:3], row[3] * times, row[4]) if row[0] == "E03" and row[2] == carrier else row for row in energy
    ]
    whole = books(tmp_path / "a", (listed, energy, emissions, accounts))
    found = books(tmp_path / "b", (listed, slipped, emissions, accounts))
    true, part = whole.accounts.total(2024), found.total(2024)
    assert "K229" in codes(found.accounts.remarks) and "K229" not in codes(whole.accounts.remarks)
    assert part.low <= true <= part.high


def test_evidence_is_that_of_student_s_densities() -> None:
    """By numbers: five others at ln 1 with a prior of four at 0.5, and one at ln 1000."""
    from scipy.stats import t

    amounts, sectors = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1000.0]), np.zeros(6, dtype=np.int64)
    freedom, scale = 8.0, np.sqrt(4 * 0.25 / 8 * (1 + 1 / 5))
    away = deviations(amounts, sectors)
    assert [float(part[5]) for part in away] == pytest.approx([np.log(1000), scale, freedom])
    expected = t.logpdf(0, freedom) - t.logpdf(np.log(1000) / scale, freedom)
    assert float(slip_evidence(amounts, sectors, 1000.0)[5]) == pytest.approx(expected)
    assert np.isnan(least_evidence([amounts], sectors, 1000.0)).all()


@pytest.mark.parametrize("unit", ["t", "GJ"])
def test_coal_under_the_name_of_wood(tmp_path: Path, unit: str) -> None:
    """Wood counts for nothing: as the only fuel of one kiln it is asked about, and is not 0 t and missing."""
    listed, energy, emissions, accounts = kilns()
    wood: Rows = [
        (e, y, "wood", 21 * a, unit) if (e, c) == ("E01", "raw_coal") else (e, y, c, a, u)
        for e, y, c, a, u in energy
    ]
    whole = books(tmp_path / "a", (listed, energy, emissions, accounts))
    found = books(tmp_path / "b", (listed, wood, emissions, accounts))
    seen(whole, found, "K244")
    lead = lead_of(found, 2024, language_of("en"))
    assert "missing" not in lead and "inconsistent" in lead


@pytest.mark.parametrize("wood", ["wood", "biomass"])
def test_coal_named_wood_by_the_chinese_factors(tmp_path: Path, wood: str) -> None:
    """They take the default of IPCC for wood, which is 0: the only kiln whose coal is called so is asked."""
    listed, energy, _, accounts = kilns()
    listed = listed.replace("C30", "C34").replace("E01,C34", "E01,C3011")
    part: Rows = [
        (e, y, wood if e == "E01" and c == "raw_coal" else c, amount, unit)
        for e, y, c, amount, unit in energy
    ]
    whole = books(tmp_path / "a", (listed, energy, "", accounts))
    found = books(tmp_path / "b", (listed, part, "", accounts))
    assert "K244" in codes(found.accounts.remarks)
    seen(whole, found, "K244")


@pytest.mark.parametrize("who", [{f"E{k:02d}" for k in range(1, 13)}, {"E01"}])
def test_gas_in_tonnes(tmp_path: Path, who: set[str]) -> None:
    """A refused unit says nothing of the size: both readings are in the interval, and less is covered."""
    listed, energy, emissions, accounts = kilns()
    right: Rows = [
        (e, y, "natural_gas", amount, "1e4 m3") if c == "raw_coal" else (e, y, c, amount, unit)
        for e, y, c, amount, unit in energy
    ]
    wrong: Rows = [
        (e, y, c, amount, "t" if c == "natural_gas" and e in who else unit) for e, y, c, amount, unit in right
    ]
    whole = books(tmp_path / "a", (listed, right, emissions, accounts))
    found = books(tmp_path / "b", (listed, wrong, emissions, accounts))
    true, part = whole.accounts.total(2024), found.total(2024)
    tonnes = sum(
        2.7 * row[3] for row in wrong if row[1] == 2024 and row[4] == "t" and row[2] == "natural_gas"
    )
    assert part.low <= part.counted + tonnes <= part.high and part.low <= true <= part.high * (1 + 1e-9)
    assert part.high < 1.05 * true
    assert found.share(2024) < part.counted / (part.counted + tonnes)
