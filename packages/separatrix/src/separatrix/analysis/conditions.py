"""Irredundant conditions: no clause is implied by the others, and no alternative is impossible.

Dillig, I., Dillig, T. and Aiken, A. (2010), Small formulas for large programs: on-line constraint
simplification in scalable static analysis, Static Analysis Symposium, LNCS 6337, 236-252: every part of a
condition is examined where its sibling parts hold (of an *or*: where they fail) and the assumptions do. A
part that always holds there, or never, is dropped; the result is equivalent, and none of its comparisons is
redundant. What z3 does not decide is kept.

Admissible parameters to try: what holds at one of them is possible, and z3 need not be asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.clauses import Clause, Clauses, Point, QuickSign, Surroundings, value_at
from separatrix.analysis.regime_conditions import (
    Formula,
    Sign,
    any_formula,
    every_formula,
    negation,
    propagated,
    to_smt,
)
from separatrix.expression.conditions import (
    FALSE,
    TRUE,
    All,
    Condition,
    Either,
    Tree,
    all_of,
    any_of,
    fold,
    leaves,
    with_leaves,
)
from separatrix.expression.satisfiability import ask
from separatrix.expression.tree import Expression, names_in
from separatrix.run.limits import seconds_left, spent

__all__ = [
    "Irredundant",
    "TrialParameters",
]

Draw: TypeAlias = Callable[[random.Random], Fraction]

WANTED, ATTEMPTS = 160, 480
"""Points to find, and draws after which no more are sought."""

MOST_VALUES = 10_000
"""Values of names and roots to compute at favourites; of forty symbols in sums each takes a tenth of a
millisecond. Fewer: more calls of z3; more: a game of hundreds of regimes spends its time here."""

VARIANTS = 12
"""Further points near one at which something rare holds: other rare things hold near it."""

MOVED, ENOUGH = 60, 12
"""Points that are moved until equations hold there, and those found after which no more are sought."""

FACTORS = (Fraction(1, 20), Fraction(1, 4), Fraction(1, 2), Fraction(2), Fraction(4), Fraction(20))

SIZES = (1, 3, 9, 30)
"""Parameters differ in size, so that each can outweigh the others; equal ones are frequent, too."""


class TrialParameters:
    """Exact parameters that satisfy the assumptions, with the signs of polynomials at all of them as bits.

    Parameters
    ----------
    surroundings : Surroundings
    favourites : sequence of parameter values
        Tried first: those of the file, and witnesses.
    """

    def __init__(self, surroundings: Surroundings, favourites: Iterable[Mapping[str, Fraction]]) -> None:
        self.surroundings = surroundings
        self.points: list[Point] = []
        self._signs: dict[int, list[int]] = {}
        self._polynomials: dict[int, QuickSign] = {}
        self._done: dict[int, int] = {}
        self._free: set[int] = set()
        self._rng = random.Random(0)
        room = max(WANTED, MOST_VALUES // (1 + len(surroundings.meanings) + len(surroundings.radicands)))
        for values in favourites:
            if len(self.points) >= room:
                break
            self.add(values)
        self._draw()

    def add(self, values: Mapping[str, Fraction]) -> None:
        """Add parameters where the assumptions hold at them, and others that differ in one or two of them."""
        if not self._add(values):
            return
        names = self.surroundings.inner.names
        for k in range(VARIANTS if names else 0):
            changed = self._rng.sample(names, min(1 + k % 2, len(names)))
            factors = {name: self._rng.choice(FACTORS) for name in changed}
            self._add({name: value * factors.get(name, 1) for name, value in values.items()})

    def _add(self, values: Mapping[str, Fraction]) -> bool:
        point = self.surroundings.point(values)
        if point is not None:
            self.points.append(point)
        return point is not None

    def put_on(self, equations: Sequence[fmpq_mpoly]) -> None:
        """Add parameters at which equations hold: known ones moved along one parameter for each equation."""
        count = len(self.surroundings.inner.names)
        rng = random.Random(len(equations))
        moving = [[k for k, d in enumerate(e.degrees()) if d == 1 and k < count] for e in equations]
        if not all(moving) or any(any(e.degrees()[count:]) for e in equations):
            return
        found = 0
        for point in rng.sample(self.points, min(MOVED, len(self.points))):
            exact = list(point.exact)
            for equation, choices in zip(equations, moving, strict=True):
                k = rng.choice(choices)
                slope = value_at(equation.derivative(k), exact)
                if slope == 0 or not isinstance(slope, fmpq):
                    break
                exact[k] = exact[k] - value_at(equation, exact) / slope
            else:
                moved = zip(self.surroundings.inner.names, exact, strict=False)
                values = {n: Fraction(int(v.p), int(v.q)) for n, v in moved if isinstance(v, fmpq)}
                found += all(value_at(e, exact) == 0 for e in equations) and self._add(values)
            if found == ENOUGH:
                return

    def satisfying_points(self, formula: Formula, polynomials: Sequence[fmpq_mpoly]) -> int:
        """Return points at which a formula in the signs of polynomials holds, as bits.

        It holds for sure, but for what z3 cannot read either: that may have any sign.
        """
        everywhere = (1 << len(self.points)) - 1

        def every(parts: Iterable[int]) -> int:
            found = everywhere
            for part in parts:
                found &= part
            return found

        return fold(formula, lambda s: self._bits(s.index, polynomials[s.index], s.allowed), every, _any)

    def _bits(self, index: int, polynomial: fmpq_mpoly, allowed: frozenset[int]) -> int:
        if index not in self._polynomials:
            self._polynomials[index], self._signs[index] = QuickSign(polynomial), [0, 0, 0]
            if self.surroundings.is_free(polynomial):
                self._free.add(index)
        if index in self._free:
            return (1 << len(self.points)) - 1
        signs, of = self._signs[index], self._polynomials[index]
        for k in range(self._done.get(index, 0), len(self.points)):
            sign = of.at(self.points[k])
            if sign is not None:
                signs[sign + 1] |= 1 << k
        self._done[index] = len(self.points)
        return _any(signs[s + 1] for s in allowed)

    def _draw(self) -> None:
        names = self.surroundings.inner.names
        draws = [self._range(k) for k in range(len(names))]
        if not draws or any(operator == "==" for _, operator in self.surroundings.relations):
            return
        for _ in range(ATTEMPTS):
            if len(self.points) >= WANTED:
                return
            self._add({name: draw(self._rng) for name, draw in zip(names, draws, strict=True)})

    def _range(self, k: int) -> Draw:
        """How a parameter is drawn: with the sign that is assumed, and within the bounds that are."""
        low, high = self._bounds(k)
        if low is not None and high is not None:
            start, width = low, high - low
            return lambda rng: start + width * Fraction(rng.randint(1, 15), 16)
        variable = self.surroundings.ring.context.gens()[k]
        choices = [int(s) for s in sorted(self.surroundings.signs(variable)) if s] or [1]
        if low is not None or high is not None:
            choices = [1 if low is not None else -1]
        start = low if low is not None else high if high is not None else Fraction(0)
        return lambda rng: start + rng.choice(choices) * rng.randint(1, rng.choice(SIZES))

    def _bounds(self, k: int) -> tuple[Fraction | None, Fraction | None]:
        """The numbers between which a parameter is assumed to lie."""
        low: Fraction | None = None
        high: Fraction | None = None
        for polynomial, operator in self.surroundings.relations:
            degrees = polynomial.degrees()
            if operator not in ("<", "<=", ">", ">=") or sum(degrees) != 1 or not degrees[k]:
                continue
            slope = constant = Fraction(0)
            for exponents, c in polynomial.to_dict().items():
                value = Fraction(int(c.p), int(c.q))
                slope, constant = (value, constant) if any(exponents) else (slope, value)
            end = -constant / slope
            if (slope > 0) == (operator in (">", ">=")):
                low = end if low is None or end > low else low
            else:
                high = end if high is None or end < high else high
        return low, high


def _any(parts: Iterable[int]) -> int:
    found = 0
    for part in parts:
        found |= part
    return found


QUESTION = 0.3
"""Seconds of z3's effort for one question: what takes longer is left open."""

