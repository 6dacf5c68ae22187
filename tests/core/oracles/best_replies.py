"""The Nash equilibria of two players by brute force: every system of labels, every set of partners.

A vertex of the polytope {x >= 0, x·B <= 1} is fixed by as many of its inequalities as x has entries.  Slow,
and nothing in it is shared with the package: von Stengel, B. (2002), Handbook of Game Theory 3, section 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from core.oracles.exact_linear import solve

__all__ = ["Mixed", "maximal_nash_subsets"]

Matrix = Sequence[Sequence[Fraction]]
Mixed = tuple[Fraction, ...]


def maximal_nash_subsets(first: Matrix, second: Matrix) -> set[tuple[frozenset[Mixed], frozenset[Mixed]]]:
    """Return the corners of both factors of every maximal Nash subset.

    Parameters
    ----------
    first, second : payoffs; rows are strategies of the first player, columns of the second one
    """
    turned = [list(column) for column in zip(*first, strict=True)]
    xs, ys = _vertices(second), _vertices(turned)
    edges = {(x, y) for x in xs for y in ys if _equilibrium(first, second, x, y)}
    left = sorted({x for x, _ in edges})
    found = set()
    for count in range(1, len(left) + 1):
        for chosen in itertools.combinations(left, count):
            partners = frozenset(y for y in ys if all((x, y) in edges for x in chosen))
            if partners:
                whole = frozenset(x for x in left if all((x, y) in edges for y in partners))
                if len(whole) == count:
                    found.add((whole, partners))
    return found


def _vertices(replies: Matrix) -> set[Mixed]:
    """Mixed strategies of the rows at which the columns hold as many best replies as possible."""
    rows, columns = len(replies), len(replies[0])
    least = min(min(row) for row in replies)
    zeros = [[Fraction(int(a == b)) for b in range(rows)] + [Fraction(0)] for a in range(rows)]
    tight = [[replies[a][b] - least + 1 for a in range(rows)] + [Fraction(1)] for b in range(columns)]
    found = set()
    for labels in itertools.combinations([*zeros, *tight], rows):
        solution = solve(list(labels), rows)
        if solution is None or solution.free:
            continue
        x = tuple(solution.point)
        if any(x) and min(x) >= 0 and all(_dot(row, x) <= 1 for row in tight):
            found.add(tuple(v / sum(x) for v in x))
    return found


def _dot(row: Sequence[Fraction], x: Sequence[Fraction]) -> Fraction:
    return sum((r * v for r, v in zip(row, x, strict=False)), Fraction(0))


def _equilibrium(first: Matrix, second: Matrix, x: Mixed, y: Mixed) -> bool:
    mine = [_dot(row, y) for row in first]
    theirs = [_dot(column, x) for column in zip(*second, strict=True)]
    return all(v == max(mine) for v, s in zip(mine, x, strict=True) if s) and all(
        v == max(theirs) for v, s in zip(theirs, y, strict=True) if s
    )
