"""The rest point of a face with linear equations, as quotients of polynomials in the parameter."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq_mat, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.dynamics.bifurcation.elimination import substituted
from separatrix.dynamics.bifurcation.family import Face
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.matrices import spectrum
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Expression
from separatrix.run.cached_property import cached_property

__all__ = ["Signs", "FaceSolution"]

Array = NDArray[np.float64]

Signs = tuple[int, int, int]
"""How many eigenvalues have negative, zero and positive real part."""


class FaceSolution:
    """A rest point in closed form.

    Parameters
    ----------
    face : Face
    free : its free shares, quotients in the parameter
    """

    def __init__(self, face: Face, free: Sequence[Ratio]) -> None:
        self.face, self.free = face, tuple(free)

    def _all(self, values: Sequence[Ratio]) -> list[Ratio] | None:
        found = [substituted(v, self.free) for v in values]
        exact = [v for v in found if v is not None]
        return exact if len(exact) == len(found) else None

    @cached_property
    def shares(self) -> list[Ratio]:
        """The shares in the game's order."""
        found = self._all(self.face.state)
        if found is None:
            raise ArithmeticError("a share has a denominator that vanishes")
        return found

    @cached_property
    def formula(self) -> tuple[Expression, ...]:
        """The shares as expressions in the parameter."""
        return tuple(s.expression() for s in self.shares)

    @cached_property
    def _growths(self) -> list[Ratio] | None:
        return self._all(self.face.growths)

    @cached_property
    def _block(self) -> list[list[Ratio]] | None:
        rows = [self._all(row) for row in self.face.block]
        exact = [row for row in rows if row is not None]
        return exact if len(exact) == len(rows) else None

    @cached_property
    def _coefficients(self) -> list[tuple[list[float], list[float]]]:
        return [(_falling(s.numerator), _falling(s.denominator)) for s in self.shares]

    def states(self, values: Array) -> Array:
        """Return the shares at values of the parameter."""
        with np.errstate(all="ignore"):
            columns = [np.polyval(a, values) / np.polyval(b, values) for a, b in self._coefficients]
        return np.array(columns).T

    def signs(self, sample: Fraction) -> Signs | None:
        """Return how many eigenvalues have each sign at a value, exactly; None at a pole."""
        if self._growths is None or self._block is None:
            return None
        at = {self.face.family.over: sample}
        try:
            outside = [g.evaluate(at) for g in self._growths]
            block = [[rational(v.evaluate(at)) for v in row] for row in self._block]
        except ZeroDivisionError:
            return None
        along = spectrum(fmpq_mat(block)).signs if block else (0, 0, 0)
        negative, positive = sum(v < 0 for v in outside), sum(v > 0 for v in outside)
        zero = len(outside) - negative - positive
        return negative + along[0], zero + along[1], positive + along[2]


def _falling(polynomial: fmpq_mpoly) -> list[float]:
    """The coefficients as floats, the leading one first."""
    terms = {int(e[0]): int(c.p) / int(c.q) for e, c in polynomial.to_dict().items()}
    return [terms.get(k, 0.0) for k in range(max(terms, default=0), -1, -1)]
