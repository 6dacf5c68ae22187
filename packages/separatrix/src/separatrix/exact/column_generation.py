"""Linear programmes over the rationals with few rows and very many columns, solved exactly.

The revised simplex method on the inverse of the basis: a function finds the column that improves most, so
that columns need not be listed (Gilmore & Gomory 1961).  Ties of the ratio test are broken
lexicographically, so that it cannot cycle whichever column is chosen (Dantzig, Orden & Wolfe 1955).

References
----------
Gilmore, P. C. & Gomory, R. E. (1961). A linear programming approach to the cutting-stock problem.
Operations Research 9, 849–859.
Dantzig, G. B., Orden, A. & Wolfe, P. (1955). The generalized simplex method for minimizing a linear form
under linear inequality restraints. Pacific J. Math. 5, 183–195.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from separatrix.exact.elimination import dot
from separatrix.run.deadline import poll

__all__ = ["PricedColumn", "PricedOptimum", "maximise_by_columns"]


@dataclass(frozen=True)
class PricedColumn:
    """One variable: what it is called, its entries in all rows, and its part in the objective."""

    key: int
    entries: tuple[fmpq, ...]
    worth: fmpq


@dataclass(frozen=True)
class PricedOptimum:
    """A best solution and its proof.

    Attributes
    ----------
    prices : tuple of fmpq
        Of the rows: the solution of the dual programme.
    columns : tuple of PricedColumn
        The basis.
    weights : tuple of fmpq
        Of these columns; those of all others are 0.
    value : fmpq
    """

    prices: tuple[fmpq, ...]
    columns: tuple[PricedColumn, ...]
    weights: tuple[fmpq, ...]
    value: fmpq


def maximise_by_columns(
    start: Sequence[PricedColumn],
    bound: Sequence[fmpq],
    improving: Callable[[Sequence[fmpq]], PricedColumn | None],
    free: int = 0,
) -> PricedOptimum:
    """Maximise worth·w over weights w >= 0 of columns with sum of w·entries = bound.

    Parameters
    ----------
    start : sequence of PricedColumn
        As many independent columns as rows; the bound is a sum of them with weights of 0 or more.
    bound : sequence of fmpq
    improving : callable
        Takes prices of the rows; returns a column that is worth more than its entries at these prices, best
        the one with most more, or None where there is none.
    free : int
        So many columns at the beginning of `start` may have weights of any sign.

    Returns
    -------
    PricedOptimum

    Raises
    ------
    ArithmeticError
        Where the objective grows without bound.

    Examples
    --------
    >>> one = [PricedColumn(0, (fmpq(1),), fmpq(2)), PricedColumn(1, (fmpq(2),), fmpq(5))]
    >>> better = lambda prices: one[1] if one[1].worth > prices[0] * 2 else None
    >>> maximise_by_columns(one[:1], [fmpq(6)], better).value
    15
    """
    rows = len(bound)
    basis = list(start)
    first = fmpq_mat([[basis[j].entries[i] for j in range(rows)] for i in range(rows)])
    inverse = [list(row) for row in first.inv().tolist()]
    weights = [dot(row, bound) for row in inverse]
    columns_of_first = [[first[i, j] for i in range(rows)] for j in range(free, rows)]
    while True:
        poll()
        prices = [
            sum((basis[i].worth * inverse[i][j] for i in range(rows) if basis[i].worth != 0), fmpq(0))
            for j in range(rows)
        ]
        entering = improving(prices)
        if entering is None:
            value = sum((c.worth * w for c, w in zip(basis, weights, strict=True)), fmpq(0))
            return PricedOptimum(tuple(prices), tuple(basis), tuple(weights), value)
        step = [dot(row, entering.entries) for row in inverse]
        leaving = _leaving(step, weights, inverse, columns_of_first, free)
        if leaving is None:
            raise ArithmeticError("the objective grows without bound")
        pivot = step[leaving]
        inverse[leaving] = [v / pivot for v in inverse[leaving]]
        weights[leaving] /= pivot
        for i in range(rows):
            if i != leaving and step[i] != 0:
                factor = step[i]
                inverse[i] = [v - factor * u for v, u in zip(inverse[i], inverse[leaving], strict=True)]
                weights[i] -= factor * weights[leaving]
        basis[leaving] = entering


def _leaving(
    step: Sequence[fmpq],
    weights: Sequence[fmpq],
    inverse: Sequence[Sequence[fmpq]],
    columns: Sequence[Sequence[fmpq]],
    free: int,
) -> int | None:
    """Return the row that reaches zero first; of several, the lexicographically least one.

    Were the bound moved by small multiples of the first basis, each smaller than the one before, no two rows
    would reach zero together: the multiples are the entries of the inverse times the first basis.
    """
    limiting = [i for i in range(free, len(step)) if step[i] > 0]
    if not limiting:
        return None
    least = min(weights[i] / step[i] for i in limiting)
    tied = [i for i in limiting if weights[i] / step[i] == least]
    for one in columns:
        if len(tied) == 1:
            break
        moved = {i: dot(inverse[i], one) / step[i] for i in tied}
        least = min(moved.values())
        tied = [i for i in tied if moved[i] == least]
    return tied[0]
