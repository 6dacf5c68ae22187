"""Exact copositivity of a rational quadratic form on a cone R^p × R^q with q coordinates not negative.

The free coordinates are minimised out (Schur complements).  For the rest: a symmetric matrix A takes
negative values on the orthant exactly if some principal submatrix B has a solution y > 0 of B·y = -(1,…,1)
(y is a scaled minimiser of the form on the simplex, Motzkin & Straus 1965; a support on which B is
singular can be made smaller).  It takes the value zero, and no negative one, exactly if some B has a
kernel vector y > 0 besides.  Hadeler (1983) gives the same conditions in determinants.

Small helpers for exact linear algebra.

Small linear programmes over the rationals, solved exactly.

The two-phase simplex method on a dense tableau with Bland's rule (Bland 1977), which cannot cycle.  Meant
for tens of rows and columns: weights of Lyapunov functions and rays of growth.

Positive weights under which a sum of quadratic forms is copositive, found exactly or not at all.

Cutting planes (Kelley 1960): where the form with the current weights is negative at a vector x of the cone,
every suitable choice of weights satisfies Σ θ_k·P_k(x) >= 0.  The next weights are the centre of the region
that the cuts leave; cuts that hold with equality only, as zero-sum games force them, are kept as equations.
Vectors and centres are rounded to short fractions, which keeps numbers small and every step exact.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from flint import fmpq, fmpq_mat

from separatrix.run.limits import poll

__all__ = [
    "Copositivity",
    "Optimum",
    "Weighted",
    "column",
    "copositive_weights",
    "copositivity",
    "dot",
    "kernel",
    "left_kernel",
    "maximise",
    "value_at",
    "weighted_sum",
]

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


ROUNDS = 16


@dataclass(frozen=True)
class Weighted:
    """Weights, the form they give, and whether that is strictly copositive."""

    weights: Vector
    form: fmpq_mat
    copositivity: Copositivity


def weighted_sum(forms: Sequence[fmpq_mat], weights: Sequence[fmpq]) -> fmpq_mat:
    """Return Σ θ_k·P_k."""
    total = forms[0] * weights[0]
    for form, weight in zip(forms[1:], weights[1:], strict=True):
        total = total + form * weight
    return total


def copositive_weights(forms: Sequence[fmpq_mat], free: int) -> Weighted | None:
    """Return weights θ > 0 with Σ θ_k·P_k copositive on R^free × R^q_+, strictly so where found.

    Parameters
    ----------
    forms : symmetric (n, n) matrices P_k
    free : how many leading coordinates may have either sign

    Returns None where there are none, or none was found in a fixed number of rounds.

    Examples
    --------
    >>> saddle, bowl = fmpq_mat([[1, 0], [0, -1]]), fmpq_mat([[0, 0], [0, 1]])
    >>> copositive_weights([saddle, bowl], 2).copositivity.kind
    'strict'
    """
    cuts: list[Vector] = []
    weak: Weighted | None = None
    for _ in range(ROUNDS):
        weights = _centre(len(forms), cuts)
        if weights is None:
            return weak
        form = weighted_sum(forms, weights)
        answer = copositivity(form, free)
        x = answer.witness
        if x is None:  # strictly copositive
            return Weighted(weights, form, answer)
        if answer.kind == "weak":
            weak = Weighted(weights, form, answer)
        else:
            x = _rounded(x, partial(_negative, form), free)
        cut = _primitive([value_at(f, x) for f in forms])
        if not any(c > 0 for c in cut) and (weak is not None or any(cut)):
            return weak  # no weights make the value at x positive
        if cut in cuts:
            return weak
        cuts.append(cut)
    return weak


def _negative(form: fmpq_mat, x: Vector) -> bool:
    return value_at(form, x) < 0


def _rounded(x: Vector, accept: Callable[[Vector], bool], free: int) -> Vector:
    """A vector of short fractions near a multiple of x that is still accepted."""
    size = max(abs(v) for v in x)
    for bits in (3, 6, 12, 24):
        scaled = [v / size * (1 << bits) for v in x]
        near = tuple(fmpq((2 * int(v.p) + int(v.q)) // (2 * int(v.q)), 1 << bits) for v in scaled)
        if all(v >= 0 for v in near[free:]) and accept(near):
            return near
    return x


def _primitive(row: Sequence[fmpq]) -> Vector:
    """The multiple of a row whose entries are whole and without common factor."""
    below = math.lcm(*(int(v.q) for v in row))
    whole = [int(v.p) * (below // int(v.q)) for v in row]
    factor = math.gcd(*whole) or 1
    return tuple(fmpq(v // factor) for v in whole)


def _centre(count: int, cuts: Sequence[Vector]) -> Vector | None:
    """A point well inside {θ > 0, cuts·θ >= 0}, as far as that set has an inside."""
    if not cuts:
        return (fmpq(1),) * count
    deep = _deepest(count, cuts, frozenset())
    if deep is None:
        forced = _forced(count, cuts)
        return None if forced is None else _deepest(count, cuts, forced)
    return _rounded(
        deep,
        lambda y: (
            all(v > 0 for v in y)
            and all(sum((c * v for c, v in zip(cut, y, strict=True)), fmpq(0)) > 0 for cut in cuts)
        ),
        0,
    )


def _deepest(count: int, cuts: Sequence[Vector], forced: frozenset[int]) -> Vector | None:
    """The centre of a largest ball of the region; the cuts in `forced` are equations."""
    # maximise t over θ = t + φ, φ >= 0, Σ θ = 1, cut·θ >= t·|cut|
    one = fmpq(1)
    at_most, equal = [], [([one] * count + [fmpq(count)], one)]
    for k, cut in enumerate(cuts):
        total = sum(cut, fmpq(0))
        if k in forced:
            equal.append(([*cut, total], fmpq(0)))
        else:
            size = sum((abs(c) for c in cut), fmpq(0))
            at_most.append(([*(-c for c in cut), size - total], fmpq(0)))
    best = maximise([*([fmpq(0)] * count), one], at_most, equal)
    if best is None or best.x[count] <= 0:
        return None
    return tuple(v + best.x[count] for v in best.x[:count])


def _forced(count: int, cuts: Sequence[Vector]) -> frozenset[int] | None:
    """The cuts that hold with equality for all θ > 0 that satisfy them all; None where there is no θ."""
    # θ = 1 + φ by homogeneity; each slack s_k in [0, 1] with cut·θ >= s_k; together as large as can be.
    zero, one = fmpq(0), fmpq(1)
    at_most = []
    for k, cut in enumerate(cuts):
        slack = [one if j == k else zero for j in range(len(cuts))]
        at_most.append(([*(-c for c in cut), *slack], sum(cut, zero)))
        at_most.append(([zero] * count + slack, one))
    best = maximise([zero] * count + [one] * len(cuts), at_most)
    if best is None:
        return None
    return frozenset(k for k in range(len(cuts)) if best.x[count + k] == 0)
