"""The table of a publication: sums of a year by sector, audited together with all figures released for the
year.

First, each figure is checked by itself: one with fewer than three enterprises, or with a dominant one, is
not published. Then comes the audit: anyone who knows all released figures and their own values must not be
able to bound another's value more closely than the protection allows. If a table fails, two alternatives
are calculated and audited: sectors to merge, without quantities whose total cannot be published, and
figures to withhold.

What energy reveals about carbon: the multiples of the scopes between which it lies in every enterprise
of a park.

Emission factors are public. For an enterprise that burns only gas and takes power from the grid, energy is
a weighted sum of both scopes with public weights, so a figure of energy is also a figure of carbon. Fuels
differ, though. An attacker is assumed to know the closest planes below and above all enterprises. The lower
one is exact if all have the same carriers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import inf
from typing import Any
from uuid import UUID

import numpy as np

from separatrix_cluster.disclosure.audit import Disclosure, EarlierReleases
from separatrix_cluster.disclosure.cell_suppression import (
    FEWEST,
    LARGEST_SHARE,
    dominating,
    sensitive,
    suppress,
)
from separatrix_cluster.disclosure.released_figure import Cell, ReleasedFigure, total
from separatrix_cluster.disclosure.releases import WitnessMovements
from separatrix_cluster.disclosure.table_redesign import merges
from separatrix_park.access import Protection
from separatrix_park.models.people import AccountYear
from separatrix_park.releases.ledger import Ledger

__all__ = [
    "ALL",
    "CARBON",
    "Checked",
    "Plane",
    "QUANTITIES",
    "Wish",
    "YearAmounts",
    "carbon_by_energy",
    "check",
    "draft_table",
    "energy_planes",
    "figure_key",
    "figure_name",
    "source_of",
]

Plane = tuple[float, float]
"""How much energy for each tonne of scope 1, and of scope 2."""


def energy_planes(told: Sequence[Sequence[float]]) -> tuple[Plane, Plane | None]:
    """Return the closest planes under and over energy.

    Parameters
    ----------
    told : sequence of (float, float, float)
        Scope 1, scope 2 and energy of each enterprise.

    Returns
    -------
    (Plane, Plane or None)
        None where some have energy and no carbon.

    Examples
    --------
    >>> gas_and_power = [(56.1, 0.0, 1000.0), (0.0, 147.0, 1000.0), (112.2, 147.0, 3000.0)]
    >>> [[round(slope, 2) for slope in plane] for plane in energy_planes(gas_and_power)]
    [[17.83, 6.8], [17.83, 6.8]]
    >>> energy_planes([(56.1, 0.0, 1000.0), (0.0, 0.0, 5.0)])[1] is None
    True
    """
    from scipy.optimize import linprog

    rows = np.array([row for row in told if row[0] + row[1] > 0], dtype=float).reshape(-1, 3)
    if not len(rows):
        return (0.0, 0.0), None
    parts, ratio = rows[:, :2] / rows[:, :2].sum(1, keepdims=True), rows[:, 2] / rows[:, :2].sum(1)
    found = []
    for sign in (-1.0, 1.0):
        plane = linprog(sign * parts.sum(0), A_ub=-sign * parts, b_ub=-sign * ratio, method="highs").x
        slopes = np.zeros(2) if plane is None else plane
        over = parts @ slopes
        # A programme keeps to its limits nearly; a figure has to be true.
        if sign < 0:
            fits = min((r / o for r, o in zip(ratio, over, strict=True) if o > 0), default=0.0)
        else:
            fits = max(
                (r / o if o > 0 else inf for r, o in zip(ratio, over, strict=True) if r > 0), default=0.0
            )
        found.append(None if fits == inf else (float(slopes[0] * fits), float(slopes[1] * fits)))
    bare = any(row[2] > 0 and row[0] + row[1] <= 0 for row in told)
    return found[0] or (0.0, 0.0), None if bare else found[1]


def carbon_by_energy(
    figure: ReleasedFigure, scopes: Sequence[tuple[Cell, Cell]], under: Plane, over: Plane | None
) -> list[ReleasedFigure]:
    """Return what a sum of energy says of the carbon of the same enterprises.

    Parameters
    ----------
    figure : ReleasedFigure
        The sum.
    scopes : sequence of (Cell, Cell)
        Scope 1 and 2 of each.
    under, over : Plane
        As `energy_planes` returns them.

    Examples
    --------
    >>> energy = ReleasedFigure("energy", {Cell("A", "energy"): 1.0}, 999.5, 1000.5)
    >>> scopes = [(Cell("A", "scope 1"), Cell("A", "scope 2"))]
    >>> below, above = carbon_by_energy(energy, scopes, (10.0, 0.0), (17.8, 6.8))
    >>> below.high, list(below.terms.values()), above.low, list(above.terms.values())
    (1000.5, [10.0], 999.5, [17.8, 6.8])
    """
    sides = [(under, -inf, figure.high), (over or (0.0, 0.0), figure.low, inf)]
    terms = [
        {cell: slope for cells in scopes for cell, slope in zip(cells, plane, strict=True) if slope > 0}
        for plane, _, _ in sides
    ]
    return [
        ReleasedFigure(figure.name, weights, low, high, figure.reader)
        for weights, (_, low, high) in zip(terms, sides, strict=True)
        if weights
    ]


QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "scope_1": ("scope_1",),
    "scope_2": ("scope_2",),
    "total": ("scope_1", "scope_2"),
    "energy": ("energy",),
}
"""The published quantities, and the values whose sum each is."""

VALUES = ("scope_1", "scope_2", "energy")

CARBON = frozenset({"scope_1", "scope_2", "total"})
"""Any two of these determine the third."""

ALL: tuple[str, ...] = ()
"""In the place of sectors: everybody; no sector is called so."""

MOST_AUDITS = 10
"""So many tables are audited in search of the fewest sectors merged."""

WORTH_OF_ALL = 4.0
"""What it costs to withhold a sum over everybody, where one of a sector costs 1."""

Group = tuple[str, ...]


@dataclass(frozen=True)
class Wish:
    """What the office means to publish.

    Attributes
    ----------
    year : int
    merged : tuple of tuple of str
        Sectors that form one group; the others are separate.
    withheld : frozenset of (tuple of str, str)
        Omitted figures: group and quantity.
    """

    year: int
    merged: tuple[Group, ...] = ()
    withheld: frozenset[tuple[Group, str]] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for `from_dict`."""
        return {"year": self.year, "merged": self.merged, "withheld": sorted(self.withheld)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Wish:
        """Return the wish that `to_dict` wrote, from JSON as well."""
        withheld = frozenset((tuple(group), quantity) for group, quantity in kept["withheld"])
        return cls(kept["year"], tuple(tuple(group) for group in kept["merged"]), withheld)


@dataclass(frozen=True)
class YearAmounts:
    """A year of the enterprises with data: their values, sector and name of the reports."""

    amounts: Mapping[UUID, Mapping[str, float]]
    sectors: Mapping[UUID, str]
    own: Mapping[UUID, str]


@dataclass(frozen=True)
class Checked:
    """A table as it was looked at.

    Attributes
    ----------
    wish : Wish
    groups : tuple of tuple of str
    shown : mapping of (group, quantity) to ReleasedFigure
        Without withheld figures.
    small : tuple of (group, quantity)
        Figures that may never be released: too few enterprises, dominated, or all zero.
    disclosures : tuple of Disclosure
        Values that could be inferred, and by whom; without earlier disclosures.
    said : tuple of ReleasedFigure
        All that the shown figures reveal, including carbon inferred from energy.
    merging, withholding : Wish or None
        Alternatives that pass; None if the table itself passes.
    dominated : tuple of str
        Quantities with one dominant enterprise in the park's total.
    """

    wish: Wish
    groups: tuple[Group, ...]
    shown: Mapping[tuple[Group, str], ReleasedFigure]
    small: tuple[tuple[Group, str], ...]
    disclosures: tuple[Disclosure, ...]
    said: tuple[ReleasedFigure, ...] = ()
    merging: Wish | None = None
    withholding: Wish | None = None
    audited: bool = True
    dominated: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether it may be published."""
        return self.audited and bool(self.shown) and not self.small and not self.disclosures

    def published_figures(self, publication: int) -> list[ReleasedFigure]:
        """Return the figures of a publication of the table, with its number in their names."""
        return [replace(f, name=_numbered(f.name, publication)) for f in self.said]

    def audit_data(self) -> dict[str, Any]:
        """Return what the audit found as plain data."""
        return {
            "disclosures": [
                [d.cell.enterprise, d.cell.quantity, d.attackers, d.low, _end(d.high), d.figures]
                for d in self.disclosures
            ],
            "ways": [None if w is None else w.to_dict() for w in (self.merging, self.withholding)],
        }

    def with_told(self, kept: Mapping[str, Any]) -> Checked:
        """Return the table with the result of its audit, as written by `told`."""
        disclosures = tuple(
            Disclosure(Cell(e, q), tuple(by), low, inf if high is None else high, tuple(figures))
            for e, q, by, low, high, figures in kept["disclosures"]
        )
        merging, withholding = (None if w is None else Wish.from_dict(w) for w in kept["ways"])
        return replace(self, disclosures=disclosures, merging=merging, withholding=withholding, audited=True)


def _end(value: float) -> float | None:
    return None if value == inf else value


def source_of(year: int, sectors: Mapping[UUID, str], own: Mapping[UUID, str]) -> YearAmounts:
    """Return a year of the enterprises with data, among members with given sectors."""
    amounts = {
        row.enterprise_id: {
            "scope_1": row.scope_1 or 0.0,
            "scope_2": (row.scope_2 or 0.0) - row.inside,
            "energy": (row.energy or 0.0) - row.energy_inside,
        }
        for row in AccountYear.objects.filter(year=year)
        if row.enterprise_id in sectors and (row.scope_1 is not None or row.scope_2 is not None)
    }
    return YearAmounts(amounts, {e: sectors[e] for e in amounts}, {e: own.get(e, "") for e in amounts})


def figure_name(group: Group, quantity: str, publication: int | None = None) -> str:
    """Return by which name a figure of a publication is known: of one that is made now without a number."""
    return json.dumps(["publication", publication, list(group), quantity])


def figure_key(name: str) -> list[Any]:
    """Return what a figure's name says: the kind, which one, and its line; nothing where it has no name."""
    found: list[Any] = json.loads(name) if name else []
    return found


def _numbered(name: str, publication: int) -> str:
    kind, _, *line = figure_key(name)
    return json.dumps([kind, publication, *line])


class _Table:
    """The figures of a year by group, whichever sectors are merged."""

    def __init__(self, source: YearAmounts, ledger: Ledger) -> None:
        self.cells = {
            e: {q: ledger.cell(e, q, amounts[q], source.own.get(e, "")) for q in VALUES}
            for e, amounts in source.amounts.items()
        }
        self.released = ledger.figures()
        self.values = ledger.values
        self.kept = WitnessMovements()
        self.earlier: EarlierReleases | None = None  # once it is asked for
        self.members: dict[str, list[UUID]] = {}
        for enterprise in source.amounts:
            self.members.setdefault(source.sectors[enterprise], []).append(enterprise)
        self.sectors = tuple(sorted(self.members))
        self.quantities = self._published_lines()
        self.planes = energy_planes(
            [tuple(self.values[cells[q]] for q in VALUES) for cells in self.cells.values()]
        )

    def _published_lines(self) -> tuple[str, ...]:
        """Return the quantities that may be published.

        A sum of zero reveals that each enterprise's value is zero, and could be derived from the total and
        the other scope.
        """
        has = {q: any(self.values[cells[q]] for cells in self.cells.values()) for q in VALUES}
        apart = has["scope_1"] and has["scope_2"]
        return tuple(
            q
            for q, parts in QUANTITIES.items()
            if any(has[p] for p in parts) and (apart or q not in VALUES[:2])
        )

    def line(self, group: Group) -> list[ReleasedFigure]:
        """Return the figures of a group of sectors."""
        those = self.sectors if group == ALL else group
        members = [e for sector in those for e in self.members.get(sector, ())]
        return [
            total(
                figure_name(group, quantity),
                [self.cells[e][q] for e in members for q in parts],
                self.values,
                rounding=1.0,
            )
            for quantity, parts in ((q, QUANTITIES[q]) for q in self.quantities)
        ]

    def with_carbon(self, figures: Iterable[ReleasedFigure]) -> list[ReleasedFigure]:
        """Return figures, and what those of energy say of carbon by the ratios that everybody knows.

        Who burns gas and takes power from the grid shows by carbon and energy together how much of each.
        """
        found = []
        for figure in figures:
            found.append(figure)
            members = {UUID(c.enterprise) for c in figure.terms}
            if figure_key(figure.name)[-1] == "energy":
                found += carbon_by_energy(figure, [self._scopes(e) for e in members], *self.planes)
        return found

    def _scopes(self, enterprise: UUID) -> tuple[Cell, Cell]:
        cells = self.cells[enterprise]
        return cells["scope_1"], cells["scope_2"]

    def groups(self, merged: Iterable[Group]) -> tuple[Group, ...]:
        """Return the groups of the table: those that are merged, and every other sector by itself."""
        found = [tuple(s for s in self.sectors if s in group) for group in merged]
        taken = {s for group in found for s in group}
        found = [group for group in found if group] + [(s,) for s in self.sectors if s not in taken]
        return tuple(sorted(found))

    def small(self, figure: ReleasedFigure) -> bool:
        """Return whether a figure may never be released."""
        # That nobody has anything tells of each that it has nothing.
        return sensitive(figure, self.values) or not any(self.values[c] for c in figure.terms)

    def dominated(self) -> tuple[str, ...]:
        """Return the quantities whose total may not be released."""
        return tuple(q for q, f in zip(self.quantities, self.line(ALL), strict=True) if self.small(f))

    def figures(self, groups: Sequence[Group]) -> dict[tuple[Group, str], ReleasedFigure]:
        """Return all figures of a table: with one group alone its sums are those of all."""
        lines = (ALL,) if len(groups) == 1 else (*groups, ALL)
        return {
            (group, quantity): figure
            for group in lines
            for quantity, figure in zip(self.quantities, self.line(group), strict=True)
        }

    def dominance(
        self, figures: Mapping[tuple[Group, str], ReleasedFigure], withheld: Iterable[tuple[Group, str]]
    ) -> list[ReleasedFigure]:
        """Return what it says that figures are withheld: who has almost all of one has almost all of it.

        If a withheld figure follows from the shown ones, dominance is the only possible reason for
        withholding it. For a quantity omitted from the whole table, no reason is visible.
        """
        without = set(withheld)
        told = {quantity for group, quantity in figures if (group, quantity) not in without}
        found = []
        for line, figure in figures.items():
            if line not in without or line[1] not in told:
                continue
            largest = dominating(figure, self.values)
            if largest and len({cell.enterprise for cell in figure.terms}) >= FEWEST:
                terms = {
                    cell: weight * ((cell.enterprise == largest) - LARGEST_SHARE)
                    for cell, weight in figure.terms.items()
                }
                found.append(ReleasedFigure(figure.name, terms, 0.0, inf))
        return found


def draft_table(wish: Wish, source: YearAmounts, ledger: Ledger) -> Checked:
    """Return a table as it would be published, not audited yet."""
    return _draft_from_table(_Table(source, ledger), wish)


def check(wish: Wish, source: YearAmounts, ledger: Ledger, protection: Protection) -> Checked:
    """Return whether a table may be published, and if not, what would pass instead."""
    table = _Table(source, ledger)
    found = _looked_at(table, wish, protection)
    if found.passes or not source.amounts:
        return found
    return replace(
        found, merging=_merging(table, wish, protection), withholding=_withholding(table, wish, protection)
    )


def _looked_at(table: _Table, wish: Wish, protection: Protection) -> Checked:
    found = _draft_from_table(table, wish)
    disclosures = _given_away(table, found.said, protection)
    return replace(found, disclosures=disclosures, audited=True)


def _draft_from_table(table: _Table, wish: Wish) -> Checked:
    groups = table.groups(wish.merged)
    figures = table.figures(groups)
    shown = {line: figure for line, figure in figures.items() if line not in wish.withheld}
    small = tuple(line for line, figure in shown.items() if table.small(figure))
    said = (*table.with_carbon(shown.values()), *table.dominance(figures, wish.withheld))
    return Checked(wish, groups, shown, small, (), said, audited=False, dominated=table.dominated())


def _given_away(
    table: _Table, figures: Sequence[ReleasedFigure], protection: Protection
) -> tuple[Disclosure, ...]:
    if table.earlier is None:
        table.earlier = EarlierReleases(
            table.values,
            table.released,
            protection=protection.protection,
            colluders=protection.colluders,
            kept=table.kept,
        )
    return table.earlier.new_disclosures(figures)


def _merging(table: _Table, wish: Wish, protection: Protection) -> Wish | None:
    """Return with which sectors merged the whole table passes, or that without some quantities.

    If not even the totals can be published, this is the table with the most figures.
    """
    best: Wish | None = None
    most = 0
    for kept in _choices(table.quantities):
        # Merged until each may stand by itself it tells no more than this.
        bound = _lines_of(_standing(table, table.groups(wish.merged), kept)) * len(kept)
        if bound <= most or not _stands(table, kept, protection):
            continue
        made = _merged(table, wish, kept, protection)
        if made is not None and (told := _lines_of(table.groups(made.merged)) * len(kept)) > most:
            best, most = made, told
        if kept == table.quantities:
            break
    return best


def _choices(quantities: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """Yield which quantities a table may be of, all first; of two of carbon the third would follow."""
    for count in range(len(quantities), 0, -1):
        chosen = [kept for kept in combinations(quantities, count) if len(CARBON.intersection(kept)) != 2]
        yield from sorted(chosen, key=lambda kept: "total" not in kept)


def _lines_of(groups: Sequence[Group]) -> int:
    return 1 if len(groups) == 1 else len(groups) + 1


def _stands(table: _Table, kept: Sequence[str], protection: Protection) -> bool:
    """Return whether the totals of some quantities may be released, and nothing else."""
    return not set(kept) & set(table.dominated()) and not _given_away(
        table, table.with_carbon(_line(table, ALL, kept)), protection
    )


def _line(table: _Table, group: Group, kept: Sequence[str]) -> list[ReleasedFigure]:
    return [f for f in table.line(group) if figure_key(f.name)[-1] in kept]


def _merged(table: _Table, wish: Wish, kept: Sequence[str], protection: Protection) -> Wish | None:
    """Return with which sectors merged a table of some quantities passes."""
    # First each by itself: a group of two cannot stand, whatever an audit says of the rest.
    groups = _standing(table, table.groups(wish.merged), kept)
    names = {json.dumps(g): g for g in groups}

    def line(merged: tuple[str, ...]) -> list[ReleasedFigure]:
        return table.with_carbon(_line(table, tuple(s for name in merged for s in names[name]), kept))

    found = merges(
        table.values,
        list(names),
        line,
        [*table.released, *table.with_carbon(_line(table, ALL, kept))],
        protection=protection.protection,
        colluders=protection.colluders,
        audits=MOST_AUDITS,
        kept=table.kept,
    )
    if found is None:
        return None
    sets = (tuple(sorted(s for name in merged for s in names[name])) for merged in found.groups)
    merged = tuple(sorted(g for g in sets if len(g) > 1))
    lines = table.figures(table.groups(merged))
    made = Wish(wish.year, merged, frozenset(line for line in lines if line[1] not in kept))
    return made if made != wish and _looked_at(table, made, protection).passes else None


def _standing(table: _Table, groups: Sequence[Group], kept: Sequence[str]) -> list[Group]:
    """Return groups merged until each may be released by itself, or one is left."""

    def size(group: Group) -> int:
        return sum(len(table.members[s]) for s in group)

    found = sorted(groups, key=size)
    while len(found) > 1:
        small = [g for g in found if any(map(table.small, _line(table, g, kept)))]
        if not small:
            break
        # Two that cannot stand may do so together, which mends both.
        other = next(g for g in (*small[1:], *found) if g != small[0])
        rest = [g for g in found if g not in (small[0], other)]
        found = sorted([*rest, (*small[0], *other)], key=size)
    return found


def _withholding(table: _Table, wish: Wish, protection: Protection) -> Wish | None:
    """Return without which figures the table passes."""
    figures = table.figures(table.groups(wish.merged))
    small = {line for line, figure in figures.items() if table.small(figure)}
    meant = {line: f for line, f in figures.items() if line not in wish.withheld and line not in small}
    cost = {f.name: WORTH_OF_ALL if group == ALL else 1.0 for (group, _), f in meant.items()}
    found = suppress(
        table.values,
        table.with_carbon(meant.values()),
        [*table.released, *table.dominance(figures, small)],
        cost=cost,
        protection=protection.protection,
        colluders=protection.colluders,
        kept=table.kept,
    )
    # Of energy and what it says of carbon neither is told without the other.
    shown = {f.name for f in found.shown} - {f.name for f in found.withheld}
    withheld = frozenset(line for line, figure in figures.items() if figure.name not in shown)
    made = Wish(wish.year, wish.merged, withheld)
    return made if shown and made != wish and _looked_at(table, made, protection).passes else None
