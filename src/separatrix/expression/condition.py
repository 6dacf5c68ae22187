"""Conditions on parameters: comparisons joined by *and* and *or*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import Parser
from separatrix.expression.tree import Expression, to_text

__all__ = [
    "FALSE", "TRUE", "All", "Condition", "Either", "Relation",
    "all_of", "any_of", "condition_text", "holds", "parse_condition",
]  # fmt: skip

OPERATORS = ("<", "<=", "==", "!=", ">=", ">")


@dataclass(frozen=True)
class Relation:
    """A comparison of two expressions; ``operator`` is one of ``< <= == != >= >``."""

    left: Expression
    operator: str
    right: Expression


@dataclass(frozen=True)
class All:
    """Every part holds; without parts: always."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds; without parts: never."""

    parts: tuple[Condition, ...]


Condition = Relation | All | Either

TRUE = All(())
FALSE = Either(())


def all_of(*parts: Condition) -> Condition:
    """Return the conjunction of `parts`, flattened and without repetition."""
    flat: dict[Condition, None] = {}
    for part in parts:
        if part == FALSE:
            return FALSE
        for inner in part.parts if isinstance(part, All) else (part,):
            flat[inner] = None
    return next(iter(flat)) if len(flat) == 1 else All(tuple(flat))


def any_of(*parts: Condition) -> Condition:
    """Return the disjunction of `parts`, flattened and without repetition."""
    flat: dict[Condition, None] = {}
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
    match condition:
        case All(parts):
            return all(holds(p, values) for p in parts)
        case Either(parts):
            return any(holds(p, values) for p in parts)
        case Relation(left, operator, right):
            difference = evaluate(left, values) - evaluate(right, values)
            return {
                "<": difference < 0, "<=": difference <= 0, "==": difference == 0,
                "!=": difference != 0, ">=": difference >= 0, ">": difference > 0,
            }[operator]  # fmt: skip


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
