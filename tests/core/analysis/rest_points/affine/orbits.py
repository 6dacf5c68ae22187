"""Orbits of the replicator in logarithms of the shares: they can refute a label, never prove one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from flint import fmpq

from separatrix.analysis.payoff_functions import AffineGame

Array = npt.NDArray[np.float64]
ABSENT = -1e9
_A = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def as_floats(state: tuple[fmpq, ...]) -> Array:
    """The shares as floats."""
    return np.array([int(x.p) / int(x.q) for x in state])


def rates(game: AffineGame, backwards: bool = False) -> Callable[[Array], Array]:
    """The rates of the logarithms, for many states at once, a row each."""
    size = sum(game.sizes)
    payoffs = np.array(
        [[int(v.p) / int(v.q) for v in (game.matrix[a, b] for b in range(size))] for a in range(size)]
    )
    owner = np.repeat(np.arange(len(game.sizes)), game.sizes)
    speed = np.array([int(c.p) / int(c.q) for c in game.speeds])[owner] * (-1 if backwards else 1)
    mates = (owner[:, None] == owner[None, :]).astype(float)

    def rate(logs: Array) -> Array:
        shares = np.exp(logs)
        shares = shares / (shares @ mates)
        earned = shares @ payoffs.T
        result: Array = speed * (earned - (shares * earned) @ mates)
        return result

    return rate


def starts(game: AffineGame, centre: Array, distance: float, count: int, seed: int) -> Array:
    """States at about the given distance, inside and on faces, as logarithms."""
    draw = np.random.default_rng(seed)
    owner = np.repeat(np.arange(len(game.sizes)), game.sizes)
    found = []
    for k in range(count):
        step = draw.normal(size=len(centre))
        step = np.where(centre > 0, step, np.abs(step)) * np.where(draw.random(len(centre)) < 0.25, 0.05, 1)
        if k % 3:
            step *= (centre > 0) | (draw.random(len(centre)) < 0.6)
        for i in range(len(game.sizes)):
            mine, played = owner == i, (owner == i) & (centre > 0)
            step[played] -= step[mine].sum() * centre[played] / centre[played].sum()
        if np.abs(step).max():
            state = centre + step * distance / np.abs(step).max()
            if (state >= -1e-15).all():
                found.append(np.where(state > 1e-300, np.log(np.maximum(state, 1e-300)), ABSENT))
    return np.array(found)


def distances(
    game: AffineGame, centre: Array, logs: Array, until: float, stop: float, backwards: bool = False
) -> tuple[Array, Array]:
    """The greatest distance from `centre` on each orbit, and the greatest in the last fifth of the time
    or where it ends.

    An orbit ends when it is farther away than `stop`.
    """
    rate = rates(game, backwards)
    owner = np.repeat(np.arange(len(game.sizes)), game.sizes)
    mates = (owner[:, None] == owner[None, :]).astype(float)
    logs = logs.copy()
    time, step = np.zeros(len(logs)), np.full(len(logs), 1e-2)
    farthest, late, last = np.zeros(len(logs)), np.zeros(len(logs)), np.zeros(len(logs))
    running = np.ones(len(logs), bool)
    for _ in range(8_000):
        now = np.flatnonzero(running)
        if not len(now):
            break
        at, h = logs[now], np.minimum(step[now], until - time[now])[:, None]
        slopes = [rate(at)]
        for row in _A:
            ahead = at + h * sum((a * k for a, k in zip(row, slopes, strict=True)), np.zeros_like(at))
            slopes.append(rate(ahead))
        shares = np.exp(ahead) / (np.exp(ahead) @ mates)
        error = np.abs(h * sum((e * k for e, k in zip(_ERROR, slopes, strict=True)), np.zeros_like(at)))
        relative = (error * np.clip(shares, 1e-3, 1)).max(1) / 1e-8
        good = relative <= 1
        step[now] = np.minimum(step[now] * np.clip(0.9 * np.maximum(relative, 1e-10) ** -0.2, 0.2, 5), 50)
        moved = now[good]
        logs[moved] = ahead[good] - np.log(np.exp(ahead[good]) @ mates)
        time[moved] += h[good, 0]
        away = np.abs(shares[good] - centre).max(1)
        last[moved] = away
        farthest[moved] = np.maximum(farthest[moved], away)
        late[moved] = np.where(time[moved] > 0.8 * until, np.maximum(late[moved], away), late[moved])
        running[moved] = (time[moved] < until * (1 - 1e-9)) & (away <= stop)
    return farthest, np.maximum(late, last)


def refutation(game: AffineGame, state: tuple[fmpq, ...], label: str, seed: int = 0) -> str | None:
    """What speaks against a label, or None.

    Orbits beside a rest set can leave it by the square root of their first distance, and come back; and an
    unstable state without positive eigenvalue lets orbits go slowly.
    """
    centre = as_floats(state)
    unit = min(0.02, centre[centre > 0].min() / 4)
    if label in ("unstable", "saddle"):
        distance = unit / 4
        farthest, _ = distances(game, centre, starts(game, centre, distance, 60, seed), 4000, 20 * distance)
        return None if farthest.max() > 4 * distance else f"no orbit leaves: {farthest.max() / distance:.2g}"
    backwards = label == "source"
    for distance in (unit / 3, unit / 45):
        logs = starts(game, centre, distance, 20, seed)
        if not len(logs):
            continue
        bound = max(12 * distance, 1.5 * distance**0.5)
        farthest, late = distances(game, centre, logs, 1000, 1.5 * bound, backwards)
        if distance < unit / 40 and farthest.max() > bound:
            return f"an orbit leaves: {farthest.max() / distance:.3g} times as far"
        attracting = label in ("asymptotically stable", "source")
        if attracting and distance > unit / 40 and late.max() > 0.85 * distance:
            return f"an orbit does not approach: {late.max() / distance:.2g}"
        if label == "stable" and late.max() < 1e-3 * distance:
            return "all orbits approach"
        if label == "centre" and late.min() < 0.05 * distance:
            return "an orbit approaches"
    return None
