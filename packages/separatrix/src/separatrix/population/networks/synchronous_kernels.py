"""Every rule of one that revises, one after the other or all at once, each enterprise by its own rule.

Random numbers of one replica: xoshiro256++, whose state is its own and is seeded by a child of the seed.

What every kernel of revision does: begin a replica, payoffs, a switch of strategy, and its end.

References
----------
Blackman, D. & Vigna, S. (2021). Scrambled linear pseudorandom number generators. ACM Trans. Math. Softw. 47,
36 (xoshiro256++).
Lemire, D. (2019). Fast random integer generation in an interval. ACM Trans. Model. Comput. Simul. 29, 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.population.networks.kernel_arrays import FIXED, ILL_INFORMED, SLOW
from separatrix.run.compilation import compiled

__all__ = [
    "LACKING",
    "UNTIL",
    "all_monomorphic",
    "begin",
    "below",
    "copying_probability",
    "draw",
    "earned_by",
    "earned_then",
    "finish",
    "geometric",
    "next_of",
    "normal",
    "one_of",
    "revise",
    "streams",
    "switch",
    "uniform",
    "unit_of",
]

TO_UNIT = 2.0**-53


def streams(seed: int, replicas: range) -> NDArray[np.uint64]:
    """Return the states of the generators of some replicas, shape (R, 4); each depends on its number alone.

    Examples
    --------
    >>> bool((streams(1, range(5))[3] == streams(1, range(3, 4))[0]).all())
    True
    """
    # With room around: what two threads write to shall not lie in one cache line.
    made = np.empty((len(replicas) + 8, 4), np.uint64)[4 : 4 + len(replicas)]
    for k, replica in enumerate(replicas):
        made[k] = np.random.SeedSequence(seed, spawn_key=(replica,)).generate_state(4, np.uint64)
    return made


@compiled(inline=True)
def _rotated(x: Any, k: Any) -> Any:
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@compiled(inline=True)
def next_of(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return the next state of a generator, and 64 random bits."""
    bits = _rotated(a + d, 23) + a
    t = b << np.uint64(17)
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = _rotated(d, 45)
    return a, b, c, d, bits


@compiled(inline=True)
def unit_of(bits: Any) -> Any:
    """Return 64 bits as a number in [0, 1)."""
    return np.float64(bits >> np.uint64(11)) * TO_UNIT


@compiled(inner=True)
def draw(stream: Any) -> Any:
    """Return 64 random bits, and move the state of a generator on."""
    a, b, c, d, bits = next_of(stream[0], stream[1], stream[2], stream[3])
    stream[0], stream[1], stream[2], stream[3] = a, b, c, d
    return bits


@compiled(inline=True)
def uniform(stream: Any) -> Any:
    """Return a number in [0, 1)."""
    return unit_of(draw(stream))


@compiled(inner=True)
def below(stream: Any, count: Any) -> Any:
    """Return a whole number from 0 to count - 1, each as likely; count is below 2^32."""
    n = np.uint64(count)
    least = np.uint64(2**32) % n
    product = (draw(stream) >> np.uint64(32)) * n
    while (product & np.uint64(0xFFFFFFFF)) < least:
        product = (draw(stream) >> np.uint64(32)) * n
    return np.int64(product >> np.uint64(32))


