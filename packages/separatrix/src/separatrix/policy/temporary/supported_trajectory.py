"""The trajectory under a programme, followed accurately, and when it has come far enough into the basin.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, section II.5: the
method of order 8 by Dormand and Prince.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.policy.temporary.target_set import TargetSet

__all__ = ["Steps", "SupportedTrajectory", "first_time", "supported_trajectory"]

Array = NDArray[np.float64]

RELATIVE, ABSOLUTE = 1e-11, 1e-13
"""Tolerances of a step: of coordinates, and of costs in the dearest of them. Larger: fewer digits."""

SAMPLES = 96
"""Times on a step of the programme at which the depth is looked at. Fewer: a trajectory that enters the basin
and leaves it again may be missed."""

BISECTIONS = 60
"""Of a time: a double has no more digits."""


@dataclass(frozen=True)
class Steps:
    """A programme in steps: levels that are held, one after the other.

    Attributes
    ----------
    levels : tuple of tuples
        For each step the level of each instrument.
    durations : tuple of float
        For each step how long it lasts.
    """

    levels: tuple[tuple[float, ...], ...]
    durations: tuple[float, ...]

    @property
    def end(self) -> float:
        """When it ends."""
        return float(sum(self.durations))

    @property
    def starts(self) -> tuple[float, ...]:
        """When each step begins."""
        return tuple(float(v) for v in np.concatenate([[0.0], np.cumsum(self.durations)[:-1]]))

    def merged(self, same: float = 0.0) -> Steps:
        """Return the same programme without steps of no duration, neighbours of the same levels as one."""
        levels: list[tuple[float, ...]] = []
        durations: list[float] = []
        for level, duration in zip(self.levels, self.durations, strict=True):
            if duration <= 0:
                continue
            if levels and max(abs(a - b) for a, b in zip(level, levels[-1], strict=True)) <= same:
                durations[-1] += duration
            else:
                levels.append(level)
                durations.append(duration)
        return Steps(tuple(levels), tuple(durations))

    def cut(self, end: float) -> Steps:
        """Return the part of it until a time."""
        kept = [min(d, max(0.0, end - s)) for s, d in zip(self.starts, self.durations, strict=True)]
        return Steps(self.levels, tuple(kept)).merged()

    def at(self, time: float) -> tuple[float, ...]:
        """Return the levels at a time before its end; at a change those that begin."""
        place = int(np.searchsorted(self.starts, time, side="right")) - 1
        return self.levels[max(place, 0)]


@dataclass(frozen=True)
class SupportedTrajectory:
    """Where the shares are while a programme lasts, and what it has cost.

    Attributes
    ----------
    steps : Steps
        The programme, as far as it was followed.
    times : array (points,)
    states : array (points, shares)
    costs : array (points,)
        What was spent until then, discounted.
    """

    steps: Steps
    times: Array
    states: Array
    costs: Array

    @property
    def cost(self) -> float:
        """What it costs until its end, discounted."""
        return float(self.costs[-1])

    @property
    def end(self) -> float:
        """When it ends."""
        return float(self.times[-1])

    @property
    def state(self) -> Array:
        """Where the shares are in the end."""
        return np.asarray(self.states[-1])


def supported_trajectory(
    problem: ControlProblem,
    state: Array,
    steps: Steps,
    target: TargetSet | None = None,
    margin: float = 0.0,
) -> tuple[SupportedTrajectory, bool]:
    """Return the trajectory from a state under a programme, and whether it came far enough into the basin.

    Parameters
    ----------
    problem : ControlProblem
    state : array (shares,)
    steps : Steps
    target : TargetSet, optional
        The trajectory ends when its depth in this set is at least `margin`, or at the end of the steps.
    margin : float
        A distance in shares; with 0 it ends on the basin boundary.
    """
    from scipy.integrate import solve_ivp

    at = np.append(problem.coordinates(state), 0.0)
    if target is not None and _enough(target, np.asarray(state), margin):
        nothing = np.zeros(1)
        here = np.asarray(state, dtype=float)[None]
        return SupportedTrajectory(Steps((), ()), nothing, here, nothing), True
    times, states, costs = [np.zeros(1)], [np.asarray(state, dtype=float)[None]], [np.zeros(1)]
    for begin, duration, held in zip(steps.starts, steps.durations, steps.levels, strict=True):
        if duration <= 0:
            continue
        levels = np.array(held)

        def slope(time: float, y: Array, levels: Array = levels) -> Array:
            rates = problem.slope(y[:-1], levels)
            rates[-1] *= math.exp(-problem.discount * time)
            return rates

        made = solve_ivp(
            slope,
            (begin, begin + duration),
            at,
            method="DOP853",
            rtol=RELATIVE,
            atol=np.append(np.full(len(at) - 1, ABSOLUTE), ABSOLUTE * problem.cost_scale / problem.scale),
            dense_output=True,
        )
        path_at: Any = made.sol
        moments = np.linspace(begin, begin + duration, SAMPLES + 1)[1:]
        path = np.asarray(path_at(moments)).T
        seen = problem.states(path[:, :-1])
        if target is not None:

            def state_at(time: float, follow: Callable[[float], Array] = path_at) -> Array:
                return problem.states(np.asarray(follow(time))[:-1])

            found = first_time(
                target, margin, np.append(begin, moments), np.vstack([states[-1][-1:], seen]), state_at
            )
            if found is not None:
                before = moments < found
                last = np.asarray(path_at(found))
                times += [moments[before], np.array([found])]
                states += [seen[before], problem.states(last[None, :-1])]
                costs += [path[before, -1], last[-1:]]
                return _concatenate_steps(steps.cut(found), times, states, costs), True
        times.append(moments)
        states.append(seen)
        costs.append(path[:, -1])
        at = path[-1]
    return _concatenate_steps(steps.merged(), times, states, costs), False


def _concatenate_steps(
    steps: Steps, times: list[Any], states: list[Any], costs: list[Any]
) -> SupportedTrajectory:
    return SupportedTrajectory(steps, np.concatenate(times), np.concatenate(states), np.concatenate(costs))


def _enough(target: TargetSet, state: Array, margin: float) -> bool:
    return target.holds(state) if margin <= 0 else target.depth(state) >= margin


def first_time(
    target: TargetSet,
    margin: float,
    times: Array,
    states: Array,
    state_at: Callable[[float], Array],
) -> float | None:
    """Return when a trajectory is first deep enough in a set, or None where it is at none of the times."""
    depths = target.depths(states)
    deep = np.flatnonzero(depths >= margin) if margin > 0 else np.flatnonzero(depths > 0)
    # Depths of many states at once are a little less exact than that of one.
    first = next((int(k) for k in deep if _enough(target, states[k], margin)), None)
    if first is None:
        return None
    if first == 0:
        return float(times[0])
    low, high = float(times[first - 1]), float(times[first])
    if (
        margin > 0
        and math.isfinite(target.depth(state_at(low)))
        and math.isfinite(target.depth(state_at(high)))
    ):
        return _deep_enough(target, margin, low, high, state_at)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if _enough(target, state_at(middle), margin):
            high = middle
        else:
            low = middle
    return high


def _deep_enough(
    target: TargetSet, margin: float, low: float, high: float, state_at: Callable[[float], Array]
) -> float:
    """Return when the depth is the margin, by Brent's method, on the deeper side."""
    from scipy.optimize import brentq

    def beyond(time: float) -> float:
        return target.depth(state_at(time)) - margin

    if beyond(low) >= 0 or beyond(high) < 0:
        return high
    found = float(brentq(beyond, low, high, xtol=1e-12 * max(high, 1e-300), rtol=1e-12))
    while beyond(found) < 0 and found < high:
        found = min(high, found + 1e-12 * high)
    return found
