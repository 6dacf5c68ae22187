"""Formulas in the signs of polynomials: what decides which states are stable together.

Readable conditions: a set of sign patterns of a few polynomials as few, short inequalities.

A pattern gives each of at most four polynomials a sign.  The set of patterns of a regime is covered
greedily by boxes (for each polynomial an interval of signs: <, =, >, <=, >=, or any), as in the
Quine-McCluskey method for more than two values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.expression.conditions import (
    ANY,
    FALSE,
    OPERATORS,
    SIGNS,
    TRUE,
    All,
    Condition,
    Either,
    Signs,
    Tree,
    all_of,
    any_of,
    fold,
)
from separatrix.expression.satisfiability import encoded

__all__ = [
    "Formula",
    "Sign",
    "SignPolynomials",
    "any_formula",
    "describe_cells",
    "every_formula",
    "negation",
    "propagated",
    "restricted",
    "satisfied",
    "to_condition",
    "to_smt",
]

_BOXES: tuple[tuple[frozenset[int], str | None], ...] = (
    (frozenset((-1, 0, 1)), None),
    (frozenset((0, 1)), ">="),
    (frozenset((-1, 0)), "<="),
    (frozenset((1,)), ">"),
    (frozenset((-1,)), "<"),
    (frozenset((0,)), "=="),
)


def describe_cells(
    possible: Sequence[frozenset[int]],
    belongs: Callable[[Sequence[int]], bool],
    relation: Callable[[int, str], Condition],
) -> Condition:
    """Return a condition that holds exactly at the sign patterns that belong.

    Parameters
    ----------
    possible : the signs that each of at most four polynomials can have
    belongs : from a pattern of signs to whether it belongs
    relation : writes how the polynomial of an index compares with 0
    """
    patterns, boxes = _boxes(tuple(possible))
    inside = sum(1 << k for k, pattern in enumerate(patterns) if belongs(pattern))
    fitting = [box for box in boxes if not box.covered & ~inside]
    alternatives = []
    left = inside
    while left:
        best = max(fitting, key=lambda b: ((b.covered & left).bit_count(), -b.cost, -b.equalities))
        left &= ~best.covered
        alternatives.append(all_of(*(relation(k, o) for k, o in enumerate(best.operators) if o is not None)))
    return any_of(*alternatives)


@dataclass(frozen=True)
class _Box:
    """An interval of signs for each polynomial: its operators, and the patterns in it as bits."""

    operators: tuple[str | None, ...]
    covered: int
    cost: int
    equalities: int


@cache
def _boxes(
    possible: tuple[frozenset[int], ...],
) -> tuple[tuple[tuple[int, ...], ...], tuple[_Box, ...]]:
    """Every pattern of signs, and every box that holds some of them; the same for many sets of patterns."""
    patterns = tuple(itertools.product(*(sorted(p) for p in possible)))
    boxes = []
    for box in itertools.product(_BOXES, repeat=len(possible)):
        covered = sum(
            1 << n
            for n, pattern in enumerate(patterns)
            if all(sign in part for sign, (part, _) in zip(pattern, box, strict=True))
        )
        if covered:
            operators = tuple(operator for _, operator in box)
            cost = len(operators) - operators.count(None)
            boxes.append(_Box(operators, covered, cost, operators.count("==")))
    return patterns, tuple(boxes)


@dataclass(frozen=True)
class Sign:
    """Polynomial number `index` of a list has one of the signs in `allowed`."""

    index: int
    allowed: Signs


Formula: TypeAlias = Tree[Sign]


def every_formula(*parts: Formula) -> Formula:
    """Return the conjunction of `parts`, flattened, what is said of one polynomial put together.

    Examples
    --------
    >>> every_formula(TRUE, Sign(0, SIGNS[">="]), Sign(0, SIGNS["!="]))
    Sign(index=0, allowed=frozenset({1}))
    """
    return _merged(parts, All, FALSE, frozenset(), frozenset.intersection)


def any_formula(*parts: Formula) -> Formula:
    """Return the disjunction of `parts`, flattened, what is said of one polynomial put together.

    Examples
    --------
    >>> any_formula(Sign(0, SIGNS[">"]), Sign(0, SIGNS["<="])) == TRUE
    True
    """
    return _merged(parts, Either, TRUE, ANY, frozenset.union)


def _merged(
    parts: Iterable[Formula],
    node: type[All[Sign]] | type[Either[Sign]],
    settled: Formula,
    settling: Signs,
    join: Callable[[Signs, Signs], Signs],
) -> Formula:
    """Join parts; one that is `settled`, or that allows the `settling` signs of a polynomial, settles all."""
    flat: dict[Formula, None] = {}
    signs: dict[int, Signs] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, node) else (part,):
            if isinstance(inner, Sign):
                signs[inner.index] = join(signs.get(inner.index, inner.allowed), inner.allowed)
                flat[Sign(inner.index, ANY)] = None  # holds its place
            else:
                flat[inner] = None
    if settled in flat or settling in signs.values():
        return settled
    merged = tuple(Sign(p.index, signs[p.index]) if isinstance(p, Sign) else p for p in flat)
    return merged[0] if len(merged) == 1 else node(merged)


def negation(formula: Formula) -> Formula:
    """Return the formula that holds where `formula` does not."""
    return fold(
        formula,
        lambda s: Sign(s.index, ANY - s.allowed),
        lambda parts: any_formula(*parts),
        lambda parts: every_formula(*parts),
    )


def satisfied(formula: Formula, signs: Sequence[int]) -> bool:
    """Return whether a formula holds where the polynomials have the given signs."""
    return fold(formula, lambda s: signs[s.index] in s.allowed, all, any)


def restricted(formula: Formula, possible: Callable[[int], Signs]) -> Formula:
    """Return `formula` without what the signs that are possible at all settle."""

    def simplify_sign(sign: Sign) -> Formula:
        here = possible(sign.index)
        return TRUE if here <= sign.allowed else sign if here & sign.allowed else FALSE

    return fold(
        formula, simplify_sign, lambda parts: every_formula(*parts), lambda parts: any_formula(*parts)
    )


def propagated(formulas: Iterable[Formula]) -> dict[int, Signs] | None:
    """Return the signs that some formulas force together, or None where they contradict at sight.

    Examples
    --------
    >>> positive = Sign(0, frozenset((1,)))
    >>> propagated([positive, Either((negation(positive), Sign(1, frozenset((0,)))))])
    {0: frozenset({1}), 1: frozenset({0})}
    """
    known: dict[int, Signs] = {}
    pending = every_formula(*formulas)
    while True:
        pending = restricted(pending, lambda k: known.get(k, ANY))
        if pending == FALSE:
            return None
        parts = pending.parts if isinstance(pending, All) else (pending,)
        forced = [p for p in parts if isinstance(p, Sign)]
        if not forced:
            return known
        for part in forced:
            known[part.index] = known.get(part.index, ANY) & part.allowed
            if not known[part.index]:
                return None


def to_condition(formula: Formula, relation: Callable[[int, str], Condition]) -> Condition:
    """Return a formula as a condition on the parameters; `relation` writes the sign of a polynomial."""

    def every(parts: Iterable[Condition]) -> Condition:
        return all_of(*parts)

    def some(parts: Iterable[Condition]) -> Condition:
        return any_of(*parts)

    def leaf(sign: Sign) -> Condition:
        return relation(sign.index, OPERATORS[sign.allowed])

    return fold(formula, leaf, every, some)


def to_smt(formula: Formula, terms: Sequence[str]) -> str:
    """Return a formula for z3; `terms` are the polynomials."""
    return encoded(formula, lambda s: (terms[s.index], OPERATORS[s.allowed]))


class SignPolynomials:
    """Sign polynomials without repetition: multiples share one entry.

    Parameters
    ----------
    assumptions : Assumptions
    written : callable, optional
        Writes ``polynomial operator 0`` as a condition; by default in the parameters, without the factors
        whose sign is assumed.
    """

    def __init__(
        self, assumptions: Assumptions, written: Callable[[fmpq_mpoly, str], Condition] | None = None
    ) -> None:
        self.assumptions = assumptions
        self._written = written or assumptions.relation
        self.items: list[fmpq_mpoly] = []
        self._index: dict[str, int] = {}
        self._terms: list[str] = []
        self._relations: dict[tuple[int, str], Condition] = {}

    def sign(self, polynomial: fmpq_mpoly, relation: str) -> Formula:
        """Return the formula ``polynomial relation 0``, settled where the assumptions settle it."""
        outer, rest = self.assumptions.stripped(polynomial)
        allowed = SIGNS[relation]
        if not rest:
            return TRUE if outer in allowed else FALSE
        core = self.assumptions.ring.one
        square = all(exponent == 2 for _, exponent in rest)
        for factor, exponent in rest:
            core = core * factor ** (1 if square else exponent)
        key = str(core)
        if key not in self._index:
            self._index[key] = len(self.items)
            self.items.append(core)
        index = self._index[key]
        wanted = frozenset(s for s in ANY if outer * (s * s if square else s) in allowed)
        return restricted(Sign(index, wanted), lambda k: self.assumptions.signs(self.items[k]))

    @property
    def terms(self) -> list[str]:
        """The polynomials for z3."""
        self._terms.extend(self.assumptions.term(p) for p in self.items[len(self._terms) :])
        return self._terms

    def condition(self, formula: Formula) -> Condition:
        """Return a formula in these polynomials as a condition."""
        return to_condition(formula, self.relation)

    def relation(self, index: int, operator: str) -> Condition:
        """Return ``polynomial operator 0`` as a condition, each computed once."""
        if (index, operator) not in self._relations:
            self._relations[index, operator] = self._written(self.items[index], operator)
        return self._relations[index, operator]
