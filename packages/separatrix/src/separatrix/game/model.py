"""A game: who plays, what they may do, what it pays.  Nothing here knows how it is analysed.

The path of one parameter: what it is worth at what time.

The state space, a product of simplices, and the shares that are its coordinates.

A population of two strategies has one coordinate, the share of the first; any other has the share of every
strategy, and they add up to one. This module converts coordinates to the shares of all strategies and back.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from separatrix.expression.conditions import Condition
from separatrix.expression.tree import ONE, Expression, names_in
from separatrix.game.distribution import Distribution
from separatrix.io.yaml import SourceDocument
from separatrix.run.cached_property import cached_property
from separatrix.run.results import OfMatrices

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "AdvantageForm",
    "BASES",
    "Form",
    "FunctionForm",
    "Game",
    "GroupForm",
    "Instrument",
    "PAYERS",
    "POLICY_STRATEGIES",
    "PairwiseForm",
    "Parameter",
    "ParameterPath",
    "Population",
    "ProfileTable",
    "ReplicatorForm",
    "SelfMatrix",
    "Shape",
    "StateSpace",
    "Strategy",
    "TIME_UNITS",
    "Translation",
    "own_coordinates",
]


@dataclass(frozen=True)
class ParameterPath:
    """The values of a parameter over time.

    Attributes
    ----------
    kind : {"steps", "ramp", "table"}
        Steps hold each value until the next time.  A ramp and a table go in a straight line from each point
        to the next.
    points : tuple of (time, value)
        Exact, times rising.  A ramp has two, its start and its end.
    """

    kind: Literal["steps", "ramp", "table"]
    points: tuple[tuple[Fraction, Fraction], ...]

    @property
    def times(self) -> tuple[Fraction, ...]:
        """When the value jumps or bends."""
        return tuple(time for time, _ in self.points)

    def at(self, time: Fraction | int) -> Fraction | None:
        """Return the value at `time`; where it jumps, that from then on.

        None before the first step: the parameter has its baseline value then.  Before and after the points of
        a ramp or a table it has the first and the last value.

        Examples
        --------
        >>> policy = ParameterPath("steps", ((Fraction(2), Fraction(5)), (Fraction(10), Fraction(0))))
        >>> policy.at(1), policy.at(2), policy.value_before(2), policy.value_before(10), policy.at(11)
        (None, Fraction(5, 1), None, Fraction(5, 1), Fraction(0, 1))
        """
        return self._value_on_stretch(bisect.bisect_right(self.times, time), time)

    def value_before(self, time: Fraction | int) -> Fraction | None:
        """Return the value just before `time`, which differs from that at `time` where it jumps."""
        return self._value_on_stretch(bisect.bisect_left(self.times, time), time)

    def _value_on_stretch(self, after: int, time: Fraction | int) -> Fraction | None:
        """Return the value on the stretch that ends at the point numbered `after`."""
        if self.kind == "steps":
            return self.points[after - 1][1] if after else None
        if after in (0, len(self.points)):
            return self.points[min(after, len(self.points) - 1)][1]
        (start, low), (end, high) = self.points[after - 1 : after + 1]
        return low + (high - low) * (time - start) / (end - start)


if TYPE_CHECKING:
    Array = NDArray[np.float64]


Shape = Literal["line", "square", "triangle", "cube"]


def own_coordinates(shares: Sequence[Any]) -> Sequence[Any]:
    """Return those of the shares of a population's strategies that are coordinates."""
    return shares[:1] if len(shares) == 2 else shares


