"""Power that a member is said to have supplied that never did so: what counts nowhere then, if it did not.

Power of a member counts where it was made: the name of a supplier takes it out of the scope 2 of the buyer.
"""

from __future__ import annotations

import numpy as np

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.accounts.unnamed_heat import PLANT
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import sectors_of

__all__ = ["unlikely_supply", "unlikely_supply_remarks"]


def unlikely_supply(cluster: Cluster, accounts: CarbonAccounts) -> Ints:
    """Return the lines of power supplied by members that are not power plants and report no generation.

    Suppliers in every year of the buyer are accepted, unless they buy power themselves: an enterprise that
    makes too little for its own need is unlikely to supply others.
    """
    lines = np.flatnonzero((accounts.carrier == "electricity") & accounts.internal & (accounts.supplier >= 0))
    if not len(lines):
        return lines
    makers = np.array([bool(PLANT.fullmatch(str(s).strip())) for s in sectors_of(cluster)], dtype=bool)
    generated = (accounts.carrier == "electricity") & (accounts.factor < 0)
    makers[accounts.enterprise[generated]] = True
    table = cluster.table("energy")
    told = np.isin(table.texts("use").astype(str), ["sold", "generated"])
    makers |= np.isin(cluster.enterprises.astype(str), table.texts("enterprise")[told].astype(str))
    lines = lines[~makers[accounts.supplier[lines]]]
    buys = _buyers(accounts)
    found = []
    for i in lines.tolist():
        if (int(accounts.supplier[i]), int(accounts.year[i])) in buys:
            found.append(i)
            continue
        mine = (accounts.enterprise == accounts.enterprise[i]) & (accounts.carrier == "electricity")
        same = mine & (accounts.supplier == accounts.supplier[i])
        if len(np.unique(accounts.year[mine])) > len(np.unique(accounts.year[same])):
            found.append(i)
    return np.array(found, dtype=np.int64)


def _buyers(accounts: CarbonAccounts) -> set[tuple[int, int]]:
    """Return who bought power from outside in which year."""
    bought = (accounts.carrier == "electricity") & ~accounts.internal & (accounts.factor >= 0)
    bought &= np.nan_to_num(accounts.energy) > 0
    return set(zip(accounts.enterprise[bought].tolist(), accounts.year[bought].tolist(), strict=True))


def unlikely_supply_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning at each row."""
    buys = _buyers(accounts)
    return [
        Remark(
            "K218",
            "warning",
            str(accounts.file[i]),
            int(accounts.row[i]),
            "supplier",
            say(
                "the supplier is not a power plant, reports no power sold or generated, and "
                "purchases power itself; {carbon} t CO2e are counted at the supplier",
                carbon=rounded(float(accounts.location[i])),
            )
            if (int(accounts.supplier[i]), int(accounts.year[i])) in buys
            else say(
                "the supplier is not a power plant, reports no power sold or generated, and "
                "supplied none in other years; {carbon} t CO2e are counted at the supplier",
                carbon=rounded(float(accounts.location[i])),
            ),
            say("check the supplier; power from the grid has none"),
        )
        for i in unlikely_supply(cluster, accounts).tolist()
    ]
