"""All real branches of a plane algebraic curve in the unit square or the triangle.

An irreducible polynomial f(x, y) has, between neighbouring *cuts* of the x axis, the same number of zeros y
over every x, and they do not meet: cuts are the zeros of its discriminant and of its leading coefficient in
y, and the x at which the curve passes the border.  So zeros at rational x, isolated exactly, lie on arcs
whose number and order are certain; `separatrix.dynamics.joined_arcs` joins the arcs at the cuts.

Collins, G. E. (1975), Quantifier elimination for real closed fields by cylindrical algebraic decomposition,
Lecture Notes in Computer Science 33, 134-183.
Johansson, F. (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE
Transactions on Computers 66, 1281-1292.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import Ordering, arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

from separatrix.analysis.precision import precision

__all__ = ["Fibres", "PlaneCurve", "curves_of", "nearest", "plane_curve", "plane_polynomial"]

PLANE = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex)

BITS = 640
"""Binary digits of a cut; two numbers that agree in 150 decimals count as one."""

STEP = 0.02
"""How far apart neighbouring points of a line may lie."""

HIGHEST = 12
"""The degree in both variables up to which the discriminant takes seconds at most."""


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


def curves_of(polynomial: fmpq_mpoly, triangle: bool = False, step: float = STEP) -> list[PlaneCurve]:
    """Return the zeros of each irreducible factor; none for a polynomial that is zero or a number."""
    if polynomial.is_constant():
        return []
    return [plane_curve(factor, triangle, step) for factor, _ in polynomial.factor()[1]]


def plane_curve(factor: fmpq_mpoly, triangle: bool = False, step: float = STEP) -> PlaneCurve:
    """Return the zeros of an irreducible polynomial.

    Parameters
    ----------
    factor : polynomial in x and y
        Irreducible over the rationals; see `plane_polynomial`.
    triangle : bool
        Whether to look in the triangle 0 <= x, y and x + y <= 1 rather than the unit square.
    step : float
        How far apart neighbouring points may lie.

    Raises
    ------
    ArithmeticError
        For a polynomial of a degree above 12 in both variables.

    Examples
    --------
    >>> circle = plane_polynomial({(2, 0): 1, (0, 2): 1, (0, 0): fmpq(-1, 4)})
    >>> (line,) = plane_curve(circle).lines
    >>> line[0].tolist(), line[-1].tolist()
    ([0.0, 0.5], [0.5, 0.0])
    """
    across, up = (int(d) for d in factor.degrees())
    if min(across, up) > HIGHEST:
        raise ArithmeticError(f"a polynomial of degree {min(across, up)} in both shares")
    if across < up:  # over each place of the other axis there are fewer zeros
        found = plane_curve(_swapped(factor), triangle, step)
        return PlaneCurve(
            tuple(line[:, ::-1] for line in found.lines),
            tuple((x, y) for y, x in found.points), tuple((x, y) for y, x in found.crossings),
        )  # fmt: skip
    if up == 0:
        return _upright(factor, triangle)
    from separatrix.dynamics.joined_arcs import joined

    return joined(Fibres(factor, triangle), step)


def _swapped(factor: fmpq_mpoly) -> fmpq_mpoly:
    return plane_polynomial({(j, i): value for (i, j), value in factor.to_dict().items()})


def _upright(factor: fmpq_mpoly, triangle: bool) -> PlaneCurve:
    """Zeros of a polynomial in x alone: lines from side to side."""
    import numpy as np

    lines, points = [], []
    for root in _roots(_in_x(factor, 0), fmpq(0), fmpq(1)):
        x = nearest(root)
        top = 1 - x if triangle else 1.0
        if top > 0:
            lines.append(np.array([[x, 0.0], [x, top]]))
        else:
            points.append((x, 0.0))
    return PlaneCurve(tuple(lines), tuple(points))


# --------------------------------------------------------------------------- zeros over places of the x axis


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
            for polynomial in polynomials if polynomial.degree() > 0
            for factor, _ in polynomial.factor()[1]
        }  # fmt: skip
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


# --------------------------------------------------------------------------- roots in one variable


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
