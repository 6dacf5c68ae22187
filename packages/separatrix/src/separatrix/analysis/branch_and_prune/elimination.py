"""Degenerate zeros, found by exact elimination: one share after the other, rational or quadratic.

An equation in a single unknown share is factored; two equations in the same two unknown shares have a
resultant, whose roots are the only values that one of them can take.  Where some root is neither rational nor
quadratic and lies where the search got stuck, nothing is claimed.

Continua of one dimension that have a rational parameter.

Faces that branch and prune does not settle: too few equations, or degenerate zeros.

The equations are taken apart into irreducible ones; an affine one is used to eliminate a share, which may let
others fall apart.  What is left are as many equations as shares, for which the search is tried again, or
fewer, which describe a continuum.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.branch_and_prune.faces import FaceSystem, Locus, evaluate_exactly
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.analysis.branch_and_prune.rest_sets import Patch, RestCurve, univariate
from separatrix.analysis.branch_and_prune.search import (
    Clock,
    SearchResult,
    choices,
    manifold_state,
    search_system,
)
from separatrix.exact.algebraic_numbers import (
    HIGHEST,
    Exact,
    distinct_in_order,
    enclosure,
    quadratic_roots,
    rational_between,
    real_roots,
    sign,
)
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.precision import precision
from separatrix.sentences import say

__all__ = [
    "common_zeros",
    "degenerate_zeros",
    "rational_curves",
    "same",
    "solve_degenerate",
]

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
        return [x for x in [-coefficients[0] / coefficients[1]] if _may_have_share(outcome, v, x)]
    found: list[Exact] = []
    for factor, _ in fmpq_poly(rational).factor()[1]:
        if factor.degree() <= 2:
            found.extend(quadratic_roots(factor[2], factor[1], factor[0]))
            continue
        with precision(128):
            every: Any = factor.complex_roots()
            if any(root.imag == 0 and _open_cell_contains(outcome, v, root.real) for root, _ in every):
                raise Inexact
    return [x for x in found if _may_have_share(outcome, v, x)]


@precision(128)
def _may_have_share(outcome: SearchResult, v: int, value: Exact) -> bool:
    if sign(value) < 0 or sign(1 - value) < 0:
        return False
    low, high = enclosure(value, 64)
    return _open_cell_contains(outcome, v, arb(low).union(arb(high)))


def _open_cell_contains(outcome: SearchResult, v: int, ball: arb) -> bool:
    """Whether a share may have this value in a cell that was not settled."""
    if outcome.exhausted:
        return not (ball < 0 or ball > 1)
    k = outcome.locus.system.variables.index(v)
    slack = 1e-9
    return any(
        not (ball < float(low[k]) - slack or ball > float(high[k]) + slack) for low, high in outcome.stuck
    )


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
        t = rational_between(low, high)
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


DEPTH = 8  # rounds of elimination and factoring


def solve_degenerate(system: FaceSystem, clock: Clock) -> tuple[list[CertifiedRoot], list[Patch], list[str]]:
    """Return the rest points and rest sets inside a face, and the reasons why there may be more."""
    return common_zeros(system, system.equations, clock)


def common_zeros(
    system: FaceSystem, polynomials: Sequence[fmpq_mpoly], clock: Clock
) -> tuple[list[CertifiedRoot], list[Patch], list[str]]:
    """Return single zeros and continua of zeros inside a face, and the reasons why there may be more."""
    points: list[CertifiedRoot] = []
    patches: list[Patch] = []
    reasons: list[str] = []
    for equations in _systems(system, polynomials, reasons, 0):
        _solve(system, equations, clock, points, patches, reasons)
    return _distinct(points, patches), patches, list(dict.fromkeys(reasons))


def _systems(
    system: FaceSystem, equations: Sequence[fmpq_mpoly], reasons: list[str], depth: int
) -> Iterator[tuple[fmpq_mpoly, ...]]:
    """Yield systems of irreducible equations, as far as possible solved for single shares."""
    every = choices(system, equations)
    if every is None:
        reasons.append(say("equations with too many factors"))
        return
    for choice in every:
        reduced = _eliminated(system, choice)
        if depth >= DEPTH or set(map(str, reduced)) == set(map(str, choice)):
            yield tuple(reduced)
        else:
            yield from _systems(system, reduced, reasons, depth + 1)


def _eliminated(system: FaceSystem, equations: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """Put what affine equations say about a share into the other equations."""
    result = list(equations)
    context = system.field.ring.context
    for k in range(len(result)):
        equation = result[k]  # as the equations before have left it: else what they say is lost
        if equation.total_degree() != 1:
            continue
        used = [v for v in system.variables if equation.degrees()[v]]
        # The last share that occurs is expressed by the others, so that no two equations swap shares.
        v = used[-1]
        generator = context.gens()[v]
        coefficient = equation.derivative(v).leading_coefficient()
        image = generator - equation / coefficient
        images = [image if g == v else x for g, x in enumerate(context.gens())]
        result = [f if m == k else f.compose(*images, ctx=context) for m, f in enumerate(result)]
    return [f for f in result if f]


def _solve(
    system: FaceSystem,
    equations: tuple[fmpq_mpoly, ...],
    clock: Clock,
    points: list[CertifiedRoot],
    patches: list[Patch],
    reasons: list[str],
) -> None:
    free = len(system.free)
    if any(f.is_constant() for f in equations):
        return
    if len(equations) < free:
        _continuum(system, equations, clock, patches, reasons)
        return
    outcome = search_system(Locus(system, equations[:free]), clock)
    roots = [r for r in outcome.roots if r.place == "inside"]
    if any(r.place == "unknown" for r in outcome.roots):
        reasons.append(say("a zero so close to the border of the face that its side is not certain"))
    if not outcome.finished:
        reasons.append(say("the budget of time ran out"))
    elif outcome.exhausted or outcome.stuck:
        degenerate = degenerate_zeros(outcome)
        if degenerate is None:
            reasons.append(
                say("more cells than are tried, as near degenerate zeros or a continuum on the border")
                if outcome.exhausted
                else say("a zero at which the equations are degenerate")
            )
        else:
            roots.extend(degenerate)
    for root in roots:
        root.recognise()
        others = [root.sign(f) for f in equations[free:]]
        if None in others:
            reasons.append(say("it is not certain whether an irrational zero solves all equations"))
        elif not any(others):
            points.append(root)


def _continuum(
    system: FaceSystem,
    equations: tuple[fmpq_mpoly, ...],
    clock: Clock,
    patches: list[Patch],
    reasons: list[str],
) -> None:
    dimension = len(system.free) - len(equations)
    if not equations:
        patches.append(Patch.whole_face(system))
        return
    curves = rational_curves(system, equations) if dimension == 1 else None
    if curves is not None:
        patches.extend(curves)
        return
    part = _decided(system, equations)
    state: CertifiedRoot | str | None
    zeros = _isolated_zeros(part, equations, clock) if part is not system else None
    if zeros is not None:
        state = next(iter(zeros), None)
    else:
        state = manifold_state(part, equations, clock)
    if isinstance(state, str):
        reasons.append(say("infinitely many rest states, and {why}", why=state))
        return
    if state is None:
        return
    state.recognise()
    sample = None if state.exact is None else _centred(system, part, state.exact)
    patches.append(Patch(system, dimension, equations, known_closure=False, sample=sample, zeros=zeros))


def _decided(system: FaceSystem, equations: Sequence[fmpq_mpoly]) -> FaceSystem:
    """Return the face without the populations of whose shares equations say nothing."""
    used = {v for f in equations for v, degree in enumerate(f.degrees()) if degree}
    told = {q for v, (q, _) in zip(system.variables, system.free, strict=True) if v in used}
    face = tuple(played if q in told else played[:1] for q, played in enumerate(system.face))
    return system if face == system.face else FaceSystem(system.field, system.numerators, face)


def _isolated_zeros(
    part: FaceSystem, equations: tuple[fmpq_mpoly, ...], clock: Clock
) -> tuple[CertifiedRoot, ...] | None:
    """All zeros inside a face of no fewer equations than it has free shares; None where that is not known."""
    if len(equations) < len(part.free):
        return None
    points: list[CertifiedRoot] = []
    reasons: list[str] = []
    _solve(part, equations, clock, points, [], reasons)
    return None if reasons else tuple(_distinct(points, []))


def _centred(system: FaceSystem, part: FaceSystem, state: Sequence[Exact]) -> tuple[Exact, ...]:
    """The free shares of a face from those of part of it; other populations play their strategies equally."""
    known = dict(zip(part.free, state, strict=True))
    return tuple(known.get((q, a), fmpq(1, len(system.face[q]))) for q, a in system.free)


def _distinct(points: list[CertifiedRoot], patches: list[Patch]) -> list[CertifiedRoot]:
    """Points that several systems share, once; those on a continuum of the same face, not at all."""
    result: list[CertifiedRoot] = []
    for point in points:
        if any(_on(point, patch) for patch in patches):
            continue
        if not any(same(point, other) for other in result):
            result.append(point)
    return result


def same(a: CertifiedRoot, b: CertifiedRoot) -> bool:
    """Return whether two zeros inside a face are equal, or not proven to be different."""
    if a.exact is not None and b.exact is not None:
        return a.exact == b.exact
    return all(x.overlaps(y) for x, y in zip(a.refine(384), b.refine(384), strict=True))


def _on(point: CertifiedRoot, patch: Patch) -> bool:
    if point.exact is None:
        return not any(point.sign(f) for f in patch.equations)
    place = point.system.reduced(point.system.shares(point.exact))
    return not any(sign(evaluate_exactly(f, place)) for f in patch.equations)
