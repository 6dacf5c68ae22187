"""The advantages of two-strategy populations at the corners of the cube, in numbers or in symbols.

The advantage of a population is the payoff of its first strategy minus that of its second.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.multilinear import Corner
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.tree import Expression
from separatrix.game.model import Game, SelfMatrix
from separatrix.game.values import evaluate_in

__all__ = ["CornerTable", "corner_payoffs", "corner_values"]


@dataclass(frozen=True)
class CornerTable:
    """Advantages at the corners, as quotients in the parameters.

    ``corners[i]`` maps the shares (0 or 1) of the other populations to f_i there.  For one population
    against itself the single entry maps its *own* share.
    """

    ring: Ring
    corners: tuple[Mapping[Corner, Ratio], ...]
    poles: tuple[fmpq_mpoly, ...] = ()
    """Denominators in the payoffs: where one vanishes there is no game."""


def corner_payoffs(game: Game) -> tuple[dict[Corner, tuple[Expression, Expression]], ...]:
    """Return, for a game with a payoff table, the payoffs of both strategies at every corner."""
    form = game.form
    if isinstance(form, SelfMatrix):
        # Column 0 is met where everyone plays the first strategy: share 1.
        return ({(1 - j,): (form.rows[0][j], form.rows[1][j]) for j in (0, 1)},)
    n, pay = len(game.populations), game.pay
    result = []
    for i in range(n):
        table: dict[Corner, tuple[Expression, Expression]] = {}
        for corner in itertools.product((0, 1), repeat=n - 1):
            others = [1 - share for share in corner]
            first, second = ((*others[:i], own, *others[i:]) for own in (0, 1))
            table[corner] = (pay[first][i], pay[second][i])
        result.append(table)
    return tuple(result)


def corner_values(game: Game, values: Mapping[str, Fraction]) -> tuple[dict[Corner, Fraction], ...]:
    """Return the advantages at the corners of a game with a payoff table, as exact numbers.

    Raises
    ------
    InputError
        S003, S004 where a payoff divides by zero or is not rational at these values.
    """
    return tuple(
        {
            c: evaluate_in(game, what, first, values) - evaluate_in(game, what, second, values)
            for c, (first, second) in table.items()
        }
        for what, table in zip(
            (f"a payoff of {p.name}" for p in game.populations), corner_payoffs(game), strict=True
        )
    )
