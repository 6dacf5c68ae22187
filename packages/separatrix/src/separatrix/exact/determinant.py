"""Determinants, characteristic polynomials and kernels of matrices over the parameters."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from operator import mul
from typing import Any

from separatrix.exact.rational_functions import Ratio
from separatrix.run.deadline import poll

__all__ = ["characteristic", "determinant", "kernel", "minors"]

Rows = Sequence[Sequence[Ratio]]


def determinant(rows: Rows, one: Ratio) -> Ratio:
    """Return the determinant of a square matrix; `one` is that of the empty one.

    Laplace's expansion along the rows, each set of columns once.

    Examples
    --------
    >>> from separatrix.exact.rational_functions import Ring
    >>> ring = Ring(["a", "b"])
    >>> a, b, one = ring.variable("a"), ring.variable("b"), ring.constant(1)
    >>> determinant([[a, b], [b, a]], one).numerator
    v0^2 - v1^2
    """
    known: dict[frozenset[int], Ratio] = {frozenset(): one}
    size = len(rows)
    # Minors of the last rows first: those of k rows need those of k - 1.
    for count in range(1, size + 1):
        row = rows[size - count]
        current: dict[frozenset[int], Ratio] = {}
        for columns in itertools.combinations(range(size), count):
            total = one - one
            for place, column in enumerate(columns):
                rest = known[frozenset(columns) - {column}]
                if row[column].is_zero or rest.is_zero:
                    continue
                term = row[column] * rest
                total = total - term if place % 2 else total + term
            current[frozenset(columns)] = total
        known = current
    return known[frozenset(range(size))]


def kernel(rows: Rows, width: int, one: Ratio) -> tuple[Ratio, ...]:
    """Return the vector of signed minors, which spans the kernel of `width` - 1 rows of full rank.

    Its entries add up to the determinant of the rows with a last row of ones.
    """
    result = []
    for column in range(width):
        minor = determinant([[row[c] for c in range(width) if c != column] for row in rows], one)
        result.append(-minor if (width - 1 - column) % 2 else minor)
    return tuple(result)


def minors(rows: Rows, width: int, size: int, one: Ratio) -> Iterator[Ratio]:
    """Yield the minors of a size that are not zero identically."""
    for chosen in itertools.combinations(rows, size):
        for columns in itertools.combinations(range(width), size):
            value = determinant([[row[c] for c in columns] for row in chosen], one)
            if not value.is_zero:
                yield value


def characteristic(
    matrix: Sequence[Sequence[Any]],
    zero: Any,
    one: Any,
    times: Callable[[Any, Any], Any] = mul,
    checked: Callable[[Any], Any] = lambda value: value,
) -> list[Any]:
    """Return the coefficients of λ^(d-1), ..., λ, 1 in det(λ - matrix), by Faddeev and Le Verrier's method.

    Parameters
    ----------
    matrix : entries of any ring with the rationals in it
    zero, one : of that ring
    times : multiplies two entries
    checked : refuses entries that grow too large
    """
    size = len(matrix)
    result: list[Any] = []
    power = [[one if i == j else zero for j in range(size)] for i in range(size)]
    count = zero
    for _ in range(size):
        rows = []
        for row in matrix:
            poll()
            rows.append(
                [sum((times(v, p[j]) for v, p in zip(row, power, strict=True)), zero) for j in range(size)]
            )
        power = rows
        count = count + one
        coefficient = checked(-(sum((power[i][i] for i in range(size)), zero) / count))
        result.append(coefficient)
        power = [
            [checked(v + coefficient if i == j else v) for j, v in enumerate(row)]
            for i, row in enumerate(power)
        ]
    return result
