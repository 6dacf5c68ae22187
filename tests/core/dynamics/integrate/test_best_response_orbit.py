"""Trajectories of the best response dynamics, against closed forms, known cycles and small steps."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.integration.runge_kutta import Steady
from separatrix.errors import InputError


def orbit(game: dict[str, Any], start: list[Any], **asked: Any) -> separatrix.Trajectory:
    """The trajectory of the best response dynamics."""
    return separatrix.trajectory(separatrix.load(game), start, field="best-response", **asked)


def cyclic(win: int, loss: int) -> dict[str, Any]:
    """Rock, paper and scissors."""
    rows = [[0, -loss, win], [win, 0, -loss], [-loss, win, 0]]
    return {"title": "cycle", "payoff_matrix": rows}


@pytest.mark.parametrize("factor", [1, 10**12, 10**-12])
def test_hawks_and_doves_slide_into_their_mixture(factor: float) -> None:
    """x = 1 - 0.8·exp(-t) up to 2/3, which is reached in finite time, whatever the size of payoffs."""
    rows = [[-factor, 4 * factor], [0, 2 * factor]]
    found = orbit({"title": "t", "payoff_matrix": rows}, [0.2], until=3, points=301)
    expected = np.minimum(1 - 0.8 * np.exp(-found.times), 2 / 3)
    assert found.states[:, 0] == pytest.approx(expected, abs=1e-12)
    assert found.at_rest


@pytest.mark.parametrize(("start", "end"), [(0.2, 0.0), (0.9, 1.0), ("1/3", 1 / 3)])
def test_coordination(start: object, end: float) -> None:
    """Each start goes to the convention that it prefers, and one that is indifferent may rest."""
    found = orbit({"title": "t", "payoff_matrix": [[2, 0], [0, 1]]}, [start])
    assert found.states[-1] == pytest.approx([end], abs=1e-9)


@pytest.mark.parametrize(("win", "loss"), [(1, 1), (1, 2), (2, 5)])
def test_the_best_payoff_decays_exponentially(win: int, loss: int) -> None:
    """Where the best reply to a pure strategy earns nothing against itself, max(Ax) falls as exp(-t)."""
    game = cyclic(win, loss)
    found = orbit(game, [0.6, 0.3, 0.1], until=12, points=400)
    best = (found.states @ np.array(game["payoff_matrix"]).T).max(axis=1)
    assert best == pytest.approx(best[0] * np.exp(-found.times), abs=1e-4 if win == loss else 1e-10)


def test_rock_paper_scissors_reaches_equilibrium_or_the_shapley_triangle() -> None:
    """Gaunersdorfer & Hofbauer (1995): which one depends on whether losing costs more than winning brings."""
    assert orbit(cyclic(1, 1), [0.6, 0.3, 0.1]).states[-1] == pytest.approx([1 / 3] * 3, abs=1e-6)
    fast = orbit(cyclic(2, 1), [0.6, 0.3, 0.1])
    assert fast.at_rest and fast.states[-1] == pytest.approx([1 / 3] * 3, abs=1e-9)
    found = orbit(cyclic(1, 2), [0.6, 0.3, 0.1], until=60, points=60_001)
    late = found.states[40_000:]
    for corner in ([4, 1, 2], [2, 4, 1], [1, 2, 4]):
        assert np.abs(late - np.array(corner) / 7).max(axis=1).min() < 2e-3
    assert not found.at_rest


def test_matching_pennies_reach_the_value_of_the_game() -> None:
    """In a zero-sum game what both could gain together falls as exp(-t) (Hofbauer 1995)."""
    rows = np.array([[1, -1], [-1, 1]])
    bimatrix = [[[int(v), int(-v)] for v in row] for row in rows]
    found = orbit({"title": "t", "bimatrix": bimatrix}, [0.2, 0.3], until=30, points=301)
    x, y = (np.stack([s, 1 - s], axis=1) for s in found.states.T)
    gap = (y @ rows.T).max(axis=1) - (x @ rows).min(axis=1)
    before = found.times < 8
    assert gap[before] == pytest.approx(gap[0] * np.exp(-found.times[before]), abs=1e-10)
    assert gap[~before].max() < 2 * gap[0] * math.exp(-8)
    assert found.states[-1] == pytest.approx([0.5, 0.5], abs=1e-9) and found.at_rest


def in_small_steps(
    payoffs: list[list[np.ndarray]], start: list[np.ndarray], speeds: list[float], end: float
) -> np.ndarray:
    """Fictitious play with small steps: all go towards one best reply, again and again."""
    step = 2e-4
    x = [np.array(part, dtype=float) for part in start]
    for _ in range(round(end / step)):
        earned = [sum(a @ part for a, part in zip(row, x, strict=True)) for row in payoffs]
        for part, u, speed in zip(x, earned, speeds, strict=True):
            part *= 1 - speed * step
            part[int(np.argmax(u))] += speed * step
    return np.concatenate(x)


@pytest.mark.parametrize("seed", range(10))
def test_one_population_against_small_steps(seed: int) -> None:
    """Random games of three or four strategies go where fictitious play with small steps goes."""
    rng = random.Random(seed)
    size = rng.choice([3, 3, 4])
    rows = [[rng.randint(-9, 9) for _ in range(size)] for _ in range(size)]
    start = np.array([rng.randint(1, 9) for _ in range(size)], dtype=float)
    start /= start.sum()
    expected = in_small_steps([[np.array(rows)]], [start], [1.0], 2.5)
    found = orbit({"title": "t", "payoff_matrix": rows}, start.tolist(), until=2.5)
    assert found.states[-1] == pytest.approx(expected, abs=5e-3)


@pytest.mark.parametrize("seed", range(6))
def test_two_populations_of_different_speeds_against_small_steps(seed: int) -> None:
    """Each population's payoffs are driven by the other one alone, so their speeds may differ."""
    rng = random.Random(seed)
    first, second = (
        np.array([[rng.randint(-9, 9) for _ in range(size)] for _ in range(5 - size)]) for size in (3, 2)
    )
    # the first population has two strategies, the second one three
    bimatrix = [[[int(first[i, j]), int(second[j, i])] for j in range(3)] for i in range(2)]
    game = {
        "title": "t",
        "populations": [
            {"name": "A", "share": "x", "strategies": ["a", "b"]},
            {"name": "B", "share": "y", "strategies": ["a", "b", "c"]},
        ],
        "bimatrix": bimatrix,
        "speeds": {"A": 1, "B": 2},
    }
    start = [np.array([0.37, 0.63]), np.array([0.2, 0.5, 0.3])]
    zero = [np.zeros((2, 2)), np.zeros((3, 3))]
    expected = in_small_steps([[zero[0], first], [second, zero[1]]], start, [1.0, 2.0], 2.0)
    found = orbit(game, [0.37, 0.2, 0.5, 0.3], until=2.0)
    assert found.states[-1] == pytest.approx([expected[0], *expected[2:]], abs=5e-3)


@pytest.mark.parametrize(
    ("advantage", "asked"), [("x*x - 1/4", {}), ("x - 1/4", {"events": [Steady()]}), ("exp(x) - 2", {})]
)
def test_what_cannot_be_followed_is_refused(advantage: str, asked: dict[str, Any]) -> None:
    """Payoffs that are not affine in the shares, and events, are refused with one code."""
    game = {
        "title": "t",
        "populations": [{"name": "A", "share": "x", "strategies": ["a", "b"]}],
        "advantages": {"x": advantage},
    }
    with pytest.raises(InputError) as refused:
        orbit(game, [0.4], **asked)
    assert refused.value.code == "D604"
