"""One step of an explicit Runge-Kutta method on many trajectories, each of its own length, and states within.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections II.4
(the error of the step), II.5 (the methods) and II.6 (dense output).

What may end a trajectory, or is noted on the way: arrival, rest, and crossings of a threshold.

Between the ends of a step an event is looked for on a cubic, also where it lasts but for a moment, and then
found on the dense output of the method by bisection, to the last bit of the time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.butcher_tableaus import Tableau
from separatrix.dynamics.integration.step_control import Motion, Scratch
from separatrix.dynamics.integration.tolerances import ARRIVED, AT_REST
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.errors import InputError
from separatrix.run.cached_property import cached_property

__all__ = [
    "Arrival",
    "Event",
    "IntegrationStep",
    "RungeKuttaStep",
    "Steady",
    "Threshold",
    "checked",
    "first_crossing",
    "gap_of",
    "nearest_state",
    "runge_kutta_step",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IntegrationStep:
    """One step of every trajectory, by any method.

    Attributes
    ----------
    start, length : array (trajectories,)
        When each step begins, and how long it is; counted from the start, as positive numbers.
    after, slope, shares : array (m, trajectories)
        The coordinates at the end, their slopes and the shares there.
    error : array (trajectories,)
        In units of the tolerance; infinite where the field is not finite.  Above one the step is to be made
        again, shorter.
    """

    start: Array
    length: Array
    after: Array
    slope: Array
    shares: Array
    error: Array


@dataclass(frozen=True, eq=False)
class RungeKuttaStep(IntegrationStep):
    """One step by a Runge-Kutta method, which knows the states within it.

    Attributes
    ----------
    motion : Motion
    method : Tableau
    factor : array (trajectories,)
        What slopes are multiplied by: -1 where time runs back.
    rows : array (rows, m, trajectories)
        The coordinates at the beginning; then the slopes of the stages, in the order of `Tableau.places`,
        each times the length.
    """

    motion: Motion
    method: Tableau
    factor: Array
    rows: Array

    def select(self, which: NDArray[np.intp]) -> RungeKuttaStep:
        """Return the steps of some trajectories."""
        last = {name: getattr(self, name).take(which, axis=-1) for name in _PER_TRAJECTORY}
        return replace(self, **last)

    @cached_property
    def displacement(self) -> Array:
        """How far the coordinates go (m, trajectories): finite also where they are not."""
        weights = self.method.step_row
        return np.tensordot(weights, self.rows[1 : len(weights) + 1], axes=1)

    @cached_property
    def last(self) -> Array:
        """The slopes at the end, times the length (m, trajectories)."""
        return self.slope * self.length

    @cached_property
    def _dense(self) -> Array:
        """The coefficients (3 or 7, m, trajectories) of the interpolating polynomial."""
        method, used = self.method, len(self.rows)
        result = np.empty((3 + len(method.dense), *self.after.shape))
        result[0] = self.displacement
        result[1] = self.rows[1] - self.displacement
        result[2] = 2 * self.displacement - (self.rows[1] + self.last)
        if not method.dense:
            return result
        rows = np.empty((method.dense_rows.shape[1], *self.after.shape))
        rows[:used], rows[used] = self.rows, self.last
        scratch = Scratch()
        extra = zip(method.stage_rows[method.used :], method.nodes[method.used :], strict=True)
        for row, (weights, node) in enumerate(extra, start=used + 1):
            motion = self.motion.now(float(self.start[0] + node * self.length[0]))
            motion.rates(np.tensordot(weights, rows[:row], axes=1), rows[row], scratch)
            rows[row] *= self.factor * self.length
        # Coordinates at minus infinity, in row 0, have no weight.
        result[3:] = np.tensordot(method.dense_rows[:, 1:], rows[1:], axes=1)
        return result

    def at(self, fraction: Array, which: NDArray[np.intp] | None = None) -> Array:
        """Return coordinates (m, points) at fractions (points,) of the steps `which`, by default all."""
        before, dense = self.rows[0], self._dense
        if which is not None:
            before, dense = before.take(which, axis=1), dense.take(which, axis=2)
        back = 1 - fraction
        total = np.zeros(before.shape)
        for k in range(len(dense) - 1, -1, -1):
            total += dense[k]
            total *= back if k % 2 else fraction
        total += before
        return total

    def roughly(self, fraction: float) -> Array:
        """Return coordinates (m, trajectories) at one fraction of all steps, by a cubic through both ends."""
        t = fraction
        within = (t * t * (3 - 2 * t)) * self.displacement
        within += (t * (1 - t) ** 2) * self.rows[1]
        within += (t * t * (t - 1)) * self.last
        within += self.rows[0]
        return within


_PER_TRAJECTORY = ("start", "length", "after", "slope", "shares", "error", "factor", "rows")


def runge_kutta_step(
    motion: Motion,
    method: Tableau,
    factor: Array,
    start: Array,
    before: Array,
    slope: Array,
    size: Array,
    length: Array,
    tolerance: float,
    scratch: Scratch,
) -> RungeKuttaStep:
    """Try one step of every trajectory; `size` is that of the coordinates `before`.

    Where the motion changes in time, all steps begin together and have one length.  The arrays of the result
    are good until `scratch` is used again.
    """
    m, count = before.shape
    rows = scratch.array("rows", method.rows, m, count)
    flat = rows.reshape(method.rows, -1)
    at, last = scratch.array("at", m, count), scratch.array("last", m, count)
    rows[0] = before
    np.multiply(slope, length, out=rows[1])
    signed = factor * length
    shares = at
    for stage, weights in enumerate(method.stage_rows[: method.used], start=1):
        np.matmul(weights, flat[: len(weights)], out=at.reshape(-1))
        now = motion
        if motion.moving is not None:
            now = motion.now(float(start[0] + method.nodes[stage - 1] * length[0]))
        shares = now.rates(at, last, scratch)
        if method.places[stage] < method.rows:
            np.multiply(last, signed, out=rows[method.places[stage]])
    errors = scratch.array("errors", len(method.errors), m, count)
    np.matmul(method.error_rows, flat[1:], out=errors.reshape(len(method.errors), -1))
    np.abs(errors, out=errors)
    errors /= size
    worst = errors.max(axis=1)
    error = worst[0] / tolerance
    if len(worst) == 2:
        # Hairer's combination: of order 8 where the two estimates of orders 5 and 3 behave.
        error *= worst[0] / np.maximum(np.hypot(worst[0], 0.1 * worst[1]), NOT_ZERO)
    if motion.leaves_faces:
        kept = motion.project(at)
        error = np.maximum(error, motion.strayed(before, at, kept, np.abs(signed)))
        at[:] = kept
        shares = now.rates(at, last, scratch)
    error[~np.isfinite(error)] = np.inf
    last *= factor
    return RungeKuttaStep(start, length, at, last, shares, error, motion, method, factor, rows)


BISECTIONS = 60
"""Of a step for the time of an event: to rounding. Fewer: times of events are less exact."""

TERNARY = 40
"""Of a step for the state that is nearest to an event: to the root of rounding."""

LOOKED_AT = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The fractions of a step at which events are looked for. Fewer: an event that is met and left within a step
is missed."""

