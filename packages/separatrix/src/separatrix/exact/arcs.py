"""A curve between two critical values: the graph of one branch, where it ends, and as a polyline."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq, fmpz

from separatrix.exact.columns import CriticalValue, Window
from separatrix.exact.curve import IrreducibleCurve
from separatrix.exact.root_isolation import Interval, fraction, middle, real_roots

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["limit", "polyline", "refined"]

FINE, SINGULAR = (200, 100), (1000, 600)
"""Bits with which ends of arcs are worked out, and how near to the end, in halvings of 1.

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

    def at(a: float) -> tuple[float, float] | None:
        exact = fmpq(*a.as_integer_ratio())
        if not first < fraction(exact) < last:
            return None
        return a, middle(curve.roots(exact, 64)[branch])

    def bend(p: tuple[float, float], q: tuple[float, float], depth: int) -> list[tuple[float, float]]:
        """The points that belong between two."""
        m = at((p[0] + q[0]) / 2)
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
        at(start + (stop - start) * (1 - math.cos(math.pi * k / (FEWEST + 1))) / 2)
        for k in range(1, FEWEST + 1)
    )
    points = [ends[0], *(p for p in inner if p is not None), ends[1]]
    result = [points[0]]
    for p, q in itertools.pairwise(points):
        result += [*bend(p, q, 0), q]
    return np.array(result)
