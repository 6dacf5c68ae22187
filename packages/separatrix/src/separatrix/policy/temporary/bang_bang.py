"""One population of two strategies: the cheapest programme as one integral of the cheapest levels.

With x' = x(1-x) g(x, u) and a cost c(x, u) per unit of time, without discount and with a free end, the time
that passes at a share is a choice of its own: the least cost from a to b is the integral of the least of
c(x, u)/(x(1-x) g(x, u)) over the levels u under which the share rises (`cheapest_levels`).

Wang, S., Chen, X. and Szolnoki, A. (2019), Exploring optimal institutional incentives for public cooperation,
Communications in Nonlinear Science and Numerical Simulation 79, 104914.

How safe a temporary programme is where parameters are not known exactly.

The levels and times of the programme stay fixed. Parameters are drawn, and each draw is followed through
the programme and after it. Drawn parameters are variables like the levels, so that all draws take their
steps at once. The Clopper-Pearson interval is for the share of independent draws that reach the target.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, uncertainty_of
from separatrix.dynamics.statistics import of_draws
from separatrix.game.model import Game
from separatrix.policy.draws import independent_draws
from separatrix.policy.temporary.cheapest_levels import (
    ACCURATE,
    LOOSE,
    MOST_PANELS,
    NARROWED,
    CheapestLevels,
    PanelIntegral,
    gain_and_cost,
    panel_integral,
)
from separatrix.policy.temporary.control_problem import ControlLevel, ControlProblem
from separatrix.policy.temporary.supported_trajectory import Steps

__all__ = [
    "LinePassage",
    "SafetyMargin",
    "WISHED",
    "cheapest_constant_passage",
    "cheapest_passage",
    "constant_passage",
    "passage_with_margin",
    "safety_margin",
]

Array = NDArray[Any]

PIECES = 33
"""Shares between which a change of the best corner, or a root at a limit, is looked for."""

FOLLOWED = 6
"""Candidate levels that look cheap and reach the end; for constant levels the cheapest one is refined."""

HELD_HALVINGS = 20
"""Of the room in which these levels are sharpened: their cost is exact to its square."""

MOST_MOVES = 80
"""Of these levels, and halvings of the room, at most."""

FLAT = 32
"""Stretches of equal shares into which a programme without steps is cut."""

MOST_CUTS = 12
"""Halvings of a stretch on which levels that are held would not move the share."""

RENTS = 1e-4, 10.0
"""The lowest price of time, in costs of the passage, and the highest, in costs of constant levels, per unit
of the fastest rate. The programme is chosen between these if the cheapest never ends."""

PRICES = 2
"""How many of them there are for every factor of ten, at least."""

SEARCHED = 1e-10
"""The accuracy of costs where levels are looked for: kinks of the least cost are found only so well."""

ROUGH = 100
"""Panels of a round of such times: where levels fade and are looked for, no more of them settle anything."""

COMPARED = 1e-4
"""The accuracy of the costs among which a price of time is chosen: near the best one they hardly differ."""

INNER = 1 - 1e-3
"""The part of a way at whose end the share has not reached the boundary yet."""

FADES = 1e-5
"""The part of a way at its ends within which levels do not begin or cease to be at a limit."""

BESIDE = {True: (1e-11, 1e-9), False: (1e-8, 1e-6)}
"""Distances to an end, relative to the smaller share there, at which speeds are compared, where levels are
known and where they are looked for. Nearer: rounding counts."""

FALLS = 0.97
"""The power of the distance from which on a speed counts as falling with it."""

SAME = 1e-9
"""How near to a limit a level counts as standing there, relative to its range."""


@dataclass(frozen=True)
class LinePassage:
    """The cheapest way from one share to another.

    Attributes
    ----------
    cost : float
        The infimum of costs.
    attained : bool
        Whether a programme has this cost: not if a level has no limit, nor if it never ends.
    time : float
        The duration; infinite, or 0 as a limit, where the infimum is not attained.
    shares, levels : tuples
        Along the way: at each share the levels (infinite where without limit).
    steps : Steps or None
        The programme, where its levels change in steps, or in stretches close to it.
    bang_bang : bool
        Whether every level is at a limit at every time.
    rests : bool
        Whether it never ends because the cheapest levels let the share drift to a rest point on the way.
    """

    cost: float
    attained: bool
    time: float
    shares: tuple[float, ...]
    levels: tuple[tuple[float, ...], ...]
    steps: Steps | None
    bang_bang: bool
    rests: bool = False


# --------------------------------------------------------------------------- passages


def integral_of(levels_at: CheapestLevels, start: float, end: float) -> PanelIntegral:
    """Return the integral of the least cost per share from one share to another."""
    accurate = ACCURATE if levels_at.exact else SEARCHED
    return panel_integral(lambda x: levels_at(x)[0], min(start, end), max(start, end), accurate)


def cheapest_passage(
    problem: ControlProblem,
    start: float,
    end: float,
    levels_at: CheapestLevels | None = None,
    cost: float | None = None,
) -> LinePassage | None:
    """Return the cheapest way from one share to another, or None where no level leads there.

    Parameters
    ----------
    problem : ControlProblem
        Of one population of two strategies, without discount.
    start, end : float
        Shares inside (0, 1).
    levels_at : CheapestLevels, optional
        With what is known of the best levels already.
    cost : float, optional
        What it costs, where that is known already.
    """
    sign = math.copysign(1.0, end - start)
    best = levels_at or CheapestLevels(problem, sign)
    nodes = np.linspace(start, end, PIECES)
    inner = nodes.copy()
    inner[-1] = end - sign * 1e-9 * abs(end - start)  # at the boundary itself nothing may move the share
    least, levels = best(inner)
    if not np.isfinite(least).all():
        return None
    cost = integral_of(best, start, end).value if cost is None else cost
    if not math.isfinite(cost):
        return None
    limitless = bool(np.isinf(levels).any())
    low, high = problem.low, problem.high
    near = SAME * np.where(np.isfinite(high), high - low, problem.unit)
    bang = bool(((levels <= low + near) | (levels >= high - near)).all())
    shown = tuple(tuple(float(u) for u in row) for row in levels)
    if limitless:
        return LinePassage(cost, False, 0.0, tuple(nodes.tolist()), shown, None, bang)
    # Beside the boundary levels that fade come as near to a limit as one likes: that is no break.
    close = FADES * abs(end - start)
    breaks = [
        x for x in _breaks(best, inner, levels, near) if close < abs(x - start) and close < abs(end - x)
    ]
    stops = [start, *breaks, end]

    def time_between(a: float, b: float) -> float:
        return _time(problem, a, b, lambda x: best(x)[1], sign, best.sharpness)

    times = [time_between(a, b) for a, b in itertools.pairwise(stops[:-1])]
    times.append(math.inf if _fades(best, end) else time_between(*stops[-2:]))
    if not best.exact and not bang and sum(times) * problem.scale > 1 / NARROWED:
        times[-1] = math.inf  # slower than levels that were looked for can be told apart
    if math.isinf(sum(times)):
        before = stops[-2] + INNER * (end - stops[-2])
        rests = math.isinf(sum(times[:-1])) or math.isinf(time_between(stops[-2], before))
        return LinePassage(cost, False, math.inf, tuple(nodes.tolist()), shown, None, bang, rests)
    steps = _as_steps(best, stops if bang else _stretches(stops, sign), not bang)
    return LinePassage(cost, True, sum(times), tuple(nodes.tolist()), shown, steps, bang)


def _fades(best: CheapestLevels, end: float) -> bool:
    """Return whether the share never reaches an end: its speed vanishes there in proportion to the distance.

    Only the speed near the end decides; from a start close to it the integral of time is mostly rounding.
    """
    near, far = (part * min(end, 1 - end) for part in BESIDE[best.exact])
    shares = end - best.sign * np.array([near, far])
    gain = best.sign * gain_and_cost(best.problem, shares, best(shares)[1])[0]
    if not (np.isfinite(gain) & (gain > 0)).all():
        return False
    return math.log(gain[1] / gain[0]) > FALLS * math.log(far / near)


def passage_with_margin(
    problem: ControlProblem,
    start: float,
    boundary: float,
    end: float,
    levels_at: CheapestLevels | None = None,
    first: LinePassage | None = None,
    held_cost: float | None = None,
) -> LinePassage | None:
    """Return the cheapest way across the basin boundary to a share beyond it, with levels held from there on.

    Lowered beyond the boundary, levels would let the share drift to any margin at no cost, and the
    slightest error near the boundary would send it back. If the cheapest levels never get there, or are too
    weak at the boundary to cross it, a price is put on time. The price is chosen that gives the cheapest
    programme. It is at most the one at which levels are about as strong as constant levels, whose cost is
    `held_cost`. From a start near the boundary these cost far more than the passage.
    """
    sign = math.copysign(1.0, end - start)
    best = levels_at or CheapestLevels(problem, sign)
    first = first or cheapest_passage(problem, start, boundary, best)
    if first is None:
        return None
    if not math.isinf(first.time):
        beyond = constant_passage(problem, boundary, end, np.array(first.levels[-1]))
        if beyond is not None:
            return _extend_passage(first, end, first.levels[-1], *beyond)
    dearest = abs(held_cost or 0.0) or abs(first.cost) or problem.cost_scale / problem.scale
    least = min(abs(first.cost) or dearest, dearest)
    low, high = RENTS[0] * least * problem.scale, RENTS[1] * dearest * problem.scale
    options = []
    for rent in np.geomspace(low, high, 1 + math.ceil(PRICES * math.log10(high / low))):
        dearer = CheapestLevels(problem, sign, float(rent), best.seeds)
        held = dearer(np.array([boundary]))[1][0]
        beyond = constant_passage(problem, boundary, end, held)
        if beyond is not None:
            cost = _followed_cost(problem, start, boundary, dearer, COMPARED)
            options.append((cost + beyond[0], beyond, held, dearer))
    for _, beyond, held, dearer in sorted(options, key=lambda one: one[0]):
        steps = _as_steps(dearer, _stretches([start, boundary], sign), True)
        if steps is not None:
            cost = _followed_cost(problem, start, boundary, dearer, LOOSE)
            before = LinePassage(cost, False, math.inf, first.shares, first.levels, steps, False)
            return _extend_passage(before, end, tuple(held.tolist()), *beyond)
    return None


def _followed_cost(
    problem: ControlProblem, start: float, end: float, best: CheapestLevels, accurate: float
) -> float:
    """Return the cost between two shares where levels follow the share, without the price of time."""

    def rate(x: Array) -> Array:
        gain, cost = gain_and_cost(problem, x, best(x)[1])
        speed = x * (1 - x) * best.sign * gain
        return np.asarray(np.where(speed > 0, cost / np.where(speed > 0, speed, 1.0), np.inf))

    return panel_integral(rate, min(start, end), max(start, end), accurate).value


def _extend_passage(
    first: LinePassage, end: float, levels: tuple[float, ...], cost: float, time: float
) -> LinePassage:
    """Return a passage that goes on from its end with levels that are held."""
    steps = None
    if first.steps is not None:
        steps = Steps((*first.steps.levels, levels), (*first.steps.durations, time)).merged()
    return LinePassage(
        first.cost + cost,
        first.attained,
        first.time + time if first.attained else first.time,
        (*first.shares, end),
        (*first.levels, levels),
        steps,
        first.bang_bang,
    )


def _breaks(best: CheapestLevels, nodes: Array, levels: Array, near: Array) -> list[float]:
    """Return shares at which the levels begin to be, or cease to be, at a limit, or jump."""
    low, high = best.problem.low, best.problem.high

    def kinds(rows: Array) -> Array:
        return np.asarray((rows >= high - near).astype(int) - (rows <= low + near).astype(int))

    every = kinds(levels)
    places = np.flatnonzero((every[1:] != every[:-1]).any(axis=1))
    if not len(places):
        return []
    a, b, before = nodes[places], nodes[places + 1], every[places]
    for _ in range(54 if best.exact else 27):
        middle = (a + b) / 2
        same = (kinds(best(middle)[1]) == before).all(axis=1)
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    return [float(v) for v in (a + b) / 2]


def _stretches(stops: list[float], sign: float) -> list[float]:
    every = set(stops) | set(np.linspace(stops[0], stops[-1], FLAT + 1).tolist())
    return sorted(every, reverse=sign < 0)


def _as_steps(best: CheapestLevels, stops: list[float], mean: bool) -> Steps | None:
    """Return the programme between shares as steps; where levels vary, those in the middle of a stretch."""
    levels, durations = [], []
    pending = [(a, b, 0) for a, b in itertools.pairwise(stops)][::-1]
    while pending:
        a, b, cuts = pending.pop()
        held = best(np.array([(a + b) / 2]))[1][0]
        passage = constant_passage(best.problem, a, b, held)
        if passage is None:
            if cuts == MOST_CUTS:
                return None
            middle = (a + b) / 2
            pending += [(middle, b, cuts + 1), (a, middle, cuts + 1)]
            continue
        durations.append(passage[1])
        levels.append(tuple(float(u) for u in held))
    made = Steps(tuple(levels), tuple(durations))
    return made if mean else made.merged()


def _time(
    problem: ControlProblem,
    start: float,
    end: float,
    levels_at: Callable[[Array], Array],
    sign: float,
    accurate: float = ACCURATE,
) -> float:
    """Return the time between shares under levels that depend on the share; infinite if it never arrives."""

    def slowness(x: Array) -> Array:
        speed = x * (1 - x) * sign * gain_and_cost(problem, x, levels_at(x))[0]
        with np.errstate(all="ignore"):
            return np.where(speed > 0, 1 / np.where(speed > 0, speed, 1.0), np.inf)

    most = MOST_PANELS if accurate == ACCURATE else ROUGH
    return panel_integral(slowness, min(start, end), max(start, end), accurate, most).value


def _constant(levels: Array, share: Array) -> Array:
    return np.asarray(np.broadcast_to(levels, (*share.shape, len(levels))))


def constant_passage(
    problem: ControlProblem, start: float, end: float, levels: Array
) -> tuple[float, float] | None:
    """Return what it costs to hold levels from one share to another and how long; None where that fails."""
    sign = math.copysign(1.0, end - start)
    held = np.asarray(levels, dtype=float)
    best = CheapestLevels(problem, sign)
    if np.isinf(held).any():
        k = int(np.flatnonzero(np.isinf(held))[0])

        def limit(share: Array) -> Array:
            return next(ratio for place, ratio in best._rays(share) if place == k)

        cost = panel_integral(limit, min(start, end), max(start, end)).value
        return (cost, 0.0) if math.isfinite(cost) else None
    time = _time(problem, start, end, partial(_constant, held), sign)
    if math.isinf(time):
        return None

    def rate(share: Array) -> Array:
        return best.per_share(share, _constant(held, share))

    return panel_integral(rate, min(start, end), max(start, end)).value, time


def cheapest_constant_passage(
    problem: ControlProblem, start: float, end: float
) -> tuple[Array, float, float] | None:
    """Return the levels that cost least where they are held from start to end, their cost and their time."""
    best = CheapestLevels(problem, math.copysign(1.0, end - start))
    low, high = best.ends
    count = len(low)
    seen = np.linspace(start, end, 65)[1:-1]
    choices, rooms = best._lattice()

    def rough(levels: Array) -> Array:
        many = np.broadcast_to(levels[:, None, :], (len(levels), len(seen), count))
        return np.asarray(best.per_share(np.broadcast_to(seen, many.shape[:-1]), many).sum(axis=1))

    def costed(levels: Array) -> tuple[Array, float, float]:
        passage = constant_passage(problem, start, end, levels)
        return (levels, math.inf, math.inf) if passage is None else (levels, *passage)

    # Levels that look cheap at all shares; the cheapest of them is then sharpened.  A narrow wall may stop
    # some of them between these shares: those do not count.
    results: list[tuple[tuple[Array, float, float], Array]] = []
    sums = rough(choices)
    for k in np.argsort(sums):
        if not math.isfinite(sums[k]):
            break
        one = costed(choices[k])
        if math.isfinite(one[1]):
            results.append((one, rooms[k]))
        if len(results) == FOLLOWED:
            break
    if not results:
        return None
    own, room = min(results, key=lambda pair: pair[0][1])
    moves = np.stack(np.meshgrid(*[[-1.0, 0.0, 1.0]] * count, indexing="ij"), axis=-1).reshape(-1, count)
    halvings = 0
    for _ in range(MOST_MOVES):
        tried = np.unique(np.clip(own[0] + moves * room, low, high), axis=0)
        best_tried = min(map(costed, tried), key=lambda one: one[1])
        # Along a narrow valley that runs askew many moves of one length may follow each other.
        if best_tried[1] < own[1]:
            own = best_tried
        else:
            room, halvings = room / 2, halvings + 1
        if halvings == HELD_HALVINGS:
            break
    return own


WISHED = 0.95
"""The share of draws in which a safer programme should work."""

STEP = 0.25
"""Of the Runge-Kutta method, in units of the fastest rate at the baseline values."""

SAFETY_MARGIN_FOLLOWED = 400.0
"""How long draws are followed after support, in the same units. Smaller: slow ones count as failed."""

NEAR = 0.01
"""The distance in every share at which the target counts as reached."""

LONGEST = 4.0
"""How many times as long support is tried, until enough draws succeed."""

HALVINGS = 8
"""Of the time that is looked for."""

PIECE = 40
"""Steps after which draws that have arrived are left."""


@dataclass(frozen=True)
class SafetyMargin:
    """How often a programme works when parameters are drawn, and how long it would have to last.

    Attributes
    ----------
    draws : int
    parameters : tuple of str
        The uncertain ones.
    share : float
        Of the draws in which the target comes about.
    interval : (float, float)
        At 95 %.
    longer : float or None
        The end of support with which the target comes about in 95 % of the draws, the last levels held; None
        where four times as long does not suffice.
    seed : int
    """

    draws: int
    parameters: tuple[str, ...]
    share: float
    interval: tuple[float, float]
    longer: float | None
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "draws": self.draws,
            "parameters": list(self.parameters),
            "share": self.share,
            "interval": list(self.interval),
            "end_for_95_percent": self.longer,
            "seed": self.seed,
        }


def safety_margin(
    game: Game,
    problem: ControlProblem,
    state: Array,
    target: Array,
    steps: Steps,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    draws: int = 500,
    seed: int = 0,
) -> SafetyMargin | None:
    """Return how safe a programme is, or None where no parameter of the game is uncertain.

    Parameters
    ----------
    game : Game
        Without instruments in force.
    problem : ControlProblem
    state, target : arrays (shares,)
    steps : Steps
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    draws, seed : int
    """
    if not any(p.uncertain is not None for p in game.parameters.values()):
        return None
    uncertainty = uncertainty_of(game, values, scenario)
    some, _ = independent_draws(uncertainty, draws, seed, 0, "temporary")
    count = len(next(iter(some.values())))
    wide = replace(
        problem,
        levels=(
            *problem.levels,
            *(ControlLevel(n, -np.inf, np.inf, float(uncertainty.base[n])) for n in some),
        ),
    )
    follow = _Draws(wide, some, count, problem.scale, np.asarray(state), np.asarray(target), problem.idle)
    works = follow.works(steps)
    hits = int(works.sum())
    return SafetyMargin(
        count,
        uncertainty.names,
        hits / count,
        of_draws(hits, count),
        _longer(follow, steps, hits / count),
        seed,
    )


def _longer(follow: _Draws, steps: Steps, share: float) -> float | None:
    """Return the end with which enough draws succeed, by bisection."""
    if share >= WISHED:
        return steps.end

    def extended(more: float) -> Steps:
        return Steps(steps.levels, (*steps.durations[:-1], steps.durations[-1] + more))

    low, high = 0.0, (LONGEST - 1) * steps.end
    if follow.works(extended(high)).mean() < WISHED:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if follow.works(extended(middle)).mean() >= WISHED:
            high = middle
        else:
            low = middle
    return steps.end + high


@dataclass(frozen=True)
class _Draws:
    """All draws side by side."""

    problem: ControlProblem
    draws: Draws
    count: int
    scale: float
    state: Array
    target: Array
    idle: Array

    def works(self, steps: Steps) -> NDArray[np.bool_]:
        """Return in which draws the target comes about after a programme."""
        at = np.tile(self.problem.coordinates(self.state), (self.count, 1))
        own = np.column_stack([np.asarray(v, dtype=float) for v in self.draws.values()])
        nothing = np.zeros(self.count)
        for levels, duration in zip(steps.levels, steps.durations, strict=True):
            number = max(1, int(np.ceil(duration * self.scale / STEP)))
            held = np.column_stack([np.tile(levels, (self.count, 1)), own])
            at, _ = self.problem.advance(at, held, np.full(self.count, duration / number), number, nothing)
        result, rows = np.zeros(self.count, dtype=bool), np.arange(self.count)
        idle = np.column_stack([np.tile(self.idle, (self.count, 1)), own])
        for _ in range(int(np.ceil(SAFETY_MARGIN_FOLLOWED / STEP / PIECE))):
            lengths = np.full(len(rows), STEP / self.scale)
            at, _ = self.problem.advance(at, idle[rows], lengths, PIECE, np.zeros(len(rows)))
            shares = self.problem.states(at)
            there = np.abs(shares - self.target).max(axis=1) <= NEAR
            result[rows[there]] = True
            gone = (np.minimum(shares, 1 - shares) < NEAR**2).all(axis=1)
            stay = ~(there | gone) & np.isfinite(at).all(axis=1)
            at, rows = at[stay], rows[stay]
            if not rows.size:
                break
        return result
