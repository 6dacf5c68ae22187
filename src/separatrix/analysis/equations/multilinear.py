"""The numbers behind a game of two strategies each: advantages at the corners of the cube.

The payoff advantage f_i of the first over the second strategy of population i is multilinear in the
shares of the others, so its values at their pure profiles say everything about it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from flint import fmpq

from separatrix.exact.surd import Exact
from separatrix.run.cached import cached_property

__all__ = ["Multilinear"]

Corner = tuple[int, ...]


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
        table = dict(self.corners[i])
        # Möbius inversion over the subsets of the others, one axis at a time.
        for axis in range(len(others)):
            for corner in itertools.product((0, 1), repeat=len(others)):
                if corner[axis]:
                    below = (*corner[:axis], 0, *corner[axis + 1 :])
                    table[corner] = table[corner] - table[below]
        return {
            frozenset(j for j, on in zip(others, corner, strict=True) if on): value
            for corner, value in table.items()
            if value != 0
        }

    def at(self, i: int, state: tuple[Exact, ...]) -> Exact:
        """Return f_i at a state (the own share does not matter)."""
        total: Exact = fmpq(0)
        for subset, value in self.coefficients[i].items():
            term: Exact = value
            for j in subset:
                term = term * state[j]
            total = total + term
        return total

    def slope(self, i: int, j: int, state: tuple[Exact, ...]) -> Exact:
        """Return the derivative of f_i by the share of population j at a state."""
        total: Exact = fmpq(0)
        for subset, value in self.coefficients[i].items():
            if j in subset:
                term: Exact = value
                for k in subset:
                    if k != j:
                        term = term * state[k]
                total = total + term
        return total

    def second(self, i: int, j: int, k: int, state: tuple[Exact, ...]) -> Exact:
        """Return the mixed second derivative of f_i by the shares of j and k at a state."""
        total: Exact = fmpq(0)
        for subset, value in self.coefficients[i].items():
            if j in subset and k in subset:
                term: Exact = value
                for m in subset - {j, k}:
                    term = term * state[m]
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
            if term == 0:
                continue
            left = frozenset(j for j in subset if j not in fixed)
            result[left] = result[left] + term if left in result else term
        return {k: v for k, v in result.items() if v != 0}
