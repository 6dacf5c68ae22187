"""Estimates of amounts without a row, with an interval: from other years, or from the sector.

The interval is that of the method's own errors on this cluster: every known amount is estimated as if it were
missing too (at the same distance in years, or without its own enterprise), and the quotients of what is known
and what was estimated are the sample.  With 39 quotients or more their order statistics hold 95 % of new ones
whatever their distribution; with fewer it is the prediction interval of a normal sample of their logarithms,
as far as ten times the farthest of them.

What is known of excluded rows of energy and emissions: enterprise, year, source, amount.

Where the carrier or the grid is not known, the carbon lies between that of those which are (IPCC 2006 and the
Chinese defaults for fuels; for power, from none to that of a coal plant).

The carbon of a cluster as series over the years, for each enterprise and source, and what they lack.

References
----------
Vovk, V., Gammerman, A. & Shafer, G. (2005). Algorithmic Learning in a Random World. Springer (order
statistics of errors that are exchangeable).
Barber, R. F., Candès, E. J., Ramdas, A. & Tibshirani, R. J. (2021). Predictive inference with the jackknife+.
Ann. Statist. 49, 486–507.
Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. CRC Press, ch. 2.6 (a weak prior for a variance).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix_cluster.accounts.emission_factors import FactorRegistry, registry_of, shipped_factors
from separatrix_cluster.accounts.factor import OWN_USE, Factor, likely_grids, process_factor
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_named, gwp100, plain_gas, plain_name
from separatrix_cluster.tables.cells import Floats, Texts, text_codes
from separatrix_cluster.tables.description import FACTOR_SETS
from separatrix_cluster.tables.mergers import taken_over
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "BOUGHT",
    "Estimates",
    "GapSearch",
    "OF_NOBODY",
    "RefusedRow",
    "absent_of",
    "from_other_years",
    "from_peers",
    "from_sector",
    "quotient_interval",
    "refused_rows",
    "series_of",
]

Truths = npt.NDArray[np.bool_]

_PRIOR_WEIGHT = 2.0
"""What is thought of a spread before any quotient is seen has the weight of two of them."""

OF_YEARS, OF_SIZE, OF_NOBODY = 0.2, 0.5, 1.0
"""Log deviations thought of: of years of one enterprise, of enterprises for their size, without a size."""

_ENOUGH = 39
"""From here on order statistics reach to 95 %: 2/(n + 1) ≤ 5 %."""

_TAIL = 10.0
"""So many times the farthest quotient that was seen: beyond it the tail of a few logarithms says nothing."""

_FEW = 3
"""Fewer peers than this make no sector."""


@dataclass(frozen=True)
class Estimates:
    """Amounts and their 95 % intervals, each of one shape; `nan` where nothing can be said."""

    value: Floats
    low: Floats
    high: Floats

    @classmethod
    def none(cls, *shape: int) -> Estimates:
        """Return estimates of nothing."""
        return cls(*(np.full(shape, np.nan) for _ in range(3)))

    def put(self, chosen: Truths, other: Estimates) -> None:
        """Take the chosen ones from others of the same shape."""
        for name in ("value", "low", "high"):
            getattr(self, name)[chosen] = getattr(other, name)[chosen]


def quotient_interval(quotients: Floats, thought: float = OF_YEARS) -> tuple[float, float]:
    """Return between which numbers 95 % of further quotients lie: amounts over their estimates, from 0 up.

    ``thought`` is the log deviation that is thought of before any is seen.

    Examples
    --------
    >>> low, high = quotient_interval(np.array([0.9, 1.0, 1.1]))
    >>> 0.5 < low < 0.9 and 1.1 < high < 2
    True
    >>> quotient_interval(np.zeros(50))
    (0.0, 0.0)
    """
    known = np.sort(quotients[np.isfinite(quotients)])
    n = len(known)
    if n >= _ENOUGH:
        # A sample without any spread still does not say that there is none.
        least = 1.96 * thought * np.sqrt(_PRIOR_WEIGHT / n)
        below, above = int(np.floor(0.025 * (n + 1))) - 1, int(np.ceil(0.975 * (n + 1))) - 1
        low, high = float(known[max(below, 0)]), float(known[min(above, n - 1)])
        middle = float(known[(n - 1) // 2 : n // 2 + 1].mean())
        return min(low, middle * np.exp(-least)), max(high, middle * np.exp(least))
    from scipy.special import stdtrit

    logs = np.log(known[known > 0])
    centre = float(logs.mean()) if len(logs) else 0.0
    freedom = max(len(logs) - 1, 0) + _PRIOR_WEIGHT
    squares = float(((logs - centre) ** 2).sum()) + _PRIOR_WEIGHT * thought**2
    half = float(stdtrit(freedom, 0.975)) * np.sqrt(squares / freedom * (1 + 1 / max(len(logs), 1)))
    ends = np.r_[known[known > 0], 1.0]
    low = float(max(np.exp(centre - half), ends.min() / _TAIL))
    high = float(min(np.exp(centre + half), ends.max() * _TAIL))
    if n:
        low, high = min(low, float(known[0])), max(high, float(known[-1]))
    return low, high


def from_other_years(table: Floats, years: Ints, asked: Truths | None = None) -> Estimates:
    """Return an estimate of every amount from the same series' nearest other years.

    Between two known years it is on the line through them, else the nearest one.

    Parameters
    ----------
    table : array, shape (series, years)
        `nan` where unknown.
    years : array of int, shape (years,)
        In order.
    asked : array of bool, shape (series, years), optional
        The unknown amounts for which an interval is needed; by default all.

    Returns
    -------
    Estimates
        Also of those that are known; `nan` for a series without any other year.

    Examples
    --------
    >>> found = from_other_years(np.array([[10.0, np.nan, 14.0]]), np.array([2020, 2021, 2022]))
    >>> float(found.value[0, 1]), bool(found.low[0, 1] < 12 < found.high[0, 1])
    (12.0, True)
    """
    found = Estimates.none(*table.shape)
    if not table.size:
        return found
    panel = np.ascontiguousarray(table.T)  # a year is one piece of memory, and so is what lies so many behind
    count, told = len(panel), ~np.isnan(panel)
    places = np.arange(count)[:, None]
    before = np.maximum.accumulate(np.where(told, places, -1))
    after = np.minimum.accumulate(np.where(told, places, count)[::-1])[::-1]
    near = _NearestYears.of(panel, years, before, after)
    value, sides = near.predicted(1)
    away = np.full(panel.shape, count)
    away[1:] = np.where(before[:-1] >= 0, places[1:] - before[:-1], count)
    away[:-1] = np.minimum(away[:-1], np.where(after[1:] < count, after[1:] - places[:-1], count))
    low, high = found.low.T, found.high.T
    found.value.T[:] = value
    lacking = ~told if asked is None else ~told & asked.T
    for distance in np.unique(away[(sides > 0) & lacking]).tolist():
        guessed, guessed_sides = near.predicted(distance)
        with np.errstate(divide="ignore", invalid="ignore"):
            quotients = np.where(told & (guessed > 0), panel / guessed, np.nan)
        for side in (1, 2):
            chosen = lacking & (sides == side) & (away == distance)
            if not chosen.any():
                continue
            sample = quotients[(guessed_sides == side) & ~np.isnan(quotients)]
            if len(sample) < _FEW:  # errors of the other kind say more than none
                sample = quotients[~np.isnan(quotients)]
            ends = np.outer(value[chosen], quotient_interval(sample))
            low[chosen], high[chosen] = np.sort(ends, axis=1).T  # a credit is negative
    known = told & (sides > 0)
    low[known], high[known] = value[known], value[known]
    return found


@dataclass(frozen=True)
class _NearestYears:
    """The nearest known amount before and after each place of a panel, itself included, and its year.

    Shape (years, series); amounts are `nan` where there is none.
    """

    years: Floats
    first: Floats
    start: Floats
    last: Floats
    end: Floats

    @classmethod
    def of(cls, panel: Floats, years: Ints, before: Ints, after: Ints) -> _NearestYears:
        """Return them by the places of the nearest known years, -1 and behind the last for none."""
        left, right = np.maximum(before, 0), np.minimum(after, len(panel) - 1)
        when = years.astype(np.float64)
        first, last = (np.take_along_axis(panel, places, axis=0) for places in (left, right))
        return cls(when[:, None], first, when[left], last, when[right])

    def predicted(self, distance: int) -> tuple[Floats, npt.NDArray[np.int8]]:
        """Return the prediction from years at this distance or farther, and the number of sides."""
        value, sides = np.full(self.first.shape, np.nan), np.zeros(self.first.shape, dtype=np.int8)
        count = len(value)
        if distance >= count:
            return value, sides
        value[distance:] = self.first[:-distance]
        sides[distance:] = ~np.isnan(value[distance:])
        sides[:-distance] += ~np.isnan(self.last[distance:])
        np.copyto(value[:-distance], self.last[distance:], where=np.isnan(value[:-distance]))
        if 2 * distance < count:
            inner = slice(distance, count - distance)
            first, start = self.first[: -2 * distance], self.start[: -2 * distance]
            last, end = self.last[2 * distance :], self.end[2 * distance :]
            with np.errstate(divide="ignore", invalid="ignore"):
                between = first + (last - first) * ((self.years[inner] - start) / (end - start))
            np.copyto(value[inner], between, where=sides[inner] == 2)
        return value, sides


def from_sector(amounts: Floats, sizes: Floats, sectors: Texts, chosen: Truths) -> Estimates:
    """Return an estimate of the chosen ones' amounts from those of their sectors, by size where it is known.

    Parameters
    ----------
    amounts, sizes : array, shape (enterprises,)
        `nan` where not known.
    sectors : array of str, shape (enterprises,)
    chosen : array of bool, shape (enterprises,)
        Whose amounts are wanted.

    Returns
    -------
    Estimates
        Of each, shape (enterprises,); `nan` where no amount is known, or all are zero.

    Examples
    --------
    >>> found = from_sector(
    ...     np.array([10.0, 20.0, 30.0, np.nan]),
    ...     np.array([1.0, 2.0, 3.0, 4.0]),
    ...     np.array(["C1"] * 4, dtype=object),
    ...     np.array([False, False, False, True]),
    ... )
    >>> round(float(found.value[3]))
    40
    """
    found = Estimates.none(len(amounts))
    named = sectors.astype(str)
    with np.errstate(invalid="ignore"):
        sized = sizes > 0
    for sector in np.unique(named[chosen]):
        for by_size in (True, False):
            wanted = chosen & (named == sector) & (sized == by_size)
            if not wanted.any():
                continue
            known = ~np.isnan(amounts)
            peers = known & sized if by_size else known
            groups = [g for g in (peers & (named == sector), peers) if g.sum() >= _FEW]
            group = groups[0] if groups else known
            if not group.any():
                continue
            measure = sizes if by_size and sized[group].all() else np.ones(len(amounts))
            top, bottom = float(amounts[group].sum()), float(measure[group].sum())
            if not amounts[group].any():
                continue  # that others have nothing does not tell how much one has of whom nothing is known
            value = measure * (top / bottom)
            with np.errstate(divide="ignore", invalid="ignore"):
                others = (top - amounts[group]) / (bottom - measure[group])
                quotients = amounts[group] / (measure[group] * others)
                low, high = quotient_interval(quotients, OF_SIZE if by_size else OF_NOBODY)
                most = _TAIL * float(np.max(amounts[group] / measure[group]))
            found.value[wanted], found.low[wanted] = value[wanted], value[wanted] * low
            found.high[wanted] = np.maximum(value, np.minimum(value * high, measure * most))[wanted]
    return found


def from_peers(amounts: Floats, sizes: Sequence[Floats], sectors: Texts) -> tuple[Floats, Floats]:
    """Return the likely amount of every enterprise and the most of it, by the size that foretells peers best.

    Of several sizes the narrowest interval is used, or none where no size of an enterprise is known. The
    largest known amount is never considered impossible.
    """
    everyone = np.ones(len(amounts), dtype=bool)
    measures = [*sizes, np.full(len(amounts), np.nan)]
    found = [from_sector(amounts, size, sectors, everyone) for size in measures]
    value, low, high = (np.array([getattr(f, n) for f in found]) for n in ("value", "low", "high"))
    sized = ~np.isnan(np.array(measures))
    sized[-1] = True
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.where(sized, high / low, np.inf)
    best = np.argmin(np.nan_to_num(width, nan=np.inf), axis=0), np.arange(len(amounts))
    largest = float(np.nanmax(amounts)) if (amounts > 0).any() else np.nan
    return value[best], np.fmax(high[best], largest)


COAL_PLANT = 0.33
"""Efficiency of an old coal plant: no grid emits more than it (IPCC 2006, vol. 2, table 2.2: 94.6 kg/GJ)."""


@dataclass(frozen=True)
class RefusedRow:
    """A row that is in no sum.

    Attributes
    ----------
    enterprise, year : int
        Position of the enterprise, and the year; -1 where unknown.
    source : str
        The carrier, or the kind of emissions, as in `CarbonAccounts`; '' where it is unknown.
    meant : str
        The carrier that was most likely meant where it is not known; '' where that cannot be guessed.
    value, low, high : float
        t CO2e of the row with the bounds of what it can be; `nan` where its amount is not known.  Where
        only its unit is not to be trusted, the value is `nan` and the bounds are those of all readings.
    file, row : str, int
        Its place in the files.
    likely : int
        Position of the enterprise that a misspelt one most likely is; -1 for none.
    """

    enterprise: int
    year: int
    source: str
    meant: str
    value: float
    low: float
    high: float
    file: str
    row: int
    likely: int = -1


def refused_rows(cluster: Cluster, accounts: CarbonAccounts) -> list[RefusedRow]:
    """Return the rows of `energy` and `emissions` that are in no sum, those of totals excepted."""
    registry = registry_of(cluster)
    place = {str(name): i for i, name in enumerate(cluster.enterprises)}
    # A word that cannot be read, as a kind, a use or a supplier, may say that the row adds nothing.
    unclear = {(r.file, r.row) for r in cluster.remarks if r.code == "K130" and r.severity == "error"}
    found: list[RefusedRow] = []
    for name, told in (("energy", _of_energy), ("emissions", _of_emissions)):
        table = cluster.table(name)
        for part, rows in ((table, accounts.refused.get(name, ())), (table.left_out, None)):
            if part is None:
                continue
            for i in range(len(part)) if rows is None else rows:
                worth = told(part, i, registry, cluster.description.gwp)
                if worth is None:
                    continue
                if part.number("copy", i) == 1:  # nothing if it is a copy, all of it if it is a bill
                    worth = (*worth[:2], worth[4] / 2, 0.0, worth[4])
                year = part.number("year", i)
                member = place.get(part.text("enterprise", i), -1)
                source, meant, value, low, high = worth
                if member >= 0 and (table.file, int(part.rows[i])) in unclear:
                    low = min(low, 0.0)
                    if name == "emissions" and not part.text("kind", i):
                        source = ""  # which kind was meant is told by what is absent
                found.append(
                    RefusedRow(
                        member,
                        -1 if np.isnan(year) else int(year),
                        source,
                        meant,
                        value,
                        low,
                        high,
                        table.file,
                        int(part.rows[i]),
                        place.get(part.text("meant", i), -1),
                    )
                )
    return found


_BILLED_VOLUME = 1e4
"""m3: Chinese bills and forms have gas in 万立方米, so a number that is not in t is most likely in that."""

Worth = tuple[str, str, float, float, float]
_UNKNOWN = (float("nan"),) * 3


def _of_emissions(table: ClusterTable, i: int, registry: FactorRegistry, gwp: str) -> Worth | None:
    kind = table.text("kind", i)
    source = {"": "process", "scope 2": "reported"}.get(kind, kind)
    gas, dimension = table.text("gas", i), table.text("dimension", i)
    weight = gwp100(gwp).get(plain_gas(gas)) if gas else 1.0
    amount = table.number("amount", i)
    activity = table.text("activity", i)
    if activity:
        factor = process_factor(activity, table.number("content", i))
        weight = None if factor is None else factor.value
    if weight is None or dimension != "mass" or np.isnan(amount):
        return (source, "", *_UNKNOWN)
    return (source, "", *(amount * weight,) * 3)


def _of_energy(table: ClusterTable, i: int, registry: FactorRegistry, gwp: str) -> Worth | None:
    """Return source and carbon of a row; None where it emits nothing whatever its amount is."""
    use, text = table.text("use", i), table.text("carrier", i)
    if use not in ("", *OWN_USE):
        return None
    amount, dimension = table.number("amount", i), table.text("dimension", i)
    carrier, meant = carrier_named(text) if text else (None, None)
    if carrier is None and plain_name(text) in {f.carrier for f in registry.own}:
        carrier = plain_name(text)
    year = table.number("year", i)
    least, usual, most = _per_unit(registry, carrier, meant, dimension, 0 if np.isnan(year) else int(year))
    low, value, high = amount * least, amount * usual, amount * most
    if carrier is not None and dimension == "mass":
        billed = registry.fuel(carrier, "volume", 0 if np.isnan(year) else int(year))
        if isinstance(billed, Factor) and not isinstance(registry.fuel(carrier, "mass", 0), Factor):
            low, value = min(low, amount * billed.low), float("nan")
            high = max(high, amount * _BILLED_VOLUME * billed.high)
    if carrier is not None:
        meant = None
    # What an enterprise of the cluster supplied is counted where it was made, if it was made there.
    inside = carrier in ("electricity", "heat") and table.text("supplier", i) and not np.isnan(high)
    return carrier or "", meant or "", 0.0 if inside else value, 0.0 if inside else low, high


def _per_unit(
    registry: FactorRegistry, carrier: str | None, meant: str | None, dimension: str, year: int
) -> tuple[float, float, float]:
    """Return the least, the likely and the most t CO2 of a base unit; `nan` where nothing bounds it."""
    if carrier in ("electricity", "heat"):
        if dimension != "energy":
            return _UNKNOWN
        bought = registry.bought(carrier, "location", year)
        return _of_factor(bought) if isinstance(bought, Factor) else _any_grid(registry.country)
    if carrier is not None:
        for known in (registry, *(FactorRegistry(name, "") for name in FACTOR_SETS)):
            fuel = known.fuel(carrier, dimension, year)
            if isinstance(fuel, Factor):
                return _of_factor(fuel)
        return _of_like(registry, carrier, dimension, year)
    least, usual, most = _any_fuel(dimension)
    if meant is not None:
        likely = _per_unit(registry, meant, None, dimension, year)
        usual = usual if np.isnan(likely[1]) else likely[1]
    return least, usual, max(most, usual)


PURE_CARBON = 44 / 12
"""t CO2 of a tonne that is nothing but carbon: no fuel gives more."""

_DENSITY = 0.2, 0.85, 2.26
"""t/m3 of what is weighed: wood chips, oils, graphite."""


def _of_like(registry: FactorRegistry, carrier: str, dimension: str, year: int) -> tuple[float, float, float]:
    """Return t CO2 of a base unit of a fuel that has no factor for it: what any such fuel can hold."""
    least, usual, most = _any_fuel(dimension)
    if dimension == "mass":
        return least, usual, max(most, PURE_CARBON)
    if dimension == "volume":
        for known in (registry, *(FactorRegistry(name, "") for name in FACTOR_SETS)):
            weighed = known.fuel(carrier, "mass", year)
            if isinstance(weighed, Factor):
                ends = zip(_DENSITY, _of_factor(weighed), strict=True)
                least, usual, most = (density * factor for density, factor in ends)
                return min(least, usual), usual, most
        return 0.0, usual, max(most, PURE_CARBON * _DENSITY[-1])
    return least, usual, most


def _of_factor(factor: Factor) -> tuple[float, float, float]:
    if factor.biogenic:
        return 0.0, 0.0, 0.0
    return factor.low, factor.value, factor.high


@cache
def _any_grid(country: str) -> tuple[float, float, float]:
    """Return the least, mean and largest t CO2/GJ of power where only the country of the grid is known."""
    grids = [f.value for f in likely_grids(country)]
    coal = FactorRegistry("ipcc-2006", "").fuel("other_bituminous_coal", "energy", 0)
    most = coal.value / COAL_PLANT if isinstance(coal, Factor) else max(grids)
    return 0.0, float(np.mean(grids)), most


@cache
def _any_fuel(dimension: str) -> tuple[float, float, float]:
    """Return t CO2 of a base unit of an unknown fuel: from biomass to the highest factor."""
    values = list(_fuel_factors(dimension))
    return (0.0, float(np.median(values)), max(values)) if values else _UNKNOWN


def _fuel_factors(dimension: str) -> Iterator[float]:
    for factor in shipped_factors():
        if factor.kind == "combustion" and factor.dimension == dimension and not factor.biogenic:
            yield factor.value


BOUGHT = ("electricity", "heat")


@dataclass
class GapSearch:
    """The series of the accounts by enterprise and source, and the gaps while they are gathered.

    Verified, reported and process emissions are a series for each gas. ``beside`` is what was counted for a
    year in place of an absent total and exceeds it, ``refused`` what an excluded row represents.
    """

    accounts: CarbonAccounts
    years: Ints
    enterprise: Ints
    source: Texts
    gas: Texts
    table: Floats
    guessed: Estimates
    absent: Truths
    refused: Truths
    beside: Floats
    cluster: Cluster
    gaps: list[tuple[Any, ...]] = field(default_factory=list)
    peers: dict[tuple[str, int], tuple[Floats, Floats]] = field(default_factory=dict)


def series_of(cluster: Cluster, accounts: CarbonAccounts, years: Ints, needed: bool) -> GapSearch:
    """Return carbon by enterprise, source and year, `nan` where no line is; with estimates if needed."""
    source = np.where(accounts.carrier == "", accounts.kind, accounts.carrier)
    gases, gas = text_codes(np.where(accounts.carrier == "", accounts.gas, ""))
    # What was generated without a fuel emits nothing.
    kept = ~((accounts.factor < 0) & ((accounts.kind == BOUGHT[0]) | (accounts.kind == BOUGHT[1])))
    names, code = text_codes(source[kept])
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
    sources = names[of // len(gases)] if len(names) else np.zeros(0, dtype=object)
    gas_of = gases[of % len(gases)] if len(names) else sources
    guessed = from_other_years(table, years) if needed else Estimates.none(*table.shape)
    no = np.zeros(table.shape, dtype=bool)
    return GapSearch(
        accounts, years, owner, sources, gas_of, table, guessed, no, no.copy(), np.zeros(table.shape), cluster
    )


def absent_of(search: GapSearch) -> Truths:
    """Return which series lack a year without any replacement."""
    absent, told = np.isnan(search.table), ~np.isnan(search.table)
    shape = (len(search.accounts.enterprises), len(search.years))
    bought = np.isin(search.source.astype(str), BOUGHT)
    direct = ~np.isin(search.source.astype(str), (*BOUGHT, "verified", "reported"))
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


def _more_than_parts(search: GapSearch, total: Truths, parts: Truths, whole: Truths, split: Truths) -> Truths:
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


def _gases(search: GapSearch, kind: str, absent: Truths) -> None:
    """Remove gases that are part of a sum of all: with CO2E no single gas is absent, and the reverse.

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
