"""The value of an expression at given numbers: an exact rational, or a constant enclosed by balls."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from separatrix.errors import InputError
from separatrix.expression.constants import Irrational, as_number, exponential, logarithm, real_power
from separatrix.expression.precision import DOUBLE
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum, to_text

__all__ = ["MAX_EXPONENT", "ball_of", "enclose", "evaluate"]

MAX_EXPONENT = 64
MOST_EXPONENT = 700  # of exp: floats end at exp(709)
MAX_BITS = 4096  # of a numerator or denominator: far past any payoff, short of a denial of service


def evaluate(expression: Expression, values: Mapping[str, Fraction]) -> Fraction:
    """Return the value of `expression`: a fraction, or an `Irrational` for any other number.

    Raises
    ------
    InputError
        S003 for a division by zero, S004 for a value that is not real (``log(-1)``, ``sqrt(-2)``), S005
        where a sign is unknown, S002 for a number past 4096 bits.
    KeyError
        If a name has no value.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> evaluate(parse_expression("R1 - C1/4"), {"R1": Fraction(1), "C1": Fraction(1)})
    Fraction(3, 4)
    """
    match expression:
        case Number(value):
            return value
        case Name(name):
            return values[name]
        case Sum(terms):
            return sum((evaluate(t, values) for t in terms), Fraction(0))
        case Product(factors):
            result = Fraction(1)
            for factor in factors:
                result = _bounded(result * evaluate(factor, values))
            return result
        case Quotient(numerator, denominator):
            below = evaluate(denominator, values)
            if below == 0:
                raise InputError(
                    "S003",
                    f"division by zero: `{to_text(denominator)}` is 0 at these values",
                    hint="change the values, or add an assumption that keeps it away from 0",
                )
            return _bounded(evaluate(numerator, values) / below)
        case Power(base, exponent):
            return _power(evaluate(base, values), evaluate(exponent, values), expression)
        case Call(function, arguments):
            return _EVALUATORS[function](*(evaluate(a, values) for a in arguments))


def _bounded(value: Fraction) -> Fraction:
    if isinstance(value, Irrational):
        return value
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise InputError("S002", f"a number of more than {MAX_BITS} bits arises in an expression")
    return value


def _exact(value: Fraction) -> Any:
    return value.constant if isinstance(value, Irrational) else fmpq(value.numerator, value.denominator)


def _power(base: Fraction, exponent: Fraction, source: Power) -> Fraction:
    if abs(exponent) > MAX_EXPONENT:
        raise InputError(
            "S002",
            f"the exponent in `{to_text(source)}` is {_number_text(exponent)}; exponents from "
            f"-{MAX_EXPONENT} to {MAX_EXPONENT} are read",
        )
    if base == 0 and exponent < 0:
        raise InputError("S003", f"division by zero: `{to_text(source.base)}` is 0 at these values")
    if isinstance(base, Irrational) or isinstance(exponent, Irrational) or exponent.denominator != 1:
        return as_number(real_power(_exact(base), _exact(exponent)))
    return _bounded(base ** int(exponent))


def _number_text(value: Fraction) -> str:
    return f"{float(value):.6g}" if isinstance(value, Irrational) else str(value)


def _sqrt(value: Fraction) -> Fraction:
    if value < 0:
        raise InputError(
            "S004",
            f"sqrt({_number_text(value)}) is not a real number",
            hint="add an assumption that keeps the argument from being negative, or change the values",
        )
    return as_number(real_power(_exact(value), fmpq(1, 2)))


def _exp(value: Fraction) -> Fraction:
    if abs(value) > MOST_EXPONENT:
        raise InputError(
            "S002", f"exp({_number_text(value)}) is out of range; arguments up to {MOST_EXPONENT} are read"
        )
    return as_number(exponential(_exact(value)))


def _log(value: Fraction) -> Fraction:
    if value <= 0:
        raise InputError(
            "S004",
            f"log({_number_text(value)}) is not a real number",
            hint="add an assumption that keeps the argument positive, or change the values",
        )
    return as_number(logarithm(_exact(value)))


def _binomial(n: Fraction, k: Fraction) -> Fraction:
    if n.denominator != 1 or k.denominator != 1 or not 0 <= n <= 1000:
        raise InputError("S002", f"binomial({n}, {k}) needs whole numbers, the first from 0 to 1000")
    return Fraction(math.comb(int(n), int(k)) if k >= 0 else 0)


_EVALUATORS: Mapping[str, Callable[..., Fraction]] = {
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "min": lambda *a: min(a),
    "max": lambda *a: max(a),
    "binomial": _binomial,
}


def enclose(expression: Expression, balls: Mapping[str, arb]) -> arb:
    """Return a ball around the value of `expression` where its names lie in balls; infinite at a pole.

    Raises
    ------
    KeyError
        If a name has no ball, or for a function that balls do not follow.
    """
    match expression:
        case Number(value):
            return ball_of(value)
        case Name(name):
            return balls[name]
        case Sum(terms):
            return sum((enclose(t, balls) for t in terms), arb(0))
        case Product(factors):
            return math.prod((enclose(f, balls) for f in factors), start=arb(1))
        case Quotient(numerator, denominator):
            return enclose(numerator, balls) / enclose(denominator, balls)
        case Power(base, Number(value)) if value.denominator == 1:
            return enclose(base, balls) ** int(value)
        case Power(base, exponent):
            return enclose(base, balls) ** enclose(exponent, balls)
        case Call(function, arguments):
            return _ENCLOSURES[function](*(enclose(a, balls) for a in arguments))


def ball_of(value: Fraction) -> arb:
    """Return a ball around a number at the precision in force."""
    if isinstance(value, Irrational):
        return value.constant.ball(2 * DOUBLE)
    return arb(fmpq(value.numerator, value.denominator))


_ENCLOSURES: Mapping[str, Callable[..., arb]] = {
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "sqrt": lambda a: a.sqrt(),
}
