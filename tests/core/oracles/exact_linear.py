"""Linear equations over the rationals, by fraction-free elimination on integers.

Reference: Bareiss, E. H. (1968), Sylvester's identity and multistep integer-preserving Gaussian
elimination, Mathematics of Computation 22, 565-578.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Solution", "solve"]


@dataclass(frozen=True)
class Solution:
    """All solutions: one of them, which has the free unknowns zero, and how many unknowns are free."""

    point: tuple[Fraction, ...]
    free: int


def solve(rows: Sequence[Sequence[int | Fraction]], unknowns: int) -> Solution | None:
    """Return the solutions of ``rows`` (coefficients, then the right-hand side), or None if it has none."""
    matrix = [_whole(row) for row in rows]
    pivots: list[int] = []
    done = 0
    for column in range(unknowns):
        found = next((r for r in range(done, len(matrix)) if matrix[r][column]), None)
        if found is None:
            continue
        matrix[done], matrix[found] = matrix[found], matrix[done]
        top = matrix[done]
        pivot = top[column]
        for r, row in enumerate(matrix):
            factor = row[column]
            if r != done and factor:
                shared = math.gcd(pivot, factor)
                p, f = pivot // shared, factor // shared
                new = [p * v - f * t for v, t in zip(row, top, strict=True)]
                common = math.gcd(*new)
                matrix[r] = [v // common for v in new] if common > 1 else new
        pivots.append(column)
        done += 1
    if any(row[unknowns] for row in matrix[done:]):
        return None
    point = [Fraction(0)] * unknowns
    for row, column in zip(matrix, pivots, strict=False):
        point[column] = Fraction(row[unknowns], row[column])
    return Solution(tuple(point), unknowns - len(pivots))


def _whole(row: Sequence[int | Fraction]) -> list[int]:
    scale = math.lcm(*(Fraction(v).denominator for v in row))
    return [int(Fraction(v) * scale) for v in row]
