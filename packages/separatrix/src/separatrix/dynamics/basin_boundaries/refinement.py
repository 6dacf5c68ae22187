"""A surface between outcomes, found on a lattice that is made finer where it has to be.

Where a third basin comes in between two nodes, a node is put there; where the surface bulges from its
triangles, the tetrahedra are cut.

How far a surface bulges from its triangles: in the middle of each, along its normal, by bisection.

Near a smooth surface the distance is a quadratic that vanishes at the corners, so three quarters of its
value in the middle times the area is the volume between the two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.marching_tetrahedra import EDGES, Crossed, Mesh, cross, march
from separatrix.dynamics.basin_boundaries.stable_manifold import Lattice
from separatrix.dynamics.basin_boundaries.tolerances import BESIDE_FACE, NODE, ROUGH

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.stable_manifold import OutcomeLabels

__all__ = ["RefinedSurface", "VOLUME", "areas_and_normals", "deviations", "edge_keys", "find", "split"]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Codes = NDArray[np.int16]

HALVINGS = 5
"""How often the way between two nodes of different outcomes is halved in search of a third outcome. Fewer:
thin basins are missed."""

SPLITS = 4
"""How often nodes are put where third basins are. Fewer: edges of three basins stay coarse."""

CURVED = 3
"""How often tetrahedra are cut where the surface bulges. Fewer: the requested flatness is not reached."""

WOUND = 0.02
"""The part of the surface that may lie between thin basins; where it is more, finer is never fine enough."""

MOST_TRIANGLES = 60_000
"""Past which no tetrahedra are cut. Larger: surfaces are finer, and their files grow with them."""

GROWTH, FEW, WINDING = 0.75, 0.02, 0.1
"""The search for third basins stops once a round finds more than a fraction of those in the round before,
unless they are few compared with the nodes. Where they are many, basins are interwoven, no refinement
would suffice, and the lattice stays as it was."""


@dataclass(frozen=True, eq=False)
class RefinedSurface:
    """A surface and what it was found on.

    Attributes
    ----------
    lattice : Lattice
    codes : array (nodes,)
    crossed : Crossed
    mesh : Mesh
    areas, normals, deviations : arrays (triangles,), (triangles, 3), (triangles,)
        See `separatrix.dynamics.basin_boundaries.refinement`.
    """

    lattice: Lattice
    codes: Codes
    crossed: Crossed
    mesh: Mesh
    areas: Array
    normals: Array
    deviations: Array


def find(labels: OutcomeLabels, lattice: Lattice, precision: float, flatness: float) -> RefinedSurface:
    """Find the surface.

    Parameters
    ----------
    labels : OutcomeLabels
    lattice : Lattice
    precision : float
        The distance between two starts with different outcomes near a vertex.
    flatness : float
        Where the surface is farther from its triangles the lattice is refined.
    """

    lattice, codes = _labelled(labels, lattice)
    lattice, codes = _with_thirds(labels, lattice, codes)
    before, known = None, _MeasuredMesh()
    for attempt in range(CURVED + 1):
        before = crossed = cross(lattice, labels, codes, precision, before)
        mesh = march(lattice, crossed)
        areas, normals = areas_and_normals(lattice.chart.places(crossed.weights), mesh)
        bulges = known.measured(labels, crossed.weights, mesh, normals, lattice.spacing)
        curved = np.flatnonzero(np.abs(bulges) > flatness)
        wound = areas[np.isnan(bulges)].sum() > WOUND * areas.sum()
        if not curved.size or wound or attempt == CURVED or len(mesh.triangles) > MOST_TRIANGLES:
            break
        edges = _longest(lattice, crossed.corners[np.unique(mesh.within[curved])])
        lattice = split(lattice, edges, np.full(len(edges), 0.5))
        new = lattice.weights[len(codes) :]
        codes = np.concatenate([codes, labels(new, NODE)])
        lattice, codes = _with_thirds(labels, lattice, codes)
    return RefinedSurface(lattice, codes, crossed, mesh, areas, normals, bulges)


def _labelled(labels: OutcomeLabels, lattice: Lattice) -> tuple[Lattice, Codes]:
    """Return the outcomes of the nodes, and the lattice with nodes moved off faces they would never leave."""
    from separatrix.dynamics.basin_boundaries.stable_manifold import NOWHERE

    codes = labels(lattice.weights, NODE)
    stuck = (codes == NOWHERE) & (lattice.weights < BESIDE_FACE).any(axis=1)
    if not stuck.any():
        return lattice, codes
    weights = lattice.weights.copy()
    weights[stuck] = np.maximum(weights[stuck], BESIDE_FACE)
    codes[stuck] = labels(weights[stuck], NODE)
    return replace(lattice, weights=weights), codes


class _MeasuredMesh:
    """The triangles whose bulge is known: those that stay as they are while others are cut."""

    def __init__(self) -> None:
        self.known: dict[bytes, float] = {}

    def measured(
        self, labels: OutcomeLabels, weights: Array, mesh: Mesh, normals: Array, spacing: float
    ) -> Array:
        """Return the bulges of all triangles."""

        # Points keep their order among each other, so that sums of the same ones are the same to the bit.
        middles = weights[np.sort(mesh.triangles, axis=1)].sum(axis=1)
        names = [row.tobytes() for row in middles]
        fresh = np.array([k for k, name in enumerate(names) if name not in self.known], dtype=np.intp)
        part = replace(mesh, triangles=mesh.triangles[fresh], sides=mesh.sides[fresh])
        found = deviations(labels, weights, part, normals[fresh], spacing)
        self.known.update(zip((names[k] for k in fresh), found.tolist(), strict=True))
        return np.array([self.known[name] for name in names])


def _with_thirds(labels: OutcomeLabels, lattice: Lattice, codes: Codes) -> tuple[Lattice, Codes]:
    """Put nodes between two outcomes where a third one is found."""

    looked, as_it_was, before = np.empty((0, 2), dtype=np.intp), (lattice, codes), 0
    for _ in range(SPLITS):
        own = codes[lattice.tetrahedra]
        mixed = lattice.tetrahedra[(own != own[:, :1]).any(axis=1) & (own >= 0).all(axis=1)]
        edges = np.sort(mixed[:, np.array(EDGES)].reshape(-1, 2), axis=1)
        edges = np.unique(edges[codes[edges[:, 0]] != codes[edges[:, 1]]], axis=0)
        nodes = len(lattice.weights)
        edges = edges[~np.isin(edge_keys(edges, nodes), edge_keys(looked, nodes))]
        looked = np.concatenate([looked, edges])
        fractions, third = _third(labels, lattice, edges, codes[edges])
        found = np.flatnonzero(third >= 0)
        if before and found.size > max(GROWTH * before, WINDING * nodes):
            return as_it_was
        if not found.size or (before and found.size > max(GROWTH * before, FEW * nodes)):
            break
        before = found.size
        lattice = split(lattice, edges[found], fractions[found])
        codes = np.concatenate([codes, third[found]])
    return lattice, codes


def _third(labels: OutcomeLabels, lattice: Lattice, edges: Rows, ends: Codes) -> tuple[Array, Codes]:
    """Return where on edges a third outcome is found, and which one; -1 for none."""
    low, high = np.zeros(len(edges)), np.ones(len(edges))
    cut, third = np.full(len(edges), 0.5), np.full(len(edges), -1, dtype=ends.dtype)
    rows = np.arange(len(edges))
    for _ in range(HALVINGS):
        cut[rows] = (low[rows] + high[rows]) / 2
        part, (a, b) = cut[rows, None], edges[rows].T
        found = labels(lattice.weights[a] * (1 - part) + lattice.weights[b] * part, NODE)
        first, second = found == ends[rows, 0], found == ends[rows, 1]
        low[rows[first]], high[rows[second]] = cut[rows[first]], cut[rows[second]]
        other = ~(first | second)
        third[rows[other]] = found[other]
        rows = rows[~other]
    return cut, third


def _longest(lattice: Lattice, tetrahedra: Rows) -> Rows:
    """Return the longest edge of each tetrahedron, each once."""
    pairs = np.sort(tetrahedra[:, np.array(EDGES)], axis=2)
    places = lattice.chart.places(lattice.weights)
    lengths = np.linalg.norm(places[pairs[..., 0]] - places[pairs[..., 1]], axis=-1)
    return np.unique(pairs[np.arange(len(pairs)), lengths.argmax(axis=1)], axis=0)


# --------------------------------------------------------------------------- tetrahedron bisection


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
    >>> from separatrix.dynamics.basin_boundaries.stable_manifold import lattice_of
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


VOLUME = 0.75
"""The mean distance between a quadratic surface and a triangle on it, over that in the middle."""

REACHES = (0.02, 0.08, 0.3)
"""How far a surface is looked for on both sides of a triangle, in units of the lattice. Larger: another sheet
may be found instead."""
FINENESS = 500
"""The first bracket over the last one. Smaller: the reported error is less exact."""


def areas_and_normals(places: Array, mesh: Mesh) -> tuple[Array, Array]:
    """Return the areas (triangles,), and unit normals (triangles, 3) smoothed over neighbours.

    A sliver has no well-defined normal, but its neighbours have.
    """
    at = places[mesh.triangles]
    own = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0]) / 2
    sums = np.zeros_like(own)
    for pair in np.unique(mesh.sides, axis=0):
        here = np.flatnonzero((mesh.sides == pair).all(axis=1))
        around = np.zeros_like(places)
        np.add.at(around, mesh.triangles[here].reshape(-1), np.repeat(own[here], 3, axis=0))
        sums[here] = around[mesh.triangles[here]].sum(axis=1)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.linalg.norm(own, axis=1), sums / np.where(length > 0, length, 1.0)


def deviations(labels: OutcomeLabels, weights: Array, mesh: Mesh, normals: Array, spacing: float) -> Array:
    """Return how far (triangles,) the surface is from the middle of each triangle, towards its second
    outcome.

    NaN where it was not found: near a line where three basins meet, and where one is very thin.
    """
    from separatrix.dynamics.basin_boundaries.edge_tracking import BisectionSearch

    middles = weights[mesh.triangles].mean(axis=1)
    ways = labels.chart.changes(normals)
    # No share may become negative.
    with np.errstate(all="ignore"):
        room = np.where(ways != 0, middles / np.abs(ways), np.inf).min(axis=1) * 0.999
    result = np.full(len(middles), np.nan)
    reach = np.zeros(len(middles))
    going = np.arange(len(middles))
    for factor in REACHES:
        if not going.size:
            break
        tried = np.minimum(factor * spacing, room[going])
        step = ways[going] * tried[:, None]
        first = labels(middles[going] - step, ROUGH) == mesh.sides[going, 0]
        second = labels(middles[going] + step, ROUGH) == mesh.sides[going, 1]
        reach[going[first & second]] = tried[first & second]
        going = going[~(first & second)]
    rows = np.flatnonzero(reach > 0)
    step = ways[rows] * reach[rows, None]
    search = BisectionSearch(
        labels,
        middles[rows] - step,
        middles[rows] + step,
        mesh.sides[rows, 0],
        mesh.sides[rows, 1],
        2 * reach[rows],
    )
    search.halve(ROUGH, 2 * reach[rows] / FINENESS)
    result[rows] = reach[rows] * (search.low + search.high - 1)
    return result
