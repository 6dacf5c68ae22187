"""Revisions by every rule, against the transition matrix of the process written out state by state."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from separatrix.game.reader import load
from separatrix.population.networks.assembly import assembled
from separatrix.population.networks.enterprises import enterprises
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.population.networks.model import network_model
from separatrix.population.networks.network import network

GAME = load({"title": "g", "parameters": {"c": 1}, "payoff_matrix": [["3 - c", "0 - c"], ["5/2", 1]]})
LINKS = [("1", "2", 1.0), ("2", "1", 2.0), ("1", "3", 1.0), ("3", "2", 0.5), ("4", "1", 1.0), ("2", "4", 3.0),
         ("3", "4", 1.0), ("4", "3", 1.5)]  # fmt: skip
COSTS = [0.5, 1.0, 2.0, 0.25]
BETA, MU = 0.7, 0.1
N = 4
State = tuple[int, ...]


def graph() -> LinkGraph:
    """Return a weighted, directed graph of four."""
    return link_graph(4, [(a, b) for a, b, _ in LINKS], [w for _, _, w in LINKS])


W = np.zeros((N, N))  # W[i, j] = w(j -> i)
for a, b, w in LINKS:
    W[int(b) - 1, int(a) - 1] = w


def payoff(i: int, s: int, state: State, averaged: bool) -> float:
    """Return what strategy s earns i, from the rows of the game written out anew."""
    rows = [[3 - COSTS[i], 0 - COSTS[i]], [2.5, 1.0]]
    total = sum(W[i, j] * rows[s][state[j]] for j in range(N))
    return total / W[i].sum() if averaged else total


def copied(i: int, state: State, averaged: bool, rule: str) -> dict[int, float]:
    """Return with which probability each strategy comes next where i revises."""
    pay = [payoff(j, state[j], state, averaged) for j in range(N)]
    seen = [j for j in range(N) if W[i, j] > 0]
    found = {0: 0.0, 1: 0.0}
    if rule == "fermi":
        for j in seen:
            p = 1 / (1 + math.exp(-BETA * (pay[j] - pay[i])))
            found[state[j]] += W[i, j] / W[i].sum() * p
            found[state[i]] += W[i, j] / W[i].sum() * (1 - p)
    elif rule == "imitate-best":
        top = max(pay[j] for j in seen)
        best = [j for j in seen if pay[j] == top] if top > pay[i] else [i]
        for j in best:
            found[state[j]] += 1 / len(best)
    elif rule == "death-birth":
        total = sum(W[i, j] * math.exp(BETA * pay[j]) for j in seen)
        for j in seen:
            found[state[j]] += W[i, j] * math.exp(BETA * pay[j]) / total
    else:
        own = [payoff(i, s, state, averaged) for s in (0, 1)]
        if rule == "logit":
            found[0] = 1 / (1 + math.exp(BETA * (own[1] - own[0])))
        else:
            found[0] = 1.0 if own[0] > own[1] else 0.0
        found[1] = 1 - found[0]
    return {s: (1 - MU) * found[s] + MU * (s != state[i]) for s in (0, 1)}


def after_one_unit(rule: str, averaged: bool, together: bool, start: np.ndarray) -> np.ndarray:
    """Return the distribution over the 16 states after N revisions, or one of all at once."""
    states = list(itertools.product((0, 1), repeat=N))
    where = {state: k for k, state in enumerate(states)}
    matrix = np.zeros((16, 16))
    for k, state in enumerate(states):
        if rule == "birth-death":
            fit = [math.exp(BETA * payoff(j, state[j], state, averaged)) for j in range(N)]
            for i, j in itertools.product(range(N), repeat=2):
                chance = fit[j] / sum(fit) * W[i, j] / W[:, j].sum()
                for s in (0, 1):
                    new = (*state[:i], s, *state[i + 1 :])
                    matrix[k, where[new]] += chance * ((1 - MU) if s == state[j] else MU)
            continue
        ways = [copied(i, state, averaged, rule) for i in range(N)]
        if together:
            for new in states:
                matrix[k, where[new]] += math.prod(ways[i][new[i]] for i in range(N))
        else:
            for i in range(N):
                for s in (0, 1):
                    matrix[k, where[(*state[:i], s, *state[i + 1 :])]] += ways[i][s] / N
    return start @ np.linalg.matrix_power(matrix, 1 if together else N)


@pytest.mark.parametrize(
    ("rule", "averaged", "together"),
    [
        ("fermi", False, False),
        ("fermi", True, True),
        ("imitate-best", True, False),
        ("death-birth", False, False),
        ("death-birth", True, True),
        ("logit", False, False),
        ("best-response", False, True),
        ("birth-death", False, False),
        ("birth-death", True, False),
    ],
)
def test_a_rule_moves_as_its_transition_matrix_says(rule: str, averaged: bool, together: bool) -> None:
    """Unequal enterprises on a weighted directed graph go from state to state with the right chances."""
    replicas = 6_000
    states = list(itertools.product((0, 1), repeat=N))
    start = np.array([1 / 6 if sum(state) == 2 else 0.0 for state in states])
    expected = after_one_unit(rule, averaged, together, start)
    found = network(
        GAME,
        graph(),
        enterprises(4, {"c": COSTS}),
        rule=rule,
        beta=BETA,
        mu=MU,
        earning="averaged" if averaged else "accumulated",
        synchronous=together,
        start=[0.5],
        until=1,
        points=1,
        replicas=replicas,
        workers=1,
        seed=11,
    )
    # Totals alone are recorded; who has the idea in the end is counted by enterprise.
    cooperating = np.array([[1 - s for s in state] for state in states])
    chances = np.array([(expected * (cooperating.sum(1) == k)).sum() for k in range(N + 1)])
    counted = np.bincount(found.adoptions.record[:, -1, 0], minlength=N + 1)
    spread = np.sqrt(replicas * chances * (1 - chances)) + 1e-9
    assert (np.abs(counted - replicas * chances) < 4.5 * spread + 1e-6).all()
    each = expected @ cooperating
    spread = np.sqrt(replicas * each * (1 - each)) + 1e-9
    assert (np.abs(found.adoptions.final - replicas * each) < 4.5 * spread + 1e-6).all()


@pytest.mark.parametrize("rule", ["imitate-best", "best-response"])
@pytest.mark.parametrize(
    "rows", [[[3, 0], [5, 1]], [["0.3", 0], ["0.5", "0.1"]], [["1/3", 0], ["5/9", "1/9"]]]
)
@pytest.mark.parametrize("each", [0, 1])
def test_ties_are_the_same_in_sums_and_in_averages(rule: str, rows: list[list[object]], each: int) -> None:
    """On a regular graph rules that compare payoffs run alike, accumulated or averaged, in any unit."""
    game = load({"title": "g", "parameters": {"c": 0}, "payoff_matrix": rows})
    size, reach = 60, (1, 2, 3, -1, -2, -3)
    ring = link_graph(size, [(str(i + 1), str((i + d) % size + 1)) for i in range(size) for d in reach])
    runs = [
        network(
            game,
            ring,
            rule=rule,
            earning=earning,
            start=[0.7],
            until=30,
            points=31,
            replicas=300,
            workers=1,
            seed=each,
        ).adoptions.record
        for earning in ("accumulated", "averaged")
    ]
    assert (runs[0] == runs[1]).all()


def test_payoffs_of_decimals_add_up_exactly() -> None:
    """Three times 0.1 is 0.3 where enterprises compare payoffs, with weights in tenths as well."""
    game = load({"title": "g", "payoff_matrix": [["0.1", "0.1"], ["0.3", "0.3"]]})
    links = [("2", "1"), ("3", "1"), ("4", "1"), ("1", "2")]
    for weights, earned in (([1.0] * 4, 0.3), ([0.1] * 4, 0.03)):
        model = assembled(network_model(game, link_graph(4, links, weights), start=[0.5]))
        tables, divisor = model.payoffs.tables, model.payoffs.divisor
        one = model.partners.weights[0] if len(model.partners.weights) else 1.0
        thrice = one * tables[0, 0, 0] + one * tables[0, 0, 0] + one * tables[0, 0, 0]
        assert thrice / divisor[0] == one * tables[0, 1, 0] / divisor[0] == earned
