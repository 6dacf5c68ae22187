"""Trajectories of one game side by side: for several values of a parameter, scenarios or starts, or a grid.

All run over the same time: by default until the slowest has settled.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.results import Trajectory
from separatrix.dynamics.integration.tolerances import DEFAULT_POINTS, ONE
from separatrix.dynamics.integration.trajectory import read_start, trajectory
from separatrix.dynamics.sweeps.axes import VariedAxis, varied_axes
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.run.results import Gridded, Plotted, Tabled

__all__ = [
    "SETTLED",
    "Curve",
    "TrajectorySet",
    "settled_horizon",
    "settling_time",
    "trajectories",
]

Array = NDArray[np.float64]

SETTLED = 0.01
"""How near its last state, in every share, a trajectory has settled: a line's width in a figure. Smaller:
figures show more of what no longer moves."""

ROUNDS, LONGER = 5, 4.0
"""How often a trajectory that is not at rest is followed further, and the factor each time; after that it
counts as one that never settles. Fewer: slow ones are cut off."""

NO_NEARER = 0.9
"""If the last swing of a share is more than this part of the one before, it counts as cycling. Smaller:
shares that settle slowly are cut off."""

MOST_TURNS = 100
"""How often a share may turn round in a figure, so that its curve is not a filled band and the recorded
states still follow it. More: a slow spiral is followed over thousands of turns that no figure shows."""

BEYOND = 1.1
"""How much longer than the slowest takes the figure goes on, so that its end is seen to be one."""

ROUND_TIMES = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""What the last time is rounded up to, times a power of ten."""

MOST_NUMBERS = 20_000_000
"""Of all states together. More: memory does not suffice."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One trajectory, and at what it runs.

    Attributes
    ----------
    at : mapping of str to value
        What each axis takes here.
    scenario : str or None
    values : mapping of str to number
        Parameters that differ from those of the file and the scenario.
    start : tuple of float, one number for each share
    trajectory : Trajectory
    settled : float or None
        From when on every share stays within 0.01 of where the trajectory rests; None where it does not come
        to rest.
    rest : tuple of float, or None
        Where it rests.
    message : str
        What happens, for people: of the trajectory followed to its rest, which may be longer than the others.
    """

    at: Mapping[str, Any]
    scenario: str | None
    values: Mapping[str, object]
    start: tuple[float, ...]
    trajectory: Trajectory
    settled: float | None
    rest: tuple[float, ...] | None
    message: str


@dataclass(frozen=True, eq=False, repr=False)
class TrajectorySet(Plotted, Tabled, Gridded):
    """Trajectories over the same time.

    Attributes
    ----------
    game : Game
    field : str
        The dynamics.
    axes : tuple of VariedAxis
        What varies, the slowest first.
    curves : tuple of Curve
        One for each point of the grid.
    """

    game: Game
    field: str
    axes: tuple[VariedAxis, ...]
    curves: tuple[Curve, ...]

    @property
    def times(self) -> Array:
        """The times of all, shape (points,)."""
        return self.curves[0].trajectory.times

    @property
    def unsettled(self) -> int:
        """The number of trajectories not at rest."""
        return sum(curve.settled is None for curve in self.curves)

    def to_dict(self) -> dict[str, Any]:
        """Return the trajectories as plain data (schema 1; keys are added, never renamed).

        A state that was not reached is null.
        """
        axes = {axis.name: axis for axis in self.axes}
        told = []
        for curve in self.curves:
            orbit = curve.trajectory
            told.append(
                {
                    "at": {name: axes[name].plain(value) for name, value in curve.at.items()},
                    "scenario": curve.scenario,
                    "start": dict(zip(orbit.shares, curve.start, strict=True)),
                    "status": orbit.status.name.lower(),
                    "message": str(curve.message),
                    "at_rest": orbit.at_rest,
                    "end_time": orbit.end_time,
                    "settled": curve.settled,
                    "rest": None if curve.rest is None else dict(zip(orbit.shares, curve.rest, strict=True)),
                    "times": orbit.times.tolist(),
                    "states": {
                        share: [None if math.isnan(x) else x for x in column]
                        for share, column in zip(orbit.shares, orbit.states.T.tolist(), strict=True)
                    },
                }
            )
        return {
            "schema": 1,
            "model": {"title": self.game.title},
            "field": self.field,
            "vary": [
                {"name": a.name, "kind": a.kind, "values": [a.plain(v) for v in a.values]} for a in self.axes
            ],
            "trajectories": told,
        }


