"""Fixation on graphs: against closed forms, published values, and elimination on all sets of mutants."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separatrix.errors import SeparatrixError
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.population.exact_graphs.fixation import GraphFixation, graph_fixation
from separatrix.population.networks.link_graph import LinkGraph, link_graph

PROCESSES = ("fermi", "birth-death", "death-birth")


def complete(n: int) -> LinkGraph:
    """Return the complete graph."""
    return link_graph(n, np.array([(i, j) for i in range(n) for j in range(i)]), undirected=True)


def star(n: int) -> LinkGraph:
    """Return the star of n nodes."""
    return link_graph(n, np.array([(0, i) for i in range(1, n)]), undirected=True)


def constant_fitness(r: Fraction) -> Any:
    """Return the game in which mutants have fitness r and residents 1, where fitness is linear and beta 1."""
    return load({"title": "Moran", "payoff_matrix": [[str(r - 1), str(r - 1)], [0, 0]]})


def moran(game: Any, graph: LinkGraph, **options: Any) -> GraphFixation:
    """Return fixation by birth-death with linear fitness."""
    return graph_fixation(game, graph, process="birth-death", fitness="linear", **options)


def chance_of(found: GraphFixation) -> Fraction:
    """Return the exact probability that a mutant on a node that is drawn takes over."""
    assert found.uniform is not None and found.uniform.probability.exact is not None
    return found.uniform.probability.exact


# --------------------------------------------------------------------------- closed forms


@pytest.mark.parametrize(("n", "r"), [(10, "1.1"), (100, "1.1"), (10, "2"), (10, "0.9"), (20, "0.5")])
def test_complete_graphs_have_moran_s_probability(n: int, r: str) -> None:
    """On a complete graph birth-death with constant fitness r gives (1 - 1/r)/(1 - r^-n), exactly."""
    fitness = Fraction(r)
    found = moran(constant_fitness(fitness), complete(n))
    assert chance_of(found) == (1 - 1 / fitness) / (1 - fitness**-n)
    assert found.states == n + 1


@pytest.mark.parametrize(("n", "known"), [(4, 0.294252824566), (10, 0.18186291586), (100, 0.170273850215)])
def test_stars_amplify_selection_by_the_published_amount(n: int, known: float) -> None:
    """Birth-death on a star with r = 1.1 (Lieberman, Hauert and Nowak 2005)."""
    assert float(chance_of(moran(constant_fitness(Fraction("1.1")), star(n)))) == pytest.approx(
        known, rel=1e-11
    )


def test_neutral_fixation_takes_the_time_of_the_closed_form() -> None:
    """Pairwise comparison on a complete graph takes 2(N - 1) H_{N-1} updates where nothing is selected."""
    found = graph_fixation(
        load({"title": "Neutral", "payoff_matrix": [[1, 2], [3, 4]]}), complete(10), beta=0
    )
    start = found.starts[0]
    assert start.probability.exact == Fraction(1, 10) == start.neutral and start.verdict == "neutral"
    assert start.deciding is not None
    assert start.deciding.exact == 18 * sum(Fraction(1, k) for k in range(1, 10))


def test_tiny_probabilities_keep_their_digits() -> None:
    """Prisoner's dilemma on 100 nodes: 8.43e-67 (Fermi); at twenty times the selection ln is about -3000."""
    game = load({"title": "Dilemma", "payoff_matrix": [[3, 0], [5, 1]]})
    found = graph_fixation(game, complete(100), beta=1).starts[0].probability
    u, v = (3 - 0 - 5 + 1) / 198, (-3 - 100 + 1) / 198
    terms = [-(u * j * (j + 1) + 2 * v * j) for j in range(100)]
    largest = max(terms)
    assert found.value == pytest.approx(8.43e-67, rel=1e-3)
    assert found.log == pytest.approx(
        -largest - math.log(math.fsum(math.exp(t - largest) for t in terms)), rel=1e-12
    )
    strong = graph_fixation(game, complete(100), beta=20).starts[0].probability
    assert strong.value == 0 == strong.low and 0 < strong.high < 1e-300 and -3100 < strong.log < -2900


