"""What every field takes from a game: names, sizes, speeds and payoffs at numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict

from separatrix.dynamics.fields.base import ExactSource
from separatrix.dynamics.fields.payoffs import PayoffFunction, payoff_function
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import evaluate_in, missing, resolve, with_lets

__all__ = ["Driven", "Ingredients", "ingredients", "numbers", "speeds_at"]


class Driven(TypedDict):
    """What every `PayoffField` is made of."""

    shares: tuple[str, ...]
    sizes: tuple[int, ...]
    speeds: tuple[float, ...]
    payoffs: PayoffFunction
    exact: ExactSource


@dataclass(frozen=True)
class Ingredients:
    """A game at numbers.

    Attributes
    ----------
    game : Game
    known : mapping of parameter or shorthand to its exact value
    driven : mapping
        The arguments that every field takes.
    """

    game: Game
    known: Mapping[str, Fraction]
    driven: Driven


def ingredients(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> Ingredients:
    """Return what a field of `game` needs.

    Raises
    ------
    ComesLater
        If the game has only equations, and they are not replicator equations of rational payoffs.
    InputError
        V304 where a parameter has no value; V301 for a speed that is not positive; V306 for a group of an
        impossible size.
    NameProblem
        For an unknown parameter or scenario.
    """
    known = numbers(game, values, scenario)
    driven = Driven(
        shares=game.shares,
        sizes=game.space.sizes,
        speeds=speeds_at(game, known),
        payoffs=payoff_function(game, known),
        exact=ExactSource(game, {name: known[name] for name in game.parameters}),
    )
    return Ingredients(game, known, driven)


def numbers(game: Game, values: Mapping[str, object] | None, scenario: str | None) -> dict[str, Fraction]:
    """Return the value of every parameter and of every shorthand without shares; raise V304 without one."""
    resolved = resolve(game, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise InputError(
            "V304",
            f"no value for {', '.join(f'`{n}`' for n in lacking)}",
            hint="give every parameter a value, or choose a scenario that does",
        )
    return with_lets(game, {n: v for n, v in resolved.items() if v is not None})


def speeds_at(game: Game, known: Mapping[str, Fraction]) -> tuple[float, ...]:
    """Return the speed of each population; raise V301 for one that is not positive."""
    speeds = []
    for population, expression in zip(game.populations, game.speeds, strict=True):
        speed = evaluate_in(game, f"the speed of {population.name}", expression, known)
        if speed <= 0:
            raise InputError("V301", f"the speed of {population.name} is {speed}; speeds are positive")
        speeds.append(float(speed))
    return tuple(speeds)
