"""The axes of a sweep: which values a parameter takes, each an exact number.

What varies between trajectories: values of a parameter, shares of the start, scenarios, whole starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.trajectory import read_start
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.game.values import exact, resolve, unknown_parameter

__all__ = ["SweepAxis", "VariedAxis", "axes_of", "axis_of", "usual_starts", "varied_axes"]

Array = NDArray[np.float64]

USUAL_COUNT = 51
"""Values where their number is not given."""

MOST = 10**12
"""Values on one axis: the count of points must stay a whole number of 64 bits."""

LARGEST = 10**300
"""What a double can hold, with room to spare."""
EXAMPLE = "as in --over C1=0:4:81 (81 values from 0 to 4), C1=1,2,5 or C1=0.1:100:31:log"

_WHOLE = re.compile(r"\d{1,15}")


@dataclass(frozen=True)
class SweepAxis:
    """The values of a parameter in a sweep.

    Attributes
    ----------
    name : str
        The parameter.
    count : int
    low, high : Fraction
        The first and the last value; of a list the smallest and the largest.
    kind : str
        ``linear``: equally spaced; ``log``: each the same multiple of the one before; ``list``.
    listed : tuple of Fraction
        The values of a list.
    """

    name: str
    count: int
    low: Fraction
    high: Fraction
    kind: Literal["linear", "log", "list"] = "linear"
    listed: tuple[Fraction, ...] = ()

    def value(self, k: int) -> Fraction:
        """Return the value number k, exactly; on a logarithmic axis that of the nearest double.

        Examples
        --------
        >>> axis_of("C1", "0:1:4").value(1), axis_of("C1", "1:100:3:log").value(1)
        (Fraction(1, 3), Fraction(10, 1))
        """
        if self.kind == "list":
            return self.listed[k]
        if k == 0 or self.count == 1:
            return self.low
        if k == self.count - 1:
            return self.high
        if self.kind == "linear":
            return self.low + (self.high - self.low) * k / (self.count - 1)
        ratio = float(self.high / self.low)
        return Fraction(repr(float(self.low) * ratio ** (k / (self.count - 1))))

    def floats(self, part: slice) -> Array:
        """Return the values of a part of the axis, each rounded once."""
        return np.array([float(self.value(k)) for k in range(part.start, part.stop)])

    def text(self) -> str:
        """Return the axis as it can be written on the command line."""
        if self.kind == "list":
            return ",".join(str(value) for value in self.listed)
        end = ":log" if self.kind == "log" else ""
        return f"{self.low}:{self.high}:{self.count}{end}"


def axes_of(game: Game, over: Mapping[str, object] | Sequence[str] | str) -> tuple[SweepAxis, ...]:
    """Return the axes of a sweep, the slowest first.

    Parameters
    ----------
    game : Game
    over : mapping of parameter to values, or ``NAME=VALUES``, or several of these
        Values as in `axis_of`; None or nothing stands for the range of the parameter in the file.

    Raises
    ------
    NameProblem
        V302 for a parameter that the game does not have.
    InputError
        D671 for values that make no axis, and for a parameter that is given twice.
    """
    pairs: list[tuple[str, object]] = []
    if isinstance(over, Mapping):
        pairs = list(over.items())
    else:
        for text in [over] if isinstance(over, str) else over:
            name, separator, told = (part.strip() for part in text.partition("="))
            if not name or (separator and not told):
                raise InputError("D671", f"--over {text}: expected NAME=VALUES", hint=EXAMPLE)
            pairs.append((name, told or None))
    if not pairs:
        raise InputError("D671", "no parameter to sweep is given", hint=EXAMPLE)
    axes: list[SweepAxis] = []
    for name, values in pairs:
        if name not in game.parameters:
            raise unknown_parameter(game, name, f"no parameter `{name}` to sweep")
        if any(axis.name == name for axis in axes):
            raise InputError("D671", f"`{name}` is swept twice", hint="give each parameter once")
        axes.append(_over_range(game, name) if values is None else axis_of(name, values))
    return tuple(axes)


def _over_range(game: Game, name: str) -> SweepAxis:
    limits = game.parameters[name].range
    if limits is None:
        raise InputError(
            "D671", f"`{name}` has no range in the game file", hint=f"give its values, {EXAMPLE}"
        )
    return SweepAxis(name, USUAL_COUNT, *limits)


def axis_of(name: str, values: object) -> SweepAxis:
    """Return an axis from ``LOW:HIGH``, ``LOW:HIGH:COUNT``, ``LOW:HIGH:COUNT:log``, ``v1,v2,v3``, or numbers.

    Raises
    ------
    InputError
        D671 for a range that is empty or reversed, a count that is not a whole number above 0, and values
        that repeat; V301 for a value that is not a finite number.

    Examples
    --------
    >>> axis_of("C1", "0:4:81").count, axis_of("C1", [0.5, "1/3"]).listed
    (81, (Fraction(1, 2), Fraction(1, 3)))
    """
    if isinstance(values, str) and ":" in values:
        return _ranged(name, values)
    given: list[Any] = values.split(",") if isinstance(values, str) else _several(name, values)
    listed = tuple(exact(value.strip() if isinstance(value, str) else value, name) for value in given)
    _representable(name, listed)
    if not listed:
        raise InputError("D671", f"`{name}` is given no values", hint=EXAMPLE)
    if len(set(listed)) < len(listed):
        twice = next(value for k, value in enumerate(listed) if value in listed[:k])
        raise InputError("D671", f"`{name}` takes the value {twice} twice", hint="give each value once")
    return SweepAxis(name, len(listed), min(listed), max(listed), "list", listed)


def _several(name: str, values: object) -> list[Any]:
    if isinstance(values, Iterable):
        return list(values)
    raise InputError(
        "D671", f"`{name}` is swept over {values!r}; expected a range or several values", hint=EXAMPLE
    )


def _representable(name: str, values: Iterable[Fraction]) -> None:
    for value in values:
        if abs(value) > LARGEST:
            raise InputError("D671", f"`{name}` takes a value that is larger than 1e300")


def _ranged(name: str, text: str) -> SweepAxis:
    parts = [part.strip() for part in text.split(":")]
    given = f"{name}={text}"
    if len(parts) == 2:
        parts.append(str(USUAL_COUNT))
    if len(parts) not in (3, 4) or not all(parts):
        raise InputError("D671", f"{given}: expected LOW:HIGH or LOW:HIGH:COUNT", hint=EXAMPLE)
    if len(parts) == 4 and parts[3] != "log":
        raise InputError(
            "D671", f"{given}: only `log` is allowed after COUNT, not `{parts[3]}`", hint=EXAMPLE
        )
    low, high = exact(parts[0], name), exact(parts[1], name)
    _representable(name, (low, high))
    if not _WHOLE.fullmatch(parts[2]) or not 1 <= int(parts[2]) <= MOST:
        raise InputError("D671", f"{given}: the count is `{parts[2]}`; expected a whole number from 1 on")
    count = int(parts[2])
    if low > high:
        raise InputError("D671", f"{given}: the range is reversed", hint=f"write {parts[1]}:{parts[0]}")
    if low == high and count > 1:
        raise InputError(
            "D671", f"{given}: {count} values in an empty range", hint=f"write {name}={parts[0]}"
        )
    if low < high and count == 1:
        raise InputError("D671", f"{given}: one value cannot cover a range", hint="give a count of 2 or more")
    if len(parts) == 3:
        return SweepAxis(name, count, low, high)
    if low <= 0:
        raise InputError("D671", f"{given}: a logarithmic axis begins above 0")
    axis = SweepAxis(name, count, low, high, "log")
    if count > 1 and axis.value(1) <= low:
        raise InputError("D671", f"{given}: the values are too close together")
    return axis


FEW = 5
"""Values of a parameter over its range, and starts, where only the name of what varies is given."""

MOST_VALUES = 1_000_000
"""For one parameter or share. More: memory does not suffice for their trajectories."""

Kind = Literal["parameter", "scenario", "share", "start"]

VARIED_AXES_EXAMPLE = "as in --vary C1=2,3,4, --vary scenario=a,b or --vary start=0.2,0.5,0.8"


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


def varied_axes(game: Game, vary: Mapping[str, object] | Sequence[str]) -> tuple[VariedAxis, ...]:
    """Return what varies, the slowest first, as `trajectories` takes it; raise what it raises for it."""
    pairs: list[tuple[str, object]] = []
    if isinstance(vary, Mapping):
        pairs = list(vary.items())
    else:
        for text in [vary] if isinstance(vary, str) else vary:
            name, separator, told = (part.strip() for part in text.partition("="))
            if not name or (separator and not told):
                raise InputError("D606", f"--vary {text}: expected NAME=VALUES", hint=VARIED_AXES_EXAMPLE)
            pairs.append((name, told or None))
    if not pairs:
        raise InputError("D606", "nothing to vary is given", hint=VARIED_AXES_EXAMPLE)
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
                raise InputError("D606", f"`{name}` has no range in the game file", hint=VARIED_AXES_EXAMPLE)
            limits = known
        return tuple(limits[0] + (limits[1] - limits[0]) * k / (FEW - 1) for k in range(FEW))
    try:
        axis = axis_of(name, [values] if isinstance(values, (int, float, Fraction)) else values)
    except InputError as problem:
        raise InputError(
            problem.code, f"--vary {name}: {problem.message}", where=problem.where, hint=VARIED_AXES_EXAMPLE
        ) from None
    if axis.count > MOST_VALUES:
        raise InputError(
            "D602",
            f"--vary {name}: {axis.count:,} values are too many; {MOST_VALUES:,} are the most",
            hint="vary less",
        )
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
            values = [_parse_start(part) for part in _outside_brackets(values)]
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
    """Return shares with a large k-th one; after the last k all are equal, then the large one is smaller."""
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
    """Return the parts of ``(0.2,0.3),(0.7,0.7)`` between commas outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _parse_start(text: str) -> object:
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
            "one number does not define a start if a population has more than two strategies",
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
