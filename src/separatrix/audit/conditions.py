"""Claimed stability conditions: too weak, too strong, impossible, redundant.

A pure profile is asymptotically stable where all its eigenvalues are negative (and, without own play, only
there: Ritzberger & Weibull 1995).  Whether a claimed condition says the same for all admissible parameters is
decided by z3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.analysis.ring import Ratio
from separatrix.audit.admissible import All, Any_, Formula, Sign, Unknown, negation
from separatrix.audit.algebra import derivative, put, solved
from separatrix.audit.balance import FLIPPED, balance
from separatrix.audit.circumstances import circumstances, fixed, pinned, relations
from separatrix.audit.claims import ConditionClaim, StabilityClaim
from separatrix.audit.contrast import contrast
from separatrix.audit.finding import Finding
from separatrix.audit.points import locate, misplaced
from separatrix.audit.report import about, listed, named, not_checked, values_text
from separatrix.audit.truth import NotChecked, Truth
from separatrix.errors import SeparatrixError
from separatrix.game.expression import subtract

__all__ = ["check_conditions"]


def check_conditions(truth: Truth) -> Iterator[Finding]:
    """Yield what is wrong with claimed stability conditions."""
    for claim in truth.published.stability:
        given = claim.stable_when
        if given is None or any(c.unknown for c in given) or any(c.unknown for c in claim.at):
            continue
        if claim.label not in (None, "asymptotically stable", "stable"):
            continue
        if misplaced(truth, claim):
            continue
        try:
            yield from _judge(truth, claim, given)
        except (NotChecked, SeparatrixError) as problem:
            yield not_checked(claim, f"The stability condition of {named(claim.state)}", str(problem))
        except Unknown:
            yield not_checked(
                claim, f"The stability condition of {named(claim.state)}", "z3 could not decide it in time"
            )


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
    truth: Truth, claim: StabilityClaim, given: Sequence[ConditionClaim], parts: Sequence[Formula],
    context: Formula,
) -> Finding:  # fmt: skip
    alone = next((c for c, p in zip(given, parts, strict=True) if truth.admissible.never(context, p)), None)
    if alone is not None:
        text = f"The condition `{alone.text}` for {named(claim.state)} can never hold"
    else:
        every = listed(f"`{c.text}`" for c in given)
        text = f"The conditions {every} for {named(claim.state)} can never hold together"
    text += " under the assumptions." if truth.game.assumptions else "."
    return about(alone or given[0], "P610", "error", text, claim=" and ".join(c.text for c in given))


def _redundant(
    truth: Truth, given: Sequence[ConditionClaim], parts: Sequence[Formula], context: Formula
) -> Iterator[Finding]:
    dropped: list[int] = []
    for k in reversed(range(len(parts))):
        others = [p for j, p in enumerate(parts) if j != k and j not in dropped]
        if truth.admissible.never(context, *others, negation(parts[k])):
            dropped.append(k)
            left = [c.text for j, c in enumerate(given) if j != k and j not in dropped]
            source = f"from {listed(f'`{t}`' for t in left)}" if left else "from the assumptions alone"
            yield about(
                given[k], "P611", "note",
                f"The condition `{given[k].text}` is redundant: it follows {source}"
                + (" and the assumptions." if left and truth.game.assumptions else "."),
                claim=given[k].text,
            )  # fmt: skip


# --------------------------------------------------------------------------- pure profiles


@dataclass(frozen=True)
class _Sides:
    """Where a claim is too weak (it holds, the point is unstable) or too strong (the other way round)."""

    weak: Mapping[str, Fraction] | None = None
    strong: Mapping[str, Fraction] | None = None

    @property
    def any(self) -> bool:
        return self.weak is not None or self.strong is not None


def _pure(
    truth: Truth, claim: StabilityClaim, given: Sequence[ConditionClaim], claimed: Formula,
    context: Formula, profile: tuple[int, ...], put_in: Mapping[str, Fraction],
) -> Iterator[Finding]:  # fmt: skip
    ratios = [put(value, put_in) for _, _, value in truth.pure_eigenvalues[profile]]
    values = [truth.parameter_ratio(v).sign_polynomial for v in ratios]
    stable = All(tuple(Sign(v, "<") for v in values))
    unstable = Any_(tuple(Sign(v, ">") for v in values))
    fails = _strictly(negation(claimed))

    def sides(natural: bool) -> _Sides:
        find = truth.admissible.find
        return _Sides(
            find(context, claimed, unstable, interior=True, natural=natural),
            find(context, stable, fails, interior=True, natural=natural),
        )

    found = sides(natural=True)
    if found.any:
        yield _wrong(truth, claim, given, ratios, found, put_in)
        return
    found = sides(natural=False)
    if found.any:
        witness = found.weak or found.strong
        assert witness is not None
        signs = truth.admissible.natural_text(truth.algebra.used(*ratios, *_differences(truth, given)))
        yield about(
            claim, "P629", "note",
            f"The stability condition of {named(claim.state)} is right only with signs that the file does "
            f"not assume, such as {signs}; write them under `assume`.",
            claim=" and ".join(c.text for c in given), correct=_right_text(truth, ratios),
            witness=_used(truth, witness, ratios, given),
        )  # fmt: skip
        return
    border = truth.admissible.find(
        context, claimed, Any_(tuple(Sign(v, "==") for v in values)), interior=True
    )
    always_zero = [r for r in ratios if truth.simplified(r).is_zero]
    if border is not None and not truth.strict_only:
        # With own play a zero eigenvalue does not tell whether the state attracts.
        if always_zero:
            yield not_checked(
                claim, f"The stability condition of {named(claim.state)}",
                "an eigenvalue is zero for all parameters, and decides nothing",
            )  # fmt: skip
    elif border is not None and not always_zero:
        zero = next(r for r, v in zip(ratios, values, strict=True) if not truth.admissible.sign(v, border))
        yield about(
            claim, "P609", "note",
            f"The stability condition of {named(claim.state)} is right but for its border: where "
            f"{balance(truth.algebra, zero)} an eigenvalue is zero, and the point does not attract.",
            claim=" and ".join(c.text for c in given), correct=_right_text(truth, ratios),
            witness=_used(truth, border, ratios, given),
        )  # fmt: skip
    elif border is not None:
        yield about(
            claim, "P609", "error",
            f"{named(claim.state)} is never asymptotically stable: an eigenvalue is zero for all parameters, "
            "and a whole edge rests.",
            claim=" and ".join(c.text for c in given), correct="never",
        )  # fmt: skip


def _strictly(formula: Formula) -> Formula:
    """The formula without its border."""
    match formula:
        case Sign(polynomial, operator):
            return Sign(polynomial, {"<=": "<", ">=": ">"}.get(operator, operator))
        case All(parts):
            return All(tuple(_strictly(p) for p in parts))
        case Any_(parts):
            return Any_(tuple(_strictly(p) for p in parts))


def _differences(truth: Truth, given: Sequence[ConditionClaim]) -> list[Ratio]:
    return [truth.read(subtract(r.left, r.right), {}) for c in given for r in relations(c.condition)]


def _used(
    truth: Truth, values: Mapping[str, Fraction], ratios: Sequence[Ratio], given: Sequence[ConditionClaim]
) -> dict[str, Any]:
    names = truth.algebra.used(*ratios, *_differences(truth, given))
    return {n: values[n] for n in names if n in values}


def _right_text(truth: Truth, ratios: Sequence[Ratio]) -> str:
    every = [truth.simplified(r) for r in ratios]
    return " and ".join(dict.fromkeys(balance(truth.algebra, r, "<") for r in every))


def _wrong(
    truth: Truth,
    claim: StabilityClaim,
    given: Sequence[ConditionClaim],
    ratios: Sequence[Ratio],
    found: _Sides,
    put_in: Mapping[str, Fraction],
) -> Finding:
    where = named(claim.state)
    unmatched, lacking = _match(truth, given, ratios, put_in)
    kind = (
        "too weak and too strong"
        if found.weak and found.strong
        else "too weak"
        if found.weak
        else "too strong"
    )
    text = f"The stability condition of {where} is {kind}"
    term = None
    subject = given[unmatched[0]] if len(unmatched) == 1 else claim
    if len(unmatched) == 1 and lacking:
        relation = next(relations(given[unmatched[0]].condition))
        printed = put(truth.read(subtract(relation.left, relation.right), {}), put_in)
        above = relation.operator in (">", ">=")
        right = min(lacking, key=lambda r: len(((-printed if above else printed) - r).numerator))
        if above:  # compared in the paper's own direction
            right = -right
        told = contrast(truth.algebra, printed, right)
        term = told.term
        text += f": `{given[unmatched[0]].text}` should say {_bound(truth, right, '>' if above else '<')}"
        if printed == -right:
            text += "; it has the opposite direction"
        elif not put_in:
            text += f"; brought to the form … {'>' if above else '<'} 0, {told.text}"
    elif not unmatched and lacking:
        text += f": it lacks {listed(balance(truth.algebra, r, '<') for r in lacking)}"
    elif unmatched and not lacking:
        text += f": {listed(f'`{given[k].text}`' for k in unmatched)} is not needed"
    text += "."
    sides = [
        (found.weak, "claim holds, and the point is unstable"),
        (found.strong, "claim fails, and the point is asymptotically stable"),
    ]
    told_sides = [(_used(truth, side, ratios, given), says) for side, says in sides if side is not None]
    for k, (values, says) in enumerate(told_sides):
        text += f" {'At' if not k else 'And at'} {values_text(values)} the {says}."
    details = tuple((says, values_text(values)) for values, says in told_sides[1:])
    witness = found.weak if found.weak is not None else found.strong
    assert witness is not None
    return about(
        subject, "P609", "error", text, claim=" and ".join(c.text for c in given) or "always",
        correct=_right_text(truth, ratios), term=term, witness=_used(truth, witness, ratios, given),
        details=details,
    )  # fmt: skip


def _bound(truth: Truth, quantity: Ratio, operator: str) -> str:
    """Return ``quantity operator 0``, solved where it is linear in one parameter alone: H < 6/5."""
    names = truth.algebra.used(quantity)
    solution = solved(quantity, names) if len(names) == 1 else None
    if solution is None or quantity.denominator != truth.algebra.one:
        return balance(truth.algebra, quantity, operator)
    rising = derivative(quantity, names[0]).value
    if rising is not None and rising < 0:
        operator = FLIPPED[operator]
    return f"{names[0]} {operator} {truth.algebra.text(solution[1])}"


def _match(
    truth: Truth, given: Sequence[ConditionClaim], ratios: Sequence[Ratio], put_in: Mapping[str, Fraction]
) -> tuple[list[int], list[Ratio]]:
    """Return the conditions that are no eigenvalue's sign, and the eigenvalues that no condition speaks of.

    A factor that has the same sign for all admissible parameters may be left out of a condition.
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
        text = f"The stability condition of {named(claim.state)} is too {'weak' if holds else 'strong'}: "
        shown = truth.shown(values)
        text += f"it {'holds' if holds else 'fails'} at {values_text(shown)}, and there the point is "
        text += f"{'a ' if label in ('saddle', 'source', 'centre') else ''}{label}."
        correct = ""
        if truth.strict_only:
            text += " A mixed point of populations that do not play themselves never attracts."
            correct = "never"
        yield about(
            claim, "P609", "error", text, claim=" and ".join(c.text for c in given) or "always",
            correct=correct, witness=shown,
        )  # fmt: skip
        return


def _tried(
    truth: Truth, claim: StabilityClaim, claimed: Formula, context: Formula
) -> Iterator[Mapping[str, Fraction]]:
    """Admissible values at which the point exists, on both sides of the claim."""
    inside: list[Formula] = [context]
    one = truth.algebra.constant(1)
    for coordinate in truth.point(claim.state).values():
        if coordinate.value is None and truth.algebra.is_rational(coordinate):
            inside += [truth.sign(coordinate, ">"), truth.sign(one - coordinate, ">")]
    for side in (claimed, negation(claimed)):
        yield from truth.admissible.several(*inside, *truth.admissible.natural, side)
