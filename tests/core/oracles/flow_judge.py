"""A numerical referee of labels for games of any size: it can refute a label, never prove one.

Around a rest point payoffs are expanded in differences from it (exactly, for rational points), so that no
digits are lost near it.  Shares that are zero there are followed as logarithms, the others as differences.
Starts lie at several small distances, in all directions that the state space admits and along its faces.
All starts of all points of games of one size are integrated together by the pair of orders 5 and 4 of
Dormand and Prince (1980), each with a step of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp

from core.oracles.at_point import averages
from core.oracles.share_games import ShareGame, slope, value

__all__ = ["Case", "Evidence", "approached", "contradicted", "leaves_set", "observe", "refutes"]

Array = npt.NDArray[np.float64]
Case = tuple[ShareGame, Sequence[Any]]

ABSENT = -1.0e6  # the logarithm of a share that is exactly 0
FRACTIONS = (0.2, 0.02, 0.002)  # of the limit, at which orbits start
NEAR = (2e-4, 2e-6, 2e-8)

_A = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def _taylor(payoff: Mapping[tuple[int, ...], Fraction], point: Sequence[Any]) -> dict[tuple[int, ...], Any]:
    """Expand a payoff in the differences from a point: coefficients by ascending indices of shares."""
    result: dict[tuple[int, ...], Any] = {}

    def walk(polynomial: Mapping[tuple[int, ...], Fraction], chosen: tuple[int, ...], factor: int) -> None:
        result[chosen] = value(polynomial, point) / factor
        for k in sorted({k for m in polynomial for k in m}):
            if not chosen or k >= chosen[-1]:
                more = (*chosen, k)
                walk(slope(polynomial, k), more, factor * more.count(k))

    walk(payoff, (), 1)
    return result


class _Flow:
    """The fields around P rest points of games of one size, K shares each."""

    def __init__(self, cases: Sequence[Case]):
        games, points = zip(*cases, strict=True)
        sizes = games[0].sizes
        assert all(g.sizes == sizes for g in games), "one size at a time"
        self.members = [np.array(games[0].members(i)) for i in range(len(sizes))]
        width = len(games[0].owner)
        self.membership = np.array([[float(o == i) for i in range(len(sizes))] for o in games[0].owner])
        self.point = np.array([[float(v) for v in p] for p in points])[:, None, :]
        self.present = np.array([[bool(v) for v in p] for p in points])[:, None, :]
        self.rest = np.zeros((len(points), 1, width))
        for c, point in enumerate(points):
            for i in range(len(sizes)):
                self.rest[c, 0, max(games[0].members(i), key=lambda k: point[k])] = 1.0
        terms = [self._terms(g, p) for g, p in cases]
        monomials = sorted({m for row in terms for t in row for m in t} | {()}, key=lambda m: (len(m), m))
        monomials = sorted({m[:n] for m in monomials for n in range(len(m) + 1)}, key=lambda m: (len(m), m))
        place = {m: k for k, m in enumerate(monomials)}
        # each monomial is one of a degree less times a difference
        self.levels = [
            (np.array([place[m[:-1]] for m in level], int), np.array([m[-1] for m in level], int))
            for degree in range(1, max(map(len, monomials)) + 1)
            for level in [[m for m in monomials if len(m) == degree]]
        ]
        self.coefficients = np.array([[[t.get(m, 0.0) for m in monomials] for t in row] for row in terms])

    @staticmethod
    def _terms(game: ShareGame, point: Sequence[Any]) -> list[dict[tuple[int, ...], float]]:
        mean = averages(game, point)
        rows = []
        for k, payoff in enumerate(game.flat):
            expanded = _taylor(payoff, point)
            at_point = expanded.pop((), 0) - mean[game.owner[k]]
            if not point[k]:
                expanded[()] = at_point
            speed = float(game.speed(game.owner[k]))
            rows.append({m: float(c) * speed for m, c in expanded.items() if c})
        return rows

    def only(self, cases: npt.NDArray[np.intp]) -> _Flow:
        """Return the fields around some of the points."""
        part = copy(self)
        for name in ("point", "present", "rest", "coefficients"):
            setattr(part, name, getattr(self, name)[cases])
        return part

    def differences(self, y: Array) -> Array:
        """Return the differences of all shares from the points; (P, S, K)."""
        d = np.where(self.present, y, np.exp(np.minimum(y, 1.0)))
        d = d * (1.0 - self.rest)
        return d - self.rest * ((d @ self.membership) @ self.membership.T)

    def payoffs(self, d: Array) -> Array:
        """Return how much more each strategy earns, times its speed, than the average at the point."""
        turned = np.ascontiguousarray(np.swapaxes(d, -1, -2))
        products = np.empty((len(d), self.coefficients.shape[-1], d.shape[-2]))
        products[:, 0] = 1.0
        filled = 1
        for below, factor in self.levels:
            above = filled + len(below)
            np.multiply(products[:, below], turned[:, factor], out=products[:, filled:above])
            filled = above
        return np.swapaxes(self.coefficients @ products, -1, -2)

    def rates(self, y: Array) -> Array:
        """Return the time derivative of the differences (present shares) and logarithms (absent)."""
        d = self.differences(y)
        gains = self.payoffs(d)
        shares = self.point + d
        own = gains - ((shares * gains) @ self.membership) @ self.membership.T
        return np.where(self.present, shares * own, own)

    def starts(self, radii: Array, count: int, rng: np.random.Generator) -> Array:
        """Return `count` starts a point, whose largest difference is its radius; some lie on faces."""
        shape = (len(radii), count, self.point.shape[-1])
        moves = 10.0 ** -rng.uniform(0, 2.5, shape)
        moves[rng.random(shape) < 0.35] = 1.0
        moves[rng.random(shape) < 0.35] = 0.0
        np.put_along_axis(moves, rng.integers(0, shape[-1], (*shape[:2], 1)), 1.0, axis=-1)
        signs = np.where(rng.random(shape) < 0.5, -1.0, 1.0)
        d = np.where(self.present, moves * signs, moves)
        # what a population gains too much is taken from its present strategies, in random parts
        parts = rng.exponential(size=shape) * self.present
        parts = parts / ((parts @ self.membership) @ self.membership.T)
        d = d - parts * ((d @ self.membership) @ self.membership.T)
        largest = np.abs(d).max(axis=-1, keepdims=True)
        d = np.where(largest > 0, d / np.where(largest > 0, largest, 1.0), 0.0) * radii[:, None, None]
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(np.maximum(d, 0.0)), ABSENT)
        return np.where(self.present, d, logs)


@dataclass(frozen=True)
class Run:
    """What the orbits did that started at one distance; sizes are in units of that distance."""

    radius: float
    left: float
    farthest: float
    end: float
    returned: float


@dataclass(frozen=True)
class Evidence:
    """What was seen, from the largest start distance to the smallest."""

    runs: tuple[Run, ...]

    @property
    def leaves(self) -> bool:
        """However near the start, some orbit goes away."""
        return all(r.left > 0 for r in self.runs)

    @property
    def stays(self) -> bool:
        """No orbit goes away, and excursions are in proportion to the start distance."""
        return not any(r.left for r in self.runs) and self.runs[-1].farthest <= 3 * self.runs[0].farthest


def observe(
    cases: Sequence[Case],
    *,
    limit: float = 0.05,
    count: int = 24,
    steps: int = 600,
    seed: int = 0,
    tolerance: float = 1e-7,
    labels: Sequence[str] = (),
    longest: float = 1.0,
    fractions: Sequence[float] = FRACTIONS,
) -> list[Evidence]:
    """Return what the orbits near each point do; going farther than `limit` from it counts as leaving.

    No step is longer than `longest` over the start distance.  With `labels`, a point that is called
    unstable is looked at no longer once an orbit has gone.
    """
    if not cases:
        return []
    flow = _Flow(cases)
    limits = np.array([min(limit, *(0.9 * float(v) for v in p if v)) for _, p in cases])
    rng = np.random.default_rng(seed)
    y = np.concatenate([flow.starts(limits * f, count, rng) for f in fractions], axis=1)
    radius = np.concatenate([np.repeat((limits * f)[:, None], count, axis=1) for f in fractions], axis=1)
    start = flow.differences(y)
    far, back = radius.copy(), np.full(radius.shape, np.inf)
    left, away = np.zeros(radius.shape, bool), np.zeros(radius.shape, bool)
    step = np.full(radius.shape, 1e-2)
    scale = np.where(flow.present, radius[:, :, None], 1.0)
    distance = radius.copy()
    brief = np.array([label in ("unstable", "saddle", "source") for label in labels] or [False] * len(cases))
    on = np.arange(len(cases))  # the cases that are still looked at
    part = flow
    for _ in range(steps):
        done = left[on].all(axis=1) | (brief[on] & left[on].any(axis=1))
        if done.any():
            on = on[~done]
            if not on.size:
                break
            part = flow.only(on)
        gone = left[on]
        y[on], good_step = _step(part, y[on], np.where(gone, 0.0, step[on]), tolerance * scale[on])
        step[on] = np.minimum(np.where(gone, step[on], good_step), longest / radius[on])
        d = part.differences(y[on])
        distance[on] = np.abs(d).max(axis=-1)
        far[on] = np.maximum(far[on], distance[on])
        left[on] |= distance[on] > limits[on, None]
        gap = np.abs(d - start[on]).max(axis=-1)
        back[on] = np.where(away[on], np.minimum(back[on], gap), back[on])
        away[on] |= gap > radius[on] / 4
    return [_evidence(c, count, radius, left, far, distance, away, back) for c in range(len(cases))]


def _step(flow: _Flow, y: Array, h: Array, allowed: Array) -> tuple[Array, Array]:
    """Take a step with every orbit whose error allows it; return the states and the next step lengths."""
    with np.errstate(over="ignore", invalid="ignore"):  # of steps that are far too long, and not taken
        stages = [flow.rates(y)]
        ahead = y
        for line in _A:
            ahead = y + h[:, :, None] * sum(a * k for a, k in zip(line, stages, strict=True))
            stages.append(flow.rates(ahead))
        error = h[:, :, None] * sum(e * k for e, k in zip(_ERROR, stages, strict=True))
        size = np.abs(error / allowed).max(axis=-1)
    size = np.where(np.isfinite(size), size, 1e12)
    return (
        np.where((size <= 1.0)[:, :, None], ahead, y),
        h * np.clip(0.9 * np.maximum(size, 1e-10) ** -0.2, 0.1, 3.0),
    )


def _evidence(
    case: int,
    count: int,
    radius: Array,
    left: npt.NDArray[np.bool_],
    far: Array,
    distance: Array,
    away: npt.NDArray[np.bool_],
    back: Array,
) -> Evidence:
    runs = []
    for k in range(radius.shape[1] // count):
        part = (case, slice(k * count, (k + 1) * count))
        r = float(radius[part][0])
        moved = away[part] & ~left[part]
        returned = float((back[part][moved] < r / 8).mean()) if moved.any() else 1.0
        runs.append(
            Run(
                r,
                float(left[part].mean()),
                float(far[part].max() / r),
                float(distance[part].max() / r),
                returned,
            )
        )
    return Evidence(tuple(runs))


def refutes(seen: Evidence, label: str) -> bool:
    """Whether what was seen speaks against a label."""
    match label:
        case "asymptotically stable":
            # attraction may be as slow as a power of the distance: only the largest distance tells
            return seen.leaves or (seen.stays and seen.runs[0].end > 0.97)
        case "stable":
            return seen.leaves
        case "centre":
            return seen.leaves or (seen.stays and any(r.returned < 0.5 for r in seen.runs))
        case "unstable" | "saddle" | "source":
            return seen.stays
    return False


def _rates(game: ShareGame) -> tuple[Callable[[float, Array], Array], Array]:
    """The rates of the logarithms of all shares, and which share is whose."""
    membership = np.array([[float(o == i) for i in range(len(game.sizes))] for o in game.owner])
    flow = _Flow([(game, tuple(Fraction(0) for _ in game.owner))])

    def rates(_: float, logs: Array) -> Array:
        x = np.exp(np.minimum(logs, 0.0))
        x = x / (membership @ (membership.T @ x))
        earned = flow.payoffs(x[None, None, :])[0, 0]
        return np.asarray(earned - membership @ (membership.T @ (x * earned)))

    return rates, membership


def leaves_set(game: ShareGame, states: Sequence[Sequence[float]], *, limit: float = 0.25) -> bool:
    """Whether orbits leave a set of rest states however near it they start.

    Parameters
    ----------
    states : all over the set, less than `limit` apart
    """
    rates, membership = _rates(game)
    cloud = np.array([[float(v) for v in s] for s in states])
    scale = max((float(abs(c)) for u in game.flat for c in u.values()), default=1.0)
    rng = np.random.default_rng(0)
    for radius in (0.02, 0.002, 0.0002):
        left = False
        for place in cloud[rng.permutation(len(cloud))[:12]]:
            towards = rng.exponential(size=len(place)) ** 3
            towards = towards / (membership @ (membership.T @ towards))
            start = np.log((1 - radius) * place + radius * towards)
            run = solve_ivp(rates, (0.0, 30.0 / radius / scale), start, method="LSODA", rtol=1e-8, atol=1e-10)
            ends = np.exp(run.y.T)
            ends = ends / (ends @ membership @ membership.T)
            gaps = [float(np.abs(cloud - e).max(axis=1).min()) for e in ends[:: max(1, len(ends) // 30)]]
            left |= max(gaps) > limit
        if not left:
            return False
    return True


def approached(game: ShareGame, point: Sequence[Any], *, time: float = 1e4) -> bool:
    """Whether a single orbit from some way off comes nearer in the long run, however slowly.

    Its mean distance in the last twentieth of the time is compared with that in the first.
    """
    goal = np.array([float(v) for v in point])
    rates, membership = _rates(game)
    scale = max((float(abs(c)) for u in game.flat for c in u.values()), default=1.0)
    grid = np.concatenate([np.linspace(0, 0.05, 600), np.linspace(0.95, 1, 600)]) * time / scale
    rng = np.random.default_rng(0)
    for part in (0.5, 0.2, 0.05):
        towards = rng.exponential(size=len(goal))
        towards = towards / (membership @ (membership.T @ towards))
        start = (1 - part) * goal + part * towards
        run = solve_ivp(
            rates, (0.0, float(grid[-1])), np.log(start), method="LSODA", t_eval=grid, rtol=1e-9, atol=1e-11
        )
        states = np.exp(run.y.T)
        states = states / (states @ membership @ membership.T)
        distance = np.abs(states - goal).max(axis=1)
        if len(distance) == len(grid) and distance[600:].mean() < 0.98 * distance[:600].mean():
            return True
    return False


def contradicted(claims: Sequence[tuple[ShareGame, Sequence[Any], str]]) -> list[int]:
    """Return the indices of the labelled states whose labels the orbits around them refute.

    Where the first look speaks against a label, a longer one, from farther out for slow attraction and
    from nearer for the rest, has the last word.
    """
    bad: list[int] = []
    for sizes in sorted({game.sizes for game, _, _ in claims}):
        order = [k for k, claim in enumerate(claims) if claim[0].sizes == sizes]
        for start in range(0, len(order), 100):
            part = order[start : start + 100]
            seen = observe([claims[k][:2] for k in part], labels=[claims[k][2] for k in part])
            for k, evidence in zip(part, seen, strict=True):
                if refutes(evidence, claims[k][2]) and _again(*claims[k], evidence):
                    bad.append(k)
    return sorted(bad)


def _again(game: ShareGame, point: Sequence[Any], label: str, first: Evidence) -> bool:
    """Whether a longer look still refutes a label."""
    if label == "asymptotically stable" and not first.leaves:
        return not approached(game, point)
    if label == "stable" and not observe([(game, point)], seed=1, count=48, fractions=NEAR)[0].leaves:
        return False  # excursions may be as long as a root of the start distance
    return all(
        refutes(later := observe([(game, point)], limit=limit, steps=2000, seed=1, count=48)[0], label)
        and not (label in ("unstable", "source") and _drifts(game, point, limit, later))
        for limit in (0.05, 0.002)
    )


def _drifts(game: ShareGame, point: Sequence[Any], limit: float, later: Evidence) -> bool:
    """Whether orbits are on their way out, be it as slowly as a small power of time."""
    (before,) = observe([(game, point)], limit=limit, steps=500, seed=1, count=48)
    (at_last,) = observe([(game, point)], limit=limit, steps=2000, seed=1, count=48, longest=1e12)
    return not at_last.stays or any(
        b.farthest > 1.02 * a.farthest for a, b in zip(before.runs, later.runs, strict=True)
    )
