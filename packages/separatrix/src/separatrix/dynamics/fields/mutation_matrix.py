"""Mutation matrices: with what probability a copy of one strategy plays another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import ROUNDED
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.game.values import exact
from separatrix.io.yaml_output import is_list

__all__ = ["mutation_matrices"]

Array = NDArray[np.float64]


def mutation_matrices(game: Game, mu: object, matrix: object) -> tuple[Array, ...]:
    """Return a mutation matrix (k, k) for each population; its rows add up to one.

    Parameters
    ----------
    game : Game
    mu : number, or mapping of population to number, or None
        See `separatrix.dynamics.fields.mutator.replicator_mutator`.
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
