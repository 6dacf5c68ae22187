"""A game: who plays, what they may do, what it pays.  Nothing here knows how it is analysed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar

from separatrix.expression.conditions import Condition
from separatrix.expression.tree import ONE, Expression, names_in
from separatrix.game.distribution import Distribution
from separatrix.game.parameter_path import ParameterPath
from separatrix.game.state_space import StateSpace
from separatrix.io.source import Source
from separatrix.run.cached_property import cached_property
from separatrix.run.result import OfMatrices

__all__ = [
    "BASES",
    "PAYERS",
    "POLICY_STRATEGIES",
    "TIME_UNITS",
    "AdvantageForm",
    "Form",
    "FunctionForm",
    "Game",
    "GroupForm",
    "Instrument",
    "PairwiseForm",
    "Parameter",
    "Population",
    "ProfileTable",
    "ReplicatorForm",
    "SelfMatrix",
    "Strategy",
    "Translation",
]

BASES = ("measured", "literature", "assumed")
"""What the value of a parameter rests on, the firmest first."""

TIME_UNITS = ("year",)
"""What a unit of time may be, where the speeds are known in it."""

PAYERS = ("public", "enterprises")
"""Who pays for an instrument, or earns by it: the public purse, or the enterprises together."""

POLICY_STRATEGIES = ("understanding", "growth", "park", "technology")
"""The four strategies against the difficulties of clusters (Shi & Chen 2018, section 4)."""

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
        if self.binary:
            return (self.share,)
        return tuple(f"{self.share}_{s.id}" for s in self.strategies)

    @property
    def binary(self) -> bool:
        """Whether it has two strategies, so that one share tells its state."""
        return len(self.strategies) == 2

    @property
    def free_shares(self) -> tuple[str, ...]:
        """The names of the shares that tell its state: the last strategy has what the others leave."""
        return self.shares[: len(self.strategies) - 1]


@dataclass(frozen=True)
class Parameter:
    """A named number; ``value`` is exact, ``range`` serves sliders and sweeps and proves nothing.

    ``uncertain`` is what is known of the value where it is not known exactly; an analysis takes ``value``.
    ``basis`` is one of `BASES`, ``interval`` holds the value as far as is known, and ``source`` tells where
    both come from: what a reviewer asks of a number.
    """

    name: str
    value: Fraction | None = None
    latex: str | None = None
    meaning: str | None = None
    unit: str | None = None
    range: tuple[Fraction, Fraction] | None = None
    uncertain: Distribution | None = None
    basis: str | None = None
    interval: tuple[Fraction, Fraction] | None = None
    source: str | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Instrument:
    """Something that policy can do, to a level: what it changes, and what it costs whom.

    Attributes
    ----------
    name : str
        Also the name of its level in expressions.
    changes : mapping of parameter to Expression
        What each parameter becomes, in parameters, shares and levels.
    cost : mapping of payer, one of `PAYERS`, to Expression
        Per unit of time, in parameters, shares and levels, with the values that parameters have without any
        instrument; below 0 where the payer earns.  Empty where no cost is known.
    idle : Fraction
        The level at which it does nothing.
    range : tuple of Fraction or None
        The levels that are possible; None where no limit is known.
    strategy : str or None
        Which of `POLICY_STRATEGIES` it belongs to.
    """

    name: str
    changes: Mapping[str, Expression]
    cost: Mapping[str, Expression] = field(default_factory=dict)
    idle: Fraction = Fraction(0)
    range: tuple[Fraction, Fraction] | None = None
    meaning: str | None = None
    unit: str | None = None
    latex: str | None = None
    strategy: str | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ProfileTable:
    """Payoffs of n populations: for each profile one expression a population.

    As the form of a game, this and the next two hold no shares.
    """

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
class PairwiseForm:
    """Populations that play each other and themselves, in pairs.

    ``matrices[i, j][a][b]`` is what strategy a of population i earns when it meets strategy b of
    population j; a payoff is the sum over all encounters.
    """

    matrices: Mapping[tuple[int, int], tuple[tuple[Expression, ...], ...]]


@dataclass(frozen=True)
class FunctionForm:
    """Payoffs that depend on the state: ``payoffs[i][a]`` is what strategy a of population i expects.

    ``table`` holds the entries where these are the expected payoffs of a table that moves with the shares.
    """

    payoffs: tuple[tuple[Expression, ...], ...]
    table: ProfileTable | SelfMatrix | PairwiseForm | None = None


@dataclass(frozen=True)
class GroupForm:
    """One population whose members meet in groups that are drawn at random.

    ``size`` is the number of members of a group, itself included; ``payoffs[a]`` is what strategy a
    earns, in which `COUNT` is the number of the *other* members that play the first strategy.
    """

    size: Expression
    payoffs: tuple[Expression, ...]

    COUNT: ClassVar[str] = "k"


Form = ProfileTable | SelfMatrix | PairwiseForm | FunctionForm | GroupForm | AdvantageForm | ReplicatorForm


@dataclass(frozen=True)
class Translation:
    """What people read of a game, in another language; what is not here stays as the file tells it.

    Attributes
    ----------
    title, source : str or None
    names : mapping of the name of a population or a strategy to its translation
    meanings : mapping of a parameter to its translated meaning
    units : mapping of a unit to its translation
    scenarios : mapping of a scenario to the name that people read
    """

    title: str | None = None
    source: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    scenarios: Mapping[str, str] = field(default_factory=dict)


_READ_ONLY = frozenset(
    {
        "parameters",
        "lets",
        "scenarios",
        "schedule",
        "instruments",
        "translations",
        "scenario_names",
        "raw",
    }
)


@dataclass(frozen=True, repr=False)
class Game(OfMatrices):
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
    speeds : one positive expression without shares a population
        How fast it changes: the factor of its replicator equation.
    time_unit : str or None
        What a unit of time is, where the speeds are in it; None where times have no unit.
    schedule : mapping of parameter to ParameterPath
        How parameters change in time; an analysis, which knows no time, takes their baseline values.
    instruments : mapping of name to Instrument, in file order
        What policy can do; each acts on what the earlier ones leave.
    in_force : tuple of str
        The instruments whose levels are parameters of this game, and change what it pays;
        see `separatrix.game.instruments.with_instruments`.
    emissions : Expression or None
        Of all populations together per unit of time, in parameters, shares and the levels in force.
    source : str or None
        Whom to cite.
    later : tuple of str
        Sections of the file that are kept, but that no verb of this version uses.
    translations : mapping of a language to a Translation
        Other languages in which the game can be told; see `separatrix.game.translation.translate`.
    scenario_names : mapping of a scenario to the name that people read, where that is another
    told_from : Game or None
        The game in its file's own words, where this one is a translation of it.
    raw : mapping
        The file's own content, for conversion without loss.
    origin : str
        The path or slug it came from.
    places : Source
        Tells where in the file each part of `raw` stands.
    """

    title: str
    populations: tuple[Population, ...]
    form: Form
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lets: Mapping[str, Expression] = field(default_factory=dict)
    assumptions: tuple[tuple[Condition, str], ...] = ()
    scenarios: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    today: Mapping[str, Fraction] | None = None
    speeds: tuple[Expression, ...] = ()
    time_unit: str | None = None
    schedule: Mapping[str, ParameterPath] = field(default_factory=dict)
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    in_force: tuple[str, ...] = ()
    emissions: Expression | None = None
    source: str | None = None
    later: tuple[str, ...] = ()
    translations: Mapping[str, Translation] = field(default_factory=dict)
    scenario_names: Mapping[str, str] = field(default_factory=dict)
    told_from: Game | None = field(default=None, compare=False, repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    origin: str = field(default="game", compare=False)
    places: Source = field(default_factory=Source, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.__setstate__(self.__dict__.copy())
        if not self.speeds:
            object.__setattr__(self, "speeds", (ONE,) * len(self.populations))

    # A read-only view of a dict cannot be pickled, and games travel to other processes.

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: dict(value) if isinstance(value, MappingProxyType) else value
            for name, value in self.__dict__.items()
        }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, value in state.items():
            kept = MappingProxyType(dict(value)) if name in _READ_ONLY else value
            object.__setattr__(self, name, kept)

    @property
    def pay(self) -> Mapping[Profile, tuple[Expression, ...]]:
        """The payoffs by profile; `TypeError` where they are given in another form."""
        if not isinstance(self.form, ProfileTable):
            raise TypeError(f"{type(self.form).__name__} holds no payoffs by profile")
        return self.form.pay

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of all state variables, population by population."""
        return tuple(s for p in self.populations for s in p.shares)

    @property
    def plays_itself(self) -> bool:
        """Whether this is one population against itself."""
        return len(self.populations) == 1

    @property
    def alone(self) -> bool:
        """Whether this is one player who meets nobody: what a strategy earns depends on nothing."""
        return isinstance(self.form, SelfMatrix) and all(len(set(row)) == 1 for row in self.form.rows)

    @property
    def equal_speeds(self) -> bool:
        """Whether every population changes at speed one."""
        return all(speed == ONE for speed in self.speeds)

    @property
    def speed_basis(self) -> str | None:
        """What the unit of time rests on, one of `BASES`; None where times have no unit.

        An answer in years is only as firm as this: what the least firm parameter of the speeds rests on.
        """
        if self.time_unit is None:
            return None
        used = {name for speed in self.speeds for name in names_in(speed)}
        told = [self.parameters[name].basis or "assumed" for name in used if name in self.parameters]
        return max(told, key=BASES.index, default="assumed")

    @cached_property
    def moving_lets(self) -> tuple[str, ...]:
        """The shorthands that move with the shares, directly or through others, in their order."""
        moving = set(self.shares)
        for name, meaning in self.lets.items():
            if moving.intersection(names_in(meaning)):
                moving.add(name)
        return tuple(name for name in self.lets if name in moving)

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(tuple(len(p.strategies) for p in self.populations))

    def profiles(self) -> Iterator[Profile]:
        """Yield every profile, the first strategies first."""
        return self.space.profiles()

    def strategy_names(self, support: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
        """Return the names of the strategies of each population that are played."""
        return tuple(
            tuple(p.strategies[a].name for a in played)
            for p, played in zip(self.populations, support, strict=True)
        )
