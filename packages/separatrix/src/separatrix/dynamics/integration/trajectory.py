"""One trajectory from a start: of any field, and while its parameters change in time.

Fields that preserve faces are integrated in log-odds, others in the shares
(`separatrix.dynamics.integration.coordinates`), by scipy's methods or as a batch of one. In log-odds a
share cannot leave [0, 1] however large the step, and stays accurate where it all but vanishes. An unused
strategy stays unused, because it is never imitated. Where parameters change, a trajectory is integrated
stretch by stretch in log-odds, so that a share of 1e-300 survives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.schedules import ScheduledField, scheduled_field
from separatrix.dynamics.integration.batch import Order, checked_starts, log_odds_at, recorded
from separatrix.dynamics.integration.best_response_orbit import best_response_orbit
from separatrix.dynamics.integration.coordinates import TimeSpan, motion_of, stretches_of, with_changes
from separatrix.dynamics.integration.results import (
    Method,
    Status,
    Trajectory,
    check_asked,
    message_of,
    unsettled_speed,
)
from separatrix.dynamics.integration.runge_kutta import Event, Steady, Threshold, checked
from separatrix.dynamics.integration.scipy_solvers import scipy_states, usual_method
from separatrix.dynamics.integration.step_control import KeepsFaces
from separatrix.dynamics.integration.tolerances import (
    AT_REST,
    DEFAULT_POINTS,
    DEFAULT_SPAN,
    LEAST_SHARE,
    ONE,
)
from separatrix.dynamics.tolerances import ROUNDED
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.sentences import say, together

if TYPE_CHECKING:
    from separatrix.dynamics.fields.payoffs import VectorField

__all__ = ["follow", "read_start", "trajectory", "warned"]

Array = NDArray[np.float64]


def trajectory(
    game: Game,
    start: Mapping[str, object] | Sequence[object],
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    until: float | None = None,
    points: int = DEFAULT_POINTS,
    times: Sequence[float] | Array | None = None,
    tolerance: float = ONE,
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
        The last time; by default 100 divided by the largest advantage, in which most trajectories settle,
        after the last change of parameters.  Negative to go back in time, which a schedule does not allow.
    points : int
        How many equally spaced times to return, at least 2.
    times : sequence of float, optional
        The times to return, in place of `until` and `points`: two or more from 0 on, each later than the one
        before; or all of them negative or 0 and each earlier.  The trajectory is at `start` at time 0.
    tolerance : float
        The error of a step in log-odds u, relative to 1 + abs(u): for shares it is a relative error.  Over a
        long trajectory errors add up: at 1e-14 the constants of motion of cyclic games stay within 1e-9 for
        thousands of turns.
    method : str
        ``lsoda`` (scipy's, which turns to a stiff method where it must), ``radau`` or ``bdf`` (scipy's, for
        stiff fields), or ``dop853`` (this program's, as in `separatrix.dynamics.integration.batch.batch`);
        ``auto`` is ``dop853`` with events, and without them ``lsoda``, or scipy's own DOP853 at tolerances
        below 1e-11.
    events : sequence of Arrival, Steady or Threshold
        What ends the trajectory, or is noted on the way.  After its end a trajectory stays in its last state.
    field : str
        The dynamics, as in `separatrix.dynamics.fields.field`.  Those that leave faces (all but the
        replicator and the payoff-adjusted replicator) are followed in the shares themselves, by scipy's
        methods, forward in time; for them ``tolerance`` is the error relative to a share, or to 0.001.  The
        best response is followed exactly, from one change of the best replies to the next.
    **options
        Of the field, such as ``eta`` for logit.

    Returns
    -------
    Trajectory
        `times` has shape (points,), in the unit in which payoffs are paid, `states` (points, shares).

    Raises
    ------
    InputError
        D601 for a start outside the state space or with a wrong number of shares; D602 for a time or a
        number of points that is not positive, a tolerance that cannot be, an unknown method, or events with
        one that finds none; D603
        for an event that does not fit; D604 for the best response with payoffs that are not affine in the
        shares, with events or a schedule; D605 for going back in time with a schedule; V320, V321 and V322
        for a field or an option that cannot be.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Taylor & Jonker (1978); Hofbauer & Sigmund (1998), section 10.1.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> orbit = trajectory(game, [0.7, 0.7])
    >>> orbit.states[-1].round(6).tolist(), orbit.message
    ([1.0, 1.0], 'at rest at the end')
    >>> trajectory(game, [0, 0.5]).message
    'at rest at the end; stays on the face x = 0'
    >>> from separatrix.dynamics.integration.runge_kutta import Threshold
    >>> half = trajectory(game, {"x": 0.2, "y": 0.3}, events=[Threshold([0.5, 0.5], 0.1)])
    >>> half.message, round(half.end_time, 4), half.states[-1].round(4).tolist()
    ('crossed the threshold', 0.3677, [0.0823, 0.1177])
    >>> trajectory(game, [0, 0.5], field="logit", eta=1).states[-1].round(4).tolist()
    [0.0203, 0.0203]
    """
    from separatrix.dynamics.fields.registry import field as field_of_kind

    state = read_start(game, start)
    flow: Any
    if game.schedule:
        flow = scheduled_field(game, values, scenario, field, **options)
    else:
        flow = field_of_kind(game, values, scenario, kind=field, **options)
    found = follow(
        flow,
        state,
        until=until,
        points=points,
        times=times,
        tolerance=tolerance,
        method=method,
        events=events,
    )
    return found if game.schedule else warned(found, flow, state)


