"""The cheapest programme where costs and conditions are affine in the levels: exact, with prices.

One linear programme where all conditions hold in one way, a tree of them where some hold in one of several.

The least cost under linear conditions with alternatives, exactly.

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
from dataclasses import dataclass, field, replace
from fractions import Fraction

from flint import fmpq

from separatrix.exact.algebraic_numbers import rational
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
from separatrix.policy.permanent.conditions import Either, LevelConstraint, fixed, summed_up
from separatrix.policy.permanent.problem import Problem
from separatrix.policy.permanent.results import Demand, Shortfall
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = [
    "Alternative",
    "Clause",
    "DisjunctiveOptimum",
    "LevelBox",
    "LinearAnswer",
    "LinearInequality",
    "limits_fit",
    "linear_answer",
    "minimize_over_clauses",
    "roomiest",
    "shortfalls",
    "widest_margin",
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


@dataclass(frozen=True)
class LinearAnswer:
    """The least cost of a problem.

    Attributes
    ----------
    point : tuple of Fraction
    value : Fraction
        An infimum.
    attained : bool
    demands : tuple of Demand
    programmes : int
    pivots : int
        Exact ones beyond the solver's basis.
    """

    point: tuple[Fraction, ...]
    value: Fraction
    attained: bool
    demands: tuple[Demand, ...]
    programmes: int
    pivots: int


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


class _Model:
    """A problem in rationals: its levels, and where nothing has a cost how far each is from idle."""

    def __init__(self, problem: Problem, by_use: bool | None = None) -> None:
        self.problem = problem
        self.count = len(problem.levels)
        slopes, _ = problem.cost.coefficients
        self.by_use = not any(slopes) if by_use is None else by_use
        extra = self.count if self.by_use else 0
        self.width = self.count + extra
        self.objective = (
            [ZERO] * self.count + [self._use(k) for k in range(self.count)]
            if self.by_use
            else [rational(s) for s in slopes]
        )
        lower = [rational(low) for low, _ in problem.bounds]
        upper = [None if high is None else rational(high) for _, high in problem.bounds]
        self.box = LevelBox((*lower, *([ZERO] * extra)), (*upper, *([None] * extra)))

    def _use(self, k: int) -> fmpq:
        low, high = self.problem.bounds[k]
        return ONE if high is None or high == low else rational(1 / (high - low))

    @property
    def use_clauses(self) -> list[Clause]:
        """That what stands for the use of an instrument is at least how far it is from idle, both ways."""
        if not self.by_use:
            return []
        rows: list[Clause] = []
        for k, idle in enumerate(self.problem.idle):
            for sign in (1, -1):
                slopes = [ZERO] * self.width
                slopes[self.count + k], slopes[k] = ONE, fmpq(-sign)
                rows.append(((LinearInequality(tuple(slopes), rational(sign * idle), False),),))
        return rows

    def row(self, condition: LevelConstraint, margin: Fraction = Fraction(0)) -> LinearInequality:
        """Return a condition as a row, to be cleared by a margin where it is in payoffs."""
        slopes, constant = condition.function.coefficients
        padded = (*(rational(s) for s in slopes), *([ZERO] * (self.width - self.count)))
        if condition.strict and condition.in_payoffs and margin:
            return LinearInequality(padded, rational(constant - margin), False)
        return LinearInequality(padded, rational(constant), condition.strict)

    def clauses(self, demands: Sequence[Either], margin: Fraction = Fraction(0)) -> list[Clause]:
        """Return demands as clauses."""
        return [
            tuple(tuple(self.row(c, margin) for c in way) for way in either) for either in demands
        ] + self.use_clauses


def linear_answer(problem: Problem, margin: Fraction = Fraction(0)) -> LinearAnswer | Unbounded | None:
    """Return the least cost, None if the conditions are infeasible, or a direction in which the cost is
    unbounded."""
    model = _Model(problem)
    everything = (*(problem.cautious if margin else problem.demands), *problem.limits)
    found = minimize_over_clauses(model.objective, model.clauses(everything, margin), model.box)
    if not isinstance(found, DisjunctiveOptimum):
        return found
    point = tuple(_fraction(v) for v in found.x[: model.count])
    chosen = tuple(either[a] for either, a in zip(everything, found.chosen, strict=False))
    if problem.priceless and not model.by_use:
        point = _least_use(problem, chosen, margin, problem.cost.at(point)) or point
    return LinearAnswer(
        point,
        problem.cost.at(point),
        # Levels that only come near to a condition are no programme, though others may cost just as much.
        (found.attained or model.by_use) and _satisfies(chosen, margin, point),
        () if model.by_use else _demands(model, [c for way in chosen for c in way], found),
        found.programmes,
        found.certificate.pivots,
    )


def _satisfies(
    chosen: Sequence[Sequence[LevelConstraint]], margin: Fraction, point: Sequence[Fraction]
) -> bool:
    """Return whether levels clear all conditions, by the margin those that are strict and in payoffs."""
    for condition in (c for way in chosen for c in way):
        by_margin = bool(margin) and condition.strict and condition.in_payoffs
        value = condition.function.at(point) - (margin if by_margin else 0)
        if value < 0 or (value == 0 and condition.strict and not by_margin):
            return False
    return True


def _least_use(
    problem: Problem, chosen: Sequence[Sequence[LevelConstraint]], margin: Fraction, most: Fraction
) -> tuple[Fraction, ...] | None:
    """Return, of all levels with the same cost, those that use instruments least, each measured by its "
    "range."""
    model = _Model(problem, by_use=True)
    slopes, constant = problem.cost.coefficients
    spent = (*(rational(-s) for s in slopes), *([ZERO] * model.count))
    clauses: list[Clause] = [((model.row(c, margin).closed,),) for way in chosen for c in way]
    clauses += [((LinearInequality(spent, rational(most - constant), False),),), *model.use_clauses]
    found = minimize_over_clauses(model.objective, clauses, model.box)
    if not isinstance(found, DisjunctiveOptimum):
        return None
    return tuple(_fraction(v) for v in found.x[: model.count])


