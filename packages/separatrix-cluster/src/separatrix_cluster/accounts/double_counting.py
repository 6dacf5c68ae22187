"""Double counting: fuels covered by a verified total, another enterprise's power within a reported scope 2.

A verified total includes the fuels and processes of its enterprise and year, a reported scope 2 the
electricity and heat. A reported scope 2 may also include what another enterprise of the cluster made and
has in its scope 1 (GHG Protocol Scope 2 Guidance, 2015, ch. 5): that part is excluded from the total.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["counted_once", "scaled_accounts"]

_SHARED = (
    "location",
    "market",
    "spread",
    "energy",
    "biogenic",
    "methane",
    "nitrous_oxide",
    "factor_location",
    "factor_market",
    "factor_stated",
)
"""The columns of amounts, which are divided where a line is."""


def counted_once(accounts: CarbonAccounts) -> CarbonAccounts:
    """Return the accounts with zero for what a verified or reported total of the same enterprise holds."""
    years = accounts.year - accounts.year.min() if len(accounts.year) else accounts.year
    span = int(years.max(initial=0)) + 1
    key = accounts.enterprise * span + years
    for kind, scope, parts in (
        ("verified", 1, ("combustion", "process")),
        ("reported", 2, ("electricity", "heat")),
    ):
        held = np.zeros(len(accounts.enterprises) * span, dtype=bool)
        held[key[accounts.kind == kind]] = True
        part = (accounts.kind == parts[0]) | (accounts.kind == parts[1])
        inside = held[key] & (accounts.scope == scope) & part
        for amounts in (accounts.location, accounts.market, accounts.spread):
            amounts[inside] = 0.0
        if kind == "verified":
            burned = held[key] & ((accounts.kind == "combustion") | (accounts.kind == "biogenic"))
            # Of a biogenic fuel the total holds CH4 and N2O; its CO2 stays listed.
            for amounts in (accounts.location, accounts.market, accounts.spread):
                amounts[burned] = 0.0
            accounts.methane[burned] = accounts.nitrous_oxide[burned] = 0.0
    return _reported(accounts, key)


def _reported(accounts: CarbonAccounts, key: np.ndarray) -> CarbonAccounts:
    """Take out of the total what a reported scope 2 holds of the supply of other members.

    Of R reported, with x t by factors from members and y t from elsewhere, R x / max(R, x + y) came from
    members: where the rows explain less than was reported the rest came from elsewhere.
    """
    reported = accounts.kind == "reported"
    if not reported.any():
        return accounts
    bought = (accounts.scope == 2) & ~reported
    keys, place = np.unique(key, return_inverse=True)

    def sums(amounts: Floats, chosen: np.ndarray) -> Floats:
        found = np.bincount(place[chosen], np.nan_to_num(amounts[chosen]), len(keys))
        return found.astype(np.float64)

    inside = sums(accounts.factor_location, bought & accounts.internal)
    told = sums(accounts.location, reported)
    known = np.maximum(told, sums(accounts.factor_location, bought))
    part = np.divide(inside, known, out=np.zeros(len(keys)), where=known > 0)
    shares = np.where(reported, part[place], 0.0)
    remarks = []
    first = {int(place[i]): i for i in np.flatnonzero(shares > 0)[::-1].tolist()}
    for one, at in sorted(first.items()):
        if not told[one] > 0:
            continue
        remarks.append(
            Remark(
                "K218",
                "warning",
                str(accounts.file[at]),
                int(accounts.row[at]),
                "amount",
                say(
                    "of the reported scope 2 of {enterprise} {carbon} t CO2e came from enterprises of the "
                    "cluster by its rows of energy; they count where they were made, and once",
                    enterprise=str(accounts.enterprises[accounts.enterprise[at]]),
                    carbon=rounded(float(told[one] * part[one])),
                ),
                say("leave the column supplier empty where the supplier did not make it"),
            )
        )
    return replace(scaled_accounts(accounts, shares), remarks=(*accounts.remarks, *remarks))


def scaled_accounts(accounts: CarbonAccounts, shares: Floats) -> CarbonAccounts:
    """Return the accounts with a share of each line, from 0 to 1, counted where another member made it.

    A line that is partly double counted is split in two.
    """
    partly = np.flatnonzero((shares > 0) & (shares < 1))
    accounts.internal[shares >= 1] = True
    if not len(partly):
        return accounts
    columns = {n: getattr(accounts, n) for n in accounts.columns()}
    more: dict[str, Any] = {n: np.concatenate([c, c[partly]]) for n, c in columns.items()}
    count = len(accounts.year)
    for name in _SHARED:
        more[name][count:] *= shares[partly]
        more[name][partly] *= 1 - shares[partly]
    more["internal"][count:] = True
    return replace(accounts, **more)
