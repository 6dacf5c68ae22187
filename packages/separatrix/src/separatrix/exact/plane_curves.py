"""A plane algebraic curve over the places of one axis: its cuts, and the zeros over each.

A curve between two critical values: the graph of one branch, where it ends, and as a polyline.

All real branches of a plane algebraic curve in the unit square or the triangle.

An irreducible polynomial f(x, y) has, between neighbouring *cuts* of the x axis, the same number of zeros y
over every x, and they do not meet: cuts are the zeros of its discriminant and of its leading coefficient in
y, and the x at which the curve passes the border.  So zeros at rational x, isolated exactly, lie on arcs
whose number and order are certain; `separatrix.exact.plane_curves` joins the arcs at the cuts.

Collins, G. E. (1975), Quantifier elimination for real closed fields by cylindrical algebraic decomposition,
Lecture Notes in Computer Science 33, 134-183.
Johansson, F. (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE
Transactions on Computers 66, 1281-1292.

From the arcs of a plane curve over the stretches between its cuts to whole branches.

Near a cut the arcs show where they end, and arcs that end at the same point are joined there: at a turning
point two from the same side, elsewhere one from each. Where more than two meet, branches cross.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import Ordering, arb, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpq_poly, fmpz

from separatrix.exact.columns import CriticalValue, IrreducibleCurve, Window
from separatrix.exact.number_field import Interval, fraction, middle, real_roots
from separatrix.expression.precision import precision

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "BITS",
    "Cut",
    "Fibres",
    "PLANE",
    "PlaneCurve",
    "curves_of",
    "curve_branches",
    "limit",
    "midpoint",
    "nearest",
    "plane_curve",
    "plane_polynomial",
    "polyline",
    "refined",
]

if TYPE_CHECKING:
    Array = NDArray[np.float64]


FINE, SINGULAR = (200, 100), (1000, 600)
"""Bits for the ends of arcs, and the distance from the end, in halvings of 1.

