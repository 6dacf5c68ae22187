"""Degeneracy: values, or formulas, at which an eigenvalue at a pure profile is exactly zero.

Where the gain of one population at a pure profile is zero, the whole edge towards its other strategy rests
(payoffs of the others given): the sign of the eigenvalue decides nothing there, and the smallest change of a
parameter changes the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from separatrix.audit.claims.claim import StateClaim
from separatrix.audit.evidence.algebra import put
from separatrix.audit.evidence.balanced_condition import balance
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import of_game, values_text
from separatrix.exact.rational_functions import Ratio, sum_of_terms
from separatrix.expression.tree import to_text
from separatrix.sentences import listed, say, together

__all__ = ["check_degeneracy", "zero_directions"]

Profile = tuple[int, ...]


@dataclass
class _Edge:
    """A quantity that is zero at some pure profiles, and the edges that rest because of it."""

    quantity: Ratio
    states: list[Profile] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)


def _deciding(truth: Truth, value: Ratio, values: Mapping[str, Fraction]) -> Ratio:
    """The factor of an eigenvalue that is zero at these values, parameters that are 0 left out."""
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
    expression = f"{to_text(truth.algebra.named(sum_of_terms(truth.algebra, edge.quantity.numerator)))} = 0"
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
    """Whether a parameter that is zero stands in one of the eigenvalues concerned."""
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
