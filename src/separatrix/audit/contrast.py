"""The difference of two formulas in words: terms that are too much, that are missing, that are mistaken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.ring import Ratio
from separatrix.audit.algebra import Algebra, smallest_term
from separatrix.audit.printed import show

__all__ = ["Contrast", "contrast"]

FEW = 3
"""So many terms are named one by one."""


@dataclass(frozen=True)
class Contrast:
    """How a printed formula differs from the right one.

    Attributes
    ----------
    text : str
        A clause whose subject is "it", the printed formula.
    term : str
        The smallest term of printed minus right, common factors taken out.
    """

    text: str
    term: str


def contrast(algebra: Algebra, printed: Ratio, right: Ratio, fixed: tuple[str, ...] = ()) -> Contrast:
    """Return how `printed` differs from `right`, which must be another formula.

    Parameters
    ----------
    fixed : names
        A factor without any of these is told as a factor: the shares, in an equation.

    Examples
    --------
    >>> from separatrix.game.parser import parse_expression
    >>> ring = Algebra(["x"], ["a", "b"])
    >>> two = [ring.read(parse_expression(t)) for t in ("x*(1 - x)*(a + b*x)", "x*(1 - x)*(a - b)")]
    >>> contrast(ring, *two)
    Contrast(text='it has b*x where the right one has -b', term='b')
    """
    difference = printed - right
    if right.is_zero:
        return Contrast("the right one is 0", smallest_term(algebra, difference))
    if printed.is_zero:
        return Contrast("it is 0, and the right one is not", smallest_term(algebra, difference))
    quotient = printed / right
    if quotient.value is not None:
        factor = quotient.value
        text = "it has the opposite sign" if factor == -1 else f"it is {show(factor)} times the right one"
        return Contrast(text, smallest_term(algebra, difference))
    simple = len(quotient.numerator) == 1 and len(quotient.denominator) == 1
    if fixed and simple and not set(algebra.used(quotient)) & set(fixed):
        return Contrast(
            f"it is the right one times {algebra.text(quotient)}", smallest_term(algebra, difference)
        )
    above, below = _cofactors(algebra, printed, right)
    term = smallest_term(algebra, Ratio(algebra, above - below, algebra.one))
    return Contrast(_terms(algebra, above, below), term)


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


def _terms(algebra: Algebra, printed: fmpq_mpoly, right: fmpq_mpoly) -> str:
    ours, theirs = printed.to_dict(), right.to_dict()
    extra = {m: v for m, v in ours.items() if theirs.get(m) != v}
    lacking = {m: v for m, v in theirs.items() if ours.get(m) != v}
    if not set(extra) & set(lacking) and len(extra) > FEW and not lacking:
        return f"it has {len(extra)} terms too much"

    def text(terms: Mapping[tuple[int, ...], fmpq]) -> str:
        return algebra.text(Ratio(algebra, algebra.context.from_dict(terms), algebra.one))

    if len(extra) > FEW or len(lacking) > FEW:
        count = len(set(extra) | set(lacking))
        return f"it differs in {count} terms"
    if not lacking:
        return f"it has {text(extra)} too much"
    if not extra:
        return f"it lacks {text(lacking)}"
    return f"it has {text(extra)} where the right one has {text(lacking)}"
