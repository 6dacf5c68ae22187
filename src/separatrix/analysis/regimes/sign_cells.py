"""Readable conditions: a set of sign patterns of a few polynomials as few, short inequalities.

A pattern gives each of at most four polynomials a sign.  The set of patterns of a regime is covered
greedily by boxes (for each polynomial an interval of signs: <, =, >, <=, >=, or any), as in the
Quine-McCluskey method for more than two values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from separatrix.expression.condition import Condition, all_of, any_of

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
    patterns = list(itertools.product(*(sorted(p) for p in possible)))
    inside = {p for p in patterns if belongs(p)}
    boxes = []
    for box in itertools.product(_BOXES, repeat=len(possible)):
        covered = {p for p in patterns if all(s in part for s, (part, _) in zip(p, box, strict=True))}
        if covered and covered <= inside:
            cost = sum(1 for _, operator in box if operator is not None)
            equalities = sum(1 for _, operator in box if operator == "==")
            boxes.append((box, covered, cost, equalities))
    alternatives = []
    left = set(inside)
    while left:
        box, covered, _, _ = max(boxes, key=lambda b: (len(b[1] & left), -b[2], -b[3]))
        left -= covered
        alternatives.append(
            all_of(
                *(
                    relation(index, operator)
                    for index, (_, operator) in enumerate(box)
                    if operator is not None
                )
            )
        )
    return any_of(*alternatives)
