"""What pays is ranked by what it earns, what costs by the cost of a tonne."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from cluster.measures.parks import inventory, measure, random_joint
from separatrix.cluster.measures.cost_curve import Order, acting_order, cost_curve
from separatrix.cluster.measures.joint_abatement import JointAbatement, joint_abatement
from separatrix.cluster.measures.measure_portfolio import largest_set


def curve(
    joint: JointAbatement, order: Order = "benefit", price: Fraction = Fraction(0)
) -> list[tuple[str, Fraction | None]]:
    """Return ids and costs per tonne."""
    taken = largest_set(joint)
    ranked = joint.in_order(acting_order(joint, taken, price, order))
    return [(s.measure.id, s.cost_per_tonne) for s in cost_curve(ranked, taken)]


def test_of_two_that_earn_the_same_the_one_that_cuts_more_is_not_second() -> None:
    """Taylor's argument: per tonne the small one earns more, and would come first."""
    there = inventory(E01={"raw_coal": 500}, E02={"raw_coal": 500})
    some = [measure("small", 10, saving=100), measure("large", 100, saving=100, enterprise="E02")]
    joint = joint_abatement(some, there)
    assert dict(curve(joint)) == {"large": -1, "small": -10}
    assert [name for name, _ in curve(joint, price=Fraction(1, 100))] == ["large", "small"]
    assert [name for name, _ in curve(joint, "pareto")] == ["large", "small"]


def test_pareto_fronts_put_first_what_no_other_beats_in_both() -> None:
    """What earns most and what cuts most are on the first front, what loses in both on the second."""
    there = inventory(E01={"raw_coal": 9000}, E02={"raw_coal": 9000}, E03={"raw_coal": 9000})
    some = [
        measure("earns", 10, saving=500),
        measure("both less", 9, saving=400, enterprise="E02"),
        measure("cuts", 800, saving=100, enterprise="E03"),
    ]
    joint = joint_abatement(some, there)
    assert [name for name, _ in curve(joint)] == ["earns", "both less", "cuts"]
    assert [name for name, _ in curve(joint, "pareto")] == ["earns", "cuts", "both less"]
    ranked = joint.in_order(["earns", "both less", "cuts"])
    assert [s.front for s in cost_curve(ranked, {"earns", "both less", "cuts"})] == [1, 2, 1]


@pytest.mark.parametrize("seed", range(20))
def test_costs_rise_along_the_curve_and_widths_add_up(seed: int) -> None:
    """Above zero each tonne costs no less than the one before it; the widths are what all do together."""
    joint = random_joint(seed)
    taken = largest_set(joint)
    ranked = joint.in_order(acting_order(joint, taken, Fraction(0)))
    steps = cost_curve(ranked, taken)
    assert sum(s.abatement for s in steps) == joint.abatement(taken)
    costs = [s.cost_per_tonne for s in steps if not s.pays and s.cost_per_tonne is not None]
    assert all(a <= b for a, b in pairwise(costs))
    earned = [-s.net_cost for s in steps if s.pays]
    assert earned == sorted(earned, reverse=True)
    assert [s.pays for s in steps] == sorted((s.pays for s in steps), reverse=True)


def test_a_tonne_costs_what_the_textbook_says() -> None:
    """162.745 a year of 1,000 over ten years at 10 %, less a saving of 62.745, for 50 t: 2 a tonne."""
    from separatrix.cluster.measures.abatement_measure import _recovery

    yearly = 1000 * _recovery(Fraction(1, 10), Fraction(10))
    assert float(yearly) == pytest.approx(162.745, abs=5e-4)
    joint = joint_abatement(
        [measure("A", 50, running_cost=yearly, saving=62.745)],  # type: ignore[arg-type]
        inventory(E01={"raw_coal": 100}),
    )
    ((_, cost),) = curve(joint)
    assert float(cost or 0) == pytest.approx(2.0, abs=1e-4)
