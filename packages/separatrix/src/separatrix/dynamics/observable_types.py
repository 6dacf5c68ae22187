"""An observable as one record: its name, the meaning of its numbers, and how it is computed.

For developers
--------------
A sweep asks an observable of one `SweepPoint` after the other, sensitivity indices ask it of all draws of the
parameters at once.  A new one is one file here with its record, which
`separatrix.dynamics.observables.OBSERVABLES` lists.

Names of rest states that are the same for all parameter values: by which strategies are played.

They give in words the state that an id such as E5 gives by number; `id_of` returns the id.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.basins.outcomes import start_of
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import DrawnGame
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game, Profile
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say

__all__ = [
    "Answer",
    "DRAWN",
    "DrawnQuestion",
    "Function",
    "NONE",
    "Observable",
    "PROVEN",
    "SweepPoint",
    "SweepVariable",
    "UNDECIDED",
    "Value",
    "id_of",
    "outcome_label",
    "profile_label",
    "set_label",
    "stable_label",
    "support_label",
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


NONE, UNDECIDED = "none", "undecided"


def support_label(game: Game, played: Sequence[Collection[int]]) -> str:
    """Return the name of a state from the indices of the strategies that each population plays.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> support_label(load("shi-chen-2018"), [{0}, {0, 1}])
    'x=1,y=mixed'
    >>> support_label(load("rock-paper-scissors-one-population"), [{0, 2}])
    'x=rock+scissors'
    """
    parts = []
    for population, own in zip(game.populations, played, strict=True):
        if population.binary:
            played_names = "mixed" if len(own) > 1 else "1" if 0 in own else "0"
        else:
            played_names = "+".join(population.strategies[k].id for k in sorted(own))
        parts.append(f"{population.share}={played_names}")
    return ",".join(parts)


def id_of(game: Game, label: str) -> str | None:
    """Return the id of the state that a label names, one of `support_label` or ``set:`` and that; else None.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> id_of(game, "x=1,y=1"), id_of(game, "x=mixed,y=mixed"), id_of(game, "set:x=1,y=mixed")
    ('E4', 'E5', 'S2')
    """
    told = label.removeprefix("set:")
    played: list[tuple[int, ...]] = []
    for population, part in zip(game.populations, told.split(","), strict=False):
        own = part.removeprefix(f"{population.share}=")
        if population.binary and own in _BINARY:
            played.append(_BINARY[own])
            continue
        numbers = {s.id: k for k, s in enumerate(population.strategies)}
        if own == part or not all(name in numbers for name in own.split("+")):
            return None
        played.append(tuple(sorted(numbers[name] for name in own.split("+"))))
    if len(played) < len(game.populations) or told.count(",") >= len(played):
        return None
    ids = ids_of(game)
    return ids.rest_set(tuple(played)) if label.startswith("set:") else ids.point(tuple(played))


_BINARY = {"1": (0,), "0": (1,), "mixed": (0, 1)}
"""The strategies that a label of a population of two means: the first has the share 1. Other places: ids of
other states."""


def profile_label(game: Game, profile: Profile) -> str:
    """Return the name of a pure profile."""
    return support_label(game, [(k,) for k in profile])


def set_label(states: Iterable[str]) -> str:
    """Return the name of a set of states.

    Examples
    --------
    >>> set_label(["x=1,y=1", "x=0,y=0"]), set_label([])
    ('x=0,y=0|x=1,y=1', 'none')
    """
    return "|".join(sorted(states)) or NONE


def _of_names(game: Game, support: Sequence[Sequence[str]]) -> str:
    played = []
    for population, own in zip(game.populations, support, strict=True):
        played.append([k for k, s in enumerate(population.strategies) if s.name in own or s.id in own])
    return support_label(game, played)


def stable_label(analysis: Analysis) -> str:
    """Return the name of the set of asymptotically stable states, with ``undecided`` where one is open."""
    stable = [p for p in analysis.rest_points if p.stability == "asymptotically stable"]
    label = set_label(_of_names(analysis.game, p.support) for p in stable)
    # What does not lie alone may be stable or not, but never asymptotically.
    unclear = any(p.stability == "undecided" and p.isolated is not False for p in analysis.rest_points)
    if (unclear or analysis.completeness.status != "complete") and not _only_strict(analysis):
        return UNDECIDED if label == NONE else f"{label}|{UNDECIDED}"
    return label


def _only_strict(analysis: Analysis) -> bool:
    """Whether nothing but strict Nash equilibria can be asymptotically stable (Ritzberger & Weibull 1995)."""
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.game.values import with_lets

    game = analysis.game
    if len(game.populations) < 2 or analysis.values is None:
        return False
    return not any(field_of(game, with_lets(game, analysis.values)).own_play)


def outcome_label(analysis: Analysis, name: str) -> str:
    """Return the name of an outcome from the id that an analysis gave it.

    The prefix ``set:`` distinguishes a rest set from a rest point of the same strategies; outcomes without
    an id, such as ``cycle``, keep their names.
    """
    for point in analysis.rest_points:
        if point.id == name:
            return _of_names(analysis.game, point.support)
    for piece in analysis.rest_sets:
        if piece.id == name:
            return "set:" + _of_names(analysis.game, piece.support)
    return name
