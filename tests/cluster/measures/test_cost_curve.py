"""What pays is ranked by what it earns, what costs by the cost of a tonne."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from cluster.measures.parks import inventory, measure, random_joint
from separatrix_cluster.measures.cost_curve import Order, acting_bundles, acting_order, cost_curve
from separatrix_cluster.measures.portfolio import largest_set
from separatrix_cluster.measures.target import JointAbatement, joint_abatement


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
    bundles = acting_bundles(joint, taken, Fraction(0))
    ids = [i for some in bundles for i in some]
    ranked = joint.in_order(ids)
    steps = cost_curve(ranked, taken, bundles)
    assert sum(s.abatement for s in steps) == joint.abatement(taken)
    assert sum(s.net_cost for s in steps) == ranked.net_cost(taken)
    assert all(ids.index(i) < ids.index(s.measure.id) for s in steps for i in s.measure.requires)
    costs = [c for s in steps if not s.pays and (c := s.bundle_cost_per_tonne) is not None]
    assert all(a <= b for a, b in pairwise(costs))
    earned = [-s.bundle_net_cost for s in steps if s.pays]
    assert earned == sorted(earned, reverse=True)
    assert [s.pays for s in steps] == sorted((s.pays for s in steps), reverse=True)


def test_a_tonne_costs_what_the_textbook_says() -> None:
    """162.745 a year of 1,000 over ten years at 10 %, less a saving of 62.745, for 50 t: 2 a tonne."""
    from separatrix_cluster.measures.measures import _recovery

    yearly = 1000 * _recovery(Fraction(1, 10), Fraction(10))
    assert float(yearly) == pytest.approx(162.745, abs=5e-4)
    joint = joint_abatement(
        [measure("A", 50, running_cost=yearly, saving=62.745)],  # type: ignore[arg-type]
        inventory(E01={"raw_coal": 100}),
    )
    ((_, cost),) = curve(joint)
    assert float(cost or 0) == pytest.approx(2.0, abs=1e-4)


def bundled(joint: JointAbatement, order: Order = "benefit") -> list[tuple[tuple[str, ...], bool]]:
    """Return the bundles of the curve, and whether they pay."""
    taken = largest_set(joint)
    bundles = acting_bundles(joint, taken, Fraction(0), order)
    steps = cost_curve(joint.in_order([i for some in bundles for i in some]), taken, bundles)
    return list({s.bundle: (s.bundle, s.pays) for s in steps}.values())


@pytest.mark.parametrize("order", ["benefit", "pareto"])
def test_a_measure_pays_only_with_what_it_requires(order: Order) -> None:
    """One that earns 9 a year needs another that costs 100 a year: neither pays, and both come last."""
    some = [
        measure("pays", 300, investment=10, saving=10, requires=["dear"]),
        measure("dear", 100, investment=1000),
        measure("cheap", 100, investment=20, saving=1, enterprise="E02"),
    ]
    joint = joint_abatement(some, inventory(E01={"raw_coal": 9000}, E02={"raw_coal": 9000}))
    first = bundled(joint, order)
    assert first == [(("cheap",), False), (("dear", "pays"), False)]


def test_two_that_share_a_requirement_bear_it_together() -> None:
    """One requirement costs 10; each of two that need it earns 6, so that only all three pay."""
    some = [
        measure("A", 10, saving=6, requires=["base"]),
        measure("B", 10, saving=6, requires=["base"]),
        measure("base", 0, running_cost=10),
        measure("other", 10, saving=1, enterprise="E02"),
    ]
    far = inventory(E01={"raw_coal": 10**9}, E02={"raw_coal": 500})
    assert bundled(joint_abatement(some, far)) == [(("base", "A", "B"), True), (("other",), True)]


def test_what_is_required_and_cheaper_stands_alone() -> None:
    """A requirement at 1 a tonne comes before others at 2; what needs it, at 3, after them, and once each."""
    some = [
        measure("needs", 10, running_cost=30, requires=["base"]),
        measure("base", 10, running_cost=10),
        measure("other", 10, running_cost=20, enterprise="E02"),
    ]
    far = inventory(E01={"raw_coal": 10**9}, E02={"raw_coal": 500})
    found = bundled(joint_abatement(some, far))
    assert [some for some, _ in found] == [("base",), ("other",), ("needs",)]
