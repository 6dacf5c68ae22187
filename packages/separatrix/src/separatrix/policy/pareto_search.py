"""A search among programmes: what is known of those that were followed, and which no other dominates.

Which of many points no other dominates.

A point dominates another one where it is at least as good in every objective and better in one (Pareto; Kung,
H. T., Luccio, F. and Preparata, F. P. (1975), On finding the maxima of a set of vectors, Journal of the ACM
22, 469-476: after sorting, only earlier points can dominate a later one).

Sampled programmes: levels all over the ranges of the instruments, permanent or temporary.

A programme too weak to reach the target wastes money. So for each sampled direction the required strength
of a permanent programme, and the required length of a temporary one, are computed at the baseline values.
Programmes then exceed these by margins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, unit_cube
from separatrix.errors import InputError
from separatrix.policy.draws import SuccessShare, independent_draws
from separatrix.policy.objectives import OBJECTIVES, Objective, programme_values, to_minimise
from separatrix.policy.required_strength import needed_duration, needed_strength
from separatrix.policy.uncertain_programmes import (
    IDLE,
    Programme,
    ProgrammeCase,
    lanes_of,
    named_levels,
    outcomes_after,
)
from separatrix.sentences import say

__all__ = [
    "EvaluatedProgramme",
    "MARGINS",
    "ProgrammeSearch",
    "around",
    "directions",
    "non_dominated",
    "programmes_along",
]


def non_dominated(points: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the places of the points that no other dominates, in ascending order of the first objective.

    Of equal points the first is kept.

    Parameters
    ----------
    points : array (points, objectives)
        Less is better; a number that is infinite is worse than any other.

    Examples
    --------
    >>> non_dominated(np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [3.0, 1.0], [1.0, 3.0]])).tolist()
    [0, 1, 3]
    """
    count = len(points)
    order = np.lexsort((np.arange(count), *points.T[::-1]))
    kept = np.empty((0, points.shape[1]))
    places: list[int] = []
    for place in order.tolist():
        point = points[place]
        if not (kept <= point).all(axis=1).any():
            kept = np.concatenate([kept, point[None]])
            places.append(place)
    return np.array(places, dtype=np.intp)


Array = NDArray[np.float64]

MARGINS = (1e-3, 0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2, 1.8, 3.0, 6.0)
"""By which part of what is needed at the baseline values programmes go beyond it. The first is what stands
for an infimum, which no programme attains: wider than what rounding to `DIGITS` takes away."""

DIGITS = 4
"""For levels and times, so that the reported values are those that were simulated."""

SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.97, 1.0)
"""Of the draws by which programmes are sifted: what these need is looked at where success is an objective."""

TOGETHER = 3
"""The most instruments that are sampled together; near the front others may be taken up."""

ALONE = 12
"""Levels of each instrument without the others."""


@dataclass(frozen=True)
class VariableBounds:
    """The levels that are possible.

    Attributes
    ----------
    low, high, idle : array (instruments,)
    """

    low: Array
    high: Array
    idle: Array


def box_of(case: ProgrammeCase) -> VariableBounds:
    """Return the levels that are possible.

    Raises
    ------
    InputError
        P184 for an instrument without a range.
    """
    for name, (low, high) in zip(case.names, case.ranges.tolist(), strict=True):
        if not (np.isfinite(low) and np.isfinite(high)):
            raise InputError(
                "P184",
                say("{name} has no range, so that its strongest level is not known", name=f"`{name}`"),
                hint=say("give it a `range` in the game file, or a level"),
            )
    return VariableBounds(case.ranges[:, 0], case.ranges[:, 1], case.idle)


