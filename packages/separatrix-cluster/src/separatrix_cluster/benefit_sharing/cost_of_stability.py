"""The cost of stability: the least support to all players together with which no coalition wants to leave.

The payer (a park, a government) makes an allocation possible that no coalition leaves, although the core
itself is empty.

References
----------
Bachrach, Y., Elkind, E., Meir, R., Pasechnik, D., Zuckerman, M., Rothe, J. & Rosenschein, J. S. (2009). The
cost of stability in coalitional games. Proc. SAGT 2009, LNCS 5814, 122–134.
Bondareva, O. N. (1963); Shapley, L. S. (1967): balanced weights, as in the core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from separatrix.exact.linear_programming import PricedColumn, maximise_by_columns
from separatrix.run.results import Result
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame
from separatrix_cluster.benefit_sharing.excesses import Excesses, Truths, fraction, membership

__all__ = ["CostOfStability", "cost_of_stability"]


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