Where a curve turns, its branches near their limit as slowly as a root of the distance.
"""

COMMON = 1 << 90

BENDING, DEEPEST, FEWEST = 1e-4, 40, 5
"""How far a polyline may stray, in sizes of the window; halvings of one step; first points inside."""


def refined(critical: CriticalValue, bits: int = FINE[0]) -> Interval:
    """Return a critical value to many digits."""
    low, high = critical.place
    if low == high:
        return critical.place
    for root in real_roots(critical.polynomial, bits):
        if root[0] <= high and low <= root[1]:
            return root
    raise ArithmeticError("a root is lost")


def limit(
    curves: Sequence[IrreducibleCurve], curve: int, branch: int, critical: CriticalValue, side: int
) -> fmpq | None:
    """Return b where a branch reaches a critical value, to more digits than floats hold; None at infinity.

    ``side`` is -1 for the branch at the left of the critical value, 1 for the one at its right.
    """
    own = curves[curve]
    bits, halvings = SINGULAR if curve in critical.singular else FINE
    low, high = refined(critical, bits)
    if own.degree == 1 and low == high:
        below = own.rows[1](low)
        return -own.rows[0](low) / below if below != 0 else None
    beside = fmpq(1, fmpz(1) << halvings)
    first, last = own.roots(low - beside if side < 0 else high + beside, bits)[branch]
    return (first + last) / 2


def polyline(
    curves: Sequence[IrreducibleCurve],
    index: int,
    branch: int,
    left: CriticalValue,
    right: CriticalValue,
    window: Window,
) -> Array:
    """Return an arc as an array (points, 2), from left to right, each point exact to rounding."""
    import numpy as np

    curve = curves[index]

    ends = []
    for critical, side in ((left, 1), (right, -1)):
        b = limit(curves, index, branch, critical, side)
        if b is None:
            raise ArithmeticError("an arc inside the window goes to infinity")
        # Rounded first to far less than a float tells, so that branches that meet have the same end.
        ends.append((middle(critical.place), float(round(fraction(b) * COMMON) / Fraction(COMMON))))
    if curve.straight:
        return np.array(ends)
    wide, high = float(fraction(window.right - window.left)), float(fraction(window.top - window.bottom))
    first, last = fraction(left.place[1]), fraction(right.place[0])

    def polyline_point(a: float) -> tuple[float, float] | None:
        exact = fmpq(*a.as_integer_ratio())
        if not first < fraction(exact) < last:
            return None
        return a, middle(curve.roots(exact, 64)[branch])

    def bend(p: tuple[float, float], q: tuple[float, float], depth: int) -> list[tuple[float, float]]:
        """The points that belong between two."""
        m = polyline_point((p[0] + q[0]) / 2)
        if m is None or depth > DEEPEST:
            return []
        px, py, qx, qy = p[0] / wide, p[1] / high, q[0] / wide, q[1] / high
        length = math.hypot(qx - px, qy - py)
        away = abs((qx - px) * (m[1] / high - py) - (qy - py) * (m[0] / wide - px)) / (length or 1.0)
        if away < BENDING and length < 0.2:
            return [m] if depth == 0 else []
        return [*bend(p, m, depth + 1), m, *bend(m, q, depth + 1)]

    start, stop = ends[0][0], ends[1][0]
    inner = (
        polyline_point(start + (stop - start) * (1 - math.cos(math.pi * k / (FEWEST + 1))) / 2)
        for k in range(1, FEWEST + 1)
    )
    points = [ends[0], *(p for p in inner if p is not None), ends[1]]
    result = [points[0]]
    for p, q in itertools.pairwise(points):
        result += [*bend(p, q, 0), q]
    return np.array(result)


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

    def zeros_over(self, x: fmpq) -> list[fmpq | arb]:
        """Return the zeros y strictly inside over a rational x that is not a cut, ascending."""
        polynomial = fmpq_poly([c(x) for c in self.coefficients])
        if self.up == 1:
            return list(_roots(polynomial, fmpq(0), self.rim(x), closed=False))
        return sorted(_simple(polynomial, fmpq(0), self.rim(x), 80), key=midpoint)

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
        inner.sort(key=lambda cut: midpoint(cut.at))
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
    yield from sorted(found, key=midpoint)


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


def midpoint(value: fmpq | arb) -> fmpq:
    """Return a number, or the middle of a ball, exactly."""
    if isinstance(value, fmpq):
        return value
    mantissa, exponent = value.mid().man_exp()
    whole, power = int(mantissa), int(exponent)
    return fmpq(whole << power) if power >= 0 else fmpq(whole, 1 << -power)


def nearest(value: fmpq | arb) -> float:
    """Return the nearest floating-point number, or one next to it."""
    exact = midpoint(value)
    return int(exact.p) / int(exact.q)


STEP = 0.02
"""How far apart neighbouring points of a line may lie."""

HIGHEST = 12
"""The degree in both variables up to which the discriminant takes seconds at most."""


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
            tuple((x, y) for y, x in found.points),
            tuple((x, y) for y, x in found.crossings),
        )
    if up == 0:
        return _upright(factor, triangle)

    return curve_branches(Fibres(factor, triangle), step)


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


# --------------------------------------------------------------------------- roots in one variable


BESIDE = fmpq(1, 1 << 400)
"""Distance from a cut at which the ends of arcs are evaluated. At a zero of multiplicity m the error is the
m-th root of that, 1e-8 for m = 15."""

SAME = 1e-8
"""Ends of arcs over a cut that are nearer than this count as one point."""

FIRST, MOST = 12, 600
"""Points on an arc to begin with, and at most."""

Node = tuple[int, int]
"""The index of a cut, and that of a point over it."""


@dataclass(frozen=True)
class BranchArc:
    """A stretch of a branch between two nodes; `places` (points, 2) begins and ends at them."""

    ends: tuple[Node, Node]
    places: Array


def curve_branches(fibres: Fibres, step: float) -> PlaneCurve:
    """Return the branches of a curve, with points at most `step` apart."""
    import numpy as np

    if fibres.is_rim:
        return PlaneCurve((np.array([[0.0, 1.0], [1.0, 0.0]]),))
    if fibres.factor.total_degree() == 1:
        step = math.inf
    cuts = fibres.cuts()
    stretches = [_stretch(fibres, a, b, step) for a, b in itertools.pairwise(cuts)]
    nodes: list[list[float]] = []
    points: list[tuple[float, float]] = []
    for k, cut in enumerate(cuts):
        ends = [arc[-1, 1] for arc in (stretches[k - 1] if k else [])]
        ends += [arc[0, 1] for arc in (stretches[k] if k < len(stretches) else [])]
        known = fibres.on_cut(cut)
        nodes.append(_distinct([_snap_to_known(float(y), known) for y in ends]))
        points += [(cut.value, y) for y in known if all(abs(y - end) > SAME for end in nodes[-1])]
    arcs = []
    for k, stretch in enumerate(stretches):
        for places in stretch:
            start, end = _nearest(nodes[k], places[0, 1]), _nearest(nodes[k + 1], places[-1, 1])
            places[0, 1], places[-1, 1] = nodes[k][start], nodes[k + 1][end]
            arcs.append(BranchArc(((k, start), (k + 1, end)), places))
    degree: dict[Node, int] = {}
    for arc in arcs:
        for node in arc.ends:
            degree[node] = degree.get(node, 0) + 1
    crossings = [(cuts[k].value, nodes[k][j]) for (k, j), count in degree.items() if count > 2]
    return PlaneCurve(tuple(_chained(arcs, degree)), tuple(points), tuple(crossings))


def _snap_to_known(y: float, known: list[float]) -> float:
    """Return the end of an arc; one that is known better, as that."""
    return next((other for other in known if abs(other - y) <= SAME), y)


def _distinct(ends: list[float]) -> list[float]:
    result: list[float] = []
    for y in sorted(ends):
        if not result or y - result[-1] > SAME:
            result.append(y)
    return result


def _nearest(values: list[float], y: float) -> int:
    return min(range(len(values)), key=lambda k: abs(values[k] - y))


# --------------------------------------------------------------------------- arcs


def _stretch(fibres: Fibres, low: Cut, high: Cut, step: float) -> list[Array]:
    """Return the arcs between two cuts, from the lowest to the highest: arrays (points, 2)."""
    import numpy as np

    a, b = midpoint(low.at), midpoint(high.at)
    width = b - a
    if not fibres.zeros_over((a + b) / 2):
        return []

    def sample(angle: float) -> tuple[float, list[float]]:
        # Where branches turn, equal angles make about equal steps along them.
        part = fmpq(*((1 - math.cos(angle)) / 2).as_integer_ratio())
        x = fmpq(*nearest(a + width * part).as_integer_ratio())  # a number that a reader can check
        if not a + BESIDE < x < b - BESIDE:
            x = a + width * part
        return nearest(x), [nearest(y) for y in fibres.zeros_over(x)]

    beside = min(BESIDE, width / 4)
    ends = [[nearest(y) for y in fibres.zeros_over(x)] for x in (a + beside, b - beside)]
    angles = [math.pi * k / FIRST for k in range(1, FIRST)] if step < math.inf else []
    found = {angle: sample(angle) for angle in angles}
    found[0.0], found[math.pi] = (low.value, ends[0]), (high.value, ends[1])
    pending = list(itertools.pairwise([0.0, *angles, math.pi]))
    while pending and len(found) < MOST:
        left, right = pending.pop()
        (x0, below), (x1, above) = found[left], found[right]
        longest = max(math.hypot(x1 - x0, q - p) for p, q in zip(below, above, strict=True))
        if longest > step and right - left > 1e-6:
            half = (left + right) / 2
            found[half] = sample(half)
            pending += [(left, half), (half, right)]
    ordered = [found[angle] for angle in sorted(found)]
    xs = np.array([x for x, _ in ordered])
    return [np.stack([xs, column], axis=-1) for column in np.array([ys for _, ys in ordered]).T]


# --------------------------------------------------------------------------- branches


def _chained(arcs: list[BranchArc], degree: dict[Node, int]) -> list[Array]:
    """Return arcs joined where exactly two meet."""
    import numpy as np

    at: dict[Node, list[int]] = {}
    for k, arc in enumerate(arcs):
        for node in arc.ends:
            at.setdefault(node, []).append(k)
    used: set[int] = set()

    def walk(first: int, start: Node) -> list[Array]:
        """Return the places of arcs from `start` on, until a branch ends."""
        parts, k, node = [], first, start
        while True:
            used.add(k)
            forward = arcs[k].ends[0] == node
            parts.append(arcs[k].places if forward else arcs[k].places[::-1])
            node = arcs[k].ends[1] if forward else arcs[k].ends[0]
            following = [other for other in at[node] if other not in used]
            if degree[node] != 2 or not following:
                return parts
            k = following[0]

    lines = []
    # Branches with ends come first; what is left are closed ones.
    starts = [(k, node) for k, arc in enumerate(arcs) for node in arc.ends if degree[node] != 2]
    starts += [(k, arc.ends[0]) for k, arc in enumerate(arcs)]
    for k, node in starts:
        if k not in used:
            parts = walk(k, node)
            lines.append(np.concatenate([parts[0], *(part[1:] for part in parts[1:])]))
    return lines
