"""The best response dynamics: players occasionally revise their strategy and choose a best response.

Gilboa, I. and Matsui, A. (1991), Social stability and equilibrium, Econometrica 59, 859-867; Matsui, A.
(1992), Best response dynamics and socially stable strategies, Journal of Economic Theory 57, 343-362;
Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 8.4.  The slow
selection is that of Aubin, J.-P. and Cellina, A. (1984), Differential Inclusions.
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
from separatrix.dynamics.tolerances import TIE
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["DYNAMIC", "BestResponse", "best_response"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BestResponse(PayoffField):
    """The differential inclusion x' ∈ c [best replies(x) - x], and of it the slowest motion.

    Where one strategy earns most the motion is single-valued, straight towards it.  Where several do, every
    mixture of them is a best reply; `rates` takes the one nearest to the shares as they are: who plays a
    best reply stays, the others spread evenly over the best replies.  So a state is at rest exactly where
    the inclusion allows rest, at the Nash equilibria.  From one single state trajectories may go several
    ways; this is one of them.
    """

    kind: ClassVar[str] = "best-response"
    smooth: ClassVar[bool] = False
    continuous: ClassVar[bool] = False

    def best_replies(self, weights: Sequence[Array]) -> list[NDArray[np.bool_]]:
        """Return which strategies are best replies, an array (..., k) a population; several in a tie."""
        result = []
        for earned in self.payoffs(weights):
            slack = TIE * np.abs(earned).max(axis=-1, keepdims=True)
            result.append(earned >= earned.max(axis=-1, keepdims=True) - slack)
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        result = []
        for part, best, speed in zip(weights, self.best_replies(weights), self.speeds, strict=True):
            leaving = np.where(best, 0.0, part)
            arriving = leaving.sum(axis=-1, keepdims=True) / np.maximum(best.sum(axis=-1, keepdims=True), 1)
            result.append(speed * np.where(best, arriving, -part))
        return result


def best_response(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> BestResponse:
    """Return the best response dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.

    References
    ----------
    Gilboa & Matsui (1991); Hofbauer & Sigmund (1998), section 8.4.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> flow = best_response(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> flow([[0.25], [2 / 3], [0.75]]).tolist()
    [[0.75], [0.0], [-0.75]]
    """
    return BestResponse(**ingredients(game, values, scenario).driven)


DYNAMIC = Dynamic(BestResponse, best_response, say("best response dynamics"), "nash", ("best-reply",))
