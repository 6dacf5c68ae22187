"""What a cascade or random thresholds reach, exactly: all draws of the live links, in rational numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

__all__ = ["best_reach", "draws", "reach"]

Links = Mapping[tuple[int, int], Fraction]
Draw = tuple[Fraction, frozenset[tuple[int, int]]]


def draws(size: int, links: Links, kind: str) -> Iterator[Draw]:
    """Yield each set of live links with its probability; a link from i to j is the pair (i, j)."""
    if kind == "cascade":
        own = list(links)
        for lives in product((True, False), repeat=len(own)):
            chance = Fraction(1)
            for link, live in zip(own, lives, strict=True):
                chance *= links[link] if live else 1 - links[link]
            if chance:
                yield chance, frozenset(link for link, live in zip(own, lives, strict=True) if live)
        return
    into = [[link for link in links if link[1] == node] for node in range(size)]
    for kept in product(*([None, *own] for own in into)):
        chance = Fraction(1)
        for link, own in zip(kept, into, strict=True):
            chance *= 1 - sum((links[o] for o in own), Fraction(0)) if link is None else links[link]
        if chance:
            yield chance, frozenset(link for link in kept if link is not None)


def reached(live: frozenset[tuple[int, int]], seeds: Sequence[int]) -> set[int]:
    """Return all that live links lead to from the seeds."""
    found = set(seeds)
    while True:
        more = {target for source, target in live if source in found} - found
        if not more:
            return found
        found |= more


def reach(
    size: int,
    links: Links,
    kind: str,
    seeds: Sequence[int],
    values: Sequence[int] | None = None,
    aware: Sequence[int] = (),
) -> Fraction:
    """Return the expected value of what the seeds reach, beyond what those reach who are aware."""
    worth = values or [1] * size
    total = Fraction(0)
    for chance, live in draws(size, links, kind):
        extra = reached(live, [*seeds, *aware]) - reached(live, aware)
        total += chance * sum(worth[node] for node in extra)
    return total


def best_reach(
    size: int,
    links: Links,
    kind: str,
    costs: Sequence[int],
    budget: int,
    values: Sequence[int] | None = None,
    aware: Sequence[int] = (),
) -> Fraction:
    """Return the largest reach of all choices within a budget."""
    worth = values or [1] * size
    drawn = [(c, [reached(live, [node]) for node in range(size)]) for c, live in draws(size, links, kind)]
    best = Fraction(0)
    for count in range(1, size + 1):
        for chosen in combinations(range(size), count):
            if sum(costs[node] for node in chosen) > budget:
                continue
            total = Fraction(0)
            for chance, from_each in drawn:
                old = set().union(*(from_each[node] for node in aware))
                new = set().union(*(from_each[node] for node in chosen)) - old
                total += chance * sum(worth[node] for node in new)
            best = max(best, total)
    return best