def apart(one: Iterable[float], other: Iterable[float]) -> float:
    """Return how far apart two states are: the largest difference of a share.

    Examples
    --------
    >>> apart([0.5, 0.25], [0.5, 0.75])
    0.5
    """
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@dataclass(frozen=True)
class StateSpace:
    """The states of populations with so many strategies each.

    Attributes
    ----------
    sizes : tuple of int
        The number of strategies of each population.

    Examples
    --------
    >>> space = StateSpace((2, 3))
    >>> space.coordinates([(0.25, 0.75), (0.5, 0.5, 0.0)])
    (0.25, 0.5, 0.5, 0.0)
    >>> space.shares(_)
    [(0.25, 0.75), (0.5, 0.5, 0.0)]
    >>> space.dimension, space.corner((1, 2)), space.profile((0, 0, 0, 1))
    (3, (0, 0, 0, 1), (1, 2))
    """

    sizes: tuple[int, ...]

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The number of coordinates of each population."""
        return tuple(len(own_coordinates(range(size))) for size in self.sizes)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """The coordinates of each population, as slices of a state."""
        return _slices(self.widths)

    @cached_property
    def strategy_slices(self) -> tuple[slice, ...]:
        """Where the strategies of each population stand where all are numbered through."""
        return _slices(self.sizes)

    @cached_property
    def strategies(self) -> tuple[tuple[int, int], ...]:
        """The population and the strategy whose share each coordinate is."""
        return tuple((i, a) for i, width in enumerate(self.widths) for a in range(width))

    @property
    def dimension(self) -> int:
        """The dimension: one less than the strategies of each population."""
        return sum(self.sizes) - len(self.sizes)

    @property
    def binary(self) -> bool:
        """Whether it is a cube: every population has two strategies."""
        return all(size == 2 for size in self.sizes)

    @property
    def shape(self) -> Shape | None:
        """What it looks like on a page, or None where it is none of the four."""
        if self.sizes == (3,):
            return "triangle"
        shapes: tuple[Shape, ...] = ("line", "square", "cube")
        return shapes[len(self.sizes) - 1] if self.binary and len(self.sizes) <= len(shapes) else None

    def coordinates(self, shares: Iterable[Sequence[Any]]) -> tuple[Any, ...]:
        """Return the state at which each population's strategies have these shares."""
        return tuple(x for own in shares for x in own_coordinates(own))

    def shares(self, state: Any) -> list[tuple[Any, ...]]:
        """Return the shares of all strategies at a state, population by population."""
        parts = [tuple(state[place]) for place in self.slices]
        return [
            (own[0], 1 - own[0]) if size == 2 else own for own, size in zip(parts, self.sizes, strict=True)
        ]

    def profiles(self) -> Iterator[tuple[int, ...]]:
        """Yield every pure profile, the first strategies first."""
        return itertools.product(*map(range, self.sizes))

    def corner(self, profile: Sequence[int]) -> tuple[int, ...]:
        """Return the state at which each population plays one strategy."""
        return tuple(int(profile[i] == a) for i, a in self.strategies)

    def profile(self, state: Sequence[Any]) -> tuple[int, ...] | None:
        """Return the strategy that each population plays at a corner; None elsewhere."""
        if not all(x in (0, 1) for x in state):
            return None
        shares = self.shares(state)
        return tuple(own.index(1) for own in shares) if all(sum(own) == 1 for own in shares) else None

    def coordinate_arrays(self, shares: Sequence[Array]) -> Array:
        """Return the states (..., n) at which the strategies have these shares, (..., k) a population."""
        import numpy as np

        parts = [own[..., :1] if size == 2 else own for own, size in zip(shares, self.sizes, strict=True)]
        return np.concatenate(parts, axis=-1)

    def share_arrays(self, states: Array) -> list[Array]:
        """Return the shares of all strategies at states (..., n), an array (..., k) a population."""
        import numpy as np

        parts = [states[..., place] for place in self.slices]
        return [
            np.concatenate([part, 1 - part], axis=-1) if size == 2 else part
            for part, size in zip(parts, self.sizes, strict=True)
        ]


def _slices(widths: Sequence[int]) -> tuple[slice, ...]:
    ends = itertools.accumulate(widths)
    return tuple(slice(end - width, end) for end, width in zip(ends, widths, strict=True))


BASES = ("measured", "literature", "assumed")
"""The evidence for the value of a parameter, strongest first."""

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
        """Whether it has two strategies, so that one share determines its state."""
        return len(self.strategies) == 2

    @property
    def free_shares(self) -> tuple[str, ...]:
        """The names of the shares that determine its state: the last strategy has the rest."""
        return self.shares[: len(self.strategies) - 1]


@dataclass(frozen=True)
class Parameter:
    """A named number; ``value`` is exact, ``range`` serves sliders and sweeps and proves nothing.

    ``uncertain`` is the distribution of an uncertain value; an analysis uses ``value``. ``basis`` is one of
    `BASES`, ``interval`` contains the value as far as is known, and ``source`` is the reference for both.
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
    """The translated words of a game; a word without translation stays as in the file.

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
    today : mapping of share to its value today, or None
    speeds : one positive expression without shares a population
        How fast it changes: the factor of its replicator equation.
    time_unit : str or None
        The unit of time of the speeds; None where times have no unit.
    schedule : mapping of parameter to ParameterPath
        How parameters change in time; an analysis is autonomous and uses their baseline values.
    instruments : mapping of name to Instrument, in file order
        The policy instruments; each acts on the parameters as the earlier ones leave them.
    in_force : tuple of str
        The instruments whose levels are parameters of this game and change its payoffs;
        see `separatrix.game.instruments.with_instruments`.
    emissions : Expression or None
        Of all populations together per unit of time, in parameters, shares and the levels in force.
    source : str or None
        Whom to cite.
    later : tuple of str
        Sections of the file that are kept, but that no verb of this version uses.
    translations : mapping of a language to a Translation
        The other languages of the game; see `separatrix.game.populations.translate`.
    scenario_names : mapping of a scenario to its displayed name, where that is another
    told_from : Game or None
        The game in its file's own words, where this one is a translation of it.
    raw : mapping
        The file's own content, for conversion without loss.
    origin : str
        The path or slug it came from.
    places : SourceDocument
        Gives the place in the file of each part of `raw`.
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
    places: SourceDocument = field(default_factory=SourceDocument, compare=False, repr=False)

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
    def has_no_opponents(self) -> bool:
        """Whether the payoff of a strategy is constant: a single player without opponents."""
        return isinstance(self.form, SelfMatrix) and all(len(set(row)) == 1 for row in self.form.rows)

    @property
    def equal_speeds(self) -> bool:
        """Whether every population changes at speed one."""
        return all(speed == ONE for speed in self.speeds)

    @property
    def speed_basis(self) -> str | None:
        """The evidence for the unit of time, one of `BASES`; None where times have no unit.

        An answer in years is only as reliable as the weakest evidence for a parameter of the speeds.
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
