"""Fermi imitation, one enterprise after the other, as fast as the memory gives enterprises.

Who revises and whom it sees does not depend on the state: a batch of pairs is drawn first, and their rows of
the graph are fetched side by side.  Payoffs are kept as weights of partners by type, which change when a
partner switches; most revisions meet an equal and need none.

Reference: Szabó, G. & Tőke, C. (1998). Evolutionary prisoner's dilemma game on a square lattice. Phys. Rev. E
58, 69–73; Traulsen, A., Nowak, M. A. & Pacheco, J. M. (2006). Phys. Rev. E 74, 011909.

Alias tables of the rows of a graph, in time linear in its links.

Moran birth-death: who gives birth is drawn by fitness among all, and its copy goes along one of its links.

Fitness is kept in a tree of partial sums, each with the largest payoff below it, so that no intensity of
selection is too large: only the ratios of exp(beta payoff) to the largest are computed.

Reference: Lieberman, E., Hauert, C. & Nowak, M. A. (2005). Evolutionary dynamics on graphs. Nature 433,
312–316.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from separatrix.population.networks.kernel_arrays import BATCH, FIXED, ILL_INFORMED, SLOW
from separatrix.population.networks.synchronous_kernels import (
    LACKING,
    UNTIL,
    all_monomorphic,
    begin,
    below,
    copying_probability,
    earned_by,
    earned_then,
    finish,
    geometric,
    next_of,
    normal,
    switch,
    uniform,
    unit_of,
)
from separatrix.run.compilation import compiled

__all__ = ["fill", "give_birth", "imitate_pairwise"]


@compiled(kept=True)
def fill(indptr: Any, weights: Any, chance: Any, other: Any, waiting: Any) -> None:
    """Write for each place of a row how likely it stands for itself, and for which other one else."""
    for i in range(len(indptr) - 1):
        low, high = indptr[i], indptr[i + 1]
        total = 0.0
        for q in range(low, high):
            total += weights[q]
        for q in range(low, high):
            chance[q] = weights[q] * (high - low) / total
        # Two ends of one list: places with too little from below, with too much from above.
        few, many = 0, high - low
        for q in range(low, high):
            if chance[q] < 1.0:
                waiting[few] = q
                few += 1
            else:
                many -= 1
                waiting[many] = q
        while few > 0 and many < high - low:
            few -= 1
            small, large = waiting[few], waiting[many]
            other[small] = large
            chance[large] -= 1.0 - chance[small]
            if chance[large] < 1.0:
                many += 1
                waiting[few] = large
                few += 1
        for k in range(few):
            chance[waiting[k]] = 1.0
        for k in range(many, high - low):
            chance[waiting[k]] = 1.0


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


@compiled(kept=True)
def imitate_pairwise(
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
    """Revise from mark `first` to mark `last`, in each of the replicas; `fresh` ones are begun before."""
    # Each look into a group of arrays counts references, which takes long: so all are made here.
    indptr, indices, chance, other = imitated.indptr, imitated.indices, imitated.chance, imitated.other
    met, partner, weights = partners.indptr, partners.indices, partners.weights
    met_back, partner_back, weights_back = partners.back_indptr, partners.back_indices, partners.back_weights
    tables, table_of, bounds, population = (
        payoffs.tables,
        payoffs.table_of,
        payoffs.bounds,
        payoffs.population,
    )
    divisor, constant = payoffs.divisor, payoffs.constant
    status, pace, needs, missing = traits.status, traits.pace, traits.needs, traits.missing
    noise, delays, aware_at = traits.noise, traits.delay, traits.aware_at
    lacking, adopting = traits.lacking, traits.adopting
    types, counts, totals, history, carry = (
        state.types,
        state.counts,
        state.totals,
        state.history,
        state.carry,
    )
    record, full, at, by = tally.record, tally.full, tally.at, tally.by
    beta, mu, n, slots, count = numbers.beta, numbers.mu, len(types), len(history), bounds[-1]
    wide, least = np.uint64(n), np.uint64(2**32 % n)
    low = np.uint64(0xFFFFFFFF)
    aliased, unaware = len(chance) > 0, aware_at.shape[0] > 0
    i: Any = 0
    j: Any = 0
    revising, seen = state.pairs[:BATCH], state.pairs[BATCH:]
    for r in range(len(streams)):
        stream = streams[r]
        if fresh:
            begin(partners, payoffs, traits, numbers, state, tally, stream)
            full[r] = 0 if carry[LACKING] == 0 else -1
            for u in range(count):
                record[r, 0, u] = totals[u]
        clock, until, lack = marks[first], carry[UNTIL], carry[LACKING]
        for k in range(first, last):
            # What is seen late may be what nobody plays any more.
            if mu == 0.0 and slots == 0 and all_monomorphic(totals, bounds):
                clock = marks[k + 1]
            while clock < marks[k + 1]:
                m = min(BATCH, marks[k + 1] - clock)
                if slots > 0:
                    if clock % n == 0:
                        for i in range(n):
                            history[(clock // n) % slots, i] = types[i]
                    m = min(m, n - clock % n)
                s0, s1, s2, s3 = stream[0], stream[1], stream[2], stream[3]
                for b in range(m):
                    s0, s1, s2, s3, bits = next_of(s0, s1, s2, s3)
                    product = (bits >> np.uint64(32)) * wide
                    while (product & low) < least:
                        s0, s1, s2, s3, bits = next_of(s0, s1, s2, s3)
                        product = (bits >> np.uint64(32)) * wide
                    i = np.int64(product >> np.uint64(32))
                    start = np.int64(indptr[i])
                    degree = np.int64(indptr[i + 1]) - start
                    revising[b] = i
                    if degree == 0:
                        seen[b] = -1
                        continue
                    product = (bits & low) * np.uint64(degree)
                    if (product & low) < np.uint64(degree):
                        # Exact, though rarely needed: small ends of the interval are drawn again.
                        few = np.uint64(2**32) % np.uint64(degree)
                        while (product & low) < few:
                            s0, s1, s2, s3, bits = next_of(s0, s1, s2, s3)
                            product = (bits >> np.uint64(32)) * np.uint64(degree)
                    q = start + np.int64(product >> np.uint64(32))
                    if aliased:
                        s0, s1, s2, s3, bits = next_of(s0, s1, s2, s3)
                        if unit_of(bits) >= chance[q]:
                            q = np.int64(other[q])
                    seen[b] = indices[q]
                stream[0], stream[1], stream[2], stream[3] = s0, s1, s2, s3
                for b in range(m):
                    i, j = np.int64(revising[b]), np.int64(seen[b])
                    own = np.int64(types[i])
                    new, model = own, j
                    if until > 0:
                        until -= 1
                        if j < 0 or (types[j] == own and status[i] & ILL_INFORMED == 0):
                            continue
                        if status[i] != 0:
                            if status[i] & FIXED != 0:
                                continue
                            if status[i] & SLOW != 0 and uniform(stream) >= pace[i]:
                                continue
                        ill = status[i] & ILL_INFORMED != 0
                        if ill and len(missing) > 0 and uniform(stream) < missing[i]:
                            continue
                        if ill and len(delays) > 0 and delays[i] > 0:
                            then = history[max((clock + b) // n - (delays[i] - 1), 0) % slots]
                            strategy = np.int64(then[j])
                            theirs = earned_then(
                                j,
                                strategy,
                                met_back,
                                partner_back,
                                weights_back,
                                tables,
                                table_of[j],
                                count,
                                then,
                                divisor,
                                constant,
                            )
                        else:
                            strategy = np.int64(types[j])
                            theirs = earned_by(j, strategy, tables, table_of[j], counts, divisor)
                        if ill and len(noise) > 0:
                            theirs += noise[i] * normal(stream)
                        if strategy == own:
                            continue
                        mine = earned_by(i, own, tables, table_of[i], counts, divisor)
                        if uniform(stream) < copying_probability(mine, theirs, beta):
                            new = strategy
                    else:
                        until = geometric(stream, mu)
                        if status[i] & FIXED != 0 or (status[i] & SLOW != 0 and uniform(stream) >= pace[i]):
                            continue
                        first_type = np.int64(bounds[population[i]])
                        choices = np.int64(bounds[population[i] + 1]) - first_type
                        if choices > 1:
                            new = first_type + (own - first_type + 1 + below(stream, choices - 1)) % choices
                        model = np.int64(-1)
                    if new == own:
                        continue
                    if unaware and needs[new] and clock + b < aware_at[r, i]:
                        continue
                    lack += np.int64(lacking[new]) - np.int64(lacking[own])
                    if lack == 0 and full[r] < 0:
                        full[r] = clock + b + 1
                    switch(
                        i,
                        new,
                        model,
                        clock + b + 1,
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
                clock += m
            for u in range(count):
                record[r, k + 1, u] = totals[u]
        carry[UNTIL], carry[LACKING] = until, lack
        if last == len(marks) - 1:
            finish(traits, state, tally)
