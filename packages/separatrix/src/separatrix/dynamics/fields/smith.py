"""Smith's dynamics: players compare the payoff of one other strategy with their own.

Smith, M. J. (1984), The stability of a dynamic model of traffic assignment: an application of a method of
Lyapunov, Transportation Science 18, 245-252; as a game dynamic Sandholm, W. H. (2010), Population Games
and Evolutionary Dynamics, section 5.6 (pairwise comparison).
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
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["DYNAMIC", "Smith", "smith"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Smith(PayoffField):
    """The field x_a' = c [sum_b x_b (U_a - U_b)+ - x_a sum_b (U_b - U_a)+], where z+ = max(z, 0).

    Its rest points are the Nash equilibria, because players also discover better strategies that are not in
    use.
    """

    kind: ClassVar[str] = "smith"
    smooth: ClassVar[bool] = False

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            gain = np.maximum(earned[..., :, None] - earned[..., None, :], 0.0)  # of a over b
            moved = part[..., None, :] * gain  # from b to a
            result.append(speed * (moved.sum(axis=-1) - moved.sum(axis=-2)))
        return result


def smith(game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None) -> Smith:
    """Return Smith's dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.

    References
    ----------
    Smith (1984); Sandholm (2010), section 5.6.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> flow = smith(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> flow([[0.0], [2 / 3], [1.0]]).round(12).tolist()
    [[2.0], [0.0], [-1.0]]
    """
    return Smith(**ingredients(game, values, scenario).driven)


DYNAMIC = Dynamic(Smith, smith, say("Smith dynamics"), "nash", ("pairwise-comparison",))
