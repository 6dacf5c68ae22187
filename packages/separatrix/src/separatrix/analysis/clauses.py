"""Comparisons as they are printed, each with what it says in the signs of irreducible polynomials."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.signs import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.surroundings import Surroundings
from separatrix.exact.rational_functions import Ratio
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

__all__ = ["Clause", "Clauses", "Factors"]

MULTIPLIED_OUT = 60
"""Terms up to which sums are put for their names before a comparison is read."""

LONGEST = 2_000
"""Terms past which a comparison is not read: it holds or not, for all that is known."""

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
    meanings : what names that are no parameters stand for
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
    """The square roots in an expression that are no numbers."""
    return tuple(n for n in walk(expression) if isinstance(n, Call) and names_in(n))


def _is_readable(expression: Expression) -> bool:
    """Whether an expression is made of square roots and rational functions of which z3 can be asked."""
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
