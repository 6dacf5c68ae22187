"""Small clean-ups of expressions before they are shown."""

from __future__ import annotations

from fractions import Fraction

from separatrix.expression.polynomial import monomials, multiplied_out
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
    negate,
)
from separatrix.formulas.fingerprint import written_size

__all__ = ["decimals", "expanded", "shorter", "simplest", "tidy"]

MOST_TERMS = 40
ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def tidy(expression: Expression) -> Expression:
    """Return `expression` without the zeros and ones that a substitution leaves.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(tidy(parse_expression("1*(a - b) + 0*c")))
    'a - b'
    """
    match expression:
        case Sum(terms):
            return add(*(tidy(t) for t in terms))
        case Product(factors):
            return multiply(*(tidy(f) for f in factors))
        case Quotient(numerator, denominator):
            top = tidy(numerator)
            return top if top == ZERO else Quotient(top, tidy(denominator))
        case Power(base, exponent):
            return Power(tidy(base), exponent)
        case _:
            return expression


def decimals(expression: Expression) -> Expression:
    """Return `expression` with numbers such as 17/20 as names ``0.85``, for the reader's eye only."""
    match expression:
        case Number(value) if value.denominator != 1 and (text := _terminating(abs(value))):
            return Name(text) if value > 0 else multiply(Number(Fraction(-1)), Name(text))
        case Sum(terms):
            return Sum(tuple(decimals(t) for t in terms))
        case Product(factors):
            return multiply(*(decimals(f) for f in factors))
        case Quotient(numerator, denominator):
            return Quotient(decimals(numerator), decimals(denominator))
        case _:
            return expression


def _terminating(value: Fraction, most: int = 6) -> str | None:
    scaled = value * 10**most
    if scaled.denominator != 1:
        return None
    digits = str(int(scaled)).zfill(most + 1)
    return f"{digits[:-most]}.{digits[-most:]}".rstrip("0")


def shorter(expression: Expression, by: int = 1) -> Expression:
    """Return `expression` without trivial parts, multiplied out where that is `by` times shorter.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(shorter(parse_expression("y*1 + (1 - y)*1")))
    '1'
    """
    kept = tidy(expression)
    flat = expanded(kept)
    return flat if flat is not None and by * written_size(flat) < written_size(kept) else kept


def simplest(expression: Expression) -> Expression:
    """Return `expression` with each factor, numerator and denominator multiplied out where that is shorter.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(simplest(parse_expression("(a - b)*(b + c + (d - b))/(a - (a - e))")))
    '(a - b)*(c + d)/e'
    """
    match expression:
        case Product(factors):
            return shorter(multiply(*(simplest(f) for f in factors)))
        case Quotient(numerator, denominator):
            top, bottom = simplest(numerator), simplest(denominator)
            if isinstance(bottom, Sum) and all(_is_negative(t) for t in bottom.terms):
                top, bottom = simplest(negate(top)), negate(bottom)
            return top if top == ZERO or bottom == ONE else Quotient(top, bottom)
        case Power(base, exponent):
            return Power(simplest(base), exponent)
        case Sum():
            short = shorter(expression)
            return _positive_first(short) if isinstance(short, Sum) else short
        case _:
            return expression


def _positive_first(total: Sum) -> Expression:
    """Return a sum with a positive term in front: `c - e` reads better than `-e + c`."""
    first = next((k for k, term in enumerate(total.terms) if not _is_negative(term)), 0)
    return Sum((total.terms[first], *total.terms[:first], *total.terms[first + 1 :]))


def _is_negative(term: Expression) -> bool:
    match term:
        case Number(value) | Product((Number(value), *_)):
            return value < 0
        case _:
            return False


def expanded(expression: Expression) -> Expression | None:
    """Return a polynomial as a sum of monomials, or ``None`` where it is none or has over 40 terms.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(expanded(parse_expression("(a + b - c) + c - b*(1 - a)")))
    'a + a*b'
    """
    found = monomials(expression, MOST_TERMS)
    return None if found is None else multiplied_out(found)
