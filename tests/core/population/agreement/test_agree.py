"""Mean fields, finite chains and simulations of one game: they agree, and would be caught if not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from separatrix.errors import SeparatrixError
from separatrix.game.reader import load
from separatrix.population.agreement import Agreement, agree
from separatrix.population.exact_graphs.fixation import graph_fixation
from separatrix.population.finite.fixation import fixation
from separatrix.population.mean_field import (
    MEAN_FIELDS,
    best_response_path,
    expected_shares,
    moves_on_complete_graph,
)
from separatrix.population.networks.link_graph import link_graph
from separatrix.population.networks.update_rules import UPDATE_RULES

COORDINATION = load({"title": "Coordination", "payoff_matrix": [[4, 0], [3, 2]]})


@pytest.fixture(scope="module")
def found() -> Agreement:
    """Return a small comparison."""
    return agree(COORDINATION, size=16, start=[0.7], until=3, replicas=300)


def test_simulations_agree_with_their_chains(found: Agreement) -> None:
    """Every rule, fixation and rare mutation lie within intervals that hold together."""
    assert found.agrees and {row.rule for row in found.rows} == set(UPDATE_RULES)
    assert {row.kind for row in found.rows} == {"share", "fixation", "rare mutation"}
    assert all(row.agrees for row in found.rows)
    assert found.settled["best-response"] == pytest.approx((1, 0))
    assert found.settled["logit"][0] == pytest.approx(0.195846, abs=1e-5)


def test_another_process_would_be_caught(found: Agreement) -> None:
    """The chain at five times the selection, and that of best response, lie outside Fermi's intervals."""
    row = next(row for row in found.rows if row.rule == "fermi" and row.time == 3)
    for rule, beta in (("fermi", 5.0), ("best-response", 1.0)):
        moves = moves_on_complete_graph(COORDINATION, rule, 16, beta)
        wrong = float(expected_shares(moves, 11, np.array([48]))[0])
        assert replace(row, chain=wrong).agrees is False


@pytest.mark.parametrize("rule", UPDATE_RULES)
def test_chains_drift_along_their_mean_fields(rule: str) -> None:
    """For many players the drift of the chain is the mean field: for Fermi x(1 - x) tanh(beta gain / 2)."""
    n, beta = 4_000, 0.7
    up, down = moves_on_complete_graph(COORDINATION, rule, n, beta)
    players = np.array([400, 1_500, 2_300, 3_100])
    share = players / n
    gain = 4 * share - (3 * share + 2 * (1 - share))
    known: dict[str, Any] = {
        "fermi": share * (1 - share) * np.tanh(beta * gain / 2),
        "logit": 1 / (1 + np.exp(-beta * gain)) - share,
    }
    for other in ("imitate-best", "best-response"):
        known[other] = (gain > 0) - share
    drift = (up - down)[players]
    if rule in MEAN_FIELDS:
        field = MEAN_FIELDS[rule](COORDINATION, beta)(share[:, None])[:, 0]
        assert np.allclose(field, known.get(rule, field), rtol=1e-12)
        assert np.allclose(drift, field, atol=2 / n)
    else:
        assert np.allclose(drift, known[rule], atol=2 / n)


@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth"])
def test_complete_graphs_are_finite_populations(process: str) -> None:
    """With averaged payoffs exact fixation on a complete graph is that of the finite chain, times too."""
    n = 12
    graph = link_graph(n, np.array([(i, j) for i in range(n) for j in range(i)]), undirected=True)
    start = [str(k) for k in range(1, 4)]
    one = graph_fixation(COORDINATION, graph, process=process, beta="0.4", starts=[start]).starts[0]
    other = fixation(COORDINATION, "yes", "no", population_size=n, beta="0.4", process=process, mutants=3)
    assert one.probability.log == pytest.approx(other.log_probability, rel=1e-11)
    assert other.times is not None and one.deciding is not None and one.fixing is not None
    assert one.deciding.value == pytest.approx(other.times.unconditional, rel=1e-10)
    assert one.fixing.value == pytest.approx(other.times.conditional, rel=1e-10)


def test_best_replies_are_followed_exactly() -> None:
    """Straight to the best reply, to rest at a mixed equilibrium, and around Shapley's triangle."""
    hawk_dove = np.array([[-1.0, 4.0], [0.0, 2.0]])
    meeting = np.log(3 / 2)  # hawks go from 1/2 to 2/3 as 1 - e^-t / 2
    early, late = best_response_path(hawk_dove, [0.5, 0.5], [0.2, meeting + 1])
    assert early is not None and early[0] == pytest.approx(1 - np.exp(-0.2) / 2)
    assert late is not None and late[0] == pytest.approx(2 / 3)
    cyclic = np.array([[0.0, -3.0, 1.0], [1.0, 0.0, -3.0], [-3.0, 1.0, 0.0]])
    path = best_response_path(cyclic, [0.5, 0.3, 0.2], np.linspace(0.1, 30, 50).tolist())
    assert all(state is not None and abs(state.sum() - 1) < 1e-12 for state in path)
    assert path[-1] is not None and np.abs(path[-1] - 1 / 3).max() > 0.1  # they never come to rest


def test_games_of_three_strategies_stand_beside_their_mean_fields() -> None:
    """There is no chain for three strategies but that of rare mutation, and nothing is said to agree."""
    rock = load("rock-paper-scissors-one-population")
    few = agree(rock, size=9, start=[0.5, 0.3, 0.2], until=1, replicas=40)
    shares = [row for row in few.rows if row.kind == "share"]
    assert len(shares) == 6 * 3 * 3 and all(row.agrees is None for row in shares)
    assert all(row.limit is not None for row in shares)
    assert any("two strategies" in str(note) for note in few.notes)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("N501", {"size": 1}),
        ("N501", {"until": float("nan")}),
        ("N502", {"beta": float("inf")}),
        ("D601", {"start": [1.5]}),
    ],
)
def test_comparisons_that_cannot_be_are_refused(code: str, options: dict[str, Any]) -> None:
    """Each has an error of its own; no selection at all is none of them."""
    with pytest.raises(SeparatrixError) as told:
        agree(COORDINATION, **options)
    assert told.value.code == code


def test_equal_payoffs_are_not_told_apart_by_their_rounding() -> None:
    """Among 22 hawks and doves a dove that meets 14 hawks of 21 earns the same either way, and stays."""
    game = load("hawk-dove-one-population")
    some = agree(game, size=22, beta=0.5, start=[0.5], until=4, replicas=60)
    replies = [row for row in some.rows if row.rule == "best-response"]
    assert replies and all(row.agrees for row in replies)
    assert replies[-1].simulated == pytest.approx(replies[-1].chain or 0.0, abs=1e-9)


def test_without_selection_all_rules_agree_too() -> None:
    """At beta 0 copying is drift, and logit choice a coin."""
    drift = agree(COORDINATION, size=8, beta=0.0, start=[0.5], until=1, replicas=50)
    assert drift.agrees and drift.settled["fermi"][0] == pytest.approx(0.5)
    assert drift.settled["logit"][0] == pytest.approx(0.5)
