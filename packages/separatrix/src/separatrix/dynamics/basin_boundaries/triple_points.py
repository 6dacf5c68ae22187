"""Where three basins meet in a triangle: by Sperner's lemma.

Of the triangles into which one with three outcomes is cut, one has three outcomes again where on each side
there are but two; so cutting closes in on a state at which all three basins meet.  As this may lie a little
outside of a triangle whose corners have three outcomes, what is cut next is somewhat larger.

Sperner, E. (1928), Neuer Beweis für die Invarianz der Dimensionszahl und des Gebietes, Abhandlungen aus dem
Mathematischen Seminar der Universität Hamburg 6, 265-272.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.tolerances import TOLERANCE

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.outcome_labels import OutcomeLabels

__all__ = ["junctions"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

SIDE = 8
"""Into so many parts each side of a triangle is cut. Fewer: lines where three basins meet are missed."""

LARGER = 4.0
"""How much larger than what it replaces a triangle is, so that the line lies inside."""

TURNED = 0.0613
"""By how much it is turned, for the same reason as `BENDS`."""

BENDS = (0.11, -0.07, 0.03)
"""How the cuts are moved towards the corners: symmetric games have borders in the middle. Zero: nodes lie on
them, and have no label."""

NODES = [(i, j, SIDE - i - j) for i in range(SIDE + 1) for j in range(SIDE + 1 - i)]
PARTS = [
    part
    for i, j in itertools.product(range(SIDE), repeat=2)
    for part in (
        ((i, j), (i + 1, j), (i, j + 1)),
        ((i + 1, j), (i, j + 1), (i + 1, j + 1)),
    )
    if max(a + b for a, b in part) <= SIDE
]


def junctions(labels: OutcomeLabels, corners: Array, codes: Codes, precision: float) -> tuple[Array, Array]:
    """Return where three basins meet in triangles, and how far that may be from there.

    Parameters
    ----------
    labels : OutcomeLabels
    corners : array (triangles, 3, strategies)
        Weights.
    codes : array (triangles, 3)
        Of their outcomes, all different.
    precision : float
        The size of a triangle to come down to.

    Returns
    -------
    array (triangles, strategies), array (triangles,)
        Weights, and the distance to the farthest corner of the last triangle with three outcomes.
    """
    corners = corners.copy()
    shape = np.array(NODES) / SIDE
    shape = shape * (1 + np.array(BENDS) * (1 - shape))
    shape /= shape.sum(axis=1, keepdims=True)
    number = {node[:2]: k for k, node in enumerate(NODES)}
    parts = np.array([[number[node] for node in part] for part in PARTS])
    wanted = np.sort(codes, axis=1)
    going = np.flatnonzero(_middle(labels, corners)[1] > precision / 2)
    patch = corners[going]
    while going.size:
        every = np.einsum("nc,tcs->tns", shape, patch)
        outcomes = labels(every.reshape(-1, every.shape[-1]), TOLERANCE).reshape(every.shape[:2])
        right = (np.sort(outcomes[:, parts], axis=2) == wanted[going, None]).all(axis=2)
        kept = np.flatnonzero(right.any(axis=1))
        going = going[kept]
        corners[going] = every[kept[:, None], parts[right[kept].argmax(axis=1)]]
        going = going[_middle(labels, corners[going])[1] > precision / 2]
        patch = _larger(labels, corners[going])
    return _middle(labels, corners)


def _larger(labels: OutcomeLabels, corners: Array) -> Array:
    """Return equilateral triangles around triangles, which may be slivers, in their planes.

    They are smaller where a share became negative otherwise.
    """

    def across(a: Array, b: Array) -> Array:
        return np.asarray((labels.chart.places(a) * labels.chart.places(b)).sum(axis=-1, keepdims=True))

    middle, reach = _middle(labels, corners)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    with np.errstate(all="ignore"):
        first = first / across(first, first) ** 0.5
        second = second - across(second, first) * first
        second = second / across(second, second) ** 0.5
        turns = 2 * np.pi * (np.arange(3) / 3 + TURNED)
        ways = np.cos(turns)[:, None] * first[:, None] + np.sin(turns)[:, None] * second[:, None]
        room = np.where(ways < 0, middle[:, None] / -ways, np.inf).min(axis=(1, 2))
    size = np.minimum(LARGER * reach, 0.99 * room)[:, None, None]
    result = middle[:, None] + ways * size
    return np.asarray(np.where(np.isfinite(result), result, corners))


def _middle(labels: OutcomeLabels, corners: Array) -> tuple[Array, Array]:
    middle = corners.mean(axis=1)
    away = labels.chart.places(corners - middle[:, None])
    return middle, np.linalg.norm(away, axis=-1).max(axis=1, initial=0.0)
