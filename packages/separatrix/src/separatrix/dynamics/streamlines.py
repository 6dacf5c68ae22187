"""Trajectories that cover a plane figure evenly.

Jobard, B. and Lefer, W. (1997), Creating evenly-spaced streamlines of arbitrary density, Visualization in
Scientific Computing '97, 43-55: a trajectory starts only at a distance from those drawn, and ends where it
comes nearer than a fraction of this distance.

Where the states of a line, a square, a triangle or a cube stand on a page, and grids of them.

Sample trajectories of a portrait: evenly spaced in the plane, from a grid of starts in the cube.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.integration.batch import lengths, lines
from separatrix.dynamics.portraits_tolerances import (
    APART,
    AWAY,
    BACK,
    CUBE,
    CUBE_AWAY,
    CUBE_BACK,
    CUBE_LONGEST,
    CUBE_STEP,
    CUBE_WAYS,
    LONGEST,
    NEAREST,
    PARTS,
    SHORTEST,
    SQUARE_SIDE,
    STEP,
    STOPPED,
    TRIANGLE_SIDE,
)
from separatrix.game.model import Shape

if TYPE_CHECKING:
    from separatrix.dynamics.fields.payoffs import VectorField

__all__ = [
    "HEIGHT",
    "SampleTrajectory",
    "even_streamlines",
    "grid_on",
    "on_page",
    "once_around",
    "sample_trajectories",
    "state_at",
    "trajectories_from",
]

Array = NDArray[np.float64]


def even_streamlines(
    flow: VectorField,
    starts: Sequence[Sequence[float]],
    place: Callable[[Any], Array],
    unit: float = 1.0,
    avoid: Array | None = None,
) -> list[Array]:
    """Return trajectories through some of `starts`, as arrays (points, 2) of places in the unit square.

    ``place`` takes states (..., n) to places on the page (..., 2) and shrinks lengths by ``unit``; the
    starts that come first are drawn first.  Trajectories keep off the line ``avoid``.
    """
    points = round(LONGEST / STEP) + 1
    covered = _Covered()
    if avoid is not None:
        covered.add(_dense(avoid))
    drawn = []
    # Most starts lie near trajectories through others, so a few at a time are followed.
    rest = np.asarray(starts, dtype=float)
    for part in PARTS:
        few, rest = rest[::part], rest[np.arange(len(rest)) % part > 0]
        ways = np.repeat([LONGEST / unit, -LONGEST / unit], len(few))
        found = place(lines(flow, np.concatenate([few, few]), ways, points=points))
        forth, back = found[: len(few)], found[len(few) :]
        for ahead, behind in zip(forth, back, strict=True):
            if not covered.is_covered(ahead[:1])[0]:
                orbit = _whole_streamline(_under_way(ahead), _under_way(behind), covered)
                if len(orbit) * STEP >= SHORTEST:
                    covered.add(orbit)
                    drawn.append(orbit)
        rest = rest[~covered.is_covered(place(rest))]
    return drawn


def _whole_streamline(ahead: Array, behind: Array, covered: _Covered) -> Array:
    """Return the trajectory through a start, from what lies behind it, as far as there is room for it."""
    ahead = once_around(ahead)
    closed = len(ahead) > 2 and bool((ahead[0] == ahead[-1]).all())
    ahead = ahead[: covered.free(ahead)]
    if closed:
        return ahead
    behind = behind[: covered.free(behind)]
    return np.concatenate([behind[:0:-1], ahead])


def _dense(line: Array) -> Array:
    """Return a line with corners a small step apart."""
    length = lengths(line)
    even = np.linspace(0, length[-1], max(2, round(length[-1] / STEP)))
    return np.stack([np.interp(even, length, line[:, k]) for k in (0, 1)], axis=-1)


def _under_way(orbit: Array) -> Array:
    """Return a trajectory up to its rest state."""
    moved = np.hypot(*np.diff(orbit, axis=0).T)
    still = np.flatnonzero(~(moved > STOPPED * STEP))
    return orbit[: int(still[0]) + 1] if still.size else orbit


def once_around(orbit: Array, back: float = BACK, away: float = AWAY) -> Array:
    """Return a trajectory up to where it comes back to its start, closed there, if it does."""
    distance = np.sqrt(((orbit - orbit[0]) ** 2).sum(axis=-1))
    left = int(np.argmax(distance > away))
    if not distance[left] > away:
        return orbit
    again = np.flatnonzero(distance[left:] < back)
    return np.concatenate([orbit[: left + int(again[0]) + 1], orbit[:1]]) if again.size else orbit


class _Covered:
    """Which cells of the unit square lie near a trajectory that is drawn already."""

    def __init__(self) -> None:
        self.cell = APART * NEAREST / 3
        self.margin = 1 + math.ceil(APART / self.cell)
        count = math.ceil(1 / self.cell) + 2 * self.margin + 1
        self.starts = np.zeros((count, count), dtype=bool)
        self.ends = np.zeros((count, count), dtype=bool)
        self.wide, self.narrow = self._disc(APART), self._disc(APART * NEAREST)

    def _disc(self, radius: float) -> NDArray[np.intp]:
        reach = math.ceil(radius / self.cell)
        steps = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1).T
        return np.asarray(steps[np.hypot(*steps.T) * self.cell <= radius], dtype=np.intp)

    def _cells(self, places: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        cells = np.floor(np.clip(places, 0, 1) / self.cell).astype(int) + self.margin
        return cells[:, 0], cells[:, 1]

    def is_covered(self, places: Array) -> NDArray[np.bool_]:
        """Say of each place whether it is too near for a start."""
        return self.starts[self._cells(places)]

    def free(self, orbit: Array) -> int:
        """Return how many of its first places keep their distance."""
        taken = np.flatnonzero(self.ends[self._cells(orbit)])
        return int(taken[0]) if taken.size else len(orbit)

    def add(self, orbit: Array) -> None:
        cells = np.unique(np.stack(self._cells(orbit), axis=-1), axis=0)
        for grid, disc in ((self.starts, self.wide), (self.ends, self.narrow)):
            marked = (cells[:, None] + disc).reshape(-1, 2)
            grid[marked[:, 0], marked[:, 1]] = True


HEIGHT = math.sqrt(3) / 2
"""The height of the triangle; its sides have length one."""


def on_page(states: Any) -> Array:
    """Return the places (..., 2) of states (..., 3) in the triangle: corners left, right and on top."""
    x = np.asarray(states, dtype=float)
    return np.stack([x[..., 1] + x[..., 2] / 2, HEIGHT * x[..., 2]], axis=-1)


def state_at(places: Any) -> Array:
    """Return the states (..., 3) at places (..., 2) in the triangle: the inverse of `on_page`."""
    at = np.asarray(places, dtype=float)
    top = np.clip(at[..., 1] / HEIGHT, 0.0, 1.0)
    right = np.clip(at[..., 0] - top / 2, 0.0, 1.0 - top)
    return np.stack([1.0 - right - top, right, top], axis=-1)


def grid_on(shape: Shape, count: int) -> Array:
    """Return a grid of states (points, n) with `count` states on a side.

    Examples
    --------
    >>> len(grid_on("square", 3)), len(grid_on("triangle", 3)), len(grid_on("cube", 3))
    (9, 6, 27)
    """
    last = count - 1
    if shape == "triangle":
        whole = [(i, j, last - i - j) for i in range(count) for j in range(count - i)]
        return np.array(whole, dtype=float) / last
    steps = np.linspace(0.0, 1.0, count)
    dimensions = {"line": 1, "square": 2, "cube": 3}[shape]
    return np.array(list(itertools.product(steps, repeat=dimensions)))


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
