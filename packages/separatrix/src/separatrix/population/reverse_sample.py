"""Samples of reverse reachable sets, drawn on all cores; what is drawn depends on the seed alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.population.activation import Activation, DiffusionModel
from separatrix.population.random_streams import key_of
from separatrix.population.reverse_reachable_sets import cascade_sets, threshold_sets
from separatrix.run.compilation import cores
from separatrix.run.deadline import poll

__all__ = ["ReverseSample", "RootSource"]

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
