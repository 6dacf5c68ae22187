"""Attracting closed orbits, found numerically by their return map.

A trajectory that has run for a long time is cut by a section across it. If its returns converge, and
trajectories that start nearby return nearer and nearer, it is an attracting cycle to within the accuracy of
the computation (Poincaré's return map; Strogatz, S. H. (2015), Nonlinear Dynamics and Chaos, section 8.7).
Closed orbits of a centre are excluded because their neighbours do not come nearer. Slow spirals, whose
turns lie so close together that they appear to have converged, are excluded because no closed orbit lies
near them (`separatrix.dynamics.attractors.limit_cycles`).

The closed orbit near a trajectory, and the return map of a section across it.

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

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.attracting_balls import around
from separatrix.dynamics.attractors.tolerances import (
    BESIDE_CYCLE,
    CLOSED,
    COMES_BACK,
    DRIFT,
    LEAST_LOOP,
    NOISE,
    ONE_RETURN,
    PARALLEL,
    SHIFT,
    TUBES,
    UNSEEN,
)
from separatrix.dynamics.integration.ensemble import steps_of
from separatrix.dynamics.integration.scipy_solvers import Dense, dense_solution
from separatrix.dynamics.integration.step_control import Motion
from separatrix.dynamics.integration.tolerances import EXACT
from separatrix.run.cached_property import cached_property

__all__ = ["LimitCycle", "closed_orbit", "limit_cycle"]

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


PER_TURN = 128
"""States on a cycle, and the least number of steps in which a trajectory goes round. Fewer: returns are less
exact, and kinks of an orbit are cut off."""

LOOK_BACK = 2_000
"""Steps in which a trajectory must have come back to where it was. Fewer: long periods are not seen."""

ABOUT = 0.4
"""How near to the section's middle a return lies, relative to the size of the loop. Larger: another part of
the loop that crosses the section counts as a return."""

TURNS, LONG = 12, 48
"""Turns after which the neighbours must be nearer, and turns to make if these do not decide. Fewer: weak
cycles are undecided."""

KEPT, HOPELESS = 0.8, 0.98
"""What may be left of their distance in the end; with more than this after a few turns no more are made."""

NEIGHBOURS = 12
"""Trajectories that have to come nearer. Fewer: cycles that repel in one direction may be taken for
attractors."""

SETTLING = 0.7
"""What must be left of the gap between two returns after a round, but for one round, to go on. Larger: slow
spirals are followed for longer, in vain."""

ROUNDS = 12
"""How many times a trajectory goes on, `TURNS` turns each, before its returns must have settled. Fewer:
cycles that attract slowly are undecided."""

SECTIONS = 3
"""How many sections are tried that a trajectory does not return to. Fewer: cycles with kinks are
undecided."""

HIDDEN = 0.05
"""The part of the distance below which rounding and the length of steps may hide what is left. Larger: a
distance that no longer falls counts as fallen."""

SLIDING = 0.05
"""The error of a contraction where a trajectory slides along kinks, in steps that are not short. Smaller:
the contraction is reported with more digits than are known."""


def limit_cycle(motion: Motion, start: Array) -> LimitCycle | None:
    """Return the attracting closed orbit to which a trajectory comes, or None where no such orbit shows.

    Parameters
    ----------
    motion : Motion
    start : array (coordinates,)
        Where the trajectory is after a long time.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Rock, paper, scissors", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]})
    >>> found = limit_cycle(motion_of(field(game, kind="smith")), np.array([0.6, 0.3, 0.1]))
    >>> round(found.period, 1), found.contraction < 0.7
    (2.5, True)
    """
    here: Array = start[:, None]
    gap, worse = np.inf, 0
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            loop = _loop(motion, here)
            if loop is None:
                return None
            here, period, size = loop
            returns = _tried(motion, here, period, size)
            if returns is None:
                return None
            here = returns.last
            before, gap = gap, float(np.abs(returns.states[-1] - returns.states[-2]).max()) / size
            worse += gap > SETTLING * before
            if worse > 1:
                return None
            if gap <= ONE_RETURN:
                period = float(np.diff(returns.times[-2:, 0])[0])
                if motion.field.continuous:
                    return _closed(motion, here, period, size)
                return _limit_cycles_attracting(motion, here, period, size)
    return None


def _closed(motion: Motion, here: Array, period: float, size: float) -> LimitCycle | None:
    """Return the closed orbit near a state if its return map contracts."""
    found = closed_orbit(motion, here, period)
    if found is None:
        return None
    wide = float((found.states.max(axis=0) - found.states.min(axis=0)).max())
    return found if wide >= max(LEAST_LOOP, size / 2) else None


# --------------------------------------------------------------------------- loops


def _loop(motion: Motion, start: Array) -> tuple[Array, float, float] | None:
    """Return where an orbit is later, how long ago it was near there, and the size of its loop in between."""
    kept: list[Array] = []
    times: list[float] = []
    for at, time in itertools.islice(steps_of(motion, start), LOOK_BACK):
        if not times or time[0] > times[-1]:
            kept.append(motion.states(at)[0])
            times.append(time[0])
    states, last = np.array(kept), at
    if not np.isfinite(states).all():
        return None
    away = np.abs(states - states[-1]).max(axis=1)
    size = float(away[len(away) // 2 :].max())
    if size < LEAST_LOOP:
        return None
    # Backwards: out of the neighbourhood of the last state first, and then into it again.
    out = np.flatnonzero(away > 0.5 * size)
    begin, end = states[: out[-1]], states[1 : out[-1] + 1]
    along = end - begin
    lengths = (along**2).sum(axis=1)
    t = np.clip(((states[-1] - begin) * along).sum(axis=1) / np.where(lengths > 0, lengths, 1.0), 0, 1)
    gaps = np.abs(begin + t[:, None] * along - states[-1]).max(axis=1)
    same = (along * (states[-1] - states[-2])).sum(axis=1) > 0
    near = np.flatnonzero((gaps <= COMES_BACK * size) & same)
    if not near.size:
        return None
    # Of the stretch that came near last, its nearest place.
    first = near[-1]
    while first - 1 in near:
        first -= 1
    k = first + int(gaps[first : near[-1] + 1].argmin())
    before = times[k] + t[k] * (times[k + 1] - times[k])
    return last, float(times[-1] - before), size


@dataclass(frozen=True, eq=False)
class _Returns:
    """Where and when orbits (returns, orbits) came back to a section, and the coordinates then."""

    states: Array
    times: Array
    last: Array


def _returns(
    motion: Motion, at: Array, middle: Array, period: float, size: float, turns: int
) -> _Returns | None:
    """Return the first `turns` returns of all orbits to the section through a state; None without these."""
    across = motion.field(middle)
    lanes = at.shape[1]
    states = np.full((turns, lanes, len(middle)), np.nan)
    times = np.full((turns, lanes), np.nan)
    count = np.zeros(lanes, dtype=int)
    last = np.array(at)
    before, clock = at, np.zeros(lanes)
    side = (motion.states(at) - middle) @ across
    for now, time in itertools.islice(steps_of(motion, at, period / PER_TURN), 3 * turns * PER_TURN):
        there = motion.states(now)
        ahead = (there - middle) @ across
        met = (side < 0) & (ahead >= 0) & (np.abs(there - middle).max(axis=1) <= ABOUT * size)
        met &= (count < turns) & (time > 0.5 * period)
        for j in np.flatnonzero(met):
            part = side[j] / (side[j] - ahead[j])
            crossing = before[:, j] + part * (now[:, j] - before[:, j])
            states[count[j], j] = motion.states(crossing[:, None])[0]
            times[count[j], j] = clock[j] + part * (time[j] - clock[j])
            last[:, j] = crossing
            count[j] += 1
        if (count == turns).all():
            return _Returns(states, times, last)
        before, clock, side = now, time, ahead
    return None


def _tried(motion: Motion, here: Array, period: float, size: float) -> _Returns | None:
    """Return the returns of one trajectory to a section, the first one of a few to which it does return.

    Near a kink of a trajectory a section may be crossed and crossed back undetected.
    """
    for _ in range(SECTIONS):
        found = _returns(motion, here, motion.states(here)[0], period, size, TURNS)
        if found is not None:
            return found
        here = list(itertools.islice(steps_of(motion, here, period / PER_TURN), PER_TURN // 6))[-1][0]
    return None


def _limit_cycles_attracting(motion: Motion, here: Array, period: float, size: float) -> LimitCycle | None:
    """Return the closed orbit through a state where its neighbours come nearer, turn by turn."""
    middle = motion.states(here)[0]
    beside = motion.to_coordinates(around(motion, middle, BESIDE_CYCLE * size)[:NEIGHBOURS])
    at = np.hstack([here, beside])
    for turns in (TURNS, LONG):
        found = _returns(motion, at, middle, period, size, turns)
        if found is None:
            return None
        drift = np.abs(found.states[:, 0] - found.states[0, 0]).max()
        if drift > DRIFT * size:  # a slow spiral: its neighbours come nearer as it comes nearer to rest
            return None
        apart = np.abs(found.states[:, 1:] - found.states[:, :1]).max(axis=2).max(axis=1)
        # Distances on a torus swing to and fro: late ones must lie below all early ones.
        quarter = turns // 4
        late, first = apart[-quarter:].max(), BESIDE_CYCLE * size
        kept = float(late / (first if late <= HIDDEN * first else apart[:quarter].min()))
        if kept <= KEPT:
            # Rounding hides what is left of very small distances.
            seen = max(int((apart > max(UNSEEN * size, 3 * late)).sum()), 1)
            if seen < 3:
                contraction = float((apart[seen - 1] / first) ** (1 / seen))
            else:
                contraction = float((apart[seen - 1] / apart[0]) ** (1 / (seen - 1)))
            states = [
                motion.states(y)[0]
                for y, time in itertools.islice(steps_of(motion, here, period / PER_TURN), 8 * PER_TURN)
                if time[0] <= 1.02 * period
            ]
            if contraction + SLIDING >= 1:
                return None
            return LimitCycle(np.array([middle, *states]), period, contraction, SLIDING, BESIDE_CYCLE * size)
        if kept > HOPELESS:
            return None
    return None
