"""Claimed thresholds: the number against its formula, and whether anything changes there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from separatrix.audit.checks.judgement import judged
from separatrix.audit.claims.claim import Claimed, ThresholdClaim, knows
from separatrix.audit.claims.numerals import NoValue, ball, precision, show, tolerance
from separatrix.audit.claims.wording import FILE_VALUES
from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.critical_values import breaks, changes
from separatrix.audit.evidence.derived_equations import NotChecked, Truth, fixed
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, within
from separatrix.errors import InputError
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, names_in
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = ["check_thresholds"]

RELATIVE = Fraction(1, 100)
"""Thresholds are often rounded hard, or means of simulations: one per cent is no disagreement."""


def check_thresholds(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each threshold with a wrong value, or at which nothing changes."""
    for claim in truth.published.thresholds:
        if claim.unknown or not knows(claim.equals, claim.value):
            continue
        what = say("The threshold of {parameter}", parameter=claim.parameter)
        yield from judged(claim, what, _judge(truth, claim), pole=say("it divides by zero"))


def _names(truth: Truth, claim: ThresholdClaim) -> tuple[str, ...]:
    return () if claim.equals is None else names_in(expand(truth.game, claim.equals.expression))


def _judge(truth: Truth, claim: ThresholdClaim) -> Iterator[Finding]:
    if claim.parameter not in truth.game.parameters:
        raise NotChecked(say("a shorthand has no value of its own; claim it of a parameter"))
    values = truth.admissible.complete(claim.scenario, fixed(claim.conditions), free=claim.parameter)
    if claim.parameter in _names(truth, claim):
        raise NotChecked(say("its formula holds {parameter} itself", parameter=claim.parameter))
    exact = None if values is None or claim.equals is None else _value(truth, claim.equals.expression, values)
    printed = None if claim.value is None else _value(truth, claim.value.expression, values or {})
    if exact is not None and printed is not None and claim.value is not None:
        slack = max(tolerance(claim.value), abs(printed) * RELATIVE)
        if abs(exact - printed) > slack and claim.equals is not None and values is not None:
            yield about(
                claim.value,
                "P614",
                "error",
                say(
                    "The threshold of {parameter} is said to be {value}, and its formula {formula} gives "
                    "{right} {where}.",
                    parameter=claim.parameter,
                    value=claim.value.text,
                    formula=claim.equals.text,
                    right=show(exact),
                    where=within(claim) or FILE_VALUES,
                ),
                claim=claim.value.text,
                correct=show(exact),
                witness={n: values[n] for n in _names(truth, claim) if n in values},
            )
    if claim.equals is not None and _solves(truth, claim, claim.equals):
        return
    at = exact if exact is not None else printed
    if values is not None and at is not None:
        yield from _examined(truth, claim, values, at)
    elif claim.equals is not None:
        yield from _at_examples(truth, claim, claim.equals)
    else:
        raise NotChecked(say("the parameters have no values at which to compare it"))


def _value(truth: Truth, expression: Expression, values: Mapping[str, Fraction]) -> Fraction | None:
    """The value of a formula, exact where it is rational."""
    written = expand(truth.game, expression)
    try:
        return evaluate(written, values)
    except KeyError:
        return None
    except InputError:
        pass
    with precision():
        try:
            return Fraction(float(ball(written, values).real.mid()))
        except NoValue:
            return None


def _solves(truth: Truth, claim: ThresholdClaim, equals: Claimed) -> bool:
    """Whether an eigenvalue at a pure profile vanishes wherever the parameter has the claimed value."""
    place = {claim.parameter: truth.read(equals.expression, {})}
    for entries in truth.pure_eigenvalues.values():
        for _, _, value in entries:
            if claim.parameter not in truth.algebra.used(value):
                continue
            try:
                if truth.simplified(put(value, place), *claim.conditions).is_zero:
                    return True
            except ZeroDivisionError:
                continue
    return False


def _examined(
    truth: Truth, claim: ThresholdClaim, values: Mapping[str, Fraction], at: Fraction
) -> Iterator[Finding]:
    points, stated = breaks(truth, claim.parameter, values), claim.equals or claim.value
    width = max(abs(at) * RELATIVE, Fraction(1, 10**6))
    if claim.value is not None:
        width = max(width, tolerance(claim.value))
    if any(abs(b.value - at) <= width for b in points):
        return
    if changes(truth, claim.parameter, values, at, width):
        return
    nearest = [show(b.value) for b in points if _allowed(truth, claim.parameter, values, b.value)]
    text: str = say(
        "Nothing changes at {parameter} = {value} ({where}): rest points and their stability are the same on "
        "both sides.",
        parameter=claim.parameter,
        value=show(at),
        where=within(claim) or say("with the others at the values of the file"),
    )
    right = ""
    if nearest:
        right = say("{parameter} = {values}", parameter=claim.parameter, values=listed(nearest))
        text = together((text, say("They change at {equation}.", equation=right)))
    yield about(
        claim,
        "P615",
        "error",
        text,
        correct=right,
        claim=f"{claim.parameter} = {stated.text}" if stated else claim.parameter,
        witness=truth.shown({**values, claim.parameter: at}),
    )


def _allowed(truth: Truth, parameter: str, values: Mapping[str, Fraction], value: Fraction) -> bool:
    return truth.admissible.holds_at({**values, parameter: value})


def _at_examples(truth: Truth, claim: ThresholdClaim, equals: Claimed) -> Iterator[Finding]:
    context = truth.context(claim)
    tried = 0
    for values in truth.admissible.examples:
        at = _value(truth, equals.expression, values)
        if at is None or not truth.admissible.true_at(context, values):
            continue
        if not truth.admissible.holds_at({**values, claim.parameter: at}):
            continue
        tried += 1
        found = list(_examined(truth, claim, values, at))
        if not found:
            return
        if tried == 4:
            yield from found
            return
    raise NotChecked(say("no parameter values were found at which to compare it"))
