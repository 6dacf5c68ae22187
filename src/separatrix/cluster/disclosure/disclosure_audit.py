"""An audit of all that was ever released: who could compute whose value more narrowly than is allowed.

An attacker knows the figures that were released to everybody and to them, and their own values; several may
put theirs together.  What they can conclude of another's value is the interval between two linear programmes
(Fischetti & Salazar 2000; Hundepool et al. 2012, ch. 4).  A value is safe from them if both ends are far
enough from it: if the values of the others can move so that every figure stays as it was released, and this
one is higher, or lower, by the protection.  Such a movement is a witness: it holds against every attacker
whose values it leaves alone and whose own figures it keeps.  So coalitions need no enumeration: a witness
serves against all but those with a member whose values it moves, and these are looked at one by one.

Values that stand in the same figures with the same weights can move against each other.  Where what is left
of them without an attacker's own is large enough, that is witness enough and no programme is needed: the
p % rule, against coalitions.

What an enterprise has in one figure together is a value of it as well, its energy of all carriers, say; so is
what is left of that without what stands in another.  These sums are looked at like values of their own, that
everybody knows to be sums.

References
----------
Fischetti, M. & Salazar, J. J. (2000). Models and algorithms for optimizing cell suppression in tabular data
with linear constraints. Journal of the American Statistical Association 95, 916–928.
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from separatrix.cluster.disclosure.released_figure import Cell, ReleasedFigure
from separatrix.cluster.tables.cell_values import Floats
from separatrix.errors import InputError
from separatrix.sentence import say

__all__ = ["PROTECTION", "Disclosure", "DisclosureAudit", "Releases", "audit"]

PROTECTION = 0.15
"""By default nobody may know a value more narrowly than 15 % on either side."""

TOLERANCE = 1e-9
"""Relative to the protection: how exactly a witness has to keep the figures that were released."""


@dataclass(frozen=True)
class Disclosure:
    """A value that somebody could compute too narrowly.

    Attributes
    ----------
    cell : Cell
    attackers : tuple of str
        The enterprises that put their values together; empty for anybody.
    low, high : float
        Between which they know it to be.
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
    figures: Sequence[ReleasedFigure],
    *,
    protection: float = PROTECTION,
    colluders: int = 2,
) -> DisclosureAudit:
    """Find the values that somebody could compute too narrowly from what was released.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values, zero or more, of all cells that the figures speak of; that they are not negative
        is known to everybody.
    figures : sequence of ReleasedFigure
        All that was ever released; of a value that was corrected later the figures speak as another cell.
    protection : float
        Relative to the value: how far from it, on both sides, what is possible has to reach.
    colluders : int
        How many enterprises may put their values together.

    Returns
    -------
    DisclosureAudit

    Raises
    ------
    InputError
        K258 where a value is missing, negative or no number; K259 where the values contradict a figure.

    Examples
    --------
    >>> from separatrix.cluster.disclosure.released_figure import total
    >>> cells = {Cell(name, "heat"): value for name, value in zip("ABCD", (5.0, 4.0, 3.0, 2.0), strict=True)}
    >>> found = audit(cells, [total("all", cells, cells)])
    >>> found.safe
    True
    >>> later = audit(cells, [total("all", cells, cells), total("large", list(cells)[:3], cells)])
    >>> later.disclosures[0].cell.enterprise, later.disclosures[0].attackers, later.disclosures[0].low
    ('D', (), 2.0)
    """
    # Whoever knows more concludes more: what is safe from attackers who know every figure is safe.
    open_book = Releases(values, [replace(f, reader="") for f in figures], protection, colluders)
    releases = Releases(values, figures, protection, colluders)
    found = []
    for target in open_book.not_safe():
        attackers = releases.attack(target)
        if attackers is not None:
            found.append(releases.disclosure(target, attackers))
    found.sort(key=lambda d: (len(d.attackers), d.cell))
    return DisclosureAudit(tuple(found), len(releases.cells), open_book.programmes + releases.programmes)


