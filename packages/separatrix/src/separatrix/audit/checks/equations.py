"""Printed replicator equations against those that follow from the payoffs.

Reference: Taylor, P. D. and Jonker, L. B. (1978), Mathematical Biosciences 40, 145-156, equation 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from separatrix.audit.checks.judgement import judged
from separatrix.audit.claims.claim import Claimed
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.claims.wording import WITNESS
from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about
from separatrix.audit.evidence.formula_difference import contrast
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Expression
from separatrix.game.values import expand
from separatrix.sentences import say

__all__ = ["both_sides", "check_equations", "compare"]


def check_equations(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each printed equation that is not the right one."""
    for share, claim in truth.published.replicator.items():
        if claim.unknown:
            continue  # told once, where unknown names are
        yield from judged(claim, say("The equation of {share}", share=share), _judge(truth, share, claim))


def _judge(truth: Truth, share: str, claim: Claimed) -> Iterator[Finding]:
    right, claimed = truth.equations[share], truth.read(claim.expression)
    found = compare(truth, claim, claimed, right)
    if found is None:
        return
    _, witness, sides = found
    told = contrast(truth.algebra, claimed, right, truth.game.shares)
    yield about(
        claim,
        "P601",
        "error",
        say(
            "The printed equation of {share} is not the replicator equation of the payoffs: {difference}.",
            share=share,
            difference=told.text,
        ),
        claim=claim.text,
        correct=truth.factored_text(right, share),
        term=told.term,
        difference=told.difference,
        witness=witness,
        details=(both_sides(*sides),),
    )


def both_sides(printed: str, right: str) -> tuple[str, str]:
    """Return the values of claim and truth at the witness, as a detail of a finding."""
    return WITNESS, say("printed {printed}, right {right}", printed=printed, right=right)


def compare(
    truth: Truth, claim: Claimed, claimed: Ratio, right: Ratio, *, states: bool = True
) -> tuple[Ratio, dict[str, Any], tuple[str, str]] | None:
    """Return difference, witness and both values there; None where claim and truth agree."""
    values = truth.scenario_values(claim)
    difference = truth.simplified(claimed - right, *claim.conditions)
    if values is not None:
        difference = put(difference, values)
    if difference.is_zero:
        return None
    witness = _witness(truth, difference, claimed, right, values)
    if witness is None:
        if not truth.algebra.is_rational(difference):
            return None  # no number tells them apart: two ways to write one thing
        raise NotChecked(say("no admissible numbers were found at which to compare"))
    return difference, *witness


def _witness(
    truth: Truth, difference: Ratio, claimed: Ratio, right: Ratio, values: Mapping[str, Fraction] | None
) -> tuple[dict[str, Any], tuple[str, str]] | None:
    ring = truth.algebra
    written: list[Expression] = [expand(truth.game, ring.write(r)) for r in (difference, claimed, right)]
    used = set(ring.used(claimed, right))
    examples = [values] if values is not None else truth.admissible.examples
    from separatrix.audit.evidence.admissible import PolynomialSign, Unknown

    if (
        values is None
        and ring.is_rational(difference)
        and not set(ring.used(difference)) & set(truth.game.shares)
    ):
        try:
            found = truth.admissible.find(PolynomialSign(truth.parameter_ratio(difference).numerator, "!="))
            examples = examples + ([found] if found else [])
        except (Unknown, NotChecked):
            pass
    others = dict.fromkeys(ring.others[:-1] if ring.others else (), Fraction(1))
    with precision():
        for example in examples:
            for state in truth.states():
                known = {**others, **example, **state}
                try:
                    gap, *sides = (ball(e, known) for e in written)
                except NoValue:
                    continue
                if not gap.contains(0):
                    shown = {n: v for n, v in known.items() if n in used}
                    return shown, (show(sides[0]), show(sides[1]))
    return None
