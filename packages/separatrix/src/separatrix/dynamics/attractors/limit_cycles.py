"""Attracting closed orbits, found numerically by their return map.

A trajectory that has run for a long time is cut by a section across it. If its returns converge, and
trajectories that start nearby return nearer and nearer, it is an attracting cycle to within the accuracy of
the computation (Poincaré's return map; Strogatz, S. H. (2015), Nonlinear Dynamics and Chaos, section 8.7).
Closed orbits of a centre are excluded because their neighbours do not come nearer. Slow spirals, whose
turns lie so close together that they appear to have converged, are excluded because no closed orbit lies
near them (`separatrix.dynamics.attractors.return_maps`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.attracting_balls import around
from separatrix.dynamics.attractors.return_maps import LimitCycle, closed_orbit
from separatrix.dynamics.attractors.tolerances import (
    BESIDE_CYCLE,
    COMES_BACK,
    DRIFT,
    LEAST_LOOP,
    ONE_RETURN,
    UNSEEN,
)
from separatrix.dynamics.integration.ensemble import steps_of
from separatrix.dynamics.integration.motion import Motion

__all__ = ["LimitCycle", "limit_cycle"]

Array = NDArray[np.float64]

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
                return _attracting(motion, here, period, size)
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


def _attracting(motion: Motion, here: Array, period: float, size: float) -> LimitCycle | None:
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
