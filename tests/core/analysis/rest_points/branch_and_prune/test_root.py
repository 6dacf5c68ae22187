"""Certified zeros: one in a box, any number of digits, exact numbers recognised."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from flint import arb, fmpq

from separatrix.analysis.branch_and_prune.enumeration import compare
from separatrix.analysis.branch_and_prune.faces import FaceSystem
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot, isolate, simplest_between
from separatrix.analysis.payoff_functions import field_of
from separatrix.exact.algebraic_numbers import Surd

from ..certified.games import advantages


def interior(**by_share: str) -> FaceSystem:
    """The equations of the face in which everybody mixes."""
    game = advantages(**by_share)
    field = field_of(game, {})
    return FaceSystem(field, compare(game, field).numerators, ((0, 1),) * len(by_share))


def root_near(system: FaceSystem, *place: float) -> CertifiedRoot:
    """The zero that is alone within 1/100 of a place."""
    radius = [0.01] * len(place)
    balls = isolate(system.locus, place, radius)
    assert balls is not None
    return CertifiedRoot(system.locus, [arb(x, r) for x, r in zip(place, radius, strict=True)], balls)


def test_simplest_between() -> None:
    """No rational in the interval has a smaller denominator."""
    source = random.Random(3)
    for _ in range(300):
        low = Fraction(source.randint(-50, 50), source.randint(1, 60))
        high = low + Fraction(source.randint(0, 20), source.randint(1, 900))
        found = simplest_between(low, high, 10**6)
        assert found is not None and low <= found <= high
        for q in range(1, found.denominator):
            assert math.ceil(low * q) > high * q
    assert simplest_between(Fraction(314159, 100000), Fraction(314160, 100000), 100) is None


def test_digits() -> None:
    """A zero is known to as many digits as are asked for, and its float is the nearest."""
    root = root_near(interior(x="y^3 - 1/4", y="x^5 - 1/4"), 0.758, 0.63)
    assert all(ball.rad() < arb(2) ** -700 for ball in root.refine(720))
    (x, _), (y, _) = root.shares
    assert abs(x - 0.25 ** (1 / 5)) < 2e-16 and abs(y - 0.25 ** (1 / 3)) < 2e-16
    root.recognise()
    assert root.exact is None


def test_two_zeros_in_a_box() -> None:
    """A box with two zeros, or a degenerate one, is not certified."""
    assert (
        isolate(interior(x="(y - 1/2)*(y - 1/2 - 1/1000)", y="x - 1/2").locus, [0.5, 0.5], [0.01, 0.01])
        is None
    )
    assert isolate(interior(x="(y - 1/2)^2", y="x - 1/2").locus, [0.5, 0.5], [0.01, 0.01]) is None


@pytest.mark.parametrize(
    ("system", "place", "exact"),
    [
        ({"x": "3*y - 1", "y": "7*x - 2"}, (2 / 7, 1 / 3), (fmpq(2, 7), fmpq(1, 3))),
        (
            {"x": "2*y - 2*x", "y": "x^2 + y - 1"},
            (0.618, 0.618),
            (Surd(fmpq(-1, 2), fmpq(1, 2), 5), Surd(fmpq(-1, 2), fmpq(1, 2), 5)),
        ),
    ],
)
def test_exact_numbers(system: dict[str, str], place: tuple[float, ...], exact: tuple[object, ...]) -> None:
    """Rational and quadratic coordinates are recognised, and checked exactly."""
    root = root_near(interior(**system), *place)
    root.recognise()
    assert root.exact == exact
    assert root.place == "inside"


def test_border() -> None:
    """A zero on the border of a face is told from one inside it."""
    assert root_near(interior(x="y - x", y="x - 2*y"), 0.0, 0.0).place == "boundary"
    assert root_near(interior(x="y - x - 1/10^9", y="x - y*2 + 3/10^9"), 0.0, 0.0).place == "inside"
    assert root_near(interior(x="y - x + 1/10^9", y="x - y/2"), 0.0, 0.0).place == "outside"


def test_signs() -> None:
    """The sign of a polynomial at a zero is exact, also where it is zero."""
    system = interior(x="y^3 - 1/4", y="x^5 - 1/4")
    root = root_near(system, 0.758, 0.63)
    x, y = system.field.ring.context.gens()
    assert root.sign(x - y) == 1
    assert root.sign(y - x) == -1
    assert root.sign((y**3 - fmpq(1, 4)) * (x + 1)) == 0
