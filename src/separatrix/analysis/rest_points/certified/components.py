"""Connected sets of rest states, and how each behaves as a whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import arb, fmpq_mpoly

from separatrix.analysis.rest_points.branch_and_prune.bernstein_payoffs import Forms
from separatrix.analysis.rest_points.branch_and_prune.clock import Clock
from separatrix.analysis.rest_points.branch_and_prune.degenerate_zeros import common_zeros
from separatrix.analysis.rest_points.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.rest_points.branch_and_prune.faces import Face, count_faces
from separatrix.analysis.rest_points.branch_and_prune.rest_sets import Patch
from separatrix.analysis.rest_points.branch_and_prune.root import Root, as_ball
from separatrix.analysis.rest_points.certified.pieces import Piece
from separatrix.analysis.result import Label
from separatrix.analysis.theorems import LINEARISATION, NORMALLY_HYPERBOLIC, STRICT_EQUILIBRIUM_SET
from separatrix.exact.precision import precision
from separatrix.exact.surd import Exact, sign
from separatrix.sentence import say

__all__ = ["SetVerdict", "connected", "judge_set"]

MOST_FACES = 5000


@dataclass(frozen=True)
class SetVerdict:
    """The label of a connected set of rest states; ``es_set`` is None where the notion is not defined."""

    label: Label
    es_set: bool | None
    reason: str


def connected(patches: Sequence[Patch], clock: Clock | None = None) -> list[list[int]]:
    """Return the numbers of the patches, grouped into connected sets.

    Their ends and corners tell most.  Patches of one face may also cross inside it, and where ends are not
    known a patch may reach others on the border of its face; there the states that both contain are computed,
    if there is a clock to do so.
    """
    parent = list(range(len(patches)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    ends = [[_state(patch, end) for end in _tips(patch)] for patch in patches]

    def touch(a: int, b: int) -> bool:
        return any(patches[b].touches(end) for end in ends[a]) or any(
            patches[a].touches(end) for end in ends[b]
        )

    def meet(a: int, b: int) -> bool:
        one, other = patches[a], patches[b]
        return clock is not None and _may_meet_elsewhere(one, other) and _meet(one, other, clock)

    for test in (touch, meet):
        for a, b in itertools.combinations(range(len(patches)), 2):
            if (
                root(a) != root(b)
                and not _apart(patches[a].system.face, patches[b].system.face)
                and test(a, b)
            ):
                parent[max(root(a), root(b))] = min(root(a), root(b))
    groups: dict[int, list[int]] = {}
    for k in range(len(patches)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _may_meet_elsewhere(a: Patch, b: Patch) -> bool:
    """Whether two patches may have states in common that are no known end or corner of either."""
    if a.system.face == b.system.face:
        return bool(a.dimension and b.dimension)
    return any(patch.dimension and not patch.whole and len(_tips(patch)) < 2 for patch in (a, b))


def _meet(a: Patch, b: Patch, clock: Clock) -> bool:
    """Whether some state certainly lies on the closures of both patches."""
    common = tuple(tuple(sorted(set(x) & set(y))) for x, y in zip(a.system.face, b.system.face, strict=True))
    if count_faces([len(played) for played in common]) > MOST_FACES:
        return False
    for face in _subfaces(common):
        system = FaceSystem(a.system.field, a.system.numerators, face)
        equations = [f for f in map(system.restrict, (*a.equations, *b.equations)) if f]
        if any(f.is_constant() for f in equations):
            continue
        points, patches, _ = (
            common_zeros(system, equations, clock) if system.free else ([Root.at_exactly(system, ())], [], [])
        )
        points += [Root.at_exactly(p.system, p.sample) for p in patches if p.sample is not None]
        if any(_holds(a, point) and _holds(b, point) for point in points):
            return True
    return False


def _holds(patch: Patch, state: Root) -> bool:
    """Whether a zero of a patch's equations certainly lies on its closure."""
    known = patch.touches(state)
    if known is not None:
        return known
    if any(state.sign(f) not in (0, 1) for f in patch.positive):
        return False
    if patch.interval is not None:
        k, low, high = patch.interval
        at = _value_at(patch, state, k)
        if not (at > as_ball(low, 192) or at.overlaps(as_ball(low, 192))):
            return False
        if not (at < as_ball(high, 192) or at.overlaps(as_ball(high, 192))):
            return False
    return state.face == patch.system.face or patch.whole or _crosses_border(patch, state)


def _value_at(patch: Patch, state: Root, k: int) -> arb:
    q, a = patch.system.free[k]
    with precision(232):
        return arb(state.system.shares(state.at(192))[q][a])


def _crosses_border(patch: Patch, state: Root) -> bool:
    """Whether a curve runs from a state of its face's border, at which it is regular, into the face.

    There all shares that vanish change with the same sign along its tangent, whose components are the
    minors of the equations' derivatives.
    """
    system, count = patch.system, len(patch.system.free)
    if patch.dimension != 1 or len(patch.equations) != count - 1:
        return False
    one = system.field.ring.one
    rows = [[f.derivative(v) for v in system.variables] for f in patch.equations]
    tangent = [
        (-1) ** k * _determinant([[*row[:k], *row[k + 1 :]] for row in rows], one) for k in range(count)
    ]
    turns: set[int | None] = set()
    for q, played in enumerate(system.face):
        moves = {a: t for (p, a), t in zip(system.free, tangent, strict=True) if p == q}
        moves[played[-1]] = -sum(moves.values(), one * 0)
        turns |= {state.sign(moves[a]) for a in played if a not in state.face[q]}
    return turns in ({1}, {-1})


