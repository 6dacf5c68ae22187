"""One course from a start: of the replicator dynamics, or of another field.

Fields that keep faces are integrated in log-odds (`separatrix.dynamics.integrate.log_odds`), by scipy's
methods or as a batch of one lane: a share cannot leave [0, 1] however large the step, and stays accurate
where it all but vanishes; a strategy that nobody plays stays unplayed, because it is imitated by nobody.
Other fields are integrated in the shares (`separatrix.dynamics.integrate.in_shares`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from separatrix.dynamics.integrate.events import Event
from separatrix.dynamics.integrate.log_odds import KeepsFaces
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
from separatrix.dynamics.integrate.status import Status
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.sentence import say, together

if TYPE_CHECKING:
    from separatrix.dynamics.fields.base import PayoffField
    from separatrix.dynamics.fields.interface import Field

__all__ = ["follow", "trajectory", "warned"]


ROUNDING = 1e-9
"""How far from one the shares of a population may add up, for numbers that were rounded."""


def trajectory(
    game: Game,
    start: Mapping[str, object] | Sequence[object],
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    until: float | None = None,
    points: int = 401,
    tolerance: float = TOLERANCE,
    method: Method = "auto",
    events: Sequence[Event] = (),
    field: str = "replicator",
    **options: Any,
) -> Trajectory:
    """Follow the dynamics of a game from `start`, and the schedule where the game has one.

    Parameters
    ----------
    game : Game
        Of any form, with any number of strategies.
    start : mapping of share to number, or one number for each share
        From 0 to 1; the k shares of a population of more than two strategies add up to one.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    until : float, optional
        The last time; by default 100 divided by the largest advantage, in which most courses settle, after
        the last change of parameters.  Negative to go back in time, which a schedule does not allow.
    points : int
        How many equally spaced times to return, at least 2.
    tolerance : float
        The error of a step in log-odds u, relative to 1 + abs(u): for shares it is a relative error.  Over a
        long course errors add up: at 1e-14 the constants of motion of cyclic games stay within 1e-9 for
        thousands of turns.
    method : str
        ``lsoda`` (scipy's, which turns to a stiff method where it must), ``radau`` or ``bdf`` (scipy's, for
        stiff fields), or ``dop853`` (this program's, as in `separatrix.dynamics.integrate.batch.batch`);
        ``auto`` is ``dop853`` with events, and without them ``lsoda``, or scipy's own DOP853 at tolerances
        below 1e-11.
    events : sequence of Arrival, Steady or Threshold
        What ends the course, or is noted on the way.  After its end a course stays in its last state.
    field : str
        The dynamics, as in `separatrix.dynamics.fields.field`.  Those that leave faces (all but the
        replicator and the payoff-adjusted replicator) are followed in the shares themselves, by scipy's
        methods, forward in time; for them ``tolerance`` is the error relative to a share, or to 0.001.
    **options
        Of the field, such as ``eta`` for logit.

    Raises
    ------
    InputError
        D601 for a start outside the state space or with a wrong number of shares; D602 for a time or a
        number of points that is not positive, a tolerance that cannot be, an unknown method, or events with
        one that finds none; D603
        for an event that does not fit; D604 for the best response, which jumps; D605 for going back in time
        with a schedule; V320, V321 and V322 for a field or an option that cannot be.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Taylor & Jonker (1978); Hofbauer & Sigmund (1998), section 10.1.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> course = trajectory(game, [0.7, 0.7])
    >>> course.states[-1].round(6).tolist(), course.message
    ([1.0, 1.0], 'at rest at the end')
    >>> trajectory(game, [0, 0.5]).message
    'at rest at the end; stays on the face x = 0'
    >>> from separatrix.dynamics.integrate.events import Threshold
    >>> half = trajectory(game, {"x": 0.2, "y": 0.3}, events=[Threshold([0.5, 0.5], 0.1)])
    >>> half.message, round(half.end_time, 4), half.states[-1].round(4).tolist()
    ('crossed the threshold', 0.3677, [0.0823, 0.1177])
    >>> trajectory(game, [0, 0.5], field="logit", eta=1).states[-1].round(4).tolist()
    [0.0203, 0.0203]
    """
    from separatrix.dynamics.fields.factory import field as field_of_kind

    if game.schedule:
        from separatrix.dynamics.fields.scheduled import scheduled_field
        from separatrix.dynamics.integrate.scheduled import follow_schedule

        flow = scheduled_field(game, values, scenario, field, **options)
        return follow_schedule(
            flow, read_start(game, start), until=until, points=points, tolerance=tolerance, method=method,
            events=events,
        )  # fmt: skip
    chosen = field_of_kind(game, values, scenario, kind=field, **options)
    state = read_start(game, start)
    course = follow(
        chosen, state, until=until, points=points, tolerance=tolerance, method=method, events=events
    )
    return warned(course, chosen, state)


def warned(course: Trajectory, field: Any, state: Sequence[float]) -> Trajectory:
    """Return a course from a start of two populations of two strategies, with a word if it is on the line.

    No arithmetic of finitely many digits stays on the separatrix; where such a course ends is no answer.
    """
    if course.status is not Status.END or course.end_time < 0 or not _on_the_line(field, state):
        return course
    told = say("starts on the separatrix, so that rounding decides on which side it ends")
    return replace(course, message=together([course.message, told], "; "))


def _on_the_line(field: Any, state: Sequence[float]) -> bool:
    from separatrix.dynamics.fields.replicator import Replicator
    from separatrix.dynamics.two_by_two.exact_basins import SEPARATRIX, fates
    from separatrix.dynamics.two_by_two.normal_form import planar_field

    planar = planar_field(field) if isinstance(field, Replicator) else None
    inside = all(0.0 < share < 1.0 for share in state)
    return planar is not None and inside and bool(fates(planar, *state) == SEPARATRIX)


def read_start(game: Game, start: Mapping[str, object] | Sequence[object]) -> tuple[float, ...]:
    """Return `start` as one number from 0 to 1 for each share; raise D601 for anything else.

    The k shares of a population are scaled to add up to one exactly where rounding alone kept them from
    it.
    """
    from separatrix.game.values import exact

    shares = game.shares
    if isinstance(start, Mapping):
        unknown = [str(k) for k in start if k not in shares]
        absent = [s for s in shares if s not in start]
        if unknown or absent:
            found = f"names {', '.join(unknown)}" if unknown else f"lacks {', '.join(absent)}"
            raise InputError("D601", f"the start {found}; the shares are {', '.join(shares)}")
        given = [start[s] for s in shares]
    else:
        given = list(start)
        if len(given) != len(shares):
            raise InputError(
                "D601",
                f"the start has {len(given)} numbers; expected {len(shares)}, for {', '.join(shares)}",
            )
    numbers = [exact(value, share) for share, value in zip(shares, given, strict=True)]
    for share, number in zip(shares, numbers, strict=True):
        if not 0 <= number <= 1:
            raise InputError(
                "D601",
                f"the start has {share} = {float(number):g}; a share lies between 0 and 1",
                hint="give a fraction, as in 0.3 for 30 %",
            )
    named = dict(zip(shares, numbers, strict=True))
    for population in game.populations:
        if len(population.strategies) == 2:
            continue
        total = sum((named[s] for s in population.shares), Fraction(0))
        if abs(total - 1) > ROUNDING:
            raise InputError(
                "D601",
                f"the shares of {population.name} in the start add up to {float(total):g}, not to 1",
            )
        named.update({s: named[s] / total for s in population.shares})
    return tuple(float(named[s]) for s in shares)


def follow(
    field: Field | KeepsFaces,
    start: Sequence[float],
    *,
    until: float | None = None,
    points: int = 401,
    tolerance: float = TOLERANCE,
    method: Method = "auto",
    events: Sequence[Event] = (),
) -> Trajectory:
    """Follow a field from `start` as `trajectory` does; negative `until` goes back in time.

    ``tolerance`` bounds the error of a step, relative and absolute, in log-odds; a figure needs less.
    """
    if not getattr(field, "keeps_faces", True):
        from separatrix.dynamics.integrate.in_shares import follow_in_shares

        return follow_in_shares(
            cast("PayoffField", field), start, until=until, points=points, tolerance=tolerance,
            method=method, events=events,
        )  # fmt: skip
    return _in_log_odds(cast("KeepsFaces", field), start, until, points, tolerance, method, events)


def _in_log_odds(
    field: KeepsFaces, start: Sequence[float], until: float | None, points: int, tolerance: float,
    method: Method, events: Sequence[Event],
) -> Trajectory:  # fmt: skip
    import numpy as np

    from separatrix.dynamics.integrate.batch import batch, checked_starts
    from separatrix.dynamics.integrate.log_odds import lanes_of
    from separatrix.dynamics.integrate.scipy_solver import one_course, usual_method

    lanes = lanes_of(field)
    state = checked_starts(field, [start])
    end = 100.0 / lanes.scale if until is None else float(until)
    check_asked(end, points, method, events, tolerance)
    times = np.linspace(0.0, end, points)
    log_odds = None
    if method != "dop853" and not events:
        first = lanes.coordinates(state)[:, 0]
        chosen = usual_method(tolerance) if method == "auto" else method
        log_odds = one_course(lanes, first, times, tolerance, chosen)
    if log_odds is not None:
        with np.errstate(over="ignore"):
            states = lanes.shares(log_odds.T).T
        status, end_time, arrived, crossings = Status.END, end, -1, ()
    else:
        course = batch(field, state, end, times=times, events=events, tolerance=tolerance)
        states, log_odds = course.states[0], course.log_odds[0]
        status, end_time = Status(int(course.status[0])), float(course.end_times[0])
        arrived, crossings = int(course.arrived[0]), tuple(course.crossings[0].tolist())
    last = log_odds[np.isfinite(states).all(axis=1)][-1]
    at_rest = pace(lanes, last, end) <= STILL * lanes.scale
    resting = pace(lanes, log_odds[0], end) <= REST * lanes.scale
    message = message_of(field.shares, start, status, at_rest, resting, states)
    return Trajectory(
        field.shares, times, states, at_rest, message, status, end_time, log_odds, arrived, crossings
    )
