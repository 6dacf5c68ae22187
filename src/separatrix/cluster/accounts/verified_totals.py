"""Verified totals against the fuels of the same enterprise and year, which the total holds."""

from __future__ import annotations

import numpy as np

from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.tables.number_text import rounded
from separatrix.reading.remark import Remark
from separatrix.sentence import say

__all__ = ["verified_remarks"]

_LEAST = 0.5
"""A verified total below this share of what default factors give is of another unit, or of a part."""


def verified_remarks(accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning at each verified total far below the CO2 of the fuels that it stands for."""
    verified = np.flatnonzero(accounts.kind == "verified")
    if not len(verified):
        return []
    years = accounts.year - accounts.year.min()
    span = int(years.max()) + 1
    key = accounts.enterprise * span + years
    size = len(accounts.enterprises) * span
    totals = np.bincount(key[verified], accounts.location[verified], size)
    burned = (accounts.kind == "combustion") & ~np.isnan(accounts.factor_location)
    fuels = np.bincount(key[burned], accounts.factor_location[burned], size)
    low = verified[totals[key[verified]] < _LEAST * fuels[key[verified]]]
    found = []
    for i in low[np.sort(np.unique(key[low], return_index=True)[1])].tolist():  # the first row of each
        k = int(key[i])
        found.append(
            Remark(
                "K226",
                "warning",
                str(accounts.file[i]),
                int(accounts.row[i]),
                "amount",
                say(
                    "verified are {total} t CO2e, and the fuels of {enterprise} in {year} alone give "
                    "{fuels} t",
                    total=rounded(float(totals[k])),
                    fuels=rounded(float(fuels[k])),
                    enterprise=str(accounts.enterprises[accounts.enterprise[i]]),
                    year=int(accounts.year[i]),
                ),
                say("check the unit and whether the total is whole; it was taken as it stands"),
            )
        )
    return found
