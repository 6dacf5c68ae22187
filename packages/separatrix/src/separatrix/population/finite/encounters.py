"""What strategies earn in populations of a finite size: whom a player meets, exactly.

A player meets the other Z - 1 members of its own population, and all of each other population; a group is
drawn among the others without replacement.  Reference: Traulsen, A. and Hauert, C. (2009), Stochastic
evolutionary game dynamics, in Reviews of Nonlinear Dynamics and Complexity 2, 25-61.  Groups: Hauert, C.,
Traulsen, A., Brandt, H., Nowak, M. A. and Sigmund, K. (2007), Via freedom to coercion, Science 316, 1905.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import numbers, payoff_function, speeds_at
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.tree import Expression, number, substitute
from separatrix.game.fitness import group_size, strategy_payoffs
from separatrix.game.model import (
    Game,
    GroupForm,
    PairwiseForm,
    Population,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.values import evaluate_in, exact, expand, violated
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say

__all__ = ["Contest", "Encounters", "Profile", "encounters", "population_sizes", "whole_tables"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]
Profile = tuple[int, ...]
"""The strategy that all of each population play."""

LARGEST_POPULATION = 10**7
"""Members of one population. A birth-death chain has as many states, and each is a few numbers."""

FITS = 2**62
"""Below it whole numbers are added in machine words; above it, exactly too, but slower."""

EXACT_IN_FLOATS = 2**53
"""Whole numbers below it are floats."""


@dataclass(frozen=True)
class Contest:
    """What a mutant and a resident earn while k = 1 ... Z - 1 play as the mutant.

    As numerators over one denominator: whole numbers, so that sums over k are exact whatever cancels in them;
    floats over 1 where payoffs are functions of the shares.
    """

    mutant: NDArray[Any]
    resident: NDArray[Any]
    denominator: int

    def advantages(self) -> Array:
        """Return what the mutant earns more at each k."""
        return _quotients(self.mutant - self.resident, self.denominator)

    def summed_advantages(self, omitted: NDArray[np.bool_] | None = None) -> Array:
        """Return the sum over 1 ... k of what the mutant earns more, each rounded once."""
        more = self.mutant - self.resident
        if omitted is not None:
            more = np.where(omitted, 0, more)
        return _quotients(np.cumsum(more), self.denominator)

    def payoffs(self) -> tuple[Array, Array]:
        """Return what each earns at each k."""
        return _quotients(self.mutant, self.denominator), _quotients(self.resident, self.denominator)


def _quotients(numerators: NDArray[Any], denominator: int) -> Array:
    if numerators.dtype == object:
        return np.array([value / denominator for value in numerators.tolist()], dtype=np.float64)
    return numerators / float(denominator)


@dataclass(frozen=True, eq=False)
class Encounters:
    """A game at exact numbers, played in populations of a finite size.

    Attributes
    ----------
    game : Game
    known : mapping of parameter or shorthand to its exact value
    sizes : tuple of int
        Members of each population.
    self_meeting : bool
        Whether a player may meet itself, as the opponent and as the one it copies: then encounters are drawn
        with replacement.  Groups are always drawn among the others.
    """

    game: Game
    known: Mapping[str, Fraction]
    sizes: tuple[int, ...]
    self_meeting: bool = False

    def __getstate__(self) -> dict[str, Any]:
        kept = ("game", "known", "sizes", "self_meeting")
        return {name: self.__dict__[name] for name in kept}

    @property
    def strategies(self) -> tuple[int, ...]:
        """The number of strategies of each population."""
        return self.game.space.sizes

    @property
    def paces(self) -> tuple[float, ...]:
        """The part of all updates that falls on each population: its size times its speed, of their sum."""
        weights = [
            size * speed for size, speed in zip(self.sizes, speeds_at(self.game, self.known), strict=True)
        ]
        return tuple(weight / sum(weights) for weight in weights)

    @property
    def in_closed_form(self) -> bool:
        """Whether payoffs are exact numbers at every state; else they are functions of the shares."""
        return isinstance(self.game.form, SelfMatrix | PairwiseForm | ProfileTable | GroupForm)

    @property
    def warnings(self) -> tuple[Sentence, ...]:
        """What has to be said of the game at these numbers."""
        return tuple(
            say("the assumption `{assumption}` does not hold at these values", assumption=text)
            for text in violated(self.game, self.known)
        )

    @cached_property
    def _tables(self) -> Mapping[tuple[int, int], tuple[tuple[Fraction, ...], ...]]:
        """The matrices of encounters in pairs."""
        form = self.game.form
        if isinstance(form, SelfMatrix):
            given: Mapping[tuple[int, int], Sequence[Sequence[Expression]]] = {(0, 0): form.rows}
        elif isinstance(form, PairwiseForm):
            given = form.matrices
        else:
            given = {}
        return {
            (i, j): tuple(tuple(self._value(i, entry) for entry in row) for row in rows)
            for (i, j), rows in given.items()
        }

    def table(self, own: int, other: int) -> tuple[tuple[Fraction, ...], ...]:
        """Return what members of one population earn against those of another, of a game in pairs."""
        return self._tables[own, other]

    @cached_property
    def _group(self) -> tuple[int, tuple[tuple[Fraction, ...], ...]]:
        """The size of a group, and the payoffs by the number of first strategies among the others."""
        form = self.game.form
        if not isinstance(form, GroupForm):
            raise TypeError(f"{type(form).__name__} has no groups")
        size = group_size(self.game, form, self.known)
        if size > self.sizes[0]:
            raise InputError(
                "N202",
                f"groups of {size} cannot be drawn from a population of {self.sizes[0]}",
                hint=f"give --size {size} or more",
            )
        rows = (expand(self.game, payoff) for payoff in form.payoffs)
        return size, tuple(
            tuple(self._value(0, substitute(row, {form.COUNT: number(k)})) for k in range(size))
            for row in rows
        )

    def _value(self, population: int, entry: Expression) -> Fraction:
        told = f"a payoff of {self.game.populations[population].name}"
        return evaluate_in(self.game, told, entry, self.known)

    # ----------------------------------------------------------------------- exactly

    def exact_payoff(self, population: int, strategy: int, counts: Sequence[Sequence[int]]) -> Fraction:
        """Return what a member that plays `strategy` earns where `counts` play each strategy, it included."""
        form = self.game.form
        if isinstance(form, SelfMatrix | PairwiseForm):
            return sum(
                (
                    self._met(table[strategy], counts[j], strategy if j == population else None)
                    for (i, j), table in self._tables.items()
                    if i == population
                ),
                Fraction(0),
            )
        if isinstance(form, ProfileTable):
            return self._met_at_once(form, population, strategy, counts)
        if isinstance(form, GroupForm):
            first = counts[0][0] - (strategy == 0)
            return self._in_groups(strategy, first)
        shares: dict[str, Fraction] = {}
        for p, own, size in zip(self.game.populations, counts, self.sizes, strict=True):
            shares |= {name: Fraction(n, size) for name, n in zip(p.shares, own, strict=False)}
        row = self._formulas[population][strategy]
        told = f"a payoff of {self.game.populations[population].name}"
        return evaluate_in(self.game, told, row, {**self.known, **shares})

    @cached_property
    def _formulas(self) -> tuple[tuple[Expression, ...], ...]:
        return strategy_payoffs(self.game, self.known)

    def _met(self, row: Sequence[Fraction], counts: Sequence[int], own: int | None) -> Fraction:
        total = sum((n * value for n, value in zip(counts, row, strict=True)), Fraction(0))
        size = sum(counts)
        if own is not None and not self.self_meeting:
            total, size = total - row[own], size - 1
        return total / size

    def _met_at_once(
        self, form: ProfileTable, population: int, strategy: int, counts: Sequence[Sequence[int]]
    ) -> Fraction:
        others = [j for j in range(len(counts)) if j != population]
        total = Fraction(0)
        for met in itertools.product(*(range(len(counts[j])) for j in others)):
            chance = math.prod(counts[j][b] for j, b in zip(others, met, strict=True))
            if chance:
                profile = list(met)
                profile.insert(population, strategy)
                total += chance * self._value(population, form.pay[tuple(profile)][population])
        return total / math.prod(self.sizes[j] for j in others)

    def _in_groups(self, strategy: int, first: int) -> Fraction:
        """Return the mean over groups where `first` of the others play the first strategy."""
        size, pays = self._group
        others = self.sizes[0] - 1
        total = sum(
            (
                math.comb(first, k) * math.comb(others - first, size - 1 - k) * pay
                for k, pay in enumerate(pays[strategy])
            ),
            Fraction(0),
        )
        return total / math.comb(others, size - 1)

    def contest(self, population: int, mutant: int, resident: int, profile: Profile | None = None) -> Contest:
        """Return what a mutant and a resident of a population earn, all others playing `profile`."""
        size = self.sizes[population]
        if profile is None:
            profile = tuple(resident if i == population else 0 for i in range(len(self.sizes)))
        counts = [
            [size if a == played else 0 for a in range(k)]
            for k, played, size in zip(self.strategies, profile, self.sizes, strict=True)
        ]

        def earned(k: int) -> tuple[Fraction, Fraction]:
            own = [0] * self.strategies[population]
            own[mutant], own[resident] = k, size - k
            counts[population] = own
            return (
                self.exact_payoff(population, mutant, counts),
                self.exact_payoff(population, resident, counts),
            )

        if isinstance(self.game.form, SelfMatrix | PairwiseForm | ProfileTable):
            return _affine(earned(1), earned(2), size)  # payoffs are linear in k
        if not isinstance(self.game.form, GroupForm):
            return self._rounded_contest(population, mutant, resident, counts)
        at = [earned(k) for k in range(1, size)]
        denominator = math.lcm(*{value.denominator for pair in at for value in pair})
        mutants, residents = (
            np.array([int(pair[which] * denominator) for pair in at], dtype=object) for which in (0, 1)
        )
        return Contest(mutants, residents, denominator)

    def _rounded_contest(
        self, population: int, mutant: int, resident: int, counts: Sequence[Sequence[int]]
    ) -> Contest:
        size = self.sizes[population]
        states = [np.tile(np.array(own, dtype=np.int64), (size - 1, 1)) for own in counts]
        states[population][:] = 0
        states[population][:, mutant] = np.arange(1, size)
        states[population][:, resident] = size - np.arange(1, size)
        earned = self.payoffs(states)[population]
        return Contest(earned[:, mutant], earned[:, resident], 1)

    # ----------------------------------------------------------------------- on arrays of states

    def payoffs(self, counts: Sequence[Counts]) -> list[Array]:
        """Return what every strategy of every population earns, at many states.

        Parameters
        ----------
        counts : for each population an (n, k) array
            How many play each strategy.

        Returns
        -------
        for each population an (n, k) array; for an unplayed strategy, the payoff of an additional first
        player
        """
        form = self.game.form
        if isinstance(form, SelfMatrix | PairwiseForm):
            result = []
            for i, own in enumerate(counts):
                numerators, denominator = self._summed(i, counts)
                result.append(numerators / denominator if numerators.any() else np.zeros(own.shape))
            return result
        if isinstance(form, GroupForm):
            return [self._group_payoffs(counts[0])]
        shares = [own / size for own, size in zip(counts, self.sizes, strict=True)]
        with np.errstate(all="ignore"):  # formulas may have poles where nobody plays
            earned = payoff_function(self.game, self.known)(shares)
        for p, own, pays in zip(self.game.populations, counts, earned, strict=True):
            self._earned_is_finite(p, own, pays)
        return [np.where(np.isfinite(pays), pays, 0.0) for pays in earned]

    def _summed(self, own: int, counts: Sequence[Counts]) -> tuple[Array, float]:
        """Return sums of what strategies earn, (n, k), and what they have to be divided by.

        Sums of whole numbers below 2^53 are exact in floats: strategies that earn the same earn the same
        float, whatever the order in which payoffs are added.
        """
        others = {
            j: size - (j == own and not self.self_meeting)
            for j, size in enumerate(self.sizes)
            if (own, j) in self._tables
        }
        common = math.lcm(*others.values())
        total: Any = np.zeros(counts[own].shape)
        tables, denominator = whole_tables({j: self._tables[own, j] for j in others}, common)
        for j, met in others.items():
            summed = counts[j] @ tables[j].T
            if met != self.sizes[j]:
                summed = summed - np.diag(tables[j])
            total = total + summed * (common // met)
        return total, float(common) * denominator

    def _earned_is_finite(self, population: Population, counts: Counts, earned: Array) -> None:
        wrong = np.argwhere((counts > 0) & ~np.isfinite(earned))
        if len(wrong):
            state, strategy = wrong[0].tolist()
            held = ", ".join(
                f"{n} play {s.name}"
                for n, s in zip(counts[state].tolist(), population.strategies, strict=True)
            )
            raise InputError(
                "N202",
                f"what `{population.strategies[strategy].name}` earns has no value where {held}",
                hint="write payoffs that are defined at every state of the population",
            )

    def _group_payoffs(self, counts: Counts) -> Array:
        # What a strategy earns depends on nothing but how many others play the first one.
        size = self.sizes[0]
        result = np.empty(counts.shape)
        for a in range(counts.shape[1]):
            first = counts[:, 0] - (a == 0)
            table = np.array([float(self._in_groups(a, k)) for k in range(size)])
            result[:, a] = table[np.clip(first, 0, size - 1)]
        return result


def whole_tables(
    tables: Mapping[int, Sequence[Sequence[Fraction]]], counted: int
) -> tuple[dict[int, Array], float]:
    """Return payoffs as whole numbers in floats, and their common denominator.

    As they are, over 1, where sums over so many encounters of each table would not be exact in floats.
    """
    values = [value for rows in tables.values() for row in rows for value in row]
    denominator = math.lcm(*(value.denominator for value in values))
    if max(abs(value) for value in values) * denominator * counted * len(tables) >= EXACT_IN_FLOATS:
        denominator = 1
    return {
        j: np.array([[value * denominator for value in row] for row in rows], dtype=np.float64)
        for j, rows in tables.items()
    }, float(denominator)


def _affine(first: tuple[Fraction, Fraction], second: tuple[Fraction, Fraction], size: int) -> Contest:
    denominator = math.lcm(*(value.denominator for value in (*first, *second)))
    largest = max(abs(v) for pair in (first, second) for v in pair) * denominator * 4 * size
    small = largest * size < FITS
    k = np.arange(size - 1) if small else np.array(range(size - 1), dtype=object)
    columns = [
        int(one * denominator) + int((two - one) * denominator) * k
        for one, two in zip(first, second, strict=True)
    ]
    return Contest(columns[0], columns[1], denominator)


def encounters(
    game: Game,
    population_size: object,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    self_meeting: bool = False,
) -> Encounters:
    """Return a game at numbers, in populations of a finite size.

    Raises
    ------
    InputError
        N201 for a size that is none; N202 for a game without payoffs, or with groups that are larger than the
        population; V304 where a parameter has no value.
    NameProblem
        For an unknown parameter or scenario.

    Examples
    --------
    >>> from separatrix import Game
    >>> hawk_dove = Game.from_matrices([[-1, 4], [0, 2]], strategies=["hawk", "dove"])
    >>> encounters(hawk_dove, 20).exact_payoff(0, 0, [[1, 19]])
    Fraction(4, 1)
    """
    if isinstance(game.form, ReplicatorForm):
        raise InputError(
            "N202",
            "only equations are given, and a finite population needs payoffs",
            hint="give `payoffs`, `payoff_matrix` or `advantages` in the game file",
        )
    made = Encounters(
        game, numbers(game, values, scenario), population_sizes(game, population_size), self_meeting
    )
    if isinstance(game.form, GroupForm):
        made._group  # noqa: B018 (a group that is larger than the population is refused at once)
    return made


def population_sizes(game: Game, given: object) -> tuple[int, ...]:
    """Return the members of each population: one number for all, one each, or a mapping by name.

    Raises
    ------
    InputError
        N201 for a value that is not a whole number from 2 to 10,000,000, and for too few or too many numbers.
    NameProblem
        N203 for a population that the game does not have.

    Examples
    --------
    >>> from separatrix import load
    >>> population_sizes(load("shi-chen-2018"), 40), population_sizes(load("shi-chen-2018"), [40, 10])
    ((40, 40), (40, 10))
    """
    names = [p.name for p in game.populations]
    if isinstance(given, Mapping):
        by_name = {str(name): size for name, size in given.items()}
        for name in by_name:
            if name not in names:
                close = nearest(name, names)
                raise NameProblem(
                    "N203",
                    f"no population `{name}`; the game has: {', '.join(names)}",
                    hint=f"did you mean `{close}`?" if close else None,
                )
        lacking = [name for name in names if name not in by_name]
        if lacking:
            raise InputError("N201", f"no size for {', '.join(f'`{n}`' for n in lacking)}")
        parts: list[object] = [by_name[name] for name in names]
    elif isinstance(given, Iterable) and not isinstance(given, str):
        parts = list(given)
    else:
        parts = [given] * len(names)
    if len(parts) != len(names):
        raise InputError(
            "N201",
            f"{len(parts)} sizes for {len(names)} populations",
            hint=f"give one number for all, or one for each of {', '.join(names)}",
        )
    return tuple(_size(part, name) for part, name in zip(parts, names, strict=True))


def _size(given: object, name: str) -> int:
    try:
        exactly = exact(given, name)
    except InputError:
        exactly = Fraction(0)
    size = int(exactly)
    if size != exactly or not 2 <= size <= LARGEST_POPULATION:
        raise InputError(
            "N201",
            f"members of {name}: {given}; whole numbers from 2 to {LARGEST_POPULATION:,} are computed with",
            hint="as in --size 100",
        )
    return size
