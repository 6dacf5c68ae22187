"""Sample trajectories of a portrait: evenly spaced in the plane, from a grid of starts in the cube."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.even_streamlines import even_streamlines, once_around
from separatrix.dynamics.integration.arc_length import lines
from separatrix.dynamics.page_coordinates import on_page, state_at
from separatrix.dynamics.portraits_tolerances import (
    CUBE,
    CUBE_AWAY,
    CUBE_BACK,
    CUBE_LONGEST,
    CUBE_STEP,
    CUBE_WAYS,
    SQUARE_SIDE,
    STOPPED,
    TRIANGLE_SIDE,
)
from separatrix.game.model import Shape

if TYPE_CHECKING:
    from separatrix.dynamics.fields.interface import VectorField

__all__ = ["SampleTrajectory", "sample_trajectories", "trajectories_from"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SampleTrajectory:
    """A sample trajectory: states (points, n), equally far apart, in the order in which they are passed."""

    states: Array
    on_face: bool = False


def sample_trajectories(
    analysis: Analysis, flow: VectorField, shape: Shape, avoid: Sequence[Array] = ()
) -> tuple[SampleTrajectory, ...]:
    """Return orbits; those in the plane keep off the lines `avoid`, those through its middle come first."""
    if shape == "square":
        grid = (np.arange(SQUARE_SIDE) + 0.5) / SQUARE_SIDE
        starts = [(float(x), float(y)) for x in grid for y in grid]
        starts.sort(key=lambda s: (max(abs(s[0] - 0.5), abs(s[1] - 0.5)), s))
        keep_off = avoid[0] if avoid else None
        found = even_streamlines(flow, starts, lambda states: np.asarray(states, dtype=float), avoid=keep_off)
        return tuple(SampleTrajectory(line) for line in found)
    if shape == "triangle":
        steps = range(1, TRIANGLE_SIDE)
        places = [(i, j, TRIANGLE_SIDE - i - j) for i in steps for j in steps if i + j < TRIANGLE_SIDE]
        places.sort(key=lambda g: (max(g) - min(g), g))
        shares = [tuple(v / TRIANGLE_SIDE for v in g) for g in places]
        return tuple(
            SampleTrajectory(state_at(line))
            for line in even_streamlines(flow, shares, on_page, unit=1 / np.sqrt(2))
        )
    if shape == "cube":
        return tuple(_in_cube(analysis, flow))
    return ()


def _in_cube(analysis: Analysis, flow: VectorField) -> Iterator[SampleTrajectory]:
    inside = [s for s in itertools.product(CUBE, repeat=3) if sum(v == 0.5 for v in s) != 1]
    on_faces = list(_starts_on_faces(analysis)) if flow.keeps_faces else []
    for k, line in enumerate(_ahead(flow, [*inside, *on_faces])):
        yield SampleTrajectory(line, k >= len(inside))


def trajectories_from(flow: VectorField, starts: Sequence[tuple[float, ...]]) -> tuple[SampleTrajectory, ...]:
    """Return the trajectories from chosen starts, ahead in time until they rest or come back."""
    found = zip(starts, _ahead(flow, starts), strict=True) if starts else ()
    return tuple(SampleTrajectory(line, any(v in (0.0, 1.0) for v in start)) for start, line in found)


def _ahead(flow: VectorField, starts: Sequence[tuple[float, ...]]) -> Iterator[Array]:
    """Yield the trajectory from each start, up to a rest state or back to its start."""
    for states in lines(flow, starts, CUBE_LONGEST, points=round(CUBE_LONGEST / CUBE_STEP) + 1):
        moved = np.sqrt((np.diff(states, axis=0) ** 2).sum(axis=-1))
        still = np.flatnonzero(~(moved > STOPPED * CUBE_STEP))
        under_way = states[: int(still[0]) + 2] if still.size else states
        yield once_around(under_way, CUBE_BACK, CUBE_AWAY)


def _starts_on_faces(analysis: Analysis) -> Iterator[tuple[float, ...]]:
    """Yield two starts near each rest point that mixes on a face: events there are easily missed."""
    for point in analysis.rest_points:
        if point.state is not None and point.isolated and len(point.free) == 2:
            for part in CUBE_WAYS:
                yield tuple(
                    v + (part * (0.96 - v) if k in point.free else 0.0) for k, v in enumerate(point.state)
                )
