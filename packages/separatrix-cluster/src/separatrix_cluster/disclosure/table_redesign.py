"""Which groups of a table to merge so that nobody is given away, and as few as may be are lost.

A figure of merged groups follows from the figures of its parts, so a table with groups merged never tells
more.  What makes a value known too narrowly goes on doing so until one of the groups that are needed for it
is merged with another; so these alone are tried, first by one merging, then by two, and so on, until a table
passes the audit: the first that does has lost the fewest groups.  Where that takes too many audits, groups
are merged one by one, and what need not have been is undone; then fewest is not claimed.

References
----------
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.1 (table redesign).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from separatrix_cluster.disclosure.disclosure_audit import PROTECTION, Disclosure, audit
from separatrix_cluster.disclosure.earlier_releases import EarlierReleases
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure, ReleasedPlace
from separatrix_cluster.disclosure.witness_movement import WitnessMovements

__all__ = ["AUDITS", "Redesign", "merges"]

AUDITS = 200
"""How many tables are audited in search of the fewest groups lost."""

Merged = tuple[str, ...]
"""Groups of the table as it was meant that make one group together."""

Line = Callable[[Merged], Sequence[ReleasedFigure]]
"""What the table tells of merged groups."""


@dataclass(frozen=True)
class Redesign:
    """A table whose groups were merged until it passed the audit.

    Attributes
    ----------
    groups : tuple of tuple of str
        The groups that it has; each of the names of those that were merged.
    figures : tuple of ReleasedFigure
        What it tells of them.
    lost : int
        How many groups fewer it has.
    fewest : bool
        Whether it is known that no table with more groups passes.
    disclosures : tuple of Disclosure
        What was given away by earlier releases already, which no merging mends.
    """

    groups: tuple[Merged, ...]
    figures: tuple[ReleasedFigure, ...]
    lost: int
    fewest: bool
    disclosures: tuple[Disclosure, ...]


def merges(
    values: Mapping[Cell, float],
    groups: Sequence[str],
    line: Line,
    released: Sequence[Release] = (),
    *,
    protection: float = PROTECTION,
    colluders: int = 2,
    audits: int = AUDITS,
    kept: WitnessMovements | None = None,
) -> Redesign | None:
    """Choose which groups of a table to merge.

    Parameters
    ----------
    values : Mapping of Cell to float
        The true values of all cells of the table and of what was released.
    groups : sequence of str
        The groups of the table; those that come first are merged rather.
    line : callable
        Given groups that are merged, in the order of `groups`, returns the figures that the table tells of
        them together; of one group, as it was meant.
    released : sequence of ReleasedFigure or ReleasedPlace
        All that was ever released before, and what is to be told beside the table: a total of all, say.
    protection, colluders, kept
        As for `audit`.
    audits : int
        How many tables are audited in search of the fewest groups lost.

    Returns
    -------
    Redesign or None
        None where not even all groups merged into one may be told.

    Raises
    ------
    InputError
        K258 to K261, as `audit`.

    References
    ----------
    Hundepool et al. (2012), section 4.1.

    Examples
    --------
    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> sizes = {"steel": 5, "paper": 2, "glass": 4, "food": 6}
    >>> cells = {s: [Cell(f"{s}{k}", "heat") for k in range(n)] for s, n in sizes.items()}
    >>> values = {c: 10.0 for s in cells for c in cells[s]}
    >>> def line(merged):
    ...     return [total(" + ".join(merged), [c for s in merged for c in cells[s]], values)]
    >>> everybody = total("all", values, values)
    >>> merges(values, ["paper", "glass", "steel", "food"], line, [everybody]).groups
    (('paper', 'glass'), ('steel',), ('food',))
    """
    kept = WitnessMovements() if kept is None else kept
    search = _Search(values, tuple(groups), line, tuple(released), protection, colluders, audits, kept)
    return search.redesign()


Table = tuple[tuple[int, ...], ...]
"""Groups by their numbers; within and between in order."""


class _Search:
    def __init__(
        self,
        values: Mapping[Cell, float],
        groups: Merged,
        line: Line,
        released: tuple[Release, ...],
        protection: float,
        colluders: int,
        audits: int,
        kept: WitnessMovements,
    ) -> None:
        self.groups, self.line, self.left = groups, line, audits
        terms: dict[str, Any] = {"protection": protection, "colluders": colluders, "kept": kept}
        self.before = audit(values, released, **terms).disclosures
        self.places = any(isinstance(r, ReleasedPlace) for r in released)
        unnamed = [replace(r, name="") for r in released]
        self.earlier = EarlierReleases(values, unnamed, **terms)
        self._suspects: dict[Cell, None] = {}  # those that were found last come last
        self._figures: dict[tuple[int, ...], tuple[ReleasedFigure, ...]] = {}
        self._culprits: dict[Table, frozenset[tuple[int, ...]] | None] = {}

    def redesign(self) -> Redesign | None:
        whole = (tuple(range(len(self.groups))),) if self.groups else ()
        if self.culprits(whole) is not None:
            return None
        table = tuple((k,) for k in range(len(self.groups)))
        found, fewest = self._fewest(table), True
        if found is None:
            found, fewest = self._without_need(self._one_by_one(table)), False
        return Redesign(
            tuple(self._names(group) for group in found),
            tuple(f for group in found for f in self.figures(group)),
            len(self.groups) - len(found),
            fewest,
            self.before,
        )

    def figures(self, group: tuple[int, ...]) -> tuple[ReleasedFigure, ...]:
        if group not in self._figures:
            self._figures[group] = tuple(self.line(self._names(group)))
        return self._figures[group]

    def _names(self, group: tuple[int, ...]) -> Merged:
        return tuple(self.groups[k] for k in group)

    def culprits(self, table: Table) -> frozenset[tuple[int, ...]] | None:
        """Return groups of which one has to be merged before a table can pass; None where it passes."""
        if table not in self._culprits:
            self.left -= 1
            told = [replace(f, name=str(k)) for k, group in enumerate(table) for f in self.figures(group)]
            found = self.earlier.first_new_disclosure(told, [*reversed(self._suspects)])
            if found is None:
                self._culprits[table] = None
            else:
                self._suspects.pop(found.cell, None)
                self._suspects[found.cell] = None
                blamed = frozenset(table[int(n)] for n in found.figures if n)
                # Where the programmes name none of the table's own, any may be to blame; and with places, of
                # which they name what is needed in one world alone.
                self._culprits[table] = frozenset(table) if self.places or not blamed else blamed
        return self._culprits[table]

    def _fewest(self, table: Table) -> Table | None:
        """Return a table that passes with the fewest lost, or nothing where audits run out."""
        for lost in range(len(table) or 1):
            found = self._merge_until_safe(table, lost, set())
            if found is not None or self.left <= 0:
                return found
        return None

    def _merge_until_safe(self, table: Table, lost: int, seen: set[Table]) -> Table | None:
        """Return a table that passes after some more mergings."""
        if table in seen or self.left <= 0:
            return None
        seen.add(table)
        culprits = self.culprits(table)
        if culprits is None:
            return table
        if lost:
            for coarser in _coarser(table, culprits):
                found = self._merge_until_safe(coarser, lost - 1, seen)
                if found is not None:
                    return found
        return None

    def _one_by_one(self, table: Table) -> Table:
        while (culprits := self.culprits(table)) is not None:
            table = next(_coarser(table, culprits))
        return table

    def _without_need(self, table: Table) -> Table:
        """Take groups out again that need not have been merged."""
        for k in range(len(self.groups)):
            group = next(g for g in table if k in g)
            if len(group) > 1:
                finer = _table([*(g for g in table if g != group), tuple(m for m in group if m != k), (k,)])
                if self.culprits(finer) is None:
                    table = finer
        return table


def _table(groups: Sequence[tuple[int, ...]]) -> Table:
    return tuple(sorted(groups))


def _coarser(table: Table, culprits: frozenset[tuple[int, ...]]) -> Iterator[Table]:
    """Yield the tables in which one of some groups is merged with another."""
    pairs = [(a, b) for k, b in enumerate(table) for a in table[:k] if a in culprits or b in culprits]
    for a, b in sorted(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]), pair)):
        yield _table([*(g for g in table if g not in (a, b)), tuple(sorted(a + b))])
