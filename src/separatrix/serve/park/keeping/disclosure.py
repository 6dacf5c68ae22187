"""Disclosure control: which sums over enterprises may be published without telling what one of them has.

A sum is safe where at least three enterprises stand in it, and the second largest of them, who can take its
own value away, still errs about the largest by the protection at least: the p % rule (Hundepool et al., 2012,
Statistical Disclosure Control, §4.2).  Groups that are not safe are merged until all are, so that none can be
had by taking the others from the total; and of an earlier publication of the same year only such sums may
differ as are safe themselves, since their difference is a publication, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["FEWEST", "PROTECTION", "Table", "difference_is_safe", "is_safe", "merged"]

FEWEST = 3
"""Enterprises in a sum; of two, each knows the other's value."""

PROTECTION = 0.15
"""The part of its own value by which the best informed neighbour must err about the largest enterprise."""

OTHERS = ""
"""The name of the group in which those are that cannot stand by themselves."""

Table = Mapping[str, Sequence[float]]
"""What each enterprise has, by its id: one value a quantity, the same quantities for all."""


def is_safe(values: Collection[float]) -> bool:
    """Return whether the sum of what several enterprises have may be published.

    A sum of nothing but zeros is not safe: it tells of each that it has none.

    Examples
    --------
    >>> is_safe([5, 4, 3]), is_safe([5, 4]), is_safe([100, 4, 3]), is_safe([0, 0, 0])
    (True, False, False, False)
    """
    sizes = sorted(map(abs, values), reverse=True)
    if len(sizes) < FEWEST or not sizes[0]:
        return False
    return sum(sizes[2:]) >= PROTECTION * sizes[0]


@dataclass(frozen=True)
class _Group:
    name: str
    members: tuple[str, ...]

    def is_safe(self, table: Table) -> bool:
        rows = [table[m] for m in self.members]
        return len(rows) >= FEWEST and all(is_safe(column) for column in zip(*rows, strict=True))

    def size(self, table: Table) -> float:
        return sum(abs(value) for m in self.members for value in table[m])


def merged(table: Table, groups: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]] | None:
    """Return groups whose sums are all safe, in every quantity; None where not even the total is.

    Parameters
    ----------
    table : mapping of str to sequence of float
        The values of each enterprise.
    groups : mapping of str to collection of str
        The enterprises of each group, such as a sector; together all of the table, each once.

    Returns
    -------
    mapping of str to tuple of str
        The groups that can stand, and the rest under the empty name; that alone is the total.

    Examples
    --------
    >>> values = {"a": [5], "b": [4], "c": [3], "d": [9], "e": [8], "f": [7], "g": [6]}
    >>> merged(values, {"steel": "abc", "paper": "de", "glass": "fg"})
    {'steel': ('a', 'b', 'c'), '': ('d', 'e', 'f', 'g')}
    """
    every = [_Group(name, tuple(sorted(members))) for name, members in sorted(groups.items()) if members]
    safe = [g for g in every if g.name and g.is_safe(table)]
    rest = _Group(OTHERS, tuple(sorted(m for g in every if g not in safe for m in g.members)))
    safe.sort(key=lambda g: g.size(table), reverse=True)
    while rest.members and not rest.is_safe(table):
        if not safe:
            return None
        rest = _Group(OTHERS, tuple(sorted((*rest.members, *safe.pop().members))))
    standing = [*sorted(safe, key=lambda g: g.name), *([rest] if rest.members else [])]
    return {g.name: g.members for g in standing} or None


def difference_is_safe(now: Table, earlier: Table, groups: Mapping[str, Collection[str]]) -> bool:
    """Return whether a publication and an earlier one may be held against each other.

    Of each group either nothing has changed, or the changes are safe as a sum is.  Who is in one table
    alone has changed by all that it has.

    Examples
    --------
    >>> before = {"a": [5], "b": [4], "c": [3], "d": [2]}
    >>> difference_is_safe(before, before, {"": "abcd"})
    True
    >>> difference_is_safe(before | {"e": [4]}, before, {"": "abcde"})
    False
    """
    width = len(next(iter((now or earlier).values()), ()))
    nothing = (0.0,) * width
    for members in groups.values():
        changes = [
            change
            for m in members
            if any(
                change := [a - b for a, b in zip(now.get(m, nothing), earlier.get(m, nothing), strict=True)]
            )
        ]
        if changes and not all(is_safe(column) or not any(column) for column in zip(*changes, strict=True)):
            return False
        if 0 < len(changes) < FEWEST:
            return False
    return True
