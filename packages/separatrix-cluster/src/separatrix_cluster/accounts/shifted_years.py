"""Enterprises whose energy is of one year more and one year less than their accounts: a year off throughout.

All other enterprises report energy and money for the same years. An enterprise whose energy begins a year
later and ends a year later than its output was most likely entered under the year of reporting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import at_work

__all__ = ["ShiftedYears", "shifted_years"]

_SEVERAL = 3
"""With fewer years, or fewer others, nothing is reported."""
_MOSTLY = 0.5
"""The share of the others that must report energy and money for the same years."""


@dataclass(frozen=True)
class ShiftedYears:
    """An enterprise (its position) whose energy is this many years after its accounts."""

    remark: Remark
    enterprise: int
    years: int


def shifted_years(cluster: Cluster, accounts: CarbonAccounts) -> tuple[ShiftedYears, ...]:
    """Return the enterprises whose energy is reported for years shifted against those of their accounts."""
    return keep(accounts, "_shifted_years", lambda: tuple(_find_shifted_years(cluster, accounts)))


def _find_shifted_years(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[ShiftedYears]:
    table = cluster.table("accounts")
    if not len(table) or not len(accounts.year):
        return
    years = np.arange(min(*accounts.years, *table.years) - 1, max(*accounts.years, *table.years) + 2)
    used = np.zeros((len(accounts.enterprises), len(years)), dtype=bool)
    of_energy = accounts.carrier != ""
    used[accounts.enterprise[of_energy], accounts.year[of_energy] - years[0]] = True
    made = at_work(cluster, years.tolist())
    both = (used.sum(axis=1) >= _SEVERAL) & (made.sum(axis=1) >= _SEVERAL)
    same = both & (used == made).all(axis=1)
    if same.sum() < _SEVERAL:
        return
    for shift in (1, -1):
        off = both & ~same & (used == np.roll(made, shift, axis=1)).all(axis=1)
        if not off.any() or same.sum() < _MOSTLY * both.sum():
            continue
        for e in np.flatnonzero(off).tolist():
            told = [years[np.flatnonzero(part[e])] for part in (used, made)]
            line = int(np.flatnonzero(of_energy & (accounts.enterprise == e))[0])
            what = say(
                "energy of {enterprise} is of {start} to {end} and its accounts are of {first} to {last}, "
                "while those of others are of the same years: it may be a year off",
                enterprise=short(str(accounts.enterprises[e])),
                start=int(told[0][0]),
                end=int(told[0][-1]),
                first=int(told[1][0]),
                last=int(told[1][-1]),
            )
            hint = say("check the years of both; they were taken as they stand")
            place = str(accounts.file[line]), int(accounts.row[line])
            yield ShiftedYears(Remark("K245", "warning", *place, "year", what, hint), e, shift)
