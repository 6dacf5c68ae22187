"""A surface between outcomes from the labelled corners of tetrahedra, where two, three or four outcomes meet.

Each edge between two outcomes holds a point of the surface, and each face between three a point of the line
along which three basins meet.  Of two outcomes the surface cuts one corner off, or two from two; of three it
is made of two quadrilaterals and a triangle that meet along such a line; of four each edge has a patch of its
own, and all of them meet inside.

Nielson, G. M. and Franke, R. (1997), Computing the separating surface for segmented data, IEEE Visualization
'97, 229-233.

Where three basins meet in a triangle: by Sperner's lemma.

Of the triangles into which one with three outcomes is cut, one has three outcomes again where on each side
there are but two; so cutting closes in on a state at which all three basins meet.  As this may lie a little
outside of a triangle whose corners have three outcomes, what is cut next is somewhat larger.

Sperner, E. (1928), Neuer Beweis für die Invarianz der Dimensionszahl und des Gebietes, Abhandlungen aus dem
Mathematischen Seminar der Universität Hamburg 6, 265-272.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.basin_boundaries.tolerances import HUNG, TOLERANCE

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.stable_manifold import Lattice, OutcomeLabels

__all__ = ["Crossed", "EDGES", "FACES", "Mesh", "cross", "junctions", "march"]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Codes = NDArray[np.int16]

EDGES = tuple(itertools.combinations(range(4), 2))
FACES = tuple(itertools.combinations(range(4), 3))


@dataclass(frozen=True, eq=False)
class Crossed:
    """The tetrahedra in which outcomes meet, and where.

    Attributes
    ----------
    corners : array (tetrahedra, 4) of nodes
    codes : array (tetrahedra, 4)
        The outcomes of the corners.
    of_edges, of_faces, of_insides : arrays (tetrahedra, 6), (tetrahedra, 4), (tetrahedra,)
        Which point lies on each edge, each face, and inside; -1 for none.
    weights : array (points, strategies)
        The points: those on edges, those on faces, and those inside.
    error : array (points,)
        How far the surface may be from each point.
    found_on_edges, found_on_faces : tuples of arrays
        The edges or faces (points, 2 or 3) as nodes, their points and errors; for edges also the two starts
        of different outcomes on both sides.
    """

    corners: Rows
    codes: Codes
    of_edges: Rows
    of_faces: Rows
    of_insides: Rows
    weights: Array
    error: Array
    found_on_edges: tuple[Any, ...]
    found_on_faces: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles between two outcomes each.

    Attributes
    ----------
    triangles : array (triangles, 3) of points
        Seen from the side of the first outcome the corners go round clockwise: the normal by the right hand
        points to the second.
    sides : array (triangles, 2)
        The codes of the two outcomes, the smaller one first.
    within : array (triangles,)
        The place of each one's tetrahedron in `Crossed`.
    """

    triangles: Rows
    sides: Codes
    within: Rows


