"""Energy for what is made that jumps in one year in a cluster in which it hardly changes.

How much is odd depends on how calm the others are: by the median deviation of all enterprises and years,
which single jumps do not move.

Output below a tenth of what its energy costs: money or energy in another unit, in every row of a table.

A unit that is wrong in every row of a table cannot be detected by comparison with other years or
enterprises.

Electricity and output for each person at work that no cluster has: a unit that is wrong in every row.

A unit that is wrong in all rows of a table cannot be detected by comparison with other years or peers.
Where even the median of all enterprises is an order of magnitude below the least, or above the most, of
industry anywhere, only a wrong unit explains it.

References
----------
Rousseeuw, P. J. & Croux, C. (1993). Alternatives to the median absolute deviation. J. Amer. Statist. Assoc.
88, 1273-1283.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.factor import KWH_IN_GJ
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster, panel_of

__all__ = [
    "IntensityJump",
    "LARGEST_SLIP",
    "PRICES",
    "PerWorker",
    "below_cost",
    "dear_lines",
    "energy_cost_remarks",
    "energy_for_money",
    "intensity_jumps",
    "per_worker",
    "process_emissions",
]

PRICES = {"CNY": 0.05, "EUR": 0.01, "USD": 0.01, "GBP": 0.01}
"""Money for a kWh, about a tenth of what industry usually pays; a convention of this program."""


_OF_ONE_YEAR, _OF_SEVERAL = 5.0, 3.0
"""Half of usual prices for a single year, less for all years: no enterprise sells below cost."""

LARGEST_SLIP = 1e4
"""The farthest that units of energy are taken for each other: kWh and 10,000 kWh."""
_FUELS = 0.2
"""The least price of a kWh of fuel, as a share of that of electricity."""
_DEARER = {
    **dict.fromkeys(("diesel", "gasoline", "kerosene", "lpg"), 1.0),
    **dict.fromkeys(("natural_gas", "fuel_oil", "lng"), 0.5),
}
"""Of these a kWh costs more."""
_OF_ITS_OWN = frozenset({"blast_furnace_gas", "converter_gas", "coke_oven_gas", "refinery_gas", "crude_oil"})
"""Fuels that are not usually purchased have no such price."""


def below_cost(cluster: Cluster, accounts: CarbonAccounts) -> npt.NDArray[np.bool_]:
    """Return whose output in which year is below cost, shape (enterprises, years), if most are."""
    found = np.zeros((len(accounts.enterprises), len(accounts.years)), dtype=bool)
    for _, below in _dear(cluster, accounts):
        found |= below
    return found


def dear_lines(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[Ints]:
    """Yield the lines of each carrier that would cost more than what was made with it is worth."""
    if not accounts.years:
        return
    when = np.searchsorted(accounts.years, accounts.year)
    for carrier, below in _dear(cluster, accounts):
        yield np.flatnonzero((accounts.carrier == carrier) & below[accounts.enterprise, when])


def _price(cluster: Cluster, accounts: CarbonAccounts) -> float | None:
    price = PRICES.get(cluster.description.currency)
    return price if price is None else (_OF_ONE_YEAR if len(accounts.years) == 1 else _OF_SEVERAL) * price


def _dear(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    years = np.array(accounts.years, dtype=np.int64)
    price = _price(cluster, accounts)
    if price is None or not len(years) or not len(cluster.table("accounts")):
        return
    output = panel_of(cluster, "accounts", "output", years.tolist())
    # What was bought is what the output is worth beyond the value that was added to it.
    added = panel_of(cluster, "accounts", "value_added", years.tolist())
    with np.errstate(invalid="ignore"):
        spent = np.where((added > 0) & (added < output), output - added, output)
    used = (accounts.carrier != "") & (accounts.factor >= 0) & (accounts.kind != "biogenic")
    for carrier in sorted({str(c) for c in accounts.carrier[used]} - _OF_ITS_OWN - {"heat"}):
        chosen = used & (accounts.carrier == carrier)
        energy: Floats = np.zeros((len(accounts.enterprises), len(years)))
        at = accounts.enterprise[chosen], np.searchsorted(years, accounts.year[chosen])
        np.add.at(energy, at, np.nan_to_num(accounts.energy[chosen]))
        cost = (
            price * energy / KWH_IN_GJ * (1.0 if carrier == "electricity" else _DEARER.get(carrier, _FUELS))
        )
        with np.errstate(invalid="ignore"):
            told = (output > 0) & (energy > 0)
            below = told & (spent < cost)
        # A slip in one year is seen beside the others; of one enterprise it is in all of its years.
        of_most = below.any() and (len(years) == 1 or (2 * below.sum(axis=0) >= told.sum(axis=0)).all())
        if not of_most:
            below &= ((below == told).all(axis=1) & (told.sum(axis=1) >= _SEVERAL))[:, None]
        if below.any():
            yield carrier, np.asarray(below)


_SEVERAL = 3


_TENTH = 10.0
_HALF = 0.5
"""No enterprise spends more than this share of its sales on fuel."""


_QUARTER = 0.25
"""Nor more than this on electricity, but for smelters."""


def energy_for_money(cluster: Cluster, year: int, *, fuels: bool) -> Floats:
    """Return the most GJ that a part of the output of each enterprise buys at usual prices.

    Of fuel for half of it, of electricity for a quarter; `nan` where output or prices are not known.
    """
    price = PRICES.get(cluster.description.currency, float("nan"))
    output = panel_of(cluster, "accounts", "output", [year])[:, 0]
    part, kwh = (_HALF, _TENTH * price * _FUELS) if fuels else (_QUARTER, _TENTH * price)
    with np.errstate(invalid="ignore"):
        return np.where(output > 0, part * output / kwh * KWH_IN_GJ, np.nan)


def energy_cost_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return one warning, at the first such row."""
    found = below_cost(cluster, accounts)
    if not found.any():
        return []
    table, currency = cluster.table("accounts"), cluster.description.currency
    who, when = np.argwhere(found)[0].tolist()
    first = table.texts("enterprise") == cluster.enterprises[who]
    first &= table.numbers("year") == accounts.years[when]
    what = say(
        "output of {enterprise} in {year}, without its value added, is below what its energy costs at "
        "{price} {currency} per kWh of electricity and a fifth of it or more for fuels; so it is in {count} "
        "rows",
        enterprise=str(cluster.enterprises[who]),
        year=accounts.years[when],
        price=rounded(_price(cluster, accounts) or 0.0),
        currency=currency,
        count=int(found.sum()),
    )
    hint = say("check the unit of money, and those of energy")
    return [Remark("K234", "warning", table.file, int(table.rows[first][0]), "output", what, hint)]


