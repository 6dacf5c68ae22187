"""The exact value of an expression at given numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from separatrix.errors import InputError
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum, to_text

__all__ = ["MAX_EXPONENT", "evaluate"]

MAX_EXPONENT = 64
MAX_BITS = 4096  # of a numerator or denominator: far past any payoff, short of a denial of service


def evaluate(expression: Expression, values: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value of `expression`.

    Raises
    ------
    InputError
        S003 for a division by zero, S004 for a value that is not rational (``exp(1)``, ``sqrt(2)``),
        S002 for a number past 4096 bits.
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
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise InputError("S002", f"a number of more than {MAX_BITS} bits arises in an expression")
    return value


def _power(base: Fraction, exponent: Fraction, source: Power) -> Fraction:
    if exponent.denominator == 2 and abs(exponent) <= MAX_EXPONENT:
        base, exponent = _sqrt(base), exponent * 2
    if exponent.denominator != 1 or abs(exponent) > MAX_EXPONENT:
        raise InputError(
            "S002",
            f"the exponent in `{to_text(source)}` is {exponent}; whole exponents from -{MAX_EXPONENT} "
            f"to {MAX_EXPONENT} are read",
        )
    if base == 0 and exponent < 0:
        raise InputError("S003", f"division by zero: `{to_text(source.base)}` is 0 at these values")
    return _bounded(base ** int(exponent))


def _sqrt(value: Fraction) -> Fraction:
    if value >= 0:
        root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
        if root * root == value:
            return root
    raise _irrational(f"sqrt({value})")


def _irrational(text: str) -> InputError:
    return InputError(
        "S004",
        f"{text} is not a rational number",
        hint="payoffs are computed exactly; give the value as a decimal or a fraction",
    )


def _transcendental(name: str, fixed: int, image: int) -> Callable[[Fraction], Fraction]:
    def function(argument: Fraction) -> Fraction:
        if argument == fixed:
            return Fraction(image)
        raise _irrational(f"{name}({argument})")

    return function


def _binomial(n: Fraction, k: Fraction) -> Fraction:
    if n.denominator != 1 or k.denominator != 1 or not 0 <= n <= 1000:
        raise InputError("S002", f"binomial({n}, {k}) needs whole numbers, the first from 0 to 1000")
    return Fraction(math.comb(int(n), int(k)) if k >= 0 else 0)


_EVALUATORS: Mapping[str, Callable[..., Fraction]] = {
    "exp": _transcendental("exp", 0, 1),
    "log": _transcendental("log", 1, 0),
    "sqrt": _sqrt,
    "min": lambda *a: min(a),
    "max": lambda *a: max(a),
    "binomial": _binomial,
}
