"""Claimed stability conditions: too weak, too strong, impossible, redundant.

A pure profile is asymptotically stable where all its eigenvalues are negative (and, without own play, only
there: Ritzberger & Weibull 1995).  Whether a claimed condition says the same for all admissible parameters is
decided by z3.

Claims that contradict each other: two labels, or two conditions, of one state under one heading.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.audit.checks.equations import judged
from separatrix.audit.claims.claims import ConditionClaim, StabilityClaim, jointly, knows, label_text
from separatrix.audit.evidence.admissible import Formula, PolynomialSign, Unknown, negation
from separatrix.audit.evidence.algebra import balance, contrast, put, solved
from separatrix.audit.evidence.derived_equations import (
    NotChecked,
    Truth,
    circumstances,
    fixed,
    pinned,
    relations,
)
from separatrix.audit.evidence.findings import Finding, about, not_checked, path_text, state_name, values_text
from separatrix.audit.evidence.points import locate, misplaced
from separatrix.errors import SeparatrixError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import MIRRORED, STRICT, All, Either, with_leaves
from separatrix.expression.tree import subtract
from separatrix.sentences import listed, say, together

__all__ = [
    "check_conditions",
    "check_contradictions",
]


def check_conditions(truth: Truth) -> Iterator[Finding]:
    """Yield what is wrong with claimed stability conditions."""
    for claim in truth.published.stability:
        given = claim.stable_when
        if given is None or not knows(*given, *claim.at):
            continue
        if claim.label not in (None, "asymptotically stable", "stable"):
            continue
        if misplaced(truth, claim):
            continue
        yield from judged(claim, _claim_subject(claim), _judge(truth, claim, given))


def _claim_subject(claim: StabilityClaim) -> str:
    return say("The stability condition of {state}", state=state_name(claim.state))


def _texts(given: Sequence[ConditionClaim]) -> str:
    return jointly(c.text for c in given)


def _judge(truth: Truth, claim: StabilityClaim, given: tuple[ConditionClaim, ...]) -> Iterator[Finding]:
    context = _context(truth, claim)
    parts = [truth.formula(c.condition) for c in given]
    claimed = All(tuple(parts))
    if given and truth.admissible.never(context, claimed):
        yield _impossible(truth, claim, given, parts, context)
        return
    redundant = list(_redundant(truth, given, parts, context))
    profile = truth.pure_profile(truth.point(claim.state))
    if profile is None:
        yield from (*redundant, *_mixed(truth, claim, given, claimed, context))
        return
    found = list(_pure(truth, claim, given, claimed, context, profile, {}))
    values = _numbers(truth, claim, given) if found else None
    if values:
        # The condition was worked out from values; only where it fails at these too is it wrong.
        context = All((context, pinned(truth, values)))
        found = list(_pure(truth, claim, given, claimed, context, profile, values))
    yield from found
    if not any(f.severity == "error" for f in found):
        yield from redundant


def _context(truth: Truth, claim: StabilityClaim) -> Formula:
    """The circumstances of a claim; the scenario's own values are put in, and the others stay symbols."""
    if claim.scenario is None:
        return truth.context(claim)
    own = {**truth.game.scenarios[claim.scenario], **fixed(claim.conditions)}
    return All((truth.context(claim), pinned(truth, own)))


def _numbers(
    truth: Truth, claim: StabilityClaim, given: Sequence[ConditionClaim]
) -> dict[str, Fraction] | None:
    """The values of the other parameters, where a condition compares one parameter with a number."""
    every = [*claim.conditions, *(c.condition for c in given)]
    _, single = circumstances(truth, every, claim.scenario)
    if single is None:
        return None
    values = truth.admissible.complete(claim.scenario, free=single) or {}
    return {n: v for n, v in values.items() if n != single}


# --------------------------------------------------------------------------- impossible, redundant


