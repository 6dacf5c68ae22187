"""The difference of two formulas in words: terms that are too much, that are missing, that are mistaken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from separatrix.audit.claims.numerals import show
from separatrix.audit.evidence.algebra import Algebra, smallest_term
from separatrix.exact.rational_functions import Ratio, sum_of_terms
from separatrix.expression.tree import Expression, Sum, divide, multiply, number, power
from separatrix.sentences import say

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
    difference : str
        Printed minus right, all of it.
    """

    text: str
    term: str
    difference: str


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
    Contrast(text='it has b*x where the right one has -b', term='b', difference='x*(1 - x)*(x + 1)*b')
    """
    difference = printed - right
    whole = algebra.told(_factored(algebra, difference))
    if right.is_zero:
        return Contrast(say("{other} is 0", other=other), smallest_term(algebra, difference), whole)
    if printed.is_zero:
        text = say("{it} is 0, and {other} is not", it=it, other=other)
        return Contrast(text, smallest_term(algebra, difference), whole)
    quotient = printed / right
    if quotient.value is not None:
        factor = quotient.value
        text = say("{it} has the opposite sign", it=it)
        if factor != -1:
            text = say("{it} is {factor} times {other}", it=it, factor=show(factor), other=other)
        return Contrast(text, smallest_term(algebra, difference), whole)
    simple = len(quotient.numerator) == 1 and len(quotient.denominator) == 1
    if fixed and simple and not set(algebra.used(quotient)) & set(fixed):
        text = say("{it} is {other} times {factor}", it=it, other=other, factor=algebra.text(quotient))
        return Contrast(text, smallest_term(algebra, difference), whole)
    above, below = _cofactors(algebra, printed, right)
    term = smallest_term(algebra, algebra.ratio(above - below))
    return Contrast(_terms(algebra, above, below, it, other), term, whole)


def _factored(algebra: Algebra, difference: Ratio) -> Expression:
    """A difference as papers write rates: shares alone in front, positive where shares are small."""
    constant, factors = difference.numerator.factor()
    size = Fraction(int(constant.p), int(constant.q))
    shares: list[Expression] = []
    others: list[Expression] = []
    for factor, exponent in factors:
        moving = set(algebra.used(algebra.ratio(factor))) <= set(algebra.shares)
        if moving and factor(*_small_shares(algebra)) < 0:
            factor, size = -factor, size * (-1) ** int(exponent)
        written = power(sum_of_terms(algebra, factor), int(exponent))
        (shares if moving else others).append(written)
    shares.sort(key=lambda e: isinstance(e, Sum))
    above = multiply(number(size), *shares, *others)
    below = algebra.ratio(difference.denominator).expression()
    return algebra.named(divide(above, below))


def _small_shares(algebra: Algebra) -> list[fmpq]:
    """A point at which 1 - x and 1 - 2x are positive."""
    sample = [fmpq(1)] * len(algebra.names)
    for share in algebra.shares:
        sample[algebra.names.index(share)] = fmpq(1, 4)
    return sample


def _cofactors(algebra: Algebra, printed: Ratio, right: Ratio) -> tuple[fmpq_mpoly, fmpq_mpoly]:
    """Both formulas on one denominator, without what they have in common."""
    above = printed.numerator * right.denominator
    below = right.numerator * printed.denominator
    common = above.gcd(below)
    if not common.is_constant():
        # Papers write x(1-x) and (1-2x): factors that are positive at small shares.
        coefficients = [Fraction(int(c.p), int(c.q)) for c in common.coeffs()]
        size = Fraction(
            math.gcd(*(c.numerator for c in coefficients)), math.lcm(*(c.denominator for c in coefficients))
        )
        if common(*_small_shares(algebra)) < 0:
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
