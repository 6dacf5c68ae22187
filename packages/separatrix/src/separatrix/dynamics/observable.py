"""An observable as one record: its name, the meaning of its numbers, and how it is computed.

For developers
--------------
A sweep asks an observable of one `SweepPoint` after the other, sensitivity indices ask it of all draws of the
parameters at once.  A new one is one file here with its record, which
`separatrix.dynamics.registry.OBSERVABLES` lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.basins.outcome import start_of
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import DrawnGame
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say

__all__ = [
    "DRAWN",
    "PROVEN",
    "Answer",
    "DrawnQuestion",
    "Function",
    "Observable",
    "SweepPoint",
    "Value",
    "SweepVariable",
]

Array = NDArray[np.float64]

Value = float | str | None | Mapping[str, float]
"""A number, a word, nothing, or shares by name."""

Function = Callable[..., Any]
"""From the values of all parameters to a number or a mapping of names to numbers."""

Answer = Callable[[DrawnGame], Array]
"""From a game in all draws to numbers (draws,), NaN where the question has no answer."""

DRAWN = 4_096
"""Starts at each point for the observable `basin` where no closed form is known. Fewer: the observable is
noisier, and a sweep quicker."""

PROVEN = say("the analysis of each point; where it leaves a state open, the point says `undecided`")


@dataclass(frozen=True)
class SweepPoint:
    """A game at one point of a sweep.

    Attributes
    ----------
    game : Game
    values : mapping of parameter to number
        Exact, of all parameters.
    seed : callable
        From what is drawn to a seed that belongs to this point.
    start : tuple of float, or None
        Where trajectories start.
    samples : int
        How many starts are followed where no closed form is known.
    seed_of_starts : int
        Of these starts, which are the same at every point: what differs from point to point is the game.
    """

    game: Game
    values: Mapping[str, Fraction]
    seed: Callable[[str], int]
    start: tuple[float, ...] | None = None
    samples: int = DRAWN
    seed_of_starts: int = 0

    @property
    def begun(self) -> tuple[float, ...]:
        """Where trajectories start; `InputError` D625 where nothing says it."""
        return start_of(self.game, None) if self.start is None else self.start

    @cached_property
    def analysis(self) -> Analysis:
        """Every rest state."""
        from separatrix.analysis.analyze import analyze

        return analyze(self.game, self.values)


@dataclass(frozen=True)
class SweepVariable:
    """The description of a variable of a sweep: its long name, accuracy, unit and kind."""

    long_name: str
    how_sure: str
    units: str = "1"
    kind: Literal["numbers", "words", "shares"] = "numbers"


@dataclass(frozen=True)
class DrawnQuestion:
    """A question put to all draws.

    Attributes
    ----------
    analysis : Analysis
        At the baseline values: it gives the ids.
    name, wanted : str
        The observable, and the id of the state in question; empty for `time`.
    state : tuple of float
        Where trajectories start.
    seed : int
        Of the starts that are followed where no closed form is known.
    """

    analysis: Analysis
    name: str
    wanted: str
    state: tuple[float, ...]
    seed: int

    def target(self, cycles: bool) -> RestPoint | None:
        """Return the rest point in question; None for a cycle, where cycles count too."""
        points = self.analysis.rest_points
        point = next((p for p in points if p.id == self.wanted), None)
        if point is None and not (self.wanted == "cycle" and cycles):
            close = nearest(self.wanted, [p.id for p in points])
            ids = ", ".join(p.id for p in points)
            raise InputError(
                "D653",
                f"`{self.wanted[:40]}` is not a rest point at the baseline values; there are {ids}",
                hint=f"did you mean `{close}`?" if close else "`separatrix analyze` lists them",
            )
        return point


@dataclass(frozen=True)
class Observable:
    """Something to measure.

    Attributes
    ----------
    name : str
    at : callable
        From a `SweepPoint` to values by name.
    variables : mapping of name to `SweepVariable`
        The variables that `at` returns; empty for a user's own function.
    needs_start : bool
    function : callable or None
        The user's own function.
    drawn : callable, or None
        From a `DrawnQuestion` to a description of the numbers, for the reader, and the function that computes
        them; None for measures that only sweeps support.
    of_state : bool
        Whether it refers to a state, by its id.
    """

    name: str
    at: Callable[[SweepPoint], Mapping[str, Value]]
    variables: Mapping[str, SweepVariable] = field(default_factory=dict)
    needs_start: bool = False
    function: Function | None = None
    drawn: Callable[[DrawnQuestion], tuple[Sentence, Answer]] | None = None
    of_state: bool = True
