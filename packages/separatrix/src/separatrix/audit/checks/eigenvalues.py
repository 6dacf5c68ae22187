"""Claimed eigenvalues against those at the point, as multisets.

At a pure profile the eigenvalues are speed times what an absent strategy earns more than the present one;
at a mixed point they are compared in numbers at several exact parameter values, to fifty digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from flint import acb

from separatrix.audit.checks.equations import both_sides, compare
from separatrix.audit.checks.judgement import judged
from separatrix.audit.claims.claim import Claimed, ConditionClaim, StabilityClaim, knows
from separatrix.audit.claims.numerals import (
    NoValue,
    ball,
    differ,
    is_number,
    precision,
    show,
    tolerance,
)
from separatrix.audit.claims.wording import FILE_VALUES, WITNESS
from separatrix.audit.evidence.derived_equations import NotChecked, Truth, relations
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, named, within
from separatrix.audit.evidence.formula_difference import contrast
from separatrix.audit.evidence.points import coordinates_at, free_shares, misplaced
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import subtract
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = ["check_eigenvalues"]


def check_eigenvalues(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each claimed eigenvalue that the point does not have."""
    for claim in truth.published.stability:
        given = claim.eigenvalues
        if not given or not knows(*given, *claim.at):
            continue
        if misplaced(truth, claim):
            continue
        what = say("The eigenvalues at {state}", state=named(claim.state))
        pole = say("the point divides by zero")
        yield from judged(claim, what, _judge(truth, claim, given), pole=pole)


def _judge(truth: Truth, claim: StabilityClaim, given: tuple[Claimed, ...]) -> Iterator[Finding]:
    if free_shares(truth, claim.state):
        raise NotChecked(say("eigenvalues along an edge or a face are not compared"))
    point = truth.point(claim.state)
    profile = truth.pure_profile(point)
    values = truth.scenario_values(claim)
    symbolic = values is None and not all(is_number(e.expression) for e in given)
    if profile is not None and symbolic:
        yield from _pure(truth, claim, given, profile)
    else:
        yield from _numeric(truth, claim, given, values)


def _spare(truth: Truth, given: Sequence[Claimed]) -> int:
    """How many claimed eigenvalues may be those of directions out of the state space."""
    large = sum(not p.binary for p in truth.game.populations)
    return min(large, max(0, len(given) - len(truth.coordinates)))


# --------------------------------------------------------------------------- pure profiles


def _pure(
    truth: Truth, claim: StabilityClaim, given: tuple[Claimed, ...], profile: tuple[int, ...]
) -> Iterator[Finding]:
    right = [value for _, _, value in truth.pure_eigenvalues[profile]]
    printed = [truth.read(e.expression, {}) for e in given]
    left = dict(enumerate(right))
    wrong = []
    for k, value in enumerate(printed):
        order = [k, *left] if k in left else list(left)
        match = next((j for j in order if _equal(truth, given[k], value, left[j])), None)
        if match is None:
            wrong.append(k)
        else:
            del left[match]
    wrong = wrong[: max(0, len(wrong) - _spare(truth, given))]
    for k in wrong:
        # The paper's order is most often that of the shares; else the nearest formula is meant.
        partner = k if k in left else None
        if partner is None and left:
            partner = min(left, key=lambda j: len((printed[k] - left[j]).numerator))
        found = None if partner is None else left.pop(partner)
        yield _wrong(truth, claim, given[k], printed[k], found, right, k)


def _equal(truth: Truth, claimed: Claimed, printed: Ratio, right: Ratio) -> bool:
    try:
        return compare(truth, claimed, printed, right) is None
    except NotChecked:
        return False


def _wrong(
    truth: Truth,
    claim: StabilityClaim,
    claimed: Claimed,
    printed: Ratio,
    right: Ratio | None,
    every: Sequence[Ratio],
    k: int,
) -> Finding:
    where = named(claim.state)
    if right is None:
        has = listed(truth.algebra.text(v) for v in every)
        return about(
            claimed,
            "P607",
            "error",
            say(
                "{claimed} is no eigenvalue at {state}: the point has {right}.",
                claimed=claimed.text,
                state=where,
                right=has,
            ),
            claim=claimed.text,
            correct=has,
        )
    found = compare(truth, claimed, printed, right)
    if found is None:
        raise NotChecked(say("no admissible numbers were found at which to compare"))
    _, witness, sides = found
    told = contrast(truth.algebra, printed, right)
    text: str = say(
        "Eigenvalue {number} at {state} is wrong: {difference}.",
        number=k + 1,
        state=where,
        difference=told.text,
    )
    details = [both_sides(*sides)]
    correct = truth.algebra.text(right)
    for condition in _conditions(truth, claim):
        if not condition.unknown and _says(truth, condition, right):
            place = say(" (line {line})", line=condition.line) if condition.line else ""
            own = say(
                "The paper's own condition `{condition}`{line} has the right one: the two contradict each "
                "other.",
                condition=condition.text,
                line=place,
            )
            text = together((text, own))
            details.append((say("contradicts"), condition.text))
            break
    return about(
        claimed,
        "P607",
        "error",
        text,
        claim=claimed.text,
        correct=correct,
        term=told.term,
        difference=told.difference,
        witness={n: v for n, v in witness.items() if n in truth.game.parameters},
        details=tuple(details),
    )


def _conditions(truth: Truth, claim: StabilityClaim) -> Iterator[ConditionClaim]:
    """The conditions that the paper prints, those for the same point first."""
    texts = [c.text for c in claim.at]
    others: list[ConditionClaim] = []
    for other in truth.published.stability:
        given = [*(other.stable_when or ()), *other.when]
        if [c.text for c in other.at] == texts:
            yield from given
        else:
            others.extend(given)
    yield from others
    for regime in truth.published.regimes:
        yield from regime.when


