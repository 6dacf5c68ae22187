"""Exact expressions: the tree of a payoff, and what is done with it.

Numbers are exact rationals.  `parser` reads expressions from text, `evaluation` computes their values.

The derivative of an expression by one of its names, rule by rule.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from separatrix.errors import ComesLater

__all__ = [
    "Call",
    "Expression",
    "Name",
    "Number",
    "Power",
    "Product",
    "Quotient",
    "Sum",
    "add",
    "derivative",
    "divide",
    "multiply",
    "names_in",
    "negate",
    "number",
    "power",
    "substitute",
    "subtract",
    "to_text",
    "walk",
]

# A bracket costs the parser five frames, and a walk over the tree two or three; 200 brackets are
# allowed, which is more than Python's default limit of 1000 frames.  Pure Python frames take no C stack
# from 3.11 on, so the higher limit is safe.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))


FUNCTIONS: Mapping[str, tuple[int, int | None]] = {
    "exp": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "min": (1, None),
    "max": (1, None),
    "binomial": (2, 2),
}
"""The functions a payoff may use, with the least and the greatest number of arguments."""


@dataclass(frozen=True)
class Number:
    """An exact rational number."""

    value: Fraction


@dataclass(frozen=True)
class Name:
    """A parameter, a share or a shorthand; ``at`` is its offset in the text it was read from."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Sum:
    """A sum of two or more terms; a subtracted term is a product with -1."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Product:
    """A product of two or more factors."""

    factors: tuple[Expression, ...]


@dataclass(frozen=True)
class Quotient:
    """A numerator over a denominator; ``at`` is the offset of the division sign."""

    numerator: Expression
    denominator: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Power:
    """A base to a power; whole exponents from -64 to 64 stay rational."""

    base: Expression
    exponent: Expression
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """One of the functions in `FUNCTIONS`, applied to its arguments."""

    function: str
    arguments: tuple[Expression, ...]
    at: int = field(default=0, compare=False)


Expression = Number | Name | Sum | Product | Quotient | Power | Call

ZERO = Number(Fraction(0))
ONE = Number(Fraction(1))
MINUS_ONE = Number(Fraction(-1))


# --------------------------------------------------------------------------- building


def number(value: int | Fraction) -> Number:
    """Return `value` as an expression."""
    return Number(value if isinstance(value, Fraction) else Fraction(value))


def add(*terms: Expression) -> Expression:
    """Return the sum of `terms`, flattened, without zeros.

    Examples
    --------
    >>> to_text(add(Name("a"), number(0), Name("b")))
    'a + b'
    """
    flat: list[Expression] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Sum) else (term,))
    flat = [t for t in flat if t != ZERO]
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def multiply(*factors: Expression) -> Expression:
    """Return the product of `factors`, flattened, with the numbers collected in front."""
    numbers: list[Number] = []
    flat: list[Expression] = []
    for factor in factors:
        for part in factor.factors if isinstance(factor, Product) else (factor,):
            if isinstance(part, Number):
                numbers.append(part)
            else:
                flat.append(part)
    coefficient = numbers[0] if len(numbers) == 1 else number(math.prod(n.value for n in numbers))
    if not coefficient.value:
        return ZERO
    if not flat or coefficient != ONE:
        flat.insert(0, coefficient)
    return flat[0] if len(flat) == 1 else Product(tuple(flat))


def negate(term: Expression) -> Expression:
    """Return the negative of `term`."""
    if isinstance(term, Sum):
        return Sum(tuple(negate(t) for t in term.terms))
    return multiply(MINUS_ONE, term)


def subtract(left: Expression, right: Expression) -> Expression:
    """Return `left` minus `right`."""
    return add(left, negate(right))


def divide(numerator: Expression, denominator: Expression) -> Expression:
    """Return the quotient; a denominator of one disappears."""
    if denominator == ONE or numerator == ZERO:
        return numerator
    if isinstance(numerator, Number) and isinstance(denominator, Number) and denominator != ZERO:
        return Number(numerator.value / denominator.value)
    return Quotient(numerator, denominator)


def power(base: Expression, exponent: int) -> Expression:
    """Return `base` to a whole power."""
    return ONE if exponent == 0 else base if exponent == 1 else Power(base, number(exponent))


# --------------------------------------------------------------------------- looking and changing


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Sum(terms):
            return terms
        case Product(factors):
            return factors
        case Quotient(numerator, denominator):
            return (numerator, denominator)
        case Power(base, exponent):
            return (base, exponent)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield every node of `expression`, parents first, in reading order."""
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(_children(node)))


def names_in(expression: Expression) -> tuple[str, ...]:
    """Return the names in `expression`, each once, in reading order."""
    return tuple(dict.fromkeys(node.name for node in walk(expression) if isinstance(node, Name)))


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """Return `expression` with names replaced."""
    match expression:
        case Name(name):
            return values.get(name, expression)
        case Number():
            return expression
        case Sum(terms):
            return Sum(tuple(substitute(t, values) for t in terms))
        case Product(factors):
            return Product(tuple(substitute(f, values) for f in factors))
        case Quotient(numerator, denominator, at):
            return Quotient(substitute(numerator, values), substitute(denominator, values), at)
        case Power(base, exponent, at):
            return Power(substitute(base, values), substitute(exponent, values), at)
        case Call(function, arguments, at):
            return Call(function, tuple(substitute(a, values) for a in arguments), at)


