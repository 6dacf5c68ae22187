"""Mutants of one strategy among residents of another on a graph: payoffs, fitness and the question.

The payoff of i is the sum over j of w(j -> i) times what it earns when it meets j (accumulated), or that
divided by the sum of w(j -> i) (averaged; an isolated node earns 0). Fitness is exp(beta payoff), or 1 +
beta payoff.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.population.exact_graphs.certified_number import CertifiedNumber
from separatrix.population.exact_graphs.graph_processes import GraphProcess, Pair
from separatrix.population.exact_graphs.lumped_states import LumpedStates
from separatrix.population.exact_graphs.symmetry import TwinClasses
from separatrix.run.cached_property import cached_property

__all__ = ["Absorption", "Fitness", "Invasion", "Normalisation", "no_fitness", "reaching"]

Fitness = Literal["exponential", "linear"]
Normalisation = Literal["accumulated", "averaged"]
Integers = NDArray[np.int64]
Matrix = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Invasion:
    """Mutants among residents on a graph.

    Attributes
    ----------
    graph : TwinClasses
    states : LumpedStates
    matrix : two rows of two Fractions
        What residents (0) and mutants (1) earn when they meet residents and mutants.
    process : GraphProcess
    payoffs : str
        Whether payoffs are accumulated or averaged over encounters.
    fitness : str
        Whether fitness is an exponential or a linear function of payoffs.
    beta : Fraction
        The intensity of selection.
    """

    graph: TwinClasses
    states: LumpedStates
    matrix: Matrix
    process: GraphProcess
    payoffs: Normalisation
    fitness: Fitness
    beta: Fraction

    @property
    def neutral(self) -> bool:
        """Whether all fitness is the same, so that chance alone decides.

        Averages of one payoff are that payoff at every node with a neighbour; linear fitness is exact in
        any case, and its sign has to be checked.
        """
        entries = {entry for row in self.matrix for entry in row}
        if self.beta == 0 or entries == {0}:
            return True
        alike = len(entries) == 1 and self.payoffs == "averaged" and self.fitness == "exponential"
        return alike and all(self.met)

    @cached_property
    def met(self) -> tuple[tuple[tuple[int, Fraction], ...], ...]:
        """For each class the classes that a member meets, and how much each encounter counts."""
        sizes, rows = self.graph.sizes, []
        for c, row in enumerate(self.graph.interaction):
            pairs = [(d, weight) for d, weight in enumerate(row) if weight and sizes[d] > (c == d)]
            total = sum((weight * (sizes[d] - (c == d)) for d, weight in pairs), Fraction(0))
            share = total if self.payoffs == "averaged" else Fraction(1)
            rows.append(tuple((d, weight / share) for d, weight in pairs))
        return tuple(rows)

    def counts(self, state: int) -> list[Pair]:
        """Return the residents and mutants of each class in a state."""
        return [
            (size - mutants, mutants)
            for size, mutants in zip(self.graph.sizes, self.states.mutants[state].tolist(), strict=True)
        ]

    def encounters(self, counts: Sequence[Pair], c: int, focal: int) -> tuple[Fraction, Fraction]:
        """Return how much a member of class c with its strategy meets residents, and mutants."""
        met = [Fraction(0), Fraction(0)]
        for d, weight in self.met[c]:
            for strategy, number in enumerate(counts[d]):
                met[strategy] += weight * (number - (number > 0 and (c, focal) == (d, strategy)))
        return met[0], met[1]

    def payoff(self, counts: Sequence[Pair], c: int, focal: int) -> Fraction:
        """Return the payoff of a member of class c with its strategy; 0 if no one there plays it."""
        met = self.encounters(counts, c, focal)
        return sum((m * earned for m, earned in zip(met, self.matrix[focal], strict=True)), Fraction(0))

    def moves(self, state: int, flips: Sequence[tuple[Any, Any]]) -> list[tuple[int, Any]]:
        """Return the states that one update may lead to, with its probabilities; nothing stays."""
        key = int(self.states.mutants[state] @ self.states.strides)
        return [
            (int(self.states.orbit[key + sign * stride]), probability)
            for stride, pair, counts in zip(
                self.states.strides.tolist(), flips, self.counts(state), strict=True
            )
            for sign, probability, number in zip((1, -1), pair, counts, strict=True)
            if number
        ]


@dataclass(frozen=True)
class Absorption:
    """What becomes of mutants, from every state.

    Attributes
    ----------
    method : str
        ``rational``, ``balls`` or ``iterative``.
    probability : sequence of CertifiedNumber
        Of fixation, from each given state.
    fixing : sequence of CertifiedNumber or None
        Updates until fixation, given that it happens; None where it never does.
    deciding : sequence of CertifiedNumber or None
        Updates until one strategy has taken over; None where that may never be.
    """

    method: Literal["rational", "balls", "iterative"]
    probability: Sequence[CertifiedNumber]
    fixing: Sequence[CertifiedNumber | None]
    deciding: Sequence[CertifiedNumber | None]


def no_fitness(low: float) -> InputError:
    """Return the error of a fitness that is not positive."""
    return InputError(
        "N305",
        f"the fitness 1 + beta payoff is {low:.6g} in some state; fitness is positive",
        hint="choose a smaller beta, or exponential fitness",
    )


def reaching(
    moves: tuple[Integers, Integers], goals: Sequence[int] | Integers, count: int
) -> NDArray[np.bool_]:
    """Return from which of `count` states one of some goals can be reached; moves are sources and targets."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    sources, targets = moves
    rows = np.concatenate([targets, np.full(len(goals), count)])
    columns = np.concatenate([sources, np.asarray(goals, np.int64)])
    backwards = csr_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count + 1, count + 1))
    found = np.zeros(count + 1, bool)
    found[breadth_first_order(backwards, count, return_predecessors=False)] = True
    return found[:count]
