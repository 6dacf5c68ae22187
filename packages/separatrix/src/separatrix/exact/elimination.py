"""Small helpers for exact linear algebra."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_mat

__all__ = ["column", "dot", "kernel", "left_kernel"]


def kernel(matrix: fmpq_mat) -> list[tuple[fmpq, ...]]:
    """Return a basis of the vectors that a matrix takes to zero; each has a one of its own.

    Examples
    --------
    >>> kernel(fmpq_mat([[1, 2], [2, 4]]))
    [(-2, 1)]
    """
    n = matrix.ncols()
    reduced, rank = matrix.rref()
    pivots = [next(j for j in range(n) if reduced[r, j] != 0) for r in range(rank)]
    basis = []
    for free in range(n):
        if free not in pivots:
            vector = [fmpq(0)] * n
            vector[free] = fmpq(1)
            for r, j in enumerate(pivots):
                vector[j] = -reduced[r, free]
            basis.append(tuple(vector))
    return basis


def left_kernel(matrix: fmpq_mat) -> list[tuple[fmpq, ...]]:
    """Return a basis of the row vectors that a matrix takes to zero from the left."""
    return kernel(matrix.transpose())


def column(matrix: fmpq_mat, k: int) -> list[fmpq]:
    """Return one column as a list."""
    return [matrix[i, k] for i in range(matrix.nrows())]


def dot(a: Sequence[fmpq], b: Sequence[fmpq]) -> fmpq:
    """Return the scalar product."""
    return sum((x * y for x, y in zip(a, b, strict=True)), fmpq(0))