def trajectories(
    game: Game,
    vary: Mapping[str, object] | Sequence[str],
    start: Mapping[str, object] | Sequence[object] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    until: float | None = None,
    points: int = DEFAULT_POINTS,
    tolerance: float = ONE,
    field: str = "replicator",
    **options: Any,
) -> TrajectorySet:
    """Follow the dynamics of a game for several values of a parameter, scenarios, starts, or a grid.

    Parameters
    ----------
    game : Game
    vary : mapping of name to values, or sequence of ``NAME=VALUES``
        What varies: a parameter or a share of the start (a sequence of numbers, ``LOW:HIGH:COUNT`` or
        ``V1,V2,...``), ``scenario`` (names), or ``start`` (mappings, or sequences of one number for each
        share; one number alone is the share of every population).  None for the values, or a name alone,
        means all scenarios, five values over the range of a parameter, or five starts.  The
        last of several varies fastest.
    start : mapping of share to number, or one number for each share
        By default today's state of the game.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    until : float, optional
        The last time; by default a little after the slowest trajectory has come within 0.01 of its rest
        state.  One that never rests is followed for 100 divided by the largest advantage.
    points, tolerance, field, **options
        As in `separatrix.trajectory`.

    Returns
    -------
    TrajectorySet

    Raises
    ------
    InputError
        D606 for a quantity that cannot vary, D671 and V301 for values that are not numbers or repeat; D601
        for an invalid start; D602 for more states than fit in memory; else as `separatrix.trajectory`.

    References
    ----------
    Taylor & Jonker (1978); Hairer, Nørsett & Wanner (1993), sections II.4-II.6 (DOP853).

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> found = trajectories(load("shi-chen-2018"), {"C1": [2, 4, 6]})
    >>> [curve.trajectory.states[-1].round(2).tolist() for curve in found.curves]
    [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    >>> float(found.times[-1])
    3.0
    """
    axes = varied_axes(game, vary)
    count = math.prod(len(axis.values) for axis in axes)
    if count * points * (len(game.shares) + 1) > MOST_NUMBERS:
        raise InputError(
            "D602",
            f"{points:,} points of {count:,} trajectories are too many; "
            f"{MOST_NUMBERS:,} numbers are the most",
            hint="ask for fewer points, or vary less",
        )
    common: dict[str, Any] = {"points": points, "tolerance": tolerance, "field": field, **options}
    curves: list[Curve] = []
    for at in itertools.product(*(axis.values for axis in axes)):
        own = dict(zip((axis.name for axis in axes), at, strict=True))
        told = {**(values or {}), **{a.name: own[a.name] for a in axes if a.kind == "parameter"}}
        where = next((own[a.name] for a in axes if a.kind == "scenario"), scenario)
        begin = read_start(game, _start(game, axes, own, start))
        found = trajectory(game, begin, told, where, until=until, **common)
        curves.append(_at_rest(Curve(own, where, told, begin, found, None, None, found.message), found))
    if until is None:
        curves = _until_settled(game, curves, common)
    return TrajectorySet(game, field, axes, tuple(curves))


# --------------------------------------------------------------------------- how long


def settling_time(orbit: Trajectory) -> float | None:
    """Return from when on each share stays within 0.01 of where the trajectory rests; None where it does not.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> round(settling_time(trajectory(game, [0.2, 0.3])), 2)
    1.06
    >>> settling_time(trajectory(game, [0.2, 0.3], until=0.5)) is None
    True
    """
    if not orbit.at_rest:
        return None
    far = np.flatnonzero((np.abs(orbit.states - orbit.states[-1]) > SETTLED).any(axis=1))
    return float(orbit.times[far[-1] + 1]) if far.size else 0.0


