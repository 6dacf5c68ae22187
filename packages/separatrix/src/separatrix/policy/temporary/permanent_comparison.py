"""Permanent support compared with a temporary programme: its least level, and its cost over the same time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.expression.tree import negate
from separatrix.policy.temporary.box_bounds import Boxes, is_nonnegative, jet_of
from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.policy.temporary.supported_trajectory import Steps, supported_trajectory

__all__ = ["PermanentComparison", "permanent_comparison"]

Array = NDArray[Any]

TRIED = 65
"""Levels that are followed at once; each round narrows the least one down to the room between two of them."""

ROUNDS = 5
"""Of narrowing down: 64 to the fifth power is a thousand million."""

FOLLOWED = 400.0
"""How long they are followed, in units of the fastest rate. Smaller: a level that only just suffices is taken
for one that does not."""

STEP = 0.25
"""Of the Runge-Kutta method, in the same units."""

SHARES = 129
"""At which the gain of levels is compared on a line, and again between the neighbours of the least."""

CLOSER = 4
"""How often. Narrower dips are left to intervals."""

DIPS = 12
"""Of those that intervals see, at most."""

DIP = 1e-6
"""The part of a share around a dip in which it is looked at more closely."""

PIECES = 24
"""Into which the time is cut in which costs add up. Fewer: the time of breaking even is rougher."""

NEAR = 0.01
"""The distance in every share at which the target counts as reached."""

CLEARED = 0.01
"""By how much the level that is costed is above the least one, as a part of the way to the highest."""


@dataclass(frozen=True)
class PermanentComparison:
    """Permanent levels in the proportions of the temporary programme.

    Attributes
    ----------
    least : tuple of float
        The levels above which today's state converges to the target; they do not suffice themselves.
    levels : tuple of float
        The levels whose cost is computed: 1 % of the way from there to the strongest.
    rate : float
        Their cost per unit of time once the target is reached.
    cost : float or None
        Their cost until the horizon, discounted; None without one.
    break_even : float or None
        When their cost equals the total cost of the temporary programme; None if it never does.
    """

    least: tuple[float, ...]
    levels: tuple[float, ...]
    rate: float
    cost: float | None
    break_even: float | None

    def to_dict(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "least_levels": dict(zip(names, self.least, strict=True)),
            "levels": dict(zip(names, self.levels, strict=True)),
            "cost_per_time_at_target": self.rate,
            "cost": self.cost,
            "break_even": self.break_even,
        }


def permanent_comparison(
    problem: ControlProblem,
    state: Array,
    target: Array,
    strongest: Array,
    temporary: float,
    horizon: float | None,
) -> PermanentComparison | None:
    """Return the cost of permanent levels, or None if even the strongest do not suffice.

    Parameters
    ----------
    problem : ControlProblem
    state, target : arrays (shares,)
    strongest : array (m,)
        Levels that are scaled between idle ones and these.
    temporary : float
        What the temporary programme costs.
    horizon : float or None
    """
    dips: list[float] = []
    high = 1.0
    for _ in range(DIPS):
        least_part = _least_part(problem, state, target, strongest, dips)
        if least_part is None:
            return None
        high = least_part
        dip = _dip(problem, state, target, problem.idle + high * (strongest - problem.idle))
        if dip is None:
            break
        dips.append(dip)
    part = high + CLEARED * (1 - high)
    least, levels = (problem.idle + p * (strongest - problem.idle) for p in (high, part))
    rate = float(problem.costs(target[None], levels[None])[0])
    held = tuple(float(v) for v in levels)
    span = horizon if horizon is not None else FOLLOWED / problem.scale
    for part in (1.0,) if horizon is not None else (1 / 64, 1 / 16, 1 / 4, 1.0):
        pieces = Steps((held,) * PIECES, (part * span / PIECES,) * PIECES)
        made, _ = supported_trajectory(problem, state, pieces)
        if made.cost >= temporary:  # it has broken even: what follows says nothing more
            break
    past = np.flatnonzero(made.costs >= temporary)
    even: float | None = None
    if past.size:
        even = float(np.interp(temporary, made.costs[: past[0] + 1], made.times[: past[0] + 1]))
    elif rate > 0 and horizon is None:
        even = made.end + (temporary - made.cost) / rate
    return PermanentComparison(
        tuple(float(v) for v in least), held, rate, made.cost if horizon is not None else None, even
    )


def _least_part(
    problem: ControlProblem, state: Array, target: Array, strongest: Array, dips: list[float]
) -> float | None:
    """Return the least part of the way to the strongest levels that suffices, to a thousand-millionth."""
    low, high = 0.0, 1.0
    for _ in range(ROUNDS):
        parts = np.linspace(low, high, TRIED)
        levels = problem.idle + parts[:, None] * (strongest - problem.idle)
        suffice = _suffice(problem, state, target, levels, dips)
        if not suffice[-1] or suffice.all():
            return None
        first = int(np.flatnonzero(~suffice)[-1]) + 1
        low, high = float(parts[first - 1]), float(parts[first])
    return high


def _suffice(
    problem: ControlProblem, state: Array, target: Array, levels: Array, dips: list[float]
) -> NDArray[np.bool_]:
    if problem.game.space.sizes == (2,):
        return _suffice_on_line(problem, float(state[0]), float(target[0]), levels, dips)
    at = np.tile(problem.coordinates(state), (len(levels), 1))
    lengths, count = np.full(len(levels), STEP / problem.scale), round(FOLLOWED / STEP)
    ends, _ = problem.advance(at, levels, lengths, count, np.zeros(len(levels)))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(problem.states(ends) - target).max(axis=1) <= NEAR)


def _dip(problem: ControlProblem, state: Array, target: Array, levels: Array) -> float | None:
    """Return a share at which levels certainly lead away from a line's target, however narrow the dip."""
    if problem.game.space.sizes != (2,):
        return None
    start, end = float(state[0]), float(target[0])
    up = end >= start
    if abs(end - start) <= NEAR:
        return None
    low, high = sorted((start, end - NEAR if up else end + NEAR))
    gain = problem.gains[0] if up else negate(problem.gains[0])
    ends = np.array([low]), np.array([high])
    boxes = Boxes(ends[0][None], ends[1][None], levels[None])
    _, point = is_nonnegative(jet_of(gain, [problem.game.shares[0]], problem.names), boxes, *ends)
    return None if point is None else float(point[0])


