"""Conditions as people write them: positive terms on one side, negative ones on the other."""

from __future__ import annotations

from flint import fmpq

from separatrix.audit.evidence.algebra import Algebra
from separatrix.exact.rational_functions import Ratio, sum_of_terms
from separatrix.expression.conditions import MIRRORED, Relation, condition_text
from separatrix.expression.tree import Expression, number

__all__ = ["balance"]


def balance(algebra: Algebra, quantity: Ratio, operator: str = "==") -> str:
    """Return ``quantity operator 0``, each term on the side where it is positive.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> ring = Algebra([], ["R", "C", "S"])
    >>> quantity = ring.read(parse_expression("R - C - S"))
    >>> balance(ring, quantity), balance(ring, -quantity, "<")
    ('R = C + S', 'R > C + S')
    """
    if not quantity.denominator.is_constant():
        return f"{algebra.text(quantity)} {operator} 0".replace("==", "=")
    terms = quantity.numerator.to_dict()
    left = {m: v for m, v in terms.items() if v > 0}
    right = {m: -v for m, v in terms.items() if v < 0}

    def side(part: dict[tuple[int, ...], fmpq]) -> Expression:
        if not part:
            return number(0)
        return algebra.named(sum_of_terms(algebra, algebra.context.from_dict(part)))

    first = max(terms, default=None)
    one, other = side(left), side(right)
    if not left or (right and first in right):
        one, other, operator = other, one, MIRRORED[operator]
    return condition_text(Relation(one, operator, other)).replace("==", "=")