def _demands(
    model: _Model, conditions: Sequence[LevelConstraint], found: DisjunctiveOptimum
) -> tuple[Demand, ...]:
    """Return conditions and the ends of ranges that bind, with their prices at the minimiser.

    Where more of them meet there than there are levels, the dual solution is not unique, and neither of the
    two derivatives of the least cost is a price in general; so each price is a directional derivative, from a
    linear programme of its own (Gauvin 1977).
    """
    problem = model.problem
    x = found.certificate.x
    point = [_fraction(v) for v in x[: model.count]]
    rows = [model.row(c) for c in conditions]
    active = [k for k, row in enumerate(rows) if row.at(x) == 0]
    ends: list[tuple[int, int]] = []  # a level at an end of its range: 1 for the lower one
    for k, value in enumerate(x):
        if value == model.box.lower[k]:
            ends.append((k, 1))
        if value == model.box.upper[k]:
            ends.append((k, -1))
    slopes = [rows[k].slopes for k in active]
    slopes += [tuple(fmpq(side) if j == k else ZERO for j in range(model.width)) for k, side in ends]
    result = []
    for k, condition in enumerate(conditions):
        price: Fraction | None = Fraction(0)
        if k in active:
            price = _price(model, slopes, active.index(k), 1 if condition.strict else -1)
        result.append(Demand(condition.kind, condition.told, float(condition.function.at(point)), price))
    for place, (k, side) in enumerate(ends, start=len(active)):
        price = _price(model, slopes, place, -1)
        low, high = problem.bounds[k]
        if not price or problem.idle[k] == (low if side > 0 else high):
            continue  # who would use less than nothing
        name = problem.levels[k]
        told = (
            say("{name} is at least {end}", name=name, end=str(low))
            if side > 0
            else say("{name} is at most {end}", name=name, end=str(high))
        )
        result.append(Demand("least" if side > 0 else "most", told, 0.0, price))
    return tuple(result)


