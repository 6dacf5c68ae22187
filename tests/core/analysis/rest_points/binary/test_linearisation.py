"""Jacobians and eigenvalues against numerical linear algebra."""

import random

import numpy as np
import pytest

from core.analysis.helpers import corner_game
from separatrix.analysis.binary.family_labels import linearise
from separatrix.analysis.binary.rest_states import branches
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.exact.algebraic_numbers import as_float


def numeric_jacobian(game: Multilinear, state: list[float]) -> np.ndarray:
    """Central differences of the replicator field, which knows nothing of the closed forms."""

    def field(x: np.ndarray) -> np.ndarray:
        rates = []
        for i in range(game.n):
            total = 0.0
            for subset, value in game.coefficients[i].items():
                term = as_float(value)
                for j in subset:
                    term *= x[j]
                total += term
            rates.append(x[i] * (1 - x[i]) * total)
        return np.array(rates)

    h = 1e-6
    columns = []
    for j in range(game.n):
        step = np.zeros(game.n)
        step[j] = h
        columns.append((field(np.array(state) + step) - field(np.array(state) - step)) / (2 * h))
    return np.array(columns).T


@pytest.mark.parametrize("seed", range(40))
def test_eigenvalues_are_those_of_the_field(seed: int) -> None:
    """At every rest point of a random game the closed forms equal the eigenvalues of the field."""
    rng = random.Random(seed)
    n = rng.choice([2, 3])
    game = corner_game(*([rng.randint(-9, 9) for _ in range(2 ** (n - 1))] for _ in range(n)))
    for branch in branches(game):
        if branch.dimension:
            continue
        state = branch.state({})
        local = linearise(game, branch.face, state)
        expected = np.linalg.eigvals(numeric_jacobian(game, [as_float(v) for v in state]))
        left = list(expected)
        for value in local.eigenvalues():
            nearest = min(left, key=lambda e: abs(e - value))
            assert nearest == pytest.approx(value, abs=2e-4)  # double roots split by the root of the step
            left.remove(nearest)
        negative, zero, positive = local.signs()
        assert negative == sum(v.real < -1e-12 for v in local.eigenvalues())
        assert positive == sum(v.real > 1e-12 for v in local.eigenvalues())
        assert negative + zero + positive == n


def test_payoffs_far_beyond_a_float_square_keep_finite_eigenvalues() -> None:
    """Eigenvalues near 1e300 do not overflow on the way."""
    big = 10**300
    game = corner_game([-big, big, 3 * big, -big], [big, -2 * big, -big, big], [2 * big, -big, -big, big])
    for branch in branches(game):
        local = linearise(game, branch.face, branch.state({}))
        assert all(np.isfinite([v.real, v.imag]).all() for v in local.eigenvalues())