def cross(
    lattice: Lattice, labels: OutcomeLabels, codes: Codes, precision: float, before: Crossed | None = None
) -> Crossed:
    """Return where the outcomes `codes` of the nodes of a lattice meet.

    What was found ``before`` in a coarser lattice with the same first nodes is not looked for again.
    """
    from separatrix.dynamics.basin_boundaries.edge_tracking import bracket

    own = codes[lattice.tetrahedra]
    mixed = (own >= 0).all(axis=1) & (own != own[:, :1]).any(axis=1)
    corners, own = lattice.tetrahedra[mixed], own[mixed]
    edges, of_edges = _shared(corners, own, EDGES)
    faces, of_faces = _shared(corners, own, FACES)

    def crossing(rows: Rows) -> tuple[Array, ...]:
        a, b = rows.T
        found = bracket(labels, lattice.weights[a], lattice.weights[b], codes[a], codes[b], precision)
        return found.middle, found.error, found.low, found.high

    def meeting(rows: Rows) -> tuple[Array, ...]:
        return junctions(labels, lattice.weights[rows], codes[rows], precision)

    nodes = len(lattice.weights)
    old = before.found_on_edges if before is not None else None
    on_edges = _completed(edges, crossing, nodes, old)
    old = before.found_on_faces if before is not None else None
    on_faces = _completed(faces, meeting, nodes, old)
    of_faces[of_faces >= 0] += len(edges)
    weights = np.concatenate([on_edges[0], on_faces[0]])
    four = np.flatnonzero((of_faces >= 0).all(axis=1))
    inside = weights[of_faces[four]].mean(axis=1)
    away = lattice.chart.places(weights[of_faces[four]] - inside[:, None])
    of_insides = np.full(len(corners), -1)
    of_insides[four] = len(weights) + np.arange(len(four))
    # Nothing but the tetrahedron itself tells where inside of it the four meet.
    inside_error = np.linalg.norm(away, axis=-1).max(axis=1, initial=0.0)
    return Crossed(
        corners,
        own,
        of_edges,
        of_faces,
        of_insides,
        np.concatenate([weights, inside]),
        np.concatenate([on_edges[1], on_faces[1], inside_error]),
        (edges, *on_edges),
        (faces, *on_faces),
    )


def _completed(
    rows: Rows, find: Callable[[Rows], tuple[Array, ...]], nodes: int, before: tuple[Any, ...] | None
) -> tuple[Array, ...]:
    """Return what was found before on edges or faces, and find the rest."""
    if before is None:
        return find(rows)
    powers = nodes ** np.arange(rows.shape[1])
    known, wanted = before[0] @ powers, rows @ powers
    order = np.argsort(known)
    place = np.searchsorted(known, wanted, sorter=order)
    place = order[np.minimum(place, len(known) - 1)] if len(known) else np.zeros(len(rows), dtype=np.intp)
    there = known[place] == wanted if len(known) else np.zeros(len(rows), dtype=bool)
    fresh = find(rows[~there])
    result = []
    for old, new in zip(before[1:], fresh, strict=True):
        column = np.empty((len(rows), *new.shape[1:]))
        column[there], column[~there] = old[place[there]], new
        result.append(column)
    return tuple(result)


def _shared(corners: Rows, codes: Codes, parts: tuple[tuple[int, ...], ...]) -> tuple[Rows, Rows]:
    """Return the edges or faces all whose corners have outcomes of their own, and which each tetrahedron
    has."""
    size = len(parts[0])
    every = np.sort(corners[:, np.array(parts)], axis=2)
    outcomes = np.sort(codes[:, np.array(parts)], axis=2)
    differ = (outcomes[..., 1:] != outcomes[..., :-1]).all(axis=2)
    result = np.full(differ.shape, -1, dtype=np.intp)
    if not differ.any():
        return np.empty((0, size), dtype=np.intp), result
    unique, where = np.unique(every[differ], axis=0, return_inverse=True)
    result[differ] = where.reshape(-1)
    return unique, result


def march(lattice: Lattice, crossed: Crossed) -> Mesh:
    """Return the triangles between the outcomes."""
    pieces = [*_two(crossed), *_three(crossed), *_four(crossed)]
    none = np.empty(0, dtype=np.intp)
    tets = np.concatenate([none, *(rows for rows, _, _ in pieces)])
    triangles = np.concatenate([none.reshape(0, 3), *(t for _, t, _ in pieces)])
    sides = np.concatenate([np.empty((0, 2), dtype=np.int16), *(s for _, _, s in pieces)])
    sides = np.sort(sides, axis=1)
    places = lattice.chart.places(crossed.weights)
    at = places[triangles]
    normal = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
    corners = lattice.chart.places(lattice.weights)[crossed.corners[tets]]
    ahead = _mean(corners, crossed.codes[tets] == sides[:, 1:])
    ahead -= _mean(corners, crossed.codes[tets] == sides[:, :1])
    backward = (normal * ahead).sum(axis=1) < 0
    triangles[backward] = triangles[backward][:, ::-1]
    hung = (crossed.weights[triangles] < HUNG).all(axis=1).any(axis=1)
    return Mesh(triangles[~hung], sides[~hung], tets[~hung])


