"""Payoffs while parameters move: formulas compiled once, for any values of the parameters that move."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import PayoffFunction, compiled
from separatrix.expression.tree import Expression, Number, substitute
from separatrix.game.fitness import folded, group_numbers, strategy_payoffs
from separatrix.game.model import Game, ReplicatorForm
from separatrix.game.values import expand

__all__ = ["Formulas", "Moving", "moving_formulas", "moving_payoffs"]

Array = NDArray[np.float64]

Moving = Callable[[Mapping[str, float]], tuple[tuple[float, ...], PayoffFunction]]
"""From the values of the parameters that move to the speeds and the payoffs."""

Function = Callable[[Mapping[str, Any]], Any]
Formulas = tuple[list[list[Function]], list[Function]]
"""For each population what each strategy earns, and its speed: from names to numbers or arrays."""


def moving_formulas(game: Game, known: Mapping[str, Fraction], moving: Collection[str]) -> Formulas | None:
    """Return the payoffs and the speeds of `game` as formulas in the shares and the parameters `moving`.

    Like `moving_payoffs`, whose arguments these are, it returns None if exact algebra must be repeated.
    """
    if isinstance(game.form, ReplicatorForm) or set(moving).intersection(group_numbers(game)):
        return None
    fixed: dict[str, Expression] = {
        name: Number(known[name]) for name in game.parameters if name in known and name not in moving
    }

    def function(expression: Expression) -> Function:
        return compiled(folded(substitute(expand(game, expression), fixed)))

    rows = [[function(u) for u in row] for row in strategy_payoffs(game, known)]
    return rows, [function(speed) for speed in game.speeds]


def moving_payoffs(game: Game, known: Mapping[str, Fraction], moving: Collection[str]) -> Moving | None:
    """Return the speeds and payoffs of `game` as functions of the parameters `moving`.

    Parameters
    ----------
    game : Game
    known : mapping of parameter to number
        The values of all parameters, of those that move some value.
    moving : collection of str

    Returns
    -------
    callable or None
        None if exact algebra must be repeated at each value: for growth rates given as equations, and for
        parameters that give the size of a group.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]], "title": "Coordination"})
    >>> speeds, payoffs = moving_payoffs(game, {"v": Fraction(2)}, ["v"])({"v": 2.5})
    >>> payoffs([np.array([0.5, 0.5])])[0].tolist()
    [1.25, 0.5]
    """
    formulas = moving_formulas(game, known, moving)
    if formulas is None:
        return None
    rows, speeds = formulas

    def speeds_and_payoffs(values: Mapping[str, float]) -> tuple[tuple[float, ...], PayoffFunction]:
        def payoffs(shares: Sequence[Array]) -> list[Array]:
            here: dict[str, Any] = dict(values)
            for population, part in zip(game.populations, shares, strict=True):
                here.update({name: part[..., k] for k, name in enumerate(population.shares)})
            result = []
            for row, part in zip(rows, shares, strict=True):
                earned = np.empty_like(part)
                for a, payoff in enumerate(row):
                    earned[..., a] = payoff(here)
                result.append(earned)
            return result

        return tuple(float(speed(values)) for speed in speeds), payoffs

    return speeds_and_payoffs
