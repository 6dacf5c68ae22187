"""A trajectory as data, what may be asked of it, and what is said of how it went."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from separatrix.dynamics.integrate.events import Event
from separatrix.dynamics.integrate.log_odds import Lanes, Scratch
from separatrix.dynamics.integrate.status import Status
from separatrix.errors import InputError
from separatrix.sentence import say, together

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "LEFT",
    "METHODS",
    "REST",
    "STILL",
    "TOLERANCE",
    "Method",
    "Trajectory",
    "check_asked",
    "message_of",
    "pace",
]

TOLERANCE = 1e-10


STILL = 1e-9
"""Speed, relative to the largest advantage, below which a state counts as at rest."""


REST = 1e-14
"""The same for a start that is a rest point, but for rounding."""


LEFT = 1e-6
"""How far from its start, in a share, a course is elsewhere."""


Method = Literal["auto", "dop853", "lsoda", "radau", "bdf"]


METHODS: tuple[Method, ...] = ("auto", "dop853", "lsoda", "radau", "bdf")


@dataclass(frozen=True)
class Trajectory:
    """States along a course.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    times : array (points,)
        In the unit of time in which payoffs are paid.
    states : array (points, n)
        Shares between 0 and 1.
    at_rest : bool
        Whether the course has all but stopped at its end.
    message : str
        What happened, for people.
    status : Status
        The same, for programs.
    end_time : float
        When the course ended: the last time, or that of the event that ended it.
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
    end: float, points: int, method: str, events: Sequence[Event], tolerance: float = TOLERANCE
) -> None:
    """Raise D602 for a time, a number of points, a method or a tolerance that cannot be."""
    from separatrix.dynamics.integrate.batch import refuse_tolerance

    if not math.isfinite(end) or end == 0:
        raise InputError(
            "D602", f"a course until t = {end} cannot be followed; expected a finite time, not 0"
        )
    refuse_tolerance(tolerance)
    if points < 2:
        raise InputError("D602", f"{points} points were asked for; a course has at least 2")
    if method not in METHODS:
        raise InputError("D602", f"there is no method `{method}`; there are {', '.join(METHODS)}")
    if events and method not in ("auto", "dop853"):
        raise InputError("D602", f"{method} finds no events", hint="leave the method to the program")


def pace(lanes: Lanes, log_odds: Array, end: float) -> float:
    """Return the fastest change of what has not settled at log-odds (n,), forward or back in time."""
    import numpy as np

    at = log_odds[:, None]
    rates = np.empty_like(at)
    with np.errstate(all="ignore"):
        shares = lanes.rates(at, rates, Scratch())
        return float(lanes.moving(at, shares, rates if end > 0 else -rates)[0])


def message_of(
    shares: tuple[str, ...], start: Sequence[float], status: Status, at_rest: bool, resting: bool,
    states: Array, keeps_faces: bool = True,
) -> str:  # fmt: skip
    """Return what happened to a course, for people.

    A start whose speed is lost in rounding (``resting``) stays where it is, unless its states (times, n) show
    that it has left: an unstable rest point was not hit to the last digit, or payoffs differ in size so much
    that one population is slow beyond comparison.
    """
    import numpy as np

    if resting and not np.nanmax(np.abs(states - states[0]), initial=0.0) > LEFT:
        return say("starts at a rest point, and stays there")
    message = status.message
    if resting:
        message = say("starts at rest as far as rounding can tell, yet is elsewhere in the end")
    elif status is Status.END:
        message = say("at rest at the end") if at_rest else say("still moving at the end")
    fixed = [f"{s} = {x:g}" for s, x in zip(shares, start, strict=True) if x in (0.0, 1.0)]
    if not fixed or not keeps_faces:
        return message
    return together([message, say("stays on the face {face}", face=together(fixed, ", "))], "; ")
