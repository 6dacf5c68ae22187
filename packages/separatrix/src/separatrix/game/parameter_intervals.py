"""What parameters run over, in one form for sweeps, diagrams and maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact, unknown_parameter

__all__ = ["ParameterInterval", "parameter_intervals"]


WRITTEN = "over={{'{name}': '{low}:{high}'}}"
"""How an interval is written, as hints show it."""


@dataclass(frozen=True)
class ParameterInterval:
    """From where to where a parameter runs, and over how many values, where that is said."""

    name: str
    low: Fraction
    high: Fraction
    count: int | None = None


def parameter_intervals(
    game: Game, over: object, code: str, written: str = WRITTEN
) -> tuple[ParameterInterval, ...]:
    """Return what parameters run over.

    Parameters
    ----------
    game : Game
    over : mapping of parameter to ``"LOW:HIGH"``, ``"LOW:HIGH:COUNT"`` or (low, high)
        Or the same as text, ``"C1=0:8"``, or several of these; or (name, low, high).  A parameter alone, or
        None for its interval, stands for its range in the game file.
    code : str
        Of the error where that is no interval.
    written : str
        How an interval is written, with {name}, {low} and {high}, for the hints of errors.

    Raises
    ------
    InputError
        With `code`; V301 for an end that is no finite number.
    NameProblem
        V302 for a parameter that the game does not have.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> one, same = (parameter_intervals(game, over, "D661") for over in ({"C1": "0:8"}, "C1=0:8"))
    >>> one == same, one[0].name, one[0].high
    (True, 'C1', Fraction(8, 1))
    """
    return tuple(_interval(game, name, told, code, written) for name, told in _pairs(over, code))


def _pairs(over: object, code: str) -> list[tuple[str, object]]:
    if isinstance(over, Mapping):
        return [(str(name), told) for name, told in over.items()]
    if isinstance(over, str):
        name, separator, told = (part.strip() for part in over.partition("="))
        return [(name, told if separator else None)]
    if isinstance(over, Sequence):
        if over and all(isinstance(part, str) and "=" in part for part in over):
            return [pair for part in over for pair in _pairs(part, code)]
        if len(over) == 3 and isinstance(over[0], str):
            return [(over[0], (over[1], over[2]))]
        if over and all(isinstance(part, str) for part in over):
            return [(part, None) for part in over]
    raise InputError(code, f"{over!r} is no interval", hint="write over={'H': '0:15'}, or 'H=0:15'")


def _interval(game: Game, name: str, told: object, code: str, written: str) -> ParameterInterval:
    if name not in game.parameters:
        raise unknown_parameter(game, name)
    count: int | None = None
    ends: Sequence[Any]
    if told is None:
        limits = game.parameters[name].range
        if limits is None:
            raise InputError(
                code,
                f"`{name}` has no range in the game file",
                hint=f"give its ends: {written.format(name=name, low=0, high=1)}",
            )
        ends = limits
    elif isinstance(told, str):
        ends = [part.strip() for part in told.split(":")]
        if len(ends) == 3 and ends[2].isdecimal():
            count, ends = int(ends[2]), ends[:2]
    elif isinstance(told, Sequence):
        ends = told
    else:
        ends = ()
    if len(ends) != 2 or not all(str(end) for end in ends):
        raise InputError(
            code,
            f"the ends of `{name}` are {told!r}; expected two numbers",
            hint=f"write {written.format(name=name, low=0, high=8)}",
        )
    low, high = exact(ends[0], name), exact(ends[1], name)
    if low >= high:
        least, most = min(low, high), max(low, high) + (low == high)
        raise InputError(
            code,
            f"the interval of `{name}` runs from {low} to {high}; the lower end comes first",
            hint=f"write {written.format(name=name, low=least, high=most)}",
        )
    return ParameterInterval(name, low, high, count)