def _price(model: _Model, slopes: Sequence[Sequence[fmpq]], place: int, direction: int) -> Fraction | None:
    """Return what the least cost rises by a unit of one binding condition more, or falls by one less.

    None where no step can clear it any further.
    """
    told = [(row, fmpq(direction) if k == place else ZERO) for k, row in enumerate(slopes)]
    free: tuple[None, ...] = (None,) * model.width
    found = minimum(model.objective, told, free, free)
    return direction * _fraction(found.value) if isinstance(found, CertifiedOptimum) else None


def limits_fit(problem: Problem) -> bool:
    """Return whether limits that can be kept one by one can be kept together, whatever the target."""
    model = _Model(problem)
    if any(_least_of(model, [limit]) is None for limit in problem.limits):
        return True
    return _least_of(model, problem.limits) is not None


def widest_margin(problem: Problem, most: Fraction) -> Fraction | None:
    """Return the largest margin, up to `most`, by which all strict conditions can be cleared together.

    None where they hold in one of several ways, so that it would take a tree of programmes.
    """
    if any(len(either) > 1 for either in problem.cautious):
        return None
    model = _Model(problem)
    rows = [row for clause in model.clauses((*problem.cautious, *problem.limits)) for row in clause[0]]
    found = roomiest(rows, model.box, most=rational(most))
    return None if found is None else _fraction(found[1])


def shortfalls(problem: Problem) -> tuple[Shortfall, ...]:
    """Return which conditions fail, and by how much at best.

    First those that fail alone; if none does, the first one that is infeasible together with those before
    it.
    """
    model = _Model(problem)
    everything = (*problem.demands, *problem.limits)
    alone = [
        Shortfall(c.kind, c.told, None if fixed(c) else -most, True)
        for either in everything
        if len(either) == 1
        for c in either[0]
        if (most := _largest(model, c)) is not None and (most < 0 or (most == 0 and c.strict))
    ]
    if alone:
        return tuple(alone)
    for k, either in enumerate(everything):
        if isinstance(_least_of(model, everything[: k + 1]), DisjunctiveOptimum):
            continue
        shortest: Shortfall | None = None
        for way in either:
            found = _lack(model, everything[:k], way)
            if found is not None and (shortest is None or shortest.by is None or found[0] < shortest.by):
                lack, worst = found
                told = worst.told if len(either) == 1 else summed_up(either, problem.game, problem.target)
                shortest = Shortfall(worst.kind, told, lack, k == 0)
        if shortest is not None:
            return (shortest,)
        told = summed_up(either, problem.game, problem.target)
        return (Shortfall(either[0][0].kind, told, None, False),)
    return ()


def _least_of(model: _Model, demands: Sequence[Either]) -> object:
    return minimize_over_clauses([ZERO] * model.width, model.clauses(demands), model.box)


def _largest(model: _Model, condition: LevelConstraint) -> Fraction | None:
    """Return the largest value of a function of the levels; None where it grows without bound."""
    row = model.row(condition)
    found = minimize_over_clauses([-s for s in row.slopes], model.use_clauses, model.box)
    if not isinstance(found, DisjunctiveOptimum):
        return None
    return _fraction(row.at(found.x))


def _lack(
    model: _Model, before: Sequence[Either], way: Sequence[LevelConstraint]
) -> tuple[Fraction, LevelConstraint] | None:
    """Return the least violation of an alternative given the earlier conditions, and its worst condition."""
    padded: list[Clause] = [
        tuple(tuple(replace(row, slopes=(*row.slopes, ZERO)) for row in rows) for rows in clause)
        for clause in model.clauses(before)
    ]
    for condition in way:
        row = model.row(condition)
        padded.append(((LinearInequality((*row.slopes, ONE), row.constant, False),),))
    box = LevelBox((*model.box.lower, ZERO), (*model.box.upper, None))
    found = minimize_over_clauses([ZERO] * model.width + [ONE], padded, box)
    if not isinstance(found, DisjunctiveOptimum):
        return None
    point = [_fraction(v) for v in found.x[: model.count]]
    return _fraction(found.value), min(way, key=lambda c: c.function.at(point))
