"""Lists of rest points: what is listed twice, and what is missing.

The list is compared with every rest point of every face that exists for some parameters and not only for
degenerate ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from separatrix.analysis.results import RestPoint
from separatrix.audit.claims.claim import RestPointClaim
from separatrix.audit.claims.numerals import ball, precision, show
from separatrix.audit.claims.wording import FILE_VALUES, condition_words, why
from separatrix.audit.evidence.admissible import Unknown
from separatrix.audit.evidence.candidates import candidates, exact_text, exists_at, is_candidate, same_face
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, named, not_checked, values_text, within
from separatrix.audit.evidence.points import is_numeric, locate, slack
from separatrix.errors import SeparatrixError
from separatrix.expression.tree import Expression, to_text
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = ["doubles", "missing"]

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
                    state=named(claim),
                    earlier=named(earlier),
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
        yield not_checked(whole, say("Whether the list of rest points is whole"), why(problem))
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
                "Mixed ones exist for some admissible values; `separatrix analyze --symbolic` tells which."
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
        witness=None if example is None else truth.shown(example),
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
            where = within(claims[0]) or FILE_VALUES
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
        if candidate.free and any(_meant(truth, claim, candidate) for claim in wrong):
            continue
        try:
            values = exists_at(truth, candidate.exists)
        except Unknown:
            undecided.append(_shape(truth, exact))
            continue
        if values is None:
            continue
        written, numbers = f"({', '.join(truth.algebra.told(e) for e in exact)})", ""
        if len(written) > 160:
            with precision():
                numbers = ", ".join(show(ball(expand(truth.game, e), values), 4) for e in exact)
            written = _shape(truth, exact)
        condition = "" if candidate.exists is None else condition_words(candidate.exists)
        exists = ""
        if len(condition) > 120:
            at = values_text(truth.shown(values))
            exists = say(", which exists for instance at {values}", values=at)
        elif condition not in ("", "True"):
            exists = say(", which exists where {conditions}", conditions=condition)
        # A pure point exists whatever the values, and needs no example.
        yield Lacking(written, _shape(truth, exact), numbers, exists, values if candidate.free else None)


def _meant(truth: Truth, claim: RestPointClaim, candidate: RestPoint) -> bool:
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
