"""Expressions and conditions of the package, evaluated to 50 digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath

from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum

mpmath.mp.dps = 50
ZERO = mpmath.mpf(10) ** -35


def value_at(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression; raise ZeroDivisionError where a denominator is 0."""
    match expression:
        case Number(value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Name(name):
            return values[name]
        case Sum(terms):
            return mpmath.fsum([value_at(t, values) for t in terms])
        case Product(factors):
            return mpmath.fprod([value_at(f, values) for f in factors])
        case Quotient(numerator, denominator):
            below = value_at(denominator, values)
            if abs(below) < ZERO:
                raise ZeroDivisionError
            return value_at(numerator, values) / below
        case Power(base, exponent):
            return value_at(base, values) ** value_at(exponent, values)
        case Call("sqrt", (argument,)):
            value = value_at(argument, values)
            return mpmath.mpf(0) if abs(value) < ZERO else mpmath.sqrt(value)
    raise AssertionError(f"no value for {expression}")


def holds_at(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether a condition is true; less than 1e-35 counts as 0, and a pole compares with nothing."""
    match condition:
        case All(parts):
            return all(holds_at(p, values) for p in parts)
        case Either(parts):
            return any(holds_at(p, values) for p in parts)
        case Relation(left, operator, right):
            try:
                gap = value_at(left, values) - value_at(right, values)
            except ZeroDivisionError:
                return False
            assert abs(mpmath.im(gap)) < ZERO, "a comparison of complex numbers"
            gap = mpmath.mpf(0) if abs(gap) < ZERO else mpmath.re(gap)
            return {
                "<": gap < 0,
                "<=": gap <= 0,
                "==": gap == 0,
                "!=": gap != 0,
                ">=": gap >= 0,
                ">": gap > 0,
            }[operator]
