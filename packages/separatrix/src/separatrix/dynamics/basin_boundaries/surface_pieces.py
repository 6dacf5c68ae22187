"""The pieces of a surface between basins: which outcomes each separates, and what its orbits come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.basin_boundaries.tolerances import NEAR_SURFACE, OFF_FACES

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.outcome_labels import OutcomeLabels
    from separatrix.dynamics.basin_boundaries.refinement import RefinedSurface

__all__ = ["SurfacePiece", "pieces_of"]

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
    from separatrix.dynamics.basin_boundaries.edge_states import edge_states

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
