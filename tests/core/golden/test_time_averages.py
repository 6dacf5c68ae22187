"""Averages over time of trajectories that stay away from the boundary are the mixed rest point.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, theorem 7.6.4 for one
population, and sections 10.3 and 11.1 for two: whether the trajectory closes, is quasi-periodic, or chaotic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import Replicator, replicator
from separatrix.dynamics.integration.batch import batch
from thinning import thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

UNTIL = 1000.0
POINTS = 40_001


def average(states: Array) -> Array:
    """Return the mean over time of states (lanes, points, n) at equally spaced times, by Simpson's rule."""
    weights = np.ones(states.shape[1])
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return np.asarray(np.tensordot(weights / weights.sum(), states, axes=(0, 1)))


def cyclic(source: np.random.Generator, size: int) -> dict[str, Any]:
    """Return a game of an odd size in which each strategy beats half of the others, some by more.

    It is a zero-sum game with its columns scaled, which moves the mixed equilibrium from the middle.
    """
    rows = range(size)
    signs = np.array([[0.0 if i == j else (-1.0) ** ((j - i) % size + 1) for j in rows] for i in rows])
    return {"title": "t", "payoff_matrix": (signs * source.uniform(0.5, 2, size)).tolist()}


def pennies(source: np.random.Generator) -> dict[str, Any]:
    """Return a bimatrix game of two by two that cycles, neither zero-sum nor symmetric."""
    a, b, c, d = source.uniform(0.3, 2, 4)
    base = source.uniform(-3, 3, (2, 2))
    first = [[a + base[0, 0], base[0, 1]], [base[0, 0], b + base[0, 1]]]
    second = [[base[1, 0], c + base[1, 0]], [d + base[1, 1], base[1, 1]]]
    return {"title": "t", "bimatrix": np.stack([first, second], -1).tolist()}


def hypercycle(size: int) -> dict[str, Any]:
    """Return the hypercycle, each strategy helped by the one before: from five on it has a limit cycle."""
    return {"title": "t", "payoff_matrix": np.roll(np.eye(size), 1, axis=0).tolist()}


def two_cyclic(tie: float) -> dict[str, Any]:
    """Return zero-sum rock, paper, scissors of two populations; chaotic if a tie is worth something."""
    rows = [[tie, -1, 1], [1, tie, -1], [-1, 1, tie]]
    return {"title": "t", "bimatrix": [[[v, -v] for v in row] for row in rows]}


def field_of(document: dict[str, Any]) -> Replicator:
    return replicator(separatrix.load(document))


def mixed(document: dict[str, Any]) -> Array:
    """Return the one rest point at which everything is played."""
    points = separatrix.analyze(separatrix.load(document)).rest_points
    (found,) = (p.state for p in points if p.state is not None and all(0 < v < 1 for v in p.state))
    return np.array(found)


SOURCE = np.random.default_rng(11)
GAMES: dict[str, dict[str, Any]] = {
    "three in a ring": cyclic(SOURCE, 3),
    "five in a ring": cyclic(SOURCE, 5),
    "hypercycle of five": hypercycle(5),
    "a limit cycle of six": hypercycle(6),
    "pennies": pennies(SOURCE),
    "other pennies": pennies(SOURCE),
    "two in a ring": two_cyclic(0),
    "two in chaos": two_cyclic(0.5),
}


@thinned("name", GAMES, each_run=3)
def test_the_average_over_time_is_the_mixed_rest_point(name: str) -> None:
    """It is as near as the theorem says: the change of the log-odds, through the payoffs, over the time."""
    field = field_of(GAMES[name])
    z = mixed(GAMES[name])
    source = np.random.default_rng(3)
    starts = np.array(
        [field.state([0.7 * source.dirichlet(np.ones(k)) + 0.3 / k for k in field.sizes]) for _ in range(3)]
    )
    trajectories = batch(field, starts, UNTIL, times=POINTS, tolerance=1e-9)
    assert trajectories.status.tolist() == [0, 0, 0]
    inside = np.concatenate([w.ravel() for w in field.weights(trajectories.states[:, POINTS // 2 :])])
    assert inside.min() > 1e-6
    found = average(trajectories.states)
    drift = (trajectories.log_odds[:, -1] - trajectories.log_odds[:, 0]) / UNTIL
    for mean, pushed in zip(found, drift, strict=True):
        # The mean gains are the drift, and the gains of all strategies are equal at z alone.
        for place, size, gain in zip(field.slices, field.sizes, _gains(field, mean), strict=True):
            expected = pushed[place] if size == 2 else (pushed[place] - pushed[place][-1])[:-1]
            assert gain == pytest.approx(expected, abs=2e-6)
    assert np.abs(found - z).max() <= 20 / UNTIL
    assert (
        np.abs(trajectories.states[:, POINTS // 2 :] - z).max() > 0.1
    )  # and yet the trajectory goes far from it


def _gains(field: Replicator, state: Array) -> list[Array]:
    """Return by how much each strategy grows faster than the last of its population."""
    earned = field.payoffs(field.weights(state))
    return [speed * (u[:-1] - u[-1]) for u, speed in zip(earned, field.speeds, strict=True)]


def test_a_closed_trajectory_has_its_average_after_one_turn() -> None:
    """Over exactly one period the mean is the rest point to ten digits, not only in the limit."""
    from separatrix.dynamics.integration.runge_kutta import Threshold
    from separatrix.dynamics.integration.trajectory import trajectory

    game = separatrix.load("coal-safety")
    for start in ([0.3, 0.3], [0.5, 0.5]):
        rate = replicator(game, scenario="H8")(start)[0]
        back = Threshold([1.0, 0.0], start[0], direction=1 if rate > 0 else -1)
        period = trajectory(game, start, scenario="H8", until=100, tolerance=1e-13, events=[back]).end_time
        turn = trajectory(game, start, scenario="H8", until=period, points=4001, tolerance=1e-13)
        mean = turn.states[:-1].mean(axis=0)  # of a period: no rule is better
        assert mean == pytest.approx([34 / 39, 2 / 3], abs=1e-10)


def test_near_an_attracting_cycle_of_the_boundary_there_is_no_average() -> None:
    """Where orbits do not stay away the mean never settles (Gaunersdorfer 1992): it goes round for ever."""
    game = separatrix.load({"title": "t", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    times = np.linspace(0, 3000, 60_001)
    orbit = batch(replicator(game), [[0.5, 0.3, 0.2]], 3000, times=times, tolerance=1e-9)
    means = np.cumsum(orbit.states[0], axis=0) / np.arange(1, len(times) + 1)[:, None]
    late = means[len(times) // 20 :]
    assert (late.max(axis=0) - late.min(axis=0)).min() > 0.2
