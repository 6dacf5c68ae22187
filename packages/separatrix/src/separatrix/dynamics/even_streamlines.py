"""Trajectories that cover a plane figure evenly.

Jobard, B. and Lefer, W. (1997), Creating evenly-spaced streamlines of arbitrary density, Visualization in
Scientific Computing '97, 43-55: a trajectory starts only at a distance from those drawn, and ends where it
comes nearer than a fraction of this distance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.arc_length import lengths, lines
from separatrix.dynamics.portraits_tolerances import (
    APART,
    AWAY,
    BACK,
    LONGEST,
    NEAREST,
    PARTS,
    SHORTEST,
    STEP,
    STOPPED,
)

if TYPE_CHECKING:
    from separatrix.dynamics.fields.interface import VectorField

__all__ = ["even_streamlines", "once_around"]

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
