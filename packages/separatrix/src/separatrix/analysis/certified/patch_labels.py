"""The labels of rest sets: they are cut into pieces on which the label of single states is constant.

Curves with a parameter are cut in `curve_labels`.  On a face that is all at rest only the payoff differences
decide, on other sets the eigenvalues across them too; their signs cut it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.branch_and_prune.bernstein_payoffs import Forms
from separatrix.analysis.branch_and_prune.clock import Clock
from separatrix.analysis.branch_and_prune.degenerate_zeros import common_zeros
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.certified.centre_manifold import along, settle
from separatrix.analysis.certified.curve_labels import curve_pieces
from separatrix.analysis.certified.labels import Labeller, reduced
from separatrix.analysis.certified.patch_pieces import (
    DEEP,
    PatchPiece,
    labelled_root,
    nash_by,
    nash_throughout,
    state_on,
)
from separatrix.analysis.certified.region import OnFace
from separatrix.analysis.stability.verdict import Verdict, growing
from separatrix.analysis.theorems import NORMALLY_HYPERBOLIC
from separatrix.sentences import say

__all__ = ["pieces_of"]

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
    return [part for piece in _cut_face(labeller, patch) for part in _settled(labeller, piece, patch)]


def _settled(labeller: Labeller, piece: PatchPiece, whole: Patch, cuts: int = CUTS) -> list[PatchPiece]:
    """A piece of a set, labelled by the signs beside it where ties leave it open.

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
                    p for q in _states(labeller, part, whole) for p in _settled(labeller, q, whole, cuts - 1)
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
    across = [] if patch.whole else along(labeller.comparison, region)[: len(system.free) - patch.dimension]
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
    why = say("every direction out of a face of rest states contracts (normally hyperbolic)").by(
        NORMALLY_HYPERBOLIC
    )
    verdict = Verdict("stable", why if turns else say("every state is at rest"))
    return PatchPiece(patch, verdict, False, True, nash)
