"""One course while parameters go in a straight line: the rates depend on the time too.

The coordinates are the log-odds of `separatrix.dynamics.lanes`; the methods are scipy's, step by step, so
that events can be looked for in every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from separatrix.dynamics.events import (
    BISECTIONS,
    Arrival,
    Event,
    Steady,
    Threshold,
    arrival_gap,
    nearest_state,
    threshold_gap,
)
from separatrix.dynamics.lanes import Lanes, lanes_of
from separatrix.dynamics.one_course import LONGEST, MOST_STEPS, slope_of
from separatrix.dynamics.status import Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.schedule import Piece

    Array = NDArray[np.float64]
    Course = Callable[[float], Array]

__all__ = ["Leg", "Moment", "ramp_leg"]

LOOKED_AT = 17
"""How many states of a step are looked at for events."""


@dataclass(frozen=True, eq=False)
class Leg:
    """A course on one stretch of a schedule.

    Attributes
    ----------
    log_odds : array (points, m)
        At the times asked for; NaN where the course was lost before.
    last : array (m,)
        The log-odds at the end.
    end : float
        When it ended.
    status : Status
    arrived : int
    crossings : tuple of float
        As in `separatrix.dynamics.trajectory.Trajectory`.
    """

    log_odds: Array
    last: Array
    end: float
    status: Status
    arrived: int
    crossings: tuple[float, ...]


class Moment:
    """The field of a piece at ``time``, which whoever integrates it sets before each look at it."""

    def __init__(self, piece: Piece, time: float) -> None:
        start: Any = piece.field_at(time)
        self.shares: tuple[str, ...] = start.shares
        self.sizes: tuple[int, ...] = start.sizes
        self.scale: float = piece.scale
        self.time = time
        self._piece = piece

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the growth rates of all strategies now."""
        now: Any = self._piece.field_at(self.time)
        rates: list[Array] = now.log_rates(weights)
        return rates


def ramp_leg(
    piece: Piece, first: Array, times: Array, start: float, end: float, events: Sequence[Event],
    tolerance: float, method: str,
) -> Leg:  # fmt: skip
    """Follow the replicator dynamics of `piece` from log-odds `first` (m,) at `start` to `end`.

    Steadiness is not looked for: what rests now may move as the parameters do.
    """
    import numpy as np
    from scipy import integrate

    moment = Moment(piece, start)
    lanes = lanes_of(moment)
    watch = _Watch(events, lanes.shares(first[:, None]))
    found = np.tile(first, (len(times), 1))
    free = np.flatnonzero(np.isfinite(first))
    if watch.arrived >= 0 or not free.size:
        status = Status.ARRIVED if watch.arrived >= 0 else Status.END
        stop = start if watch.arrived >= 0 else end
        return Leg(found, first, stop, status, watch.arrived, tuple(watch.crossings))
    rates = slope_of(lanes, first, free)

    def slope(time: float, ratios: Array) -> Any:
        moment.time = time
        return rates(time, ratios)

    def whole(ratios: Array) -> Array:
        result = first.copy()
        result[free] = ratios
        return np.asarray(lanes.normalised(result[:, None])[:, 0])

    kinds = {"lsoda": "LSODA", "radau": "Radau", "bdf": "BDF"}
    tightest = max(tolerance, 3e-14)
    made = 0
    with np.errstate(all="ignore"):
        solver = getattr(integrate, kinds.get(method, "DOP853"))(
            slope, start, first[free], end, rtol=tightest, atol=tightest, max_step=LONGEST / lanes.scale
        )
        done = int(np.searchsorted(times, start, side="right"))
        found[done:] = np.nan
        last, at = first, start
        while solver.status == "running":
            made += 1
            solver.step()
            lost = solver.status == "failed" or not np.isfinite(solver.y).all()
            if lost or made > MOST_STEPS:
                reason = Status.LOST if lost else Status.TOO_MANY_STEPS
                return Leg(found, last, at, reason, -1, tuple(watch.crossings))
            course = partial(_within, whole, solver.dense_output(), solver.t, solver.y.copy())
            stop, status = solver.t, Status.END
            if watch.gaps:
                stop, status = watch.look(partial(_shares, lanes, course), solver.t_old, solver.t)
            due = int(np.searchsorted(times, stop, side="right"))
            for k in range(done, due):
                found[k] = course(float(times[k]))
            done, last, at = max(done, due), course(stop), stop
            if status is not Status.END:
                found[done:] = last
                return Leg(found, last, stop, status, watch.arrived, tuple(watch.crossings))
    return Leg(found, last, end, Status.END, -1, tuple(watch.crossings))


