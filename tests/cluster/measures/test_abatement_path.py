"""When to begin what: the cheapest way to be at the target in its year."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from cluster.measures.parks import inventory, measure, random_joint
from separatrix.errors import InputError
from separatrix_cluster.measures.pathway import AbatementPath, abatement_path
from separatrix_cluster.measures.target import AbatementTarget, JointAbatement, joint_abatement

RATE = Fraction(8, 100)
YEARS = (2025, 2026, 2027)


def tonnes(amount: float) -> AbatementTarget:
    """Return a target in tonnes."""
    return AbatementTarget("tonnes", Fraction(amount), None)


def path(joint: JointAbatement, amount: float, by: int = 2027, **limits: Fraction | int) -> AbatementPath:
    """Return the path to so many tonnes."""
    return abatement_path(joint, tonnes(amount), by, discount_rate=RATE, **limits)  # type: ignore[arg-type]


def cheapest_by_hand(joint: JointAbatement, amount: Fraction, yearly: Fraction) -> Fraction | None:
    """Return the least discounted cost over every way to begin each measure once or never."""
    best: Fraction | None = None
    for begun in product((None, *YEARS), repeat=len(joint.measures)):
        starts = {m.id: y for m, y in zip(joint.measures, begun, strict=True) if y is not None}
        if any(m.id in starts and m.excludes & starts.keys() for m in joint.measures):
            continue
        spent = {y: sum(m.investment for m in joint.measures if starts.get(m.id) == y) for y in YEARS}
        acting = {
            y: {m.id for m in joint.measures if m.id in starts and starts[m.id] + m.lead_time <= y}
            for y in YEARS
        }
        if max(spent.values()) > yearly or not all(joint.possible(some) for some in acting.values()):
            continue
        if joint.abatement(acting[YEARS[-1]]) < amount:
            continue
        cost = sum(joint.net_cost(acting[y]) / (1 + RATE) ** (y - YEARS[0]) for y in YEARS)
        best = cost if best is None else min(best, cost)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_short_paths_equal_every_way_to_begin(seed: int) -> None:
    """Three years and four measures: the least discounted cost, and what is out of reach."""
    joint = random_joint(seed, 4)
    yearly = Fraction(300)
    for part in (Fraction(1, 3), Fraction(4, 5)):
        amount = joint.abatement({m.id for m in joint.measures}) * part
        best = cheapest_by_hand(joint, amount, yearly)
        found = abatement_path(joint, tonnes(amount), 2027, discount_rate=RATE, yearly_budget=yearly)  # type: ignore[arg-type]
        assert (best is None) == (found.missing > 0)
        if best is not None:
            assert found.present_value == best


def test_what_pays_is_begun_at_once_and_what_costs_as_late_as_it_can_be() -> None:
    """A lead time of two years has it begun two years before the target."""
    there = inventory(E01={"raw_coal": 1000}, E02={"raw_coal": 1000})
    some = [
        measure("pays", 100, investment=10, saving=50),
        measure("costs", 100, investment=500, lead_time=2, enterprise="E02"),
    ]
    found = path(joint_abatement(some, there), 200, 2030)
    assert found.begun == {"pays": (2025,), "costs": (2028,)}
    assert [float(y.abatement) for y in found.years] == [100, 100, 100, 100, 100, 200]
    assert [float(y.wanted) for y in found.years] == pytest.approx([200 * k / 6 for k in range(1, 7)])
    assert [float(y.investment) for y in found.years] == [10, 0, 0, 500, 0, 0]


def test_what_ends_before_the_target_year_is_begun_again_or_not_counted() -> None:
    """A life of two years does not reach a target three years on, unless it is paid for twice."""
    joint = joint_abatement(
        [measure("A", 50, investment=10, saving=60, life=2)], inventory(E01={"raw_coal": 100})
    )
    found = path(joint, 50)
    assert found.missing == 0
    assert found.begun == {"A": (2025, 2027)}
    once = path(joint, 50, budget=Fraction(10))
    assert once.begun == {"A": (2026,)} or once.begun == {"A": (2027,)}
    assert once.missing == 0


def test_budgets_years_and_first_years_bind() -> None:
    """No year is dearer than its budget, nothing begins before its year, and what that costs is told."""
    there = inventory(**{f"E0{k}": {"raw_coal": 100} for k in range(1, 5)})
    some = [measure(f"M{k}", 50, investment=100, enterprise=f"E0{k}", earliest=2026 + k) for k in range(1, 4)]
    joint = joint_abatement(some, there)
    found = path(joint, 150, 2029, yearly_budget=Fraction(100))
    assert found.missing == 0
    assert all(y.investment <= 100 for y in found.years)
    assert all(year >= 2026 + int(name[1]) for name, (year,) in found.begun.items())
    late = path(joint, 150, 2028)
    assert (late.missing, late.without_budget, late.with_time) == (50, None, 150)
    poor = path(joint, 150, 2029, budget=Fraction(200))
    assert (poor.missing, poor.without_budget) == (50, 150)
    pays = joint_abatement([measure("P", 50, saving=10)], there)
    assert path(pays, 50, 2029, begin=2028).begun == {"P": (2028,)}


def test_where_nothing_can_be_begun_in_time_that_is_told() -> None:
    """No variable is left for the solver: nothing is begun, and everything is missing."""
    slow = joint_abatement([measure("A", 50, lead_time=9)], inventory(E01={"raw_coal": 100}))
    found = path(slow, 40, 2027)
    assert (found.begun, found.missing, found.with_time) == ({}, 40, 50)
    assert path(slow, 0, 2027).missing == 0


@pytest.mark.parametrize("by", [2024, 2020, 2065])
def test_a_target_year_that_makes_no_sense_is_refused(by: int) -> None:
    """It lies after the year of the emissions, and not beyond what they can tell."""
    with pytest.raises(InputError) as told:
        path(joint_abatement([measure("A", 5)], inventory(E01={"raw_coal": 9})), 5, by)
    assert told.value.code == "K560"
