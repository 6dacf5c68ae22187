"""Certificates of seeds hold: against all choices in small networks, by all draws of the live links."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from scipy.special import bdtr

from core.oracles.live_edges import best_reach, reach
from separatrix.errors import SeparatrixError
from separatrix.population import opim
from separatrix.population.networks.link_graph import link_graph
from separatrix.population.opim import at_least, at_most, certified_seeds
from separatrix.population.seed_heuristics import covered, greedy_choice

NONE = np.empty(0, np.int64)


@pytest.mark.parametrize("model", ["weighted-cascade", "linear-threshold"])
@pytest.mark.parametrize("priced", [False, True])
def test_the_certificate_holds_against_every_choice(
    model: str, priced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random networks of six: bounds hold the truth, and no choice in the budget beats what is promised."""
    monkeypatch.setattr(opim, "LEAST_MEMBERS", 50_000)
    kind = "cascade" if model == "weighted-cascade" else "threshold"
    for number in range(3):
        rng = np.random.default_rng(number)
        pairs = [(i, j) for i in range(6) for j in range(6) if i != j]
        pairs = [pairs[k] for k in rng.permutation(len(pairs))[:8]]
        into = [sum(j == node for _, j in pairs) for node in range(6)]
        links = {pair: Fraction(1, into[pair[1]]) for pair in pairs}
        costs = rng.integers(1, 4, 6).tolist() if priced else [1] * 6
        values = rng.integers(0, 5, 6).tolist() if priced else [1] * 6
        aware = [int(rng.integers(6))] if number % 2 else []
        graph = link_graph(6, np.array(pairs))
        names = [graph.names[node] for node in aware]
        if priced:
            budget = 4
            found = certified_seeds(
                graph, model=model, costs=costs, budget=4, values=values, aware=names, seed=number
            )
        else:
            budget = 2
            found = certified_seeds(graph, 2, model, aware=names, seed=number)
        chosen = [graph.names.index(name) for name in found.names]
        assert sum(costs[node] for node in chosen) <= budget and not set(chosen) & set(aware)
        own = float(reach(6, links, kind, chosen, values, aware))
        best = float(best_reach(6, links, kind, costs, budget, values, aware))
        assert found.low <= own + 1e-9 and best <= found.high + 1e-9
        assert own >= found.ratio * best - 1e-9
        assert found.ratio >= 0.6 and abs(found.reached - own) <= 0.1 * found.whole


def test_bounds_fail_as_seldom_as_they_say() -> None:
    """For every true part, the exact binomial chance that a bound misses it is at most what it allows."""
    for sets, failure in ((50, 0.1), (400, 1e-3)):
        counts = np.arange(sets + 1)
        low = np.array([at_least(float(c), sets, failure) for c in counts])
        high = np.array([at_most(float(c), sets, failure) for c in counts])
        for part in (0.01, 0.2, 0.5, 0.9):
            chance = np.diff(bdtr(counts, sets, part), prepend=0.0)
            assert chance[low > part].sum() <= failure and chance[high < part].sum() <= failure


def test_no_choice_covers_more_than_the_bound() -> None:
    """Random sets, unequal costs: the bound is above the best of all choices, the greedy one close to it."""
    for number in range(20):
        rng = np.random.default_rng(number)
        members = [rng.permutation(8)[: rng.integers(1, 4)] for _ in range(30)]
        nodes = np.concatenate(members).astype(np.int32)
        ends = np.cumsum([len(m) for m in members])
        costs = np.ones(8) if number % 2 else rng.integers(1, 5, 8).astype(float)
        budget = 3.0 if number % 2 else 6.0
        taken = np.array([3]) if number % 3 == 0 else NONE
        price = np.where(np.isin(np.arange(8), taken), np.inf, costs)
        choice = greedy_choice(nodes, ends, price, budget, taken)
        best = max(
            covered(nodes, ends, np.array(own), taken, 8)[-1]
            for count in range(1, 7)
            for own in combinations(range(8), count)
            if price[list(own)].sum() <= budget
        )
        assert covered(nodes, ends, choice.nodes, taken, 8).tolist() == choice.covered.tolist()
        assert choice.covered[-1] <= best <= choice.bound + 1e-9
        assert choice.covered[-1] >= 0.63 * best