def _impossible(
    truth: Truth,
    claim: StabilityClaim,
    given: Sequence[ConditionClaim],
    parts: Sequence[Formula],
    context: Formula,
) -> Finding:
    alone = next((c for c, p in zip(given, parts, strict=True) if truth.admissible.never(context, p)), None)
    under = say(" under the assumptions") if truth.game.assumptions else ""
    where = state_name(claim.state)
    if alone is not None:
        text = say(
            "The condition `{condition}` for {state} can never hold{under}.",
            condition=alone.text,
            state=where,
            under=under,
        )
    else:
        text = say(
            "The conditions {conditions} for {state} can never hold together{under}.",
            conditions=listed(f"`{c.text}`" for c in given),
            state=where,
            under=under,
        )
    return about(alone or given[0], "P610", "error", text, claim=_texts(given))


def _redundant(
    truth: Truth, given: Sequence[ConditionClaim], parts: Sequence[Formula], context: Formula
) -> Iterator[Finding]:
    dropped: list[int] = []
    for k in reversed(range(len(parts))):
        others = [p for j, p in enumerate(parts) if j != k and j not in dropped]
        if truth.admissible.never(context, *others, negation(parts[k])):
            dropped.append(k)
            left = [c.text for j, c in enumerate(given) if j != k and j not in dropped]
            source: str = say("the assumptions alone")
            if left:
                source = listed(f"`{t}`" for t in left)
                if truth.game.assumptions:
                    source = say("{conditions} and the assumptions", conditions=source)
            text = say(
                "The condition `{condition}` is redundant: it follows from {source}.",
                condition=given[k].text,
                source=source,
            )
            yield about(given[k], "P611", "note", text, claim=given[k].text)


# --------------------------------------------------------------------------- pure profiles


@dataclass(frozen=True)
class _Sides:
    """Where a claim is too weak (it holds, the point is unstable) or too strong (the other way round)."""

    weak: Mapping[str, Fraction] | None = None
    strong: Mapping[str, Fraction] | None = None

    @property
    def witness(self) -> Mapping[str, Fraction] | None:
        return self.weak if self.weak is not None else self.strong


def _pure(
    truth: Truth,
    claim: StabilityClaim,
    given: Sequence[ConditionClaim],
    claimed: Formula,
    context: Formula,
    profile: tuple[int, ...],
    put_in: Mapping[str, Fraction],
) -> Iterator[Finding]:
    ratios = [put(value, put_in) for _, _, value in truth.pure_eigenvalues[profile]]
    values = [truth.parameter_ratio(v).sign_polynomial for v in ratios]
    stable = All(tuple(PolynomialSign(v, "<") for v in values))
    unstable = Either(tuple(PolynomialSign(v, ">") for v in values))
    fails = _strictly(negation(claimed))

    def sides(natural: bool) -> _Sides:
        find = truth.admissible.find
        return _Sides(
            find(context, claimed, unstable, interior=True, natural=natural),
            find(context, stable, fails, interior=True, natural=natural),
        )

    found = sides(natural=True)
    if found.witness is not None:
        yield _wrong(truth, claim, given, ratios, found, found.witness, put_in)
        return
    found = sides(natural=False)
    witness = found.witness
    if witness is not None:
        signs = truth.admissible.natural_text(truth.algebra.used(*ratios, *_differences(truth, given)))
        yield about(
            claim,
            "P629",
            "note",
            say(
                "The stability condition of {state} is right only with signs that the file does not assume, "
                "such as {signs}; write them under `assume`.",
                state=state_name(claim.state),
                signs=signs,
            ),
            claim=_texts(given),
            correct=_right_text(truth, ratios),
            witness=_used(truth, witness, ratios, given),
        )
        return
    border = truth.admissible.find(
        context, claimed, Either(tuple(PolynomialSign(v, "==") for v in values)), interior=True
    )
    always_zero = [r for r in ratios if truth.simplified(r).is_zero]
    if border is not None and not truth.strict_only:
        # With own play a zero eigenvalue does not tell whether the state attracts.
        if always_zero:
            reason = say("an eigenvalue is zero for all parameters, and decides nothing")
            yield not_checked(claim, _claim_subject(claim), reason)
    elif border is not None and not always_zero:
        zero = next(r for r, v in zip(ratios, values, strict=True) if not truth.admissible.sign(v, border))
        yield about(
            claim,
            "P609",
            "note",
            say(
                "The stability condition of {state} is right but for its border: where {equation} an "
                "eigenvalue is zero, and the point does not attract.",
                state=state_name(claim.state),
                equation=balance(truth.algebra, zero),
            ),
            claim=_texts(given),
            correct=_right_text(truth, ratios),
            witness=_used(truth, border, ratios, given),
        )
    elif border is not None:
        yield about(
            claim,
            "P609",
            "error",
            say(
                "{state} is never asymptotically stable: an eigenvalue is zero for all parameters, and a "
                "whole edge rests.",
                state=state_name(claim.state),
            ),
            claim=_texts(given),
            correct=say("never"),
        )


