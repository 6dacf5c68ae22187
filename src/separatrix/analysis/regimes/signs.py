"""Formulas in the signs of polynomials: what decides which states are stable together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.expression import satisfiability
from separatrix.expression.condition import Condition, all_of, any_of

__all__ = [
    "ALLOWED", "ALWAYS", "NEVER", "AnyOf", "Every", "Formula", "Sign", "SignPolynomials", "any_formula",
    "every_formula", "negation", "propagated", "restricted", "satisfied", "to_condition",
    "to_smt",
]  # fmt: skip

Signs = frozenset[int]

ANY: Signs = frozenset((-1, 0, 1))
ALLOWED: Mapping[str, Signs] = {
    ">": frozenset((1,)), ">=": frozenset((0, 1)), "==": frozenset((0,)),
    "<=": frozenset((-1, 0)), "<": frozenset((-1,)), "!=": frozenset((-1, 1)),
}  # fmt: skip
_OPERATORS = {signs: name for name, signs in ALLOWED.items()}


@dataclass(frozen=True)
class Sign:
    """Polynomial number `index` of a list has one of the signs in `allowed`."""

    index: int
    allowed: Signs


@dataclass(frozen=True)
class Every:
    """All parts hold; without parts: always."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds; without parts: never."""

    parts: tuple[Formula, ...]


Formula = Sign | Every | AnyOf

ALWAYS = Every(())
NEVER = AnyOf(())


def every_formula(*parts: Formula) -> Formula:
    """Return the conjunction of `parts`, flattened, what is said of one polynomial put together.

    Examples
    --------
    >>> every_formula(ALWAYS, Sign(0, ALLOWED[">="]), Sign(0, ALLOWED["!="]))
    Sign(index=0, allowed=frozenset({1}))
    """
    flat: dict[Formula, None] = {}
    signs: dict[int, Signs] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, Every) else (part,):
            if isinstance(inner, Sign):
                signs[inner.index] = signs.get(inner.index, ANY) & inner.allowed
                flat[Sign(inner.index, ANY)] = None  # holds its place
            else:
                flat[inner] = None
    if NEVER in flat or frozenset() in signs.values():
        return NEVER
    merged = tuple(Sign(p.index, signs[p.index]) if isinstance(p, Sign) else p for p in flat)
    return merged[0] if len(merged) == 1 else Every(merged)


def any_formula(*parts: Formula) -> Formula:
    """Return the disjunction of `parts`, flattened, what is said of one polynomial put together.

    Examples
    --------
    >>> any_formula(Sign(0, ALLOWED[">"]), Sign(0, ALLOWED["<="])) == ALWAYS
    True
    """
    flat: dict[Formula, None] = {}
    signs: dict[int, Signs] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, AnyOf) else (part,):
            if isinstance(inner, Sign):
                signs[inner.index] = signs.get(inner.index, frozenset()) | inner.allowed
                flat[Sign(inner.index, ANY)] = None  # holds its place
            else:
                flat[inner] = None
    if ALWAYS in flat or ANY in signs.values():
        return ALWAYS
    merged = tuple(Sign(p.index, signs[p.index]) if isinstance(p, Sign) else p for p in flat)
    return merged[0] if len(merged) == 1 else AnyOf(merged)


def negation(formula: Formula) -> Formula:
    """Return the formula that holds where `formula` does not."""
    match formula:
        case Sign(index, allowed):
            return Sign(index, ANY - allowed)
        case Every(parts):
            return any_formula(*(negation(p) for p in parts))
        case AnyOf(parts):
            return every_formula(*(negation(p) for p in parts))


def satisfied(formula: Formula, signs: Sequence[int]) -> bool:
    """Return whether a formula holds where the polynomials have the given signs."""
    match formula:
        case Sign(index, allowed):
            return signs[index] in allowed
        case Every(parts):
            return all(satisfied(p, signs) for p in parts)
        case AnyOf(parts):
            return any(satisfied(p, signs) for p in parts)


def restricted(formula: Formula, possible: Callable[[int], Signs]) -> Formula:
    """Return `formula` without what the signs that are possible at all settle."""
    match formula:
        case Sign(index, allowed):
            here = possible(index)
            return ALWAYS if here <= allowed else formula if here & allowed else NEVER
        case Every(parts):
            return every_formula(*(restricted(p, possible) for p in parts))
        case AnyOf(parts):
            return any_formula(*(restricted(p, possible) for p in parts))


def propagated(formulas: Iterable[Formula]) -> dict[int, Signs] | None:
    """Return the signs that some formulas force together, or None where they contradict at sight.

    Examples
    --------
    >>> positive = Sign(0, frozenset((1,)))
    >>> propagated([positive, AnyOf((negation(positive), Sign(1, frozenset((0,)))))])
    {0: frozenset({1}), 1: frozenset({0})}
    """
    known: dict[int, Signs] = {}
    pending = every_formula(*formulas)
    while True:
        pending = restricted(pending, lambda k: known.get(k, ANY))
        if pending == NEVER:
            return None
        parts = pending.parts if isinstance(pending, Every) else (pending,)
        forced = [p for p in parts if isinstance(p, Sign)]
        if not forced:
            return known
        for part in forced:
            known[part.index] = known.get(part.index, ANY) & part.allowed
            if not known[part.index]:
                return None


def to_condition(formula: Formula, relation: Callable[[int, str], Condition]) -> Condition:
    """Return a formula as a condition on the parameters; `relation` writes the sign of a polynomial."""
    match formula:
        case Sign(index, allowed):
            return relation(index, _OPERATORS[allowed])
        case Every(parts):
            return all_of(*(to_condition(p, relation) for p in parts))
        case AnyOf(parts):
            return any_of(*(to_condition(p, relation) for p in parts))


def to_smt(formula: Formula, terms: Sequence[str]) -> str:
    """Return a formula for z3; `terms` are the polynomials."""
    match formula:
        case Sign(index, allowed):
            return satisfiability.comparison(terms[index], _OPERATORS[allowed])
        case Every(parts):
            return satisfiability.conjunction(to_smt(p, terms) for p in parts)
        case AnyOf(parts):
            return satisfiability.disjunction(to_smt(p, terms) for p in parts)


class SignPolynomials:
    """Sign polynomials without repetition: multiples share one entry."""

    def __init__(self, assumptions: Assumptions) -> None:
        self.assumptions = assumptions
        self.items: list[fmpq_mpoly] = []
        self._index: dict[str, int] = {}
        self._terms: list[str] = []
        self.relations: dict[tuple[int, str], Condition] = {}

    def sign(self, polynomial: fmpq_mpoly, relation: str) -> Formula:
        """Return the formula ``polynomial relation 0``, settled where the assumptions settle it."""
        outer, rest = self.assumptions.stripped(polynomial)
        allowed = ALLOWED[relation]
        if not rest:
            return ALWAYS if outer in allowed else NEVER
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
        """Return ``polynomial operator 0`` as a condition, each worked out once."""
        if (index, operator) not in self.relations:
            written = self.assumptions.relation(self.items[index], operator)
            self.relations[index, operator] = written
        return self.relations[index, operator]
