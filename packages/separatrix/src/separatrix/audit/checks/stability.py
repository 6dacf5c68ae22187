"""Claimed labels: what a state is called against what it is.

A label is contradicted, not just weaker: a saddle is rightly called unstable.  Labels of claims without
circumstances are judged at the file's own values; where it has none, for all admissible parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from separatrix.analysis.results import Label, RestPoint, RestSet
from separatrix.audit.checks.degeneracy import zero_directions
from separatrix.audit.checks.judgement import judged
from separatrix.audit.claims.claim import StabilityClaim, knows
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.claims.wording import UNDECIDED_IN_TIME, called, condition_words, plainly
from separatrix.audit.evidence.admissible import Formula, PolynomialSign, Unknown
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, named
from separatrix.audit.evidence.points import (
    Located,
    coordinates_at,
    examples,
    free_shares,
    is_inside,
    is_numeric,
    locate,
    misplaced,
)
from separatrix.expression.conditions import All, Either
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = ["check_stability", "contradicted"]

_STABLE = ("asymptotically stable", "centre", "stable")
_EXCLUDED: Mapping[str, tuple[str, ...]] = {
    "asymptotically stable": ("centre", "saddle", "source", "unstable"),
    "stable": ("saddle", "source", "unstable"),
    "centre": ("asymptotically stable", "saddle", "source", "unstable"),
    "saddle": (*_STABLE, "source"),
    "source": (*_STABLE, "saddle"),
    "unstable": _STABLE,
    "not asymptotically stable": ("asymptotically stable",),
}
"""For each label that a paper may use: what the state cannot be then."""
_IMPLYING: Mapping[str, tuple[str, ...]] = {
    "asymptotically stable": (),
    "stable": ("asymptotically stable", "centre"),
    "centre": (),
    "saddle": (),
    "source": (),
    "unstable": ("saddle", "source"),
    "not asymptotically stable": ("centre", "saddle", "source", "unstable"),
}
"""For each label that a paper may use: the labels that say it and more."""


def check_stability(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each label, or claim of an ESS, that does not fit its state."""
    for claim in truth.published.stability:
        if claim.label is None and claim.ess is None:
            continue
        if not knows(*claim.at, *claim.when):
            continue
        if misplaced(truth, claim):
            continue
        if claim.stable_when is not None and claim.label in (None, "asymptotically stable", "stable"):
            continue  # the label is claimed under these conditions, and they are judged as a whole
        what = say("The stability of {state}", state=named(claim.state))
        yield from judged(claim, what, _judge(truth, claim))


def contradicted(label: str, located: Located, exact_rule: bool) -> bool | None:
    """Whether a claimed label is wrong for a state; None where that is not decided.

    Parameters
    ----------
    exact_rule : whether only strict Nash equilibria are asymptotically stable in this game
    """
    true = located.label
    if true in _EXCLUDED[label]:
        return True
    if true == label or true in _IMPLYING[label]:
        return False
    if label == "asymptotically stable" and true == "stable":
        if located.piece is not None or (located.point is not None and located.point.isolated is False):
            return True  # states of a continuum hold their neighbours: none of them attracts
        return True if exact_rule else None
    if label in ("saddle", "source") and true == "unstable" and _signs(located.point) is not None:
        negative, zero, positive = _signs(located.point) or (0, 0, 0)
        if label == "saddle":
            return not (negative and positive)
        return bool(negative) or (None if zero else not positive)
    return None


def _signs(point: RestPoint | None) -> tuple[int, int, int] | None:
    """How many eigenvalues have a negative, no, a positive real part, as far as floats tell."""
    if point is None or not point.eigenvalues:
        return None
    size = max(abs(v) for v in point.eigenvalues) or 1.0
    real = [v.real if abs(v.real) > 1e-9 * size else 0.0 for v in point.eigenvalues]
    return sum(r < 0 for r in real), sum(r == 0 for r in real), sum(r > 0 for r in real)


# --------------------------------------------------------------------------- judging


