"""Finer tetrahedra where they are wanted: edges are cut, and with each edge all tetrahedra around it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.marching_tetrahedra import EDGES
from separatrix.dynamics.basin_boundaries.tetrahedral_lattice import Lattice

__all__ = ["edge_keys", "split"]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


def edge_keys(edges: Rows, nodes: int) -> Rows:
    """Return one number for each edge (..., 2) of a lattice with so many nodes."""
    low, high = np.minimum(edges[..., 0], edges[..., 1]), np.maximum(edges[..., 0], edges[..., 1])
    return np.asarray(low * nodes + high)


def split(lattice: Lattice, edges: Rows, fractions: Array) -> Lattice:
    """Return a lattice with a new node on each of `edges`; the new ones are the last, in their order.

    Parameters
    ----------
    lattice : Lattice
    edges : array (edges, 2) of nodes
        Each once.
    fractions : array (edges,)
        How far along each edge its node lies.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.basin_boundaries.tetrahedral_lattice import lattice_of
    >>> finer = split(lattice_of((2, 2, 2), 1), np.array([[0, 7]]), np.array([0.5]))
    >>> len(finer.weights), len(finer.tetrahedra)
    (9, 12)
    """
    count = len(lattice.weights)
    a, b = edges.T
    part = fractions[:, None]
    weights = np.concatenate([lattice.weights, lattice.weights[a] * (1 - part) + lattice.weights[b] * part])
    keys = edge_keys(edges, len(weights))
    order = np.argsort(keys)
    keys, ends, new = keys[order], edges[order], count + order
    size = len(keys)
    touched = (_marks(lattice.tetrahedra, keys, len(weights)) < size).any(axis=1)
    whole, going = [lattice.tetrahedra[~touched]], lattice.tetrahedra[touched]
    while going.size:
        marks = _marks(going, keys, len(weights))
        lead = marks.min(axis=1)
        whole.append(going[lead == size])
        going, marks, lead = going[lead < size], marks[lead < size], lead[lead < size]
        # An edge is cut now if it comes first in all tetrahedra around it: so they are cut alike.
        around = np.bincount(marks[marks < size], minlength=size)
        now = (np.bincount(lead, minlength=size) == around)[lead]
        cut, by = going[now], lead[now]
        halves = []
        for end in (0, 1):
            half = cut.copy()
            rows, places = np.nonzero(half == ends[by, end][:, None])
            half[rows, places] = new[by][rows]
            halves.append(half)
        going = np.concatenate([going[~now], *halves])
    return replace(lattice, weights=weights, tetrahedra=np.concatenate(whole))


def _marks(tetrahedra: Rows, keys: Rows, nodes: int) -> Rows:
    """Return the place in `keys` of each edge (tetrahedra, 6), or their number where it is not there."""
    own = edge_keys(tetrahedra[:, np.array(EDGES)], nodes)
    place = np.searchsorted(keys, own)
    there = keys[np.minimum(place, len(keys) - 1)] == own if len(keys) else np.zeros(own.shape, dtype=bool)
    return np.where(there, place, len(keys))
