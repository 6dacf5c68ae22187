"""The cheapest programme that brings today's state near the target by a date, or keeps emissions below a
path.

The state of a trajectory at a date has no closed form, so trajectories are followed for one set of levels
after the other. Levels are sampled all over their box, and sequential quadratic programming reduces the
cost from the best of them; each alternative of the other conditions is considered in turn. Optimality is
not proven beyond the bound that the other conditions set.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import compiled
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow
from separatrix.expression.tree import Call, Expression, Number, substitute, subtract, walk
from separatrix.game.model import Game
from separatrix.game.values import expand
from separatrix.policy.permanent.conditions import RISE, Either, LevelConstraint, enclosure
from separatrix.policy.permanent.level_functions import LevelFunction
from separatrix.policy.permanent.nonlinear_programme import box_of
from separatrix.policy.permanent.problem import Dates, Problem, largest_advantage
from separatrix.run.cached_property import cached_property

__all__ = ["DatedAnswer", "dated_answer", "follow_dates"]

Array = NDArray[np.float64]

TRIED = 32
"""Sets of levels that are tried all over the box, for each level beyond the first twice as many. Fewer: the
cheapest programme may lie in a part that none of them is in."""

IMPROVED = 3
"""Of those, from so many the cost is made less."""

MOST_CHOICES = 24
"""Choices of alternatives that are considered in turn."""

ON_PATH = 41
"""Equally spaced times at which a path of emissions is checked, in addition to its own."""

ROOM = 1e-7
"""By how much, of its size, each condition is cleared by the answer: rounding is less."""

ON_WAY = 201
"""Shares on the way to the target at which its strategy is to gain. Fewer: a narrow dip is missed."""

NARROWINGS, NARROWED = 4, 17
"""How often, and among how many shares, the least gain is looked for around the least one of these."""

FARTHEST = 40.0
"""Log-odds of a share beyond which it counts as that."""


@dataclass(frozen=True)
class DatedAnswer:
    """The cheapest programme that was found.

    Attributes
    ----------
    point : tuple of Fraction or None
        None if none of the tested levels meets the requirements.
    reached : float or None
        The least share of a population that plays the target's strategy by the date; without a
        programme, the largest of these among the tested levels.
    followed : int
        Trajectories.
    """

    point: tuple[Fraction, ...] | None
    reached: float | None
    followed: int


@dataclass(frozen=True)
class _Asked:
    """Conditions of one choice of alternatives, as functions of floats, with what each is to be at least.

    Both are over the size of the condition among the levels that are tried: no unit counts.
    """

    functions: tuple[Callable[[Array], float], ...]
    sizes: Array
    least: Array

    @classmethod
    def of(cls, conditions: Sequence[LevelConstraint], margin: Fraction, tried: Sequence[Array]) -> _Asked:
        """Return conditions to be cleared by a margin, where they are in the unit of payoffs."""
        functions = tuple(_float_function(c.function) for c in conditions)
        sizes = np.array([_size(f, tried) for f in functions])
        margins = np.array([float(margin) if c.strict and c.in_payoffs else 0.0 for c in conditions])
        rooms = np.array([ROOM if c.strict else 0.0 for c in conditions])
        return cls(functions, sizes, margins / sizes + rooms)

    def cleared(self, x: Array) -> Array:
        """Return by how much each is cleared, over its size."""
        return np.array([f(x) for f in self.functions]) / self.sizes - self.least


def _size(function: Callable[[Array], float], tried: Sequence[Array]) -> float:
    """Return the largest value of a function among levels, or 1 where all are 0."""
    values = np.abs([function(x) for x in tried])
    return float(values[np.isfinite(values)].max(initial=0.0)) or 1.0


def dated_answer(problem: Problem, dates: Dates, margin: Fraction = Fraction(0)) -> DatedAnswer:
    """Return the cheapest levels found that meet the dates and all other requirements."""
    return _Search(problem, dates, margin).run()


def follow_dates(problem: Problem, dates: Dates, point: Sequence[Fraction]) -> bool:
    """Return whether the trajectory at some levels keeps the dates."""
    search = _Search(problem, dates, Fraction(0))
    return bool((search.dated(np.array([float(v) for v in point])) >= 0).all())


class _Search:
    def __init__(self, problem: Problem, dates: Dates, margin: Fraction) -> None:
        self.problem, self.dates, self.margin = problem, dates, margin
        self.low = np.array([float(low) for low, _ in problem.bounds])
        self.high = np.array([float(high) for _, high in box_of(problem)])
        self.span = np.where(self.high > self.low, self.high - self.low, 1.0)
        self.count = 0
        self.known: dict[bytes, Array] = {}
        self.emitted = _emitted(problem.game, problem)
        self.cost = _float_function(problem.cost)
        self.dear = 1.0

    def run(self) -> DatedAnswer:
        demands: Sequence[Either] = (
            *(self.problem.cautious if self.margin else self.problem.demands),
            *self.problem.limits,
        )
        tried = self._tried()
        self.dear = _size(self.cost, tried)
        choices = itertools.product(*(range(len(either)) for either in demands))
        asked = [
            _Asked.of(
                [c for either, a in zip(demands, choice, strict=True) for c in either[a]], self.margin, tried
            )
            for choice in itertools.islice(choices, MOST_CHOICES)
        ]
        doing = [[x for x in tried if self._holds(one, x)] for one in asked]
        best: tuple[float, Array] | None = None
        for one, satisfied in zip(asked, doing, strict=True):
            if satisfied or not any(doing):
                found = self._cheapest(one, tried, satisfied)
                if found is not None and (best is None or found[0] < best[0]):
                    best = found
        if best is None:
            nearest = max((self._smoothed_gain(x) for x in tried), default=None) if self.dates.by else None
            return DatedAnswer(None, nearest, self.count)
        point = tuple(Fraction(repr(v)) for v in best[1].tolist())
        return DatedAnswer(point, self._smoothed_gain(best[1]) if self.dates.by else None, self.count)

    def _tried(self) -> list[Array]:
        """Return levels all over the box: its corners, and a sequence of low discrepancy."""
        from scipy.stats import qmc

        n = len(self.low)
        count = TRIED * 2 ** min(n - 1, 3)
        inside = qmc.Sobol(n, scramble=False).random(count)
        corners = np.array(list(itertools.product((0.0, 1.0), repeat=n))) if n <= 6 else np.empty((0, n))
        line = np.linspace(0, 1, 17)[:, None] * np.ones(n)
        return [self.low + unit * (self.high - self.low) for unit in np.concatenate([corners, line, inside])]

    def _cleared(self, asked: _Asked, x: Array) -> Array:
        return np.concatenate([asked.cleared(x), self.dated(x)])

    def _holds(self, asked: _Asked, x: Array) -> bool:
        values = asked.cleared(x)
        if not (np.isfinite(values).all() and (values >= 0).all()):
            return False
        return bool((self.dated(x) >= 0).all())

    def _cheapest(
        self, asked: _Asked, tried: Sequence[Array], satisfied: Sequence[Array]
    ) -> tuple[float, Array] | None:
        from scipy.optimize import minimize

        def nearness(x: Array) -> float:
            return -float(np.nan_to_num(self._cleared(asked, x), nan=-math.inf).min())

        def relative_cost(u: Any) -> float:
            return self.cost(self.low + u * self.span) / self.dear

        best: tuple[float, Array] | None = None
        # Where none does all, what comes nearest may lead there.
        for x in (sorted(satisfied, key=self.cost) or sorted(tried, key=nearness))[:IMPROVED]:
            if satisfied:
                best = self._better(best, x)
            kept: Any = [{"type": "ineq", "fun": lambda u: self._cleared(asked, self.low + u * self.span)}]
            with np.errstate(all="ignore"):
                found = minimize(
                    relative_cost,
                    np.asarray((x - self.low) / self.span, dtype=np.float64),
                    bounds=[(0.0, float(end)) for end in (self.high - self.low) / self.span],
                    constraints=kept,
                    method="SLSQP",
                    options={"maxiter": 50, "ftol": 1e-10},
                )
            if np.isfinite(found.x).all():
                end = np.clip(self.low + found.x * self.span, self.low, self.high)
                best = self._better(best, self._pulled(end, x, lambda u: self._holds(asked, u)))
        return None if best is None else self._lowered(asked, best)

    def _lowered(self, asked: _Asked, best: tuple[float, Array]) -> tuple[float, Array]:
        """Return what costs less on the way to idle levels, all together, then one after the other.

        The state at a date may depend so steeply on the levels that a solver stops near the turn.
        """
        idle = np.clip([float(v) for v in self.problem.idle], self.low, self.high)
        for chosen in (np.ones(len(idle), bool), *np.eye(len(idle), dtype=bool)):
            x = best[1]
            end = np.where(chosen, idle, x)
            if self.cost(end) < best[0]:
                found = self._better(best, self._pulled(end, x, lambda u: self._holds(asked, u)))
                best = best if found is None else found
        return best

    def _pulled(self, end: Array, start: Array, holds: Callable[[Array], bool]) -> Array | None:
        """Return the nearest admissible levels to an end, on the line from an admissible start."""
        if holds(end):
            return end
        if not holds(start):
            return None
        near, far = 0.0, 1.0  # of the way from the end
        for _ in range(40):
            middle = (near + far) / 2
            if holds(end + middle * (start - end)):
                far = middle
            else:
                near = middle
        return end + far * (start - end)

    def _better(self, best: tuple[float, Array] | None, x: Array | None) -> tuple[float, Array] | None:
        if x is None:
            return best
        value = self.cost(x)
        return (value, x) if best is None or value < best[0] else best

    # ----------------------------------------------------------------------- trajectories

    def dated(self, x: Array) -> Array:
        """Return the slack of the requirements at dates: shares in log-odds, emissions as parts."""
        key = x.tobytes()
        if key not in self.known:
            self.known[key] = self._followed(x)
        return self.known[key]

    def _followed(self, x: Array) -> Array:
        values: dict[str, object] = dict(self.problem.functions.values)
        values |= {name: repr(float(v)) for name, v in zip(self.problem.levels, x, strict=True)}
        cleared: list[float] = [self._least_gain(x)] if self.dates.for_basin and self.dates.by is None else []
        if cleared and not self.dates.path:
            return np.array(cleared)
        flow = replicator(self.problem.game, values)
        times = self._times()
        orbit = follow(flow, list(self.dates.start), times=times)
        self.count += 1
        if self.dates.by is not None:
            place = int(np.searchsorted(times, self.dates.by))
            shares = self.problem.game.space.shares(orbit.states[place].tolist())
            asked = _log_odds(self.dates.reach)
            cleared += [_log_odds(own[a]) - asked for own, a in zip(shares, self.problem.target, strict=True)]
        if self.dates.path:
            at, most = zip(*self.dates.path, strict=True)
            kept = (times >= at[0]) & (times <= at[-1])
            allowed = np.interp(times[kept], at, most)
            emitted = self.emitted(x, orbit.states[kept])
            cleared += ((allowed - emitted) / (np.abs(allowed).max() or 1.0)).tolist()
        return np.array(cleared)

    def _least_gain(self, x: Array) -> float:
        """Return the least the target's strategy gains from today's share on, over the game's own size."""
        (own,) = self.problem.target
        today = self.dates.start[0] if own == 0 else 1 - self.dates.start[0]
        odds = np.linspace(_log_odds(today), FARTHEST, ON_WAY)
        shares = np.unique(np.clip([*np.linspace(today, 1, ON_WAY), *(1 / (1 + np.exp(-odds)))], today, 1))
        levels = dict(zip(self.problem.levels, x.tolist(), strict=True))
        for _ in range(NARROWINGS):
            at = {self.problem.game.shares[0]: shares if own == 0 else 1 - shares, **levels}
            gains = np.asarray(self.advantage(at) + np.zeros(len(shares)), dtype=float)
            if not np.isfinite(gains).all():
                return -math.inf
            least = int(gains.argmin())
            shares = np.linspace(shares[max(least - 1, 0)], shares[min(least + 1, len(shares) - 1)], NARROWED)
        return (float(gains.min()) - float(self.margin)) / self.unit - ROOM

    @cached_property
    def advantage(self) -> Callable[[Mapping[str, Any]], Any]:
        """What the target's strategy earns above the other, of shares and levels."""
        (own,) = self.problem.target
        payoffs = self.problem.functions.payoffs[0]
        return compiled(subtract(payoffs[own], payoffs[1 - own]))

    @cached_property
    def unit(self) -> float:
        """The largest advantage in the game."""
        return largest_advantage(self.problem.functions)

    def _times(self) -> Array:
        asked = {0.0} | ({self.dates.by} if self.dates.by is not None else set())
        if self.dates.path:
            asked |= {time for time, _ in self.dates.path}
            asked |= set(np.linspace(self.dates.path[0][0], self.dates.path[-1][0], ON_PATH).tolist())
        return np.array(sorted(asked))

    def _smoothed_gain(self, x: Array) -> float:
        count = len(self.problem.target)
        least = float(self.dated(x)[:count].min()) + _log_odds(self.dates.reach)
        return 1 / (1 + math.exp(-max(-FARTHEST, min(FARTHEST, least))))


