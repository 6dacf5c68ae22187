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
from numpy.typing import ArrayLike, NDArray

from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.attractors.equilibria import omega_limits
from separatrix.dynamics.attractors.heteroclinic_cycles import LONGEST_NAME
from separatrix.dynamics.attractors.tolerances import ARRIVAL_DISTANCE, GONE, NEARLY_DEGENERATE, SLOWEST
from separatrix.dynamics.basins.strict_basins import strict_basins
from separatrix.dynamics.bimatrix_basins import (
    CYCLE,
    PLACES,
    SEPARATRIX,
    STILL,
    outcomes,
    outcomes_of_many,
    rates_of_many,
)
from separatrix.dynamics.bimatrix_separatrix import Planar, planar_of
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.tolerances import MANY, ONE
from separatrix.dynamics.parameter_uncertainty.drawn_field import (
    COMPILED_FROM,
    MIDDLE,
    DrawnField,
    drawn_field,
)
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import compiled_rates, followed, shares_at
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, Uncertainty
from separatrix.dynamics.tolerances import EPSILON, NOT_ZERO
from separatrix.errors import InputError
from separatrix.game.model import apart
from separatrix.game.values import with_lets
from separatrix.run.cached_property import cached_property

__all__ = [
    "OTHER",
    "Advance",
    "DrawnGame",
    "clear",
    "outcomes_from",
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
"""The name of an outcome that is not a rest point of the game at its baseline values."""

Advance = Callable[[int, int], None]
"""Receives how many draws of how many are done, where each is analysed by itself."""


@dataclass(frozen=True, eq=False)
class DrawnGame:
    """A game, its analysis at the baseline values, and draws of its parameters.

    Attributes
    ----------
    uncertainty : Uncertainty
    analysis : Analysis
        At the baseline values: it gives the names.
    draws : mapping of parameter to array (draws,)
    advance : callable, optional
    compiled_from : int
        As in `DrawnField`.
    """

    uncertainty: Uncertainty
    analysis: Analysis
    draws: Draws
    advance: Advance | None = None
    compiled_from: int = COMPILED_FROM

    @cached_property
    def field(self) -> DrawnField | None:
        """The dynamics in all draws, or None where each needs exact algebra of its own."""
        return drawn_field(self.uncertainty, self.draws, self.compiled_from)

    @property
    def count(self) -> int:
        """How many draws there are."""
        return len(next(iter(self.draws.values())))

    @cached_property
    def planar_rates(self) -> Array | None:
        """The rates (draws, 4) of two populations of two strategies without own play; None for others.

        Those of `Planar`: first `f`, then `g`; not a number in draws that are other games than the probed
        ones.
        """
        if self.uncertainty.game.space.sizes != (2, 2):
            return None
        few = sorted({0, self.count // 3, self.count - 1})
        probes = [self._planar(k) for k in (few if self.field is not None else range(self.count))]
        if any(probe is None for probe in probes):
            return None
        if self.field is not None:
            return rates_of_many(self.field)
        return np.array([[*probe.f, *probe.g] for probe in probes if probe is not None])

    @cached_property
    def planars(self) -> list[Planar] | None:
        """Each draw of two populations of two strategies without own play; None for other games."""
        if self.planar_rates is None:
            return None
        return [Planar((a, b), (c, d)) for a, b, c, d in self.planar_rates.tolist()]

    def _planar(self, index: int) -> Planar | None:
        game = self.uncertainty.game
        try:
            return planar_of(game, with_lets(game, self.uncertainty.at(self.draws, index)))
        except InputError:  # payoffs without a value
            return None

    def some(self, rows: NDArray[np.intp]) -> DrawnGame:
        """Return the same game with some of the draws."""
        return DrawnGame(
            self.uncertainty,
            self.analysis,
            {n: v[rows] for n, v in self.draws.items()},
            self.advance,
            self.compiled_from,
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

    def report_progress(self, done: int, whole: int) -> None:
        """Report the progress of the work."""
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
    if drawn.planar_rates is not None:
        return _planar_outcomes(drawn, drawn.planar_rates, start)
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
            known[values] = _outcome_of_draw(drawn, int(k), start)
        result[k] = known[values]
        drawn.report_progress(done + 1, len(left))
    return result


def clear(game: Planar) -> bool:
    """Whether no rate of a planar game is so near to zero that rounding may have given its sign.

    A NaN rate is not clear.
    """
    rates = [abs(rate) for rate in (*game.f, *game.g)]
    return all(rate > NEARLY_DEGENERATE * max(rates) for rate in rates)


def outcomes_from(drawn: DrawnGame, first: Array) -> Names:
    """Return where the trajectory ends in each draw (draws,), each from a start of its own.

    Parameters
    ----------
    drawn : DrawnGame
    first : array (m, draws)
        The starts, inside the state space, in coordinates of the motion, which separate 1 - 1e-300 from 1.

    Returns
    -------
    array (draws,) of str
        As in `outcomes_of`.
    """
    result = np.full(drawn.count, "undecided", dtype=f"U{LONGEST_NAME}")
    known = np.isfinite(first).all(axis=0)
    if drawn.planar_rates is not None:
        own = drawn.planar_rates
        others = np.flatnonzero(known & np.isnan(own).any(axis=1))
        if drawn.field is not None and others.size:
            result[others] = _by_following(drawn.some(others), first[:, others])
        sure = known & _clear(own)
        codes = np.full(drawn.count, STILL, dtype=np.int8)
        codes[sure] = outcomes_of_many(own[sure], first[:, sure])
        for code, name in _names_of_codes(drawn).items():
            result[codes == code] = name
    elif drawn.field is not None:
        result = np.where(known, _by_following(drawn, np.where(known, first, 0.0)), result)
    left = np.flatnonzero(known & (result == "undecided"))
    for done, k in enumerate(left):
        result[k] = _outcome_of_draw(drawn, int(k), first[:, k], in_log_odds=True)
        drawn.report_progress(done + 1, len(left))
    return result


def _by_following(drawn: DrawnGame, first: Array) -> Names:
    """Return the result of `outcomes_from` where trajectories decide it, else ``undecided``."""
    result = np.full(drawn.count, "undecided", dtype=f"U{LONGEST_NAME}")
    if drawn.field is None:
        return result
    if drawn.field.sizes[:-1] == (2,):
        result = _on_line(drawn, drawn.field, first[0], result)
    result = _in_boxes(drawn, drawn.field, first, result, in_log_odds=True)
    return _followed(drawn, drawn.field, first, result, in_log_odds=True)


def _on_line(drawn: DrawnGame, field: DrawnField, log_odds: Array, names: Names) -> Names:
    """Name the ends of one population of two strategies whose advantage is a polynomial in the share.

    The share moves as the sign of the advantage says, up to the next root of it: whether there is one follows
    from the least advantage on the way, at its ends or where its derivative is zero.
    """
    rates = field.polynomials
    if rates is None:
        return names
    degrees = [0]
    for parent in rates.parents[1:].tolist():
        degrees.append(degrees[parent] + 1)
    terms = np.zeros((field.count, max(degrees) + 1))
    for k, feature in enumerate(rates.features.tolist()):
        terms[:, degrees[feature]] += rates.coefficients[:, k]
    size = np.abs(terms).sum(axis=1)
    known = np.isfinite(size) & (size > 0)
    terms = np.where(known[:, None], terms, 0.0) / np.where(known, size, 1.0)[:, None]
    with np.errstate(over="ignore"):
        share = 1 / (1 + np.exp(-log_odds))
    way = np.sign(_polynomial_values(terms, share[:, None])[:, 0])
    end = (way > 0).astype(float)
    places = np.concatenate([share[:, None], end[:, None], _flat_places(terms)], axis=1)
    places = np.clip(places, np.minimum(share, end)[:, None], np.maximum(share, end)[:, None])
    least = (way[:, None] * _polynomial_values(terms, places)).min(axis=1)
    points = {played_at(drawn.analysis, point): point.id for point in drawn.analysis.rest_points}
    mixed = [p.id for p in drawn.analysis.rest_points if played_at(drawn.analysis, p) is None]
    result = names.copy()
    for sign, played in ((1.0, (0,)), (-1.0, (1,))):
        result[known & (way == sign) & (least > NEARLY_DEGENERATE)] = points.get(played, OTHER)
    if len(mixed) <= 1:  # else an analysis says which of them it is
        result[known & (least < -NEARLY_DEGENERATE)] = mixed[0] if mixed else OTHER
    return result


def _polynomial_values(terms: Array, places: Array) -> Array:
    """Return polynomials, from the constant term on (games, degree + 1), at places (games, points)."""
    values = np.zeros_like(places)
    for coefficient in terms.T[::-1]:
        values = values * places + coefficient[:, None]
    return values


def _flat_places(terms: Array) -> Array:
    """Return the places (games, degree - 1) where derivatives of polynomials are zero, and others."""
    slopes = terms[:, 1:] * np.arange(1, terms.shape[1])
    degree = slopes.shape[1] - 1
    if degree < 1:
        return np.zeros((len(terms), 0))
    least = EPSILON * np.abs(slopes).sum(axis=1)
    last = np.where(np.abs(slopes[:, -1]) > least, slopes[:, -1], np.maximum(least, np.finfo(float).tiny))
    companion = np.zeros((len(terms), degree, degree))
    companion[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
    companion[:, :, -1] = -slopes[:, :-1] / last[:, None]
    return np.nan_to_num(np.linalg.eigvals(companion).real)


def _names_of_codes(drawn: DrawnGame) -> dict[int, str]:
    """Return the names of exact outcomes in the square, by code; sides at rest and starts at rest lack."""
    names = {CYCLE: "cycle", SEPARATRIX: "separatrix"}
    for point in drawn.analysis.rest_points:
        played = played_at(drawn.analysis, point)
        if played is not None:
            names[PLACES.index((1.0 - played[0], 1.0 - played[1]))] = point.id
    return names


def _clear(rates: Array) -> NDArray[np.bool_]:
    """Return which of many games `clear` finds so, from their rates (games, 4)."""
    size = np.abs(rates)
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = (size > NEARLY_DEGENERATE * size.max(axis=1, keepdims=True)).all(axis=1)
    return found


def _planar_outcomes(drawn: DrawnGame, rates: Array, start: Sequence[float]) -> Names:
    result = np.full(drawn.count, "undecided", dtype=f"U{LONGEST_NAME}")
    codes, sure = np.full(drawn.count, STILL, dtype=np.int8), _clear(rates)
    if all(0 < share < 1 for share in start):
        x, y = np.log(np.asarray(start)) - np.log1p(-np.asarray(start))
        codes[sure] = outcomes_of_many(rates[sure], np.array([[x], [y]]) + np.zeros((2, int(sure.sum()))))
    else:
        for k in np.flatnonzero(sure).tolist():
            a, b, c, d = rates[k].tolist()
            codes[k] = outcomes(Planar((a, b), (c, d)), [start[0]], [start[1]])[0]
    for code, name in _names_of_codes(drawn).items():
        result[codes == code] = name
    for k in np.flatnonzero(result == "undecided").tolist():
        result[k] = _outcome_of_draw(drawn, k, start)
    return result


def _in_boxes(
    drawn: DrawnGame, field: DrawnField, start: ArrayLike, names: Names, in_log_odds: bool = False
) -> Names:
    """Follow all draws by machine code, and name those that come into the box of a strict equilibrium."""
    state, rates = np.asarray(start, dtype=float), compiled_rates(field)
    if rates is None:
        return names
    if not in_log_odds:
        moves = [s > 1 for s in field.sizes[:-1] for _ in range(1 if s == 2 else s)]
        if not ((state > 0) & (state < 1))[moves].all():
            return names
        state = state[None, None]
    found = strict_basins(rates, field.rates, state, in_log_odds=in_log_odds)
    if found is None:
        return names
    points = {played_at(drawn.analysis, point): point.id for point in drawn.analysis.rest_points}
    known = np.array([*(points.get(profile, OTHER) for profile in found.profiles), "cycle"])
    return np.where(found.settled, known[found.shares[:, 0].argmax(axis=1)], names)


def _followed(
    drawn: DrawnGame, field: DrawnField, start: ArrayLike, names: Names, in_log_odds: bool = False
) -> Names:
    """Follow the remaining draws together, and name those that reach an attracting pure profile."""
    result = names.copy()
    state = np.asarray(start, dtype=float)
    if not field.scale or not (in_log_odds or ((state > 0) & (state < 1)).all()):
        return result  # on a face it is what attracts there that counts
    first = state if in_log_odds else motion_of(field).to_coordinates(field.starts(state))[:-1]
    slow = np.maximum(field.rates, SLOWEST * field.scale)
    for high, low in itertools.pairwise(PACES):
        own = (slow > low * field.scale) & (slow <= high * field.scale)
        rows = np.flatnonzero(own & (names == "undecided"))
        if rows.size:
            _, ends, _ = followed(
                field,
                first[:, rows],
                PATIENCE / max(low, SLOWEST) / field.scale,
                rows=rows,
                tolerance=MANY,
                most_steps=MOST_STEPS,
            )
            result[rows] = _arrived(drawn, field, shares_at(field, ends), rows)
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


def _outcome_of_draw(drawn: DrawnGame, index: int, start: ArrayLike, in_log_odds: bool = False) -> str:
    """Return where the trajectory ends in one draw, from its own analysis."""
    from separatrix.dynamics.basins.exact_outcomes import exact_outcomes

    analysis = drawn.analysed(index)
    if analysis is None:
        return "undecided"
    found = exact_outcomes(analysis) or omega_limits(analysis)
    state = np.asarray(start, dtype=float)
    name = str((found.names_at(state[:, None]) if in_log_odds else found.names(state[None]))[0])
    if name == "undecided":
        if in_log_odds and drawn.field is not None:
            state = shares_at(drawn.field, state)
        name = _at_last(analysis, state.tolist())
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
    from separatrix.dynamics.integration.trajectory import follow

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
            drawn.report_progress(done + 1, len(rows))
    return result


def _arrivals(
    field: DrawnField, rows: NDArray[np.intp], start: Sequence[float], end: Sequence[float]
) -> Array:
    from separatrix.dynamics.integration.batch import batch
    from separatrix.dynamics.integration.results import Status
    from separatrix.dynamics.integration.runge_kutta import Arrival

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
    from separatrix.dynamics.integration.results import Status
    from separatrix.dynamics.integration.runge_kutta import Arrival
    from separatrix.dynamics.integration.trajectory import follow

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
