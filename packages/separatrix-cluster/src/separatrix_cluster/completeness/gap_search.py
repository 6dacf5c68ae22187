"""Which amounts of carbon are missing from the accounts of a cluster, and how large each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.completeness.estimates import (
    OF_NOBODY,
    GapSearch,
    RefusedRow,
    absent_of,
    from_other_years,
    from_peers,
    from_sector,
    quotient_interval,
    refused_rows,
    series_of,
)
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.panel import Cluster, at_work, panel_of, sectors_of

__all__ = ["GapColumns", "find_gaps"]

Truths = npt.NDArray[np.bool_]

_COLUMNS = ("enterprise", "year", "source", "reason", "estimate", "low", "high", "basis", "file", "row")


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


def find_gaps(
    cluster: Cluster, accounts: CarbonAccounts
) -> tuple[tuple[int, ...], Truths, Truths, GapColumns]:
    """Return the years, which enterprises are complete and which have data in each, and what is missing."""
    refused = refused_rows(cluster, accounts)
    broken = [name for name in ("energy", "emissions") if name in cluster.broken]
    known = {*accounts.years, *(r.year for r in refused if r.year >= 0)}
    if broken:
        known |= {*cluster.years}
    years = np.array(sorted(known), dtype=np.int64)
    # Where the tables say that nothing is missing, nothing is estimated.
    needed = bool(refused or broken) or cluster.description.complete is not None
    search = series_of(cluster, accounts, years, needed)
    expected = _expected(cluster, years)
    search.absent[:] = absent_of(search)
    for row in sorted(refused, key=lambda r: (r.enterprise < 0, r.year < 0, not r.source, not r.meant)):
        _add_refused_row(search, row)
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


def _expected(cluster: Cluster, years: Ints) -> Truths:
    """Return in which years something of each enterprise must be there, shape (enterprises, years)."""
    table = cluster.table("enterprises")
    opened, closed = table.numbers("opened")[:, None], table.numbers("closed")[:, None]
    with np.errstate(invalid="ignore"):
        there = ~(years[None, :] < opened) & ~(years[None, :] > closed)
    # Who made something was there, whatever the years of opening and closing say.
    there |= at_work(cluster, years.tolist())
    complete = cluster.description.complete
    if complete is None:
        return np.zeros_like(there)
    return np.asarray(there & ~np.isin(years, complete))


# --------------------------------------------------------------------------- refused rows


def _add_refused_row(search: GapSearch, row: RefusedRow) -> None:
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


def _distances(search: GapSearch, row: RefusedRow, places: Ints) -> Floats:
    """Return the distances of the estimates of absent amounts from what the row states."""
    guess = search.guessed.value[places[:, 0], places[:, 1]]
    if np.isnan(row.value):
        found = -guess  # the largest is what is missing most
    else:
        found = np.abs(np.log(max(row.value, 1e-9) / np.maximum(guess, 1e-9)))
    return np.where((search.source[places[:, 0]] == row.meant) & bool(row.meant), -np.inf, found)


def _fill(search: GapSearch, row: RefusedRow, place: tuple[int, int], places: Ints) -> None:
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
    elif not np.isnan(row.high):  # its unit is in question: every reading is possible, too
        low, high = min(low, row.low), max(high, row.high)
    sure = row.enterprise >= 0 and row.year >= 0
    end = high if sure else max(high, float(guess.high[place]))
    beside = float(search.beside[place])
    if beside > 0:
        value, low, end = (max(0.0, x - beside) for x in (value, low, end))
    search.absent[place], search.refused[place] = False, True
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


def _further(search: GapSearch, row: RefusedRow, series: Ints, years: Ints) -> None:
    """Add a refused row for which nothing is absent: a further bill, or the first of its kind."""
    value, low, high, basis = row.value, row.low, row.high, "amount"
    if np.isnan(value):
        value, low, high, basis = _typical(search, row, series, years)
        if not np.isnan(row.high):  # its unit is in question: every reading is possible, too
            if not (search.source == row.source).any():
                # Nobody tells of such a bill, and one reading is as good as another.
                value, low, high, basis = (row.low + row.high) / 2, row.low, row.high, "amount"
            elif basis == "sector" and row.low <= value <= row.high * np.exp(_FAR):
                value, low, high = min(value, row.high), row.low, row.high  # peers agree with a reading
            else:
                low, high = min(low, row.low), max(high, row.high)
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


def _typical(
    search: GapSearch, row: RefusedRow, series: Ints, years: Ints
) -> tuple[float, float, float, str]:
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
    if one and np.isnan(alike).all():
        found = _beside_others(search, row.enterprise, int(years[0]))
        if found is not None:
            return found
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


def _beside_others(search: GapSearch, enterprise: int, y: int) -> tuple[float, float, float, str] | None:
    """Return the size of an unreported source, relative to the others of its enterprise.

    As large as the median of these, and at most the largest ratio to the rest of the enterprise that any
    source of the cluster has; None without data on either.
    """
    owners = np.zeros((len(search.accounts.enterprises), len(search.years)))
    amounts = np.nan_to_num(search.table).clip(min=0.0)
    np.add.at(owners, search.enterprise, amounts)
    rest = owners[search.enterprise] - amounts
    parts = amounts[(amounts > 0) & (rest > 0)] / rest[(amounts > 0) & (rest > 0)]
    own = search.table[search.enterprise == enterprise]
    now = own[:, y] if (own[:, y] > 0).any() else own[own > 0]
    now = now[now > 0]
    if not len(now) or not len(parts):
        return None
    most = float(now.sum()) * max(1.0, float(parts.max()))
    return min(float(np.median(now)), most), 0.0, most, "sector"


def _bills(search: GapSearch, row: RefusedRow) -> int:
    """Return how many rows were counted of the same as a refused one."""
    a = search.accounts
    source = np.where(a.carrier == "", a.kind, a.carrier)
    return max(
        1, int(((a.enterprise == row.enterprise) & (a.year == row.year) & (source == row.source)).sum())
    )


def _by_peers(search: GapSearch, source: str, y: int, enterprise: int) -> tuple[float, float]:
    """Return an estimate of an enterprise's source in a year from peers with data, and its upper bound.

    By output, value added, staff or its other sources, whichever best predicts the peers' own; `nan` where
    none has any.
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


