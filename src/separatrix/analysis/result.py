"""What an analysis found.  Frozen data; it knows nothing of how it is drawn or printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis.equations.author_form import AuthorForm
from separatrix.analysis.equations.replicator_equations import Payoff
from separatrix.errors import InputError
from separatrix.expression.condition import Condition
from separatrix.expression.tree import Expression
from separatrix.game.model import Game
from separatrix.run.cached import cached_property
from separatrix.run.result import Plotted, Result, Symbolic, Tabled
from separatrix.sentence import Sentence, say

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
"""The labels as parts of sentences, for other languages to tell."""


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

    The formulas (`payoffs`, `equations`, `advantages`, `jacobian`) are worked out when first asked for, in
    the parameters' names.
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
        from separatrix.analysis.equations.replicator_equations import expected_payoffs

        return expected_payoffs(self.game, at=self.values)

    @cached_property
    def advantages(self) -> Mapping[str, Expression]:
        """Share -> payoff of its first strategy over the second, for populations of two strategies."""
        from separatrix.analysis.equations.replicator_equations import advantages

        found = advantages(self.game, at=self.values)
        return {share: self.author_form.written(gain) for share, gain in found.items()}

    @cached_property
    def equations(self) -> Mapping[str, Expression]:
        """Share -> its rate of change."""
        from separatrix.analysis.equations.replicator_equations import replicator_equations

        found = replicator_equations(self.game, at=self.values)
        return {share: self.author_form.written(rate) for share, rate in found.items()}

    @cached_property
    def jacobian(self) -> tuple[tuple[Expression, ...], ...]:
        """Derivatives of the rates (rows) by the shares (columns); see `equations.replicator_equations`."""
        from separatrix.analysis.equations.replicator_equations import jacobian

        rows = jacobian(self.game, at=self.values)
        return tuple(tuple(self.author_form.written(entry) for entry in row) for row in rows)

    def to_dict(self) -> dict[str, object]:
        """Return the answer as plain data: exactly the JSON of ``--format json``."""
        from separatrix.analysis.output_schema import analysis_to_dict

        return analysis_to_dict(self)
