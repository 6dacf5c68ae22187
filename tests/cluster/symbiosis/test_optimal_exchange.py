"""The best exchanges: against exhaustive search, and what must hold of every plan."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.symbiosis.exhaustive import best_by_enumeration
from cluster.symbiosis.instances import instance
from separatrix_cluster.symbiosis.optimal_exchange import exchange_value, optimal_exchange
from separatrix_cluster.symbiosis.problem import ExchangeProblem, exchange_problem, restricted_to
from separatrix_cluster.tables.reader import load_cluster


def park() -> ExchangeProblem:
    """Return the problem of the made-up park."""
    return exchange_problem(load_cluster("synthetic-park"), carbon_price=60)


@pytest.mark.parametrize("seed", range(12))
def test_small_instances_equal_exhaustive_search(seed: int) -> None:
    """The value is that of the best choice of connections and facilities, each tried."""
    problem = instance(seed, streams=8, enterprises=5, facilities=1)
    plan = optimal_exchange(problem)
    best = best_by_enumeration(problem)
    # Flows have six digits, and a net benefit, the difference of larger sums, has fewer.
    assert best * (1 - 1e-4) <= plan.net_benefit <= best * (1 + 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 300), st.floats(1, 300))
def test_a_higher_carbon_price_never_brings_less(seed: int, price: float, more: float) -> None:
    """No match avoids less than nothing, so a plan is worth at least as much at a higher price."""
    problem = replace(instance(seed, streams=12, enterprises=6, facilities=1), carbon_price=price)
    low = optimal_exchange(problem)
    high = optimal_exchange(replace(problem, carbon_price=price + more))
    assert 0 <= low.net_benefit <= high.net_benefit + 1e-4 * high.net_benefit
    assert high.abatement >= low.abatement - 1e-3 * (1 + low.abatement)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 3e6), st.floats(0, 3e6))
def test_a_larger_budget_never_brings_less(seed: int, budget: float, more: float) -> None:
    """The budget is kept exactly, and what a smaller one allows a larger one does, too."""
    problem = instance(seed, streams=12, enterprises=6, facilities=1)
    low = optimal_exchange(replace(problem, budget=budget))
    high = optimal_exchange(replace(problem, budget=budget + more))
    assert low.investment <= budget
    assert 0 <= low.net_benefit <= high.net_benefit + 1e-4 * high.net_benefit


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_printed_keeps_every_limit_exactly(seed: int) -> None:
    """Supply, demand, capacities, lots and temperatures hold in fractions of the printed decimals."""
    problem = instance(seed, streams=14, enterprises=6, facilities=2)
    plan = optimal_exchange(problem)
    supply: dict[int, Fraction] = {}
    demand: dict[int, Fraction] = {}
    worth = Fraction(0)
    for flow in plan.flows:
        match = problem.matches[flow.match]
        amount = Fraction(repr(flow.amount))
        assert amount >= Fraction(repr(match.minimum_lot))
        supply[match.offer] = supply.get(match.offer, Fraction(0)) + amount
        taken = amount * Fraction(repr(match.conversion))
        demand[match.want] = demand.get(match.want, Fraction(0)) + taken
        each = Fraction(repr(match.margin)) + Fraction(repr(problem.carbon_price)) * Fraction(
            repr(match.abatement)
        )
        worth += amount * each - Fraction(repr(match.yearly_cost))
        for i, j, _ in flow.intervals:
            # Heat never flows up: all of what gives stands above all of what takes.
            hot, cold = problem.cascade.bounds[i], problem.cascade.bounds[j]
            assert i >= j and hot[1] >= cold[1] and hot[0] >= cold[0]
    keys = [f.key for f in problem.facilities]
    worth -= sum(
        (Fraction(repr(problem.facility_costs[keys.index(k)])) for k in plan.facilities), Fraction(0)
    )
    worth -= sum(
        (Fraction(repr(problem.connection_costs[keys.index(k)])) for _, k in plan.connections), Fraction(0)
    )
    assert worth == plan.exact >= 0
    assert all(amount <= Fraction(repr(problem.offers[k].amount)) for k, amount in supply.items())
    assert all(amount <= Fraction(repr(problem.wants[k].amount)) for k, amount in demand.items())
    assert plan.bound >= plan.net_benefit
    assert sum(s.net for s in plan.settlement) == pytest.approx(plan.net_benefit, abs=0.01)
    assert all(s.net >= -1e-6 for s in plan.settlement)


def test_the_made_up_park_builds_its_heat_network() -> None:
    """Steam and waste heat reach the food makers through it; water does not pay for its works."""
    plan = optimal_exchange(park())
    assert plan.facilities == ("heat-network",)
    assert {f.taker for f in plan.flows if f.facility} == {"E24", "E25", "E26", "E27", "E28"}
    # Steam of 145 °C cannot make that of 165 °C: the waste heat of the steel mill does.
    assert [f.giver for f in plan.flows if f.taker == "E28"] == ["E12"]
    assert plan.gap < 1e-4 and plan.feasible


def test_coalitions_are_worth_what_their_members_can_exchange() -> None:
    """Nobody alone has anything; more members never bring less; all together bring what the plan says."""
    problem = park()
    members = ["E05", "E12", "E24", "E28"]
    assert all(exchange_value(restricted_to(problem, [m])) == 0 for m in members)
    values = [exchange_value(restricted_to(problem, members[: k + 1])) for k in range(len(members))]
    assert values == sorted(values) and values[-1] > 0
    assert exchange_value(problem) == pytest.approx(optimal_exchange(problem).net_benefit, rel=1e-5)


def test_a_budget_of_nothing_leaves_what_needs_no_investment() -> None:
    """Every exchange of the park needs a connection, so there is none; no error is raised."""
    plan = optimal_exchange(replace(park(), budget=0.0))
    assert (plan.flows, plan.net_benefit, plan.bound) == ((), 0.0, 0.0)


def test_a_target_out_of_reach_is_told_with_the_budget_that_it_takes() -> None:
    """The sentences name the budget and what is reached; the plan is the one that comes nearest."""
    whole = optimal_exchange(replace(park(), target=1000.0))
    assert whole.feasible and whole.abatement >= 1000
    tight = optimal_exchange(replace(park(), target=30_000.0, budget=2e6))
    assert not tight.feasible and tight.investment <= 2e6
    assert any("the budget would have to rise" in s for s in tight.shortfalls)
    assert any("at most" in s for s in tight.shortfalls)
    never = optimal_exchange(replace(park(), target=1e6))
    assert any("the target of 1,000,000 t" in s for s in never.shortfalls)
    assert never.abatement >= optimal_exchange(park()).abatement


def test_a_facility_that_must_be_built_is_built_at_a_loss() -> None:
    """The plan holds the water works, and brings less for it; where the budget is too small it says so."""
    problem = park()
    plan = optimal_exchange(replace(problem, required=(1,)))
    assert "water-works" in plan.facilities and plan.feasible
    assert plan.net_benefit < optimal_exchange(problem).net_benefit
    short = optimal_exchange(replace(problem, required=(1,), budget=1e6))
    assert not short.feasible and any("budget" in s for s in short.shortfalls)


@pytest.mark.parametrize(("seed", "told"), [(370136, {"facilities": 1}), (723791, {"facilities": 0})])
def test_a_flow_at_its_minimum_lot_survives_the_rounding(seed: int, told: dict[str, int]) -> None:
    """Two givers share a want whose lot one of them just meets: what is printed is as good as found."""
    problem = instance(seed, streams=24, enterprises=3 + (seed > 500_000), carbon_price=0, **told)
    assert optimal_exchange(problem).gap < 1e-3