def _silent(search: GapSearch, expected: Truths) -> GapColumns:
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
        np.maximum(0.0, _upper_bounds(search)[at] - search.beside[at]),
        all_of("years"),
        all_of(""),
        np.full(count, -1),
    )


def _upper_bounds(search: GapSearch) -> Floats:
    """Return the most that absent amounts can be.

    If all other years of a series are zero no ratio is defined; the upper bound is then the largest share
    in the emissions of its enterprise that amounts after zeros had.
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
    cluster: Cluster, search: GapSearch, told: Truths, expected: Truths, columns: GapColumns
) -> GapColumns:
    """Return listed enterprises without a row of any source, by their sectors."""
    at = np.flatnonzero(columns.enterprise >= 0)
    at_gap = (columns.enterprise[at], np.searchsorted(search.years, columns.year[at]))
    partly, guessed, most = (np.zeros(told.shape) for _ in range(3))
    np.add.at(partly, at_gap, 1)
    np.add.at(guessed, at_gap, columns.estimate[at])
    np.add.at(most, at_gap, columns.high[at])
    nothing = ~told & expected & (partly == 0)
    # Of whom less than half is told, there may be carriers of which no row is left at all.
    thin = _thin(search, expected)
    unmade = _unmade(search) & expected & told & (partly == 0)
    chosen = nothing | (thin[:, None] & expected & (partly > 0)) | unmade
    if not chosen.any():
        return _columns([])
    counted = np.array([search.accounts.by_enterprise(int(y), internal=False) for y in search.years]).T
    # Of those who are known in part what is missing counts as it is estimated.
    carbon = np.where(partly > 0, np.nan_to_num(counted) + guessed, counted)
    carbon[thin] = np.where((~thin).any() and not np.isnan(carbon[~thin]).all(), np.nan, carbon[thin])
    carbon[unmade] = np.nan
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


def _unmade(search: GapSearch) -> Truths:
    """Return who supplied more than twice what its rows let it make or pass on: fuel of it is missing.

    What it generated, burned and bought are its rows.
    """
    a = search.accounts
    sums = np.zeros((2, len(a.enterprises), len(search.years)))
    at = np.searchsorted(search.years, a.year)
    energy = np.nan_to_num(a.energy)
    given = a.doubtful & (a.supplier >= 0)
    np.add.at(sums[0], (a.supplier[given], at[given]), energy[given])
    np.add.at(sums[1], (a.enterprise, at), energy)
    return np.asarray(sums[0] > 2 * sums[1])


def _thin(search: GapSearch, expected: Truths) -> Truths:
    """Return which enterprises report less than half of what their series could contain."""
    count = len(search.accounts.enterprises)
    # What a row that was left out stands for is told, if not in full.
    told = np.bincount(search.enterprise, (~np.isnan(search.table) | search.refused).sum(axis=1), count)
    could = np.bincount(search.enterprise, minlength=count) * expected.sum(axis=1)
    return np.asarray((could > 0) & (2 * told < could))


def _sizes(cluster: Cluster, column: str, years: Ints) -> Floats:
    """Return a column of `accounts` by enterprise and year, with other years in place of those not known."""
    table = panel_of(cluster, "accounts", column, years.tolist())
    with np.errstate(invalid="ignore"):
        table = np.where(table > 0, table, np.nan)
    likely = from_other_years(table, years, np.zeros(table.shape, dtype=bool)).value
    return np.where(np.isnan(table), likely, table)


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
