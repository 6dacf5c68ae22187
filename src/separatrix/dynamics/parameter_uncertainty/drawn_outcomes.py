"""Where the trajectory from one start ends, in many draws of the parameters, and when.

Two populations of two strategies without own play: exactly, in every draw.  Else all draws are followed at
once; a trajectory that comes within 1e-6 of a pure profile which attracts in its draw has arrived.  What is
left is analysed draw by draw.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.result import Analysis, RestPoint
from separatrix.dynamics.attractors.candidates_of_field import omega_limits
from separatrix.dynamics.attractors.outcome import LONGEST_NAME
from separatrix.dynamics.attractors.tolerances import ARRIVAL_DISTANCE, GONE, NEARLY_DEGENERATE, SLOWEST
from separatrix.dynamics.basins.strict_basins import strict_basins
from separatrix.dynamics.integrate.tolerances import MANY, ONE
from separatrix.dynamics.parameter_uncertainty.drawn_field import MIDDLE, DrawnField, drawn_field
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import compiled_rates, drawn_trajectories
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, Uncertainty
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.dynamics.two_by_two.normal_form import Planar, planar_of
from separatrix.errors import InputError
from separatrix.game.state_space import apart
from separatrix.game.values import with_lets
from separatrix.run.cached import cached_property

__all__ = [
    "OTHER",
    "Advance",
    "DrawnGame",
    "clear",
    "outcomes_of",
    "played_at",
    "times_of",
]

Array = NDArray[np.float64]
Names = NDArray[np.str_]

PATIENCE = 400.0
"""How long orbits are followed, in units of the time in which the fastest log-odds change by one. Shorter:
slow draws stay undecided."""

PACES = (2.0, 0.3, 0.03, 0.0)
"""Draws with slow dynamics are followed for longer, in groups between these growth rates over the typical
one, so that no time is lost on the others."""

MOST_STEPS = 20_000
"""After which a draw is undecided. Fewer: more are."""

OTHER = "other"
"""The name of an end that is no rest point of the game at its baseline values."""

Advance = Callable[[int, int], None]
"""Told how many draws of how many are done, where each is analysed by itself."""


@dataclass(frozen=True, eq=False)
class DrawnGame:
    """A game, its analysis at the baseline values, and draws of its parameters.

    Attributes
    ----------
    uncertainty : Uncertainty
    analysis : Analysis
        At the baseline values: it gives the names.
    draws : mapping of parameter to array (draws,)
    """

    uncertainty: Uncertainty
    analysis: Analysis
    draws: Draws
    advance: Advance | None = None

    @cached_property
    def field(self) -> DrawnField | None:
        """The dynamics in all draws, or None where each needs exact algebra of its own."""
        return drawn_field(self.uncertainty, self.draws)

    @property
    def count(self) -> int:
        """How many draws there are."""
        return len(next(iter(self.draws.values())))

    @cached_property
    def planars(self) -> list[Planar] | None:
        """Each draw of two populations of two strategies without own play; None for other games."""
        from separatrix.dynamics.two_by_two.basin_areas import planars

        if self.uncertainty.game.space.sizes != (2, 2):
            return None
        few = sorted({0, self.count // 3, self.count - 1})
        probes = [self._planar(k) for k in (few if self.field is not None else range(self.count))]
        if any(probe is None for probe in probes):
            return None
        if self.field is not None:
            return planars(self.field)
        return [probe for probe in probes if probe is not None]

    def _planar(self, index: int) -> Planar | None:
        game = self.uncertainty.game
        try:
            return planar_of(game, with_lets(game, self.uncertainty.at(self.draws, index)))
        except InputError:  # payoffs without a value
            return None

    def some(self, rows: NDArray[np.intp]) -> DrawnGame:
        """Return the same game with some of the draws."""
        return DrawnGame(
            self.uncertainty, self.analysis, {n: v[rows] for n, v in self.draws.items()}, self.advance
        )

    def analysed(self, index: int) -> Analysis | None:
        """Return the analysis of one draw, or None where its payoffs have no value."""
        from separatrix.analysis.analyze import analyze

        try:
            return analyze(self.uncertainty.game, self.uncertainty.at(self.draws, index))
        except InputError:  # such as a division by zero at these values
            return None

    def name_of(self, point: RestPoint) -> str:
        """Return the id that a rest point of a draw has at the baseline values: that of the same support."""
        return _same(point, self.analysis)

    def told(self, done: int, whole: int) -> None:
        """Tell how far the work is."""
        if self.advance is not None:
            self.advance(done, whole)


def _same(point: RestPoint, analysis: Analysis) -> str:
    """Return the id of the rest point of an analysis with the support of `point`, the nearest of several."""
    candidates = [p for p in analysis.rest_points if p.support == point.support and p.state is not None]
    if not candidates or point.state is None:
        return OTHER
    state = point.state
    return min(
        candidates,
        key=lambda p: apart(p.state or (), state),
    ).id


def played_at(analysis: Analysis, point: RestPoint) -> tuple[int, ...] | None:
    """Return the strategies that are played at a pure rest point, as indices; None for a mixed one."""
    if any(len(part) != 1 for part in point.support):
        return None
    return tuple(
        next(k for k, s in enumerate(population.strategies) if s.name == part[0])
        for population, part in zip(analysis.game.populations, point.support, strict=True)
    )


# --------------------------------------------------------------------------- outcomes


def outcomes_of(drawn: DrawnGame, start: Sequence[float]) -> Names:
    """Return where the trajectory from `start` ends in each draw (draws,).

    The id of a rest point at the baseline values, ``cycle``, ``separatrix``, ``undecided``, or `OTHER` for
    what rests there in no game at the baseline values.
    """
    if drawn.planars is not None:
        return _planar_outcomes(drawn, drawn.planars, start)
    result = np.full(drawn.count, "undecided", dtype=f"U{LONGEST_NAME}")
    if drawn.field is not None:
        result = _in_boxes(drawn, drawn.field, start, result)
        result = _followed(drawn, drawn.field, start, result)
    sizes = drawn.uncertainty.game.space.sizes
    if sizes != (2,) and any(share in (0.0, 1.0) for share in start):
        return result  # no analysis says what attracts on a face alone
    left = np.flatnonzero(result == "undecided")
    known: dict[tuple[float, ...], str] = {}
    for done, k in enumerate(left):
        values = tuple(float(own[k]) for own in drawn.draws.values())
        if values not in known:  # distributions over few values come to the same draws again
            known[values] = _alone(drawn, int(k), start)
        result[k] = known[values]
        drawn.told(done + 1, len(left))
    return result


def clear(game: Planar) -> bool:
    """Whether no rate of a planar game is so near to zero that rounding may have given its sign.

    A rate that is no number is not clear.
    """
    rates = [abs(rate) for rate in (*game.f, *game.g)]
    return all(rate > NEARLY_DEGENERATE * max(rates) for rate in rates)


def _planar_outcomes(drawn: DrawnGame, games: Sequence[Planar], start: Sequence[float]) -> Names:
    from separatrix.dynamics.two_by_two.exact_basins import CYCLE, PLACES, SEPARATRIX, outcomes

    result = np.empty(drawn.count, dtype=f"U{LONGEST_NAME}")
    corners = {}
    for point in drawn.analysis.rest_points:
        played = played_at(drawn.analysis, point)
        if played is not None:
            corners[tuple(1.0 - k for k in played)] = point.id
    for k, game in enumerate(games):
        if not clear(game):
            result[k] = _alone(drawn, k, start)
            continue
        code = int(outcomes(game, [start[0]], [start[1]])[0])
        if code == CYCLE:
            result[k] = "cycle"
        elif code == SEPARATRIX:
            result[k] = "separatrix"
        elif code < 4:
            x, y = PLACES[code]
            result[k] = corners[x or 0.0, y or 0.0]
        else:
            result[k] = _alone(drawn, k, start)
    return result


def _in_boxes(drawn: DrawnGame, field: DrawnField, start: Sequence[float], names: Names) -> Names:
    """Follow all draws by machine code, and name those that come into the box of a strict equilibrium."""
    state, rates = np.asarray(start, dtype=float), compiled_rates(field)
    moves = [s > 1 for s in field.sizes[:-1] for _ in range(1 if s == 2 else s)]
    if rates is None or not ((state > 0) & (state < 1))[moves].all():
        return names
    found = strict_basins(rates, field.rates, state[None, None])
    if found is None:
        return names
    points = {played_at(drawn.analysis, point): point.id for point in drawn.analysis.rest_points}
    known = np.array([*(points.get(profile, OTHER) for profile in found.profiles), "cycle"])
    return np.where(found.settled, known[found.shares[:, 0].argmax(axis=1)], names)


def _followed(drawn: DrawnGame, field: DrawnField, start: Sequence[float], names: Names) -> Names:
    """Follow what is left at once, and name those that have come to a pure profile which attracts."""
    result = names.copy()
    state = np.asarray(start, dtype=float)
    if not field.scale or not ((state > 0) & (state < 1)).all():
        return result  # on a face it is what attracts there that counts
    slow = np.maximum(field.rates, SLOWEST * field.scale)
    for high, low in itertools.pairwise(PACES):
        own = (slow > low * field.scale) & (slow <= high * field.scale)
        rows = np.flatnonzero(own & (names == "undecided"))
        if rows.size:
            _, ends = drawn_trajectories(
                field,
                state,
                PATIENCE / max(low, SLOWEST) / field.scale,
                rows=rows,
                tolerance=MANY,
                most_steps=MOST_STEPS,
            )
            result[rows] = _arrived(drawn, field, ends, rows)
    return result


def _arrived(drawn: DrawnGame, field: DrawnField, ends: Array, rows: NDArray[np.intp]) -> Names:
    names = np.full(len(ends), "undecided", dtype=f"U{LONGEST_NAME}")
    moving = np.maximum(field.rates[rows], NOT_ZERO)
    for point in drawn.analysis.rest_points:
        played = played_at(drawn.analysis, point)
        if played is None or point.state is None:
            continue
        near = np.abs(ends - np.array(point.state)).max(axis=1) <= GONE
        if near.any():
            sink = field.invasion(played)[rows] < -NEARLY_DEGENERATE * moving
            names[near & sink] = point.id
    return names


def _alone(drawn: DrawnGame, index: int, start: Sequence[float]) -> str:
    """Return where the trajectory ends in one draw, from its own analysis."""
    from separatrix.dynamics.basins.exact_outcomes import exact_outcomes

    analysis = drawn.analysed(index)
    if analysis is None:
        return "undecided"
    found = exact_outcomes(analysis) or omega_limits(analysis)
    name = str(found.names(np.array([start], dtype=float))[0])
    if name == "undecided":
        name = _at_last(analysis, start)
    for point in analysis.rest_points:
        if point.id == name:
            return drawn.name_of(point)
    return name if name in ("cycle", "separatrix", "undecided") else OTHER


def _at_last(analysis: Analysis, start: Sequence[float]) -> str:
    """Return the attracting rest point to which a long and accurate trajectory comes, else ``undecided``.

    What follows many trajectories at once is content with less, and may miss a point that is reached in a
    spiral.
    """
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integrate.trajectory import follow

    sinks = {
        p.id: p.state
        for p in analysis.rest_points
        if p.stability == "asymptotically stable" and p.state is not None
    }
    field = replicator(analysis.game, analysis.values)
    if not sinks or not field.scale:
        return "undecided"
    with np.errstate(over="ignore"):  # of log-odds that have grown without bound
        end = follow(field, start, until=PATIENCE / field.scale, points=2, tolerance=ONE).states[-1]
    for name, state in sinks.items():
        if max(abs(float(a) - b) for a, b in zip(end, state, strict=True)) <= GONE:
            return name
    return "undecided"


# --------------------------------------------------------------------------- times


def times_of(drawn: DrawnGame, start: Sequence[float]) -> Array:
    """Return when the orbit from `start` is first within 0.01 of its end in every share; NaN for never."""
    names = outcomes_of(drawn, start)
    result = np.full(drawn.count, np.nan)
    states = {p.id: p for p in drawn.analysis.rest_points if p.state is not None}
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        if str(name) not in states:
            continue
        point = states[str(name)]
        if drawn.field is not None and played_at(drawn.analysis, point) is not None:
            result[rows] = _arrivals(drawn.field, rows, start, point.state or ())
            continue
        for done, k in enumerate(rows):
            result[k] = _arrival_alone(drawn, int(k), start, str(name))
            drawn.told(done + 1, len(rows))
    return result


def _arrivals(
    field: DrawnField, rows: NDArray[np.intp], start: Sequence[float], end: Sequence[float]
) -> Array:
    from separatrix.dynamics.integrate.batch import batch
    from separatrix.dynamics.integrate.events import Arrival
    from separatrix.dynamics.integrate.result import Status

    trajectories = batch(
        field,
        field.starts(np.asarray(start, dtype=float), rows),
        PATIENCE / SLOWEST / field.scale,
        events=[Arrival([[*end, MIDDLE]], ARRIVAL_DISTANCE)],
        most_steps=MOST_STEPS,
    )
    return np.where(trajectories.status == Status.ARRIVED, trajectories.end_times, np.nan)


def _arrival_alone(drawn: DrawnGame, index: int, start: Sequence[float], name: str) -> float:
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integrate.events import Arrival
    from separatrix.dynamics.integrate.result import Status
    from separatrix.dynamics.integrate.trajectory import follow

    analysis = drawn.analysed(index)
    if analysis is None:
        return float("nan")
    ends = [p.state for p in analysis.rest_points if p.state is not None and drawn.name_of(p) == name]
    field = replicator(drawn.uncertainty.game, drawn.uncertainty.at(drawn.draws, index))
    orbit = follow(
        field,
        start,
        until=PATIENCE / SLOWEST / (field.scale or 1.0),
        points=2,
        events=[Arrival(ends, ARRIVAL_DISTANCE)],
    )
    return orbit.end_time if orbit.status is Status.ARRIVED else float("nan")
