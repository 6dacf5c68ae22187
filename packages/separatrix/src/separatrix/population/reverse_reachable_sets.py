"""Reverse reachable sets: all from which a random node would be reached, in one draw of the live links.

A node is reached from seeds just if one of them is in the set, so that the share of sets that hold a seed
estimates what the seeds reach.  Of independent cascades each link is live with its own probability; of
random thresholds each node keeps at most one of the links into it.  Links into a node stand by falling
probability, and those that are not live are skipped many at a time.

Borgs, C., Brautbar, M., Chayes, J. and Lucier, B. (2014), Maximizing social influence in nearly optimal
time, SODA 2014, 946-957.
Kempe, D., Kleinberg, J. and Tardos, É. (2003), Maximizing the spread of influence through a social network,
KDD 2003, 137-146, theorem 4.6 (thresholds as live links).
Guo, Q., Wang, S., Wei, Z. and Chen, M. (2020), Influence maximization revisited: efficient reverse reachable
set generation with bound tightened, SIGMOD 2020, 2167-2181 (skipping).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from separatrix.population.random_streams import advanced, increment_of, start_of, uniform
from separatrix.run.compilation import compiled

__all__ = ["cascade_sets", "threshold_sets"]

FEW = 6
"""Links into a node up to which each is drawn by itself. More: many idle draws; fewer: a logarithm costs as
much as several of them."""


@compiled(inline=True)
def _first_at_least(sums: Any, goal: Any, low: Any, high: Any) -> Any:
    """Return the first place from `low` to `high` whose sum reaches the goal; `high` if none before does."""
    while low < high:
        middle = (low + high) // 2
        if sums[middle] < goal:
            low = middle + 1
        else:
            high = middle
    return low


@compiled(inline=True)
def _root(u: Any, cumulative: Any, size: Any) -> Any:
    """Return a node, uniformly or in proportion to its value."""
    if len(cumulative) == 0:
        return min(np.int64(u * size), size - 1)
    return _first_at_least(cumulative, u * cumulative[-1], np.int64(0), np.int64(len(cumulative) - 1))


@compiled(kept=True)
def cascade_sets(
    indptr: Any,
    sources: Any,
    probability: Any,
    cumulative: Any,
    key: Any,
    first: int,
    last: int,
    nodes: Any,
    ends: Any,
    marks: Any,
) -> int:
    """Write the sets of these numbers one after the other; return the first number without room.

    Parameters
    ----------
    indptr, sources, probability : ndarray
        The links into each node, by falling probability.
    cumulative : ndarray
        The sums of the values of nodes; empty where all have the same.
    key : uint64
    first, last : int
        The numbers of the sets: ``first`` to ``last - 1``.
    nodes : ndarray of int32
        Room for the members.
    ends : ndarray of int64
        Of each set, where its members end; shape (last - first,).
    marks : ndarray of int32, shape (N,)
        Below 0 all of them.
    """
    size, room, filled = len(indptr) - 1, len(nodes), 0
    for number in range(first, last):
        state, step = start_of(key, number), increment_of(key, number)
        mark = np.int32(number - first)
        state = advanced(state, step)
        root = _root(uniform(state), cumulative, size)
        begin = filled
        if filled >= room:
            return number
        nodes[filled] = root
        marks[root] = mark
        filled += 1
        at = begin
        while at < filled:
            node = nodes[at]
            at += 1
            edge, end = indptr[node], indptr[node + 1]
            if end - edge <= FEW:
                for e in range(edge, end):
                    state = advanced(state, step)
                    if uniform(state) <= probability[e]:
                        source = sources[e]
                        if marks[source] != mark:
                            if filled >= room:
                                return number
                            marks[source] = mark
                            nodes[filled] = source
                            filled += 1
                continue
            # Next is the link that is live if all are as likely as this one; it is kept if it is itself.
            likely = probability[edge]
            scale = 1.0 / math.log1p(-likely)
            while edge < end:
                state = advanced(state, step)
                ahead = math.log(uniform(state)) * scale
                if ahead >= end - edge:
                    break
                edge += np.int64(ahead)
                own = probability[edge]
                live = own == likely
                if not live:
                    state = advanced(state, step)
                    live = uniform(state) * likely <= own
                    likely = own
                    scale = 1.0 / math.log1p(-likely)
                if live:
                    source = sources[edge]
                    if marks[source] != mark:
                        if filled >= room:
                            return number
                        marks[source] = mark
                        nodes[filled] = source
                        filled += 1
                edge += 1
        ends[number - first] = filled
    return last


@compiled(kept=True)
def threshold_sets(
    indptr: Any,
    sources: Any,
    sums: Any,
    cumulative: Any,
    key: Any,
    first: int,
    last: int,
    nodes: Any,
    ends: Any,
    marks: Any,
) -> int:
    """Do the same for random thresholds: each node keeps one of the links into it, or none.

    Parameters
    ----------
    sums : ndarray
        Of the weights of the links into a node, up to each of them; the last may be below 1.
    """
    size, room, filled = len(indptr) - 1, len(nodes), 0
    for number in range(first, last):
        state, step = start_of(key, number), increment_of(key, number)
        mark = np.int32(number - first)
        state = advanced(state, step)
        node = _root(uniform(state), cumulative, size)
        while True:
            if filled >= room:
                return number
            nodes[filled] = node
            marks[node] = mark
            filled += 1
            low, high = indptr[node], indptr[node + 1]
            if low == high:
                break
            state = advanced(state, step)
            u = uniform(state)
            if u > sums[high - 1]:
                break
            node = sources[_first_at_least(sums, u, low, high - 1)]
            if marks[node] == mark:
                break
        ends[number - first] = filled
    return last