Truths = npt.NDArray[np.bool_]

_CALM = 8.0
"""A change above this multiple of the deviation of all enterprises and years is an outlier."""
_LEAST, _MOST = 1.4, 2.4
"""The least change reported, however small the others; above the second, all energy is reported at level
output."""
_MOST_CALM = 4.0
"""Nothing is reported where the others change so much that this change is not unusual."""
_NEAR = 4.0
"""Other years lie within so many deviations of each other."""
_CLOSE = 1.3
"""The other years lie within this factor of each other."""
_LEVEL = 1.2
"""The other energy of an enterprise is as always within this factor."""

_DEVIATIONS = 20
"""The least number of deviations from which their median is used."""
_NORMAL = 0.6745
"""The median of the absolute value of a standard normal variable."""


@dataclass(frozen=True)
class IntensityJump:
    """An enterprise (its position), a year (its place), what of it, and how many times that is.

    A carrier, '' for all energy, or process for process emissions.
    """

    enterprise: int
    place: int
    carrier: str
    times: float


def process_emissions(accounts: CarbonAccounts) -> Floats:
    """Return the process emissions of every enterprise and year, t CO2e, shape (enterprises, years)."""
    found: Floats = np.zeros((len(accounts.enterprises), len(accounts.years)))
    mine = accounts.kind == "process"
    at = accounts.enterprise[mine], np.searchsorted(accounts.years, accounts.year[mine])
    np.add.at(found, at, accounts.location[mine])
    return found


def intensity_jumps(
    accounts: CarbonAccounts, output: Floats, value_added: Floats, settled: Truths
) -> Iterator[IntensityJump]:
    """Yield the jumps of all energy, single carriers and process emissions, by output and value added alike.

    Parameters
    ----------
    accounts : CarbonAccounts
    output, value_added : array, shape (enterprises, years)
        `nan` where not known.
    settled : array of bool, shape (enterprises, years)
        False for first and last years and mergers.
    """
    years = np.array(accounts.years, dtype=np.int64)
    if len(years) < _SEVERAL:
        return
    at, energy = (accounts.enterprise, np.searchsorted(years, accounts.year)), np.nan_to_num(accounts.energy)
    names = sorted({str(c) for c in accounts.carrier} - {""})
    tables = {}
    for carrier in names:
        mine = accounts.carrier == carrier
        tables[carrier] = np.zeros(output.shape)
        np.add.at(tables[carrier], (at[0][mine], at[1][mine]), energy[mine])
    if not tables:
        return
    whole = np.sum(list(tables.values()), axis=0)
    steady = np.ones(output.shape, dtype=bool)
    for table in tables.values():
        steady &= (table > 0) == (table > 0).any(axis=1, keepdims=True)
    for carrier, table in (("", whole), *tables.items(), ("process", process_emissions(accounts))):
        odd, away = _odd(table, output, value_added, carrier=carrier != "")
        odd &= settled & steady
        who = np.flatnonzero(odd.any(axis=1))
        if carrier in tables and len(who):
            # What took the place of another carrier is no slip.
            others = (whole - table)[who]
            rest = np.abs(_away(others, output[who]))
            odd[who] &= np.isnan(rest) | (rest <= np.log(_LEVEL)) | (others <= 1e-9 * whole[who])
        for e, k in np.argwhere(odd).tolist():
            yield IntensityJump(e, k, carrier, float(np.exp(away[e, k])))