GUARD = 10.0
"""By the wall clock, how many times `QUESTION` a question may take.  Systems of ten cubics in thirty symbols
hold z3 in a single step, in which it counts no effort; more is time that no condition gains from, less makes
answers depend on how busy the machine is."""

LONGEST = 400
"""Terms of a polynomial past which z3 is not asked."""

SIGN = 1e-5
"""Seconds to look up one sign in a query, before z3 runs."""

_OPERATORS = {1: ">", -1: "<"}


class Irredundant:
    """Removes from conditions whatever the rest of them and the assumptions imply.

    Parameters
    ----------
    assumptions : Assumptions
        On the parameters.
    conditions : all conditions to be simplified
    meanings : the expressions of names in them that are not parameters
    favourites : sequence of parameter values
        Such as witnesses, at which much is seen without z3.
    effort : float
        Seconds of z3's effort for all queries together; afterwards the rest stays unchanged.

    Attributes
    ----------
    open : int
        Questions that z3 did not decide, or that were not asked any more.
    """

    def __init__(
        self,
        assumptions: Assumptions,
        conditions: Iterable[Condition],
        meanings: Mapping[str, Expression],
        favourites: Iterable[Mapping[str, Fraction]],
        effort: float,
    ) -> None:
        self._clauses = Clauses(assumptions, meanings, conditions)
        self._trials = TrialParameters(self._clauses.surroundings, favourites)
        self._effort = effort
        self._answers: dict[frozenset[Formula], bool] = {}
        self._meanings: dict[int, tuple[Tree[Clause], Formula, Formula]] = {}
        self._done: dict[tuple[Condition, Condition], Condition] = {}
        self._hard: list[frozenset[int]] = []
        self.open = 0

    def condition(self, condition: Condition, given: Condition = TRUE) -> Condition:
        """Return an irredundant condition that is equivalent wherever `given` holds."""
        key = condition, given
        if key not in self._done:
            tree = with_leaves(condition, self._clauses.read)
            around = self._formula_of(with_leaves(given, self._clauses.read))
            short = self._shortened(tree, (around,))
            self._done[key] = _printed(short)
        return self._done[key]

    # ------------------------------------------------------------- leaving out

    def _shortened(self, tree: Tree[Clause], given: tuple[Formula, ...]) -> Tree[Clause]:
        if self._effort <= 0 or spent():
            self.open += 1
            return tree
        if not self._possible(*given, self._denied(tree)):
            return TRUE
        if not self._possible(*given, self._formula_of(tree)):
            return FALSE
        if isinstance(tree, All):
            return self._shorten_parts(tree.parts, given, conjunctive=True)
        if isinstance(tree, Either):
            return self._shorten_parts(tree.parts, given, conjunctive=False)
        return self._taken_apart(tree, given)

    def _shorten_parts(
        self, parts: Sequence[Tree[Clause]], given: tuple[Formula, ...], conjunctive: bool
    ) -> Tree[Clause]:
        """Shorten each part where the others hold, or fail, until nothing changes."""
        join, settled = (all_of, FALSE) if conjunctive else (any_of, TRUE)
        kept = list(parts)
        changed = True
        while changed:
            changed = False
            # The hardest to read is left out first, of equals the last.
            order = sorted(range(len(kept)), key=lambda k: (-_weight(kept[k]), -k))
            for part in [kept[k] for k in order]:
                place = next(k for k, other in enumerate(kept) if other is part)
                beside = self._formula_of if conjunctive else self._denied
                new = self._shortened(part, (*given, *(beside(p) for p in kept if p is not part)))
                if new == settled:
                    return settled
                if new != part:
                    changed = True
                    kept[place : place + 1] = () if new in (TRUE, FALSE) else (new,)
        return join(*kept)

    def _taken_apart(self, clause: Clause, given: tuple[Formula, ...]) -> Tree[Clause]:
        """A product whose factors have but one sign where it has its own, in these signs."""
        if clause.factors is None or clause.relation.operator not in ("<", ">"):
            return clause
        sign, rest = clause.factors
        operator = clause.relation.operator
        if len(rest) == 1 and rest[0][1] == 1:
            return clause
        pieces: list[Tree[Clause]] = []
        product: list[tuple[fmpq_mpoly, int]] = []
        for factor, exponent in rest:
            signs = [s for s in (1, -1) if self._possible(*given, clause.formula, self._has(factor, s))]
            alone = 1, ((factor, 1),)
            if len(signs) == 1:
                sign *= signs[0] ** exponent
                pieces.append(self._clauses.compared(alone, _OPERATORS[signs[0]]))
            elif exponent == 2:
                pieces.append(self._clauses.compared(alone, "!="))
            else:
                product.append((factor, exponent))
        if not pieces:
            return clause
        pieces.append(self._clauses.compared((sign, tuple(product)), operator))
        return self._shorten_parts([p for p in pieces if p != TRUE], given, conjunctive=True)

    def _has(self, factor: fmpq_mpoly, sign: int) -> Formula:
        return self._clauses.sign(factor, _OPERATORS[sign])

    # ------------------------------------------------------------- what clauses say

    def _formula_of(self, tree: Tree[Clause]) -> Formula:
        """What some clauses say together."""
        return self._meaning(tree)[1]

    def _denied(self, tree: Tree[Clause]) -> Formula:
        """That they do not hold."""
        return self._meaning(tree)[2]

    def _meaning(self, tree: Tree[Clause]) -> tuple[Tree[Clause], Formula, Formula]:
        # The tree is kept, too, so that no other one gets its identity.
        if id(tree) not in self._meanings:
            said = _formula(tree)
            self._meanings[id(tree)] = tree, said, negation(said)
        return self._meanings[id(tree)]

    # ------------------------------------------------------------- what is possible

    def _possible(self, *formulas: Formula) -> bool:
        """Whether formulas hold together somewhere; True where that is not decided."""
        whole = every_formula(*formulas)
        if whole in (TRUE, FALSE):
            return whole == TRUE
        parts = frozenset(whole.parts if isinstance(whole, All) else (whole,))
        if parts not in self._answers:
            self._effort -= SIGN * sum(1 for _ in leaves(whole))
            self._answers[parts] = self._is_satisfiable(whole)
        return self._answers[parts]

    def _is_satisfiable(self, whole: Formula) -> bool:
        polynomials = self._clauses.polynomials
        if propagated([whole]) is None:
            return False
        if self._trials.satisfying_points(whole, polynomials.items):
            return True
        parts = whole.parts if isinstance(whole, All) else (whole,)
        equations = [polynomials.items[p.index] for p in parts if isinstance(p, Sign) and p.allowed == {0}]
        if equations:
            self._trials.put_on(equations)
            if self._trials.satisfying_points(whole, polynomials.items):
                return True
        about = frozenset(s.index for s in leaves(whole))
        used = [polynomials.items[k] for k in sorted(about)]
        seconds = min(QUESTION, self._effort, seconds_left() / GUARD)
        stuck = any(about >= hard for hard in self._hard)
        if seconds <= 0 or stuck or any(len(p) > LONGEST for p in used):
            self.open += 1
            return True
        surroundings = self._clauses.surroundings
        conditions = [
            *surroundings.constraints(),
            *surroundings.links(used),
            to_smt(whole, polynomials.terms),
        ]
        found = ask(surroundings.variables, conditions, seconds, GUARD * seconds, values=True)
        self._effort -= found.effort
        if found.verdict == "unknown" and found.effort < seconds:  # the clock ended it
            self._effort -= GUARD * seconds
            self._hard.append(about)
        if found.verdict == "sat":
            self._trials.add(surroundings.by_parameter(found.values))
        self.open += found.verdict == "unknown"
        return found.verdict != "unsat"


def _formula(tree: Tree[Clause]) -> Formula:
    """What some clauses say together."""

    def every(parts: Iterable[Formula]) -> Formula:
        return every_formula(*parts)

    def some(parts: Iterable[Formula]) -> Formula:
        return any_formula(*parts)

    def leaf(clause: Clause) -> Formula:
        return clause.formula

    return fold(tree, leaf, every, some)


def _printed(tree: Tree[Clause]) -> Condition:
    """The comparisons of some clauses."""

    def every(parts: Iterable[Condition]) -> Condition:
        return all_of(*parts)

    def some(parts: Iterable[Condition]) -> Condition:
        return any_of(*parts)

    def leaf(clause: Clause) -> Condition:
        return clause.relation

    return fold(tree, leaf, every, some)


def _weight(tree: Tree[Clause]) -> int:
    """How hard a condition is to read: the names in it; equations more than inequalities."""
    return sum(
        1 + len(names_in(c.relation.left)) + len(names_in(c.relation.right)) + (c.relation.operator == "==")
        for c in leaves(tree)
    )
