"""Choice of seeds for a strategy: orders compared by simulation of the game's own dynamics.

No algorithm is known that is near the best for such dynamics in every game, since reach need be neither
monotone nor submodular in the seeds; so several orders are tried on the same random numbers, and the best
is evaluated again on others.

Heuristic orders of recruiting enterprises for a strategy; none is best everywhere.

Riehl, J., Ramazi, P. and Cao, M. (2019), IEEE Transactions on Control of Network Systems 6, 727-736.
Mittal, D. et al. (2025), Targeted incentives for social tipping in heterogeneous networked populations,
arXiv 2501.13623 (by preference and by degree, from either end).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.statistics import CONFIDENCE, of_replicates
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.population.networks.ensemble import marks_of, simulated
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.model import FIXED, NetworkModel, network_model
from separatrix.population.opim import certified_seeds
from separatrix.population.seed_heuristics import LEAST, betweenness, flip_order
from separatrix.run.block_store import seed_at
from separatrix.run.results import Result, Tabled, provenance
from separatrix.sentences import Sentence, say

__all__ = [
    "Advantages",
    "MeanShare",
    "ORDERS",
    "OrderTried",
    "SeedOrder",
    "TargetedSeeds",
    "advantages",
    "affordable",
    "mean_difference",
    "mean_share",
    "seed_orders",
    "targeted_seeds",
    "won",
]

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


Advance = Callable[[int, int], None]

NO_GUARANTEE = say(
    "no guarantee exists for these dynamics: the seeds are the best of the orders that were tried, "
    "and others may be better"
)


@dataclass(frozen=True)
class MeanShare:
    """A mean over replicas, with its interval of 95 %.

    Attributes
    ----------
    mean, low, high : float
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class OrderTried:
    """What the seeds of one order give.

    Attributes
    ----------
    order : SeedOrder
    names : tuple of str
        The seeds.
    share : MeanShare
        Of the enterprises that play the idea's strategy at the end, the seeds counted.
    over_time : MeanShare
        The same in the mean over the whole time.
    behind : MeanShare
        By how much the best order is ahead at the end, replica by replica.
    """

    order: SeedOrder
    names: tuple[str, ...]
    share: MeanShare
    over_time: MeanShare
    behind: MeanShare


