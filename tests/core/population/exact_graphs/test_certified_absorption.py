"""Iterative fixation on many states: its bounds hold what the exact route finds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from separatrix.errors import SeparatrixError
from separatrix.population.exact_graphs.absorption_bounds import _gmres, certified_absorption
from separatrix.population.exact_graphs.fixation import exact_absorption, graph_fixation
from separatrix.population.exact_graphs.graphs import lumped_states, quotient, weighted_graph
from separatrix.population.exact_graphs.processes import GRAPH_PROCESSES, Invasion
from separatrix.population.networks.link_graph import LinkGraph, link_graph

GAMES = {
    "dilemma": ((1, 5), (0, 3)),
    "coordination": ((2, 3), (0, 4)),
    "hawk and dove": ((2, 0), (4, -1)),
}


def uneven(n: int, seed: int) -> LinkGraph:
    """Return a directed graph with a path both ways between all nodes, and weights that are no two alike."""
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random((n, n)) < 0.4, rng.integers(1, 40, (n, n)) / 8, 0.0)
    dense[np.arange(n), np.roll(np.arange(n), 1)] = 1.0
    np.fill_diagonal(dense, 0.0)
    source, target = np.nonzero(dense)
    return link_graph(n, np.stack([source, target], 1), dense[source, target])


def invasion(graph: LinkGraph, game: str, process: str, **options: Any) -> Invasion:
    """Return the invasion of cooperators, bold or good strategies in one of the games."""
    found = quotient(weighted_graph(graph))
    rows = GAMES[game]
    matrix = (
        (Fraction(rows[0][0]), Fraction(rows[0][1])),
        (Fraction(rows[1][0]), Fraction(rows[1][1])),
    )
    told = {"payoffs": "averaged", "fitness": "exponential", "beta": Fraction(1), **options}
    return Invasion(found, lumped_states(found), matrix, GRAPH_PROCESSES[process], **told)


@pytest.mark.parametrize("process", GRAPH_PROCESSES)
@pytest.mark.parametrize(
    ("game", "options"),
    [
        ("dilemma", {}),
        ("dilemma", {"fitness": "linear", "beta": Fraction(1, 5)}),
        ("coordination", {"payoffs": "accumulated"}),
        ("hawk and dove", {"beta": Fraction(2)}),
        ("hawk and dove", {"fitness": "linear", "beta": Fraction(9, 10)}),
    ],
)
def test_bounds_hold_the_exact_answer(process: str, game: str, options: dict[str, Any]) -> None:
    """Probabilities and both times lie within bounds that are narrow, and nearly always far nearer."""
    asked = invasion(uneven(6, 5), game, process, **options)
    singles = [asked.states.index([int(c == d) for d in range(6)]) for c in range(6)]
    exact, found = (route(asked, singles) for route in (exact_absorption, certified_absorption))
    for true, bounded in (
        (exact.probability, found.probability),
        (exact.fixing, found.fixing),
        (exact.deciding, found.deciding),
    ):
        for known, number in zip(true, bounded, strict=True):
            assert known is not None and number is not None
            assert number.low <= known.low and known.high <= number.high
            assert number.relative < 1e-6
            assert number.value == pytest.approx(known.value, rel=1e-12)


def test_twelve_nodes_without_symmetry_are_proven_to_many_digits() -> None:
    """Four thousand states, in which the residual decides; reversing roles gives the complement."""
    graph = uneven(12, 1)
    forth = invasion(graph, "dilemma", "death-birth")
    back = Invasion(
        forth.graph,
        forth.states,
        ((forth.matrix[1][1], forth.matrix[1][0]), (forth.matrix[0][1], forth.matrix[0][0])),
        forth.process,
        forth.payoffs,
        forth.fitness,
        forth.beta,
    )
    some, others = [1] * 6 + [0] * 6, [0] * 6 + [1] * 6
    one = certified_absorption(forth, [forth.states.index(some)])
    other = certified_absorption(back, [back.states.index(others)])
    assert one.probability[0].relative < 1e-9
    assert one.probability[0].value + other.probability[0].value == pytest.approx(1, abs=1e-12)
    assert one.deciding[0] is not None and other.deciding[0] is not None
    assert one.deciding[0].value == pytest.approx(other.deciding[0].value, rel=1e-12)


def test_a_source_decides_on_many_states_too() -> None:
    """Only a mutant at the node that nobody is seen by takes over, for certain."""
    n = 10
    links = [(0, i) for i in range(1, n)] + [(i, i + 1) for i in range(1, n - 1)]
    asked = invasion(link_graph(n, np.array(links)), "dilemma", "death-birth")
    assert asked.states.count > 256
    starts = [asked.states.index([int(c == d) for d in range(n)]) for c in range(n)]
    found = certified_absorption(asked, starts)
    assert [number.value for number in found.probability] == pytest.approx([1] + [0] * (n - 1), abs=1e-12)
    assert found.fixing[1] is None and all(number is not None for number in found.deciding)


def test_selection_beyond_floats_is_refused() -> None:
    """Where fitness has more than 300 digits on many states, an error says so; few states have no limit."""
    for n, refused in ((9, True), (5, False)):
        asked = invasion(uneven(n, 2), "dilemma", "death-birth", beta=Fraction(1000))
        if refused:
            with pytest.raises(SeparatrixError) as told:
                certified_absorption(asked, [1])
            assert told.value.code == "N306"
        else:
            assert exact_absorption(asked, [1]).probability[0].log < 0


@pytest.mark.soak
@pytest.mark.parametrize("process", ["death-birth", "birth-death"])
def test_twenty_nodes_are_proven(process: str) -> None:
    """A million states without symmetry: ten digits of probabilities and times are proven."""
    game = {"title": "Dilemma", "payoff_matrix": [[3, 0], [5, 1]]}
    from separatrix.game.reader import load

    found = graph_fixation(load(game), uneven(20, 3), process=process, beta="1/2")
    assert found.states == 2**20 and found.method == "iterative"
    for start in found.starts:
        assert start.fixing is not None and start.deciding is not None
        assert max(start.probability.relative, start.fixing.relative, start.deciding.relative) < 1e-8


@pytest.mark.parametrize("size", [0, 1, 2, 40, 200])
def test_krylov_iterations_solve_any_regular_system(size: int) -> None:
    """Identities, right sides of zeros and systems with more unknowns than vectors are solved as by numpy."""
    rng = np.random.default_rng(size)
    moves = rng.random((size, size)) / max(size, 1)
    for matrix in (np.eye(size), np.eye(size) - 0.9 * moves, np.eye(size) + np.diag(np.arange(size) * 1e3)):
        for right in (np.zeros(size), np.ones(size), rng.standard_normal(size) * 1e-30):
            found = _gmres(lambda y, matrix=matrix: matrix @ y, right)
            left = right - matrix @ found
            assert np.linalg.norm(left) <= 1e-8 * np.linalg.norm(right)
