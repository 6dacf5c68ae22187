"""The outcome problem: a game and a dynamic, with or without the game's schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.attractors.outcome import order_of
from separatrix.dynamics.basins.after_schedule import AfterSchedule, Outcomes, SchedulePlan, plan_of
from separatrix.dynamics.basins.exact_outcomes import ExactOutcomes, exact_outcomes
from separatrix.dynamics.fields.base import PayoffField
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.dynamics.fields.registry import field as field_of_kind
from separatrix.dynamics.fields.schedule_remark import at_baseline_values
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say

__all__ = ["OutcomeProblem", "outcome_problem"]


@dataclass(frozen=True)
class OutcomeProblem:
    """The problem, with what is computed once for all starts.

    Attributes
    ----------
    analysis : Analysis
        Of the game at the values that count in the end.
    kind : str
        The rule of motion.
    options : mapping
    plan : SchedulePlan or None
        The schedule that starts go with first.
    """

    analysis: Analysis
    kind: str
    options: Mapping[str, Any]
    plan: SchedulePlan | None

    @cached_property
    def exact(self) -> ExactOutcomes | None:
        """The outcomes after the schedule in closed form, where there is one."""
        alike = dynamic_of(self.kind).has_orbits_of_replicator(self.analysis.game)
        return exact_outcomes(self.analysis) if alike else None

    @cached_property
    def final_outcomes(self) -> Outcomes:
        """The outcomes of starts at the end of the schedule, or of those there are without one."""
        found: Outcomes = self.exact or omega_limits(self.analysis, self.kind, self.options)
        return found

    @cached_property
    def outcomes(self) -> Outcomes:
        """The outcomes of starts at time 0."""
        return (
            self.final_outcomes
            if self.plan is None
            else AfterSchedule(self.plan, self.final_outcomes, self.field)
        )

    @cached_property
    def field(self) -> PayoffField:
        """The field in the end."""
        return field_of_kind(self.analysis.game, self.analysis.values, None, self.kind, **self.options)

    @property
    def attracting(self) -> frozenset[str]:
        """The names that stand for something at which trajectories arrive by a numerical test."""
        if not isinstance(self.final_outcomes, NumericalOutcomes):
            return frozenset()
        return frozenset(
            attractor.name for attractor in self.final_outcomes.attractors if not attractor.ending.proven
        )

    def order(self, names: Sequence[str]) -> list[str]:
        """Return names in the order of rest points, then rest sets, cycles, and the others."""
        if isinstance(self.final_outcomes, NumericalOutcomes):
            known = self.final_outcomes.order()
            return sorted(names, key=lambda name: known.index(name) if name in known else len(known))
        return order_of(list(names), self.analysis)

    def without_cycles(self, how_sure: Sentence) -> Sentence:
        """Return `how_sure` of what stays undecided, with the theorem that excludes cycles."""
        theorem = self.final_outcomes.no_orbit if isinstance(self.final_outcomes, NumericalOutcomes) else None
        if theorem is None:
            return how_sure
        return say(
            "{how_sure}; no closed orbit inside attracts: {theorem}",
            how_sure=how_sure,
            theorem=theorem.reason,
        )

    def with_remarks(self, how_sure: str) -> str:
        """Return `how_sure`, with the remarks on the rule of motion and the schedule that belong to it."""
        if self.kind != "replicator":
            how_sure = say(
                "{how_sure}; under the {dynamics}", how_sure=how_sure, dynamics=dynamic_of(self.kind).title
            )
        if self.plan is None:
            return at_baseline_values(self.analysis.game, how_sure)
        return say(
            "{how_sure}; each start follows the schedule of the game until t = {time}, and the "
            "final game afterwards",
            how_sure=how_sure,
            time=f"{self.plan.end:.6g}",
        )


def outcome_problem(
    game: Game,
    values: Mapping[str, object] | None,
    scenario: str | None,
    kind: str = "replicator",
    scheduled: bool = False,
    options: Mapping[str, Any] | None = None,
) -> OutcomeProblem:
    """Return a question about the outcomes of a game.

    Raises
    ------
    ComesLater, InputError, NameProblem
        Those of `separatrix.basins`.
    """
    from separatrix.analysis.analyze import analyze

    chosen = dynamic_of(kind).name
    plan = plan_of(game, values, scenario, chosen, options) if scheduled else None
    analysis = analyze(game, values if plan is None else plan.values, scenario)
    question = OutcomeProblem(analysis, chosen, dict(options or {}), plan)
    if chosen != "replicator":
        _ = question.field  # so that what is wrong with it is said before anything is worked out
    return question