def _within(whole: Callable[[Array], Array], inside: Any, end: float, last: Array, time: float) -> Array:
    """Return the coordinates at a time in a step."""
    return whole(inside(time) if time < end else last)


def _shares(lanes: Lanes, course: Course, time: float) -> Array:
    return lanes.shares(course(time)[:, None])


class _Watch:
    """What is looked for in every step, and what was found."""

    def __init__(self, events: Sequence[Event], shares: Array) -> None:
        self.events = [event for event in events if not isinstance(event, Steady)]
        self.gaps = [arrival_gap(e) if isinstance(e, Arrival) else threshold_gap(e) for e in self.events]
        self.crossings = [float("nan")] * sum(isinstance(e, Threshold) for e in self.events)
        self.arrived = -1
        for event, gap in zip(self.events, self.gaps, strict=True):
            if isinstance(event, Arrival) and self.arrived < 0 and gap(shares)[0] <= 0:
                self.arrived = int(nearest_state(event, shares)[0])

    def look(self, shares: Course, start: float, end: float) -> tuple[float, Status]:
        """Return when the step from `start` to `end` stops, and why; note what was crossed by then."""
        import numpy as np

        times = np.linspace(start, end, LOOKED_AT)
        states = np.concatenate([shares(float(t)) for t in times], axis=1)
        stop, status = end, Status.END
        crossed: list[float] = []
        for event, gap in zip(self.events, self.gaps, strict=True):
            direction = event.direction if isinstance(event, Threshold) else -1
            met = _first(partial(_gap_at, gap, shares), times, gap(states), direction)
            if isinstance(event, Threshold):
                crossed.append(met)
            ends = isinstance(event, Arrival) or event.stop
            if ends and (met < stop or (met == stop and status is Status.END)):
                stop = met
                status = Status.ARRIVED if isinstance(event, Arrival) else Status.CROSSED
                self.arrived = int(nearest_state(event, shares(met))[0]) if isinstance(event, Arrival) else -1
        for k, met in enumerate(crossed):
            if met <= stop and np.isnan(self.crossings[k]):
                self.crossings[k] = met
        return stop, status


def _gap_at(gap: Callable[[Array], Array], shares: Course, time: float) -> float:
    return float(gap(shares(time))[0])


def _first(gap: Callable[[float], float], times: Array, values: Array, direction: int) -> float:
    """Return the first time at which `gap` changes sign, also for a moment, or infinity."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    side = 1.0 if values[0] > 0 else -1.0
    for k in range(len(times)):
        before = float(values[k])
        after = float(values[min(k + 1, len(times) - 1)])
        side = float(np.sign(before)) or side
        if before != 0 and after * side <= 0 and direction * side <= 0:
            return _bisected(gap, float(times[k]), float(times[k + 1]), side)
        around = values[max(k - 1, 0) : k + 2] * side
        if before == 0 or not before * side <= around.min():
            continue
        # A gap that is smallest here may close for a moment between the times looked at.
        low, high = float(times[max(k - 1, 0)]), float(times[min(k + 1, len(times) - 1)])
        best = minimize_scalar(partial(_signed, gap, side), bounds=(low, high), method="bounded",
                               options={"xatol": 1e-9 * (high - low)})  # fmt: skip
        if best.fun <= 0:
            entering = direction * side <= 0
            return (
                _bisected(gap, low, float(best.x), side)
                if entering
                else _bisected(gap, float(best.x), high, -side)
            )
    return float("inf")


def _signed(gap: Callable[[float], float], side: float, time: float) -> float:
    return gap(time) * side


def _bisected(gap: Callable[[float], float], low: float, high: float, side: float) -> float:
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if gap(middle) * side > 0:
            low = middle
        else:
            high = middle
    return high
