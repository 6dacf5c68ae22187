"""The least excess: how little the worst-off coalition can be left to wish for, some being settled already.

A linear programme with a variable for each player and one for the excess, and a row for each of 2^n
coalitions; its dual has as many rows as there are players, and is solved by generating columns.

References
----------
Kopelowitz, A. (1967). Computation of the kernels of simple games and the nucleolus of n-person games. RPGTME
Research Memorandum 31, Hebrew University (the sequence of programmes).
Maschler, M., Potters, J. A. M. & Tijs, S. H. (1992). The general nucleolus and the reduced game property.
Int. J. Game Theory 21, 85–106 (coalitions in the span of the settled ones are excluded).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from separatrix.exact.copositivity import kernel
from separatrix.exact.linear_programming import PricedColumn, maximise_by_columns
from separatrix_cluster.benefit_sharing.excesses import Excesses, Truths, fraction, membership, subset_sums

__all__ = ["LeastExcess", "Settled", "free_coalitions", "least_excess"]


@dataclass(frozen=True)
class Settled:
    """A coalition whose members are given a fixed sum from here on."""

    coalition: int
    given: Fraction


@dataclass(frozen=True)
class LeastExcess:
    """The optimum of one programme.

    Attributes
    ----------
    excess : Fraction
        The least that the largest excess of all free coalitions can be.
    given : tuple of Fraction
        What the players have at one optimum.
    tight : tuple of pairs
        Coalitions, with positive weights that sum to 1, whose excess is this one at every optimum.
    held : tuple of int
        Players who receive exactly their stand-alone value at every optimum, where none may receive
        less.
    """

    excess: Fraction
    given: tuple[Fraction, ...]
    tight: tuple[tuple[int, Fraction], ...]
    held: tuple[int, ...]


def free_coalitions(players: int, settled: Sequence[int]) -> Truths:
    """Return which coalitions (2^n,) are outside the span of those that are settled, and of everyone."""
    rows = [membership(players, m) for m in (*settled, (1 << players) - 1)]
    free: Truths = np.zeros(1 << players, dtype=bool)
    for vector in kernel(fmpq_mat(rows)):
        scale = math.lcm(*(int(v.q) for v in vector))
        free |= subset_sums([int(v.p) * (scale // int(v.q)) for v in vector]) != 0
    return free


def least_excess(
    excesses: Excesses, fixed: Sequence[Settled], *, individually_rational: bool = False
) -> LeastExcess:
    """Return the least that the largest excess of the free coalitions can be.

    Parameters
    ----------
    excesses : Excesses
        Of a game of two players or more.
    fixed : sequence of Settled
        Coalitions, independent of each other and of everyone, whose members have a fixed sum; some
        coalition is free of them.
    individually_rational : bool
        Whether no player may receive less than alone; such an allocation must then exist.
    """
    game = excesses.game
    count = len(game.players)
    everyone = Settled(game.everyone, game.gains[game.everyone])
    settled = [everyone, *fixed]
    free = free_coalitions(count, [one.coalition for one in fixed])
    alone = [game.gains[1 << k] for k in range(count)]
    bounded = [k for k in range(count) if individually_rational and free[1 << k]]
    one, zero = fmpq(1), fmpq(0)

    def coalition_column(m: int) -> PricedColumn:
        return PricedColumn(m, (*membership(count, m), one), excesses.gain(m))

    def alone_column(k: int) -> PricedColumn:
        return PricedColumn(-1 - k, (*membership(count, 1 << k), zero), excesses.gain(1 << k))

    def improving(prices: Sequence[fmpq]) -> PricedColumn | None:
        given = [fraction(x) for x in prices[:-1]]
        worst, excess = excesses.largest(given, free)
        found = coalition_column(worst) if excess > fraction(prices[-1]) else None
        short = max(bounded, key=lambda k: alone[k] - given[k], default=None)
        if short is not None and alone[short] - given[short] > max(
            Fraction(0), excess - fraction(prices[-1])
        ):
            found = alone_column(short)
        return found

    start = [
        PricedColumn(
            s.coalition, (*membership(count, s.coalition), zero), fmpq(s.given.numerator, s.given.denominator)
        )
        for s in settled
    ]
    ones = list(_completing(count, [s.coalition for s in settled]))
    start += [coalition_column(m) for m in (ones[0], game.everyone ^ ones[0], *ones[1:])]
    found = maximise_by_columns(start, [zero] * count + [one], improving, free=len(settled))
    weighed = [
        (column.key, weight)
        for column, weight in zip(found.columns, found.weights, strict=True)
        if column.entries[-1] != 0 or column.key < 0
        if weight > 0
    ]
    return LeastExcess(
        fraction(found.value),
        tuple(fraction(x) for x in found.prices[:-1]),
        tuple((key, fraction(weight)) for key, weight in weighed if key > 0),
        tuple(-1 - key for key, _ in weighed if key < 0),
    )


def _completing(players: int, settled: Sequence[int]) -> Iterator[int]:
    """Yield single players who, one after the other, are in the span of none before them."""
    rows = [membership(players, m) for m in settled]
    rank = len(rows)
    for k in range(players):
        rows.append(membership(players, 1 << k))
        if fmpq_mat(rows).rank() > rank:
            rank += 1
            yield 1 << k
        else:
            rows.pop()
