"""Moran birth-death: who gives birth is drawn by fitness among all, and its copy goes along one of its links.

Fitness is kept in a tree of partial sums, each with the largest payoff below it, so that no intensity of
selection is too large: only the ratios of exp(beta payoff) to the largest are computed.

Reference: Lieberman, E., Hauert, C. & Nowak, M. A. (2005). Evolutionary dynamics on graphs. Nature 433,
312–316.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from separatrix.population.networks.common_steps import (
    LACKING,
    UNTIL,
    all_monomorphic,
    begin,
    earned_by,
    finish,
    switch,
)
from separatrix.population.networks.kernel_arrays import FIXED, SLOW
from separatrix.population.networks.random_numbers import below, geometric, uniform
from separatrix.run.compilation import compiled

__all__ = ["give_birth"]


@compiled(inline=True)
def _update_tree_node(tops: Any, sums: Any, node: Any, beta: Any, linear: Any) -> None:
    """Write the sum of fitness below a node of the tree, relative to its largest."""
    one, other = 2 * node, 2 * node + 1
    if linear:
        sums[node] = sums[one] + sums[other]
        return
    if tops[one] >= tops[other]:
        large, small = one, other
    else:
        large, small = other, one
    gain = tops[small] - tops[large]
    tops[node] = tops[large]
    if sums[small] == 0.0:
        sums[node] = sums[large]
    elif gain == 0.0:
        sums[node] = sums[large] + sums[small]
    else:
        sums[node] = sums[large] + sums[small] * math.exp(beta * gain)


@compiled(inner=True)
def _weighed(node: Any, payoff: Any, tops: Any, sums: Any, beta: Any, linear: Any) -> None:
    """Write the payoff of a leaf, and the sums above it."""
    if linear:
        sums[node] = max(1.0 + beta * payoff, 0.0)
    else:
        tops[node], sums[node] = payoff, 1.0
    node //= 2
    while node > 0:
        _update_tree_node(tops, sums, node, beta, linear)
        node //= 2


@compiled(kept=True)
def give_birth(
    imitated: Any,
    partners: Any,
    payoffs: Any,
    traits: Any,
    numbers: Any,
    state: Any,
    tally: Any,
    marks: Any,
    first: Any,
    last: Any,
    fresh: Any,
    streams: Any,
) -> None:
    """Go from mark `first` to mark `last`, in each of the replicas; `fresh` ones are begun before.

    Here the rows of `imitated` are those of the other direction: who sees each enterprise.
    """
    indptr, indices, chance, other = imitated.indptr, imitated.indices, imitated.chance, imitated.other
    met, partner, weights = partners.indptr, partners.indices, partners.weights
    tables, table_of, bounds, population = (
        payoffs.tables,
        payoffs.table_of,
        payoffs.bounds,
        payoffs.population,
    )
    divisor = payoffs.divisor
    status, pace, needs, aware_at = traits.status, traits.pace, traits.needs, traits.aware_at
    lacking, adopting = traits.lacking, traits.adopting
    types, counts, totals, carry = state.types, state.counts, state.totals, state.carry
    record, full, at, by = tally.record, tally.full, tally.at, tally.by
    beta, mu, n, count, linear = numbers.beta, numbers.mu, len(types), bounds[-1], numbers.linear
    unaware = aware_at.shape[0] > 0
    i: Any = 0
    leaves = 1
    while leaves < n:
        leaves *= 2
    tops, sums = state.tree[0], state.tree[1]
    for node in range(n, leaves):
        tops[leaves + node], sums[leaves + node] = -math.inf, 0.0
    for r in range(len(streams)):
        stream = streams[r]
        if fresh:
            begin(partners, payoffs, traits, numbers, state, tally, stream)
            full[r] = 0 if carry[LACKING] == 0 else -1
            for u in range(count):
                record[r, 0, u] = totals[u]
        for i in range(n):
            payoff = earned_by(i, np.int64(types[i]), tables, table_of[i], counts, divisor)
            sums[leaves + i] = max(1.0 + beta * payoff, 0.0) if linear else 1.0
            tops[leaves + i] = payoff
        for node in range(leaves - 1, 0, -1):
            _update_tree_node(tops, sums, node, beta, linear)
        clock, until, lack = marks[first], carry[UNTIL], carry[LACKING]
        for k in range(first, last):
            if mu == 0.0 and all_monomorphic(totals, bounds):
                clock = marks[k + 1]
            while clock < marks[k + 1]:
                clock += 1
                if sums[1] <= 0.0:
                    continue
                node = 1
                while node < leaves:
                    one, second = 2 * node, 2 * node + 1
                    if linear:
                        left, right = sums[one], sums[second]
                    else:
                        gain = tops[one] - tops[second]
                        left = sums[one]
                        right = sums[second]
                        if gain > 0.0 and right > 0.0:
                            right *= math.exp(-beta * gain)
                        elif gain < 0.0 and left > 0.0:
                            left *= math.exp(beta * gain)
                    node = one if uniform(stream) * (left + right) < left else second
                j: Any = node - leaves
                degree = np.int64(indptr[j + 1]) - np.int64(indptr[j])
                exploring = until == 0
                if exploring:
                    until = geometric(stream, mu)
                else:
                    until -= 1
                if degree == 0:
                    continue
                q: Any = np.int64(indptr[j]) + below(stream, degree)
                if len(chance) > 0 and uniform(stream) >= chance[q]:
                    q = np.int64(other[q])
                i = np.int64(indices[q])
                if status[i] & FIXED != 0 or (status[i] & SLOW != 0 and uniform(stream) >= pace[i]):
                    continue
                own, new, model = np.int64(types[i]), np.int64(types[j]), j
                if exploring:
                    low, high = np.int64(bounds[population[i]]), np.int64(bounds[population[i] + 1])
                    model = np.int64(-1)
                    if high - low > 1:
                        new = low + (new - low + 1 + below(stream, high - low - 1)) % (high - low)
                if new == own or (unaware and needs[new] and clock <= aware_at[r, i]):
                    continue
                lack += np.int64(lacking[new]) - np.int64(lacking[own])
                switch(
                    i,
                    new,
                    model,
                    clock,
                    met,
                    partner,
                    weights,
                    types,
                    counts,
                    totals,
                    adopting,
                    at,
                    by,
                )
                if lack == 0 and full[r] < 0:
                    full[r] = clock
                _weighed(
                    leaves + i,
                    earned_by(i, new, tables, table_of[i], counts, divisor),
                    tops,
                    sums,
                    beta,
                    linear,
                )
                for q in range(met[i], met[i + 1]):
                    t = np.int64(partner[q])
                    payoff = earned_by(t, np.int64(types[t]), tables, table_of[t], counts, divisor)
                    _weighed(leaves + t, payoff, tops, sums, beta, linear)
            for u in range(count):
                record[r, k + 1, u] = totals[u]
        carry[UNTIL], carry[LACKING] = until, lack
        if last == len(marks) - 1:
            finish(traits, state, tally)
