"""Printed replicator equations against those that follow from the payoffs.

Reference: Taylor, P. D. and Jonker, L. B. (1978), Mathematical Biosciences 40, 145-156, equation 1.

The frame of every check: a claim is judged, or a note says why it was not.

Claimed eigenvalues against those at the point, as multisets.

At a pure profile the eigenvalues are speed times what an absent strategy earns more than the present one;
at a mixed point they are compared in numbers at several exact parameter values, to fifty digits.

A printed Jacobian against the derivatives of the right equations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import Any

from flint import acb

from separatrix.audit.claims.claims import (
    FILE_VALUES,
    UNDECIDED_IN_TIME,
    VANISHES,
    WITNESS,
    Claim,
    Claimed,
    ConditionClaim,
    StabilityClaim,
    knows,
    problem_sentence,
)
from separatrix.audit.claims.numerals import NoValue, ball, differ, is_number, precision, show, tolerance
from separatrix.audit.evidence.admissible import Unknown
from separatrix.audit.evidence.algebra import contrast, put
from separatrix.audit.evidence.derived_equations import SMOOTH, NotChecked, Truth, relations
from separatrix.audit.evidence.findings import Finding, about, claim_circumstances, not_checked, state_name
from separatrix.audit.evidence.points import coordinates_at, free_shares, misplaced
from separatrix.errors import SeparatrixError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Expression, subtract
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = [
    "both_sides",
    "check_eigenvalues",
    "check_equations",
    "check_jacobian",
    "compare",
    "judged",
]


def judged(
    claim: Claim,
    what: str,
    findings: Iterable[Finding],
    *,
    pole: str = VANISHES,
    undecided: str = UNDECIDED_IN_TIME,
) -> Iterator[Finding]:
    """Yield the findings on a claim; where it cannot be judged, the note that it was not checked.

    Parameters
    ----------
    claim : Claim
        The claim that the note refers to.
    what : str
        What was not checked, as the subject of a sentence.
    findings : iterable of Finding
        Computed one by one; an exception ends them.
    pole, undecided : str
        Why it was not checked: for a division by zero, and where z3 does not decide.
    """
    try:
        yield from findings
    except (NotChecked, SeparatrixError) as problem:
        yield not_checked(claim, what, problem_sentence(problem))
    except Unknown:
        yield not_checked(claim, what, undecided)
    except (NoValue, ZeroDivisionError):
        yield not_checked(claim, what, pole)


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


def check_eigenvalues(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each claimed eigenvalue that the point does not have."""
    for claim in truth.published.stability:
        given = claim.eigenvalues
        if not given or not knows(*given, *claim.at):
            continue
        if misplaced(truth, claim):
            continue
        what = say("The eigenvalues at {state}", state=state_name(claim.state))
        pole = say("the point divides by zero")
        yield from judged(claim, what, _judge_eigenvalue(truth, claim, given), pole=pole)


def _judge_eigenvalue(truth: Truth, claim: StabilityClaim, given: tuple[Claimed, ...]) -> Iterator[Finding]:
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
    where = state_name(claim.state)
    if right is None:
        has = listed(truth.algebra.text(v) for v in every)
        return about(
            claimed,
            "P607",
            "error",
            say(
                "{claimed} is not an eigenvalue at {state}: the point has {right}.",
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
    """Return enclosures of the eigenvalues at a claimed state; None where they cannot be separated.

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
    at = claim_circumstances(claim) or (FILE_VALUES if values is truth.admissible.base else WITNESS)
    is_none = say("is not an eigenvalue") if len(unmatched) == 1 else say("are not eigenvalues")
    gives = ""
    if not is_number(first.expression):
        gives = say("the claim gives {values}, and ", values=listed(show(printed[k]) for k in unmatched))
    text = say(
        "{claimed} {is_none} at {state}: {where} {gives}the point has {right}.",
        claimed=which,
        is_none=is_none,
        state=state_name(claim.state),
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
        witness=truth.relevant_values(values),
    )


def _exact(truth: Truth, claim: StabilityClaim) -> str:
    """The right eigenvalues as formulas, where the point is a known candidate and they are short."""
    from separatrix.audit.evidence.points import is_candidate
    from separatrix.expression.tree import to_text

    found = truth.symbolic
    for candidate in () if found is None else found.points:
        if candidate.eigenvalues_exact and is_candidate(truth, claim.state, candidate):
            texts = [to_text(e) for e in candidate.eigenvalues_exact]
            if all(len(t) <= 200 for t in texts):
                return ", ".join(texts)
    return ""


def check_jacobian(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each printed entry that is not the derivative of the right equation."""
    rows = truth.published.jacobian
    if not rows:
        return
    shares = truth.game.shares
    if len(rows) != len(shares) or any(len(row) != len(shares) for row in rows):
        reduced = len(truth.coordinates)
        if len(rows) == reduced and all(len(row) == reduced for row in rows):
            shares = truth.coordinates
        else:
            yield not_checked(
                rows[0][0],
                say("The Jacobian"),
                say(
                    "it has {count} rows; expected one row and one column for each of {shares}",
                    count=len(rows),
                    shares=together(shares, ", "),
                ),
            )
            return
    if not truth.smooth:
        yield not_checked(rows[0][0], say("The Jacobian"), SMOOTH)
        return
    for i, share in enumerate(shares):
        for j, other in enumerate(shares):
            claim = rows[i][j]
            if claim.unknown or other in truth.reduced:
                continue  # the last share of a population moves with the others
            what = say("The entry ∂({share}')/∂{other}", share=share, other=other)
            yield from judged(claim, what, _judge_entry(truth, rows[i], shares, share, other))


def _claimed(truth: Truth, row: tuple[Claimed, ...], shares: tuple[str, ...], other: str) -> Ratio:
    """The claimed derivative along the state space: a share grows at the cost of the population's last."""
    entry = truth.read(row[shares.index(other)].expression)
    for population in truth.game.populations:
        last = population.shares[-1]
        if other in population.shares and last in truth.reduced and last in shares:
            entry = entry - truth.read(row[shares.index(last)].expression)
    return entry


def _judge_entry(
    truth: Truth, row: tuple[Claimed, ...], shares: tuple[str, ...], share: str, other: str
) -> Iterator[Finding]:
    ring, claim = truth.algebra, row[shares.index(other)]
    claimed, right = _claimed(truth, row, shares, other), truth.equations[share].derivative(other)
    found = compare(truth, claim, claimed, right)
    if found is None:
        return
    _, witness, sides = found
    told = contrast(ring, claimed, right, truth.game.shares)
    how: str = told.text
    if right.is_zero:
        how = say("{share}' does not depend on {other}, so the entry is 0", share=share, other=other)
    text: str = say(
        "The entry ∂({share}')/∂{other} of the Jacobian is not the derivative of the right equation: {how}.",
        share=share,
        other=other,
        how=how,
    )
    printed = truth.published.replicator.get(share)
    if printed is not None and not printed.unknown:
        own = truth.read(printed.expression).derivative(other)
        if truth.simplified(own - claimed, *claim.conditions).is_zero:
            own_slip = say(
                "It is the derivative of the paper's own equation of {share}, and inherits its error.",
                share=share,
            )
            text = together((text, own_slip))
    yield about(
        claim,
        "P602",
        "error",
        text,
        claim=claim.text,
        correct=truth.factored_text(right, share),
        term=told.term,
        difference=told.difference,
        witness=witness,
        details=(both_sides(*sides),),
    )
