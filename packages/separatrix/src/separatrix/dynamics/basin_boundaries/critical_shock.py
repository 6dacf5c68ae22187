"""The critical shock: the smallest change of the shares that changes where they end.

Two populations of two strategies: the distance to the separatrix, which is known as a curve.  One population
of two strategies: that to the next rest point behind which trajectories run elsewhere.  All others: starts
along rays, by bisection, in directions that close in on the best; that bounds the smallest shock from above.

The nearest state with another outcome, along rays: by bisection on each, in directions that close in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import field as dataclass_field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.heteroclinic_cycles import CYCLE, UNDECIDED, OmegaLimit
from separatrix.dynamics.attractors.tolerances import ARRIVAL_DISTANCE
from separatrix.dynamics.basin_boundaries.tolerances import (
    BEYOND,
    NO_ROOM,
    PUSH_ON_CURVE,
    PUSH_ON_LINE,
    SHORTEST_SPAN,
    STEADY_START,
)
from separatrix.dynamics.basins.exact_outcomes import Alike, InLine, InSquare, Outward, attracting
from separatrix.dynamics.basins.outcomes import (
    OutcomeProblem,
    Outcomes,
    outcome_on_face,
    outcome_problem,
    outcome_without_schedule,
    start_of,
)
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.dynamics.tolerances import ON_IT
from separatrix.errors import InputError
from separatrix.game.model import Game, apart
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import say

__all__ = ["CriticalShock", "Push", "RaySearch", "critical_shock", "time_to_arrive"]

Array = NDArray[np.float64]

RAYS = 192
"""Directions of a round. Fewer: the reported push may not be the smallest."""

STATIONS = 24
"""States on each ray among which a change is looked for first. Fewer: thin basins are stepped over."""

HALVINGS = 24
"""Of the way between two of them: 24 leave 2.5e-9 of it. Fewer: the size of a push is less exact."""

ROUNDS = (0.5, 0.2, 0.07, 0.02, 0.007)
"""How far the directions of each further round are spread around the best one. The gain of the last round
is reported as the error."""


@dataclass(frozen=True)
class Push:
    """A change of the shares.

    Attributes
    ----------
    to : tuple of float
        The state on the basin boundary; the slightest bit beyond, and the outcome is another.
    size : float
        The Euclidean distance from the start.
    beyond : str
        Where trajectories end from there on: the id of a rest point or set, ``cycle`` or ``undecided``.
    """

    to: tuple[float, ...]
    size: float
    beyond: str


@dataclass
class RaySearch:
    """A search from one start.

    Attributes
    ----------
    outcomes : Outcomes
        From starts to where they end.
    flow : PayoffField
        The field, which knows the populations.
    start : array (n,)
    outcome : str
    seed : int
    tried : int
        Rays so far.
    """

    outcomes: Outcomes
    flow: PayoffField
    start: Array
    outcome: str
    seed: int
    tried: int = field(default=0)

    def smallest(self, population: int | None) -> tuple[Push | None, float]:
        """Return the smallest push, of one population's shares or of all, and what the last round gained."""
        basis = self._tangents(population)
        rng = np.random.default_rng([self.seed, 0 if population is None else population + 1])
        if basis.shape[1] == 1:
            directions = np.array([[1.0], [-1.0]])
        else:
            directions = rng.normal(size=(RAYS, basis.shape[1]))
        best: Push | None = None
        gained = 0.0
        for spread in (0.0, *ROUNDS):
            found = self._round(directions @ basis.T)
            if found is not None and (best is None or found.size < best.size):
                gained = 0.0 if best is None else best.size - found.size
                best = found
            else:
                gained = 0.0
            if best is None or basis.shape[1] == 1:
                break
            ahead = (np.array(best.to) - self.start) @ basis
            ahead /= np.linalg.norm(ahead)
            following = next((r for r in ROUNDS if r < (spread or 1.0)), ROUNDS[-1])
            directions = ahead + following * rng.normal(size=(RAYS // 2, basis.shape[1]))
        return best, gained + BEYOND

    def _tangents(self, population: int | None) -> Array:
        """Return an orthonormal basis (n, d) of the changes that keep each population a whole."""
        n = len(self.start)
        columns = []
        for i, (place, size) in enumerate(zip(self.flow.slices, self.flow.sizes, strict=True)):
            if population not in (None, i):
                continue
            if size == 2:
                column = np.zeros((n, 1))
                column[place] = 1.0
            else:
                column = np.zeros((n, size - 1))
                column[place] = np.linalg.svd(np.ones((1, size)))[2][1:].T
            columns.append(column)
        return np.hstack(columns)

    def _round(self, ways: Array) -> Push | None:
        """Return the smallest push along ways (rays, n)."""
        ways = ways / np.linalg.norm(ways, axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            room = np.where(ways > 0, (1 - self.start) / ways, np.where(ways < 0, -self.start / ways, np.inf))
        longest = np.where(np.isfinite(room), room, np.inf).min(axis=1) * (1 - NO_ROOM)
        inward = longest > NO_ROOM
        ways, longest = ways[inward], longest[inward]
        self.tried += len(ways)
        if not len(ways):
            return None
        fractions = np.arange(1, STATIONS + 1) / STATIONS
        lengths = longest[:, None] * fractions
        other = self._has_other_outcome(ways, lengths)
        changed = other.any(axis=1)
        if not changed.any():
            return None
        ways, lengths, other = ways[changed], lengths[changed], other[changed]
        first = other.argmax(axis=1)
        rows = np.arange(len(ways))
        high = lengths[rows, first]
        low = np.where(first > 0, lengths[rows, first - 1], 0.0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            there = self._has_other_outcome(ways, middle[:, None])[:, 0]
            low, high = np.where(there, low, middle), np.where(there, middle, high)
        k = int(high.argmin())
        to = self.start + high[k] * ways[k]
        beyond = str(self.outcomes.names((self.start + (high[k] * (1 + BEYOND)) * ways[k])[None])[0])
        return Push(tuple(float(v) for v in to), float(high[k]), beyond)

    def _has_other_outcome(self, ways: Array, lengths: Array) -> NDArray[np.bool_]:
        """Return where states at lengths (rays, m) along ways have an outcome that is known and another."""
        states = self.start + lengths[..., None] * ways[:, None, :]
        names = self.outcomes.names(states.reshape(-1, len(self.start))).reshape(lengths.shape)
        return np.asarray((names != self.outcome) & (names != UNDECIDED))


SPAN = 20
"""The first stretch of time in which arrival is looked for, in units of the fastest growth rate. Only how
long it takes to answer depends on it."""

POINTS = 401
"""The states that are looked at in a stretch. Fewer: a trajectory that comes near, leaves and comes back may
be taken for one that has arrived."""

STRETCHES = 9
"""Stretches of time, each four times as long as the one before, after which the time to arrive is left open:
one population may be slower than another by many orders of magnitude. Fewer: more times are left open."""


@dataclass(frozen=True, repr=False)
class CriticalShock(Plotted, Tabled):
    """The smallest changes of a state that change its outcome.

    Attributes
    ----------
    analysis : Analysis
    start : tuple of float
    outcome : str
        Where the trajectory from the start ends, by the id of a rest point or set, or ``cycle``,
        ``separatrix``.
    smallest : Push or None
        The smallest change of all shares together; None where no change inside the state space does it.
    alone : mapping of population name to Push or None
        The smallest change of one population's shares alone.
    time : float or None
        When the trajectory from the start has come within 0.01 of its outcome in every share.
    method : str
        ``exact`` or ``sampled``.
    error : float
        A bound of the error of an exact size, or how much the last round of a search gained.
    how_sure : str
    ending : OmegaLimit or None
        What the outcome is: a rest point, a cycle, ….
    field : str
        The rule by which shares change.
    schedule_end : float or None
        When the schedule was over that the starts went with; None without one.
    without : str or None
        Where the same start ends at the baseline values, without the schedule; None without one.
    """

    analysis: Analysis = dataclass_field(repr=False)
    start: tuple[float, ...]
    outcome: str
    smallest: Push | None
    alone: Mapping[str, Push | None]
    time: float | None
    method: Literal["exact", "sampled"]
    error: float
    how_sure: str
    ending: OmegaLimit | None = None
    field: str = "replicator"
    schedule_end: float | None = None
    without: str | None = None

    @property
    def game(self) -> Game:
        """The game."""
        return self.analysis.game

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        shares = self.game.shares

        def push_data(push: Push | None) -> dict[str, Any] | None:
            if push is None:
                return None
            return {
                "to": dict(zip(shares, push.to, strict=True)),
                "change": {s: b - a for s, a, b in zip(shares, self.start, push.to, strict=True)},
                "size": push.size,
                "beyond": push.beyond,
            }

        return {
            "schema": 1,
            "model": self.analysis.heading,
            "start": dict(zip(shares, self.start, strict=True)),
            "fate": self.outcome,
            "ending": None if self.ending is None else self.ending.to_dict(shares),
            "field": self.field,
            "schedule_end": self.schedule_end,
            "without_schedule": self.without,
            "smallest": push_data(self.smallest),
            "alone": {name: push_data(push) for name, push in self.alone.items()},
            "time": self.time,
            "method": self.method,
            "error": self.error if self.error < float("inf") else None,
            "how_sure": str(self.how_sure),
            "provenance": provenance(self.game),
        }


def critical_shock(
    game: Game,
    start: Mapping[str, object] | Sequence[object] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    seed: int = 0,
    field: str = "replicator",
    scheduled: bool = False,
    **options: object,
) -> CriticalShock:
    """Return the smallest change of the shares that changes their outcome.

    Parameters
    ----------
    game : Game
        Any number of populations and strategies, payoffs rational in the shares.
    start : mapping of share to number, or one number for each share, optional
        By default the state of the cluster today, as given by the game.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    seed : int
        Of the directions that are searched where no closed form is known.
    field, scheduled, options
        As in `separatrix.basins`; with the schedule the shock comes before it, at time 0.

    Returns
    -------
    CriticalShock
        Sizes are Euclidean distances in shares; `smallest` is the push of all parties together, `alone` has
        one for each party.

    Raises
    ------
    ComesLater
        For games that `separatrix.analyze` cannot analyse.
    InputError
        D601 for a start outside the state space; D622 for one on a face within which the trajectory ends at
        something that does not attract; D623 for a rest point that does not attract; D625 where there is
        no start; D626 for `scheduled` without a schedule; V320, V321, V322 for the field.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Hofbauer & Sigmund (1998), section 11.2.

    Examples
    --------
    >>> import separatrix
    >>> shock = separatrix.critical_shock(separatrix.load("shi-chen-2018"), [0.2, 0.3])
    >>> shock.outcome, round(shock.smallest.size, 6), shock.smallest.beyond
    ('E1', 0.586212, 'E4')
    >>> {name: round(push.to[k], 4) for k, (name, push) in enumerate(shock.alone.items())}
    {'Enterprise A': 0.9266, 'Enterprise B': 0.9657}
    """
    state = start_of(game, start)
    question = outcome_problem(game, values, scenario, field, scheduled, options)
    analysis, outcomes = question.analysis, question.exact
    if question.plan is not None:
        shock = _searched(question, state, seed)
        usual = outcome_without_schedule(game, state, values, scenario, field, options)
        shock = replace(shock, schedule_end=question.plan.end, without=usual.name)
    elif question.kind != "replicator":
        shock = _searched(question, state, seed)
    elif isinstance(outcomes, InSquare):
        shock = _in_square(analysis, outcomes, state)
    elif isinstance(outcomes, InLine):
        shock = _in_line(analysis, outcomes, state)
    else:
        shock = _searched(question, state, seed)
    ending = question.outcomes.ending(shock.outcome)
    return replace(shock, how_sure=question.with_remarks(shock.how_sure), ending=ending, field=question.kind)


# --------------------------------------------------------------------------- what all have in common


def _at_rest(analysis: Analysis, state: Sequence[float]) -> bool:
    from separatrix.dynamics.fields.replicator import replicator

    field = replicator(analysis.game, analysis.values)
    return bool(np.abs(field(list(state))).max() <= ON_IT * (field.scale or 1.0))


def _refuse_what_stays(analysis: Analysis, state: Sequence[float], outcome: str) -> None:
    """Refuse starts whose neighbours all have another outcome, however small the push."""
    game = analysis.game
    for point in analysis.rest_points:
        if point.state is None or apart(point.state, state) > STEADY_START:
            continue
        if point.stability == "asymptotically stable":
            return
        raise InputError(
            "D623",
            f"the start is the rest point {point.id} ({point.stability}): the state stays there, and an "
            "arbitrarily small push may send it anywhere",
            hint="choose a start near it",
        )
    if not attracting(analysis, outcome) and _at_rest(analysis, state):
        raise InputError(
            "D623",
            f"the start lies on the rest set {outcome}, which does not attract: the state stays there, and "
            "an arbitrarily small push may send it anywhere",
            hint="choose a start near it",
        )
    named = zip(game.shares, state, strict=True)
    pure = [f"{share} = {value:g}" for share, value in named if value in (0.0, 1.0)]
    if pure and not attracting(analysis, outcome):
        raise InputError(
            "D622",
            f"the start has {', '.join(pure)}: an unused strategy is never imitated, so the trajectory "
            f"stays on this face of the state space, and ends at {outcome}, which does not attract "
            "nearby states",
            hint="give the unused strategy a small share, such as 0.001",
        )


def time_to_arrive(analysis: Analysis, state: Sequence[float], outcome: str) -> float | None:
    """Return when the orbit has come near the rest point of its outcome; None where it has no such point."""
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integration.trajectory import follow

    attractor = next((p.state for p in analysis.rest_points if p.id == outcome), None)
    if attractor is None:
        return None
    field = replicator(analysis.game, analysis.values)
    begin, here = 0.0, np.array(state)
    span = SPAN / (field.scale or 1.0)
    for _ in range(STRETCHES):
        orbit = follow(field, here.tolist(), until=span, points=POINTS)
        near = np.abs(orbit.states - np.array(attractor)).max(axis=1) <= ARRIVAL_DISTANCE
        if near[-1]:
            outside = np.flatnonzero(~near)
            if not outside.size:
                return begin
            last = int(outside[-1])
            if span * (field.scale or 1.0) < SHORTEST_SPAN:
                return begin + float(orbit.times[last + 1])
            begin += float(orbit.times[last])
            here = orbit.states[last]
            span = float(orbit.times[last + 1] - orbit.times[last])
            continue
        begin, here, span = begin + span, orbit.states[-1], span * 4
    return None


def _none(analysis: Analysis, outcome: str) -> str:
    if outcome == CYCLE or not attracting(analysis, outcome):
        return say("no shock changes the outcome: no attractor exists, and no trajectory settles")
    return say("no shock changes the outcome: all interior starts converge to {outcome}", outcome=outcome)


# --------------------------------------------------------------------------- two populations


def _in_square(analysis: Analysis, outcomes: InSquare, state: tuple[float, ...]) -> CriticalShock:
    from separatrix.dynamics.bimatrix_separatrix import crossing, divide_of, nearest

    outcome = str(outcomes.names([state])[0])
    _refuse_what_stays(analysis, state, outcome)
    divide = divide_of(outcomes.planar)
    names = [p.name for p in analysis.game.populations]
    time = time_to_arrive(analysis, state, outcome)
    if divide is None:
        return _in_stripes(analysis, outcomes, state, outcome, time)
    others = [name for name in outcomes.fractions()[0] if name != outcome]
    beyond = others[0] if len(others) == 1 else outcome
    if outcome == "separatrix":
        here = Push(state, 0.0, "separatrix")
        sure = say("the start lies on the separatrix to within rounding: an arbitrarily small push decides")
        return CriticalShock(
            analysis, state, outcome, here, dict.fromkeys(names, here), None, "exact", 0.0, sure
        )
    place = nearest(divide, state)
    smallest = Push(place, float(np.hypot(place[0] - state[0], place[1] - state[1])), beyond)
    alone: dict[str, Push | None] = {}
    for axis, name in enumerate(names):
        met = crossing(divide, state, axis)
        if met is None:
            alone[name] = None
            continue
        to = (met, state[1]) if axis == 0 else (state[0], met)
        alone[name] = Push(to, abs(met - state[axis]), beyond)
    return CriticalShock(
        analysis, state, outcome, smallest, alone, time, "exact", PUSH_ON_CURVE, outcomes.reason()
    )


def _in_stripes(
    analysis: Analysis, outcomes: InSquare, state: tuple[float, ...], outcome: str, time: float | None
) -> CriticalShock:
    """One outcome for all, or one population that never moves and decides the outcome of the other."""
    names = [p.name for p in analysis.game.populations]
    alone: dict[str, Push | None] = dict.fromkeys(names)
    image = outcomes.planar.image
    smallest = None
    sure = _none(analysis, outcome)
    if image.kind == "still" and image.g[0] * image.g[1] < 0:
        axis = 1 if image.swapped else 0
        line = abs(image.g[0]) / (abs(image.g[0]) + abs(image.g[1]))
        line = 1 - line if image.over_x else line
        if state[1 - axis] not in (0.0, 1.0):
            to = tuple(line if k == axis else v for k, v in enumerate(state))
            other = [name for name in outcomes.fractions()[0] if name != outcome]
            smallest = alone[names[axis]] = Push(to, abs(line - state[axis]), other[0])
            sure = outcomes.reason()
    return CriticalShock(analysis, state, outcome, smallest, alone, time, "exact", ON_IT, sure)


# --------------------------------------------------------------------------- one population


def _in_line(analysis: Analysis, outcomes: InLine, state: tuple[float, ...]) -> CriticalShock:
    share = state[0]
    outcome = str(outcomes.names([state])[0])
    _refuse_what_stays(analysis, state, outcome)
    pushes = []
    for low, high, end in outcomes.pieces:
        if end == outcome:
            continue
        edge = low if low >= share else high
        pushes.append(Push((edge,), abs(edge - share), end))
    smallest = min(pushes, key=lambda push: push.size, default=None)
    sure = _none(analysis, outcome) if smallest is None else outcomes.reason()
    name = analysis.game.populations[0].name
    time = time_to_arrive(analysis, state, outcome)
    return CriticalShock(
        analysis, state, outcome, smallest, {name: smallest}, time, "exact", PUSH_ON_LINE, sure
    )


# --------------------------------------------------------------------------- all others


def _searched(question: OutcomeProblem, state: tuple[float, ...], seed: int) -> CriticalShock:

    analysis, outcomes = question.analysis, question.outcomes
    here = np.array(state)
    static = question.plan is None and question.kind == "replicator"
    if question.field.keeps_faces and any(v in (0.0, 1.0) for v in state):
        if not static:
            raise _face(question, state)
        outcome = outcome_on_face(analysis, state)
    else:
        outcome = str(outcomes.names(here[None])[0])
    if static:
        _refuse_what_stays(analysis, state, outcome)
    names = [p.name for p in analysis.game.populations]
    if outcome == UNDECIDED:
        sure = say("undecided: the trajectory from the start did not converge in time")
        return CriticalShock(
            analysis, state, outcome, None, dict.fromkeys(names), None, "sampled", float("inf"), sure
        )
    time = time_to_arrive(analysis, state, outcome) if static else None
    if question.plan is None and isinstance(question.final_outcomes, Alike | Outward):
        sure = say("no shock changes the outcome: all interior starts have the same outcome")
        return CriticalShock(analysis, state, outcome, None, dict.fromkeys(names), time, "exact", 0.0, sure)
    search = RaySearch(outcomes, question.field, here, outcome, seed)
    found, gained = search.smallest(None)
    alone = {names[0]: found}
    if len(names) > 1:
        alone = {name: search.smallest(i)[0] for i, name in enumerate(names)}
    ones = [push for push in (found, *alone.values()) if push is not None]
    best = min(ones, key=lambda push: push.size, default=None)
    if best is None:
        sure = say("no shock was found that changes the outcome, in {rays} directions", rays=search.tried)
    else:
        sure = say(
            "estimated: the smallest of {rays} rays, each by bisection; a smaller shock may exist",
            rays=search.tried,
        )
    return CriticalShock(analysis, state, outcome, best, alone, time, "sampled", gained, sure)


def _face(question: OutcomeProblem, state: tuple[float, ...]) -> InputError:
    named = zip(question.analysis.game.shares, state, strict=True)
    pure = [f"{share} = {value:g}" for share, value in named if value in (0.0, 1.0)]
    return InputError(
        "D622",
        f"the start has {', '.join(pure)}: an unused strategy is never imitated, so the trajectory stays "
        "on this face of the state space, and near it every direction has an outcome of its own",
        hint="give the unused strategy a small share, such as 0.001",
    )
