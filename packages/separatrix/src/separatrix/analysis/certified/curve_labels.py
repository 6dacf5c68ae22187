"""The labels of curves of rest states: they are cut at the zeros of the signs that decide.

These are signs of quotients of polynomials in the parameter of the curve: of the payoff differences of
unplayed strategies, and of the coefficients of the characteristic polynomial along the face.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.branch_and_prune.edges import univariate
from separatrix.analysis.branch_and_prune.payoff_comparison import Comparison
from separatrix.analysis.branch_and_prune.rest_sets import Patch, RestCurve
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.certified.centre_manifold import jacobian, settle
from separatrix.analysis.certified.flow_box import FlowBox
from separatrix.analysis.certified.labels import Labeller, reduced
from separatrix.analysis.certified.local import CertifiedLocal
from separatrix.analysis.certified.patch_pieces import (
    DEEP,
    PatchPiece,
    kind_of,
    nash_at,
    state_on,
)
from separatrix.analysis.certified.region import OnStretch
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.algebraic_numbers import HIGHEST, Exact, between, compare, real_roots, stretches
from separatrix.exact.matrices import characteristic
from separatrix.exact.number_field import FieldElement
from separatrix.exact.rational_functions import Ring

__all__ = ["curve_pieces"]


@dataclass(frozen=True)
class _PieceStretch:
    """A piece of a curve and the values of the parameter between which it lies, alike for a single state."""

    piece: PatchPiece
    low: Exact
    high: Exact


def curve_pieces(labeller: Labeller, patch: Patch, curve: RestCurve) -> list[PatchPiece]:
    """Return the labelled pieces of a curve.

    Raises
    ------
    ArithmeticError
        Where an end of a piece would be an algebraic number of too high a degree.
    """
    return _joined(patch, curve, _cut_curve(labeller, patch, curve))


def _cut_curve(labeller: Labeller, patch: Patch, curve: RestCurve) -> Iterator[_PieceStretch]:
    breaks: list[Exact] = []
    for polynomial in filter(None, _deciding(labeller.comparison, patch, curve)):
        coefficients = [fmpq(c) for c in polynomial.coeffs()]
        breaks.extend(real_roots(coefficients, curve.low, curve.high, HIGHEST))
    for low, high in stretches(curve.low, breaks, curve.high):
        if low is high:
            yield _single(labeller, patch, curve, high)
        else:
            yield from _between(labeller, patch, curve, (low, high))


def _single(labeller: Labeller, patch: Patch, curve: RestCurve, t: Exact) -> _PieceStretch:
    return _PieceStretch(state_on(labeller, patch, curve.at(t), 1), t, t)


def _between(
    labeller: Labeller, patch: Patch, curve: RestCurve, ends: tuple[Exact, Exact], *, whole: bool = True
) -> Iterator[_PieceStretch]:
    """Pieces of a curve between two values of the parameter that no deciding eigenvalue separates.

    Where eigenvalues leave the label open, signs beside the curve may decide it, and cut the curve once more.
    """
    low, high = ends
    part = _part(patch, curve, low, high)
    piece = _stretch(labeller, part, curve.at(between(low, high)))
    if piece.verdict.label == "undecided":
        region = OnStretch(part, replace(curve, low=low, high=high))
        ties = settle(labeller.comparison, region, labeller.continua)
        found = ties.verdict or _by_exact_route(labeller, part, region.curve)
        if found:
            piece = replace(piece, verdict=found)
        elif whole and ties.changing:
            for left, right in stretches(low, (t for f in ties.changing for t in region.breaks(f)), high):
                if left is right:
                    yield _single(labeller, patch, curve, right)
                else:
                    yield from _between(labeller, patch, curve, (left, right), whole=False)
            return
        else:
            yield from _beside(labeller, patch, curve, _PieceStretch(piece, low, high))
            return
    yield _PieceStretch(piece, low, high)


def _by_exact_route(labeller: Labeller, part: Patch, curve: RestCurve) -> Verdict | None:
    """The label of a stretch where few others do not lose, if all of it is one piece of their game."""
    middle = between(curve.low, curve.high)
    first, last = between(curve.low, middle), between(middle, curve.high)
    # what is linear in two shares, and holds at so many states, holds throughout
    count = 4 * max(p.degree() for p in (*curve.above, *curve.below)) + 4
    inside = [curve.at(first + (last - first) * fmpq(k, count)) for k in range(count + 1)]
    ends = part.ends()
    if len(ends) < 2:
        return None
    local = CertifiedLocal(labeller.comparison, CertifiedRoot.at_exactly(part.system, curve.at(middle)))
    return labeller.along_curve(local, inside, ends)


def _beside(
    labeller: Labeller, patch: Patch, curve: RestCurve, stretch: _PieceStretch
) -> Iterable[_PieceStretch]:
    """Cut an undecided stretch where the flow beside it changes, and label the parts by a common factor."""
    middle = between(stretch.low, stretch.high)
    local = CertifiedLocal(labeller.comparison, CertifiedRoot.at_exactly(patch.system, curve.at(middle)))
    parts = [stretch]
    for k, box in enumerate(labeller.flow_boxes(patch.system.face, local.tied)):
        given, parts = parts, []
        for part in given:
            still = part.low is not part.high and part.piece.verdict.label == "undecided"
            cut = list(_by_box(labeller, patch, curve, part, box, local, partial=k > 0)) if still else []
            parts.extend(cut or [part])
    return parts


def _by_box(
    labeller: Labeller,
    patch: Patch,
    curve: RestCurve,
    stretch: _PieceStretch,
    box: FlowBox,
    local: CertifiedLocal,
    partial: bool,
) -> Iterator[_PieceStretch]:
    """Label parts of a stretch by the flow on a face, only as unstable where the face is `partial`."""
    region = OnStretch(stretch.piece.patch, replace(curve, low=stretch.low, high=stretch.high))
    face = patch.system.face

    def along(polynomial: fmpq_mpoly) -> fmpq_poly:
        return region.along(patch.system.restrict(polynomial))

    deciding = box.deciding(face, lambda f: not along(f))
    if deciding is None:
        return
    quantities = [_common(map(along, group)) for group in deciding]
    try:
        breaks = [
            t
            for q in quantities
            for t in real_roots([fmpq(c) for c in q.coeffs()], stretch.low, stretch.high, HIGHEST)
        ]
    except ArithmeticError:
        return
    for low, high in stretches(stretch.low, breaks, stretch.high):
        if low is high:
            yield _single(labeller, patch, curve, high)
            continue
        part = _part(patch, curve, low, high)
        root = CertifiedRoot.at_exactly(patch.system, curve.at(between(low, high)))
        found = box.label_by(face, root.sign)
        if partial and found is not None and found.label != "unstable":
            found = None
        verdict = stretch.piece.verdict if found is None else reduced(local.loses, found)
        leaves, where = box.leaves(face, root.sign), replace(part, sample=root.exact)
        yield _PieceStretch(PatchPiece(where, verdict, nash=stretch.piece.nash, leaves=leaves), low, high)


def _common(polynomials: Iterable[fmpq_poly]) -> fmpq_poly:
    result = fmpq_poly()
    for polynomial in polynomials:
        result = result.gcd(polynomial)
    return result


def _joined(patch: Patch, curve: RestCurve, stretches: Iterable[_PieceStretch]) -> list[PatchPiece]:
    """The pieces of a curve, with neighbours of one label made one."""
    result: list[_PieceStretch] = []
    for stretch in stretches:
        result.append(stretch)
        while len(result) >= 3 and _alike(result[-3:]):
            left, low, high = result[-3].piece, result[-3].low, result[-1].high
            if _ambiguous(low, high):
                break
            joined = _part(patch, curve, low, high)
            piece = replace(left, patch=replace(joined, sample=left.patch.sample))
            result[-3:] = [_PieceStretch(piece, low, high)]
    return [stretch.piece for stretch in result]


def _ambiguous(low: Exact, high: Exact) -> bool:
    """Whether another root of an end's polynomial lies between, so that its sign would not tell them."""
    return any(
        compare(low, root) < 0 < compare(high, root)
        for end in (low, high)
        if isinstance(end, FieldElement)
        for root in end.own_field.conjugates
    )


