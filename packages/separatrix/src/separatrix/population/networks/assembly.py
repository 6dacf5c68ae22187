"""The arrays of a game on a network, as the kernels take them, and which kernel runs it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.population.finite.encounters import EXACT_IN_FLOATS
from separatrix.population.networks.kernel_arrays import (
    BATCH,
    FIXED,
    ILL_INFORMED,
    SLOW,
    Imitated,
    Partners,
    Payoffs,
    ReplicaState,
    SelectionNumbers,
    Tally,
    Traits,
)
from separatrix.population.networks.link_graph import Adjacency
from separatrix.population.networks.model import FIXED as NEVER
from separatrix.population.networks.model import NetworkModel
from separatrix.population.networks.update_rules import UPDATE_RULES

__all__ = ["Assembled", "assembled"]

Floats = NDArray[np.float64]

NO_FLOATS, NO_INDICES = np.zeros(0), np.zeros(0, np.int32)

LARGEST_DENOMINATOR = 10**6
"""Of fractions of the largest payoff, or weight: decimals have small ones, and few others come near one."""

ROUNDINGS = 4
"""Roundings by which a computed payoff differs from the fraction that it stands for."""

MOST_FRACTIONS = 20_000
"""Distinct payoffs, or weights, that are turned into fractions; each takes some microseconds."""


@dataclass(frozen=True, eq=False)
class Assembled:
    """The arrays of a model; they are read by all threads, and written by none.

    Attributes
    ----------
    imitated, partners, payoffs, traits, numbers
        As in `arrays`.
    slots : int
        How many past states are kept, for those whose information is late.
    most : int
        The largest number of neighbours seen: room for rules that weigh all of them.
    pairwise : bool
        Whether all follow Fermi imitation, one after the other.
    """

    imitated: Imitated
    partners: Partners
    payoffs: Payoffs
    traits: Traits
    numbers: SelectionNumbers
    slots: int
    most: int
    pairwise: bool
    alone: bool

    @property
    def size(self) -> int:
        """The number of enterprises."""
        return len(self.traits.status)

    def kernel(self) -> Callable[..., None]:
        """Return the kernel that runs the model; numba is loaded here."""
        kernel: Callable[..., None]
        if self.alone:
            from separatrix.population.networks.moran_kernels import give_birth as kernel
        elif self.pairwise:
            from separatrix.population.networks.moran_kernels import imitate_pairwise as kernel
        else:
            from separatrix.population.networks.synchronous_kernels import revise as kernel
        return kernel

    def room(self, replicas: int, marks: int) -> tuple[ReplicaState, Tally]:
        """Return a state and a tally to be written to."""
        n, count = self.size, int(self.payoffs.bounds[-1])
        leaves = 2 ** int(np.ceil(np.log2(max(n, 1)))) if self.alone else 0
        state = ReplicaState(
            np.zeros(n, np.int8),
            np.zeros((n, self.payoffs.tables.shape[2])),
            _apart(count),
            np.zeros((self.slots, n), np.int8),
            _apart(2),
            np.zeros(max(self.most, count)),
            np.zeros(n, np.int8),
            np.zeros(n, np.int32),
            np.zeros(2 * BATCH, np.int32),
            np.zeros((2, 2 * leaves)),
        )
        tally = Tally(
            np.zeros((replicas, marks, count), np.int64),
            np.zeros(replicas, np.int64),
            np.zeros(n, np.int64),
            np.zeros(n, np.int32),
            *(np.zeros(n, np.int64) for _ in range(4)),
        )
        return state, tally


def _apart(count: int) -> NDArray[np.int64]:
    """Return a short array that shares no cache line with another thread's, which would take turns in it."""
    return np.zeros(count + 32, np.int64)[16 : 16 + count]


def assembled(model: NetworkModel) -> Assembled:
    """Return the arrays of a model."""
    members = model.members
    count = model.payoffs.bounds[-1]
    status = np.where(model.codes == NEVER, FIXED, 0).astype(np.uint8)
    pace, noise = members.number("pace", 1.0), members.number("noise", 0.0)
    missing, delay = members.number("missing", 0.0), members.number("delay", 0.0)
    status |= np.where(pace < 1, SLOW, 0).astype(np.uint8)
    status |= np.where((noise > 0) | (missing > 0) | (delay > 0), ILL_INFORMED, 0).astype(np.uint8)
    own = bool(np.isin(model.codes, [rule.code for rule in UPDATE_RULES.values() if not rule.imitates]).any())
    idea, outside = list(model.idea), list(model.payoffs.outside)
    kinds = np.arange(count)
    partners, tables, divisor, constant = _encounters(model)
    return Assembled(
        _rows(model.imitation.targets_of if model.rule.alone else model.imitation.sources_of),
        partners,
        Payoffs(
            tables,
            model.payoffs.table_of,
            np.array(model.payoffs.bounds, np.int32),
            model.population,
            divisor,
            constant,
        ),
        Traits(
            status,
            np.maximum(model.codes, 0).astype(np.int8),
            pace if (pace < 1).any() else NO_FLOATS,
            noise if (noise > 0).any() else NO_FLOATS,
            missing if (missing > 0).any() else NO_FLOATS,
            np.rint(delay).astype(np.int32) if (delay > 0).any() else NO_INDICES,
            np.zeros((0, 0), np.int64),
            np.isin(kinds, idea),
            ~np.isin(kinds, idea + outside),
            np.isin(kinds, idea),
            model.given,
            *_placing(model),
        ),
        SelectionNumbers(model.beta, model.mu, model.fitness == "linear", model.synchronous, own),
        int(delay.max(initial=0.0)),
        int(np.diff(model.imitation.sources_of.indptr).max(initial=0)),
        not model.synchronous and bool(np.isin(model.codes, (NEVER, 0)).all()) and model.rule.code == 0,
        model.rule.alone,
    )