def _odd(table: Floats, output: Floats, value_added: Floats, *, carrier: bool) -> tuple[Truths, Floats]:
    away, beside = _away(table, output), _away(table, value_added)
    known = away[~np.isnan(away)]
    none = np.zeros(table.shape, dtype=bool)
    if len(known) < _DEVIATIONS:
        return none, away
    spread = float(np.median(np.abs(known - np.median(known)))) / _NORMAL
    least = max(np.log(_LEAST), _CALM * spread)
    if least > np.log(_MOST_CALM):
        return none, away
    level = _level(table, output)
    told = (~np.isnan(level)).sum(axis=1, keepdims=True) >= _SEVERAL
    with np.errstate(invalid="ignore"):
        far = (np.abs(away) >= least) & ((np.abs(away) <= np.log(_MOST)) | carrier)
        far &= np.isnan(beside) | (away * beside >= 0.5 * away * away)
    close = max(_CLOSE, float(np.exp(_NEAR * spread)))
    return np.asarray(far & told & _agreeing(level, close)), away


def _level(table: Floats, measure: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((table > 0) & (measure > 0), table / measure, np.nan)


def _away(table: Floats, measure: Floats) -> Floats:
    """Return the logarithm of each year's quotient over the median of the other years."""
    logs = np.log(_level(table, measure))
    found = np.full(logs.shape, np.nan)
    for k in range(logs.shape[1]):
        found[:, k] = logs[:, k] - _medians(np.delete(logs, k, axis=1))
    return found


def _medians(table: Floats) -> Floats:
    """Return the median of what is known in each row; `nan` where nothing is."""
    ordered, count = np.sort(table, axis=1), (~np.isnan(table)).sum(axis=1)  # what is not known comes last
    rows, last = np.arange(len(table)), np.maximum(count - 1, 0)
    return np.asarray((ordered[rows, last // 2] + ordered[rows, np.minimum(count // 2, last)]) / 2)


def _agreeing(level: Floats, close: float) -> Truths:
    """Return where the other years of a quotient are near each other, shape (enterprises, years)."""
    found = np.zeros(level.shape, dtype=bool)
    for k in range(level.shape[1]):
        others = np.delete(level, k, axis=1)
        told = ~np.isnan(others)
        low, high = (np.where(told, others, end) for end in (np.inf, -np.inf))
        found[:, k] = (told.sum(axis=1) >= _SEVERAL - 1) & (high.max(axis=1) <= close * low.min(axis=1))
    return found


_LEAST_POWER = 100.0
"""kWh a year: sewing and offices need a thousand or more."""
_MOST_OUTPUT = 1e9
"""kWh of electricity at a tenth of its price, 50 million CNY a year: refineries and traders make a fifth."""


@dataclass(frozen=True)
class PerWorker:
    """What is out of all proportion to the people at work in the median of a cluster.

    ``amount`` is electricity, which is too little, or output, which is too much.
    """

    remark: Remark
    amount: str


def per_worker(cluster: Cluster, accounts: CarbonAccounts) -> tuple[PerWorker, ...]:
    """Return what is too little or too much for the people at work, in the median of all enterprises."""
    return keep(accounts, "_per_worker", lambda: tuple(_find_per_worker(cluster, accounts)))


def _find_per_worker(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[PerWorker]:
    table, years = cluster.table("accounts"), list(accounts.years)
    if not len(table) or not years:
        return
    staff = panel_of(cluster, "accounts", "staff", years)
    power: Floats = np.zeros(staff.shape)
    mine = (accounts.carrier == "electricity") & ~np.isnan(accounts.energy)
    at = accounts.enterprise[mine], np.searchsorted(years, accounts.year[mine])
    np.add.at(power, at, accounts.energy[mine] / KWH_IN_GJ)
    used = _median(power, staff)
    if used < _LEAST_POWER:
        i = int(np.flatnonzero(mine)[0])
        what = say(
            "half of the enterprises use less than {used} kWh of electricity a year for each person at work, "
            "which is less than any industry needs",
            used=rounded(used, 2),
        )
        hint = say("check the unit of electricity in all rows; the values were used unchanged")
        where = str(accounts.file[i]), int(accounts.row[i]), "unit"
        yield PerWorker(Remark("K248", "warning", *where, what, hint), "electricity")
    price, currency = PRICES.get(cluster.description.currency), cluster.description.currency
    made = _median(panel_of(cluster, "accounts", "output", years), staff)
    if price is not None and made > _MOST_OUTPUT * price:
        what = say(
            "half of the enterprises make more than {made} {currency} a year for each person at work, which "
            "is more than any industry does",
            made=rounded(made, 2),
            currency=currency,
        )
        hint = say("check the unit of money in all rows; the values were used unchanged")
        yield PerWorker(
            Remark("K248", "warning", table.file, int(table.rows[0]), "output", what, hint), "output"
        )


def _median(amount: Floats, staff: Floats) -> float:
    """Return the median per person over the enterprises and years that have both."""
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.where((amount > 0) & (staff > 0), amount / staff, np.nan)
    told = each[~np.isnan(each).all(axis=1)]
    return float(np.median(np.nanmedian(told, axis=1))) if len(told) >= _SEVERAL else float("nan")
