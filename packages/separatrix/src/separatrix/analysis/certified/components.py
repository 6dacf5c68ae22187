"""Connected sets of rest states, and how each behaves as a whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cache

from flint import arb

from separatrix.analysis.branch_and_prune.bernstein_payoffs import Forms
from separatrix.analysis.branch_and_prune.clock import Clock
from separatrix.analysis.branch_and_prune.degenerate_zeros import common_zeros
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.faces import Face, count_faces
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot, as_ball
from separatrix.analysis.certified.patch_pieces import PatchPiece
from separatrix.analysis.rest_set_labels import (
    STABLE,
    Gain,
    Groups,
    SetVerdict,
    judge_set,
    strict_equilibrium_set,
    whole_space,
)
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.exact.matrices import kernel
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.precision import precision
from separatrix.run.deadline import poll

__all__ = ["connected", "verdict_on"]

MOST_FACES = 5000


def connected(patches: Sequence[Patch], clock: Clock | None = None) -> list[list[int]]:
    """Return the numbers of the patches, grouped into connected sets.

    Their ends and corners tell most.  Patches of one face may also cross inside it, and where ends are not
    known a patch may reach others on the border of its face; there the states that both contain are computed,
    if there is a clock to do so.
    """
    groups = Groups(len(patches))
    holders: dict[tuple[Exact, ...], int] = {}
    for k, patch in enumerate(patches):  # most of what touches has an end in common
        for end in _tips(patch):
            state = tuple(x for row in patch.system.shares(end) for x in row)
            groups.join(k, holders.setdefault(state, k))

    @cache
    def ends(k: int) -> list[CertifiedRoot]:
        return [_state(patches[k], end) for end in _tips(patches[k])]

    def touch(a: int, b: int) -> bool:
        return any(patches[b].touches(end) for end in ends(a)) or any(
            patches[a].touches(end) for end in ends(b)
        )

    def meet(a: int, b: int) -> bool:
        one, other = patches[a], patches[b]
        return clock is not None and _may_meet_elsewhere(one, other) and _meet(one, other, clock)

    for test in (touch, meet):
        for one, other in itertools.combinations(groups.members(), 2):
            poll()
            for a, b in itertools.product(one, other):
                if groups.root(a) == groups.root(b):
                    break
                if not _apart(patches[a].system.face, patches[b].system.face) and test(a, b):
                    groups.join(a, b)
    return groups.members()


def _may_meet_elsewhere(a: Patch, b: Patch) -> bool:
    """Whether two patches may have states in common that are no known end or corner of either."""
    if not all(
        set(one.system.face[q]) <= set(other.system.face[q])
        for one, other in ((a, b), (b, a))
        for q in one.persistent
    ):
        return False
    if a.system.face == b.system.face:
        return bool(a.dimension and b.dimension)
    return any(patch.dimension and not patch.whole and len(_tips(patch)) < 2 for patch in (a, b))


def _meet(a: Patch, b: Patch, clock: Clock) -> bool:
    """Whether some state certainly lies on the closures of both patches."""
    common = tuple(tuple(sorted(set(x) & set(y))) for x, y in zip(a.system.face, b.system.face, strict=True))
    persistent = a.persistent | b.persistent
    open_to = [played for q, played in enumerate(common) if q not in persistent]
    if count_faces([len(played) for played in open_to]) > MOST_FACES:
        return False
    for face in _subfaces(common, persistent):
        system = FaceSystem(a.system.field, a.system.numerators, face)
        equations = [f for f in map(system.restrict, (*a.equations, *b.equations)) if f]
        if any(f.is_constant() for f in equations):
            continue
        points, patches, _ = (
            common_zeros(system, equations, clock)
            if system.free
            else ([CertifiedRoot.at_exactly(system, ())], [], [])
        )
        points += [CertifiedRoot.at_exactly(p.system, p.sample) for p in patches if p.sample is not None]
        if any(_holds(a, point) and _holds(b, point) for point in points):
            return True
    return False


def _holds(patch: Patch, state: CertifiedRoot) -> bool:
    """Whether a zero of a patch's equations certainly lies on its closure."""
    known = patch.touches(state)
    if known is not None:
        return known
    if any(state.sign(f) not in (0, 1) for f in patch.positive):
        return False
    if patch.interval is not None:
        k, low, high = patch.interval
        q, a = patch.system.free[k]
        with precision(232):
            at = arb(state.system.shares(state.at(192))[q][a])
            if at < as_ball(low, 192) or at > as_ball(high, 192):
                return False
    return state.face == patch.system.face or patch.whole or _crosses_border(patch, state)


