"""Claimed effects: that a parameter matters for a share, and in which direction.

A parameter acts on a share if the share's equation holds it, or that of another share on which it depends.
Its direction is the sign of the derivative of the advantage by the parameter.

Parameters without effect: inert ones cancel from every equation, unused ones stand nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from separatrix.audit.checks.equations import judged
from separatrix.audit.claims.claims import EffectClaim, knows
from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.findings import Finding, about, claim_circumstances, of_game, values_text
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import leaves
from separatrix.expression.tree import Expression, names_in, substitute
from separatrix.game.model import GroupForm
from separatrix.sentences import listed, say, together

__all__ = [
    "active",
    "check_effects",
    "check_inert",
    "influences",
    "payoff_parameters",
]


def active(truth: Truth) -> dict[str, set[str]]:
    """For each share the parameters that its equation holds."""
    parameters = set(truth.game.parameters)
    return {
        share: truth.algebra.names_in(truth.simplified(rate)) & parameters
        for share, rate in truth.equations.items()
    }


def influences(truth: Truth) -> dict[str, set[str]]:
    """For each share the shares whose trajectory has a part in its own, itself included."""
    reach = {}
    uses = {
        share: truth.algebra.names_in(rate) & set(truth.game.shares)
        for share, rate in truth.equations.items()
    }
    for share in truth.equations:
        found, pending = {share}, [share]
        while pending:
            for other in uses[pending.pop()] - found:
                found.add(other)
                pending.append(other)
        reach[share] = found
    return reach


def payoff_parameters(truth: Truth) -> set[str]:
    """The parameters that appear in the payoffs, directly or through shorthands."""
    game = truth.game
    expressions: list[Expression] = [u for row in truth.payoffs for u in row]
    expressions += list(game.speeds)
    if isinstance(game.form, GroupForm):
        expressions.append(game.form.size)
    return {n for e in expressions for n in names_in(_expanded(truth, e))} & set(game.parameters)


def _expanded(truth: Truth, expression: Expression) -> Expression:
    for name, meaning in reversed(list(truth.game.lets.items())):
        expression = substitute(expression, {name: meaning})
    return expression


def _assumed(truth: Truth, moving: set[str]) -> set[str]:
    """The parameters that restrict, through an assumption, one that matters."""
    found: set[str] = set()
    for condition, _ in truth.game.assumptions:
        for relation in leaves(condition):
            names = {
                n for side in (relation.left, relation.right) for n in names_in(_expanded(truth, side))
            } & set(truth.game.parameters)
            if names & moving:
                found |= names
    return found


def check_inert(truth: Truth) -> Iterator[Finding]:
    """Yield a note for each parameter that is inert or unused."""
    try:
        by_share = active(truth)
        in_payoffs = payoff_parameters(truth)
    except NotChecked:
        return
    moving = set().union(*by_share.values())
    bound = moving | _assumed(truth, moving)
    if isinstance(truth.game.form, GroupForm):
        bound |= set(names_in(_expanded(truth, truth.game.form.size)))
    for name, parameter in truth.game.parameters.items():
        if name in bound:
            continue
        meaning = say(" ({meaning})", meaning=parameter.meaning) if parameter.meaning else ""
        path = ("parameters", name)
        if name in in_payoffs:
            who = listed(truth.game.shares)
            yield of_game(
                truth.game,
                "P621",
                "note",
                say(
                    "The parameter `{name}`{meaning} is inert: it appears in the payoffs and "
                    "cancels from the equation{s} of {shares}, so its value changes nothing.",
                    name=name,
                    meaning=meaning,
                    s="s" if len(truth.game.shares) > 1 else "",
                    shares=who,
                ),
                path,
            )
        else:
            text = say(
                "The parameter `{name}`{meaning} is unused: it appears in no payoff.",
                name=name,
                meaning=meaning,
            )
            yield of_game(truth.game, "P622", "note", text, path)


def check_effects(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each claimed effect that the parameter does not have."""
    for claim in truth.published.effects:
        if claim.unknown or not knows(*claim.when):
            continue
        what = say("The effect of {parameter} on {share}", parameter=claim.parameter, share=claim.on)
        yield from judged(claim, what, _judge(truth, claim), undecided=say("z3 gave no answer"))


