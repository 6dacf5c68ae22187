"""Readable conditions: a set of sign patterns of a few polynomials as few, short inequalities.

A pattern gives each of at most four polynomials a sign.  The set of patterns of a regime is covered
greedily by boxes (for each polynomial an interval of signs: <, =, >, <=, >=, or any), as in the
Quine-McCluskey method for more than two values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from separatrix.expression.conditions import Condition, all_of, any_of

__all__ = ["describe_cells"]

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
