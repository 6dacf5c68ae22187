"""Fewer equations than free shares: whether they have zeros inside a face, and that these form a manifold.

Cells are dropped where an equation has no zero, or where the equations' Jacobian by some of the shares is
regular throughout: there the zeros, if any, are a graph over the other shares (implicit function theorem).
If all cells go, the zero set in the face is a manifold of dimension (shares - equations); that it is not
empty is shown by Krawczyk's test with the other shares held fixed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.cells import (
    SPLIT,
    UNIT,
    CellLayout,
    SearchCells,
    linear_part,
)
from separatrix.analysis.branch_and_prune.clock import Clock
from separatrix.analysis.branch_and_prune.contraction import definite
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem, Locus
from separatrix.analysis.branch_and_prune.factors import scaled_coefficients
from separatrix.analysis.branch_and_prune.krawczyk import isolate
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.exact.bernstein import Floats, bases_of
from separatrix.expression.precision import precision
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["manifold_state"]

MOST_CELLS = 20_000
LEAST = 2.0**-16  # narrower cells are given up
TRIALS = 60


def manifold_state(
    system: FaceSystem, equations: Sequence[fmpq_mpoly], clock: Clock
) -> CertifiedRoot | str | None:
    """Return a state of the zero set, None if that is empty inside the face, or why neither is certain."""
    poll()
    bases = bases_of(system.spans, equations)
    pending = SearchCells.whole(
        CellLayout(bases, ((True,) * len(bases),)),
        [scaled_coefficients(system.spans, bases, equations)[None]],
    )
    count = trials = 0
    found: CertifiedRoot | None = None
    touched = False
    while len(pending):
        count += len(pending)
        if clock.stopped:
            return say("the budget of time ran out")
        if count > MOST_CELLS or float(pending.width.min()) < LEAST:
            return say("equations that are degenerate at some of their common zeros")
        left = pending.take(~definite(pending))
        if not len(left):
            break
        regular, pivots = _regular(left, len(equations))
        for k in np.nonzero(regular)[0]:
            touched = True
            if found is None and trials < TRIALS:
                trials += 1
                found = _on_slice(system, equations, left, int(k), pivots[k].tolist())
        pending = left.take(~regular)
        if len(pending):
            pending = pending.halves(SPLIT)
    if found is None and touched:
        return say("it is not certain whether some equations have a common zero inside")
    return found


def _regular(cells: SearchCells, count: int) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return where the Jacobian by some shares is regular on the whole cell, and these shares."""
    layout = cells.layout
    slopes = [s for s in linear_part(cells, 0) if s is not None]
    jacobian = np.concatenate([s[..., :-1] - s[..., -1:] for s in slopes], axis=2)
    pivots = _columns(jacobian)
    square = np.take_along_axis(jacobian, pivots[:, None, :], axis=2)
    regular = np.linalg.cond(square) <= 1e8
    (asked,) = np.nonzero(regular)
    if not len(asked):
        return regular, pivots
    inverse = np.linalg.inv(square[asked])
    rounding = 4 * max(b.degree for b in layout.bases) * (cells.margin[asked] + 8 * count * UNIT)
    off = np.abs(inverse).sum(axis=2) * rounding.reshape(len(asked), -1)
    worst = np.zeros(len(asked))
    for column, slope in enumerate(_derivatives(cells)):
        for m in range(count):
            (at,) = np.nonzero(pivots[asked, m] == column)
            if not len(at):
                continue
            flat = inverse[at] @ slope[asked[at]].reshape(len(at), count, -1)
            gap = np.abs(flat - np.eye(count)[:, m : m + 1]).max(axis=2) + off[at]
            worst[at] += gap.max(axis=1)
    regular[asked] = worst < 1
    return regular, pivots


def _columns(jacobian: Floats) -> NDArray[np.intp]:
    """Columns that are far from dependent, (B, equation), by elimination with the largest pivot."""
    rest = jacobian.copy()
    cells, count, shares = rest.shape
    each = np.arange(cells)
    chosen = np.empty((cells, count), dtype=np.intp)
    free = np.ones((cells, shares), dtype=bool)
    for m in range(count):
        size = np.where(free[:, None, :], np.abs(rest), -1.0)  # where all is zero, the first free share
        row, column = np.divmod(size.reshape(cells, -1).argmax(axis=1), shares)
        chosen[:, m] = column
        free[each, column] = False
        pivot = rest[each, row, column]
        ratio = rest[each, :, column] / np.where(pivot == 0, 1.0, pivot)[:, None]
        rest = rest - ratio[:, :, None] * rest[each, row][:, None, :]
        rest[each, row] = 0.0
        rest[each, :, column] = 0.0
    return chosen


def _derivatives(cells: SearchCells) -> list[Floats]:
    """The coefficients of the derivatives by each free share of the cells, as arrays (B, equation, ...)."""
    (system,) = cells.systems
    result = []
    for q, b in enumerate(cells.layout.bases):
        moved = np.moveaxis(system, 2 + q, -1)
        for i in range(b.k - 1):
            if not b.degree:
                result.append(np.zeros_like(moved))
                continue
            first, second = b.along[i, b.k - 1]
            result.append(b.degree * (moved[..., first] - moved[..., second]))
    return result


def _on_slice(
    system: FaceSystem, equations: Sequence[fmpq_mpoly], cells: SearchCells, k: int, pivots: list[int]
) -> CertifiedRoot | None:
    """A zero inside the face where the shares that are no pivots stay at the cell's centre."""
    generators = system.field.ring.context.gens()
    centre = [float(x) for c in cells.middle(k) for x in c[:-1]]
    held = [n for n in range(len(centre)) if n not in pivots]
    fixed = [generators[system.variables[n]] - fmpq(*centre[n].as_integer_ratio()) for n in held]
    square = Locus(system, (*equations, *fixed))
    radius = [float(cells.width[k])] * len(centre)
    for scale in (1.0, 0.25, 2.0**-6):
        start = _newton(square, centre)
        balls = isolate(square, start, [r * scale for r in radius])
        if balls is not None:
            box = [arb(x, r * scale) for x, r in zip(start, radius, strict=True)]
            root = CertifiedRoot(square, box, balls)
            return root if root.place == "inside" else None
    return None


@precision()
def _newton(locus: Locus, start: list[float]) -> list[float]:
    """A few steps of Newton's method."""
    point = [arb(x) for x in start]
    for _ in range(20):
        try:
            step = locus.jacobian(point).mid().solve(arb_mat([[v] for v in locus.values(point)]))
        except ZeroDivisionError:
            break
        point = [(x - step[i, 0]).mid() for i, x in enumerate(point)]
        if all(abs(float(step[i, 0].mid())) < 1e-14 for i in range(len(point))):
            break
        if any(not abs(float(x.mid())) < 10 for x in point):
            return start
    return [float(x.mid()) for x in point]