def _strictly(formula: Formula) -> Formula:
    """The formula without its border."""
    return with_leaves(formula, lambda s: PolynomialSign(s.polynomial, STRICT[s.operator]))


def _differences(truth: Truth, given: Sequence[ConditionClaim]) -> list[Ratio]:
    return [truth.read(subtract(r.left, r.right), {}) for c in given for r in relations(c.condition)]


def _used(
    truth: Truth, values: Mapping[str, Fraction], ratios: Sequence[Ratio], given: Sequence[ConditionClaim]
) -> dict[str, Any]:
    names = truth.algebra.used(*ratios, *_differences(truth, given))
    return {n: values[n] for n in names if n in values}


def _right_text(truth: Truth, ratios: Sequence[Ratio]) -> str:
    every = list(dict.fromkeys(truth.simplified(r) for r in ratios))
    negative = [PolynomialSign(truth.parameter_ratio(r).sign_polynomial, "<") for r in every]
    kept = truth.admissible.needed(negative)
    return jointly(dict.fromkeys(balance(truth.algebra, every[k], "<") for k in kept)) or say("always")


def _wrong(
    truth: Truth,
    claim: StabilityClaim,
    given: Sequence[ConditionClaim],
    ratios: Sequence[Ratio],
    found: _Sides,
    witness: Mapping[str, Fraction],
    put_in: Mapping[str, Fraction],
) -> Finding:
    where = state_name(claim.state)
    unmatched, lacking = _match(truth, given, ratios, put_in)
    kind = say("too weak") if found.weak is not None else say("too strong")
    if found.weak is not None and found.strong is not None:
        kind = say("too weak and too strong")
    how = ""
    term, difference = None, None
    subject = given[unmatched[0]] if len(unmatched) == 1 else claim
    if len(unmatched) == 1 and lacking:
        relation = next(relations(given[unmatched[0]].condition))
        printed = put(truth.read(subtract(relation.left, relation.right), {}), put_in)
        above = relation.operator in (">", ">=")
        right = min(lacking, key=lambda r: len(((-printed if above else printed) - r).numerator))
        if above:  # compared in the paper's own direction
            right = -right
        told = contrast(truth.algebra, printed, right)
        term, difference = told.term, told.difference
        how = say(
            "`{condition}` should say {right}",
            condition=given[unmatched[0]].text,
            right=_bound(truth, right, ">" if above else "<"),
        )
        more = ""
        if printed == -right:
            more = say("it has the opposite direction")
        elif not put_in:
            more = say(
                "brought to the form … {operator} 0, {difference}",
                operator=">" if above else "<",
                difference=told.text,
            )
        how = together((how, more), "; ")
    elif not unmatched and lacking:
        how = say("it lacks {conditions}", conditions=listed(balance(truth.algebra, r, "<") for r in lacking))
    elif unmatched and not lacking:
        how = say("{conditions} is not needed", conditions=listed(f"`{given[k].text}`" for k in unmatched))
    sentences = [
        say("The stability condition of {state} is {kind}: {how}.", state=where, kind=kind, how=how)
        if how
        else say("The stability condition of {state} is {kind}.", state=where, kind=kind)
    ]
    sides = [
        (found.weak, say("claim holds, and the point is unstable")),
        (found.strong, say("claim fails, and the point is asymptotically stable")),
    ]
    told_sides = [(_used(truth, side, ratios, given), says) for side, says in sides if side is not None]
    for k, (values, says) in enumerate(told_sides):
        at = values_text(values)
        if not at:
            sentences.append(say("Whatever the values, the {claim}.", claim=says))
            continue
        sentences.append(
            say("And at {values} the {claim}.", values=at, claim=says)
            if k
            else say("At {values} the {claim}.", values=at, claim=says)
        )
    details = tuple((says, values_text(values)) for values, says in told_sides[1:])
    return about(
        subject,
        "P609",
        "error",
        together(sentences),
        claim=_texts(given) or say("always"),
        correct=_right_text(truth, ratios),
        term=term,
        difference=difference,
        witness=_used(truth, witness, ratios, given),
        details=details,
    )