@dataclass(frozen=True, eq=False, repr=False)
class TargetedSeeds(Tabled, Result):
    """Seeds for a game on a network, and how the orders compare.

    Attributes
    ----------
    model : NetworkModel
        Without the seeds.
    tried : tuple of OrderTried
        The best first.
    incentives : tuple of float
        Of the best seeds: by how much each earns less with the idea's strategy than with its best other one,
        in the beginning; 0 where it does not.
    costs : tuple of float
        Of the best seeds; 1 where no costs were given.
    budget : float
    share, without : MeanShare
        With the best seeds, and without any, on random numbers on which nothing was chosen.
    difference : MeanShare
        Between the two, replica by replica.
    until : float
    replicas : int
    seed : int
    how_sure : Sentence
    """

    model: NetworkModel
    tried: tuple[OrderTried, ...]
    incentives: tuple[float, ...]
    costs: tuple[float, ...]
    budget: float
    share: MeanShare
    without: MeanShare
    difference: MeanShare
    until: float
    replicas: int
    seed: int
    how_sure: Sentence = NO_GUARANTEE

    @property
    def best_order(self) -> OrderTried:
        """The best order."""
        return self.tried[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The seeds of the best order."""
        return self.best_order.names

    @property
    def ties(self) -> tuple[tuple[OrderTried, ...], tuple[OrderTried, ...]]:
        """The other orders with the same seeds, and those that are not significantly worse."""
        same = tuple(t for t in self.tried[1:] if set(t.names) == set(self.names))
        return same, tuple(t for t in self.tried[1:] if t not in same and t.behind.low <= 0)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        model = self.model
        return {
            "schema": 1,
            "model": {"title": model.game.title},
            "network": {
                "enterprises": model.size,
                "links": model.imitation.links,
                "rule": model.rule.key,
                "beta": model.beta,
                "mu": model.mu,
                "payoffs": model.earning,
            },
            "idea": [model.types[k] for k in model.idea],
            "order": self.best_order.order.name,
            "seeds": [
                {"name": name, "cost": cost, "incentive": incentive}
                for name, cost, incentive in zip(self.names, self.costs, self.incentives, strict=True)
            ],
            "budget": self.budget,
            "until": self.until,
            "replicas": self.replicas,
            "confidence": CONFIDENCE,
            "share": _plain(self.share),
            "share_without_seeds": _plain(self.without),
            "difference": _plain(self.difference),
            "orders": [
                {
                    "order": tried.order.name,
                    "share": _plain(tried.share),
                    "share_over_time": _plain(tried.over_time),
                    "behind_best": _plain(tried.behind),
                    "seeds": list(tried.names),
                }
                for tried in self.tried
            ],
            "guarantee": None,
            "how_sure": str(self.how_sure),
            "warnings": [str(warning) for warning in model.warnings],
            "provenance": {**provenance(model.game), "seed": self.seed},
        }


def _plain(share: MeanShare) -> dict[str, float]:
    return {"mean": share.mean, "low": share.low, "high": share.high}


def targeted_seeds(
    game: Any,
    links: LinkGraph,
    members: Enterprises | None = None,
    *,
    count: int | None = None,
    costs: Sequence[float] | None = None,
    budget: float | None = None,
    orders: Sequence[str] | None = None,
    until: float = 50.0,
    replicas: int = 50,
    seed: int = 0,
    workers: int | None = None,
    advance: Advance | None = None,
    **told: Any,
) -> TargetedSeeds:
    """Return the seeds with which as many enterprises as possible play the first strategy at the end.

    Seeds play it from the beginning and never change. Each order gives seeds; all are simulated on the same
    random numbers, and the best is simulated again on others, with the game without seeds for comparison.

    Parameters
    ----------
    game : Game, or what `separatrix.load` takes
    links : LinkGraph
        A link from -> to means that ``to`` sees, copies, is activated by ``from``.
    members : Enterprises, optional
        By default all are alike.
    count : int, optional
        How many seeds; either this or costs and a budget.
    costs : sequence of float, optional
        The cost of recruiting each node of the links; infinite if that is impossible.
    budget : float, optional
    orders : sequence of str, optional
        Keys of `ORDERS`; by default all.
    until : float
        The end; a unit of time is one revision an enterprise.
    replicas, seed : int
    workers : int, optional
        By default as many as there are cores.
    advance : callable, optional
        Called with the numbers of finished and of all simulations.
    **told
        What `network_model` takes: rule, beta, mu, earning, start and so on.

    Returns
    -------
    TargetedSeeds

    Raises
    ------
    InputError
        N403 for a number of seeds, costs or a budget that make no sense; N119 for an impossible time; and
        what `network_model` raises.
    NameProblem
        N406 for an unknown order.

    References
    ----------
    Riehl, J., Ramazi, P. and Cao, M. (2019), Incentive-based control of asynchronous best-response dynamics
    on binary decision networks, IEEE Transactions on Control of Network Systems 6, 727-736.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> star = link_graph(["hub", *"abcdefgh"], [("hub", leaf) for leaf in "abcdefgh"], undirected=True)
    >>> found = targeted_seeds(
    ...     "shi-chen-2018", star, count=1, rule="best-response", start={"x": 0, "y": 0}, scenario="bistable"
    ... )
    >>> found.names, found.share.mean
    (('hub',), 1.0)
    """
    if seed < 0:
        raise InputError("N403", f"a seed of {seed}; expected a whole number of 0 or more")
    model = network_model(game, links, members, **told)
    chosen = seed_orders(orders)
    able = winnable(model)
    price, spend = _prices(links, able, count, costs, budget)
    able = able & (price <= spend)
    if not able.any():
        raise InputError(
            "N403",
            "no enterprise can be won: each leads already, stands outside, or costs more than the budget",
            hint="raise the budget, or let fewer be leaders",
        )
    if replicas < 2:
        raise InputError("N119", f"{replicas} replicas; an interval needs 2 or more")
    found = advantages(model)
    marks = marks_of(model.size, until, POINTS, whole=model.synchronous)
    steps = len(chosen) + 2

    def adoption(seeds: Nodes, own: int, done: int) -> Floats:
        """Return the share with the idea at the marks, replica by replica."""
        if model.hearing is not None and not len(seeds) and model.hearing.silent:
            return np.zeros((replicas, len(marks)))
        counts = simulated(won(model, seeds), marks, replicas, own, workers=workers).record
        if advance is not None:
            advance(done, steps)
        return np.asarray(counts[:, :, list(model.idea)].sum(axis=2) / model.size)

    tries: list[tuple[SeedOrder, Nodes, Floats]] = []
    for number, order in enumerate(chosen):
        ranked = order.nodes(model, found, able, _largest_affordable_count(price[able], spend), seed)
        seeds = affordable(ranked, price, spend)
        before = next((curves for _, other, curves in tries if set(other) == set(seeds)), None)
        tries.append((order, seeds, adoption(seeds, seed, number + 1) if before is None else before))
    # Where all end alike, who is there sooner is better.
    tries.sort(key=lambda tried: (-tried[2][:, -1].mean(), -tried[2].mean()))
    best_seeds, best = tries[0][1], tries[0][2]
    fresh = seed_at(seed, 0, "seeds")
    with_seeds = adoption(best_seeds, fresh, steps - 1)[:, -1]
    without = adoption(np.empty(0, np.int64), fresh, steps)[:, -1]
    return TargetedSeeds(
        model=model,
        tried=tuple(
            OrderTried(
                order,
                tuple(links.names[node] for node in seeds),
                mean_share(curves[:, -1], model.size),
                mean_share(curves.mean(axis=1), model.size),
                mean_difference(best[:, -1] - curves[:, -1]),
            )
            for order, seeds, curves in tries
        ),
        incentives=tuple(found.incentive[best_seeds].tolist()),
        costs=tuple(price[best_seeds].tolist()),
        budget=spend,
        share=mean_share(with_seeds, model.size),
        without=mean_share(without, model.size),
        difference=mean_difference(with_seeds - without),
        until=float(marks[-1] / model.size),
        replicas=replicas,
        seed=seed,
    )


POINTS = 20
"""Times at which adoption is counted, for its mean over time. More: no closer; fewer: a coarse mean."""


def won(model: NetworkModel, seeds: Nodes) -> NetworkModel:
    """Return a model in which some play the first strategy from the beginning, and never change."""
    if not len(seeds):
        return model
    codes, given = model.codes.copy(), model.given.copy()
    codes[seeds] = FIXED
    given[seeds] = np.array(model.idea, np.int8)[model.population[seeds]]
    quotas = []
    for where, counts in model.quotas:
        others = ~np.isin(where, seeds)
        quotas.append((where[others], _counts_after_removal(counts, len(where), int(others.sum()))))
    hearing = model.hearing
    if hearing is not None:  # who is won knows
        hearing = replace(hearing, aware=np.union1d(hearing.aware, seeds))
    kept = tuple(quota for quota in quotas if len(quota[0]))
    return replace(model, codes=codes, given=given, quotas=kept, hearing=hearing)


def _counts_after_removal(counts: Sequence[int], whole: int, left: int) -> tuple[int, ...]:
    """Return how many of each type are left where some are taken out, each as likely (largest remainders)."""
    exact = [count * left / whole for count in counts]
    found = [math.floor(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda k: (-(exact[k] - found[k]), k))
    for k in order[: left - sum(found)]:
        found[k] += 1
    return tuple(found)


def mean_share(values: Floats, points: int) -> MeanShare:
    """Return the mean of shares of so many enterprises over replicas, with its interval."""
    return MeanShare(float(values.mean()), *of_replicates(values, points))


def mean_difference(values: Floats) -> MeanShare:
    """Return a mean difference between pairs of replicas, by Student's t."""
    from scipy.special import stdtrit

    count, mean = len(values), float(values.mean())
    reach = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2) * values.std(ddof=1) / math.sqrt(count))
    return MeanShare(mean, mean - reach, mean + reach)


