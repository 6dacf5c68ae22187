"""Where many courses settle: each is followed until it has arrived somewhere, and no further.

The log-odds of shares are integrated, each course with steps of its own.

Dormand, J. R. and Prince, P. J. (1980), A family of embedded Runge-Kutta formulae, Journal of Computational
and Applied Mathematics 6, 19-26, RK5(4)7M.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from separatrix.dynamics.bundle import ERRORS, STAGES
from separatrix.dynamics.destinations import Destination
from separatrix.dynamics.replicator import Replicator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["UNSETTLED", "settle"]

UNSETTLED = -1
"""The code of a course that has not arrived anywhere."""

TOLERANCE = 1e-6
"""Error of a step, relative and absolute, in log-odds: it moves the line between two fates by as much."""

MOST_STEPS = 1_500
CHUNK = 8_192
"""Courses that are followed together, so that they stay in the processor's cache."""


def settle(
    field: Replicator,
    starts: Array,
    goals: Sequence[Destination],
    *,
    turning: tuple[Array, int] | None = None,
    most_steps: int = MOST_STEPS,
) -> NDArray[np.int16]:
    """Return for each start in the interior which of `goals` its course comes to, or `UNSETTLED`.

    Parameters
    ----------
    field : Replicator
    starts : array (courses, n)
        All shares above 0.
    goals : sequence of Destination
    turning : (state (n,), code), optional
        In a plane: a centre, and the code of courses that have gone once around it.
    most_steps : int
        Steps after which a course is given up.
    """
    import numpy as np

    result = np.full(len(starts), UNSETTLED, dtype=np.int16)
    for begin in range(0, len(starts), CHUNK):
        part = slice(begin, begin + CHUNK)
        result[part] = _settled(_Odds(field), starts[part], goals, turning, most_steps)
    return result


