"""Many trajectories at once are the trajectories that are followed one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.batch import lines
from separatrix.dynamics.integration.trajectory import follow

GAMES = [
    ("shi-chen-2018", [(0.2, 0.3), (0.9, 0.5), (0.4, 0.0)]),
    ("mckelvey-mclennan", [*itertools.product((0.2, 0.7), repeat=3), (0.0, 0.3, 0.4)]),
    ("zeeman-1980", [(0.2, 0.3, 0.5), (0.6, 0.3, 0.1), (0.0, 0.4, 0.6)]),
    ("dynamic-penalty", [(0.2, 0.3), (0.7, 0.9)]),
]


@pytest.mark.parametrize(("name", "starts"), GAMES, ids=[name for name, _ in GAMES])
def test_every_state_lies_on_the_trajectory_through_its_start(
    name: str, starts: list[tuple[float, ...]]
) -> None:
    """Compared with one trajectory at a time, by another method and over time instead of length."""
    flow = replicator(separatrix.load(name))
    for states, start in zip(lines(flow, starts, 0.5, points=26), starts, strict=True):
        assert states[0] == pytest.approx(start, abs=1e-12)
        orbit = follow(flow, start, points=20_000).states
        away = np.sqrt(((states[:, None] - orbit) ** 2).sum(axis=-1)).min(axis=1)
        assert away.max() < 1e-3


def test_states_are_equally_far_apart_until_a_trajectory_rests() -> None:
    """The length between two states is that asked for, and zero where the trajectory has come to its end."""
    flow = replicator(separatrix.load("shi-chen-2018"))
    states = lines(flow, [[0.2, 0.2], [0.6, 0.9]], 2.0, points=401)
    steps = np.sqrt((np.diff(states, axis=1) ** 2).sum(axis=-1))
    for own in steps:
        moving = own > 0.001
        assert 20 < moving.sum() < 400
        assert own[moving][:-1] == pytest.approx(0.005, rel=0.02)
        assert not moving[int(moving.sum()) :].any()
    assert states[:, -1] == pytest.approx(np.array([[0, 0], [1, 1]]), abs=1e-3)


def test_going_back_undoes_going_forward() -> None:
    """From the end of each trajectory, a negative length leads to its start."""
    flow = replicator(separatrix.load("wang-2023"))
    starts = np.array(list(itertools.product((0.3, 0.6), repeat=3)))
    there = lines(flow, starts, 0.2, points=3)[:, -1]
    assert lines(flow, there, -0.2, points=3)[:, -1] == pytest.approx(starts, abs=1e-4)
    both = lines(flow, np.concatenate([starts, there]), np.repeat([0.2, -0.2], len(starts)), points=3)
    assert both[:, -1] == pytest.approx(np.concatenate([there, starts]), abs=1e-4)


def test_what_nobody_plays_stays_unplayed() -> None:
    """Faces are kept exactly, and the shares of a population add up to one."""
    flow = replicator(separatrix.load("rock-paper-scissors-one-population"))
    states = lines(flow, [[0.0, 0.3, 0.7], [0.2, 0.2, 0.6]], 3.0)
    assert (states[0, :, 0] == 0).all()
    assert states.min() >= 0
    assert states.sum(axis=-1) == pytest.approx(1)


def test_closed_orbits_stay_closed() -> None:
    """Along orbits of matching pennies x(1-x)y(1-y) does not change, whichever way they are followed."""
    flow = replicator(separatrix.load("matching-pennies"))
    for length in (4.0, -4.0):
        x, y = np.moveaxis(lines(flow, [[0.2, 0.35], [0.5, 0.45]], length), -1, 0)
        kept = x * (1 - x) * y * (1 - y)
        assert kept == pytest.approx(np.repeat(kept[:, :1], kept.shape[1], axis=1), rel=1e-3)


def test_where_nothing_moves_a_trajectory_stays() -> None:
    """Rest points, corners and games in which all earn the same have trajectories of a single state."""
    flow = replicator(separatrix.load("matching-pennies"))
    assert lines(flow, [[0.5, 0.5], [0.0, 1.0]], 1.0, points=4)[:, -1].tolist() == [[0.5, 0.5], [0.0, 1.0]]
    still = replicator(separatrix.load({"title": "still", "payoff_matrix": [[1, 1], [1, 1]]}))
    assert lines(still, [[0.3]], 1.0, points=3)[0].ravel() == pytest.approx([0.3] * 3)
    assert lines(flow, np.empty((0, 2)), 1.0, points=3).shape == (0, 3, 2)
