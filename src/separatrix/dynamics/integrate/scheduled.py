"""One course while parameters change in time: stretch by stretch, handed over in log-odds.

Where parameters stand still a course is followed as without a schedule; where they go in a straight line, by
`separatrix.dynamics.integrate.ramp`.  Log-odds pass from one stretch to the next, so that a share of 1e-300
survives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.dynamics.integrate.events import Event, Steady, Threshold, checked
from separatrix.dynamics.integrate.log_odds import Lanes, lanes_of
from separatrix.dynamics.integrate.ramp import Moment, ramp_leg
from separatrix.dynamics.integrate.result import (
    REST,
    STILL,
    TOLERANCE,
    Method,
    Trajectory,
    check_asked,
    message_of,
    pace,
)
from separatrix.dynamics.integrate.scipy_events import Leg
from separatrix.dynamics.integrate.scipy_solver import one_course, usual_method
from separatrix.dynamics.integrate.status import Status
from separatrix.errors import InputError
from separatrix.sentence import say, together

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.fields.scheduled import Piece, ScheduledField

    Array = NDArray[np.float64]
    Stretch = tuple[float, float, Piece]

__all__ = ["follow_schedule"]

MOST_TOLD = 8
"""How many changes of parameters a message names."""


def follow_schedule(
    flow: ScheduledField,
    start: Sequence[float],
    *,
    until: float | None = None,
    points: int = 401,
    tolerance: float = TOLERANCE,
    method: Method = "auto",
    events: Sequence[Event] = (),
) -> Trajectory:
    """Follow a field that changes in time, and keeps faces, from `start` at time 0.

    Parameters
    ----------
    flow : ScheduledField
    start, points, tolerance, method, events
        As in `separatrix.dynamics.integrate.trajectory.trajectory`.  `Steady` is looked for only where no
        change of parameters lies ahead.
    until : float, optional
        By default 100 divided by the largest advantage after the last change of parameters, counted from it.

    Raises
    ------
    InputError
        D605 for a time before 0; those of `separatrix.dynamics.integrate.trajectory.trajectory`.

    Examples
    --------
    >>> from separatrix.dynamics.fields.scheduled import scheduled_field
    >>> from separatrix.game.reader import load
    >>> subsidy = {"C1": {"steps": [[0, 0], [2, 4]]}}
    >>> flow = scheduled_field(load("shi-chen-2018"), schedule=subsidy)
    >>> course = follow_schedule(flow, [0.2, 0.3])
    >>> course.states[-1].round(6).tolist(), course.message
    ([1.0, 1.0], 'at rest at the end; parameters change at t = 0, 2')
    """
    import numpy as np

    if until is not None and until < 0:
        raise InputError(
            "D605", f"a course until t = {until:g} goes back in time, and the game has a schedule",
            hint="give a time above 0, or leave the schedule out of the file",
        )  # fmt: skip
    kind: Any = flow.pieces[-1].field_at(max(flow.breakpoints, default=0.0))
    if not kind.keeps_faces:
        raise InputError(
            "D605", f"the game has a schedule, and the {kind.kind} dynamics are followed without one only",
            hint="leave the schedule out of the file, or follow the replicator",
        )  # fmt: skip
    end = _end(flow) if until is None else float(until)
    check_asked(end, points, method, events, tolerance)
    stretches = flow.between(0.0, end)
    begin: Any = stretches[0][2].field_at(0.0)
    checked(events, len(begin.shares))
    lanes = lanes_of(begin)
    first = _coordinates(begin, lanes, start)
    chosen = ("dop853" if events else usual_method(tolerance)) if method == "auto" else method
    times = np.linspace(0.0, end, points)
    log_odds = np.full((points, len(first)), np.nan)
    crossings = [float("nan")] * sum(isinstance(e, Threshold) for e in events)
    here, done = first, 0
    for a, b, piece in stretches:
        due = points if b == end else int(np.searchsorted(times, b, side="right"))
        # Rest before a change of parameters is no end: what rests may move again.
        seen = [e for e in events if (b == end and piece.constant) or not isinstance(e, Steady)]
        follow_leg = ramp_leg if not piece.constant else _steady_leg
        leg = follow_leg(piece, here, times[done:due], a, b, seen, tolerance, chosen)
        log_odds[done:due] = leg.found
        crossings = [new if np.isnan(old) else old for old, new in zip(crossings, leg.crossings, strict=True)]
        here, done = leg.last, due
        if leg.status is not Status.END:
            break
    if leg.status.answered:
        log_odds[done:] = here
    states = np.full_like(log_odds, np.nan)
    known = ~np.isnan(log_odds).any(axis=1)
    with np.errstate(all="ignore"):
        states[known] = lanes.shares(log_odds[known].T).T
    now, _ = _lanes_at(piece, leg.end)
    at_rest = leg.status.answered and b == end and pace(now, here, 1.0) <= STILL * now.scale
    message = message_of(begin.shares, start, leg.status, at_rest, _resting(stretches, first), states)
    changes = [told for _, told in sorted(_changes(flow, stretches, leg.end))]
    if len(changes) > MOST_TOLD:
        changes = [*changes[:MOST_TOLD], "…"]
    if changes:
        when = say("parameters change at t = {times}", times=together(changes, ", "))
        message = together([message, when], "; ")
    return Trajectory(
        begin.shares, times, states, at_rest, message, leg.status, leg.end, log_odds, leg.arrived,
        tuple(crossings),
    )  # fmt: skip


def _end(flow: ScheduledField) -> float:
    last = flow.breakpoints[-1] if flow.breakpoints else 0.0
    settled: Any = flow.pieces[-1].field_at(last)
    return max(last, 0.0) + 100.0 / lanes_of(settled).scale


def _coordinates(field: Any, lanes: Lanes, start: Sequence[float]) -> Array:
    from separatrix.dynamics.integrate.batch import checked_starts

    return lanes.coordinates(checked_starts(field, [start]))[:, 0]


def _steady_leg(
    piece: Piece, first: Array, times: Array, start: float, end: float, events: Sequence[Event],
    tolerance: float, method: Any,
) -> Leg:  # fmt: skip
    """Follow a stretch on which parameters stand still as `trajectory.follow` does."""
    import numpy as np

    from separatrix.dynamics.integrate.batch import batch

    field: Any = piece.field_at(start)
    span = end - start
    asked = np.clip(times - start, 0.0, span)
    if method != "dop853" and not events:
        # Radau and BDF want times that rise strictly.
        own = np.unique(np.concatenate([[0.0], asked, [span]]))
        found = one_course(lanes_of(field), first, own, tolerance, method)
        if found is not None:
            return Leg(found[np.searchsorted(own, asked)], found[-1], end, Status.END, -1, ())
    course = batch(
        field, first[None], span, times=asked, events=events, tolerance=tolerance, in_log_odds=True
    )
    status = Status(int(course.status[0]))
    stop = end if status is Status.END else start + float(course.end_times[0])
    crossed = (start + course.crossings[0]).tolist()
    return Leg(
        course.log_odds[0], course.end_log_odds[0], stop, status, int(course.arrived[0]), tuple(crossed)
    )


def _lanes_at(piece: Piece, time: float) -> tuple[Lanes, Any]:
    """Return the coordinates of the field of a piece at a time, and the field."""
    field: Any = piece.field_at(time) if piece.constant else Moment(piece, time)
    return lanes_of(field), field


def _resting(stretches: Sequence[Stretch], first: Array) -> bool:
    """Return whether the start is a rest point throughout, but for rounding."""
    for a, b, piece in stretches:
        for time in (a,) if piece.constant else (a, (a + b) / 2, b):
            lanes, _ = _lanes_at(piece, time)
            if pace(lanes, first, 1.0) > REST * lanes.scale:
                return False
    return True


def _changes(flow: ScheduledField, stretches: Sequence[Stretch], end: float) -> Iterator[tuple[float, str]]:
    """Yield when parameters jump, and from when to when they go gradually, up to `end`; not in order."""
    before: Mapping[str, Fraction | None] | None = None
    if 0.0 in flow.breakpoints:
        before = _worth(flow.pieces[flow.breakpoints.index(0.0)], 1)
    since: float | None = None
    for a, b, piece in stretches:
        if a >= end and a > 0:
            break
        jumps = before is not None and before != _worth(piece, 0)
        if since is not None and piece.constant:
            yield since, f"{since:.6g}–{a:.6g}"
            since = None
        if jumps:
            yield a, f"{a:.6g}"
        if not piece.constant and since is None:
            since = a
        before, reached = _worth(piece, 1), min(b, end)
    if since is not None:
        yield since, f"{since:.6g}–{reached:.6g}"


def _worth(piece: Piece, which: int) -> dict[str, Fraction | None]:
    """Return what the parameters are worth at the start (0) or the end (1) of a piece."""
    from separatrix.game.values import resolve

    recipe = piece.recipe
    usual = resolve(recipe.game, recipe.values, recipe.scenario)
    return {**usual, **{name: ends[which] for name, ends in piece.values.items()}}
