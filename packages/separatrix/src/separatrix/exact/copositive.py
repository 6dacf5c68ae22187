"""Exact copositivity of a rational quadratic form on a cone R^p × R^q with q coordinates not negative.

The free coordinates are minimised out (Schur complements).  For the rest: a symmetric matrix A takes
negative values on the orthant exactly if some principal submatrix B has a solution y > 0 of B·y = -(1,…,1)
(y is a scaled minimiser of the form on the simplex, Motzkin & Straus 1965; a support on which B is
singular can be made smaller).  It takes the value zero, and no negative one, exactly if some B has a
kernel vector y > 0 besides.  Hadeler (1983) gives the same conditions in determinants.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flint import fmpq, fmpq_mat

from separatrix.run.deadline import poll

__all__ = ["Copositivity", "copositivity", "value_at"]

Vector = tuple[fmpq, ...]


@dataclass(frozen=True)
class Copositivity:
    """Whether a form is positive on the cone, at least not negative, or neither.

    ``witness`` is a vector of the cone: with a negative value for ``"no"``, a non-zero one with the value
    zero for ``"weak"``, None for ``"strict"``.
    """

    kind: Literal["strict", "weak", "no"]
    witness: Vector | None = None

    def __bool__(self) -> bool:
        return self.kind != "no"


def value_at(matrix: fmpq_mat, x: Sequence[fmpq]) -> fmpq:
    """Return x^T A x."""
    n = len(x)
    return sum((matrix[i, j] * x[i] * x[j] for i in range(n) for j in range(n) if x[i] and x[j]), fmpq(0))


def copositivity(matrix: fmpq_mat, free: int = 0) -> Copositivity:
    """Decide the sign of x^T A x where all but the first `free` entries of x are at least zero.

    Parameters
    ----------
    matrix : (n, n), symmetric
    free : how many leading coordinates may have either sign

    Examples
    --------
    >>> copositivity(fmpq_mat([[1, -1], [-1, 1]])).kind  # (x - y)²
    'weak'
    >>> copositivity(fmpq_mat([[1, -1], [-1, 2]])).kind
    'strict'
    >>> copositivity(fmpq_mat([[0, -1], [-1, 2]])).kind
    'no'
    """
    n = matrix.nrows()
    form = [[matrix[i, j] for j in range(n)] for i in range(n)]
    basis: list[list[fmpq]] = [[fmpq(int(i == j)) for j in range(n)] for i in range(n)]
    null: Vector | None = None
    pending = list(range(free))
    rest = list(range(free, n))
    while pending:
        pivot = next((i for i in pending if form[i][i] != 0), None)
        if pivot is None:
            found = _flat(form, basis, pending, rest)
            if found is not None:
                return Copositivity("no", found)
            null = tuple(basis[pending[0]])
            break
        if form[pivot][pivot] < 0:
            return Copositivity("no", tuple(basis[pivot]))
        pending.remove(pivot)
        _eliminate(form, basis, pivot, pending + rest)
    orthant = _on_orthant([[form[i][j] for j in rest] for i in rest])
    if orthant.witness is not None:
        lifted = tuple(
            sum((y * basis[i][k] for y, i in zip(orthant.witness, rest, strict=True)), fmpq(0))
            for k in range(n)
        )
        return Copositivity(orthant.kind, lifted)
    return Copositivity("strict") if null is None else Copositivity("weak", null)


def _eliminate(form: list[list[fmpq]], basis: list[list[fmpq]], pivot: int, others: list[int]) -> None:
    """Give coordinate `pivot` the value that minimises the form, as a function of the others."""
    row = form[pivot]
    poll()
    factors = {j: row[j] / row[pivot] for j in others if row[j] != 0}
    for j, factor in factors.items():
        basis[j] = [v - factor * w for v, w in zip(basis[j], basis[pivot], strict=True)]
        for k in others:
            form[j][k] -= factor * row[k]


def _flat(
    form: list[list[fmpq]], basis: list[list[fmpq]], pending: list[int], rest: list[int]
) -> Vector | None:
    """A vector with a negative value, where the form vanishes on every free coordinate's axis."""
    for i in pending:
        for j in (*pending, *rest):
            slope = form[i][j]
            if j != i and slope != 0:
                # (t·e_i + e_j) has the value 2·t·slope + form[j][j].
                t = -(abs(form[j][j]) + 1) / (2 * slope)
                return tuple(t * v + w for v, w in zip(basis[i], basis[j], strict=True))
    return None


