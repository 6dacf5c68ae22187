"""The levels that move the share of one population most cheaply, at each share.

With x' = x(1-x) g(x, u) and a cost c(x, u) per unit of time, they minimise c(x, u)/(x(1-x) g(x, u)) over
the levels u under which the share rises. If cost and payoffs are affine in the levels, the minimum lies at
a corner of their box (a linear fractional programme): full strength or none. If the cost is quadratic in
one level the minimum has a closed form, such as u = 2d for a cost of u² and g = u - d. Otherwise it is
searched on a grid that narrows, and interval arithmetic provides the proof (`line_proof`).

Wang, S., Chen, X. and Szolnoki, A. (2019), Exploring optimal institutional incentives for public cooperation,
Communications in Nonlinear Science and Numerical Simulation 79, 104914.

The integral of a function that may jump, bend, or grow without bound: panels halved where they must be.

The Gauss-Legendre rule on each panel is compared with the same rule on its halves; all panels of a round
are evaluated at once. The contribution of the smallest panels separates a function such as 1/|x - a|, whose
integral is infinite, from one that jumps (Davis & Rabinowitz 1984, sections 2.12 and 6.2).

Davis, P. J. and Rabinowitz, P. (1984), Methods of Numerical Integration.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import compiled
from separatrix.expression.polynomial import degree_in
from separatrix.expression.tree import Call, Expression, Number, Power, derivative, names_in, walk
from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.run.cached_property import cached_property

__all__ = [
    "ACCURATE",
    "CheapestLevels",
    "LOOSE",
    "MOST_PANELS",
    "NARROWED",
    "PanelIntegral",
    "gain_and_cost",
    "panel_integral",
]

Array = NDArray[Any]

NODES = 12
"""Of the rule on a panel."""

FIRST = 8
"""Panels in the first round."""

HALVINGS = 36
"""Of a panel: beyond, its ends are too few doubles apart."""

MOST_PANELS = 4_000
"""Panels of one round at most: a function that is rough everywhere is not resolved any further."""

ACCURATE = 1e-12
"""The difference between a panel and its halves, relative to the whole, at which it is settled."""

DEEP = 12
"""Halvings from which on a function should be all but even on a panel."""

UNEVEN = 0.75
"""How far values may lie apart there, relative to the largest."""

NARROW = 28
"""Halvings from which on a panel is so narrow that it should contribute nothing."""

FAR = 2.0**16
"""The ratio of the ends, as distances to 0 or to 1, from which on a stretch is divided. Larger: halvings do
not reach its nearer end; smaller: more panels than are needed."""

ROUNDED = 20 * np.finfo(float).eps
"""The relative error of a share, as often as it counts in a function that is steep there."""

GROWS = 1e-4
"""What such panels contribute, relative to the whole, from which on the integral has no bound."""

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(NODES)


@dataclass(frozen=True)
class PanelIntegral:
    """An integral, and the panels on which the function was resolved.

    Attributes
    ----------
    value : float
        Infinite where the integral has no bound.
    starts, ends : arrays (panels,)
    """

    value: float
    starts: Array
    ends: Array


def panel_integral(
    function: Callable[[Array], Array],
    start: float,
    end: float,
    accurate: float = ACCURATE,
    most: int = MOST_PANELS,
) -> PanelIntegral:
    """Return the integral of a function of arrays (points,) from start to end, in rounds of so many panels.

    Examples
    --------
    >>> round(panel_integral(lambda x: np.sign(x - 0.3), 0, 1).value, 10)
    0.4
    >>> panel_integral(lambda x: 1 / np.abs(x - 0.3), 0, 1).value
    inf
    """
    if start == end:
        return PanelIntegral(0.0, np.zeros(0), np.zeros(0))
    edges = _edges(start, end)
    starts, ends = edges[:-1], edges[1:]
    widest = ends - starts
    sums, _ = _sums(function, starts, ends)
    if not np.isfinite(sums).all():
        return PanelIntegral(math.inf, starts, ends)
    settled: list[tuple[Array, Array, Array, Array]] = []
    for _ in range(HALVINGS):
        middles = (starts + ends) / 2
        (left, one), (right, other) = _sums(function, starts, middles), _sums(function, middles, ends)
        if not (np.isfinite(left).all() and np.isfinite(right).all()):
            return PanelIntegral(math.inf, starts, ends)
        whole = sum(float(np.abs(part).sum()) for _, _, part, _ in settled) + float(np.abs(sums).sum())
        # Shares are rounded, the more the narrower a panel: what that changes no halving makes exact.
        noise = ROUNDED * np.maximum(np.abs(starts), np.abs(ends)) / (ends - starts)
        rough = np.abs(left + right - sums) > accurate * whole + noise * np.abs(sums)
        # A panel with a pole in it may agree with its halves by chance.
        rough |= (ends - starts < widest * 0.5**DEEP) & (np.maximum(one, other) > UNEVEN)
        rough &= (middles > starts) & (middles < ends)
        settled.append((starts[~rough], ends[~rough], (left + right)[~rough], widest[~rough]))
        starts, ends = (
            np.concatenate([starts[rough], middles[rough]]),
            np.concatenate([middles[rough], ends[rough]]),
        )
        sums, widest = np.concatenate([left[rough], right[rough]]), np.tile(widest[rough], 2)
        if not len(starts) or len(starts) > most:
            break
    settled.append((starts, ends, sums, widest))
    begins, stops, parts, widest = (np.concatenate([row[k] for row in settled]) for k in range(4))
    total = math.fsum(float(v) for v in parts)
    narrow = stops - begins < widest * 0.5**NARROW
    if abs(float(parts[narrow].sum())) > GROWS * float(np.abs(parts).sum()):
        return PanelIntegral(math.inf, begins, stops)
    order = np.argsort(begins)
    return PanelIntegral(total, begins[order], stops[order])


def _edges(start: float, end: float) -> Array:
    """Return the ends of the first panels: even, and near 0 and 1 in the same ratio.

    There functions of a share grow as its inverse does.
    """
    edges = np.linspace(start, end, FIRST + 1)
    near, far = (start, end) if end > FAR * start > 0 else (1 - end, 1 - start)
    if far > FAR * near > 0:
        ratios = np.geomspace(near, far, 1 + math.ceil(math.log2(far / near) / 2))[1:-1]
        edges = np.unique([*edges, *(ratios if near == start else 1 - ratios)])
    return edges


def _sums(function: Callable[[Array], Array], starts: Array, ends: Array) -> tuple[Array, Array]:
    """Return the integral over each panel, and how far values on it lie apart, relative to the largest."""
    half = (ends - starts) / 2
    points = (starts + half)[:, None] + half[:, None] * POINTS
    values = np.asarray(function(points.ravel())).reshape(points.shape)
    largest = np.abs(values).max(axis=1)
    with np.errstate(invalid="ignore"):
        spread = np.ptp(values, axis=1) / np.where(largest > 0, largest, 1.0)
    return np.asarray(half * (values @ WEIGHTS)), spread


GRID = {1: 48, 2: 10, 3: 5}
"""Evenly spaced levels of each instrument from which the best is looked for, by the number of instruments.
Fewer: a valley that is narrow is seen only by the proof, which takes longer."""

FINER = {1: 24, 2: 6, 3: 2}
"""Additional levels, each half as far from the lowest: near the boundary a low level suffices."""

FADING = 0.25 ** np.arange(13, 41)
"""Additional levels, relative to the range, for effects with unbounded initial slope, such as a square
root: near the boundary the best level fades faster than the remaining distance."""

SPARSER = {1: 1, 2: 2, 3: 8}
"""Every how many-th of these is looked at, by the number of instruments."""

NEIGHBOURS = {1: 9, 2: 5, 3: 5}
"""Levels of each instrument that are compared around the best, again and again in less room."""

NARROWS = {1: 0.3, 2: 0.5, 3: 0.5}
"""The room that is left around the best of these: a little more than to its neighbours."""

NARROWED = 1e-7
"""The room, relative to the first, at which narrowing ends: the cost is exact to its square."""

LOOSE = 1e-6
"""The accuracy of times where levels are looked for: they are less exact than the cost that they have."""


def gain_and_cost(problem: ControlProblem, share: Array, levels: Array) -> tuple[Array, Array]:
    """Return the gain of the first strategy and the cost at shares (...) under levels (..., m)."""
    here = {name: levels[..., k] for k, name in enumerate(problem.names)}
    here[problem.game.shares[0]] = share
    return problem.line_gain(here) + np.zeros(share.shape), problem.cost_at(here) + np.zeros(share.shape)


def _root_bases(expression: Expression) -> Iterator[Expression]:
    """Yield what a root is taken of, in every branch: its slope may have no bound where that is zero."""
    for part in walk(expression):
        match part:
            case Call("sqrt", (base,)):
                yield base
            case Power(_, Number(value)) if value.denominator == 1:
                continue
            case Power(base, _):
                yield base


@dataclass
class CheapestLevels:
    """The least cost per share gained, and the levels that have it.

    Attributes
    ----------
    problem : ControlProblem
    sign : float
        1 where the share should rise, -1 where it should fall.
    rent : float
        A price of time, added to the cost per unit of time.
    seeds : list of arrays (m,)
        Levels from which the best is looked for besides those of a lattice.
    """

    problem: ControlProblem
    sign: float
    rent: float = 0.0
    seeds: list[Array] = field(default_factory=list)

    @cached_property
    def quadratic(self) -> bool:
        """Whether the cost is quadratic in a single level, and the gain affine in it, as they are written."""
        names = self.problem.names
        gain, cost = degree_in(self.problem.gains[0], names), degree_in(self.problem.cost, names)
        return len(names) == 1 and gain is not None and gain <= 1 and cost is not None and cost <= 2

    @property
    def exact(self) -> bool:
        """Whether the least is known in closed form."""
        return self.problem.affine or self.quadratic

    def per_share(self, share: Array, levels: Array) -> Array:
        """Return the cost per share gained (...), infinite where the share does not move as it should."""
        gain, cost = gain_and_cost(self.problem, share, levels)
        rate = self.sign * share * (1 - share) * gain
        with np.errstate(all="ignore"):
            return np.where(rate > 0, (cost + self.rent) / np.where(rate > 0, rate, 1.0), np.inf)

    def __call__(self, share: Array) -> tuple[Array, Array]:
        """Return the least ratio (shares,) and the levels (shares, m) at shares (shares,)."""
        share = np.asarray(share, dtype=float)
        if self.problem.affine:
            candidates = self._corners(share)
        elif self.quadratic:
            candidates = self._roots(share)
        else:
            return self._searched(share)
        ratios = np.stack([self.per_share(share, levels) for levels in candidates])
        levels = np.stack(candidates)
        for k, ratio in self._rays(share):
            ratios = np.concatenate([ratios, ratio[None]])
            ray = np.where(np.arange(levels.shape[-1]) == k, np.inf, self.problem.low)
            levels = np.concatenate([levels, np.broadcast_to(ray, levels[:1].shape)])
        place = np.argmin(ratios, axis=0)
        rows = np.arange(len(share))
        return ratios[place, rows], levels[place, rows]

    # ----------------------------------------------------------------------- closed forms

    @cached_property
    def _slopes(self) -> list[list[Callable[..., Any]]]:
        """For each level the derivatives of gain and cost by it, and the second one of the cost."""

        def slopes(name: str) -> list[Expression]:
            first = derivative(self.problem.cost, name)
            return [derivative(self.problem.gains[0], name), first, derivative(first, name)]

        return [[compiled(one) for one in slopes(name)] for name in self.problem.names]

    def _slope(self, k: int, which: int, share: Array) -> Array:
        levels = np.broadcast_to(self.problem.low, (*share.shape, len(self.problem.levels)))
        here = self.problem._values_by_name([np.stack([share, 1 - share], axis=-1)], levels)
        return np.asarray(self._slopes[k][which](here)) + np.zeros(share.shape)

    def _corners(self, share: Array) -> list[Array]:
        ends = [(v.low, v.high) if v.bounded else (v.low,) for v in self.problem.levels]
        return [np.broadcast_to(np.array(u), (*share.shape, len(u))) for u in itertools.product(*ends)]

    def _rays(self, share: Array) -> Iterator[tuple[int, Array]]:
        """Yield the ratio in the limit of each level that has none: those of the slopes."""
        for k, level in enumerate(self.problem.levels):
            if level.bounded:
                continue
            gain = self.sign * share * (1 - share) * self._slope(k, 0, share)
            with np.errstate(all="ignore"):
                ratio = np.where(gain > 0, self._slope(k, 1, share) / gain, np.inf)
            yield k, ratio if self.problem.affine else np.where(self._slope(k, 2, share) > 0, np.inf, ratio)

    def _roots(self, share: Array) -> list[Array]:
        (level,) = self.problem.levels
        gain, cost = gain_and_cost(self.problem, share, np.full((*share.shape, 1), level.low))
        # gain = a v - d and cost = p v² + q v + r with v = u - low
        a, d = self.sign * self._slope(0, 0, share), -self.sign * gain
        q, p, r = self._slope(0, 1, share), self._slope(0, 2, share) / 2, cost + self.rent
        with np.errstate(all="ignore"):
            inner = d * d + a * (q * d + a * r) / p
            other = np.sqrt(np.maximum(inner, 0))
            # Where d < 0 both terms nearly cancel: the same root without their difference.
            root = np.where(d >= 0, (d + other) / a, (q * d + a * r) / p / (other - d))
        width = level.high - level.low
        placed = np.clip(np.where(np.isfinite(root), root, 0.0), 0, width)
        found = [np.full(share.shape, level.low), level.low + placed]
        if level.bounded:
            found.append(np.full(share.shape, level.high))
        return [u[..., None] for u in found]

    # ----------------------------------------------------------------------- looked for

    @cached_property
    def ends(self) -> tuple[Array, Array]:
        """The lowest and highest levels (m,) that are looked at."""
        high = self.problem.high
        return self.problem.low, np.where(np.isfinite(high), high, self.problem.low + 100 * self.problem.unit)

    @cached_property
    def axes(self) -> list[Array]:
        """The levels of each instrument from which the best is looked for."""
        low, high = self.ends
        count = len(low)
        idle = self.problem.idle
        axes = []
        for k in range(count):
            width = high[k] - low[k]
            near = width * 0.5 ** np.arange(1, FINER.get(count, 2) + 1)
            own = [*np.linspace(low[k], high[k], GRID.get(count, 4) + 1), *(low[k] + near)]
            own += [idle[k]] if low[k] <= idle[k] <= high[k] else []
            fading = width * FADING[:: SPARSER.get(count, 8)]
            for place in self._root_levels(k):
                own += [place, *(place + fading), *(place - fading)]
            own = [level for level in own if low[k] <= level <= high[k]]
            axes.append(np.unique(own))
        return axes

    def _root_levels(self, k: int) -> list[float]:
        """Return the levels of an instrument at which a root of the gain may begin, as it is written."""
        name = self.problem.names[k]
        bases = [base for base in _root_bases(self.problem.gains[0]) if name in names_in(base)]
        if not bases:
            return []
        low, high = (float(end[k]) for end in self.ends)
        places = {low, min(max(float(self.problem.idle[k]), low), high)}
        for branch in (branch for base in bases for branch in walk(base)):
            if names_in(branch) == (name,) and degree_in(branch, {name}) == 1:
                value = compiled(branch)
                at = [float(value({name: np.array(level)})) for level in (low, high)]
                if at[0] * at[1] <= 0 and at[0] != at[1]:
                    places.add(low + (high - low) * at[0] / (at[0] - at[1]))
        return sorted(places)

    @property
    def choices(self) -> Array:
        """Levels (choices, m) that stand for all: a lattice with its corners, and the seeds."""
        return np.vstack([self._lattice()[0], *(seed[None] for seed in self.seeds)])

    def _lattice(self) -> tuple[Array, Array]:
        """Return levels (choices, m), and for each the room (choices, m) to its neighbours."""
        axes = self.axes
        rooms = [
            np.maximum(np.diff(a, prepend=a[0]), np.diff(a, append=a[-1])) if len(a) > 1 else np.zeros(1)
            for a in axes
        ]
        every = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
        room = np.stack(np.meshgrid(*rooms, indexing="ij"), axis=-1).reshape(-1, len(axes))
        return every, room

    @property
    def sharpness(self) -> float:
        """How exact integrals of what depends on the levels themselves can be."""
        return ACCURATE if self.exact else LOOSE

    def _searched(self, share: Array) -> tuple[Array, Array]:
        choices, rooms = self._lattice()
        many = share[:, None], np.broadcast_to(choices, (len(share), *choices.shape))
        ratio = self.per_share(np.broadcast_to(many[0], many[1].shape[:-1]), many[1])
        place = ratio.argmin(axis=1)
        best, own = self._narrowed(share, choices[place], rooms[place], ratio[np.arange(len(share)), place])
        low, high = self.ends
        for seed in self.seeds:
            levels = np.broadcast_to(seed, own.shape)
            for part in (1e-1, 1e-3, 1e-5):  # a valley that the lattice missed may be of any width
                room = np.broadcast_to(part * (high - low), own.shape)
                found = self._narrowed(share, levels, room, self.per_share(share, levels))
                better = found[0] < best
                best = np.where(better, found[0], best)
                own = np.where(better[:, None], found[1], own)
        return best, own

    def _narrowed(self, share: Array, own: Array, room: Array, best: Array) -> tuple[Array, Array]:
        """Return the best ratio around levels, in ever less room."""
        low, high = self.ends
        count = len(low)
        axis = np.linspace(-1, 1, NEIGHBOURS.get(count, 3))
        moves = np.stack(np.meshgrid(*[axis] * count, indexing="ij"), axis=-1).reshape(-1, count)
        rows = np.arange(len(share))
        shares = np.broadcast_to(share[:, None], (len(share), len(moves)))
        narrows = NARROWS.get(count, 0.5)
        for _ in range(math.ceil(math.log(NARROWED) / math.log(narrows))):
            levels = np.clip(own[:, None, :] + moves * room[:, None, :], low, high)
            ratio = self.per_share(shares, levels)
            place = ratio.argmin(axis=1)
            better = ratio[rows, place] < best
            best = np.where(better, ratio[rows, place], best)
            own = np.where(better[:, None], levels[rows, place], own)
            room = room * narrows
        return best, own
