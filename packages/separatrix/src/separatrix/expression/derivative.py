"""The derivative of an expression by one of its names, rule by rule."""

from __future__ import annotations

from separatrix.errors import ComesLater
from separatrix.expression.tree import (
    ONE,
    ZERO,
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    add,
    divide,
    multiply,
    names_in,
    number,
    subtract,
    to_text,
)

__all__ = ["derivative"]


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
