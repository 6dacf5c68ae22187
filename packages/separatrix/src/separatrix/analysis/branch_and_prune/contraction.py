"""Tests that drop cells without solutions, and contractions that keep all solutions of the others.

At a solution any combination of the equations is zero, so λ = λ - Σ c·f for each barycentric coordinate λ
of a cell, and the Bernstein coefficients of the right-hand side bound it.  The multipliers c are free; those
of the inverse Jacobian at the centre make the right-hand side nearly constant.  That is the interval Newton
method with preconditioning (Neumaier 1990, Interval Methods for Systems of Equations, §5.1), with the exact
range of the Bernstein form in the place of interval arithmetic.  If the bounds lie strictly inside the
cell, Brouwer's theorem gives a solution in it.

Far from solutions, where the Jacobian at the centre says little, each equation alone bounds each coordinate:
if it has one sign on a face of the cell, it keeps it up to where the first of the lines between coefficients
crosses zero (Sherbrooke and Patrikalakis 1993, Computation of the solutions of nonlinear polynomial systems,
Computer Aided Geometric Design 10, 379-405; hull consistency where payoffs are affine in each share).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.cells import UNIT, CellLayout, SearchCells, linear_part
from separatrix.exact.bernstein import Floats

__all__ = ["Bounds", "bounds", "definite", "shrunk"]

SLACK = 2.0**-48  # more than the rounding errors of a handful of additions of numbers near one


def definite(cells: SearchCells) -> NDArray[np.bool_]:
    """Return which cells hold no solution because two payoffs differ throughout."""
    result = np.zeros(len(cells), dtype=bool)
    margin = 2 * cells.margin[:, None]
    for system in cells.systems:
        flat = system.reshape(len(cells), system.shape[1], -1)
        result |= ((flat.min(axis=2) > margin) | (flat.max(axis=2) < -margin)).any(axis=1)
        for a in range(1, flat.shape[1]):
            pairs = flat[:, :a] - flat[:, a : a + 1]
            result |= ((pairs.min(axis=2) > margin) | (pairs.max(axis=2) < -margin)).any(axis=1)
    return result


@dataclass(eq=False)
class Bounds:
    """What is known of the solutions in B cells.

    Attributes
    ----------
    low, high : for each mixing population (B, k): bounds of the barycentric coordinates
    empty : (B,) whether a cell holds no solution
    solved : (B,) whether a cell certainly holds one
    """

    low: list[Floats]
    high: list[Floats]
    empty: NDArray[np.bool_]
    solved: NDArray[np.bool_]

    def close(self) -> None:
        """Use that the coordinates of a simplex are not negative and add up to one."""
        for low, high in zip(self.low, self.high, strict=True):
            self.empty |= (high < -SLACK).any(axis=1) | (low > high + SLACK).any(axis=1)
            np.clip(low, 0.0, None, out=low)
            np.clip(high, None, 1.0, out=high)
            rest = high.sum(axis=1, keepdims=True) - high
            np.maximum(low, 1.0 - rest - SLACK, out=low)
            self.empty |= (low.sum(axis=1) > 1 + SLACK) | (high.sum(axis=1) < 1 - SLACK)


def bounds(cells: SearchCells) -> Bounds:
    """Return bounds of all solutions in each cell."""
    layout = cells.layout
    count = len(cells)
    slopes = [linear_part(cells, p) for p in range(layout.count)]
    result = Bounds(
        [np.full((count, b.k), -np.inf) for b in layout.bases],
        [np.full((count, b.k), np.inf) for b in layout.bases],
        np.zeros(count, dtype=bool),
        np.ones(count, dtype=bool),
    )
    _newton(cells, slopes, result)
    for q in range(layout.count):
        result.solved &= (result.low[q] > 0).all(axis=1)
    if any(b.k > 2 for b in layout.bases):
        for p in range(layout.count):
            for q in range(layout.count):
                slope = slopes[p][q]
                if slope is not None and layout.bases[p].k >= layout.bases[q].k:
                    _block(cells, p, q, slope, result)
    for p in range(layout.count):
        for q, basis in enumerate(layout.bases):
            if layout.uses[p][q] and basis.degree == 1:
                _projection(cells, p, q, result)
    result.close()
    return result


def _projection(cells: SearchCells, p: int, q: int, result: Bounds) -> None:
    """Bounds of the shares of q, on which the equations of p depend linearly, from each of these alone.

    With a the least coefficient over the other corners and c that of corner j, at each choice of corners of
    the other populations, an equation is at least a weighted mean of the (1 - λj) a + λj c.  All a being
    positive, it is zero only where one of these is not, so λj is at least the least of the a / (a - c).
    """
    system = cells.systems[p]
    moved = np.moveaxis(system, 2 + q, 2)
    k = moved.shape[2]
    corners = moved.reshape(len(cells) * system.shape[1], k, -1)
    off = np.repeat(2 * cells.margin, system.shape[1])
    cell = np.repeat(np.arange(len(cells)), system.shape[1])
    least, most = corners.min(axis=2), corners.max(axis=2)
    for j in range(k):
        others = [i for i in range(k) if i != j]
        for sign, one_sided in ((1, least[:, others].min(axis=1)), (-1, -most[:, others].max(axis=1))):
            rows = np.nonzero(one_sided > off)[0]
            if not len(rows):
                continue
            chosen = sign * corners[rows]
            a = chosen[:, others].min(axis=1) - off[rows, None]
            c = chosen[:, j] - off[rows, None]
            bound = np.where(c < 0, a / (a - np.minimum(c, 0.0)), np.inf).min(axis=1) - SLACK
            np.maximum.at(result.low[q][:, j], cell[rows], bound)


def _newton(cells: SearchCells, slopes: list[tuple[Floats | None, ...]], result: Bounds) -> None:
    """Bounds from the inverse Jacobian of all equations by all shares."""
    layout = cells.layout
    jacobian = np.zeros((len(cells), layout.unknowns, layout.unknowns))
    for p, row in enumerate(slopes):
        for q, slope in enumerate(row):
            if slope is not None:
                jacobian[:, _span(layout, p), _span(layout, q)] = slope[..., :-1] - slope[..., -1:]
    inverse = _inverse(jacobian)
    multipliers = []
    for q, b in enumerate(layout.bases):
        rows = inverse[:, _span(layout, q)]
        if b.k > 2:  # the last coordinate is one minus the others
            rows = np.concatenate([rows, -rows.sum(axis=1, keepdims=True)], axis=1)
        multipliers.append(rows)
    every = np.concatenate(multipliers, axis=1)
    total: Floats = np.zeros((1,) * (2 + layout.count))
    for p, system in enumerate(cells.systems):
        flat = every[:, :, _span(layout, p)] @ system.reshape(len(cells), system.shape[1], -1)
        total = total + flat.reshape(len(cells), every.shape[1], *system.shape[2:])
    off = _rounding(cells, every)
    start = 0
    for q, rows in enumerate(multipliers):
        count = rows.shape[1]
        _tighten(layout, q, total[:, start : start + count], off[:, start : start + count], result)
        start += count


def _block(cells: SearchCells, p: int, q: int, slope: Floats, result: Bounds) -> None:
    """Bounds of the shares of q from the equations of p, with the other shares at the centre.

    With as many strategies each the equations, linear in these shares, fix them.  Where p plays more,
    a combination of its equations is nearly constant in them; where that is not zero the cell is empty.
    """
    layout = cells.layout
    count, equations, k = slope.shape
    size = np.abs(slope).max(axis=(1, 2))
    bordered = np.concatenate([slope, np.broadcast_to(size[:, None, None], (count, 1, k))], axis=1)
    if equations + 1 == k:
        inverse = _inverse(bordered)
    else:
        transposed = bordered.transpose(0, 2, 1)
        inverse = _inverse(transposed @ bordered) @ transposed
        right = np.zeros((count, equations + 1))
        right[:, -1] = 1.0
        rest = right - (bordered @ inverse[:, :, -1:])[..., 0]
        weights = rest[:, None, :equations] / np.maximum(np.abs(rest).max(axis=1), 1e-300)[:, None, None]
        combined = (weights @ cells.systems[p].reshape(count, equations, -1))[:, 0]
        off = _rounding(cells, weights)[:, 0]
        result.empty |= (combined.min(axis=1) > off) | (combined.max(axis=1) < -off)
    multipliers = inverse[:, :, :equations]
    flat = multipliers @ cells.systems[p].reshape(count, equations, -1)
    _tighten(
        layout, q, flat.reshape(count, k, *cells.systems[p].shape[2:]), _rounding(cells, multipliers), result
    )


def _span(layout: CellLayout, q: int) -> slice:
    return slice(layout.offsets[q], layout.offsets[q] + layout.bases[q].k - 1)


def _rounding(cells: SearchCells, multipliers: Floats) -> Floats:
    """By how much a combination of equations may be off: none of their coefficients is above one."""
    unit = cells.margin[:, None] + 2 * (cells.layout.unknowns + 6) * UNIT
    rounding: Floats = np.abs(multipliers).sum(axis=2) * unit + 8 * UNIT
    return rounding


def _tighten(layout: CellLayout, q: int, combined: Floats, off: Floats, result: Bounds) -> None:
    """Bound the coordinates of q by the range of λ minus a combination of equations for each λ."""
    rows = combined.shape[1]
    shape = [1, rows] + [1] * layout.count
    shape[2 + q] = layout.bases[q].size
    flat = (layout.bases[q].coordinates[:rows].reshape(shape) - combined).reshape(len(combined), rows, -1)
    low, high = flat.min(axis=2) - off, flat.max(axis=2) + off
    if rows == 1:
        low, high = np.concatenate([low, 1 - high], axis=1), np.concatenate([high, 1 - low], axis=1)
    np.fmax(result.low[q], low, out=result.low[q])
    np.fmin(result.high[q], high, out=result.high[q])


_NUDGE = np.random.default_rng(20181).standard_normal((64, 64))


def _inverse(matrices: Floats) -> Floats:
    """Inverses, roughly: any multipliers are right, good ones are useful."""
    size = matrices.shape[-1]
    nudge = _NUDGE[:size, :size] if size <= 64 else np.eye(size)
    try:
        inverse: Any = np.linalg.inv(matrices + 1e-14 * nudge)
    except np.linalg.LinAlgError:
        inverse = np.linalg.inv(matrices + 1e-7 * nudge)
    inverse[~np.isfinite(inverse).all(axis=(1, 2))] = 0.0
    result: Floats = inverse
    return result


def shrunk(cells: SearchCells, lowest: list[Floats]) -> SearchCells:
    """Return the cells cut down to lower bounds of their coordinates."""
    for q, low in enumerate(lowest):
        k = low.shape[1]
        rest = np.clip(1.0 - low.sum(axis=1), 0.0, None)
        cells = cells.onto(q, low[:, None, :] + rest[:, None, None] * np.eye(k))
    return cells
