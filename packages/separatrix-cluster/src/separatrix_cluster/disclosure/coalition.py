"""A smallest coalition that knows a value too narrowly, or that there is none: an implicit hitting set.

A witness is a movement of the values that moves one value as far as required, up or down, while the figures
stay the same. It refutes all coalitions except those with a member whose values it moves or whose own
figures it changes: those that hit it. For the smallest coalition that hits all known witnesses, a programme
checks whether a witness exists against it as well; until no coalition of the size hits all, or one has no
witness.

The information in a place among others: a mixed-integer programme in which they may change sides.

A place states how many others are on a side, not which. So each may change sides, with a binary variable
each, while the count stays within its bounds.

References
----------
Moreno-Centeno, E. & Karp, R. M. (2013). The implicit hitting set approach to solve combinatorial optimization
problems. Operations Research 61, 453–468.
Fischetti, M. & Salazar, J. J. (2000). Models and algorithms for optimizing cell suppression in tabular data
with linear constraints. Journal of the American Statistical Association 95, 916–928.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

import numpy as np

from separatrix_cluster.disclosure.joint_movement import JointMovements
from separatrix_cluster.disclosure.releases import (
    TOLERANCE,
    Array,
    Knowledge,
    Releases,
    Target,
    WitnessMovements,
)
from separatrix_cluster.tables.cells import Floats

__all__ = ["CoalitionSearch", "farthest", "with_sides_changed"]

FAR = 10.0
"""Sums of others move by no more than so many times what they are made of; what needs more counts as none."""


def with_sides_changed(
    releases: Releases, target: Target, known: Knowledge, change: float
) -> Knowledge | None:
    """Return what is known in a world where the target may change by this amount or more, if one exists.

    The possible values over several worlds may have gaps: a change of exactly this amount may be in none of
    them.
    """
    solved = _solve(releases, target, known, change, np.zeros(len(known.room)))
    if solved is None:
        return None
    return _changed(releases, known, solved)


def farthest(releases: Releases, target: Target, known: Knowledge, sign: float) -> Knowledge:
    """Return what is known of the world in which a target can rise, or fall, farthest."""
    goal = np.zeros(len(known.room))
    goal[: len(target.at)] = -sign * np.array(target.weights)
    solved = _solve(releases, target, known, None, goal)
    # Without an end it is in any world, since sums of others are bounded in all of them.
    return known if solved is None else _changed(releases, known, solved)


def _changed(releases: Releases, known: Knowledge, solved: Array) -> Knowledge:
    """Return what is known of the world that a programme found."""
    down, up = known.down.copy(), known.up.copy()
    for k, changed in zip(_side_rows(releases, known), solved[len(known.room) :] > 0.5, strict=True):
        if changed:
            down[k], up[k] = (up[k], np.inf) if np.isfinite(up[k]) else (-np.inf, down[k])
    return replace(known, down=down, up=up)


def _as_far(change: float) -> tuple[float, float]:
    """Return between which ends changes are that go as far, or farther."""
    return (change, np.inf) if change > 0 else (-np.inf, change)


def _side_rows(releases: Releases, known: Knowledge) -> list[int]:
    return [k for k, f in enumerate(known.figures.tolist()) if f in releases.sides]


def _solve(
    releases: Releases, target: Target, known: Knowledge, change: float | None, goal: Array
) -> Array | None:
    """Return movements of the columns, then which others change sides."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack

    size = target.value or 1.0
    rows = _side_rows(releases, known)
    room = known.room / size
    down, up = known.down / size, known.up / size
    ends = np.where(np.isfinite(up), up, -down)[rows]  # to zero, from where the others stand
    reach = FAR * (abs(known.block[rows]) @ room + ends) + 1.0
    turn = np.zeros((len(known.figures), len(rows)))
    count = np.zeros((len(known.places), len(room) + len(rows)))
    for number, k in enumerate(rows):
        place, by = releases.sides[int(known.figures[k])]
        # Where it changes sides, the sum lies on the other side of zero: a row for both.
        turn[k, number] = by * reach[number]
        if by < 0:
            down[k] = up[k] - reach[number]
        else:
            up[k] = down[k] + reach[number]
        count[known.places.index(place), len(room) + number] = by
    told = [(releases.places[p], releases.count[p]) for p in known.places]
    constraints: list[Any] = [
        LinearConstraint(hstack([known.block, csr_array(turn)]), down, up),
        LinearConstraint(
            csr_array(count),
            np.array([p.least - n for p, n in told]),
            np.array([p.most - n for p, n in told]),
        ),
    ]
    if change is not None:
        moved = np.zeros((1, len(room) + len(rows)))
        moved[0, : len(target.at)] = target.weights
        least, most = _as_far(change / size)
        constraints.append(LinearConstraint(csr_array(moved), least, most))
    solved = milp(
        np.r_[goal, np.zeros(len(rows))],
        constraints=constraints,
        bounds=Bounds(
            np.r_[-room, np.zeros(len(rows))], np.r_[np.full(len(room), np.inf), np.ones(len(rows))]
        ),
        integrality=np.r_[np.zeros(len(room)), np.ones(len(rows))],
    )
    if solved.x is None or solved.status != 0:
        return None
    found: Array = np.r_[solved.x[: len(room)] * size, solved.x[len(room) :]]
    return found


