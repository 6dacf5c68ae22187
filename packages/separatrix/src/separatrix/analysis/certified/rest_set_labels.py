"""The labels of curves of rest states: they are cut at the zeros of the signs that decide.

These are signs of quotients of polynomials in the parameter of the curve: of the payoff differences of
unplayed strategies, and of the coefficients of the characteristic polynomial along the face.

Parts of rest sets with the label of their single states, and single states of rest sets as such parts.

The labels of rest sets: they are cut into pieces on which the label of single states is constant.

Curves with a parameter are cut in `curve_labels`.  On a face that is all at rest only the payoff differences
decide, on other sets the eigenvalues across them too; their signs cut it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.branch_and_prune.elimination import common_zeros
from separatrix.analysis.branch_and_prune.enumeration import PayoffComparison
from separatrix.analysis.branch_and_prune.faces import Forms
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.analysis.branch_and_prune.rest_sets import Patch, RestCurve, univariate
from separatrix.analysis.branch_and_prune.search import Clock
from separatrix.analysis.certified.centre_manifold import (
    CertifiedLocal,
    face_jacobian_coefficients,
    jacobian,
    settle,
)
from separatrix.analysis.certified.flow_box import FlowBox
from separatrix.analysis.certified.regions import OnFace, OnStretch
from separatrix.analysis.certified.stability import Labeller, reduced
from separatrix.analysis.payoff_functions import unplayed
from separatrix.analysis.stability.classification import Verdict, growing
from separatrix.analysis.theorems import NORMALLY_HYPERBOLIC
from separatrix.exact.algebraic_numbers import (
    HIGHEST,
    Exact,
    compare,
    rational_between,
    real_roots,
    stretches,
)
from separatrix.exact.matrices import characteristic
from separatrix.exact.number_field import FieldElement
from separatrix.exact.rational_functions import Ring
from separatrix.sentences import say

__all__ = [
    "DEEP",
    "PatchPiece",
    "curve_pieces",
    "kind_of",
    "labelled_root",
    "nash_at",
    "nash_by",
    "nash_throughout",
    "pieces_of",
    "state_on",
]

DEEP = say("payoff differences vanish throughout it, so that eigenvalues leave its label open")


@dataclass(frozen=True)
class PatchPiece:
    """Part of a rest set.

    Attributes
    ----------
    patch : where it is
    verdict : the label of its single states
    positive : whether every state of it certainly has an eigenvalue with positive real part
    attracting : whether all eigenvalues are negative but for one zero a dimension
    nash : whether all of its states are Nash equilibria; False: none is; None: not decided
    leaves : whether orbits near every state of it certainly lead to states that are not at rest
    """

    patch: Patch
    verdict: Verdict
    positive: bool = False
    attracting: bool = False
    nash: bool | None = None
    leaves: bool = False


def state_on(labeller: Labeller, patch: Patch, state: Sequence[Exact], dimension: int) -> PatchPiece:
    """Return a state of a rest set, given by its free shares, as a piece of dimension 0."""
    return labelled_root(labeller, CertifiedRoot.at_exactly(patch.system, tuple(state)), dimension)


def labelled_root(labeller: Labeller, root: CertifiedRoot, dimension: int) -> PatchPiece:
    """Return a state that lies on a rest set of its own face, labelled."""
    local = CertifiedLocal(labeller.comparison, root)
    verdict = labeller.label(local, dimension=dimension)
    positive, attracting = kind_of(local, dimension)
    boxes = () if positive or attracting else labeller.flow_boxes(root.face, local.tied)
    leaves = any(box.leaves(root.face, root.sign) for box in boxes)
    return PatchPiece(Patch.state(root), verdict, positive, attracting, nash_at(local), leaves)


def nash_by(turns: Sequence[int | None]) -> bool | None:
    """Return whether no unplayed strategy earns more, by the signs of what they earn more."""
    return False if 1 in turns else None if None in turns else True


def nash_at(local: CertifiedLocal) -> bool | None:
    """Return whether a state is a Nash equilibrium."""
    return nash_by([o.turn for o in local.outside])


def nash_throughout(forms: Forms, patch: Patch) -> bool | None:
    """Return the same of all states of a set, from the signs of payoff differences on its whole face."""
    face = patch.system.face
    return nash_by([forms.sign_on(face, p, b, face[p][-1]) for p, b in unplayed(forms.sizes, face)])


def kind_of(local: CertifiedLocal, dimension: int) -> tuple[bool, bool]:
    """Return whether an eigenvalue is surely positive, and whether all but `dimension` zeros are negative."""
    turns = [o.turn for o in local.outside]
    positive = local.internal_eigenvalues.positive + turns.count(1)
    negative = local.internal_eigenvalues.negative + turns.count(-1)
    zero = local.internal_eigenvalues.zero + turns.count(0)
    return positive > 0, zero == dimension and zero + negative == len(turns) + len(
        local.internal_eigenvalues.values
    )


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
    return _merge_equal_labels(patch, curve, _cut_curve(labeller, patch, curve))


def _cut_curve(labeller: Labeller, patch: Patch, curve: RestCurve) -> Iterator[_PieceStretch]:
    breaks: list[Exact] = []
    for polynomial in filter(None, _deciding(labeller.comparison, patch, curve)):
        coefficients = [fmpq(c) for c in polynomial.coeffs()]
        breaks.extend(real_roots(coefficients, curve.low, curve.high, HIGHEST))
    for low, high in stretches(curve.low, breaks, curve.high):
        if low is high:
            yield _single(labeller, patch, curve, high)
        else:
            yield from _equal_sign_stretches(labeller, patch, curve, (low, high))


def _single(labeller: Labeller, patch: Patch, curve: RestCurve, t: Exact) -> _PieceStretch:
    return _PieceStretch(state_on(labeller, patch, curve.at(t), 1), t, t)


def _equal_sign_stretches(
    labeller: Labeller, patch: Patch, curve: RestCurve, ends: tuple[Exact, Exact], *, whole: bool = True
) -> Iterator[_PieceStretch]:
    """Pieces of a curve between two values of the parameter that no deciding eigenvalue separates.

    Where eigenvalues do not decide the label, signs near the curve may do so, and cut the curve again.
    """
    low, high = ends
    part = _part(patch, curve, low, high)
    piece = _stretch(labeller, part, curve.at(rational_between(low, high)))
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
                    yield from _equal_sign_stretches(labeller, patch, curve, (left, right), whole=False)
            return
        else:
            yield from _stretches_by_transverse_flow(labeller, patch, curve, _PieceStretch(piece, low, high))
            return
    yield _PieceStretch(piece, low, high)


def _by_exact_route(labeller: Labeller, part: Patch, curve: RestCurve) -> Verdict | None:
    """The label of a stretch where few others do not lose, if all of it is one piece of their game."""
    middle = rational_between(curve.low, curve.high)
    first, last = rational_between(curve.low, middle), rational_between(middle, curve.high)
    # what is linear in two shares, and holds at so many states, holds throughout
    count = 4 * max(p.degree() for p in (*curve.above, *curve.below)) + 4
    inside = [curve.at(first + (last - first) * fmpq(k, count)) for k in range(count + 1)]
    ends = part.ends()
    if len(ends) < 2:
        return None
    local = CertifiedLocal(labeller.comparison, CertifiedRoot.at_exactly(part.system, curve.at(middle)))
    return labeller.along_curve(local, inside, ends)


def _stretches_by_transverse_flow(
    labeller: Labeller, patch: Patch, curve: RestCurve, stretch: _PieceStretch
) -> Iterable[_PieceStretch]:
    """Cut an undecided stretch where the flow near it changes, and label the parts by a common factor."""
    middle = rational_between(stretch.low, stretch.high)
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

    def polynomial_on_curve(polynomial: fmpq_mpoly) -> fmpq_poly:
        return region.in_parameter(patch.system.restrict(polynomial))

    deciding = box.deciding(face, lambda f: not polynomial_on_curve(f))
    if deciding is None:
        return
    quantities = [_common(map(polynomial_on_curve, group)) for group in deciding]
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
        root = CertifiedRoot.at_exactly(patch.system, curve.at(rational_between(low, high)))
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


def _merge_equal_labels(
    patch: Patch, curve: RestCurve, stretches: Iterable[_PieceStretch]
) -> list[PatchPiece]:
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
    """Whether another root of an end's polynomial lies between the ends, so that its sign is ambiguous."""
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


