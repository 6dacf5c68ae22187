"""The game of exchanges: parts add up, shares add up, and support is what a facility for one of two lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise

import pytest

from cluster.symbiosis.instances import instance
from separatrix.cli.app import run
from separatrix.document.tree import Table
from separatrix.languages import language_of
from separatrix.writers.registry import write
from separatrix_cluster.benefit_sharing.coalition_game import exchange_games, exchange_parts
from separatrix_cluster.benefit_sharing.shared_exchanges import (
    NOISE,
    UNASKED,
    SharedExchanges,
    anchor_exit,
    shared_exchanges,
    sharing_work,
)
from separatrix_cluster.documents.exchanges import network_blocks, sharing_blocks, sharing_left_out
from separatrix_cluster.documents.symbiosis import symbiosis_document
from separatrix_cluster.symbiosis.network import assessed_networks
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan, exchange_value, optimal_exchange
from separatrix_cluster.symbiosis.problem import exchange_problem, problem_of, restricted_to
from separatrix_cluster.symbiosis.streams import Facility, Stream
from separatrix_cluster.tables.reader import load_cluster


@cache
def park() -> tuple[ExchangePlan, SharedExchanges]:
    """Return the plan of the made-up park, and how its gain can be shared."""
    plan = optimal_exchange(exchange_problem(load_cluster("synthetic-park")))
    return plan, shared_exchanges(plan)


def slag(giver: str, taker: str, worth: float = 30.0) -> tuple[Stream, Stream]:
    """Return one tonne of something that only these two can exchange."""
    name = f"slag of {giver}"
    return (
        Stream(giver, name, 2, "mass", "solid waste", 1.0, disposal_cost=1.0),
        Stream(taker, name, 3, "mass", "solid waste", 1.0, price=worth),
    )


@pytest.mark.parametrize("seed", range(3))
def test_parts_are_worth_what_the_whole_problem_is(seed: int) -> None:
    """For every coalition the parts sum to the optimum of the problem that is restricted to it."""
    problem = instance(seed, streams=12, enterprises=5, facilities=1)
    games = exchange_games(exchange_parts(problem))
    for size in range(len(problem.members) + 1):
        for chosen in combinations(problem.members, size):
            parts = sum((game.worth(frozenset(chosen)) for game in games), Fraction(0))
            whole = exchange_value(restricted_to(problem, chosen))
            assert float(parts) == pytest.approx(whole, rel=2e-6, abs=0.05)


def test_shares_of_the_park_add_up() -> None:
    """Each way to share gives away what the plan brings, and there is a way with which all stay."""
    plan, found = park()
    assert float(found.total) == pytest.approx(plan.net_benefit, rel=1e-6)
    for group in found.groups:
        assert sum(group.shapley) == group.total
        assert group.nucleolus is not None
        assert sum(group.nucleolus.allocation) == group.total
        assert group.stable
        assert group.plan_test is not None
        assert abs(group.plan_test.left_over) <= NOISE * group.total
    assert len(found.groups) == 2
    table = found.to_dataframe()
    assert table["shapley"].sum() == pytest.approx(float(found.total))
    assert table["nucleolus"].sum() == pytest.approx(float(found.total))
    assert "E12" in repr(found)
    assert found.coalitions < 160


def test_nobody_is_worth_more_than_is_lost_without_him() -> None:
    """In the core nobody has more than what the others lose, which is no more than what it takes part in."""
    _, found = park()
    lost = {one.enterprise: one for one in found.exits}
    for group in found.groups:
        assert group.nucleolus is not None
        for name, share in zip(group.players, group.nucleolus.allocation, strict=True):
            assert share <= lost[name].lost + group.noise
    assert all(one.idle is not None and one.lost <= one.idle + group.noise for one in lost.values())
    assert [one.lost for one in found.exits] == sorted((one.lost for one in found.exits), reverse=True)


def test_sampled_shares_hold_the_exact_ones() -> None:
    """With parts of more than three players called too large, intervals hold the shares of all."""
    plan, exact = park()
    drawn = shared_exchanges(plan, exact_to=3, orders=40, seed=5)
    assert drawn.sampled
    wanted = {n: x for group in exact.groups for n, x in zip(group.players, group.shapley, strict=True)}
    for group in drawn.groups:
        assert group.stable is (None if group.sampled else True)
        if group.low is not None and group.high is not None:
            for name, low, high in zip(group.players, group.low, group.high, strict=True):
                assert low <= wanted[name] <= high


def test_two_who_exchange_share_equally() -> None:
    """Neither gains anything alone; a third one without candidates is no player."""
    offer, want = slag("A", "B")
    found = shared_exchanges(optimal_exchange(problem_of([offer], [want], members=["A", "B", "C"])))
    (group,) = found.groups
    assert group.players == ("A", "B")
    assert group.shapley == (Fraction(31, 2), Fraction(31, 2))
    assert group.stable


def test_a_facility_for_one_of_two_pairs_has_no_core() -> None:
    """Each pair could fill the facility alone; keeping both takes support of what one pair gains."""
    offers, wants = zip(slag("A", "B"), slag("C", "D"), strict=True)
    # Nothing pays without the facility.
    offers = tuple(replace(offer, connection_cost=1e9, life=10.0) for offer in offers)
    plan = optimal_exchange(
        problem_of(offers, wants, [Facility("mill", "mill", capacity=1.0, dimension="mass", life=10.0)])
    )
    (group,) = shared_exchanges(plan).groups
    assert group.total == 31
    assert group.stable is False
    assert group.support is not None
    assert group.support.support == 31


def test_a_large_problem_tells_the_anchor_alone() -> None:
    """Too much to share unasked; what is lost without the anchor is told, and bounded by its flows."""
    assert sharing_work(exchange_parts(instance(1, streams=90, enterprises=20)))[1] > UNASKED
    problem = instance(1, streams=30, enterprises=14)
    plan = optimal_exchange(problem)
    found = anchor_exit(plan)
    assert found is not None
    assert found.idle is not None
    assert 0 <= found.lost <= found.idle * Fraction(1001, 1000)
    wanted = plan.net_benefit - exchange_value(
        restricted_to(problem, [name for name in problem.members if name != found.enterprise])
    )
    assert float(found.lost) == pytest.approx(wanted, rel=1e-2)


def test_many_who_exchange_in_a_chain_can_all_be_kept() -> None:
    """Eighteen players are too many for every coalition; two by two their gains can be shared, so all can."""
    names = [f"E{k:02}" for k in range(18)]
    offers, wants = zip(*(slag(a, b) for a, b in pairwise(names)), strict=True)
    (group,) = shared_exchanges(optimal_exchange(problem_of(offers, wants))).groups
    assert len(group.players) == 18
    assert group.core is None
    assert group.stable
    assert group.shapley == (Fraction(31, 2), *[Fraction(31)] * 16, Fraction(31, 2))


def test_nothing_to_gain_is_nothing_to_share() -> None:
    """Without an exchange that pays there are no groups."""
    offer, want = slag("A", "B", worth=-5.0)
    plan = optimal_exchange(problem_of([offer], [want]))
    assert shared_exchanges(plan).groups == ()
    assert sharing_work(exchange_parts(plan.problem)) == (0, 0)


def test_budget_and_demands_are_left_out() -> None:
    """What is shared is what all could gain; that the plan had less to spend is told."""
    problem = exchange_problem(load_cluster("synthetic-park"), budget=1.0)
    found = shared_exchanges(optimal_exchange(problem), ())
    assert found.constrained


@pytest.mark.parametrize(
    ("code", "free", "dropped"),
    [
        ("en", "without the budget", ("at the prices", "without replacement")),
        ("zh", "不受预算", ("按价格", "无法替代")),
    ],
)
def test_with_a_budget_no_table_stands_on_two_bases(code: str, free: str, dropped: tuple[str, ...]) -> None:
    """What the plan within the budget leaves each is not set beside shares of the gain without it."""
    offer, want = slag("A", "B")
    offer = replace(offer, connection_cost=100.0)
    plan = optimal_exchange(problem_of([offer], [want], budget=1.0))
    found = shared_exchanges(plan)
    assert plan.exact == 0 < found.total == sum(found.groups[0].shapley)
    told = found.to_dict()
    assert told["without_budget_and_demands"] and told["planned"] is None
    assert {one["lost_without_a_new_plan"] for one in told["exits"]} == {None}
    cluster, words = load_cluster("synthetic-park"), language_of(code)
    blocks = list(sharing_blocks(cluster, found, words))
    tables = [block for block in blocks if isinstance(block, Table)]
    assert [len(t.columns) for t in tables] == [len(t.rows[0]) for t in tables] == [3, 3]
    assert all(free in str(t.caption) for t in tables)
    assert not [head for head in dropped if head in str([t.columns for t in tables])]


def test_the_verb_tells_shares_network_and_fragility(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has the keys; Kalundborg, of which no streams are told, has its network."""
    assert run(["cluster", "symbiosis", "kalundborg", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["network"]["today"]["pairs"] == 26
    assert answer["network"]["today"]["three_two_test"]["holds"]
    assert answer["fragility"]["today"]["anchor"] == "K05"
    assert answer["network"]["planned"] is None
    assert run(["cluster", "symbiosis", "synthetic-park", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["sharing"]["groups"][0]["stable"]
    assert answer["fragility"]["planned"]["departures"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "en",
            (
                "no coalition does better by leaving",
                "Shapley value",
                "nucleolus",
                "others replan",
                "3-2 test",
            ),
        ),
        ("zh", ("核仁", "Shapley 值", "3-2", "其余调整方案")),
    ],
)
def test_the_document_says_it_in_both_languages(code: str, said: tuple[str, ...]) -> None:
    """Whether the gain can be shared so that all stay, three ways to do it, and who would be missed."""
    plan, found = park()
    cluster, words = load_cluster("synthetic-park"), language_of(code)
    more = [
        *sharing_blocks(cluster, found, words),
        *network_blocks(cluster, assessed_networks(cluster, plan), words),
        sharing_left_out(cluster, anchor_exit(plan), words),
    ]
    told = write(symbiosis_document(cluster, plan, words, more), "md").content.decode()
    assert [text for text in said if text not in told] == []
