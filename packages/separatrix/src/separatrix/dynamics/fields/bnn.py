"""The Brown-von Neumann-Nash dynamics: players turn to strategies that earn more than the average.

Brown, G. W. and von Neumann, J. (1950), Solutions of games by differential equations, Annals of
Mathematics Studies 24, 73-79; Nash, J. (1951), Non-cooperative games, Annals of Mathematics 54, 286-295;
as excess payoff dynamics Sandholm, W. H. (2010), Population Games and Evolutionary Dynamics, section 5.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.base import PayoffField, excess
from separatrix.dynamics.fields.dynamic import Dynamic
from separatrix.dynamics.fields.ingredients import ingredients
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["DYNAMIC", "BrownVonNeumannNash", "bnn"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BrownVonNeumannNash(PayoffField):
    """The field x_a' = c [(U_a - average)+ - x_a sum_b (U_b - average)+], where z+ = max(z, 0).

    Its rest points are the Nash equilibria, because players also discover better strategies that are not in
    use.
    """

    kind: ClassVar[str] = "bnn"
    smooth: ClassVar[bool] = False

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            better = np.maximum(excess(part, earned), 0.0)
            result.append(speed * (better - part * better.sum(axis=-1, keepdims=True)))
        return result


def bnn(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> BrownVonNeumannNash:
    """Return the Brown-von Neumann-Nash dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.

    References
    ----------
    Brown & von Neumann (1950); Sandholm (2010), section 5.5.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> flow = bnn(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> flow([[0.0], [2 / 3], [1.0]]).round(12).tolist()
    [[2.0], [0.0], [-1.0]]
    """
    return BrownVonNeumannNash(**ingredients(game, values, scenario).driven)


DYNAMIC = Dynamic(
    BrownVonNeumannNash, bnn, say("Brown-von Neumann-Nash dynamics"), "nash", ("brown-von-neumann-nash",)
)
