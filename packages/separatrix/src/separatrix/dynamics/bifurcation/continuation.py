"""Following a rest point of a face along the parameter: in floats for drawing, in many digits up to a limit.

Inside a stretch without critical value the Jacobian of the equations is regular, so Newton's method from the
last state finds the next one if the step is small enough.  At a fold it is singular in the end: there the
limit is approached geometrically, and with a distance of 2**-90 two branches differ by about 2**-45.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.dynamics.bifurcation.family import Face
from separatrix.dynamics.bifurcation.formulas import closed_forms
from separatrix.dynamics.bifurcation.tolerances import (
    BITS,
    LARGEST_JUMP,
    LIMIT_BITS,
    NEWTON,
    OFF_PREDICTED,
    WELL_PREDICTED,
)
from separatrix.dynamics.tolerances import SAME
from separatrix.exact.algebraic_numbers import AlgebraicNumber, rational
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression
from separatrix.run.cached_property import cached_property

__all__ = ["ContinuedRestPoint", "value_at"]

Array = NDArray[np.float64]

NEWTON_STEPS, MANY_STEPS = 12, 60
"""Of Newton's method before a branch is lost: in doubles, and with many digits. Fewer: steps are halved more
often."""

LAST_STEPS = 6
"""The same at the critical value itself, where branches that meet there hardly converge."""

HALVINGS = 24
"""For a step before a branch is lost. Fewer: branches that are steep near a pole are lost, and the
numerical method takes over."""

SHORTEST_STRIDE = 2**-8
"""The halvings of the distance to a critical value, at once, below which a branch is lost. Larger: more
branches are lost so."""


class ContinuedRestPoint:
    """The equations of a face, ready to be followed.

    Parameters
    ----------
    face : Face
        With at least one free share.
    """

    def __init__(self, face: Face) -> None:
        self.face = face
        self.size = face.dimension
        self.polynomials = [g.numerator for g in face.equations]
        self.slopes = [[p.derivative(k) for k in range(self.size)] for p in self.polynomials]
        self.drifts = [p.derivative(self.size) for p in self.polynomials]

    @cached_property
    def forms(self) -> list[list[Expression]] | None:
        """The closed forms that the free shares may have."""
        return closed_forms(self.face)

    # ------------------------------------------------------------------ floats

    @cached_property
    def _terms(self) -> list[tuple[Array, Array]]:
        rows = [*self.polynomials, *(p for row in self.slopes for p in row), *self.drifts]
        return [_arrays(p, self.size + 1) for p in rows]

    def _evaluate(self, state: Array, at: float) -> tuple[Array, Array, Array]:
        point = np.append(state, at)
        values = np.array([float(c @ np.prod(point**e, axis=1)) for e, c in self._terms])
        n = self.size
        return values[:n], values[n : n + n * n].reshape(n, n), values[n + n * n :]

    def advance(self, state: Array, start: float, end: float, depth: int = 0) -> Array:
        """Return the state at `end` on the branch through `state` at `start`.

        Raises
        ------
        ArithmeticError
            Where the branch is lost.
        """
        _, slopes, drift = self._evaluate(state, start)
        try:
            move = -np.linalg.solve(slopes, drift) * (end - start)
            found = self._newton(state + move, end)
        except np.linalg.LinAlgError:
            found = None
        if found is not None:
            miss = float(np.max(np.abs(found - state - move)))
            if miss <= WELL_PREDICTED * float(np.max(np.abs(move))) + OFF_PREDICTED and miss < LARGEST_JUMP:
                return found
        if depth > HALVINGS:
            raise ArithmeticError("a branch was lost")
        middle = (start + end) / 2
        return self.advance(self.advance(state, start, middle, depth + 1), middle, end, depth + 1)

    def _newton(self, state: Array, at: float) -> Array | None:
        for _ in range(NEWTON_STEPS):
            value, slopes, _ = self._evaluate(state, at)
            step = np.linalg.solve(slopes, value)
            state = state - step
            size = float(np.max(np.abs(step)))
            if not size < 1:
                return None
            if size < NEWTON:
                return state
        return state if size < SAME else None

    # ------------------------------------------------------------------ many digits

    def limit(self, state: Sequence[float], start: Fraction, end: AlgebraicNumber) -> Array:
        """Return the limit of the branch through `state` at `start` as the parameter tends to `end`.

        Raises
        ------
        ArithmeticError
            Where the branch is lost.
        """
        with precision(BITS):
            attractor = end.ball(BITS // 2).mid()
            point = self._converge([arb(float(x)) for x in state], arb(rational(start)))
            distance = attractor - arb(rational(start))
            done, stride = 0.0, 2.0
            while done < LIMIT_BITS:
                try:
                    then = self._converge(point, (attractor - distance * arb(2) ** -(done + stride)).mid())
                    if max(abs(float(a - b)) for a, b in zip(then, point, strict=True)) > LARGEST_JUMP:
                        raise ArithmeticError("a branch jumped")
                except ArithmeticError:
                    stride /= 2
                    if stride < SHORTEST_STRIDE:
                        raise
                    continue
                point, done, stride = then, done + stride, min(2.0, 2 * stride)
            try:
                final = self._converge(point, attractor, most=LAST_STEPS)
            except ArithmeticError:
                final = point
            if max(abs(float(a - b)) for a, b in zip(final, point, strict=True)) > SAME:
                final = point
            return np.array([float(x) for x in final])

    def _converge(self, point: list[arb], at: arb, most: int = MANY_STEPS) -> list[arb]:
        for _ in range(most):
            here = [*point, at]
            value = arb_mat([[value_at(p, here)] for p in self.polynomials])
            slopes = arb_mat([[value_at(p, here) for p in row] for row in self.slopes])
            try:
                step = slopes.mid().solve(value.mid())
            except ZeroDivisionError:
                raise ArithmeticError("a branch was lost") from None
            point = [(x - step[k, 0]).mid() for k, x in enumerate(point)]
            size = max(abs(step[k, 0]).mid() for k in range(self.size))
            if not size < 1:
                break
            if size < arb(2) ** (-BITS // 2):
                return point
        raise ArithmeticError("a branch was lost")


def _arrays(polynomial: fmpq_mpoly, width: int) -> tuple[Array, Array]:
    terms = polynomial.to_dict()
    if not terms:
        return np.zeros((1, width)), np.zeros(1)
    factors = [int(c.p) / int(c.q) for c in terms.values()]
    return np.array([list(map(int, e)) for e in terms], dtype=float), np.array(factors)


def value_at(polynomial: fmpq_mpoly, point: Sequence[arb]) -> arb:
    """Return the value of a polynomial at balls."""
    total = arb(0)
    powers: dict[tuple[int, int], arb] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        term = arb(coefficient)
        for k, e in enumerate(exponents):
            if e:
                if (k, e) not in powers:
                    powers[k, e] = point[k] ** int(e)
                term = term * powers[k, e]
        total = total + term
    return total
