"""Excesses: how much more each coalition is worth than what its members are given, exactly and all at once.

The numbers of a game are brought over one denominator, so that all 2^n sums are sums of whole numbers: of
64 bits where they fit, of any size where they do not.

References
----------
Schmeidler, D. (1969). The nucleolus of a characteristic function game. SIAM J. Appl. Math. 17, 1163–1170.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

from separatrix.exact.algebraic_numbers import rational
from separatrix.run.cached_property import cached_property
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame

__all__ = ["Excesses", "fraction", "membership", "subset_sums"]

Numbers = npt.NDArray[Any]  # of int64, or of Python's whole numbers
Truths = npt.NDArray[np.bool_]

FITS = 1 << 62
"""Whole numbers below this, and the sum of two of them, are held in 64 bits."""


def fraction(value: fmpq) -> Fraction:
    """Return a rational of FLINT as one of Python."""
    return Fraction(int(value.p), int(value.q))


def membership(players: int, coalition: int) -> tuple[fmpq, ...]:
    """Return the vector that is 1 for each member of a coalition and 0 for all others."""
    return tuple(fmpq(coalition >> k & 1) for k in range(players))


def subset_sums(parts: Sequence[int]) -> Numbers:
    """Return the sums of all sets of whole numbers, by the bits of the set.

    Examples
    --------
    >>> subset_sums([1, 10, 100]).tolist()
    [0, 1, 10, 11, 100, 101, 110, 111]
    """
    kind = np.int64 if sum(map(abs, parts)) < FITS else object
    sums = np.zeros(1, dtype=kind)
    for part in parts:
        sums = np.concatenate([sums, sums + part])
    return sums


@dataclass(frozen=True)
class Excesses:
    """The gains of all coalitions, for comparison with the allocation to their players.

    Attributes
    ----------
    game : CoalitionGame
        Costs count as negative gains, so that a coalition always prefers more.
    """

    game: CoalitionGame

    @cached_property
    def _scale(self) -> int:
        return math.lcm(*(v.denominator for v in self.game.values))

    @cached_property
    def _gains(self) -> list[int]:
        return [v.numerator * (self._scale // v.denominator) for v in self.game.gains]

    @cached_property
    def _largest(self) -> int:
        return max(map(abs, self._gains))

    def gain(self, coalition: int) -> fmpq:
        """Return what a coalition is worth."""
        return rational(self.game.gains[coalition])

    def scaled_excesses(self, given: Sequence[Fraction]) -> tuple[Numbers, int]:
        """Return the excesses of all coalitions (2^n,) times a whole number, and this number.

        Parameters
        ----------
        given : sequence of Fraction
            What each player has.
        """
        scale = math.lcm(self._scale, *(x.denominator for x in given))
        more = scale // self._scale
        gains: Numbers
        if self._largest * more < FITS:
            gains = np.array(self._gains, dtype=np.int64) * more
        else:
            gains = np.array(self._gains, dtype=object) * more
        return gains - subset_sums([x.numerator * (scale // x.denominator) for x in given]), scale

    def largest(self, given: Sequence[Fraction], among: Truths) -> tuple[int, Fraction]:
        """Return the coalition whose excess is the largest of some, and the excess; of several the first.

        Parameters
        ----------
        given : sequence of Fraction
        among : array (2^n,) of bool
        """
        excess, scale = self.scaled_excesses(given)
        chosen = np.flatnonzero(among)
        best = int(chosen[int(np.argmax(excess[chosen]))])
        return best, Fraction(int(excess[best]), scale)
