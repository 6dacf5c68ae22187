"""Signs of the real parts of eigenvalues, exactly."""

from __future__ import annotations

import random

import numpy as np
import sympy
from flint import fmpq_mat

from separatrix.exact.matrices import frequencies, spectrum
from separatrix.expression.tree import to_text


def _matrix(rows: list[list[int]]) -> fmpq_mat:
    return fmpq_mat(rows)


def test_signs_agree_with_floats_where_those_are_clear() -> None:
    """Random whole-number matrices have the inertia that floating point shows, axis included."""
    rng = random.Random(3)
    for _ in range(200):
        n = rng.randint(1, 6)
        rows = [[rng.randint(-2, 2) for _ in range(n)] for _ in range(n)]
        if rng.random() < 0.4:
            rows = [[rows[i][j] - rows[j][i] for j in range(n)] for i in range(n)]
        found = spectrum(_matrix(rows))
        values = np.linalg.eigvals(np.array(rows, float))
        if np.min(np.abs(values.real[np.abs(values.real) > 1e-5]), initial=1) > 1e-3:
            real = values.real
            assert found.signs == (
                (real < -1e-5).sum(),
                (np.abs(real) <= 1e-5).sum(),
                (real > 1e-5).sum(),
            )
        for value in found.values:
            assert np.min(np.abs(values - value.value)) < 1e-4  # eigenvalues of Jordan blocks are blurred


def test_imaginary_roots_of_higher_degree_are_seen() -> None:
    """λ⁴ + 4λ² + 2 is irreducible with four roots on the axis; λ⁴ + λ² + 2 has none there."""
    on_axis = _matrix([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-2, 0, -4, 0]])
    beside = _matrix([[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-2, 0, -1, 0]])
    assert spectrum(on_axis).signs == (0, 4, 0)
    assert spectrum(on_axis).imaginary == 4
    assert spectrum(beside).signs == (2, 0, 2)
    assert len(frequencies(on_axis) or ()) == 2


def test_tiny_real_parts_are_not_taken_for_zero() -> None:
    """A real part of one in 10³⁰ has a sign."""
    big = 10**30
    near = fmpq_mat([[-1, big], [-big, -1]])
    assert spectrum(near).signs == (2, 0, 0)
    assert spectrum(near * near * near).signs != (0, 2, 0)


def test_closed_forms_have_the_values_of_the_floats() -> None:
    """Rational and quadratic eigenvalues come in closed form."""
    found = spectrum(_matrix([[1, 2, 0], [3, 4, 0], [0, 0, -7]]))
    spiral = spectrum(_matrix([[1, -2], [1, 0]]))
    for value in (*found.values, *spiral.values):
        assert value.exact is not None
        assert abs(complex(sympy.sympify(to_text(value.exact), {"I": sympy.I})) - value.value) < 1e-14


def test_double_pairs_have_no_frequencies() -> None:
    """Two equal pairs of imaginary eigenvalues are in resonance."""
    double = _matrix([[0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 1], [0, 0, -1, 0]])
    assert frequencies(double) is None
