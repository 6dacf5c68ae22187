"""Whom to pay first: who brings most others along for the incentive that it needs itself.

An enterprise plays the strategy of the idea once that earns more than what it does now.  Each step looks, for
every enterprise, at the incentive without which it does not change, and at how many others would follow of
themselves, one after the other; the largest ratio is next.

Riehl, J., Ramazi, P. and Cao, M. (2019), Incentive-based control of asynchronous best-response dynamics on
binary decision networks, IEEE Transactions on Control of Network Systems 6, 727-736 (iterative ratio of the
cascade of a switch to the incentive that it takes).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.run.compilation import compiled

__all__ = ["flip_order"]

MOST_FLIPS = 300
"""Limit on the followers counted for one enterprise. More: networks that tip as a whole take minutes;
fewer: an enterprise with hundreds of followers counts like one with thousands."""

LEAST = 1e-9
"""An incentive, as a part of the largest, that counts as none. Larger: who needs little counts like who needs
nothing; smaller: one who needs none outweighs all others."""


def flip_order(
    indptr: NDArray[np.int64],
    targets: NDArray[np.int32],
    weights: NDArray[np.float64],
    advantage: NDArray[np.float64],
    gain: NDArray[np.float64],
    state: NDArray[np.float64],
    able: NDArray[np.bool_],
    count: int,
) -> NDArray[np.int64]:
    """Return the enterprises to win, in their order.

    Parameters
    ----------
    indptr, targets, weights : ndarray
        Links from each enterprise to those in whose payoffs it counts.
    advantage : ndarray, shape (N,)
        By how much the strategy of the idea earns more than the best other one.
    gain : ndarray, shape (N, T)
        By how much that grows for each unit of weight of a partner who was of a type and takes the idea up.
    state : ndarray, shape (N, T)
        The chances of the types of each enterprise.
    able : ndarray of bool, shape (N,)
        Who can be won: the others follow, but are not paid.
    count : int

    Examples
    --------
    >>> star = np.array([0, 3, 4, 5, 6]), np.array([1, 2, 3, 0, 0, 0], np.int32), np.ones(6)
    >>> away = np.tile([0.0, 1.0], (4, 1))
    >>> flip_order(*star, np.full(4, -0.5), np.ones((4, 2)), away, np.ones(4, bool), 1)
    array([0])
    """
    size = len(advantage)
    scale = float(np.abs(advantage).max(initial=0.0)) or 1.0
    flipped = np.zeros(size, np.bool_)
    able, now = able.copy(), advantage.astype(np.float64)
    board = (
        indptr,
        targets,
        weights,
        now,
        np.ascontiguousarray(gain, np.float64),
        np.ascontiguousarray(state, np.float64),
        flipped,
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.zeros(size, np.float64),
        np.full(size, -1, np.int64),
    )
    mark = 0
    for node in np.flatnonzero(now > 0):  # those who change of themselves
        if not flipped[node]:
            mark += 1
            _follow(node, mark, size, True, *board)
    order: list[int] = []
    while len(order) < count:
        best = int(_best_candidate(able, scale * LEAST, mark, *board))
        mark += size
        if best < 0:
            break
        order.append(best)
        able[best] = False
        if not flipped[best]:
            mark += 1
            _follow(best, mark, size, True, *board)
    return np.array(order, np.int64)


@compiled(kept=True)
def _best_candidate(
    able: Any,
    least: float,
    mark: int,
    indptr: Any,
    targets: Any,
    weights: Any,
    advantage: Any,
    gain: Any,
    state: Any,
    flipped: Any,
    queue: Any,
    touched: Any,
    extra: Any,
    marks: Any,
) -> int:
    """Return the enterprise with the most followers per incentive; -1 if none can be recruited."""
    best, most = -1, -1.0
    for node in range(len(able)):
        if not able[node]:
            continue
        ratio = 0.0  # of one who follows of itself: nothing is won by paying it
        if not flipped[node]:
            mark += 1
            flips = _follow(
                node,
                mark,
                MOST_FLIPS,
                False,
                indptr,
                targets,
                weights,
                advantage,
                gain,
                state,
                flipped,
                queue,
                touched,
                extra,
                marks,
            )
            ratio = flips / max(-advantage[node], least)
        if ratio > most:
            best, most = node, ratio
    return best


@compiled(kept=True)
def _follow(
    first: int,
    mark: int,
    most: int,
    kept: bool,
    indptr: Any,
    targets: Any,
    weights: Any,
    advantage: Any,
    gain: Any,
    state: Any,
    flipped: Any,
    queue: Any,
    touched: Any,
    extra: Any,
    marks: Any,
) -> int:
    """Return how many take the idea up after one has, itself counted; write it down where it is kept.

    ``marks`` gives the call of an entry of ``extra``; below, twice the number of a call is of one who
    follows, twice and one of one whose advantage has changed.
    """
    kinds = gain.shape[1]
    queue[0] = first
    marks[first] = 2 * mark
    filled, at, changed = 1, 0, 0
    while at < filled:
        node = queue[at]
        at += 1
        for e in range(indptr[node], indptr[node + 1]):
            target = targets[e]
            if flipped[target] or marks[target] == 2 * mark:
                continue
            if marks[target] != 2 * mark + 1:
                marks[target] = 2 * mark + 1
                extra[target] = 0.0
                touched[changed] = target
                changed += 1
            more = 0.0
            for kind in range(kinds):
                more += gain[target, kind] * state[node, kind]
            extra[target] += weights[e] * more
            if advantage[target] + extra[target] > 0.0 and filled < most:
                marks[target] = 2 * mark
                queue[filled] = target
                filled += 1
    if kept:
        for place in range(filled):
            flipped[queue[place]] = True
        for place in range(changed):
            advantage[touched[place]] += extra[touched[place]]
    return filled
