"""Amounts by enterprise in a year, and the bounds of those that are not known, so that like meets like.

Enterprises and those that were merged into them as one, so that a merger is neither growth nor decline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import COMPARED, DataCompleteness
from separatrix_cluster.completeness.doubt import untold_energy
from separatrix_cluster.completeness.estimates import from_other_years, from_sector
from separatrix_cluster.tables.cells import Floats, Texts, text_codes
from separatrix_cluster.tables.mergers import successors
from separatrix_cluster.tables.panel import Cluster, constant_prices, panel_of, real_value_added, sectors_of

__all__ = [
    "KnownAmounts",
    "accounts_as_one",
    "carbon_of",
    "column_of",
    "column_year",
    "comparable_as_one",
    "doubted_energy",
    "energy_of",
    "real_value_added_of",
    "undoubted",
    "value_added_as_one",
]


@dataclass(frozen=True)
class KnownAmounts:
    """An amount of every enterprise in a year.

    Attributes
    ----------
    value : array, shape (enterprises,)
        `nan` where it is not known in full.
    low, likely, high : array, shape (enterprises,)
        The bounds of each and the estimate; all `value` where it is known.
    least, usual, most : float
        Of all enterprises together.
    """

    value: Floats
    low: Floats
    likely: Floats
    high: Floats
    least: float
    usual: float
    most: float

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return bool(self.least == self.most)


def _all(value: Floats, low: Floats, likely: Floats, high: Floats) -> KnownAmounts:
    """Return amounts with their sums."""
    return KnownAmounts(value, low, likely, high, *(float(p.sum()) for p in (low, likely, high)))


def carbon_of(books: DataCompleteness, year: int, *, internal: bool = True) -> KnownAmounts:
    """Return t CO2e of the enterprises; the sums are those of the cluster, counted once."""
    value = np.where(books.is_comparable(year), books.accounts.by_enterprise(year, internal=internal), np.nan)
    return KnownAmounts(value, *books.by_enterprise(year), *books.span(year))


def energy_of(cluster: Cluster, books: DataCompleteness, year: int) -> KnownAmounts:
    """Return GJ of the enterprises; the bounds and the sums are without what they passed to one another.

    Missing energy is derived from missing carbon by the ratio of both for its carrier. Where only the
    carbon of fuels or purchased energy is reported, the energy is unknown and derived from it.
    """
    accounts = books.accounts
    counted = accounts.energy_by_enterprise(year, internal=False)
    untold = untold_energy(accounts, year)
    value = np.where(books.is_comparable(year) & ~untold.there, accounts.energy_by_enterprise(year), np.nan)
    columns, count = books.columns, len(counted)
    gaps = np.flatnonzero(columns.year == year)
    usual, least, most = _energy_per_carbon(books, columns.source[gaps])
    named = columns.enterprise[gaps] >= 0
    low, likely, high = (
        np.nan_to_num(counted)
        + np.bincount(columns.enterprise[gaps][named], (part[gaps] * ratio)[named], count)
        for part, ratio in ((columns.low, least), (columns.estimate, usual), (columns.high, most))
    )
    low, likely, high = low + untold.low, likely + untold.likely, high + untold.high
    less, more, strangers = doubted_energy(books, year)
    low, high = np.maximum(0.0, low + less), high + more
    # Of whom emissions are told and no energy, such as those of a process, the energy is not known.
    dark = books.has_rows(year) & np.isnan(counted) & ~untold.there
    if dark.any():
        years = list(accounts.years)
        known = np.array([accounts.energy_by_enterprise(y, internal=False) for y in years]).T
        filled = _filled(cluster, known, years, year)
        low, likely, high = (np.where(dark, f, p) for f, p in zip(filled, (low, likely, high), strict=True))
        low[dark] = 0.0
    missing = float((columns.high[gaps] * most)[~named].sum())
    found = _all(value, low, likely, high)
    return replace(
        found, least=max(0.0, found.least + strangers[0]), most=found.most + missing + strangers[1]
    )


def doubted_energy(books: DataCompleteness, year: int) -> tuple[Floats, Floats, tuple[float, float]]:
    """Return by how much GJ of each enterprise may be too high and too low, and those of unknown ones.

    Where the check that raised a doubt says nothing of energy, it follows from the carbon.
    """
    doubts = books.doubted()
    now = np.flatnonzero(doubts.year == year)
    _, _, most = _energy_per_carbon(books, doubts.source[now])
    count = len(books.enterprises)
    ends = []
    for carbon, energy in ((doubts.low, doubts.energy_low), (doubts.high, doubts.energy_high)):
        with np.errstate(invalid="ignore"):
            follows = np.where(carbon[now] == 0, 0.0, carbon[now] * most)
        ends.append(np.where(np.isnan(energy[now]), follows, energy[now]))
    who = doubts.enterprise[now]
    less, more = (np.bincount(who[who >= 0], end[who >= 0], count).astype(np.float64) for end in ends)
    return less, more, (float(ends[0][who < 0].sum()), float(ends[1][who < 0].sum()))


def _energy_per_carbon(books: DataCompleteness, sources: Texts) -> tuple[Floats, Floats, Floats]:
    """Return the usual, the least and the most GJ for a t CO2e that is missing of each source."""
    quotients, whole = keep(books.accounts, "_energy_per_carbon", lambda: _quotients(books.accounts))
    ends = min(quotients.values(), default=0.0), max(quotients.values(), default=0.0)
    usual = np.array([0.0 if s == "process" else quotients.get(str(s), whole) for s in sources], dtype=float)
    known = np.array([s == "process" or str(s) in quotients for s in sources], dtype=bool)
    return usual, np.where(known, usual, ends[0]), np.where(known, usual, ends[1])


def _quotients(accounts: CarbonAccounts) -> tuple[dict[str, float], float]:
    """Return GJ for a t CO2e by source, and of all together."""
    told = ~np.isnan(accounts.energy) & ~np.isnan(accounts.factor_location) & (accounts.factor_location > 0)
    energy, carbon = accounts.energy[told], accounts.factor_location[told]
    names, codes = text_codes(np.where(accounts.carrier == "", accounts.kind, accounts.carrier)[told])
    quotients = {
        str(name): float(energy[codes == k].sum() / carbon[codes == k].sum()) for k, name in enumerate(names)
    }
    return quotients, float(energy.sum() / carbon.sum()) if told.any() else 0.0


def column_of(cluster: Cluster, books: DataCompleteness, column: str, year: int) -> KnownAmounts:
    """Return a column of the table `accounts`, money in prices of the year.

    Of an enterprise that is at work in the year an amount that is not there is missing; of another it may be
    that there is none.
    """
    years = sorted({*cluster.table("accounts").years, year})
    at = years.index(year)
    known = panel_of(cluster, "accounts", column, years)
    prices = np.array([constant_prices(cluster, y) for y in years])
    if column not in _MONEY or np.isnan(prices).any():
        prices = np.ones(len(years))
    low, likely, high = (p / prices[at] for p in _filled(cluster, known * prices, years, year))
    away = books.away(cluster, year)
    told = ~np.isnan(known[:, at])
    low = np.where(told | books.has_rows(year), low, np.minimum(low, 0.0))
    low, likely, high = (np.where(away & ~told, 0.0, p) for p in (low, likely, high))
    doubts = books.doubted(column)
    less, more = doubts.by_enterprise(year, len(low))
    found = _all(undoubted(books, column, year, known[:, at]), low + less, likely, high + more)
    nobody = (doubts.year == year) & (doubts.enterprise < 0)
    return replace(
        found,
        least=found.least + float(doubts.low[nobody].sum()),
        most=found.most + float(doubts.high[nobody].sum()) + _of_unlisted(cluster, column, year),
    )


def _of_unlisted(cluster: Cluster, column: str, year: int) -> float:
    """Return the amount of a column in rows of unlisted enterprises: their carbon is in the bounds, too."""
    gone = cluster.table("accounts").left_out
    if gone is None or column not in gone.columns:
        return 0.0
    listed = np.isin(gone.texts("enterprise").astype(str), cluster.enterprises.astype(str))
    now = ~listed & (gone.numbers("year") == year)
    return float(np.nansum(gone.numbers(column)[now].clip(min=0.0)))


def undoubted(books: DataCompleteness, column: str, year: int, values: Floats) -> Floats:
    """Return a column of `accounts` by enterprise; `nan` also where a slip is suspected."""
    return np.where(books.doubted(column).slips(year, len(values)), np.nan, values)


def real_value_added_of(cluster: Cluster, books: DataCompleteness, year: int) -> Floats:
    """Return value added in constant prices by enterprise; `nan` also where a slip is suspected."""
    return undoubted(books, "value_added", year, real_value_added(cluster, year))


_MONEY = frozenset({"output", "value_added", "exports", "rd_spend", "new_product_sales"})


def _filled(cluster: Cluster, known: Floats, years: list[int], year: int) -> tuple[Floats, Floats, Floats]:
    """Return the least, the likely and the most of a year: as known, by other years, by the sector."""
    at, order = years.index(year), np.asarray(years, dtype=np.int64)
    asked = np.zeros(known.shape, dtype=bool)
    asked[:, at] = True
    guess = from_other_years(known, order, asked)
    value, low, high = known[:, at].copy(), known[:, at].copy(), known[:, at].copy()
    # A negative amount, as of a loss, makes the lower end the upper one.
    ends = np.sort(np.c_[guess.low[:, at], guess.high[:, at]], axis=1)
    by_years = np.isnan(value) & ~np.isnan(guess.value[:, at])
    value[by_years] = guess.value[by_years, at]
    low[by_years], high[by_years] = ends[by_years, 0], ends[by_years, 1]
    unknown = np.isnan(value)
    if unknown.any():
        staff = np.nanmax(np.c_[panel_of(cluster, "accounts", "staff", years), np.zeros(len(value))], axis=1)
        sector = from_sector(value, np.where(staff > 0, staff, np.nan), sectors_of(cluster), unknown)
        value[unknown], high[unknown], low[unknown] = sector.value[unknown], sector.high[unknown], 0.0
    return low, value, high


def column_year(cluster: Cluster, books: DataCompleteness, column: str) -> int | None:
    """Return the year used for a column of `accounts`: the reporting year, if it has half of the data.

    What it lacks is in the bounds then.  Else the last year that holds as much of what was last known as
    `DataCompleteness.gate` asks for, or the one that holds most.
    """
    years = list(cluster.table("accounts").years)
    known = np.abs(panel_of(cluster, "accounts", column, years))
    told = [years[j] for j in np.flatnonzero((~np.isnan(known)).sum(axis=0)).tolist()]
    if not told:
        return None
    if books.asked in told:
        return books.asked
    likely = from_other_years(known, np.asarray(years), np.zeros(known.shape, dtype=bool)).value
    guess = np.where(np.isnan(known), np.nan_to_num(likely), 0.0)
    guess[np.array([books.away(cluster, y) for y in years]).T] = 0.0
    sums, lacking = np.nansum(known, axis=0), guess.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        held = dict(zip(years, np.nan_to_num(sums / (sums + lacking)), strict=True))
    passing = [y for y in told if held[y] >= books.gate]
    if books.reporting_year in told and held[books.reporting_year] >= COMPARED:
        return books.reporting_year
    return passing[-1] if passing else max(told, key=lambda y: (held[y], y))


def accounts_as_one(cluster: Cluster, accounts: CarbonAccounts) -> CarbonAccounts:
    """Return the accounts with the lines of enterprises that were merged under those that took them over."""
    into = successors(cluster.table("enterprises"))
    if not into:
        return accounts
    place = np.arange(len(accounts.enterprises))
    for before, after in into.items():
        place[before] = after
    supplier = np.where(accounts.supplier >= 0, place[accounts.supplier], accounts.supplier)
    return replace(accounts, enterprise=place[accounts.enterprise], supplier=supplier)


def value_added_as_one(cluster: Cluster, books: DataCompleteness, year: int) -> Floats:
    """Return value added in constant prices likewise; `nan` for who was merged into another."""
    found = real_value_added_of(cluster, books, year).copy()
    away = books.away(cluster, year)
    own = found.copy()
    for before, after in successors(cluster.table("enterprises")).items():
        found[after] += 0.0 if away[before] and np.isnan(own[before]) else own[before]
        found[before] = np.nan
    return found


def comparable_as_one(cluster: Cluster, books: DataCompleteness, year: int) -> npt.NDArray[np.bool_]:
    """Return who can be compared in a year: who took another one over with that one alone."""
    found = books.is_comparable(year).copy()
    for before, after in successors(cluster.table("enterprises")).items():
        found[after] &= found[before]
    return found
