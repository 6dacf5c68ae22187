"""Cooperative games that tests draw, and the nucleolus by another route."""

from __future__ import annotations

import itertools
from fractions import Fraction

from flint import fmpq, fmpq_mat
from hypothesis import strategies as st

from separatrix.exact.copositivity import maximise
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame, coalition_game

NAMES = "abcdefgh"


@st.composite
def games(draw: st.DrawFn, most: int = 4, least: int = 1) -> CoalitionGame:
    """Draw a game of small whole numbers, often with ties, in which all together gain something."""
    count = draw(st.integers(least, most))
    values = draw(st.lists(st.integers(-2, 6), min_size=2**count - 1, max_size=2**count - 1))
    extra = draw(st.integers(0, 8))
    values[-1] = sum(values[:count]) + extra if count > 1 else values[-1]
    return coalition_game(NAMES[:count], values)


def as_costs(game: CoalitionGame) -> CoalitionGame:
    """Return the cost game whose savings are the gains of a game."""
    return CoalitionGame(game.players, tuple(-v for v in game.values), costs=True)


def joined_in_all_orders(game: CoalitionGame) -> tuple[Fraction, ...]:
    """Return the Shapley value as the mean over all orders."""
    count = len(game.players)
    total = [Fraction(0)] * count
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        there = 0
        for k in order:
            total[k] += game.values[there | 1 << k] - game.values[there]
            there |= 1 << k
    return tuple(t / len(orders) for t in total)


def lexicographic_nucleolus(game: CoalitionGame) -> tuple[Fraction, ...]:
    """Return the nucleolus by programmes with a row for every coalition, one for each that may be tight.

    Shares are what players are worth alone and u >= 0 more; the excess is p - q with p, q >= 0.  A coalition
    is settled if it cannot be given more at the least excess (Kopelowitz 1967).
    """
    count, gains = len(game.players), game.gains
    alone = [gains[1 << k] for k in range(count)]

    def row(m: int, excess: int = 0) -> list[fmpq]:
        return [*(fmpq(-(m >> k & 1)) for k in range(count)), fmpq(-excess), fmpq(excess)]

    def number(m: int) -> fmpq:
        value = sum((alone[k] for k in range(count) if m >> k & 1), Fraction(0)) - gains[m]
        return fmpq(value.numerator, value.denominator)

    everyone = game.everyone
    settled = {everyone: fmpq(0)}
    while True:
        members = [[fmpq(m >> k & 1) for k in range(count)] for m in settled]
        if fmpq_mat(members).rank() == count:
            break
        free = [m for m in range(1, everyone) if m not in settled]
        equal = [(row(m), number(m) + e) for m, e in settled.items()]
        first = maximise(
            [*([fmpq(0)] * count), fmpq(-1), fmpq(1)], [(row(m, 1), number(m)) for m in free], equal
        )
        assert first is not None and first.value is not None
        excess = -first.value
        within = [(row(m), number(m) + excess) for m in free]
        for m in free:
            most = maximise([fmpq(m >> k & 1) for k in range(count)] + [fmpq(0)] * 2, within, equal)
            assert most is not None and most.value is not None
            if most.value == -(number(m) + excess):
                settled[m] = excess
    shares = maximise([fmpq(0)] * (count + 2), (), [(row(m), number(m) + e) for m, e in settled.items()])
    assert shares is not None
    return tuple(alone[k] + Fraction(int(u.p), int(u.q)) for k, u in enumerate(shares.x[:count]))
