"""How far a surface bulges from its triangles: in the middle of each, along its normal, by bisection.

Near a smooth surface the distance is a quadratic that vanishes at the corners, so three quarters of its
value in the middle times the area is the volume between the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.tolerances import ROUGH

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.marching_tetrahedra import Mesh
    from separatrix.dynamics.basin_boundaries.outcome_labels import OutcomeLabels

__all__ = ["VOLUME", "areas_and_normals", "deviations"]

Array = NDArray[np.float64]

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
    from separatrix.dynamics.basin_boundaries.bisection import BisectionSearch

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
