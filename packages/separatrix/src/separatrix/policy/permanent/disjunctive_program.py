"""The least cost under linear conditions with alternatives, exactly.

A pure state is unstable if one party *or* another gains by leaving it. Each choice of alternatives is a
linear programme in rationals; a tree of choices is searched, least bound first. A branch ends if its bound,
proven by its dual, does not improve on the best solution so far (Balas 1979; Land & Doig 1960).

Strict conditions leave open sets: the least value of the closure is their infimum as long as they have a
point in common, and it is attained where one of its minimisers satisfies all of them strictly.

References
----------
Balas, E. (1979). Disjunctive programming. Annals of Discrete Mathematics 5, 3–51.
Land, A. H. & Doig, A. G. (1960). An automatic method of solving discrete programming problems. Econometrica
28, 497–520.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import fmpq

from separatrix.exact.copositivity import dot
from separatrix.exact.linear_programming import (
    Bound,
    CertifiedOptimum,
    Infeasible,
    Start,
    Unbounded,
    certified_minimum,
    minimum,
)
from separatrix.run.deadline import poll

__all__ = [
    "Alternative",
    "LevelBox",
    "Clause",
    "DisjunctiveOptimum",
    "LinearInequality",
    "minimize_over_clauses",
    "roomiest",
]

ZERO, ONE = fmpq(0), fmpq(1)


@dataclass(frozen=True)
class LinearInequality:
    """slopes·x + constant, to be at least 0; ``strict``: above 0."""

    slopes: tuple[fmpq, ...]
    constant: fmpq
    strict: bool = True

    def at(self, x: Sequence[fmpq]) -> fmpq:
        """Return its value."""
        return dot(self.slopes, x) + self.constant

    @property
    def closed(self) -> LinearInequality:
        """The same with equality allowed."""
        return LinearInequality(self.slopes, self.constant, False)


Alternative = tuple[LinearInequality, ...]
"""Rows that hold together."""

Clause = tuple[Alternative, ...]
"""Alternatives; at least one must hold."""


@dataclass(frozen=True)
class LevelBox:
    """The bounds of all variables."""

    lower: tuple[Bound, ...]
    upper: tuple[Bound, ...]


@dataclass(frozen=True)
class DisjunctiveOptimum:
    """An infimum with its proof.

    Attributes
    ----------
    x : tuple of fmpq
        Where it lies; a point that satisfies the strict rows too where it is attained.
    value : fmpq
    attained : bool
        Whether some point that satisfies the strict rows has this value.
    rows : tuple of LinearInequality
        Of the alternatives that were chosen, in the order of the clauses.
    chosen : tuple of int
        The alternative of each clause.
    certificate : CertifiedOptimum
        Of the programme with these rows.
    programmes : int
        How many linear programmes were solved.
    """

    x: tuple[fmpq, ...]
    value: fmpq
    attained: bool
    rows: tuple[LinearInequality, ...]
    chosen: tuple[int, ...]
    certificate: CertifiedOptimum
    programmes: int


@dataclass(order=True)
class _Node:
    bound: tuple[int, fmpq]
    number: int
    chosen: dict[int, int] = field(compare=False)
    order: tuple[int, ...] = field(compare=False)
    found: CertifiedOptimum | None = field(compare=False)


def minimize_over_clauses(
    objective: Sequence[fmpq], clauses: Sequence[Clause], box: LevelBox
) -> DisjunctiveOptimum | Unbounded | None:
    """Return the infimum of objective·x where each clause holds; None where nothing satisfies all.

    Parameters
    ----------
    objective : (n,) numbers
    clauses : sequence of Clause
        Those with one alternative are the conditions of a linear programme.
    box : LevelBox

    Examples
    --------
    >>> one, none = fmpq(1), fmpq(0)
    >>> either = ((LinearInequality((one, none), -one),), (LinearInequality((none, one), fmpq(-3, 2)),))
    >>> found = minimize_over_clauses([fmpq(2), one], [either], LevelBox((none, none), (None, None)))
    >>> found.x, found.value, found.attained, found.chosen
    ((0, 3/2), 3/2, False, (1,))
    """
    search = _Search(tuple(objective), tuple(clauses), box)
    return search.run()


class _Search:
    def __init__(self, objective: tuple[fmpq, ...], clauses: tuple[Clause, ...], box: LevelBox) -> None:
        self.objective, self.clauses, self.box = objective, clauses, box
        self.heap: list[_Node] = []
        self.programmes = 0
        self.best: DisjunctiveOptimum | None = None
        self.falling: Unbounded | None = None

    def run(self) -> DisjunctiveOptimum | Unbounded | None:
        single = {k: 0 for k, clause in enumerate(self.clauses) if len(clause) == 1}
        self._push(single, tuple(single), None)
        while self.heap and self.falling is None:
            poll()
            node = heapq.heappop(self.heap)
            if self._beaten(node):
                continue
            self._open(node)
        return self.best if self.falling is None else self.falling

    def _beaten(self, node: _Node) -> bool:
        if self.best is None or node.found is None:
            return False
        return node.found.value > self.best.value or (
            node.found.value == self.best.value and self.best.attained
        )

    def _rows(self, chosen: dict[int, int], order: Sequence[int]) -> list[LinearInequality]:
        return [row for k in order for row in self.clauses[k][chosen[k]]]

    def _push(self, chosen: dict[int, int], order: tuple[int, ...], start: Start | None) -> None:
        rows = self._rows(chosen, order)
        told = [(row.slopes, -row.constant) for row in rows]
        lower, upper = self.box.lower, self.box.upper
        self.programmes += 1
        if start is None:
            found = certified_minimum(self.objective, told, lower, upper)
        else:
            found = minimum(self.objective, told, lower, upper, start)
        if isinstance(found, Infeasible):
            return
        if isinstance(found, Unbounded):
            if len(chosen) == len(self.clauses) and self._room(rows) > 0:
                self.falling = found
            else:
                node = _Node((0, ZERO), self.programmes, chosen, order, None)
                heapq.heappush(self.heap, node)
            return
        node = _Node((1, found.value), self.programmes, chosen, order, found)
        if not self._beaten(node):
            heapq.heappush(self.heap, node)

    def _open(self, node: _Node) -> None:
        """Take a node's minimiser if it satisfies one alternative of each clause, else branch."""
        open_clauses = [k for k in range(len(self.clauses)) if k not in node.chosen]
        violated = None
        if node.found is not None:
            x = node.found.x
            met = {k: self._met(k, x) for k in open_clauses}
            unmet = [k for k in open_clauses if met[k] is None]
            if not unmet:
                chosen = {**node.chosen, **{k: a for k, a in met.items() if a is not None}}
                if self._accept(chosen, node.found) and self.best is not None and self.best.attained:
                    return
                if not open_clauses:
                    return
            else:
                violated = min(unmet, key=lambda k: len(self.clauses[k]))
        elif not open_clauses:
            return
        k = open_clauses[0] if violated is None else violated
        for a in range(len(self.clauses[k])):
            start = None if node.found is None else node.found.basis
            self._push({**node.chosen, k: a}, (*node.order, k), start)

    def _met(self, k: int, x: Sequence[fmpq]) -> int | None:
        """Return the first alternative of a clause that a point satisfies, with equality at worst."""
        clause = self.clauses[k]
        return next((a for a, rows in enumerate(clause) if all(row.at(x) >= 0 for row in rows)), None)

    def _room(self, rows: Sequence[LinearInequality], most: fmpq | None = None) -> fmpq:
        """Return by how much all strict rows can be cleared together, up to 1, at a value of at most "
        "`most`."""
        found = roomiest(rows, self.box, None if most is None else (self.objective, most))
        self.programmes += 1
        return fmpq(-1) if found is None else found[1]

    def _accept(self, chosen: dict[int, int], found: CertifiedOptimum) -> bool:
        """Take a choice of all clauses as the best so far; False where its strict rows have no common "
        "point."""
        order = range(len(self.clauses))
        rows = self._rows(chosen, order)
        x, attained = found.x, True
        if any(row.strict for row in rows):
            if self._room(rows) <= 0:
                return False
            at_least = roomiest(rows, self.box, (self.objective, found.value))
            self.programmes += 1
            attained = at_least is not None and at_least[1] > 0
            if attained and at_least is not None:
                x = at_least[0]
        if self.best is not None and (
            found.value > self.best.value or (found.value == self.best.value and not attained)
        ):
            return True
        told = [(row.slopes, -row.constant) for row in rows]
        certificate = certified_minimum(self.objective, told, self.box.lower, self.box.upper)
        if not isinstance(certificate, CertifiedOptimum):
            raise ArithmeticError("a programme that was solved before has no optimum")
        self.best = DisjunctiveOptimum(
            x,
            found.value,
            attained,
            tuple(rows),
            tuple(chosen[k] for k in order),
            certificate,
            self.programmes,
        )
        return True


def roomiest(
    rows: Sequence[LinearInequality],
    box: LevelBox,
    budget: tuple[Sequence[fmpq], fmpq] | None = None,
    most: fmpq = ONE,
) -> tuple[tuple[fmpq, ...], fmpq] | None:
    """Return a point at which the least of the strict rows is largest, and that value, up to `most`.

    None where the other rows and the bounds have no point in common.  `budget` is an objective and what it
    may be at most.

    Examples
    --------
    >>> one = fmpq(1)
    >>> roomiest(
    ...     [LinearInequality((one,), fmpq(-1, 4)), LinearInequality((-one,), one)],
    ...     LevelBox((fmpq(0),), (None,)),
    ... )
    ((5/8,), 3/8)
    """
    n = len(box.lower)
    table = [((*row.slopes, -ONE if row.strict else ZERO), -row.constant) for row in rows]
    if budget is not None:
        table.append(((*(-c for c in budget[0]), ZERO), -budget[1]))
    # Far below what any row can be: the room may be negative, which tells by how much conditions fail.
    found = minimum([ZERO] * n + [-ONE], table, (*box.lower, None), (*box.upper, most))
    if not isinstance(found, CertifiedOptimum):
        return None
    return found.x[:n], found.x[n]
