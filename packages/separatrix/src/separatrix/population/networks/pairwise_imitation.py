"""Fermi imitation, one enterprise after the other, as fast as the memory gives enterprises.

Who revises and whom it sees does not depend on the state: a batch of pairs is drawn first, and their rows of
the graph are fetched side by side.  Payoffs are kept as weights of partners by type, which change when a
partner switches; most revisions meet an equal and need none.

Reference: Szabó, G. & Tőke, C. (1998). Evolutionary prisoner's dilemma game on a square lattice. Phys. Rev. E
58, 69–73; Traulsen, A., Nowak, M. A. & Pacheco, J. M. (2006). Phys. Rev. E 74, 011909.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from separatrix.population.networks.common_steps import (
    LACKING,
    UNTIL,
    all_monomorphic,
    begin,
    copying_probability,
    earned_by,
    earned_then,
    finish,
    switch,
)
from separatrix.population.networks.kernel_arrays import BATCH, FIXED, ILL_INFORMED, SLOW
from separatrix.population.networks.random_numbers import (
    below,
    geometric,
    next_of,
    normal,
    uniform,
    unit_of,
)
from separatrix.run.compilation import compiled

__all__ = ["imitate_pairwise"]


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
