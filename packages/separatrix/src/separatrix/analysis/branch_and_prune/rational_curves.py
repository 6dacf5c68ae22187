"""Continua of one dimension that have a rational parameter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.branch_and_prune.edges import univariate
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.rest_sets import Patch, RestCurve
from separatrix.exact.algebraic_numbers import HIGHEST, Exact, between, distinct_in_order, real_roots
from separatrix.exact.rational_functions import Ratio, Ring

__all__ = ["rational_curves"]


def rational_curves(system: FaceSystem, equations: Sequence[fmpq_mpoly]) -> list[Patch] | None:
    """Return the stretches inside a face of a curve that its equations solve share by share.

    Some share is the parameter; each equation in turn is linear in one new share.  None where the equations
    are not of that kind, or an end of a stretch would be algebraic of a degree above `HIGHEST`.
    """
    for parameter in range(len(system.free)):
        shares = _solved(system, equations, parameter)
        if shares is None:
            continue
        try:
            return _stretches(system, equations, shares, parameter)
        except ArithmeticError:
            continue
    return None


def _solved(system: FaceSystem, equations: Sequence[fmpq_mpoly], parameter: int) -> list[Ratio] | None:
    """The free shares as quotients of polynomials in one of them."""
    ring = Ring(["t"])
    known: dict[int, Ratio] = {system.variables[parameter]: ring.variable("t")}
    left = list(equations)
    while left:
        for equation in left:
            unknown = [v for v in system.variables if equation.degrees()[v] and v not in known]
            if len(unknown) == 1 and equation.degrees()[unknown[0]] == 1:
                break
        else:
            return None
        left.remove(equation)
        v = unknown[0]
        slope = _value(ring, equation.derivative(v), known)
        if slope.is_zero:
            return None
        known[v] = ring.constant(0)
        known[v] = -_value(ring, equation, known) / slope
    if len(known) < len(system.free):
        return None
    return [known[v] for v in system.variables]


def _value(ring: Ring, polynomial: fmpq_mpoly, known: dict[int, Ratio]) -> Ratio:
    total = ring.constant(0)
    for exponents, value in polynomial.to_dict().items():
        term = Ratio(ring, ring.one * value, ring.one)
        for v, e in enumerate(exponents):
            for _ in range(int(e)):
                term = term * known[v]
        total = total + term
    return total


def _stretches(
    system: FaceSystem, equations: Sequence[fmpq_mpoly], shares: list[Ratio], parameter: int
) -> list[Patch]:
    ring = shares[0].ring
    everything = list(shares)
    for q in range(len(system.face)):
        mine = [x for x, (p, _) in zip(shares, system.free, strict=True) if p == q]
        if mine:
            rest = ring.constant(1)
            for x in mine:
                rest = rest - x
            everything.append(rest)
    cuts: list[Exact] = []
    for x in everything:
        for part in (x.numerator, x.denominator):
            polynomial = univariate(part, 0)
            cuts.extend(real_roots([fmpq(c) for c in polynomial.coeffs()], fmpq(0), fmpq(1), HIGHEST))
    ends: list[Exact] = [fmpq(0), *distinct_in_order(cuts), fmpq(1)]
    above = tuple(univariate(x.numerator, 0) for x in shares)
    below = tuple(univariate(x.denominator, 0) for x in shares)
    found: list[Patch] = []
    for low, high in itertools.pairwise(ends):
        t = between(low, high)
        if all(x.evaluate({"t": _fraction(t)}) > 0 for x in everything):
            curve = RestCurve(above, below, low, high)
            whole = low == 0 and high == 1
            found.append(
                Patch(
                    system,
                    1,
                    tuple(equations),
                    curve=curve,
                    interval=None if whole else (parameter, low, high),
                    corners=_corners(curve),
                    sample=curve.at(t),
                )
            )
    return found


def _fraction(t: fmpq) -> Fraction:
    return Fraction(int(t.p), int(t.q))


def _corners(curve: RestCurve) -> tuple[tuple[Exact, ...], ...]:
    """The ends of a segment; a curve that bends has no corners."""
    straight = all(b.degree() == 0 for b in curve.below) and all(a.degree() <= 1 for a in curve.above)
    return tuple(curve.at(t) for t in (curve.low, curve.high)) if straight else ()
