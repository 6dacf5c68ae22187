"""The flow of neutral strategies near a state, against orbits of the reduced system."""

from __future__ import annotations

from itertools import product

import numpy as np
from flint import fmpq

from core.analysis.rest_points.affine.games import bimatrix, one_population
from core.analysis.rest_points.affine.orbits import refutation
from separatrix.analysis.stability.centre_manifold import quadrant_corner
from separatrix.analysis.stability.classification import internal_drift, localise
from separatrix.analysis.stability.degenerate_points import judge

PATTERNS = list(product(range(-2, 3), repeat=4))


def _orbits() -> tuple[np.ndarray, np.ndarray]:
    """The greatest and the last u + v on orbits of u' = u(au + bv), v' = v(cu + dv) from u + v = 1.

    One entry a pattern: the rates are homogeneous, so what holds at one distance holds at all.  An orbit
    runs through the logarithms of u and v at unit speed, as long as it moves.
    """
    share = np.concatenate([[1e-130, 1e-3, 1e-2], np.linspace(0.05, 0.95, 13), [0.99, 0.999, 1.0]])
    a, b, c, d = (column[:, None] for column in np.array(PATTERNS, float).T)
    logs = np.log(np.stack([share, np.maximum(1 - share, 1e-130)]))[:, None, :] * np.ones(
        (1, len(PATTERNS), 1)
    )
    farthest = np.ones(len(PATTERNS))

    def rate(z: np.ndarray) -> np.ndarray:
        u, v = np.exp(z - z.max(0))
        slope = np.stack([a * u + b * v, c * u + d * v])
        result: np.ndarray = slope / np.maximum(np.abs(slope).max(0), 1e-40)
        return result

    for _ in range(1500):
        logs = np.clip(logs + 0.04 * rate(logs + 0.02 * rate(logs)), -300, 30)
        farthest = np.maximum(farthest, np.exp(logs).sum(0).max(1))
    return farthest, np.exp(logs).sum(0).max(1)


def test_every_sign_pattern_of_two_neutral_strategies() -> None:
    """All 625 reduced systems with coefficients from -2 to 2 get a label, and orbits confirm it."""
    for (a, b, c, d), farthest, last in zip(PATTERNS, *_orbits(), strict=True):
        answer = quadrant_corner(fmpq(a), fmpq(b), fmpq(c), fmpq(d), True)
        assert answer is not None
        if answer[0] == "unstable":
            assert farthest > 1000, (a, b, c, d)
        else:
            assert farthest < 100, (a, b, c, d)
            assert bool(last < 0.02) is (answer[0] == "asymptotically stable"), (a, b, c, d)


def test_swapping_the_two_strategies_changes_nothing() -> None:
    """The answer does not depend on which neutral strategy is called the first."""
    for a, b, c, d in product(range(-1, 2), repeat=4):
        for exact in (True, False):
            one = quadrant_corner(fmpq(a), fmpq(b), fmpq(c), fmpq(d), exact)
            two = quadrant_corner(fmpq(d), fmpq(c), fmpq(b), fmpq(a), exact)
            assert (one is None) == (two is None)
            assert one is None or two is None or one[0] == two[0]


def test_two_strategies_that_feed_each_other_around_a_mixed_state() -> None:
    """Neither neutral strategy spreads alone, but both together do."""
    half = fmpq(1, 2)
    rows = [[-1, 1, 0, 0], [1, -1, 0, 0], [0, 0, -1, 3], [0, 0, 3, -1]]
    found = judge(one_population(rows), ((0, 1),), (half, half, fmpq(0), fmpq(0)))
    assert found.signs == (1, 2, 0) and found.label == "unstable"
    rows[2][3] = rows[3][2] = -3
    found = judge(one_population(rows), ((0, 1),), (half, half, fmpq(0), fmpq(0)))
    assert found.label == "asymptotically stable"


def test_drift_along_a_rest_set() -> None:
    """Where orbits cross a line of rest states tangentially, the state drifts along the line."""
    # Payoffs are (1, 2, 0)·ℓ with ℓ = x_2 + x_3 - 2·x_1; beside ℓ = 0 orbits run along it at the middle.
    game = one_population([[-2, 1, 1], [-4, 2, 2], [0, 0, 0]])
    middle = (fmpq(1, 3),) * 3
    local = localise(game, ((0, 1, 2),), middle)
    assert local.spectrum.zeros == 2
    verdict = internal_drift(local)
    assert verdict is not None and verdict.label == "unstable"
    assert refutation(game, middle, "stable") is not None
    elsewhere = (fmpq(1, 3), fmpq(1, 6), fmpq(1, 2))
    assert internal_drift(localise(game, ((0, 1, 2),), elsewhere)) is None


def test_drift_where_one_population_never_moves() -> None:
    """Beside a share at which the other population is indifferent, that one drifts to an end."""
    game = bimatrix([[1, -1], [-1, 1]], [[0, 0], [0, 0]])
    found = judge(game, ((0, 1), (0, 1)), (fmpq(1, 2),) * 4, 1)
    assert found.signs == (0, 2, 0) and found.label == "unstable"
