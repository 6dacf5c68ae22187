"""Electricity and output for each person at work that no cluster has: a unit that is wrong in every row.

A unit that is wrong in all rows of a table cannot be detected by comparison with other years or peers.
Where even the median of all enterprises is an order of magnitude below the least, or above the most, of
industry anywhere, only a wrong unit explains it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.energy_costs import PRICES
from separatrix_cluster.accounts.factor import KWH_IN_GJ
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import panel_of

__all__ = ["PerWorker", "per_worker"]

_LEAST_POWER = 100.0
"""kWh a year: sewing and offices need a thousand or more."""
_MOST_OUTPUT = 1e9
"""kWh of electricity at a tenth of its price, 50 million CNY a year: refineries and traders make a fifth."""
_SEVERAL = 3


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
