"""What every kernel of revision does: begin a replica, payoffs, a switch of strategy, and its end."""

from __future__ import annotations

import math
from typing import Any

from separatrix.population.networks.random_numbers import below, geometric
from separatrix.run.compilation import compiled

__all__ = [
    "LACKING",
    "UNTIL",
    "begin",
    "copying_probability",
    "earned_by",
    "earned_then",
    "finish",
    "one_of",
    "all_monomorphic",
    "switch",
]

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
