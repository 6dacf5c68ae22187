"""The replicator-mutator dynamics: players who copy a strategy sometimes make mistakes.

Page, K. M. and Nowak, M. A. (2002), Unifying evolutionary dynamics, Journal of Theoretical Biology 219,
93-98, equation 1; with mutation at a constant rate Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games
and Population Dynamics, chapter 20, and Bomze, I. M. and Bürger, R. (1995), Stability by mutation in
evolutionary games, Games and Economic Behavior 11, 146-172.
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
from separatrix.dynamics.fields.mutation_matrix import mutation_matrices
from separatrix.errors import InputError, nearest
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["DYNAMIC", "ReplicatorMutator", "replicator_mutator"]

Array = NDArray[np.float64]

WHEN = ("births", "always")


@dataclass(frozen=True)
class ReplicatorMutator(PayoffField):
    """Selection with mutation, at births or always.

    With births x_a' = c [sum_b x_b U_b Q_ba - x_a average], else
    x_a' = c [x_a (U_a - average) + sum_b x_b Q_ba - x_a].

    Attributes
    ----------
    matrices : tuple of arrays (k, k)
        ``matrices[i][a, b]`` is the probability Q_ab that a copy of strategy a plays b; rows add up to 1.
    when : str
        "births": mutation goes with copying, and payoffs are numbers of copies, not negative (the first
        equation).  "always": everybody mutates at a rate of one per unit of time with these probabilities,
        whatever is earned (the second), so that payoffs may have any sign and level.
    """

    kind: ClassVar[str] = "replicator-mutator"

    matrices: tuple[Array, ...] = ()
    when: str = "births"

    @property
    def inward(self) -> bool:
        """Whether it is certain that the field points inwards at every face: all mutate into all, always."""
        return self.when == "always" and all((m + np.eye(len(m)) > 0).all() for m in self.matrices)

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0.

        Raises
        ------
        InputError
            V322 for a negative payoff of a strategy that is played, with mutation at births.
        """
        result = []
        for i, (part, earned) in enumerate(zip(weights, self.payoffs(weights), strict=True)):
            copies = part * earned
            if self.when == "births":
                self._refuse_negative(i, np.where(part > 0, earned, 0.0))
                rate = copies @ self.matrices[i] - part * copies.sum(axis=-1, keepdims=True)
            else:
                average = copies.sum(axis=-1, keepdims=True)
                rate = part * (earned - average) + part @ _rates_of_leaving(self.matrices[i])
            result.append(self.speeds[i] * rate)
        return result

    def motions(self, weights: Sequence[Array]) -> list[Array]:
        """Return what `scale` measures: the growth rates without mutation, and the mutation."""
        result = []
        for part, earned, speed, matrix in zip(
            weights, self.payoffs(weights), self.speeds, self.matrices, strict=True
        ):
            growth = excess(part, earned)
            lost = -np.diagonal(_rates_of_leaving(matrix))
            if self.when == "births":
                lost = lost * np.maximum(earned, 0.0)
            result.append(speed * np.maximum(np.abs(growth), lost))
        return result

    def _refuse_negative(self, i: int, earned: Array) -> None:
        if not (earned < 0).any():
            return
        worst = float(earned[earned < 0].min())
        name = " and ".join(self.shares[self.slices[i]])
        raise InputError(
            "V322",
            f"a strategy of the population of {name} earns {worst:.4g}; with mutation at births a payoff is "
            "a number of copies and cannot be negative",
            hint='add the same amount to all payoffs, or let mutation go on always: when="always"',
        )


def _rates_of_leaving(matrix: Array) -> Array:
    """Return probabilities minus those of staying, so that rare mutation survives rounding."""
    rates = np.where(np.eye(len(matrix)) > 0, 0.0, matrix)
    return rates - np.diag(rates.sum(axis=1))


def replicator_mutator(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    mu: object = None,
    matrix: object = None,
    when: str = "births",
) -> ReplicatorMutator:
    """Return the replicator-mutator dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.
    mu : number, or mapping of population to number
        The probability that a copy plays another strategy, each of the others equally likely: from 0 to 1.
        A population that is not named does not mutate.
    matrix : array (k, k), or mapping of population to array, instead of `mu`
        ``matrix[a][b]`` is the probability that a copy of strategy a plays b.
    when : {"births", "always"}
        Whether mutation goes with copying, or happens to everybody at all times whatever is earned.

    Raises
    ------
    InputError
        V321 for a probability outside 0 to 1, a matrix of another size or whose rows do not add up to 1,
        or another `when`; V322 for a negative payoff at a pure profile or in the middle, played or not, with
        mutation at births; also those of `replicator`.  The field itself raises V322 at any other such state.

    References
    ----------
    Page & Nowak (2002), equation 1; Hofbauer & Sigmund (1998), chapter 20.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[3, 0], [5, 1]], "title": "Prisoners"})
    >>> replicator_mutator(game, mu=0.1)([[0.0], [1.0]]).round(12).tolist()
    [[0.1], [-0.3]]
    >>> replicator_mutator(game, mu=0.1, when="always")([[0.0], [1.0]]).round(12).tolist()
    [[0.1], [-0.1]]
    """
    if when not in WHEN:
        close = nearest(str(when), WHEN)
        raise InputError(
            "V321",
            f"`when` is {when!r}; expected {' or '.join(repr(w) for w in WHEN)}",
            hint=f"did you mean {close!r}?" if close else None,
        )
    driven = ingredients(game, values, scenario).driven
    flow = ReplicatorMutator(**driven, matrices=mutation_matrices(game, mu, matrix), when=when)
    if when == "births":
        # Also for strategies that nobody plays: beside the state they are played and earn all but the same.
        for i, earned in enumerate(flow.payoffs(flow.weights(flow.probes))):
            flow._refuse_negative(i, earned)
    return flow


DYNAMIC = Dynamic(
    ReplicatorMutator, replicator_mutator, say("replicator-mutator dynamics"), "own", ("mutator",)
)
