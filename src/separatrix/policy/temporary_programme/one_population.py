"""One population of two strategies: the cheapest programme in closed form, up to one integral.

With x' = x(1-x) g(x, u) and a cost c(x, u) per unit of time, without discount and with a free end, the time
that passes at a share is a choice of its own: the least cost from a to b is the integral of the least of
c(x, u)/(x(1-x) g(x, u)) over the levels u under which the share rises.  Where cost and payoffs are affine in
the levels that ratio is least at a corner of their box (a linear fractional programme): as strong as allowed,
or not at all.  Where the cost is quadratic in one level its root is known, as u = 2d for a cost of u² and g =
u - d.

Wang, S., Chen, X. and Szolnoki, A. (2019), Exploring optimal institutional incentives for public cooperation,
Communications in Nonlinear Science and Numerical Simulation 79, 104914.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.temporary_programme.control_problem import ControlProblem
from separatrix.policy.temporary_programme.supported_trajectory import Steps

__all__ = ["LinePassage", "cheapest_passage", "constant_passage", "passage_with_margin"]

Array = NDArray[Any]

PIECES = 33
"""Shares between which a change of the best corner, or a root at a limit, is looked for."""

GRID = 257
"""Levels among which the best is looked for where the cost is neither affine nor quadratic."""

GOLDEN = 60
"""Steps of the golden section beside it."""

QUADRATIC = 1e-9
"""Third differences, relative, below which a function is taken for quadratic."""

ACCURACY = 1e-12
"""Of integrals."""

RESTING = 1e-6
"""The gain beside the end, relative to the fastest, below which the end is reached in no finite time."""

LIMIT = 1e12
"""The level that stands for one without limit."""

FLAT = 32
"""Stretches of equal shares into which a programme without steps is told."""


@dataclass(frozen=True)
class LinePassage:
    """The cheapest way from one share to another.

    Attributes
    ----------
    cost : float
        The infimum of costs.
    attained : bool
        Whether a programme has this cost: not where a level has no limit, nor where the end takes for ever.
    time : float
        How long it takes; infinite, or 0 as a limit, where it is not attained.
    shares, levels : tuples
        Along the way: at each share the levels (infinite where without limit).
    steps : Steps or None
        The programme, where its levels change in steps, or in stretches close to it.
    bang_bang : bool
        Whether every level is at a limit at every time.
    """

    cost: float
    attained: bool
    time: float
    shares: tuple[float, ...]
    levels: tuple[tuple[float, ...], ...]
    steps: Steps | None
    bang_bang: bool


def _gain_and_cost(problem: ControlProblem, share: Array, levels: Array) -> tuple[Array, Array]:
    """Return the gain of the first strategy and the cost at shares (...) under levels (..., m)."""
    at = np.stack([share, 1 - share], axis=-1)
    (grown,) = problem._growth(problem._named([at], levels))
    here = problem.costs(share[..., None], levels)
    return grown[..., 0] - grown[..., 1], here


class _Ratio:
    """The least cost per share gained, and the levels that have it."""

    def __init__(self, problem: ControlProblem, sign: float) -> None:
        self.problem, self.sign = problem, sign
        self.open = [k for k, v in enumerate(problem.levels) if not math.isfinite(v.high)]
        self.quadratic = not problem.affine and len(problem.levels) == 1 and self._is_quadratic()

    def _per_share(self, share: Array, levels: Array) -> Array:
        gain, cost = _gain_and_cost(self.problem, share, levels)
        rate = self.sign * share * (1 - share) * gain
        with np.errstate(all="ignore"):
            return np.where(rate > 0, cost / np.where(rate > 0, rate, 1.0), np.inf)

    def _is_quadratic(self) -> bool:
        (level,) = self.problem.levels
        high = level.high if math.isfinite(level.high) else level.low + 4.0
        u = np.linspace(level.low, high, 6)
        share = np.linspace(0.1, 0.9, 9)[:, None]
        gain, cost = _gain_and_cost(
            self.problem, np.broadcast_to(share, (9, 6)), np.broadcast_to(u, (9, 6))[..., None]
        )
        size = max(float(np.abs(cost).max()), float(np.abs(gain).max()), 1.0)
        bent = np.abs(np.diff(gain, 2, axis=1)).max(), np.abs(np.diff(cost, 3, axis=1)).max()
        return bool(max(bent) <= QUADRATIC * size)

    def __call__(self, share: Array) -> tuple[Array, Array]:
        """Return the least ratio (...) and the levels (..., m) at shares (...)."""
        if self.problem.affine:
            return self._corners(share)
        if self.quadratic:
            return self._root(share)
        return self._searched(share)

    def _corners(self, share: Array) -> tuple[Array, Array]:
        low, high = self.problem.low, self.problem.high
        capped = np.where(np.isfinite(high), high, LIMIT)
        corners = (
            np.array(np.meshgrid(*np.stack([low, capped], axis=1), indexing="ij")).reshape(len(low), -1).T
        )
        found = np.stack(
            [self._per_share(share, np.broadcast_to(c, (*share.shape, len(c)))) for c in corners]
        )
        place = found.argmin(axis=0)
        return np.take_along_axis(found, place[None], axis=0)[0], corners[place]

    def _root(self, share: Array) -> tuple[Array, Array]:
        (level,) = self.problem.levels
        high = level.high if math.isfinite(level.high) else LIMIT
        u0 = level.low
        width = (min(high, u0 + 4.0) - u0) / 2

        def at(u: float) -> tuple[Array, Array]:
            return _gain_and_cost(self.problem, share, np.full((*share.shape, 1), u))

        (g0, c0), (g1, c1), (_, c2) = at(u0), at(u0 + width), at(u0 + 2 * width)
        # gain = a v - d and cost = p v² + q v + r with v = u - low
        a, d = self.sign * (g1 - g0) / width, -self.sign * g0
        p = (c2 - 2 * c1 + c0) / (2 * width**2)
        q = (c1 - c0) / width - p * width
        with np.errstate(all="ignore"):
            inner = d * d + a * (q * d + a * c0) / p
            root = (d + np.sqrt(np.maximum(inner, 0))) / a
        candidates = [np.zeros_like(share), np.full_like(share, high - u0), np.clip(root, 0, high - u0)]
        levels = np.stack([u0 + np.where(np.isfinite(v), v, 0.0) for v in candidates])
        found = np.stack([self._per_share(share, v[..., None]) for v in levels])
        place = found.argmin(axis=0)[None]
        return np.take_along_axis(found, place, 0)[0], np.take_along_axis(levels, place, 0)[0][..., None]

    def _searched(self, share: Array) -> tuple[Array, Array]:
        best = np.full(share.shape, np.inf)
        own = np.broadcast_to(self.problem.low, (*share.shape, len(self.problem.levels))).copy()
        high = np.where(
            np.isfinite(self.problem.high), self.problem.high, self.problem.low + 100 * self.problem.scale
        )
        count = max(3, round(GRID ** (1 / len(high))))
        axes = [np.linspace(a, b, count) for a, b in zip(self.problem.low, high, strict=True)]
        for levels in np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes)):
            found = self._per_share(share, np.broadcast_to(levels, own.shape))
            better = found < best
            best, own = np.where(better, found, best), np.where(better[..., None], levels, own)
        for _ in range(2):  # once around all levels, and once more
            for k, axis in enumerate(axes):
                width = axis[1] - axis[0]
                low_end = np.maximum(own[..., k] - width, axis[0])
                high_end = np.minimum(own[..., k] + width, axis[-1])
                best, own = self._golden(share, own, k, low_end, high_end, best)
        return best, own

    def _golden(
        self, share: Array, own: Array, k: int, low: Array, high: Array, best: Array
    ) -> tuple[Array, Array]:
        part = (math.sqrt(5) - 1) / 2

        def at(level: Array) -> Array:
            levels = own.copy()
            levels[..., k] = level
            return self._per_share(share, levels)

        for _ in range(GOLDEN):
            one, two = high - part * (high - low), low + part * (high - low)
            left = at(one) < at(two)
            high, low = np.where(left, two, high), np.where(left, low, one)
        middle = (low + high) / 2
        found = at(middle)
        better = found < best
        result = own.copy()
        result[..., k] = np.where(better, middle, own[..., k])
        return np.where(better, found, best), result


def cheapest_passage(problem: ControlProblem, start: float, end: float) -> LinePassage | None:
    """Return the cheapest way from one share to another, or None where no level leads there.

    Parameters
    ----------
    problem : ControlProblem
        Of one population of two strategies, without discount.
    start, end : float
        Shares inside (0, 1).
    """
    sign = math.copysign(1.0, end - start)
    ratio = _Ratio(problem, sign)
    nodes = np.linspace(start, end, PIECES)
    inner = nodes.copy()
    inner[-1] = end - sign * 1e-9 * abs(
        end - start
    )  # at the basin boundary itself nothing may move the share
    least, levels = ratio(inner)
    if not np.isfinite(least).all():
        return None
    breaks = _breaks(ratio, inner, levels)
    stops = [start, *breaks, end]
    cost = sign * sum(_integral(ratio, a, b) for a, b in itertools.pairwise(stops))
    limitless = bool((np.abs(levels) >= LIMIT).any())
    corner = np.isclose(levels, problem.low) | np.isclose(levels, problem.high) | (np.abs(levels) >= LIMIT)
    bang = bool(corner.all())
    shown = tuple(tuple(math.inf if abs(u) >= LIMIT else float(u) for u in row) for row in levels)
    if limitless:
        return LinePassage(float(cost), False, 0.0, tuple(nodes.tolist()), shown, None, bang)
    gain = sign * float(_gain_and_cost(problem, inner[-1:], levels[-1:])[0][0])
    if gain <= RESTING * problem.scale:
        return LinePassage(float(cost), False, math.inf, tuple(nodes.tolist()), shown, None, bang)
    steps = _as_steps(problem, ratio, stops if bang else _stretches(stops, sign), sign, not bang)
    time = steps.end if bang else sum(_time(problem, a, b, ratio, sign) for a, b in itertools.pairwise(stops))
    return LinePassage(float(cost), True, time, tuple(nodes.tolist()), shown, steps, bang)


def passage_with_margin(
    problem: ControlProblem, start: float, boundary: float, end: float
) -> LinePassage | None:
    """Return the cheapest way across the basin boundary to a share beyond it, with levels held from there on.

    Lowered beyond the boundary they would let the share drift to any margin at no cost, and the slightest
    error beside the boundary would send it back.  Where the cheapest levels fade towards the boundary, they
    are held from an earlier share on, the cheapest one.
    """
    from scipy.optimize import minimize_scalar

    sign = math.copysign(1.0, end - start)
    first = cheapest_passage(problem, start, boundary)
    if first is None:
        return None
    held = np.array([min(u, LIMIT) for u in first.levels[-1]])
    beyond = constant_passage(problem, boundary, end, held)
    if beyond is not None and (first.attained or not math.isinf(first.time)):
        return _joined(first, boundary, end, held, *beyond)
    ratio = _Ratio(problem, sign)

    def cost_held_from(share: float) -> float:
        last = constant_passage(problem, share, end, ratio(np.array([share]))[1][0])
        return math.inf if last is None else sign * _integral(ratio, start, share) + last[0]

    room = 1e-3 * (boundary - start)
    ends = sorted((start + room, boundary - room))
    found = minimize_scalar(cost_held_from, bounds=(ends[0], ends[1]), method="bounded")
    share = float(found.x)
    before, levels = cheapest_passage(problem, start, share), ratio(np.array([share]))[1][0]
    last = constant_passage(problem, share, end, levels)
    return None if before is None or last is None else _joined(before, share, end, levels, *last)


def _integral(ratio: _Ratio, start: float, end: float) -> float:
    from scipy.integrate import quad

    def least(x: float) -> float:
        return float(ratio(np.array(x))[0])

    return float(quad(least, start, end, epsabs=ACCURACY, epsrel=ACCURACY, limit=200)[0])


def _joined(
    first: LinePassage, share: float, end: float, levels: Array, cost: float, time: float
) -> LinePassage:
    """Return a passage that goes on from a share with levels that are held."""
    own = tuple(math.inf if abs(u) >= LIMIT else float(u) for u in levels)
    steps = None
    if first.steps is not None:
        steps = Steps((*first.steps.levels, own), (*first.steps.durations, time)).merged()
    return LinePassage(
        first.cost + cost,
        first.attained,
        first.time + time if first.attained else first.time,
        (*first.shares, end),
        (*first.levels, own),
        steps,
        first.bang_bang,
    )


def _breaks(ratio: _Ratio, nodes: Array, levels: Array) -> list[float]:
    """Return shares at which the levels begin to be, or cease to be, at a limit, or jump."""
    low, high = ratio.problem.low, ratio.problem.high

    def kind(row: Array) -> tuple[int, ...]:
        return tuple(
            int(u >= h - 1e-12) - int(u <= v + 1e-12) for u, v, h in zip(row, low, high, strict=True)
        )

    found = []
    for k in range(len(nodes) - 1):
        before, after = kind(levels[k]), kind(levels[k + 1])
        if before == after:
            continue
        a, b = float(nodes[k]), float(nodes[k + 1])
        for _ in range(60):
            middle = (a + b) / 2
            if kind(ratio(np.array([middle]))[1][0]) == before:
                a = middle
            else:
                b = middle
        found.append((a + b) / 2)
    return found


def _stretches(stops: list[float], sign: float) -> list[float]:
    every = set(stops) | set(np.linspace(stops[0], stops[-1], FLAT + 1).tolist())
    return sorted(every, reverse=sign < 0)


def _as_steps(problem: ControlProblem, ratio: _Ratio, stops: list[float], sign: float, mean: bool) -> Steps:
    """Return the programme between shares as steps; where levels vary, those in the middle of a stretch."""
    levels, durations = [], []
    for a, b in itertools.pairwise(stops):
        held = ratio(np.array([(a + b) / 2]))[1][0]
        durations.append(_time(problem, a, b, partial(_at_levels, held), sign))
        levels.append(tuple(float(u) for u in held))
    made = Steps(tuple(levels), tuple(durations))
    return made if mean else made.merged()


def _at_levels(levels: Array, share: Array) -> tuple[Array, Array]:
    return share, levels


def _time(
    problem: ControlProblem,
    start: float,
    end: float,
    levels: Callable[[Array], tuple[Array, Array]],
    sign: float,
) -> float:
    """Return how long it takes between shares under levels that follow the share."""
    from scipy.integrate import quad

    def slowness(x: float) -> float:
        held = levels(np.array(x))[1]
        gain = float(_gain_and_cost(problem, np.array(x), held)[0])
        return 1 / (x * (1 - x) * sign * gain) if sign * gain > 0 else math.inf

    return float(abs(quad(slowness, start, end, epsabs=ACCURACY, epsrel=ACCURACY, limit=200)[0]))


def constant_passage(
    problem: ControlProblem, start: float, end: float, levels: Array
) -> tuple[float, float] | None:
    """Return what it costs to hold levels from one share to another and how long; None where that fails."""
    from scipy.integrate import quad

    sign = math.copysign(1.0, end - start)
    held = np.asarray(levels, dtype=float)
    seen = np.linspace(start, end, 257)
    gain = sign * _gain_and_cost(problem, seen, np.broadcast_to(held, (257, len(held))))[0]
    if (gain <= 0).any():
        return None

    def rate(x: float) -> float:
        own, cost = _gain_and_cost(problem, np.array(x), held)
        return float(cost) / (x * (1 - x) * sign * float(own))

    cost = sign * quad(rate, start, end, epsabs=ACCURACY, epsrel=ACCURACY, limit=200)[0]
    return float(cost), _time(problem, start, end, partial(_at_levels, held), sign)
