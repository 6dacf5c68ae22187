"""The set that is chosen is the best there is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cluster.measures.parks import all_sets, inventory, measure, random_joint
from separatrix_cluster.measures.portfolio import cheapest_set, largest_set
from separatrix_cluster.measures.target import AbatementTarget, joint_abatement


def tonnes(amount: Fraction) -> AbatementTarget:
    """Return a target in tonnes."""
    return AbatementTarget("tonnes", amount, None)


@pytest.mark.parametrize("seed", range(25))
def test_small_portfolios_equal_exhaustive_search(seed: int) -> None:
    """Within a budget and for a target, with exclusions, requirements and interactions."""
    joint = random_joint(seed)
    price = Fraction(seed % 3) / 10
    sets = all_sets(joint)
    most = max(map(joint.abatement, sets))
    assert joint.abatement(largest_set(joint, price)) == most
    budget = Fraction(120 + 40 * (seed % 5))
    within = [s for s in sets if joint.investment(s) <= budget]
    found = cheapest_set(joint, budget=budget)
    assert found.abatement == max(map(joint.abatement, within))
    assert found.investment <= budget
    target = tonnes(most * (1 + seed % 4) / 5)
    enough = [s for s in sets if joint.abatement(s) >= target.amount]
    found = cheapest_set(joint, target=target, carbon_price=price)
    best = min(joint.net_cost(s) - price * joint.abatement(s) for s in enough)
    assert found.net_cost - price * found.abatement == best
    assert found.missing == 0
    assert found.proven
    assert found.gap(price) < 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_more_money_never_cuts_less(seed: int) -> None:
    """Tonnes do not fall as the budget rises."""
    joint = random_joint(seed)
    reached = [cheapest_set(joint, budget=Fraction(b)).abatement for b in range(0, 1200, 240)]
    assert reached == sorted(reached)


@pytest.mark.parametrize("seed", range(6))
def test_a_higher_carbon_price_never_cuts_less(seed: int) -> None:
    """What is worth its cost at a price cuts no less at a higher one (revealed preference)."""
    joint = random_joint(seed)
    prices = [Fraction(p, 10) for p in (0, 1, 4, 20)]
    reached = [cheapest_set(joint, target=tonnes(Fraction(0)), carbon_price=p).abatement for p in prices]
    assert reached == sorted(reached)


@pytest.mark.parametrize("seed", range(8))
def test_what_is_missing_is_the_least_and_the_money_needed_too(seed: int) -> None:
    """Where the budget falls short: the fewest tonnes missing within it, and the least that would do."""
    joint = random_joint(seed)
    sets = all_sets(joint)
    most = max(map(joint.abatement, sets))
    target, budget = tonnes(most * 9 / 10), Fraction(60)
    within = max(joint.abatement(s) for s in sets if joint.investment(s) <= budget)
    found = cheapest_set(joint, target=target, budget=budget)
    assert found.missing == max(Fraction(0), target.amount - within)
    if found.missing:
        enough = [joint.investment(s) for s in sets if joint.abatement(s) >= target.amount]
        assert found.budget_needed == min(enough)
    beyond = cheapest_set(joint, target=tonnes(most + 1))
    assert (beyond.missing, beyond.reachable, beyond.budget_needed) == (1, most, None)


def test_no_money_buys_nothing_that_costs() -> None:
    """With a budget of 0 only what needs no investment is taken."""
    joint = random_joint(3)
    assert cheapest_set(joint, budget=Fraction(0)).investment == 0


def test_without_exclusions_all_that_cut_are_the_largest_set() -> None:
    """Whatever cuts adds something, with what it requires; what cuts nothing and is not needed stays out."""
    some = [
        measure("A", 30, requires=["meters"]),
        measure("B", 40),
        measure("meters", 0, investment=5),
        measure("idle", 0, investment=5),
    ]
    joint = joint_abatement(some, inventory(E01={"raw_coal": 100}))
    assert largest_set(joint) == {"A", "B", "meters"}
    full = joint_abatement([*some, measure("C", 100, investment=9)], inventory(E01={"raw_coal": 100}))
    assert full.abatement(largest_set(full)) == 100
