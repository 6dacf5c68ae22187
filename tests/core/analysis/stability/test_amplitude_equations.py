"""The growth of oscillations beyond the linearisation."""

from __future__ import annotations

import random

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from scipy.integrate import solve_ivp

from core.analysis.rest_points.affine.games import bimatrix, one_population
from core.analysis.rest_points.affine.orbits import as_floats
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.analysis.stability.amplitude_equations import amplitudes, oscillation
from separatrix.analysis.stability.classification import Local, localise


def _circle(a: int, b: int, c: int) -> Local:
    """Two populations that also play themselves; eigenvalues ±iω at (1/3, 1/2).

    The advantages of the first strategies are a·(x - 1/3) + b·(y - 1/2) and c·(x - 1/3) + d·(y - 1/2), with
    d such that the trace vanishes.
    """
    x, y = fmpq(1, 3), fmpq(1, 2)
    d = -fmpq(8 * a, 9)
    rows = fmpq_mat(4, 4)
    rows[0, 0], rows[0, 1], rows[0, 2] = a - a * x - b * y, -a * x - b * y, fmpq(b)
    rows[2, 2], rows[2, 3], rows[2, 0] = d - d * y - c * x, -d * y - c * x, fmpq(c)
    game = AffineGame((2, 2), (fmpq(1), fmpq(1)), rows)
    return localise(game, ((0, 1), (0, 1)), (x, 1 - x, y, 1 - y))


def _hypercycle() -> Local:
    rows = [[int((i - 1) % 4 == j) for j in range(4)] for i in range(4)]
    return localise(one_population(rows), ((0, 1, 2, 3),), (fmpq(1, 4),) * 4)


def _measured(local: Local) -> float:
    """How 1/ρ falls along an orbit, ρ the squared amplitude with the eigenvector's first entry 1."""
    block = np.array([[int(v.p) / int(v.q) for v in row] for row in local.block.tolist()])
    values, vectors = np.linalg.eig(block)
    k = int(np.argmax(values.imag))
    right = vectors[:, k] / vectors[0, k]
    left = np.linalg.inv(vectors)[k] * vectors[0, k]
    size = sum(local.game.sizes)
    payoffs = np.array([[int(v.p) / int(v.q) for v in row] for row in local.game.matrix.tolist()])
    owner = np.array(local.owner)
    mates = (owner[:, None] == owner[None, :]).astype(float)
    centre = as_floats(local.state)
    inner = list(local.inner)
    start = centre.copy()
    for a, v in zip(inner, 0.04 * right.real, strict=True):
        start[a] += v
        start[local.reference[local.owner[a]]] -= v

    def rate(_: float, x: np.ndarray) -> np.ndarray:
        u = payoffs @ x
        result: np.ndarray = x * (u - mates @ (x * u))
        return result

    assert size == len(centre)
    times = np.linspace(0, 500, 501)
    run = solve_ivp(rate, (0, 500), start, "DOP853", rtol=1e-9, atol=1e-12, t_eval=times)
    squared = np.abs((run.y[inner].T - centre[inner]) @ left) ** 2
    return float(-np.polyfit(times[100:], 1 / squared[100:], 1)[0])


@pytest.mark.parametrize("local", [_hypercycle(), _circle(9, -30, 8), _circle(4, -9, 5)])
def test_coefficient_is_the_rate_that_orbits_show(local: Local) -> None:
    """ρ' = G·ρ² for the squared amplitude of a small oscillation."""
    change = amplitudes(local)
    assert change is not None
    growth = float(change[0][0].mid())
    assert abs(_measured(local) / growth - 1) < 0.03
    verdict = oscillation(local)
    assert verdict is not None and verdict.label == "asymptotically stable" and verdict.pointwise


def test_growing_oscillation() -> None:
    """A positive coefficient makes the state a source where no other direction contracts."""
    verdict = oscillation(_circle(9, 7, -30))
    assert verdict is not None and verdict.label == "source"


def test_two_oscillations_of_a_bimatrix_game_keep_volumes() -> None:
    """Without own play a suitable volume is preserved, which ties the coefficients to one another."""
    rng = random.Random(3)
    seen = 0
    while seen < 3:
        rows = [[[rng.randint(-9, 9) for _ in range(3)] for _ in range(3)] for _ in range(2)]
        for k in range(2):  # let the even state be at rest
            for row in rows[k]:
                row[2] = -row[0] - row[1] if k == 0 else row[2]
        second = [list(column) for column in zip(*rows[1], strict=True)]
        for column in range(3):
            second[2][column] = -second[0][column] - second[1][column]
        game = bimatrix(rows[0], second)
        local = localise(game, ((0, 1, 2), (0, 1, 2)), (fmpq(1, 3),) * 6)
        if local.spectrum.imaginary != 4:
            continue
        change = amplitudes(local)
        if change is None:
            continue
        seen += 1
        (a, b), (c, d) = change
        assert (c + 2 * a).contains(0) and (b + 2 * d).contains(0)


def test_conserved_oscillation_stays_open() -> None:
    """Where the coefficient is exactly zero no ball excludes zero, and nothing is claimed."""
    rows = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    local = localise(one_population(rows), ((0, 1, 2),), (fmpq(1, 3),) * 3)
    change = amplitudes(local)
    assert change is not None and change[0][0].contains(0)
    assert oscillation(local) is None
