"""The closed orbit near a trajectory, and the return map of a section across it.

A return map P takes a place of the section to where the orbit from there comes back to it.  Newton's method
finds its fixed point, the eigenvalues of its derivative there are the multipliers of the orbit, and all of
them lie inside the unit circle where it attracts (Kuznetsov, Y. A. (2004), Elements of Applied Bifurcation
Theory, sections 1.5 and 10.2).  That alone is a number with an error; so starts all around the fixed point,
in a plane one on either side, have to come back nearer: they bound an annulus, or a tube, that no orbit
leaves.

Places are in logarithms of the shares if the dynamic preserves faces. A spiral towards the boundary, whose
turns lie ever closer in the shares, is as wide there as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.tolerances import CLOSED, NOISE, PARALLEL, SHIFT, TUBES
from separatrix.dynamics.integration.motion import Motion
from separatrix.dynamics.integration.scipy_solvers import Dense, dense_solution
from separatrix.dynamics.integration.tolerances import EXACT
from separatrix.run.cached_property import cached_property

__all__ = ["LimitCycle", "closed_orbit"]

Array = NDArray[np.float64]

EARLIEST, LATER = 0.4, 1.6
"""From when on returns count, and for how long they are waited for, in periods. A period is known to about a
tenth at first."""

SAMPLES = 1024
"""States on a closed orbit. Fewer: cycles look angular, and their distance from the border of a tube is less
exact."""

NEWTON = 10
"""Steps of Newton's method. Fewer: orbits that attract weakly are not found."""

FARTHEST = 0.3
"""How far a step of it may go, relative to the size of the loop. Larger: steps leap out of reach of the
section."""

AROUND = 16
"""Starts on the border of a tube, in more than a plane, besides those along the axes."""

MARGIN = 0.1
"""The part of what the multipliers promise that the border of a tube has to show. Larger: cycles that attract
weakly are undecided; smaller: noise may pass for coming nearer."""

MOST_CALLS = 50_000
"""Evaluations of the field after which trajectories are given up. Fewer: long periods are undecided."""


@dataclass(frozen=True, eq=False)
class LimitCycle:
    """An attracting closed orbit.

    Attributes
    ----------
    states : array (points, n)
        All around it, nearly equally spaced in time.
    period : float
    contraction : float
        What is left, after one turn, of a small distance from it: a number below one.
    error : float
        By how much the contraction may be wrong; with it, it is still below one.
    within : float
        The distance in shares from which trajectories were seen to come nearer, from all sides.
    """

    states: Array
    period: float
    contraction: float
    error: float
    within: float


def closed_orbit(motion: Motion, here: Array, period: float) -> LimitCycle | None:
    """Return the attracting closed orbit near a state that returns after about a period, or None.

    Parameters
    ----------
    motion : Motion
        Of a continuous field.
    here : array (coordinates, 1)
    period : float
    """
    with np.errstate(all="ignore"):
        section = _Section.through(motion, here, period)
        if section is None:
            return None
        place, before = np.zeros(section.across.shape[1]), np.inf
        for _ in range(NEWTON):
            linear = section.linear(place, SHIFT)
            if linear is None:
                return None
            gap, slopes = linear
            if not np.abs(gap).max() <= before / 2:  # a spiral: the nearer to where it leads, the slower
                return None
            before = float(np.abs(gap).max())
            if np.abs(gap).max() <= NOISE * section.size:
                return _attracting(section, place, slopes)
            try:
                step = np.linalg.solve(np.eye(len(place)) - slopes, gap)
            except np.linalg.LinAlgError:
                return None
            place = place + step / max(1.0, np.abs(step).max() / (FARTHEST * section.size))
            if not np.abs(place).max() <= section.size:
                return None
    return None


