"""When an idea reaches each node: cascades and thresholds in rounds, Bass's model in continuous time.

Bass's model on a network is exact: with rates that change only when someone adopts, each node hears of the
idea out of itself after an exponential time, and over each link after another one from when its source knows;
the first of them counts (shortest paths, Dijkstra).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from separatrix.population.random_streams import advanced, increment_of, start_of, uniform
from separatrix.run.compilation import compiled

__all__ = ["spread_by_bass", "spread_by_links"]


@compiled(kept=True)
def spread_by_links(
    indptr: Any,
    targets: Any,
    chance: Any,
    threshold: bool,
    aware: Any,
    key: Any,
    number: int,
    times: Any,
    queue: Any,
    weight: Any,
) -> None:
    """Write in which round the idea reaches each node; infinity where it never does.

    Parameters
    ----------
    indptr, targets, chance : ndarray
        The links from each node, with their probabilities or their weights.
    threshold : bool
        Whether nodes take the idea up when weights reach a random threshold, or each link passes it on.
    aware : ndarray of int64
        Who has it in round 0.
    key, number
        Of the stream from which is drawn.
    times : ndarray, shape (N,)
    queue : ndarray of int32, shape (N,)
        Room.
    weight : ndarray, shape (N,)
        Room; used by thresholds: what is left of each until the weights reach it.
    """
    state, step = start_of(key, number), increment_of(key, number)
    times[:] = np.inf
    if threshold:
        for node in range(len(times)):
            state = advanced(state, step)
            weight[node] = uniform(state)
    filled = 0
    for place in range(len(aware)):
        if times[aware[place]] > 0.0:
            times[aware[place]] = 0.0
            queue[filled] = aware[place]
            filled += 1
    at = 0
    while at < filled:
        node = queue[at]
        at += 1
        for e in range(indptr[node], indptr[node + 1]):
            target = targets[e]
            if threshold:
                weight[target] -= chance[e]
                reached = weight[target] <= 0.0
            else:  # drawn before anything is looked up that is far away in memory
                state = advanced(state, step)
                reached = uniform(state) <= chance[e]
            if reached and times[target] == np.inf:
                times[target] = times[node] + 1.0
                queue[filled] = target
                filled += 1


@compiled(kept=True)
def spread_by_bass(
    indptr: Any,
    targets: Any,
    chance: Any,
    innovation: float,
    imitation: float,
    aware: Any,
    key: Any,
    number: int,
    times: Any,
    heap: Any,
    place: Any,
) -> None:
    """Write when the idea reaches each node; infinity where it never does.

    Parameters
    ----------
    chance : ndarray
        The share of each link in the weights of all links into its target.
    innovation, imitation : float
        p and q of Bass: the rate is ``p + q * (shares of those who know)``.
    heap, place : ndarray of int32, shape (N,)
        Room.
    """
    size = len(times)
    state, step = start_of(key, number), increment_of(key, number)
    for node in range(size):
        if innovation > 0.0:
            state = advanced(state, step)
            times[node] = -math.log(uniform(state)) / innovation
        else:
            times[node] = np.inf
        heap[node] = node
        place[node] = node
    for at in range(len(aware)):
        times[aware[at]] = 0.0
    for at in range(size // 2 - 1, -1, -1):
        _sink(heap, place, times, at, size)
    left = size
    while left > 0 and times[heap[0]] < np.inf:
        node = heap[0]
        left -= 1
        last = heap[left]
        place[node] = -1
        if left > 0:
            heap[0] = last
            place[last] = 0
            _sink(heap, place, times, 0, left)
        for e in range(indptr[node], indptr[node + 1]):
            target = targets[e]
            if place[target] < 0 or imitation <= 0.0:
                continue
            state = advanced(state, step)
            arrival = times[node] - math.log(uniform(state)) / (imitation * chance[e])
            if arrival < times[target]:
                times[target] = arrival
                at = place[target]
                while at > 0:  # up to where its parent is earlier
                    parent = (at - 1) // 2
                    above = heap[parent]
                    if times[above] <= arrival:
                        break
                    heap[at] = above
                    place[above] = at
                    at = parent
                heap[at] = target
                place[target] = at


@compiled(kept=True)
def _sink(heap: Any, place: Any, times: Any, at: int, size: int) -> None:
    node = heap[at]
    own = times[node]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and times[heap[child + 1]] < times[heap[child]]:
            child += 1
        below = heap[child]
        if times[below] >= own:
            break
        heap[at] = below
        place[below] = at
        at = child
    heap[at] = node
    place[node] = at