def test_the_answer_depends_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One core or three give the same seeds, bounds and intervals; other seeds other draws."""
    monkeypatch.setattr(opim, "LEAST_MEMBERS", 50_000)
    rng = np.random.default_rng(3)
    pairs = np.unique(rng.integers(0, 200, (900, 2)), axis=0)
    graph = link_graph(200, pairs[pairs[:, 0] != pairs[:, 1]])
    first = certified_seeds(graph, 5, seed=4)
    monkeypatch.setattr("separatrix.population.reverse_reachable_sets.cores", lambda: 3)
    assert certified_seeds(graph, 5, seed=4).to_dict() == first.to_dict()
    assert certified_seeds(graph, 5, seed=5).reached != first.reached


def test_all_can_be_seeds_and_links_may_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many seeds as enterprises reach all; without links each reaches itself, which is proven and told."""
    monkeypatch.setattr(opim, "LEAST_MEMBERS", 50_000)
    lone = link_graph(4, np.empty((0, 2), int))
    found = certified_seeds(lone, 2)
    assert found.reached == pytest.approx(2, abs=0.05) and found.low == 2.0
    assert any("no link" in warning for warning in found.warnings)
    everyone = certified_seeds(lone, 4)
    assert everyone.ratio == 1.0 and sorted(everyone.names) == ["1", "2", "3", "4"]


def test_time_and_rounds_end_the_search_with_what_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio that cannot be had ends with the one that is proven, and the answer says so."""
    monkeypatch.setattr(opim, "MOST_MEMBERS", 100_000)
    star = link_graph(6, [(str(1), str(k)) for k in range(2, 7)], undirected=True)
    found = certified_seeds(star, 1, ratio=0.99999)
    assert 0.9 < found.ratio < 0.99999 and "memory" in found.warnings[0]
    at_once = certified_seeds(star, 1, ratio=0.99, seconds=0)
    assert at_once.names == ("1",) and "time ran out" in at_once.warnings[0]
    modest = certified_seeds(star, 6, ratio=1e-6)  # for which theory wants less than one set
    assert modest.ratio == 1.0 and not modest.warnings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"count": 0}, "N403 0 seeds of 6"),
        ({"count": 7}, "N403 7 seeds of 6"),
        ({"count": None}, "N403 expected either"),
        ({"count": None, "budget": 3}, "N403 a budget without costs"),
        ({"count": None, "budget": 3, "costs": [1, 1, 0, 1, 1, 1]}, "N403 the cost of `3` is 0"),
        ({"count": None, "budget": 0.5, "costs": [1] * 6}, "N403 no enterprise can be a seed"),
        ({"values": [1, float("nan"), 1, 1, 1, 1]}, "N403 the value of `2` is nan"),
        ({"values": [0] * 6}, "N403 no enterprise has a value"),
        ({"aware": ["9"]}, "N404 an aware enterprise"),
        ({"ratio": 1}, "N403 a ratio of 1"),
        ({"seed": -1}, "N403 a seed of -1"),
        ({"failure": 0}, "N403 a chance of failure of 0"),
        ({"probability": 0.1}, "N402 the model weighted-cascade"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    """Numbers of seeds, budgets, costs, values and names that cannot be: told with what was expected."""
    star = link_graph(6, [(str(1), str(k)) for k in range(2, 7)], undirected=True)
    with pytest.raises(SeparatrixError, match=message):
        certified_seeds(star, **({"count": 1} | changes))  # type: ignore[arg-type]  # options of several types


def test_results_are_values() -> None:
    """A result pickles and cannot be changed."""
    star = link_graph(6, [(str(1), str(k)) for k in range(2, 7)], undirected=True)
    found = certified_seeds(star, 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.ratio = 1.0  # type: ignore[misc]  # it is frozen, which is what is tested
