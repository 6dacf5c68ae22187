"""The states of finite populations: how many play each strategy, numbered in the order of the alphabet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.run.cached_property import cached_property

__all__ = ["CompositionLattice", "compositions"]

Counts = NDArray[np.int64]


def compositions(size: int, strategies: int) -> Counts:
    """Return every way in which so many players can play so many strategies, an array (n, k).

    Examples
    --------
    >>> compositions(2, 2).tolist()
    [[0, 2], [1, 1], [2, 0]]
    """
    left, columns = np.array([size]), list[Counts]()
    for _ in range(strategies - 1):
        branches = left + 1
        starts = np.cumsum(branches) - branches
        own = np.arange(branches.sum()) - np.repeat(starts, branches)
        columns = [np.repeat(column, branches) for column in columns]
        left = np.repeat(left, branches) - own
        columns.append(own)
    return np.stack([*columns, left], axis=1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class CompositionLattice:
    """The states of populations with so many members and so many strategies.

    Attributes
    ----------
    sizes, strategies : for each population an int
    """

    sizes: tuple[int, ...]
    strategies: tuple[int, ...]

    @property
    def state_counts(self) -> tuple[int, ...]:
        """The number of states of each population alone."""
        return tuple(
            math.comb(size + k - 1, k - 1) for size, k in zip(self.sizes, self.strategies, strict=True)
        )

    @property
    def count(self) -> int:
        """The number of states."""
        return math.prod(self.state_counts)

    @cached_property
    def counts(self) -> tuple[Counts, ...]:
        """How many play each strategy, for each population an array (n, k)."""
        result = []
        every, outer = self.state_counts, 1
        for p, (size, k) in enumerate(zip(self.sizes, self.strategies, strict=True)):
            inner = math.prod(every[p + 1 :])
            result.append(np.tile(np.repeat(compositions(size, k), inner, axis=0), (outer, 1)))
            outer *= every[p]
        return tuple(result)

    def number(self, counts: Sequence[Counts]) -> Counts:
        """Return the numbers of states.

        Examples
        --------
        >>> lattice = CompositionLattice((2, 1), (3, 2))
        >>> lattice.number(lattice.counts).tolist() == list(range(lattice.count))
        True
        """
        total = np.zeros(len(counts[0]), dtype=np.int64)
        for size, k, own, number in zip(self.sizes, self.strategies, counts, self.state_counts, strict=True):
            total = total * number + _rank(own, size, k)
        return total

    def corner(self, profile: Sequence[int]) -> int:
        """Return the number of the state where all of each population play one strategy."""
        counts = []
        for size, k, played in zip(self.sizes, self.strategies, profile, strict=True):
            own = np.zeros((1, k), dtype=np.int64)
            own[0, played] = size
            counts.append(own)
        return int(self.number(counts)[0])

    def layers(self) -> tuple[Counts, Counts]:
        """Return the numbers of all states, layer by layer, and where each layer begins and the last ends.

        A step changes how many play the first strategy of one population by one at most, so that layers of
        equal such numbers are linked to their neighbours alone; the population with the smallest layers is
        taken.
        """
        choices = []
        for own in self.counts:
            held = np.bincount(own[:, 0])
            choices.append((int(held.max()), own[:, 0], held))
        _, layer, held = min(choices, key=lambda choice: choice[0])
        return np.argsort(layer, kind="stable"), np.concatenate([[0], np.cumsum(held)])


def _rank(own: Counts, size: int, k: int) -> Counts:
    """Return the place of compositions: those with a smaller first number, then of the rest."""
    rank = np.zeros(len(own), dtype=np.int64)
    left = np.full(len(own), size, dtype=np.int64)
    for parts in range(k, 1, -1):
        ways = np.array([math.comb(r + parts - 1, parts - 1) for r in range(size + 1)], dtype=np.int64)
        taken = own[:, k - parts]
        rank += ways[left] - ways[left - taken]
        left = left - taken
    return rank
