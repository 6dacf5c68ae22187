"""Chains of finite populations: from each state the few that one update leads to, and how likely.

Which strategies players try who do not copy: mutation and exploration, as chances from each to each other.

People explore much more than models of rare mutation assume: Traulsen, A., Semmann, D., Sommerfeld, R. D.,
Krambeck, H.-J. and Milinski, M. (2010), Human strategy updating in evolutionary games, PNAS 107, 2962-2966.

The states of finite populations: how many play each strategy, numbered in the order of the alphabet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.game.values import exact
from separatrix.io.yaml_output import without_arrays
from separatrix.population.finite.encounters import Encounters
from separatrix.population.finite.processes import SelectionStrength
from separatrix.run.cached_property import cached_property

__all__ = [
    "CompositionLattice",
    "FiniteChain",
    "Move",
    "MutantStrategies",
    "compositions",
    "exploration_of",
    "finite_chain",
    "mutation_rate",
    "spread_at",
]


@dataclass(frozen=True)
class MutantStrategies:
    """Which strategies are tried.

    Attributes
    ----------
    chances : for each population rows of Fraction
        The probability that an explorer of the strategy (row) takes up each other one; rows add up to 1.
    """

    chances: tuple[tuple[tuple[Fraction, ...], ...], ...]

    def chance(self, population: int, own: int, other: int) -> Fraction:
        """Return the probability that an explorer takes up `other`."""
        return self.chances[population][own][other]

    def matrix(self, population: int) -> NDArray[np.float64]:
        """Return the chances of one population as an array (k, k)."""
        return np.array(self.chances[population], dtype=np.float64)

    def to_dict(self, game: Game) -> dict[str, Any]:
        """Return the chances as plain data, by population."""
        return {
            p.name: [[float(chance) for chance in row] for row in rows]
            for p, rows in zip(game.populations, self.chances, strict=True)
        }


def exploration_of(game: Game, given: object = None) -> MutantStrategies:
    """Return which strategies are tried.

    Parameters
    ----------
    game : Game
    given : mapping or matrix, optional
        Weights by strategy, or a matrix; in a game of several populations a mapping from their names to
        these.

    Raises
    ------
    InputError
        N208 for what gives no chances: negative numbers, a row of zeros, a matrix of another shape.
    NameProblem
        N203 for an unknown strategy or population.

    Examples
    --------
    >>> from separatrix import Game
    >>> from fractions import Fraction
    >>> game = Game.from_matrices([[1, 1, 1]] * 3, strategies=["a", "b", "c"])
    >>> exploration_of(game).chance(0, 0, 1), exploration_of(game, {"a": 3, "b": 1, "c": 0}).chance(0, 2, 0)
    (Fraction(1, 2), Fraction(3, 4))
    """
    populations = game.populations
    own: list[object] = [None] * len(populations)
    names = [p.name for p in populations]
    if len(populations) == 1:
        own = [given]
    elif isinstance(given, Mapping):
        for name, part in given.items():
            if str(name) not in names:
                close = nearest(str(name), names)
                raise NameProblem(
                    "N203",
                    f"no population `{name}`; the game has: {', '.join(names)}",
                    hint=f"did you mean `{close}`?" if close else None,
                )
            own[names.index(str(name))] = part
    elif given is not None:
        raise InputError("N208", "for several populations, give exploration by the names of the populations")
    return MutantStrategies(tuple(_chances(p, part) for p, part in zip(populations, own, strict=True)))


def _chances(population: Population, given: object) -> tuple[tuple[Fraction, ...], ...]:
    k = len(population.strategies)
    if given is None:
        return tuple(tuple(Fraction(int(a != b), max(k - 1, 1)) for b in range(k)) for a in range(k))
    if isinstance(given, Mapping):
        names = [s.name for s in population.strategies]
        ids = [s.id for s in population.strategies]
        weights = [Fraction(0)] * k
        for name, weight in given.items():
            keys = names if str(name) in names else ids
            if str(name) not in keys:
                raise NameProblem(
                    "N203", f"{population.name} has no strategy `{name}`; it has: {', '.join(names)}"
                )
            weights[keys.index(str(name))] = exact(weight, f"the weight of {name}")
        rows: list[list[Fraction]] = [list(weights) for _ in range(k)]
    else:
        plain = without_arrays(given)
        fits = isinstance(plain, Sequence) and len(plain) == k
        if not fits or not all(isinstance(row, Sequence) and len(row) == k for row in plain):
            raise InputError(
                "N208",
                f"the exploration of {population.name} is not a table of {k} rows of {k} numbers",
                hint="give weights by strategy, as in {'cooperate': 2, 'defect': 1}, or a matrix",
            )
        rows = [[exact(value, "a weight of exploration") for value in row] for row in plain]
    for a, row in enumerate(rows):
        row[a] = Fraction(0)
        if min(row) < 0 or (k > 1 and not sum(row)):
            raise InputError(
                "N208",
                f"who plays `{population.strategies[a].name}` explores nothing, or with negative weights",
                hint="give weights of 0 or more, at least one above 0 for another strategy",
            )
    return tuple(tuple(value / (sum(row) or 1) for value in row) for row in rows)


def mutation_rate(given: object) -> float:
    """Return the probability that an update explores; raise N208 if it is not between 0 and 1."""
    try:
        rate = float(exact(given, "mu"))
    except (InputError, OverflowError):
        rate = -1.0
    if not 0 <= rate <= 1:
        raise InputError(
            "N208", f"mu, the probability that an update explores, is {given}; expected a number from 0 to 1"
        )
    return rate


Counts = NDArray[np.int64]


def compositions(size: int, strategies: int) -> Counts:
    """Return every way in which so many players can play so many strategies, an array (n, k).

    Examples
    --------
    >>> compositions(2, 2).tolist()
    [[0, 2], [1, 1], [2, 0]]
    """
    left, columns = np.array([size]), list[Counts]()
    for _ in range(strategies - 1):
        branches = left + 1
        starts = np.cumsum(branches) - branches
        own = np.arange(branches.sum()) - np.repeat(starts, branches)
        columns = [np.repeat(column, branches) for column in columns]
        left = np.repeat(left, branches) - own
        columns.append(own)
    return np.stack([*columns, left], axis=1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class CompositionLattice:
    """The states of populations with so many members and so many strategies.

    Attributes
    ----------
    sizes, strategies : for each population an int
    """

    sizes: tuple[int, ...]
    strategies: tuple[int, ...]

    @property
    def state_counts(self) -> tuple[int, ...]:
        """The number of states of each population alone."""
        return tuple(
            math.comb(size + k - 1, k - 1) for size, k in zip(self.sizes, self.strategies, strict=True)
        )

    @property
    def count(self) -> int:
        """The number of states."""
        return math.prod(self.state_counts)

    @cached_property
    def counts(self) -> tuple[Counts, ...]:
        """How many play each strategy, for each population an array (n, k)."""
        result = []
        every, outer = self.state_counts, 1
        for p, (size, k) in enumerate(zip(self.sizes, self.strategies, strict=True)):
            inner = math.prod(every[p + 1 :])
            result.append(np.tile(np.repeat(compositions(size, k), inner, axis=0), (outer, 1)))
            outer *= every[p]
        return tuple(result)

    def number(self, counts: Sequence[Counts]) -> Counts:
        """Return the numbers of states.

        Examples
        --------
        >>> lattice = CompositionLattice((2, 1), (3, 2))
        >>> lattice.number(lattice.counts).tolist() == list(range(lattice.count))
        True
        """
        total = np.zeros(len(counts[0]), dtype=np.int64)
        for size, k, own, number in zip(self.sizes, self.strategies, counts, self.state_counts, strict=True):
            total = total * number + _rank(own, size, k)
        return total

    def corner(self, profile: Sequence[int]) -> int:
        """Return the number of the state where all of each population play one strategy."""
        counts = []
        for size, k, played in zip(self.sizes, self.strategies, profile, strict=True):
            own = np.zeros((1, k), dtype=np.int64)
            own[0, played] = size
            counts.append(own)
        return int(self.number(counts)[0])

    def layers(self) -> tuple[Counts, Counts]:
        """Return the numbers of all states, layer by layer, and where each layer begins and the last ends.

        A step changes how many play the first strategy of one population by one at most, so that layers of
        equal such numbers are linked to their neighbours alone; the population with the smallest layers is
        taken.
        """
        choices = []
        for own in self.counts:
            held = np.bincount(own[:, 0])
            choices.append((int(held.max()), own[:, 0], held))
        _, layer, held = min(choices, key=lambda choice: choice[0])
        return np.argsort(layer, kind="stable"), np.concatenate([[0], np.cumsum(held)])


def _rank(own: Counts, size: int, k: int) -> Counts:
    """Return the place of compositions: those with a smaller first number, then of the rest."""
    rank = np.zeros(len(own), dtype=np.int64)
    left = np.full(len(own), size, dtype=np.int64)
    for parts in range(k, 1, -1):
        ways = np.array([math.comb(r + parts - 1, parts - 1) for r in range(size + 1)], dtype=np.int64)
        taken = own[:, k - parts]
        rank += ways[left] - ways[left - taken]
        left = left - taken
    return rank


Array = NDArray[np.float64]


MOST_STATES = 5_000_000
"""States of a chain, which are listed with their moves."""


@dataclass(frozen=True, eq=False)
class Move:
    """One player of a population gives up a strategy for another.

    Attributes
    ----------
    population, given_up, taken_up : int
    source, target : (m,) arrays
        The states where the change is possible, and those that it leads to, as numbers.
    probability : (m,) array
        That an update does it.
    """

    population: int
    given_up: int
    taken_up: int
    source: Counts
    target: Counts
    probability: Array


@dataclass(frozen=True, eq=False)
class FiniteChain:
    """The chain of a finite population.

    Attributes
    ----------
    met : Encounters
    selection : SelectionStrength
    explored : MutantStrategies
        Which strategies explorers take up.
    mu : float
        The probability that an update explores.
    """

    met: Encounters
    selection: SelectionStrength
    explored: MutantStrategies
    mu: float

    @cached_property
    def lattice(self) -> CompositionLattice:
        """Its states."""
        return CompositionLattice(self.met.sizes, self.met.strategies)

    @cached_property
    def spread(self) -> tuple[Array, ...]:
        """The probability that a player of one strategy takes up another, for each population (n, k, k)."""
        return spread_at(self.met, self.selection, self.explored, self.mu, self.lattice.counts)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every move, with its probability in each state where it can be made."""
        return tuple(self._moves())

    def _moves(self) -> Iterator[Move]:
        counts = self.lattice.counts
        own = self.lattice.state_counts
        for p, (k, probability) in enumerate(zip(self.met.strategies, self.spread, strict=True)):
            inner = int(np.prod(own[p + 1 :], dtype=np.int64))
            single = CompositionLattice((self.met.sizes[p],), (k,))
            states = single.counts[0]
            for i in range(k):
                source = np.flatnonzero(counts[p][:, i])
                for j in range(k):
                    if i == j:
                        continue
                    able = states[:, i] > 0
                    step = np.zeros(len(states), dtype=np.int64)
                    after = states[able].copy()
                    after[:, i] -= 1
                    after[:, j] += 1
                    step[able] = single.number([after]) - np.flatnonzero(able)
                    place = source // inner % own[p]
                    yield Move(p, i, j, source, source + step[place] * inner, probability[source, i, j])


