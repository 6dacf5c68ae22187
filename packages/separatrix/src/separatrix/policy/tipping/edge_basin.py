"""Levels at which today's state converges to the target along an edge: one population of two strategies.

Between two rest points of an edge every trajectory runs one way.  So the target is reached where the gain of
its strategy is positive from today's share up to it.  The sign of a gain p(z, s) on this stretch of shares z
can change with the level s only where p vanishes at one of its ends, or where two roots in z meet or one
comes from infinity: at roots of p(z0, s), p(z1, s), of the discriminant and of the leading coefficient of
each irreducible factor. Cox, D., Little, J. and O'Shea, D. (2015), Ideals, Varieties, and Algorithms, chapter
3.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_poly, fmpz

from separatrix.dynamics.bifurcation.elimination import univariate
from separatrix.dynamics.bifurcation.family import Face
from separatrix.exact.algebraic_numbers import rational, real_roots_between, separated
from separatrix.exact.number_field import fraction
from separatrix.exact.rational_functions import Ratio
from separatrix.policy.tipping.level_set import InstrumentLevel, LevelSet, cells_between, level_of, set_where

__all__ = ["edge_basin", "edge_border"]

NEAR = 1e-6
"""How near to the stretch a root may be at a critical level to count as lying on it."""


def edge_basin(face: Face, today: Fraction, target: int, low: Fraction, high: Fraction) -> LevelSet:
    """Return the levels at which the trajectory from a share of an edge converges to one of its ends.

    Parameters
    ----------
    face : Face
        Of one free share.
    today : Fraction
        The share of the first of the two strategies, strictly between 0 and 1.
    target : int
        0 where that strategy is what all play in the end, 1 for the other one.
    low, high : Fraction
        The range of levels.

    Raises
    ------
    ArithmeticError
        Where a resultant is too large.
    """
    (gain,) = face.equations
    end = Fraction(1 - target)
    factors = [f for p in (gain.numerator, gain.denominator) if p for f, _ in p.factor()[1]]
    polynomials = [p for factor in factors for p in _critical(factor, today, end)]
    roots = separated(r for p in polynomials if p for r in real_roots_between(p, low, high))
    critical = [level_of(r.rational if r.rational is not None else r) for r in roots]

    def target_reached(level: Fraction) -> bool:
        return _runs(gain, level, today, end)

    def at_level(level: InstrumentLevel, beside: Fraction) -> bool:
        if level.low == level.high:
            return target_reached(level.low)
        # A root that is there at this level alone is near at the next rational ones.
        return (
            target_reached(level.low)
            and target_reached(level.high)
            and not _root_near(gain, level.low, today, end)
        )

    return set_where(cells_between(critical, low, high), target_reached, at_level)


def edge_border(face: Face, level: Fraction, target: int) -> float | None:
    """Return the share from which on trajectories of an edge converge to one of its ends, or None.

    Parameters
    ----------
    face, level
    target : int
        0 where the first strategy is what all play in the end, 1 for the other one.
    """
    (gain,) = face.equations
    end = Fraction(1 - target)
    roots = [
        root.value
        for polynomial in (gain.numerator, gain.denominator)
        for root in real_roots_between(_in_share(polynomial, level), Fraction(0), Fraction(1))
        if root.rational != end
    ]
    border = max(roots, default=0.0) if end else min(roots, default=1.0)
    between = (Fraction(border) + end) / 2
    return border if _runs(gain, level, between, end) else None


def _critical(factor: fmpq_mpoly, today: Fraction, end: Fraction) -> list[fmpq_poly]:
    """Return polynomials in the level at whose roots a factor's roots on the stretch can change."""
    degree = int(factor.degrees()[0])
    if degree == 0:
        return [univariate(factor)]
    found = [univariate(_at_share(factor, share)) for share in (today, end)]
    found.append(univariate(_leading(factor, degree)))
    if degree > 1:
        found.append(univariate(factor.discriminant(0)))
    return found


def _at_share(polynomial: fmpq_mpoly, share: Fraction) -> fmpq_mpoly:
    context = polynomial.context()
    level = context.gens()[1]
    constant = context.from_dict({(0, 0): rational(share)}) if share else level - level
    return polynomial.compose(constant, level, ctx=context)


def _leading(polynomial: fmpq_mpoly, degree: int) -> fmpq_mpoly:
    terms: dict[tuple[int, ...], int | fmpz | fmpq] = {
        (0, e[1]): c for e, c in polynomial.to_dict().items() if e[0] == degree
    }
    return polynomial.context().from_dict(terms)


def _runs(gain: Ratio, level: Fraction, today: Fraction, end: Fraction) -> bool:
    """Whether the gain points to an end of the edge from today's share on, at one level."""
    for polynomial in (gain.numerator, gain.denominator):
        there = _in_share(polynomial, level)
        if not there:
            return False
        roots = real_roots_between(there, min(today, end), max(today, end))
        if any(root.rational is None or root.rational != end for root in roots):
            return False
    try:
        value = gain.evaluate(dict(zip(gain.ring.names, (today, level), strict=True)))
    except ZeroDivisionError:
        return False
    return value * (1 if end else -1) > 0


def _root_near(gain: Ratio, level: Fraction, today: Fraction, end: Fraction) -> bool:
    """Whether some root in the share, complex ones included, lies near the stretch at a level."""
    low, high = sorted((float(today), float(end)))
    for polynomial in (gain.numerator, gain.denominator):
        there = _in_share(polynomial, level)
        if there.degree() < 1:
            continue
        for root in np.roots([float(fraction(there[k])) for k in range(there.degree(), -1, -1)]):
            nearest = min(max(root.real, low), high)
            if abs(root - nearest) < NEAR:
                return True
    return False


def _in_share(polynomial: fmpq_mpoly, level: Fraction) -> fmpq_poly:
    """Return a polynomial in the share alone, at a level."""
    context = polynomial.context()
    share = context.gens()[0]
    constant = context.from_dict({(0, 0): rational(level)}) if level else share - share
    terms = polynomial.compose(share, constant, ctx=context).to_dict()
    coefficients: list[int | fmpz | fmpq] = [0] * (1 + max((int(e[0]) for e in terms), default=0))
    for exponents, value in terms.items():
        coefficients[int(exponents[0])] = value
    return fmpq_poly(coefficients)