# --------------------------------------------------------------------------- writing


def to_text(expression: Expression) -> str:
    """Return `expression` in the syntax that `parse_expression` and Python read.

    Parameters
    ----------
    expression : Expression

    Returns
    -------
    str
        With no more brackets than it needs.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(parse_expression("-(a - b)^2/(c + 1)"))
    '-(a - b)**2/(c + 1)'
    """
    return _text(expression, 0)


_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = 1, 2, 3, 4, 5


def _wrap(text: str, level: int, least: int) -> str:
    return f"({text})" if level < least else text


def _number_text(value: Fraction) -> str:
    below = "" if value.denominator == 1 else "/" + _digits(value.denominator)
    return _digits(value.numerator) + below


_PYTHON_WRITES = 10**4_000


def _digits(value: int) -> str:
    """All digits of a whole number; Python itself refuses to write more than 4,300."""
    if abs(value) < _PYTHON_WRITES:
        return str(value)
    high, low = divmod(abs(value), _PYTHON_WRITES)
    return "-" * (value < 0) + _digits(high) + str(low).zfill(4_000)


def _text(expression: Expression, least: int) -> str:
    match expression:
        case Name(name):
            return name
        case Number(value):
            if constant := getattr(value, "constant", None):  # an irrational one passes for a fraction
                return _text(constant.expression(), least)
            if value.denominator != 1:
                return _wrap(_number_text(value), _SUM if value < 0 else _PRODUCT, least)
            return _wrap(_number_text(value), _SUM if value < 0 else _ATOM, least)
        case Sum(terms):
            parts = [_text(terms[0], _SUM)]
            for term in terms[1:]:
                text = _text(term, _SUM)
                parts.append(f" - {text[1:]}" if text.startswith("-") else f" + {text}")
            return _wrap("".join(parts), _SUM, least)
        case Product(factors):
            if factors[0] == MINUS_ONE and len(factors) > 1:
                rest = factors[1] if len(factors) == 2 else Product(factors[1:])
                return _wrap("-" + _text(rest, _PRODUCT), _SUM, least)
            first = factors[0]
            if isinstance(first, Number) and not hasattr(first.value, "constant"):
                head = _number_text(first.value)
            else:
                head = _text(first, _PRODUCT)
            body = "*".join([head, *(_text(f, _UNARY) for f in factors[1:])])
            return _wrap(body, _SUM if body.startswith("-") else _PRODUCT, least)
        case Quotient(numerator, denominator):
            top = _text(numerator, _PRODUCT if isinstance(numerator, Sum) else _SUM)
            body = f"{top}/{_text(denominator, _UNARY)}"
            return _wrap(body, _SUM if body.startswith("-") else _PRODUCT, least)
        case Power(base, exponent):
            return _wrap(f"{_text(base, _ATOM)}**{_text(exponent, _ATOM)}", _POWER, least)
        case Call(function, arguments):
            return f"{function}({', '.join(_text(a, 0) for a in arguments)})"


def derivative(expression: Expression, name: str) -> Expression:
    """Return the derivative of an expression by a name.

    Parameters
    ----------
    expression : Expression
    name : str
        A share or a parameter.

    Raises
    ------
    ComesLater
        A501 for a function that has none everywhere, such as ``min``.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> to_text(derivative(parse_expression("a*x^3 + exp(-x)/2"), "x"))
    '3*a*x**2 - exp(-x)/2'
    """
    if name not in names_in(expression):
        return ZERO
    match expression:
        case Name():
            return ONE
        case Sum(terms):
            return add(*(derivative(term, name) for term in terms))
        case Product(factors):
            return add(
                *(
                    multiply(*factors[:k], derivative(factor, name), *factors[k + 1 :])
                    for k, factor in enumerate(factors)
                )
            )
        case Quotient(above, below):
            if name not in names_in(below):
                return divide(derivative(above, name), below)
            slope = subtract(
                multiply(derivative(above, name), below), multiply(above, derivative(below, name))
            )
            return divide(slope, Power(below, number(2)))
        case Power(base, exponent):
            return _of_power(base, exponent, name)
        case Call(function, arguments):
            return _of_call(function, arguments, name)
        case _:
            return ZERO


def _of_power(base: Expression, exponent: Expression, name: str) -> Expression:
    if name not in names_in(exponent):
        less = Number(exponent.value - 1) if isinstance(exponent, Number) else subtract(exponent, ONE)
        lower = base if less == ONE else ONE if less == ZERO else Power(base, less)
        return multiply(exponent, lower, derivative(base, name))
    rate = add(
        multiply(derivative(exponent, name), Call("log", (base,))),
        divide(multiply(exponent, derivative(base, name)), base),
    )
    return multiply(Power(base, exponent), rate)


def _of_call(function: str, arguments: tuple[Expression, ...], name: str) -> Expression:
    inner = arguments[0]
    slope = derivative(inner, name)
    match function:
        case "exp":
            return multiply(Call("exp", (inner,)), slope)
        case "log":
            return divide(slope, inner)
        case "sqrt":
            return divide(slope, multiply(number(2), Call("sqrt", (inner,))))
    raise ComesLater(
        "A501",
        f"`{to_text(Call(function, arguments))}` has no derivative by {name} everywhere",
        hint="write the payoff without it, or piece by piece",
    )