def _judge(truth: Truth, claim: EffectClaim) -> Iterator[Finding]:
    by_share = active(truth)
    reached = influences(truth)[claim.on]
    acts = {s for s, names in by_share.items() if claim.parameter in names}
    if not acts & reached:
        if claim.sign != 0:
            yield _no_effect(truth, claim, acts)
        return
    if claim.on not in acts:
        if claim.sign == 0:
            return  # no direct effect, and through others is a matter of words
        if claim.sign is not None:
            through = listed(sorted(acts & reached))
            raise NotChecked(
                say(
                    "it acts on {share} only through {others}, so its direction depends on the trajectory",
                    share=claim.on,
                    others=through,
                )
            )
        return
    if claim.sign is not None:
        yield from _direction(truth, claim)


def _no_effect(truth: Truth, claim: EffectClaim, acts: set[str]) -> Finding:
    name = claim.parameter
    if acts:
        reason = say(
            "it appears only in the equation of {others}, on which {share} does not depend",
            others=listed(sorted(acts)),
            share=claim.on,
        )
    elif name in payoff_parameters(truth):
        reason = say("it appears in the payoffs but cancels from every equation")
    else:
        reason = say("it appears in no payoff")
    return about(
        claim,
        "P619",
        "error",
        say(
            "`{parameter}` is said to act on {share}, and has no effect: {reason}.",
            parameter=name,
            share=claim.on,
            reason=reason,
        ),
        claim=say("{parameter} acts on {share}", parameter=name, share=claim.on),
        correct=say("no effect"),
    )


def _direction(truth: Truth, claim: EffectClaim) -> Iterator[Finding]:
    slope = _slope(truth, claim)
    if slope is None:
        raise NotChecked(say("of a population of more than two strategies the direction is not compared"))
    wanted = claim.sign or 0
    values = truth.scenario_values(claim)
    tried: list[Mapping[str, Fraction]] = (
        [values] if values is not None else list(truth.admissible.file_values)
    )
    if values is None and not tried:
        tried = list(truth.admissible.examples)
    context = truth.context(claim)
    for example in tried:
        if values is None and not truth.admissible.true_at(context, example):
            continue
        for state in _places(truth):
            try:
                value = put(slope, {**example, **state}).value
            except ZeroDivisionError:
                continue
            if value is None:
                raise NotChecked(say("its derivative holds roots or functions"))
            sign = (value > 0) - (value < 0)
            if sign != wanted and (sign != 0 or _always_zero(truth, slope, example)):
                yield _wrong(truth, claim, slope, {**example, **state}, sign)
                return


def _slope(truth: Truth, claim: EffectClaim) -> Ratio | None:
    for population in truth.game.populations:
        if claim.on == population.share and population.binary:
            x = truth.algebra.variable(claim.on)
            spread = x * (truth.algebra.constant(1) - x)
            return (truth.equations[claim.on] / spread).derivative(claim.parameter)
    return None


def _places(truth: Truth) -> Iterator[dict[str, Fraction]]:
    """Interior states near every corner, and some between."""
    for profile in truth.profiles:
        corner = truth.corner(profile)
        yield {
            s: Fraction(1, 2) + (v.value - Fraction(1, 2)) * Fraction(9, 10)
            for s, v in corner.items()
            if v.value is not None and s in truth.coordinates
        }
    for state in truth.states():
        yield {s: v for s, v in state.items() if s in truth.coordinates}


def _always_zero(truth: Truth, slope: Ratio, values: Mapping[str, Fraction]) -> bool:
    return put(slope, dict(values)).is_zero


def _wrong(
    truth: Truth, claim: EffectClaim, slope: Ratio, known: Mapping[str, Fraction], sign: int
) -> Finding:
    effect = {1: say("raises"), -1: say("lowers"), 0: say("does not change")}[sign]
    names = truth.algebra.used(slope)
    shown = {n: known[n] for n in names if n in known}
    at = say("at {values}", values=values_text(shown)) if shown else ""
    inside = together((claim_circumstances(claim), at))
    return about(
        claim,
        "P620",
        "error",
        say(
            "`{parameter}` is said to have the sign {sign} on {share}, and it {raises} the growth of {share}"
            "{where}: the advantage changes by {slope} per unit of it.",
            parameter=claim.parameter,
            sign=_sign(claim.sign or 0),
            share=claim.on,
            raises=effect,
            where=say(" {place}", place=inside) if inside else "",
            slope=truth.algebra.text(slope),
        ),
        claim=say(
            "{parameter} on {share}: {sign}",
            parameter=claim.parameter,
            share=claim.on,
            sign=_sign(claim.sign or 0),
        ),
        correct=truth.algebra.text(slope),
        witness=shown,
    )


def _sign(sign: int) -> str:
    return {1: "+", -1: "-", 0: "0"}[sign]
