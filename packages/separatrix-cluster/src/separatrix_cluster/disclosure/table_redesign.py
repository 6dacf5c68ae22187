"""Which groups of a table to merge so that no one is identified, with the fewest groups lost.

A figure of merged groups follows from the figures of its parts, so merging groups never discloses more. A
disclosure remains until one of the groups that it needs is merged with another. So only these are tried,
first by one merger, then by two, and so on, until a table passes the audit: the first that does has lost
the fewest groups. If that takes too many audits, groups are merged one by one and unnecessary mergers are
undone; the result is then not claimed to have the fewest.

References
----------
Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, section 4.1 (table redesign).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from separatrix_cluster.disclosure.audit import PROTECTION, Disclosure, EarlierReleases, audit
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure, ReleasedPlace
from separatrix_cluster.disclosure.releases import WitnessMovements

__all__ = ["AUDITS", "Redesign", "merges"]

AUDITS = 200
"""How many tables are audited in search of the fewest groups lost."""

Merged = tuple[str, ...]
"""Groups of the table as it was meant that make one group together."""

Line = Callable[[Merged], Sequence[ReleasedFigure]]
"""A table with merged groups."""


@dataclass(frozen=True)
class Redesign:
    """A table whose groups were merged until it passed the audit.

    Attributes
    ----------
    groups : tuple of tuple of str
        Its groups; each with the names of the merged ones.
    figures : tuple of ReleasedFigure
        Its figures.
    lost : int
        The number of groups lost.
    fewest : bool
        Whether it is proven that no table with more groups passes.
    disclosures : tuple of Disclosure
        Values already disclosed by earlier releases, which merging cannot protect.
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
        The groups of the table; the first ones are merged preferably.
    line : callable
        Takes merged groups, in the order of `groups`, and returns the figures of the table for them
        together; for one group, the original figures.
    released : sequence of ReleasedFigure or ReleasedPlace
        All earlier releases, and further figures to be published with the table, such as a total.
    protection, colluders, kept
        As for `audit`.
    audits : int
        The number of tables audited in search of the fewest groups lost.

    Returns
    -------
    Redesign or None
        None where not even all groups merged into one may be published.

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
        """Return groups of which a table must merge at least one to pass; None if it passes."""
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
