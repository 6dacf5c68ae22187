"""The ledger of a year: all released figures, the values behind them, and other public knowledge.

A corrected value is a new cell, and the change is a value as well, for example a late bill. The same holds
for the total change of the values in a sum. An attacker is assumed to know more than the figures: which
enterprises were corrected and which were not; that a small correction was small; and, where values were
recalculated from the same reports with a new factor, that each changed by a ratio between the smallest and
largest of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isclose
from typing import Any
from uuid import UUID

from django.utils import timezone

from separatrix_cluster.disclosure.released_figure import Cell, ReleasedFigure
from separatrix_park.models import LogEntry, Publication, Release, ReleasedValue

__all__ = ["CHANGE", "KNOWN", "Ledger", "RatioAverage", "destroy", "quantities_of"]

KNOWN = ""
"""The name of facts that were not released but are assumed to be known to everyone."""

SMALL = 0.1
"""Where a value was corrected by less than this part of it, everybody is taken to know that."""

SAME = 1e-9
"""Relative: values that differ by less are the same, summed in another order."""

CHANGE = "change of "
"""With this the name of a value begins that another one was corrected by."""

SUMMED = (("scope_1", "scope_2"), ("scope_1", "scope_2", "inside"), ("energy", "energy_inside"))
"""Quantities whose sums are released or can be derived from released figures."""


@dataclass(frozen=True)
class RatioAverage:
    """A released average of a ratio over several enterprises: sums over sums.

    Attributes
    ----------
    name : str
    above, below : tuple of Cell
    low, high : float
        Bounds for the ratio of the sum of `above` to the sum of `below`.
    places : bool
        Whether enterprises learned on which side of it they are, by these values.
    """

    name: str
    above: tuple[Cell, ...]
    below: tuple[Cell, ...]
    low: float
    high: float
    places: bool = False

    @property
    def by_enterprise(self) -> dict[str, frozenset[Cell]]:
        """The cells of each enterprise."""
        found: dict[str, set[Cell]] = {}
        for cell in (*self.above, *self.below):
            found.setdefault(cell.enterprise, set()).add(cell)
        return {enterprise: frozenset(cells) for enterprise, cells in found.items()}


@dataclass(frozen=True)
class _Version:
    enterprise: UUID
    quantity: str
    value: float
    source: str
    cell: Cell
    number: int | None = None
    release: int = 0


class Ledger:
    """The figures released for a year.

    Attributes
    ----------
    year : int
    gone : bool
        Whether values behind a released figure have been deleted.
    values : dict of Cell to float
    last : int
        The number of the newest release, 0 for none: a new number means a new release.
    """

    def __init__(self, year: int) -> None:
        self.year, self.gone, self.last = year, False, 0
        self.values: dict[Cell, float] = {}
        self._versions: dict[tuple[UUID, str], list[_Version]] = {}
        self._by_number: dict[int, _Version] = {}
        self._by_cell: dict[Cell, _Version] = {}
        self._told: list[ReleasedFigure] = []
        self._said: set[str] = set()
        self._placed: dict[str, RatioAverage] = {}
        for row in ReleasedValue.objects.filter(year=year).order_by("pk"):
            self._add(row.enterprise_id, row.quantity, row.value, row.source, row.pk, row.release_id)
        released = 0
        for release in Release.objects.filter(year=year).order_by("pk"):
            self.last = release.pk
            released += release.publication_id is not None
            self._said |= {_words(kept) for kept in release.figures}
            try:
                self._told += [f for kept in release.figures for f in self._read(kept)]
            except KeyError:  # a value that is deleted
                self.gone = True
        # What was published before there was a ledger rests on values that nobody knows here.
        published = Publication.objects.filter(year=year)
        self.gone = self.gone or published.filter(deleted__gt=0).exists() or published.count() != released

    # ----------------------------------------------------------------------- values

    def _add(
        self, enterprise: UUID, quantity: str, value: float, source: str, number: int | None, release: int
    ) -> _Version:
        versions = self._versions.setdefault((enterprise, quantity), [])
        cell = Cell(str(enterprise), f"{quantity} {len(versions) + 1}")
        made = _Version(enterprise, quantity, value, source, cell, number, release)
        versions.append(made)
        self.values[cell] = value
        self._by_cell[cell] = made
        if number is not None:
            self._by_number[number] = made
        return made

    def cell(self, enterprise: UUID, quantity: str, value: float, source: str) -> Cell:
        """Return the cell of a value: the one that it had before, or another where it is another value."""
        found = max(value, 0.0) if value > -1e-6 else value  # what is left after a subtraction
        for version in self._versions.get((enterprise, quantity), ()):
            if isclose(version.value, found, rel_tol=SAME, abs_tol=1e-12):
                return version.cell
        return self._add(enterprise, quantity, found, source, None, 0).cell

    # ----------------------------------------------------------------------- figures

    def figures(self) -> list[ReleasedFigure]:
        """Return all released figures and the assumed public knowledge."""
        return [*self._told, *self._all_figures()]

    def _all_figures(self) -> list[ReleasedFigure]:
        found: list[ReleasedFigure] = []
        reworked: dict[tuple[str, int, int], list[tuple[_Version, _Version]]] = {}
        for (_, quantity), versions in self._versions.items():
            for old, new in pairwise(versions):
                if old.source and old.source == new.source and old.value > 0:
                    reworked.setdefault((quantity, old.release, new.release), []).append((old, new))
                else:
                    found += self._correction(old, new)
        for pairs in reworked.values():
            ratios = [new.value / old.value for old, new in pairs]
            least, most = min(ratios), max(ratios)
            for old, new in pairs:
                found.append(ReleasedFigure(KNOWN, {new.cell: 1.0, old.cell: -least}, 0.0, inf))
                found.append(ReleasedFigure(KNOWN, {new.cell: 1.0, old.cell: -most}, -inf, 0.0))
        return [*found, *self._corrections_together()]

    def _correction(self, old: _Version, new: _Version) -> Iterable[ReleasedFigure]:
        change, changed = self._change([(old, new)])
        yield changed
        if self.values[change] < SMALL * old.value:
            yield ReleasedFigure(KNOWN, {change: 1.0, old.cell: -SMALL}, -inf, 0.0)

    def _change(self, pairs: Sequence[tuple[_Version, _Version]]) -> tuple[Cell, ReleasedFigure]:
        """Return the cell of what values changed by together, and that this is what they changed by."""
        new = [n.cell for _, n in pairs]
        change = Cell(new[0].enterprise, CHANGE + " + ".join(c.quantity for c in new))
        size = sum(n.value - o.value for o, n in pairs)
        self.values[change] = abs(size)
        terms = dict.fromkeys(new, 1.0) | {o.cell: -1.0 for o, _ in pairs}
        return change, ReleasedFigure(KNOWN, {**terms, change: -1.0 if size > 0 else 1.0}, 0.0, 0.0)

    def _corrections_together(self) -> Iterable[ReleasedFigure]:
        """Yield by how much what stood in a figure together was corrected together.

        A new sum of both scopes shows the correction of neither scope, but it shows their total correction.
        """
        told: set[Cell] = set()
        for enterprise in dict.fromkeys(e for e, _ in self._versions):
            for quantities in SUMMED:
                for pairs in self._corrected(enterprise, quantities):
                    if len(pairs) > 1:
                        change, changed = self._change(pairs)
                        if change not in told:
                            told.add(change)
                            yield changed

    def _corrected(
        self, enterprise: UUID, quantities: Sequence[str]
    ) -> Iterable[list[tuple[_Version, _Version]]]:
        """Yield the values of an enterprise that were corrected between one release and the next."""
        versions = [self._versions.get((enterprise, quantity), []) for quantity in quantities]
        moments = sorted({v.release or inf for those in versions for v in those})
        states = [
            [next((v for v in reversed(those) if (v.release or inf) <= at), None) for those in versions]
            for at in moments
        ]
        for before, after in pairwise(states):
            yield [
                (old, new)
                for old, new in zip(before, after, strict=True)
                if old is not None and new is not None and old is not new
                if not old.source or old.source != new.source
            ]

    def average(self, told: RatioAverage) -> list[ReleasedFigure]:
        """Return what an average says to those who know all that stands below it, and all above it.

        Value added and staff often appear in annual reports: anyone who knows them can compute a sum from
        an average.
        """
        above = sum(self.values[c] for c in told.above)
        below = sum(self.values[c] for c in told.below)
        found = [
            ReleasedFigure(told.name, dict.fromkeys(told.above, 1.0), told.low * below, told.high * below)
        ]
        if told.low > 0:
            ends = above / told.high, above / told.low
            found.append(ReleasedFigure(told.name, dict.fromkeys(told.below, 1.0), *ends))
        return found

    def changed_since_places(self, one: RatioAverage) -> frozenset[str] | None:
        """Return the enterprises whose values changed since positions were last shown for this line; None
        for never."""
        last = self._placed.get(one.name)
        if last is None:
            return None
        before, now = last.by_enterprise, one.by_enterprise
        return frozenset(e for e in before.keys() | now.keys() if before.get(e) != now.get(e))

    def says(self, one: ReleasedFigure | RatioAverage) -> bool:
        """Return whether exactly this was released before, for the same values."""
        numbers = {c: self._by_cell[c].number for c in _cells(one)}
        return None not in numbers.values() and _words(_figure_record(one, numbers)) in self._said

    # ----------------------------------------------------------------------- keeping

    def keep(
        self,
        told: Sequence[ReleasedFigure | RatioAverage],
        by: str,
        publication: Publication | None = None,
    ) -> Release:
        """Store the new release, in the caller's transaction, with an entry in the log."""
        made: Release = Release.objects.create(year=self.year, publication=publication, made=timezone.now())
        needed = [self._by_cell[c] for c in dict.fromkeys(c for one in told for c in _cells(one))]
        new = [v for v in needed if v.number is None]
        rows = ReleasedValue.objects.bulk_create(
            ReleasedValue(
                enterprise_id=v.enterprise,
                year=self.year,
                quantity=v.quantity,
                value=v.value,
                source=v.source,
                release=made,
            )
            for v in new
        )
        numbers = {v.cell: v.number for v in needed} | {
            v.cell: row.pk for v, row in zip(new, rows, strict=True)
        }
        made.figures = [_figure_record(one, numbers) for one in told]
        made.save(update_fields=["figures"])
        if publication is None:
            digest = hashlib.sha256(json.dumps(made.figures).encode()).hexdigest()
            LogEntry.append(by, "places told", digest)
        return made

    def _read(self, kept: Mapping[str, Any]) -> list[ReleasedFigure]:
        if "above" in kept:
            above, below = (tuple(self._by_number[n].cell for n in kept[side]) for side in ("above", "below"))
            places = bool(kept.get("places"))
            line = RatioAverage(kept["name"], above, below, kept["low"], kept["high"], places)
            if places:
                self._placed[line.name] = line
            return self.average(line)
        terms = {self._by_number[number].cell: weight for number, weight in kept["terms"]}
        low, high = kept["low"], kept["high"]
        return [
            ReleasedFigure(
                kept["name"],
                terms,
                -inf if low is None else low,
                inf if high is None else high,
                kept.get("reader", ""),
            )
        ]


