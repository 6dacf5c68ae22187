"""What varies between trajectories: values of a parameter, shares of the start, scenarios, whole starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from separatrix.dynamics.integration.trajectory import read_start
from separatrix.dynamics.sweeps.axes import axis_of
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.game.values import exact, resolve

__all__ = ["VariedAxis", "usual_starts", "varied_axes"]

FEW = 5
"""Values of a parameter over its range, and starts, where only the name of what varies is given."""

MOST_VALUES = 1_000_000
"""For one parameter or share. More: memory does not suffice for their trajectories."""

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
