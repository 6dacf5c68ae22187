"""The core: allocations from which no coalition can break away and gain, if there are any; the least core.

The core is not empty exactly where the game is balanced (Bondareva 1963, Shapley 1967): the weights of a
balanced collection that is worth more than all players together prove that it is empty.

Excesses: how much more each coalition is worth than what its members are given, exactly and all at once.

The numbers of a game are brought over one denominator, so that all 2^n sums are sums of whole numbers: of
64 bits where they fit, of any size where they do not.

The least excess: how little the worst-off coalition can be left to wish for, some being settled already.

A linear programme with a variable for each player and one for the excess, and a row for each of 2^n
coalitions; its dual has as many rows as there are players, and is solved by generating columns.

The cost of stability: the least support to all players together with which no coalition wants to leave.

The payer (a park, a government) makes an allocation possible that no coalition leaves, although the core
itself is empty.

References
----------
Gillies, D. B. (1959). Solutions to general non-zero-sum games. Contributions to the Theory of Games IV,
Princeton, 47–85 (core).
Bondareva, O. N. (1963). Some applications of linear programming methods to the theory of cooperative games.
Problemy Kibernetiki 10, 119–139. Shapley, L. S. (1967). On balanced sets and cores. Nav. Res. Logist. Q. 14,
453–460.
Maschler, M., Peleg, B. & Shapley, L. S. (1979). Geometric properties of the kernel, nucleolus, and related
solution concepts. Math. Oper. Res. 4, 303–338 (least core).
Schmeidler, D. (1969). The nucleolus of a characteristic function game. SIAM J. Appl. Math. 17, 1163–1170.
Kopelowitz, A. (1967). Computation of the kernels of simple games and the nucleolus of n-person games. RPGTME
Research Memorandum 31, Hebrew University (the sequence of programmes).
Maschler, M., Potters, J. A. M. & Tijs, S. H. (1992). The general nucleolus and the reduced game property.
Int. J. Game Theory 21, 85–106 (coalitions in the span of the settled ones are excluded).
Bachrach, Y., Elkind, E., Meir, R., Pasechnik, D., Zuckerman, M., Rothe, J. & Rosenschein, J. S. (2009). The
cost of stability in coalitional games. Proc. SAGT 2009, LNCS 5814, 122–134.
Bondareva, O. N. (1963); Shapley, L. S. (1967): balanced weights, as in the core.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.copositivity import kernel
from separatrix.exact.linear_programming import PricedColumn, maximise_by_columns
from separatrix.game.values import exact
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Result
from separatrix.sentences import say
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame

__all__ = [
    "Core",
    "CoreTest",
    "CostOfStability",
    "Excesses",
    "LeastExcess",
    "Settled",
    "allocation_of",
    "core",
    "core_test",
    "cost_of_stability",
    "fraction",
    "free_coalitions",
    "least_excess",
    "membership",
    "subset_sums",
]

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


@dataclass(frozen=True, repr=False)
class Core(Result):
    """Whether a game has allocations that no coalition objects to.

    Attributes
    ----------
    players : tuple of str
    empty : bool
    excess : Fraction
        Of the least core: the least that the worst-off coalition can be kept below what it has on its own;
        above 0 exactly where the core is empty, below 0 where every coalition can be given more.
    allocation : tuple of Fraction
        In the least core, and so in the core where that is not empty.
    balanced : tuple of pairs
        Coalitions with positive weights that cover every player equally, once in all; where the core is
        empty they are worth more than everyone together, which proves it.
    """

    players: tuple[str, ...]
    empty: bool
    excess: Fraction
    allocation: tuple[Fraction, ...]
    balanced: tuple[tuple[tuple[str, ...], Fraction], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain data."""
        return {
            "empty": self.empty,
            "least_core_excess": float(self.excess),
            "allocation": {n: float(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "balanced": [{"members": list(who), "weight": float(w)} for who, w in self.balanced],
        }


@dataclass(frozen=True)
class CoreTest:
    """Whether an allocation is in the core, and who objects most.

    Attributes
    ----------
    inside : bool
    left_over : Fraction
        The value of all players minus the sum allocated (for costs, the part not covered); 0 for an
        efficient allocation.
    objection : tuple of str
        The coalition that loses most, the smallest if several; all players only where the allocation is
        inefficient.
    excess : Fraction
        What it would gain by leaving; 0 or less where none would gain.
    """

    inside: bool
    left_over: Fraction
    objection: tuple[str, ...]
    excess: Fraction

    def to_dict(self) -> dict[str, Any]:
        """Return the test as plain data."""
        return {
            "inside": self.inside,
            "left_over": float(self.left_over),
            "objection": list(self.objection),
            "excess": float(self.excess),
        }


def core(coalitions: CoalitionGame) -> Core:
    """Return whether the core of a game is empty, with a proof, and an allocation of the least core.

    Parameters
    ----------
    coalitions : CoalitionGame

    Returns
    -------
    Core
        In fractions; of a cost game the excess is what a coalition pays above its own cost.

    Raises
    ------
    OutOfTime
        Where a limit of time around the call ends first.

    References
    ----------
    Gillies (1959); Bondareva (1963); Shapley (1967); Maschler, Peleg & Shapley (1979).

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> majority = coalition_game("abc", lambda who: len(who) > 1)
    >>> core(majority).empty, core(majority).excess
    (True, Fraction(1, 3))
    """
    if len(coalitions.players) == 1:
        return Core(coalitions.players, False, Fraction(0), (coalitions.total,), ())
    found = least_excess(Excesses(coalitions), fixed=())
    whole = sum((weight for member, weight in found.tight if member & 1), Fraction(0))
    return Core(
        coalitions.players,
        found.excess > 0,
        found.excess,
        tuple(-x for x in found.given) if coalitions.costs else found.given,
        tuple((coalitions.members(member), weight / whole) for member, weight in found.tight),
    )


def core_test(coalitions: CoalitionGame, allocation: Mapping[str, Any] | Sequence[Any]) -> CoreTest:
    """Return whether an allocation is in the core, and which coalition objects most.

    Parameters
    ----------
    coalitions : CoalitionGame
    allocation : mapping or sequence of numbers
        What each player is given, or pays; by name, or in the order of the players.

    Returns
    -------
    CoreTest

    Raises
    ------
    InputError
        K532 for an allocation that omits a player or includes others; V301 for invalid numbers.

    References
    ----------
    Gillies (1959).

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> gloves = coalition_game(["left", "r1", "r2"], lambda who: "left" in who and len(who) > 1)
    >>> core_test(gloves, {"left": 1, "r1": 0, "r2": 0}).inside
    True
    >>> core_test(gloves, ["2/3", "1/6", "1/6"]).objection
    ('left', 'r1')
    """
    shares = allocation_of(coalitions, allocation)
    given = [-x for x in shares] if coalitions.costs else shares
    left = coalitions.gains[coalitions.everyone] - sum(given)
    among: Truths = np.ones(len(coalitions.values), dtype=bool)
    among[0] = False
    among[-1] = left != 0 or len(given) == 1
    excess, scale = Excesses(coalitions).scaled_excesses(given)
    largest = int(max(excess[among]))
    tied = [int(m) for m in np.flatnonzero(among & (excess == largest))]
    worst = min(tied, key=lambda m: (m.bit_count(), coalitions.members(m)))
    return CoreTest(left == 0 and largest <= 0, left, coalitions.members(worst), Fraction(largest, scale))


def allocation_of(coalitions: CoalitionGame, allocation: Mapping[str, Any] | Sequence[Any]) -> list[Fraction]:
    """Return an allocation as fractions in the order of the players.

    Raises
    ------
    InputError
        K532 for an allocation that omits a player or includes others; V301 for invalid numbers.
    """
    players = coalitions.players
    if isinstance(allocation, Mapping):
        strange = next((name for name in allocation if name not in players), None)
        lost = next((name for name in players if name not in allocation), None)
        if strange is not None or lost is not None:
            raise InputError(
                "K532",
                say("the allocation includes {name}, which is not a player", name=str(strange))
                if strange is not None
                else say("the allocation omits {name}", name=str(lost)),
                hint=say("the players are {players}", players=", ".join(players)),
            )
        return [exact(allocation[name], name) for name in players]
    if isinstance(allocation, str) or not isinstance(allocation, Iterable):
        raise InputError("K532", say("{given} is not an allocation", given=repr(allocation)))
    allocation = list(allocation)
    if len(allocation) != len(players):
        raise InputError(
            "K532",
            say(
                "an allocation to {given} players; there are {count}",
                given=len(allocation),
                count=len(players),
            ),
        )
    return [exact(x, name) for name, x in zip(players, allocation, strict=True)]


@dataclass(frozen=True, repr=False)
class CostOfStability(Result):
    """The least support that leaves no coalition a reason to leave.

    Attributes
    ----------
    players : tuple of str
    support : Fraction
        What has to be added to what all together are worth, or taken off what they pay; 0 where the core is
        not empty.
    allocation : tuple of Fraction
        What each player then is given, or pays: one allocation of those that are stable with this support.
    balanced : tuple of pairs
        Coalitions and weights that cover each player once, which are worth as much as all together with the
        support: less support is not enough.
    """

    players: tuple[str, ...]
    support: Fraction
    allocation: tuple[Fraction, ...]
    balanced: tuple[tuple[tuple[str, ...], Fraction], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain data."""
        return {
            "support": float(self.support),
            "allocation": {n: float(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "balanced": [{"members": list(who), "weight": float(w)} for who, w in self.balanced],
        }


def cost_of_stability(coalitions: CoalitionGame) -> CostOfStability:
    """Return the least support to all players together with which the core is not empty, in fractions.

    Parameters
    ----------
    coalitions : CoalitionGame

    Returns
    -------
    CostOfStability
        Support in the unit of the values; balanced weights prove that less is not enough.

    Raises
    ------
    OutOfTime
        Where a limit of time around the call ends first.

    References
    ----------
    Bachrach et al. (2009), section 3.

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> majority = coalition_game("abc", lambda who: len(who) > 1)
    >>> cost_of_stability(majority).support
    Fraction(1, 2)
    """
    count = len(coalitions.players)
    excesses = Excesses(coalitions)
    all_of_them: Truths = np.ones(len(coalitions.values), dtype=bool)
    all_of_them[0] = False

    def column(m: int) -> PricedColumn:
        return PricedColumn(m, membership(count, m), excesses.gain(m))

    def improving(prices: Sequence[fmpq]) -> PricedColumn | None:
        worst, excess = excesses.largest([fraction(x) for x in prices], all_of_them)
        return column(worst) if excess > 0 else None

    found = maximise_by_columns([column(1 << k) for k in range(count)], [fmpq(1)] * count, improving)
    given = [fraction(x) for x in found.prices]
    return CostOfStability(
        coalitions.players,
        fraction(found.value) - coalitions.gains[coalitions.everyone],
        tuple(-x for x in given) if coalitions.costs else tuple(given),
        tuple(
            (coalitions.members(one.key), fraction(weight))
            for one, weight in zip(found.columns, found.weights, strict=True)
            if weight > 0
        ),
    )