def _alike(three: list[_PieceStretch]) -> bool:
    pieces = [s.piece for s in three]
    kinds = {(p.verdict.label, p.positive, p.attracting, p.nash, p.leaves) for p in pieces}
    return [s.piece.patch.dimension for s in three] == [1, 0, 1] and len(kinds) == 1


def _stretch(labeller: Labeller, part: Patch, state: tuple[Exact, ...]) -> PatchPiece:
    """An open stretch of a curve on which no deciding quantity changes its sign."""
    local = CertifiedLocal(labeller.comparison, CertifiedRoot.at_exactly(part.system, state))
    verdict = labeller.by_eigenvalues(local, dimension=1)
    positive, attracting = kind_of(local, 1)
    if not positive and not attracting:  # what else labels this one state need not hold beside it
        verdict = Verdict("undecided", DEEP)
    return PatchPiece(replace(part, sample=state), verdict, positive, attracting, nash_at(local))


def _part(patch: Patch, curve: RestCurve, low: Exact, high: Exact) -> Patch:
    """The stretch of a curve between two values of its parameter."""
    if (low, high) == (curve.low, curve.high):
        return patch
    stretch = replace(curve, low=low, high=high)
    master = next(k for k, a in enumerate(curve.above) if a.degree() == 1 and curve.below[k].degree() == 0)
    ends = [curve.at(t)[master] for t in (low, high)]
    if curve.above[master][1] / curve.below[master][0] < 0:
        ends.reverse()
    return replace(
        patch,
        curve=stretch,
        interval=(master, ends[0], ends[1]),
        whole=False,
        corners=tuple(curve.at(t) for t in (low, high)) if patch.corners else (),
    )


