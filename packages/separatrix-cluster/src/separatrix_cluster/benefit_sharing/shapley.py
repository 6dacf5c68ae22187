"""The Shapley value: what each player adds on average, over all orders in which the players can join.

References
----------
Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II, Princeton,
307–317.
Littlechild, S. C. & Owen, G. (1973). A simple expression for the Shapley value in a special case. Manage.
Sci. 20, 370–372 (airport games).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np

from separatrix.run.deadline import poll
from separatrix.run.results import Tabled
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame
from separatrix_cluster.benefit_sharing.excesses import Excesses

__all__ = ["ShapleyValue", "shapley"]


@dataclass(frozen=True, repr=False)
class ShapleyValue(Tabled):
    """The Shapley value of a game.

    Attributes
    ----------
    players : tuple of str
    allocation : tuple of Fraction
        What each player is given, or pays; the sum is what all together are worth.
    """

    players: tuple[str, ...]
    allocation: tuple[Fraction, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain data."""
        return {
            "allocation": {n: float(x) for n, x in zip(self.players, self.allocation, strict=True)},
            "exact": {n: str(x) for n, x in zip(self.players, self.allocation, strict=True)},
        }


def shapley(coalitions: CoalitionGame) -> ShapleyValue:
    """Return the Shapley value of a game, in fractions.

    Parameters
    ----------
    coalitions : CoalitionGame

    Returns
    -------
    ShapleyValue

    Raises
    ------
    OutOfTime
        Where a limit of time around the call ends first.

    References
    ----------
    Shapley (1953), equation 13.

    Examples
    --------
    >>> from separatrix_cluster.benefit_sharing.coalition_game import coalition_game
    >>> runway = {"a": 1, "b": 2, "c": 4, "d": 7}
    >>> airport = coalition_game(list(runway), lambda who: max(runway[name] for name in who), costs=True)
    >>> [str(share) for share in shapley(airport).allocation]
    ['1/4', '7/12', '19/12', '55/12']
    """
    count = len(coalitions.players)
    numbers = np.arange(len(coalitions.values))
    gains, scale = Excesses(coalitions).scaled_excesses([Fraction(0)] * count)
    size = np.bitwise_count(numbers)
    allocation = []
    for k in range(count):
        poll()
        others = numbers[numbers >> k & 1 == 0]
        added = gains[others | 1 << k] - gains[others]
        # A coalition of s others is in front of a player in one of n·C(n - 1, s) orders.
        whole = sum(
            (
                Fraction(sum(added[size[others] == s].tolist()), comb(count - 1, s) * count)
                for s in range(count)
            ),
            Fraction(0),
        )
        allocation.append((-whole if coalitions.costs else whole) / scale)
    return ShapleyValue(coalitions.players, tuple(allocation))