def warned(orbit: Trajectory, field: Any, state: Sequence[float]) -> Trajectory:
    """Return an orbit from a start of two populations of two strategies, with a word if it is on the line.

    Arithmetic with finitely many digits does not stay on the separatrix; the end of such a trajectory is
    meaningless.
    """
    if orbit.status is not Status.END or orbit.end_time < 0 or not _on_the_line(field, state):
        return orbit
    told = say("starts on the separatrix, so that rounding decides on which side it ends")
    return replace(orbit, message=together([orbit.message, told], "; "))


def _on_the_line(field: Any, state: Sequence[float]) -> bool:
    from separatrix.dynamics.bimatrix_basins import SEPARATRIX, outcomes
    from separatrix.dynamics.bimatrix_separatrix import planar_field
    from separatrix.dynamics.fields.replicator import Replicator

    planar = planar_field(field) if isinstance(field, Replicator) else None
    inside = all(0.0 < share < 1.0 for share in state)
    return planar is not None and inside and bool(outcomes(planar, *state) == SEPARATRIX)


def read_start(game: Game, start: Mapping[str, object] | Sequence[object]) -> tuple[float, ...]:
    """Return `start` as one number from 0 to 1 for each share; raise D601 for anything else.

    The k shares of a population are scaled to add up to one exactly where rounding alone kept them from
    it.
    """

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
        if abs(total - 1) > ROUNDED:
            raise InputError(
                "D601",
                f"the shares of {population.name} in the start add up to {float(total):g}, not to 1",
            )
        named.update({s: named[s] / total for s in population.shares})
    return tuple(float(named[s]) for s in shares)


