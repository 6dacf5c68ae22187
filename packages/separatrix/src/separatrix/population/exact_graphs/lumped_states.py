"""Who is a mutant, up to symmetry: the states of a population of two strategies on a graph.

A state is the number of mutants in each class of twins, and states that a symmetry of the graph takes into
each other are one: the chain of their orbits is a Markov chain again (Kemeny, J. G. and Snell, J. L.
(1960), Finite Markov Chains, section 6.3), with the same absorption probabilities and times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.population.exact_graphs.symmetry import TwinClasses

__all__ = ["LumpedStates", "lumped_states"]

Integers = NDArray[np.int64]

MOST_STATES = 2**22
"""Combinations of mutants in classes: 22 nodes without symmetry, in about 2 GB."""


@dataclass(frozen=True)
class LumpedStates:
    """The states of a population of residents and mutants, up to symmetry.

    Attributes
    ----------
    sizes : tuple of int
        The number of nodes of each of C classes.
    mutants : ndarray, shape (M, C)
        The mutants in each class, in one state of each of the M orbits; the first is without mutants, the
        last without residents.
    orbit : ndarray, shape (K,)
        The orbit of each combination, by the number ``mutants @ strides``.
    strides : ndarray, shape (C,)
    """

    sizes: tuple[int, ...]
    mutants: Integers
    orbit: Integers
    strides: Integers

    @property
    def count(self) -> int:
        """The number M of states."""
        return len(self.mutants)

    def index(self, mutants: Sequence[int]) -> int:
        """Return the state with these mutants in the classes."""
        return int(self.orbit[int(np.dot(mutants, self.strides))])


def lumped_states(graph: TwinClasses) -> LumpedStates:
    """Return the states on a graph, up to its symmetry.

    Raises
    ------
    InputError
        N303 for more combinations than memory holds.
    """
    sizes = np.array(graph.sizes)
    combinations = math.prod(int(size) + 1 for size in sizes)
    if combinations > MOST_STATES:
        raise InputError(
            "N303",
            f"{sum(graph.sizes)} nodes have {combinations:.3g} sets of mutants, nodes that may be exchanged "
            f"counted once; at most {MOST_STATES:,} are taken",
            hint="simulate larger networks with `separatrix network`",
        )
    strides = np.concatenate([[1], np.cumprod(sizes[:-1] + 1)]).astype(np.int64)
    keys = np.arange(combinations, dtype=np.int64)
    label = keys.copy()
    moved = [_permuted_states(keys, sizes, strides, generator) for generator in graph.generators]
    while True:
        before = label
        for places in moved:
            label = np.minimum(label, label[places])
        if np.array_equal(label, before):
            break
    first = np.flatnonzero(label == keys)
    number = np.empty(combinations, np.int64)
    number[first] = np.arange(len(first))
    mutants = first[:, None] // strides % (sizes + 1)
    return LumpedStates(graph.sizes, mutants, number[label], strides)


def _permuted_states(
    keys: Integers, sizes: Integers, strides: Integers, generator: Sequence[int]
) -> Integers:
    """Return where a permutation of classes takes each combination."""
    result = np.zeros_like(keys)
    for at, to in enumerate(generator):
        result += keys // strides[at] % (sizes[at] + 1) * strides[to]
    return result
