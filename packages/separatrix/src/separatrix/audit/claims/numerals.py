"""Numbers as papers print them, and values of formulas enclosed in balls.

A printed decimal is right where the true number rounds, or is cut, to it.  Values are enclosed by ball
arithmetic (Johansson, F. (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE
Transactions on Computers 66, 1281-1292), so that a difference seen is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from flint import acb, arb, fmpq

from separatrix.audit.claims.claims import Claimed
from separatrix.expression.precision import precision as bits_of_balls
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum, names_in

__all__ = ["NoValue", "ball", "differ", "is_number", "precision", "show", "tolerance"]

BITS = 192
_DECIMAL = re.compile(r"\s*[-−+]?\s*(\d+)(?:\.(\d+))?\s*$")


class NoValue(ArithmeticError):
    """A formula has no value, or none that can be enclosed, at the given numbers."""


precision = partial(bits_of_balls, BITS)
"""A block, or the decorator of a function, in which balls carry 192 bits."""


def ball(expression: Expression, values: Mapping[str, Any]) -> acb:
    """Return an enclosure of the value of `expression`.

    Parameters
    ----------
    values : mapping of name to Fraction or ball
        ``I`` is the imaginary unit unless it is given.

    Raises
    ------
    NoValue
        For a division by a ball that contains zero, a name without value, or min and max of numbers that may
        be complex.
    """
    match expression:
        case Number(value):
            return _exact(value)
        case Name(name):
            if name in values:
                value = values[name]
                return _exact(value) if isinstance(value, Fraction | int) else acb(value)
            if name == "I":
                return acb(0, 1)
            raise NoValue(f"`{name}` has no value")
        case Sum(terms):
            total = acb(0)
            for term in terms:
                total = total + ball(term, values)
            return total
        case Product(factors):
            product = acb(1)
            for factor in factors:
                product = product * ball(factor, values)
            return product
        case Quotient(numerator, denominator):
            below = ball(denominator, values)
            if below.contains(0):
                raise NoValue("a division by zero")
            return ball(numerator, values) / below
        case Power(base, exponent):
            return _power(ball(base, values), exponent, values)
        case Call(function, arguments):
            return _function(function, [ball(a, values) for a in arguments])


def _exact(value: Fraction | int) -> acb:
    fraction = value if isinstance(value, Fraction) else Fraction(value)
    return acb(arb(fmpq(fraction.numerator, fraction.denominator)))


def _power(base: acb, exponent: Expression, values: Mapping[str, Any]) -> acb:
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        times = int(exponent.value)
        if times < 0 and base.contains(0):
            raise NoValue("a division by zero")
        return base**times
    if isinstance(exponent, Number) and exponent.value == Fraction(1, 2):
        return base.sqrt()
    if base.contains(0):
        raise NoValue("a fractional power of zero")
    return base ** ball(exponent, values)


def _function(function: str, arguments: list[acb]) -> acb:
    first = arguments[0]
    if function == "sqrt":
        return first.sqrt()
    if function == "exp":
        return first.exp()
    if function == "log":
        if first.contains(0):
            raise NoValue("the logarithm of zero")
        return first.log()
    if function in ("min", "max"):
        result = first.real
        for other in arguments[1:]:
            result = result.min(other.real) if function == "min" else result.max(other.real)
        return acb(result)
    upper, lower = (int(float(a.real.mid())) for a in arguments)
    import math

    if upper < 0 or lower < 0:
        raise NoValue("a binomial of negative numbers")
    return acb(math.comb(upper, lower))


@precision()
def differ(one: acb, other: acb, slack: Fraction = Fraction(0)) -> bool:
    """Return whether two numbers are certainly further apart than `slack`."""
    gap = abs(one - other)
    return bool(gap > _exact(slack).real)


def is_number(expression: Expression) -> bool:
    """Whether `expression` holds no name but the imaginary unit."""
    return all(name == "I" for name in names_in(expression))


def tolerance(claim: Claimed) -> Fraction:
    """Return how far the true number may lie from a printed one.

    One unit in the last place of a decimal with two places or more, for it may have been cut; half a unit
    with one place; half a unit or one per cent for a whole number; nothing for a fraction or a formula.

    Examples
    --------
    >>> from separatrix.errors import Place
    >>> from separatrix.expression.parser import parse_expression
    >>> def printed(text):
    ...     return Claimed(path=(), place=Place(), expression=parse_expression(text), text=text)
    >>> [tolerance(printed(t)) for t in ("0.67", "0.5", "-12", "1/3")]
    [Fraction(1, 100), Fraction(1, 20), Fraction(3, 25), Fraction(0, 1)]
    """
    if not is_number(claim.expression):
        return Fraction(0)
    text = claim.text.strip()
    found = _DECIMAL.match(text)
    places: int | None = None
    if found is not None:
        places = len(found[2]) if found[2] else 0
    elif any("." in part for part in re.findall(r"\d+\.\d+", text)):
        # A number written with a sign, a bracket or an imaginary unit: its longest decimal counts.
        places = max(len(part.split(".")[1]) for part in re.findall(r"\d+\.\d+", text))
    if places is None:
        return Fraction(0)
    unit = Fraction(1, 10**places)
    if places >= 2:
        return unit
    if places == 1:
        return unit / 2
    digits = len(found[1]) if found is not None else 0
    value = Fraction(int(found[1])) if found is not None else Fraction(0)
    return max(unit / 2 if digits >= 3 else Fraction(0), value / 100)


def show(value: Any, digits: int = 6) -> str:
    """Return a number as short text: exact where that is short, else rounded.

    Examples
    --------
    >>> show(Fraction(5, 4)), show(Fraction(1, 3)), show(acb(1, -2))
    ('1.25', '0.333333', '1 - 2*I')
    """
    from separatrix.io.yaml_output import decimal_text

    if isinstance(value, Fraction | int):
        text = decimal_text(Fraction(value))
        return text if len(text) <= digits + 4 and "/" not in text else f"{float(value):.{digits}g}"
    if isinstance(value, float):
        return f"{value + 0.0:.{digits}g}"
    real, imaginary = float(value.real.mid()), float(value.imag.mid())
    small = 1e-12 * max(abs(real), abs(imaginary), 1e-300)
    real, imaginary = (0.0 if abs(part) <= small else part for part in (real, imaginary))
    if not imaginary:
        return f"{real + 0.0:.{digits}g}"
    size = f"{abs(imaginary):.{digits}g}*I".removeprefix("1*")
    if not real:
        return f"-{size}" if imaginary < 0 else size
    return f"{real:.{digits}g} {'-' if imaginary < 0 else '+'} {size}"
