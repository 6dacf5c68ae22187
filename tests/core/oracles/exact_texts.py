"""Formulas and conditions of an answer, as printed, evaluated exactly or to 50 digits.

They are in Python's syntax, so Python's own parser reads them; nothing of the package is used.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath

__all__ = ["holds", "value"]

mpmath.mp.dps = 50
ZERO = mpmath.mpf(10) ** -30


def value(text: str, names: Mapping[str, Any] | None = None) -> Any:
    """Return a formula's value: a Fraction where it is rational, else a number of 50 digits."""
    return _value(_parsed(text), names or {})


def holds(text: str, names: Mapping[str, Any], slack: float | Any = ZERO) -> bool:
    """Whether a condition is true; what differs by less than `slack` counts as equal, and as either side."""
    return _holds(_parsed(text), names, slack)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(int() as number):
            return Fraction(number)
        case ast.Constant(float() as decimal):
            return Fraction(str(decimal))
        case ast.Name(name):
            return names[name]
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, names)
        case ast.BinOp(left, operator, right):
            a, b = _value(left, names), _value(right, names)
            if not isinstance(operator, ast.Pow) and isinstance(a, Fraction) != isinstance(b, Fraction):
                a, b = (
                    _real(v) if isinstance(v, Fraction) and not isinstance(w, float) else v
                    for v, w in ((a, b), (b, a))
                )
            match operator:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
                case ast.Pow():
                    return _power(a, b)
        case ast.Call(ast.Name("sqrt"), [argument]):
            return _power(_value(argument, names), Fraction(1, 2))
    raise AssertionError(f"cannot read {ast.unparse(node)}")


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        return base ** int(exponent)
    if isinstance(base, Fraction) and base >= 0 and exponent == Fraction(1, 2):
        above, below = math.isqrt(base.numerator), math.isqrt(base.denominator)
        if above**2 == base.numerator and below**2 == base.denominator:
            return Fraction(above, below)
    return mpmath.power(_real(base), _real(exponent))


def _real(number: Any) -> Any:
    if isinstance(number, Fraction):
        return mpmath.mpf(number.numerator) / number.denominator
    return mpmath.mpmathify(number)


def _holds(node: ast.expr, names: Mapping[str, Any], slack: Any) -> bool:
    match node:
        case ast.BoolOp(ast.And(), parts):
            return all(_holds(p, names, slack) for p in parts)
        case ast.BoolOp(ast.Or(), parts):
            return any(_holds(p, names, slack) for p in parts)
        case ast.UnaryOp(ast.Not(), part):
            return not _holds(part, names, slack)
        case ast.Constant(bool() as truth):
            return truth
        case ast.Compare(first, operators, others):
            try:
                values = [_value(v, names) for v in (first, *others)]
            except ZeroDivisionError:
                return False
            return all(
                _compare(operator, _minus(a, b), slack)
                for operator, a, b in zip(operators, values, values[1:], strict=False)
            )
    raise AssertionError(f"cannot read the condition {ast.unparse(node)}")


def _minus(a: Any, b: Any) -> Any:
    return a - b if isinstance(a, Fraction) and isinstance(b, Fraction) else _real(a) - _real(b)


def _compare(operator: ast.cmpop, gap: Any, slack: Any) -> bool:
    if isinstance(gap, Fraction) and slack is ZERO:
        slack = 0
    match operator:
        case ast.Eq():
            return bool(abs(gap) <= slack)
        case ast.NotEq():
            return bool(abs(gap) > slack)
        case ast.Lt():
            return bool(gap < slack)
        case ast.LtE():
            return bool(gap <= slack)
        case ast.Gt():
            return bool(gap > -slack)
        case ast.GtE():
            return bool(gap >= -slack)
    raise AssertionError(f"cannot read the comparison {operator}")
