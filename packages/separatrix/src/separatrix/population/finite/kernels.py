"""Sample paths of finite populations in machine code: from move to move, however many updates are idle.

The innermost loops of the elimination of states, in machine code.
"""

from __future__ import annotations

import math
from typing import Any

from separatrix.run.compilation import compiled

__all__ = ["BY_DEATH", "BY_FERMI", "BY_IMITATION", "closed_inverse", "listed_path", "pairwise_path"]


@compiled(kept=True)
def closed_inverse(inner: Any, leaving: Any) -> Any:
    """Return the inverse of I - P, P the moves within a block of states, without a subtraction.

    Parameters
    ----------
    inner : (b, b) array
        The probabilities of moves within the block; changed, and its diagonal is not read.
    leaving : (b,) array
        The probability that a move leaves the block; changed.

    Returns
    -------
    (b, b) array
        How often the block is at each state before it is left, from each state; none below 0.

    Notes
    -----
    1 - P(i, i) is taken as the sum of all other moves (Grassmann, Taksar and Heyman 1985), so that every
    entry is a sum of products and quotients of positive numbers.
    """
    count = len(leaving)
    visits = 0.0 * inner
    for i in range(count):
        visits[i, i] = 1.0
    for k in range(count - 1, -1, -1):
        away = leaving[k]
        for j in range(k):
            away += inner[k, j]
        inner[k, k] = away
        for i in range(k):
            share = inner[i, k] / away
            if share > 0.0:
                for j in range(k):
                    inner[i, j] += share * inner[k, j]
                for j in range(k, count):
                    visits[i, j] += share * visits[k, j]
                leaving[i] += share * leaving[k]
    for k in range(count):
        for i in range(k):
            share = inner[k, i]
            if share > 0.0:
                for j in range(count):
                    visits[k, j] += share * visits[i, j]
        for j in range(count):
            visits[k, j] /= inner[k, k]
    return visits


BY_FERMI, BY_BIRTH, BY_DEATH, BY_IMITATION = 0, 1, 2, 3
"""The processes that `pairwise_path` knows."""

PLAIN_COST = 2.5
"""Updates one by one that take as long as the chances of one pair of strategies. It moves when chains go from
move to move and when update by update; the law of the paths is the same."""

PLAIN_MOVES = 64
"""Moves for which a chain goes update by update before it looks again. Fewer: it looks too often."""

REFRESHED = 65_536
"""Moves after which payoffs are recomputed, so that their roundings do not add up."""


@compiled(kept=True)
def listed_path(
    rng: Any,
    state: Any,
    updates: Any,
    targets: Any,
    summed: Any,
    waits: Any,
    every: Any,
    states: Any,
    spent: Any,
) -> Any:
    """Follow a chain whose states are listed; return the number of moves.

    Parameters
    ----------
    rng : numpy Generator
    state : int
        Where it starts.
    updates : int
    targets, summed : (n, m) arrays
        Where the moves of each state lead, and the sums of their probabilities.
    waits : (n,) array
        -1 / ln(1 - q), q the probability of any move; 0 where the next update always moves.
    every : int
        Updates between two states that are recorded.
    states : (r,) array
        The recorded states, the start first; filled.
    spent : (n,) array
        The updates that began in each state; added to.
    """
    time, moves, recorded = 0, 0, 0
    count = summed.shape[1]
    records = len(states)
    while True:
        chance = summed[state, count - 1]
        waited = float(updates)
        if chance > 0.0:
            waited = rng.standard_exponential() * waits[state]
        moved = waited < updates - time
        stop = time + 1 + int(waited) if moved else updates
        while recorded < records and recorded * every < stop:
            states[recorded] = state
            recorded += 1
        spent[state] += stop - time
        time = stop
        if moved:
            drawn = rng.random() * chance
            move = 0
            while move < count - 1 and summed[state, move] <= drawn:
                move += 1
            state = targets[state, move]
            moves += 1
        if time >= updates:
            while recorded < records:
                states[recorded] = state
                recorded += 1
            return moves


@compiled(inline=True)
def _chances(
    counts: Any, earned: Any, beta: Any, mu: Any, explored: Any, kind: Any, others: Any, chances: Any
) -> Any:
    """Fill the chances that an update moves a player from one strategy to another; return their sum."""
    k = len(counts)
    size = 0
    for i in range(k):
        size += counts[i]
    total = 0.0
    if kind == BY_FERMI:
        met = (1.0 - mu) / (size * others)
        for i in range(k):
            for j in range(i):
                pairs = counts[i] * counts[j]
                one, other = 0.0, 0.0
                if pairs > 0:
                    small = math.exp(-abs(beta * (earned[i] - earned[j])))
                    likely = met * pairs / (1.0 + small)
                    one, other = (
                        (likely, likely * small) if earned[j] >= earned[i] else (likely * small, likely)
                    )
                one += mu * counts[i] / size * explored[i, j]
                other += mu * counts[j] / size * explored[j, i]
                chances[i, j], chances[j, i] = one, other
                total += one + other
        return total
    for i in range(k):
        for j in range(k):
            chances[i, j] = 0.0
    for i in range(k):
        if counts[i] == 0:
            continue
        # The fittest of those who compete: whoever leaves may be any number of times fitter.
        best = -math.inf
        for j in range(k):
            if counts[j] > 1 or (counts[j] > 0 and not (kind == BY_DEATH and i == j and others < size)):
                best = max(best, earned[j])
        below = 0.0
        for j in range(k):
            held = counts[j]
            if kind == BY_DEATH and i == j and others < size:
                held -= 1
            if held > 0:
                below += held * math.exp(beta * (earned[j] - best))
        for parent in range(k):
            held = counts[parent]
            if kind == BY_DEATH and parent == i and others < size:
                held -= 1
            if held <= 0:
                continue
            copied = held * math.exp(beta * (earned[parent] - best)) / below
            if kind == BY_BIRTH:
                gone = counts[i]
                if parent == i and others < size:
                    gone -= 1
                copied *= gone / others
            else:
                copied *= counts[i] / size
            for j in range(k):
                share = mu * explored[parent, j]
                if j == parent:
                    share += 1.0 - mu
                chances[i, j] += copied * share
        for j in range(k):
            if i != j:
                total += chances[i, j]
    return total


