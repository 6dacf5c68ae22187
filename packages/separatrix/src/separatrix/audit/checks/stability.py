"""Claimed labels: what a state is called against what it is.

A label is contradicted, not just weaker: a saddle is rightly called unstable.  Labels of claims without
circumstances are judged at the file's own values; where it has none, for all admissible parameters.

Degeneracy: values, or formulas, at which an eigenvalue at a pure profile is exactly zero.

Where the gain of one population at a pure profile is zero, the whole edge towards its other strategy rests
(payoffs of the others given): the sign of the eigenvalue decides nothing there, and the smallest change of a
parameter changes the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from separatrix.analysis.results import Label, RestPoint, RestSet
from separatrix.audit.checks.equations import judged
from separatrix.audit.claims.claims import (
    UNDECIDED_IN_TIME,
    StabilityClaim,
    StateClaim,
    condition_words,
    knows,
    label_text,
    plainly,
)
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.evidence.admissible import Formula, PolynomialSign, Unknown
from separatrix.audit.evidence.algebra import balance, put
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.findings import Finding, about, of_game, state_name, values_text
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
from separatrix.exact.rational_functions import Ratio, sum_of_terms
from separatrix.expression.conditions import All, Either
from separatrix.expression.tree import to_text
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = [
    "check_degeneracy",
    "check_stability",
    "contradicted",
    "zero_directions",
]

Profile = tuple[int, ...]


@dataclass
class _Edge:
    """A quantity that is zero at some pure profiles, and the edges that rest because of it."""

    quantity: Ratio
    states: list[Profile] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)


def _deciding(truth: Truth, value: Ratio, values: Mapping[str, Fraction]) -> Ratio:
    """The factor of an eigenvalue that is zero at these values, without the parameters that are 0."""
    ring = truth.algebra
    zeros = {n: v for n, v in values.items() if v == 0}
    simpler = put(value, zeros) if zeros else value
    if simpler.is_zero:
        return value  # some parameter is zero, and that alone decides: the whole formula is shown
    _, factors = simpler.numerator.factor()
    for factor, _ in factors:
        ratio = ring.ratio(factor)
        if put(ratio, dict(values)).is_zero:
            return ratio
    return simpler


def check_degeneracy(truth: Truth) -> Iterator[Finding]:
    """Yield a note where the file's own values, its scenarios or all parameters are degenerate."""
    try:
        table = truth.pure_eigenvalues
    except NotChecked:
        return
    always = _Edge(truth.algebra.constant(0))
    for profile, entries in table.items():
        for i, a, value in entries:
            if truth.simplified(value).is_zero:
                _add(truth, always, profile, i, a, None)
    if always.states:
        yield of_game(
            truth.game,
            "P624",
            "note",
            say(
                "Degenerate for all parameters: whatever the values, at {states} an eigenvalue is zero"
                "{edges}. The signs of eigenvalues decide nothing there.",
                states=_states(truth, always),
                edges=_edges(always),
            ),
            ("payoffs",),
            correct=listed(always.edges),
        )
    settings: list[tuple[str | None, dict[str, Fraction] | None]] = [(None, truth.admissible.base)]
    settings += [(s, truth.admissible.scenario(s)) for s in truth.game.scenarios]
    told: list[dict[str, Fraction]] = []
    for scenario, values in settings:
        if values is None or values in told:
            continue
        told.append(values)
        for edge in _edges_at(truth, values):
            yield _note(truth, scenario, values, edge)


def _edges_at(truth: Truth, values: Mapping[str, Fraction]) -> list[_Edge]:
    found: list[_Edge] = []
    for profile, entries in truth.pure_eigenvalues.items():
        for i, a, value in entries:
            if truth.simplified(value).is_zero or not truth.algebra.is_rational(value):
                continue
            try:
                vanishes = put(value, dict(values)).is_zero
            except ZeroDivisionError:  # a pole at these values: there is no eigenvalue
                continue
            if not vanishes:
                continue
            quantity = _deciding(truth, value, values)
            edge = next((e for e in found if e.quantity is not None and _same(e.quantity, quantity)), None)
            if edge is None:
                edge = _Edge(quantity)
                found.append(edge)
            _add(truth, edge, profile, i, a, values)
    return found


