"""Many trajectories at once, each with steps of its own, recorded at given times and up to an event.

The coordinates are log-odds where the field keeps faces, so that faces are kept exactly, and the method is
DOP853.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections
II.4-II.6.

Many trajectories at once as lines of equally spaced states: followed by their length, not by time.

dx/ds = F/|F| has the trajectories of dx/dt = F, and its solution goes one unit of length in one unit of s,
however slow the flow.  A step that leaves the state space ends the line: back in time it came from outside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE
from separatrix.dynamics.integration.coordinates import LogOddsCoordinates, log_odds_of, motion_of
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.results import (
    MOST_STEPS,
    Order,
    Record,
    Status,
    recorded_compiled,
    refuse_tolerance,
)
from separatrix.dynamics.integration.runge_kutta import (
    Arrival,
    Event,
    RungeKuttaStep,
    Steady,
    Threshold,
    checked,
    first_crossing,
    gap_of,
    nearest_state,
)
from separatrix.dynamics.integration.step_control import Motion, Scratch
from separatrix.dynamics.integration.tolerances import DEFAULT, LINE, PACE_AT_LEAST, STILL_LINE
from separatrix.dynamics.tolerances import ROUNDED
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.fields.payoffs import VectorField
    from separatrix.dynamics.integration.step_control import KeepsFaces

__all__ = [
    "Batch",
    "Order",
    "Record",
    "batch",
    "checked_starts",
    "lengths",
    "lines",
    "log_odds_at",
    "recorded",
]

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

CHUNK = 16_384
"""Trajectories that are followed together: more would gain nothing, and take more memory."""

COMPILED_FROM = 8_192
"""Trajectories that machine code follows, and no fewer: loading it takes longer than it saves."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Trajectories from many starts.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates of a state.
    times : array (points,)
        In the unit of time in which payoffs are paid.
    states : array (trajectories, points, n)
        Shares between 0 and 1.  A trajectory that ended early stays in its last state; one that could not be
        followed is NaN afterwards.
    log_odds : array (trajectories, points, n)
        ln(x/(1-x)) for two strategies, else ln x: exact where a share is all but 0 or 1; infinite on faces.
    ends, end_log_odds : array (trajectories, n)
        Where each trajectory ended.
    end_times : array (trajectories,)
        When each trajectory ended.
    status : array (trajectories,) of int
        Why: see `Status`.
    arrived : array (trajectories,) of int
        Which of the states of an `Arrival` was reached, or -1.
    crossings : array (trajectories, thresholds)
        When each `Threshold` was first crossed, or NaN.
    steps : array (trajectories,) of int
        How many steps were tried.
    """

    shares: tuple[str, ...]
    times: Array
    states: Array
    log_odds: Array
    ends: Array
    end_log_odds: Array
    end_times: Array
    status: NDArray[np.int8]
    arrived: NDArray[np.intp]
    crossings: Array
    steps: NDArray[np.intp]

    @property
    def messages(self) -> list[str]:
        """How each trajectory ended, for people."""
        return [Status(int(s)).message for s in self.status]


def batch(
    field: VectorField | KeepsFaces,
    starts: ArrayLike,
    until: float,
    *,
    times: ArrayLike | int = 0,
    events: Sequence[Event] = (),
    tolerance: float = DEFAULT,
    most_steps: int = MOST_STEPS,
    in_log_odds: bool = False,
) -> Batch:
    """Follow `field` from many starts.

    Parameters
    ----------
    field : VectorField or KeepsFaces
        Not one that jumps.
    starts : array (trajectories, n)
        States; or their log-odds as in `Batch`, which separate 1 - 1e-300 from 1.
    until : float
        The last time; negative to go back in time.
    times : array (points,) or int
        Times between 0 and `until` at which states are wanted, in the order in which they are reached; or
        how many equally spaced ones.
    events : sequence of Arrival, Steady or Threshold
    tolerance : float
        The error of a step in log-odds u, relative to 1 + abs(u): for shares it is a relative error.
    most_steps : int
        After so many steps a trajectory is given up.
    in_log_odds : bool
        Whether `starts` are log-odds.

    Returns
    -------
    Batch
        `states` has shape (trajectories, points, n); times are in the unit in which payoffs are paid.

    Raises
    ------
    InputError
        D601 for starts of a wrong shape or outside the state space; D602 for an end, times or a
        tolerance that cannot be; D603 for an event that does not fit.

    References
    ----------
    Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, sections II.4-II.6 (DOP853).

    Examples
    --------
    >>> from separatrix.dynamics.integration.runge_kutta import Arrival
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> from separatrix.game.reader import load
    >>> field = replicator(load("shi-chen-2018"))
    >>> corners = Arrival([[0.0, 0.0], [1.0, 1.0]])
    >>> trajectories = batch(field, [[0.2, 0.3], [0.7, 0.7], [0.0, 0.5]], 100, times=3, events=[corners])
    >>> trajectories.messages, trajectories.arrived.tolist()
    (['arrived', 'arrived', 'arrived'], [0, 1, 0])
    >>> trajectories.states[1].round(4).tolist()
    [[0.7, 0.7], [1.0, 1.0], [1.0, 1.0]]
    """
    motion = motion_of(field)
    if motion.leaves_faces and in_log_odds:
        raise InputError("D601", "starts of a field that leaves faces are shares, and no log-odds")
    first = checked_starts(field, starts, in_log_odds)
    if not math.isfinite(until) or until == 0:
        raise InputError("D602", f"invalid end t = {until}; expected a finite time other than 0")
    refuse_tolerance(tolerance)
    at = np.linspace(0.0, until, times) if isinstance(times, int) else np.asarray(times, dtype=float)
    ahead = math.copysign(1.0, until) * at
    if at.ndim != 1 or (ahead[1:] < ahead[:-1]).any() or not ((ahead >= 0) & (ahead <= abs(until))).all():
        raise InputError("D602", f"the times are not in order from 0 to {until:g}")
    checked(events, len(field.shares))
    order = Order(motion, abs(until), ahead, tuple(events), float(tolerance), int(most_steps))
    factor = np.full(len(first), math.copysign(1.0, until))
    record = recorded(order, first if in_log_odds else motion.to_coordinates(first).T, factor)
    return Batch(
        field.shares,
        at,
        *_shares_and_log_odds(motion, record.samples),
        *_shares_and_log_odds(motion, record.ends),
        record.end_times,
        record.status,
        record.arrived,
        record.crossings,
        record.steps,
    )


def _shares_and_log_odds(motion: Motion, coordinates: Array) -> tuple[Array, Array]:
    """Return the shares and the log-odds (..., n) at coordinates (..., m)."""
    with np.errstate(all="ignore"):
        return np.moveaxis(motion.shares(np.moveaxis(coordinates, -1, 0)), 0, -1), log_odds_at(
            motion, coordinates
        )


def log_odds_at(motion: Motion, coordinates: Array) -> Array:
    """Return the log-odds (..., n) at coordinates (..., m), with logarithms of shares that add up to one."""
    if isinstance(motion, LogOddsCoordinates):
        return np.moveaxis(motion.normalised(np.moveaxis(coordinates, -1, 0)), 0, -1)
    found = log_odds_of(coordinates.reshape(-1, coordinates.shape[-1]), motion.paired)
    return found.T.reshape(coordinates.shape)


def checked_starts(field: VectorField | KeepsFaces, given: ArrayLike, in_log_odds: bool = False) -> Array:
    """Return starts as an array (trajectories, n); raise D601 for a wrong shape or one outside the space."""
    starts = np.asarray(given, dtype=float)
    if starts.ndim != 2 or starts.shape[1] != len(field.shares):
        raise InputError(
            "D601", f"the starts have shape {starts.shape}; expected (starts, {len(field.shares)})"
        )
    if in_log_odds:
        if np.isnan(starts).any():
            raise InputError("D601", "a start has log-odds that are not a number")
        return starts
    with np.errstate(invalid="ignore"):
        outside = ~((starts >= 0) & (starts <= 1))
    if outside.any():
        row, place = (int(v) for v in np.argwhere(outside)[0])
        raise InputError(
            "D601",
            f"start {row + 1} has {field.shares[place]} = {starts[row, place]:g}; "
            "a share lies between 0 and 1",
        )
    at = 0
    for size in field.sizes:
        if size != 2:
            total = starts[:, at : at + size].sum(axis=1)
            wrong = np.flatnonzero(np.abs(total - 1) > ROUNDED)
            if wrong.size:
                row = int(wrong[0])
                raise InputError(
                    "D601",
                    f"in start {row + 1} the shares {', '.join(field.shares[at : at + size])} add up to "
                    f"{total[row]:g}, not to 1",
                )
        at += 1 if size == 2 else size
    return starts


# --------------------------------------------------------------------------- what is written down


def recorded(order: Order, first: Array, factor: Array) -> Record:
    """Follow trajectories from coordinates (trajectories, m) and write down what happens.

    ``factor`` (trajectories,) multiplies rates: -1 where time runs back.
    """
    rates = order.motion.polynomials if len(first) >= COMPILED_FROM and not order.events else None
    if rates is not None:
        return recorded_compiled(order, first, factor, rates)
    count, m = first.shape
    thresholds = sum(isinstance(event, Threshold) for event in order.events)
    record = Record(
        np.full((count, len(order.times), m), np.nan),
        first.copy(),
        np.zeros(count),
        np.zeros(count, np.int8),
        np.full(count, -1),
        np.full((count, thresholds), np.nan),
        np.zeros(count, np.intp),
    )
    for rows in np.array_split(np.arange(count), max(1, math.ceil(count / CHUNK))):
        with np.errstate(all="ignore"):
            _Recorder(order, record, rows, factor[rows]).run()
    return record


class _Recorder:
    """Some trajectories under way, and how far each is written down."""

    def __init__(self, order: Order, record: Record, rows: Rows, factor: Array) -> None:
        self.order, self.record, self.rows = order, record, rows
        at = np.ascontiguousarray(record.ends[rows].T)
        self.going = Ensemble(
            order.motion,
            at,
            method=order.method,
            tolerance=order.tolerance,
            factor=factor,
            longest=order.longest,
            together=order.motion.moving is not None,
        )
        shares = order.motion.shares(at)
        self.gaps = [gap_of(event)(shares) for event in order.places]
        self.sampled = np.full(rows.size, np.searchsorted(order.times, 0.0, side="right"))
        record.samples[rows, : self.sampled[0] if rows.size else 0] = record.ends[rows][:, None]
        ended = np.full(rows.size, -1, np.int8)
        ended[~np.isfinite(self.going.slope).all(axis=0)] = Status.LOST
        for event in order.events:
            if isinstance(event, Steady):
                slow = order.motion.unsettled(at, shares, self.going.slope) <= event.speed * order.motion.pace
                ended[slow & (ended < 0)] = Status.STEADY
            elif isinstance(event, Arrival):
                here = (gap_of(event)(shares) <= 0) & (ended < 0)
                record.arrived[rows[here]] = nearest_state(event, shares[:, here])
                ended[here] = Status.ARRIVED
        self._finish(ended)

    def run(self) -> None:
        """Go on until all have ended."""
        for _ in range(self.order.most_steps):
            if not self.rows.size:
                return
            self._round()
        self._finish(np.full(self.rows.size, Status.TOO_MANY_STEPS, np.int8))

    def _round(self) -> None:
        order, going = self.order, self.going
        self.record.steps[self.rows] += 1
        if order.events or order.times.size:
            ended = self._watched()
        else:
            ended = np.where(going.advance(order.end), np.int8(Status.END), np.int8(-1))
        shortest = order.shortest * np.maximum(going.time, PACE_AT_LEAST / order.motion.pace)
        ended[going.refused & (going.length < shortest)] = Status.LOST
        self._finish(ended)

    def _watched(self) -> NDArray[np.int8]:
        """Make a step, recording events and the requested times; return why some end."""
        order, going = self.order, self.going
        attempt, good, last = going.attempt(order.end)
        tried = going.interpolated(attempt)
        ended = np.where(good & last, np.int8(Status.END), np.int8(-1))
        which = np.flatnonzero(good)
        taken = tried if which.size == good.size else tried.select(which)
        fraction, status = np.ones(which.size), ended[which]
        if order.events:
            fraction, status = self._events(taken, which, status)
        stop = taken.start + fraction * taken.length
        stop[last[which] & (fraction == 1.0)] = order.end
        if order.times.size:
            self._sample(taken, which, stop)
        cut = np.flatnonzero(fraction < 1.0)
        after = taken.after
        if cut.size:
            after = after.copy()
            after[:, cut] = taken.at(fraction[cut], cut)
        going.time[which], going.at[:, which], going.slope[:, which] = stop, after, taken.slope
        ended[which] = status
        return ended

    def _events(
        self, taken: RungeKuttaStep, which: Rows, status: NDArray[np.int8]
    ) -> tuple[Array, NDArray[np.int8]]:
        """Return where in its step each trajectory stops, 1 where it does not, and why."""
        motion, record, rows = self.order.motion, self.record, self.rows[which]
        fraction = np.full(which.size, np.inf)
        found = []
        for place, event in enumerate(self.order.places):
            direction = event.direction if isinstance(event, Threshold) else -1
            at, value = first_crossing(taken, gap_of(event), self.gaps[place][which], direction)
            self.gaps[place][which] = value
            found.append((event, at))
            if isinstance(event, Arrival) or event.stop:
                sooner = (at < fraction) | ((at == fraction) & np.isfinite(at))
                status[sooner] = Status.ARRIVED if isinstance(event, Arrival) else Status.CROSSED
                fraction = np.minimum(fraction, at)
        for other in self.order.events:
            if isinstance(other, Steady):
                pace = motion.unsettled(taken.after, taken.shares, taken.slope)
                slow = (pace <= other.speed * motion.pace) & (fraction > 1.0)
                status[slow], fraction[slow] = Status.STEADY, 1.0
        column = 0
        for event, at in found:
            if isinstance(event, Arrival):
                here = np.flatnonzero((at <= fraction) & (status == Status.ARRIVED))
                if here.size:
                    record.arrived[rows[here]] = nearest_state(event, motion.shares(taken.at(at[here], here)))
                continue
            new = np.isfinite(at) & (at <= fraction) & np.isnan(record.crossings[rows, column])
            record.crossings[rows[new], column] = (taken.factor * (taken.start + at * taken.length))[new]
            column += 1
        return np.minimum(fraction, 1.0), status

    def _sample(self, taken: RungeKuttaStep, which: Rows, stop: Array) -> None:
        """Record the states at the requested times that lie in the steps."""
        times = self.order.times
        due = np.searchsorted(times, stop, side="right")
        begun = self.sampled[which]
        some = np.flatnonzero(due > begun)
        if not some.size:
            return
        counts = (due - begun)[some]
        own = np.repeat(np.arange(some.size), counts)
        column = np.arange(own.size) - np.repeat(np.cumsum(counts) - counts, counts) + begun[some][own]
        part = taken if some.size == which.size else taken.select(some)
        fraction = np.clip((times[column] - part.start[own]) / part.length[own], 0.0, 1.0)
        self.record.samples[self.rows[which[some]][own], column] = part.at(fraction, own).T
        self.sampled[which] = np.maximum(due, begun)

    def _finish(self, ended: NDArray[np.int8]) -> None:
        """Write down how some trajectories ended; those that came to an end stay there."""
        some = np.flatnonzero(ended >= 0)
        if not some.size:
            return
        record, rows, times = self.record, self.rows[some], self.order.times
        record.ends[rows] = self.going.at[:, some].T
        record.end_times[rows] = self.going.factor[some] * self.going.time[some]
        record.status[rows] = ended[some]
        answered = ended[some] < Status.TOO_MANY_STEPS
        later = (np.arange(times.size) >= self.sampled[some][:, None]) & answered[:, None]
        own, column = np.nonzero(later)
        record.samples[rows[own], column] = record.ends[rows[own]]
        going = np.flatnonzero(ended < 0)
        self.rows, self.sampled = self.rows[going], self.sampled[going]
        self.gaps = [gap[going] for gap in self.gaps]
        self.going.keep(ended < 0)


MOST_LINE_STEPS = 2_000
"""Steps after which a line ends even if it lacks its length. Fewer: lines near rest points are cut."""

SPOT = 1 / 40
"""The step, relative to the distance between states, below which a line ends: it turns on one spot. Larger:
lines end at sharp turns."""

OFF, BACK = 1 / 4, 1 / 10
"""The parts of a step by which it may leave the state space, and which it must at least get ahead. Larger the
first: lines cut corners at faces; smaller the second: those that run along a face end."""


def lengths(line: Array) -> Array:
    """Return how long a line (points, 2) is up to each of its states."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def lines(
    flow: VectorField,
    starts: ArrayLike,
    length: ArrayLike,
    *,
    points: int = 101,
    tolerance: float = LINE,
) -> Array:
    """Return the trajectories from many starts as lines of equally spaced states.

    Parameters
    ----------
    flow : VectorField
    starts : array (trajectories, n)
    length : float or array (trajectories,)
        How far each is followed, in the space of states; backwards where it is negative.
    points : int
        How many states are returned of each, the start among them.
    tolerance : float
        The error of a step; without meaning for fields that jump.

    Returns
    -------
    array (trajectories, points, n)
        A trajectory that ends earlier, or turns on a spot too small for the points to show, stays there.

    References
    ----------
    Dormand & Prince (1980).

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> lines(field(game), [[0.1], [0.9]], 0.5)[:, ::50].round(3).tolist()
    [[[0.1], [0.35], [0.6]], [[0.9], [0.667], [0.667]]]
    """
    first = np.asarray(starts, dtype=float)
    if not first.size:
        return np.empty((len(first), points, first.shape[-1]))
    base = motion_of(flow)
    motion = _ByLength(flow, 1.0, base=base)  # type: ignore[arg-type]  # more than that is asked of `base`
    order = Order(
        motion,
        1.0,
        np.linspace(0.0, 1.0, points),
        (Steady(STILL_LINE * base.pace),),
        np.inf if base.jumps else tolerance,
        MOST_LINE_STEPS,
        DORMAND_PRINCE,
        SPOT / max(points - 1, 1),
        1 / max(points - 1, 1) if base.jumps else np.inf,
    )
    lengths = np.broadcast_to(np.asarray(length, dtype=float), (len(first),))
    record = recorded(order, base.to_coordinates(first).T, np.array(lengths))
    after = np.isnan(record.samples).any(axis=2, keepdims=True)
    samples = np.where(after, record.ends[:, None], record.samples)
    return np.moveaxis(base.shares(np.moveaxis(samples, -1, 0)), 0, -1)


