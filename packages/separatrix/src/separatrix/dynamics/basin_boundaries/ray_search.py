"""The nearest state with another outcome, along rays: by bisection on each, in directions that close in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.outcome import UNDECIDED
from separatrix.dynamics.basin_boundaries.tolerances import BEYOND, NO_ROOM
from separatrix.dynamics.basins.after_schedule import Outcomes
from separatrix.dynamics.fields.base import PayoffField

__all__ = ["Push", "RaySearch"]

Array = NDArray[np.float64]

RAYS = 192
"""Directions of a round. Fewer: the reported push may not be the smallest."""

STATIONS = 24
"""States on each ray among which a change is looked for first. Fewer: thin basins are stepped over."""

HALVINGS = 24
"""Of the way between two of them: 24 leave 2.5e-9 of it. Fewer: the size of a push is less exact."""

ROUNDS = (0.5, 0.2, 0.07, 0.02, 0.007)
"""How far the directions of each further round are spread around the best one. The gain of the last round
is reported as the error."""


@dataclass(frozen=True)
class Push:
    """A change of the shares.

    Attributes
    ----------
    to : tuple of float
        The state on the basin boundary; the slightest bit beyond, and the outcome is another.
    size : float
        The Euclidean distance from the start.
    beyond : str
        Where trajectories end from there on: the id of a rest point or set, ``cycle`` or ``undecided``.
    """

    to: tuple[float, ...]
    size: float
    beyond: str


@dataclass
class RaySearch:
    """A search from one start.

    Attributes
    ----------
    outcomes : Outcomes
        From starts to where they end.
    flow : PayoffField
        The field, which knows the populations.
    start : array (n,)
    outcome : str
    seed : int
    tried : int
        Rays so far.
    """

    outcomes: Outcomes
    flow: PayoffField
    start: Array
    outcome: str
    seed: int
    tried: int = field(default=0)

    def smallest(self, population: int | None) -> tuple[Push | None, float]:
        """Return the smallest push, of one population's shares or of all, and what the last round gained."""
        basis = self._tangents(population)
        rng = np.random.default_rng([self.seed, 0 if population is None else population + 1])
        if basis.shape[1] == 1:
            directions = np.array([[1.0], [-1.0]])
        else:
            directions = rng.normal(size=(RAYS, basis.shape[1]))
        best: Push | None = None
        gained = 0.0
        for spread in (0.0, *ROUNDS):
            found = self._round(directions @ basis.T)
            if found is not None and (best is None or found.size < best.size):
                gained = 0.0 if best is None else best.size - found.size
                best = found
            else:
                gained = 0.0
            if best is None or basis.shape[1] == 1:
                break
            ahead = (np.array(best.to) - self.start) @ basis
            ahead /= np.linalg.norm(ahead)
            following = next((r for r in ROUNDS if r < (spread or 1.0)), ROUNDS[-1])
            directions = ahead + following * rng.normal(size=(RAYS // 2, basis.shape[1]))
        return best, gained + BEYOND

    def _tangents(self, population: int | None) -> Array:
        """Return an orthonormal basis (n, d) of the changes that keep each population a whole."""
        n = len(self.start)
        columns = []
        for i, (place, size) in enumerate(zip(self.flow.slices, self.flow.sizes, strict=True)):
            if population not in (None, i):
                continue
            if size == 2:
                column = np.zeros((n, 1))
                column[place] = 1.0
            else:
                column = np.zeros((n, size - 1))
                column[place] = np.linalg.svd(np.ones((1, size)))[2][1:].T
            columns.append(column)
        return np.hstack(columns)

    def _round(self, ways: Array) -> Push | None:
        """Return the smallest push along ways (rays, n)."""
        ways = ways / np.linalg.norm(ways, axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            room = np.where(ways > 0, (1 - self.start) / ways, np.where(ways < 0, -self.start / ways, np.inf))
        longest = np.where(np.isfinite(room), room, np.inf).min(axis=1) * (1 - NO_ROOM)
        inward = longest > NO_ROOM
        ways, longest = ways[inward], longest[inward]
        self.tried += len(ways)
        if not len(ways):
            return None
        fractions = np.arange(1, STATIONS + 1) / STATIONS
        lengths = longest[:, None] * fractions
        other = self._has_other_outcome(ways, lengths)
        changed = other.any(axis=1)
        if not changed.any():
            return None
        ways, lengths, other = ways[changed], lengths[changed], other[changed]
        first = other.argmax(axis=1)
        rows = np.arange(len(ways))
        high = lengths[rows, first]
        low = np.where(first > 0, lengths[rows, first - 1], 0.0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            there = self._has_other_outcome(ways, middle[:, None])[:, 0]
            low, high = np.where(there, low, middle), np.where(there, middle, high)
        k = int(high.argmin())
        to = self.start + high[k] * ways[k]
        beyond = str(self.outcomes.names((self.start + (high[k] * (1 + BEYOND)) * ways[k])[None])[0])
        return Push(tuple(float(v) for v in to), float(high[k]), beyond)

    def _has_other_outcome(self, ways: Array, lengths: Array) -> NDArray[np.bool_]:
        """Return where states at lengths (rays, m) along ways have an outcome that is known and another."""
        states = self.start + lengths[..., None] * ways[:, None, :]
        names = self.outcomes.names(states.reshape(-1, len(self.start))).reshape(lengths.shape)
        return np.asarray((names != self.outcome) & (names != UNDECIDED))
