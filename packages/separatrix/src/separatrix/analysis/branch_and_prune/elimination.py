"""Degenerate zeros, found by exact elimination: one share after the other, rational or quadratic.

An equation in a single unknown share is factored; two equations in the same two unknown shares have a
resultant, whose roots are the only values that one of them can take.  Where some root is neither rational nor
quadratic and lies where the search got stuck, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flint import arb, fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.branch_and_prune.edges import univariate
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.branch_and_prune.search import SearchResult
from separatrix.exact.algebraic_numbers import Exact, enclosure, quadratic_roots, sign
from separatrix.expression.precision import precision

__all__ = ["degenerate_zeros"]

Values = dict[int, Exact]
"""The values of some free shares, by the generator of the ring that stands for them."""


class Inexact(ArithmeticError):
    """Some share could be algebraic of degree three or more, or is left free."""


def degenerate_zeros(outcome: SearchResult) -> list[CertifiedRoot] | None:
    """Return the zeros inside a face near which a search got stuck, or None where they are not all exact.

    Where the search was given up, all its zeros inside the face are returned.
    """
    locus = outcome.locus
    found: list[CertifiedRoot] = []
    try:
        for values in _zeros(outcome, list(locus.polynomials), {}):
            exact = tuple(values[v] for v in locus.system.variables)
            root = CertifiedRoot(locus, [], [], exact)
            if root.place == "inside" and not any(r.exact == exact for r in found):
                found.append(root)
    except (Inexact, ValueError):  # ValueError: values of different quadratic fields
        return None
    return found


def _zeros(outcome: SearchResult, equations: Sequence[fmpq_mpoly], known: Values) -> Iterator[Values]:
    """Yield the exact zeros that extend known values of some shares."""
    system = outcome.locus.system
    if all(isinstance(x, fmpq) for x in known.values()):
        equations = [e for e in (_put_in(system, e, known) for e in equations) if e]
    left = []
    for equation in equations:
        unknown = [v for v in system.variables if equation.degrees()[v] and v not in known]
        if unknown:
            left.append((unknown, equation))
        elif sign(_sum(equation, known)):
            return
    if not left:
        if len(known) < len(system.variables):
            raise Inexact
        yield known
        return
    unknown, equation = min(left, key=lambda pair: len(pair[0]))
    if len(unknown) == 1:
        v = unknown[0]
        values = _values(outcome, v, _in_one(equation, v, known))
    else:
        pair = [e for u, e in left if set(u) <= set(unknown)]
        if len(unknown) > 2 or len(pair) < 2 or not all(isinstance(x, fmpq) for x in known.values()):
            raise Inexact
        v, w = unknown
        eliminated = pair[0].resultant(pair[1], w)
        if not eliminated:
            raise Inexact
        values = _values(outcome, v, _coefficients(univariate(eliminated, v)))
    for value in values:
        yield from _zeros(outcome, [e for _, e in left], known | {v: value})


def _put_in(system: FaceSystem, equation: fmpq_mpoly, known: Values) -> fmpq_mpoly:
    context = system.field.ring.context
    values = {v: x for v, x in known.items() if isinstance(x, fmpq)}
    one = system.field.ring.one
    images = [one * values[v] if v in values else g for v, g in enumerate(context.gens())]
    return equation.compose(*images, ctx=context)


def _sum(equation: fmpq_mpoly, known: Values) -> Exact:
    total: Exact = fmpq(0)
    for exponents, value in equation.to_dict().items():
        total = total + _product(value, exponents, known)
    return total


def _product(value: fmpq, exponents: Sequence[int], known: Values, skip: int = -1) -> Exact:
    term: Exact = value
    for v, e in enumerate(exponents):
        if v != skip:
            for _ in range(int(e)):
                term = term * known[v]
    return term


def _in_one(equation: fmpq_mpoly, v: int, known: Values) -> list[Exact]:
    """The coefficients, constant first, of an equation in one unknown share."""
    result: list[Exact] = [fmpq(0)] * (int(equation.degrees()[v]) + 1)
    for exponents, value in equation.to_dict().items():
        k = int(exponents[v])
        result[k] = result[k] + _product(value, exponents, known, v)
    return result


def _coefficients(polynomial: fmpq_poly) -> list[Exact]:
    return [fmpq(c) for c in polynomial.coeffs()]


def _values(outcome: SearchResult, v: int, coefficients: list[Exact]) -> list[Exact]:
    """The values from 0 to 1 that a share can take, where the search got stuck."""
    while coefficients and sign(coefficients[-1]) == 0:
        coefficients = coefficients[:-1]
    if not coefficients:
        raise Inexact  # the equation leaves this share free
    if len(coefficients) == 1:
        return []
    rational = [c for c in coefficients if isinstance(c, fmpq)]
    if len(rational) < len(coefficients):
        if len(coefficients) > 2:
            raise Inexact
        return [x for x in [-coefficients[0] / coefficients[1]] if _wanted(outcome, v, x)]
    found: list[Exact] = []
    for factor, _ in fmpq_poly(rational).factor()[1]:
        if factor.degree() <= 2:
            found.extend(quadratic_roots(factor[2], factor[1], factor[0]))
            continue
        with precision(128):
            every: Any = factor.complex_roots()
            if any(root.imag == 0 and _near(outcome, v, root.real) for root, _ in every):
                raise Inexact
    return [x for x in found if _wanted(outcome, v, x)]


@precision(128)
def _wanted(outcome: SearchResult, v: int, value: Exact) -> bool:
    if sign(value) < 0 or sign(1 - value) < 0:
        return False
    low, high = enclosure(value, 64)
    return _near(outcome, v, arb(low).union(arb(high)))


def _near(outcome: SearchResult, v: int, ball: arb) -> bool:
    """Whether a share may have this value in a cell that was not settled."""
    if outcome.exhausted:
        return not (ball < 0 or ball > 1)
    k = outcome.locus.system.variables.index(v)
    slack = 1e-9
    return any(
        not (ball < float(low[k]) - slack or ball > float(high[k]) + slack) for low, high in outcome.stuck
    )
