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

Samples of reverse reachable sets, drawn on all cores; what is drawn depends on the seed alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.population.awareness import advanced, increment_of, key_of, start_of, uniform
from separatrix.population.diffusion_models import Activation, DiffusionModel
from separatrix.run.compilation import compiled, cores
from separatrix.run.limits import poll

__all__ = ["ReverseSample", "RootSource", "cascade_sets", "threshold_sets"]

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


Nodes = NDArray[np.int32]
Ends = NDArray[np.int64]

PARCEL = 4096
"""Sets that a thread draws at a time. Fewer: handing them over costs more than drawing them; more: threads
wait for the last one."""

ROOM = 8
"""Members of a set for which there is room at first; what does not fit gets twice the room."""


@dataclass(frozen=True)
class ReverseSample:
    """Reverse reachable sets, one after the other.

    Attributes
    ----------
    nodes : ndarray of int32
        The members of all sets.
    ends : ndarray of int64
        Where the members of each set end.
    """

    nodes: Nodes
    ends: Ends

    @property
    def sets(self) -> int:
        """How many there are."""
        return len(self.ends)

    def followed_by(self, other: ReverseSample) -> ReverseSample:
        """Return these sets and the others after them."""
        return ReverseSample(
            np.concatenate([self.nodes, other.nodes]),
            np.concatenate([self.ends, other.ends + len(self.nodes)]),
        )


@dataclass(frozen=True, eq=False)
class RootSource:
    """Where sets are drawn: set k of it is the same whenever and by whichever thread it is drawn.

    Attributes
    ----------
    links : Activation
    model : DiffusionModel
    values : ndarray, shape (N,), or None
        A root is drawn in proportion to these; None: all are as likely.
    seed : int
    stream : int
        Another one is independent of it.
    """

    links: Activation
    model: DiffusionModel
    values: NDArray[np.float64] | None
    seed: int
    stream: int

    def sample(self, first: int, last: int) -> ReverseSample:
        """Return the sets of these numbers: `first` to ``last - 1``."""
        cumulative = np.empty(0) if self.values is None else np.cumsum(self.values)
        key = key_of(self.seed, self.stream)
        parcels = [(begin, min(begin + PARCEL, last)) for begin in range(first, last, PARCEL)]

        def parcel(ends: tuple[int, int]) -> ReverseSample:
            return self._parcel(cumulative, key, *ends)

        if len(parcels) < 2 or cores() < 2:
            parts = []
            for ends in parcels:
                poll()
                parts.append(parcel(ends))
            return _one_after_the_other(parts)
        with ThreadPoolExecutor(cores()) as pool:
            try:
                return _one_after_the_other(list(_polled(pool.map(parcel, parcels))))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _parcel(
        self, cumulative: NDArray[np.float64], key: np.uint64, first: int, last: int
    ) -> ReverseSample:
        kernel = cascade_sets if self.model.kind == "cascade" else threshold_sets
        marks = np.full(len(self.links.indptr) - 1, -1, np.int32)
        parts = []
        room = ROOM * (last - first)
        while first < last:
            nodes, ends = np.empty(room, np.int32), np.empty(last - first, np.int64)
            upto = kernel(*self.links, cumulative, key, first, last, nodes, ends, marks)
            drawn = ends[: upto - first]
            if len(drawn):
                parts.append(ReverseSample(nodes[: drawn[-1]].copy(), drawn))
            first, room = upto, 2 * room
            marks[:] = -1
        return _one_after_the_other(parts)


def _polled(parts: Iterator[ReverseSample]) -> Iterator[ReverseSample]:
    for part in parts:
        poll()
        yield part


def _one_after_the_other(parts: list[ReverseSample]) -> ReverseSample:
    if not parts:
        return ReverseSample(np.empty(0, np.int32), np.empty(0, np.int64))
    before = np.cumsum([0] + [len(part.nodes) for part in parts[:-1]])
    return ReverseSample(
        np.concatenate([part.nodes for part in parts]),
        np.concatenate([part.ends + offset for part, offset in zip(parts, before, strict=True)]),
    )
