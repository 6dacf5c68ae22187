"""The moves between the states of an invasion in floating-point numbers, with a bound of their rounding.

Fitness is a product (exponential) or a sum (linear) of numbers that are each rounded once from exact ones,
and probabilities are made of it without a subtraction; so each has a relative error that is bounded by the
number of operations (Higham, N. J. (2002), Accuracy and Stability of Numerical Algorithms, section 3.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.expression.precision import DOUBLE, precision
from separatrix.population.exact_graphs.graph_processes import Pair, Replacement, replacement_of
from separatrix.population.exact_graphs.invasion import Invasion, no_fitness
from separatrix.run.deadline import poll

__all__ = ["UNIT", "JumpChain", "jump_chain"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

UNIT = 2.0**-53
"""The largest relative error of one operation."""

CHUNK = 2**15
"""States whose transitions are computed at once: arrays that fit a cache."""

LARGEST_EXPONENT = 500
"""Of a fitness; products of fitness and weights stay well within floats."""


@dataclass(frozen=True)
class JumpChain:
    """Where an invasion moves from each state when it does, in compressed sparse rows.

    Attributes
    ----------
    indptr, targets : ndarray
        The moves from state i lead to ``targets[indptr[i]:indptr[i + 1]]``.
    chances : ndarray
        With these probabilities, given that something changes.
    waiting : ndarray, shape (M,)
        Expected updates until something changes; 0 where nothing ever does.
    error : float
        A bound of the relative error of all chances and of waiting.
    """

    indptr: Integers
    targets: NDArray[np.int32]
    chances: Array
    waiting: Array
    error: float


def jump_chain(invasion: Invasion) -> JumpChain:
    """Return the moves of an invasion.

    Raises
    ------
    InputError
        N305 for a fitness that is not positive; N306 for one that floats do not hold.
    """
    count = invasion.states.count
    tables = _exponential_tables(invasion) if invasion.fitness == "exponential" else _linear_tables(invasion)
    replacement = replacement_of(invasion.graph, float)
    lengths, targets, chances, waiting = [], [], [], []
    cancelled = 1.0
    for begin in range(0, count, CHUNK):
        poll()
        mutants = invasion.states.mutants[begin : begin + CHUNK]
        counts = [(size - m, m) for size, m in zip(invasion.graph.sizes, mutants.T, strict=True)]
        if invasion.fitness == "exponential":
            fit: list[Pair] = [(_product(own[0], mutants), _product(own[1], mutants)) for own in tables]
        else:
            fit, lost = _sums(tables, mutants)
            cancelled = max(cancelled, lost)
        to, probability = _moves(invasion, replacement, mutants, counts, fit)
        total = probability.sum(1)
        moves = probability > 0
        lengths.append(moves.sum(1))
        targets.append(to[moves].astype(np.int32))
        with np.errstate(divide="ignore"):
            waiting.append(np.where(total > 0, 1 / total, 0.0))
        chances.append((probability * waiting[-1][:, None])[moves])
    classes = len(invasion.graph.sizes)
    # At most 18 C + 9 roundings a probability, as many again and 2 C for their sum, and a quotient of both.
    return JumpChain(
        np.concatenate([[0], np.cumsum(np.concatenate(lengths))]),
        np.concatenate(targets),
        np.concatenate(chances),
        np.concatenate(waiting),
        40 * (classes + 1) * UNIT * cancelled,
    )


def _moves(
    invasion: Invasion,
    replacement: Replacement,
    mutants: Integers,
    counts: Sequence[Pair],
    fit: Sequence[Pair],
) -> tuple[Integers, Array]:
    """Return where one update may lead from some states, (n, 2C), and its probabilities."""
    states = invasion.states
    key = mutants @ states.strides
    to = np.zeros((len(mutants), 2 * len(counts)), np.int64)
    probability = np.zeros(to.shape)
    for c, pair in enumerate(invasion.process.flips(replacement, counts, fit)):
        for focal, sign in ((0, 1), (1, -1)):
            there = counts[c][focal] > 0
            column = 2 * c + focal
            probability[:, column] = np.where(there, pair[focal], 0.0)
            to[there, column] = states.orbit[key[there] + sign * states.strides[c]]
    return to, probability


# --------------------------------------------------------------------------- fitness

Table = list[tuple[int, Array]]
"""For each class that is met, a number by how many mutants there are."""


def _exponential_tables(invasion: Invasion) -> list[tuple[Table, Table]]:
    """Return for each class and each strategy the factors of its fitness."""
    for c in range(len(invasion.graph.sizes)):
        for focal in (0, 1):
            most = sum(max(map(abs, terms)) for _, terms in _terms(invasion, c, focal))
            if most > LARGEST_EXPONENT:
                raise InputError(
                    "N306",
                    f"fitness is exp(beta payoff), and beta payoff may be {float(most):.6g}; on a graph with "
                    f"so many states numbers are floats, and {LARGEST_EXPONENT} is the most",
                    hint="choose a smaller beta, or a graph with fewer states",
                )
    with precision(2 * DOUBLE):
        return [
            (
                [(d, np.array([float(arb(rational(t)).exp().mid()) for t in terms])) for d, terms in own],
                [(d, np.array([float(arb(rational(t)).exp().mid()) for t in terms])) for d, terms in other],
            )
            for own, other in _payoff_terms_by_class(invasion)
        ]


def _linear_tables(invasion: Invasion) -> list[tuple[Table, Table]]:
    """Return for each class and each strategy the terms of its fitness but 1."""
    return [
        (
            [(d, np.array([float(t) for t in terms])) for d, terms in own],
            [(d, np.array([float(t) for t in terms])) for d, terms in other],
        )
        for own, other in _payoff_terms_by_class(invasion)
    ]


Terms = list[tuple[int, list[Fraction]]]


def _payoff_terms_by_class(invasion: Invasion) -> Iterator[tuple[Terms, Terms]]:
    for c in range(len(invasion.graph.sizes)):
        yield list(_terms(invasion, c, 0)), list(_terms(invasion, c, 1))


def _terms(invasion: Invasion, c: int, focal: int) -> Iterator[tuple[int, list[Fraction]]]:
    """Return beta times what a member of class c earns from each class it meets, by the mutants there."""
    earned = invasion.matrix[focal]
    for d, weight in invasion.met[c]:
        size = invasion.graph.sizes[d]
        terms = []
        for mutants in range(size + 1):
            there = [size - mutants, mutants]
            there[focal] -= c == d and there[focal] > 0
            terms.append(invasion.beta * weight * (there[0] * earned[0] + there[1] * earned[1]))
        yield d, terms


def _product(table: Table, mutants: Integers) -> Array:
    result = np.ones(len(mutants))
    for d, factors in table:
        result *= factors[mutants[:, d]]
    return result


def _sums(tables: Sequence[tuple[Table, Table]], mutants: Integers) -> tuple[list[Pair], float]:
    """Return fitness, and by how much more it is rounded than a sum of positive terms would be."""
    fit: list[Pair] = []
    lost = 1.0
    for own in tables:
        pair = []
        for table in own:
            value, size = np.ones(len(mutants)), np.ones(len(mutants))
            for d, terms in table:
                term = terms[mutants[:, d]]
                value += term
                size += np.abs(term)
            if value.min() <= 0:
                raise no_fitness(float(value.min()))
            lost = max(lost, float((size / value).max()))
            pair.append(value)
        fit.append(pair)
    return fit, lost
