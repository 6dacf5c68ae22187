"""The outcome of one start, with or without the schedule of the game."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

import numpy as np

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.attractors.outcome import SEPARATRIX, UNDECIDED, OmegaLimit
from separatrix.dynamics.attractors.tolerances import GONE
from separatrix.dynamics.basins.exact_outcomes import ExactOutcomes, attracting, rest_ending
from separatrix.dynamics.basins.outcome_problem import OutcomeProblem, outcome_problem
from separatrix.dynamics.tolerances import SAME
from separatrix.errors import InputError
from separatrix.game.model import Game, apart
from separatrix.run.results import Result
from separatrix.sentences import say

__all__ = ["Outcome", "ending_of", "outcome", "outcome_on_face", "outcome_without_schedule"]


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
