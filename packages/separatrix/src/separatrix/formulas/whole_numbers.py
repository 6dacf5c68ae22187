"""Products and quotients as people write them: equal factors as powers, no fraction within a fraction."""

from __future__ import annotations

import math
from fractions import Fraction

from separatrix.expression.tree import Expression, Number, Power, Product, Quotient, Sum, multiply

__all__ = ["halved", "powers", "without_fractions"]

MOST_TERMS = 4
"""Terms of a sum past which it stands over no common denominator: a fraction breaks no lines."""


def powers(factors: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return factors with equal ones as one power; numbers stay as they are.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(Product(powers(parse_expression("b*a*(1 - a)*b").factors)))
    'b**2*a*(1 - a)'
    """
    exponents: dict[Expression, int] = {}
    for factor in factors:
        base, exponent = _power(factor)
        exponents[base] = exponents.get(base, 0) + exponent
    told: list[Expression] = []
    for factor in factors:
        if isinstance(factor, Number):
            told.append(factor)
        elif exponent := exponents.pop(_power(factor)[0], 0):
            base = _power(factor)[0]
            told.append(base if exponent == 1 else Power(base, Number(Fraction(exponent))))
    return tuple(told)


def _power(factor: Expression) -> tuple[Expression, int]:
    match factor:
        case Power(base, Number(value)) if value.denominator == 1 and value > 0:
            return base, int(value)
        case _:
            return factor, 1


def without_fractions(numerator: Expression, denominator: Expression) -> tuple[Expression, Expression]:
    """Return an equal quotient without fractional coefficients and without a minus below the bar.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> top = multiply(Number(Fraction(1, 2)), parse_expression("V*(V - C)"))
    >>> [to_text(e) for e in without_fractions(top, parse_expression("-C"))]
    ['-V*(V - C)', '2*C']
    """
    tops, bottoms = _terms(numerator), _terms(denominator)
    common = math.lcm(*(_coefficient(t).denominator for t in (*tops, *bottoms)))
    minus = len(bottoms) == 1 and _coefficient(bottoms[0]) < 0
    if common == 1 and not minus:
        return numerator, denominator
    times = Number(Fraction(-common if minus else common))
    if minus and isinstance(numerator, Sum):
        # A minus before the fraction, not before each term.
        top: Expression = Product((Number(Fraction(-1)), _multiplied(numerator, Number(Fraction(common)))))
    else:
        top = _multiplied(numerator, times)
    return top, _multiplied(denominator, times)


def halved(total: Sum) -> Quotient | None:
    """Return a short sum with only fractional coefficients over their common denominator.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> half = Number(Fraction(1, 2))
    >>> to_text(halved(Sum((multiply(half, parse_expression("V")), multiply(half, parse_expression("C"))))))
    '(V + C)/2'
    """
    found = [_coefficient(t).denominator for t in total.terms]
    if len(found) > MOST_TERMS or min(found) == 1:
        return None
    common = Number(Fraction(math.lcm(*found)))
    return Quotient(_multiplied(total, common), common)


def _terms(expression: Expression) -> tuple[Expression, ...]:
    return expression.terms if isinstance(expression, Sum) else (expression,)


def _coefficient(term: Expression) -> Fraction:
    match term:
        case Number(value) | Product((Number(value), *_)):
            return value
        case Quotient(Number(value), Number(below)) if below:
            return value / below
        case _:
            return Fraction(1)


def _multiplied(expression: Expression, number: Number) -> Expression:
    if isinstance(expression, Sum):
        return Sum(tuple(_multiplied(t, number) for t in expression.terms))
    match expression:
        case Quotient(Number(value), Number(below)) if below:
            return Number(number.value * value / below)
        case _:
            return multiply(number, expression)