def follow(
    field: VectorField | KeepsFaces | ScheduledField,
    start: Sequence[float],
    *,
    until: float | None = None,
    points: int = DEFAULT_POINTS,
    times: Sequence[float] | Array | None = None,
    tolerance: float = ONE,
    method: Method = "auto",
    events: Sequence[Event] = (),
) -> Trajectory:
    """Follow a field from `start` as `trajectory` does.

    Of a field that changes in time, `Steady` is looked for only where no change of parameters lies ahead.

    Parameters
    ----------
    field : VectorField, KeepsFaces or ScheduledField
        As `separatrix.dynamics.fields.field` or `scheduled_field` returns it.
    start : sequence of float, one number for each share
    until : float, optional
        The last time, in the unit in which payoffs are paid; by default 100 divided by the field's `scale`,
        after the last change of parameters.  Negative to go back in time, which a schedule does not allow.
    points, times, method, events
        As in `trajectory`.
    tolerance : float
        The error of a step, relative and absolute, in log-odds; a figure needs less.

    Returns
    -------
    Trajectory
        `times` has shape (points,), `states` (points, shares).

    Raises
    ------
    InputError
        D601 to D605 as `trajectory`.

    References
    ----------
    Hairer, Nørsett & Wanner (1993), Solving Ordinary Differential Equations I, sections II.4-II.6 (DOP853).

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.fields.schedules import scheduled_field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> found = follow(field(game, kind="smith"), [0.0])
    >>> found.states[-1].round(6).tolist(), found.message
    ([0.666667], 'at rest at the end')
    >>> subsidy = {"C1": {"steps": [[0, 0], [2, 4]]}}
    >>> found = follow(scheduled_field(load("shi-chen-2018"), schedule=subsidy), [0.2, 0.3])
    >>> found.states[-1].round(6).tolist(), found.message
    ([1.0, 1.0], 'at rest at the end; parameters change at t = 0, 2')
    """
    asked = None
    if times is not None:
        asked = _asked_times(times, until)
        until, points = float(asked[-1]), len(asked)
    begin: Any = field
    schedule = field if isinstance(field, ScheduledField) else None
    if schedule is not None:
        begin, end, stretches = stretches_of(schedule, until)
    else:
        end = DEFAULT_SPAN / (begin.scale or 1.0) if until is None else float(until)
    leaves = not getattr(begin, "keeps_faces", True)
    check_asked(end, points, method, () if leaves else events, tolerance)
    if leaves:
        _refuse_of_leaving(begin, end)
    state = checked_starts(begin, [start])
    checked(events, len(begin.shares))
    if not getattr(begin, "continuous", True):
        if schedule is not None or events:
            raise InputError(
                "D604",
                f"trajectories of the {begin.kind} dynamics support neither a schedule nor events",
                hint="use logit with a small `eta`, which is smooth",
            )
        return _by_pieces(begin, state[0], np.linspace(0.0, end, points) if asked is None else asked)
    if schedule is None:
        more = {"least": LEAST_SHARE} if leaves else {}
        stretches = [TimeSpan(0.0, end, motion_of(begin, None, **more))]
    first = here = stretches[0].motion.to_coordinates(state)[:, 0]
    told = np.linspace(0.0, end, points) if asked is None else asked
    found = np.full((points, len(first)), np.nan)
    crossings = [float("nan")] * sum(isinstance(e, Threshold) for e in events)
    done = 0
    for stretch in stretches:
        final = stretch.end == end
        due = points if final else int(np.searchsorted(told, stretch.end, side="right"))
        # Rest before a change of parameters is no end: what rests may move again.
        seen = [e for e in events if (final and stretch.motion.moving is None) or not isinstance(e, Steady)]
        leg = _followed(stretch, here, told[done:due], seen, tolerance, method)
        found[done:due] = leg.found
        crossings = [new if np.isnan(old) else old for old, new in zip(crossings, leg.crossings, strict=True)]
        here, done = leg.last, due
        if leg.status is not Status.END:
            break
    if leg.status.answered:
        found[done:] = here
    motion, sign = stretch.motion, np.sign(end)
    with np.errstate(all="ignore"):
        states, log_odds = motion.shares(found.T).T, log_odds_at(motion, found)
    settled = unsettled_speed(motion.now(stretch.length), here, sign) <= AT_REST * motion.pace
    at_rest = bool(leg.status.answered and final and settled)
    resting = all(one.rests(first, sign) for one in stretches)
    message = message_of(begin.shares, start, leg.status, at_rest, resting, states, not leaves)
    if schedule is not None:
        message = with_changes(message, schedule, stretches, leg.end)
    return Trajectory(
        begin.shares,
        told,
        states,
        at_rest,
        message,
        leg.status,
        leg.end,
        log_odds,
        leg.arrived,
        tuple(crossings),
    )