def _attracting(section: _Section, place: Array, slopes: Array) -> LimitCycle | None:
    """Return the orbit through a fixed point of the return map if it attracts by more than any error."""
    coarse = section.linear(place, 3 * SHIFT)
    if coarse is None:
        return None
    contraction, rough = (float(np.abs(np.linalg.eigvals(part)).max()) for part in (slopes, coarse[1]))
    error = abs(contraction - rough) + 2 * NOISE / SHIFT
    if not contraction + error < 1:
        return None
    for radius in TUBES:
        starts = _border(slopes, radius * section.size)
        if starts is None:
            return None
        lanes = section.followed(place[:, None] + np.hstack([np.zeros((len(place), 1)), starts[0]]))
        if lanes is None:
            continue
        found, times = section.returned(lanes)
        inverse = starts[1]
        before, after = (
            np.abs(inverse @ part).max(axis=0) for part in (starts[0], found[:, 1:] - place[:, None])
        )
        nearer = MARGIN * (1 - contraction - error) * before + NOISE * section.size
        if not (after <= before - nearer).all():
            continue
        states = section.chart.states(lanes.at(np.linspace(0.0, times[0], SAMPLES))[:, 0])
        return LimitCycle(states, float(times[0]), contraction, error, _gap(states, section, lanes, times))
    return None


def _border(slopes: Array, radius: float) -> tuple[Array, Array] | None:
    """Return places (d - 1, starts) around zero, and the coordinates in which distances are compared.

    These go along the eigenvectors of the derivative: in them the map contracts from the first turn on.
    """
    n = len(slopes)
    _, vectors = np.linalg.eig(slopes)
    if np.linalg.cond(vectors) > PARALLEL:
        return None
    inverse = np.linalg.inv(vectors)
    directions = np.hstack([np.eye(n), -np.eye(n)])
    if n > 1:
        directions = np.hstack([directions, np.random.default_rng(0).normal(size=(n, AROUND))])
    return directions / np.abs(inverse @ directions).max(axis=0) * radius, inverse


