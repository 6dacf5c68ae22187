"""Conditions on parameters: comparisons joined by *and* and *or*."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, TypeAlias, TypeVar

from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import Parser
from separatrix.expression.tree import Expression, to_text

__all__ = [
    "ANY",
    "FALSE",
    "MIRRORED",
    "NEGATED",
    "OPERATORS",
    "SIGNS",
    "STRICT",
    "TRUE",
    "All",
    "Condition",
    "Either",
    "Relation",
    "Signs",
    "Tree",
    "all_of",
    "any_of",
    "condition_text",
    "fold",
    "holds",
    "leaves",
    "negated",
    "parse_condition",
    "with_leaves",
    "with_sides",
]

Signs = frozenset[int]

ANY: Signs = frozenset((-1, 0, 1))
SIGNS: Mapping[str, Signs] = {
    ">": frozenset((1,)),
    ">=": frozenset((0, 1)),
    "==": frozenset((0,)),
    "<=": frozenset((-1, 0)),
    "<": frozenset((-1,)),
    "!=": frozenset((-1, 1)),
}
"""Which signs the left side minus the right may have."""

OPERATORS: Mapping[Signs, str] = {signs: operator for operator, signs in SIGNS.items()}
"""Which operator allows these signs."""

MIRRORED: Mapping[str, str] = {o: OPERATORS[frozenset(-s for s in signs)] for o, signs in SIGNS.items()}
"""Which operator says the same of the sides exchanged."""

NEGATED: Mapping[str, str] = {o: OPERATORS[ANY - signs] for o, signs in SIGNS.items()}
"""Which operator says that a comparison does not hold."""

STRICT: Mapping[str, str] = {o: {"<=": "<", ">=": ">"}.get(o, o) for o in SIGNS}
"""Which operator excludes the border."""

Leaf = TypeVar("Leaf")
Other = TypeVar("Other")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Relation:
    """A comparison of two expressions; ``operator`` is one of ``< <= == != >= >``."""

    left: Expression
    operator: str
    right: Expression


@dataclass(frozen=True)
class All(Generic[Leaf]):
    """Every part holds; without parts: always."""

    parts: tuple[Tree[Leaf], ...]


@dataclass(frozen=True)
class Either(Generic[Leaf]):
    """At least one part holds; without parts: never."""

    parts: tuple[Tree[Leaf], ...]


Tree: TypeAlias = Leaf | All[Leaf] | Either[Leaf]
"""Leaves joined by *and* and *or*; a leaf is a comparison of whatever kind."""

Condition: TypeAlias = Tree[Relation]

TRUE: All[Any] = All(())
FALSE: Either[Any] = Either(())


def fold(
    tree: Tree[Leaf],
    leaf: Callable[[Leaf], Result],
    every: Callable[[Iterable[Result]], Result],
    some: Callable[[Iterable[Result]], Result],
) -> Result:
    """Return what `every` and `some` make, from the leaves upwards, of what `leaf` makes of each leaf.

    Examples
    --------
    >>> fold(All((1, Either((2, 3)))), lambda k: k > 2, all, any)
    False
    """
    if isinstance(tree, All):
        return every(fold(part, leaf, every, some) for part in tree.parts)
    if isinstance(tree, Either):
        return some(fold(part, leaf, every, some) for part in tree.parts)
    return leaf(tree)


def leaves(*trees: Tree[Leaf]) -> Iterator[Leaf]:
    """Yield the leaves in reading order."""
    for tree in trees:
        if isinstance(tree, All | Either):
            yield from leaves(*tree.parts)
        else:
            yield tree


def with_leaves(tree: Tree[Leaf], leaf: Callable[[Leaf], Tree[Other]]) -> Tree[Other]:
    """Return the same tree with other leaves."""
    if isinstance(tree, All):
        return All(tuple(with_leaves(part, leaf) for part in tree.parts))
    if isinstance(tree, Either):
        return Either(tuple(with_leaves(part, leaf) for part in tree.parts))
    return leaf(tree)


def with_sides(condition: Condition, side: Callable[[Expression], Expression]) -> Condition:
    """Return the same condition with both sides of each comparison rewritten."""
    return with_leaves(condition, lambda r: Relation(side(r.left), r.operator, side(r.right)))


def negated(tree: Tree[Leaf], leaf: Callable[[Leaf], Leaf]) -> Tree[Leaf]:
    """Return the tree that holds where `tree` does not; `leaf` negates a leaf."""
    if isinstance(tree, All):
        return Either(tuple(negated(part, leaf) for part in tree.parts))
    if isinstance(tree, Either):
        return All(tuple(negated(part, leaf) for part in tree.parts))
    return leaf(tree)


def all_of(*parts: Tree[Leaf]) -> Tree[Leaf]:
    """Return the conjunction of `parts`, flattened and without repetition."""
    flat: dict[Tree[Leaf], None] = {}
    for part in parts:
        if part == FALSE:
            return FALSE
        for inner in part.parts if isinstance(part, All) else (part,):
            flat[inner] = None
    return next(iter(flat)) if len(flat) == 1 else All(tuple(flat))


def any_of(*parts: Tree[Leaf]) -> Tree[Leaf]:
    """Return the disjunction of `parts`, flattened and without repetition."""
    flat: dict[Tree[Leaf], None] = {}
    for part in parts:
        if part == TRUE:
            return TRUE
        for inner in part.parts if isinstance(part, Either) else (part,):
            flat[inner] = None
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def parse_condition(text: str) -> Condition:
    """Read a comparison or a chain of them, such as ``0 < d < 1``; ``=`` and ``==`` are the same.

    Raises
    ------
    InputError
        S001 with the offset of the fault.

    Examples
    --------
    >>> condition_text(parse_condition("0 < d <= 1"))
    '0 < d and d <= 1'
    """
    parser = Parser(text, implicit=False)
    sides = [parser.sum()]
    operators: list[str] = []
    while token := parser.take("<", "<=", ">", ">=", "=", "==", "!="):
        operators.append("==" if token.text == "=" else token.text)
        sides.append(parser.sum())
    if parser.token.kind != "end":
        raise parser.fail(parser.token, f"{parser.token.text!r} does not belong in a condition")
    if not operators:
        raise parser.fail(
            parser.token, "a condition needs a comparison: < <= = != >= >", "as in `R1 > 0` or `0 < d < 1`"
        )
    return all_of(*(Relation(a, o, b) for a, o, b in zip(sides, operators, sides[1:], strict=False)))


def holds(condition: Condition, values: Mapping[str, Fraction]) -> bool:
    """Return whether `condition` is true at exact `values`."""

    def true(relation: Relation) -> bool:
        difference = evaluate(relation.left, values) - evaluate(relation.right, values)
        return (difference > 0) - (difference < 0) in SIGNS[relation.operator]

    return fold(condition, true, all, any)


def condition_text(condition: Condition) -> str:
    """Return `condition` as text that Python reads: ``a > 0 and (b >= 0 or c == 0)``."""
    match condition:
        case Relation(left, operator, right):
            return f"{to_text(left)} {operator} {to_text(right)}"
        case All(parts):
            if not parts:
                return "True"
            return " and ".join(
                f"({condition_text(p)})" if isinstance(p, Either) and len(p.parts) > 1 else condition_text(p)
                for p in parts
            )
        case Either(parts):
            return (
                " or ".join(
                    f"({condition_text(p)})" if isinstance(p, All) and len(p.parts) > 1 else condition_text(p)
                    for p in parts
                )
                or "False"
            )