class Releases:
    """Figures as a matrix over the cells they speak of: what an attacker's programme is made of."""

    def __init__(
        self,
        values: Mapping[Cell, float],
        figures: Sequence[ReleasedFigure],
        protection: float = PROTECTION,
        colluders: int = 2,
    ) -> None:
        from scipy.sparse import csr_array

        self.figures, self.protection, self.colluders = tuple(figures), protection, colluders
        self.programmes = 0
        plain = sorted({c for f in figures for c in f.terms})
        _require_values(values, plain)
        own = _own_sums(figures)
        self.cells = [*plain, *own]
        place = {c: i for i, c in enumerate(self.cells)}
        self.sums = {place[s]: [place[c] for c in terms] for s, terms in own.items()}
        known = [*figures, *(ReleasedFigure("", {s: -1.0, **terms}, 0.0, 0.0) for s, terms in own.items())]
        whole = {s: sum(w * values[c] for c, w in terms.items()) for s, terms in own.items()}
        self.x = np.array([whole[c] if c in whole else values[c] for c in self.cells], dtype=float)
        rows = [k for k, f in enumerate(known) for _ in f.terms]
        columns = [place[c] for f in known for c in f.terms]
        weights = [w for f in known for w in f.terms.values()]
        self.matrix = csr_array((weights, (rows, columns)), shape=(len(known), len(self.cells)))
        sums = self.matrix @ self.x
        down, up = np.array([f.low for f in known]) - sums, np.array([f.high for f in known]) - sums
        rounding = TOLERANCE * (abs(self.matrix) @ self.x)
        for k in np.flatnonzero((down > rounding) | (up < -rounding)).tolist():
            raise InputError(
                "K259",
                say("the values contradict the figure `{name}`", name=known[k].name),
                hint=say("a value that was corrected after a figure was released is another cell"),
            )
        # The true values satisfy every figure; what rounding says otherwise is rounding of ours.
        self.down, self.up = np.minimum(down, 0.0), np.maximum(up, 0.0)
        names = dict.fromkeys([*(c.enterprise for c in self.cells), *(f.reader for f in figures if f.reader)])
        self.enterprises = list(names)
        number = {e: i for i, e in enumerate(self.enterprises)}
        self.owner = np.array([number[c.enterprise] for c in self.cells], dtype=np.int64)
        self.reader = np.array([number.get(f.reader, -1) for f in known], dtype=np.int64)
        self.part, self.part_of_figure = _parts(self.matrix)
        self._witnesses: dict[tuple[int, float, tuple[int, ...]], Floats | None] = {}
        self._pool: dict[int, list[tuple[Floats, set[int], tuple[float, float]]]] = {}

    def not_safe(self) -> list[int]:
        """Return the cells that are not safe at first sight."""
        single = np.bincount(self.part, minlength=len(self.x)) == self._owners_in_parts()
        found: list[int] = []
        group: dict[int, int] = {}
        room: dict[int, float] = {}
        for number, members in enumerate(self._alike()):
            group |= dict.fromkeys(members, number)
            room |= self._exchangeable(members)
            # From the largest on: two cells that stand in the same figures can change places in a witness,
            # scaled down to the smaller, and in a coalition, so what is safe for one is for smaller ones;
            # unless their enterprises have other cells there, which would not change places.
            for j in sorted(members, key=lambda j: -self.x[j]):
                if room[j] >= self.protection * self.x[j]:
                    continue
                if self._apart_on_both_sides(j):
                    if single[self.part[j]]:
                        break
                else:
                    found.append(j)
        for s, members in self.sums.items():
            # They have one weight in every figure, so that a movement among others moves their sum as well.
            alike = len({group[j] for j in members}) == 1
            if alike and room[members[0]] >= self.protection * self.x[members].sum():
                continue
            if not self._apart_on_both_sides(s):
                found.append(s)
        return sorted(found)

    def _apart_on_both_sides(self, target: int) -> bool:
        return self._apart(target, 1.0) and self._apart(target, -1.0)

    def _owners_in_parts(self) -> Any:
        pairs = np.unique(np.c_[self.part, self.owner], axis=0)
        return np.bincount(pairs[:, 0], minlength=len(self.x))

    def _alike(self) -> list[list[int]]:
        """Return the cells, sums aside, by the figures and weights with which they stand in them."""
        columns = self.matrix[: len(self.figures)].tocsc()
        columns.sort_indices()
        alike: dict[tuple[bytes, bytes], list[int]] = {}
        for j in range(len(self.x) - len(self.sums)):
            part = slice(columns.indptr[j], columns.indptr[j + 1])
            key = (columns.indices[part].tobytes(), columns.data[part].tobytes())
            alike.setdefault(key, []).append(j)
        return list(alike.values())

    def _exchangeable(self, members: list[int]) -> dict[int, float]:
        """Return how much each of some cells that are alike can pass to the others, whoever colludes."""
        owners, of = np.unique(self.owner[members], return_inverse=True)
        if len(owners) <= self.colluders + 1:
            return dict.fromkeys(members, -1.0)
        sums = np.bincount(of, weights=self.x[members])
        order = np.argsort(sums)
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        # The values of the largest colluders are fixed; what is left has to take up the movement.
        small = sums[order][: len(order) - self.colluders]
        # Where it is among the largest itself, the next one is fixed in its place.
        return {
            j: float(small.sum() - sums[own] if rank[own] < len(small) else small[:-1].sum())
            for j, own in zip(members, of.tolist(), strict=True)
        }

    def _apart(self, target: int, sign: float) -> bool:
        """Return whether one witness more than colluders is known, each against whom the others are none.

        Then no coalition hinders all of them, and none has to be looked at.
        """
        taken: set[int] = set()
        for _ in range(self.colluders + 1):
            moved = self.witness(target, sign, tuple(sorted(taken)))
            if moved is None:
                return False
            taken |= set(self._hindered(target, moved))
        return True

    def _at_hand(self, target: int, sign: float, attackers: tuple[int, ...]) -> Floats | None:
        """Return a multiple of a witness that served before, if one serves here."""
        size, owner = self.protection * self.x[target], int(self.owner[target])
        for moved, hindered, (rise, fall) in self._pool.get(int(self.part[target]), ()):
            if not moved[target]:
                continue
            step = sign * size / moved[target]
            if -fall <= step <= rise and not any(a in hindered and a != owner for a in attackers):
                return np.asarray(moved * step)
        return None

    def _room(self, moved: Floats) -> tuple[float, float]:
        """Return by how much a movement, and its opposite, may be multiplied until something ends it."""
        sums = np.asarray(self.matrix @ moved)
        still = np.abs(sums) <= TOLERANCE * np.max(np.abs(moved), initial=0.0)
        ends = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for sign in (1.0, -1.0):
                falls = sign * moved < 0
                steps = [self.x[falls] / np.abs(moved[falls])]
                for side, end in ((1.0, self.up), (-1.0, -self.down)):
                    towards = ~still & (sign * side * sums > 0)
                    steps.append(end[towards] / np.abs(sums[towards]))
                ends.append(float(np.concatenate(steps).min(initial=np.inf)))
        return ends[0], ends[1]

    def attack(self, target: int) -> tuple[int, ...] | None:
        """Return a smallest coalition against which no witness exists, or nothing if each has one."""
        for size in range(self.colluders + 1):
            for sign in (1.0, -1.0):
                for attackers in sorted(self._coalitions(target, sign, size)):
                    if self.witness(target, sign, attackers) is None:
                        return attackers
        return None

    def _coalitions(self, target: int, sign: float, size: int) -> set[tuple[int, ...]]:
        """Return the coalitions of a size that no witness against smaller ones holds against."""
        if size == 0:
            return {()}
        found = set()
        for fewer in self._coalitions(target, sign, size - 1):
            moved = self.witness(target, sign, fewer, sparse=True)
            if moved is not None:
                found |= {tuple(sorted({*fewer, one})) for one in self._hindered(target, moved)}
        return {c for c in found if len(c) == size}

    def _hindered(self, target: int, moved: Floats) -> list[int]:
        """Return against whom a witness is none: whose values it moves, or whose own figures it breaks."""
        size = TOLERANCE * self.protection * self.x[target]
        owners = set(self.owner[np.abs(moved) > size].tolist())
        sums = np.asarray(self.matrix @ moved)
        broken = (sums > self.up + size) | (sums < self.down - size)
        return sorted((owners | set(self.reader[broken].tolist())) - {-1, int(self.owner[target])})

    def witness(
        self, target: int, sign: float, attackers: tuple[int, ...], *, sparse: bool = False
    ) -> Floats | None:
        """Return how the values can move so that the target goes by its protection and figures stay.

        A sparse one hinders few; without that wish one that served before is taken where it serves again.
        """
        key = (target, sign, attackers)
        if key in self._witnesses:
            return self._witnesses[key]
        moved = None if sparse else self._at_hand(*key)
        if moved is not None:
            return moved
        moved = self._solve_witness(*key)
        if moved is not None:
            hindered = {*self._hindered(target, moved), int(self.owner[target])}
            self._pool.setdefault(int(self.part[target]), []).append((moved, hindered, self._room(moved)))
        self._witnesses[key] = moved
        return moved

    def _solve_witness(self, target: int, sign: float, attackers: tuple[int, ...]) -> Floats | None:
        from scipy.optimize import Bounds, LinearConstraint, milp

        size = self.protection * self.x[target]
        moved = np.zeros(len(self.x))
        if size == 0:
            return moved
        rows, columns = self.seen_by(target, attackers)
        block = self.matrix[rows][:, columns]
        x = self.x[columns] / size
        least = np.r_[np.zeros(len(x)), np.zeros(len(x))]
        most = np.r_[np.full(len(x), np.inf), x]
        at = int(np.flatnonzero(columns == target)[0])
        risen, fallen = (1.0, 0.0) if sign > 0 else (0.0, 1.0)
        least[at] = most[at] = risen
        least[len(x) + at] = most[len(x) + at] = fallen
        # Few large values move rather than many small ones: a witness then holds against more attackers.
        cost = 1 / np.maximum(x, 1e-6)
        self.programmes += 1
        solved = milp(
            np.r_[cost, cost],
            constraints=LinearConstraint(
                _beside(block), self.down[rows] / size - TOLERANCE, self.up[rows] / size + TOLERANCE
            ),
            bounds=Bounds(least, most),
            options={"presolve": False},  # it takes longer than such small programmes themselves
        )
        if solved.x is None or solved.status != 0:
            return None  # what the solver leaves open counts as not safe
        moved[columns] = (solved.x[: len(x)] - solved.x[len(x) :]) * size
        return moved

    def seen_by(self, target: int, attackers: tuple[int, ...]) -> tuple[Any, Any]:
        """Return the figures that attackers know, and the cells that they do not, about a target."""
        part = self.part[target]
        own = np.array(attackers, dtype=np.int64)
        known = (self.part_of_figure == part) & ((self.reader < 0) | np.isin(self.reader, own))
        return np.flatnonzero(known), np.flatnonzero((self.part == part) & ~np.isin(self.owner, own))

    def disclosure(self, target: int, attackers: tuple[int, ...]) -> Disclosure:
        """Return what a coalition knows of a target: its interval, and the figures that make its ends."""
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        rows, columns = self.seen_by(target, attackers)
        block = self.matrix[rows][:, columns]
        size = self.protection * self.x[target]
        at = int(np.flatnonzero(columns == target)[0])
        ends, needed = [], set()
        for sign in (1.0, -1.0):
            cost = np.zeros(len(columns))
            cost[at] = sign
            sides = [(block, self.up[rows], rows), (-block, -self.down[rows], rows)]
            bound = vstack([b[np.isfinite(u)] for b, u, _ in sides])
            limit = np.concatenate([u[np.isfinite(u)] for _, u, _ in sides]) / size
            names = np.concatenate([r[np.isfinite(u)] for _, u, r in sides])
            low = [(-v, None) for v in self.x[columns] / size]
            solved = linprog(cost, A_ub=bound, b_ub=limit, bounds=low, method="highs")
            self.programmes += 1
            if solved.status != 0 or solved.fun is None:
                ends.append(-sign * np.inf)
                continue
            ends.append(float(self.x[target] + sign * solved.fun * size))
            needed |= set(names[np.abs(solved.ineqlin.marginals) > TOLERANCE].tolist())
        return Disclosure(
            self.cells[target],
            tuple(self.enterprises[a] for a in attackers),
            max(min(ends[0], self.x[target]), 0.0),
            max(ends[1], float(self.x[target])),
            tuple(self.figures[k].name for k in sorted(needed) if k < len(self.figures)),
        )


