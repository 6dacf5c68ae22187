"""Who takes over and when, exactly: rational arithmetic, or balls where fitness is exponential.

With Q the probabilities of moving between transient states and b those of fixing next, fixation
probabilities h solve (I - Q) h = b, unconditional times t solve (I - Q) t = 1, and the times c of those
that fix solve (I - Q)(h c) = h.  Reference: Hindersin, L., Möller, M., Traulsen, A. and Bauer, B. (2016),
Exact numerical calculation of fixation probability and time on graphs, BioSystems 150, 87-91.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Literal

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.expression.precision import precision
from separatrix.population.exact_graphs.certified_number import (
    CertifiedNumber,
    certified_ball,
    certified_rational,
)
from separatrix.population.exact_graphs.graph_processes import replacement_of
from separatrix.population.exact_graphs.invasion import Absorption, Invasion, no_fitness, reaching
from separatrix.run.deadline import poll

__all__ = ["exact_absorption"]

FIRST_BITS, MOST_BITS = 192, 6_144
"""Of balls. 192 bits leave some forty digits of a system of 256 states; strong selection takes more away."""

WANTED_BITS = 60
"""Of the relative accuracy of balls, so that their ends are neighbouring floats or nearly so."""

Moves = list[list[tuple[int, Any]]]


def exact_absorption(invasion: Invasion, asked: Sequence[int]) -> Absorption:
    """Return what becomes of mutants in some states of a small graph, exactly or in balls of sixty bits."""
    if invasion.fitness == "linear" or invasion.neutral:
        found = _solved(_moves(invasion, _linear(invasion)), fmpq_mat, fmpq, asked)
        return _absorption_result("rational", found, certified_rational)
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        with precision(bits):
            found = []
            with suppress(ZeroDivisionError):  # where balls are too wide to tell that there is a solution
                found = _solved(_moves(invasion, _exponential(invasion)), arb_mat, arb, asked)
            if found and all(
                not isinstance(value, arb) or value.rel_accuracy_bits() >= WANTED_BITS
                for column in found
                for value in column
            ):
                return _absorption_result("balls", found, certified_ball)
        bits *= 2
    raise InputError(
        "N306",
        f"selection is so strong that {MOST_BITS:,} bits do not hold the probabilities of one update",
        hint="choose a smaller beta",
    )


def _absorption_result(
    method: Literal["rational", "balls"],
    found: Sequence[Sequence[Any]],
    certified: Callable[[Any], CertifiedNumber],
) -> Absorption:
    def number(value: Any) -> CertifiedNumber:
        return certified_rational(value) if isinstance(value, fmpq) else certified(value)

    chance, during, until = found
    return Absorption(
        method,
        [number(value) for value in chance],
        [None if value is None else number(value) for value in during],
        [None if value is None else number(value) for value in until],
    )


# --------------------------------------------------------------------------- one update


def _linear(invasion: Invasion) -> Callable[[Any], Any]:
    beta = fmpq(0) if invasion.neutral else rational(invasion.beta)

    def fitness(payoff: Any) -> Any:
        value = 1 + beta * rational(payoff)
        if value <= 0:
            raise no_fitness(float(int(value.p) / int(value.q)))
        return value

    return fitness


def _exponential(invasion: Invasion) -> Callable[[Any], Any]:
    beta = invasion.beta
    return lambda payoff: arb(rational(beta * payoff)).exp()


def _moves(invasion: Invasion, fitness: Callable[[Any], Any]) -> Moves:
    replacement = replacement_of(invasion.graph, rational)
    classes = range(len(invasion.graph.sizes))
    result: Moves = [[]]
    for state in range(1, invasion.states.count - 1):
        poll()
        counts = invasion.counts(state)
        fit = [tuple(fitness(invasion.payoff(counts, c, focal)) for focal in (0, 1)) for c in classes]
        flips = invasion.process.flips(replacement, counts, fit)
        result.append([(to, p) for to, p in invasion.moves(state, flips) if not _is_zero(p)])
    return [*result, []]


def _is_zero(probability: Any) -> bool:
    """Return whether a probability is zero: sums of nothing are, and no sum of positive balls is."""
    return bool(probability == 0)


# --------------------------------------------------------------------------- absorption


def _solved(
    moves: Moves, matrix: Callable[[Any], Any], number: Callable[[int], Any], asked: Sequence[int]
) -> list[list[Any]]:
    """Return the probabilities of fixing, the times of those that fix, and the times until either has."""
    count = len(moves)
    pairs = np.array([(i, j) for i, row in enumerate(moves) for j, _ in row], np.int64).reshape(-1, 2)
    steps = (pairs[:, 0], pairs[:, 1])
    fix = reaching(steps, [count - 1], count)
    never = np.flatnonzero(~reaching(steps, [0, count - 1], count))
    undecided = reaching(steps, never, count)
    sure = ~reaching(steps, [0, *never], count)
    inner = [i for i in range(1, count - 1) if fix[i]]
    both = [i for i in range(1, count - 1) if not undecided[i]]
    system, fixing = _system(moves, inner, matrix, number)
    right = [[fixing[i], number(1)] for i in inner]
    chance: dict[int, Any] = {}
    during: dict[int, Any] = {}
    until: dict[int, Any] = {}
    if inner:
        solved = system.solve(matrix(right))
        chance = {i: fmpq(1) if sure[i] else solved[k, 0] for k, i in enumerate(inner)}
        spent = system.solve(matrix([[solved[k, 0]] for k in range(len(inner))]))
        during |= {i: spent[k, 0] / solved[k, 0] for k, i in enumerate(inner)}
        if both == inner:
            until |= {i: solved[k, 1] for k, i in enumerate(inner)}
    if both and both != inner:
        system, _ = _system(moves, both, matrix, number)
        solved = system.solve(matrix([[number(1)] for _ in both]))
        until |= {i: solved[k, 0] for k, i in enumerate(both)}
    return [
        [chance.get(i, fmpq(0)) for i in asked],
        [during.get(i) for i in asked],
        [until.get(i) for i in asked],
    ]


def _system(
    moves: Moves, states: Sequence[int], matrix: Callable[[Any], Any], number: Callable[[int], Any]
) -> tuple[Any, dict[int, Any]]:
    """Return I - Q on some states, and the probability of fixing next from each."""
    place = {state: k for k, state in enumerate(states)}
    rows, fixing = [], {}
    for state in states:
        row = [number(0)] * len(states)
        fixing[state] = number(0)
        for to, probability in moves[state]:
            row[place[state]] += probability
            if to in place:
                row[place[to]] -= probability
            elif to == len(moves) - 1:
                fixing[state] += probability
        rows.append(row)
    return matrix(rows) if rows else None, fixing
