"""Claimed rest points: those that are none, cannot exist, are listed twice, or are missing from the list.

A state is put into the equations and must leave every share at rest, as a formula.  The whole list is
compared with every rest point of every face.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from separatrix.audit.checks.judgement import judged
from separatrix.audit.checks.rest_point_lists import doubles, missing
from separatrix.audit.claims.claim import RestPointClaim, StateClaim, knows
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.claims.wording import FILE_VALUES
from separatrix.audit.evidence.admissible import Formula, Unknown
from separatrix.audit.evidence.candidates import candidates, exact_text, same_face
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, named, within
from separatrix.audit.evidence.formula_difference import contrast
from separatrix.audit.evidence.points import coordinates_at, is_numeric, locate, slack
from separatrix.exact.rational_functions import Ratio
from separatrix.game.model import apart
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = ["check_rest_points"]


def check_rest_points(truth: Truth) -> Iterator[Finding]:
    """Yield what is wrong with the list of rest points."""
    claims = [c for c in truth.published.rest_points if knows(*c.at)]
    doubtful = []
    for claim in claims:
        what = say("The rest point {state}", state=named(claim))
        found = list(judged(claim, what, _judge(truth, claim)))
        doubtful += [claim] * bool(found)
        yield from found
    yield from doubles(truth, claims)
    if len(claims) == len(truth.published.rest_points) and claims:
        yield from missing(truth, claims, doubtful)


# --------------------------------------------------------------------------- one point


def _judge(truth: Truth, claim: RestPointClaim) -> Iterator[Finding]:
    try:
        found = _mistake(truth, claim)
    except ZeroDivisionError:
        found = _nowhere(claim, say("a denominator in it is always zero"))
    if found is not None:
        yield found


def _mistake(truth: Truth, claim: RestPointClaim) -> Finding | None:
    point = truth.point(claim)
    ring = truth.algebra
    for population in truth.game.populations:
        if not population.binary:
            total = ring.constant(-1)
            for share in population.shares:
                total = total + point[share]
            if not truth.simplified(total, *claim.conditions).is_zero and not _decimal(claim):
                return about(
                    claim,
                    "P603",
                    "error",
                    say(
                        "{state} is no state: the shares {shares} add up to {total}, not to 1.",
                        state=named(claim),
                        shares=listed(population.shares),
                        total=ring.text(total + ring.constant(1)),
                    ),
                    claim=claim.text,
                )
    values = truth.scenario_values(claim)
    rates = {
        share: truth.simplified(rate, *claim.conditions) for share, rate in truth.rates_at(point).items()
    }
    moving = {share: rate for share, rate in rates.items() if not rate.is_zero}
    if moving and not ring.is_rational(*moving.values()):
        moving = _moving_in_numbers(truth, claim, moving, values)
    if moving and (values is not None or is_numeric(claim)):
        return _in_numbers(truth, claim, moving)
    if moving:
        return _no_rest_point(truth, claim, point, moving)
    return _outside(truth, claim, point, values)


def _decimal(claim: StateClaim) -> bool:
    return any(slack(claim))


def _moving_in_numbers(
    truth: Truth, claim: StateClaim, moving: Mapping[str, Ratio], values: Mapping[str, Fraction] | None
) -> dict[str, Ratio]:
    """Keep the rates that are certainly not zero at some admissible numbers."""
    examples = [values] if values is not None else truth.admissible.examples
    context = truth.context(claim)
    kept = {}
    with precision():
        for share, rate in moving.items():
            written = expand(truth.game, truth.algebra.write(rate))
            for example in examples:
                if values is None and not truth.admissible.true_at(context, example):
                    continue
                try:
                    value = ball(written, {**example, **_free(truth)})
                except NoValue:
                    continue
                if not value.contains(0):
                    kept[share] = rate
                    break
    return kept


def _free(truth: Truth) -> dict[str, Fraction]:
    return truth.states()[1]


def _in_numbers(truth: Truth, claim: RestPointClaim, moving: Mapping[str, Ratio]) -> Finding | None:
    """A state in numbers: it must lie within rounding of a rest point."""
    values = truth.numbers(claim)
    if values is None:
        if is_numeric(claim) and not _decimal(claim):
            return _no_rest_point(truth, claim, truth.point(claim), moving)
        raise NotChecked(say("the parameters have no values at which to compare its numbers"))
    analysis = truth.analysis(values)
    if locate(truth, claim, analysis, values).found:
        return None
    if analysis.completeness.status != "complete":
        raise NotChecked(say("not every rest point could be found at these values"))
    try:
        where = [float(c.real.mid()) for c in coordinates_at(truth, claim, values)]
    except NoValue:
        return _nowhere(claim, say("a denominator in it is zero {where}", where=_at(claim)))
    if any(not -1e-9 <= v <= 1 + 1e-9 for v in where) and not is_numeric(claim):
        return _outside(truth, claim, truth.point(claim), values)
    nearest = min(
        (p for p in analysis.rest_points if p.state is not None),
        key=lambda p: apart(p.state or (), where),
    )
    sentences = (
        say(
            "{state} is no rest point {where}: there {speeds}.",
            state=named(claim),
            where=_at(claim),
            speeds=_speeds(truth, claim, moving, values),
        ),
        say("The nearest rest point is {state}.", state=exact_text(nearest)),
    )
    return about(
        claim,
        "P603",
        "error",
        together(sentences),
        claim=claim.text,
        correct=exact_text(nearest),
        witness=truth.shown(values),
    )


def _at(claim: StateClaim) -> str:
    return within(claim) or FILE_VALUES


def _speeds(
    truth: Truth, claim: StateClaim, moving: Mapping[str, Ratio], values: Mapping[str, Fraction]
) -> str:
    parts = []
    with precision():
        for share, rate in moving.items():
            try:
                value = ball(expand(truth.game, truth.algebra.write(rate)), {**values, **_free(truth)})
            except NoValue:
                continue
            parts.append(f"{share}' = {show(value)}")
    return listed(parts)


def _each(differences: Mapping[str, str]) -> str | None:
    """What several coordinates differ by; of one alone without its name."""
    if len(differences) == 1:
        return next(iter(differences.values()))
    return "; ".join(f"{share}: {text}" for share, text in differences.items()) or None


def _no_rest_point(
    truth: Truth, claim: RestPointClaim, point: Mapping[str, Ratio], moving: Mapping[str, Ratio]
) -> Finding:
    ring = truth.algebra
    correct, term, whole = "", None, None
    alike = [c for c in candidates(truth) if same_face(truth, point, c)]
    witness = _example(truth, claim, moving)
    speeds = "" if witness is None else _speeds(truth, claim, moving, witness)
    text: str = say(
        "{state} is no rest point: put into the equations it leaves {shares} moving{speeds}.",
        state=named(claim),
        shares=listed(f"`{s}`" for s in moving),
        speeds=say(" ({speeds} at the witness)", speeds=speeds) if speeds else "",
    )
    if len(alike) == 1 and alike[0].exact is not None:
        exact = alike[0].exact
        correct = f"({', '.join(ring.told(e) for e in exact)})"
        right_ones, contrasts, differences = [], [], {}
        for share, right in zip(truth.game.shares, exact, strict=True):
            true = truth.read(right, {})
            if not truth.simplified(true - point[share], *claim.conditions).is_zero:
                told = contrast(ring, point[share], true)
                term = term or told.term
                differences[share] = told.difference
                right_ones.append(f"{share} = {ring.told(right)}")
                contrasts.append(
                    say("{right}, not {claimed}", right=right_ones[-1], claimed=ring.text(point[share]))
                )
        whole = _each(differences)
        printed = sorted(ring.text(r) for r in point.values())
        if len(set(printed)) > 1 and printed == sorted(ring.text(truth.read(e, {})) for e in exact):
            more = say("Its coordinates are exchanged: {right}.", right=listed(right_ones))
            text = together((text, more))
        elif contrasts:
            more = say("The rest point of this kind has {right}.", right=listed(contrasts))
            text = together((text, more))
    elif not alike and truth.symbolic is not None and truth.pure_profile(point) is None:
        none = say(
            "There is none of this kind: no rest point has just these shares strictly between 0 and 1."
        )
        text = together((text, none))
    return about(
        claim,
        "P603",
        "error",
        text,
        claim=claim.text,
        correct=correct,
        term=term,
        difference=whole,
        witness=None if witness is None else truth.shown(witness),
    )


def _example(truth: Truth, claim: StateClaim, moving: Mapping[str, Ratio]) -> Mapping[str, Fraction] | None:
    context = truth.context(claim)
    known = truth.admissible.examples
    with precision():
        for values in known:
            if not truth.admissible.true_at(context, values):
                continue
            for rate in moving.values():
                try:
                    if not ball(
                        expand(truth.game, truth.algebra.write(rate)), {**values, **_free(truth)}
                    ).contains(0):
                        return values
                except NoValue:
                    continue
    return None


# --------------------------------------------------------------------------- outside


def _outside(
    truth: Truth, claim: RestPointClaim, point: Mapping[str, Ratio], values: Mapping[str, Fraction] | None
) -> Finding | None:
    """A state that is no state: some share cannot lie between 0 and 1."""
    mixed = {s: v for s, v in point.items() if v.value is None and v != truth.algebra.variable(s)}
    for share, coordinate in point.items():
        if coordinate.value is not None and not 0 <= coordinate.value <= 1:
            reason = say("the share {share} cannot be {value}", share=share, value=show(coordinate.value))
            return _nowhere(claim, reason)
    if not mixed:
        return None
    if values is not None:
        with precision():
            for share in mixed:
                claimed = claim.at[truth.game.shares.index(share)]
                try:
                    value = ball(expand(truth.game, claimed.expression), values)
                except NoValue:
                    reason = say("{share} divides by zero {where}", share=share, where=within(claim))
                    return _nowhere(claim, reason)
                if not value.imag.contains(0) or value.real < 0 or value.real > 1:
                    reason = say(
                        "{where} it has {share} = {value}",
                        where=within(claim),
                        share=share,
                        value=show(value),
                    )
                    return _nowhere(claim, reason, values)
        return None
    if not truth.algebra.is_rational(*mixed.values()):
        return None
    inside: list[Formula] = [truth.context(claim)]
    for coordinate in mixed.values():
        inside += truth.inside(coordinate)
    try:
        if truth.admissible.find(*inside) is not None:
            return None
    except Unknown:
        return None
    where = say("under the assumptions")
    if claim.when:
        where = say("under the assumptions and {where}", where=within(claim))
    return _nowhere(claim, say("{where} {reason}", where=where, reason=_why_outside(truth, claim, mixed)))


def _why_outside(truth: Truth, claim: StateClaim, mixed: Mapping[str, Ratio]) -> str:
    """Which coordinate is never between 0 and 1 and on which side it stays, or that all never are."""
    one = truth.algebra.constant(1)
    for share, coordinate in mixed.items():
        for formula, how in (
            (truth.sign(coordinate, ">"), say("is never positive")),
            (truth.sign(one - coordinate, ">"), say("is never below 1")),
        ):
            if truth.admissible.never(truth.context(claim), formula):
                value = truth.algebra.text(coordinate)
                return say("{share} = {value} {how}", share=share, value=value, how=how)
    if len(mixed) == 1:
        return say("{share} never lies between 0 and 1", share=listed(mixed))
    return say("{shares} never lie between 0 and 1 together", shares=listed(mixed))


def _nowhere(claim: StateClaim, reason: str, values: Mapping[str, Fraction] | None = None) -> Finding:
    return about(
        claim,
        "P605",
        "error",
        say("{state} cannot exist: {reason}.", state=named(claim), reason=reason),
        claim=claim.text,
        witness=None if values is None else dict(values),
    )
