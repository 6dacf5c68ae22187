"""Plane algebraic curves: every branch, where it turns, ends and crosses, beside signs at exact numbers."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from flint import fmpq, fmpq_mpoly

from separatrix.exact.plane_curves import PlaneCurve, curves_of, plane_curve, plane_polynomial

X = plane_polynomial({(1, 0): fmpq(1)})
Y = plane_polynomial({(0, 1): fmpq(1)})
ONE = plane_polynomial({(0, 0): fmpq(1)})


def number(top: int, below: int = 1) -> fmpq_mpoly:
    """Return a number as a polynomial."""
    return ONE * fmpq(top, below)


HALF = number(1, 2)
CIRCLE = (X - HALF) ** 2 + (Y - HALF) ** 2 - number(1, 9)
NODE = (Y - HALF) ** 2 - (X - HALF) ** 2 * (X - number(1, 4))
ISOLATED = (Y - HALF) ** 2 - (X - number(1, 4)) ** 2 * (X - HALF)
CUSP = (Y - HALF) ** 2 - (X - number(1, 4)) ** 3
EIGHT = (X - HALF) ** 4 * 4 - (X - HALF) ** 2 + (Y - HALF) ** 2
IRRATIONAL_POINT = (Y * Y * 2 - X) ** 2 + (X * X * 3 - ONE) ** 2


@pytest.mark.parametrize(
    ("curve", "closed", "open_", "points", "crossings"),
    [
        (CIRCLE, 1, 0, 0, 0),
        (NODE, 1, 2, 0, 1),
        (ISOLATED, 0, 1, 1, 0),
        (CUSP, 0, 1, 0, 0),
        (EIGHT, 2, 0, 0, 1),
        (IRRATIONAL_POINT, 0, 0, 1, 0),
        (Y + (X - HALF) ** 2, 0, 0, 1, 0),  # touches the lower side from outside
        (Y + (X * X - HALF) ** 2, 0, 0, 1, 0),  # and where that is irrational
        (X * X + Y * Y, 0, 0, 1, 0),  # a corner
        (X * X + Y * Y + ONE, 0, 0, 0, 0),
        ((X - HALF) ** 2 + (Y - HALF) ** 2 - number(1, 10**12), 1, 0, 0, 0),  # smaller than any grid shows
    ],
)
def test_branches_are_what_they_are(
    curve: fmpq_mpoly, closed: int, open_: int, points: int, crossings: int
) -> None:
    """Closed branches, open ones, isolated points and crossings are all found and told apart."""
    found = plane_curve(curve)
    rings = [line for line in found.lines if (line[0] == line[-1]).all()]
    assert (len(rings), len(found.lines) - len(rings)) == (closed, open_)
    assert (len(found.points), len(found.crossings)) == (points, crossings)


def test_an_isolated_point_with_irrational_shares_is_where_it_should_be() -> None:
    """3x² = 1 and 2y² = x."""
    ((x, y),) = plane_curve(IRRATIONAL_POINT).points
    assert (3 * x**2, 2 * y**2) == (pytest.approx(1), pytest.approx(x))


@pytest.mark.parametrize("curve", [CIRCLE, NODE, CUSP, EIGHT, X * Y * 3 - X - Y + number(1, 5)])
@pytest.mark.parametrize("triangle", [False, True])
def test_every_point_is_a_zero_and_points_lie_close(curve: fmpq_mpoly, triangle: bool) -> None:
    """A hair to some side the polynomial has the other sign, but at singular points, where it is zero."""
    singular = [np.array(p) for found in curves_of(curve) for p in found.crossings]
    for found in curves_of(curve, triangle):
        for line in found.lines:
            assert (line >= 0).all() and (line.sum(axis=1) <= (1 + 1e-15 if triangle else 2)).all()
            assert np.hypot(*np.diff(line, axis=0).T).max() < 0.021 or len(line) == 2
            for place in line:
                assert abs(value(curve, place)) < 1e-14
                if all(np.abs(place - s).max() > 1e-3 for s in singular):
                    assert crosses(curve, place)


def value(curve: fmpq_mpoly, place: np.ndarray) -> float:
    """Return the value at a place, exactly until the end."""
    return float(Fraction(str(curve(*(fmpq(*float(v).as_integer_ratio()) for v in place)))))


def crosses(curve: fmpq_mpoly, place: np.ndarray, hair: float = 1e-8) -> bool:
    """Whether the sign is another one a hair to the left and right, or below and above."""
    for step in ((hair, 0.0), (0.0, hair)):
        low, high = (value(curve, place + sign * np.array(step)) for sign in (-1, 1))
        if low * high <= 0:
            return True
    return False


# --------------------------------------------------------------------------- against signs along lines


def random_polynomial(random: Random) -> fmpq_mpoly:
    """Return a polynomial with zeros in the square: of degree up to four, some in factors."""
    result = ONE
    for _ in range(random.choice([1, 1, 2])):
        degree = random.choice([1, 2, 3])
        powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        factor = plane_polynomial({p: fmpq(random.randint(-4, 4), random.choice([1, 2, 3])) for p in powers})
        # Through a place near the middle, so that there is something to find.
        result *= factor - ONE * factor(fmpq(random.randint(1, 4), 9), fmpq(random.randint(1, 4), 9))
    return result


def distance(place: np.ndarray, curves: list[PlaneCurve]) -> float:
    """Return how far a place is from the nearest branch, along straight pieces."""
    best = np.inf
    for curve in curves:
        for line in curve.lines:
            a, b = line[:-1], line[1:]
            along = b - a
            length = np.maximum((along**2).sum(axis=1), 1e-300)
            part = np.clip(((place - a) * along).sum(axis=1) / length, 0, 1)
            best = min(best, float(np.hypot(*(a + part[:, None] * along - place).T).min()))
    return best


@pytest.mark.parametrize("triangle", [False, True])
def test_every_change_of_sign_along_random_lines_is_on_a_branch(triangle: bool) -> None:
    """Halving along a line finds zeros without knowing of branches; one of these is at each."""
    random = Random(20 + triangle)
    checked = 0
    for _ in range(40):
        polynomial = random_polynomial(random)
        if polynomial.is_constant():
            continue
        curves = curves_of(polynomial, triangle)
        for _ in range(6):
            start, end = (inside(random, triangle) for _ in range(2))
            steps = [start + (end - start) * k / 60 for k in range(61)]
            values = [value(polynomial, place) for place in steps]
            for k in range(60):
                if values[k] * values[k + 1] < 0:
                    zero = halved(polynomial, steps[k], steps[k + 1])
                    assert distance(zero, curves) < 1e-3, (str(polynomial), zero)
                    checked += 1
    assert checked > 100


def inside(random: Random, triangle: bool) -> np.ndarray:
    """Return a random place."""
    x, y = random.random(), random.random()
    return np.array([1 - x, 1 - y]) if triangle and x + y > 1 else np.array([x, y])


def halved(polynomial: fmpq_mpoly, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return a zero between two places of different sign."""
    below = value(polynomial, low)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if value(polynomial, middle) * below > 0 else (low, middle)
    return low
