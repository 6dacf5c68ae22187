"""Which strategies players try who do not copy: mutation and exploration, as chances from each to each other.

People explore much more than models of rare mutation assume: Traulsen, A., Semmann, D., Sommerfeld, R. D.,
Krambeck, H.-J. and Milinski, M. (2010), Human strategy updating in evolutionary games, PNAS 107, 2962-2966.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Population
from separatrix.game.values import exact
from separatrix.io.yaml_output import without_arrays

__all__ = ["MutantStrategies", "exploration_of", "mutation_rate"]


@dataclass(frozen=True)
class MutantStrategies:
    """Which strategies are tried.

    Attributes
    ----------
    chances : for each population rows of Fraction
        The probability that an explorer of the strategy (row) takes up each other one; rows add up to 1.
    """

    chances: tuple[tuple[tuple[Fraction, ...], ...], ...]

    def chance(self, population: int, own: int, other: int) -> Fraction:
        """Return the probability that an explorer takes up `other`."""
        return self.chances[population][own][other]

    def matrix(self, population: int) -> NDArray[np.float64]:
        """Return the chances of one population as an array (k, k)."""
        return np.array(self.chances[population], dtype=np.float64)

    def to_dict(self, game: Game) -> dict[str, Any]:
        """Return the chances as plain data, by population."""
        return {
            p.name: [[float(chance) for chance in row] for row in rows]
            for p, rows in zip(game.populations, self.chances, strict=True)
        }


def exploration_of(game: Game, given: object = None) -> MutantStrategies:
    """Return which strategies are tried.

    Parameters
    ----------
    game : Game
    given : mapping or matrix, optional
        Weights by strategy, or a matrix; in a game of several populations a mapping from their names to
        these.

    Raises
    ------
    InputError
        N208 for what gives no chances: negative numbers, a row of zeros, a matrix of another shape.
    NameProblem
        N203 for an unknown strategy or population.

    Examples
    --------
    >>> from separatrix import Game
    >>> from fractions import Fraction
    >>> game = Game.from_matrices([[1, 1, 1]] * 3, strategies=["a", "b", "c"])
    >>> exploration_of(game).chance(0, 0, 1), exploration_of(game, {"a": 3, "b": 1, "c": 0}).chance(0, 2, 0)
    (Fraction(1, 2), Fraction(3, 4))
    """
    populations = game.populations
    own: list[object] = [None] * len(populations)
    names = [p.name for p in populations]
    if len(populations) == 1:
        own = [given]
    elif isinstance(given, Mapping):
        for name, part in given.items():
            if str(name) not in names:
                close = nearest(str(name), names)
                raise NameProblem(
                    "N203",
                    f"no population `{name}`; the game has: {', '.join(names)}",
                    hint=f"did you mean `{close}`?" if close else None,
                )
            own[names.index(str(name))] = part
    elif given is not None:
        raise InputError("N208", "for several populations, give exploration by the names of the populations")
    return MutantStrategies(tuple(_chances(p, part) for p, part in zip(populations, own, strict=True)))


def _chances(population: Population, given: object) -> tuple[tuple[Fraction, ...], ...]:
    k = len(population.strategies)
    if given is None:
        return tuple(tuple(Fraction(int(a != b), max(k - 1, 1)) for b in range(k)) for a in range(k))
    if isinstance(given, Mapping):
        names = [s.name for s in population.strategies]
        ids = [s.id for s in population.strategies]
        weights = [Fraction(0)] * k
        for name, weight in given.items():
            keys = names if str(name) in names else ids
            if str(name) not in keys:
                raise NameProblem(
                    "N203", f"{population.name} has no strategy `{name}`; it has: {', '.join(names)}"
                )
            weights[keys.index(str(name))] = exact(weight, f"the weight of {name}")
        rows: list[list[Fraction]] = [list(weights) for _ in range(k)]
    else:
        plain = without_arrays(given)
        fits = isinstance(plain, Sequence) and len(plain) == k
        if not fits or not all(isinstance(row, Sequence) and len(row) == k for row in plain):
            raise InputError(
                "N208",
                f"the exploration of {population.name} is not a table of {k} rows of {k} numbers",
                hint="give weights by strategy, as in {'cooperate': 2, 'defect': 1}, or a matrix",
            )
        rows = [[exact(value, "a weight of exploration") for value in row] for row in plain]
    for a, row in enumerate(rows):
        row[a] = Fraction(0)
        if min(row) < 0 or (k > 1 and not sum(row)):
            raise InputError(
                "N208",
                f"who plays `{population.strategies[a].name}` explores nothing, or with negative weights",
                hint="give weights of 0 or more, at least one above 0 for another strategy",
            )
    return tuple(tuple(value / (sum(row) or 1) for value in row) for row in rows)


def mutation_rate(given: object) -> float:
    """Return the probability that an update explores; raise N208 if it is not between 0 and 1."""
    try:
        rate = float(exact(given, "mu"))
    except (InputError, OverflowError):
        rate = -1.0
    if not 0 <= rate <= 1:
        raise InputError(
            "N208", f"mu, the probability that an update explores, is {given}; expected a number from 0 to 1"
        )
    return rate
