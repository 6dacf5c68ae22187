"""Enterprises with direct emissions but without electricity data, although all production uses electricity.

Their use may be estimated from enterprises with data; the lower bound is zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.accounts.unnamed_heat import power_plants
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["electricity_remarks", "without_electricity"]

_NAMED = 3
_SEVERAL = 5
"""If this number of enterprises report fuel but no electricity, the table lacks it."""


def without_electricity(cluster: Cluster, accounts: CarbonAccounts, year: int) -> npt.NDArray[np.bool_]:
    """Return which enterprises emit directly and have no row of electricity in any year, though others have.

    Or though several report fuels and none reports electricity. Excluded are those who make power for
    others, who report a total of scope 2, or have an excluded row that may be electricity.
    """
    n = len(accounts.enterprises)
    power = keep(
        accounts,
        "_of_electricity",
        lambda: (accounts.carrier == "electricity") | (accounts.kind == "reported"),
    )
    now = accounts.year == year
    burned = now & (accounts.scope == 1) & (accounts.carrier != "")
    nobody = not power.any() and len(np.unique(accounts.enterprise[burned])) >= _SEVERAL
    if not (power & now).any() and not nobody:
        return np.zeros(n, dtype=bool)
    emitted = now & (accounts.scope == 1) & ((accounts.carrier != "") | (accounts.location > 0))
    found = np.asarray(np.bincount(accounts.enterprise[emitted], minlength=n) > 0)
    found &= np.bincount(accounts.enterprise[power], minlength=n) == 0
    makers = power_plants(cluster).copy()
    makers[accounts.supplier[power & (accounts.supplier >= 0)]] = True
    found &= ~makers
    if not found.any():
        return found
    named = _enterprises_with_refused_electricity(cluster, accounts) | _sellers(cluster)
    return np.asarray(found & ~np.array([str(e) in named for e in accounts.enterprises], dtype=bool))


def _sellers(cluster: Cluster) -> set[str]:
    table = cluster.table("energy")
    rows = np.flatnonzero(table.texts("use") == "sold")
    sold = zip(table.texts("enterprise")[rows], table.texts("carrier")[rows], strict=True)
    return {str(who) for who, what in sold if carrier_named(str(what))[0] == "electricity"}


def _enterprises_with_refused_electricity(cluster: Cluster, accounts: CarbonAccounts) -> set[str]:
    table = cluster.table("energy")
    rows = list(accounts.refused.get("energy", ()))
    pairs = list(zip(table.texts("enterprise")[rows], table.texts("carrier")[rows], strict=True))
    if table.left_out is not None:
        gone = table.left_out
        pairs += list(zip(gone.texts("enterprise"), gone.texts("carrier"), strict=True))
    return {str(who) for who, what in pairs if carrier_named(str(what))[0] in (None, "electricity")}


def electricity_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning a year."""
    found = []
    for year in accounts.years:
        lacking = np.flatnonzero(without_electricity(cluster, accounts, year))
        if not len(lacking):
            continue
        names = ", ".join(str(accounts.enterprises[e]) for e in lacking[:_NAMED])
        what = (
            say(
                "no electricity data in any year for {names}, despite direct emissions in {year}",
                names=names,
                year=year,
            )
            if len(lacking) <= _NAMED
            else say(
                "no electricity data in any year for {names} and {more} more, despite direct "
                "emissions in {year}",
                names=names,
                more=len(lacking) - _NAMED,
                year=year,
            )
        )
        hint = say("add their electricity, with an amount of 0 for who uses none")
        found.append(Remark("K227", "warning", cluster.table("energy").file, None, "carrier", what, hint))
    return found
