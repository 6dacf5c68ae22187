"""Expressions and conditions as JSON that a page evaluates, in the order of the tree.

A name is a string.  Everything else is a list that begins with what it is: ``["n", "p/q"]`` a number,
``["+", ...]``, ``["*", ...]``, ``["/", a, b]``, ``["^", a, b]``, ``["f", function, ...]``; conditions are
``["?", operator, left, right]``, ``["and", ...]`` and ``["or", ...]``.
"""

from __future__ import annotations

from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum

__all__ = ["Json", "condition_json", "tree_json"]

Json = str | list["Json"]


def tree_json(expression: Expression) -> Json:
    """Return an expression as nested lists.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> tree_json(parse_expression("a*x - 0.5"))
    ['+', ['*', 'a', 'x'], ['n', '-1/2']]
    """
    match expression:
        case Number(value):
            return ["n", str(value)]
        case Name(name):
            return name
        case Sum(terms):
            return ["+", *map(tree_json, terms)]
        case Product(factors):
            return ["*", *map(tree_json, factors)]
        case Quotient(numerator, denominator):
            return ["/", tree_json(numerator), tree_json(denominator)]
        case Power(base, exponent):
            return ["^", tree_json(base), tree_json(exponent)]
        case Call(function, arguments):
            return ["f", function, *map(tree_json, arguments)]


def condition_json(condition: Condition) -> Json:
    """Return a condition as nested lists.

    Examples
    --------
    >>> from separatrix.expression.conditions import parse_condition
    >>> condition_json(parse_condition("a > 1"))
    ['?', '>', 'a', ['n', '1']]
    """
    match condition:
        case Relation(left, operator, right):
            return ["?", operator, tree_json(left), tree_json(right)]
        case All(parts):
            return ["and", *map(condition_json, parts)]
        case Either(parts):
            return ["or", *map(condition_json, parts)]