def _determinant(rows: Sequence[Sequence[fmpq_mpoly]], one: fmpq_mpoly) -> fmpq_mpoly:
    if not rows:
        return one
    total = one * 0
    for k, value in enumerate(rows[0]):
        if value:
            total += (-1) ** k * value * _determinant([[*r[:k], *r[k + 1 :]] for r in rows[1:]], one)
    return total


def _apart(a: Face, b: Face) -> bool:
    return any(not set(x) & set(y) for x, y in zip(a, b, strict=True))


def _tips(patch: Patch) -> list[tuple[Exact, ...]]:
    return [patch.sample] if patch.dimension == 0 and patch.sample is not None else patch.ends()


def _state(patch: Patch, free: Sequence[Exact]) -> Root:
    """A state of the closed face of a patch, as a root of the face that it lies in."""
    shares = patch.system.shares(free)
    face = tuple(tuple(a for a, x in enumerate(row) if sign(x)) for row in shares)
    system = FaceSystem(patch.system.field, patch.system.numerators, face)
    return Root.at_exactly(system, tuple(shares[q][a] for q, a in system.free))


def judge_set(forms: Forms, patches: Sequence[Patch], pieces: Sequence[Piece], balanced: bool) -> SetVerdict:
    """Return the verdict on a connected set of rest states.

    Parameters
    ----------
    forms : payoffs in Bernstein form
    patches : the continua that it consists of
    pieces : the pieces of all of them, and the pure profiles on them as single states
    balanced : whether nobody's payoffs depend on the own population's shares

    An eigenvalue with positive real part at one state makes the set unstable: an orbit leaves from there.
    Where at every state all eigenvalues are negative but for one zero a dimension of the rest set, the
    nearby orbits end on the set (normally hyperbolic).  A compact set of stable states is stable.
    """
    dimension = sum(forms.sizes) - len(forms.sizes)
    if any(p.whole and p.dimension == dimension for p in patches):
        why = say("it is the whole state space, so nothing is outside")
        return SetVerdict("asymptotically stable", True if balanced else None, why)
    strict = None
    if balanced and len(forms.sizes) > 1:
        strict = _strict_equilibrium_set(forms, patches)
        if strict:
            why = say("strict equilibrium set (Balkenborg & Schlag 2007)").by(STRICT_EQUILIBRIUM_SET)
            return SetVerdict("asymptotically stable", True, why)
    if any(p.positive for p in pieces):
        return SetVerdict(
            "unstable",
            strict,
            say("some state of it has an eigenvalue with positive real part").by(LINEARISATION),
        )
    if any(p.leaves for p in pieces):
        why = say("orbits lead from beside some state of it to states that are not at rest")
        return SetVerdict("unstable", strict, why)
    if all(p.attracting for p in pieces):
        why = say("every direction away from it contracts at every state (normally hyperbolic)").by(
            NORMALLY_HYPERBOLIC
        )
        return SetVerdict("asymptotically stable", strict, why)
    if all(p.verdict.label in ("stable", "centre", "asymptotically stable") for p in pieces):
        return SetVerdict("stable", strict, say("every single state of it is stable"))
    return SetVerdict(
        "undecided", strict, say("no state of it has a positive eigenvalue; more is not proven")
    )


def _strict_equilibrium_set(forms: Forms, patches: Sequence[Patch]) -> bool | None:
    """Whether every state of the set is Nash, and whoever is indifferent may move without leaving it.

    Then it is a union of whole faces.  None where signs on a face are not certain.
    """
    faces = [p.system.face for p in patches if p.whole]
    if any(not any(_within(p.system.face, face) for face in faces) for p in patches):
        return False
    for face in faces:
        if count_faces([len(played) for played in face]) > MOST_FACES:
            return None
        for small in _subfaces(face):
            for p, played in enumerate(small):
                for b in set(range(forms.sizes[p])).difference(face[p]):
                    turn = forms.sign_on(small, p, b, played[-1])
                    if turn is None:
                        return False if forms.multiaffine else None  # corners say it all, or do not
                    if turn == 1:
                        return False
                    if turn == 0:
                        larger = tuple(tuple(sorted((*x, b))) if q == p else x for q, x in enumerate(small))
                        if not any(_within(larger, other) for other in faces):
                            return False
    return True


def _within(small: Face, large: Face) -> bool:
    return all(set(a) <= set(b) for a, b in zip(small, large, strict=True))


def _subfaces(face: Face) -> Iterator[Face]:
    supports = [
        [s for k in range(1, len(played) + 1) for s in itertools.combinations(played, k)] for played in face
    ]
    yield from itertools.product(*supports)
