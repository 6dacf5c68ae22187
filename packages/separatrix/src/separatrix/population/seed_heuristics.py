"""Nodes that are in as many sets as possible together, within a budget, and how many the best could be in.

The nodes are chosen one after the other, each time the one that is in the most sets for its cost.  After each
step a linear programme bounds what the best choice covers: no node adds more to a larger choice than to a
smaller one (submodularity), so the best choice covers at most what is covered, and what a knapsack gains that
may hold parts of nodes.  Each multiplier of its budget gives a bound; a good one is looked for.

Nemhauser, G. L., Wolsey, L. A. and Fisher, M. L. (1978), An analysis of approximations for maximizing
submodular set functions, Mathematical Programming 14, 265-294.  Leskovec, J. et al. (2007), Cost-effective
outbreak detection in networks, KDD 2007, 420-429, section 3.2 (the bound, with costs).

How many shortest ways lead over each node.

Brandes, U. (2001), A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25,
163-177.  Brandes, U. and Pich, C. (2007), Centrality estimation in large networks, International Journal of
Bifurcation and Chaos 17, 2303-2318 (from some of the sources alone).

Whom to pay first: who brings most others along for the incentive that it needs itself.

An enterprise plays the strategy of the idea once that earns more than what it does now.  Each step looks, for
every enterprise, at the incentive without which it does not change, and at how many others would follow of
themselves, one after the other; the largest ratio is next.

Riehl, J., Ramazi, P. and Cao, M. (2019), Incentive-based control of asynchronous best-response dynamics on
binary decision networks, IEEE Transactions on Control of Network Systems 6, 727-736 (iterative ratio of the
cascade of a switch to the incentive that it takes).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from separatrix.run.compilation import compiled

__all__ = ["Choice", "betweenness", "covered", "flip_order", "greedy_choice"]

PIVOTS = 512
"""Nodes from which shortest ways are followed; all, where there are no more. More: minutes for large
networks; fewer: ranks of middling nodes are noise."""


def betweenness(
    indptr: NDArray[np.int64], targets: NDArray[np.int32], seed: int = 0, pivots: int = PIVOTS
) -> NDArray[np.float64]:
    """Return the betweenness of each node in a directed graph without weights, not normalised.

    Parameters
    ----------
    indptr, targets : ndarray
        The links from each node.
    seed : int
        For the random sources, where there are more nodes than `pivots`.

    Examples
    --------
    >>> betweenness(np.array([0, 1, 2, 2]), np.array([1, 2], np.int32)).tolist()
    [0.0, 1.0, 0.0]
    """
    size = len(indptr) - 1
    sources = np.arange(size)
    if size > pivots:
        sources = np.sort(np.random.default_rng([seed, size]).choice(size, pivots, replace=False))
    total = np.zeros(size)
    ways, share = np.zeros(size), np.zeros(size)
    far, queue = np.full(size, -1, np.int32), np.empty(size, np.int32)
    _add(indptr, targets, sources, total, far, ways, share, queue)
    return total * (size / len(sources))


@compiled(kept=True)
def _add(
    indptr: Any, targets: Any, sources: Any, total: Any, far: Any, ways: Any, share: Any, queue: Any
) -> None:
    for source in sources:
        far[source], ways[source] = 0, 1.0
        queue[0] = source
        filled, at = 1, 0
        while at < filled:
            node = queue[at]
            at += 1
            for e in range(indptr[node], indptr[node + 1]):
                target = targets[e]
                if far[target] < 0:
                    far[target] = far[node] + 1
                    queue[filled] = target
                    filled += 1
                if far[target] == far[node] + 1:
                    ways[target] += ways[node]
        for at in range(filled - 1, -1, -1):
            node = queue[at]
            for e in range(indptr[node], indptr[node + 1]):
                target = targets[e]
                if far[target] == far[node] + 1:
                    share[node] += ways[node] / ways[target] * (1.0 + share[target])
            if node != source:
                total[node] += share[node]
        for at in range(filled):  # only what was touched: small parts of a large graph stay cheap
            node = queue[at]
            far[node], ways[node], share[node] = -1, 0.0, 0.0


MOST_FLIPS = 300
"""Limit on the followers counted for one enterprise. More: networks that tip as a whole take minutes;
fewer: an enterprise with hundreds of followers counts like one with thousands."""

LEAST = 1e-9
"""An incentive, as a part of the largest, that counts as none. Larger: who needs little counts like who needs
nothing; smaller: one who needs none outweighs all others."""


def flip_order(
    indptr: NDArray[np.int64],
    targets: NDArray[np.int32],
    weights: NDArray[np.float64],
    advantage: NDArray[np.float64],
    gain: NDArray[np.float64],
    state: NDArray[np.float64],
    able: NDArray[np.bool_],
    count: int,
) -> NDArray[np.int64]:
    """Return the enterprises to win, in their order.

    Parameters
    ----------
    indptr, targets, weights : ndarray
        Links from each enterprise to those in whose payoffs it counts.
    advantage : ndarray, shape (N,)
        By how much the strategy of the idea earns more than the best other one.
    gain : ndarray, shape (N, T)
        By how much that grows for each unit of weight of a partner who was of a type and takes the idea up.
    state : ndarray, shape (N, T)
        The chances of the types of each enterprise.
    able : ndarray of bool, shape (N,)
        Who can be won: the others follow, but are not paid.
    count : int

    Examples
    --------
    >>> star = np.array([0, 3, 4, 5, 6]), np.array([1, 2, 3, 0, 0, 0], np.int32), np.ones(6)
    >>> away = np.tile([0.0, 1.0], (4, 1))
    >>> flip_order(*star, np.full(4, -0.5), np.ones((4, 2)), away, np.ones(4, bool), 1)
    array([0])
    """
    size = len(advantage)
    scale = float(np.abs(advantage).max(initial=0.0)) or 1.0
    flipped = np.zeros(size, np.bool_)
    able, now = able.copy(), advantage.astype(np.float64)
    board = (
        indptr,
        targets,
        weights,
        now,
        np.ascontiguousarray(gain, np.float64),
        np.ascontiguousarray(state, np.float64),
        flipped,
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.zeros(size, np.float64),
        np.full(size, -1, np.int64),
    )
    mark = 0
    for node in np.flatnonzero(now > 0):  # those who change of themselves
        if not flipped[node]:
            mark += 1
            _follow(node, mark, size, True, *board)
    order: list[int] = []
    while len(order) < count:
        best = int(_best_candidate(able, scale * LEAST, mark, *board))
        mark += size
        if best < 0:
            break
        order.append(best)
        able[best] = False
        if not flipped[best]:
            mark += 1
            _follow(best, mark, size, True, *board)
    return np.array(order, np.int64)


@compiled(kept=True)
def _best_candidate(
    able: Any,
    least: float,
    mark: int,
    indptr: Any,
    targets: Any,
    weights: Any,
    advantage: Any,
    gain: Any,
    state: Any,
    flipped: Any,
    queue: Any,
    touched: Any,
    extra: Any,
    marks: Any,
) -> int:
    """Return the enterprise with the most followers per incentive; -1 if none can be recruited."""
    best, most = -1, -1.0
    for node in range(len(able)):
        if not able[node]:
            continue
        ratio = 0.0  # of one who follows of itself: nothing is won by paying it
        if not flipped[node]:
            mark += 1
            flips = _follow(
                node,
                mark,
                MOST_FLIPS,
                False,
                indptr,
                targets,
                weights,
                advantage,
                gain,
                state,
                flipped,
                queue,
                touched,
                extra,
                marks,
            )
            ratio = flips / max(-advantage[node], least)
        if ratio > most:
            best, most = node, ratio
    return best


@compiled(kept=True)
def _follow(
    first: int,
    mark: int,
    most: int,
    kept: bool,
    indptr: Any,
    targets: Any,
    weights: Any,
    advantage: Any,
    gain: Any,
    state: Any,
    flipped: Any,
    queue: Any,
    touched: Any,
    extra: Any,
    marks: Any,
) -> int:
    """Return how many take the idea up after one has, itself counted; write it down where it is kept.

    ``marks`` gives the call of an entry of ``extra``; below, twice the number of a call is of one who
    follows, twice and one of one whose advantage has changed.
    """
    kinds = gain.shape[1]
    queue[0] = first
    marks[first] = 2 * mark
    filled, at, changed = 1, 0, 0
    while at < filled:
        node = queue[at]
        at += 1
        for e in range(indptr[node], indptr[node + 1]):
            target = targets[e]
            if flipped[target] or marks[target] == 2 * mark:
                continue
            if marks[target] != 2 * mark + 1:
                marks[target] = 2 * mark + 1
                extra[target] = 0.0
                touched[changed] = target
                changed += 1
            more = 0.0
            for kind in range(kinds):
                more += gain[target, kind] * state[node, kind]
            extra[target] += weights[e] * more
            if advantage[target] + extra[target] > 0.0 and filled < most:
                marks[target] = 2 * mark
                queue[filled] = target
                filled += 1
    if kept:
        for place in range(filled):
            flipped[queue[place]] = True
        for place in range(changed):
            advantage[touched[place]] += extra[touched[place]]
    return filled


HALVINGS = 12
"""Of the interval in which the multiplier of a bound lies. More: work without a closer bound; fewer: a
looser one."""


@compiled(kept=True)
def _holders(nodes: Any, ends: Any, indptr: Any, sets: Any) -> None:
    """Write for each node the numbers of the sets that hold it.

    Parameters
    ----------
    nodes, ends : ndarray
        The members of the sets, one set after the other, and where each ends.
    indptr : ndarray of int64, shape (N + 1,)
        Where those of each node begin; they end where those of the next one begin.
    sets : ndarray of int32, as long as `nodes`
    """
    at = 0
    for number in range(len(ends)):
        while at < ends[number]:
            node = nodes[at]
            sets[indptr[node]] = number
            indptr[node] += 1
            at += 1
    for node in range(len(indptr) - 1, 0, -1):  # each was moved to where the next one begins
        indptr[node] = indptr[node - 1]
    indptr[0] = 0


@compiled(kept=True)
def _greedy(
    nodes: Any,
    ends: Any,
    indptr: Any,
    sets: Any,
    costs: Any,
    budget: float,
    by_cost: bool,
    by_worth: Any,
    by_ratio: Any,
    first: Any,
    covered: Any,
    gains: Any,
    chosen: Any,
    reached: Any,
) -> Any:
    """Write the choice and what it covers, step by step; return its length and the bound."""
    total, left = 0.0, budget
    multiplier = first[by_ratio[0]] / costs[by_ratio[0]] if len(by_ratio) else 0.0
    bound = np.inf
    count = 0
    while True:
        multiplier, best = _bound(by_ratio, first, gains, costs, budget, multiplier)
        bound = min(bound, total + best)
        at, most = -1, 0.0
        for place in range(len(by_worth)):
            node = by_worth[place]
            scale = costs[node] if by_cost else 1.0
            if first[node] / scale <= most:  # gains only fall
                break
            if costs[node] <= left and gains[node] / scale > most:
                at, most = node, gains[node] / scale
        if at < 0:
            return count, bound
        total += _cover(at, nodes, ends, indptr, sets, covered, gains)
        left -= costs[at]
        chosen[count], reached[count] = at, total
        count += 1


@compiled(kept=True)
def _cover(node: int, nodes: Any, ends: Any, indptr: Any, sets: Any, covered: Any, gains: Any) -> float:
    """Count the sets of a node as covered, and return how many were not."""
    added = 0.0
    for place in range(indptr[node], indptr[node + 1]):
        number = sets[place]
        if not covered[number]:
            covered[number] = True
            added += 1.0
            begin = ends[number - 1] if number else 0
            for at in range(begin, ends[number]):
                gains[nodes[at]] -= 1.0
    return added


@compiled(kept=True)
def _bound(by_ratio: Any, first: Any, gains: Any, costs: Any, budget: float, high: float) -> Any:
    """Return a multiplier m, and the bound that it gives: ``m * budget + sum(max(gain - m * cost, 0))``.

    What is worth more than the multiplier costs the less the larger it is; gains only fall from step to step,
    and the best multiplier with them.
    """
    best = np.inf
    low, step, trial = 0.0, high * 0.02, high
    descending, halvings = True, HALVINGS
    while True:
        value, spent = _value(by_ratio, first, gains, costs, budget, trial)
        best = min(best, value)
        if spent > budget:
            low, descending = trial, False
        else:
            high = trial
        if descending and trial > 0.0:  # down to where more than the budget is worth it
            trial = max(trial - step, 0.0)
            step *= 2.0
            continue
        if halvings == 0:
            return high, best
        descending = False
        halvings -= 1
        trial = 0.5 * (low + high)


@compiled(kept=True)
def _value(by_ratio: Any, first: Any, gains: Any, costs: Any, budget: float, multiplier: float) -> Any:
    value, spent = multiplier * budget, 0.0
    for place in range(len(by_ratio)):
        node = by_ratio[place]
        if first[node] <= multiplier * costs[node]:
            break
        extra = gains[node] - multiplier * costs[node]
        if extra > 0.0:
            value += extra
            spent += costs[node]
    return value, spent


@compiled(kept=True)
def _covered_first(nodes: Any, ends: Any, order: Any, counts: Any) -> None:
    """Count the sets by the first choice that they hold.

    Parameters
    ----------
    order : ndarray of int64, shape (N,)
        The place of each node in a choice; the length of `counts` for one that is not chosen, and -1 for one
        whose sets do not count.
    counts : ndarray of int64
        Is added to.
    """
    at = 0
    for number in range(len(ends)):
        least = np.int64(len(counts))
        while at < ends[number]:
            least = min(least, order[nodes[at]])
            at += 1
        if 0 <= least < len(counts):
            counts[least] += 1


class Choice(NamedTuple):
    """Nodes in the order in which they were chosen.

    Attributes
    ----------
    nodes : ndarray of int64
    covered : ndarray
        How many sets hold one of them, after each step.
    bound : float
        How many sets any choice within the budget covers at most.
    """

    nodes: NDArray[np.int64]
    covered: NDArray[np.float64]
    bound: float


def greedy_choice(
    nodes: NDArray[np.int32],
    ends: NDArray[np.int64],
    costs: NDArray[np.float64],
    budget: float,
    taken: NDArray[np.int64],
) -> Choice:
    """Return nodes that cover as many sets as possible, chosen one after the other within a budget.

    Where costs differ, nodes are chosen by what they add over their cost, and a second time by what they add
    alone: the better choice counts, and the lower bound of the two.

    Parameters
    ----------
    nodes, ends : ndarray
        The members of the sets, one set after the other, and where each ends.
    costs : ndarray, shape (N,)
        Above 0; infinite for a node that cannot be chosen.
    budget : float
    taken : ndarray
        Nodes that have already what is spread: their sets do not count.

    Examples
    --------
    >>> sets = np.array([0, 1, 0, 2, 1, 3], np.int32), np.array([2, 4, 6])
    >>> choice = greedy_choice(*sets, np.ones(4), 2.0, np.empty(0, np.int64))
    >>> choice.nodes.tolist(), choice.covered.tolist(), choice.bound
    ([0, 1], [2.0, 3.0], 3.0)
    """
    size = len(costs)
    counts = np.bincount(nodes, minlength=size)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    sets = np.empty(len(nodes), np.int32)
    _holders(nodes, ends, indptr, sets)
    first = counts.astype(np.float64)
    able = np.flatnonzero((first > 0) & (costs <= budget))
    by_ratio = able[np.argsort(-first[able] / costs[able], kind="stable")]
    by_gain = able[np.argsort(-first[able], kind="stable")]
    unequal = len(able) > 0 and bool((costs[able] != costs[able[0]]).any())
    choices = []
    for by_cost in (True, False) if unequal else (True,):
        chosen, reached = np.empty(len(able), np.int64), np.empty(len(able))
        known, gains = np.zeros(len(ends), np.bool_), first.copy()
        for node in taken:
            _cover(node, nodes, ends, indptr, sets, known, gains)
        count, bound = _greedy(
            nodes,
            ends,
            indptr,
            sets,
            costs,
            float(budget),
            by_cost,
            by_ratio if by_cost else by_gain,
            by_ratio,
            first,
            known,
            gains,
            chosen,
            reached,
        )
        choices.append(Choice(chosen[:count], reached[:count], bound))
    return max(choices, key=_last)._replace(bound=min(choice.bound for choice in choices))


def _last(choice: Choice) -> float:
    return float(choice.covered[-1]) if len(choice.covered) else 0.0


def covered(
    nodes: NDArray[np.int32],
    ends: NDArray[np.int64],
    chosen: NDArray[np.int64],
    taken: NDArray[np.int64],
    size: int,
) -> NDArray[np.int64]:
    """Return how many sets hold the first node of a choice, one of the first two, ..., and none of `taken`.

    Examples
    --------
    >>> sets = np.array([0, 1, 0, 2, 1, 3], np.int32), np.array([2, 4, 6])
    >>> covered(*sets, np.array([0, 1]), np.array([2]), 4)
    array([1, 2])
    """
    order = np.full(size, len(chosen), np.int64)
    order[chosen] = np.arange(len(chosen))
    order[taken] = -1
    counts = np.zeros(len(chosen), np.int64)
    _covered_first(nodes, ends, order, counts)
    return np.cumsum(counts)
