"""Polynomials as sums of monomials, read from expressions: small ones, as they stand in payoffs."""

from __future__ import annotations

import math
from collections.abc import Mapping
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
    number,
    power,
)

__all__ = ["COUNTED", "Monomial", "Polynomial", "monomials", "multiplied_out", "term_count", "times"]

Monomial = tuple[tuple[str, int], ...]
"""Names with their exponents, sorted by name."""

Polynomial = Mapping[Monomial, Fraction]
"""The coefficient of each monomial; none is zero."""

MOST_DEGREE = 4
"""Of a power that is multiplied out."""

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

    What is no quotient of polynomials, such as a function or a root, counts as a name does.

    Parameters
    ----------
    lengths : how many terms names have that are no symbols

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
