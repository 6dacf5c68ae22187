"""The outcome of one start, with or without the schedule of the game.

Outcomes after a temporary policy: each start goes with the schedule, and then as the game is from then on.

While parameters do not change many trajectories are followed together
(`separatrix.dynamics.integration.batch`, where the rule keeps faces); while they move, all trajectories take
the same steps in time.  Under a rule that keeps faces a trajectory is handed over in log-odds, so that what
a long policy has all but driven out can still come back.

The outcome problem: a game and a dynamic, with or without the game's schedule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.equilibria import omega_limits
from separatrix.dynamics.attractors.heteroclinic_cycles import SEPARATRIX, UNDECIDED, OmegaLimit, order_of
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.attractors.tolerances import GONE
from separatrix.dynamics.basins.exact_outcomes import ExactOutcomes, attracting, exact_outcomes, rest_ending
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.dynamics.fields.registry import at_baseline_values, dynamic_of
from separatrix.dynamics.fields.registry import field as field_of_kind
from separatrix.dynamics.fields.schedules import ScheduledField, SchedulePiece, scheduled_field
from separatrix.dynamics.integration.batch import Order, checked_starts, recorded
from separatrix.dynamics.integration.coordinates import motion_of, motion_on
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.tolerances import LEAST_STEP, WITH_SCHEDULE
from separatrix.dynamics.tolerances import SAME
from separatrix.errors import InputError
from separatrix.game.model import Game, apart
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Result
from separatrix.sentences import Sentence, say

__all__ = [
    "AfterSchedule",
    "Outcome",
    "OutcomeProblem",
    "Outcomes",
    "SchedulePlan",
    "ending_of",
    "outcome",
    "outcome_on_face",
    "outcome_problem",
    "outcome_without_schedule",
    "plan_of",
]

Array = NDArray[np.float64]
Names = NDArray[np.str_]

SMALL_STEPS = 400
"""Steps on a stretch under the best response dynamics, at least. Fewer: replies that change on the way are
met less exactly."""


class Outcomes(Protocol):
    """From starts to the names of where they end."""

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end."""
        ...

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from the coordinates of the motion."""
        ...

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        ...


@dataclass(frozen=True)
class SchedulePlan:
    """The schedule of a game, up to its last change.

    Attributes
    ----------
    flow : ScheduledField
    end : float
        When the last change of parameters is over; 0 where all of them lie before time 0.
    values : mapping of parameter to number
        What parameters are worth from then on, where the schedule says so.
    """

    flow: ScheduledField
    end: float
    values: Mapping[str, object]

    def pushed(self, starts: ArrayLike) -> Array:
        """Return where starts (orbits, n) are at the end of the schedule, in coordinates of the motion."""
        begin: Any = self.flow.field_at(0.0)
        at = motion_of(begin).to_coordinates(checked_starts(begin, starts))
        if self.end <= 0:
            return at
        with np.errstate(all="ignore"):
            for a, b, piece in self.flow.pieces_between(0.0, self.end):
                at = _advance_through_piece(piece, at, a, b)
        return at


def plan_of(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    kind: str = "replicator",
    options: Mapping[str, Any] | None = None,
) -> SchedulePlan:
    """Return the schedule of a game, ready to follow trajectories under a rule of motion.

    Raises
    ------
    InputError
        D626 for a game without a schedule; those of `separatrix.dynamics.fields.schedules.scheduled_field`.
    """
    if not game.schedule:
        raise InputError(
            "D626",
            "the game has no schedule, so outcomes after one are undefined",
            hint="add one under `schedule:` to the game file, or do not request it",
        )
    flow = scheduled_field(game, values, scenario, kind, **(options or {}))
    end = max(flow.breakpoints[-1], 0.0)
    last = {name: worth[1] for name, worth in flow.pieces[-1].values.items()}
    return SchedulePlan(flow, end, {**(values or {}), **last})


@dataclass(frozen=True)
class AfterSchedule:
    """The outcomes of starts at time 0: those of the game after its schedule, from where each start is
    then."""

    plan: SchedulePlan
    after: Outcomes
    field: PayoffField

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end."""
        return self.after.names_at(self.plan.pushed(starts))

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts end that are given in coordinates of the motion."""
        return self.names(motion_of(self.field).states(odds))

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        return self.after.ending(name)


# --------------------------------------------------------------------------- stretches


def _advance_through_piece(piece: SchedulePiece, at: Array, start: float, end: float) -> Array:
    """Return coordinates (m, trajectories) at the end of a stretch from those at its start."""
    motion, span = motion_on(piece, start), end - start
    if not motion.leaves_faces and motion.moving is None:
        nothing = np.empty(0)
        return recorded(Order(motion, span, nothing, (), WITH_SCHEDULE), at.T, np.ones(at.shape[1])).ends.T
    under_way = Ensemble(
        motion,
        at,
        tolerance=WITH_SCHEDULE,
        longest=span / SMALL_STEPS if motion.jumps else math.inf,
        together=motion.moving is not None and not motion.jumps,
        least=LEAST_STEP * span,
    )
    result = np.array(at)
    while under_way.rows.size:
        ended = under_way.advance(span)
        result[:, under_way.rows] = under_way.at
        under_way.keep(~ended)
    return result


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


@dataclass(frozen=True, repr=False)
class Outcome(Result):
    """Where the trajectory from one start ends.

    Attributes
    ----------
    analysis : Analysis
        Of the game at the values that count in the end.
    start : tuple of float
    ending : OmegaLimit
        What it comes to: `name`, `kind`, and whether that is proven to attract.
    how_sure : str
    field : str
        The rule by which shares change.
    schedule_end : float or None
        When the schedule was over that the start went with; None without one.
    handed_over : tuple of float or None
        The state then.
    without : OmegaLimit or None
        Where the same start ends at the baseline values, without the schedule.
    """

    analysis: Analysis = dataclass_field(repr=False)
    start: tuple[float, ...]
    ending: OmegaLimit
    how_sure: str
    field: str
    schedule_end: float | None = None
    handed_over: tuple[float, ...] | None = None
    without: OmegaLimit | None = None

    @property
    def name(self) -> str:
        """The name of the ending."""
        return self.ending.name

    @property
    def carried_across(self) -> bool | None:
        """Whether the schedule leads to another outcome than none; None without a schedule, or undecided."""
        if self.without is None or UNDECIDED in (self.ending.name, self.without.name):
            return None
        one, other = self.ending, self.without
        if one.state is not None and other.state is not None:
            return apart(one.state, other.state) > SAME
        return (one.kind, one.name) != (other.kind, other.name)


def outcome(
    game: Game,
    start: Mapping[str, object] | Sequence[object] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    field: str = "replicator",
    scheduled: bool = False,
    **options: object,
) -> Outcome:
    """Return where the trajectory from one start ends.

    Parameters
    ----------
    game : Game
    start : mapping of share to number, or one number for each share, optional
        By default the state of the cluster today, as given by the game.
    values, scenario, field, scheduled, options
        As in `separatrix.basins`.

    Returns
    -------
    Outcome
        Its `name` is the id of what the trajectory comes to, as in `separatrix.analyze`, or ``cycle``,
        ``separatrix`` or ``undecided``.

    Raises
    ------
    ComesLater, InputError, NameProblem
        Those of `separatrix.basins`; D601 for a start outside the state space; D625 where there is none.

    References
    ----------
    Those of `separatrix.basins`.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> separatrix.outcome(game, [0.2, 0.3]).name, separatrix.outcome(game, [0.7, 0.8], field="bnn").name
    ('E1', 'E4')
    """
    from separatrix.dynamics.integration.coordinates import motion_of

    state = start_of(game, start)
    question = outcome_problem(game, values, scenario, field, scheduled, options)
    plan = question.plan
    ending = ending_of(question, state)
    if plan is None:
        return Outcome(
            question.analysis,
            state,
            ending,
            question.with_remarks(_outcome_reason(question, ending, state)),
            question.kind,
        )
    there = motion_of(question.field).states(plan.pushed([state]))[0]
    return Outcome(
        question.analysis,
        state,
        ending,
        question.with_remarks(_outcome_reason(question, ending, state)),
        question.kind,
        plan.end,
        tuple(float(v) for v in there),
        outcome_without_schedule(game, state, values, scenario, field, options),
    )


def outcome_without_schedule(
    game: Game,
    state: Sequence[float],
    values: Mapping[str, object] | None,
    scenario: str | None,
    kind: str,
    options: Mapping[str, Any],
) -> OmegaLimit:
    """Return where the trajectory from a state ends at the baseline values, without the schedule."""
    return ending_of(outcome_problem(game, values, scenario, kind, False, options), tuple(state))


def start_of(game: Game, start: Mapping[str, object] | Sequence[object] | None) -> tuple[float, ...]:
    """Return a start as numbers, or the state of today; raise D625 where there is neither."""
    from separatrix.dynamics.integration.trajectory import read_start

    given = game.today if start is None else start
    if given is None:
        raise InputError(
            "D625",
            "the game does not give today's state",
            hint="give a start, as in --from x=0.2,y=0.3, or write `today: {x: 0.2, y: 0.3}` into the file",
        )
    return read_start(game, given)


def ending_of(question: OutcomeProblem, state: tuple[float, ...]) -> OmegaLimit:
    """Return where the trajectory from a state ends, inside or on a face."""
    keeps_faces = question.field.keeps_faces
    if keeps_faces and any(v in (0.0, 1.0) for v in state) and not _on_faces(question):
        at: Sequence[float] = state
        if question.plan is not None:
            from separatrix.dynamics.integration.coordinates import motion_of

            at = motion_of(question.field).states(question.plan.pushed([state]))[0].tolist()
        name = outcome_on_face(question.analysis, at, question.field)
        if name == UNDECIDED:
            return OmegaLimit(name, "undecided", False)
        # A saddle may be where a trajectory on a face ends: the analysis proves of few that they attract.
        proven = question.kind == "replicator" and attracting(question.analysis, name)
        return replace(rest_ending(question.analysis, name), proven=proven)
    return question.outcomes.ending(str(question.outcomes.names([state])[0]))


def _on_faces(question: OutcomeProblem) -> bool:
    """Whether outcomes on faces are known as those inside are."""
    from separatrix.dynamics.basins.exact_outcomes import InLine, InSquare

    return question.plan is None and isinstance(question.final_outcomes, InSquare | InLine)


def outcome_on_face(analysis: Analysis, state: Sequence[float], field: Any = None) -> str:
    """Return the rest point or set to which a start on a face comes that it keeps, or ``undecided``."""
    from separatrix.dynamics.attractors.candidates import beside_set
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integration.coordinates import motion_of
    from separatrix.dynamics.integration.trajectory import follow

    flow = field if field is not None else replicator(analysis.game, analysis.values)
    end = follow(flow, list(state), until=1000 / (flow.scale or 1.0), points=2).states[-1]
    for point in analysis.rest_points:
        if point.state is not None and np.abs(np.array(point.state) - end).max() <= GONE:
            return point.id
    speed = np.array([np.abs(flow(end)).max()])
    for piece in sorted(analysis.rest_sets, key=lambda piece: -piece.dimension):
        if beside_set(piece, motion_of(flow)).reached(end[None], speed)[0]:
            return piece.id
    return UNDECIDED


def _outcome_reason(question: OutcomeProblem, ending: OmegaLimit, state: tuple[float, ...]) -> str:
    after = question.final_outcomes
    if isinstance(after, ExactOutcomes) and not isinstance(after, NumericalOutcomes):
        return after.reason()
    if ending.name == SEPARATRIX:
        return say("followed: the trajectory stays near a rest point that does not attract")
    if ending.name == UNDECIDED:
        return question.without_cycles(
            say("undecided: the trajectory from the start did not converge in time")
        )
    if question.field.keeps_faces and any(v in (0.0, 1.0) for v in state):
        return say(
            "the trajectory stays on the face on which it starts, and was followed there until it arrived"
        )
    if ending.proven:
        return say("followed until it reached a proven attractor")
    return say("followed until it arrived; nearby trajectories show that this attracts, but it is not proven")