def directions(case: ProgrammeCase, count: int, seed: int) -> Array:
    """Return levels (directions, instruments) all over the box: each instrument alone, then a few together.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.policy.uncertain_programmes import programme_case
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "today": {"x": 0.5},
    ...         "instruments": {"grant": {"range": [0, 3], "changes": {"C": "C - grant"}}},
    ...     }
    ... )
    >>> directions(programme_case(game, uncertain=False), 3, 0).tolist()
    [[1.0], [2.0], [3.0]]
    """
    box, size = box_of(case), len(case.names)
    rows: list[Array] = []
    alone = count if size == 1 else min(ALONE, max(1, count // (2 * size)))
    for k in range(size):
        for end in (box.low[k], box.high[k]):
            if end != box.idle[k]:
                for part in np.arange(1, alone + 1) / alone:
                    row = box.idle.copy()
                    row[k] += part * (end - box.idle[k])
                    rows.append(row)
    if size > 1 and count > len(rows):
        more = count - len(rows)
        cube = unit_cube(size, more, seed, "sobol")
        levels = box.low + cube * (box.high - box.low)
        rows += list(np.where(_used(size, more, seed), levels, box.idle))
    return np.array(rows).reshape(-1, size)


def _used(size: int, count: int, seed: int) -> NDArray[np.bool_]:
    """Return which instruments are used together (count, size): at most `TOGETHER` of them."""
    stream = np.random.default_rng(np.random.SeedSequence(seed))
    order = stream.random((count, size)).argsort(axis=1).argsort(axis=1)
    return np.asarray(order < stream.integers(2, TOGETHER + 1, size=(count, 1)))


def around(case: ProgrammeCase, levels: Array, width: float, each: int, seed: int) -> Array:
    """Return levels near to given ones (programmes, instruments), within a part of each range."""
    box, size = box_of(case), len(case.names)
    if not len(levels):
        return levels
    cube = unit_cube(size, each * len(levels), seed, "sobol").reshape(len(levels), each, size)
    moved = levels[:, None] + width * (2 * cube - 1) * (box.high - box.low)
    # An instrument that is not used stays so, but for one at times: few are easier to run than many.
    stream = np.random.default_rng(np.random.SeedSequence(seed))
    taken_up = stream.integers(0, 2 * size, size=(*moved.shape[:2], 1)) == np.arange(size)
    moved = np.where((levels == box.idle)[:, None] & ~taken_up, box.idle, moved)
    found: Array = np.clip(moved, box.low, box.high).reshape(-1, size)
    return found


def programmes_along(
    case: ProgrammeCase, levels: Array, horizon: float, draws: Draws | None = None
) -> list[Programme]:
    """Return programmes with levels (directions, instruments): permanent and temporary, just enough and more.

    Parameters
    ----------
    case : ProgrammeCase
    levels : array (directions, instruments)
    horizon : float
        The longest temporary programme.
    draws : mapping of parameter to array (draws,), optional
        By which more is not a margin, but what some share of these draws needs.
    """
    if not len(levels):
        return []
    found: dict[tuple[tuple[float, ...], float], Programme] = {}

    def add(levels: Array, until: float | None) -> None:
        own, end = np.array([_rounded(v) for v in levels]), None if until is None else _rounded(until)
        own = np.clip(own, case.ranges[:, 0], case.ranges[:, 1])
        key = (tuple(own.tolist()), np.inf if end is None else end)
        found.setdefault(key, Programme(named_levels(case.names, own.tolist(), case.idle.tolist()), 0.0, end))

    levels = np.clip(
        np.array([[_rounded(v) for v in row] for row in levels]), case.ranges[:, 0], case.ranges[:, 1]
    )
    strengths = needed_strength(case, {}, levels).values
    durations = needed_duration(case, {}, levels, horizon).values
    stronger, longer = (
        ([_beyond(v) for v in strengths.tolist()], [_beyond(v) for v in durations.tolist()])
        if draws is None
        else _for_shares(case, levels, horizon, draws, strengths, durations)
    )
    for row, strong, long in zip(levels, stronger, longer, strict=True):
        add(row, None)
        for part in strong:
            add(case.idle + part * (row - case.idle), None)
        for part in long:
            add(row, part * horizon)
    return list(found.values())


def _for_shares(
    case: ProgrammeCase, levels: Array, horizon: float, draws: Draws, strengths: Array, durations: Array
) -> tuple[list[list[float]], list[list[float]]]:
    """Return which parts of the strength and of the horizon some shares of the draws need, by direction."""
    count = len(next(iter(draws.values())))
    tiled = {name: np.tile(values, len(levels)) for name, values in draws.items()}
    every = np.repeat(levels, count, axis=0)
    result = []
    for needed, baseline in (
        (needed_strength(case, tiled, every).values, strengths),
        (needed_duration(case, tiled, every, horizon).values, durations),
    ):
        ordered = np.sort(needed.reshape(len(levels), count), axis=1)
        places = np.ceil(np.array(SHARES) * count).astype(int) - 1
        rows = np.concatenate([ordered[:, places], baseline[:, None]], axis=1)
        result.append([sorted({p for v in row for p in _beyond(v)[:1]}) for row in rows.tolist()])
    return result[0], result[1]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _beyond(needed: float) -> list[float]:
    """Return parts beyond what is needed, all below one; none where nothing or too much is needed."""
    return [needed * (1 + margin) for margin in MARGINS if 0 < needed * (1 + margin) < 1]


FIRST_LOOK = 128
"""Draws by which programmes are sifted, before some of them are followed in all fresh draws."""

STRICTER = (0.0, 0.4, 0.7, 1.0)
"""By which part of the way to certainty a least probability is raised while programmes are sifted: what
barely keeps a limit in a few draws often breaks it in all."""

ASKED = 32
"""Of these draws: what each needs is looked at along every direction."""

MOST_ESTIMATED = 120
"""Programmes that are followed in fresh draws: of those that the first look puts on the front, evenly spaced
ones. More: the front is denser, and takes longer."""

LANES_AT_ONCE = 100_000
"""Programmes times draws that are followed together."""


@dataclass(frozen=True)
class EvaluatedProgramme:
    """A programme that was followed, and what it costs and brings.

    Attributes
    ----------
    programme : Programme
    values : mapping of objective to float or None
        None for a time to a target that is not reached within the horizon, for a share of draws that was not
        estimated since another programme is better already by the first look, and for what is infinite or
        has no value at its levels.
    works : bool
        Whether it reaches the target at the baseline values.
    share : SuccessShare or None
    """

    programme: Programme
    values: Mapping[str, float | None]
    works: bool
    share: SuccessShare | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.programme.to_dict(),
            **self.values,
            "works": self.works,
            "success": None if self.share is None else self.share.to_dict(),
        }


class ProgrammeSearch:
    """The programmes that were followed, and what is known of them."""

    def __init__(
        self,
        case: ProgrammeCase,
        objectives: tuple[Objective, ...],
        horizon: float,
        discount: float,
        limits: Mapping[str, float],
        seed: int,
    ) -> None:
        self.case, self.objectives, self.limits = case, objectives, limits
        self.horizon, self.discount, self.seed = horizon, discount, seed
        self.programmes: list[Programme] = []
        self.values: dict[str, Array] = {}
        self.errors: dict[str, Array] = {}
        self.works = np.zeros(0, dtype=bool)
        self.shares: dict[int, SuccessShare] = {}
        self.stricter = 0.0
        self.drawn = "probability" in {*(o.name for o in objectives), *limits}
        self.sifting = self._sifting() if self.drawn else None
        self._add([IDLE])

    def _sifting(self) -> Mapping[str, Array]:
        return independent_draws(self.case.uncertainty, FIRST_LOOK, self.seed, 0, "first look")[0]

    def levels(self, place: int) -> Array:
        """Return the levels of a programme (instruments,)."""
        own = self.programmes[place].levels
        return np.array([own.get(n, rest) for n, rest in zip(self.case.names, self.case.idle, strict=True)])

    def look(self, levels: Array) -> None:
        """Follow programmes along levels (directions, instruments)."""
        known = {(tuple(sorted(p.levels.items())), p.end) for p in self.programmes}
        some = None if self.sifting is None else {n: v[:ASKED] for n, v in self.sifting.items()}
        self._add(
            [
                p
                for p in programmes_along(self.case, levels, self.horizon, some)
                if (tuple(sorted(p.levels.items())), p.end) not in known
            ]
        )

    def _add(self, programmes: list[Programme]) -> None:
        if not programmes:
            return
        case = self.case
        lanes = lanes_of(case, programmes, {})
        found = programme_values(case, lanes, self.horizon, self.discount)
        values, errors = dict(found.values), dict(found.errors)
        if "emissions" in values:
            emitted = values.pop("emissions")
            if "tonnes_avoided" not in self.values:
                self.without = float(emitted[0])
            values["tonnes_avoided"] = self.without - emitted
            errors["tonnes_avoided"] = errors.pop("emissions")
        works = outcomes_after(case, lanes) == case.target
        values["time"] = np.where(works, values["time"], np.nan)
        if self.sifting is not None:
            values["probability"] = self._successes(programmes, self.sifting)[0] / FIRST_LOOK
            errors["probability"] = np.zeros(len(programmes))
        for name, own in values.items():
            known = np.where(np.isfinite(own), own, np.nan)
            self.values[name] = np.concatenate([self.values.get(name, np.zeros(0)), known])
        for name, own in errors.items():
            self.errors[name] = np.concatenate([self.errors.get(name, np.zeros(0)), own])
        self.works = np.concatenate([self.works, works])
        self.programmes += programmes

    def _successes(self, programmes: Sequence[Programme], draws: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return in how many draws each programme works, and how many are undecided."""
        count = len(next(iter(draws.values())))
        each = max(1, LANES_AT_ONCE // count)
        hits, undecided = [], []
        for k in range(0, len(programmes), each):
            some = programmes[k : k + each]
            names = outcomes_after(self.case, lanes_of(self.case, some, draws)).reshape(len(some), count)
            hits.append((names == self.case.target).sum(axis=1))
            undecided.append((names == "undecided").sum(axis=1))
        return np.concatenate(hits).astype(float), np.concatenate(undecided)

    # ----------------------------------------------------------------------- sifting

    @property
    def eligible(self) -> NDArray[np.bool_]:
        """Programmes that may be on the front: within the limits; and, unless success is an objective or has
        a limit, those that reach the target at the baseline values."""
        kept = self.works.copy() if not self.drawn else np.ones(len(self.programmes), dtype=bool)
        for name, own in self.values.items():
            if name != "time":
                kept &= ~np.isnan(own)
        return kept & self.within_limits

    @property
    def within_limits(self) -> NDArray[np.bool_]:
        """Programmes that keep all limits."""
        kept = np.ones(len(self.programmes), dtype=bool)
        for name, told in self.limits.items():
            own = self.values[name]
            limit = told + self.stricter * (1 - told) if name == "probability" else told
            kept &= own <= limit if OBJECTIVES[name].better == "less" else own >= limit
        return kept

    @property
    def without_value(self) -> int:
        """How many programmes cost or bring what has no finite value: these are never on the front."""
        lost = np.zeros(len(self.programmes), dtype=bool)
        for name, own in self.values.items():
            if name not in ("time", "probability"):
                lost |= np.isnan(own)
        return int(lost.sum())

    def front(self) -> tuple[int, ...]:
        """Return the places of non-dominated programmes."""
        rows = np.flatnonzero(self.eligible)
        if not rows.size:
            return ()
        points = to_minimise(self.objectives, {n: v[rows] for n, v in self.values.items()})
        return tuple(int(k) for k in rows[non_dominated(points)])

    def estimate(self, draws: int) -> None:
        """Follow what may be on the front in fresh draws, the same for all; forget the first look."""
        if not self.drawn:
            return
        layers = STRICTER if "probability" in self.limits else STRICTER[:1]
        kept: set[int] = {0}
        for self.stricter in layers:
            front = np.array(self.front(), dtype=np.intp)
            most = min(MOST_ESTIMATED // len(layers), len(front))
            some = np.unique(np.linspace(0, len(front) - 1, most).round().astype(int))
            kept |= {*front[some].tolist(), *self.best_by_objective().values()}
        self.stricter = 0.0
        fresh, _ = independent_draws(self.case.uncertainty, draws, self.seed, 0, "fresh")
        places = sorted(kept)
        hits, undecided = self._successes([self.programmes[k] for k in places], fresh)
        self.values["probability"][:] = np.nan
        for place, own, open_ones in zip(places, hits.tolist(), undecided.tolist(), strict=True):
            self.shares[place] = SuccessShare(int(own), draws, int(open_ones))
            self.values["probability"][place] = own / draws

    def best_by_objective(self) -> dict[str, int]:
        """Return the best programme by each objective, of those that reach the target within the limits.

        Of several the one that costs the public purse least.
        """
        result = {}
        cost = self.values.get("public_cost", np.zeros(len(self.programmes)))
        for name, own in self.values.items():
            rows = np.flatnonzero(self.works & self.within_limits & ~np.isnan(own))
            if rows.size:
                signed = own[rows] if OBJECTIVES[name].better == "less" else -own[rows]
                result[name] = int(rows[np.lexsort((cost[rows], signed))[0]])
        return {name: result[name] for name in OBJECTIVES if name in result}

    def error(self, front: Sequence[int]) -> float:
        """Return the largest error of quadrature on the front, relative to the largest value."""
        places = list(front)
        if not places:
            return 0.0
        return max(
            float(self.errors[name][places].max() / (np.abs(self.values[name][places]).max() or 1.0))
            for name in self.errors
            if name != "probability"
        )

    def evaluated(self, place: int) -> EvaluatedProgramme:
        """Return a programme with what is known of it."""
        values = {
            name: None if np.isnan(self.values[name][place]) else float(self.values[name][place])
            for name in OBJECTIVES
            if name in self.values
        }
        return EvaluatedProgramme(
            self.programmes[place], values, bool(self.works[place]), self.shares.get(place)
        )
