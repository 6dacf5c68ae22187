"""Comparisons as they are printed, each with what it says in the signs of irreducible polynomials.

Symbols in conditions: parameters, names of sums, square roots, and expressions that z3 cannot read.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq, fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.regime_conditions import Formula, SignPolynomials, any_formula, every_formula
from separatrix.exact.algebraic_numbers import square_root
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression import satisfiability
from separatrix.expression.conditions import (
    FALSE,
    SIGNS,
    TRUE,
    Condition,
    Relation,
    Tree,
    leaves,
    with_leaves,
)
from separatrix.expression.evaluation import MAX_EXPONENT
from separatrix.expression.polynomial import term_count
from separatrix.expression.precision import precision
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    names_in,
    subtract,
    walk,
)
from separatrix.run.cached_property import cached_property

__all__ = [
    "Clause",
    "Clauses",
    "Factors",
    "Point",
    "QuickSign",
    "Surroundings",
]

BITS = 128
"""Of the balls in which irrational roots are enclosed."""

CERTAIN = 1e-9
"""A sum larger than this part of its terms has its sign in floating point."""

SMALLEST = 1e-280
"""A sum below this may have lost terms that are too small for floating point."""

EXACT = 2.0**53
"""Sums of whole numbers below this are exact in floating point."""


class Surroundings(Assumptions):
    """The assumptions in a ring that has a variable for each symbol of some conditions.

    Parameters
    ----------
    assumptions : Assumptions
        On the parameters.
    meanings : the expressions of names that are not parameters
    roots : square roots in the conditions
    others : the number of expressions that z3 cannot read; each gets a free variable
    """

    def __init__(
        self,
        assumptions: Assumptions,
        meanings: Mapping[str, Expression],
        roots: Sequence[Call] = (),
        others: int = 0,
    ) -> None:
        self.inner = assumptions.ring
        names = self.inner.names
        # A null character cannot stand in a name that a person typed.
        self.root_names = {root: f"\0root{k}" for k, root in enumerate(roots)}
        self.others = [f"\0other{k}" for k in range(others)]
        self.ring = Ring((*names, *meanings, *self.root_names.values(), *self.others))
        self._terms = []
        self._signs = {}
        self.relations = [(self._into_wider_ring(p), operator) for p, operator in assumptions.relations]
        self._admitted = [(QuickSign(p), SIGNS[operator]) for p, operator in self.relations]
        self.meanings = {name: self.ring.read(meaning) for name, meaning in meanings.items()}
        self._first_root = len(names) + len(meanings)
        self.radicands: list[Ratio] = []
        for root, name in self.root_names.items():
            self.radicands.append(self.ring.read(root.arguments[0]))
            self._narrow(self.ring.variable(name).numerator, ">=")
        for polynomial, operator in self.relations:
            self._narrow(polynomial, operator)

    def _into_wider_ring(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """A polynomial in the parameters in the wider ring."""
        added = (0,) * (len(self.ring.names) - len(self.inner.names))
        return self.ring.context.from_dict({(*e, *added): c for e, c in polynomial.to_dict().items()})

    def is_free(self, polynomial: fmpq_mpoly) -> bool:
        """Whether a polynomial contains one of the free variables."""
        return any(polynomial.degrees()[len(self.ring.names) - len(self.others) :])

    # ------------------------------------------------------------- for z3

    def links(self, polynomials: Iterable[fmpq_mpoly]) -> Iterator[str]:
        """Yield the facts, for z3, about the names and roots in some polynomials."""
        pending = list(polynomials)
        done: set[int] = set()
        size = len(self.inner.names)
        while pending:
            for k, degree in enumerate(pending.pop().degrees()):
                if not degree or k < size or k in done:
                    continue
                done.add(k)
                if k < self._first_root:
                    meaning = self.meanings[self.ring.names[k]]
                    gap = self.ring.context.gens()[k] * meaning.denominator - meaning.numerator
                    yield satisfiability.comparison(self.term(gap), "==")
                    pending.append(gap)
                elif k - self._first_root < len(self.radicands):
                    radicand = self.radicands[k - self._first_root]
                    root = self.ring.context.gens()[k]
                    gap = root**2 * radicand.denominator - radicand.numerator
                    real = satisfiability.comparison(self.term(radicand.sign_polynomial), "<")
                    equal = satisfiability.comparison(self.term(gap), "==")
                    yield satisfiability.comparison(self.term(root), ">=")
                    yield satisfiability.disjunction((real, equal))
                    pending += [radicand.numerator, radicand.denominator]

    # ------------------------------------------------------------- at exact parameters

    def point(self, values: Mapping[str, Fraction]) -> Point | None:
        """Return the value of every symbol at parameters; None where they are not admissible."""
        if any(name not in values for name in self.inner.names):
            return None
        count = len(self.inner.names)
        exact: list[fmpq | arb] = [fmpq(0)] * len(self.ring.names)
        exact[:count] = (fmpq(values[n].numerator, values[n].denominator) for n in self.inner.names)
        point = Point(tuple(exact))
        if not all(sign.at(point) in allowed for sign, allowed in self._admitted):
            return None
        if count == len(exact):
            return point
        for k, meaning in enumerate(self.meanings.values(), count):
            above, below = (value_at(p, exact) for p in (meaning.numerator, meaning.denominator))
            if below == 0:
                return None
            exact[k] = above / below
        for k, radicand in enumerate(self.radicands, self._first_root):
            above, below = (value_at(p, exact) for p in (radicand.numerator, radicand.denominator))
            if below == 0:
                return None
            if above / below > 0:
                exact[k] = _root(above / below)
        return Point(tuple(exact))


@dataclass(frozen=True)
class Point:
    """A value for each symbol: a ball for an irrational root, 0 for what z3 cannot read."""

    exact: tuple[fmpq | arb, ...]

    @cached_property
    def floats(self) -> tuple[float, ...]:
        """The same in floating point."""
        return tuple(map(_float, self.exact))

    @cached_property
    def whole(self) -> bool:
        """Whether all are whole numbers."""
        return all(isinstance(v, fmpq) and v.q == 1 for v in self.exact)


class QuickSign:
    """The sign of a polynomial at points, quickly: in floating point where that leaves no doubt."""

    def __init__(self, polynomial: fmpq_mpoly) -> None:
        self.polynomial = polynomial
        self._terms = [
            (_float(c), tuple(k for k, e in enumerate(exponents) for _ in range(int(e))))
            for exponents, c in polynomial.to_dict().items()
        ]
        self._whole = all(c.q == 1 for c in polynomial.coeffs())

    def at(self, point: Point) -> int | None:
        """Return the sign; None where it is not known."""
        values = point.floats
        total = size = 0.0
        for term, places in self._terms:
            for k in places:
                term *= values[k]
            total += term
            size += abs(term)
        if abs(total) > max(CERTAIN * size, SMALLEST):
            return 1 if total > 0 else -1
        if not total and self._whole and point.whole and size < EXACT:
            return 0
        value = value_at(self.polynomial, point.exact)
        return 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None


def _float(value: fmpq | arb) -> float:
    """A value in floating point; not a number where it is too large or too small for that."""
    try:
        found = float(value) if isinstance(value, arb) else int(value.p) / int(value.q)
    except OverflowError:
        return math.nan
    return found if found or value == 0 else math.nan


def _root(value: fmpq | arb) -> fmpq | arb:
    if isinstance(value, fmpq):
        found = square_root(value)
        if isinstance(found, fmpq):
            return found
    with precision(BITS):
        return arb(value).sqrt()


def value_at(polynomial: fmpq_mpoly, point: Sequence[fmpq | arb]) -> fmpq | arb:
    """Return the value of a polynomial."""
    if not point:
        return fmpq(polynomial.leading_coefficient()) if polynomial else fmpq(0)
    rational = [v for v in point if isinstance(v, fmpq)]
    if len(rational) == len(point):
        return polynomial(*rational)
    with precision(BITS):
        total = arb(0)
        for exponents, coefficient in polynomial.to_dict().items():
            part = arb(coefficient)
            for value, exponent in zip(point, exponents, strict=True):
                if exponent:
                    part = part * arb(value) ** int(exponent)
            total = total + part
        return total


MULTIPLIED_OUT = 60
"""Terms up to which sums are put for their names before a comparison is read."""

LONGEST = 2_000
"""Number of terms from which a comparison is not read: it may hold or not."""

MOST_FACTORS = 4
"""Factors without a known sign whose product is taken apart."""

Factors = tuple[int, tuple[tuple[fmpq_mpoly, int], ...]]
"""The sign of a product but for some factors, and those, each with exponent 1 (odd) or 2 (even)."""


@dataclass(frozen=True, eq=False)
class Clause:
    """A comparison: what is printed, and what it says.

    Attributes
    ----------
    relation : Relation
    formula : where both sides have a value and compare so
    factors : of a product that compares so with 0; None where it is not taken apart
    """

    relation: Relation
    formula: Formula
    factors: Factors | None = None


class Clauses:
    """Reads the comparisons of some conditions, each once.

    Parameters
    ----------
    assumptions : Assumptions
        On the parameters.
    meanings : the expressions of names that are not parameters
    conditions : everything that will be read, but for parts of products
    """

    def __init__(
        self, assumptions: Assumptions, meanings: Mapping[str, Expression], conditions: Iterable[Condition]
    ) -> None:
        relations = list(dict.fromkeys(leaves(*conditions)))
        used = {n for r in relations for side in (r.left, r.right) for n in names_in(side)}
        own = {n: m for n, m in meanings.items() if n in used}
        self._lengths = {n: term_count(m) for n, m in own.items()}
        sides = [subtract(r.left, r.right) for r in relations]
        parts = [e for side in sides for e in (side, *_denominators(side))]
        unread = list(dict.fromkeys(e for e in parts if not _is_readable(e)))
        roots = dict.fromkeys(root for e in parts if e not in unread for root in _roots(e))
        self.surroundings = Surroundings(assumptions, own, tuple(roots), len(unread))
        self.polynomials = SignPolynomials(self.surroundings)
        self._unread = dict(zip(unread, self.surroundings.others, strict=True))
        self._known: dict[Relation, Clause] = {}

    def read(self, relation: Relation) -> Clause:
        """Return a comparison with what it says."""
        if relation not in self._known:
            self._known[relation] = self._clause(relation)
        return self._known[relation]

    def compared(self, factors: Factors, operator: str) -> Tree[Clause]:
        """Return ``product operator 0`` as clauses."""
        sign, rest = factors
        return with_leaves(self.surroundings.compared(sign, list(rest), operator), self.read)

    def sign(self, polynomial: fmpq_mpoly, operator: str) -> Formula:
        """Return ``polynomial operator 0`` as a formula."""
        return self.polynomials.sign(polynomial, operator)

    def _clause(self, relation: Relation) -> Clause:
        difference = subtract(relation.left, relation.right)
        formula, factors = self._compares(self._value(difference).sign_polynomial, relation.operator)
        # That a root is real a condition says itself, before whoever works it out comes to the root.
        defined = [
            self._compares(self._value(below).numerator, "!=")[0] for below in _denominators(difference)
        ]
        whole = (
            all(part == TRUE for part in defined) and not _roots(difference) and self._is_short(difference)
        )
        return Clause(relation, every_formula(*defined, formula), factors if whole else None)

    def _value(self, expression: Expression) -> Ratio:
        if expression in self._unread:
            return self.surroundings.ring.variable(self._unread[expression])
        known = self.surroundings.meanings if self._is_short(expression) else {}
        return self.surroundings.ring.read(_without_roots(expression, self.surroundings.root_names), known)

    def _is_short(self, expression: Expression) -> bool:
        """Whether an expression is read with the sums put for their names."""
        return term_count(expression, self._lengths) <= MULTIPLIED_OUT

    def _compares(self, polynomial: fmpq_mpoly, operator: str) -> tuple[Formula, Factors | None]:
        """Return ``polynomial operator 0`` in the signs of its factors."""
        sign, rest = self.surroundings.stripped(polynomial)
        if not rest:
            return (TRUE if sign in SIGNS[operator] else FALSE), None
        if len(rest) > MOST_FACTORS:
            return self.polynomials.sign(polynomial, operator), None
        ordered = sorted(rest, key=lambda r: max(r[0].to_dict()), reverse=True)
        return self._product(sign, ordered, operator), (sign, tuple(ordered))

    def _product(self, sign: int, rest: Sequence[tuple[fmpq_mpoly, int]], operator: str) -> Formula:
        allowed = SIGNS[operator]
        odd = [f for f, exponent in rest if exponent == 1]
        even = every_formula(*(self.sign(f, "!=") for f, exponent in rest if exponent == 2))
        parts: list[Formula] = [self.sign(f, "==") for f, _ in rest] if 0 in allowed else []
        for signs in itertools.product((1, -1), repeat=len(odd)):
            if sign * math.prod(signs) in allowed:
                own = (self.sign(f, ">" if s > 0 else "<") for f, s in zip(odd, signs, strict=True))
                parts.append(every_formula(even, *own))
        return any_formula(*parts)


def _denominators(expression: Expression) -> tuple[Expression, ...]:
    """What an expression divides by, anywhere in it."""
    return tuple(n.denominator for n in walk(expression) if isinstance(n, Quotient))


def _roots(expression: Expression) -> tuple[Call, ...]:
    """The square roots in an expression that are not numbers."""
    return tuple(n for n in walk(expression) if isinstance(n, Call) and names_in(n))


def _is_readable(expression: Expression) -> bool:
    """Whether an expression consists of square roots and rational functions that z3 can read."""
    if not all(_is_read(n.exponent) for n in walk(expression) if isinstance(n, Power)):
        return False
    calls = [n for n in walk(expression) if isinstance(n, Call)]
    for call in calls:
        inner = call.arguments[0]
        if call.function != "sqrt" or not names_in(inner) or any(isinstance(n, Call) for n in walk(inner)):
            return False
    return all(term_count(e) <= LONGEST for e in (expression, *(c.arguments[0] for c in calls)))


def _is_read(exponent: Expression) -> bool:
    """Whether powers with an exponent are multiplied out."""
    if not isinstance(exponent, Number) or exponent.value.denominator != 1:
        return False
    return abs(exponent.value) <= MAX_EXPONENT


def _without_roots(expression: Expression, names: Mapping[Call, str]) -> Expression:
    match expression:
        case Call():
            return Name(names[expression])
        case Sum(terms):
            return Sum(tuple(_without_roots(t, names) for t in terms))
        case Product(factors):
            return Product(tuple(_without_roots(f, names) for f in factors))
        case Quotient(numerator, denominator, at):
            return Quotient(_without_roots(numerator, names), _without_roots(denominator, names), at)
        case Power(base, exponent, at):
            return Power(_without_roots(base, names), exponent, at)
        case _:
            return expression
