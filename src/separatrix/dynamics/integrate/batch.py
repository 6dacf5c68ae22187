"""Many courses at once, each with steps of its own.

Every lane of the batch is one course; a round makes one step of all that are under way, on arrays, and lanes
that have ended are taken out.  The coordinates are log-odds (`separatrix.dynamics.integrate.log_odds`), so
that faces are kept exactly, and the method is DOP853 (`separatrix.dynamics.integrate.dop853`).

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, sections
II.4-II.6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.dynamics.integrate.events import Event, checked
from separatrix.dynamics.integrate.status import Status
from separatrix.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from separatrix.dynamics.fields.interface import Field
    from separatrix.dynamics.fields.replicator import Replicator
    from separatrix.dynamics.integrate.log_odds import KeepsFaces, Lanes

    Array = NDArray[np.float64]

__all__ = ["Batch", "batch", "checked_starts", "refuse_tolerance"]

CHUNK = 16_384
"""Lanes that are followed together: more would gain nothing, and take more memory."""

MOST_STEPS = 1_000_000

FINEST, COARSEST = 1e-15, 0.1
"""Between these a tolerance can be kept: numbers have sixteen digits, and steps must know where they go."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Courses from many starts.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates of a state.
    times : array (points,)
        In the unit of time in which payoffs are paid.
    states : array (lanes, points, n)
        Shares between 0 and 1.  A course that ended early stays in its last state; one that could not be
        followed is NaN afterwards.
    log_odds : array (lanes, points, n)
        ln(x/(1-x)) for two strategies, else ln x: exact where a share is all but 0 or 1; infinite on faces.
    ends, end_log_odds : array (lanes, n)
        Where each course ended.
    end_times : array (lanes,)
        When each course ended.
    status : array (lanes,) of int
        Why: see `Status`.
    arrived : array (lanes,) of int
        Which of the states of an `Arrival` was reached, or -1.
    crossings : array (lanes, thresholds)
        When each `Threshold` was first crossed, or NaN.
    steps : array (lanes,) of int
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
        """How each course ended, for people."""
        return [Status(int(s)).message for s in self.status]


def batch(
    field: Replicator | KeepsFaces,
    starts: ArrayLike,
    until: float,
    *,
    times: ArrayLike | int = 0,
    events: Sequence[Event] = (),
    tolerance: float = 1e-8,
    most_steps: int = MOST_STEPS,
    in_log_odds: bool = False,
) -> Batch:
    """Follow `field` from many starts.

    Parameters
    ----------
    field : Replicator or KeepsFaces
    starts : array (lanes, n)
        States; or their log-odds as in `Batch`, which tell 1 - 1e-300 from 1.
    until : float
        The last time; negative to go back in time.
    times : array (points,) or int
        Times between 0 and `until` at which states are wanted, in the order in which they are reached; or
        how many equally spaced ones.
    events : sequence of Arrival, Steady or Threshold
    tolerance : float
        The error of a step in log-odds u, relative to 1 + abs(u): for shares it is a relative error.
    most_steps : int
        After so many steps a course is given up.
    in_log_odds : bool
        Whether `starts` are log-odds.

    Raises
    ------
    InputError
        D601 for starts of a wrong shape or outside the state space; D602 for an end, times or a
        tolerance that cannot be; D603 for an event that does not fit.

    Examples
    --------
    >>> from separatrix.dynamics.integrate.events import Arrival
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> from separatrix.game.reader import load
    >>> field = replicator(load("shi-chen-2018"))
    >>> corners = Arrival([[0.0, 0.0], [1.0, 1.0]])
    >>> courses = batch(field, [[0.2, 0.3], [0.7, 0.7], [0.0, 0.5]], 100, times=3, events=[corners])
    >>> courses.messages, courses.arrived.tolist()
    (['arrived', 'arrived', 'arrived'], [0, 1, 0])
    >>> courses.states[1].round(4).tolist()
    [[0.7, 0.7], [1.0, 1.0], [1.0, 1.0]]
    """
    import numpy as np

    from separatrix.dynamics.integrate.batch_loop import Order, Record, run, thresholds_in
    from separatrix.dynamics.integrate.log_odds import lanes_of

    lanes = lanes_of(field)
    first = checked_starts(field, starts, in_log_odds)
    if not math.isfinite(until) or until == 0:
        raise InputError("D602", f"an end at t = {until} cannot be; expected a finite time, not 0")
    refuse_tolerance(tolerance)
    at = np.linspace(0.0, until, times) if isinstance(times, int) else np.asarray(times, dtype=float)
    sign = math.copysign(1.0, until)
    ahead = sign * at
    if at.ndim != 1 or (ahead[1:] < ahead[:-1]).any() or not ((ahead >= 0) & (ahead <= abs(until))).all():
        raise InputError("D602", f"times are asked for that do not go in order from 0 to {until:g}")
    checked(events, len(field.shares))
    log_odds = first if in_log_odds else lanes.coordinates(first).T
    record = Record.of(log_odds, len(at), thresholds_in(events))
    order = Order(lanes, sign, abs(until), ahead, tuple(events), float(tolerance), int(most_steps))
    for rows in np.array_split(np.arange(len(first)), max(1, math.ceil(len(first) / CHUNK))):
        run(order, record, rows)
    samples = _normalised(lanes, record.samples)
    ends = _normalised(lanes, record.ends)
    return Batch(
        field.shares, at, _shares(lanes, samples), samples, _shares(lanes, ends), ends, record.end_times,
        record.status, record.arrived, record.crossings, record.steps,
    )  # fmt: skip


def checked_starts(field: Field | KeepsFaces, given: ArrayLike, in_log_odds: bool = False) -> Array:
    """Return starts as an array (lanes, n); raise D601 for a wrong shape or a state outside the space."""
    import numpy as np

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
        lane, place = (int(v) for v in np.argwhere(outside)[0])
        raise InputError(
            "D601",
            f"start {lane + 1} has {field.shares[place]} = {starts[lane, place]:g}; "
            "a share lies between 0 and 1",
        )
    at = 0
    for size in field.sizes:
        if size != 2:
            total = starts[:, at : at + size].sum(axis=1)
            wrong = np.flatnonzero(np.abs(total - 1) > 1e-9)
            if wrong.size:
                lane = int(wrong[0])
                raise InputError(
                    "D601",
                    f"in start {lane + 1} the shares {', '.join(field.shares[at : at + size])} add up to "
                    f"{total[lane]:g}, not to 1",
                )
        at += 1 if size == 2 else size
    return starts


def refuse_tolerance(tolerance: float) -> None:
    """Raise D602 for a tolerance that no course can keep."""
    if not FINEST <= tolerance <= COARSEST:
        raise InputError(
            "D602",
            f"a tolerance of {tolerance:g} cannot be kept; expected one from {FINEST:g} to {COARSEST:g}",
        )


def _shares(lanes: Lanes, log_odds: Array) -> Array:
    import numpy as np

    with np.errstate(all="ignore"):
        return np.moveaxis(lanes.shares(np.moveaxis(log_odds, -1, 0)), 0, -1)


def _normalised(lanes: Lanes, log_odds: Array) -> Array:
    import numpy as np

    with np.errstate(all="ignore"):
        return np.moveaxis(lanes.normalised(np.moveaxis(log_odds, -1, 0)), 0, -1)