AT_AN_END = 2.0**-6
"""How far from an end of a step, as a part of it, one sees whether the state comes nearer to an event.
Larger: an event that is met and left at once at the end of a step is missed."""

NEAR = 0.5
"""How near to an event, relative to how much its distance changes in a step, a step is looked at closely.
Smaller: brushes within a step are missed; larger: more steps are looked at in vain."""


@dataclass(frozen=True)
class Arrival:
    """A trajectory ends when it comes as near as ``radius`` to one of ``states``, in every share.

    Examples
    --------
    >>> Arrival([[0.0, 0.0], [1.0, 1.0]], radius=1e-6).radius
    1e-06
    """

    states: Sequence[Sequence[float]]
    radius: float = ARRIVED


@dataclass(frozen=True)
class Steady:
    """A trajectory ends when it is slower than ``speed`` times the fastest growth rate.

    A share that all but vanishes counts while it grows, however small it is: a trajectory that passes a
    saddle is not at rest.
    """

    speed: float = AT_REST


@dataclass(frozen=True)
class Threshold:
    """The weighted sum of the shares of a state equals ``level``.

    Attributes
    ----------
    weights : sequence of float
        One for each coordinate of a state.
    level : float
    stop : bool
        Whether the trajectory ends there; else the time of the first crossing is noted.
    direction : int
        1 for upward crossings alone, -1 for downward ones, 0 for both.
    """

    weights: Sequence[float]
    level: float
    stop: bool = True
    direction: int = 0


Event = Arrival | Steady | Threshold


def checked(events: Sequence[Event], count: int) -> None:
    """Raise D603 for an event that does not fit states of `count` shares."""
    for event in events:
        if isinstance(event, Arrival):
            states = np.asarray(event.states, dtype=float)
            if states.ndim != 2 or states.shape[1] != count:
                raise InputError(
                    "D603", f"the states to arrive at have shape {states.shape}; expected (states, {count})"
                )
            if not event.radius > 0:
                raise InputError("D603", f"a radius of {event.radius:g}; expected one above 0")
        elif isinstance(event, Threshold):
            if len(event.weights) != count:
                raise InputError("D603", f"a threshold has {len(event.weights)} weights; expected {count}")
        elif not event.speed >= 0:
            raise InputError("D603", f"invalid speed {event.speed:g}; expected one of 0 or more")


