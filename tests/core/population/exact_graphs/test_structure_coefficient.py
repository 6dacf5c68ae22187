"""Weak selection on graphs: the published table of structure coefficients, and two other routes."""

from __future__ import annotations

from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separatrix.errors import SeparatrixError
from separatrix.game.reader import load
from separatrix.population.exact_graphs.fixation import graph_fixation
from separatrix.population.exact_graphs.weak_selection import critical_benefit_to_cost, structure_coefficient
from separatrix.population.networks.link_files import link_graph_of
from separatrix.population.networks.link_graph import LinkGraph, link_graph

REGULAR = {
    "octahedron": nx.octahedral_graph(),
    "bipartite": nx.complete_bipartite_graph(3, 3),
    "prism": nx.circular_ladder_graph(3),
}


def of(graph: nx.Graph) -> LinkGraph:
    """Return a graph of networkx."""
    return link_graph_of(graph)


@pytest.mark.parametrize("payoffs", ["averaged", "accumulated"])
def test_the_published_structure_coefficients(payoffs: str) -> None:
    """Tarnita et al. (2009), and regular graphs by death-birth: ((k + 1)N - 4k)/((k - 1)N)."""

    def sigma(graph: nx.Graph, process: str) -> Fraction | None:
        return structure_coefficient(of(graph), process=process, payoffs=payoffs).sigma  # type: ignore[arg-type]  # a parameter of the test is any text

    for n in (4, 5):
        for process in ("birth-death", "death-birth"):
            assert sigma(nx.complete_graph(n), process) == Fraction(n - 2, n)
    for n in (4, 5, 6):
        assert sigma(nx.cycle_graph(n), "death-birth") == Fraction(3 * n - 8, n)
        assert sigma(nx.cycle_graph(n), "birth-death") == Fraction(n - 2, n)
        assert sigma(nx.star_graph(n - 1), "death-birth") == 1
        averaged = {4: Fraction(1, 3), 5: Fraction(57, 167), 6: Fraction(14, 41)}[n]
        accumulated = Fraction(n**3 - 4 * n**2 + 8 * n - 8, n**3 - 2 * n**2 + 8)
        known = averaged if payoffs == "averaged" else accumulated
        assert sigma(nx.star_graph(n - 1), "birth-death") == known
    for graph in REGULAR.values():
        n, k = len(graph), graph.degree[next(iter(graph))]
        assert sigma(graph, "death-birth") == Fraction((k + 1) * n - 4 * k, (k - 1) * n)


@pytest.mark.parametrize(
    "graph",
    [
        *REGULAR.values(),
        nx.cycle_graph(10),
        nx.petersen_graph(),
        nx.hypercube_graph(3),
        nx.complete_graph(10),
    ],
)
def test_the_threshold_on_regular_graphs(graph: nx.Graph) -> None:
    """Death-birth favours cooperation from b/c = (N - 2)/(N/k - 2) on, which is infinite where N = 2k."""
    n, k = len(graph), graph.degree[next(iter(graph))]
    known = None if n == 2 * k else (n - 2) / (Fraction(n, k) - 2)
    assert structure_coefficient(of(graph), process="death-birth").critical_ratio == known
    assert critical_benefit_to_cost(of(graph)) == known


def test_the_threshold_of_the_karate_club() -> None:
    """Allen et al. (2017): 7.767862 on the unweighted club; none on a star."""
    club = link_graph_of(nx.Graph(nx.karate_club_graph().edges))
    assert float(critical_benefit_to_cost(club) or 0) == pytest.approx(7.767862, abs=1e-6)
    assert critical_benefit_to_cost(of(nx.star_graph(6))) is None


@given(st.lists(st.integers(1, 4), min_size=10, max_size=10), st.integers(0, 5))
@settings(max_examples=8, deadline=None)
def test_coalescing_walks_tell_the_same_threshold(weights: list[int], left_out: int) -> None:
    """On weighted graphs one equation a pair of nodes gives what one equation a set of mutants gives."""
    pairs = [(i, j) for i in range(5) for j in range(i)]
    del pairs[4 + left_out]
    graph = link_graph(5, np.array(pairs), [float(w) for w in weights[: len(pairs)]], undirected=True)
    assert structure_coefficient(graph, process="death-birth").critical_ratio == critical_benefit_to_cost(
        graph
    )


@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth"])
def test_the_gradient_is_that_of_the_fixation_probability(process: str) -> None:
    """On a directed weighted graph exact probabilities at tiny selection change as the gradient says."""
    rng = np.random.default_rng(4)
    dense = rng.integers(1, 5, (5, 5)) * (rng.random((5, 5)) < 0.5)
    dense[np.arange(5), np.roll(np.arange(5), 1)] = 1
    np.fill_diagonal(dense, 0)
    source, target = np.nonzero(dense)
    graph = link_graph(5, np.stack([source, target], 1), dense[source, target].astype(float))
    weak = structure_coefficient(graph, process=process, payoffs="accumulated")
    for k in range(4):
        matrix = [["0", "0"], ["0", "0"]]
        matrix[k // 2][k % 2] = "1"
        found = graph_fixation(
            load({"title": "One payoff", "payoff_matrix": matrix}),
            graph,
            process=process,
            payoffs="accumulated",
            beta="1e-7",
        )
        assert found.uniform is not None
        change = (found.uniform.probability.value - 0.2) / 1e-7
        assert change == pytest.approx(float(weak.gradient[k]), abs=1e-5)


def test_who_is_favoured_is_the_sign_of_the_inequality() -> None:
    """On a ring of six a coordinator with (a, b, c, d) is favoured as sigma a + b - c - sigma d says."""
    ring = of(nx.cycle_graph(6))
    for top, favoured in ((3, "invader"), (2, "resident")):
        game = load({"title": "Coordination", "payoff_matrix": [[top, 0], [1, 2]]})
        told = graph_fixation(game, ring, process="death-birth").to_dict()["weak_selection"]
        assert told["sigma"] == "5/3" and told["favoured"] == favoured
        assert (Fraction(5, 3) * top > 1 + Fraction(5, 3) * 2) == (favoured == "invader")


def test_graphs_without_a_threshold_are_refused() -> None:
    """Two parts never decide, coalescing walks need links both ways, and states must be few."""
    parts = link_graph(4, np.array([(0, 1), (2, 3)]), undirected=True)
    rng = np.random.default_rng(1)
    uneven = np.array([(i, (i + 1) % 12) for i in range(12)])
    for call in (
        lambda: structure_coefficient(parts),
        lambda: critical_benefit_to_cost(link_graph(3, np.array([(0, 1), (1, 2), (2, 0)]))),
        lambda: structure_coefficient(link_graph(12, uneven, rng.random(12), undirected=True)),
    ):
        with pytest.raises(SeparatrixError) as told:
            call()
        assert told.value.code == "N303"
