"""A plane algebraic curve over the places of one axis: its cuts, and the zeros over each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import Ordering, arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
from separatrix.expression.precision import precision

__all__ = ["BITS", "PLANE", "Cut", "Fibres", "PlaneCurve", "middle", "nearest", "plane_polynomial"]

PLANE = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex)


BITS = 640
"""Binary digits of a cut; two numbers that agree in 150 decimals count as one."""


@dataclass(frozen=True)
class PlaneCurve:
    """The zeros of a polynomial in the square, or in the triangle x + y <= 1.

    Attributes
    ----------
    lines : tuple of arrays (points, 2)
        Branches from end to end; a closed one ends where it begins.  Each point is a zero but for the last
        digits of its numbers.
    points : tuple of (x, y)
        Zeros that lie on no branch.
    crossings : tuple of (x, y)
        Where branches meet: each ends there.
    """

    lines: tuple[Array, ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    crossings: tuple[tuple[float, float], ...] = ()


def plane_polynomial(terms: Mapping[tuple[int, int], fmpq]) -> fmpq_mpoly:
    """Return the polynomial with these coefficients of x^i y^j."""
    return PLANE.from_dict({(i, j): value for (i, j), value in terms.items()})


@dataclass(frozen=True)
class Cut:
    """A place of the x axis: a rational number, or a ball around an irrational one."""

    at: fmpq | arb

    @property
    def value(self) -> float:
        """The nearest floating-point number."""
        return nearest(self.at)


class Fibres:
    """The zeros y of an irreducible polynomial over places of the x axis, within the square or triangle."""

    def __init__(self, factor: fmpq_mpoly, triangle: bool) -> None:
        self.factor, self.triangle = factor, triangle
        self.up = int(factor.degrees()[1])
        self.coefficients = [_in_x(factor, j) for j in range(self.up + 1)]
        rim = fmpq_poly([1, -1]) if triangle else fmpq_poly([1])
        self.on_floor = self.coefficients[0]
        self.on_rim = sum((c * rim**j for j, c in enumerate(self.coefficients)), fmpq_poly([0]))

    @property
    def is_rim(self) -> bool:
        """Whether the curve is the third side of the triangle."""
        return self.on_rim.degree() < 0

    def rim(self, x: fmpq) -> fmpq:
        """Return the largest y over x."""
        return 1 - x if self.triangle else fmpq(1)

    def over(self, x: fmpq) -> list[fmpq | arb]:
        """Return the zeros y strictly inside over a rational x that is no cut, ascending."""
        polynomial = fmpq_poly([c(x) for c in self.coefficients])
        if self.up == 1:
            return list(_roots(polynomial, fmpq(0), self.rim(x), closed=False))
        return sorted(_simple(polynomial, fmpq(0), self.rim(x), 80), key=middle)

    def _over_cut(self, x: fmpq) -> list[fmpq | arb]:
        """Return the zeros y inside or on the border over a rational cut, ascending."""
        return list(_roots(fmpq_poly([c(x) for c in self.coefficients]), fmpq(0), self.rim(x)))

    def cuts(self) -> list[Cut]:
        """Return the cuts from 0 to 1."""
        polynomials = [self.coefficients[-1], self.on_floor, self.on_rim]
        if self.up > 1:
            polynomials.append(_in_x(self.factor.discriminant("y"), 0))
        factors = {
            str(factor): factor
            for polynomial in polynomials
            if polynomial.degree() > 0
            for factor, _ in polynomial.factor()[1]
        }
        inner = []
        for factor in factors.values():
            if factor.degree() == 1:
                x = -factor[0] / factor[1]
                if 0 < x < 1:
                    inner.append(Cut(x))
                continue
            inner += [Cut(root) for root in _simple(factor, fmpq(0), fmpq(1))]
        inner.sort(key=lambda cut: middle(cut.at))
        return [Cut(fmpq(0)), *inner, Cut(fmpq(1))]

    def on_cut(self, cut: Cut) -> list[float]:
        """Return the zeros y over a cut; over an irrational one only where an arc may be wanting.

        These are singular points and points on the border: everywhere else the curve runs through.
        """
        if isinstance(cut.at, fmpq):
            return [nearest(y) for y in self._over_cut(cut.at)]
        return self._singular(cut.at)

    @precision(BITS)
    def _singular(self, x: arb) -> list[float]:
        """Return the y over an irrational x at which the curve is singular, or touches the border."""
        borders = ((arb(0), self.on_floor), (1 - x if self.triangle else arb(1), self.on_rim))
        found = [nearest(y) for y, polynomial in borders if _ball_value(polynomial, x).contains(0)]
        if self.up < 2 or int(self.factor.degrees()[0]) < 2:
            return found
        partial = [self.factor, self.factor.derivative("x"), self.factor.derivative("y")]
        candidates = _in_y(self.factor.discriminant("x"))
        for root in _roots(candidates, fmpq(0), fmpq(1)):
            place = (x, arb(root))
            inside = not self.triangle or place[1] <= 1 - x or (place[1] - 1 + x).contains(0)
            if inside and all(_value(part, place).contains(0) for part in partial):
                found.append(nearest(root))
        return found


def _ball_value(polynomial: fmpq_poly, x: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(polynomial.coeffs()):
        total = total * x + arb(coefficient)
    return total


def _value(polynomial: fmpq_mpoly, place: tuple[arb, arb]) -> arb:
    total = arb(0)
    for (i, j), value in polynomial.to_dict().items():
        total += arb(value) * place[0] ** int(i) * place[1] ** int(j)
    return total


def _in_x(polynomial: fmpq_mpoly, j: int) -> fmpq_poly:
    """Return the coefficient of y^j as a polynomial in x."""
    return _gathered({int(e[0]): v for e, v in polynomial.to_dict().items() if e[1] == j})


def _in_y(polynomial: fmpq_mpoly) -> fmpq_poly:
    return _gathered({int(e[1]): v for e, v in polynomial.to_dict().items()})


def _gathered(terms: Mapping[int, fmpq]) -> fmpq_poly:
    return fmpq_poly([terms.get(k, fmpq(0)) for k in range(max(terms, default=0) + 1)])


def _roots(polynomial: fmpq_poly, low: fmpq, high: fmpq, closed: bool = True) -> Iterator[fmpq | arb]:
    """Yield the distinct real roots in ascending order, rational ones exactly, others as balls."""
    if polynomial.degree() < 1:
        return
    if polynomial.degree() == 1:
        root = -polynomial[0] / polynomial[1]
        if low < root < high or (closed and low <= root <= high):
            yield root
        return
    found: list[fmpq | arb] = []
    for factor, _ in polynomial.factor()[1]:
        if factor.degree() == 1:
            root = -factor[0] / factor[1]
            if low < root < high or (closed and low <= root <= high):
                found.append(root)
        else:
            found += _simple(factor, low, high)
    yield from sorted(found, key=middle)


def _simple(polynomial: fmpq_poly, low: fmpq, high: fmpq, bits: int = BITS) -> Iterator[arb]:
    """Yield the real roots strictly between two numbers that are none; no root may be multiple."""
    while True:
        with precision(bits):
            every: Any = polynomial.complex_roots()
            balls = [root.real for root, _ in every if root.imag == 0]
            sides = [(ball > arb(low), ball < arb(low), ball < arb(high), ball > arb(high)) for ball in balls]
        # Enough digits tell on which side of the ends a root lies.
        if all((a or b) and (c or d) for a, b, c, d in sides):
            yield from (ball for ball, (a, _, c, _) in zip(balls, sides, strict=True) if a and c)
            return
        bits *= 2


def middle(value: fmpq | arb) -> fmpq:
    """Return a number, or the middle of a ball, exactly."""
    if isinstance(value, fmpq):
        return value
    mantissa, exponent = value.mid().man_exp()
    whole, power = int(mantissa), int(exponent)
    return fmpq(whole << power) if power >= 0 else fmpq(whole, 1 << -power)


def nearest(value: fmpq | arb) -> float:
    """Return the nearest floating-point number, or one next to it."""
    exact = middle(value)
    return int(exact.p) / int(exact.q)