def gap_of(event: Arrival | Threshold) -> Callable[[Array], Array]:
    """Return the function from states (n, points) to how far they are outside of the nearest ball.

    Of a threshold: how far above it.
    """
    if isinstance(event, Threshold):
        weights, level = np.asarray(event.weights, dtype=float), event.level
        return lambda shares: np.asarray(weights @ shares - level)
    states = np.asarray(event.states, dtype=float)

    def gap(shares: Array) -> Array:
        nearest = np.full(shares.shape[1], np.inf)
        for state in states:
            np.minimum(nearest, np.abs(shares - state[:, None]).max(axis=0), out=nearest)
        return nearest - event.radius

    return gap


def nearest_state(event: Arrival, shares: Array) -> NDArray[np.intp]:
    """Return for states (n, points) which of those to arrive at is the nearest."""
    states = np.asarray(event.states, dtype=float)
    return np.asarray(np.abs(shares[None] - states[:, :, None]).max(axis=1).argmin(axis=0))


def first_crossing(
    taken: RungeKuttaStep, gap: Callable[[Array], Array], before: Array, direction: int
) -> tuple[Array, Array]:
    """Return the fraction of each step (trajectories,) at which `gap` changes sign, or inf, and its end
    value.

    `before` is `gap` at the beginning; zero there is not a change of sign.
    """
    motion = taken.motion
    low = np.zeros(len(before))
    high = np.full(len(before), np.inf)
    values = [before]
    for left, right in itertools.pairwise(LOOKED_AT):
        shares = taken.shares if right == 1.0 else motion.shares(taken.roughly(right))
        value, then = values[-1], gap(shares)
        values.append(then)
        up, down = (value < 0) & (then >= 0), (value > 0) & (then <= 0)
        turned = (up if direction > 0 else down if direction < 0 else up | down) & np.isinf(high)
        low[turned], high[turned] = left, right
    wanted = before * direction < 0 if direction else before != 0
    rows = np.flatnonzero(np.isinf(high) & wanted)
    if rows.size:
        high[rows] = _peak(taken, gap, rows, np.array(values)[:, rows])
    rows = np.flatnonzero(np.isfinite(high))
    if rows.size:
        high[rows] = _bisected(taken, gap, rows, low[rows], high[rows])
    return high, values[-1]


def _peak(
    taken: RungeKuttaStep, gap: Callable[[Array], Array], rows: NDArray[np.intp], values: Array
) -> Array:
    """Return where `gap` is beyond zero for a moment only, between the fractions looked at, or inf."""
    side = np.sign(values[0])
    nearness = values * side
    least = nearness.min(axis=0)
    near = least < NEAR * (nearness.max(axis=0) - least)
    columns, last = np.arange(len(rows)), len(LOOKED_AT) - 1
    nearest = nearness.argmin(axis=0)
    best = np.clip(nearest, 1, last - 1)
    before, here, after = (nearness[best + k, columns] for k in (-1, 0, 1))
    # The parabola through three values turns within the step, and not at its ends.
    turn = best + (before - after) / (2 * (before - 2 * here + after))
    turns = (before + after > 2 * here) & (turn > 0) & (turn < last)
    # Where an end of the step is the nearest, a way that comes nearer first turns before the next place.
    for end, inside in ((0, AT_AN_END), (last, 1.0 - AT_AN_END)):
        ends = np.flatnonzero(near & ~turns & (nearest == end))
        if ends.size:
            there = taken.select(rows[ends])
            beside = gap(there.motion.shares(there.roughly(inside))) * side[ends]
            turns[ends] = beside < nearness[end, ends]
    result = np.full(len(rows), np.inf)
    some = np.flatnonzero(near & turns)
    if not some.size:
        return result
    part, side = taken.select(rows[some]), side[some]
    middle = np.clip(np.rint(turn[some]), 1, last - 1).astype(int)
    middle[nearest[some] == 0], middle[nearest[some] == last] = 1, last - 1
    places = np.array(LOOKED_AT)
    low, high = places[middle - 1], places[middle + 1]

    def value(fraction: Array) -> Array:
        return np.asarray(gap(part.motion.shares(part.at(fraction))) * side)

    for _ in range(TERNARY):
        first, second = low + (high - low) * 0.4, low + (high - low) * 0.6
        left = value(first) < value(second)
        low, high = np.where(left, low, first), np.where(left, second, high)
    deepest = (low + high) / 2
    result[some] = np.where(value(deepest) <= 0, deepest, np.inf)
    return result


def _bisected(
    taken: RungeKuttaStep, gap: Callable[[Array], Array], rows: NDArray[np.intp], low: Array, high: Array
) -> Array:
    some = taken.select(rows)

    def value(fraction: Array) -> Array:
        return gap(some.motion.shares(some.at(fraction)))

    above = value(low) > 0
    missed = (value(high) > 0) == above  # the cubic saw what is not there, or not here: look from end to end
    low, high = np.where(missed, 0.0, low), np.where(missed, 1.0, high)
    above = value(low) > 0
    found = (value(high) > 0) != above
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        same = (value(middle) > 0) == above
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(found, high, np.inf)