def _same(one: Ratio, other: Ratio) -> bool:
    return (one / other).value is not None


def _add(
    truth: Truth, edge: _Edge, profile: Profile, i: int, a: int, values: Mapping[str, Fraction] | None
) -> None:
    if profile not in edge.states:
        edge.states.append(profile)
    written = _edge_text(truth, profile, i, a)
    if written not in edge.edges and _rests(truth, profile, i, a, values):
        edge.edges.append(written)


def _rests(truth: Truth, profile: Profile, i: int, a: int, values: Mapping[str, Fraction] | None) -> bool:
    """Whether the whole edge towards another strategy of one population is at rest."""
    moving = truth.game.populations[i]
    place = {s: v for s, v in truth.corner(profile).items() if s in truth.coordinates}
    if moving.binary:
        del place[moving.share]
    else:
        ends = (moving.shares[a], moving.shares[profile[i]])
        first = next(s for s in ends if s in truth.coordinates)
        rest = truth.algebra.constant(1) - truth.algebra.variable(first)
        place.update({s: rest for s in ends if s != first and s in truth.coordinates})
        del place[first]
    rate = truth.equations[moving.share if moving.binary else moving.shares[a]]
    rate = put(rate, {**place, **(values or {})})
    return truth.simplified(rate).is_zero


def _edge_text(truth: Truth, profile: Profile, i: int, a: int) -> str:
    """An edge of the state space, its moving share named: (x, 0, 0)."""
    parts = [
        share if k == i and b in (a, profile[i]) else str(int(b == profile[k]))
        for share, (k, b) in zip(truth.game.shares, truth.game.space.strategies, strict=True)
    ]
    return f"({', '.join(parts)})"


def _edges(edge: _Edge) -> str:
    if not edge.edges:
        return ""
    return say(
        " and every state of the edge{s} {edges} is at rest",
        s="s" * (len(edge.edges) > 1),
        edges=listed(edge.edges),
    )


def _states(truth: Truth, edge: _Edge) -> str:
    return listed(_state(truth, profile) for profile in edge.states)


def _state(truth: Truth, profile: Profile) -> str:
    corner = truth.corner(profile)
    return f"({', '.join(str(corner[s].value) for s in truth.game.shares)})"


def _note(truth: Truth, scenario: str | None, values: Mapping[str, Fraction], edge: _Edge) -> Finding:
    used = truth.algebra.used(edge.quantity)
    zeros = [n for n, v in values.items() if v == 0 and n not in used]
    full = [n for n in zeros if _matters(truth, edge, n)]
    expression = (
        f"{to_text(truth.algebra.written_out(sum_of_terms(truth.algebra, edge.quantity.numerator)))} = 0"
    )
    balanced = balance(truth.algebra, edge.quantity)
    equation = balanced
    if balanced != expression:
        equation = say("{equation}, that is {balanced}", equation=expression, balanced=balanced)
    given = say(" (with {values})", values=values_text(values, full)) if full else ""
    if scenario is None:
        lies = say(
            "The values of the file are degenerate: {equation} exactly{given}.",
            equation=equation,
            given=given,
        )
    else:
        lies = say(
            "The scenario `{scenario}` is degenerate: {equation} exactly{given}.",
            scenario=scenario,
            equation=equation,
            given=given,
        )
    zero = say(
        "At {states} an eigenvalue is zero{edges}; its sign decides nothing there.",
        states=_states(truth, edge),
        edges=_edges(edge),
    )
    text = together((lies, zero))
    path = ("parameters",) if scenario is None else ("scenarios", scenario)
    return of_game(
        truth.game, "P623", "note", text, path, correct=balanced, witness={n: values[n] for n in used}
    )


def _matters(truth: Truth, edge: _Edge, name: str) -> bool:
    """Whether a parameter that is zero appears in one of the eigenvalues concerned."""
    for profile in edge.states:
        for _, _, value in truth.pure_eigenvalues[profile]:
            if name in truth.algebra.used(value):
                shown = put(value, {name: Fraction(0)})
                if not shown.is_zero and _same_part(shown, edge.quantity):
                    return True
    return False


