"""Sets of leaders that reach a share, the cheapest first: orders, exchanges, and all cheaper sets if few.

What a set reaches is known from simulations alone, and need be neither monotone nor submodular in it, so that
no algorithm is known that surely finds the cheapest.  Rules of thumb give a first set, one enterprise at a
time gives another; both are thinned out and their leaders exchanged for cheaper ones.  Where the sets that
cost less are few, all of them are tried.

References
----------
Riehl, J., Ramazi, P. and Cao, M. (2019), IEEE Transactions on Control of Network Systems 6, 727-736 (least
incentives, exact by search where they are uniform).
Leskovec, J. et al. (2007), Cost-effective outbreak detection in networks, KDD 2007 (gain a unit of cost).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

__all__ = ["CheapSets", "LeaderOutcome", "Trials", "cheap_sets"]

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]
Leaders = frozenset[int]

ADDED = 24
"""Enterprises among which simulation selects the next leader: the first of each order that are not leaders
yet. More: each step takes as much longer; fewer: good ones that no order ranks high are missed."""

EXCHANGED = 12
"""Cheaper enterprises that a leader is exchanged for, the most promising first. More: longer; fewer: a leader
stays whose place a cheaper one could take."""


@dataclass(frozen=True)
class LeaderOutcome:
    """What some leaders gave in simulations.

    Attributes
    ----------
    part : float
        Of the runs: those in which the share was reached by the date.
    mean : float
        The share at the date, in the mean.
    """

    part: float
    mean: float


@dataclass
class Trials:
    """Simulations of sets of leaders on the same random numbers, each set once.

    Attributes
    ----------
    simulate : callable
        From leaders, as sorted positions, to what they gave.
    needed : float
        The part of the runs from which a set counts as one that reaches the share.
    most : int
        Simulations at most.
    found : dict
        What each set gave.
    """

    simulate: Callable[[Nodes], LeaderOutcome]
    needed: float
    most: int
    found: dict[Leaders, LeaderOutcome] = field(default_factory=dict)

    @property
    def remaining(self) -> int:
        """How many simulations may still be made."""
        return self.most - len(self.found)

    def of(self, leaders: Leaders) -> LeaderOutcome:
        """Return what leaders give."""
        if leaders not in self.found:
            self.found[leaders] = self.simulate(np.array(sorted(leaders), np.int64))
        return self.found[leaders]

    def enough(self, leaders: Leaders) -> bool:
        """Whether leaders reach the share."""
        return self.of(leaders).part >= self.needed

    def refuse(self, leaders: Leaders) -> None:
        """Take leaders for such as do not reach the share, for other runs have shown it."""
        self.found[leaders] = LeaderOutcome(math.nextafter(self.needed, 0.0), self.found[leaders].mean)


@dataclass(frozen=True)
class CheapSets:
    """Sets that reach the share in the trials, the cheapest first.

    Attributes
    ----------
    sets : tuple of frozenset of int
        With the same cost, the one that reached it most often first.
    by_order : mapping of str to frozenset of int
        The smallest beginning of each order that does.
    cheaper : int or None
        How many sets cost less than the first, where all of them were tried; None where they were not.
    """

    sets: tuple[Leaders, ...]
    by_order: Mapping[str, Leaders]
    cheaper: int | None


def cheap_sets(
    trials: Trials, orders: Mapping[str, Nodes], costs: Floats, able: NDArray[np.bool_]
) -> CheapSets:
    """Return sets that reach the share, the cheapest first.

    Parameters
    ----------
    trials : Trials
    orders : mapping of str to ndarray of int64
        All who can be won, in the order of each rule of thumb.
    costs : ndarray, shape (N,)
    able : ndarray of bool, shape (N,)
        Who can be won.

    Examples
    --------
    >>> trials = Trials(
    ...     lambda nodes: LeaderOutcome(float(1 in nodes and len(nodes) > 1), len(nodes) / 3), 1, 100
    ... )
    >>> found = cheap_sets(trials, {"as told": np.arange(3)}, np.array([5.0, 1.0, 2.0]), np.ones(3, bool))
    >>> [sorted(leaders) for leaders in found.sets][0], found.cheaper
    ([1, 2], 3)
    """
    first = {name: _shortest(trials, ranked) for name, ranked in orders.items()}
    by_order = {name: leaders for name, leaders in first.items() if leaders is not None}
    cheaper = _all_cheaper(trials, costs, able)
    if cheaper is None:
        _grown(trials, orders, costs)
        for leaders in _passing(trials, costs)[:2]:
            _exchanged(trials, _thinned(trials, leaders, costs), orders, costs)
        cheaper = _all_cheaper(trials, costs, able)
    return CheapSets(tuple(_passing(trials, costs)), by_order, cheaper)


def _cost(leaders: Leaders, costs: Floats) -> float:
    return math.fsum(costs[node] for node in leaders)


def _passing(trials: Trials, costs: Floats) -> list[Leaders]:
    good = [leaders for leaders, outcome in trials.found.items() if outcome.part >= trials.needed]

    def key(leaders: Leaders) -> tuple[float, float, float, list[int]]:
        outcome = trials.found[leaders]
        return (_cost(leaders, costs), -outcome.part, -outcome.mean, sorted(leaders))

    return sorted(good, key=key)


def _shortest(trials: Trials, ranked: Nodes) -> Leaders | None:
    """Return the smallest beginning of an order that reaches the share, if more leaders never reach less."""
    nodes = ranked.tolist()
    failing, reaching = -1, 0
    while not trials.enough(frozenset(nodes[:reaching])):
        if reaching == len(nodes):
            return None
        failing, reaching = reaching, min(2 * reaching or 1, len(nodes))
    while reaching - failing > 1:
        middle = (failing + reaching) // 2
        if trials.enough(frozenset(nodes[:middle])):
            reaching = middle
        else:
            failing = middle
    return frozenset(nodes[:reaching])


def _grown(trials: Trials, orders: Mapping[str, Nodes], costs: Floats) -> None:
    """Add the enterprise that gains most a unit of cost, one after the other, until the share is reached."""
    chosen: Leaders = frozenset()
    best = _passing(trials, costs)
    limit = _cost(best[0], costs) if best else math.inf
    while not trials.enough(chosen) and _cost(chosen, costs) < limit:
        places = _promising(orders, chosen, ADDED)
        if not places or trials.remaining < len(places):
            return
        now = trials.of(chosen).mean

        def gain(node: int, chosen: Leaders = chosen, now: float = now) -> float:
            more = trials.of(chosen | {node}).mean - now
            if costs[node] > 0:
                return more / float(costs[node])
            return math.inf if more > 0 else 0.0

        chosen = chosen | {max(places, key=gain)}


def _promising(orders: Mapping[str, Nodes], chosen: Leaders, most: int) -> list[int]:
    """Return the first enterprises of each order in turn that are not leaders yet."""
    found: dict[int, None] = {}
    queues = [iter(ranked.tolist()) for ranked in orders.values()]
    while queues and len(found) < most:
        for queue in list(queues):
            node = next((node for node in queue if node not in chosen and node not in found), None)
            if node is None:
                queues.remove(queue)
            elif len(found) < most:
                found[node] = None
    return list(found)


def _thinned(trials: Trials, leaders: Leaders, costs: Floats) -> Leaders:
    """Drop unneeded leaders, the dearest first."""
    for node in sorted(leaders, key=lambda node: (-costs[node], node)):
        if trials.remaining < 1:
            break
        if trials.enough(leaders - {node}):
            leaders = leaders - {node}
    return leaders


def _exchanged(trials: Trials, leaders: Leaders, orders: Mapping[str, Nodes], costs: Floats) -> None:
    """Let cheaper enterprises take the places of one leader or two, as long as the share is reached."""
    changed = True
    while changed:
        changed = False
        for gone in _places(leaders, costs):
            rest = leaders - gone
            spared = _cost(gone, costs)
            for node in (n for n in _promising(orders, leaders, EXCHANGED) if costs[n] < spared):
                if trials.remaining < 1:
                    return
                if trials.enough(rest | {node}):
                    leaders, changed = _thinned(trials, rest | {node}, costs), True
                    break
            if changed:
                break


def _places(leaders: Leaders, costs: Floats) -> list[Leaders]:
    """Return single leaders and pairs of them, the dearest first."""
    single = [frozenset((node,)) for node in leaders]
    pairs = [frozenset((a, b)) for a in leaders for b in leaders if a < b]
    return sorted(single + pairs, key=lambda gone: (-_cost(gone, costs), sorted(gone)))


def _all_cheaper(trials: Trials, costs: Floats, able: NDArray[np.bool_]) -> int | None:
    """Try all sets that cost less than the cheapest that is known; None where they are too many."""
    best = _passing(trials, costs)
    if not best:
        return None
    limit = _cost(best[0], costs)
    sets = list(islice(_by_cost(costs, np.flatnonzero(able).tolist(), limit), 4 * trials.most + 1))
    new = [leaders for leaders in sets if leaders not in trials.found]
    if len(sets) > 4 * trials.most or len(new) > trials.remaining:
        return None
    for tried, leaders in enumerate(sets):
        # Those that cost as much as the first that reaches the share are no cheaper.
        if trials.enough(leaders):
            return sum(_cost(other, costs) < _cost(leaders, costs) for other in sets[:tried])
    return len(sets)


def _by_cost(costs: Floats, nodes: Sequence[int], limit: float) -> Iterator[Leaders]:
    """Yield all sets that cost less than a limit, the cheapest first."""
    order = sorted(nodes, key=lambda node: (costs[node], node))
    # A set is followed by itself with the next dearer enterprise, and with that in place of its dearest one.
    heap: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    while heap:
        cost, places = heapq.heappop(heap)
        if cost >= limit - 1e-12 * abs(limit):
            return
        yield frozenset(order[place] for place in places)
        last = places[-1] if places else -1
        if last + 1 < len(order):
            grown = [(*places, last + 1), *([(*places[:-1], last + 1)] if places else [])]
            for more in grown:
                heapq.heappush(heap, (math.fsum(costs[order[p]] for p in more), more))
