"""Orbits beside scipy's Radau method, which shares neither coordinates nor formulas with this program."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.fields.replicator import Replicator, replicator
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.results import METHODS, Method
from separatrix.dynamics.integration.trajectory import follow
from thinning import thinned

UNTIL = 2.0


def random_field(source: random.Random) -> Replicator:
    """Return a game of one to four populations with two to four strategies and payoffs from -3 to 3."""
    sizes = source.choice([[2], [3], [4], [2, 2], [2, 3], [3, 3], [2, 2, 2], [2, 2, 3], [2, 2, 2, 2]])
    if len(sizes) == 1:
        k = sizes[0]
        rows = [[source.uniform(-3, 3) for _ in range(k)] for _ in range(k)]
        return replicator(separatrix.load({"title": "random", "payoff_matrix": rows}))
    names = [f"P{i}" for i in range(len(sizes))]
    populations = [
        {"name": n, "share": f"x{i}", "strategies": [{"id": f"s{a}", "name": f"s{a}"} for a in range(k)]}
        for i, (n, k) in enumerate(zip(names, sizes, strict=True))
    ]
    payoffs = [
        {"play": [f"s{a}" for a in profile], "pay": [source.uniform(-3, 3) for _ in sizes]}
        for profile in np.ndindex(*sizes)
    ]
    return replicator(separatrix.load({"title": "random", "populations": populations, "payoffs": payoffs}))


def radau(field: Replicator, start: np.ndarray) -> np.ndarray:
    """Return the state at the end by Radau, in the shares themselves."""
    solved = solve_ivp(lambda _, x: field(x), (0, UNTIL), start, method="Radau", rtol=1e-12, atol=1e-12)
    return np.asarray(solved.y[:, -1])


QUICK = [range(first, first + 15) for first in range(0, 60, 15)]


@thinned("games", [*QUICK, pytest.param(range(60, 1000), marks=pytest.mark.soak)], each_run=1)
def test_batches_agree_with_radau(games: range) -> None:
    """On random games of many shapes the states agree to 1e-9 after a finite time."""
    for seed in games:
        source = random.Random(seed)
        field = random_field(source)
        numbers = np.random.default_rng(seed)
        starts = np.array(
            [field.state([numbers.dirichlet(np.ones(size)) for size in field.sizes]) for _ in range(1)]
        )
        trajectories = batch(field, starts, UNTIL, tolerance=1e-12)
        expected = [radau(field, start) for start in starts]
        assert trajectories.ends == pytest.approx(np.array(expected), abs=1e-9), seed


@pytest.mark.parametrize("method", METHODS)
def test_all_methods_follow_one_trajectory(method: Method) -> None:
    """One trajectory by each method, with a population of two strategies and one of three."""
    field = random_field(random.Random(7))
    middle = field.state([np.full(size, 1 / size) for size in field.sizes])
    expected = batch(field, [middle], 4.0, times=41, tolerance=1e-13)
    orbit = follow(field, middle.tolist(), until=4.0, points=41, tolerance=1e-9, method=method)
    assert orbit.states == pytest.approx(expected.states[0], abs=1e-7)


def test_starts_beside_the_separatrix_go_to_the_right_side() -> None:
    """In the symmetric coordination game x + y = 1 divides: 240 starts 1e-4 away, at usual tolerances."""
    document = {"title": "t", "bimatrix": [[[1, 1], [0, 0]], [[0, 0], [1, 1]]]}
    field = replicator(separatrix.load(document))
    x = np.random.default_rng(5).uniform(0.02, 0.98, 240)
    side = np.where(np.arange(240) % 2, 1e-4, -1e-4)
    starts = np.stack([x + side / 2, 1 - x + side / 2], axis=1)
    trajectories = batch(field, starts, 100, tolerance=1e-8)
    assert (np.round(trajectories.ends) == (side > 0)[:, None]).all()
    for k in range(0, 240, 16):
        single = follow(field, starts[k].tolist(), until=100, points=2, tolerance=1e-8)
        assert (np.round(single.states[-1]) == (side[k] > 0)).all()
