"""Connected sets of rest states: which parts touch, strict equilibrium sets, and the label of the whole.

However a route finds its rest sets, it says here what it knows of their states and takes the label.
The routes label the single states along a rest line or a rest face themselves: `affine.rest_family_labels`,
`binary.labels` on the pieces of `binary.rest_branch_pieces`, `certified.curve_labels` and `patch_labels`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from separatrix.analysis.affine_game import Support
from separatrix.analysis.results import Label
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    ES_SET,
    LINEARISATION,
    NORMALLY_HYPERBOLIC,
    STRICT_EQUILIBRIUM_SET,
)
from separatrix.run.deadline import poll
from separatrix.sentences import say

__all__ = ["STABLE", "Groups", "SetVerdict", "judge_set", "strict_equilibrium_set", "whole_space", "within"]

STABLE = frozenset(("stable", "centre", "asymptotically stable"))
"""Labels of single states none of which orbits leave."""

NOTHING_MORE = say("no state of it has a positive eigenvalue; more is not proven")


class Groups:
    """Things that are joined two by two fall into groups (union-find)."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, k: int) -> int:
        """Return the first member of the group of k."""
        while self._parent[k] != k:
            self._parent[k] = k = self._parent[self._parent[k]]
        return k

    def join(self, k: int, m: int) -> None:
        """Let two belong to one group."""
        low, high = sorted((self.root(k), self.root(m)))
        self._parent[high] = low

    def members(self) -> list[list[int]]:
        """Return the groups, each in ascending order, by their first members.

        Examples
        --------
        >>> groups = Groups(4)
        >>> groups.join(3, 1)
        >>> groups.members()
        [[0], [1, 3], [2]]
        """
        found: dict[int, list[int]] = {}
        for k in range(len(self._parent)):
            found.setdefault(self.root(k), []).append(k)
        return list(found.values())


@dataclass(frozen=True)
class SetVerdict:
    """The label of a connected set of rest states; ``es_set`` is None where the notion is not defined."""

    label: Label
    es_set: bool | None
    reason: str


def whole_space(es_set: bool | None) -> SetVerdict:
    """Return the verdict on a set that is everything."""
    why = say("it is the whole state space, so nothing is outside")
    return SetVerdict("asymptotically stable", es_set, why)


def judge_set(
    strict: bool | None,
    *,
    positive: bool,
    attracting: bool,
    stable: bool,
    es_set: Callable[[], bool] | None = None,
    leaves: bool = False,
    escapes: Callable[[], bool] = lambda: False,
    otherwise: str = NOTHING_MORE,
) -> SetVerdict:
    """Return the verdict on a connected set of rest states.

    An eigenvalue with positive real part at one state makes the set unstable: an orbit leaves from there.
    Where at every state all eigenvalues are negative but for one zero a dimension of the rest set, the
    nearby orbits end on the set (normally hyperbolic).  A compact set of stable states is stable.

    Parameters
    ----------
    strict : whether it is a strict equilibrium set; None where that is not defined or not known
    positive : whether some state has an eigenvalue with positive real part
    attracting : whether all eigenvalues at every state are negative but for one zero a dimension of the set
    stable : whether every single state is `STABLE`
    es_set : tells of a set of one population whether it is an ES set
    leaves : whether orbits are known to lead from beside it to states that are not at rest
    escapes : tells whether a neutral strategy spreads from some state of it
    otherwise : why nothing is known
    """
    if strict:
        why = say("strict equilibrium set (Balkenborg & Schlag 2007)").by(STRICT_EQUILIBRIUM_SET)
        return SetVerdict("asymptotically stable", True, why)
    if positive:
        why = say("some state of it has an eigenvalue with positive real part").by(LINEARISATION)
        return SetVerdict("unstable", strict, why)
    if es_set is not None:
        strict = es_set()
        if strict:
            return SetVerdict("asymptotically stable", True, say("ES set (Thomas 1985)").by(ES_SET))
    if leaves:
        why = say("orbits lead from beside some state of it to states that are not at rest")
        return SetVerdict("unstable", strict, why)
    if attracting:
        why = say("every direction away from it contracts at every state (normally hyperbolic)")
        return SetVerdict("asymptotically stable", strict, why.by(NORMALLY_HYPERBOLIC))
    if stable:
        return SetVerdict("stable", strict, say("every single state of it is stable"))
    if escapes():
        why = say("from some state of it a neutral strategy spreads, and that orbit leaves it")
        return SetVerdict("unstable", strict, why.by(CENTRE_MANIFOLD))
    return SetVerdict("undecided", strict, otherwise)


Gain = tuple[int, int, int | None, Support]
"""A population, a strategy not played on a face, the sign of its gain on a smaller face, and that face."""


def strict_equilibrium_set(
    members: Iterable[Support], faces: Sequence[Support], gains: Callable[[Support], Iterable[Gain]]
) -> bool | None:
    """Return whether a connected set is a strict equilibrium set (Balkenborg & Schlag 2007).

    Then every state of it is Nash, and whoever is indifferent anywhere on it may move without leaving it; so
    it is a union of whole faces.

    Parameters
    ----------
    members : the supports of its parts
    faces : those of them that are whole faces
    gains : yields what decides on a face: where unplayed strategies gain most; None as a sign leaves it open
    """
    if not all(any(within(member, face) for face in faces) for member in members):
        return False
    for face in faces:
        poll()
        for i, b, turn, where in gains(face):
            if turn is None:
                return None
            if turn > 0:
                return False
            larger = tuple(tuple(sorted((*kept, b))) if j == i else kept for j, kept in enumerate(where))
            if turn == 0 and not any(within(larger, other) for other in faces):
                return False
    return True


def within(small: Support, large: Support) -> bool:
    """Return whether every strategy of one support belongs to another one."""
    return all(set(a) <= set(b) for a, b in zip(small, large, strict=True))