def _require_values(values: Mapping[Cell, float], cells: Sequence[Cell]) -> None:
    for cell in cells:
        value = values.get(cell)
        if value is None or not 0 <= value < np.inf:
            raise InputError(
                "K258",
                say(
                    "{quantity} of {enterprise} is {value}; expected a number of zero or more",
                    quantity=cell.quantity,
                    enterprise=cell.enterprise,
                    value=say("missing") if value is None else str(value),
                ),
            )


def _own_sums(figures: Sequence[ReleasedFigure]) -> dict[Cell, dict[Cell, float]]:
    """Return what enterprises have in a figure together, and what is left of it without another's."""
    shares: dict[str, list[dict[Cell, float]]] = {}
    for figure in figures:
        own: dict[str, dict[Cell, float]] = {}
        for cell, weight in figure.terms.items():
            if weight:
                own.setdefault(cell.enterprise, {})[cell] = weight
        for enterprise, terms in own.items():
            if min(terms.values()) > 0 and terms not in shares.setdefault(enterprise, []):
                shares[enterprise].append(terms)
    found: dict[Cell, dict[Cell, float]] = {}
    for enterprise, told in shares.items():
        for terms in told:
            less = [
                {c: w for c, w in terms.items() if c not in other} for other in told if other is not terms
            ]
            for part in (terms, *less):
                if len(part) > 1:
                    found[_sum_cell(enterprise, part)] = part
    return found


def _sum_cell(enterprise: str, terms: Mapping[Cell, float]) -> Cell:
    names = (c.quantity if w == 1 else f"{w:g} × {c.quantity}" for c, w in sorted(terms.items()))
    return Cell(enterprise, " + ".join(names))


def _beside(block: Any) -> Any:
    """Return [block, −block], for what rises and what falls."""
    from scipy.sparse import hstack

    return hstack([block, -block]).tocsr()


def _parts(matrix: Any) -> tuple[Any, Any]:
    """Return to which part each cell and each figure belongs: parts have no figure in common."""
    from scipy.sparse import block_array
    from scipy.sparse.csgraph import connected_components

    rows = matrix.shape[0]
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    joined = block_array([[None, abs(matrix)], [abs(matrix).T, None]])
    _, label = connected_components(joined, directed=False)
    return label[rows:], label[:rows]
