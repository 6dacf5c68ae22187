"""Chains of finite populations: from each state the few that one update leads to, and how likely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.population.finite.encounters import Encounters
from separatrix.population.finite.exploration import MutantStrategies
from separatrix.population.finite.lattice import CompositionLattice
from separatrix.population.finite.processes import SelectionStrength
from separatrix.run.cached_property import cached_property

__all__ = ["FiniteChain", "Move", "finite_chain", "spread_at"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

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
