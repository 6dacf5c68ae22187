"""The numbers behind a game of two strategies each: advantages at the corners of the cube.

The payoff advantage f_i of the first over the second strategy of population i is multilinear in the
shares of the others, so its values at their pure profiles say everything about it.

The advantages of two-strategy populations at the corners of the cube, in numbers or in symbols.

The advantage of a population is the payoff of its first strategy minus that of its second.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly

from separatrix.exact.algebraic_numbers import Exact
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.constants import Unseparated
from separatrix.expression.tree import Expression
from separatrix.game.model import Game, SelfMatrix
from separatrix.game.values import evaluate_in
from separatrix.run.cached_property import cached_property

__all__ = [
    "Corner",
    "CornerTable",
    "Multilinear",
    "corner_payoffs",
    "corner_values",
    "differences",
]

Corner = tuple[int, ...]


def differences(corners: Mapping[Corner, Any]) -> dict[Corner, Any]:
    """Return the coefficients of a multilinear function from its values at the corners, by exponents.

    Möbius inversion over the subsets of the variables, one axis at a time.
    """
    result = dict(corners)
    for axis in range(len(next(iter(result)))):
        for corner in result:
            if corner[axis]:
                result[corner] = result[corner] - result[(*corner[:axis], 0, *corner[axis + 1 :])]
    return result


def _is_zero(value: Any) -> bool:
    """Whether a coefficient vanishes; one of unknown sign is carried on."""
    try:
        return bool(value == 0)
    except Unseparated:
        return False


@dataclass(frozen=True)
class Multilinear:
    """Advantages of n populations with two strategies each that do not play themselves.

    Attributes
    ----------
    corners : one mapping a population
        From the shares (0 or 1) of the *other* populations, in order, to f_i there.
    """

    corners: tuple[Mapping[Corner, fmpq], ...]

    @property
    def n(self) -> int:
        """The number of populations."""
        return len(self.corners)

    @cached_property
    def coefficients(self) -> tuple[dict[frozenset[int], fmpq], ...]:
        """For each population, the nonzero coefficient of every product of others' shares."""
        return tuple(self._coefficients(i) for i in range(self.n))

    def _coefficients(self, i: int) -> dict[frozenset[int], fmpq]:
        others = [j for j in range(self.n) if j != i]
        return {
            frozenset(itertools.compress(others, corner)): value
            for corner, value in differences(self.corners[i]).items()
            if not _is_zero(value)
        }

    def at(self, i: int, state: tuple[Exact, ...]) -> Exact:
        """Return f_i at a state (the own share does not matter)."""
        return self._derivative(i, state)

    def slope(self, i: int, j: int, state: tuple[Exact, ...]) -> Exact:
        """Return the derivative of f_i by the share of population j at a state."""
        return self._derivative(i, state, j)

    def second(self, i: int, j: int, k: int, state: tuple[Exact, ...]) -> Exact:
        """Return the mixed second derivative of f_i by the shares of j and k at a state."""
        return self._derivative(i, state, j, k)

    def _derivative(self, i: int, state: tuple[Exact, ...], *by: int) -> Exact:
        total: Exact = fmpq(0)
        for subset, value in self.coefficients[i].items():
            if subset.issuperset(by):
                term: Exact = value
                for k in subset.difference(by):
                    term = term * state[k]
                total = total + term
        return total

    def restricted(self, i: int, fixed: Mapping[int, Exact]) -> dict[frozenset[int], Exact]:
        """Return the nonzero coefficients of f_i in the shares that `fixed` leaves free."""
        result: dict[frozenset[int], Exact] = {}
        for subset, value in self.coefficients[i].items():
            term: Exact = value
            for j in subset:
                if j in fixed:
                    term = term * fixed[j]
            if _is_zero(term):
                continue
            left = frozenset(j for j in subset if j not in fixed)
            result[left] = result[left] + term if left in result else term
        return {k: v for k, v in result.items() if not _is_zero(v)}


@dataclass(frozen=True)
class CornerTable:
    """Advantages at the corners, as quotients in the parameters.

    ``corners[i]`` maps the shares (0 or 1) of the other populations to f_i there.  For one population
    against itself the single entry maps its *own* share.
    """

    ring: Ring
    corners: tuple[Mapping[Corner, Ratio], ...]
    poles: tuple[fmpq_mpoly, ...] = ()
    """Denominators in the payoffs: the game is undefined where one vanishes."""


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