def _mean(corners: Array, which: NDArray[np.bool_]) -> Array:
    return np.asarray((corners * which[..., None]).sum(axis=1) / which.sum(axis=1)[:, None])


Piece = tuple["Rows", "Rows", "Codes"]
"""The tetrahedra, triangles and sides of some triangles."""


def edge(a: int, b: int) -> int:
    """Return the number of an edge."""
    return EDGES.index((min(a, b), max(a, b)))


def face(*corners: int) -> int:
    """Return the number of a face."""
    a, b, c = sorted(corners)
    return FACES.index((a, b, c))


def _two(crossed: Crossed) -> list[Piece]:
    """Return the triangles of tetrahedra between two outcomes."""
    codes = crossed.codes
    result = []
    two = (np.diff(np.sort(codes, axis=1), axis=1) != 0).sum(axis=1) == 1
    for pattern in range(1, 8):
        apart = [k for k in (1, 2, 3) if pattern >> (k - 1) & 1]
        like = [k for k in range(4) if k not in apart]
        here = two.copy()
        for k in (1, 2, 3):
            here &= (codes[:, k] != codes[:, 0]) == (k in apart)
        rows = np.flatnonzero(here)
        of = crossed.of_edges[rows]
        sides = codes[rows][:, [like[0], apart[0]]]
        if len(apart) == 2:
            (a, b), (c, d) = like, apart
            ac, ad, bd, bc = (of[:, edge(*pair)] for pair in ((a, c), (a, d), (b, d), (b, c)))
            result += _quadrilateral(rows, (ac, ad, bd, bc), sides)
            continue
        lone, others = (like[0], apart) if len(like) == 1 else (apart[0], like)
        result.append((rows, np.stack([of[:, edge(lone, k)] for k in others], axis=1), sides))
    return result


def _three(crossed: Crossed) -> list[Piece]:
    """Return the triangles of tetrahedra in which two corners share an outcome and the others differ."""
    codes = crossed.codes
    three = (np.diff(np.sort(codes, axis=1), axis=1) != 0).sum(axis=1) == 2
    result = []
    for a, b in EDGES:
        c, d = (k for k in range(4) if k not in (a, b))
        rows = np.flatnonzero(three & (codes[:, a] == codes[:, b]))
        of, own = crossed.of_edges[rows], codes[rows]
        first, second = (crossed.of_faces[rows, face(k, c, d)] for k in (a, b))
        for k in (c, d):
            around = (of[:, edge(a, k)], first, second, of[:, edge(b, k)])
            result += _quadrilateral(rows, around, own[:, [a, k]])
        result.append((rows, np.stack([of[:, edge(c, d)], first, second], axis=1), own[:, [c, d]]))
    return result


def _four(crossed: Crossed) -> list[Piece]:
    """Return the triangles of tetrahedra of four outcomes."""
    rows = np.flatnonzero(crossed.of_insides >= 0)
    result = []
    for a, b in EDGES:
        c, d = (k for k in range(4) if k not in (a, b))
        first, second = (crossed.of_faces[rows, face(a, b, k)] for k in (c, d))
        around = (crossed.of_edges[rows, edge(a, b)], first, crossed.of_insides[rows], second)
        result += _quadrilateral(rows, around, crossed.codes[rows][:, [a, b]])
    return result


def _quadrilateral(rows: Rows, around: tuple[Rows, Rows, Rows, Rows], sides: Codes) -> list[Piece]:
    a, b, c, d = around
    return [(rows, np.stack([a, b, c], axis=1), sides), (rows, np.stack([a, c, d], axis=1), sides)]


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