def _same_part(value: Ratio, quantity: Ratio) -> bool:
    return (value / quantity).denominator.is_constant()


def zero_directions(truth: Truth, state: StateClaim, values: Mapping[str, Fraction]) -> str:
    """Return which quantities vanish at a claimed pure state at given values, as a clause, or nothing."""
    try:
        profile = truth.pure_profile(truth.point(state))
        if profile is None:
            return ""
        entries = truth.pure_eigenvalues[profile]
    except (NotChecked, ZeroDivisionError):
        return ""
    parts = []
    for i, a, value in entries:
        if not put(value, dict(values)).is_zero:
            continue
        edge = _edge_text(truth, profile, i, a)
        if truth.simplified(value).is_zero:
            parts.append(say("the edge {edge} rests for all parameters", edge=edge))
        else:
            equation = balance(truth.algebra, _deciding(truth, value, values))
            parts.append(say("{equation}, and the edge {edge} rests", equation=equation, edge=edge))
    return together(parts, "; ")


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
        what = say("The stability of {state}", state=state_name(claim.state))
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
    """The numbers of eigenvalues with negative, zero and positive real part, in floating point."""
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
        text = together((_claim_sentence(claim, False), never))
        yield about(claim, "P610", "error", text, claim=claim.when_text)
        return
    values = truth.scenario_values(claim)
    if values is None and not claim.when:
        base = truth.admissible.base
        # A mixed point that does not exist at the values of the file is meant where it does.
        if base is not None and (is_numeric(claim.state) or is_inside(truth, claim.state, base)):
            values = base
    if values is not None:
        yield from _findings_at_values(truth, claim, values, examined=False)
        return
    context = truth.context(claim)
    point = truth.point(claim.state)
    profile = truth.pure_profile(point)
    if profile is not None and not _neutral(truth, claim, profile):
        found = _counterexample(truth, claim, profile, context, natural=True)
        if found is not None:
            yield from _findings_at_values(truth, claim, found, examined=True)
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
                together((_claim_sentence(claim, claim.label is None), only)),
                claim=claim.label_text or f"ess: {str(claim.ess).lower()}",
                witness=truth.relevant_values(found),
            )
        return
    tried = examples(truth, claim, claim.state)
    for example in tried:
        findings = list(_findings_at_values(truth, claim, example, examined=True))
        if findings:
            yield from findings
            return
    if not tried:
        raise NotChecked(say("no admissible parameter values were found at which it exists"))


def _neutral(truth: Truth, claim: StabilityClaim, profile: tuple[int, ...]) -> bool:
    """Whether an eigenvalue of a pure state is zero wherever the claim is made, so that examples decide."""
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


def _findings_at_values(
    truth: Truth, claim: StabilityClaim, values: Mapping[str, Fraction], *, examined: bool
) -> Iterator[Finding]:
    try:
        located = locate(truth, claim.state, truth.analysis(values), values)
    except NotChecked:
        pure = _pure(truth, claim, values)
        if pure is None:
            raise
        located = pure
    where = _circumstances(claim, examined)
    if not located.is_at_rest:
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
        _claim_sentence(claim, bool(ess_wrong) and not label_wrong),
        say("{where} it is {label}{reason}.", where=where, label=label_text(true), reason=_reason(located)),
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
        witness=truth.relevant_values(values),
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


def _circumstances(claim: StabilityClaim, examined: bool) -> str:
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


def _claim_sentence(claim: StabilityClaim, about_ess: bool) -> str:
    ess = "ESS" if claim.ess else "no ESS"
    what = ess if about_ess else claim.label_text or ess
    return say("{state} is said to be {label}.", state=state_name(claim.state), label=label_text(what))


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
        sentence = say("{where} the point is not a rest point{at}.", where=where, at=numbers)
    yield about(
        claim,
        "P605" if outside or not place else "P603",
        "error",
        together((_claim_sentence(claim, claim.label is None), sentence)),
        claim=claim.label_text or f"ess: {str(claim.ess).lower()}",
        witness=truth.relevant_values(values),
    )
