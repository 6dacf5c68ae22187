"""Quantities that the replicator dynamics conserve in cyclic games, over long times."""

from __future__ import annotations

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.batch import batch
from separatrix.dynamics.replicator import replicator

TIMES = pytest.mark.parametrize("until", [500, pytest.param(1e4, marks=pytest.mark.soak)])
TOLERANCE = 1e-13


@TIMES
def test_matching_pennies_conserves_its_integral(until: float) -> None:
    """In a zero-sum game of two populations ln x(1-x) + ln y(1-y) stays (Hofbauer & Sigmund 1998, 10.3)."""
    field = replicator(separatrix.load("matching-pennies"))
    starts = [[0.2, 0.35], [0.01, 0.5], [0.45, 0.55]]
    courses = batch(field, starts, until, times=101, tolerance=TOLERANCE)
    u, v = np.moveaxis(courses.log_odds, -1, 0)
    kept = -np.logaddexp(0, u) - np.logaddexp(0, -u) - np.logaddexp(0, v) - np.logaddexp(0, -v)
    assert np.abs(kept - kept[:, :1]).max() <= 1e-9


@TIMES
def test_bimatrix_cycles_conserve_their_integral(until: float) -> None:
    """A 2 × 2 bimatrix game with a cycle conserves the H of its two advantages, whatever its speeds."""
    document = {"title": "t", "bimatrix": [[[3, 0], [0, 2]], [[1, 4], [2, 1]]], "speeds": {"x": 2, "y": 3}}
    field = replicator(separatrix.load(document))
    assert field.corners is not None
    (fx0, fx1), (fy0, fy1) = (table.tolist() for table in field.corners)
    courses = batch(field, [[0.3, 0.6], [0.05, 0.2]], until, times=101, tolerance=TOLERANCE)
    u, v = np.moveaxis(courses.log_odds, -1, 0)

    def part(low: float, high: float, odds: np.ndarray) -> np.ndarray:
        """The integral over the log-odds of the advantage low + (high - low) x."""
        return low * odds + (high - low) * np.logaddexp(0, odds)

    kept = part(fx0, fx1, v) - part(fy0, fy1, u)
    assert np.abs(kept - kept[:, :1]).max() <= 1e-9


@TIMES
@pytest.mark.parametrize("size", [3, 5])
def test_zero_sum_cycles_conserve_the_product_of_shares(size: int, until: float) -> None:
    """In zero-sum rock-paper-scissors of any odd size the product of the shares stays (1998, 7.7)."""
    matrix = [[(-1) ** ((j - i) % size + 1) * (i != j) for j in range(size)] for i in range(size)]
    field = replicator(separatrix.load({"title": "t", "payoff_matrix": matrix}))
    starts = np.random.default_rng(size).dirichlet(np.ones(size), 3)
    courses = batch(field, starts, until, times=101, tolerance=TOLERANCE)
    kept = courses.log_odds.sum(axis=-1)
    assert np.abs(kept - kept[:, :1]).max() <= 1e-9