@given(st.lists(st.permutations(range(5)), min_size=1, max_size=3), st.sampled_from(["1.1", "3", "0.4"]))
@settings(max_examples=12, deadline=None)
def test_isothermal_graphs_are_as_good_as_complete_ones(cycles: list[list[int]], r: str) -> None:
    """Where all are replaced equally often, birth-death gives Moran's probability (isothermal theorem)."""
    weights = np.zeros((5, 5))
    for k, cycle in enumerate(cycles):
        weights[cycle, np.roll(cycle, -1)] += (
            k + 1
        )  # weights along a cycle through all nodes add equally to all
    source, target = np.nonzero(weights)
    graph = link_graph(5, np.stack([source, target], 1), weights[source, target])
    fitness = Fraction(r)
    assert chance_of(moran(constant_fitness(fitness), graph)) == (1 - 1 / fitness) / (1 - fitness**-5)


# --------------------------------------------------------------------------- a second route


def by_all_sets(
    weights: Any, matrix: Any, process: str, averaged: bool, linear: bool, beta: float
) -> tuple[Any, Any, Any]:
    """Return fixation probabilities, times of those that fix, and absorption times from single mutants.

    ``weights[i, j]`` is w(j -> i). Every set of mutants is a state; nothing is said of symmetry.
    """
    n = len(weights)
    full = 2**n - 1
    move = np.zeros((2**n, 2**n))
    for state in range(1, full):
        plays = [state >> i & 1 for i in range(n)]
        fit = []
        for i in range(n):
            earned = sum(weights[i, j] * matrix[1 - plays[i]][1 - plays[j]] for j in range(n))
            payoff = earned / weights[i].sum() if averaged and weights[i].sum() else earned
            fit.append(1 + beta * payoff if linear else math.exp(beta * payoff))
        for i in range(n):
            for j in range(n):
                if weights[i, j] and plays[i] != plays[j]:
                    if process == "death-birth":
                        chance = weights[i, j] * fit[j] / sum(weights[i, k] * fit[k] for k in range(n)) / n
                    elif process == "birth-death":
                        chance = fit[j] / sum(fit) * weights[i, j] / weights[:, j].sum()
                    else:
                        chance = weights[i, j] / weights[i].sum() / n * fit[j] / (fit[i] + fit[j])
                    move[state, state ^ (1 << i)] += chance
        move[state, state] = 1 - move[state].sum()
    inner = np.arange(1, full)
    system = np.eye(full - 1) - move[np.ix_(inner, inner)]
    fix = np.linalg.solve(system, move[inner, full])
    single = [2**i - 1 for i in range(n)]
    return (
        fix[single],
        (np.linalg.solve(system, fix) / fix)[single],
        np.linalg.solve(system, inner * 0 + 1.0)[single],
    )


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("averaged", [True, False])
@pytest.mark.parametrize("linear", [True, False])
def test_all_sets_of_mutants_give_the_same(process: str, averaged: bool, linear: bool) -> None:
    """On a directed weighted graph with twins, classes of states give what elimination on all sets gives."""
    if process == "fermi" and linear:
        return  # pairwise comparison knows no fitness
    weights = np.array(
        [[0, 2, 1, 1, 0], [3, 0, 2, 2, 0], [1, 4, 0, 5, 1], [1, 4, 5, 0, 1], [0, 1, 0, 0, 0]], float
    )
    target, source = np.nonzero(weights)
    graph = link_graph(5, np.stack([source, target], 1), weights[target, source])
    matrix = [[0.3, -0.1], [0.5, 0.1]]
    game = load({"title": "Dilemma", "payoff_matrix": matrix})
    found = graph_fixation(
        game,
        graph,
        process=process,
        payoffs="averaged" if averaged else "accumulated",
        fitness="linear" if linear else "exponential",
        beta="1/2",
    )
    assert found.states < 2**5 and found.method == ("rational" if linear else "balls")
    fix, fixing, deciding = by_all_sets(weights, matrix, process, averaged, linear, 0.5)
    for k, start in enumerate(found.starts):
        assert start.probability.value == pytest.approx(fix[k], rel=1e-11)
        assert start.probability.low <= start.probability.value <= start.probability.high
        assert start.fixing is not None and start.fixing.value == pytest.approx(fixing[k], rel=1e-11)
        assert start.deciding is not None and start.deciding.value == pytest.approx(deciding[k], rel=1e-11)