EXCHANGES = 24
"""How many exchanges with single values of the same kind are tried before a programme."""

KEPT = 12
"""How many movements are kept for targets of the same kinds."""

NEAR = 1e-6
"""Relative to a movement: how exactly it has to keep a figure."""


class CoalitionSearch:
    """The search over all targets of some releases."""

    def __init__(
        self,
        releases: Releases,
        protection: float,
        colluders: int,
        joint: JointMovements,
        kept: WitnessMovements,
    ) -> None:
        self.joint, self.kept = joint, kept
        self.releases, self.protection, self.colluders = releases, protection, colluders
        self.programmes = 0
        private = np.flatnonzero(releases.reader >= 0)
        entries = releases.matrix[private].tocoo()
        self._told: dict[int, list[tuple[int, float]]] = {}
        for row, cell, weight in zip(
            private[entries.row].tolist(), entries.col.tolist(), entries.data.tolist(), strict=True
        ):
            self._told.setdefault(cell, []).append((row, weight))
        self._of_owner: dict[int, list[int]] = {}
        for cell, owner in enumerate(releases.owner.tolist()):
            self._of_owner.setdefault(owner, []).append(cell)
        self._kept: dict[tuple[object, ...], deque[tuple[list[float], dict[int, float], float, float]]] = {}
        self._looked_at: Target | None = None
        self._families: dict[float, list[int]] = {}
        self._known_to: set[tuple[float, tuple[int, ...]]] = set()
        self._reached: tuple[Target, list[tuple[float, int]]] | None = None
        order = np.lexsort((-releases.x, releases.kind))
        ends = np.cumsum(np.bincount(releases.kind, minlength=1))[:-1]
        self._of_kind = np.split(order, ends)

    def readers(self, target: Target) -> int:
        """Return which members learn a target from figures of their own, as bits."""
        told = {int(self.releases.reader[f]) for i in target.at for f, _ in self._told.get(i, ())}
        return _bits(told - {target.owner})

    def attackers(
        self,
        target: Target,
        sign: float,
        among: int | None = None,
        *,
        besides: Sequence[tuple[int, ...]] = (),
    ) -> tuple[int, ...] | None:
        """Return a smallest coalition without a witness against it, or None.

        Parameters
        ----------
        among : int, optional
            Bits of enterprises; every coalition to be checked contains at least one of them.
        besides : sequence of tuple of int
            Coalitions not contained in the one sought.
        """
        size = self.protection * target.value
        if size == 0:
            return None
        family, except_ = self._witnesses(target, sign, size), [_bits(b) for b in besides]
        some = [] if among is None else [among]
        while (coalition := _hitting_set([*some, *family], self.colluders, except_)) is not None:
            if (sign, coalition) in self._known_to:
                return coalition
            at_hand = self._at_hand(target, sign * size, coalition)
            if at_hand is not None:
                family.append(at_hand)
                continue
            knowledge = self.releases.knowledge(target, coalition)
            moved = self._witness(target, sign, size, knowledge)
            if moved is None and knowledge.places:
                self.programmes += 1
                # It is not told who stands on which side, but of how many.
                changed = with_sides_changed(self.releases, target, knowledge, sign * size)
                moved = None if changed is None else self._witness(target, sign, size, changed, farther=True)
            if moved is None:
                self._known_to.add((sign, coalition))
                return coalition
            # A movement that no single values make, as little as it may be, serves against no others.
            hit = self._realised(target, moved, knowledge, size) or [self._all_but(target.owner)]
            family += [m & ~_bits(coalition) for m in hit]
            self._keep(target, moved / (sign * size), knowledge)
        return None

    def known_before(self, target: Target, sign: float, coalition: tuple[int, ...]) -> None:
        """Assume no witness against a coalition, as there was none when it knew less."""
        self._witnesses(target, sign, self.protection * target.value)
        self._known_to.add((sign, coalition))

    def reach(
        self, target: Target, coalition: tuple[int, ...], ends: WitnessMovements
    ) -> tuple[float, float]:
        """Return by how much a target can fall and rise for a coalition by movements that were kept."""
        if self._reached is None or self._reached[0] is not target:
            goal = dict(zip(target.at, target.weights, strict=True))
            moves = []
            for sign in (-1.0, 1.0):
                for moved in ends.still(self.releases, target, sign * TOLERANCE * target.value):
                    change = sum(w * moved.get(i, 0.0) for i, w in goal.items())
                    moves.append((change, self._hindered(target, moved, abs(change))))
            self._reached = target, moves
        bits = _bits(coalition)
        changes = [change for change, hit in self._reached[1] if not hit & bits]
        return min(changes, default=0.0), max(changes, default=0.0)

    def movement(self, target: Target, steps: Floats, known: Knowledge) -> dict[int, float] | None:
        """Return a movement of columns as one of values."""
        moving = np.flatnonzero(np.abs(steps) > TOLERANCE * float(np.abs(steps).max(initial=0.0))).tolist()
        return self._values(moving, steps.tolist(), known.members)

    def _all_but(self, owner: int) -> int:
        return ((1 << len(self.releases.enterprises)) - 1) & ~(1 << owner)

    def _witnesses(self, target: Target, sign: float, size: float) -> list[int]:
        """Return who hits the witnesses known so far, to which more may be added."""
        if target is not self._looked_at:
            self._looked_at, self._families, self._known_to = target, {}, set()
        if sign not in self._families:
            family = [*self._exchanges(target, sign, size), *self._whole_exchanges(target, sign)]
            family += [_bits(e) for e in self.joint.exchanges(target, sign, size)]
            kept = self.kept.still(self.releases, target, sign * size)
            self._families[sign] = family + [self._hindered(target, moved, size) for moved in kept]
        return self._families[sign]

    def _exchanges(self, target: Target, sign: float, size: float) -> list[int]:
        """Return who hits the exchanges of a cell with another of its kind."""
        if len(target.at) > 1:
            return []
        (cell,), releases = target.at, self.releases
        found = []
        for other in self._of_kind[int(releases.kind[cell])][: EXCHANGES + 1].tolist():
            if releases.owner[other] != target.owner and (sign < 0 or releases.x[other] >= size):
                found.append(self._hindered(target, {cell: sign * size, other: -sign * size}, size))
        return found

    def _whole_exchanges(self, target: Target, sign: float) -> list[int]:
        """Return who hits exchanges of all values of an enterprise with another that has the same kinds.

        Its ratios stay, and with them its place among others on their pages.
        """
        releases = self.releases
        if not self.readers(target):
            return []
        own = self._by_kind(target.owner, target.part)
        found = []
        for other in self._of_kind[int(releases.kind[target.at[0]])][:EXCHANGES].tolist():
            theirs = self._by_kind(int(releases.owner[other]), target.part)
            enough = all(len(theirs.get(k, ())) >= len(cells) for k, cells in own.items())
            if releases.owner[other] == target.owner or not enough:
                continue
            steps = {
                i: sign * self.protection * float(releases.x[i]) for cells in own.values() for i in cells
            }
            moved = steps | {
                j: -steps[i] for k, cells in own.items() for i, j in zip(cells, theirs[k], strict=False)
            }
            if all(step >= -releases.x[i] for i, step in moved.items()):
                found.append(self._hindered(target, moved, self.protection * target.value))
        return found

    def _by_kind(self, owner: int, part: int) -> dict[int, list[int]]:
        """Return which values of a part an enterprise has, by kind; several may be of one."""
        found: dict[int, list[int]] = {}
        for i in self._of_owner[owner]:
            if self.releases.part[i] == part:
                found.setdefault(int(self.releases.kind[i]), []).append(i)
        return found

    def _keep(self, target: Target, steps: Floats, known: Knowledge) -> None:
        """Keep a movement by kinds, for other targets of the same kinds; it moves its own by one."""
        kinds = self.releases.kind
        own = len(target.at)
        others: dict[int, float] = {}
        for column in (own + np.flatnonzero(np.abs(steps[own:]) > TOLERANCE)).tolist():
            kind = int(kinds[known.members[column][0]])
            others[kind] = others.get(kind, 0.0) + float(steps[column])
        public = self.releases.reader[known.figures] < 0
        sums, down, up = (known.block @ steps)[public], known.down[public], known.up[public]
        movement = (
            steps[:own].tolist(),
            others,
            _largest_step(sums, down, up),
            _largest_step(-sums, down, up),
        )
        self._kept.setdefault(self._key(target), deque(maxlen=KEPT)).appendleft(movement)

    def _key(self, target: Target) -> tuple[object, ...]:
        return (*self.releases.kind[list(target.at)].tolist(), *target.weights)

    def _at_hand(self, target: Target, step: float, coalition: tuple[int, ...]) -> int | None:
        """Return who hits a movement that was kept, if a coalition does not."""
        releases, without = self.releases, {*coalition, target.owner}
        for own, others, rise, fall in self._kept.get(self._key(target), ()):
            moved = {i: step * part for i, part in zip(target.at, own, strict=True)}
            if abs(step) > (rise if step > 0 else fall) or any(m < -releases.x[i] for i, m in moved.items()):
                continue
            kinds = list(others)
            rest = self._values(
                range(len(kinds)),
                [others[k] * step for k in kinds],
                [self._of_kind[k] for k in kinds],
                without,
            )
            if rest is None:
                continue
            hit = self._hindered(target, moved | rest, abs(step))
            if not hit & _bits(coalition):
                self.kept.add(releases, target, moved | rest)
                return hit
        return None

    def _hindered(self, target: Target, moved: Mapping[int, float], size: float) -> int:
        """Return whose values a movement needs, or whose own figures it breaks, as bits."""
        releases = self.releases
        those = {int(releases.owner[i]) for i in moved}
        sums: dict[int, float] = {}
        for cell, step in moved.items():
            for figure, weight in self._told.get(cell, ()):
                sums[figure] = sums.get(figure, 0.0) + weight * step
        counts: dict[int, int] = {}
        for figure, change in sums.items():
            if releases.down[figure] - NEAR * size <= change <= releases.up[figure] + NEAR * size:
                continue
            if figure in releases.sides:
                place, by = releases.sides[figure]
                counts[place] = counts.get(place, releases.count[place]) + by
            else:
                those.add(int(releases.reader[figure]))
        for place, count in counts.items():
            if not releases.places[place].least <= count <= releases.places[place].most:
                those.add(releases.enterprises.index(releases.places[place].reader))
        return _bits(those - {target.owner})

    def _witness(
        self, target: Target, sign: float, size: float, known: Knowledge, *, farther: bool = False
    ) -> Floats | None:
        """Return by how much each column moves, few of them and large ones rather than many.

        The target moves as far as it must, or farther where it may.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csc_array, hstack, vstack

        room = known.room / size
        own = len(target.at)
        cost = 1 / np.maximum(room, 1e-6)
        cost[:own] = 0.0
        goal = csc_array((target.weights, (np.zeros(own, dtype=np.int64), np.arange(own))), (1, len(room)))
        rows = vstack([known.block, goal], format="csc")
        low, high = sorted((sign, sign * np.inf if farther else sign))
        self.programmes += 1
        solved = milp(
            np.r_[cost, cost],
            constraints=LinearConstraint(
                hstack([rows, -rows], format="csc"),
                np.r_[known.down / size - TOLERANCE, low],
                np.r_[known.up / size + TOLERANCE, high],
            ),
            bounds=Bounds(np.zeros(2 * len(room)), np.r_[np.full(len(room), np.inf), room]),
            options={"presolve": False},  # it takes longer than such small programmes themselves
        )
        if solved.x is None or solved.status != 0:
            return None  # what the solver leaves open counts as not safe
        return np.asarray((solved.x[: len(room)] - solved.x[len(room) :]) * size)

    def _realised(self, target: Target, steps: Floats, known: Knowledge, size: float) -> list[int]:
        """Return who hits the movement: made of the largest values of each kind, then rather of others."""
        masks: list[int] = []
        spared: set[int] = set()
        moving = np.flatnonzero(np.abs(steps) > TOLERANCE * size).tolist()
        for _ in range(self.colluders + 1):
            moved = self._values(moving, steps.tolist(), known.members, spared=spared)
            if moved is None:
                break
            mask = self._hindered(target, moved, size)
            if mask in masks:
                break
            masks.append(mask)
            self.kept.add(self.releases, target, moved)
            spared |= {int(self.releases.owner[i]) for i in moved} - {target.owner}
        return masks

    def _values(
        self,
        moving: Iterable[int],
        steps: Sequence[float],
        members: Sequence[Array],
        avoided: AbstractSet[int] = frozenset(),
        spared: AbstractSet[int] = frozenset(),
    ) -> dict[int, float] | None:
        """Return which values move, none of some owners; nothing where the others do not suffice.

        Those of others who are spared move last.
        """
        releases, moved = self.releases, dict[int, float]()
        for column in moving:
            step = float(steps[column])
            cells: list[int] = members[column].tolist()
            if spared:
                cells.sort(key=lambda cell: int(releases.owner[cell]) in spared)
            for cell in cells:
                if int(releases.owner[cell]) in avoided:
                    continue
                part = step if step > 0 else max(step, -float(releases.x[cell]))
                moved[cell] = part
                step -= part
                if abs(step) <= NEAR * abs(steps[column]):
                    break
            else:
                return None
        return moved


def _largest_step(sums: Floats, down: Floats, up: Floats) -> float:
    """Return by how much a movement may be multiplied until a figure ends it."""
    moving = np.abs(sums) > NEAR
    ends = np.where(sums > 0, up, down)[moving] / sums[moving]
    return float(ends.min(initial=np.inf))


def _bits(numbers: Any) -> int:
    return sum(1 << n for n in numbers)


def _members(bits: int) -> list[int]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


def _hitting_set(family: Iterable[int], most: int, besides: Sequence[int]) -> tuple[int, ...] | None:
    """Return a smallest set, of no more than so many, that has a member in common with each of a family.

    It contains none of some other sets.  Of several it is the one whose numbers come first, so that it does
    not depend on the order of the family which coalition is found in the end.
    """
    sets = sorted(set(family), key=int.bit_count)

    def first(chosen: int, missed: Sequence[int], left: int) -> list[int] | None:
        barred = 0
        for b in besides:
            rest = b & ~chosen
            if not rest:
                return None
            if left == 1 and not rest & (rest - 1):
                barred |= rest
        if not missed:
            return _members(chosen)
        if left == 0:
            return None
        if left == 1:
            common = missed[0]
            for one in missed:
                common &= one
            common &= ~barred
            return _members(chosen | common & -common) if common else None
        found: list[int] | None = None
        for one in _members(missed[0]):
            bit = 1 << one
            more = first(chosen | bit, [m for m in missed if not m & bit], left - 1)
            if more is not None and (found is None or more < found):
                found = more
        return found

    for size in range(most + 1):
        found = first(0, sets, size)
        if found is not None:
            return tuple(found)
    return None
