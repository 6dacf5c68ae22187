"""Cells: products of small simplices in the faces, with the equations' Bernstein coefficients on each.

All numbers are floats, and every statement about them holds for the exact equations: each coefficient is
known up to `margin`, which grows with every operation on the cell. A cell's corners are, by definition, the
given exact convex combinations; so the parts of a cell cover it exactly.

Tests that drop cells without solutions, and contractions that keep all solutions of the others.

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

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.faces import FaceFamily, Integers
from separatrix.exact.bernstein import Basis, Floats
from separatrix.run.cached_property import cached_property

__all__ = [
    "Bounds",
    "CellLayout",
    "SPLIT",
    "SearchCells",
    "bounds",
    "cells_of",
    "definite",
    "layout_of",
    "linear_part",
    "shrunk",
]

SPLIT = 0.4837  # off the middle, where textbook payoffs put their zeros
UNIT = 2.0**-53


@dataclass(frozen=True)
class CellLayout:
    """What the cells of a batch share; families of faces may share it too.

    Attributes
    ----------
    bases : for each mixing population the basis on its simplex
    uses : whether the equations of the first mixing population depend on the second one's shares
    """

    bases: tuple[Basis, ...]
    uses: tuple[tuple[bool, ...], ...]

    @property
    def count(self) -> int:
        """The number of mixing populations."""
        return len(self.bases)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each population's equations, and its free shares, start among all of them."""
        return tuple(sum(b.k for b in self.bases[:q]) - q for q in range(self.count))

    @cached_property
    def unknowns(self) -> int:
        """The number of free shares, which is that of the equations."""
        return sum(b.k - 1 for b in self.bases)

    @cached_property
    def step(self) -> float:
        """By how much a coefficient may be off after one more operation along one axis.

        A new coefficient is a convex combination of old ones, none larger than one; its weights are
        products of at most `degree` numbers.
        """
        return max(2 * b.size + 4 * b.degree + 4 for b in self.bases) * UNIT

    @cached_property
    def edges(self) -> tuple[tuple[int, int, int], ...]:
        """All edges: a population and two corners of its simplex."""
        return tuple(
            (q, i, j) for q, b in enumerate(self.bases) for i, j in itertools.combinations(range(b.k), 2)
        )


@dataclass(frozen=True, eq=False)
class SearchCells:
    """A batch of B cells.

    Attributes
    ----------
    layout : what they share
    systems : for each mixing population its equations, (B, k-1, coefficients along each axis)
    corners : for each mixing population (B, k, k): the corners' shares among the played strategies
    face : (B,) number of the face
    steps : (B,) operations so far
    """

    layout: CellLayout
    systems: tuple[Floats, ...]
    corners: tuple[Floats, ...]
    face: NDArray[np.int64]
    steps: Floats

    @staticmethod
    def whole(layout: CellLayout, systems: Sequence[Floats], numbers: Sequence[int] = (0,)) -> SearchCells:
        """Return whole faces as cells, for each its equations and a number."""
        corners = (np.broadcast_to(np.eye(b.k), (len(numbers), b.k, b.k)).copy() for b in layout.bases)
        faces = np.asarray(numbers, dtype=np.int64)
        return SearchCells(layout, tuple(systems), tuple(corners), faces, np.zeros(len(faces)))

    def __len__(self) -> int:
        return len(self.face)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64] | slice) -> SearchCells:
        """Return some of the cells."""
        return SearchCells(
            self.layout,
            tuple(s[which] for s in self.systems),
            tuple(c[which] for c in self.corners),
            self.face[which],
            self.steps[which],
        )

    @staticmethod
    def concatenate(parts: Sequence[SearchCells]) -> SearchCells:
        """Return all cells of one or more batches."""
        if len(parts) == 1:
            return parts[0]
        first = parts[0]
        return SearchCells(
            first.layout,
            tuple(np.concatenate(s) for s in zip(*(p.systems for p in parts), strict=True)),
            tuple(np.concatenate(c) for c in zip(*(p.corners for p in parts), strict=True)),
            np.concatenate([p.face for p in parts]),
            np.concatenate([p.steps for p in parts]),
        )

    @property
    def margin(self) -> Floats:
        """(B,): by how much a coefficient may be off."""
        return (self.steps + 1) * self.layout.step

    @property
    def width(self) -> Floats:
        """(B,): the largest extent in any share."""
        extents: list[Floats] = [c.max(axis=1) - c.min(axis=1) for c in self.corners]
        widest: Floats = np.stack([extent.max(axis=1) for extent in extents]).max(axis=0)
        return widest

    def middle(self, which: int) -> tuple[Floats, ...]:
        """Return the shares at the centre of one cell, population by population."""
        return tuple(c[which].mean(axis=0) for c in self.corners)

    def onto(self, q: int, corners: Floats) -> SearchCells:
        """Return the cells with a population's simplex replaced by a smaller one.

        Parameters
        ----------
        q : which of the mixing populations
        corners : (B or 1, k, k) barycentric coordinates of the new corners
        """
        matrices = self.layout.bases[q].onto(corners)
        systems = tuple(
            _multiply_along_axis(s, matrices, 2 + q) if self.layout.uses[p][q] else s
            for p, s in enumerate(self.systems)
        )
        moved = list(self.corners)
        moved[q] = corners @ self.corners[q]
        return SearchCells(self.layout, systems, tuple(moved), self.face, self.steps + 1)

    def split(self, edge: int, at: float) -> tuple[SearchCells, SearchCells]:
        """Return the two halves of all cells, cut across an edge of `CellLayout.edges`."""
        q, i, j = self.layout.edges[edge]
        k = self.layout.bases[q].k
        halves = []
        for side in (i, j):
            corners = np.eye(k)[None]
            corners[0, side] = 0.0
            corners[0, side, i], corners[0, side, j] = 1 - at, at
            halves.append(self.onto(q, corners))
        return halves[0], halves[1]

    def split_along(self, edges: NDArray[np.int64], at: float) -> list[SearchCells]:
        """Return the halves of all cells, each cut across an edge of its own."""
        return [half for edge in np.unique(edges) for half in self.take(edges == edge).split(int(edge), at)]

    def halves(self, at: float) -> SearchCells:
        """Return the cells cut across their longest edges."""
        extents = [
            np.abs(self.corners[q][:, i] - self.corners[q][:, j]).max(axis=1) for q, i, j in self.layout.edges
        ]
        return SearchCells.concatenate(self.split_along(np.stack(extents, axis=1).argmax(axis=1), at))


