"""Small linear programmes over the rationals, solved exactly.

The two-phase simplex method on a dense tableau with Bland's rule (Bland 1977), which cannot cycle.  Meant
for tens of rows and columns: weights of Lyapunov functions and rays of growth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from separatrix.run.deadline import poll

__all__ = ["Optimum", "maximise"]

Row = Sequence[fmpq]


@dataclass(frozen=True)
class Optimum:
    """A best solution; ``value`` is None where the objective is unbounded (then `x` is only feasible)."""

    x: tuple[fmpq, ...]
    value: fmpq | None


def maximise(
    objective: Row,
    at_most: Sequence[tuple[Row, fmpq]] = (),
    equal: Sequence[tuple[Row, fmpq]] = (),
) -> Optimum | None:
    """Maximise a linear function over x >= 0 with rows·x <= bound and rows·x = bound.

    Returns None where no x satisfies the constraints.

    Examples
    --------
    >>> maximise([fmpq(1), fmpq(1)], [([fmpq(1), fmpq(2)], fmpq(4)), ([fmpq(3), fmpq(1)], fmpq(6))]).x
    (8/5, 6/5)
    """
    n, slack = len(objective), len(at_most)
    zero, one = fmpq(0), fmpq(1)
    rows: list[list[fmpq]] = []
    for k, (row, bound) in enumerate([*at_most, *equal]):
        full = [*row, *(one if k == j else zero for j in range(slack)), bound]
        rows.append([-v for v in full] if bound < 0 else full)
    width = n + slack
    count = len(rows)
    for k, line in enumerate(rows):  # one artificial variable a row starts the first phase
        line[-1:] = [*(one if k == j else zero for j in range(count)), line[-1]]
    basis = [width + k for k in range(count)]
    first = [zero] * width + [-one] * count
    _pivot_to_optimum(rows, basis, first, width + count)
    if any(b >= width and rows[k][-1] != 0 for k, b in enumerate(basis)):
        return None
    for k in reversed(range(count)):  # drive artificial variables out; a row without any other is void
        if basis[k] >= width:
            column = next((j for j in range(width) if rows[k][j] != 0), None)
            if column is None:
                del rows[k], basis[k]
            else:
                _pivot(rows, basis, k, column)
    rows = [[*row[:width], row[-1]] for row in rows]
    bounded = _pivot_to_optimum(rows, basis, [*objective, *([zero] * slack)], width)
    x = [zero] * width
    for k, b in enumerate(basis):
        x[b] = rows[k][-1]
    value = sum((c * v for c, v in zip(objective, x, strict=False)), zero)
    return Optimum(tuple(x[:n]), value if bounded else None)


def _pivot_to_optimum(rows: list[list[fmpq]], basis: list[int], costs: Row, width: int) -> bool:
    """Pivot until no column improves; False where the objective grows without bound."""
    reduced = list(costs)
    for k, b in enumerate(basis):
        if costs[b] != 0:
            reduced = [r - costs[b] * v for r, v in zip(reduced, rows[k], strict=False)]
    while True:
        column = next((j for j in range(width) if reduced[j] > 0), None)
        if column is None:
            return True
        limits = [(row[-1] / row[column], basis[k], k) for k, row in enumerate(rows) if row[column] > 0]
        if not limits:
            return False
        k = min(limits)[2]
        _pivot(rows, basis, k, column)
        factor = reduced[column]
        reduced = [r - factor * v for r, v in zip(reduced, rows[k], strict=False)]


def _pivot(rows: list[list[fmpq]], basis: list[int], k: int, column: int) -> None:
    factor = rows[k][column]
    rows[k] = [v / factor for v in rows[k]]
    for j, row in enumerate(rows):
        poll()
        if j != k and row[column] != 0:
            scale = row[column]
            rows[j] = [v - scale * w for v, w in zip(row, rows[k], strict=True)]
    basis[k] = column
