"""The difference of two formulas in words: terms that are too much, that are missing, that are mistaken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from separatrix.audit.claims.printed_numbers import show
from separatrix.audit.evidence.algebra import Algebra, smallest_term
from separatrix.exact.rational_functions import Ratio
from separatrix.sentence import say

__all__ = ["Contrast", "contrast"]

FEW = 3
"""So many terms are named one by one."""
IT = say("it")
RIGHT = say("the right one")


@dataclass(frozen=True)
class Contrast:
    """How a printed formula differs from the right one.

    Attributes
    ----------
    text : str
        A clause whose subject is the printed formula, called "it" unless another name was given.
    term : str
        The smallest term of printed minus right, common factors taken out.
    """

    text: str
    term: str


def contrast(
    algebra: Algebra,
    printed: Ratio,
    right: Ratio,
    fixed: tuple[str, ...] = (),
    *,
    it: str = IT,
    other: str = RIGHT,
) -> Contrast:
    """Return how `printed` differs from `right`, which must be another formula.

    Parameters
    ----------
    fixed : names
        A factor without any of these is told as a factor: the shares, in an equation.
    it, other : str
        What the two formulas are called.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> ring = Algebra(["x"], ["a", "b"])
    >>> two = [ring.read(parse_expression(t)) for t in ("x*(1 - x)*(a + b*x)", "x*(1 - x)*(a - b)")]
    >>> contrast(ring, *two)
    Contrast(text='it has b*x where the right one has -b', term='b')
    """
    difference = printed - right
    if right.is_zero:
        return Contrast(say("{other} is 0", other=other), smallest_term(algebra, difference))
    if printed.is_zero:
        return Contrast(
            say("{it} is 0, and {other} is not", it=it, other=other), smallest_term(algebra, difference)
        )
    quotient = printed / right
    if quotient.value is not None:
        factor = quotient.value
        text = say("{it} has the opposite sign", it=it)
        if factor != -1:
            text = say("{it} is {factor} times {other}", it=it, factor=show(factor), other=other)
        return Contrast(text, smallest_term(algebra, difference))
    simple = len(quotient.numerator) == 1 and len(quotient.denominator) == 1
    if fixed and simple and not set(algebra.used(quotient)) & set(fixed):
        text = say("{it} is {other} times {factor}", it=it, other=other, factor=algebra.text(quotient))
        return Contrast(text, smallest_term(algebra, difference))
    above, below = _cofactors(algebra, printed, right)
    term = smallest_term(algebra, algebra.ratio(above - below))
    return Contrast(_terms(algebra, above, below, it, other), term)


def _cofactors(algebra: Algebra, printed: Ratio, right: Ratio) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """Both formulas on one denominator, without what they have in common."""
    above = printed.numerator * right.denominator
    below = right.numerator * printed.denominator
    common = above.gcd(below)
    if not common.is_constant():
        # Papers write x(1-x) and (1-2x): factors that are positive at small shares.
        sample = [Fraction(1)] * len(algebra.names)
        for share in algebra.shares:
            sample[algebra.names.index(share)] = Fraction(1, 4)
        coefficients = [Fraction(int(c.p), int(c.q)) for c in common.coeffs()]
        size = Fraction(
            math.gcd(*(c.numerator for c in coefficients)), math.lcm(*(c.denominator for c in coefficients))
        )
        if common(*(fmpq(v.numerator, v.denominator) for v in sample)) < 0:
            size = -size
        common = common / fmpq(size.numerator, size.denominator)
        above, below = above / common, below / common
    return above, below


def _terms(algebra: Algebra, printed: fmpq_mpoly, right: fmpq_mpoly, it: str, other: str) -> str:
    ours, theirs = printed.to_dict(), right.to_dict()
    extra = {m: v for m, v in ours.items() if theirs.get(m) != v}
    lacking = {m: v for m, v in theirs.items() if ours.get(m) != v}
    if not set(extra) & set(lacking) and len(extra) > FEW and not lacking:
        return say("{it} has {count} terms too much", it=it, count=len(extra))

    def text(terms: Mapping[tuple[int, ...], fmpq]) -> str:
        return algebra.text(algebra.ratio(algebra.context.from_dict(terms)))

    if len(extra) > FEW or len(lacking) > FEW:
        count = len(set(extra) | set(lacking))
        return say("{it} differs in {count} terms", it=it, count=count)
    if not lacking:
        return say("{it} has {extra} too much", it=it, extra=text(extra))
    if not extra:
        return say("{it} lacks {lacking}", it=it, lacking=text(lacking))
    return say(
        "{it} has {extra} where {other} has {lacking}",
        it=it,
        extra=text(extra),
        other=other,
        lacking=text(lacking),
    )