@compiled(inline=True)
def _earned(counts: Any, table: Any, itself: Any, earned: Any) -> None:
    """Fill what each strategy earns, summed over encounters."""
    for i in range(len(counts)):
        value = 0.0
        for j in range(len(counts)):
            value += counts[j] * table[i, j]
        if not itself:
            value -= table[i, i]
        earned[i] = value


@compiled(inline=True)
def _held_by(counts: Any, drawn: Any) -> Any:
    """Return the strategy of the player with this number."""
    strategy = 0
    while drawn >= counts[strategy]:
        drawn -= counts[strategy]
        strategy += 1
    return strategy


@compiled(kept=True)
def pairwise_path(
    rng: Any,
    counts: Any,
    updates: Any,
    table: Any,
    beta: Any,
    mu: Any,
    explored: Any,
    kind: Any,
    itself: Any,
    every: Any,
    states: Any,
    spent: Any,
) -> Any:
    """Follow one population that plays in pairs, without a list of its states; return the number of moves.

    Parameters
    ----------
    rng : numpy Generator
    counts : (k,) array
        How many play each strategy; changed.
    updates : int
    table : (k, k) array
        What each strategy earns against each; whole numbers, so that their sums are exact.
    beta, mu : float
        The intensity of selection for sums of payoffs over encounters, and the rate of exploration.
    explored : (k, k) array
        Which strategies explorers take up.
    kind : int
        The process.
    itself : bool
        Whether a player may meet itself.
    every, states, spent
        As in `listed_path`, in counts: (r, k), and the sums over updates (k,).
    """
    k = len(counts)
    size = 0
    for i in range(k):
        size += counts[i]
    others = size if itself else size - 1
    earned, chances = 0.0 * table[0], 0.0 * table
    time, moves, recorded, plain = 0, 0, 0, 0
    records = len(states)
    _earned(counts, table, itself, earned)
    while time < updates:
        given, taken, stop = 0, 0, time
        if plain > 0:
            plain -= 1
            while stop < updates and given == taken:
                stop += 1
                own = int(rng.random() * size)
                given = _held_by(counts, own)
                taken = given
                if mu > 0.0 and rng.random() < mu:
                    drawn = rng.random()
                    taken = 0
                    while taken < k - 1 and explored[given, taken] <= drawn:
                        drawn -= explored[given, taken]
                        taken += 1
                    continue
                if itself:
                    model = _held_by(counts, int(rng.random() * size))
                else:
                    drawn_other = int(rng.random() * others)
                    if drawn_other >= own:
                        drawn_other += 1
                    model = _held_by(counts, drawn_other)
                if model != given:
                    more = beta * (earned[model] - earned[given])
                    if rng.random() * (1.0 + math.exp(-more)) < 1.0:
                        taken = model
        else:
            chance = _chances(counts, earned, beta, mu, explored, kind, others, chances)
            stop = updates
            if chance > 0.0:
                left = updates - time
                waited = 0.0
                if chance < 1.0:
                    waited = -rng.standard_exponential() / math.log1p(-chance)
                if waited < left:
                    stop = time + 1 + int(waited)
                    drawn = rng.random() * chance
                    given, taken = -1, -1
                    for i in range(k):
                        for j in range(k):
                            if i != j and chances[i, j] > 0.0 and drawn >= 0.0:
                                drawn -= chances[i, j]
                                given, taken = i, j
                pairs = k * (k - 1) // 2
                if kind == BY_FERMI and PLAIN_COST < pairs * chance:
                    plain = PLAIN_MOVES
        stop = min(stop, updates)
        while recorded < records and recorded * every < stop:
            for i in range(k):
                states[recorded, i] = counts[i]
            recorded += 1
        for i in range(k):
            spent[i] += counts[i] * float(stop - time)
        time = stop
        if given != taken:
            counts[given] -= 1
            counts[taken] += 1
            moves += 1
            if moves % REFRESHED == 0:
                _earned(counts, table, itself, earned)
            else:
                for i in range(k):
                    earned[i] += table[i, taken] - table[i, given]
    while recorded < records:
        for i in range(k):
            states[recorded, i] = counts[i]
        recorded += 1
    return moves
