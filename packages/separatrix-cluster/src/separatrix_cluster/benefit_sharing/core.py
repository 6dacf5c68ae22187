"""The core: allocations from which no coalition can break away and gain, if there are any; the least core.

The core is not empty exactly where the game is balanced (Bondareva 1963, Shapley 1967): the weights of a
balanced collection that is worth more than all players together prove that it is empty.

References
----------
Gillies, D. B. (1959). Solutions to general non-zero-sum games. Contributions to the Theory of Games IV,
Princeton, 47–85 (core).
Bondareva, O. N. (1963). Some applications of linear programming methods to the theory of cooperative games.
Problemy Kibernetiki 10, 119–139. Shapley, L. S. (1967). On balanced sets and cores. Nav. Res. Logist. Q. 14,
453–460.
Maschler, M., Peleg, B. & Shapley, L. S. (1979). Geometric properties of the kernel, nucleolus, and related
solution concepts. Math. Oper. Res. 4, 303–338 (least core).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.run.results import Result
from separatrix.sentences import say
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame
from separatrix_cluster.benefit_sharing.excesses import Excesses, Truths
from separatrix_cluster.benefit_sharing.least_excess import least_excess

__all__ = ["Core", "CoreTest", "allocation_of", "core", "core_test"]


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
