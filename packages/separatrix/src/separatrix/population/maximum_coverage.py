"""Nodes that are in as many sets as possible together, within a budget, and how many the best could be in.

The nodes are chosen one after the other, each time the one that is in the most sets for its cost.  After each
step a linear programme bounds what the best choice covers: no node adds more to a larger choice than to a
smaller one (submodularity), so the best choice covers at most what is covered, and what a knapsack gains that
may hold parts of nodes.  Each multiplier of its budget gives a bound; a good one is looked for.

Nemhauser, G. L., Wolsey, L. A. and Fisher, M. L. (1978), An analysis of approximations for maximizing
submodular set functions, Mathematical Programming 14, 265-294.  Leskovec, J. et al. (2007), Cost-effective
outbreak detection in networks, KDD 2007, 420-429, section 3.2 (the bound, with costs).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from separatrix.run.compilation import compiled

__all__ = ["Choice", "covered", "greedy_choice"]

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