def seed_orders(names: Sequence[str] | None) -> list[SeedOrder]:
    """Return the orders of some names, by default all; raise N406 for an unknown one."""
    chosen = []
    for name in dict.fromkeys(ORDERS if names is None else names):
        if name not in ORDERS:
            meant = nearest(name, list(ORDERS))
            raise NameProblem(
                "N406",
                f"unknown order of seeds `{name}`",
                hint=f"did you mean `{meant}`?" if meant else f"there are {', '.join(ORDERS)}",
            )
        chosen.append(ORDERS[name])
    return chosen


def _prices(
    links: LinkGraph,
    able: NDArray[np.bool_],
    count: int | None,
    costs: Sequence[float] | None,
    budget: float | None,
) -> tuple[Floats, float]:
    from separatrix.population.seed_task import seed_task

    task = seed_task(links, count, costs, budget, None, ())
    if count is not None and count > able.sum():
        raise InputError(
            "N403", f"{count} seeds; {able.sum():,} enterprises can be won, the others lead or stand outside"
        )
    return task.costs, task.budget


def _largest_affordable_count(price: Floats, budget: float) -> int:
    return int(np.searchsorted(np.cumsum(np.sort(price)), budget * (1 + 1e-12), side="right"))


def affordable(ranked: Nodes, price: Floats, budget: float) -> Nodes:
    """Return those of an order that the budget pays for, one after the other."""
    left, chosen = budget * (1 + 1e-12), []
    for node in ranked:
        if price[node] <= left:
            chosen.append(node)
            left -= price[node]
    return np.array(chosen, np.int64)
