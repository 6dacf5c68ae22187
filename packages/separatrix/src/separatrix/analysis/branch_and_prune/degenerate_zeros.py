"""Faces that branch and prune does not settle: too few equations, or degenerate zeros.

The equations are taken apart into irreducible ones; an affine one is used to eliminate a share, which may let
others fall apart.  What is left are as many equations as shares, for which the search is tried again, or
fewer, which describe a continuum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.branch_and_prune.clock import Clock
from separatrix.analysis.branch_and_prune.elimination import degenerate_zeros
from separatrix.analysis.branch_and_prune.face_equations import (
    FaceSystem,
    Locus,
    evaluate_exactly,
)
from separatrix.analysis.branch_and_prune.factors import choices
from separatrix.analysis.branch_and_prune.manifold import manifold_state
from separatrix.analysis.branch_and_prune.rational_curves import rational_curves
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.branch_and_prune.search import search_system
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.sentences import say

__all__ = ["common_zeros", "same", "solve_degenerate"]

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
    zeros = _zeros(part, equations, clock) if part is not system else None
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


def _zeros(
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
    """The free shares of a face from those of part of it; the populations beside that play all alike."""
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
    """Return whether two zeros inside a face cannot be told apart."""
    if a.exact is not None and b.exact is not None:
        return a.exact == b.exact
    return all(x.overlaps(y) for x, y in zip(a.at(384), b.at(384), strict=True))


def _on(point: CertifiedRoot, patch: Patch) -> bool:
    if point.exact is None:
        return not any(point.sign(f) for f in patch.equations)
    place = point.system.reduced(point.system.shares(point.exact))
    return not any(sign(evaluate_exactly(f, place)) for f in patch.equations)