def _gap(states: Array, section: _Section, lanes: _Lanes, times: Array) -> float:
    """Return the least distance, in shares, of trajectories on the border of a tube from the orbit in it."""
    from scipy.spatial import cKDTree

    tree, least = cKDTree(states), float("inf")
    for j, time in enumerate(times[1:], start=1):
        own = section.chart.states(lanes.at(np.linspace(0.0, time, SAMPLES // 4))[:, j])
        distances, _ = tree.query(own, p=np.inf)
        least = min(least, float(np.min(distances)))
    return least


# --------------------------------------------------------------------------- charts


@dataclass(frozen=True, eq=False)
class _Chart:
    """As many coordinates as the state space has dimensions, from those of a motion and back."""

    motion: Motion

    @cached_property
    def _many(self) -> list[slice]:
        field = self.motion.field
        return [p for p, size in zip(field.slices, field.sizes, strict=True) if size > 2]

    @cached_property
    def _chart_shares(self) -> list[int]:
        last = {p.stop - 1 for p in self._many}
        return [k for k in range(len(self.motion.field.shares)) if k not in last]

    def reduced(self, at: Array) -> Array:
        """Return coordinates (d, lanes), or their rates, from those of the motion."""
        if self.motion.field.keeps_faces:
            at = np.array(at)
            for place in self._many:
                at[place] -= at[place.stop - 1]
        return np.ascontiguousarray(at[self._chart_shares])

    def lifted(self, at: Array) -> Array:
        """Return the coordinates of the motion from coordinates (d, lanes)."""
        result = np.zeros((len(self.motion.field.shares), at.shape[1]))
        result[self._chart_shares] = at
        if not self.motion.field.keeps_faces:
            for place in self._many:
                result[place.stop - 1] = 1 - result[place.start : place.stop - 1].sum(axis=0)
        return result

    def states(self, at: Array) -> Array:
        """Return states (lanes, n)."""
        return self.motion.states(self.lifted(at))

    def rates(self, at: Array) -> Array:
        """Return the rates of change of coordinates."""
        return self.reduced(self.motion.slopes(self.lifted(at)))


@dataclass(frozen=True, eq=False)
class _Lanes:
    """Trajectories side by side, as one dense solution."""

    solution: Dense
    shape: tuple[int, int]

    def at(self, times: Array) -> Array:
        """Return coordinates (d, lanes, times)."""
        return self.solution(times).reshape(*self.shape, len(times))


# --------------------------------------------------------------------------- the section


@dataclass(frozen=True, eq=False)
class _Section:
    """The places (d - 1) across a trajectory, orthogonal to it in the chart.

    Attributes
    ----------
    middle : array (d,)
    along : array (d,)
        The direction of the trajectory there, of length one.
    across : array (d, d - 1)
        Orthonormal.
    size : float
        That of the loop, in the chart.
    """

    chart: _Chart
    middle: Array
    along: Array
    across: Array
    period: float
    size: float

    @classmethod
    def through(cls, motion: Motion, here: Array, period: float) -> _Section | None:
        chart = _Chart(motion)
        middle = chart.reduced(here)[:, 0]
        rate = chart.rates(middle[:, None])[:, 0]
        if len(middle) < 2 or not np.isfinite(rate).all() or not rate.any():
            return None
        along = rate / np.linalg.norm(rate)
        across = np.linalg.svd(along[None])[2][1:].T
        bare = cls(chart, middle, along, across, period, 0.0)
        lane = bare.followed(np.zeros((across.shape[1], 1)))
        if lane is None:
            return None
        loop = lane.at(np.linspace(0.0, period, SAMPLES))[:, 0]
        size = float((loop.max(axis=1) - loop.min(axis=1)).max())
        return cls(chart, middle, along, across, period, size) if size > 0 else None

    def followed(self, places: Array) -> _Lanes | None:
        """Return the trajectories from places (d - 1, lanes) for somewhat more than a period."""
        start = self.middle[:, None] + self.across @ places
        if not self._inside(start):
            return None
        calls = 0

        def rate(_: float, flat: Array) -> Array:
            nonlocal calls
            calls += 1
            if calls > MOST_CALLS:
                raise _Slow
            return self.chart.rates(flat.reshape(start.shape)).ravel()

        try:
            solved = dense_solution(rate, start.ravel(), LATER * self.period, tolerance=EXACT)
        except (_Slow, ValueError, FloatingPointError):
            return None
        return None if solved is None else _Lanes(solved[2], (start.shape[0], start.shape[1]))

    def _inside(self, start: Array) -> bool:
        if not np.isfinite(start).all():
            return False
        if self.chart.motion.field.keeps_faces:
            return True
        states = self.chart.lifted(start)
        return bool(((states >= 0) & (states <= 1)).all())

    def returned(self, lanes: _Lanes) -> tuple[Array, Array]:
        """Return the places (d - 1, lanes) to which orbits return first, and when; NaN where none does."""
        from scipy.optimize import brentq

        count = lanes.shape[1]
        times = np.linspace(0.0, LATER * self.period, 2 * SAMPLES)
        side = np.tensordot(self.along, lanes.at(times) - self.middle[:, None, None], axes=1)
        places, when = np.full((self.across.shape[1], count), np.nan), np.full(count, np.nan)
        for j in range(count):
            met = np.flatnonzero(
                (side[j, :-1] < 0) & (side[j, 1:] >= 0) & (times[1:] > EARLIEST * self.period)
            )
            if not met.size:
                continue

            def ahead(time: float, j: int = j) -> float:
                return float(self.along @ (lanes.at(np.array([time]))[:, j, 0] - self.middle))

            k = met[np.abs(times[met] - self.period).argmin()]
            when[j] = brentq(ahead, times[k], times[k + 1], xtol=CLOSED * self.period, rtol=CLOSED)
            places[:, j] = self.across.T @ (lanes.at(when[j : j + 1])[:, j, 0] - self.middle)
        return places, when

    def linear(self, place: Array, shift: float) -> tuple[Array, Array] | None:
        """Return by how much a place moves in a turn, and the derivative of the map there."""
        n = len(place)
        moved = shift * self.size * np.eye(n)
        lanes = self.followed(place[:, None] + np.hstack([np.zeros((n, 1)), moved, -moved]))
        if lanes is None:
            return None
        found, _ = self.returned(lanes)
        if not np.isfinite(found).all():
            return None
        slopes = (found[:, 1 : n + 1] - found[:, n + 1 :]) / (2 * shift * self.size)
        return found[:, 0] - place, slopes


class _Slow(Exception):
    """A trajectory takes more steps than an answer is worth."""
