"""A numerical judge of stability labels: it can refute a label, never prove one.

Many starts at several small distances from a rest point are integrated with Dormand and Prince's pair of
orders 5 and 4, each start with a step of its own, all starts of all points at once.  Shares that are 0 or
1 at the point are reflected to 0 and integrated as logarithms, so that nothing is lost near a face; the
others as differences from the point, with the advantages expanded exactly around it.  A game of two
populations gets a third in which nobody plays the first strategy.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import mpmath
import numpy as np
import numpy.typing as npt

from core.oracles.games import ZERO, Advantage, Point, Real, inside

Array = npt.NDArray[np.float64]
ABSENT = -1.0e6  # the logarithm of a share that is exactly 0
OTHERS = ((1, 2), (0, 2), (0, 1))
FRACTIONS = (0.1, 0.005, 0.0002)  # of the limit, at which orbits start

_A = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


@dataclass(frozen=True)
class LocalField:
    """The field around a point: ``coefficients[i]`` of 1, u, v, uv, the differences of the two others."""

    point: Array  # (3,), zero where pure
    pure: npt.NDArray[np.bool_]  # (3,)
    coefficients: Array  # (3, 4)


def expand(advantages: Sequence[Advantage], point: Point) -> LocalField:
    """Return the field around `point`, its pure shares reflected to 0."""
    n = len(point)
    flip = [bool(p > 0.5) and not inside(p) for p in point]
    coefficients = np.zeros((3, 4))
    for i, advantage in enumerate(advantages):
        for size in range(n):
            for which in itertools.combinations(advantage.others, size):
                value = _mixed(advantage, point, which)
                sign = -1 if flip[i] else 1
                for j in which:
                    sign = -sign if flip[j] else sign
                slot = sum(1 << OTHERS[i].index(j) for j in which)
                if abs(value) > ZERO:
                    coefficients[i, slot] = float(sign * value)
    at = np.zeros(3)
    pure = np.ones(3, bool)
    for i, p in enumerate(point):
        if inside(p):
            at[i], pure[i] = float(p), False
    return LocalField(at, pure, coefficients)


def _mixed(advantage: Advantage, point: Point, which: Sequence[int]) -> Real:
    """Return the mixed derivative of a multilinear function: its alternating sum over the ends."""
    total = mpmath.mpf(0)
    for ends in itertools.product((0, 1), repeat=len(which)):
        state = list(point)
        for j, e in zip(which, ends, strict=True):
            state[j] = mpmath.mpf(e)
        total += (-1) ** (len(which) - sum(ends)) * advantage(state)
    return total


def _starts(field: LocalField, n: int, radius: float, count: int, rng: np.random.Generator) -> Array:
    """Return starts at distance `radius` (largest difference), some of them on faces; (count, 3)."""
    size = 10.0 ** -rng.uniform(0, 2, (count, n))
    size[rng.random((count, n)) < 0.4] = 1.0
    size[rng.random((count, n)) < 0.2] = 0.0
    size[np.arange(count), rng.integers(0, n, count)] = 1.0
    size *= radius / size.max(axis=1, keepdims=True)
    signs = np.where(rng.random((count, n)) < 0.5, -1.0, 1.0)
    result = np.full((count, 3), ABSENT)
    for i in range(n):
        if field.pure[i]:
            with np.errstate(divide="ignore"):
                result[:, i] = np.maximum(np.log(size[:, i]), ABSENT)
        else:
            result[:, i] = size[:, i] * signs[:, i]
    return result


@dataclass(frozen=True)
class Excursions:
    """What the orbits did that started at distance ``radius``.

    ``left`` is the fraction that went farther than the limit; ``growth`` the largest distance over the
    radius; ``end`` the largest final distance over the radius; ``returned`` the fraction, of those that
    moved away from their start, that came back close to it; ``time`` the shortest time integrated.
    """

    radius: float
    left: float
    growth: float
    end: float
    returned: float
    time: float


@dataclass(frozen=True)
class Evidence:
    """What was seen.

    ``leaves``: however near the start, something goes away.  ``stays``: nothing does, and distances are
    in proportion to the radius.  ``shrinks``: nothing does from near, and distances go to 0 with the radius,
    perhaps as its square root, as they do where orbits leave one side of an edge and return on the other.
    """

    leaves: bool
    stays: bool
    shrinks: bool
    runs: tuple[Excursions, ...]


@dataclass(frozen=True)
class Case:
    """A point to look at; going farther than ``limit`` from it counts as having left."""

    advantages: tuple[Advantage, ...]
    point: Point
    limit: float = 0.1


class _Batch:
    """All starts of all points, integrated together."""

    def __init__(
        self, fields: Sequence[LocalField], limits: Sequence[float], n: Sequence[int], count: int, seed: int
    ):
        rng = np.random.default_rng(seed)
        blocks, radii, owner, limit = [], [], [], []
        for k, (field, most) in enumerate(zip(fields, limits, strict=True)):
            for fraction in FRACTIONS:
                blocks.append(_starts(field, n[k], most * fraction, count, rng))
                radii += [most * fraction] * count
                owner += [k] * count
                limit += [most] * count
        self.y = np.concatenate(blocks)
        self.radius, self.limit = np.array(radii), np.array(limit)
        index = np.array(owner)
        self.at = np.array([f.point for f in fields])[index]
        self.pure = np.array([f.pure for f in fields])[index]
        self.c = np.array([f.coefficients for f in fields])[index]
        self.step = np.full(len(self.y), 1e-3)
        self.time = np.zeros(len(self.y))

    def differences(self, y: Array, pure: npt.NDArray[np.bool_]) -> Array:
        return np.where(pure, np.exp(np.minimum(y, 0.0)), y)

    def rates(self, y: Array, rows: npt.NDArray[np.intp]) -> Array:
        w = self.differences(y, self.pure[rows])
        c = self.c[rows]
        u, v = w[:, [1, 0, 0]], w[:, [2, 2, 1]]
        gain = c[:, :, 0] + c[:, :, 1] * u + (c[:, :, 2] + c[:, :, 3] * u) * v
        at = self.at[rows]
        with np.errstate(over="ignore", invalid="ignore"):  # of orbits that have left already
            return np.where(self.pure[rows], 1 - w, (at + w) * (1 - at - w)) * gain


def observe(
    cases: Sequence[Case], *, count: int = 32, steps: int = 1500, seed: int = 0, tolerance: float = 1e-8
) -> list[Evidence]:
    """Return what the orbits near each point do."""
    if not cases:
        return []
    fields = [expand(case.advantages, case.point) for case in cases]
    limits = []
    for case in cases:
        room = [float(min(p, 1 - p)) * 0.9 for p in case.point if inside(p)]
        limits.append(min([case.limit, *room]))
    batch = _Batch(fields, limits, [len(c.point) for c in cases], count, seed)
    total = len(batch.y)
    start = batch.differences(batch.y, batch.pure)
    far, left = batch.radius.copy(), np.zeros(total, bool)
    away, back = np.zeros(total, bool), np.full(total, np.inf)
    scale = np.where(batch.pure, 1.0, batch.radius[:, None])
    rows = np.arange(total)
    for turn in range(steps):
        if turn % 50 == 0:
            rows = np.flatnonzero(~left)
            if not len(rows):
                break
        y, h = batch.y[rows], batch.step[rows]
        stages = [batch.rates(y, rows)]
        z = y
        for line in _A:
            z = y + h[:, None] * sum(a * k for a, k in zip(line, stages, strict=True))
            stages.append(batch.rates(z, rows))
        error = sum(e * k for e, k in zip(_ERROR, stages, strict=True)) * h[:, None]
        size = np.abs(error / (tolerance * scale[rows])).max(axis=1)
        good = size <= 1.0
        y = np.where(good[:, None], z, y)
        batch.y[rows] = y
        batch.time[rows] += np.where(good, h, 0.0)
        h = h * np.clip(0.9 * np.maximum(size, 1e-10) ** -0.2, 0.2, 3.0)
        batch.step[rows] = np.minimum(h, 1.0 / batch.radius[rows])
        w = batch.differences(y, batch.pure[rows])
        distance = np.abs(w).max(axis=1)
        far[rows] = np.maximum(far[rows], distance)
        left[rows] |= distance > batch.limit[rows]
        gap = np.abs(w - start[rows]).max(axis=1)
        back[rows] = np.where(away[rows], np.minimum(back[rows], gap), back[rows])
        away[rows] |= gap > batch.radius[rows] / 4
    end = np.abs(batch.differences(batch.y, batch.pure)).max(axis=1)
    return [_evidence(k, count, batch, far, end, left, away, back) for k in range(len(cases))]


def _evidence(
    k: int,
    count: int,
    batch: _Batch,
    far: Array,
    end: Array,
    left: npt.NDArray[np.bool_],
    away: npt.NDArray[np.bool_],
    back: Array,
) -> Evidence:
    runs = []
    for r in range(len(FRACTIONS)):
        rows = slice((k * len(FRACTIONS) + r) * count, (k * len(FRACTIONS) + r + 1) * count)
        radius = float(batch.radius[rows][0])
        moved = away[rows] & ~left[rows]
        staying = batch.time[rows][~left[rows]]
        runs.append(
            Excursions(
                radius,
                float(left[rows].mean()),
                float(far[rows].max() / radius),
                float(end[rows].max() / radius),
                float((back[rows][moved] < radius / 8).mean()) if moved.any() else 1.0,
                float(staying.min()) if len(staying) else 0.0,
            )
        )
    leaves = all(run.left > 0 for run in runs)
    stays = not any(run.left for run in runs) and runs[-1].growth <= 3 * runs[0].growth
    farthest = [run.growth * run.radius for run in runs]
    shrinks = runs[-1].left == 0 and farthest[2] <= farthest[1] * (FRACTIONS[2] / FRACTIONS[1]) ** 0.4
    return Evidence(leaves, stays, shrinks, tuple(runs))


def judge(label: str, seen: Evidence) -> str:
    """Return ``consistent``, ``contradicted`` or ``no verdict`` for a stability label of a point."""
    if label == "asymptotically stable":
        if seen.leaves or (seen.stays and all(r.end > 0.9 for r in seen.runs)):
            return "contradicted"
        return "consistent" if seen.stays and all(r.end < 0.2 for r in seen.runs) else "no verdict"
    if label in ("stable", "centre"):
        if seen.leaves or (label == "centre" and seen.stays and any(r.returned < 0.5 for r in seen.runs)):
            return "contradicted"
        return "consistent" if seen.stays or seen.shrinks else "no verdict"
    if label in ("unstable", "saddle", "source"):
        return "consistent" if seen.leaves else "contradicted" if seen.stays else "no verdict"
    return "no verdict"
