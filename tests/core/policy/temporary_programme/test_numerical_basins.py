"""Three parties, and three strategies: basins that are known from trajectories alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import separatrix
from separatrix.game.model import Game
from separatrix.policy.temporary.programme import temporary_programme
from separatrix.policy.temporary.target_set import SampledBasin, sampled_basin, target_point, target_set
from thinning import thinned

from .games import paper


def three_parties() -> Game:
    """Return a game in which cooperation pays once others cooperate, with a subsidy."""
    pay = []
    for profile in itertools.product((1, 0), repeat=3):
        both = 2 * (sum(profile) - 1)
        pay.append(
            {
                "play": ["c" if v else "d" for v in profile],
                "pay": [f"{both} - cost" if v else "0" for v in profile],
            }
        )
    return separatrix.load(
        {
            "title": "Three parties",
            "populations": [
                {"name": name, "share": share, "strategies": ["c", "d"]} for name, share in ("Ax", "By", "Cz")
            ],
            "parameters": {"cost": 2},
            "payoffs": pay,
            "today": {"x": 0.2, "y": 0.3, "z": 0.25},
            "instruments": {
                "subsidy": {"range": [0, 3], "changes": {"cost": "cost - subsidy"}, "cost": "subsidy*(x+y+z)"}
            },
        }
    )


def three_strategies() -> Game:
    """Return a coordination game of one population, with a reward for the first strategy."""
    return separatrix.load(
        {
            "title": "Three standards",
            "payoff_matrix": [["2 + r", 0, 0], [0, 1, 0], [0, 0, "3/2"]],
            "parameters": {"r": 0},
            "today": {"x_1": "1/10", "x_2": "1/2", "x_3": "2/5"},
            "instruments": {
                "reward": {"range": [0, 8], "changes": {"r": "r + reward"}, "cost": "reward*x_1"}
            },
        }
    )


@thinned(("make", "level"), [(three_parties, 3), (three_strategies, 8)], each_run=1)
def test_support_that_ends_beyond_a_numerical_boundary_lasts(make: object, level: float) -> None:
    """The target comes about after the end, and 5 % less support leaves the state where it was going."""
    game = make()  # type: ignore[operator]
    (name,) = game.instruments
    target = None if len(game.populations) > 1 else "E1"
    found = temporary_programme(game, target=target, held={name: level}, margin=0.01)
    assert found.answer == "found" and found.cheapest is not None
    assert found.cheapest.after.arrives
    assert found.cheapest.depth == pytest.approx(0.01, abs=2e-3)
    steps = {"steps": [[0, level], [f"{0.95 * found.to_boundary.end:.9f}", 0]]}  # type: ignore[union-attr]
    acting = separatrix.with_instruments(game, [name])
    shorter = separatrix.load({**acting.raw, "schedule": {name: steps}})
    ended = separatrix.outcome(shorter, found.start, scheduled=True)
    assert ended.name != found.target


def test_depths_of_a_numerical_basin_are_those_of_the_exact_one() -> None:
    """Where the separatrix is known, depths from trajectories alone are within the error that is told."""
    analysis = separatrix.analyze(paper())
    point = target_point(analysis, "E4")
    exact = target_set(analysis, point)
    sampled = sampled_basin(analysis, "E4", exact.outcomes)  # type: ignore[attr-defined]
    assert isinstance(sampled, SampledBasin)
    states = np.random.default_rng(0).uniform(0.02, 0.98, (2000, 2))
    assert sampled.error < 2e-3
    assert np.abs(sampled.depths(states) - exact.depths(states)).max() <= sampled.error