# --------------------------------------------------------------------------- graphs that are special


@pytest.mark.parametrize("size", [4, 10])
def test_equal_payoffs_are_neutral_for_certain(size: int) -> None:
    """Averages of one payoff are that payoff on every node; added up, nodes with more links earn more.

    Whatever nodes earn, one of them is the ancestor of all in the end.
    """
    game = load({"title": "Alike", "payoff_matrix": [[3, 3], [3, 3]]})
    path = link_graph(size, np.array([(k, k + 1) for k in range(size - 1)]), undirected=True)
    found = graph_fixation(game, path, process="death-birth")
    assert found.uniform is not None and found.uniform.verdict == "neutral"
    assert [start.probability.exact for start in found.starts] == [start.neutral for start in found.starts]
    added = graph_fixation(game, path, process="death-birth", payoffs="accumulated")
    end = added.starts[0]
    assert end.neutral is not None and end.probability.value < end.neutral
    assert sum(start.probability.value for start in added.starts) == pytest.approx(1, rel=1e-9)


def test_sources_and_parts_decide_alone() -> None:
    """Only a mutant at the source of a chain takes over, surely; between two parts nobody ever does."""
    game = load({"title": "Dilemma", "payoff_matrix": [[3, 0], [5, 1]]})
    chain = graph_fixation(game, link_graph(["a", "b", "c"], [("a", "b"), ("b", "c")]), process="death-birth")
    assert [start.probability.exact for start in chain.starts] == [1, 0, 0]
    assert [start.neutral for start in chain.starts] == [1, 0, 0]
    assert chain.starts[1].fixing is None and chain.starts[1].deciding is not None
    pair = link_graph(["a", "b", "c", "d"], [("a", "b"), ("c", "d")], undirected=True)
    parts = graph_fixation(game, pair, starts=[["a"], ["a", "c"]])
    assert parts.starts[0].probability.exact == 0 and parts.starts[0].neutral is None
    assert parts.starts[0].deciding is None and 0 < parts.starts[1].probability.value < 1


def test_the_paper_s_enterprises_are_one_population() -> None:
    """A symmetric game of two populations is played by the nodes of one graph, and both ways round."""
    found = graph_fixation(load("shi-chen-2018"), complete(4), "decline", "cooperate", beta="0.1")
    assert found.merged and found.invader == "decline" and 0 < found.starts[0].probability.value < 1


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("N302", {"invader": "hwk"}),
        ("N302", {"invader": "first", "resident": "first"}),
        ("N204", {"process": "birthdeeth"}),
        ("N204", {"fitness": "linear"}),
        ("N304", {"process": "imitation"}),
        ("N305", {"fitness": "linear", "beta": 2, "process": "moran"}),
        ("N307", {"starts": [["9"]]}),
        ("N307", {"starts": [["1", "2", "3", "4"]]}),
        ("N205", {"beta": -1}),
        ("N306", {"beta": float("inf")}),
    ],
)
def test_what_cannot_be_asked_is_refused(code: str, options: dict[str, Any]) -> None:
    """Each wrong question has an error of its own."""
    game = Game.from_matrices([[-3, 0], [5, 1]], strategies=["first", "second"])
    with pytest.raises(SeparatrixError) as told:
        graph_fixation(game, complete(4), **options)
    assert told.value.code == code


def test_other_payoffs_and_other_graphs_are_refused() -> None:
    """Payoffs in groups are no pairs, forty different nodes are too many states, and one node is no graph."""
    pair = load({"title": "Dilemma", "payoff_matrix": [[3, 0], [5, 1]]})
    rng = np.random.default_rng(0)
    many = link_graph(40, np.stack([np.arange(40), np.roll(np.arange(40), 1)], 1), rng.random(40))
    for game, graph, code in (
        (load("mckelvey-mclennan"), complete(4), "N301"),
        (pair, many, "N303"),
        (pair, link_graph(1, []), "N303"),
    ):
        with pytest.raises(SeparatrixError) as told:
            graph_fixation(game, graph)
        assert told.value.code == code