@dataclass(frozen=True)
class _Odds:
    """Log-odds of two strategies, logarithms of more: arrays (coordinates, courses)."""

    field: Replicator

    @cached_property
    def pairs(self) -> bool:
        """Whether the shares of the field are all first ones of two, with payoffs given at the corners."""
        return self.field.corners is not None

    def of(self, states: Array) -> Array:
        """Return the coordinates of states (courses, n)."""
        import numpy as np

        logs = np.log(states)
        for place, size in zip(self.field.slices, self.field.sizes, strict=True):
            if size == 2:
                logs[:, place] -= np.log1p(-states[:, place])
        return np.ascontiguousarray(logs.T)

    def states(self, odds: Array) -> Array:
        """Return the states (n, courses) at coordinates."""
        import numpy as np

        if self.pairs:
            return np.asarray(1 / (1 + np.exp(-odds)))
        result = np.empty_like(odds)
        for place, size in zip(self.field.slices, self.field.sizes, strict=True):
            part = odds[place]
            if size == 2:
                result[place] = 1 / (1 + np.exp(-part))
            else:
                raised = np.exp(part - part.max(axis=0))
                result[place] = raised / raised.sum(axis=0)
        return result

    def slopes(self, odds: Array) -> Array:
        """Return their rates of change."""
        import numpy as np

        states = self.states(odds)
        if self.field.corners is not None:
            return _multilinear(self.field.corners, states)
        own = self.field.weights(states.T)
        rates = np.empty_like(odds)
        rows = zip(self.field.slices, own, self.field.payoffs(own), self.field.speeds, strict=True)
        for place, part, earned, speed in rows:
            if part.shape[-1] == 2:
                rates[place] = speed * (earned[:, 0] - earned[:, 1])
            else:
                rates[place] = (speed * (earned - (part * earned).sum(axis=-1, keepdims=True))).T
        return rates

    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share changes, at states (n, courses)."""
        import numpy as np

        moved = np.abs(slopes) * states
        for place, size in zip(self.field.slices, self.field.sizes, strict=True):
            if size == 2:
                moved[place] *= 1 - states[place]
        return np.asarray(moved.max(axis=0))


def _multilinear(corners: Sequence[Array], states: Array) -> Array:
    """Return advantages that are linear in each share they depend on, from those at the corners."""
    import numpy as np

    rates = np.empty_like(states)
    for i, table in enumerate(corners):
        met = [i] if len(corners) == 1 else [j for j in range(len(corners)) if j != i]
        first = states[met[0]]
        if len(met) == 1:
            rates[i] = table[0] + (table[1] - table[0]) * first
            continue
        second = states[met[1]]
        low = table[0, 0] + (table[0, 1] - table[0, 0]) * second
        high = table[1, 0] + (table[1, 1] - table[1, 0]) * second
        rates[i] = low + (high - low) * first
    return rates


def _settled(
    odds: _Odds,
    starts: Array,
    goals: Sequence[Destination],
    turning: tuple[Array, int] | None,
    most_steps: int,
) -> NDArray[np.int16]:
    import numpy as np

    result = np.full(len(starts), UNSETTLED, dtype=np.int16)
    going = np.arange(len(starts))
    with np.errstate(all="ignore"):
        y = odds.of(starts)
        slope = odds.slopes(y)
        step = np.full(len(starts), 0.1 / (odds.field.scale or 1.0))
        turned = np.zeros(len(starts))
        for _ in range(most_steps):
            trial, last, error = _step(odds, y, slope, step)
            good = error <= 1
            if turning is not None:
                turned += np.where(good, _angle(odds, y, trial, turning[0]), 0.0)
            y = np.where(good, trial, y)
            slope = np.where(good, last, slope)
            factor = 0.9 * np.maximum(error, 1e-8) ** -0.2
            step = step * np.clip(np.where(np.isfinite(factor), factor, 0.2), 0.2, 5.0)
            states = odds.states(y)
            found = _arrived(odds, states, slope, goals)
            if turning is not None:
                found[(found == UNSETTLED) & (np.abs(turned) > 2.1 * np.pi)] = turning[1]
            done = found != UNSETTLED
            if done.any():
                result[going[done]] = found[done]
                keep = ~done
                going, y, slope = going[keep], y[:, keep], slope[:, keep]
                step, turned = step[keep], turned[keep]
                if not going.size:
                    break
    return result


def _arrived(odds: _Odds, states: Array, slope: Array, goals: Sequence[Destination]) -> NDArray[np.int16]:
    import numpy as np

    speeds = odds.speeds(states, slope)
    found = np.full(states.shape[1], UNSETTLED, dtype=np.int16)
    rows = states.T
    for code, goal in enumerate(goals):
        found[(found == UNSETTLED) & goal.reached(rows, speeds)] = code
    return found


def _angle(odds: _Odds, before: Array, after: Array, centre: Array) -> Array:
    """Return the angle (courses,) by which a step turns around a centre, in the plane of the first shares."""
    import numpy as np

    first, second = (odds.states(at)[:2] - centre[:2, None] for at in (before, after))
    cross = first[0] * second[1] - first[1] * second[0]
    return np.asarray(np.arctan2(cross, (first * second).sum(axis=0)))


def _step(odds: _Odds, y: Array, slope: Array, h: Array) -> tuple[Array, Array, Array]:
    """Return the values and slopes after one step, and its error in units of the tolerance."""
    import numpy as np

    stages = np.empty((7, *y.shape))
    stages[0] = slope
    flat = stages.reshape(7, -1)
    trial = y
    for k, weights in enumerate(STAGES, start=1):
        trial = y + h * (np.array(weights) @ flat[:k]).reshape(y.shape)
        stages[k] = odds.slopes(trial)
    size = TOLERANCE * (1 + np.maximum(np.abs(y), np.abs(trial)))
    error = (np.abs(h * (np.array(ERRORS) @ flat).reshape(y.shape)) / size).max(axis=0)
    return trial, stages[6], np.where(np.isfinite(error), error, np.inf)
