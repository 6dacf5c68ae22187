"""Enterprises and those that were merged into them as one, so that a merger is neither growth nor decline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.known_amounts import real_value_added_of
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.mergers import successors

__all__ = ["accounts_as_one", "comparable_as_one", "value_added_as_one"]


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
