"""Claims that contradict each other: two labels, or two conditions, of one state under one heading."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from separatrix.audit.claims.claim import StabilityClaim, knows
from separatrix.audit.claims.wording import jointly
from separatrix.audit.evidence.admissible import Formula, Unknown, negation
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, named, path_text
from separatrix.errors import SeparatrixError
from separatrix.expression.conditions import All
from separatrix.sentences import say

__all__ = ["check_contradictions"]

_STABLE = ("asymptotically stable", "centre", "stable")
_EXCLUSIVE = {
    **dict.fromkeys(("saddle", "source", "unstable"), _STABLE),
    "centre": ("asymptotically stable", "saddle", "source", "unstable"),
    "not asymptotically stable": ("asymptotically stable",),
}


def check_contradictions(truth: Truth, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each pair of claims that cannot both be right.

    A note where one of the two was found wrong already, for then the error is told; else an error.
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
                state=named(other.state),
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
                return _said(one), _said(other)
        if one.ess is not None and other.ess is not None and one.ess != other.ess:
            return _said(one), _said(other)
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


def _said(claim: StabilityClaim) -> str:
    return f"`{claim.label_text or ('ESS' if claim.ess else 'no ESS')}`"


def _conditions(claim: StabilityClaim) -> str:
    if not claim.stable_when:
        return say("stable where always")
    return say("stable where {conditions}", conditions=jointly(c.text for c in claim.stable_when))