def _by_pieces(field: Any, start: Array, times: Array) -> Trajectory:
    """Follow the best response dynamics exactly, from one change of the best replies to the next."""
    orbit = best_response_orbit(field, start, times)
    states = field.state([orbit.states[:, p] for p in field.space.strategy_slices])
    status = Status.END if orbit.lost is None else Status.TOO_MANY_STEPS
    settled = orbit.rest or bool(np.abs(states[-1] - states[-2]).max() <= AT_REST)
    message = message_of(field.shares, start.tolist(), status, settled, False, states, False)
    if orbit.spiral is not None:
        turns = say(
            "from t = {time} on it circles an equilibrium ever faster, and only its distance is followed",
            time=f"{orbit.spiral:.3g}",
        )
        message = together([message, turns], "; ")
    with np.errstate(all="ignore"):
        log_odds = log_odds_at(motion_of(field, None), states)
    end = float(times[-1]) if orbit.lost is None else orbit.lost
    return Trajectory(field.shares, times, states, settled, message, status, end, log_odds)


def _asked_times(times: Sequence[float] | Array, until: float | None) -> Array:
    """Return the requested times; raise D602 if they are invalid."""
    asked = np.asarray(times, dtype=float)
    if until is not None:
        raise InputError(
            "D602", "both `until` and `times` say when the trajectory ends", hint="give one of them"
        )
    if asked.ndim != 1 or len(asked) < 2 or not np.isfinite(asked).all():
        raise InputError("D602", "expected two or more finite times", hint="as in times=[0, 1, 5]")
    sign = np.sign(asked[-1])
    if (sign * asked < 0).any() or (np.diff(sign * asked) <= 0).any():
        raise InputError(
            "D602",
            "times begin at 0 or later and each lies beyond the one before",
            hint="sort them; to go back in time make all of them negative",
        )
    return asked


def _refuse_of_leaving(field: Any, end: float) -> None:
    """Refuse options that fields leaving faces do not support."""
    if end < 0:
        raise InputError(
            "D602",
            f"a trajectory until t = {end:g} would go back in time, and the {field.kind} dynamics cannot",
            hint="back in time their trajectories leave the state space; give a time above 0",
        )


@dataclass(frozen=True, eq=False)
class _Leg:
    """A trajectory on one stretch: coordinates (points, m) at the requested times, and (m,) at the end."""

    found: Array
    last: Array
    end: float
    status: Status
    arrived: int = -1
    crossings: tuple[float, ...] = ()


def _followed(
    stretch: TimeSpan,
    first: Array,
    times: Array,
    events: Sequence[Event],
    tolerance: float,
    method: Method,
) -> _Leg:
    """Follow a stretch from coordinates (m,): by scipy's methods, or by those that find events."""
    sign = np.sign(stretch.length)
    asked = np.clip(sign * (times - stretch.start), 0.0, abs(stretch.length))
    if method != "dop853" and not events:
        chosen = usual_method(tolerance) if method == "auto" else method
        # Radau and BDF want times that rise strictly.
        own = np.unique(np.concatenate([[0.0], asked, [abs(stretch.length)]]))
        reached = scipy_states(stretch.motion, first, sign * own, tolerance, chosen)
        if reached is not None:
            return _Leg(reached[np.searchsorted(own, asked)], reached[-1], stretch.end, Status.END)
    order = Order(stretch.motion, abs(stretch.length), asked, tuple(events), tolerance)
    made = recorded(order, first[None], np.array([sign]))
    status = Status(int(made.status[0]))
    end = stretch.end if status is Status.END else stretch.start + float(made.end_times[0])
    crossed = (stretch.start + made.crossings[0]).tolist()
    return _Leg(made.samples[0], made.ends[0], end, status, int(made.arrived[0]), tuple(crossed))