def _judge(truth: Truth, claim: StabilityClaim) -> Iterator[Finding]:
    if claim.when and truth.admissible.never(truth.context(claim)):
        if truth.game.assumptions:
            never = say(
                "The conditions `{conditions}` hold for no admissible parameters.", conditions=claim.when_text
            )
        else:
            never = say("The conditions `{conditions}` hold for no parameters.", conditions=claim.when_text)
        text = together((_said(claim, False), never))
        yield about(claim, "P610", "error", text, claim=claim.when_text)
        return
    values = truth.scenario_values(claim)
    if values is None and not claim.when:
        base = truth.admissible.base
        # A mixed point that does not exist at the values of the file is meant where it does.
        if base is not None and (is_numeric(claim.state) or is_inside(truth, claim.state, base)):
            values = base
    if values is not None:
        yield from _at(truth, claim, values, examined=False)
        return
    context = truth.context(claim)
    point = truth.point(claim.state)
    profile = truth.pure_profile(point)
    if profile is not None and not _neutral(truth, claim, profile):
        found = _counterexample(truth, claim, profile, context, natural=True)
        if found is not None:
            yield from _at(truth, claim, found, examined=True)
            return
        found = _counterexample(truth, claim, profile, context, natural=False)
        if found is not None:
            only = say(
                "That is right only while parameters keep the signs that they have in the file; write those "
                "under `assume`."
            )
            yield about(
                claim,
                "P629",
                "note",
                together((_said(claim, claim.label is None), only)),
                claim=claim.label_text or f"ess: {str(claim.ess).lower()}",
                witness=truth.shown(found),
            )
        return
    tried = examples(truth, claim, claim.state)
    for example in tried:
        findings = list(_at(truth, claim, example, examined=True))
        if findings:
            yield from findings
            return
    if not tried:
        raise NotChecked(say("no admissible parameter values were found at which it exists"))


def _neutral(truth: Truth, claim: StabilityClaim, profile: tuple[int, ...]) -> bool:
    """Whether an eigenvalue of a pure state is zero wherever the claim is made: then examples tell."""
    return any(truth.simplified(v, *claim.conditions).is_zero for _, _, v in truth.pure_eigenvalues[profile])


def _counterexample(
    truth: Truth, claim: StabilityClaim, profile: tuple[int, ...], context: Formula, *, natural: bool
) -> dict[str, Fraction] | None:
    """Return admissible values, off every border, at which a pure state is certainly not what is claimed."""
    values = [truth.parameter_ratio(v).sign_polynomial for _, _, v in truth.pure_eigenvalues[profile]]
    up = [PolynomialSign(v, ">") for v in values]
    down = [PolynomialSign(v, "<") for v in values]
    all_up, all_down = All(tuple(up)), All(tuple(down))
    label = claim.label
    if claim.ess is not None and label in (None, "asymptotically stable"):
        label = "asymptotically stable" if claim.ess else "not asymptotically stable"
    wrong_by_label: dict[str, Formula] = {
        "asymptotically stable": Either(tuple(up)),
        "stable": Either(tuple(up)),
        "centre": All(tuple(PolynomialSign(v, "!=") for v in values)),
        "saddle": Either((all_up, all_down)),
        "source": Either(tuple(down)),
        "unstable": all_down,
        "not asymptotically stable": all_down,
    }
    wrong = wrong_by_label[label or "stable"]
    try:
        return truth.admissible.find(context, wrong, interior=True, natural=natural)
    except Unknown:
        raise NotChecked(UNDECIDED_IN_TIME) from None


def _at(
    truth: Truth, claim: StabilityClaim, values: Mapping[str, Fraction], *, examined: bool
) -> Iterator[Finding]:
    try:
        located = locate(truth, claim.state, truth.analysis(values), values)
    except NotChecked:
        pure = _pure(truth, claim, values)
        if pure is None:
            raise
        located = pure
    where = _where(claim, examined)
    if not located.found:
        if free_shares(truth, claim.state):
            raise NotChecked(say("the stability of edges and faces is not compared"))
        yield from _no_rest_point(truth, claim, values, where)
        return
    exact_rule = truth.strict_only
    label_wrong = None if claim.label is None else contradicted(claim.label, located, exact_rule)
    ess_wrong = None if claim.ess is None else _ess_contradicted(claim.ess, located, exact_rule)
    if not label_wrong and not ess_wrong:
        if (claim.label is not None and label_wrong is None) or (claim.ess is not None and ess_wrong is None):
            raise NotChecked(_undecided(located))
        return
    true = located.label or "undecided"
    sentences = [
        _said(claim, bool(ess_wrong) and not label_wrong),
        say("{where} it is {label}{reason}.", where=where, label=called(true), reason=_reason(located)),
    ]
    zero = zero_directions(truth, claim.state, values)
    if zero:
        sentences.append(say("It is degenerate: {why}.", why=zero))
    yield about(
        claim,
        "P608",
        "error",
        together(sentences),
        claim=claim.label_text or f"ess: {str(claim.ess).lower()}",
        correct=plainly(true),
        witness=truth.shown(values),
    )


