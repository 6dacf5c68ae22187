"""Cells: products of small simplices in the faces, with the equations' Bernstein coefficients on each.

All numbers are floats, and every statement about them holds for the exact equations: each coefficient is
known up to `margin`, which grows with every operation on the cell.  A cell's corners are, by definition, the
exact convex combinations that were asked for; so the parts of a cell cover it exactly.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.bernstein_payoffs import Integers
from separatrix.analysis.branch_and_prune.faces import FaceFamily
from separatrix.exact.bernstein import Basis, Floats
from separatrix.run.cached_property import cached_property

__all__ = ["SPLIT", "SearchCells", "CellLayout", "cells_of", "layout_of", "linear_part"]

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
    def joined(parts: Sequence[SearchCells]) -> SearchCells:
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
            _along(s, matrices, 2 + q) if self.layout.uses[p][q] else s for p, s in enumerate(self.systems)
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
        return SearchCells.joined(self.split_along(np.stack(extents, axis=1).argmax(axis=1), at))


def _along(system: Floats, matrices: Floats, axis: int) -> Floats:
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
