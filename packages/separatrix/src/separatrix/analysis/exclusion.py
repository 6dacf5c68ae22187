"""Which states have to be excluded: where those of a regime are stable, few others can be besides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["excluded_states"]


def excluded_states(chosen: frozenset[int], possible: Iterable[frozenset[int]]) -> tuple[int, ...]:
    """Return states none of which may be stable, so that of all possible sets only the chosen one is left.

    None of them could be left out: for each there is a possible set that holds it and no other of them.

    Parameters
    ----------
    chosen : states that are stable
    possible : all sets of states that are stable together somewhere

    Examples
    --------
    >>> sets = [frozenset(s) for s in ((), (0,), (1,), (0, 1), (0, 2), (0, 1, 2))]
    >>> excluded_states(frozenset((0,)), sets)
    (1, 2)
    >>> excluded_states(frozenset((1,)), sets)
    (0,)
    """
    more = [s - chosen for s in possible if chosen < s]
    least = [s for s in more if not any(other < s for other in more)]
    found: list[int] = []
    left = least
    while left:
        best = min({k for s in left for k in s}, key=lambda k: (-sum(k in s for s in left), k))
        found.append(best)
        left = [s for s in left if best not in s]
    return tuple(sorted(_without_surplus(found, least)))


def _without_surplus(found: Sequence[int], sets: Sequence[frozenset[int]]) -> list[int]:
    """What is left of states that meet every set if those that are not needed are left out."""
    kept = list(found)
    for k in found:
        rest = [other for other in kept if other != k]
        if all(s & set(rest) for s in sets):
            kept = rest
    return kept
