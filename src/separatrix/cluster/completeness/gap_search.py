"""Which amounts of carbon are missing from the accounts of a cluster, and how large each is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.cluster.accounts.result import CarbonAccounts, Ints
from separatrix.cluster.completeness.panel_estimates import (
    OF_NOBODY,
    Estimates,
    from_other_years,
    from_peers,
    from_sector,
    quotient_interval,
)
from separatrix.cluster.completeness.refused_rows import RefusedRow, refused_rows
from separatrix.cluster.tables.cell_values import Floats, Texts
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.mergers import taken_over
from separatrix.cluster.tables.panel import panel_of, sectors_of

__all__ = ["GapColumns", "find_gaps"]

Truths = npt.NDArray[np.bool_]

_COLUMNS = ("enterprise", "year", "source", "reason", "estimate", "low", "high", "basis", "file", "row")
_BOUGHT = ("electricity", "heat")


@dataclass(frozen=True)
class GapColumns:
    """What is missing, a column for each attribute of a gap; ``enterprise`` holds positions, -1 for none."""

    enterprise: Ints
    year: Ints
    source: Texts
    reason: Texts
    estimate: Floats
    low: Floats
    high: Floats
    basis: Texts
    file: Texts
    row: Ints

    def sums(self, chosen: Truths) -> tuple[float, float, float]:
        """Return the estimate of the chosen ones together, and its least and most.

        Errors of estimates from one and the same basis may all point one way, so their distances add up.
        """
        estimate, low, high = (float(p[chosen].sum()) for p in (self.estimate, self.low, self.high))
        return estimate, low, high


@dataclass
class _Search:
    """The series of the accounts by enterprise and source, and the gaps while they are gathered.

    Verified, reported and process emissions are a series for each gas.  ``beside`` is what was counted of a
    year in place of an absent total that is more than it.
    """

    accounts: CarbonAccounts
    years: Ints
    enterprise: Ints
    source: Texts
    gas: Texts
    table: Floats
    guessed: Estimates
    absent: Truths
    beside: Floats
    cluster: Cluster
    gaps: list[tuple[Any, ...]] = field(default_factory=list)
    peers: dict[tuple[str, int], tuple[Floats, Floats]] = field(default_factory=dict)


def find_gaps(
    cluster: Cluster, accounts: CarbonAccounts
) -> tuple[tuple[int, ...], Truths, Truths, GapColumns]:
    """Return the years, who is whole and who is told of in each, and what is missing."""
    refused = refused_rows(cluster, accounts)
    broken = [name for name in ("energy", "emissions") if name in cluster.broken]
    known = {*accounts.years, *(r.year for r in refused if r.year >= 0)}
    if broken:
        known |= {*cluster.years}
    years = np.array(sorted(known), dtype=np.int64)
    # Where the tables say that nothing is missing, nothing is estimated.
    needed = bool(refused or broken) or cluster.description.complete is not None
    search = _series(cluster, accounts, years, needed)
    expected = _expected(cluster, years)
    search.absent[:] = _absent(search)
    for row in sorted(refused, key=lambda r: (r.enterprise < 0, r.year < 0, not r.source, not r.meant)):
        _refused(search, row)
    columns = _join(_columns(search.gaps), _silent(search, expected))
    told = np.zeros((len(accounts.enterprises), len(years)), dtype=bool)
    if len(years):
        told[accounts.enterprise, np.searchsorted(years, accounts.year)] = True
    columns = _join(columns, _unlisted(cluster, search, told, expected, columns))
    if broken:
        columns = _join(columns, _unreadable(cluster, years, broken))
    whole = told | ~expected
    members = columns.enterprise >= 0
    whole[columns.enterprise[members], np.searchsorted(years, columns.year[members])] = False
    if broken:
        whole[:] = False
    return tuple(int(y) for y in years), whole, told, columns


def _series(cluster: Cluster, accounts: CarbonAccounts, years: Ints, needed: bool) -> _Search:
    """Return carbon by enterprise, source and year, `nan` where no line is; with estimates if needed."""
    source = np.where(accounts.carrier == "", accounts.kind, accounts.carrier).astype(str)
    gases, gas = np.unique(
        np.where(accounts.carrier == "", accounts.gas, "").astype(str), return_inverse=True
    )
    # What was generated without a fuel emits nothing.
    kept = ~((accounts.factor < 0) & np.isin(accounts.kind.astype(str), _BOUGHT))
    names, code = np.unique(source[kept], return_inverse=True)
    kinds = max(len(names), 1) * max(len(gases), 1)
    of_gas = code * max(len(gases), 1) + gas[kept]
    key, place = np.unique(accounts.enterprise[kept] * kinds + of_gas, return_inverse=True)
    table = np.full((len(key), len(years)), np.nan)
    column = np.searchsorted(years, accounts.year[kept])
    # Where a verified total stands in place of fuels, theirs tell how large they would be.
    settled = (accounts.location[kept] == 0) & ~np.isnan(accounts.factor_location[kept])
    amounts = np.where(settled, accounts.factor_location[kept], accounts.location[kept])
    amounts = np.where(accounts.internal[kept], 0.0, amounts)
    table[place, column] = 0.0
    np.add.at(table, (place, column), amounts)
    owner, of = key // kinds, key % kinds
    sources = names[of // len(gases)].astype(object) if len(names) else np.zeros(0, dtype=object)
    gas_of = gases[of % len(gases)].astype(object) if len(names) else sources
    guessed = from_other_years(table, years) if needed else Estimates.none(*table.shape)
    no = np.zeros(table.shape, dtype=bool)
    return _Search(
        accounts, years, owner, sources, gas_of, table, guessed, no, np.zeros(table.shape), cluster
    )


def _expected(cluster: Cluster, years: Ints) -> Truths:
    """Return in which years something of each enterprise must be there, shape (enterprises, years)."""
    table = cluster.table("enterprises")
    opened, closed = table.numbers("opened")[:, None], table.numbers("closed")[:, None]
    with np.errstate(invalid="ignore"):
        there = ~(years[None, :] < opened) & ~(years[None, :] > closed)
    complete = cluster.description.complete
    if complete is None:
        return np.zeros_like(there)
    return np.asarray(there & ~np.isin(years, complete))


def _absent(search: _Search) -> Truths:
    """Return which series lack a year that nothing stands in place of."""
    absent, told = np.isnan(search.table), ~np.isnan(search.table)
    shape = (len(search.accounts.enterprises), len(search.years))
    bought = np.isin(search.source.astype(str), _BOUGHT)
    direct = ~np.isin(search.source.astype(str), (*_BOUGHT, "verified", "reported"))
    for total, parts in ((search.source == "verified", direct), (search.source == "reported", bought)):
        usual, whole, split = (np.zeros(shape, dtype=bool) for _ in range(3))
        usual[search.enterprise[total]] = True
        np.logical_or.at(whole, search.enterprise[total], told[total])
        np.logical_or.at(split, search.enterprise[parts], told[parts])
        more = _more_than_parts(search, total, parts, whole, split)[:, None] & split & ~whole
        # A total stands in place of its parts.  Where parts are there it is not needed, unless it is known to
        # be more than they are or another gas of it is there; where neither is, the total alone is missing.
        absent[total] &= (~split | whole | more)[search.enterprise[total]]
        absent[parts] &= ~(whole | more | (usual & ~split))[search.enterprise[parts]]
    for kind in ("verified", "reported", "process"):
        _gases(search, kind, absent)
    listed, names = search.cluster.table("enterprises"), search.source + search.gas
    return np.asarray(absent & ~taken_over(listed, search.enterprise, names, told))


_MORE = 1.1
"""A total that is so many times its parts, where both are there, holds more than they do."""


def _more_than_parts(search: _Search, total: Truths, parts: Truths, whole: Truths, split: Truths) -> Truths:
    """Return whose totals are more than their parts, and set what these count where the total is absent."""
    sums = []
    for chosen in (total, parts):
        found = np.zeros(whole.shape)
        np.add.at(found, search.enterprise[chosen], np.nan_to_num(search.table[chosen]))
        sums.append(found)
    both, without = whole & split, np.asarray(split & ~whole)
    more = (sums[0] * both).sum(axis=1) > _MORE * (sums[1] * both).sum(axis=1)
    for e in np.flatnonzero(more & without.any(axis=1)).tolist():
        # Of several gases the one that is most holds what was counted.
        alike = np.flatnonzero(total & (search.enterprise == e))
        largest = alike[np.argmax(np.nan_to_num(search.guessed.value[alike]), axis=0)]
        lacking = np.flatnonzero(without[e])
        search.beside[largest[lacking], lacking] = sums[1][e][lacking]
    return np.asarray(more)


def _gases(search: _Search, kind: str, absent: Truths) -> None:
    """Take out gases that stand in one sum of all: beside CO2E no single one is absent, nor it beside them.

    Where an enterprise gives both in one year they are different things.
    """
    of_kind = search.source == kind
    together = of_kind & np.isin(search.gas.astype(str), ("CO2E", "CO2EQ"))
    told = ~np.isnan(search.table)
    shape = (len(search.accounts.enterprises), len(search.years))
    whole, single = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    np.logical_or.at(whole, search.enterprise[together], told[together])
    np.logical_or.at(single, search.enterprise[of_kind & ~together], told[of_kind & ~together])
    apart = (whole & single).any(axis=1, keepdims=True)
    absent[together] &= (~single | apart)[search.enterprise[together]]
    absent[of_kind & ~together] &= (~whole | apart)[search.enterprise[of_kind & ~together]]


def _refused(search: _Search, row: RefusedRow) -> None:
    """Add a refused row: in place of what is absent, or as a further bill."""
    years = np.flatnonzero(search.years == row.year) if row.year >= 0 else np.arange(len(search.years))
    who = row.enterprise if row.enterprise >= 0 else row.likely
    if who >= 0:
        first, last = np.searchsorted(search.enterprise, (who, who + 1))
        series = np.arange(first, last)
        series = series[search.source[series] == row.source] if row.source else series
    else:
        series = np.flatnonzero(search.source == row.source) if row.source else np.arange(len(search.source))
    places = np.argwhere(search.absent[np.ix_(series, years)])
    places = np.c_[series[places[:, 0]], years[places[:, 1]]]
    distances = _distances(search, row, places)
    nearest = int(np.argmin(distances)) if len(places) else -1
    nameless = who < 0 and not np.isnan(row.value)
    if nearest < 0 or (nameless and distances[nearest] > _FAR):
        _further(search, row, series, years)
    else:
        others = places if row.source or not row.meant else places[:0]
        _fill(search, row, (int(places[nearest, 0]), int(places[nearest, 1])), others)


_FAR = float(np.log(3.0))
"""A row without an enterprise whose amount is farther from what is absent than this is another one."""


def _distances(search: _Search, row: RefusedRow, places: Ints) -> Floats:
    """Return how far the estimates of absent amounts are from what the row tells."""
    guess = search.guessed.value[places[:, 0], places[:, 1]]
    if np.isnan(row.value):
        found = -guess  # the largest is what is missing most
    else:
        found = np.abs(np.log(max(row.value, 1e-9) / np.maximum(guess, 1e-9)))
    return np.where((search.source[places[:, 0]] == row.meant) & bool(row.meant), -np.inf, found)


def _fill(search: _Search, row: RefusedRow, place: tuple[int, int], places: Ints) -> None:
    """Let a refused row stand for what is absent: by its own amount, else by the other years.

    Where it does not name its carrier it may stand for any of the places.
    """
    (s, y), guess, basis = place, search.guessed, "years"
    value, low, high = float(guess.value[place]), float(guess.low[place]), float(guess.high[place])
    least = float(guess.low[places[:, 0], places[:, 1]].min(initial=low))
    most = float(guess.high[places[:, 0], places[:, 1]].max(initial=high))
    if not np.isnan(row.value):
        if row.source or not row.low <= value <= row.high:
            value, basis = row.value, "amount"
        if row.source:
            low, high = row.low, row.high
        else:  # the carrier is the one that is absent, so both what it was and what was read bound it
            low, high = max(row.low, min(least, value)), min(row.high, max(most, value))
    elif not row.source:
        low, high = least, most
    sure = row.enterprise >= 0 and row.year >= 0
    end = high if sure else max(high, float(guess.high[place]))
    beside = float(search.beside[place])
    if beside > 0:
        value, low, end = (max(0.0, x - beside) for x in (value, low, end))
    search.absent[place] = False
    search.gaps.append(
        (
            int(search.enterprise[s]),
            int(search.years[y]),
            str(search.source[s]),
            "refused",
            value,
            low if sure else 0.0,
            end,
            basis,
            row.file,
            row.row,
        )
    )


def _further(search: _Search, row: RefusedRow, series: Ints, years: Ints) -> None:
    """Add a refused row for which nothing is absent: a further bill, or the first of its kind."""
    value, low, high, basis = row.value, row.low, row.high, "amount"
    if np.isnan(value):
        value, low, high, basis = _typical(search, row, series, years)
    if row.enterprise < 0 or row.year < 0:
        low = 0.0
    for y in years.tolist():
        search.gaps.append(
            (
                row.enterprise if row.enterprise >= 0 else row.likely,
                int(search.years[y]),
                row.source,
                "refused",
                value / len(years),
                low,
                high,
                basis,
                row.file,
                row.row,
            )
        )


def _typical(search: _Search, row: RefusedRow, series: Ints, years: Ints) -> tuple[float, float, float, str]:
    """Return how large a bill is whose amount is not known."""
    one = row.enterprise >= 0 and bool(row.source) and len(years) == 1
    counted = float(np.nansum(search.table[series, years[0]])) if one else 0.0
    if one and len(series):
        # What its other years have above what was counted.
        guess, most = search.guessed.value[series, years[0]], search.guessed.high[series, years[0]]
        if not np.isnan(guess).any() and not np.isnan(search.table[series, years[0]]).any():
            rest = max(0.0, float(guess.sum()) - counted)
            return rest, 0.0, max(counted, float(most.sum()) - counted), "years"
    if one:
        value, most_of_all = _by_peers(search, row.source, int(years[0]), row.enterprise)
        if counted > 0 and not np.isnan(value):
            # Beside other bills it is one like them, and at most what its peers have more.
            return counted / _bills(search, row), 0.0, max(counted, most_of_all - counted), "sector"
        if not np.isnan(value):
            return value, 0.0, most_of_all, "sector"
    alike = search.table[search.source == row.source] if row.source else search.table
    known = alike[~np.isnan(alike)]
    if row.enterprise >= 0:
        own = search.table[search.enterprise == row.enterprise]
        own = own[~np.isnan(own)]
        known = own if len(own) and not row.source else known
    if not len(known):
        known = search.table[~np.isnan(search.table)]
    if not len(known):
        return (*(float("nan"),) * 3, "none")
    middle = float(np.median(known))
    spread = quotient_interval(known / middle, OF_NOBODY)[1] if middle > 0 else 1.0
    return middle, 0.0, max(float(known.max()), middle * spread), "sector"


def _bills(search: _Search, row: RefusedRow) -> int:
    """Return how many rows were counted of the same as a refused one."""
    a = search.accounts
    source = np.where(a.carrier == "", a.kind, a.carrier)
    return max(
        1, int(((a.enterprise == row.enterprise) & (a.year == row.year) & (source == row.source)).sum())
    )


def _by_peers(search: _Search, source: str, y: int, enterprise: int) -> tuple[float, float]:
    """Return what an enterprise has of a source in a year by those who tell theirs, and the most of it.

    By output, value added, staff or its other sources, whichever foretells the peers' own best; `nan` where
    nobody has any.
    """
    key = (source, y)
    if key not in search.peers:
        count = len(search.accounts.enterprises)
        mine = search.source == source
        amounts, others = np.full(count, np.nan), np.zeros(count)
        told = np.flatnonzero(mine & ~np.isnan(search.table[:, y]))
        amounts[search.enterprise[told]] = 0.0
        np.add.at(amounts, search.enterprise[told], search.table[told, y])
        np.add.at(others, search.enterprise[~mine], np.nan_to_num(search.table[~mine, y]))
        amounts[~(amounts > 0)] = np.nan
        sizes = [_sizes(search.cluster, c, search.years)[:, y] for c in ("output", "value_added", "staff")]
        measures = [*sizes, np.where(others > 0, others, np.nan)]
        search.peers[key] = from_peers(amounts, measures, sectors_of(search.cluster))
    value, most = search.peers[key]
    return float(value[enterprise]), float(most[enterprise])


# --------------------------------------------------------------------------- what no row tells


def _silent(search: _Search, expected: Truths) -> GapColumns:
    """Return what is absent, is not said to be zero, and no refused row stands for."""
    at = np.nonzero(search.absent & expected[search.enterprise])
    count = len(at[0])

    def all_of(text: str) -> Texts:
        return np.full(count, text, dtype=object)

    return GapColumns(
        search.enterprise[at[0]],
        search.years[at[1]],
        search.source[at[0]],
        all_of("row"),
        np.maximum(0.0, search.guessed.value[at] - search.beside[at]),
        np.zeros(count),
        np.maximum(0.0, _most(search)[at] - search.beside[at]),
        all_of("years"),
        all_of(""),
        np.full(count, -1),
    )


def _most(search: _Search) -> Floats:
    """Return the most that absent amounts can be.

    Of a series whose other years are all zero no quotient tells; there it is the largest share that amounts
    after zeros had in what their enterprise emitted.
    """
    own = np.zeros((len(search.accounts.enterprises), len(search.years)))
    np.add.at(own, search.enterprise, np.nan_to_num(search.table))
    own = own[search.enterprise]
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.where((search.guessed.value == 0) & (search.table > 0), search.table / own, 0.0)
    largest = float(shares.max(initial=0.0))
    return np.where(
        search.guessed.value == 0, np.fmax(search.guessed.high, largest * own), search.guessed.high
    )


def _unlisted(
    cluster: Cluster, search: _Search, told: Truths, expected: Truths, columns: GapColumns
) -> GapColumns:
    """Return enterprises that the list names and of which no row of any source tells, by their sectors."""
    at = np.flatnonzero(columns.enterprise >= 0)
    at_gap = (columns.enterprise[at], np.searchsorted(search.years, columns.year[at]))
    partly, guessed, most = (np.zeros(told.shape) for _ in range(3))
    np.add.at(partly, at_gap, 1)
    np.add.at(guessed, at_gap, columns.estimate[at])
    np.add.at(most, at_gap, columns.high[at])
    nothing = ~told & expected & (partly == 0)
    # Of whom less than half is told, there may be carriers of which no row is left at all.
    thin = _thin(search, expected)
    chosen = nothing | (thin[:, None] & expected & (partly > 0))
    if not chosen.any():
        return _columns([])
    counted = np.array([search.accounts.by_enterprise(int(y), internal=False) for y in search.years]).T
    # Of those who are known in part what is missing counts as it is estimated.
    carbon = np.where(partly > 0, np.nan_to_num(counted) + guessed, counted)
    carbon[thin] = np.where((~thin).any() and not np.isnan(carbon[~thin]).all(), np.nan, carbon[thin])
    known = ~np.isnan(carbon)
    mean = np.nansum(carbon, axis=1) / np.maximum(known.sum(axis=1), 1)
    usual = np.where(known.any(axis=1), mean, np.nan)
    sectors = sectors_of(cluster)
    sizes = [_sizes(cluster, column, search.years) for column in ("output", "value_added", "staff")]
    gaps: list[tuple[Any, ...]] = []
    for y in np.flatnonzero(chosen.any(axis=0)).tolist():
        wanted = chosen[:, y]
        amounts = np.where(known[:, y], carbon[:, y], usual)
        size = max((s[:, y] for s in sizes), key=lambda s: int((s[wanted | ~np.isnan(amounts)] > 0).sum()))
        guess = from_sector(amounts, size, sectors, wanted)
        for i in np.flatnonzero(wanted).tolist():
            there = float(np.nan_to_num(counted[i, y]) + guessed[i, y])
            value, high = float(guess.value[i]), float(guess.high[i])
            if not nothing[i, y]:
                value, high = (
                    max(0.0, value - there),
                    max(0.0, high - there - float(most[i, y] - guessed[i, y])),
                )
            basis = "none" if np.isnan(value) else "sector"
            gaps.append((i, int(search.years[y]), "", "row", value, 0.0, max(value, high), basis, "", -1))
    return _columns(gaps)


def _thin(search: _Search, expected: Truths) -> Truths:
    """Return of which enterprises less than half of what their series could hold is told."""
    count = len(search.accounts.enterprises)
    told = np.bincount(search.enterprise, (~np.isnan(search.table)).sum(axis=1), count)
    could = np.bincount(search.enterprise, minlength=count) * expected.sum(axis=1)
    return np.asarray((could > 0) & (2 * told < could))


def _sizes(cluster: Cluster, column: str, years: Ints) -> Floats:
    """Return a column of `accounts` by enterprise and year, with other years in place of those not known."""
    table = panel_of(cluster, "accounts", column, years.tolist())
    with np.errstate(invalid="ignore"):
        table = np.where(table > 0, table, np.nan)
    return np.where(np.isnan(table), from_other_years(table, years).value, table)


def _unreadable(cluster: Cluster, years: Ints, broken: list[str]) -> GapColumns:
    """Return the tables that cannot be read: of what size is not known."""
    unknown = (float("nan"),) * 3
    return _columns(
        [
            (-1, int(y), name, "table", *unknown, "none", cluster.broken[name], -1)
            for y in years
            for name in broken
        ]
    )


def _columns(gaps: list[tuple[Any, ...]]) -> GapColumns:
    kinds: tuple[Any, ...] = (int, int, object, object, float, float, float, object, object, int)
    return GapColumns(*(np.array([gap[k] for gap in gaps], dtype=kind) for k, kind in enumerate(kinds)))


def _join(one: GapColumns, other: GapColumns) -> GapColumns:
    return GapColumns(*(np.concatenate([getattr(one, n), getattr(other, n)]) for n in _COLUMNS))
