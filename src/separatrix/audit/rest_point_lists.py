"""Lists of rest points: what is listed twice, and what is missing.

The list is compared with every rest point of every face that exists for some parameters and not only on a
knife edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from separatrix.analysis.result import RestPoint
from separatrix.audit.admissible import Unknown
from separatrix.audit.candidates import candidates, exact_text, exists_at, is_candidate, same_face
from separatrix.audit.claims import RestPointClaim
from separatrix.audit.finding import Finding
from separatrix.audit.points import is_numeric, locate, slack
from separatrix.audit.printed import ball, precision, show
from separatrix.audit.report import about, listed, named, not_checked, values_text, within
from separatrix.audit.truth import NotChecked, Truth
from separatrix.errors import SeparatrixError
from separatrix.game.condition import condition_text
from separatrix.game.expression import Expression, to_text
from separatrix.game.values import expand

__all__ = ["doubles", "missing"]

Lacking = tuple[str, str, Mapping[str, Fraction] | None]
"""A rest point, where it exists, and parameter values there."""


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
                line = f", line {earlier.line}" if earlier.line else ""
                yield about(
                    claim, "P606", "error", f"{named(claim)} is listed twice: it is {named(earlier)}{line}.",
                    claim=claim.text,
                )  # fmt: skip
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
        yield not_checked(whole, "Whether the list of rest points is whole", str(problem))
        return
    if undecided and complete:
        yield not_checked(
            whole, "Whether the list of rest points is whole",
            f"whether {listed(undecided, 'or')} can exist was not decided",
        )  # fmt: skip
    if not lacking:
        return
    list_ = "The list of rest points, said to be complete," if complete else "The list"
    if len(lacking) == 1:
        where, condition, _ = lacking[0]
        text = f"{list_} lacks {where}{condition}."
    else:
        # The conditions of many points would bury the list.
        short = [
            where if len(where) <= 60 else where.partition(", at the witness")[0] for where, _, _ in lacking
        ]
        text = f"{list_} lacks {len(lacking)} rest points: {'; '.join(short)}."
        if any(condition for _, condition, _ in lacking):
            text += (
                " Mixed ones exist for some admissible values; `separatrix analyze --symbolic` tells which."
            )
    example = next((values for _, _, values in lacking if values is not None), None)
    yield about(
        whole, "P604", "error" if complete else "note", text,
        correct="; ".join(where for where, _, _ in lacking),
        witness=None if example is None else truth.shown(example),
    )  # fmt: skip


def _missing_at(truth: Truth, claims: Sequence[RestPointClaim]) -> Iterator[Lacking]:
    values = truth.numbers(claims[0])
    if values is None:
        raise NotChecked("the parameters have no values at which to count the rest points")
    analysis = truth.analysis(values)
    if analysis.completeness.status != "complete":
        raise NotChecked(f"not every rest point was found at these values ({analysis.completeness.proof})")
    known = [locate(truth, c, analysis, values).point for c in claims]
    for point in analysis.rest_points:
        if point.isolated and point not in known:
            yield (
                exact_text(point),
                f", which exists {(within(claims[0]) or 'at the values of the file')}",
                values,
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
        written = f"({', '.join(to_text(e) for e in exact)})"
        if len(written) > 160:
            with precision():
                numbers = [show(ball(expand(truth.game, e), values), 4) for e in exact]
            written = f"{_shape(truth, exact)}, at the witness ({', '.join(numbers)})"
        condition = "" if candidate.exists is None else condition_text(candidate.exists)
        if condition in ("", "True"):
            condition = ""
        elif len(condition) > 120:
            condition = f", which exists for instance at {values_text(truth.shown(values))}"
        else:
            condition = f", which exists where {condition}"
        # A pure point exists whatever the values, and needs no example.
        yield written, condition, values if candidate.free else None


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
