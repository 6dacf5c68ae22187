"""Values of an expression on arrays, each with a bound of its rounding error: so that a sign is certain.

Where the bound is smaller than the value, the sign is that of the exact value; elsewhere nothing is known,
and exact arithmetic has to decide.

Higham, N. J. (2002), Accuracy and Stability of Numerical Algorithms, section 3.3 (running error analysis).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.expression.conditions import All, Condition, Either, Relation, holds
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    names_in,
)

__all__ = ["UNKNOWN", "Function", "bounded", "condition_signs", "signs"]

Array = NDArray[np.float64]
Bounded = tuple[Array, Array]
Signs = NDArray[np.int8]

UNIT = 2.0**-53
"""The unit roundoff of a double, a constant of the arithmetic."""

GENEROUS = 1 + 2.0**-10
"""Bounds are rounded themselves; this much more outweighs it in any expression that is allowed."""

TINY = 2.0**-1000
"""Below this, products may lose digits that the bound does not cover: no conclusion is drawn there."""

LEAST = 2.0**-1074
"""The error of a number that is rounded to a double though it is all but zero."""

UNKNOWN = 2
"""The sign that is not known."""

Function = Callable[[Mapping[str, "Array"]], "Bounded"]


def signs(function: Function, at: Mapping[str, Array]) -> Signs:
    """Return the signs -1 and 1 of an expression where they are certain, else `UNKNOWN`.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.expression.parser import parse_expression
    >>> function = bounded(parse_expression("a*a - 2*a + 1"))
    >>> signs(function, {"a": np.array([0.5, 1.0, 1 + 1e-9, 3.0])}).tolist()
    [1, 2, 2, 1]
    """
    with np.errstate(all="ignore"):
        value, error = function(at)
        # NaN compares false, so it is unknown.
        sure = np.abs(value) > error * GENEROUS + TINY
    result = np.where(sure, np.sign(value), UNKNOWN).astype(np.int8)
    return np.broadcast_to(result, _everywhere(at, 0).shape).copy()


def _everywhere(at: Mapping[str, Array], sign: int) -> Signs:
    """Return one sign at all points."""
    return np.full(next((np.shape(part) for part in at.values()), ()), sign, dtype=np.int8)


def bounded(expression: Expression) -> Function:
    """Return a function from arrays for the names, each exact or rounded once, to values and error bounds.

    Only the four operations, whole powers, `min` and `max` are known: of anything else the bound is infinite.
    """
    match expression:
        case Number(number):
            constant = np.array(float(number))
            return lambda at: (constant, np.abs(constant) * UNIT + LEAST)
        case Name(name):
            return lambda at: (at[name], np.abs(at[name]) * UNIT + LEAST)
        case Sum(terms):
            parts = [bounded(term) for term in terms]
            return lambda at: functools.reduce(_sum, (part(at) for part in parts))
        case Product(factors):
            parts = [bounded(factor) for factor in factors]
            return lambda at: functools.reduce(_product, (part(at) for part in parts))
        case Quotient(numerator, denominator):
            above, below = bounded(numerator), bounded(denominator)
            return lambda at: _quotient(above(at), below(at))
        case Power(base, Number(number)) if number.denominator == 1 and abs(number) <= 64:
            return _power(bounded(base), int(number))
        case Call("min" | "max" as which, arguments):
            parts = [bounded(argument) for argument in arguments]
            choose = np.minimum if which == "min" else np.maximum
            return lambda at: functools.reduce(
                lambda a, b: (choose(a[0], b[0]), np.maximum(a[1], b[1])), (part(at) for part in parts)
            )
        case _:
            return lambda at: (np.array(0.0), np.array(np.inf))


def _sum(a: Bounded, b: Bounded) -> Bounded:
    value = a[0] + b[0]
    return value, (a[1] + b[1]) + abs(value) * UNIT


def _product(a: Bounded, b: Bounded) -> Bounded:
    value = a[0] * b[0]
    return value, abs(a[0]) * b[1] + abs(b[0]) * a[1] + a[1] * b[1] + abs(value) * UNIT + TINY


def _quotient(a: Bounded, b: Bounded) -> Bounded:
    room = abs(b[0]) - b[1]
    value = a[0] / b[0]
    error = (a[1] + abs(value) * b[1]) / room + abs(value) * UNIT * 2 + TINY
    return value, np.where(room > 0, error, np.inf)


def _power(base: Function, exponent: int) -> Function:
    def raised(at: Mapping[str, Array]) -> Bounded:
        one = (np.array(1.0), np.array(0.0))
        if not exponent:
            return one
        found = base(at)
        result = functools.reduce(_product, [found] * abs(exponent))
        return result if exponent > 0 else _quotient(one, result)

    return raised


# --------------------------------------------------------------------------- conditions


def condition_signs(condition: Condition) -> Callable[[Mapping[str, Array]], Signs]:
    """Return a function from arrays for the names to 1 where a condition holds, -1 where not, or `UNKNOWN`.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.expression.conditions import parse_condition
    >>> decide = condition_signs(parse_condition("0 < d < 1"))
    >>> decide({"d": np.array([-1.0, 0.0, 0.5, 2.0])}).tolist()
    [-1, 2, 1, -1]
    """
    match condition:
        case Relation(left, operator, right):
            # Not simplified: 0/a would be 0 where a is 0, too.
            difference = Sum((left, Product((Number(Fraction(-1)), right))))
            if not names_in(difference):
                always = 1 if holds(condition, {}) else -1
                return lambda at: _everywhere(at, always)
            function = bounded(difference)
            up = 1 if operator in (">", ">=", "!=") else -1
            down = 1 if operator in ("<", "<=", "!=") else -1

            def decide(at: Mapping[str, Array]) -> Signs:
                found = signs(function, at)
                return np.select([found == 1, found == -1], [up, down], UNKNOWN).astype(np.int8)

            return decide
        case All(parts) | Either(parts):
            rules = [condition_signs(part) for part in parts]
            settling = -1 if isinstance(condition, All) else 1

            def combine_signs(at: Mapping[str, Array]) -> Signs:
                result = _everywhere(at, -settling)
                for rule in rules:
                    found = rule(at)
                    result = np.where(
                        (result == settling) | (found == settling),
                        settling,
                        np.where((result == UNKNOWN) | (found == UNKNOWN), UNKNOWN, -settling),
                    ).astype(np.int8)
                return result

            return combine_signs