def _on_orthant(form: list[list[fmpq]]) -> Copositivity:
    size = len(form)
    null: Vector | None = None
    for part in _parts(form, _reduced(form)):
        result = _connected([[form[i][j] for j in part] for i in part])
        if result.witness is None:
            continue
        lifted = [fmpq(0)] * size
        for i, y in zip(part, result.witness, strict=True):
            lifted[i] = y
        if result.kind == "no":
            return Copositivity("no", tuple(lifted))
        null = tuple(lifted)
    for i in range(size):
        if form[i][i] == 0 and null is None:
            null = tuple(fmpq(int(i == j)) for j in range(size))
    return Copositivity("strict") if null is None else Copositivity("weak", null)


def _reduced(form: list[list[fmpq]]) -> list[int]:
    """The indices left after dropping, again and again, those with no negative entry."""
    kept = list(range(len(form)))
    while True:
        smaller = [i for i in kept if any(form[i][j] < 0 for j in kept)]
        if len(smaller) == len(kept):
            return kept
        kept = smaller


def _parts(form: list[list[fmpq]], kept: list[int]) -> Iterator[list[int]]:
    """The connected components of the graph of negative entries: the form is copositive as they are."""
    left = set(kept)
    while left:
        part, front = set(), {min(left)}
        while front:
            part |= front
            front = {j for i in front for j in left if form[i][j] < 0} - part
        left -= part
        yield sorted(part)


def _connected(form: list[list[fmpq]]) -> Copositivity:
    size = len(form)
    for i in range(size):
        if form[i][i] < 0:
            return Copositivity("no", tuple(fmpq(int(i == j)) for j in range(size)))
    if _definite(form):
        return Copositivity("strict")
    null: Vector | None = None
    for count in range(1, size + 1):
        for part in itertools.combinations(range(size), count):
            poll()
            matrix = fmpq_mat([[form[i][j] for j in part] for i in part])
            reduced, rank = matrix.rref()
            if rank == count:
                column = matrix.solve(fmpq_mat([[-1]] * count))
                found = [column[k, 0] for k in range(count)]
                negative = True
            elif rank == count - 1 and null is None:
                found = _kernel(reduced, count)
                negative = False
            else:
                continue
            if all(v > 0 for v in found):
                lifted = [fmpq(0)] * size
                for i, v in zip(part, found, strict=True):
                    lifted[i] = v
                if negative:
                    return Copositivity("no", tuple(lifted))
                null = tuple(lifted)
    return Copositivity("strict") if null is None else Copositivity("weak", null)


def _definite(form: list[list[fmpq]]) -> bool:
    """Whether the form is positive everywhere but at zero, by elimination: then no submatrix is needed."""
    rows = [list(row) for row in form]
    for k in range(len(rows)):
        poll()
        if rows[k][k] <= 0:
            return False
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            if factor != 0:
                rows[i] = [v - factor * w for v, w in zip(rows[i], rows[k], strict=True)]
    return True


def _kernel(reduced: fmpq_mat, size: int) -> list[fmpq]:
    """The kernel vector, its entry in the one free column 1, of a row-reduced matrix of rank size - 1."""
    pivots = [next(j for j in range(size) if reduced[r, j] != 0) for r in range(size - 1)]
    column = next(j for j in range(size) if j not in pivots)
    vector = [fmpq(0)] * size
    vector[column] = fmpq(1)
    for r, j in enumerate(pivots):
        vector[j] = -reduced[r, column]
    return vector
