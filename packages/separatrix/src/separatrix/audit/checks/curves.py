"""Claimed curves on which one share does not change, such as the dividing line of a phase diagram.

Away from its own 0 and 1 a share rests exactly where its advantage is zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.audit.checks.judgement import judged
from separatrix.audit.claims.claim import CurveClaim, knows
from separatrix.audit.evidence.algebra import put, solved
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, values_text
from separatrix.audit.evidence.formula_difference import contrast
from separatrix.exact.rational_functions import Ratio
from separatrix.sentences import say

__all__ = ["check_curves"]


def check_curves(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each curve on which the share moves."""
    for claim in truth.published.curves:
        if not knows(claim.equals, *claim.when):
            continue
        try:
            yield from judged(claim, say("The curve {curve}", curve=claim.text), _judge(truth, claim))
        except ZeroDivisionError:
            text = say("The curve `{curve}` divides by zero.", curve=claim.text)
            yield about(claim, "P618", "error", text, claim=claim.text)


def _judge(truth: Truth, claim: CurveClaim) -> Iterator[Finding]:
    ring = truth.algebra
    share = claim.zero_of
    gain = _gain(truth, share)
    values = truth.scenario_values(claim)
    printed = truth.read(claim.equals.expression)
    if values is not None:
        gain, printed = put(gain, values), put(printed, values)
    gain = truth.simplified(gain, *claim.conditions)
    printed = truth.simplified(printed, *claim.conditions)
    variable = claim.variable
    equation = printed if variable is None else ring.variable(variable) - printed
    if not ring.is_rational(gain, equation):
        raise NotChecked(say("roots and functions in curves are not compared"))
    if gain.is_zero:
        return  # it rests everywhere, so also there
    if _same_zeros(truth, share, gain, equation):
        return
    solution = None if variable is None else solved(gain, [variable])
    correct, term, whole = f"{ring.text(gain)} = 0", None, None
    if variable is not None and solution is not None:
        correct = f"{variable} = {ring.text(solution[1])}"
        told = contrast(ring, printed, solution[1], it=say("the printed right side"))
        how = say("the right curve is {curve}; {difference}", curve=correct, difference=told.text)
        term, whole = told.term, told.difference
    elif variable is not None:
        how = say(
            "its advantage is {advantage}, in which {share} does not occur",
            advantage=ring.text(gain),
            share=variable,
        )
    else:
        how = say("its advantage vanishes where {equation}", equation=correct)
    text = say(
        "On the curve `{curve}` the share {share} does not rest: {how}.",
        curve=claim.text,
        share=share,
        how=how,
    )
    yield about(
        claim,
        "P618",
        "error",
        text,
        claim=claim.text,
        correct=correct,
        term=term,
        difference=whole,
        **_witness(truth, claim, gain, variable, printed),
    )


def _gain(truth: Truth, share: str) -> Ratio:
    ring = truth.algebra
    x = ring.variable(share) if share not in truth.reduced else truth.reduced[share]
    for population in truth.game.populations:
        if share == population.share and population.binary:
            return truth.equations[share] / (x * (ring.constant(1) - x))
    return truth.equations[share] / x


def _same_zeros(truth: Truth, share: str, gain: Ratio, equation: Ratio) -> bool:
    """Whether two equations agree up to factors without shares, and repeated factors."""
    shares = set(truth.game.shares)

    def core(ratio: Ratio) -> set[str]:
        _, factors = ratio.numerator.factor()
        kept = set()
        for factor, _ in factors:
            part = truth.algebra.ratio(factor)
            if set(truth.algebra.used(part)) & shares:
                kept.add(str(factor / factor.leading_coefficient()))
        return kept

    x = truth.algebra.variable(share)
    ours = core(equation) - core(x) - core(truth.algebra.constant(1) - x)
    theirs = core(gain)
    return ours == theirs or (bool(ours) and ours < theirs)


def _witness(
    truth: Truth, claim: CurveClaim, gain: Ratio, variable: str | None, printed: Ratio
) -> dict[str, object]:
    """A state on the claimed curve at which the share moves."""
    if variable is None:
        return {}
    scenario = truth.scenario_values(claim)
    for values in [scenario] if scenario is not None else truth.admissible.examples:
        for state in truth.states():
            known = {**values, **{s: v for s, v in state.items() if s != variable}}
            try:
                on_curve = put(printed, known).value
                if on_curve is None:
                    continue
                left = put(gain, {**known, variable: on_curve}).value
            except ZeroDivisionError:
                continue
            if left:
                names = (*truth.algebra.used(gain, printed), variable)
                shown = {n: v for n, v in {**known, variable: on_curve}.items() if n in names}
                return {"witness": shown, "details": ((say("advantage there"), values_text({"f": left})),)}
    return {}
