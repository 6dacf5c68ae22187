"""An analysis as plain data, by the output contract (schema 1).  Keys are added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.analysis.equations import replicator_equations as equations
from separatrix.expression.condition import Condition, condition_text
from separatrix.expression.tree import Expression, Number, to_text

if TYPE_CHECKING:
    from separatrix.analysis.result import (
        Analysis,
        BoundaryCycle,
        Coexistence,
        Completeness,
        NashComponent,
        Regime,
        RestComponent,
        RestPoint,
        RestSet,
    )

__all__ = ["SCHEMA", "analysis_to_dict"]

SCHEMA = 1


def analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """Return the answer as JSON-able data.

    In symbolic answers texts are in the parameters' names; else the values stand in their place.
    """
    game = analysis.game
    shares = game.shares
    values = None if analysis.symbolic else analysis.values
    if values is None:
        payoffs, advantage = analysis.payoffs, analysis.advantages
        rates, jacobian = analysis.equations, analysis.jacobian
    else:
        payoffs = equations.expected_payoffs(game, values)
        advantage = equations.advantages(game, values)
        rates = equations.replicator_equations(game, values)
        jacobian = equations.jacobian(game, values)

    return {
        "schema": SCHEMA,
        "model": {
            "title": game.title,
            "source": game.source,
            "origin": game.origin,
            "scenario": analysis.scenario,
            "symbolic": analysis.symbolic,
            "one_population": game.plays_itself,
            "populations": [
                {"name": p.name, "share": p.share, "strategies": [s.name for s in p.strategies]}
                for p in game.populations
            ],
            "parameters": {
                n: None if analysis.values is None else _number(analysis.values[n]) for n in game.parameters
            }
            if analysis.values is not None or not game.parameters
            else {n: None if p.value is None else _number(p.value) for n, p in game.parameters.items()},
            "shorthands": {name: to_text(meaning) for name, meaning in game.lets.items()},
            "assumptions": [text_ for _, text_ in game.assumptions],
        },
        "payoffs": {
            name: {
                **{s: to_text(u) for s, u in payoff.strategies.items()},
                "average": to_text(payoff.average),
            }
            for name, payoff in payoffs.items()
        },
        "advantages": {share: to_text(f) for share, f in advantage.items()},
        "equations": {share: to_text(rate) for share, rate in rates.items()},
        "jacobian": [[to_text(entry) for entry in row] for row in jacobian],
        "definitions": {name: to_text(meaning) for name, meaning in analysis.definitions.items()},
        "rest_points": [_point(p, shares) for p in analysis.rest_points],
        "rest_sets": [_set(s, shares) for s in analysis.rest_sets],
        "rest_components": [_component(c) for c in analysis.rest_components],
        "nash_components": None
        if analysis.nash_components is None
        else [_nash_component(n, shares) for n in analysis.nash_components],
        "cycles": [_cycle(c, shares) for c in analysis.cycles],
        "completeness": _completeness(analysis.completeness),
        "regimes": [_regime(r, shares) for r in analysis.regimes],
        "regimes_completeness": _completeness(analysis.regimes_completeness),
        "coexistence": _coexistence(analysis.coexistence, shares),
        "warnings": [{"code": w.code, "text": w.text} for w in analysis.warnings],
        "provenance": _provenance(analysis),
    }


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _condition(condition: Condition | None) -> str | None:
    return None if condition is None else condition_text(condition)


def _state(shares: tuple[str, ...], state: tuple[float, ...] | None) -> dict[str, float] | None:
    return None if state is None else dict(zip(shares, state, strict=True))


def _point(point: RestPoint, shares: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": point.id,
        "state": _state(shares, point.state),
        "exact": None
        if point.exact is None
        else {s: to_text(e) for s, e in zip(shares, point.exact, strict=True)},
        "support": [list(s) for s in point.support],
        "isolated": point.isolated,
        "eigenvalues": None
        if point.eigenvalues is None
        else [[_plain(v.real), _plain(v.imag)] for v in point.eigenvalues],
        "eigenvalues_exact": None
        if point.eigenvalues_exact is None
        else [to_text(e) for e in point.eigenvalues_exact],
        "stability": point.stability,
        "reason": point.reason,
        "stable_when": _condition(point.stable_when),
        "open_when": _condition(point.open_when),
        "exists": _condition(point.exists),
        "nash": point.nash,
        "strict_nash": point.strict_nash,
        "ess": point.ess,
        "nss": point.nss,
    }


def _plain(value: float) -> float:
    return value + 0.0  # never -0.0


def _set(piece: RestSet, shares: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": piece.id,
        "support": [list(s) for s in piece.support],
        "dimension": piece.dimension,
        "equations": [condition_text(e) for e in piece.equations],
        "corners": [_state(shares, c) for c in piece.corners],
        "stability": piece.stability,
        "reason": piece.reason,
        "exists": _condition(piece.exists),
        "possible_when": _condition(piece.possible_when),
        "component": piece.component,
        "nash": piece.nash,
    }


def _component(component: RestComponent) -> dict[str, Any]:
    return {
        "id": component.id,
        "pieces": list(component.pieces),
        "set_stability": component.set_stability,
        "es_set": component.es_set,
        "reason": component.reason,
    }


def _nash_component(component: NashComponent, shares: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": component.id,
        "support": [list(s) for s in component.support],
        "dimension": component.dimension,
        "corners": [_state(shares, c) for c in component.corners],
        "exact": [{s: to_text(e) for s, e in zip(shares, c, strict=True)} for c in component.exact],
        "strict": component.strict,
        "connected": component.connected,
        "pieces": list(component.pieces),
    }


def _cycle(cycle: BoundaryCycle, shares: tuple[str, ...]) -> dict[str, Any]:
    return {
        "states": [_state(shares, state) for state in cycle.states],
        "attracting": cycle.attracting,
        "reason": cycle.reason,
    }


def _completeness(completeness: Completeness | None) -> dict[str, str] | None:
    return None if completeness is None else {"status": completeness.status, "proof": completeness.proof}


def _coexistence(found: Coexistence | None, shares: tuple[str, ...]) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "least": found.least,
        "most": found.most,
        "generic_least": found.generic_least,
        "exclusive": [_exact_states(pair, shares) for pair in found.exclusive],
        "text": found.told,
    }


def _exact_states(
    states: Iterable[tuple[Expression, ...]], shares: tuple[str, ...]
) -> list[dict[str, int | float | str]]:
    return [{s: _number_or_text(e) for s, e in zip(shares, state, strict=True)} for state in states]


def _regime(regime: Regime, shares: tuple[str, ...]) -> dict[str, Any]:
    return {
        "stable": _exact_states(regime.stable, shares),
        "excluded": _exact_states(regime.excluded, shares),
        "condition": condition_text(regime.condition),
        "witness": {name: _number(value) for name, value in regime.witness.items()},
        "generic": regime.generic,
    }


def _number_or_text(expression: Expression) -> int | float | str:
    return _number(expression.value) if isinstance(expression, Number) else to_text(expression)


def _provenance(analysis: Analysis) -> dict[str, Any]:
    from separatrix.run.provenance import provenance

    return provenance(analysis.game)