def _pure(truth: Truth, claim: StabilityClaim, values: Mapping[str, Fraction]) -> Located | None:
    """A pure state by its eigenvalues alone, which need only payoffs that are continuous there."""
    profile = truth.pure_profile(truth.point(claim.state))
    if profile is None:
        return None
    with precision():
        try:
            enclosed = [
                ball(expand(truth.game, truth.algebra.write(v)), values)
                for _, _, v in truth.pure_eigenvalues[profile]
            ]
        except NoValue:
            return None
    numbers = tuple(complex(float(v.real.mid()), 0.0) for v in enclosed)
    if any(v.real.contains(0) for v in enclosed):
        return None
    negative = sum(v.real < 0 for v in numbers)
    label: Label = "saddle"
    if negative in (0, len(numbers)):
        label = "asymptotically stable" if negative else "source"
    corner = truth.corner(profile)
    state = tuple(float(corner[s].value or 0) for s in truth.game.shares)
    strict = None if truth.own_play else label == "asymptotically stable"
    return Located(RestPoint("", (), (), state, eigenvalues=numbers, stability=label, ess=strict))


def _undecided(located: Located) -> str:
    entry = located.point or located.piece
    reason = say(" ({reason})", reason=entry.reason) if entry is not None and entry.reason else ""
    return say(
        "the analysis finds it {label}{reason}, which does not decide the claim",
        label=plainly(str(located.label)),
        reason=reason,
    )


def _ess_contradicted(claimed: bool, located: Located, exact_rule: bool) -> bool | None:
    """Whether it is wrong to call a state evolutionarily stable, or not; None where that is not decided."""
    true = None if located.point is None else located.point.ess
    if true is not None:
        return true != claimed
    # An ESS attracts under the replicator dynamics, so what does not attract is none.
    if contradicted("asymptotically stable", located, exact_rule):
        return claimed
    return None


def _where(claim: StabilityClaim, examined: bool) -> str:
    """In which circumstances, as the beginning of a sentence."""
    if claim.scenario is not None and claim.when:
        return say(
            "In the scenario `{scenario}` where {conditions}",
            scenario=claim.scenario,
            conditions=claim.when_text,
        )
    if claim.scenario is not None:
        return say("In the scenario `{scenario}`", scenario=claim.scenario)
    if examined and claim.when:
        return say("Where {conditions}, at the witness,", conditions=claim.when_text)
    return say("At the witness,") if examined else say("At the values of the file")


def _said(claim: StabilityClaim, about_ess: bool) -> str:
    ess = "ESS" if claim.ess else "no ESS"
    what = ess if about_ess else claim.label_text or ess
    return say("{state} is said to be {label}.", state=named(claim.state), label=called(what))


def _reason(located: Located) -> str:
    point = located.point
    if located.piece is not None:
        return say(
            " as a state of the continuum of equilibria {equations}",
            equations=listed(_equations(located.piece)),
        )
    if point is None or not point.eigenvalues:
        return ""
    values = listed(show(_ball(v)) for v in point.eigenvalues)
    if located.label == "undecided" and point.reason:
        return say(", with eigenvalues {values} ({reason})", values=values, reason=point.reason)
    return say(", with eigenvalues {values}", values=values)


def _equations(piece: RestSet) -> list[str]:
    return [condition_words(e) for e in piece.equations]


def _ball(value: complex) -> Any:
    from flint import acb

    return acb(value.real, value.imag)


def _no_rest_point(
    truth: Truth, claim: StabilityClaim, values: Mapping[str, Fraction], where: str
) -> Iterator[Finding]:
    if any(p is claim.state for p in truth.published.rest_points) and claim.scenario is None:
        return  # told where the point is listed
    try:
        place = [float(c.real.mid()) for c in coordinates_at(truth, claim.state, values)]
    except NoValue:
        place = []
    outside = any(not 0 <= v <= 1 for v in place)
    numbers = say(", at ({place})", place=", ".join(show(v) for v in place)) if place else ""
    if outside:
        sentence = say("{where} the point lies outside the state space{at}.", where=where, at=numbers)
    else:
        sentence = say("{where} the point is no rest point{at}.", where=where, at=numbers)
    yield about(
        claim,
        "P605" if outside or not place else "P603",
        "error",
        together((_said(claim, claim.label is None), sentence)),
        claim=claim.label_text or f"ess: {str(claim.ess).lower()}",
        witness=truth.shown(values),
    )
