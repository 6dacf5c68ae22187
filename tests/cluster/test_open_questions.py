"""What may be far more than it is likely to be: beside the total, not its range; and what a fuel can hold."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import OPEN, DataCompleteness, completeness_of
from separatrix_cluster.documents.completeness import lead_of
from separatrix_cluster.reporting.feedback import enterprise_feedback

IPCC = DESCRIPTION.replace("cn-guideline", "ipcc-2006")
LARGE = ENERGY + "E01,2023,anthracite,1000000,t\nE02,2023,electricity,300000,MWh\n"


def books(folder: Path, energy: str, description: str = DESCRIPTION) -> DataCompleteness:
    """Return how whole the accounts of these rows are."""
    cluster = park(folder, description, energy=energy)
    return completeness_of(cluster, carbon_accounts(cluster))


@pytest.mark.parametrize("description", [DESCRIPTION, IPCC])
@pytest.mark.parametrize(
    ("amount", "unit", "most"),
    [(600, "t", 600 * 44 / 12), (600, "m3", 600 * 2.26 * 44 / 12), (600, "GJ", 600 * 0.2)],
)
def test_a_fuel_holds_no_more_carbon_than_there_can_be_in_it(
    tmp_path: Path, description: str, amount: float, unit: str, most: float
) -> None:
    """600 units of LNG add no more than pure carbon of that mass or volume would."""
    base = books(tmp_path / "base", LARGE, description)
    found = books(tmp_path / "lng", LARGE + f"E03,2023,LNG,{amount},{unit}\n", description)
    gaps = [g for g in found.gaps if g.source == "lng"]
    added = found.accounts.total(2023) - base.accounts.total(2023)
    assert 0 <= added + sum(g.estimate for g in gaps) <= most
    assert all(g.high <= most for g in gaps)


def test_an_amount_without_a_unit_is_an_open_question_beside_the_total(tmp_path: Path) -> None:
    """Nothing narrows it, so the range of the total leaves it out, and a sentence names it."""
    sure = LARGE + "E01,2022,anthracite,1000000,t\nE03,2023,diesel,10,t\n"
    found = books(tmp_path, sure + "E02,2023,natural_gas,600,\n")
    (question,) = [q for q in found.open_questions(2023) if q.source == "natural_gas"]
    total = found.total(2023)
    assert question.high > OPEN * question.low
    assert total.high - total.counted - total.missing < 0.2 * question.high
    assert found.span(2023)[2] > total.high  # what is proven still rests on all that is possible
    assert "E02" in lead_of(found, 2023, language_of("en"))
    assert found.to_dict()["years"]["2023"]["open_questions"]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_which_questions_are_open_does_not_hang_on_the_unit(tmp_path: Path, scale: float) -> None:
    """A park a million times as large has the same open questions."""
    rows = f"E01,2023,anthracite,{1e6 * scale},t\nE02,2023,electricity,{3e5 * scale},MWh\n"
    found = books(tmp_path, ENERGY + rows + f"E02,2023,natural_gas,{600 * scale},\n")
    other = books(tmp_path / "one", LARGE + "E02,2023,natural_gas,600,\n")
    keys = [[(q.enterprise, q.source) for q in b.open_questions(2023)] for b in (found, other)]
    assert keys[0] == keys[1]
    assert found.total(2023).high == pytest.approx(scale * other.total(2023).high)


@pytest.mark.parametrize(("amount", "is_open"), [("10", True), ("900", True), ("20000000", False)])
def test_an_enterprise_is_given_no_upper_end_of_many_times_what_was_counted(
    tmp_path: Path, amount: str, is_open: bool
) -> None:
    """A year in which a tenth or a thousandth of the electricity was reported: how much more is open."""
    rows = "".join(f"E02,{year},electricity,10000,MWh\n" for year in range(2018, 2023))
    told = enterprise_feedback(
        park(tmp_path, DESCRIPTION, energy=f"{ENERGY}{rows}E02,2023,electricity,{amount},MWh\n"), "E02"
    )
    (year,) = [year for year in told.years if year.year == 2023]
    assert year.in_doubt and year.low is not None and year.total is not None and year.high is not None
    assert year.low <= year.total <= year.high
    assert math.isinf(year.high) == is_open
    assert is_open or year.high <= OPEN * year.total