def _multiply_along_axis(system: Floats, matrices: Floats, axis: int) -> Floats:
    moved = np.moveaxis(system, axis, -1)
    flat = moved.reshape(moved.shape[0], -1, moved.shape[-1])
    return np.moveaxis((flat @ matrices.transpose(0, 2, 1)).reshape(moved.shape), -1, axis)


def cells_of(family: FaceFamily, numbers: Sequence[int]) -> SearchCells:
    """Return the faces of a family as cells; each equation is scaled by a power of two to at most one.

    Parameters
    ----------
    family : FaceFamily
    numbers : one a face, by which the cells shall refer to their faces
    """
    return SearchCells.whole(layout_of(family), [_scaled(s) for s in family.systems], numbers)


def layout_of(family: FaceFamily) -> CellLayout:
    """Return what the cells of a family share."""
    uses = family.forms.uses
    return CellLayout(family.bases, tuple(tuple(uses[p][q] for q in family.mixing) for p in family.mixing))


def _scaled(system: Integers) -> Floats:
    if system.dtype == object:
        largest = max(max(abs(int(v)) for v in system.flat), 1)
        shift = 1 << max(0, largest.bit_length() - 900)
        system = np.array([int(v) / shift for v in system.flat]).reshape(system.shape)
    values = system.astype(np.float64)
    size = np.abs(values).reshape(values.shape[0], values.shape[1], -1).max(axis=2)
    _, exponent = np.frexp(size)
    scaled: Floats = np.ldexp(values, -exponent.reshape(*exponent.shape, *([1] * (values.ndim - 2))))
    return scaled


def linear_part(cells: SearchCells, p: int) -> tuple[Floats | None, ...]:
    """Return, for each population's shares, the derivatives of the equations of p at the centres.

    Returns
    -------
    for each mixing population (B, equations, k), or None where p does not depend on its shares
    """
    layout = cells.layout
    uses = layout.uses[p]
    after = [cells.systems[p]]  # with the last axes, one more each time, taken at the centre
    for q in range(layout.count - 1, 0, -1):
        value = after[-1]
        after.append(value @ layout.bases[q].middle if uses[q] else value[..., 0])
    result: list[Floats | None] = []
    for q in range(layout.count):
        if not uses[q]:
            result.append(None)
            continue
        value = after[layout.count - 1 - q] @ layout.bases[q].slopes
        for r in range(q - 1, -1, -1):
            # The axes left are (B, equation, population 0 .. r, corner).
            value = np.einsum("...nk,n->...k", value, layout.bases[r].middle) if uses[r] else value[..., 0, :]
        result.append(value)
    return tuple(result)


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