def _log_odds(share: float) -> float:
    if share <= 0:
        return -FARTHEST
    return FARTHEST if share >= 1 else max(-FARTHEST, min(FARTHEST, math.log(share / (1 - share))))


def _float_function(function: LevelFunction) -> Callable[[Array], float]:
    if function.affine is not None:
        slopes = np.array([float(a) for a in function.affine[0]])
        constant = float(function.affine[1])
        return lambda x: float(slopes @ x) + constant
    if any(isinstance(part, Call) and part.function == RISE for part in walk(function.expression)):
        return lambda x: _by_enclosure(function, x)
    written = compiled(function.expression)
    return lambda x: float(written(dict(zip(function.levels, x.tolist(), strict=True))))


def _by_enclosure(function: LevelFunction, x: Array) -> float:
    here = tuple((Fraction(v), Fraction(v)) for v in x.tolist())
    low = enclosure(function.expression, function.levels, here).low
    return math.nan if low is None else int(low.p) / int(low.q)


def _emitted(game: Game, problem: Problem) -> Callable[[Array, Array], Array]:
    """Return what is emitted at states (times, shares), as a function of levels."""
    if game.emissions is None:
        return lambda x, states: np.zeros(len(states))
    known: dict[str, Expression] = {name: Number(value) for name, value in problem.functions.values.items()}
    written = compiled(substitute(expand(game, game.emissions), known))

    def emitted(x: Array, states: Array) -> Array:
        named: dict[str, Any] = dict(zip(problem.levels, x.tolist(), strict=True))
        named |= {share: states[:, k] for k, share in enumerate(game.shares)}
        return np.broadcast_to(np.asarray(written(named), dtype=float), (len(states),))

    return emitted
