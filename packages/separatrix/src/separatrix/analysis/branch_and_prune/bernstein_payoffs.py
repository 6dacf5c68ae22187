"""The payoffs of a field as Bernstein coefficients over the product of the populations' simplices.

Each population's payoffs are taken relative to its last strategy and multiplied by one positive number and,
where they are quotients, by one polynomial that is positive at every state.  Neither changes where two of
them are equal, nor which one is larger.  What is left are whole numbers, so signs are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.payoff_functions import Field
from separatrix.exact.bernstein import Basis, bases_of, basis, coefficients
from separatrix.run.cached_property import cached_property

__all__ = ["Forms", "Integers", "forms_of"]

Integers = NDArray[Any]
"""Whole numbers: int64 where they are small enough, else Python's own."""

LARGE = 2**60  # two coefficients can be subtracted in 64 bits


@dataclass(frozen=True, eq=False)
class Forms:
    """The payoffs in Bernstein form.

    Attributes
    ----------
    sizes : strategies of each population
    bases : for each population the basis on its simplex; all payoffs share them
    payoffs : for each population an array of whole numbers (strategy, coefficient of population 0, of
        population 1, ...); an axis has length 1 where the payoffs do not depend on those shares
    """

    sizes: tuple[int, ...]
    bases: tuple[Basis, ...]
    payoffs: tuple[Integers, ...]

    @property
    def n(self) -> int:
        """The number of populations."""
        return len(self.sizes)

    @cached_property
    def uses(self) -> tuple[tuple[bool, ...], ...]:
        """Whether the payoffs of the first population depend on the shares of the second."""
        return tuple(tuple(payoff.shape[1 + q] > 1 for q in range(self.n)) for payoff in self.payoffs)

    @cached_property
    def multiaffine(self) -> bool:
        """Whether payoffs are affine in each population's shares, the own ones left out."""
        return all(b.degree <= 1 for b in self.bases) and not any(self.uses[i][i] for i in range(self.n))

    def sign_on(self, face: Sequence[tuple[int, ...]], p: int, a: int, b: int) -> int | None:
        """Return the sign of one payoff of p minus another one inside a face, or None where it may change."""
        index = tuple(
            np.array(full.places(played)) if used else np.zeros(1, dtype=np.int64)
            for full, played, used in zip(self.bases, face, self.uses[p], strict=True)
        )
        values = (self.payoffs[p][a] - self.payoffs[p][b])[np.ix_(*index)]
        low, high = values.min(), values.max()
        if low == high == 0:
            return 0
        return 1 if low >= 0 else -1 if high <= 0 else None


def forms_of(field: Field, numerators: Sequence[Sequence[fmpq_mpoly]]) -> Forms:
    """Return the Bernstein coefficients of polynomials that compare a field's payoffs.

    Parameters
    ----------
    field : Field
    numerators : for each population and strategy a polynomial in the field's reduced coordinates; that
        of a strategy minus that of another one has the sign of the difference of their payoffs
    """
    bases = bases_of(field.spans, (u for row in numerators for u in row))
    return Forms(field.sizes, bases, tuple(_population(field, bases, row) for row in numerators))


def _population(field: Field, bases: tuple[Basis, ...], row: Sequence[fmpq_mpoly]) -> Integers:
    used = bases_of(field.spans, row)
    own = tuple(b if u.degree else basis(b.k, 0) for b, u in zip(bases, used, strict=True))
    tensors = [coefficients(field.spans, own, polynomial) for polynomial in row]
    scale = math.lcm(*(int(v.q) for tensor in tensors for v in tensor.flat))
    whole = [[int((v * scale).p) for v in tensor.flat] for tensor in tensors]
    small = all(abs(v) < LARGE for values in whole for v in values)
    shape = tuple(b.size for b in own)
    return np.array(whole, dtype=np.int64 if small else object).reshape(len(row), *shape)
