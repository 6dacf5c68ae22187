"""One course by a method of scipy's, step by step, with an eye on events in every step.

For rates that depend on the time too, and for fields that leave faces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from separatrix.dynamics.integrate.events import (
    BISECTIONS,
    Arrival,
    Event,
    Steady,
    Threshold,
    arrival_gap,
    nearest_state,
    threshold_gap,
)
from separatrix.dynamics.integrate.scipy_solver import MOST_STEPS
from separatrix.dynamics.integrate.status import Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Course = Callable[[float], Array]

__all__ = ["Leg", "Watch", "watched"]

LOOKED_AT = 17
"""How many states of a step are looked at for events."""

TIGHTEST = 3e-14
"""The tolerance below which scipy's methods say that they cannot go."""

SOLVERS = {"lsoda": "LSODA", "radau": "Radau", "bdf": "BDF"}


@dataclass(frozen=True, eq=False)
class Leg:
    """A course on one stretch of time.

    Attributes
    ----------
    found : array (points, m)
        Coordinates, which may be log-odds or shares, at the times asked for; NaN where the course was lost
        before.
    last : array (m,)
        The coordinates at the end.
    end : float
        When it ended.
    status : Status
    arrived : int
    crossings : tuple of float
        As in `separatrix.dynamics.integrate.result.Trajectory`.
    """

    found: Array
    last: Array
    end: float
    status: Status
    arrived: int
    crossings: tuple[float, ...]


def watched(
    slope: Callable[[float, Array], Any], first: Array, times: Array, start: float, end: float, *,
    whole: Callable[[Array], Array], shares: Callable[[Array], Array], watch: Watch, tolerance: float,
    least: float = 1.0, longest: float, method: str,
) -> Leg:  # fmt: skip
    """Follow what moves at `slope` from `first` at `start` to `end`, or to an event.

    Parameters
    ----------
    slope : callable
        From the time and what is integrated, an array (free,), to its rates of change.
    whole, shares : callable
        From what is integrated to all coordinates (m,), and from these to the state (n,).
    watch : Watch
        Begun at the first state.
    least : float
        The size of what is integrated below which `tolerance` is an absolute error and no relative one.
    """
    import numpy as np
    from scipy import integrate

    tightest = max(tolerance, TIGHTEST)
    last, at, made = whole(first), start, 0
    found = np.full((len(times), len(last)), np.nan)
    done = int(np.searchsorted(times, start, side="right"))
    found[:done] = last
    status = watch.begun(shares(last))
    if status is not Status.END:
        found[:] = last
        return Leg(found, last, start, status, watch.arrived, tuple(watch.crossings))
    with np.errstate(all="ignore"):
        solver = getattr(integrate, SOLVERS.get(method, "DOP853"))(
            slope, start, first, end, rtol=tightest, atol=tightest * least, max_step=longest
        )
        while solver.status == "running":
            made += 1
            solver.step()
            lost = solver.status == "failed" or not np.isfinite(solver.y).all()
            if lost or made > MOST_STEPS:
                reason = Status.LOST if lost else Status.TOO_MANY_STEPS
                return Leg(found, last, at, reason, -1, tuple(watch.crossings))
            course = partial(_within, whole, solver.dense_output(), solver.t, solver.y.copy())
            stop, status = watch.look(partial(_seen, shares, course), solver.t_old, solver.t)
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


def _seen(shares: Callable[[Array], Array], course: Course, time: float) -> Array:
    return shares(course(time))


class Watch:
    """What is looked for in every step, and what was found.

    Parameters
    ----------
    events : sequence of Event
    pace : callable, optional
        From a state (n,) to its speed, relative to the fastest; without it steadiness is not looked for.
    """

    def __init__(self, events: Sequence[Event], pace: Callable[[Array], float] | None = None) -> None:
        self.events = [event for event in events if not isinstance(event, Steady)]
        self.pace = pace
        self.slow = max((event.speed for event in events if isinstance(event, Steady)), default=-1.0)
        self.gaps = [arrival_gap(e) if isinstance(e, Arrival) else threshold_gap(e) for e in self.events]
        self.crossings = [float("nan")] * sum(isinstance(e, Threshold) for e in self.events)
        self.arrived = -1

    def begun(self, state: Array) -> Status:
        """Return why a course ends in its first state, or that it does not."""
        for event, gap in zip(self.events, self.gaps, strict=True):
            if isinstance(event, Arrival) and gap(state[:, None])[0] <= 0:
                self.arrived = int(nearest_state(event, state[:, None])[0])
                return Status.ARRIVED
        return Status.STEADY if self._steady(state) else Status.END

    def _steady(self, state: Array) -> bool:
        return self.pace is not None and self.slow >= 0 and self.pace(state) <= self.slow

    def look(self, course: Course, start: float, end: float) -> tuple[float, Status]:
        """Return when the step from `start` to `end` stops, and why; note what was crossed by then."""
        import numpy as np

        stop, status = end, Status.STEADY if self._steady(course(end)) else Status.END
        if not self.events:
            return stop, status
        times = np.linspace(start, end, LOOKED_AT)
        states = np.stack([course(float(t)) for t in times], axis=1)
        crossed: list[float] = []
        for event, gap in zip(self.events, self.gaps, strict=True):
            direction = event.direction if isinstance(event, Threshold) else -1
            met = _first(partial(_gap_at, gap, course), times, gap(states), direction)
            if isinstance(event, Threshold):
                crossed.append(met)
            ends = isinstance(event, Arrival) or event.stop
            sooner = met < stop or (met == stop and status in (Status.END, Status.STEADY))
            if ends and sooner:
                stop, status, self.arrived = met, Status.CROSSED, -1
                if isinstance(event, Arrival):
                    status = Status.ARRIVED
                    self.arrived = int(nearest_state(event, course(met)[:, None])[0])
        for k, met in enumerate(crossed):
            if met <= stop and np.isnan(self.crossings[k]):
                self.crossings[k] = met
        return stop, status


def _gap_at(gap: Callable[[Array], Array], course: Course, time: float) -> float:
    return float(gap(course(time)[:, None])[0])


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
