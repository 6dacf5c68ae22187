"""Maynard Smith's payoff-adjusted replicator dynamics: gains count in proportion to the average.

Maynard Smith, J. (1982), Evolution and the Theory of Games; Weibull, J. W. (1995), Evolutionary Game Theory,
section 4.1 (background payoff) and chapter 5 (several populations).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.base import PayoffField
from separatrix.dynamics.fields.dynamic import Dynamic
from separatrix.dynamics.fields.ingredients import ingredients
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.sentences import say

__all__ = ["DYNAMIC", "PayoffAdjusted", "payoff_adjusted"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PayoffAdjusted(PayoffField):
    """The field x_a' = c x_a (U_a - average) / (background + average).

    One population runs along the same lines as under the replicator, at another pace.  Several populations
    do not: each has a pace of its own, so that a rest point may be asymptotically stable here and a centre
    there.

    Attributes
    ----------
    background : float
        The payoff that every player earns in addition to the game.
    """

    kind: ClassVar[str] = "payoff-adjusted"
    keeps_faces: ClassVar[bool] = True

    background: float = 0.0

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population.

        Raises
        ------
        InputError
            V322 at a state in which the average payoff of a population is not positive.
        """
        result = []
        for i, (part, earned) in enumerate(zip(weights, self.payoffs(weights), strict=True)):
            average = (part * earned).sum(axis=-1, keepdims=True)
            total = self.background + average
            if (total <= 0).any():
                self._refuse(i, weights, total)
            result.append(self.speeds[i] * (earned - average) / total)
        return result

    motions = log_rates

    def _refuse(self, i: int, weights: Sequence[Array], total: Array) -> None:
        low = np.unravel_index(int(np.nanargmin(total)), total.shape)[:-1]
        state = self.state([part[low] for part in weights])
        here = ", ".join(f"{share} = {x:.4g}" for share, x in zip(self.shares, state, strict=True))
        name = " and ".join(self.shares[self.slices[i]])
        raise InputError(
            "V322",
            f"the average payoff of the population of {name} is {float(total[(*low, 0)]):.4g} at {here}; the "
            "payoff-adjusted replicator divides by it, so it must be positive",
            hint="give a `background` payoff that makes every average positive, or use the replicator, which "
            "does not depend on the level of payoffs",
        )


def payoff_adjusted(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    background: object = 0,
) -> PayoffAdjusted:
    """Return the payoff-adjusted replicator dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.
    background : number
        The payoff that every player earns in addition to the game, in payoff units.

    Raises
    ------
    InputError
        V322 where the average payoff of a population, background included, is not positive at a pure
        profile or in the middle; also those of `replicator`.  The field itself raises V322 at any
        other such state.

    References
    ----------
    Maynard Smith (1982); Weibull (1995), section 4.1 and chapter 5.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> payoff_adjusted(game, background=2)([[0.5], [2 / 3]]).round(6).tolist()
    [[0.038462], [0.0]]
    """
    driven = ingredients(game, values, scenario).driven
    flow = PayoffAdjusted(**driven, background=float(exact(background, "background")))
    flow.log_rates(flow.weights(flow.probes))
    return flow


DYNAMIC = Dynamic(
    PayoffAdjusted,
    payoff_adjusted,
    say("payoff-adjusted replicator dynamics"),
    "replicator",
    ("maynard-smith", "adjusted", "adjusted-replicator"),
)
