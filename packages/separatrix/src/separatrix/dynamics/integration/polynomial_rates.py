"""The rates of change of log-odds as polynomials in the shares, of one game or of many of the same form.

Payoffs are evaluated as they are written, with polynomials for the shares; so tables, matrices and formulas
take one route, and parameters may be arrays with a number for each draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import FormulaPayoffs, PairPayoffs, PayoffFunction, ProfilePayoffs
from separatrix.dynamics.tolerances import EPSILON

if TYPE_CHECKING:
    from separatrix.dynamics.fields.replicator import Replicator

__all__ = ["Polynomial", "PolynomialRates", "polynomial_rates", "rates_of_replicator", "share_polynomials"]

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Monomial = tuple[int, ...]

MOST_TERMS = 1_024
"""Terms of all rates together, past which payoffs are evaluated as they are written. More: kernels run out
of the fast memory."""

HIGHEST_DEGREE = 8
"""Of a polynomial in the shares. Higher: powers of 1 - x that are multiplied out lose digits."""


class NoPolynomial(Exception):
    """Payoffs that are not polynomials, or too large ones."""


class Polynomial:
    """A polynomial in coordinates of a state; each coefficient is a number, or one for each game."""

    __array_ufunc__ = None  # so that arrays leave arithmetic to it

    def __init__(self, terms: Mapping[Monomial, Any]) -> None:
        if len(terms) > MOST_TERMS or any(len(monomial) > HIGHEST_DEGREE for monomial in terms):
            raise NoPolynomial
        self.terms = dict(terms)

    def __add__(self, other: Any) -> Polynomial:
        result = dict(self.terms)
        for monomial, value in _terms(other).items():
            result[monomial] = result[monomial] + value if monomial in result else value
        return Polynomial(result)

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return Polynomial({monomial: -value for monomial, value in self.terms.items()})

    def __sub__(self, other: Any) -> Polynomial:
        return self + -Polynomial(_terms(other))

    def __rsub__(self, other: Any) -> Polynomial:
        return Polynomial(_terms(other)) - self

    def __mul__(self, other: Any) -> Polynomial:
        result: dict[Monomial, Any] = {}
        for one, first in self.terms.items():
            for two, second in _terms(other).items():
                monomial = tuple(sorted((*one, *two)))
                value = first * second
                result[monomial] = result[monomial] + value if monomial in result else value
        return Polynomial(result)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Polynomial:
        divisor = _terms(other)
        if set(divisor) - {()}:
            raise NoPolynomial
        return Polynomial({monomial: value / divisor[()] for monomial, value in self.terms.items()})

    def __rtruediv__(self, other: Any) -> Polynomial:
        return Polynomial(_terms(other)) / self

    def __pow__(self, exponent: Any) -> Polynomial:
        if not isinstance(exponent, int) or not 0 <= exponent <= HIGHEST_DEGREE:
            raise NoPolynomial
        result = Polynomial({(): 1.0})
        for _ in range(exponent):
            result = result * self
        return result


def _terms(value: Any) -> Mapping[Monomial, Any]:
    return value.terms if isinstance(value, Polynomial) else {(): value}


@dataclass(frozen=True, eq=False)
class PolynomialRates:
    """Rates of change of log-odds, and growth rates of more than two strategies, in games of one form.

    Attributes
    ----------
    sizes : tuple of int
        The number of strategies of each population.
    parents, variables : array (features,)
        Each product of shares is another one, its parent, times one share; the first is 1.
    begins : array (coordinates + 1,)
        Where the terms of each rate begin.
    features : array (terms,)
        The product of shares in each term.
    coefficients : array (games, terms)
    """

    sizes: tuple[int, ...]
    parents: Whole
    variables: Whole
    begins: Whole
    features: Whole
    coefficients: Array

    def select(self, rows: NDArray[np.intp] | slice) -> PolynomialRates:
        """Return the same with some of the games."""
        return PolynomialRates(
            self.sizes,
            self.parents,
            self.variables,
            self.begins,
            self.features,
            np.ascontiguousarray(self.coefficients[rows]),
        )


def share_polynomials(sizes: Sequence[int]) -> list[list[Polynomial]]:
    """Return the share of each strategy as a polynomial in the coordinates of a state."""
    result, at = [], 0
    for size in sizes:
        if size == 2:
            first = Polynomial({(at,): 1.0})
            result.append([first, 1.0 - first])
            at += 1
        else:
            result.append([Polynomial({(at + k,): 1.0}) for k in range(size)])
            at += size
    return result


def polynomial_rates(
    sizes: Sequence[int], growth: Callable[[], list[list[Any]]], games: int = 1
) -> PolynomialRates | None:
    """Return the rates of log-odds from the growth rates of all strategies; None where these are too large.

    Parameters
    ----------
    sizes : sequence of int
    growth : callable
        Returns polynomials, or what else is a number, for each strategy of each population.
    games : int
        How many numbers each coefficient has.
    """
    try:
        rates: list[Mapping[Monomial, Any]] = []
        for own in growth():
            parts = [Polynomial(_terms(one)) for one in own]
            rates += [(parts[0] - parts[1]).terms] if len(own) == 2 else [part.terms for part in parts]
    except (NoPolynomial, TypeError, AttributeError):
        # Functions of a polynomial, such as exp, are none.
        return None
    kept = [
        {monomial: value for monomial, value in own.items() if not monomial or np.any(np.asarray(value) != 0)}
        for own in rates
    ]
    places: dict[Monomial, int] = {(): 0}
    parents, variables = [0], [0]

    def placed(monomial: Monomial) -> int:
        if monomial not in places:
            parent = placed(monomial[:-1])
            places[monomial] = len(parents)
            parents.append(parent)
            variables.append(monomial[-1])
        return places[monomial]

    features = [placed(monomial) for own in kept for monomial in own]
    if len(features) > MOST_TERMS:
        return None
    coefficients = np.empty((games, len(features)))
    for k, value in enumerate(value for own in kept for value in own.values()):
        coefficients[:, k] = value
    return PolynomialRates(
        tuple(sizes),
        np.array(parents),
        np.array(variables),
        np.cumsum([0, *map(len, kept)]),
        np.array(features, dtype=np.int64),
        coefficients,
    )


def rates_of_replicator(field: Replicator) -> PolynomialRates | None:
    """Return the rates of a game under the replicator, or None if they are not polynomials."""

    def growth() -> list[list[Any]]:
        earned = _earned(field.payoffs, share_polynomials(field.sizes))
        return [[speed * one for one in own] for speed, own in zip(field.speeds, earned, strict=True)]

    found = polynomial_rates(field.sizes, growth)
    return found if found is not None and _agrees(found, field) else None


def _earned(payoffs: PayoffFunction, shares: list[list[Polynomial]]) -> list[list[Any]]:
    match payoffs:
        case PairPayoffs(tables):
            result: list[list[Any]] = [[0.0] * len(own) for own in shares]
            for (i, j), table in tables.items():
                for a, row in enumerate(table.tolist()):
                    for value, share in zip(row, shares[j], strict=True):
                        result[i][a] = result[i][a] + value * share
            return result
        case ProfilePayoffs(tables=own_tables):
            return [_folded(table, i, shares) for i, table in enumerate(own_tables)]
        case FormulaPayoffs(shares=names, functions=functions):
            at = {
                name: share
                for own, part in zip(names, shares, strict=True)
                for name, share in zip(own, part, strict=False)
            }
            return [[function(at) for function in row] for row in functions]
    raise NoPolynomial


def _folded(table: Array, i: int, shares: list[list[Polynomial]]) -> list[Any]:
    """Return what each strategy of population i earns on average over the others."""
    result: Any = np.moveaxis(table, i, 0).astype(object)
    for j in reversed([j for j in range(len(shares)) if j != i]):
        own = np.empty(len(shares[j]), dtype=object)
        own[:] = shares[j]
        result = result @ own
    return list(result)


def _agrees(rates: PolynomialRates, field: Replicator) -> bool:
    """Whether the rates are those of the field up to rounding, at states all over the state space."""
    stream = np.random.default_rng(0)
    parts = [stream.dirichlet(np.ones(size), 16) for size in field.sizes]
    states = field.state(parts)
    with np.errstate(all="ignore"):
        wanted = [speed * earned for speed, earned in zip(field.speeds, field.payoffs(parts), strict=True)]
    values = [np.ones(len(states))]
    for parent, variable in zip(rates.parents[1:], rates.variables[1:], strict=True):
        values.append(values[parent] * states[:, variable])
    products = np.array(values)[rates.features] * rates.coefficients[0][:, None]
    found = [products[a:b].sum(axis=0) for a, b in zip(rates.begins, rates.begins[1:], strict=False)]
    size = np.abs(products).sum(axis=0).max(initial=0.0)
    at = 0
    for own in wanted:
        columns = [own[:, 0] - own[:, 1]] if own.shape[1] == 2 else list(own.T)
        for column in columns:
            if not (np.abs(found[at] - column) <= 64 * EPSILON * max(size, np.abs(column).max())).all():
                return False
            at += 1
    return True
