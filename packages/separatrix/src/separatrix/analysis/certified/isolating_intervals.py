"""Conditions that say between which numbers a share lies, or which number it is.

A number of degree above two has no closed form worth printing: its polynomial and rationals around it
tell it from all others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from flint import fmpq

from separatrix.analysis.branch_and_prune.root import simplest_between
from separatrix.exact.algebraic_numbers import Exact, as_expression, between
from separatrix.exact.number_field import FieldElement, NumberField
from separatrix.expression.conditions import Relation
from separatrix.expression.tree import Expression, Name, add, multiply, number, power

__all__ = ["bounds", "root_of"]


def root_of(share: Name, value: Exact) -> Iterator[Relation]:
    """Yield the conditions that make a share a number."""
    if not isinstance(value, FieldElement):
        yield Relation(share, "==", as_expression(value))
        return
    field = value.own_field
    low, high = _around(field)
    yield Relation(_equation(field, share, 1), "==", number(0))
    yield Relation(low, "<", share)
    yield Relation(share, "<", high)


def bounds(share: Name, low: Exact, high: Exact) -> Iterator[Relation]:
    """Yield the conditions that keep a share between two numbers.

    Between them lies no other root of the polynomial of either, so that this polynomial keeps its sign.
    """
    middle = between(low, high)
    for end, lower in ((low, True), (high, False)):
        if not isinstance(end, FieldElement):
            bound = as_expression(end)
        else:
            field = end.own_field
            bound = _around(field)[0 if lower else 1]
            turn = 1 if field.polynomial(middle) > 0 else -1
            yield Relation(_equation(field, share, turn), ">", number(0))
        yield Relation(bound, "<", share) if lower else Relation(share, "<", bound)


def _around(field: NumberField) -> tuple[Expression, Expression]:
    """Short rationals, 0 and 1 at the most, around a root between 0 and 1 and no other of its polynomial."""
    roots = [r.field for r in field.conjugates]
    before = roots[field.index - 1] if field.index else None
    after = roots[field.index + 1] if field.index + 1 < len(roots) else None
    low, high = fmpq(0), fmpq(1)
    if before is not None:
        low = max(low, _short(before, field))
    if after is not None:
        high = min(high, _short(field, after))
    return as_expression(low), as_expression(high)


def _short(left: NumberField, right: NumberField) -> fmpq:
    """A rational of small denominator between two roots."""
    bits = 8
    while left.within(bits)[1] >= right.within(bits)[0]:
        bits *= 2
    ends = left.within(bits)[1], right.within(bits)[0]
    first, last = (Fraction(int(e.p), int(e.q)) for e in ends)
    found = simplest_between(first, last, 1 << 200)
    return between(*ends) if found is None else fmpq(found.numerator, found.denominator)


def _equation(field: NumberField, share: Name, turn: int) -> Expression:
    """The polynomial of a root, times a number of the given sign that makes it whole and coprime."""
    values = field.polynomial.coeffs()
    below = math.lcm(*(int(v.q) for v in values)) * turn
    terms = []
    for k in range(len(values) - 1, -1, -1):
        if values[k] != 0:
            factor = number(int(values[k].p) * below // int(values[k].q))
            terms.append(multiply(factor, power(share, k)) if k else factor)
    return add(*terms)
