"""Payoffs, costs and emissions of a game as functions of the levels of its instruments alone.

At a pure state every share is 0 or 1 and every parameter has a value, so that what a party gains by a
strategy is a function of the levels: affine in them for a subsidy or a price, and then a row of a linear
programme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.constants import Irrational
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, Number, substitute, subtract
from separatrix.game.fitness import folded, last_shares, strategy_payoffs
from separatrix.game.instruments import cost_of, with_instruments
from separatrix.game.model import Game, Profile, ReplicatorForm, SelfMatrix
from separatrix.game.values import expand, missing, no_value_for, place_of, resolve
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = ["PopulationDeviation", "LevelFunction", "LevelFunctions", "level_functions"]


@dataclass(frozen=True)
class PopulationDeviation:
    """One population leaving what it plays in a pure state.

    Attributes
    ----------
    profile : Profile
    population, strategy : int
        Who leaves, and for which strategy.
    """

    profile: Profile
    population: int
    strategy: int


@dataclass(frozen=True)
class LevelFunction:
    """A function of levels.

    Attributes
    ----------
    expression : Expression
        In the names of the levels.
    levels : tuple of str
    affine : ((n,) Fractions, Fraction) or None
        Its slopes and constant where it is affine.
    """

    expression: Expression
    levels: tuple[str, ...]
    affine: tuple[tuple[Fraction, ...], Fraction] | None

    @property
    def coefficients(self) -> tuple[tuple[Fraction, ...], Fraction]:
        """Its slopes and constant; `TypeError` where it is not affine."""
        if self.affine is None:
            raise TypeError("the function is not affine in the levels")
        return self.affine

    def at(self, point: Sequence[Fraction]) -> Fraction:
        """Return its exact value at levels; raise `InputError` S004 if that is not rational."""
        if self.affine is not None:
            slopes, constant = self.affine
            return sum((a * u for a, u in zip(slopes, point, strict=True)), constant)
        value: Any = evaluate(self.expression, dict(zip(self.levels, point, strict=True)))
        if isinstance(value, Irrational):
            raise InputError("S004", "the value at these levels is not a rational number")
        return Fraction(value)

    @property
    def constant(self) -> bool:
        """Whether no level moves it."""
        return self.affine is not None and not any(self.affine[0])


@dataclass(frozen=True)
class LevelFunctions:
    """A game whose levels are free, all other parameters having values.

    Attributes
    ----------
    game : Game
        With the instruments in force.
    levels : tuple of str
    values : mapping of parameter to Fraction
        Of all parameters but the levels.
    """

    game: Game
    levels: tuple[str, ...]
    values: Mapping[str, Fraction]

    @cached_property
    def _value_expressions(self) -> dict[str, Expression]:
        return {name: Number(value) for name, value in self.values.items()}

    @cached_property
    def _ring(self) -> Ring:
        shares = [name for p in self.game.populations for name in p.free_shares]
        return Ring([*self.levels, *shares])

    @property
    def rounded(self) -> bool:
        """Whether a rational stands for an irrational constant that it is only close to."""
        return self._ring.rounded or self._levels_ring.rounded

    @cached_property
    def payoffs(self) -> tuple[tuple[Expression, ...], ...]:
        """What strategies expect to earn, in shares and levels."""
        idle = {name: self.game.parameters[name].value or Fraction(0) for name in self.levels}
        rows = strategy_payoffs(self.game, {**self.values, **idle})
        return tuple(
            tuple(folded(substitute(expand(self.game, payoff), self._value_expressions)) for payoff in row)
            for row in rows
        )

    @cached_property
    def _ratios(self) -> dict[tuple[int, int], Ratio | None]:
        written_out = last_shares(self.game, self._ring)
        result: dict[tuple[int, int], Ratio | None] = {}
        for i, row in enumerate(self.payoffs):
            for a, payoff in enumerate(row):
                try:
                    result[i, a] = self._ring.read(payoff, written_out)
                except ComesLater:  # no rational function
                    result[i, a] = None
        return result

    def gain(self, deviation: PopulationDeviation) -> LevelFunction:
        """Return what a population earns by staying, above what it would earn by leaving."""
        i = deviation.population
        return self.gain_between(deviation.profile, i, deviation.profile[i], deviation.strategy)

    def gain_between(self, profile: Profile, population: int, strategy: int, other: int) -> LevelFunction:
        """Return what a population earns by one strategy above another where all play a profile."""
        corner = self.corner(profile)
        one, two = self._ratios[population, strategy], self._ratios[population, other]
        numbers: dict[str, Expression] = {name: Number(value) for name, value in corner.items()}
        difference = substitute(
            subtract(self.payoffs[population][strategy], self.payoffs[population][other]), numbers
        )
        if one is None or two is None:
            return self._function(difference)
        function = self._of_ratio(_substitute_shares(one - two, corner))
        if function.affine is not None or isinstance(self.game.form, ReplicatorForm):
            return function
        # As it was written it names each level less often, so that what encloses it is narrower.
        return LevelFunction(folded(difference), self.levels, None)

    def advantage_at(
        self, state: Mapping[str, Fraction], population: int, strategy: int, other: int
    ) -> LevelFunction:
        """Return what a population earns by one strategy above another at a state."""
        difference = subtract(self.payoffs[population][strategy], self.payoffs[population][other])
        return self._function(substitute(difference, {name: Number(v) for name, v in state.items()}))

    @property
    def affine_advantage(self) -> bool:
        """Whether one population of two strategies gains what is affine in its share, whatever the levels."""
        if self.game.space.sizes != (2,) or isinstance(self.game.form, ReplicatorForm):
            return False
        if isinstance(self.game.form, SelfMatrix):
            return True  # it holds no shares, whatever it says of levels
        one, two = self._ratios[0, 0], self._ratios[0, 1]
        if one is None or two is None:
            return False
        difference = one - two
        k = len(self.levels)  # the free share comes after the levels
        above, below = (
            max((int(powers[k]) for powers in part.to_dict()), default=0)
            for part in (difference.numerator, difference.denominator)
        )
        return above <= 1 and not below

    def deviations(self, profile: Profile) -> Iterator[PopulationDeviation]:
        """Yield every way in which one population can leave a pure state."""
        for i, size in enumerate(self.game.space.sizes):
            for b in range(size):
                if b != profile[i]:
                    yield PopulationDeviation(profile, i, b)

    def costs(self, state: Mapping[str, Fraction]) -> dict[str, LevelFunction]:
        """Return the payment of each payer per unit of time at a state; payers without data are absent."""
        shares = {name: Number(value) for name, value in state.items()}
        result = {}
        for payer, cost in cost_of(self.game, self.levels).items():
            try:
                result[payer] = self._function(substitute(substitute(cost, shares), self._value_expressions))
            except InputError as fault:  # it divides by zero at every level
                if fault.where is None:
                    fault.where = place_of(self.game, say("the cost at the target"), cost)
                raise
        return result

    def emissions(self, state: Mapping[str, Fraction]) -> LevelFunction | None:
        """Return the emissions per unit of time at a state; None if the game has no emissions."""
        if self.game.emissions is None:
            return None
        shares: dict[str, Expression] = {name: Number(value) for name, value in state.items()}
        told = substitute(expand(self.game, self.game.emissions), shares)
        return self._function(substitute(told, self._value_expressions))

    def payoff(self, profile: Profile, population: int) -> LevelFunction:
        """Return what a population earns in a pure state."""
        corner = self.corner(profile)
        ratio = self._ratios[population, profile[population]]
        if ratio is not None:
            return self._of_ratio(_substitute_shares(ratio, corner))
        payoff = self.payoffs[population][profile[population]]
        return self._function(substitute(payoff, {k: Number(v) for k, v in corner.items()}))

    def corner(self, profile: Profile) -> dict[str, Fraction]:
        """Return all shares at a pure state."""
        state = self.game.space.corner(profile)
        return dict(zip(self.game.shares, map(Fraction, state), strict=True))

    def _function(self, expression: Expression) -> LevelFunction:
        """Return an expression in levels, affine where it is."""
        written = folded(expression)
        try:
            function = self._of_ratio(self._levels_ring.read(written))
        except ComesLater:
            return LevelFunction(written, self.levels, None)
        return function if function.affine is not None else LevelFunction(written, self.levels, None)

    @cached_property
    def _levels_ring(self) -> Ring:
        return Ring(self.levels)

    def _of_ratio(self, ratio: Ratio) -> LevelFunction:
        n = len(self.levels)
        affine = None
        if ratio.denominator.is_constant():
            below = ratio.denominator.leading_coefficient()
            slopes, constant = [Fraction(0)] * n, Fraction(0)
            for exponents, value in ratio.numerator.to_dict().items():
                number = Fraction(int(value.p), int(value.q)) / Fraction(int(below.p), int(below.q))
                powers = [int(e) for e in exponents]
                if sum(powers) == 0:
                    constant = number
                elif sum(powers) == 1:
                    slopes[powers.index(1)] = number
                else:
                    break
            else:
                affine = (tuple(slopes), constant)
        return LevelFunction(ratio.expression(), self.levels, affine)


def _substitute_shares(ratio: Ratio, corner: Mapping[str, Fraction]) -> Ratio:
    """Return a quotient with numbers in place of the shares."""
    ring = ratio.ring
    axes = [
        ring.one * rational(corner[name]) if name in corner else ring.variable(name).numerator
        for name in ring.names
    ]
    below = ratio.denominator.compose(*axes)
    if not below:
        raise InputError("S003", "division by zero: a payoff has no value at a pure state")
    return ring.ratio(ratio.numerator.compose(*axes), below)


def level_functions(
    game: Game,
    instruments: Sequence[str] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
) -> LevelFunctions:
    """Return a game as functions of the levels of its instruments.

    Parameters
    ----------
    game : Game
    instruments : sequence of str, optional
        Whose levels are free; by default all.  The others stay idle.
    values, scenario
        As in `separatrix.analyze`.

    Raises
    ------
    InputError
        V304 for a parameter without a value.
    NameProblem
        V308 for an unknown instrument.

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
    >>> level_functions(game).gain(PopulationDeviation((0,), 0, 1)).affine
    ((Fraction(3, 1),), Fraction(-1, 1))
    """
    names = tuple(game.instruments) if instruments is None else tuple(instruments)
    acting = with_instruments(game, names)
    levels = tuple(name for name in acting.in_force if name in names)
    found = resolve(acting, values, scenario)
    others = {name: value for name, value in found.items() if name not in levels}
    lacking = missing(others)
    if lacking:
        raise no_value_for(lacking)
    return LevelFunctions(acting, levels, {n: v for n, v in others.items() if v is not None})
