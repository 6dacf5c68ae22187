"""Real roots of polynomials given by their values, exactly where they are rational or quadratic."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key

from flint import fmpq

from separatrix.analysis.precision import precision
from separatrix.analysis.surd import Exact, Surd, enclosure, quadratic_roots, sign
from separatrix.sentence import say

__all__ = ["compare", "distinct_in_order", "interpolate", "real_roots"]


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


def real_roots(coefficients: list[fmpq], low: Exact, high: Exact) -> list[Exact]:
    """Return the distinct roots in (low, high); those of factors of degree two or less are exact.

    The ends may lie in any two quadratic fields.

    Factors of higher degree would need algebraic numbers; they raise `ArithmeticError`, and the caller
    says so instead of guessing.
    """
    from flint import fmpq_poly

    polynomial = fmpq_poly(coefficients)
    if polynomial.degree() <= 0:
        return []
    roots: list[Exact] = []
    _, factors = polynomial.factor()
    for factor, _ in factors:
        parts = [fmpq(factor[k]) for k in range(factor.degree() + 1)]
        if len(parts) > 3:
            if _count_real(factor, low, high):
                raise ArithmeticError(say("a sign changes at an algebraic number of degree above two"))
            continue
        parts += [fmpq(0)] * (3 - len(parts))
        roots.extend(
            r for r in quadratic_roots(parts[2], parts[1], parts[0]) if compare(low, r) < 0 < compare(high, r)
        )
    return roots


@precision(64)
def _count_real(factor: object, low: Exact, high: Exact) -> bool:
    """Whether an irreducible polynomial has a real root in (low, high), certified by Arb."""
    from flint import arb

    below, above = arb(enclosure(low, 64)[0]), arb(enclosure(high, 64)[1])
    return any(
        root.imag == 0 and not (root.real < below) and not (root.real > above)
        for root, _ in factor.complex_roots()  # type: ignore[attr-defined]
    )


def distinct_in_order(numbers: Iterable[Exact]) -> list[Exact]:
    """Return numbers of any quadratic fields in ascending order, each once."""
    unique: list[Exact] = []
    for number in sorted(numbers, key=cmp_to_key(compare)):
        if not unique or compare(unique[-1], number):
            unique.append(number)
    return unique


def compare(a: Exact, b: Exact) -> int:
    """Return -1, 0 or 1 as `a` is less than, equal to or greater than `b`, of any two quadratic fields."""
    if not (isinstance(a, Surd) and isinstance(b, Surd) and a.d != b.d):
        return sign(a - b)
    bits = 64
    while True:  # numbers of different quadratic fields differ, so enough digits tell them apart
        (low_a, high_a), (low_b, high_b) = enclosure(a, bits), enclosure(b, bits)
        if high_a < low_b:
            return -1
        if high_b < low_a:
            return 1
        bits *= 2