def _deciding(comparison: PayoffComparison, patch: Patch, curve: RestCurve) -> Iterator[fmpq_poly]:
    """Polynomials in the parameter that have the signs which decide a label."""
    system, region = patch.system, OnStretch(patch, curve)
    for _, gain in comparison.gains(system):
        yield region.in_parameter(gain)
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


CUTS = 2  # of a piece where a sign beside it changes
MOST_CHANGING = 2  # quantities that change their sign on a set
TRIED = 3  # of the signs beside a set at which it could be cut
SECONDS = 1.0  # for the states at which two such quantities vanish
UNCUT = say("the signs that decide its label change on it, and it was not cut")


def pieces_of(labeller: Labeller, forms: Forms, patch: Patch) -> list[PatchPiece]:
    """Return the labelled pieces of a rest set."""
    if patch.dimension == 0 and patch.sample is not None:
        return [state_on(labeller, patch, patch.sample, 1)]
    if patch.curve is not None:
        try:
            return curve_pieces(labeller, patch, patch.curve)
        except ArithmeticError:  # an end of a piece would be an algebraic number of too high a degree
            if not patch.whole:
                nash = nash_throughout(forms, patch)
                return [PatchPiece(patch, Verdict("undecided", UNCUT), nash=nash)]
    return [
        part
        for piece in _cut_face(labeller, patch)
        for part in _label_by_transverse_flow(labeller, piece, patch)
    ]


