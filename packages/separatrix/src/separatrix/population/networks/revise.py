"""Every rule of one that revises, one after the other or all at once, each enterprise by its own rule."""

from __future__ import annotations

import math
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
from separatrix.population.networks.kernel_arrays import FIXED, ILL_INFORMED, SLOW
from separatrix.population.networks.random_numbers import below, geometric, normal, uniform
from separatrix.run.compilation import compiled

__all__ = ["revise"]

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