def _words(kept: Mapping[str, Any]) -> str:
    return json.dumps({k: v for k, v in kept.items() if k != "places"}, sort_keys=True)


def _cells(one: ReleasedFigure | RatioAverage) -> Iterable[Cell]:
    if isinstance(one, RatioAverage):
        return (*one.above, *one.below)
    return one.terms


def _figure_record(one: ReleasedFigure | RatioAverage, numbers: Mapping[Cell, int | None]) -> dict[str, Any]:
    if isinstance(one, RatioAverage):
        above, below = ([numbers[c] for c in side] for side in (one.above, one.below))
        told = {"name": one.name, "above": above, "below": below, "low": one.low, "high": one.high}
        return told | ({"places": True} if one.places else {})
    return {
        "name": one.name,
        "terms": [[numbers[c], weight] for c, weight in one.terms.items()],
        "low": None if one.low == -inf else one.low,
        "high": None if one.high == inf else one.high,
        "reader": one.reader,
    }


def quantities_of(cell: Cell) -> list[str]:
    """Return the quantities of a cell: several if it is the enterprise's total in a figure.

    Examples
    --------
    >>> quantities_of(Cell("A", "scope_1 1 + scope_2 3"))
    ['scope_1', 'scope_2']
    """
    parts = [part.rpartition("× ")[2].removeprefix(CHANGE) for part in cell.quantity.split(" + ")]
    return list(dict.fromkeys(part.rpartition(" ")[0] for part in parts))


def destroy(enterprise: UUID, year: int | None) -> list[Publication]:
    """Destroy the values of an enterprise behind released figures; return the publications."""
    values = ReleasedValue.objects.filter(enterprise_id=enterprise)
    if year is not None:
        values = values.filter(year=year)
    gone = set(values.values_list("pk", flat=True))
    releases = Release.objects.filter(publication__isnull=False).select_related("publication")
    if year is not None:
        releases = releases.filter(year=year)
    found = [r.publication for r in releases if not gone.isdisjoint(_numbers(r.figures))]
    # A value first told by one release may stand in later ones: rows go, releases stay.
    values.delete()
    return found


def _numbers(figures: Iterable[Mapping[str, Any]]) -> Iterable[int]:
    for kept in figures:
        yield from kept.get("above", ())
        yield from kept.get("below", ())
        for number, _ in kept.get("terms", ()):
            yield number