def _crosses_border(patch: Patch, state: CertifiedRoot) -> bool:
    """Whether a curve runs from a state of its face's border, at which it is regular, into the face.

    There all shares that vanish change with the same sign along its tangent, whose components are the
    minors of the equations' derivatives.
    """
    system, count = patch.system, len(patch.system.free)
    if patch.dimension != 1 or len(patch.equations) != count - 1:
        return False
    ring = system.field.ring
    rows = [[Ratio(ring, f.derivative(v), ring.one) for v in system.variables] for f in patch.equations]
    tangent = [entry.numerator for entry in kernel(rows, count, ring.constant(1))]
    turns: set[int | None] = set()
    for q, played in enumerate(system.face):
        moves = {a: t for (p, a), t in zip(system.free, tangent, strict=True) if p == q}
        moves[played[-1]] = -sum(moves.values(), ring.zero)
        turns |= {state.sign(moves[a]) for a in played if a not in state.face[q]}
    return turns in ({1}, {-1})


def _apart(a: Face, b: Face) -> bool:
    return any(not set(x) & set(y) for x, y in zip(a, b, strict=True))


def _tips(patch: Patch) -> list[tuple[Exact, ...]]:
    return [patch.sample] if patch.dimension == 0 and patch.sample is not None else patch.ends()


def _state(patch: Patch, free: Sequence[Exact]) -> CertifiedRoot:
    """A state of the closed face of a patch, as a root of the face that it lies in."""
    shares = patch.system.shares(free)
    face = tuple(tuple(a for a, x in enumerate(row) if sign(x)) for row in shares)
    system = FaceSystem(patch.system.field, patch.system.numerators, face)
    return CertifiedRoot.at_exactly(system, tuple(shares[q][a] for q, a in system.free))


def verdict_on(
    forms: Forms, patches: Sequence[Patch], pieces: Sequence[PatchPiece], balanced: bool
) -> SetVerdict:
    """Return the verdict on a connected set of rest states.

    Parameters
    ----------
    forms : payoffs in Bernstein form
    patches : the continua that it consists of
    pieces : the pieces of all of them, and the pure profiles on them as single states
    balanced : whether nobody's payoffs depend on the own population's shares
    """
    dimension = sum(forms.sizes) - len(forms.sizes)
    if any(p.whole and p.dimension == dimension for p in patches):
        return whole_space(True if balanced else None)
    return judge_set(
        _is_strict(forms, patches) if balanced and len(forms.sizes) > 1 else None,
        positive=any(p.positive for p in pieces),
        leaves=any(p.leaves for p in pieces),
        attracting=all(p.attracting for p in pieces),
        stable=all(p.verdict.label in STABLE for p in pieces),
    )


def _is_strict(forms: Forms, patches: Sequence[Patch]) -> bool | None:
    """Whether it is a strict equilibrium set; None where signs on a face are not certain."""

    def gains(face: Face) -> Iterator[Gain]:
        if count_faces([len(played) for played in face]) > MOST_FACES:
            raise OverflowError
        for small in _subfaces(face):
            for p, played in enumerate(small):
                for b in set(range(forms.sizes[p])).difference(face[p]):
                    yield p, b, forms.sign_on(small, p, b, played[-1]), small

    faces = [p.system.face for p in patches if p.whole]
    try:
        found = strict_equilibrium_set((p.system.face for p in patches), faces, gains)
    except OverflowError:
        return None
    return False if found is None and forms.multiaffine else found  # corners say it all, or do not


def _subfaces(face: Face, whole: frozenset[int] = frozenset()) -> Iterator[Face]:
    """Yield the faces of a closed face, those that leave out nothing that some populations play."""
    supports = [
        [
            s
            for k in range(1, len(played) + 1)
            for s in itertools.combinations(played, k)
            if q not in whole or s == played
        ]
        for q, played in enumerate(face)
    ]
    yield from itertools.product(*supports)
