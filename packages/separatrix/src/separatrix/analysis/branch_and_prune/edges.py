"""Faces with one free share: all zeros of one polynomial, and which way the share moves beside them."""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.branch_and_prune.face_equations import FaceSystem, Locus
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.exact.algebraic_numbers import quadratic_roots
from separatrix.expression.precision import precision
from separatrix.run.deadline import poll

__all__ = ["beside_end", "polynomial_of", "univariate", "zeros_on_line"]


def polynomial_of(system: FaceSystem) -> fmpq_poly:
    """Return the only equation of a face with one free share as a polynomial in that share."""
    return univariate(system.equations[0], system.variables[0])


def univariate(polynomial: fmpq_mpoly, variable: int) -> fmpq_poly:
    """Return a polynomial in which only one generator occurs."""
    terms = {int(e[variable]): value for e, value in polynomial.to_dict().items()}
    return fmpq_poly([terms.get(k, fmpq(0)) for k in range(max(terms, default=0) + 1)])


def zeros_on_line(system: FaceSystem) -> list[CertifiedRoot]:
    """Return the zeros of the equation strictly between 0 and 1, ascending.

    The equation must not vanish identically.  Each irreducible factor has simple roots only, which Arb
    isolates; those of factors of degree one and two are exact.
    """
    whole = polynomial_of(system)
    found: list[CertifiedRoot] = []
    if whole.degree() < 1:
        return found
    poll()
    for factor, multiplicity in whole.factor()[1]:
        poll()
        cofactor = whole
        for _ in range(multiplicity):
            cofactor = cofactor / factor
        slope, rest = _lifted(system, factor.derivative()), _lifted(system, cofactor)
        for root in _roots(Locus(system, (_lifted(system, factor),)), factor):
            if root.place != "inside":
                continue
            # An irreducible factor shares no root with its derivative nor with the other factors, so that
            # both signs differ from zero; enormous coefficients may still hide them.
            turn, beside = root.sign(slope), root.sign(rest)
            if turn and beside:
                after = beside if multiplicity % 2 == 0 else turn * beside
                root.sides = after * (-1) ** multiplicity, after
            found.append(root)
    return sorted(found, key=lambda root: float(root.at(96)[0].mid()))


def _lifted(system: FaceSystem, polynomial: fmpq_poly) -> fmpq_mpoly:
    """A polynomial in the free share as one in the generators of the ring."""
    ring, variable = system.field.ring, system.variables[0]
    terms = {
        tuple(k if v == variable else 0 for v in range(len(ring.names))): polynomial[k]
        for k in range(polynomial.degree() + 1)
    }
    return ring.context.from_dict(terms)


def _roots(locus: Locus, factor: fmpq_poly) -> list[CertifiedRoot]:
    """The real roots of an irreducible polynomial."""
    if factor.degree() <= 2:
        exact = quadratic_roots(factor[2], factor[1], factor[0])
        return [CertifiedRoot(locus, [], [], (x,)) for x in exact]
    with precision(64):
        every: Any = factor.complex_roots()
        balls = [root.real for root, _ in every if root.imag == 0]
    return [CertifiedRoot(locus, [ball], [ball]) for ball in balls]


def beside_end(system: FaceSystem, end: int) -> int:
    """Return the sign of the advantage on an edge just beside its end at share 0 or 1."""
    polynomial = polynomial_of(system)
    while polynomial(fmpq(end)) == 0 and polynomial.degree() > 0:
        polynomial = polynomial / fmpq_poly([-end, 1])
        if end:  # below 1 the factor (share - 1) is negative
            polynomial = -polynomial
    value = polynomial(fmpq(end))
    return int(value > 0) - int(value < 0)
