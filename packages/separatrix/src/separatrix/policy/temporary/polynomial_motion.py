"""Motion and cost that are polynomials in shares and levels, followed by machine code.

Payoffs from tables are polynomials, and so are most costs; many trajectories, real or with imaginary steps,
then take the steps of the classical Runge-Kutta method at once (Hairer, Nørsett & Wanner 1993, section II.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.expression.polynomial import monomials
from separatrix.expression.tree import Expression
from separatrix.run.compilation import compiled

__all__ = ["PolynomialMotion", "polynomial_motion"]

Array = NDArray[Any]

MOST_TERMS = 400
"""Of a rate that is multiplied out. More: such games are followed formula by formula, slower."""


@dataclass(frozen=True, eq=False)
class PolynomialMotion:
    """Rates of coordinates and the cost, as polynomials in shares and levels.

    Attributes
    ----------
    sizes : array (populations,)
        The number of strategies of each.
    exponents : array (terms, shares + levels)
    coefficients : array (n + 1, terms)
        Of each coordinate's rate; the last row is the cost.
    discount : float
    """

    sizes: NDArray[np.int64]
    exponents: NDArray[np.int64]
    coefficients: Array
    discount: float

    def advance(
        self, at: Array, levels: Array, lengths: Array, count: int, time: Array
    ) -> tuple[Array, Array]:
        """Return coordinates (lanes, n) after so many steps, and what they cost, discounted.

        Parameters
        ----------
        at : array (lanes, n)
        levels : array (lanes, m)
        lengths : array (lanes,)
            Of one step.
        count : int
        time : array (lanes,)
            When the first step begins.
        """
        kind = np.result_type(at, levels, lengths)
        given = (np.ascontiguousarray(part, dtype=kind) for part in (at, levels, lengths, time))
        a, u, h, t = given
        ends, spent = _advance(
            a, u, h, count, t, self.sizes, self.exponents, self.coefficients.astype(kind), self.discount
        )
        return ends, spent

    def slope(self, at: Array, levels: Array) -> Array:
        """Return the rates of one state's coordinates, and behind them the cost per unit of time."""
        out = np.empty(len(at) + 1)
        _slope(
            np.asarray(at, dtype=float),
            np.asarray(levels, dtype=float),
            self.sizes,
            self.exponents,
            self.coefficients,
            np.empty(self.exponents.shape[1]),
            out,
        )
        return out


def polynomial_motion(
    names: Sequence[str], sizes: Sequence[int], formulas: Sequence[Expression], discount: float
) -> PolynomialMotion | None:
    """Return rates and cost as polynomials, or None where one of them is none.

    Parameters
    ----------
    names : of the shares, then of the levels
    sizes : the number of strategies of each population
    formulas : the rate of each coordinate, and the cost
    discount : float
    """
    read = [monomials(formula, MOST_TERMS) for formula in formulas]
    if any(one is None for one in read):
        return None
    terms = sorted({monomial for one in read if one is not None for monomial in one})
    place = {name: k for k, name in enumerate(names)}
    if any(name not in place for monomial in terms for name, _ in monomial):
        return None
    exponents = np.zeros((max(len(terms), 1), len(names)), dtype=np.int64)
    coefficients = np.zeros((len(formulas), max(len(terms), 1)))
    for k, monomial in enumerate(terms):
        for name, power in monomial:
            exponents[k, place[name]] = power
        for row, one in enumerate(read):
            coefficients[row, k] = float((one or {}).get(monomial, 0))
    return PolynomialMotion(np.array(sizes, dtype=np.int64), exponents, coefficients, discount)


@compiled(kept=True)
def _slope(at: Any, levels: Any, sizes: Any, exponents: Any, coefficients: Any, known: Any, out: Any) -> None:
    """Write the rates at coordinates (n,) and the cost to `out`; `known` has room for shares and levels."""
    begin, place = 0, 0
    for size in sizes:
        top = 0.0
        for k in range(begin, begin + size - 1):
            top = max(top, at[k].real)
        whole = np.exp(-top + 0 * at[0])
        for k in range(begin, begin + size - 1):
            whole = whole + np.exp(at[k] - top)
        for k in range(begin, begin + size - 1):
            known[place] = np.exp(at[k] - top) / whole
            place += 1
        if size > 2:
            known[place] = np.exp(-top + 0 * at[0]) / whole
            place += 1
        begin += size - 1
    for k in range(levels.shape[0]):
        known[place + k] = levels[k]
    out[:] = 0.0
    for term in range(exponents.shape[0]):
        value = 1.0 + 0 * at[0]
        for k in range(exponents.shape[1]):
            for _ in range(exponents[term, k]):
                value = value * known[k]
        for row in range(out.shape[0]):
            out[row] += coefficients[row, term] * value


@compiled(kept=True)
def _advance(
    at: Any,
    levels: Any,
    lengths: Any,
    count: int,
    times: Any,
    sizes: Any,
    exponents: Any,
    coefficients: Any,
    discount: float,
) -> Any:
    ends, spent = at.copy(), np.zeros_like(lengths)
    n = at.shape[1]
    known = np.empty(exponents.shape[1], dtype=at.dtype)
    k1, k2 = np.empty(n + 1, dtype=at.dtype), np.empty(n + 1, dtype=at.dtype)
    k3, k4 = np.empty(n + 1, dtype=at.dtype), np.empty(n + 1, dtype=at.dtype)
    for lane in range(at.shape[0]):
        here, h, t, u = ends[lane], lengths[lane], times[lane], levels[lane]
        for _ in range(count):
            _slope(here, u, sizes, exponents, coefficients, known, k1)
            _slope(here + h / 2 * k1[:n], u, sizes, exponents, coefficients, known, k2)
            _slope(here + h / 2 * k2[:n], u, sizes, exponents, coefficients, known, k3)
            _slope(here + h * k3[:n], u, sizes, exponents, coefficients, known, k4)
            first, middle, last = (
                np.exp(-discount * t),
                np.exp(-discount * (t + h / 2)),
                np.exp(-discount * (t + h)),
            )
            spent[lane] += h / 6 * (k1[n] * first + 2 * (k2[n] + k3[n]) * middle + k4[n] * last)
            for k in range(n):
                here[k] += h / 6 * (k1[k] + 2 * k2[k] + 2 * k3[k] + k4[k])
            t = t + h
    return ends, spent
