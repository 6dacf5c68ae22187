"""Heuristic orders of recruiting enterprises for a strategy; none is best everywhere.

Riehl, J., Ramazi, P. and Cao, M. (2019), IEEE Transactions on Control of Network Systems 6, 727-736.
Mittal, D. et al. (2025), Targeted incentives for social tipping in heterogeneous networked populations,
arXiv 2501.13623 (by preference and by degree, from either end).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.population.betweenness import betweenness
from separatrix.population.flips import LEAST, flip_order
from separatrix.population.networks.network_model import FIXED, NetworkModel
from separatrix.population.opim import certified_seeds
from separatrix.sentences import Sentence, say

__all__ = ["ORDERS", "Advantages", "SeedOrder", "advantages"]

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Advantages:
    """The advantages of the strategy of the idea in the initial state.

    Attributes
    ----------
    state : ndarray, shape (N, T)
        The chances of the types of each enterprise.
    advantage : ndarray, shape (N,)
        By how much the strategy of the idea earns more than the best other one, in the mean over `state`.
    gain : ndarray, shape (N, T)
        By how much that grows for each unit of weight of a partner of a type who takes the idea up.
    weights : ndarray
        Of the links of the interaction graph, in the order of `targets_of`: as they count in payoffs.
    """

    state: Floats
    advantage: Floats
    gain: Floats
    weights: Floats

    @property
    def incentive(self) -> Floats:
        """What each enterprise has to be paid a unit of time so that it does not lose; shape (N,)."""
        return np.maximum(-self.advantage, 0.0)


def advantages(model: NetworkModel) -> Advantages:
    """Return what speaks for the idea in the beginning of a model."""
    size, tables = model.size, model.payoffs.tables
    kinds = tables.shape[1]
    state = np.zeros((size, kinds))
    known = model.given >= 0
    state[np.flatnonzero(known), model.given[known]] = 1.0
    for where, counts in model.quotas:
        state[where] = np.array(counts) / sum(counts)
    matrix = model.interaction.matrix()
    sums = np.asarray(matrix.sum(axis=1)).reshape(-1)
    averaged = model.earning == "averaged"
    divisor = np.where(sums > 0, sums, 1.0) if averaged else np.ones(size)
    own = tables[model.payoffs.table_of]
    earned = np.einsum("nsu,nu->ns", own[:, :, :kinds], matrix @ state) / divisor[:, None]
    if own.shape[2] > kinds:
        earned += own[:, :, kinds]
    idea = np.array(model.idea)[model.population]
    bounds = np.array(model.payoffs.bounds)
    rest = earned.copy()
    column = np.arange(kinds)
    foreign = (column < bounds[model.population][:, None]) | (column >= bounds[model.population + 1][:, None])
    rest[foreign] = -np.inf
    rows = np.arange(size)
    rest[rows, idea] = -np.inf
    other = rest.argmax(1)
    # A partner of type u that takes the idea up is of the type of its own population's idea from then on.
    new = np.zeros(kinds, np.int64)
    for p, first in enumerate(model.idea):
        new[bounds[p] : bounds[p + 1]] = first
    difference = own[rows, idea, :kinds] - own[rows, other, :kinds]
    gain = difference[:, new] - difference
    weights = model.interaction.targets_of.weights / divisor[model.interaction.targets_of.indices]
    return Advantages(state, earned[rows, idea] - rest[rows, other], gain, weights)


@dataclass(frozen=True)
class SeedOrder:
    """A rule of thumb.

    Attributes
    ----------
    name : str
    title : Sentence
        For people.
    nodes : callable
        Of a model, its advantages, who can be won, how many, and a seed: the enterprises in their order.
    """

    name: str
    title: Sentence
    nodes: Callable[[NetworkModel, Advantages, NDArray[np.bool_], int, int], Nodes]


def _ranked(score: Floats, able: NDArray[np.bool_], count: int) -> Nodes:
    """Return those who can be won with the highest scores; ties in the order of the names."""
    own = np.flatnonzero(able)
    return own[np.argsort(-score[own], kind="stable")][:count]


def _visibility_weights(model: NetworkModel) -> Floats:
    """Return the weights with which each enterprise is seen."""
    rows = model.imitation.targets_of
    source = np.repeat(np.arange(model.size), np.diff(rows.indptr))
    return np.asarray(np.bincount(source, rows.weights, model.size), np.float64)


def _by_flips(
    model: NetworkModel, found: Advantages, able: NDArray[np.bool_], count: int, seed: int
) -> Nodes:
    rows = model.interaction.targets_of
    leading = able.copy()
    if able.sum() > MOST_ASKED:
        need = np.maximum(found.incentive, LEAST * float(found.incentive.max()) or 1.0)
        score = (1 + np.diff(rows.indptr)) / need
        leading[:] = False
        leading[_ranked(score, able, MOST_ASKED)] = True
    return flip_order(
        rows.indptr, rows.indices, found.weights, found.advantage, found.gain, found.state, leading, count
    )


MOST_ASKED = 5_000
"""Enterprises whose followers are counted in each step; beyond that, only those seen most relative to their
incentive. More: minutes for large networks; fewer: good ones are overlooked."""


def _by_cascade(
    model: NetworkModel, found: Advantages, able: NDArray[np.bool_], count: int, seed: int
) -> Nodes:
    where = {name: at for at, name in enumerate(model.imitation.names)}
    costs = np.where(able, 1.0, np.inf)
    seeds = certified_seeds(model.imitation, costs=costs.tolist(), budget=count, seed=seed, ratio=0.5)
    return np.array([where[name] for name in seeds.names], np.int64)


def _by_chance(
    model: NetworkModel, found: Advantages, able: NDArray[np.bool_], count: int, seed: int
) -> Nodes:
    return np.random.default_rng([seed, 97]).permutation(np.flatnonzero(able))[:count]


ORDERS: Mapping[str, SeedOrder] = {
    order.name: order
    for order in (
        SeedOrder(
            "degree",
            say("those whom most others see"),
            lambda model, found, able, count, seed: _ranked(_visibility_weights(model), able, count),
        ),
        SeedOrder(
            "periphery",
            say("those whom fewest others see"),
            lambda model, found, able, count, seed: _ranked(-_visibility_weights(model), able, count),
        ),
        SeedOrder(
            "betweenness",
            say("those over whom most shortest ways lead"),
            lambda model, found, able, count, seed: _ranked(
                betweenness(*model.imitation.targets_of[:2], seed), able, count
            ),
        ),
        SeedOrder(
            "amenable",
            say("those who need the smallest incentive"),
            lambda model, found, able, count, seed: _ranked(found.advantage, able, count),
        ),
        SeedOrder(
            "resistant",
            say("those who need the largest incentive"),
            lambda model, found, able, count, seed: _ranked(-found.advantage, able, count),
        ),
        SeedOrder("flips", say("those whom most others follow for the incentive that they need"), _by_flips),
        SeedOrder("cascade", say("those who would reach most others by a weighted cascade"), _by_cascade),
        SeedOrder("chance", say("drawn at random"), _by_chance),
    )
}
"""The orders, by their names."""


def winnable(model: NetworkModel) -> NDArray[np.bool_]:
    """Return who can be won: all but leaders, who never change, and those outside the park."""
    able = model.codes != FIXED
    if model.payoffs.outside:
        able &= ~np.isin(model.given, model.payoffs.outside)
    return np.asarray(able)