def _bound(truth: Truth, quantity: Ratio, operator: str) -> str:
    """Return ``quantity operator 0``, solved where it is linear in one parameter alone: H < 6/5."""
    names = truth.algebra.used(quantity)
    solution = solved(quantity, names) if len(names) == 1 else None
    if solution is None or quantity.denominator != truth.algebra.one:
        return balance(truth.algebra, quantity, operator)
    rising = quantity.derivative(names[0]).value
    if rising is not None and rising < 0:
        operator = MIRRORED[operator]
    return f"{names[0]} {operator} {truth.algebra.text(solution[1])}"


def _match(
    truth: Truth, given: Sequence[ConditionClaim], ratios: Sequence[Ratio], put_in: Mapping[str, Fraction]
) -> tuple[list[int], list[Ratio]]:
    """Return the conditions that match no eigenvalue's sign, and the eigenvalues without a condition.

    A condition may omit a factor that has the same sign for all admissible parameters.
    """
    lacking: list[Ratio] = []
    for ratio in ratios:
        if ratio.value is None and not any(ratio == other for other in lacking):
            lacking.append(ratio)
        elif ratio.value is not None and ratio.value >= 0:
            lacking.append(ratio)
    unmatched = []
    matched: list[Ratio] = []
    for k, condition in enumerate(given):
        for relation in relations(condition.condition):
            difference = put(truth.read(subtract(relation.left, relation.right), {}), put_in)
            if relation.operator in (">", ">="):
                difference = -difference
            hit = next((r for r in [*lacking, *matched] if _same_sign(truth, difference, r)), None)
            if hit is None:
                unmatched.append(k)
            elif hit in lacking:
                lacking.remove(hit)
                matched.append(hit)
    lacking = [r for r in lacking if not truth.admissible.never(truth.sign(r, ">="))]
    return list(dict.fromkeys(unmatched)), lacking


def _same_sign(truth: Truth, one: Ratio, other: Ratio) -> bool:
    if one.is_zero or other.is_zero:
        return False
    quotient = one / other
    if quotient.value is not None:
        return quotient.value > 0
    try:
        signs = truth.admissible.assumptions.signs(truth.parameter_ratio(quotient).sign_polynomial)
    except NotChecked:
        return False
    return signs == {1}


# --------------------------------------------------------------------------- mixed points


def _mixed(
    truth: Truth, claim: StabilityClaim, given: Sequence[ConditionClaim], claimed: Formula, context: Formula
) -> Iterator[Finding]:
    """Compare the condition with the labels at examples, and in games without own play with the theorem."""
    for values in _tried(truth, claim, claimed, context):
        located = locate(truth, claim.state, truth.analysis(values), values)
        holds = truth.admissible.true_at(claimed, values)
        if located.point is None:
            continue
        label = located.label
        attracts = label == "asymptotically stable"
        repels = label in ("saddle", "source", "unstable", "centre") or (truth.strict_only and not attracts)
        if not (holds and repels) and not (not holds and attracts):
            continue
        shown = truth.relevant_values(values)
        said = {
            "state": state_name(claim.state),
            "values": values_text(shown),
            "label": label_text(str(label)),
        }
        if holds:
            text: str = say(
                "The stability condition of {state} is too weak: it holds at {values}, and there the point "
                "is {label}.",
                **said,
            )
        else:
            text = say(
                "The stability condition of {state} is too strong: it fails at {values}, and there the "
                "point is {label}.",
                **said,
            )
        correct = ""
        if truth.strict_only:
            never = say(
                "A mixed point of populations without intraspecific interactions is never "
                "asymptotically stable."
            )
            text, correct = together((text, never)), say("never")
        yield about(
            claim,
            "P609",
            "error",
            text,
            claim=_texts(given) or say("always"),
            correct=correct,
            witness=shown,
        )
        return