def spread_at(
    met: Encounters,
    chosen: SelectionStrength,
    explored: MutantStrategies,
    mu: float,
    counts: tuple[Counts, ...],
) -> tuple[Array, ...]:
    """Return the probability that an update makes a player of one strategy take up another.

    Parameters
    ----------
    met, chosen, explored, mu
        As in `FiniteChain`.
    counts : for each population an (n, k) array
        How many play each strategy.

    Returns
    -------
    for each population an (n, k, k) array
        From the second index to the third; with several populations the one that is updated is drawn in
        proportion to its size times its speed.
    """
    payoffs = met.payoffs(counts)
    result = []
    for p, (own, earned, size) in enumerate(zip(counts, payoffs, met.sizes, strict=True)):
        there = own > 0
        copied = chosen.process.spread(
            own.astype(np.float64), chosen.log_fitness(earned, there), met.self_meeting
        )
        tried = explored.matrix(p)
        if chosen.process.weighs:  # what is passed on may change
            changed = copied @ tried
        else:  # a player tries something instead of looking at another one
            changed = own[:, :, None] / size * tried
        result.append(((1 - mu) * copied + mu * changed) * met.paces[p])
    return tuple(result)


def finite_chain(
    met: Encounters, chosen: SelectionStrength, explored: MutantStrategies, mu: float
) -> FiniteChain:
    """Return the chain; raise N210 for more states than can be listed, and N207 without a finite beta."""
    chain = FiniteChain(met, chosen, explored, mu)
    if chain.lattice.count > MOST_STATES:
        raise InputError(
            "N210",
            f"{chain.lattice.count:,} states; {MOST_STATES:,} are listed",
            hint="take smaller populations, or let one play: `finite_path` lists no states",
        )
    if np.isinf(chosen.beta):
        raise InputError(
            "N207",
            "with infinitely strong selection some moves never happen",
            hint="give a finite beta, such as 100",
        )
    return chain