def _deciding(comparison: Comparison, patch: Patch, curve: RestCurve) -> Iterator[fmpq_poly]:
    """Polynomials in the parameter that have the signs which decide a label."""
    system, region = patch.system, OnStretch(patch, curve)
    for _, gain in comparison.gains(system):
        yield region.along(gain)
    size = len(system.free)
    if size > 1:
        entries = iter(region.all_along([v for row in jacobian(comparison, region) for v in row]))
        block = [list(itertools.islice(entries, size)) for _ in range(size)]
        coefficients = characteristic(block, fmpq_poly(), fmpq_poly([1]))
        yield from coefficients
        yield from _crossings(coefficients)


def _crossings(coefficients: Sequence[fmpq_poly]) -> Iterator[fmpq_poly]:
    """Polynomials in the parameter that vanish where a real part of an eigenvalue may change its sign.

    With three eigenvalues or more that are not zero a pair can cross the imaginary axis while all
    coefficients of the characteristic polynomial keep their signs.  Then some factor f(λ) has a root in
    common with g(-λ), g another one or the same; where f is even throughout, its roots change their kind
    where two of them meet.
    """
    left = [fmpq_poly([1]), *coefficients]
    while not left[-1]:
        left.pop()
    if len(left) < 4:
        return
    ring = Ring(["t", "eigenvalue"])
    terms: dict[tuple[int, ...], fmpq] = {
        (k, len(left) - 1 - n): p[k] for n, p in enumerate(left) for k in range(p.degree() + 1) if p[k] != 0
    }
    t, value = ring.context.gens()
    factors = [f for f, _ in ring.context.from_dict(terms).factor()[1]]
    for f, g in itertools.combinations_with_replacement(factors, 2):
        mirrored = g.compose(t, -value, ctx=ring.context)
        if f.degrees()[1] and g.degrees()[1]:
            common = f.resultant(mirrored, 1) or f.discriminant(1)
            yield univariate(common, 0)