def settled_horizon(orbits: Sequence[Trajectory]) -> float | None:
    """Return a round time by which all have settled; None where one has not, or all begin at rest.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> settled_horizon([trajectory(game, start) for start in ([0.2, 0.3], [0.9, 0.8])])
    2.5
    """
    settled = [settling_time(orbit) for orbit in orbits]
    if None in settled:
        return None
    longest = max(time for time in settled if time is not None) * BEYOND
    return _rounded_up(longest) if longest > 0 else None


def _until_settled(game: Game, curves: Sequence[Curve], common: Mapping[str, Any]) -> list[Curve]:
    """Return the curves over the same time, in which the slowest has settled."""

    def followed(curve: Curve, until: float) -> Trajectory:
        return trajectory(game, curve.start, curve.values, curve.scenario, until=until, **common)

    found: list[Curve] = []
    for curve in curves:
        last = curve.trajectory
        end = last.end_time
        for _ in range(ROUNDS):
            if curve.settled is not None or not last.status.answered or _goes_round(last):
                break
            end *= LONGER
            last = followed(curve, end)
            curve = _at_rest(curve, last)
        found.append(curve)
    longest = max(c.trajectory.end_time if c.settled is None else c.settled * BEYOND for c in found)
    if longest <= 0:  # all begin at rest
        return found
    end = _rounded_up(longest)
    return [replace(curve, trajectory=followed(curve, end)) for curve in found]


def _goes_round(orbit: Trajectory) -> bool:
    """Whether a share oscillates with undiminished amplitude, or more often than a figure could show."""
    if not np.isfinite(orbit.states).all():
        return False
    for share in orbit.states.T:
        turns = _turns(share)
        if len(turns) < 3:
            continue
        first, second, third = turns[-3:]
        since, between = orbit.times[[-1, third]] - orbit.times[[third, second]]
        if since > LONGER * between:  # it may have come to rest after many turns
            continue
        swings = abs(np.diff(share[[first, second, third]]))
        if swings[1] >= NO_NEARER * swings[0] or len(turns) * LONGER > MOST_TURNS:
            return True
    return False


def _turns(share: Array) -> list[int]:
    """Return where (points,) values turn back, by more than `SETTLED`: at least what a figure shows."""
    turns: list[int] = []
    extreme, rises = 0, 0.0
    for k, value in enumerate(share):
        away = value - share[extreme]
        if away * rises > 0:
            extreme = k
        elif abs(away) > SETTLED:
            if rises:
                turns.append(extreme)
            extreme, rises = k, np.sign(away)
    return turns


def _at_rest(curve: Curve, orbit: Trajectory) -> Curve:
    """Return a curve with the time and place at which it reaches a rest state, if an orbit from its start
    does."""
    settled = settling_time(orbit)
    if settled is None:
        return curve
    rest = tuple(orbit.states[-1].tolist())
    return replace(curve, settled=settled, rest=rest, message=orbit.message)


def _rounded_up(time: float) -> float:
    power = 10.0 ** math.floor(math.log10(time))
    return next(float(f"{m * power:.2g}") for m in ROUND_TIMES if m * power >= time)


def _start(
    game: Game,
    axes: Sequence[VariedAxis],
    at: Mapping[str, Any],
    start: Mapping[str, object] | Sequence[object] | None,
) -> Mapping[str, object] | Sequence[object]:
    """Return the start of one trajectory: the one that varies, or the given one with the shares that vary."""
    if any(axis.kind == "start" for axis in axes):
        return tuple(at["start"])
    own = {axis.name: at[axis.name] for axis in axes if axis.kind == "share"}
    if start is None and set(own) != set(game.shares):
        if game.today is None:
            raise InputError(
                "D606",
                "no start is given, and the game does not give today's state",
                hint="give one with --from, or vary it, as in --vary start=0.2,0.5,0.8",
            )
        start = game.today
    if start is None:
        return own
    if not isinstance(start, Mapping):
        read_start(game, start)
        start = dict(zip(game.shares, start, strict=True))
    return {**start, **own}