def _label_by_transverse_flow(
    labeller: Labeller, piece: PatchPiece, whole: Patch, cuts: int = CUTS
) -> list[PatchPiece]:
    """A piece of a set, labelled by the signs near it where ties do not decide the label.

    Where such a sign changes on the piece it is cut there, if that decides some part.
    """
    if piece.verdict.label != "undecided" or piece.positive or not piece.patch.dimension:
        return [piece]
    region = OnFace(piece.patch)
    ties = settle(labeller.comparison, region, labeller.continua)
    if ties.verdict:
        return [replace(piece, verdict=ties.verdict)]

    def sign(polynomial: fmpq_mpoly) -> int | None:
        return region.sign(region.system.restrict(polynomial))

    for k, box in enumerate(labeller.flow_boxes(region.system.face, ties.tied)):
        found = box.label_by(region.system.face, sign)
        if found is not None and (k == 0 or found.label == "unstable"):
            leaves = box.leaves(region.system.face, sign)
            return [replace(piece, verdict=reduced(ties.lower, found), leaves=leaves)]
    best = [piece]
    candidates = {str(f): f for polynomial in ties.changing for f in region.changing(polynomial)}
    for polynomial in itertools.islice(candidates.values(), TRIED if cuts else 0):
        parts: list[PatchPiece] = []
        for turn in (1, -1, 0):
            occurs = region.occurs([polynomial], [turn])
            if occurs is None:
                break
            if occurs:
                part = replace(piece, patch=region.part([polynomial], [turn]))
                parts.extend(
                    p
                    for q in _states(labeller, part, whole)
                    for p in _label_by_transverse_flow(labeller, q, whole, cuts - 1)
                )
        else:
            left = sum(p.verdict.label == "undecided" for p in parts)
            if left < len(parts) and (
                len(best) == 1 or left < sum(p.verdict.label == "undecided" for p in best)
            ):
                best = parts
            if not left:
                break
    return best


def _states(labeller: Labeller, piece: PatchPiece, whole: Patch) -> list[PatchPiece]:
    """The single states of a piece of dimension 0, labelled; other pieces as they are."""
    patch = piece.patch
    if patch.dimension or len(patch.equations) != len(patch.system.free):
        return [piece]
    roots, continua, reasons = common_zeros(patch.system, patch.equations, Clock(SECONDS))
    if continua or reasons or not all(map(_in_one_field, roots)):
        return [piece]
    inside = [r for r in roots if all(r.sign(f) == 1 for f in patch.positive)]
    return [labelled_root(labeller, root, whole.dimension) for root in inside]


def _in_one_field(root: CertifiedRoot) -> bool:
    try:
        sum(root.exact or (), fmpq(0))
    except ValueError:
        return False
    return True


def _cut_face(labeller: Labeller, patch: Patch) -> Iterator[PatchPiece]:
    """Cut a set by the signs of payoff differences and of the eigenvalues across it."""
    system, region = patch.system, OnFace(patch)
    deciding = [gain for _, gain in labeller.comparison.gains(system)]
    count = len(deciding)
    across = (
        []
        if patch.whole
        else face_jacobian_coefficients(labeller.comparison, region)[: len(system.free) - patch.dimension]
    )
    deciding += across if len(across) <= 2 else []
    signs = [region.sign(f) for f in deciding]
    outside = signs[:count]
    if 1 in outside and -1 in outside:
        yield _by_turns(patch, [1, -1], [])
        return
    changing = [region.core(f) for f, s in zip(deciding, signs, strict=True) if s is None]
    patterns = list(itertools.product((-1, 1, 0), repeat=len(changing)))
    possible: list[bool | None] = [None]
    if len(changing) <= MOST_CHANGING and len(across) <= 2:
        possible = [region.occurs(changing, pattern) if changing else True for pattern in patterns]
    if None in possible:
        nash = nash_by(outside)
        surely = 1 in outside and None not in outside and not across
        verdict = growing(False, True, surely) or Verdict("undecided", UNCUT)
        yield PatchPiece(patch, verdict, 1 in outside, nash=nash)
        return
    for pattern in itertools.compress(patterns, possible):
        part, values = region.part(changing, pattern) if changing else patch, iter(pattern)
        turns = [next(values) if s is None else s for s in signs]
        yield from _states(labeller, _by_turns(part, turns[:count], _across(turns[count:])), patch)


def _across(turns: Sequence[int]) -> list[int | None]:
    """The signs of the real parts of one or two eigenvalues, from the coefficients that they have."""
    if len(turns) < 2:
        return [-turn for turn in turns]
    trace, product = -turns[0], turns[1]
    if product < 0:
        return [1, -1]
    return [trace, trace] if product and trace else [None, None] if product else [trace, 0]


def _by_turns(patch: Patch, outside: Sequence[int], across: Sequence[int | None]) -> PatchPiece:
    turns = [*outside, *across]
    nash = 1 not in outside
    found = growing(-1 in turns, True, 1 in turns)
    if found is not None:
        return PatchPiece(patch, found, True, nash=nash)
    if None in turns or 0 in turns:
        return PatchPiece(patch, Verdict("undecided", DEEP), nash=nash)
    why = say("every direction out of a face of rest states contracts (normally hyperbolic)").resting_on(
        NORMALLY_HYPERBOLIC
    )
    verdict = Verdict("stable", why if turns else say("every state is at rest"))
    return PatchPiece(patch, verdict, False, True, nash)