def _tried(
    truth: Truth, claim: StabilityClaim, claimed: Formula, context: Formula
) -> Iterator[Mapping[str, Fraction]]:
    """Admissible values at which the point exists, on both sides of the claim."""
    inside: list[Formula] = [context]
    for coordinate in truth.point(claim.state).values():
        if coordinate.value is None and truth.algebra.is_rational(coordinate):
            inside += truth.inside(coordinate)
    for side in (claimed, negation(claimed)):
        yield from truth.admissible.several(*inside, *truth.admissible.natural, side)


_STABLE = ("asymptotically stable", "centre", "stable")
_EXCLUSIVE = {
    **dict.fromkeys(("saddle", "source", "unstable"), _STABLE),
    "centre": ("asymptotically stable", "saddle", "source", "unstable"),
    "not asymptotically stable": ("asymptotically stable",),
}


def check_contradictions(truth: Truth, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each pair of claims that cannot both be right.

    An error; a note if one of the two claims is already reported as wrong.
    """
    wrong = [f for f in findings if f.severity == "error"]
    for one, other in itertools.combinations(truth.published.stability, 2):
        if not _same_circumstances(one, other):
            continue
        try:
            what = _conflict(truth, one, other)
        except (NotChecked, SeparatrixError, Unknown, ZeroDivisionError):
            continue
        if what is None:
            continue
        first = what[0]
        if one.line:
            first = say("{claim} (line {line})", claim=first, line=one.line)
        told = any(_belongs(f, c) for f in wrong for c in (one, other))
        yield about(
            other,
            "P612",
            "note" if told else "error",
            say(
                "Two claims about {state} contradict each other: {first} and {second}.",
                state=state_name(other.state),
                first=first,
                second=what[1],
            ),
            claim=what[1],
        )


def _belongs(finding: Finding, claim: StabilityClaim) -> bool:
    """Whether a finding is about a claim, or a part of it."""
    if claim.place.line is None:
        return finding.where.startswith(path_text(claim.path))
    return finding.place in (claim.place, *(c.place for c in claim.stable_when or ()))


def _same_circumstances(one: StabilityClaim, other: StabilityClaim) -> bool:
    return (
        [c.text for c in one.at] == [c.text for c in other.at]
        and one.scenario == other.scenario
        and one.when_text == other.when_text
    )


def _conflict(truth: Truth, one: StabilityClaim, other: StabilityClaim) -> tuple[str, str] | None:
    """Return what two claims say, if not both can be right."""
    if one.stable_when is None and other.stable_when is None:
        for first, second in ((one, other), (other, one)):
            label = second.label or ("asymptotically stable" if second.ess else None)
            if first.label is not None and label in _EXCLUSIVE.get(first.label, ()):
                return _claimed_label(one), _claimed_label(other)
        if one.ess is not None and other.ess is not None and one.ess != other.ess:
            return _claimed_label(one), _claimed_label(other)
        return None
    if one.stable_when is None or other.stable_when is None:
        return None
    if not knows(*one.stable_when, *other.stable_when):
        return None
    sides: list[Formula] = [
        All(tuple(truth.formula(c.condition) for c in claim.stable_when or ())) for claim in (one, other)
    ]
    context = truth.context(one)
    for here, there in (sides, sides[::-1]):
        if truth.admissible.find(context, here, negation(there), interior=True, natural=True):
            return _conditions(one), _conditions(other)
    return None


def _claimed_label(claim: StabilityClaim) -> str:
    return f"`{claim.label_text or ('ESS' if claim.ess else 'no ESS')}`"


def _conditions(claim: StabilityClaim) -> str:
    if not claim.stable_when:
        return say("stable where always")
    return say("stable where {conditions}", conditions=jointly(c.text for c in claim.stable_when))
