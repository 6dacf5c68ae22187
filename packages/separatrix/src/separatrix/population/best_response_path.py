"""Trajectories of the best response dynamics of one population in pairs, straight line by straight line.

While one strategy earns most, shares go straight to it, as x + (1 - e^-t)(e_b - x); payoffs are linear on
the way, so that the time at which another one earns as much is known exactly.  Where no single strategy can
be followed from there, a mixture of them is at rest, or slid along: the first is followed, and the second is
left open.

Reference: Gaunersdorfer, A. and Hofbauer, J. (1995), Fictitious play, Shapley polygons, and the replicator
equation, Games and Economic Behavior 11, 279-303, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import TIE

__all__ = ["best_response_path"]

Array = NDArray[np.float64]

MOST_TURNS = 10_000
"""Changes of the best reply: near a rest point that is spiralled into they come ever faster."""


def best_response_path(matrix: Array, start: Sequence[float], times: Sequence[float]) -> list[Array | None]:
    """Return the shares at some times, in order; None where they are not determined.

    Parameters
    ----------
    matrix : ndarray, shape (k, k)
        What each strategy earns when it meets each other one.
    start : sequence of k floats
    times : sequence of float

    Examples
    --------
    >>> hawk_dove = np.array([[-1.0, 4.0], [0.0, 2.0]])
    >>> path = best_response_path(hawk_dove, [0.5, 0.5], [0.1, 5.0])
    >>> [round(float(x[0]), 6) for x in path]
    [0.547581, 0.666667]
    """
    at, clock = np.array(start, dtype=float), 0.0
    result: list[Array | None] = []
    waiting = list(times)
    for _ in range(MOST_TURNS):
        reply = _followed(matrix, at)
        if reply is None:
            rest = _is_rest(matrix, at)
            return [*result, *([at.copy() if rest else None] * len(waiting))]
        ahead = np.eye(len(at))[reply] - at
        part = _until_tied(matrix, at, ahead, reply)
        duration = math.inf if part >= 1 else -math.log1p(-part)
        while waiting and waiting[0] <= clock + duration:
            result.append(at - ahead * math.expm1(clock - waiting.pop(0)))
        if not waiting:
            return result
        at, clock = at + part * ahead, clock + duration
    return [*result, *([None] * len(waiting))]


def _best_replies(matrix: Array, at: Array) -> NDArray[np.bool_]:
    earned = matrix @ at
    return np.asarray(earned >= earned.max() - TIE * np.abs(matrix).max())


def _followed(matrix: Array, at: Array) -> int | None:
    """Return a best reply that stays one when shares move towards it; None where none does."""
    best = np.flatnonzero(_best_replies(matrix, at))
    for reply in best:
        gain = matrix @ (np.eye(len(at))[reply] - at)
        others = best[best != reply]
        if (gain[reply] > gain[others]).all() or (at[reply] == 1 and len(best) == 1):
            return int(reply)
    return None


def _is_rest(matrix: Array, at: Array) -> bool:
    """Return whether every played strategy is a best reply, so that the state is at rest."""
    return bool(_best_replies(matrix, at)[at > 0].all())


def _until_tied(matrix: Array, at: Array, ahead: Array, reply: int) -> float:
    """Return the part of the way after which another strategy earns as much; 1 where none does."""
    gap, closing = matrix @ at, matrix @ ahead
    gap, closing = gap[reply] - gap, closing - closing[reply]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(closing > 0, gap / closing, np.inf)
    parts[reply] = np.inf
    # What is tied already and does not catch up was left behind by the choice of the reply.
    parts[gap <= 0] = np.inf
    return float(min(parts.min(), 1.0))
