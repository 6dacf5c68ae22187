"""The result of an analysis, and the same as plain data by the output contract.

Frozen data; it knows nothing of how it is drawn or printed.  Keys of the contract (schema 1) are added,
never renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis import replicator_equations as equations
from separatrix.analysis.author_notation import AuthorForm
from separatrix.analysis.replicator_equations import Payoff
from separatrix.errors import InputError
from separatrix.expression.conditions import Condition, condition_text
from separatrix.expression.tree import Expression, Number, to_text
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Result, Symbolic, Tabled
from separatrix.sentences import Sentence, say

__all__ = [
    "LABEL_WORDS",
    "Analysis",
    "BoundaryCycle",
    "Coexistence",
    "Completeness",
    "Label",
    "NashComponent",
    "Regime",
    "RestComponent",
    "RestPoint",
    "RestSet",
    "Warning",
]

Label = Literal["asymptotically stable", "centre", "stable", "saddle", "source", "unstable", "undecided"]
State = tuple[float, ...]

LABEL_WORDS: Mapping[Label, Sentence] = {
    "asymptotically stable": say("asymptotically stable"),
    "centre": say("centre"),
    "stable": say("stable"),
    "saddle": say("saddle"),
    "source": say("source"),
    "unstable": say("unstable"),
    "undecided": say("undecided"),
}
"""The labels as parts of sentences, for translation."""


@dataclass(frozen=True, repr=False)
class RestPoint(Result):
    """An isolated rest point, or a pure profile.

    ``state`` has one share a population of two strategies.  ``exists`` and ``stable_when`` are
    conditions on the parameters; where it exists the point is asymptotically stable if ``stable_when``
    holds, which does not repeat what ``exists`` says and is None where the point is never asymptotically
    stable.  Parameters that satisfy ``open_when`` are excepted: at these its stability is left open.
    ``free`` holds the indices of the populations in which more than one strategy is played.
    """

    id: str
    support: tuple[tuple[str, ...], ...]
    free: tuple[int, ...]
    state: State | None = None
    exact: tuple[Expression, ...] | None = None
    isolated: bool | None = None
    eigenvalues: tuple[complex, ...] | None = None
    eigenvalues_exact: tuple[Expression, ...] | None = None
    stability: Label | None = None
    reason: str = ""
    stable_when: Condition | None = None
    exists: Condition | None = None
    nash: bool | None = None
    strict_nash: bool | None = None
    ess: bool | None = None
    nss: bool | None = None
    open_when: Condition | None = None


@dataclass(frozen=True, repr=False)
class RestSet(Result):
    """A piece of a continuum of rest points on which the label of its single points is constant.

    All of its points are Nash equilibria, or none is (``nash``, None where that is undecided).
    ``equations`` describe it exactly.  ``corners`` are the ends of a straight piece, or the corners
    of a polytope, or the state itself where the dimension is 0; ``samples`` are states on it, for
    drawing: a polyline for a curve, a cloud for a surface.  ``exists`` is the exact condition; where
    none is known in closed form it is None and ``possible_when`` is a necessary one.
    """

    id: str
    support: tuple[tuple[str, ...], ...]
    free: tuple[int, ...]
    dimension: int
    equations: tuple[Condition, ...]
    corners: tuple[State, ...] = ()
    samples: tuple[State, ...] = ()
    stability: Label | None = None
    reason: str = ""
    exists: Condition | None = None
    possible_when: Condition | None = None
    component: int | None = None
    nash: bool | None = None


@dataclass(frozen=True)
class NashComponent:
    """A maximal Nash subset of a game of two players: a largest set of exchangeable equilibria.

    It is the product of two polytopes; any strategy of the first one and any of the second one are together
    a Nash equilibrium.  ``corners`` are its extreme equilibria and ``exact`` the same in exact numbers;
    ``strict`` says whether it is a single strict Nash equilibrium.  ``connected`` is the number of the
    connected component of the set of all Nash equilibria that it is part of.  ``pieces`` names the rest
    points and pieces of rest sets that lie wholly in it.
    """

    id: str
    support: tuple[tuple[str, ...], ...]
    dimension: int
    corners: tuple[State, ...]
    exact: tuple[tuple[Expression, ...], ...]
    strict: bool
    connected: int
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class RestComponent:
    """A connected component of the rest states that is more than a point."""

    id: int
    pieces: tuple[str, ...]
    set_stability: Label | None = None
    es_set: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class BoundaryCycle:
    """Pure states joined in a ring by edges of the state space, along which the dynamics run round it.

    ``states`` are in the order of the flow; the last leads back to the first.  ``attracting`` is None
    where that is not proven either way.
    """

    states: tuple[State, ...]
    attracting: bool | None
    reason: str


@dataclass(frozen=True, repr=False)
class Regime(Result):
    """Parameters with the same set of asymptotically stable states.

    The states ``stable`` are stable, and no others, exactly where ``condition`` holds: where their own
    conditions hold, and none of those of the states ``excluded``.
    """

    stable: tuple[tuple[Expression, ...], ...]
    condition: Condition
    witness: Mapping[str, Fraction]
    generic: bool
    excluded: tuple[tuple[Expression, ...], ...] = ()


@dataclass(frozen=True)
class Coexistence:
    """How many states are asymptotically stable at once, for all admissible parameters.

    Attributes
    ----------
    least, most : over all regimes
    generic_least : the same as `least`, but for parameters of a set without interior
    exclusive : pairs of states that are each stable somewhere and never both, though no deviation by a single
        one of several populations leads from one to the other
    told : in sentences
    """

    least: int
    most: int
    generic_least: int
    exclusive: tuple[tuple[tuple[Expression, ...], tuple[Expression, ...]], ...]
    told: str


@dataclass(frozen=True)
class Completeness:
    """Whether a list is whole, and the argument for it."""

    status: Literal["complete", "incomplete"]
    proof: str


@dataclass(frozen=True)
class Warning:
    """Something the reader of an answer should know; never an error."""

    code: str
    text: str


@dataclass(frozen=True, repr=False)
class Analysis(Plotted, Tabled, Symbolic):
    """The answer to ``separatrix analyze``; `to_dict` gives it by the output contract.

    Attributes
    ----------
    values : mapping or None
        The exact parameter values used; None where some parameter has none.
    rest_points, rest_sets, rest_components, completeness
        Every rest state, and the argument that none is missing.
    regimes, regimes_completeness, coexistence
        Filled in by symbolic analyses only; the last one where the regimes are known to be all.
    cycles
        Rings of pure states on the boundary; found in numeric analyses of games with affine payoffs.
    definitions
        What the names stand for, in the parameters, that long symbolic answers give to coefficients of the
        advantages; empty where everything is written in the parameters.
    nash_components
        The maximal Nash subsets of two players at given numbers; None for other games, and where the time
        ran out.

    The formulas (`payoffs`, `equations`, `advantages`, `jacobian`) are computed on first use, in the
    parameters' names.
    """

    game: Game
    values: Mapping[str, Fraction] | None
    scenario: str | None
    symbolic: bool
    rest_points: tuple[RestPoint, ...]
    rest_sets: tuple[RestSet, ...]
    rest_components: tuple[RestComponent, ...]
    completeness: Completeness
    regimes: tuple[Regime, ...] = ()
    regimes_completeness: Completeness | None = None
    warnings: tuple[Warning, ...] = field(default=())
    cycles: tuple[BoundaryCycle, ...] = ()
    definitions: Mapping[str, Expression] = field(default_factory=dict)
    nash_components: tuple[NashComponent, ...] | None = None
    coexistence: Coexistence | None = None

    @property
    def heading(self) -> dict[str, Any]:
        """Which game it is of, and at which values, as plain data."""
        values = {name: float(value) for name, value in (self.values or {}).items()}
        return {"title": self.game.title, "scenario": self.scenario, "parameters": values}

    @property
    def numbers(self) -> Mapping[str, Fraction]:
        """The values of all parameters, for what needs numbers.

        Raises
        ------
        InputError
            V304 where some parameter has no value.
        """
        if self.values is None:
            lacking = ", ".join(f"`{n}`" for n, p in self.game.parameters.items() if p.value is None)
            raise InputError("V304", f"no value for {lacking}", hint="analyze the game at values")
        return self.values

    @cached_property
    def author_form(self) -> AuthorForm:
        """What writes formulas in the grouping of the payoff table, its shorthands kept."""
        return AuthorForm(self.game)

    @cached_property
    def payoffs(self) -> Mapping[str, Payoff]:
        """Population name -> expected payoffs; empty where no table was given."""
        from separatrix.analysis.replicator_equations import expected_payoffs

        return expected_payoffs(self.game, at=self.values)

    @cached_property
    def advantages(self) -> Mapping[str, Expression]:
        """Share -> payoff of its first strategy over the second, for populations of two strategies."""
        from separatrix.analysis.replicator_equations import advantages

        found = advantages(self.game, at=self.values)
        return {share: self.author_form.regroup(gain) for share, gain in found.items()}

    @cached_property
    def equations(self) -> Mapping[str, Expression]:
        """Share -> its rate of change."""
        from separatrix.analysis.replicator_equations import replicator_equations

        found = replicator_equations(self.game, at=self.values)
        return {share: self.author_form.regroup(rate) for share, rate in found.items()}

    @cached_property
    def jacobian(self) -> tuple[tuple[Expression, ...], ...]:
        """Derivatives of the rates (rows) by the shares (columns); see `equations.replicator_equations`."""
        from separatrix.analysis.replicator_equations import jacobian

        rows = jacobian(self.game, at=self.values)
        return tuple(tuple(self.author_form.regroup(entry) for entry in row) for row in rows)

    def to_dict(self) -> dict[str, object]:
        """Return the answer as plain data: exactly the JSON of ``--format json``."""
        return _analysis_to_dict(self)


# --------------------------------------------------------------------------- as plain data

SCHEMA = 1


def _analysis_to_dict(analysis: Analysis) -> dict[str, Any]:
    """Return the answer as JSON-able data.

    In symbolic answers texts are in the parameters' names; else these are replaced by their values.
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
    from separatrix.run.results import provenance

    return provenance(analysis.game)
