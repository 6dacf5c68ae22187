"""The numbers behind a game of two strategies each: advantages at the corners of the cube.

The payoff advantage f_i of the first over the second strategy of population i is multilinear in the
shares of the others, so its values at their pure profiles say everything about it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from separatrix.exact.algebraic_numbers import Exact
from separatrix.expression.constants import Unseparated
from separatrix.run.cached_property import cached_property

__all__ = ["Corner", "Multilinear", "differences"]

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
        """For each population, the coefficient of every product of others' shares (zeros left out)."""
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
        """Return the coefficients of f_i in the shares that `fixed` leaves free (zeros left out)."""
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
