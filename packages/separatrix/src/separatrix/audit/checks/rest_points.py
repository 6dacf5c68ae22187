"""Claimed rest points: those that are none, cannot exist, are listed twice, or are missing from the list.

A state is put into the equations and must leave every share at rest, as a formula.  The whole list is
compared with every rest point of every face.

Lists of rest points: what is listed twice, and what is missing.

The list is compared with every rest point of every face that exists for some parameters and not only for
degenerate ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from separatrix.analysis.results import RestPoint
from separatrix.audit.checks.equations import judged
from separatrix.audit.claims.claims import (
    FILE_VALUES,
    RestPointClaim,
    StateClaim,
    condition_words,
    knows,
    problem_sentence,
)
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.evidence.admissible import Formula, Unknown
from separatrix.audit.evidence.algebra import contrast
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.findings import (
    Finding,
    about,
    claim_circumstances,
    not_checked,
    state_name,
    values_text,
)
from separatrix.audit.evidence.points import (
    candidates,
    coordinates_at,
    exact_text,
    exists_at,
    is_candidate,
    is_numeric,
    locate,
    same_face,
    slack,
)
from separatrix.errors import SeparatrixError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Expression, to_text
from separatrix.game.model import apart
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = [
    "check_rest_points",
    "doubles",
    "missing",
]

LONGEST_STATE = 30
"""Characters of a state past which a list of several names its mixed shares x*, y*, z*."""


class Lacking(NamedTuple):
    """A rest point: the state, its shape, its numbers at the values, where it exists, and values there."""

    state: str
    shape: str
    numbers: str
    exists: str
    values: Mapping[str, Fraction] | None

    @property
    def whole(self) -> str:
        """The state with its coordinates at the values."""
        if not self.numbers:
            return self.state
        return say("{state}, at the witness ({values})", state=self.state, values=self.numbers)


def doubles(truth: Truth, claims: Sequence[RestPointClaim]) -> Iterator[Finding]:
    """Yield a finding for each rest point that is listed a second time."""
    for k, claim in enumerate(claims):
        for earlier in claims[:k]:
            if claim.scenario != earlier.scenario or claim.when_text != earlier.when_text:
                continue
            try:
                same = all(
                    truth.simplified(truth.read(a.expression, {}) - truth.read(b.expression, {})).is_zero
                    for a, b in zip(claim.at, earlier.at, strict=True)
                )
            except (NotChecked, SeparatrixError, ZeroDivisionError):
                continue
            if same:
                line = say(", line {line}", line=earlier.line) if earlier.line else ""
                text = say(
                    "{state} is listed twice: it is {earlier}{line}.",
                    state=state_name(claim),
                    earlier=state_name(earlier),
                    line=line,
                )
                yield about(claim, "P606", "error", text, claim=claim.text)
                break


def missing(
    truth: Truth, claims: Sequence[RestPointClaim], wrong: Sequence[RestPointClaim] = ()
) -> Iterator[Finding]:
    """Yield what a list lacks: an error where it says that it is complete, else a note.

    A point is not lacking that one of the `wrong` entries of the list evidently stands for.
    """
    complete = truth.published.complete.get("rest_points", False)
    scenarios = dict.fromkeys(c.scenario for c in claims)
    whole = claims[0]
    lacking: list[Lacking] = []
    undecided: list[str] = []
    try:
        numeric = all(is_numeric(c) for c in claims) and any(any(slack(c)) or c.scenario for c in claims)
        if numeric:
            for scenario in scenarios:
                lacking.extend(_missing_at(truth, [c for c in claims if c.scenario == scenario]))
        elif truth.symbolic is None or truth.symbolic.completeness.status != "complete":
            lacking.extend(_missing_at(truth, claims))
        else:
            lacking.extend(_missing_in_symbols(truth, claims, wrong, undecided))
    except (NotChecked, SeparatrixError) as problem:
        yield not_checked(whole, say("Whether the list of rest points is whole"), problem_sentence(problem))
        return
    if undecided and complete:
        yield not_checked(
            whole,
            say("Whether the list of rest points is whole"),
            say("whether {states} can exist was not decided", states=listed(undecided, "or")),
        )
    if not lacking:
        return
    list_ = say("The list of rest points, said to be complete,") if complete else say("The list")
    if len(lacking) == 1:
        (one,) = lacking
        text: str = say("{list} lacks {state}{exists}.", list=list_, state=one.whole, exists=one.exists)
    else:
        # The formulas and conditions of many points would bury the list; formulas stand in what is correct.
        short = together((p.state if len(p.state) <= LONGEST_STATE else p.shape for p in lacking), "; ")
        text = say(
            "{list} lacks {count} rest points: {states}.", list=list_, count=len(lacking), states=short
        )
        if any(p.exists for p in lacking):
            mixed = say(
                "Mixed ones exist for some admissible values; `separatrix analyze --symbolic` lists them."
            )
            text = together((text, mixed))
    example = next((p.values for p in lacking if p.values is not None), None)
    details: tuple[tuple[str, str], ...] = ()
    if example is not None and not truth.admissible.is_generic(example):
        only = say("some advantage at a pure profile is zero there; no example was found at which none is")
        details = ((say("degenerate"), only),)
    yield about(
        whole,
        "P604",
        "error" if complete else "note",
        text,
        correct=together((p.whole for p in lacking), "; "),
        witness=None if example is None else truth.relevant_values(example),
        details=details,
    )


def _missing_at(truth: Truth, claims: Sequence[RestPointClaim]) -> Iterator[Lacking]:
    values = truth.numbers(claims[0])
    if values is None:
        raise NotChecked(say("the parameters have no values at which to count the rest points"))
    analysis = truth.analysis(values)
    if analysis.completeness.status != "complete":
        proof = analysis.completeness.proof
        raise NotChecked(say("not every rest point was found at these values ({proof})", proof=proof))
    known = [locate(truth, c, analysis, values).point for c in claims]
    for point in analysis.rest_points:
        if point.isolated and point not in known:
            where = claim_circumstances(claims[0]) or FILE_VALUES
            yield Lacking(
                exact_text(point), exact_text(point), "", say(", which exists {where}", where=where), values
            )


def _missing_in_symbols(
    truth: Truth, claims: Sequence[RestPointClaim], wrong: Sequence[RestPointClaim], undecided: list[str]
) -> Iterator[Lacking]:
    for candidate in candidates(truth):
        exact = candidate.exact
        if exact is None or any(is_candidate(truth, claim, candidate) for claim in claims):
            continue
        if candidate.free and any(_same_support_pattern(truth, claim, candidate) for claim in wrong):
            continue
        try:
            values = exists_at(truth, candidate.exists)
        except Unknown:
            undecided.append(_shape(truth, exact))
            continue
        if values is None:
            continue
        written, numbers = f"({', '.join(truth.algebra.to_text(e) for e in exact)})", ""
        if len(written) > 160:
            with precision():
                numbers = ", ".join(show(ball(expand(truth.game, e), values), 4) for e in exact)
            written = _shape(truth, exact)
        condition = "" if candidate.exists is None else condition_words(candidate.exists)
        exists = ""
        if len(condition) > 120:
            at = values_text(truth.relevant_values(values))
            exists = say(", which exists for instance at {values}", values=at)
        elif condition not in ("", "True"):
            exists = say(", which exists where {conditions}", conditions=condition)
        # A pure point exists whatever the values, and needs no example.
        yield Lacking(written, _shape(truth, exact), numbers, exists, values if candidate.free else None)


def _same_support_pattern(truth: Truth, claim: RestPointClaim, candidate: RestPoint) -> bool:
    """Whether a wrong entry has the same shares at 0, at 1 and between as a rest point."""
    try:
        return same_face(truth, truth.point(claim), candidate)
    except (NotChecked, SeparatrixError, ZeroDivisionError):
        return False


def _shape(truth: Truth, exact: Sequence[Expression]) -> str:
    """A state with its long coordinates named after the shares: (x*, 0, z*)."""
    texts = [to_text(e) for e in exact]
    parts = [f"{s}*" if len(t) > 1 else t for s, t in zip(truth.game.shares, texts, strict=True)]
    return f"({', '.join(parts)})"


def check_rest_points(truth: Truth) -> Iterator[Finding]:
    """Yield what is wrong with the list of rest points."""
    claims = [c for c in truth.published.rest_points if knows(*c.at)]
    doubtful = []
    for claim in claims:
        what = say("The rest point {state}", state=state_name(claim))
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
                        "{state} is not a state: the shares {shares} add up to {total}, not to 1.",
                        state=state_name(claim),
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
    if locate(truth, claim, analysis, values).is_at_rest:
        return None
    if analysis.completeness.status != "complete":
        raise NotChecked(say("not every rest point could be found at these values"))
    try:
        where = [float(c.real.mid()) for c in coordinates_at(truth, claim, values)]
    except NoValue:
        return _nowhere(claim, say("a denominator in it is zero {where}", where=_circumstances(claim)))
    if any(not -1e-9 <= v <= 1 + 1e-9 for v in where) and not is_numeric(claim):
        return _outside(truth, claim, truth.point(claim), values)
    nearest = min(
        (p for p in analysis.rest_points if p.state is not None),
        key=lambda p: apart(p.state or (), where),
    )
    sentences = (
        say(
            "{state} is not a rest point {where}: there {speeds}.",
            state=state_name(claim),
            where=_circumstances(claim),
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
        witness=truth.relevant_values(values),
    )


def _circumstances(claim: StateClaim) -> str:
    return claim_circumstances(claim) or FILE_VALUES


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


def _joined_differences(differences: Mapping[str, str]) -> str | None:
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
        "{state} is not a rest point: the time derivative of {shares} is not zero there{speeds}.",
        state=state_name(claim),
        shares=listed(f"`{s}`" for s in moving),
        speeds=say(" ({speeds} at the witness)", speeds=speeds) if speeds else "",
    )
    if len(alike) == 1 and alike[0].exact is not None:
        exact = alike[0].exact
        correct = f"({', '.join(ring.to_text(e) for e in exact)})"
        right_ones, contrasts, differences = [], [], {}
        for share, right in zip(truth.game.shares, exact, strict=True):
            true = truth.read(right, {})
            if not truth.simplified(true - point[share], *claim.conditions).is_zero:
                told = contrast(ring, point[share], true)
                term = term or told.term
                differences[share] = told.difference
                right_ones.append(f"{share} = {ring.to_text(right)}")
                contrasts.append(
                    say("{right}, not {claimed}", right=right_ones[-1], claimed=ring.text(point[share]))
                )
        whole = _joined_differences(differences)
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
        witness=None if witness is None else truth.relevant_values(witness),
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
    """A point outside the state space: some share cannot lie between 0 and 1."""
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
                    reason = say(
                        "{share} divides by zero {where}", share=share, where=claim_circumstances(claim)
                    )
                    return _nowhere(claim, reason)
                if not value.imag.contains(0) or value.real < 0 or value.real > 1:
                    reason = say(
                        "{where} it has {share} = {value}",
                        where=claim_circumstances(claim),
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
        where = say("under the assumptions and {where}", where=claim_circumstances(claim))
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
        say("{state} cannot exist: {reason}.", state=state_name(claim), reason=reason),
        claim=claim.text,
        witness=None if values is None else dict(values),
    )
