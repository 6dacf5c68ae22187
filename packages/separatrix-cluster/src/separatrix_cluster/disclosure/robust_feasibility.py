"""By how much values can move for any colluders: one programme per kind instead of one per coalition.

A movement of the values of others preserves the figures for a coalition if it needs none of their values.
Of each kind the largest enterprises may collude, or be the one whose value is in question, and the values
disclosed to the readers who know most of it may not move either; only the remainder is used here. A
movement composed of these remainders is valid against every coalition at once, except those with a reader
who receives the value itself. This is the p % rule against coalitions, over all figures together.

References
----------
Ben-Tal, A., El Ghaoui, L. & Nemirovski, A. (2009). Robust Optimization. Princeton, ch. 1.
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from separatrix_cluster.disclosure.joint_movement import JointMovements
from separatrix_cluster.disclosure.releases import Array, Releases, Target

__all__ = ["RobustFeasibility"]

NONE = 1e-300
"""No movement, as a number that can be divided by."""

AHEAD = 4.0
"""How far beyond the largest of a kind is looked, since sums of an enterprise move by more than each part."""


class RobustFeasibility:
    """How far the values of each kind can move against all coalitions of a size."""

    def __init__(self, releases: Releases, protection: float, colluders: int, joint: JointMovements) -> None:
        self.releases, self.protection = releases, protection
        self.programmes = 0
        kind, owner, x = releases.kind, releases.owner, releases.x
        kinds = int(kind.max(initial=-1)) + 1
        pairs, of = np.unique(np.c_[kind, owner], axis=0, return_inverse=True)
        volume, number = np.bincount(of, weights=x), np.bincount(of).astype(float)
        self.room = np.bincount(kind, weights=x, minlength=kinds)
        self.free = np.bincount(kind, minlength=kinds).astype(float)
        self._take(pairs[:, 0], volume, number, colluders + 1)
        told = _released_totals(releases)
        if told is not None:
            self._take(*told, colluders)
        self.room[self.free < 1] = 0.0
        self.room = np.maximum(self.room, 0.0)
        self.largest = np.zeros(kinds)
        np.maximum.at(self.largest, kind, x)
        self._parts: dict[int, tuple[Any, Array, Array]] = {}
        self._moves: dict[tuple[int, float], float] = {}
        self._joint = joint

    def _take(self, kind: Array, volume: Array, number: Array, most: int) -> None:
        """Take the largest few of each kind off what may move."""
        for amounts, left in ((volume, self.room), (number, self.free)):
            order = np.lexsort((-amounts, kind))
            sorted_kind = kind[order]
            starts = np.r_[0, np.flatnonzero(np.diff(sorted_kind)) + 1] if len(order) else []
            rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]).astype(int))
            chosen = order[rank < most]
            np.subtract.at(left, kind[chosen], amounts[chosen])

    def holds(self, target: Target, sign: float) -> bool:
        """Return whether a target can move as far as required, against all who do not receive it."""
        size = self.protection * target.value
        need = [self.protection * float(self.releases.x[i]) for i in target.at]
        kinds = [int(self.releases.kind[i]) for i in target.at]
        for reach in (self._at_hand, self._reach):
            if reach == self._reach and self._joint.holds(target, sign, size):
                return True
            most = [reach(k, sign) for k in kinds]
            if sign > 0:
                if max(w * m for w, m in zip(target.weights, most, strict=True)) >= size:
                    return True
            # Movements of several may be mixed; each of them gives its part of the fall.
            elif sum(n / m for n, m in zip(need, most, strict=True)) <= 1:
                return True
        return False

    def _at_hand(self, kind: int, sign: float) -> float:
        """Return how far a value can move against others of its kind alone."""
        if self.free[kind] < 1:
            return NONE
        return float(self.room[kind]) if sign > 0 else float(np.inf)

    def _reach(self, kind: int, sign: float) -> float:
        at_hand = self._at_hand(kind, sign)
        if at_hand >= AHEAD * self.protection * self.largest[kind]:
            return at_hand
        if (kind, sign) not in self._moves:
            self._moves[kind, sign] = self._programme(kind, sign)
        return max(at_hand, self._moves[kind, sign])

    def _programme(self, kind: int, sign: float) -> float:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import hstack

        releases = self.releases
        member = int(np.flatnonzero(releases.kind == kind)[0])
        block, figures, kinds = self._block(int(releases.part[member]))
        size = self.protection * float(self.largest[kind])
        own = releases.matrix[figures][:, [member]] * sign
        self.programmes += 1
        solved = milp(
            np.r_[-1.0, np.zeros(len(kinds))],
            constraints=LinearConstraint(
                hstack([own, block]), releases.down[figures] / size, releases.up[figures] / size
            ),
            bounds=Bounds(np.r_[0.0, -self.room[kinds] / size], np.r_[AHEAD, np.full(len(kinds), np.inf)]),
            options={"presolve": False},  # it takes longer than such small programmes themselves
        )
        # What the solver leaves open counts as no movement at all.
        return NONE if solved.x is None or solved.status != 0 else max(float(solved.x[0]) * size, NONE)

    def _block(self, part: int) -> tuple[Any, Array, Array]:
        """Return the public figures of a part, over the kinds that may move for any colluders."""
        if part not in self._parts:
            releases = self.releases
            figures = np.flatnonzero((releases.part_of_figure == part) & (releases.reader < 0))
            cells = np.flatnonzero((releases.part == part) & (self.free[releases.kind] >= 1))
            kinds, first = np.unique(releases.kind[cells], return_index=True)
            self._parts[part] = (releases.matrix[figures][:, cells[first]], figures, kinds)
        return self._parts[part]


def _released_totals(releases: Releases) -> tuple[Array, Array, Array] | None:
    """Return what each reader receives: the kinds, the total, and the number of values."""
    private = np.flatnonzero(releases.reader >= 0)
    if not len(private):
        return None
    entries = releases.matrix[private].tocoo()
    known = np.unique(np.c_[releases.reader[private][entries.row], entries.col], axis=0)
    readers, cells = known.T
    pairs, of = np.unique(np.c_[releases.kind[cells], readers], axis=0, return_inverse=True)
    return pairs[:, 0], np.bincount(of, weights=releases.x[cells]), np.bincount(of).astype(float)
