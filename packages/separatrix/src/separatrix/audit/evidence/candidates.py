"""Rest points in symbols: which of them a claimed state is, and for which parameters each exists."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial

from separatrix.analysis.results import RestPoint
from separatrix.analysis.symbolic.substitution import approximate
from separatrix.audit.claims.claim import StateClaim
from separatrix.audit.claims.numerals import NoValue, ball, differ, precision
from separatrix.audit.evidence.admissible import Unknown
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding_text import state_text
from separatrix.audit.evidence.points import coordinates_at, slack
from separatrix.errors import SeparatrixError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import SIGNS, Condition, Relation, condition_text, fold, with_sides
from separatrix.expression.tree import Expression, Number, subtract, to_text
from separatrix.game.values import expand

__all__ = ["candidates", "exact_text", "exists_at", "is_candidate", "same_face"]

LONGEST = 2000
"""A condition of more characters than this is looked at in examples only."""

DRAWS = 1_000
"""Random values at which such a condition is tried: one that holds at 1 % is missed once in 20,000."""


def candidates(truth: Truth) -> Sequence[RestPoint]:
    """Every rest point in symbols, where the game has a symbolic analysis; else none."""
    found = truth.symbolic
    return () if found is None else found.points


def same_face(truth: Truth, point: Mapping[str, Ratio], candidate: RestPoint) -> bool:
    """Whether a candidate has the same shares at 0 and 1, and the others mixed."""
    if candidate.exact is None:
        return False
    for share, right in zip(truth.game.shares, candidate.exact, strict=True):
        # A share of a candidate that is no number lies strictly between 0 and 1.
        claimed, true = point[share].value, right.value if isinstance(right, Number) else None
        ends = (Fraction(0), Fraction(1))
        if (claimed if claimed in ends else None) != (true if true in ends else None):
            return False
    return True


def exact_text(point: RestPoint) -> str:
    if point.exact is not None and all(len(to_text(e)) <= 12 for e in point.exact):
        return f"({', '.join(to_text(e) for e in point.exact)})"
    return state_text(point.state or ())


def is_candidate(truth: Truth, claim: StateClaim, candidate: RestPoint) -> bool:
    """Whether a claimed state is a candidate, as a formula or at the numbers that it speaks of."""
    exact = candidate.exact or ()
    for c, e in zip(claim.at, exact, strict=True):
        if isinstance(c.expression, Number) and isinstance(e, Number) and c.expression != e:
            return False
    if _same_formulas(truth, claim, exact):
        return True
    if not any(slack(claim)) and claim.scenario is None:
        return False
    values = truth.numbers(claim)
    return values is not None and _same_numbers(truth, claim, exact, values)


def _same_formulas(truth: Truth, claim: StateClaim, exact: Sequence[Expression]) -> bool:
    """Whether two states are one for all parameters: first by numbers, which tell most apart."""
    context = truth.context(claim)
    compared = 0
    for values in truth.admissible.examples:
        if compared == 2 or not truth.admissible.true_at(context, values):
            continue
        try:
            with precision():
                for c, e in zip(claim.at, exact, strict=True):
                    one, other = (ball(expand(truth.game, x), values) for x in (c.expression, e))
                    if not (one - other).contains(0):
                        return False
        except NoValue:
            continue
        compared += 1
    try:
        return all(
            truth.same(c.expression, e, *claim.conditions) for c, e in zip(claim.at, exact, strict=True)
        )
    except (NotChecked, SeparatrixError, ZeroDivisionError):
        return False


def _same_numbers(
    truth: Truth, claim: StateClaim, exact: Sequence[Expression], values: Mapping[str, Fraction]
) -> bool:
    try:
        where = coordinates_at(truth, claim, values)
        with precision():
            return not any(
                differ(c, ball(expand(truth.game, e), values), gap + Fraction(1, 10**9))
                for gap, c, e in zip(slack(claim), where, exact, strict=True)
            )
    except NoValue:
        return False


def exists_at(truth: Truth, condition: Condition | None) -> Mapping[str, Fraction] | None:
    """Return admissible values, not on a border, at which a candidate exists; None where there are none.

    They are generic where such values were found.

    Raises
    ------
    Unknown
        If that is not decided.
    """
    if condition is None:
        return None
    admissible = truth.admissible
    known = next((v for v in admissible.examples if _surely(truth, condition, v)), None)
    if known is not None and admissible.is_generic(known):
        return known
    try:
        if len(condition_text(condition)) > LONGEST:
            raise Unknown
        return admissible.find(truth.formula(condition), truth.defined(condition), interior=True) or known
    except (NotChecked, SeparatrixError, Unknown):
        if known is not None:
            return known
        drawn = _by_chance(truth, condition)
        if drawn is None:
            raise Unknown from None
        return drawn


def _by_chance(truth: Truth, condition: Condition) -> Mapping[str, Fraction] | None:
    """Random admissible values at which a condition surely holds that is too long for z3; None if none do."""
    written = with_sides(condition, lambda side: expand(truth.game, side))

    def roughly(values: Mapping[str, Fraction], relation: Relation) -> bool:
        sides = [approximate(side, values) for side in (relation.left, relation.right)]
        gap = None if None in sides else (sides[0] or 0.0) - (sides[1] or 0.0)
        return gap is not None and (gap > 0) - (gap < 0) in SIGNS[relation.operator]

    for values in itertools.islice(truth.admissible.drawn(), DRAWS):
        # Floats first: they are quick, and what they say is confirmed by enclosures.
        likely = fold(written, partial(roughly, values), all, any)
        if likely and truth.admissible.is_generic(values) and _surely(truth, condition, values):
            return values
    return None


def _surely(truth: Truth, condition: Condition, values: Mapping[str, Fraction]) -> bool:
    """Whether a condition holds at exact values, told by enclosures."""

    def true(relation: Relation) -> bool:
        operator = relation.operator
        try:
            with precision():
                gap = ball(expand(truth.game, subtract(relation.left, relation.right)), values).real
        except NoValue:
            return False
        if operator in ("==", "!="):
            return (gap == 0) == (operator == "==") or (operator == "!=" and not gap.contains(0))
        if gap == 0:
            return operator in ("<=", ">=")
        return bool(gap < 0) if operator in ("<", "<=") else bool(gap > 0)

    return fold(condition, true, all, any)
