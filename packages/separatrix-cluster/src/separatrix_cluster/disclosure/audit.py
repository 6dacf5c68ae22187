"""An audit of all releases: who could compute whose value more narrowly than allowed.

An attacker knows the figures that were released to everybody and to them, and their own values; several may
put theirs together.  What they can conclude of another's value is the interval between two linear programmes
(Fischetti & Salazar 2000; Hundepool et al. 2012, ch. 4).  A value is safe from them if both ends are far
enough from it: if the values of the others can move so that every figure stays as it was released, and this
one is higher, or lower, by the protection.

Most values are proven safe from all coalitions by `robust_feasibility`, or where figures concern one
enterprise alone, as corrections do, by `joint_movement`; for the others, and for values disclosed to single
enterprises, `coalition` finds a smallest coalition that knows too much, or proves that none exists.

By how much values can move for any colluders: one programme per kind instead of one per coalition.

A movement of the values of others preserves the figures for a coalition if it needs none of their values.
Of each kind the largest enterprises may collude, or be the one whose value is in question, and the values
disclosed to the readers who know most of it may not move either; only the remainder is used here. A
movement composed of these remainders is valid against every coalition at once, except those with a reader
who receives the value itself. This is the p % rule against coalitions, over all figures together.

Earlier releases, and who could compute from further figures what they could not before.

An audit names one smallest coalition for a value. If that coalition knew the value before, others may learn
it now: so the search continues among the coalitions that contain none of those, until one knows more than
before or none is left. Earlier knowledge is computed from the earlier figures alone.

References
----------
Fischetti, M. & Salazar, J. J. (2000). Models and algorithms for optimizing cell suppression in tabular data
with linear constraints. Journal of the American Statistical Association 95, 916–928.
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley.
Ben-Tal, A., El Ghaoui, L. & Nemirovski, A. (2009). Robust Optimization. Princeton, ch. 1.
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.disclosure.coalition import CoalitionSearch, farthest
from separatrix_cluster.disclosure.joint_movement import JointMovements
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure
from separatrix_cluster.disclosure.releases import TOLERANCE, Array, Releases, Target, WitnessMovements

__all__ = [
    "Disclosure",
    "DisclosureAudit",
    "EarlierReleases",
    "PROTECTION",
    "RobustFeasibility",
    "TargetAudit",
    "audit",
]

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


PROTECTION = 0.15
"""By default no one may know a value more narrowly than 15 % on either side."""


@dataclass(frozen=True)
class Disclosure:
    """A value that someone could compute too narrowly.

    Attributes
    ----------
    cell : Cell
    attackers : tuple of str
        The enterprises that share their values; empty for the public.
    low, high : float
        The bounds they can compute.
    figures : tuple of str
        The names of the figures that they need for it.
    """

    cell: Cell
    attackers: tuple[str, ...]
    low: float
    high: float
    figures: tuple[str, ...]


@dataclass(frozen=True)
class DisclosureAudit:
    """The outcome of an audit.

    Attributes
    ----------
    disclosures : tuple of Disclosure
        For each value that is not safe one of the smallest coalitions; those that need fewest first.
    cells : int
        How many values were looked at.
    programmes : int
        How many linear programmes that took.
    """

    disclosures: tuple[Disclosure, ...]
    cells: int
    programmes: int

    @property
    def safe(self) -> bool:
        """Whether no value is known too narrowly."""
        return not self.disclosures


def audit(
    values: Mapping[Cell, float],
    figures: Sequence[Release],
    *,
    protection: float = PROTECTION,
    colluders: int = 2,
    kept: WitnessMovements | None = None,
) -> DisclosureAudit:
    """Find the values that someone could compute too narrowly from the releases.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values, zero or more, of all cells in the figures; it is public that they are not
        negative.
    figures : sequence of ReleasedFigure or ReleasedPlace
        All releases; a value that was corrected later is another cell.
    protection : float
        Relative to the value, so that zero is always safe: the possible values must reach this far on
        both sides.
    colluders : int
        The number of enterprises that may share their values.
    kept : WitnessMovements, optional
        Results that are reused where several tables of the same values are audited.

    Returns
    -------
    DisclosureAudit

    Raises
    ------
    InputError
        K258 where a value is missing, negative or not a number; K259 where the values contradict a figure;
        K260 where the protection is not between 0 and 1, or `colluders` is below one; K261 where something is
        not a released figure, or has weights, ends or a sum that are not numbers.

    References
    ----------
    Fischetti & Salazar (2000), for totals; see the head of this module.

    Examples
    --------
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> cells = {Cell(name, "heat"): value for name, value in zip("ABCD", (5.0, 4.0, 3.0, 2.0), strict=True)}
    >>> found = audit(cells, [total("all", cells, cells)])
    >>> found.safe
    True
    >>> later = audit(cells, [total("all", cells, cells), total("large", list(cells)[:3], cells)])
    >>> later.disclosures[0].cell.enterprise, later.disclosures[0].attackers, later.disclosures[0].low
    ('D', (), 2.0)
    """
    look = TargetAudit(values, figures, protection, colluders, kept)
    found = [d for target in look.releases.targets if (d := look.at(target)) is not None]
    found.sort(key=lambda d: (len(d.attackers), d.cell))
    return DisclosureAudit(tuple(found), len(look.releases.targets), look.programmes)


class TargetAudit:
    """A look at one value of some releases after another: who knows it too narrowly."""

    def __init__(
        self,
        values: Mapping[Cell, float],
        figures: Sequence[Release],
        protection: float,
        colluders: int,
        kept: WitnessMovements | None = None,
    ) -> None:
        if not (0 < protection < 1 and colluders >= 0 and colluders % 1 == 0):
            raise InputError(
                "K260",
                say(
                    "a protection of {protection} against {colluders} who collude; expected a share "
                    "between 0 and 1, and a number of zero or more",
                    protection=str(protection),
                    colluders=str(colluders),
                ),
            )
        self.releases, self.protection = Releases(values, figures), protection
        self.joint = JointMovements(self.releases, colluders)
        self.robust = RobustFeasibility(self.releases, protection, colluders, self.joint)
        self.search = CoalitionSearch(
            self.releases, protection, colluders, self.joint, WitnessMovements() if kept is None else kept
        )
        self._of_ends = 0

    @property
    def programmes(self) -> int:
        """How many programmes the looks took so far."""
        return self.joint.programmes + self.robust.programmes + self.search.programmes + self._of_ends

    def at(self, target: Target) -> Disclosure | None:
        """Return who knows a value too narrowly, if anyone does: one of the smallest coalitions."""
        return next(self.all_at(target), None)

    def all_at(
        self,
        target: Target,
        besides: Callable[[tuple[int, ...]], bool] | None = None,
        ends_by: WitnessMovements | None = None,
    ) -> Iterator[Disclosure]:
        """Yield all who know a value too narrowly, the smallest coalitions first, none with another in it.

        Coalitions that ``besides`` accepts are not yielded. Movements to the ends of what the others know
        are added to some.
        """
        found: list[tuple[int, ...]] = []
        while (attackers := self._attackers(target, found)) is not None:
            found.append(attackers)
            if besides is None or not besides(attackers):
                yield self.known_to(target, attackers, ends_by)

    def known_to(
        self, target: Target, attackers: tuple[int, ...], ends_by: WitnessMovements | None = None
    ) -> Disclosure:
        """Return what a coalition knows of a value, too narrowly or not, and what makes its ends.

        The movements to both ends are added to some others.
        """
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        releases = self.releases
        told = releases.knowledge(target, attackers)
        size = self.protection * (target.value or 1.0)
        ends, needed = [], set()
        for sign in (1.0, -1.0):
            known = told
            if told.places:
                # It is told of how many, not who stands on which side: an end is that of the widest world.
                known = farthest(releases, target, told, -sign)
                self._of_ends += 1
            cost = np.zeros(len(known.room))
            cost[: len(target.at)] = sign * np.array(target.weights)
            sides = [(known.block, known.up), (-known.block, -known.down)]
            bound = vstack([b[np.isfinite(u)] for b, u in sides])
            limit = np.concatenate([u[np.isfinite(u)] for _, u in sides]) / size
            names = np.concatenate([known.figures[np.isfinite(u)] for _, u in sides])
            low = [(-v, None) for v in known.room / size]
            self._of_ends += 1
            solved = linprog(cost, A_ub=bound, b_ub=limit, bounds=low, method="highs")
            if solved.status != 0 or solved.fun is None:
                ends.append(-sign * np.inf)
                continue
            ends.append(float(target.value + sign * solved.fun * size))
            if ends_by is not None:
                moved = self.search.movement(target, np.asarray(solved.x) * size, known)
                if moved:
                    ends_by.add(releases, target, moved)
            needed |= set(names[np.abs(solved.ineqlin.marginals) > TOLERANCE].tolist())
        return Disclosure(
            target.cell,
            tuple(sorted(releases.enterprises[a] for a in attackers)),
            max(min(ends[0], target.value), 0.0),
            max(ends[1], target.value),
            tuple(dict.fromkeys(releases.figures[k].name for k in sorted(needed))),
        )

    def _attackers(self, target: Target, besides: Sequence[tuple[int, ...]]) -> tuple[int, ...] | None:
        """Return a smallest coalition, with none of some others in it, that knows a target too narrowly."""
        found = None
        for sign in (1.0, -1.0):
            among = None
            if target.value and self.robust.holds(target, sign):
                among = self.search.readers(target)
                if not among:
                    continue
            attackers = self.search.attackers(target, sign, among, besides=besides)
            if attackers is not None and (found is None or len(attackers) < len(found)):
                found = attackers
        return found


Terms = tuple[tuple[Cell, float], ...]
"""A value, or a sum of some with their weights."""

NEAR = 1e-6
"""Relative: by how much two programmes of the same interval may differ."""


class EarlierReleases:
    """All earlier releases of some values.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values of all cells of what was released and of further figures.
    released : sequence of ReleasedFigure or ReleasedPlace
    protection, colluders, kept
        As for `audit`.

    Raises
    ------
    InputError
        K258 to K261, as `audit`; the methods as well.

    Examples
    --------
    A total, and one without D that only B receives; then all receive it, or again B alone.

    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> cells = {Cell(name, "heat"): 5.0 + k for k, name in enumerate("ABCDE")}
    >>> most = [c for c in cells if c.enterprise != "D"]
    >>> before = [total("all", cells, cells), total("sheet", most, cells, reader="B")]
    >>> earlier = EarlierReleases(cells, before, colluders=1)
    >>> [(d.cell.enterprise, d.attackers) for d in earlier.new_disclosures([total("most", most, cells)])]
    [('D', ())]
    >>> earlier.new_disclosures([total("sheet again", most, cells, reader="B")])
    ()
    """

    def __init__(
        self,
        values: Mapping[Cell, float],
        released: Sequence[Release],
        *,
        protection: float = PROTECTION,
        colluders: int = 2,
        kept: WitnessMovements | None = None,
    ) -> None:
        self.values, self.released = values, tuple(released)
        self.kept = WitnessMovements() if kept is None else kept
        self.protection, self.colluders = protection, colluders
        self._audit = TargetAudit(values, self.released, protection, colluders)
        self._number = {name: k for k, name in enumerate(self._audit.releases.enterprises)}
        self._known: dict[Terms, dict[tuple[str, ...], tuple[float, float]]] = {}
        self._ends = WitnessMovements()  # by which they are known

    def new_disclosures(self, figures: Sequence[Release]) -> tuple[Disclosure, ...]:
        """Return the values that further figures disclose too narrowly.

        Parameters
        ----------
        figures : sequence of ReleasedFigure or ReleasedPlace

        Returns
        -------
        tuple of Disclosure
            For each such value one of the smallest coalitions that know it too narrowly and did not before,
            or not as narrowly; the smallest first. Coalitions with a member who knew it too narrowly before
            are excluded.
        """
        return tuple(sorted(self._new(tuple(figures), ()), key=lambda d: (len(d.attackers), d.cell)))

    def first_new_disclosure(
        self, figures: Sequence[Release], suspects: Sequence[Cell] = ()
    ) -> Disclosure | None:
        """Return one value that further figures disclose too narrowly, or None.

        It is fast if it tests the right value first. A caller that tries many tables of the same values
        should pass the values that the last ones disclosed.

        Parameters
        ----------
        figures : sequence of ReleasedFigure or ReleasedPlace
        suspects : sequence of Cell
            Which values, or sums as a `Disclosure` names them, are looked at first.
        """
        return next(self._new(tuple(figures), suspects), None)

    def _new(self, figures: Sequence[Release], suspects: Sequence[Cell]) -> Iterator[Disclosure]:
        if not figures:
            return
        told = [*self.released, *figures]
        audit = TargetAudit(self.values, told, self.protection, self.colluders, self.kept)
        touched = self._touched(audit.releases, figures)
        cells = audit.releases.cells
        rank = {cell: k for k, cell in enumerate(suspects)}
        for target in sorted(audit.releases.targets, key=lambda t: rank.get(t.cell, len(rank))):
            if target.part in touched:
                terms = tuple((cells[i], w) for i, w in zip(target.at, target.weights, strict=True))
                self._take_known(audit, terms, target)
                as_before = partial(self._as_before, audit, terms, target)
                those = audit.all_at(target, as_before, self._ends)
                found = next((d for d in those if not self._knew(terms, target, d)), None)
                if found is not None:
                    yield found

    def _touched(self, releases: Releases, figures: Sequence[Release]) -> set[int]:
        """Return the parts that further figures concern: of others no one knows more than before."""
        told = sum(isinstance(r, ReleasedFigure) for r in self.released)
        new: Iterable[int] = range(told, told + sum(isinstance(r, ReleasedFigure) for r in figures))
        places = len(self.released) - told
        sides = [side for side, (place, _) in releases.sides.items() if place >= places]
        return {int(releases.part_of_figure[k]) for k in (*new, *sides)}

    def _take_known(self, audit: TargetAudit, terms: Terms, target: Target) -> None:
        """Record for an audit who knew a value too narrowly before, and so does now, without a programme."""
        number = {name: k for k, name in enumerate(audit.releases.enterprises)}
        size = self.protection * target.value * (1 - NEAR)
        for attackers, (low, high) in self._known.get(terms, {}).items():
            if not number.keys() >= set(attackers):
                continue  # one is told of nothing here
            coalition = tuple(sorted(number[a] for a in attackers))
            for sign, end in ((-1.0, target.value - low), (1.0, high - target.value)):
                if end < size:
                    audit.search.known_before(target, sign, coalition)

    def _as_before(
        self, audit: TargetAudit, terms: Terms, target: Target, attackers: tuple[int, ...]
    ) -> bool:
        """Return whether both ends that a coalition knew before are seen at once to be possible still."""
        known = self._known.get(terms)
        ends = known and known.get(tuple(sorted(audit.releases.enterprises[a] for a in attackers)))
        if not ends:
            return False
        down, up = audit.search.reach(target, attackers, self._ends)
        near = NEAR * target.value
        return ends[0] >= target.value + down - near and ends[1] <= target.value + up + near

    def _knew(self, terms: Terms, target: Target, now: Disclosure) -> bool:
        """Return whether those who know a value too narrowly now knew it as narrowly before."""
        near = NEAR * (now.high if np.isfinite(now.high) else max(now.low, target.value))
        reach = self.protection * target.value + near
        if now.low < target.value - reach and now.high > target.value + reach:
            return False  # its ends are far enough: a solver left something open, which counts as learnt
        known = self._known.setdefault(terms, {})
        if now.attackers not in known:
            known[now.attackers] = self._known_range(now.cell, dict(terms), now.attackers)
        low, high = known[now.attackers]
        return low >= now.low - near and high <= now.high + near

    def _known_range(
        self, name: Cell, terms: Mapping[Cell, float], attackers: Sequence[str]
    ) -> tuple[float, float]:
        """Return between what a coalition knew a sum of values to be before."""
        releases = self._audit.releases
        # To whom and of whom nothing was told, they bring nothing.
        those = tuple(self._number[a] for a in attackers if a in self._number)
        parts: dict[int, dict[Cell, float]] = {}
        for cell, weight in terms.items():
            if cell in releases.position:
                parts.setdefault(int(releases.part[releases.position[cell]]), {})[cell] = weight
        # Figures of one part say nothing of the others, so that the ends of a sum are sums of their ends.
        known = [
            self._audit.known_to(releases.target(name, part), those, self._ends) for part in parts.values()
        ]
        untold = any(cell not in releases.position for cell in terms)
        return sum(k.low for k in known), np.inf if untold else sum(k.high for k in known)
