"""The logit dynamics: players occasionally revise their strategy, and choose better ones more often.

Fudenberg, D. and Levine, D. K. (1998), The Theory of Learning in Games, chapter 4; Hofbauer, J. and
Sandholm, W. H. (2007), Evolution in games with randomly disturbed payoffs, Journal of Economic Theory 132,
47-69.
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

__all__ = ["DYNAMIC", "Logit", "logit"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Logit(PayoffField):
    """The field x_a' = c [exp(U_a/eta) / sum_b exp(U_b/eta) - x_a].

    Its rest points are the quantal response equilibria: all strategies are played there.  For eta → 0 they
    approach Nash equilibria, for eta → ∞ all strategies are played alike.

    Attributes
    ----------
    eta : float
        The temperature, in payoff units; positive.
    """

    kind: ClassVar[str] = "logit"

    eta: float = 1.0

    @property
    def inward(self) -> bool:
        """Whether the field points inwards at every face: each strategy is chosen now and then."""
        return True

    def replies(self, weights: Sequence[Array]) -> list[Array]:
        """Return the logit choice at a state, shares (..., k) a population."""
        result = []
        for earned in self.payoffs(weights):
            # Against the best, so that no exponential overflows at small temperatures.
            raised = np.exp((earned - earned.max(axis=-1, keepdims=True)) / self.eta)
            result.append(raised / raised.sum(axis=-1, keepdims=True))
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [
            speed * (reply - part)
            for part, reply, speed in zip(weights, self.replies(weights), self.speeds, strict=True)
        ]


def logit(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None, *, eta: object = 1
) -> Logit:
    """Return the logit dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.
    eta : number
        The temperature, in payoff units: differences in payoff well below it hardly matter.

    Raises
    ------
    InputError
        V321 for a temperature that is not positive; also those of `replicator`.

    References
    ----------
    Fudenberg & Levine (1998), chapter 4; Hofbauer & Sandholm (2007).

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> logit(game, eta=0.01)([[0.0], [1.0]]).round(6).tolist()
    [[1.0], [-1.0]]
    >>> logit(game, eta=1000)([[0.0], [1.0]]).round(2).tolist()
    [[0.5], [-0.5]]
    """
    temperature = float(exact(eta, "eta"))
    if temperature <= 0:
        raise InputError(
            "V321",
            f"the temperature `eta` is {temperature:g}; expected a positive number, in payoff units",
            hint='for a temperature of zero use the kind "best-response"',
        )
    return Logit(**ingredients(game, values, scenario).driven, eta=temperature)


DYNAMIC = Dynamic(Logit, logit, say("logit dynamics"), "own")
