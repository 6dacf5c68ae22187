"""The carbon of a cluster as series over the years, for each enterprise and source, and what they lack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.completeness.panel_estimates import Estimates, from_other_years
from separatrix_cluster.tables.cell_values import Floats, Texts
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.mergers import taken_over
from separatrix_cluster.tables.text_codes import text_codes

__all__ = ["BOUGHT", "GapSearch", "absent_of", "series_of"]

Truths = npt.NDArray[np.bool_]

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
