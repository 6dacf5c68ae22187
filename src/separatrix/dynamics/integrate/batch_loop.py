"""The rounds of a batch: in each, every lane that is under way makes one step of its own length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from separatrix.dynamics.integrate.dop853 import Step, first_step, longest_step, next_step, step
from separatrix.dynamics.integrate.events import (
    Arrival,
    Event,
    Steady,
    Threshold,
    arrival_gap,
    first_within,
    nearest_state,
    threshold_gap,
)
from separatrix.dynamics.integrate.log_odds import Lanes, Scratch
from separatrix.dynamics.integrate.status import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rows = NDArray[np.intp]

__all__ = ["Order", "Record", "run"]

SHORTEST = 1e-14
"""A step, relative to the time and to the fastest change, below which a course is lost."""


@dataclass(frozen=True)
class Order:
    """What is asked of every lane; times are counted from the start, as positive numbers."""

    lanes: Lanes
    sign: float
    end: float
    times: Array
    events: tuple[Event, ...]
    tolerance: float
    most_steps: int


@dataclass(frozen=True, eq=False)
class Record:
    """What is written down of every lane: the first axis of every array is the lane."""

    samples: Array
    ends: Array
    end_times: Array
    status: NDArray[np.int8]
    arrived: Rows
    crossings: Array
    steps: Rows

    @classmethod
    def of(cls, first: Array, points: int, thresholds: int) -> Record:
        """Return an empty record for lanes that start at coordinates (lanes, m)."""
        count, m = first.shape
        return cls(
            np.full((count, points, m), np.nan), first.copy(), np.zeros(count), np.zeros(count, np.int8),
            np.full(count, -1), np.full((count, thresholds), np.nan), np.zeros(count, np.intp),
        )  # fmt: skip


@dataclass(eq=False)
class _UnderWay:
    """The lanes that are still going: their rows in the record, and where they are."""

    rows: Rows
    time: Array
    at: Array
    slope: Array
    length: Array
    refused: NDArray[np.bool_]
    sampled: Rows
    gaps: list[Array]

    def keep(self, which: NDArray[np.bool_]) -> None:
        some = np.flatnonzero(which)
        self.rows, self.time, self.length = self.rows[some], self.time[some], self.length[some]
        self.at, self.slope = self.at.take(some, axis=1), self.slope.take(some, axis=1)
        self.refused, self.sampled = self.refused[some], self.sampled[some]
        self.gaps = [gap[some] for gap in self.gaps]


def run(order: Order, record: Record, rows: Rows) -> None:
    """Follow the lanes `rows` from the coordinates in ``record.ends`` and write down what happens."""
    with np.errstate(all="ignore"):
        now = _begun(order, record, rows)
        made, scratch = 0, Scratch()
        while now.rows.size:
            if made == order.most_steps:
                _finish(order, record, now, np.ones(now.rows.size, np.bool_), Status.TOO_MANY_STEPS)
                return
            made += 1
            _round(order, record, now, scratch)


def _begun(order: Order, record: Record, rows: Rows) -> _UnderWay:
    lanes, sign = order.lanes, order.sign
    at = np.ascontiguousarray(record.ends[rows].T)
    slope = np.empty_like(at)
    shares = lanes.rates(at, slope, Scratch())
    slope *= sign
    length = np.minimum(first_step(lanes, sign, at, slope, order.tolerance), order.end)
    length = np.where(np.isfinite(length) & (length > 0), length, order.end * 1e-3)
    nothing = np.zeros(rows.size, np.bool_)
    gaps = [gap(shares) for gap in (_gap(e) for e in order.events) if gap is not None]
    sampled = np.full(rows.size, np.searchsorted(order.times, 0.0, side="right"))
    record.samples[rows, : sampled[0] if rows.size else 0] = record.ends[rows][:, None]
    now = _UnderWay(rows, np.zeros(rows.size), at, slope, length, nothing, sampled, gaps)
    lost = np.asarray(~np.isfinite(slope).all(axis=0))
    _finish(order, record, now, lost, Status.LOST)
    ended = lost.copy()
    place = 0
    for event in order.events:
        if isinstance(event, Steady):
            here = ~ended & (lanes.moving(at, shares, slope) <= event.speed * lanes.scale)
            _finish(order, record, now, here, Status.STEADY)
            ended |= here
            continue
        if isinstance(event, Arrival):
            here = ~ended & (gaps[place] <= 0)
            record.arrived[rows[here]] = nearest_state(event, shares[:, here])
            _finish(order, record, now, here, Status.ARRIVED)
            ended |= here
        place += 1
    now.keep(~ended)
    return now


def _gap(event: Event) -> Callable[[Array], Array] | None:
    if isinstance(event, Arrival):
        return arrival_gap(event)
    return threshold_gap(event) if isinstance(event, Threshold) else None


def _round(order: Order, record: Record, now: _UnderWay, scratch: Scratch) -> None:
    left = order.end - now.time
    size = np.abs(now.at)
    size += 1.0
    bound = np.minimum(now.length, longest_step(now.at, now.slope, size))
    last = bound >= left
    length = np.where(last, left, bound)
    tried = step(order.lanes, order.sign, now.time, now.at, now.slope, size, length, order.tolerance, scratch)
    good = tried.error <= 1.0
    record.steps[now.rows] += 1
    following = next_step(length, tried.error, now.refused | ~good)
    # A step that was cut short says nothing against the longer one.
    now.length = np.where(good & (length < now.length), np.maximum(following, now.length), following)
    now.refused = ~good
    ended = np.where(good & last, np.int8(Status.END), np.int8(-1))
    if order.events or order.times.size:
        _watched(order, record, now, tried, good, last, ended)
    else:
        now.time = np.where(good, np.where(last, order.end, now.time + length), now.time)
        np.copyto(now.at, tried.after, where=good)
        np.copyto(now.slope, tried.slope, where=good)
    shortest = SHORTEST * np.maximum(now.time, 1e-3 / order.lanes.scale)
    ended[~good & (now.length < shortest)] = Status.LOST
    if (ended >= 0).any():
        for reason in Status:
            _finish(order, record, now, ended == reason, reason)
        now.keep(ended < 0)


def _watched(
    order: Order, record: Record, now: _UnderWay, tried: Step, good: NDArray[np.bool_],
    last: NDArray[np.bool_], ended: NDArray[np.int8],
) -> None:  # fmt: skip
    """Take the steps that were good, with an eye on events and on the times that are asked for."""
    which = np.flatnonzero(good)
    taken = tried if which.size == good.size else tried.taken(which)
    fraction, status = np.ones(which.size), ended[which]
    if order.events:
        fraction, status = _events(order, record, now, taken, which, status)
    stop = taken.start + fraction * taken.length
    stop[last[which] & (fraction == 1.0)] = order.end
    if order.times.size:
        _sample(order, record, now, taken, which, stop)
    cut = np.flatnonzero(fraction < 1.0)
    after = taken.after
    if cut.size:
        after = after.copy()
        after[:, cut] = taken.at(fraction[cut], cut)
    now.time[which], now.at[:, which], now.slope[:, which] = stop, after, taken.slope
    ended[which] = status


def _events(
    order: Order, record: Record, now: _UnderWay, taken: Step, which: Rows, status: NDArray[np.int8]
) -> tuple[Array, NDArray[np.int8]]:
    """Return where in its step each lane stops, 1 where it does not, and why."""
    fraction = np.full(which.size, np.inf)
    found: list[tuple[int, Array]] = []
    place = thresholds = 0
    arrivals: list[tuple[Arrival, Array]] = []
    for event in order.events:
        if isinstance(event, Steady):
            pace = order.lanes.moving(taken.after, taken.shares, taken.slope)
            slow = (pace <= event.speed * order.lanes.scale) & (fraction > 1.0)
            status[slow], fraction[slow] = Status.STEADY, 1.0
            continue
        gap = arrival_gap(event) if isinstance(event, Arrival) else threshold_gap(event)
        direction = event.direction if isinstance(event, Threshold) else -1
        at, value = first_within(taken, gap, now.gaps[place][which], direction)
        now.gaps[place][which] = value
        place += 1
        if isinstance(event, Threshold):
            found.append((thresholds, at))
            thresholds += 1
            stops = event.stop
        else:
            arrivals.append((event, at))
            stops = True
        if stops:
            sooner = (at < fraction) | ((at == fraction) & np.isfinite(at))
            status[sooner] = Status.ARRIVED if isinstance(event, Arrival) else Status.CROSSED
            fraction = np.minimum(fraction, at)
    for event, at in arrivals:
        here = np.flatnonzero((at <= fraction) & (status == Status.ARRIVED))
        if here.size:
            states = order.lanes.shares(taken.at(at[here], here))
            record.arrived[now.rows[which[here]]] = nearest_state(event, states)
    for column, at in found:
        rows = now.rows[which]
        new = np.isfinite(at) & (at <= fraction) & np.isnan(record.crossings[rows, column])
        record.crossings[rows[new], column] = order.sign * (taken.start + at * taken.length)[new]
    return np.minimum(fraction, 1.0), status


def _sample(order: Order, record: Record, now: _UnderWay, taken: Step, which: Rows, stop: Array) -> None:
    """Write down the states at the times that were asked for and lie in the steps."""
    due = np.searchsorted(order.times, stop, side="right")
    begun = now.sampled[which]
    counts = due - begun
    some = np.flatnonzero(counts > 0)
    if not some.size:
        return
    counts = counts[some]
    own = np.repeat(np.arange(some.size), counts)
    column = np.arange(own.size) - np.repeat(np.cumsum(counts) - counts, counts) + begun[some][own]
    part = taken if some.size == which.size else taken.taken(some)
    fraction = np.clip((order.times[column] - part.start[own]) / part.length[own], 0.0, 1.0)
    record.samples[now.rows[which[some]][own], column] = part.at(fraction, own).T
    now.sampled[which] = np.maximum(due, begun)


def _finish(order: Order, record: Record, now: _UnderWay, which: NDArray[np.bool_], status: Status) -> None:
    """Write down how some lanes ended; those that came to an end stay there."""
    some = np.flatnonzero(which)
    if not some.size:
        return
    rows = now.rows[some]
    record.ends[rows] = now.at[:, some].T
    record.end_times[rows] = order.sign * now.time[some]
    record.status[rows] = status
    if status.answered and order.times.size:
        later = np.arange(order.times.size) >= now.sampled[some][:, None]
        own, column = np.nonzero(later)
        record.samples[rows[own], column] = record.ends[rows[own]]


def thresholds_in(events: Sequence[Event]) -> int:
    """Return how many thresholds there are."""
    return sum(isinstance(e, Threshold) for e in events)
