"""Where many courses settle: each is followed until it has arrived somewhere, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.dynamics.attractors.candidates import Destination
from separatrix.dynamics.integrate.steppers import Motion, next_length

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int16]

__all__ = ["UNSETTLED", "settle"]

UNSETTLED = -1
"""The code of a course that has not arrived anywhere."""

CHUNK = 8_192
"""Courses that are followed together, so that they stay in the processor's cache."""

FIRST = 0.1
"""The first step, in the time in which the fastest thing moves by its own size."""


def settle(
    motion: Motion,
    starts: Array,
    goals: Sequence[Destination],
    *,
    turning: tuple[Array, int] | None = None,
) -> tuple[Codes, Array]:
    """Return for each start which of `goals` its course comes to, or `UNSETTLED`, and where it ended.

    Parameters
    ----------
    motion : Motion
    starts : array (coordinates, courses)
        In the coordinates of the motion.
    goals : sequence of Destination
    turning : (state (n,), code), optional
        In a plane: a centre, and the code of courses that have gone once around it.

    Returns
    -------
    codes : array (courses,)
    ends : array (coordinates, courses)
        Where each course had arrived, or was given up.
    """
    import numpy as np

    codes = np.full(starts.shape[1], UNSETTLED, dtype=np.int16)
    ends = np.array(starts)
    for begin in range(0, starts.shape[1], CHUNK):
        part = slice(begin, begin + CHUNK)
        codes[part], ends[:, part] = _settled(motion, starts[:, part], goals, turning)
    return codes, ends


def _settled(
    motion: Motion,
    starts: Array,
    goals: Sequence[Destination],
    turning: tuple[Array, int] | None,
) -> tuple[Codes, Array]:
    import numpy as np

    result = np.full(starts.shape[1], UNSETTLED, dtype=np.int16)
    ends = np.array(starts)
    going = np.arange(starts.shape[1])
    with np.errstate(all="ignore"):
        y = np.array(starts)
        slope = motion.slopes(y)
        length = np.full(len(going), FIRST / motion.pace)
        turned = np.zeros(len(going))
        for _ in range(motion.patience):
            made = motion.step(y, slope, length)
            good = made.error <= 1
            if turning is not None:
                turned += np.where(good, _angle(motion, y, made.at, turning[0]), 0.0)
            y = np.where(good, made.at, y)
            slope = np.where(good, made.slopes, slope)
            length = next_length(made.error, length)
            found = _arrived(motion, y, slope, goals)
            if turning is not None:
                found[(found == UNSETTLED) & (np.abs(turned) > 2.1 * np.pi)] = turning[1]
            done = found != UNSETTLED
            if done.any():
                result[going[done]], ends[:, going[done]] = found[done], y[:, done]
                keep = ~done
                going, y, slope = going[keep], y[:, keep], slope[:, keep]
                length, turned = length[keep], turned[keep]
                if not going.size:
                    break
    ends[:, going] = y
    return result, ends


def _arrived(motion: Motion, at: Array, slope: Array, goals: Sequence[Destination]) -> Codes:
    import numpy as np

    states = motion.states(at)
    speeds = motion.speeds(states, slope)
    found = np.full(len(states), UNSETTLED, dtype=np.int16)
    for code, goal in enumerate(goals):
        found[(found == UNSETTLED) & goal.reached(states, speeds)] = code
    return found


def _angle(motion: Motion, before: Array, after: Array, centre: Array) -> Array:
    """Return the angle (courses,) by which a step turns around a centre, in the plane of the first shares."""
    import numpy as np

    first, second = ((motion.states(at)[:, :2] - centre[:2]).T for at in (before, after))
    cross = first[0] * second[1] - first[1] * second[0]
    return np.asarray(np.arctan2(cross, (first * second).sum(axis=0)))
