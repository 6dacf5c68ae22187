"""The nucleolus: the allocation at which the worst-off coalitions are as well off as they can be, in turn.

A sequence of linear programmes, each exact: minimize the largest excess, fix the coalitions that have it at
every optimum, and repeat until all shares are fixed. The result is checked by Kohlberg's criterion, which
is independent of the method.

References
----------
Schmeidler, D. (1969). The nucleolus of a characteristic function game. SIAM J. Appl. Math. 17, 1163–1170.
Kohlberg, E. (1971). On the nucleolus of a characteristic function game. SIAM J. Appl. Math. 20, 62–66.
Maschler, M., Potters, J. A. M. & Tijs, S. H. (1992). The general nucleolus and the reduced game property.
Int. J. Game Theory 21, 85–106.
Nguyen, T.-D. (2016). Simplifying the Kohlberg criterion on the nucleolus. arXiv:1606.05987 (what is in the
span of balanced coalitions needs no weights of its own).
Nguyen, T.-D. & Thomas, L. (2016). Finding the nucleoli of large cooperative games. Eur. J. Oper. Res. 248,
1078–1092 (sequences of at most n - 1 programmes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.copositivity import maximise
from separatrix.run.limits import poll
from separatrix.run.results import Tabled
from separatrix.sentences import say
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame
from separatrix_cluster.benefit_sharing.core import (
    Excesses,
    Settled,
    allocation_of,
    fraction,
    free_coalitions,
    least_excess,
    membership,
)

__all__ = ["Nucleolus", "is_nucleolus", "nucleolus"]


@dataclass(frozen=True, repr=False)
class Nucleolus(Tabled):
    """The nucleolus of a game.

    Attributes
    ----------
    players : tuple of str
    allocation : tuple of Fraction
        What each player is given, or pays.
    levels : tuple of pairs
        The excesses that were settled, the largest first, with the coalitions by which they were.
    individually_rational : bool
        Whether it was sought among the allocations that leave no player worse off than alone.
    """

    players: tuple[str, ...]
    allocation: tuple[Fraction, ...]
    levels: tuple[tuple[Fraction, tuple[tuple[str, ...], ...]], ...]
    individually_rational: bool = True

    @property
    def excess(self) -> Fraction | None:
        """The largest excess, that of the least core if no player is worse off than alone; None for one
        player."""
        return self.levels[0][0] if self.levels else None

    def to_dict(self) -> dict[str, Any]:
        """Return the nucleolus as plain data."""
        return {
            "allocation": {n: float(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "exact": {n: str(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "levels": [
                {"excess": float(excess), "coalitions": [list(who) for who in coalitions]}
                for excess, coalitions in self.levels
            ],
        }


def nucleolus(coalitions: CoalitionGame, *, individually_rational: bool = True) -> Nucleolus:
    """Return the nucleolus of a game, in fractions.

    Parameters
    ----------
    coalitions : CoalitionGame
    individually_rational : bool
        Whether no player may be worse off than alone. Without it the prenucleolus is found, which every
        game has; the two are the same wherever the core is not empty.

    Returns
    -------
    Nucleolus

    Raises
    ------
    InputError
        K533 where all together are worth less than everybody alone.

    References
    ----------
    Schmeidler (1969); Kohlberg (1971); Maschler, Potters & Tijs (1992).

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> game = coalition_game("abcd", [0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21])
    >>> [str(share) for share in nucleolus(game).allocation]
    ['7/2', '9/2', '11/2', '15/2']
    """
    count = len(coalitions.players)
    alone = sum((coalitions.gains[1 << k] for k in range(count)), Fraction(0))
    if individually_rational and alone > coalitions.gains[coalitions.everyone]:
        raise InputError(
            "K533",
            say(
                "all together have {total}, and alone {alone} in all: nothing gives each as much as alone",
                total=float(coalitions.total),
                alone=float(-alone if coalitions.costs else alone),
            ),
            hint=say("form the coalitions that gain, or take the prenucleolus"),
        )
    excesses = Excesses(coalitions)
    settled: list[Settled] = []
    levels: list[tuple[Fraction, tuple[tuple[str, ...], ...]]] = []
    while len(settled) < count - 1:
        found = least_excess(excesses, settled, individually_rational=individually_rational)
        new = [
            *(Settled(m, coalitions.gains[m] - found.excess) for m, _ in found.tight),
            *(Settled(1 << k, coalitions.gains[1 << k]) for k in found.held),
        ]
        for one in new:
            # the span grows with each that is added
            if free_coalitions(count, [s.coalition for s in settled])[one.coalition]:
                settled.append(one)
        there = tuple(coalitions.members(m) for m, _ in found.tight)
        if levels and levels[-1][0] == found.excess:
            levels[-1] = (found.excess, (*levels[-1][1], *there))
        else:
            levels.append((found.excess, there))
    everyone = Settled(coalitions.everyone, coalitions.gains[coalitions.everyone])
    rows = [everyone, *settled]
    shares = fmpq_mat([membership(count, s.coalition) for s in rows]).solve(
        fmpq_mat([[rational(s.given)] for s in rows])
    )
    given = [fraction(shares[k, 0]) for k in range(count)]
    allocation = tuple(-x for x in given) if coalitions.costs else tuple(given)
    if not is_nucleolus(coalitions, allocation, individually_rational=individually_rational):
        raise ArithmeticError("the optima of the programmes contradict Kohlberg's criterion")
    return Nucleolus(coalitions.players, allocation, tuple(levels), individually_rational)


def is_nucleolus(
    coalitions: CoalitionGame,
    allocation: Mapping[str, Any] | Sequence[Any],
    *,
    individually_rational: bool = True,
) -> bool:
    """Return whether an allocation is the nucleolus, by Kohlberg's criterion, in fractions.

    For every excess, the coalitions with that or a larger one have to be balanced: positive weights cover
    each player equally.  Players with just what they have alone may fill up with weights of 0 or more.

    Parameters
    ----------
    coalitions : CoalitionGame
    allocation : mapping or sequence of numbers
        What each player is given, or pays; by name, or in the order of the players.
    individually_rational : bool
        Whether no player may be worse off than alone; without it, the prenucleolus is judged.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        K532 for an allocation that omits a player or includes others; V301 for invalid numbers.

    References
    ----------
    Kohlberg (1971), theorem 2, and for the prenucleolus Sobolev (1975); Nguyen (2016).

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> game = coalition_game("abcd", [0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21])
    >>> is_nucleolus(game, ["7/2", "9/2", "11/2", "15/2"]), is_nucleolus(game, [4, 4, 5.5, 7.5])
    (True, False)
    """
    count = len(coalitions.players)
    shares = allocation_of(coalitions, allocation)
    given = [-x for x in shares] if coalitions.costs else shares
    gains = coalitions.gains
    short = any(given[k] < gains[1 << k] for k in range(count))
    if sum(given) != gains[coalitions.everyone] or (individually_rational and short):
        return False
    held = [1 << k for k in range(count) if individually_rational and given[k] == gains[1 << k]]
    excess, _ = Excesses(coalitions).scaled_excesses(given)
    settled: list[int] = []
    free = free_coalitions(count, settled)
    while free.any():
        poll()
        level = excess[free].max()
        new = [int(m) for m in np.flatnonzero(free & (excess == level))]
        if not _balanced(count, new, [*settled, coalitions.everyone], held):
            return False
        for m in new:
            if free[m]:
                settled.append(m)
                free = free_coalitions(count, settled)
    return True


def _balanced(players: int, coalitions: Sequence[int], settled: Sequence[int], held: Sequence[int]) -> bool:
    """Return whether weights above 0 of all coalitions, with those settled, cover each player equally.

    What is settled is balanced already, so that its weights may have any sign (Nguyen 2016), and those of
    players who are held are 0 or more.  Each weight is the same least one and what it has more; the least
    one is made as large as it can be, up to 1.
    """
    columns = [membership(players, m) for m in (*coalitions, *held, *settled)]
    columns += [tuple(-x for x in membership(players, m)) for m in settled]
    together = tuple(fmpq(sum(m >> k & 1 for m in coalitions)) for k in range(players))
    zero, one = fmpq(0), fmpq(1)
    rows = [([*row, least], zero) for row, least in zip(zip(*columns, strict=True), together, strict=True)]
    most = [zero] * len(columns) + [one]
    best = maximise(most, [(most, one)], rows)
    return best is not None and best.value != 0
