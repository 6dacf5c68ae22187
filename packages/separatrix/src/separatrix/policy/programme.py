"""A programme: the level of each instrument over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.game.instruments import instruments_of
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.sentences import Sentence, say, together

__all__ = ["IDLE", "Programme", "programme_of"]


@dataclass(frozen=True)
class Programme:
    """Levels of instruments between two times; otherwise, and where no level is given, these are idle.

    Attributes
    ----------
    levels : mapping of instrument to number
    start : float
    end : float or None
        None for a programme without an end.

    Examples
    --------
    >>> Programme({"subsidy": 0.5}, end=3.0).permanent
    False
    """

    levels: Mapping[str, float]
    start: float = 0.0
    end: float | None = None

    @property
    def permanent(self) -> bool:
        """Whether it never ends."""
        return self.end is None

    @property
    def duration(self) -> float:
        """How long it lasts; infinite where it never ends."""
        return math.inf if self.end is None else self.end - self.start

    @property
    def to_sentence(self) -> Sentence:
        """The programme in words."""
        if not self.levels:
            return say("no instrument")
        levels = together([f"{name} = {value:.5g}" for name, value in self.levels.items()], ", ")
        if self.end is None:
            if self.start:
                return say("{levels} from t = {start} on", levels=levels, start=f"{self.start:.5g}")
            return say("{levels} without an end", levels=levels)
        if self.start:
            return say(
                "{levels} from t = {start} to {end}",
                levels=levels,
                start=f"{self.start:.5g}",
                end=f"{self.end:.5g}",
            )
        return say("{levels} until t = {end}", levels=levels, end=f"{self.end:.5g}")

    def to_dict(self) -> dict[str, Any]:
        """Return the programme as plain data."""
        return {"levels": dict(self.levels), "start": self.start, "end": self.end}


IDLE = Programme({})
"""Doing nothing."""


def programme_of(
    game: Game, levels: Mapping[str, object], start: object = 0, end: object = None
) -> Programme:
    """Return a programme, checked against the instruments of a game.

    Parameters
    ----------
    game : Game
    levels : mapping of instrument to level
    start, end : number
        In the unit of time of the game; without an end the programme is permanent.

    Raises
    ------
    NameProblem
        V308 for an unknown instrument.
    InputError
        P180 for a level outside its range, and for times that do not rise from 0 on; V301 for a value that is
        not a number.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", 1], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "instruments": {"subsidy": {"range": [0, 1], "changes": {"C": "C*(1 - subsidy)"}}},
    ...     }
    ... )
    >>> str(programme_of(game, {"subsidy": "1/2"}, end=3).to_sentence)
    'subsidy = 0.5 until t = 3'
    """
    given: dict[str, Fraction] = {}
    for instrument in instruments_of(game, levels):
        level = exact(levels[instrument.name], instrument.name)
        if instrument.range is not None and not instrument.range[0] <= level <= instrument.range[1]:
            low, high = instrument.range
            raise InputError(
                "P180",
                say(
                    "the level {level} of {name} lies outside its range, {low} to {high}",
                    level=f"{float(level):.6g}",
                    name=f"`{instrument.name}`",
                    low=f"{float(low):.6g}",
                    high=f"{float(high):.6g}",
                ),
                hint=say("choose a level within the range, or widen `range` in the game file"),
            )
        given[instrument.name] = level
    begin, finish = exact(start, "start"), None if end is None else exact(end, "end")
    if begin < 0 or (finish is not None and finish <= begin):
        raise InputError(
            "P180",
            say("a programme begins at t = 0 or later, and ends after it has begun"),
            hint=say("as in a start of 0 and an end of 3"),
        )
    return Programme(
        {name: float(level) for name, level in given.items()},
        float(begin),
        None if finish is None else float(finish),
    )


def named_levels(names: Sequence[str], levels: Sequence[float], idle: Sequence[float]) -> dict[str, float]:
    """Return levels by the names of their instruments, without those that are idle."""
    return {n: float(v) for n, v, rest in zip(names, levels, idle, strict=True) if v != rest}
