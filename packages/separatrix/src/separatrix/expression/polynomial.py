"""Polynomials as sums of monomials, read from expressions: small ones, as in payoffs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from fractions import Fraction

from separatrix.expression.tree import (
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    multiply,
    names_in,
    number,
    power,
)

__all__ = [
    "COUNTED",
    "Monomial",
    "Polynomial",
    "degree_in",
    "monomials",
    "multiplied_out",
    "term_count",
    "times",
]

Monomial = tuple[tuple[str, int], ...]
"""Names with their exponents, sorted by name."""

Polynomial = Mapping[Monomial, Fraction]
"""The coefficient of each monomial; none is zero."""

MOST_DEGREE = 4
"""Of a power that is multiplied out."""

MOST_TERMS = 400
"""Of a polynomial whose degree is read after it is multiplied out."""

COUNTED = 10**9
"""Terms up to which they are counted."""


def monomials(expression: Expression, most: int) -> dict[Monomial, Fraction] | None:
    """Return a polynomial multiplied out, or None where it is none or has over `most` terms.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> found = monomials(parse_expression("(a - b)*b + b^2"), 9)
    >>> {monomial: str(value) for monomial, value in found.items()}
    {(('a', 1), ('b', 1)): '1'}
    """
    found = _read(expression, most)
    return None if found is None else {m: c for m, c in found.items() if c}


def multiplied_out(polynomial: Polynomial) -> Expression:
    """Return a polynomial as a sum of its monomials, in their order."""
    return add(*(multiply(number(c), *(power(Name(n), k) for n, k in m)) for m, c in polynomial.items() if c))


def term_count(expression: Expression, lengths: Mapping[str, int] | None = None) -> int:
    """Return at most how many terms an expression has once it is multiplied out; `COUNTED` where more.

    An expression that is not a quotient of polynomials, such as a function or a root, counts as a name.

    Parameters
    ----------
    lengths : the numbers of terms of names that are not symbols

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> term_count(parse_expression("(a + b)^3 + P*(a - 1)"), {"P": 5})
    14
    """

    def count(part: Expression) -> int:
        match part:
            case Name(name):
                return (lengths or {}).get(name, 1)
            case Sum(terms):
                found = sum(map(count, terms))
            case Product(factors):
                found = math.prod(map(count, factors))
            case Quotient(numerator, denominator):
                found = count(numerator) * count(denominator)
            case Power(base, Number(value)) if value.denominator == 1:
                found = math.comb(max(1, count(base)) + abs(int(value)) - 1, abs(int(value)))
            case _:
                found = 1
        return min(found, COUNTED)

    return count(expression)


def degree_in(expression: Expression, names: Collection[str]) -> int | None:
    """Return an upper bound on the degree in names, or None if the expression is not a polynomial in them.

    Coefficients may be any functions of other names.  Polynomials are multiplied out first, so that terms
    that cancel do not count.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> degree_in(parse_expression("exp(x)*(u + v)^2 + u"), {"u", "v"})
    2
    >>> degree_in(parse_expression("(u + 1)^2 - u^2"), {"u"})
    1
    """
    exact = monomials(expression, MOST_TERMS)
    if exact is not None:
        return max((sum(k for name, k in monomial if name in names) for monomial in exact), default=0)
    return _written_degree(expression, names)


def _written_degree(expression: Expression, names: Collection[str]) -> int | None:
    if not any(name in names for name in names_in(expression)):
        return 0
    match expression:
        case Name():
            return 1
        case Sum(terms):
            degrees = [degree_in(term, names) for term in terms]
            return None if None in degrees else max(d for d in degrees if d is not None)
        case Product(factors):
            degrees = [degree_in(factor, names) for factor in factors]
            return None if None in degrees else sum(d for d in degrees if d is not None)
        case Quotient(numerator, denominator) if degree_in(denominator, names) == 0:
            return degree_in(numerator, names)
        case Power(base, Number(value)) if value.denominator == 1 and value >= 0:
            degree = degree_in(base, names)
            return None if degree is None else degree * int(value)
        case _:
            return None


def times(one: Monomial, other: Monomial) -> Monomial:
    """Return the product of two monomials.

    Examples
    --------
    >>> times((("a", 1), ("b", 1)), (("a", 2),))
    (('a', 3), ('b', 1))
    """
    if not one or not other:
        return one or other
    exponents = dict(one)
    for name, k in other:
        exponents[name] = exponents.get(name, 0) + k
    return tuple(sorted(exponents.items()))


def _read(expression: Expression, most: int) -> dict[Monomial, Fraction] | None:
    match expression:
        case Number(value):
            return {(): value}
        case Name(name):
            return {((name, 1),): Fraction(1)}
        case Sum(terms):
            total: dict[Monomial, Fraction] = {}
            for term in terms:
                part = _read(term, most)
                if part is None:
                    return None
                for monomial, coefficient in part.items():
                    total[monomial] = total.get(monomial, Fraction(0)) + coefficient
            return total if len(total) <= most else None
        case Product(factors):
            result: dict[Monomial, Fraction] | None = {(): Fraction(1)}
            for factor in factors:
                part = _read(factor, most)
                if part is None or result is None:
                    return None
                result = _product(result, part, most)
            return result
        case Power(base, Number(value)) if value.denominator == 1 and 0 <= value <= MOST_DEGREE:
            return _read(Product((number(1), *(base,) * int(value))), most)
        case _:
            return None


def _product(left: Polynomial, right: Polynomial, most: int) -> dict[Monomial, Fraction] | None:
    if len(left) * len(right) > most**2:
        return None
    result: dict[Monomial, Fraction] = {}
    for one, a in left.items():
        for other, b in right.items():
            key = times(one, other)
            result[key] = result.get(key, Fraction(0)) + a * b
    return result if len(result) <= most else None
