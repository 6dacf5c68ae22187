"""A game: who plays, what they may do, what it pays.  Nothing here knows how it is analysed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from separatrix.game.condition import Condition
from separatrix.game.expression import Expression

__all__ = [
    "AdvantageForm", "Form", "Game", "LaterForm", "Parameter", "Population", "ProfileTable",
    "ReplicatorForm", "SelfMatrix", "Strategy",
]  # fmt: skip

Profile = tuple[int, ...]
"""The strategy that each population plays, as indices into its strategies."""


@dataclass(frozen=True)
class Strategy:
    """A strategy: ``name`` is what people read, ``id`` what expressions and keys use."""

    name: str
    id: str


@dataclass(frozen=True)
class Population:
    """A population; ``share`` names the fraction that plays the *first* of two strategies."""

    name: str
    share: str
    strategies: tuple[Strategy, ...]

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of its state variables: one of two strategies, else one a strategy."""
        if len(self.strategies) == 2:
            return (self.share,)
        return tuple(f"{self.share}_{s.id}" for s in self.strategies)


@dataclass(frozen=True)
class Parameter:
    """A named number; ``value`` is exact, ``range`` serves sliders and sweeps and proves nothing."""

    name: str
    value: Fraction | None = None
    latex: str | None = None
    meaning: str | None = None
    unit: str | None = None
    range: tuple[Fraction, Fraction] | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ProfileTable:
    """Payoffs of n populations: for each profile one expression a population."""

    pay: Mapping[Profile, tuple[Expression, ...]]


@dataclass(frozen=True)
class SelfMatrix:
    """One population against itself: ``rows[i][j]`` is what i earns when it meets j."""

    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True)
class AdvantageForm:
    """No table was published: for each share the payoff of the first strategy minus the second."""

    by_share: Mapping[str, Expression]


@dataclass(frozen=True)
class ReplicatorForm:
    """Only equations were published: for each share its rate of change."""

    by_share: Mapping[str, Expression]


@dataclass(frozen=True)
class LaterForm:
    """A form of payoff that is read, and that this version cannot analyse; ``what`` names it."""

    kind: str
    what: str


Form = ProfileTable | SelfMatrix | AdvantageForm | ReplicatorForm | LaterForm


@dataclass(frozen=True)
class Game:
    """A game, as its file describes it.

    Attributes
    ----------
    title : str
    populations : tuple of Population
    parameters : mapping of name to Parameter, in file order
    form : Form
        The payoffs, in the form in which they were given.
    lets : mapping of shorthand to expression, in an order in which each uses earlier ones only
    assumptions : tuple of (Condition, text)
    scenarios : mapping of name to values that override the base, in file order
    today : mapping of share to where the cluster stands, or None
    source : str or None
        Whom to cite.
    later : tuple of str
        Sections of the file that are kept, but that no verb of this version uses.
    raw : mapping
        The file's own content, for conversion without loss.
    origin : str
        The path or slug it came from.
    """

    title: str
    populations: tuple[Population, ...]
    form: Form
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lets: Mapping[str, Expression] = field(default_factory=dict)
    assumptions: tuple[tuple[Condition, str], ...] = ()
    scenarios: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    today: Mapping[str, Fraction] | None = None
    source: str | None = None
    later: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    origin: str = field(default="game", compare=False)

    def __post_init__(self) -> None:
        for name in ("parameters", "lets", "scenarios", "raw"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of all state variables, population by population."""
        return tuple(s for p in self.populations for s in p.shares)

    @property
    def plays_itself(self) -> bool:
        """Whether this is one population against itself."""
        return len(self.populations) == 1

    def profiles(self) -> Iterator[Profile]:
        """Yield every profile, the first strategies first."""
        yield from itertools.product(*(range(len(p.strategies)) for p in self.populations))
