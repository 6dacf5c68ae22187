"""Histories of adoption that were made by imitation, event by event, with the advantages known.

Of N enterprises, any two meet; who is worse off takes the other's strategy at a rate equal to the difference
of payoffs (Helbing 1992; Schlag 1998), which gives the replicator equation in the mean, and besides that each
moves for reasons of its own at a rate that is the same both ways.  Times between events are exponential
(Gillespie 1977), so the chance of a finite number of enterprises is in it as it is, not as the fit takes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["Imitation", "alike_histories", "coverage", "imitation_histories", "sampled"]

SIZES = (40, 60, 100, 200, 400, 700)


@dataclass(frozen=True)
class Imitation:
    """A history and what made it: advantages per year, and how many of how many adopted in which year."""

    all_do: float
    none_do: float
    counts: dict[int, tuple[int, int]]


def imitation_histories(years: int, count: int, seed: int = 0) -> Iterator[Imitation]:
    """Yield histories of games of all kinds.

    Some come to nobody or to everybody before their end. They are kept, for to leave them out would favour
    games that seem slower to end than they are; only what ends within four years cannot be fitted at all.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, years]))
    made = 0
    while made < count:
        size = int(rng.choice(SIZES))
        all_do, none_do = float(rng.uniform(-0.6, 1.2)), float(rng.uniform(-0.8, 0.6))
        own, first = float(rng.uniform(0, 0.2)), float(rng.uniform(0.1, 0.6))
        adopters = run(size, round(first * size), all_do, none_do, own, years, rng)
        told = sum(0 < n < size for n in adopters[:-1])
        if told >= min(4, years - 1) and max(adopters) > min(adopters):
            made += 1
            yield Imitation(all_do, none_do, {2000 + k: (n, size) for k, n in enumerate(adopters)})


def alike_histories(
    size: int, first: int, all_do: float, none_do: float, own: float, years: int, count: int, seed: int = 0
) -> Iterator[Imitation]:
    """Yield histories of one game, those left out that end too soon to be fitted."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, years, size]))
    made = 0
    while made < count:
        adopters = run(size, first, all_do, none_do, own, years, rng)
        if sum(0 < n < size for n in adopters[:-1]) >= 4 and max(adopters) > min(adopters):
            made += 1
            yield Imitation(all_do, none_do, {2000 + k: (n, size) for k, n in enumerate(adopters)})


def run(
    size: int, adopters: int, all_do: float, none_do: float, own: float, years: int, rng: np.random.Generator
) -> list[int]:
    """Return how many have adopted at the end of each year."""
    told, clock = [adopters], 0.0
    draws = iter(rng.random((0, 2)).tolist())
    while len(told) < years:
        x = adopters / size
        gain = none_do + (all_do - none_do) * x
        up, down = max(gain, 0.0) + own, max(-gain, 0.0) + own
        pace = size * x * (1 - x) * (up + down)
        if pace == 0:
            told.append(adopters)
            continue
        pair = next(draws, None)
        if pair is None:
            draws = iter(rng.random((4096, 2)).tolist())
            pair = next(draws)
        clock += -np.log1p(-pair[0]) / pace
        while clock >= 1 and len(told) < years:
            told.append(adopters)
            clock -= 1
        adopters += 1 if pair[1] * (up + down) < up else -1
    return told


def sampled(history: Imitation, part: float, rng: np.random.Generator) -> dict[int, tuple[int, int]]:
    """Return what a part of the enterprises, others every year, would have said."""
    found = {}
    for year, (adopters, size) in history.counts.items():
        asked = max(10, round(part * size))
        found[year] = (int(rng.hypergeometric(adopters, size - adopters, asked)), asked)
    return found


def coverage(years: int, count: int, draws: int = 199, seed: int = 0) -> tuple[int, int, int]:
    """Return in how many histories the intervals of 95 % hold each advantage, and of how many."""
    import separatrix

    hits = [0, 0]
    for made in imitation_histories(years, count, seed):
        found = separatrix.fit_adoption(made.counts, draws=draws)
        for k, (advantage, true) in enumerate(
            ((found.advantage_when_all, made.all_do), (found.advantage_when_none, made.none_do))
        ):
            hits[k] += advantage.low <= true <= advantage.high
    return hits[0], hits[1], count
