"""The replicator-mutator dynamics: players who copy a strategy sometimes make mistakes.

Page, K. M. and Nowak, M. A. (2002), Unifying evolutionary dynamics, Journal of Theoretical Biology 219,
93-98, equation 1; with mutation at a constant rate Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games
and Population Dynamics, chapter 20, and Bomze, I. M. and Bürger, R. (1995), Stability by mutation in
evolutionary games, Games and Economic Behavior 11, 146-172.

Mutation matrices: with what probability a copy of one strategy plays another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import PayoffField, excess, ingredients
from separatrix.dynamics.fields.target_protocols import Dynamic
from separatrix.dynamics.tolerances import ROUNDED
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.game.values import exact
from separatrix.io.yaml_output import is_list
from separatrix.sentences import say

__all__ = ["DYNAMIC", "ReplicatorMutator", "mutation_matrices", "replicator_mutator"]

Array = NDArray[np.float64]


def mutation_matrices(game: Game, mu: object, matrix: object) -> tuple[Array, ...]:
    """Return a mutation matrix (k, k) for each population; its rows add up to one.

    Parameters
    ----------
    game : Game
    mu : number, or mapping of population to number, or None
        See `separatrix.dynamics.fields.mutation.replicator_mutator`.
    matrix : array (k, k), or mapping of population to array, or None
        One of `mu` and `matrix` is None.

    Raises
    ------
    InputError
        V321 for anything else.
    NameProblem
        V321 for a population that is not there.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> rock = load({"title": "Rock, paper, scissors", "payoff_matrix": [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]})
    >>> mutation_matrices(rock, 0.2, None)[0].tolist()
    [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    """
    if (mu is None) == (matrix is None):
        found = "neither" if mu is None else "both"
        raise InputError(
            "V321",
            f"the replicator-mutator needs a rate `mu` or a `matrix`; found {found}",
            hint="for example mu=0.01",
        )
    if mu is not None:
        return tuple(
            _uniform(p, item)
            for p, item in zip(game.populations, _values_by_population(game, mu, "mu"), strict=True)
        )
    given = _values_by_population(game, matrix, "matrix")
    return tuple(_read(p, item) for p, item in zip(game.populations, given, strict=True))


def _values_by_population(game: Game, given: object, what: str) -> list[Any]:
    """Return what is given for each population; None where a mapping leaves it out."""
    if not isinstance(given, Mapping):
        return [given] * len(game.populations)
    names = [p.name for p in game.populations]
    for name in given:
        if name not in names:
            close = nearest(str(name), names)
            raise NameProblem(
                "V321",
                f"`{what}` is given for `{name}`; the populations are: {', '.join(names)}",
                hint=f"did you mean `{close}`?" if close else None,
            )
    return [given.get(name) for name in names]


def _uniform(population: Population, mu: object) -> Array:
    size = len(population.strategies)
    if mu is None:
        return np.eye(size)
    rate = exact(mu, f"mu of {population.name}")
    if not 0 <= rate <= 1:
        raise InputError(
            "V321",
            f"the mutation rate of {population.name} is {float(rate):g}; a probability lies between 0 and 1",
            hint="write 0.01 for 1 %",
        )
    result = np.full((size, size), float(rate / (size - 1)))
    np.fill_diagonal(result, float(1 - rate))
    return result


def _read(population: Population, given: object) -> Array:
    size = len(population.strategies)
    if given is None:
        return np.eye(size)
    rows = list(given) if is_list(given) else []
    if len(rows) != size or not all(is_list(row) and len(row) == size for row in rows):
        raise InputError(
            "V321", f"the mutation matrix of {population.name} must have {size} rows of {size} probabilities"
        )
    name = f"the mutation matrix of {population.name}"
    result = np.array([[float(exact(item, name)) for item in row] for row in rows])
    if (result < 0).any():
        raise InputError("V321", f"{name} holds {result.min():g}; probabilities are not negative")
    totals = result.sum(axis=1)
    for strategy, total in zip(population.strategies, totals, strict=True):
        if abs(total - 1) > ROUNDED:
            raise InputError(
                "V321",
                f"in {name} the row of {strategy.name} adds up to {total:.6g}, not to 1",
                hint=(
                    "a row gives the probabilities of the strategies that copies of one strategy "
                    "play, itself included"
                ),
            )
    return np.asarray(result / totals[:, None])


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