@dataclass(frozen=True, eq=False)
class _ByLength(Motion):
    """A motion by the length of what is gone in the space of states, each line's own length being one."""

    base: Motion = field(kw_only=True)

    jumps = False

    @property
    def leaves_faces(self) -> bool:
        return self.base.leaves_faces

    @property
    def accuracy(self) -> float:
        return self.base.accuracy

    def to_coordinates(self, states: Array) -> Array:
        return self.base.to_coordinates(states)

    def shares(self, at: Array, out: Array | None = None) -> Array:
        return self.base.shares(at, out)

    def rates(self, at: Array, out: Array, scratch: Scratch) -> Array:
        shares: Array = self.base.rates(self.base.project(at), out, scratch)
        # The little that is added keeps a line at rest from dividing by zero.
        out /= self._speeds(shares, out) + STILL_LINE / 10 * self.base.pace
        return shares

    def _speeds(self, shares: Array, slopes: Array) -> Array:
        return np.asarray(np.sqrt((self.base.to_rates(shares, slopes) ** 2).sum(axis=0)))

    def speeds(self, states: Array, slopes: Array) -> Array:
        return self.base.speeds(states, slopes)

    def to_rates(self, shares: Array, slopes: Array) -> Array:
        return self.base.to_rates(shares, slopes)

    def unsettled(self, at: Array, shares: Array, slopes: Array) -> Array:
        return self._speeds(shares, self.base.slopes(self.base.project(at)))

    def size(self, at: Array) -> Array:
        return self.base.size(at)

    def log_shares(self, at: Array) -> Array:
        return self.base.log_shares(at)

    def project(self, at: Array) -> Array:
        return self.base.project(at)

    def strayed(self, before: Array, after: Array, kept: Array, length: Array) -> Array:
        away, ahead = (np.sqrt((part**2).sum(axis=0)) for part in (after - kept, kept - before))
        return np.where((away > OFF * length) | (ahead < BACK * length), np.inf, 0.0)
