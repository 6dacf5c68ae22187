"""Rest states beside whose rest set an unplayed strategy is neutral, against the flow itself."""

from __future__ import annotations

import numpy
import pytest
from flint import fmpq
from scipy.integrate import solve_ivp

from core.analysis.rest_points.affine.games import Rows, one_population
from separatrix.analysis.stability.centre_manifold import drifts, rest_set_verdict
from separatrix.analysis.stability.classification import localise

HALF, NONE, THIRD = fmpq(1, 2), fmpq(0), fmpq(1, 3)
MIDDLE = ((0, 1),), (HALF, HALF, NONE)
CASES: list[tuple[str, Rows, tuple[tuple[tuple[int, ...], ...], tuple[fmpq, ...]], str]] = [
    ("drift, neutral throughout", [[0, 0, 0], [0, 0, -1], [0, 0, 0]], MIDDLE, "unstable"),
    ("arch", [[0, 0, -1], [0, 0, 1], [1, -1, 0]], MIDDLE, "stable"),
    ("leave", [[0, 0, 1], [0, 0, -1], [1, -1, 0]], MIDDLE, "unstable"),
    ("dies out", [[0, 0, 1], [0, 0, 1], [0, 0, 0]], MIDDLE, "stable"),
    ("spreads", [[0, 0, -1], [0, 0, -1], [0, 0, 0]], MIDDLE, "unstable"),
    ("crosses and dies out", [[0, 0, 1], [0, 0, 1], [1, -1, 0]], MIDDLE, "stable"),
    ("crosses, nothing else", [[0, 0, 0], [0, 0, 0], [1, -1, 0]], MIDDLE, "unstable"),
    ("own column", [[0, 1, 1], [1, 1, -1], [0, 1, 1]], (((0, 2),), (2 * THIRD, NONE, THIRD)), "unstable"),
]


@pytest.mark.parametrize(("rows", "at", "label"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_label_and_flow(
    rows: Rows, at: tuple[tuple[tuple[int, ...], ...], tuple[fmpq, ...]], label: str
) -> None:
    """The label is that of the theory, and orbits from close by stay or leave as it says."""
    support, state = at
    verdict = rest_set_verdict(localise(one_population(rows), support, state))
    assert verdict is not None and verdict.label == label
    payoffs = numpy.array(rows, float)

    def rate(_: float, x: numpy.ndarray) -> numpy.ndarray:
        u = payoffs @ x
        result: numpy.ndarray = x * (u - x @ u)
        return result

    start = numpy.array([float(int(v.p) / int(v.q)) for v in state])
    farthest = 0.0
    for direction in numpy.random.default_rng(1).dirichlet(numpy.ones(3), size=8):
        run = solve_ivp(
            rate, (0, 4e4), start + 1e-3 * (direction - start), rtol=1e-9, atol=1e-12, method="LSODA"
        )
        farthest = max(farthest, float(numpy.abs(run.y.T - start).max()))
    assert farthest < 0.1 if label == "stable" else farthest > 0.2


def test_no_verdict_without_a_rest_set() -> None:
    """An isolated state is none of its business, nor is one whose face has imaginary eigenvalues."""
    hawk_dove = one_population([[-1, 4], [0, 2]])
    assert rest_set_verdict(localise(hawk_dove, ((0, 1),), (fmpq(2, 3), fmpq(1, 3)))) is None
    circle = one_population([[0, -1, 1, 1], [1, 0, -1, -1], [-1, 1, 0, 0], [-1, 1, 0, 0]])
    local = localise(circle, ((0, 1, 2, 3),), (THIRD, THIRD, THIRD / 2, THIRD / 2))
    assert local.spectrum.imaginary == 2
    assert rest_set_verdict(local) is None


def test_drift_needs_unequal_effects() -> None:
    """A strategy that treats the played ones alike does not move them against each other."""
    alike = one_population([[0, 0, 1], [0, 0, 1], [0, 0, 0]])
    unlike = one_population([[0, 0, 1], [0, 0, 0], [0, 0, 0]])
    state = (HALF, HALF, NONE)
    assert not drifts(localise(alike, ((0, 1),), state), 2)
    assert drifts(localise(unlike, ((0, 1),), state), 2)