def _placing(model: NetworkModel) -> tuple[NDArray[np.int32], NDArray[np.int8], NDArray[np.int64]]:
    """Return who draws its first strategy, what there is to draw, and where each group of them begins."""
    if not model.quotas:
        return NO_INDICES, np.zeros(0, np.int8), np.zeros(1, np.int64)
    vacant = np.concatenate([where for where, _ in model.quotas])
    placed = np.concatenate(
        [np.repeat(np.arange(len(counts)), counts).astype(np.int8) for _, counts in model.quotas]
    )
    groups = np.cumsum([0] + [len(where) for where, _ in model.quotas]).astype(np.int64)
    return vacant.astype(np.int32), placed, groups


def _rows(rows: Adjacency) -> Imitated:
    indptr, indices, weights = rows
    if _even(indptr, weights):
        return Imitated(indptr.astype(np.int32), indices, NO_FLOATS, NO_FLOATS, NO_INDICES)
    chance, other = _alias(indptr, weights)
    return Imitated(indptr.astype(np.int32), indices, weights, chance, other)


def _even(indptr: NDArray[np.int64], weights: Floats) -> bool:
    """Whether the weights of each row are the same."""
    if not len(weights):
        return True
    first = weights[np.repeat(np.minimum(indptr[:-1], len(weights) - 1), np.diff(indptr))]
    return bool((weights == first).all())


def _alias(indptr: NDArray[np.int64], weights: Floats) -> tuple[Floats, NDArray[np.int32]]:
    """Return tables from which one draw takes a place of a row with a probability in its weight.

    Walker, A. J. (1977). ACM Trans. Math. Softw. 3, 253–256; Vose, M. D. (1991). IEEE Trans. Softw. Eng. 17,
    972–975.
    """
    from separatrix.population.networks.moran_kernels import fill

    chance, other = np.ones(len(weights)), np.arange(len(weights), dtype=np.int32)
    fill(indptr, weights, chance, other, np.zeros(int(np.diff(indptr).max(initial=0)), np.int32))
    return chance, other


def _encounters(model: NetworkModel) -> tuple[Partners, Floats, Floats, Floats]:
    """Return who meets whom, what that pays, what sums are divided by, and the weight of what is constant."""
    back, forth = model.interaction.sources_of, model.interaction.targets_of
    rows = np.repeat(np.arange(model.size), np.diff(back.indptr))
    sums = np.bincount(rows, np.abs(back.weights), model.size).astype(np.float64)
    tables, weight = np.ascontiguousarray(model.payoffs.tables), 1.0
    whole_tables, whole_weights = _whole(tables), _whole(back.weights)
    most = sums.max(initial=0.0)
    if whole_tables is not None and whole_weights is not None:
        most *= whole_weights[1] * np.abs(whole_tables[0]).max(initial=0.0) * tables.shape[2]
    if whole_tables is not None and whole_weights is not None and most < EXACT_IN_FLOATS:
        tables, in_one = whole_tables
        values, weight = whole_weights
        back = Adjacency(back.indptr, back.indices, values)
        forth = Adjacency(forth.indptr, forth.indices, np.rint(forth.weights * weight))
    else:
        in_one = 1.0
        if not (back.weights == 1.0).all():
            unit = _unit(sums)
            back, forth = (
                Adjacency(r.indptr, r.indices, np.rint(r.weights / unit) * unit) for r in (back, forth)
            )
    constant = np.array([weight])
    if model.earning == "averaged":
        met = np.bincount(rows, back.weights, model.size)
        constant = np.where(met > 0, met, 1.0)
    alike = bool((back.weights == 1.0).all())
    partners = Partners(
        forth.indptr.astype(np.int32),
        forth.indices,
        NO_FLOATS if alike else forth.weights,
        back.indptr.astype(np.int32),
        back.indices,
        NO_FLOATS if alike else back.weights,
    )
    return partners, tables, constant * in_one, constant


def _whole(values: Floats) -> tuple[Floats, float] | None:
    """Return values as whole numbers, and how many of them make one; None where that is not to be seen.

    A value within some roundings of a simple fraction of the largest becomes it: 0.1 + 0.2 is 0.3.
    """
    top = float(np.abs(values).max(initial=0.0))
    distinct, places = np.unique(values, return_inverse=True)
    if not 0 < top < np.inf or len(distinct) > MOST_FRACTIONS:
        return None
    fractions = [Fraction(float(value / top)).limit_denominator(LARGEST_DENOMINATOR) for value in distinct]
    denominator = math.lcm(*(fraction.denominator for fraction in fractions))
    if denominator >= EXACT_IN_FLOATS:
        return None
    near = np.abs(distinct / top - [float(f) for f in fractions]) <= ROUNDINGS * np.finfo(float).eps
    if not near.all():
        return None
    whole = np.array([float(fraction * denominator) for fraction in fractions])
    return np.ascontiguousarray(whole[places].reshape(values.shape)), denominator / top


def _unit(sums: Floats) -> float:
    """Return a power of two; all weights are rounded to its multiples, so that their sums are exact.

    Weights of partners are added and taken away again a million times; without rounding they come back to
    where they were.
    """
    return float(2.0 ** (np.ceil(np.log2(sums.max(initial=1.0))) - 52))
