"""Trajectories of one game side by side: for several values of a parameter, scenarios or starts, or a grid.

All run over the same time: until the slowest has settled, where nothing else is asked for.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integrate.result import Trajectory
from separatrix.dynamics.integrate.tolerances import DEFAULT_POINTS, ONE
from separatrix.dynamics.integrate.trajectory import read_start, trajectory
from separatrix.dynamics.sweeps.axes import axis_of
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.game.values import exact, resolve
from separatrix.run.result import Gridded, Plotted, Tabled

__all__ = [
    "SETTLED",
    "Curve",
    "TrajectorySet",
    "VariedAxis",
    "settling_time",
    "trajectories",
    "usual_starts",
    "varied_axes",
]

Array = NDArray[np.float64]

SETTLED = 0.01
"""How near its last state, in every share, a trajectory has settled: a line's width in a figure. Smaller:
figures show more of what no longer moves."""

ROUNDS, LONGER = 5, 4.0
"""How often a trajectory that has not come to rest is followed further, and how much further each time; after
that it counts as one that never settles. Fewer: slow ones are cut off."""

NO_NEARER = 0.9
"""A share that turns round in the last third of a trajectory, and moves there over more than this part of
what it moved over in the third before, goes round for ever; less: what settles slowly is cut off."""

BEYOND = 1.1
"""How much longer than the slowest takes the figure goes on, so that its end is seen to be one."""

ROUND_TIMES = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
"""What the last time is rounded up to, times a power of ten."""

FEW = 5
"""Values of a parameter over its range, and starts, where only the name of what varies is given."""

MOST_NUMBERS = 20_000_000
"""Of all states together. More: memory does not suffice."""

Kind = Literal["parameter", "scenario", "share", "start"]

EXAMPLE = "as in --vary C1=2,3,4, --vary scenario=a,b or --vary start=0.2,0.5,0.8"


@dataclass(frozen=True)
class VariedAxis:
    """What varies, and what it takes.

    Attributes
    ----------
    name : str
        A parameter, a share, ``scenario`` or ``start``.
    kind : str
        ``parameter``, ``share`` (of the start), ``scenario`` or ``start``.
    values : tuple
        Exact numbers; keys of scenarios; starts as tuples of exact numbers, one for each share.
    """

    name: str
    kind: Kind
    values: tuple[Any, ...]

    def plain(self, value: Any) -> Any:
        """Return one of the values as plain data: a number, a name, or a list of numbers."""
        if self.kind == "scenario":
            return value
        return [float(v) for v in value] if self.kind == "start" else float(value)


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
        """How many have not come to rest."""
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
        stands for all scenarios, for five values over the range of a parameter, and for five starts.  The
        last of several varies fastest.
    start : mapping of share to number, or one number for each share
        By default where the game stands today.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    until : float, optional
        The last time; by default a little after the slowest trajectory has come within 0.01 of where it
        rests.  One that never rests is followed for 100 divided by the largest advantage.
    points, tolerance, field, **options
        As in `separatrix.trajectory`.

    Returns
    -------
    TrajectorySet

    Raises
    ------
    InputError
        D606 for what cannot vary, D671 and V301 for values that are no numbers or repeat; D601 for a start
        that is none; D602 for more states than fit in memory; else as `separatrix.trajectory`.

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
    grid = list(itertools.product(*(axis.values for axis in axes)))
    if len(grid) * points * (len(game.shares) + 1) > MOST_NUMBERS:
        raise InputError(
            "D602",
            f"{points:,} points of {len(grid):,} trajectories are too many; "
            f"{MOST_NUMBERS:,} numbers are the most",
            hint="ask for fewer points, or vary less",
        )
    common: dict[str, Any] = {"points": points, "tolerance": tolerance, "field": field, **options}
    curves: list[Curve] = []
    for at in grid:
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


def _until_settled(game: Game, curves: Sequence[Curve], common: Mapping[str, Any]) -> list[Curve]:
    """Return the curves over the same time, in which the slowest has settled."""

    def followed(curve: Curve, until: float) -> Trajectory:
        return trajectory(game, curve.start, curve.values, curve.scenario, until=until, **common)

    found: list[Curve] = []
    for curve in curves:
        last = curve.trajectory
        end = last.end_time
        for _ in range(ROUNDS):
            if curve.settled is not None or not last.status.answered or _circles(last):
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


def _circles(orbit: Trajectory) -> bool:
    """Whether a trajectory goes to and fro and comes no nearer to anything: longer, it would do the same."""
    third = len(orbit.states) // 3
    before, after = orbit.states[third:-third], orbit.states[-third:]
    if third < 2 or not np.isfinite(orbit.states).all():
        return False
    steps = np.sign(np.diff(after, axis=0))
    turns = (steps[1:] * steps[:-1] < 0).sum(axis=0)
    moving = np.ptp(after, axis=0) > NO_NEARER * np.ptp(before, axis=0)
    return bool(((turns > 0) & moving & (np.ptp(after, axis=0) > SETTLED)).any())


def _at_rest(curve: Curve, orbit: Trajectory) -> Curve:
    """Return a curve with when and where it comes to rest, if an orbit from its start does."""
    settled = settling_time(orbit)
    if settled is None:
        return curve
    rest = tuple(orbit.states[-1].tolist())
    return replace(curve, settled=settled, rest=rest, message=orbit.message)


def _rounded_up(time: float) -> float:
    power = 10.0 ** math.floor(math.log10(time))
    return next(float(f"{m * power:.2g}") for m in ROUND_TIMES if m * power >= time)


# --------------------------------------------------------------------------- what varies


def varied_axes(game: Game, vary: Mapping[str, object] | Sequence[str]) -> tuple[VariedAxis, ...]:
    """Return what varies, the slowest first, as `trajectories` takes it; raise what it raises for it."""
    pairs: list[tuple[str, object]] = []
    if isinstance(vary, Mapping):
        pairs = list(vary.items())
    else:
        for text in [vary] if isinstance(vary, str) else vary:
            name, separator, told = (part.strip() for part in text.partition("="))
            if not name or (separator and not told):
                raise InputError("D606", f"--vary {text}: expected NAME=VALUES", hint=EXAMPLE)
            pairs.append((name, told or None))
    if not pairs:
        raise InputError("D606", "nothing to vary is given", hint=EXAMPLE)
    axes = [_axis(game, name, values) for name, values in pairs]
    for axis in axes:
        if sum(other.name == axis.name for other in axes) > 1:
            raise InputError("D606", f"`{axis.name}` varies twice", hint="give all its values at once")
    if any(a.kind == "start" for a in axes) and any(a.kind == "share" for a in axes):
        raise InputError(
            "D606", "starts vary, and a share of the start varies too", hint="leave one of them out"
        )
    return tuple(axes)


def _axis(game: Game, name: str, values: object) -> VariedAxis:
    if name in game.parameters:
        return VariedAxis(name, "parameter", _numbers(game, name, values))
    if name in game.shares:
        if sum(len(p.shares) for p in game.populations if name in p.shares) > 1:
            raise InputError(
                "D606",
                f"the share `{name}` cannot vary alone: the shares of its population add up to 1",
                hint='vary whole starts, as in --vary "start=(0.2,0.3,0.5),(0.6,0.3,0.1)"',
            )
        return VariedAxis(name, "share", _numbers(game, name, values))
    if name == "scenario":
        return VariedAxis(name, "scenario", _scenarios(game, values))
    if name == "start":
        return VariedAxis(name, "start", _starts(game, values))
    names = [*game.parameters, *game.shares, "scenario", "start"]
    close = nearest(name, names)
    raise InputError(
        "D606",
        f"`{name}` cannot vary: the game has no such parameter or share, nor is it `scenario` or `start`",
        hint=f"did you mean `{close}`?" if close else f"what can vary: {', '.join(names)}",
    )


def _numbers(game: Game, name: str, values: object) -> tuple[Fraction, ...]:
    """Return the values of a parameter or a share; all of a range where none are given."""
    if values is None:
        limits = (Fraction(1, 10), Fraction(9, 10))
        if name in game.parameters:
            known = game.parameters[name].range
            if known is None:
                raise InputError("D606", f"`{name}` has no range in the game file", hint=EXAMPLE)
            limits = known
        return tuple(limits[0] + (limits[1] - limits[0]) * k / (FEW - 1) for k in range(FEW))
    try:
        axis = axis_of(name, [values] if isinstance(values, (int, float, Fraction)) else values)
    except InputError as problem:
        raise InputError(
            problem.code, f"--vary {name}: {problem.message}", where=problem.where, hint=EXAMPLE
        ) from None
    return tuple(axis.value(k) for k in range(axis.count))


def _scenarios(game: Game, values: object) -> tuple[str, ...]:
    if not game.scenarios:
        raise InputError("D606", "the game has no scenarios to vary", hint="vary a parameter or the start")
    if values is None:
        return tuple(game.scenarios)
    given = values.split(",") if isinstance(values, str) else values
    keys = {shown: key for key, shown in game.scenario_names.items()}
    chosen = []
    for name in given if isinstance(given, Sequence) else [given]:
        name = str(name).strip()
        key = name if name in game.scenarios else keys.get(name, name)
        resolve(game, scenario=key)  # says which there are
        if key in chosen:
            raise InputError("D606", f"the scenario `{key}` is given twice", hint="give each once")
        chosen.append(key)
    return tuple(chosen)


def _starts(game: Game, values: object) -> tuple[tuple[Fraction, ...], ...]:
    if values is None:
        return usual_starts(game)
    if isinstance(values, str):
        if ":" in values and "(" not in values:
            values = list(_numbers(game, "start", values))
        else:
            values = [_written(part) for part in _outside_brackets(values)]
    if isinstance(values, Mapping) or not isinstance(values, Sequence):
        values = [values]
    found = [_one_start(game, value) for value in values]
    for k, value in enumerate(found):
        if value in found[:k]:
            raise InputError("D606", "a start is given twice", hint="give each once")
    return tuple(found)


def usual_starts(game: Game) -> tuple[tuple[Fraction, ...], ...]:
    """Return five starts from one corner of the state space to the other, all of them inside.

    Populations start a little apart: of equal ones a symmetric game would show the diagonal alone, which no
    other start comes near.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> [[float(v) for v in start] for start in usual_starts(load("shi-chen-2018"))][:2]
    [[0.08, 0.12], [0.28, 0.32]]
    """
    count = len(game.populations)
    found = []
    for k in range(FEW):
        start: list[Fraction] = []
        for i, population in enumerate(game.populations):
            if population.binary:
                start.append(Fraction(2 * k + 1, 10) + Fraction(2 * i - count + 1, 50 * max(count - 1, 1)))
            else:
                start += _leaning(len(population.shares), k)
        found.append(tuple(start))
    return tuple(found)


def _leaning(strategies: int, k: int) -> list[Fraction]:
    """Return shares of which the k-th is large; after each has been, all are equal, then it is less so."""
    if k == strategies:
        return [Fraction(1, strategies)] * strategies
    large = Fraction(7, 10) if k < strategies else Fraction(1, 2)
    rest = (1 - large) / (strategies - 1)
    favoured = k if k < strategies else k - strategies - 1
    # The others differ a little, for the same reason as populations do.
    shares = [rest * (1 + Fraction(2 * j - strategies + 1, 5 * strategies)) for j in range(strategies - 1)]
    left = 1 - sum(shares, Fraction(0))
    return [*shares[:favoured], left, *shares[favoured:]]


def _outside_brackets(text: str) -> list[str]:
    """Return the parts of ``(0.2,0.3),(0.7,0.7)`` between commas that stand in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _written(text: str) -> object:
    """Return what is meant by ``0.2``, ``(0.2,0.3)`` or ``(x=0.2,y=0.3)``."""
    if not text.startswith("("):
        return text
    inner = [part.strip() for part in text.strip("()").split(",")]
    if all("=" in part for part in inner):
        return {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in inner)}
    return inner


def _one_start(game: Game, value: object) -> tuple[Fraction, ...]:
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str)):
        read_start(game, value)  # says what is wrong with it
        given = [value[share] for share in game.shares] if isinstance(value, Mapping) else list(value)
        return tuple(exact(v, share) for v, share in zip(given, game.shares, strict=True))
    if not all(population.binary for population in game.populations):
        raise InputError(
            "D606",
            "one number is no start where a population has more than two strategies",
            hint="give every share, as in " + _example(game),
        )
    number = exact(value, "start")
    read_start(game, [number] * len(game.shares))
    return (number,) * len(game.shares)


def _example(game: Game) -> str:
    parts: list[str] = []
    for population in game.populations:
        count = len(population.shares)
        parts += ["0.5"] if population.binary else [f"1/{count}"] * count
    return f'--vary "start=({",".join(parts)})"'


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
                "no start is given, and the game does not say where things stand today",
                hint="give one with --from, or vary it, as in --vary start=0.2,0.5,0.8",
            )
        start = game.today
    if start is None:
        return own
    if not isinstance(start, Mapping):
        read_start(game, start)
        start = dict(zip(game.shares, start, strict=True))
    return {**start, **own}
