"""Energy for what is made that jumps in one year in a cluster in which it hardly changes.

How much is odd depends on how calm the others are: by the median deviation of all enterprises and years,
which single jumps do not move.

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

from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["IntensityJump", "intensity_jumps", "process_emissions"]

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
_SEVERAL = 3
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