def _says(truth: Truth, claimed: ConditionClaim, right: Ratio) -> bool:
    """Whether a condition compares an eigenvalue with zero."""
    for relation in relations(claimed.condition):
        difference = truth.simplified(truth.read(subtract(relation.left, relation.right), {}))
        if difference.is_zero or relation.operator not in ("<", "<=", ">", ">="):
            continue
        if (difference / right).value is not None:
            return True
    return False


# --------------------------------------------------------------------------- in numbers


def _numeric(
    truth: Truth, claim: StabilityClaim, given: tuple[Claimed, ...], values: Mapping[str, Fraction] | None
) -> Iterator[Finding]:
    numbers = all(is_number(e.expression) for e in given)
    if values is not None:
        examples: list[Mapping[str, Fraction]] = [values]
    elif numbers:
        base = truth.admissible.base
        if base is None:
            raise NotChecked(say("the parameters have no values at which to compare its numbers"))
        examples = [base]
    else:
        examples = [*truth.admissible.examples]
    context = truth.context(claim)
    compared = 0
    for example in examples:
        if values is None and not truth.admissible.true_at(context, example):
            continue
        try:
            right = spectrum(truth, claim, example)
            with precision():
                printed = [ball(expand(truth.game, e.expression), example) for e in given]
        except NoValue:
            continue
        if right is None:
            continue
        compared += 1
        unmatched = _unmatched(truth, given, printed, right)
        if unmatched:
            yield _wrong_numbers(truth, claim, given, printed, right, unmatched, example)
            return
        if compared == 6:
            return
    if not compared:
        raise NotChecked(say("no parameter values were found at which the point has eigenvalues to compare"))


def spectrum(truth: Truth, claim: StabilityClaim, values: Mapping[str, Fraction]) -> list[acb] | None:
    """Return the eigenvalues at a claimed state, enclosed; None where they cannot be told apart.

    A state that is printed in decimals stands for the rest point it rounds to.
    """
    from separatrix.audit.evidence.points import locate, slack

    place: dict[str, Any]
    if any(slack(claim.state)):
        located = locate(truth, claim.state, truth.analysis(values), values)
        if located.point is None or located.point.eigenvalues is None:
            return None
        return [acb(v.real, v.imag) for v in located.point.eigenvalues]
    coordinates = coordinates_at(truth, claim.state, values)
    place = dict(zip(truth.game.shares, coordinates, strict=True))
    size = len(truth.coordinates)
    with precision():
        matrix = truth.numeric_jacobian(place, values)
        if size == 1:
            return [matrix[0, 0]]
        if size == 2:
            half = (matrix[0, 0] + matrix[1, 1]) / 2
            root = (half * half - (matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])).sqrt()
            return [half + root, half - root]
        try:
            return list(matrix.eig(multiple=True, algorithm="approx"))
        except ValueError:
            return None


def _unmatched(
    truth: Truth, given: Sequence[Claimed], printed: Sequence[acb], right: Sequence[acb]
) -> list[int]:
    """Return the claimed eigenvalues that are left over in the best assignment."""
    size = max((abs(float(v.real.mid())) + abs(float(v.imag.mid())) for v in right), default=1.0) or 1.0
    close = [
        [not differ(p, r, tolerance(e) + Fraction(size * 1e-12).limit_denominator(10**30)) for r in right]
        for e, p in zip(given, printed, strict=True)
    ]
    best: list[int] | None = None
    for order in permutations(range(max(len(right), len(given))), len(given)):
        left = [k for k, j in enumerate(order) if j >= len(right) or not close[k][j]]
        if best is None or len(left) < len(best):
            best = left
        if not left:
            break
    left = best or []
    return left[: max(0, len(left) - _spare(truth, given))]


def _wrong_numbers(
    truth: Truth,
    claim: StabilityClaim,
    given: Sequence[Claimed],
    printed: Sequence[acb],
    right: Sequence[acb],
    unmatched: Sequence[int],
    values: Mapping[str, Fraction],
) -> Finding:
    first = given[unmatched[0]]
    every = listed(show(v) for v in right)
    which = listed(f"`{given[k].text}`" for k in unmatched)
    at = within(claim) or (FILE_VALUES if values is truth.admissible.base else WITNESS)
    is_none = say("is no eigenvalue") if len(unmatched) == 1 else say("are no eigenvalues")
    gives = ""
    if not is_number(first.expression):
        gives = say("the claim gives {values}, and ", values=listed(show(printed[k]) for k in unmatched))
    text = say(
        "{claimed} {is_none} at {state}: {where} {gives}the point has {right}.",
        claimed=which,
        is_none=is_none,
        state=named(claim.state),
        where=at,
        gives=gives,
        right=every,
    )
    exact = _exact(truth, claim)
    return about(
        first,
        "P607",
        "error",
        text,
        claim=", ".join(e.text for e in given),
        correct=exact or every,
        witness=truth.shown(values),
    )


def _exact(truth: Truth, claim: StabilityClaim) -> str:
    """The right eigenvalues as formulas, where the point is a known candidate and they are short."""
    from separatrix.audit.evidence.candidates import is_candidate
    from separatrix.expression.tree import to_text

    found = truth.symbolic
    for candidate in () if found is None else found.points:
        if candidate.eigenvalues_exact and is_candidate(truth, claim.state, candidate):
            texts = [to_text(e) for e in candidate.eigenvalues_exact]
            if all(len(t) <= 200 for t in texts):
                return ", ".join(texts)
    return ""
