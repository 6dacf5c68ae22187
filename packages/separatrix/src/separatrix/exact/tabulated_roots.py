"""Real roots of polynomials given by their values, exactly where they are rational or quadratic."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import cmp_to_key

from flint import fmpq, fmpq_poly

from separatrix.exact.number_field import FieldElement, NumberField, real_fields
from separatrix.exact.root_isolation import real_balls
from separatrix.exact.surd import Exact, Surd, enclosure, quadratic_roots, sign
from separatrix.expression.constants import Constant
from separatrix.expression.precision import precision
from separatrix.sentences import say

__all__ = ["HIGHEST", "compare", "distinct_in_order", "interpolate", "real_roots", "stretches"]

HIGHEST = 24
"""Degree of the algebraic numbers at which curves of rest states are cut."""


def interpolate(points: list[fmpq], values: list[fmpq]) -> list[fmpq]:
    """Return the coefficients, constant first, of the polynomial through the given values (Newton)."""
    divided = list(values)
    n = len(points)
    for order in range(1, n):
        for k in range(n - 1, order - 1, -1):
            divided[k] = (divided[k] - divided[k - 1]) / (points[k] - points[k - order])
    result = [divided[-1]]
    for k in range(n - 2, -1, -1):
        shifted = [fmpq(0), *result]
        for m, value in enumerate(result):
            shifted[m] = shifted[m] - points[k] * value
        shifted[0] = shifted[0] + divided[k]
        result = shifted
    while len(result) > 1 and result[-1] == 0:
        result.pop()
    return result


def real_roots(coefficients: list[fmpq], low: Exact, high: Exact, most: int = 2) -> list[Exact]:
    """Return the distinct roots in (low, high), exactly; the ends may lie in any two fields.

    Parameters
    ----------
    most : the highest degree of an irreducible factor whose roots are taken

    Raises
    ------
    ArithmeticError
        Where a factor of a higher degree has a root there.
    """
    if any(isinstance(c, Constant) for c in coefficients):
        if len(coefficients) > 3:
            raise ArithmeticError(say("a sign changes at a number that depends on irrational constants"))
        padded = [*coefficients, fmpq(0), fmpq(0)][:3]
        roots = quadratic_roots(padded[2], padded[1], padded[0]) if any(c != 0 for c in padded[1:]) else []
        return [r for r in roots if compare(low, r) < 0 < compare(high, r)]
    polynomial = fmpq_poly(coefficients)
    if polynomial.degree() <= 0:
        return []
    roots = []
    _, factors = polynomial.factor()
    for factor, _ in factors:
        parts = [fmpq(factor[k]) for k in range(factor.degree() + 1)]
        if len(parts) > 3:
            if len(parts) - 1 > most:
                if _has_root(factor, low, high):
                    raise ArithmeticError(say("a sign changes at an algebraic number of degree above two"))
                continue
            fields = real_fields(factor)
            roots.extend(r for r in (f.generator for f in fields) if compare(low, r) < 0 < compare(high, r))
            continue
        parts += [fmpq(0)] * (3 - len(parts))
        roots.extend(
            r for r in quadratic_roots(parts[2], parts[1], parts[0]) if compare(low, r) < 0 < compare(high, r)
        )
    return roots


@precision(64)
def _has_root(factor: fmpq_poly, low: Exact, high: Exact) -> bool:
    """Whether an irreducible polynomial has a real root in (low, high), certified by Arb."""
    from flint import arb

    below, above = arb(enclosure(low, 64)[0]), arb(enclosure(high, 64)[1])
    return any(not (root < below) and not (root > above) for root in real_balls(factor))


def distinct_in_order(numbers: Iterable[Exact]) -> list[Exact]:
    """Return numbers of any fields in ascending order, each once."""
    unique: list[Exact] = []
    for number in sorted(numbers, key=cmp_to_key(compare)):
        if not unique or compare(unique[-1], number):
            unique.append(number)
    return unique


def compare(a: Exact, b: Exact) -> int:
    """Return -1, 0 or 1 as `a` is less than, equal to or greater than `b`, of any two fields."""
    try:
        return sign(a - b)
    except ValueError:  # of different fields
        pass
    bits = 64
    while True:
        if bits == 256 and _own(a) is not None and _own(a) == _own(b):
            return 0
        # other numbers than one root of one polynomial differ, and enough digits tell them apart
        (low_a, high_a), (low_b, high_b) = enclosure(a, bits), enclosure(b, bits)
        if high_a < low_b:
            return -1
        if high_b < low_a:
            return 1
        bits *= 2


def _own(number: Exact) -> NumberField | None:
    """The field that an irrational number generates, as a root of its own polynomial."""
    if isinstance(number, FieldElement):
        return number.own_field
    if not isinstance(number, Surd):
        return None
    polynomial = fmpq_poly([number.a * number.a - number.b * number.b * number.d, -2 * number.a, 1])
    return real_fields(polynomial)[int(number.b > 0)]


def stretches(low: Exact, breaks: Iterable[Exact], high: Exact) -> Iterator[tuple[Exact, Exact]]:
    """Yield the intervals into which numbers cut one, and between two of them the number, as both ends."""
    for left, right in itertools.pairwise([low, *distinct_in_order(breaks), high]):
        yield left, right
        if right is not high:
            yield right, right
