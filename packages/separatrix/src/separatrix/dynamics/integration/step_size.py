"""The control of the step: how long the first step of a trajectory is, the next one, and any at most.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, section II.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.motion import Motion
from separatrix.dynamics.integration.tolerances import LEAST_ERROR, LONGEST_STEP, PACE_AT_LEAST
from separatrix.dynamics.tolerances import NOT_ZERO

__all__ = ["first_length", "longest_length", "next_length"]

Array = NDArray[np.float64]

SAFETY = 0.9
"""The part of the length that would just keep the tolerance: with more of it, more steps are made again."""

SHRINK, GROW = 0.2, 10.0
"""How much shorter or longer than the last a step may be: estimates of the error say nothing beyond."""

FIRST = 0.01
"""The part of its size by which a trajectory may move in its first step, and by which its error may grow.
Larger: more first steps are made again."""

MOST_OF_TRIAL = 100
"""How much longer than the step that was tried for it the first may be."""


def next_length(order: int, length: Array, error: Array, refused: NDArray[np.bool_]) -> Array:
    """Return the length (trajectories,) of the next step after one with this error.

    Parameters
    ----------
    order : int
        Of the method; the error of a step of length h is of the size of h to this power.
    length, error : array (trajectories,)
        Of the last step; the error in units of the tolerance.
    refused : array (trajectories,) of bool
        Whether the last step or the one before was refused: then the next is no longer.

    Examples
    --------
    >>> next_length(5, np.ones(3), np.array([1.0, np.inf, 0.0]), np.array([False, True, False])).tolist()
    [0.9, 0.2, 10.0]
    """
    factor = SAFETY * np.maximum(error, LEAST_ERROR) ** (-1 / order)
    longer = length * np.clip(factor, SHRINK, np.where(refused, 1.0, GROW))
    return np.asarray(np.minimum(longer, LONGEST_STEP))


def longest_length(at: Array, slope: Array, size: Array) -> Array:
    """Return how long a step (trajectories,) in log-odds may be, so that no share passes the middle unseen.

    Where a share has all but vanished its logarithm moves steadily, and steps grow without bound. When it
    returns it may turn the others around in a time that is short compared with such a step. `size` is 1 +
    abs(at).
    """
    returning = at * slope < 0
    pace = np.abs(slope)
    pace /= size
    pace *= returning
    return np.asarray(1.0 / pace.max(axis=0))


def first_length(
    motion: Motion, order: int, factor: Array, at: Array, slope: Array, tolerance: float
) -> Array:
    """Return the length (trajectories,) of the first step.

    ``factor`` is that of time, -1 where it runs back, which is in ``slope`` already.
    """
    size = motion.size(at)
    fastest = (np.abs(slope) / size).max(axis=0)
    trial = FIRST / np.maximum(fastest, motion.pace * PACE_AT_LEAST)
    bent = (np.abs(factor * motion.slopes(at + trial * slope) - slope) / size).max(axis=0) / trial
    # Both over the pace, as one is a rate and the other a rate of a rate.
    pace = max(motion.pace, NOT_ZERO)
    largest = np.maximum(fastest / pace, bent / pace / pace) / tolerance
    wanted = (FIRST / np.maximum(largest, NOT_ZERO)) ** (1 / order)
    return np.asarray(np.fmin(MOST_OF_TRIAL * trial, wanted / pace))