def _suffice_on_line(
    problem: ControlProblem, start: float, target: float, levels: Array, dips: list[float]
) -> NDArray[np.bool_]:
    """Return which levels lead from a share to another: the sign of the gain on the way decides.

    Where the gain is least among shares it is looked at again between their neighbours, ever closer.
    """
    up = target >= start

    def least_gain_between(low: Array, high: Array) -> tuple[Array, Array, Array]:
        shares = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, SHARES)
        at = np.stack([shares, 1 - shares], axis=-1)[..., :1]
        (grown,) = problem.growth(at, np.broadcast_to(levels[:, None], (*shares.shape, levels.shape[1])))
        gain = (grown[..., 0] - grown[..., 1]) * (1.0 if up else -1.0)
        place = np.where(np.isfinite(gain), gain, -np.inf).argmin(axis=1)
        rows = np.arange(len(levels))
        before, behind = np.maximum(place - 1, 0), np.minimum(place + 1, SHARES - 1)
        return gain[rows, place], shares[rows, before], shares[rows, behind]

    def lowest_gain_over(low: float, high: float) -> Array:
        ends = np.full(len(levels), low), np.full(len(levels), high)
        lowest, *around = least_gain_between(*ends)
        rounds = [around] + [[np.full(len(levels), d * (1 + s)) for s in (-DIP, DIP)] for d in dips]
        for ends_around in rounds:
            for _ in range(CLOSER):
                closer, *ends_around = least_gain_between(*ends_around)
                lowest = np.minimum(lowest, closer)
        return lowest

    near, beyond = (target - NEAR, target + NEAR) if up else (target + NEAR, target - NEAR)
    passes = (
        np.ones(len(levels), dtype=bool) if abs(target - start) <= NEAR else lowest_gain_over(start, near) > 0
    )
    if not 0 < beyond < 1:
        return np.asarray(passes)
    return np.asarray(passes & (lowest_gain_over(near, beyond) <= 0))
