"""Bernstein coefficients on simplices."""

from __future__ import annotations

import random

import numpy as np
import pytest
from flint import fmpq

from separatrix.exact.bernstein import basis, multinomial


def value(k: int, degree: int, coefficients: list[float], point: list[float]) -> float:
    """A form at barycentric coordinates, by its definition."""
    total = 0.0
    for a, c in zip(basis(k, degree).exponents, coefficients, strict=True):
        term = c * multinomial(a)
        for x, e in zip(point, a, strict=True):
            term *= x**e
        total += term
    return total


@pytest.mark.parametrize(("k", "degree"), [(2, 1), (2, 4), (3, 2), (4, 3)])
def test_smaller_simplex(k: int, degree: int) -> None:
    """Coefficients on a smaller simplex give the same values at the same points."""
    source = np.random.default_rng(k * 10 + degree)
    own = basis(k, degree)
    coefficients = source.normal(size=own.size)
    corners = source.dirichlet(np.ones(k), size=k)
    inner = own.onto(corners[None])[0] @ coefficients
    local = source.dirichlet(np.ones(k))
    assert value(k, degree, list(inner), list(local)) == pytest.approx(
        value(k, degree, list(coefficients), list(local @ corners))
    )


@pytest.mark.parametrize(("k", "degree"), [(2, 1), (2, 3), (3, 2)])
def test_centre(k: int, degree: int) -> None:
    """Value and slopes at the centroid are those of difference quotients."""
    source = np.random.default_rng(7)
    own = basis(k, degree)
    coefficients = source.normal(size=own.size)
    centre = np.full(k, 1 / k)
    assert own.middle @ coefficients == pytest.approx(value(k, degree, list(coefficients), list(centre)))
    slopes = coefficients @ own.slopes
    step = 1e-6 * (np.eye(k)[0] - np.eye(k)[-1])
    rise = value(k, degree, list(coefficients), list(centre + step)) - value(
        k, degree, list(coefficients), list(centre - step)
    )
    assert (slopes[0] - slopes[-1]) == pytest.approx(rise / 2e-6, rel=1e-5)


@pytest.mark.parametrize("degree", [0, 1, 2, 5])
def test_from_powers(degree: int) -> None:
    """A polynomial in the first shares and its Bernstein coefficients agree at every corner and inside."""
    source = random.Random(degree)
    own = basis(3, degree)
    powers, _ = own.from_powers
    tensor = np.array([fmpq(source.randint(-9, 9)) for _ in powers], dtype=object)
    coefficients = (
        [float(int(c.p) / int(c.q)) for c in own.raised(tensor, 0)] if degree else [float(int(tensor[0].p))]
    )
    for x, y in ((1.0, 0.0), (0.0, 0.0), (0.2, 0.5)):
        direct = sum(int(c.p) * x ** a[0] * y ** a[1] for c, a in zip(tensor, powers, strict=True))
        assert value(3, degree, coefficients, [x, y, 1 - x - y]) == pytest.approx(direct)


def test_faces_of_the_simplex() -> None:
    """The coefficients on a face are some of those on the simplex."""
    own = basis(3, 2)
    coefficients = list(np.arange(float(own.size)))
    edge = [coefficients[n] for n in own.places((0, 2))]
    assert value(2, 2, edge, [0.3, 0.7]) == pytest.approx(value(3, 2, coefficients, [0.3, 0.0, 0.7]))
