"""Which points of a grid break an assumption of the game: on whole arrays of parameter values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.sweeps.rounding_bounds import UNKNOWN, condition_signs
from separatrix.errors import InputError
from separatrix.expression.condition import with_sides
from separatrix.expression.tree import Expression, Number, substitute
from separatrix.game.fitness import folded
from separatrix.game.model import Game
from separatrix.game.values import expand, violated

__all__ = ["Broken", "broken_assumptions"]

Array = NDArray[np.float64]

Broken = Callable[[Mapping[str, "Array"], Callable[[int], Mapping[str, Fraction]]], list[bool | str]]


def broken_assumptions(game: Game, fixed: Mapping[str, Fraction]) -> Broken:
    """Return a function from points to whether each breaks an assumption.

    Its arguments are those of `separatrix.dynamics.sweeps.strict_profiles.StrictProfiles.masks`.  Where an
    assumption itself has no value, as in ``1/a > 0`` at ``a = 0``, the code of the error is returned.
    """
    numbers: dict[str, Expression] = {name: Number(value) for name, value in fixed.items()}

    def written(side: Expression) -> Expression:
        return folded(substitute(expand(game, side), numbers))

    rules = [condition_signs(with_sides(condition, written)) for condition, _ in game.assumptions]

    def broken(at: Mapping[str, Array], exactly: Callable[[int], Mapping[str, Fraction]]) -> list[bool | str]:
        count = len(next(iter(at.values())))
        worst = np.ones(count, dtype=np.int8)
        for rule in rules:
            found = rule(at)
            worst = np.where((worst == -1) | (found == -1), -1, np.where(found == UNKNOWN, UNKNOWN, worst))
        result: list[bool | str] = (worst == -1).tolist()
        for k in np.flatnonzero(worst == UNKNOWN).tolist():
            try:
                result[k] = bool(violated(game, exactly(k)))
            except InputError as problem:
                result[k] = problem.code
        return result

    return broken
