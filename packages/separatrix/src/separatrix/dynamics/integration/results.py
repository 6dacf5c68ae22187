"""A trajectory as data, with its queries and messages.

The order for trajectories and its record, filled by compiled code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.butcher_tableaus import DOP853, Tableau
from separatrix.dynamics.integration.compiled_ensemble import CompiledEnsemble, Ended
from separatrix.dynamics.integration.polynomial_rates import PolynomialRates
from separatrix.dynamics.integration.runge_kutta import Arrival, Event, Steady, Threshold
from separatrix.dynamics.integration.step_control import Motion
from separatrix.dynamics.integration.tolerances import COARSEST, FINEST, LEFT, ONE, SHORTEST
from separatrix.errors import InputError
from separatrix.run.results import Gridded, Plotted, Tabled
from separatrix.sentences import say, together

__all__ = [
    "METHODS",
    "MOST_STEPS",
    "Method",
    "Order",
    "Record",
    "Status",
    "Trajectory",
    "check_asked",
    "message_of",
    "recorded_compiled",
    "refuse_tolerance",
    "unsettled_speed",
]

Array = NDArray[np.float64]

Method = Literal["auto", "dop853", "lsoda", "radau", "bdf"]


METHODS: tuple[Method, ...] = ("auto", "dop853", "lsoda", "radau", "bdf")


class Status(IntEnum):
    """How a trajectory ended; ``message`` says it in words.

    Examples
    --------
    >>> Status.STEADY.message
    'steady'
    >>> Status(0).answered
    True
    """

    END = 0
    ARRIVED = 1
    STEADY = 2
    CROSSED = 3
    TOO_MANY_STEPS = 4
    LOST = 5

    @property
    def message(self) -> str:
        """What happened, and where it went wrong what to try."""
        return _MESSAGES[self]

    @property
    def answered(self) -> bool:
        """Whether the trajectory was followed to the requested end."""
        return self < Status.TOO_MANY_STEPS


_MESSAGES = {
    Status.END: say("end of time"),
    Status.ARRIVED: say("arrived"),
    Status.STEADY: say("steady"),
    Status.CROSSED: say("crossed the threshold"),
    Status.TOO_MANY_STEPS: say(
        "too many steps; try an earlier end, more `most_steps` or a larger `tolerance`"
    ),
    Status.LOST: say("lost: a payoff is not finite, or changes too fast to be followed, at the last state"),
}


@dataclass(frozen=True, repr=False)
class Trajectory(Plotted, Tabled, Gridded):
    """States along a trajectory.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    times : array (points,)
        In the unit of time in which payoffs are paid.
    states : array (points, n)
        Shares between 0 and 1.
    at_rest : bool
        Whether the trajectory has all but stopped at its end.
    message : str
        What happened, for people.
    status : Status
        The same, for programs.
    end_time : float
        When the trajectory ended: the last time, or that of the event that ended it.
    log_odds : array (points, n)
        ln(x/(1-x)) for two strategies, else ln x: exact where a share is all but 0 or 1; infinite on faces.
    arrived : int
        Which state of an `Arrival` was reached, or -1.
    crossings : tuple of float
        When each `Threshold` was first crossed, or NaN.
    """

    shares: tuple[str, ...]
    times: Array
    states: Array
    at_rest: bool
    message: str
    status: Status
    end_time: float
    log_odds: Array
    arrived: int = -1
    crossings: tuple[float, ...] = ()


def check_asked(
    end: float, points: int, method: str, events: Sequence[Event], tolerance: float = ONE
) -> None:
    """Raise D602 for a time, a number of points, a method or a tolerance that cannot be."""
    if not math.isfinite(end) or end == 0:
        raise InputError(
            "D602", f"a trajectory until t = {end} cannot be followed; expected a finite time, not 0"
        )
    refuse_tolerance(tolerance)
    if points < 2:
        raise InputError("D602", f"{points} points is too few; a trajectory has at least 2")
    if method not in METHODS:
        raise InputError("D602", f"unknown method `{method}`; expected one of {', '.join(METHODS)}")
    if events and method not in ("auto", "dop853"):
        raise InputError("D602", f"the method {method} does not support events", hint="omit the method")


def unsettled_speed(motion: Motion, at: Array, factor: float = 1.0) -> float:
    """Return the fastest change of what has not settled at coordinates (m,); with -1 back in time."""
    here = at[:, None]
    with np.errstate(all="ignore"):
        return float(motion.unsettled(here, motion.shares(here), factor * motion.slopes(here))[0])


def refuse_tolerance(tolerance: float) -> None:
    """Raise D602 for a tolerance that no trajectory can keep."""
    if not FINEST <= tolerance <= COARSEST:
        raise InputError(
            "D602",
            f"a tolerance of {tolerance:g} cannot be kept; expected one from {FINEST:g} to {COARSEST:g}",
        )


def message_of(
    shares: tuple[str, ...],
    start: Sequence[float],
    status: Status,
    at_rest: bool,
    resting: bool,
    states: Array,
    keeps_faces: bool = True,
) -> str:
    """Return what happened to a trajectory, for people.

    A start whose speed is lost in rounding (``resting``) stays where it is, unless its states (times, n) show
    that it has left: an unstable rest point was not hit to the last digit, or payoffs differ in size so much
    that one population is slow beyond comparison.
    """
    if resting and not np.nanmax(np.abs(states - states[0]), initial=0.0) > LEFT:
        return say("starts at a rest point, and stays there")
    message = status.message
    if resting:
        message = say("starts at rest to within rounding, but ends elsewhere")
    elif status is Status.END:
        message = say("at rest at the end") if at_rest else say("still moving at the end")
    fixed = [f"{s} = {x:g}" for s, x in zip(shares, start, strict=True) if x in (0.0, 1.0)]
    if not fixed or not keeps_faces:
        return message
    return together([message, say("stays on the face {face}", face=together(fixed, ", "))], "; ")


Rows = NDArray[np.intp]

MOST_STEPS = 1_000_000
"""After which a trajectory is given up, by default."""

BETWEEN_LOOKS = 5_000
"""Steps of machine code between two looks at the time. More: a lack of time is noticed later."""

_STATUSES = np.array(
    [Status.TOO_MANY_STEPS, Status.END, Status.END, Status.LOST, Status.STEADY, Status.TOO_MANY_STEPS],
    np.int8,
)
"""By `Ended`."""


@dataclass(frozen=True)
class Order:
    """The order for every trajectory; times are counted from the start, as positive numbers.

    Attributes
    ----------
    motion : Motion
    end : float
    times : array (points,)
        In ascending order.
    events : tuple of Event
    tolerance : float
    most_steps : int
    method : Tableau
    shortest : float
        A step, relative to the time and to the fastest change, below which a trajectory is lost.
    longest : float
    """

    motion: Motion
    end: float
    times: Array
    events: tuple[Event, ...]
    tolerance: float
    most_steps: int = MOST_STEPS
    method: Tableau = DOP853
    shortest: float = SHORTEST
    longest: float = math.inf

    @property
    def places(self) -> list[Arrival | Threshold]:
        """The events that have a distance."""
        return [event for event in self.events if not isinstance(event, Steady)]


@dataclass(frozen=True, eq=False)
class Record:
    """What is written down of every trajectory: the first axis of every array is the trajectory."""

    samples: Array
    ends: Array
    end_times: Array
    status: NDArray[np.int8]
    arrived: Rows
    crossings: Array
    steps: Rows


def recorded_compiled(
    order: Order, first: Array, factor: Array, rates: PolynomialRates, game: Rows | None = None
) -> Record:
    """Do what `recorded` does without events, by machine code, each trajectory in a game of its own."""
    count = len(first)
    under_way = CompiledEnsemble(
        rates,
        np.ascontiguousarray(first.T),
        pace=order.motion.pace,
        game=game,
        method=order.method,
        tolerance=order.tolerance,
        factor=factor,
        end=order.end,
        longest=order.longest,
        shortest=order.shortest,
        times=order.times,
    )
    rows, made = np.arange(count), 0
    while rows.size and made < order.most_steps:
        made = min(order.most_steps, made + BETWEEN_LOOKS)
        under_way.run(made, rows)
        rows = rows[under_way.ended[rows] == Ended.STEPS]
    status = _STATUSES[under_way.ended]
    ends = np.ascontiguousarray(under_way.at.T)
    later = np.arange(order.times.size) >= under_way.sampled[:, None]
    own, column = np.nonzero(later & (status < Status.TOO_MANY_STEPS)[:, None])
    under_way.samples[own, column] = ends[own]
    return Record(
        under_way.samples,
        ends,
        factor * under_way.time,
        status,
        np.full(count, -1),
        np.empty((count, 0)),
        under_way.steps.astype(np.intp),
    )
