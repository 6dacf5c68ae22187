"""How much of the state space each fate has, on the sides of a surface.

A tetrahedron falls into twenty-four: from a corner over a point of an edge and one of a face to one inside.
Where these points lie on the surface between fates, each of the small ones has the fate of its corner.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.marching_tetrahedra import EDGES, FACES, Crossed, edge, face

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.tetrahedral_lattice import Lattice

__all__ = ["volumes"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]


def volumes(lattice: Lattice, codes: Codes, crossed: Crossed, outcomes: int) -> Array:
    """Return the share of the state space (fates + 1,) that each fate has; the last one is open."""
    result = np.zeros(outcomes + 1)
    places = lattice.chart.places(lattice.weights)
    own = codes[lattice.tetrahedra]
    corners = places[lattice.tetrahedra]
    size = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))
    alike = (own == own[:, :1]).all(axis=1)
    np.add.at(result, own[alike, 0], size[alike])
    open_ = ~alike & (own < 0).any(axis=1)
    for k in range(4):  # what is open takes its part, and -1 is the last place
        np.add.at(result, own[open_, k], size[open_] / 4)
    _mixed(lattice, crossed, result)
    return np.asarray(result / result.sum())


def _mixed(lattice: Lattice, crossed: Crossed, result: Array) -> None:
    """Add the parts of tetrahedra in which fates meet."""
    found = lattice.chart.places(crossed.weights)
    corners = lattice.chart.places(lattice.weights)[crossed.corners]
    on_edges = np.stack(
        [
            np.where(of[:, None] >= 0, found[of], (corners[:, a] + corners[:, b]) / 2)
            for (a, b), of in zip(EDGES, crossed.of_edges.T, strict=True)
        ]
    )
    met = np.asarray(crossed.of_edges.T >= 0)
    on_faces = []
    for part, of in zip(FACES, crossed.of_faces.T, strict=True):
        sides = [edge(*pair) for pair in itertools.combinations(part, 2)]
        share = met[sides] / np.maximum(met[sides].sum(axis=0), 1)
        middle = (on_edges[sides] * share[..., None]).sum(axis=0)
        whole = corners[:, part].mean(axis=1)
        middle = np.where((share.sum(axis=0) > 0)[:, None], middle, whole)
        on_faces.append(np.where(of[:, None] >= 0, found[of], middle))
    inside = _insides(crossed, found, on_edges, np.stack(on_faces), met)
    orientation = np.sign(np.linalg.det(corners[:, 1:] - corners[:, :1]))
    for order in itertools.permutations(range(4)):
        a, b, c, _ = order
        flag = np.stack(
            [
                on_edges[edge(a, b)] - corners[:, a],
                on_faces[face(a, b, c)] - corners[:, a],
                inside - corners[:, a],
            ],
            axis=1,
        )
        sign = np.linalg.det(np.eye(4)[list(order)])
        np.add.at(result, crossed.codes[:, a], sign * orientation * np.linalg.det(flag))


def _insides(
    crossed: Crossed, found: Array, on_edges: Array, on_faces: Array, met: NDArray[np.bool_]
) -> Array:
    """Return a point of the surface inside each tetrahedron: where quadrilaterals are cut in two."""
    total = np.maximum(met.sum(axis=0), 1)
    result = (on_edges * met[..., None]).sum(axis=0) / total[:, None]
    for a, b in ((0, 1), (0, 2), (0, 3)):
        c, d = (k for k in range(4) if k not in (a, b))
        halved = (met.sum(axis=0) == 4) & ~met[edge(a, b)] & ~met[edge(c, d)]
        diagonal = (on_edges[edge(a, c)] + on_edges[edge(b, d)]) / 2
        result[halved] = diagonal[halved]
    junction = crossed.of_faces >= 0
    three = junction.sum(axis=1) == 2
    share = junction.T / np.maximum(junction.sum(axis=1), 1)
    result[three] = (on_faces * share[..., None]).sum(axis=0)[three]
    four = crossed.of_insides >= 0
    result[four] = found[crossed.of_insides[four]]
    return np.asarray(result)
