"""A state space of three dimensions cut into tetrahedra: a cube, a prism, or a tetrahedron.

A population of k strategies has k - 1 coordinates 0 <= y_1 <= ... <= y_(k-1) <= 1 whose differences are its
shares.  The lattice of whole multiples of 1/m is cut into Freudenthal's tetrahedra, six to a cell, none of
which crosses a plane y_i = y_j; so those inside make up the state space without rest.

Freudenthal, H. (1942), Simplizialzerlegungen von beschränkter Flachheit, Annals of Mathematics 43, 580-582.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.tolerances import NOBODY
from separatrix.game.model import StateSpace
from separatrix.run.cached_property import cached_property

__all__ = ["SpaceChart", "Lattice", "lattice_of"]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

BENDS = (0.0137, -0.0089, 0.0213)
"""How far the lattice is bent along the coordinates of each population: symmetric games have separatrices
through the nodes of an even one, and from there trajectories run into saddles. Other values move the vertices
of a surface, not the surface."""


@dataclass(frozen=True)
class SpaceChart:
    """Three representations of a state: weights, the shares of the game, and a place in space.

    Weights are the shares of all strategies of all populations, in a row; places have three coordinates in
    which distances are those of the shares.

    Attributes
    ----------
    sizes : tuple of int
        The number of strategies of each population; less one each, they add up to three.
    """

    sizes: tuple[int, ...]

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the weights of each population stand."""
        return StateSpace(self.sizes).strategy_slices

    @cached_property
    def displayed_weights(self) -> list[int]:
        """Which weights are shares of the game: of two strategies the first alone."""
        return [self.slices[i].start + a for i, a in StateSpace(self.sizes).strategies]

    @cached_property
    def _bases(self) -> tuple[Array, Array]:
        """The matrices that take weights to places (strategies, 3), and ways back (3, strategies)."""
        out, back = np.zeros((sum(self.sizes), 3)), np.zeros((3, sum(self.sizes)))
        axis = 0
        for part, size in zip(self.slices, self.sizes, strict=True):
            axes = slice(axis, axis + size - 1)
            axis += size - 1
            if size == 2:
                out[part.start, axes], back[axes, part] = 1.0, [1.0, -1.0]
                continue
            for k in range(1, size):  # Helmert's basis of the changes that add up to zero
                row = np.zeros(size)
                row[:k], row[k] = 1.0, -k
                out[part, axes.start + k - 1] = back[axes.start + k - 1, part] = row / (k * (k + 1)) ** 0.5
        return out, back

    def places(self, weights: Array) -> Array:
        """Return places (..., 3)."""
        return weights @ self._bases[0]

    def changes(self, ways: Array) -> Array:
        """Return the changes of weights (..., strategies) along ways (..., 3) in space."""
        return ways @ self._bases[1]

    def states(self, weights: Array) -> Array:
        """Return the shares of the game (..., n); what is hardly played is not played."""
        found = weights[..., self.displayed_weights]
        return np.where(found <= 2 * NOBODY, 0.0, found)

    def log_odds(self, weights: Array) -> Array:
        """Return what `integrate.log_odds` counts in, as an array (coordinates, states)."""
        logs = np.log(np.maximum(weights, NOBODY))
        rows = []
        for part, size in zip(self.slices, self.sizes, strict=True):
            own = logs[:, part]
            rows += [own[:, 0] - own[:, 1]] if size == 2 else list(own.T)
        return np.array(rows)


@dataclass(frozen=True, eq=False)
class Lattice:
    """The nodes and tetrahedra of a state space.

    Attributes
    ----------
    chart : SpaceChart
    weights : array (nodes, strategies)
    tetrahedra : array (tetrahedra, 4) of nodes
    spacing : float
        The longest step from a node to its neighbour along a coordinate.
    """

    chart: SpaceChart
    weights: Array
    tetrahedra: Rows
    spacing: float


def lattice_of(sizes: Sequence[int], cells: int) -> Lattice:
    """Return the lattice with so many cells along each coordinate.

    Examples
    --------
    >>> [len(lattice_of(sizes, 2).tetrahedra) for sizes in ((2, 2, 2), (2, 3), (4,))]
    [48, 24, 8]
    """
    chart = SpaceChart(tuple(sizes))
    keys = np.indices((cells + 1,) * 3).reshape(3, -1).T
    inside = np.ones(len(keys), dtype=bool)
    axis = 0
    steps = []
    for size, bend in zip(sizes, itertools.cycle(BENDS), strict=False):
        axes = range(axis, axis + size - 1)
        axis += size - 1
        for i, j in itertools.pairwise(axes):
            inside &= keys[:, i] <= keys[:, j]
        even = np.arange(cells + 1) / cells
        line = even + bend * np.sin(np.pi * even)
        line[-1] = 1.0
        columns = [np.zeros(len(keys)), *(line[keys[:, i]] for i in axes), np.ones(len(keys))]
        steps.append(np.diff(np.array(columns), axis=0).T)
    kept = np.flatnonzero(inside)
    number = np.full(len(keys), -1, dtype=np.intp)
    number[kept] = np.arange(len(kept))
    jump = np.array([(cells + 1) ** 2, cells + 1, 1])
    first = np.flatnonzero((keys < cells).all(axis=1))
    found = []
    for order in itertools.permutations(range(3)):
        ways = np.concatenate([[0], np.cumsum(jump[list(order)])])
        found.append(number[first[:, None] + ways])
    tetrahedra = np.concatenate(found)
    weights = np.maximum(np.hstack(steps)[kept], NOBODY)
    whole = tetrahedra[(tetrahedra >= 0).all(axis=1)]
    return Lattice(chart, weights, whole, float((1 / cells) * (1 + np.pi * max(map(abs, BENDS)))))
