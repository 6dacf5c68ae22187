"""The separatrix of a game with three dimensions: a surface between the basins, with an error estimate.

The state space is cut into tetrahedra whose corners are labelled by the outcomes of trajectories from them.
Each edge between two outcomes is bisected until the surface is bracketed by two starts at the requested
distance. So the composition of the surface need not be known in advance: the stable manifolds of saddles
inside and on the faces, of rest sets, or of cycles. The limits of its trajectories are found afterwards
(`separatrix.dynamics.basin_boundaries.edge_tracking`).

The pieces of a surface between basins: which outcomes each separates, and what its orbits come to.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.equilibria import omega_limits
from separatrix.dynamics.basin_boundaries.marching_tetrahedra import EDGES, FACES, Crossed, edge, face
from separatrix.dynamics.basin_boundaries.tolerances import (
    FINEST_PRECISION,
    FLATNESS,
    NEAR_SURFACE,
    OFF_FACES,
    PRECISION,
)
from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.errors import ComesLater, InputError
from separatrix.game.model import Game
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import Sentence, say

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.refinement import RefinedSurface
    from separatrix.dynamics.basin_boundaries.stable_manifold import Lattice, OutcomeLabels

__all__ = [
    "SeparatrixSurface",
    "SurfacePiece",
    "nearest_on_triangles",
    "pieces_of",
    "separatrix_surface",
    "volumes",
]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

STARTS = 12
"""Vertices of each piece from which trajectories are followed along the surface. Fewer: the shares of their
limits are coarser."""
NEAR = 0.01
"""The distance in every share at which such a trajectory has reached a rest point. Larger: neighbouring
points are confused; smaller: slow trajectories are not attributed."""


@dataclass(frozen=True)
class SurfacePiece:
    """The part of a surface that separates two outcomes.

    Attributes
    ----------
    outcomes : two str
        The ids of rest points or rest sets, or ``cycle``.  The normals of the triangles, by the right hand,
        point from the first to the second.
    area : float
        Where distances are those of the shares.
    comes_to : mapping of str to float
        What trajectories on the piece come to, by the id of a rest point or rest set, and the share of the
        trajectories followed that do: the saddles of whose stable manifolds the piece consists.
    elsewhere : float
        The share of the trajectories followed that cannot be attributed: they came to a cycle, or to nothing
        in the time given, or a third basin came between.
    approach : float or None
        The largest distance, in any share, to which those of `comes_to` came.
    """

    outcomes: tuple[str, str]
    area: float
    comes_to: Mapping[str, float]
    elsewhere: float
    approach: float | None


def pieces_of(
    labels: OutcomeLabels, found: RefinedSurface, pairs: NDArray[np.int16]
) -> tuple[SurfacePiece, ...]:
    """Return the pieces between the outcomes with the codes `pairs`, an array (pieces, 2)."""
    from separatrix.dynamics.basin_boundaries.edge_tracking import edge_states

    if not len(pairs):
        return ()
    names, targets = _targets(labels.followed.analysis)
    starts = [_starts(labels, found, pair) for pair in pairs]
    low, high = (np.concatenate(rows) for rows in zip(*starts, strict=True))
    of = np.repeat(np.arange(len(pairs)), [len(rows) for rows, _ in starts])
    near = edge_states(labels, low, high, pairs[of, 0], pairs[of, 1], targets)
    result = []
    for k, pair in enumerate(pairs):
        own = near[of == k]
        here = (found.mesh.sides == pair).all(axis=1)
        comes_to: dict[str, float] = {}
        approach = None
        if own.size:
            reached = own.min(axis=1) <= NEAR
            ends = np.array(names)[own.argmin(axis=1)]
            for name in dict.fromkeys(names):
                share = float(np.mean((ends == name) & reached))
                if share:
                    comes_to[name] = share
            approach = float(own.min(axis=1)[reached].max()) if reached.any() else None
        a, b = (labels.outcomes[int(code)] for code in pair)
        elsewhere = max(0.0, 1.0 - sum(comes_to.values()))
        result.append(SurfacePiece((a, b), float(found.areas[here].sum()), comes_to, elsewhere, approach))
    return tuple(result)


def _starts(labels: OutcomeLabels, found: RefinedSurface, pair: NDArray[np.int16]) -> tuple[Array, Array]:
    """Return starts far from each other on both sides of the piece between two outcomes."""
    here = (found.mesh.sides == pair).all(axis=1)
    edges, _, error, low, high = found.crossed.found_on_edges
    used = np.unique(found.mesh.triangles[here])
    used = used[used < len(edges)]
    used = used[(error[used] <= NEAR_SURFACE) & (low[used] > OFF_FACES).all(axis=1)]
    used = _spread(labels.chart.places(low[used]), used)
    # A bracket goes from the smaller node of its edge to the larger.
    turned = (found.codes[edges[used, 0]] != pair[0])[:, None]
    return np.where(turned, high[used], low[used]), np.where(turned, low[used], high[used])


def _targets(analysis: Analysis) -> tuple[list[str], tuple[Array, Array]]:
    """Return the names of rest points and of lines that make up rest sets, and the ends of these."""
    named: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = []
    for point in analysis.rest_points:
        if point.state is not None and point.isolated is not False:
            named.append((point.id, point.state, point.state))
    for piece in analysis.rest_sets:
        states = piece.samples if len(piece.samples) >= 2 else piece.corners
        following = states[1:] if piece.dimension == 1 and len(states) >= 2 else states
        named += [(piece.id, a, b) for a, b in zip(states, following, strict=False)]
    shape = (len(named), len(analysis.game.shares))
    begin, end = (np.array([row[k] for row in named]).reshape(shape) for k in (1, 2))
    return [name for name, _, _ in named], (begin, end)


def _spread(places: Array, rows: Rows) -> Rows:
    """Return some rows whose places are far apart: each is the farthest from those before."""
    if len(rows) <= STARTS:
        return rows
    chosen = [0]
    away = np.linalg.norm(places - places[0], axis=1)
    while len(chosen) < STARTS:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(places - places[chosen[-1]], axis=1))
    return rows[chosen]


CELLS = 24
"""Of the lattice, a side, by default. Fewer: basins thinner than a cell are missed."""

FEWEST_CELLS, MOST_CELLS = 4, 96
"""Allowed numbers of cells on a side; time and memory grow as the cube."""


@dataclass(frozen=True, eq=False, repr=False)
class SeparatrixSurface(Plotted, Tabled):
    """The surface between the basins of a game with three dimensions, in triangles.

    Attributes
    ----------
    analysis : Analysis
        What rests, and what of it attracts.
    states : array (vertices, n)
        Shares, as in `separatrix.Game.shares`; those that are below 1e-43 are 0, as the surface is followed
        to the faces of the state space, and no farther.
    errors : array (vertices,)
        How far, in Euclidean distance, each vertex may be from a change of outcome: half the distance between
        two starts of different outcomes on both sides of it, each followed at two tolerances.  Larger than
        the precision where a third basin comes between.
    triangles : array (triangles, 3)
        Of vertices.
    piece_of : array (triangles,)
        The place in `pieces` of each.
    deviations : array (triangles,)
        How far the surface is from the middle of each triangle, towards its second outcome; NaN where it was
        not found.
    pieces : tuple of SurfacePiece
        One for each two outcomes with a common border; none where all starts share an outcome.
    fractions : mapping of str to float
        The share of the state space on each side: that enclosed by the triangles, and what the surface
        bulges from them.
    fractions_error : float
        What the bulges make up at most, as an estimate of the error.
    cells : int
        How many cells the lattice had along each coordinate, to begin with.
    precision : float
        The distance of two starts that was aimed at.
    how_sure : str
        The argument, and the error, in a sentence.
    """

    analysis: Analysis
    states: Array
    errors: Array
    triangles: Rows
    piece_of: Rows
    deviations: Array
    pieces: tuple[SurfacePiece, ...]
    fractions: Mapping[str, float]
    fractions_error: float
    cells: int
    precision: float
    how_sure: str

    @property
    def game(self) -> Game:
        """The game."""
        return self.analysis.game

    @property
    def places(self) -> Array:
        """The vertices as places (vertices, 3) in space, at the distances of the shares."""
        from separatrix.dynamics.basin_boundaries.stable_manifold import SpaceChart

        chart = SpaceChart(self.game.space.sizes)
        weights = np.zeros((len(self.states), sum(chart.sizes)))
        weights[:, chart.displayed_weights] = self.states
        return chart.places(weights)

    def nearest(self, state: Sequence[float], outcome: str | None = None) -> tuple[float, tuple[float, ...]]:
        """Return the distance of a state from the triangles, and the nearest state on them.

        With a ``fate``, of the pieces that border on it.

        Raises
        ------
        ValueError
            If no piece borders on the outcome.
        """

        which = [k for k, piece in enumerate(self.pieces) if outcome is None or outcome in piece.outcomes]
        rows = np.isin(self.piece_of, which)
        if not rows.any():
            raise ValueError(f"no piece of the surface borders on {outcome}")
        return nearest_on_triangles(np.asarray(state, dtype=float), self.states[self.triangles[rows]])

    def to_dict(self, mesh: bool = True) -> dict[str, Any]:
        """Return the answer as plain data, with or without vertices and triangles."""
        from separatrix.run.results import provenance

        result: dict[str, Any] = {
            "schema": 1,
            "model": self.analysis.heading,
            "shares": list(self.game.shares),
            "pieces": [
                {
                    "fates": list(piece.outcomes),
                    "area": piece.area,
                    "comes_to": dict(piece.comes_to),
                    "elsewhere": piece.elsewhere,
                    "approach": piece.approach,
                }
                for piece in self.pieces
            ],
            "fractions": dict(self.fractions),
            "fractions_error": self.fractions_error,
            "cells": self.cells,
            "precision": self.precision,
            "how_sure": str(self.how_sure),
        }
        if mesh:
            result |= {
                "vertices": self.states.tolist(),
                "errors": self.errors.tolist(),
                "triangles": self.triangles.tolist(),
                "piece_of": self.piece_of.tolist(),
                "deviations": [None if d != d else d for d in self.deviations.tolist()],
            }
        return result | {"provenance": provenance(self.game)}


def separatrix_surface(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    cells: int = CELLS,
    precision: float = PRECISION,
    flatness: float = FLATNESS,
) -> SeparatrixSurface:
    """Return the surface between the basins of a game whose state space has three dimensions.

    Parameters
    ----------
    game : Game
        Three populations of two strategies, one population of four, or one of two and one of three;
        payoffs rational in the shares.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    cells : int
        The cells of the lattice along each coordinate, from 4 to 96: a basin that is thinner may be missed.
    precision : float
        The distance of the two starts on both sides of each vertex to come down to, from 1e-14 on.
    flatness : float
        Where the surface is farther from its triangles, these are made smaller, up to three times.

    Returns
    -------
    SeparatrixSurface
        `states` has shape (vertices, shares), `triangles` (triangles, 3); `errors` are distances in shares.

    Raises
    ------
    ComesLater
        D646 for a state space of another dimension; and for games that `separatrix.analyze` cannot analyse.
    InputError
        D647 for impossible cells, precision or flatness; V304 where a parameter has no value.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Nielson & Franke (1997); Skufca, Yorke & Eckhardt (2006).

    Examples
    --------
    >>> import separatrix
    >>> players = [{"name": name, "share": name.lower()} for name in ("X", "Y", "Z")]
    >>> advantages = {"x": "3*y*z - 1", "y": "3*x*z - 1", "z": "3*x*y - 1"}
    >>> game = separatrix.load({"title": "Three", "populations": players, "advantages": advantages})
    >>> surface = separatrix.separatrix_surface(game, cells=8)
    >>> [(piece.outcomes, dict(piece.comes_to)) for piece in surface.pieces]
    [(('E1', 'E8'), {'E15': 1.0})]
    >>> {name: round(share, 2) for name, share in surface.fractions.items()}
    {'E1': 0.68, 'E8': 0.32}
    >>> bool(surface.errors.max() < 1e-9)
    True
    """
    from separatrix.analysis.analyze import analyze
    from separatrix.dynamics.basin_boundaries.refinement import find
    from separatrix.dynamics.basin_boundaries.stable_manifold import OutcomeLabels, lattice_of

    sizes, dimension = game.space.sizes, game.space.dimension
    if dimension != 3:
        raise ComesLater(
            "D646",
            f"the state space has dimension {dimension}; a separatrix is found as a surface in three: for "
            "2 x 2 x 2 or 2 x 3 strategies, or one population of four",
            hint="`separatrix basins` counts the starts of each outcome for games of any shape"
            if dimension != 2 or sizes != (2, 2)
            else "`separatrix.separatrix_curve` gives the line for two populations of two strategies",
        )
    _check(cells, precision, flatness)
    followed = omega_limits(analyze(game, values, scenario))
    followed.scout()
    lattice = lattice_of(sizes, cells)
    labels = OutcomeLabels(followed, lattice.chart)
    found = find(labels, lattice, precision, flatness)
    return _surface(labels, found, cells, precision)


def _check(cells: int, precision: float, flatness: float) -> None:
    if not isinstance(cells, int) or not FEWEST_CELLS <= cells <= MOST_CELLS:
        raise InputError(
            "D647", f"{cells!r} cells; expected a whole number from {FEWEST_CELLS} to {MOST_CELLS}"
        )
    if not FINEST_PRECISION <= precision <= 0.01:
        raise InputError("D647", f"a precision of {precision!r}; expected a number from 1e-14 to 0.01")
    if not flatness > 0:
        raise InputError("D647", f"a flatness of {flatness!r}; expected a number above 0")


def _surface(labels: OutcomeLabels, found: RefinedSurface, cells: int, precision: float) -> SeparatrixSurface:
    analysis, chart, mesh = labels.followed.analysis, labels.chart, found.mesh
    used, corners = np.unique(mesh.triangles, return_inverse=True)
    pairs, piece_of = np.unique(mesh.sides, axis=0, return_inverse=True)
    shares, error = _fractions(labels, found)
    order = [p.id for p in analysis.rest_points] + [s.id for s in analysis.rest_sets] + list(shares)
    errors = found.crossed.error[used]
    return SeparatrixSurface(
        analysis,
        chart.states(found.crossed.weights[used]),
        errors,
        corners.reshape(mesh.triangles.shape),
        piece_of.reshape(-1),
        found.deviations,
        pieces_of(labels, found, pairs),
        {name: shares[name] for name in dict.fromkeys(order) if shares.get(name)},
        error,
        cells,
        precision,
        at_baseline_values(analysis.game, _sure(labels, found, errors, precision, shares["undecided"])),
    )


def _fractions(labels: OutcomeLabels, found: RefinedSurface) -> tuple[dict[str, float], float]:
    """Return the shares of the state space, and what the surface bulges from its triangles in all."""
    from separatrix.dynamics.basin_boundaries.refinement import VOLUME

    lattice = found.lattice
    corners = lattice.chart.places(lattice.weights)[lattice.tetrahedra]
    whole = float(np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])).sum()) / 6
    shares = volumes(lattice, found.codes, found.crossed, len(labels.outcomes))
    bulges = np.nan_to_num(found.deviations) * found.areas * VOLUME / whole
    np.add.at(shares, found.mesh.sides[:, 0], bulges)
    np.add.at(shares, found.mesh.sides[:, 1], -bulges)
    # What is not measured may be anywhere within a cell.
    unknown = float(found.areas[np.isnan(found.deviations)].sum()) * lattice.spacing / whole
    named = {name: float(share) for name, share in zip(labels.outcomes, shares[:-1], strict=True)}
    return named | {"undecided": float(shares[-1])}, float(np.abs(bulges).sum()) + unknown


def _sure(
    labels: OutcomeLabels, found: RefinedSurface, errors: Array, precision: float, undecided: float
) -> str:
    if not labels.outcomes:
        return say(
            "undecided: no rest point, continuum of equilibria or cycle of this game is known to attract"
        )
    sure = _surface_certainty(found, errors, precision)
    if undecided:
        return say(
            "{estimate}; {share} % of the state space is undecided, and no border is drawn around that",
            estimate=sure,
            share=f"{100 * undecided:.3g}",
        )
    return sure


def _surface_certainty(found: RefinedSurface, errors: Array, precision: float) -> Sentence:
    if not len(found.mesh.triangles):
        return say(
            "estimated: all starts of a lattice that arrived, {count} of {all}, have one outcome; a basin "
            "thinner than {width} may be missed",
            count=f"{int((found.codes >= 0).sum()):,}",
            all=f"{len(found.codes):,}",
            width=f"{found.lattice.spacing:.2g}",
        )
    held = float(np.mean(errors <= precision))
    bulge = float(np.nanmax(np.abs(found.deviations), initial=0.0))
    unmeasured = float(found.areas[np.isnan(found.deviations)].sum() / found.areas.sum())
    return say(
        "estimated: {share} % of the vertices lie between two starts of different outcomes that are at most "
        "{width} apart, all at most {most}, and both were followed at two tolerances; the middles of the "
        "triangles are within {bulge} of the surface, but for {unmeasured} % of its area that is not known; "
        "a basin thinner than {cell} may be missed",
        share=f"{100 * held:.4g}",
        width=f"{precision:.1g}",
        most=f"{2 * float(errors.max()):.2g}",
        bulge=f"{bulge:.2g}",
        unmeasured=f"{100 * unmeasured:.2g}",
        cell=f"{found.lattice.spacing:.2g}",
    )


# --------------------------------------------------------------------------- closest point

# Ericson, C. (2005), Real-Time Collision Detection, section 5.1.5.


def nearest_on_triangles(place: Array, triangles: Array) -> tuple[float, tuple[float, ...]]:
    """Return the distance of a place (n,) from triangles (triangles, 3, n), and where they are nearest.

    Examples
    --------
    >>> import numpy as np
    >>> distance, place = nearest_on_triangles(np.array([0.0, 0.0, 0.0]), np.eye(3)[None])
    >>> round(distance, 6), [round(x, 6) for x in place]
    (0.57735, [0.333333, 0.333333, 0.333333])
    """
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    found = [_on_side(place, p, q) for p, q in ((a, b), (b, c), (c, a))]
    u, v, w = b - a, c - a, place - a
    uu, uv, vv = ((p * q).sum(axis=1) for p, q in ((u, u), (u, v), (v, v)))
    wu, wv = (w * u).sum(axis=1), (w * v).sum(axis=1)
    with np.errstate(all="ignore"):
        volume = uu * vv - uv * uv
        s, t = (vv * wu - uv * wv) / volume, (uu * wv - uv * wu) / volume
    inside = (s >= 0) & (t >= 0) & (s + t <= 1)
    found.append(np.where(inside[:, None], a + s[:, None] * u + t[:, None] * v, a))
    every = np.concatenate(found)
    away = np.linalg.norm(every - place, axis=1)
    k = int(away.argmin())
    return float(away[k]), tuple(float(x) for x in every[k])


def _on_side(place: Array, begin: Array, end: Array) -> Array:
    along = end - begin
    length = (along**2).sum(axis=1)
    part = ((place - begin) * along).sum(axis=1) / np.where(length > 0, length, 1.0)
    return np.asarray(begin + np.clip(part, 0, 1)[:, None] * along)


# --------------------------------------------------------------------------- volumes

# A tetrahedron falls into twenty-four: from a corner over a point of an edge and one of a face to one inside.
# Where these points lie on the surface between outcomes, each of the small ones has the outcome of its
# corner.

Codes = NDArray[np.int16]


def volumes(lattice: Lattice, codes: Codes, crossed: Crossed, outcomes: int) -> Array:
    """Return the share of the state space (outcomes + 1,) that each outcome has; the last one is open."""
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
    """Add the parts of tetrahedra in which outcomes meet."""
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