@compiled(inner=True)
def normal(stream: Any) -> Any:
    """Return a standard normal number (Box and Muller)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - uniform(stream)))
    return radius * math.cos(2.0 * math.pi * uniform(stream))


@compiled(inner=True)
def geometric(stream: Any, chance: float) -> Any:
    """Return how many trials fail before one succeeds; without end where the chance is 0."""
    if chance <= 0.0:
        return np.int64(2**62)
    return np.int64(min(math.log(1.0 - uniform(stream)) / math.log1p(-chance), 4e18))


UNTIL, LACKING = 0, 1
"""Places of what is carried from one call to the next: revisions before the next exploration, and how many
enterprises lack the idea."""


@compiled(inline=True)
def one_of(values: Any, i: Any) -> Any:
    """Return the value of enterprise i, of one for each or one for all."""
    return values[i] if len(values) > 1 else values[0]


@compiled(inline=True)
def earned_by(i: Any, s: Any, tables: Any, group: Any, counts: Any, divisor: Any) -> Any:
    """Return what strategy s earns enterprise i among its present partners."""
    total = 0.0
    for u in range(tables.shape[2]):
        total += counts[i, u] * tables[group, s, u]
    return total / one_of(divisor, i)


@compiled(inner=True)
def earned_then(
    j: Any,
    s: Any,
    indptr: Any,
    indices: Any,
    weights: Any,
    tables: Any,
    group: Any,
    count: Any,
    types: Any,
    divisor: Any,
    constant: Any,
) -> Any:
    """Return what strategy s earned enterprise j when all played `types`."""
    total = 0.0
    for q in range(indptr[j], indptr[j + 1]):
        weight = weights[q] if len(weights) > 0 else 1.0
        total += weight * tables[group, s, types[indices[q]]]
    if tables.shape[2] > count:
        total += one_of(constant, j) * tables[group, s, count]
    return total / one_of(divisor, j)


@compiled(inline=True)
def copying_probability(own: Any, other: Any, beta: Any) -> Any:
    """Return 1 / (1 + exp(-beta (other - own))), its limits where beta is infinite."""
    gain = other - own
    if gain == 0.0:
        return 0.5
    return 1.0 / (1.0 + math.exp(-beta * gain))


@compiled(inner=True)
def all_monomorphic(totals: Any, bounds: Any) -> Any:
    """Return whether each population plays one strategy, so that every copy leaves the state unchanged."""
    for p in range(len(bounds) - 1):
        present = 0
        for u in range(bounds[p], bounds[p + 1]):
            present += totals[u] > 0
        if present > 1:
            return False
    return True


@compiled(inline=True)
def begin(
    partners: Any, payoffs: Any, traits: Any, numbers: Any, state: Any, tally: Any, stream: Any
) -> None:
    """Place strategies, count the partners of each enterprise, and forget the replica before."""
    types, counts, totals = state.types, state.counts, state.totals
    n, count = len(types), payoffs.bounds[-1]
    # Element by element: what assigns a whole array is compiled with all its messages, which takes seconds.
    # In a copy: where a replica begins must not depend on the ones before it.
    placed = state.following
    for k in range(len(traits.placed)):
        placed[k] = traits.placed[k]
    for i in range(n):
        types[i] = traits.given[i]
    for g in range(len(traits.groups) - 1):
        low, high = traits.groups[g], traits.groups[g + 1]
        for k in range(high - 1, low, -1):
            other = low + below(stream, k - low + 1)
            placed[k], placed[other] = placed[other], placed[k]
    for k in range(len(traits.vacant)):
        types[traits.vacant[k]] = placed[k]
    for i in range(n):
        for u in range(counts.shape[1]):
            counts[i, u] = one_of(payoffs.constant, i) if u == count else 0.0
    for u in range(count):
        totals[u] = 0
    weighted = len(partners.weights) > 0
    lacking = 0
    for j in range(n):
        own = types[j]
        totals[own] += 1
        lacking += traits.lacking[own]
        tally.at[j] = 0 if traits.adopting[own] else -1
        tally.by[j] = -1
        for q in range(partners.indptr[j], partners.indptr[j + 1]):
            counts[partners.indices[q], own] += partners.weights[q] if weighted else 1.0
    state.carry[UNTIL] = geometric(stream, numbers.mu)
    state.carry[LACKING] = lacking


@compiled(inline=True)
def switch(
    i: Any,
    new: Any,
    model: Any,
    clock: Any,
    indptr: Any,
    indices: Any,
    weights: Any,
    types: Any,
    counts: Any,
    totals: Any,
    adopting: Any,
    at: Any,
    by: Any,
) -> None:
    """Let an enterprise play another strategy from revision number `clock` on."""
    old = types[i]
    types[i] = new
    totals[old] -= 1
    totals[new] += 1
    weighted = len(weights) > 0
    for q in range(indptr[i], indptr[i + 1]):
        t = indices[q]
        weight = weights[q] if weighted else 1.0
        counts[t, old] -= weight
        counts[t, new] += weight
    if adopting[new] and at[i] < 0:
        at[i] = clock
        by[i] = model


@compiled(inline=True)
def finish(traits: Any, state: Any, tally: Any) -> None:
    """Add the results of a finished replica to the totals of each enterprise."""
    for i in range(len(state.types)):
        if traits.adopting[state.types[i]]:
            tally.final[i] += 1
        if tally.at[i] >= 0:
            tally.adopted[i] += 1
            tally.waited[i] += tally.at[i]
        if tally.by[i] >= 0:
            tally.tips[tally.by[i]] += 1


FERMI, BEST, DEATH_BIRTH, LOGIT = 0, 1, 2, 3
"""Codes of rules as in `update_rules`; what comes after them is best response."""


@compiled(inner=True)
def _fitness(payoff: Any, top: Any, beta: Any, linear: Any) -> Any:
    """Return 1 + beta payoff, or exp(beta payoff) over the largest, its limits where beta is infinite."""
    if linear:
        return max(1.0 + beta * payoff, 0.0)
    if payoff == -math.inf:
        return 0.0
    return 1.0 if payoff == top else math.exp(beta * (payoff - top))


@compiled(inner=True)
def _sample_index(weights: Any, length: Any, stream: Any) -> Any:
    """Return a place with a probability in its weight; -1 where all weights are 0."""
    total = 0.0
    for k in range(length):
        total += weights[k]
    sought, drawn = uniform(stream) * total, -1
    for k in range(length):
        if weights[k] > 0.0:
            drawn = k
            sought -= weights[k]
            if sought < 0.0:
                break
    return drawn


@compiled(inner=True)
def _first_of_equals(values: Any, length: Any, top: Any, stream: Any) -> Any:
    """Return a place of the largest value, each as likely."""
    ties, found = 0, -1
    for k in range(length):
        if values[k] == top:
            ties += 1
            if below(stream, ties) == 0:
                found = k
    return found


@compiled(inner=True)
def _theirs(
    j: Any,
    then: Any,
    late: Any,
    indptr: Any,
    indices: Any,
    weights: Any,
    tables: Any,
    group: Any,
    count: Any,
    counts: Any,
    divisor: Any,
    constant: Any,
) -> Any:
    """Return what an enterprise earns, or earned when all played `then`."""
    if late:
        return earned_then(
            j, then[j], indptr, indices, weights, tables, group, count, then, divisor, constant
        )
    return earned_by(j, then[j], tables, group, counts, divisor)


@compiled(kept=True)
def revise(
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
    indptr, indices, shares = imitated.indptr, imitated.indices, imitated.weights
    chance, other = imitated.chance, imitated.other
    met, partner, weights = partners.indptr, partners.indices, partners.weights
    met_back, partner_back, weights_back = partners.back_indptr, partners.back_indices, partners.back_weights
    tables, table_of, bounds, population = (
        payoffs.tables,
        payoffs.table_of,
        payoffs.bounds,
        payoffs.population,
    )
    divisor, constant = payoffs.divisor, payoffs.constant
    status, rules, pace, needs, missing = (
        traits.status,
        traits.rule,
        traits.pace,
        traits.needs,
        traits.missing,
    )
    noise, delays, aware_at = traits.noise, traits.delay, traits.aware_at
    lacking, adopting = traits.lacking, traits.adopting
    types, counts, totals, history, carry = (
        state.types,
        state.counts,
        state.totals,
        state.history,
        state.carry,
    )
    work, following, models = state.work, state.following, state.models
    record, full, at, by = tally.record, tally.full, tally.at, tally.by
    beta, mu, n, slots, count = numbers.beta, numbers.mu, len(types), len(history), bounds[-1]
    together, linear, own_choice = numbers.synchronous, numbers.linear, numbers.own
    unaware = aware_at.shape[0] > 0
    i: Any = 0
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
            if mu == 0.0 and slots == 0 and not own_choice and all_monomorphic(totals, bounds):
                clock = marks[k + 1]
            while clock < marks[k + 1]:
                turn = clock % n
                if slots > 0 and turn == 0:
                    for i in range(n):
                        history[(clock // n) % slots, i] = types[i]
                i = turn if together else below(stream, n)
                own = np.int64(types[i])
                new, model = own, np.int64(-1)
                active = status[i] & FIXED == 0
                if active and status[i] & SLOW != 0 and uniform(stream) >= pace[i]:
                    active = False
                exploring = until == 0
                if exploring:
                    until = geometric(stream, mu)
                else:
                    until -= 1
                ill = status[i] & ILL_INFORMED != 0
                if active and not exploring and ill and len(missing) > 0 and uniform(stream) < missing[i]:
                    active = False
                low: Any = np.int64(bounds[population[i]])
                high: Any = np.int64(bounds[population[i] + 1])
                barred = unaware and clock < aware_at[r, i]
                if active and exploring:
                    if high - low > 1:
                        new = low + (own - low + 1 + below(stream, high - low - 1)) % (high - low)
                elif active:
                    late = ill and len(delays) > 0 and delays[i] > 0
                    # As they are, or as they were.
                    then = history[max(clock // n - (delays[i] - 1), 0) % slots] if late else types
                    spread = noise[i] if ill and len(noise) > 0 else 0.0
                    rule = rules[i]
                    start, end = np.int64(indptr[i]), np.int64(indptr[i + 1])
                    if rule <= DEATH_BIRTH:
                        if rule == FERMI and end > start:
                            q = start + below(stream, end - start)
                            if len(chance) > 0 and uniform(stream) >= chance[q]:
                                q = np.int64(other[q])
                            start, end = q, q + 1
                        differing = False
                        for q in range(start, end):
                            differing = differing or then[indices[q]] != own
                        if differing:
                            top = -math.inf
                            for q in range(start, end):
                                j = np.int64(indices[q])
                                work[q - start] = _theirs(
                                    j,
                                    then,
                                    late,
                                    met_back,
                                    partner_back,
                                    weights_back,
                                    tables,
                                    table_of[j],
                                    count,
                                    counts,
                                    divisor,
                                    constant,
                                )
                                if spread > 0.0:
                                    work[q - start] += spread * normal(stream)
                                top = max(top, work[q - start])
                            if rule == DEATH_BIRTH:
                                for q in range(start, end):
                                    fit = _fitness(work[q - start], top, beta, linear)
                                    work[q - start] = fit * (shares[q] if len(shares) > 0 else 1.0)
                                drawn = _sample_index(work, end - start, stream)
                                if drawn >= 0:
                                    model = np.int64(indices[start + drawn])
                            else:
                                mine = earned_by(i, own, tables, table_of[i], counts, divisor)
                                copies = top > mine
                                if rule == FERMI:
                                    copies = uniform(stream) < copying_probability(mine, top, beta)
                                if copies:
                                    model = np.int64(
                                        indices[start + _first_of_equals(work, end - start, top, stream)]
                                    )
                            if model >= 0:
                                new = np.int64(then[model])
                    else:
                        top = -math.inf
                        for s in range(low, high):
                            value = -math.inf
                            if not (barred and needs[s] and s != own):
                                value = earned_by(i, s, tables, table_of[i], counts, divisor)
                                if late:
                                    value = earned_then(
                                        i,
                                        s,
                                        met_back,
                                        partner_back,
                                        weights_back,
                                        tables,
                                        table_of[i],
                                        count,
                                        then,
                                        divisor,
                                        constant,
                                    )
                                if spread > 0.0:
                                    value += spread * normal(stream)
                            work[s - low] = value
                            top = max(top, value)
                        if rule == LOGIT:
                            for s in range(low, high):
                                work[s - low] = _fitness(work[s - low], top, beta, False)
                            new = low + np.int64(_sample_index(work, high - low, stream))
                        elif work[own - low] < top:
                            new = low + np.int64(_first_of_equals(work, high - low, top, stream))
                if new != own and barred and needs[new]:
                    new = own
                clock += 1
                if together:
                    following[i], models[i] = new, model
                    if turn < n - 1:
                        continue
                    low, high = 0, n
                else:
                    following[i], models[i] = new, model
                    low, high = i, i + 1
                for i in range(low, high):
                    own, new = np.int64(types[i]), np.int64(following[i])
                    if new == own:
                        continue
                    lack += np.int64(lacking[new]) - np.int64(lacking[own])
                    switch(
                        i,
                        new,
                        models[i],
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
            for u in range(count):
                record[r, k + 1, u] = totals[u]
        carry[UNTIL], carry[LACKING] = until, lack
        if last == len(marks) - 1:
            finish(traits, state, tally)
