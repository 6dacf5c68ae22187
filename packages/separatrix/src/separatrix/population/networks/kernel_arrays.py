"""What the kernels of revision are given, as groups of arrays: links, payoffs, traits, state and tallies.

Arrays of length 0 stand for what is the same for all: weights of 1, paces of 1, no noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BATCH",
    "FIXED",
    "ILL_INFORMED",
    "SLOW",
    "Imitated",
    "SelectionNumbers",
    "Partners",
    "Payoffs",
    "ReplicaState",
    "Tally",
    "Traits",
]

Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]

BATCH = 256
"""Pairs that are drawn at once: enough to hide waiting for memory, few enough for the first cache."""

FIXED, SLOW, ILL_INFORMED = 1, 2, 4
"""Bits of the status of an enterprise."""


class Imitated(NamedTuple):
    """Whom each enterprise can copy: rows of the imitation graph, with alias tables where weights differ."""

    indptr: Int32
    indices: Int32
    weights: Floats
    chance: Floats
    other: Int32


class Partners(NamedTuple):
    """Rows of the interaction graph: whose payoffs each enterprise is part of, and who is part of its own."""

    indptr: Int32
    indices: Int32
    weights: Floats
    back_indptr: Int32
    back_indices: Int32
    back_weights: Floats


class Payoffs(NamedTuple):
    """``tables[g, s, u]`` is what strategy s earns for each unit of weight of partners of type u.

    Sums over partners are divided by ``divisor``, of each enterprise or one for all, when they are read: so
    tables and weights are whole numbers where they can be, and equal payoffs are equal floats.

    A type is a strategy of a population, counted through; those of population p are ``bounds[p]`` to
    ``bounds[p + 1] - 1``.  A column beyond the types is a constant, whose weight is ``constant``.
    ``table_of`` has the g of each enterprise.
    """

    tables: Floats
    table_of: Int32
    bounds: Int32
    population: Int8
    divisor: Floats
    constant: Floats


class Traits(NamedTuple):
    """Differences between enterprises except payoffs; ``aware_at`` (replicas, N) has numbers of revisions."""

    status: NDArray[np.uint8]
    rule: Int8
    pace: Floats
    noise: Floats
    missing: Floats
    delay: Int32
    aware_at: Int64
    needs: NDArray[np.bool_]
    lacking: NDArray[np.bool_]
    adopting: NDArray[np.bool_]
    given: Int8
    vacant: Int32
    placed: Int8
    groups: Int64


class SelectionNumbers(NamedTuple):
    """The intensity of selection, the probability of exploration, and how revisions go.

    ``linear`` says that fitness is 1 + beta payoff, ``own`` that some choose unplayed strategies.
    """

    beta: float
    mu: float
    linear: bool
    synchronous: bool
    own: bool


class ReplicaState(NamedTuple):
    """The state of one replica; ``counts[i, u]`` is the weight of partners of type u that i has.

    From ``work`` on it is room that kernels need: what makes an array in machine code takes long to compile.
    """

    types: Int8
    counts: Floats
    totals: Int64
    history: Int8
    carry: Int64
    work: Floats
    following: Int8
    models: Int32
    pairs: Int32
    tree: Floats


class Tally(NamedTuple):
    """What is written down: totals at the marks, and by enterprise who adopted when, after whom."""

    record: Int64
    full: Int64
    at: Int64
    by: Int32
    adopted: Int64
    waited: Int64
    tips: Int64
    final: Int64
