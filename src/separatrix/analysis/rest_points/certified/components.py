"""Connected sets of rest states, and how each behaves as a whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from separatrix.analysis.rest_points.branch_and_prune.bernstein_payoffs import Forms
from separatrix.analysis.rest_points.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.rest_points.branch_and_prune.faces import Face, count_faces
from separatrix.analysis.rest_points.branch_and_prune.rest_sets import Patch
from separatrix.analysis.rest_points.branch_and_prune.root import Root
from separatrix.analysis.rest_points.certified.pieces import Piece
from separatrix.analysis.result import Label
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


def connected(patches: Sequence[Patch]) -> list[list[int]]:
    """Return the numbers of the patches, grouped into connected sets, as far as ends and corners show."""
    parent = list(range(len(patches)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    ends = [[_state(patch, end) for end in _tips(patch)] for patch in patches]
    for a, b in itertools.combinations(range(len(patches)), 2):
        if root(a) != root(b) and _apart(patches[a].system.face, patches[b].system.face):
            continue
        if root(a) != root(b) and (
            any(patches[b].touches(end) for end in ends[a]) or any(patches[a].touches(end) for end in ends[b])
        ):
            parent[max(root(a), root(b))] = min(root(a), root(b))
    groups: dict[int, list[int]] = {}
    for k in range(len(patches)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


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
            why = say("strict equilibrium set (Balkenborg & Schlag 2007)")
            return SetVerdict("asymptotically stable", True, why)
    if any(p.positive for p in pieces):
        return SetVerdict(
            "unstable", strict, say("some state of it has an eigenvalue with positive real part")
        )
    if any(p.leaves for p in pieces):
        why = say("orbits lead from beside some state of it to states that are not at rest")
        return SetVerdict("unstable", strict, why)
    if all(p.attracting for p in pieces):
        why = say("every direction away from it contracts at every state (normally hyperbolic)")
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
