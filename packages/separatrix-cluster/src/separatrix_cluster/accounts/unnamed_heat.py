"""Heat purchased from an unnamed supplier, where a heat plant of the cluster may have made it.

Its fuel counts in the scope 1 of the plant.  If the heat is the plant's it is in the total a second time, in
the scope 2 of those who bought it (GHG Protocol Scope 2 Guidance, 2015, ch. 5).
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import sectors_of

__all__ = ["PLANT", "power_plants", "unnamed_heat", "unnamed_heat_remarks"]

PLANT = re.compile(r"D?-?44\d*|D?-?35(\.?30?)?|D|22111\d|221330", re.IGNORECASE)
"""Production and supply of electricity and heat: GB/T 4754 44, NACE and ISIC D 35, NAICS 22111 and 221330."""


def power_plants(cluster: Cluster) -> npt.NDArray[np.bool_]:
    """Return which enterprises make power or heat for others by their sector, shape (enterprises,)."""
    codes = sectors_of(cluster)
    return keep(
        cluster,
        "_power_plants",
        lambda: np.array([bool(PLANT.fullmatch(str(code).strip())) for code in codes], dtype=bool),
    )


def unnamed_heat(cluster: Cluster, accounts: CarbonAccounts, year: int) -> tuple[Ints, float]:
    """Return the lines of heat of a year that a plant of the cluster may have made, and t CO2e counted twice.

    No more than what the plants emit themselves.
    """
    no = np.zeros(0, dtype=np.int64)
    heat = keep(accounts, "_of_heat", lambda: accounts.carrier == "heat")
    plants = power_plants(cluster)
    if not heat.any() or not plants.any():
        return no, 0.0
    now = accounts.year == year
    burned = (
        now & plants[accounts.enterprise] & (accounts.kind == "combustion") & (accounts.factor_location > 0)
    )
    if not burned.any():
        return no, 0.0
    # A plant that names to whom it sells, or is named as supplier, has told whose heat it made.
    table = cluster.table("energy")
    sold = (table.numbers("year") == year) & (table.texts("use") == "sold")
    told = {str(cluster.enterprises[k]) for k in accounts.supplier[now & heat] if k >= 0}
    told |= set(map(str, table.texts("enterprise")[sold]))
    silent = {str(cluster.enterprises[k]) for k in np.unique(accounts.enterprise[burned])} - told
    bought = now & heat & (accounts.factor >= 0) & ~plants[accounts.enterprise]
    lines = bought & (accounts.supplier < 0) & ~accounts.internal & (accounts.location > 0)
    said = table.numbers("outside") == 1
    lines &= ~np.isin(accounts.row, table.rows[said]) | (accounts.file != table.file)
    # Where most heat comes from plants of the cluster, a row that names none has likely forgotten it.
    named = float(np.nansum(accounts.energy[bought & accounts.internal]))
    if not silent and not named > float(np.nansum(accounts.energy[lines])):
        return no, 0.0
    found = np.flatnonzero(lines)
    limit = float(accounts.factor_location[burned].sum())
    return found, min(float(accounts.location[found].sum()), limit)


def unnamed_heat_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning a year, at the largest such row."""
    found = []
    for year in accounts.years:
        lines, carbon = unnamed_heat(cluster, accounts, year)
        if not len(lines):
            continue
        i = int(lines[np.argmax(accounts.location[lines])])
        found.append(
            Remark(
                "K218",
                "warning",
                str(accounts.file[i]),
                int(accounts.row[i]),
                "supplier",
                say(
                    "heat was bought in {year} without a supplier (rows: {count}), and a heat plant of the "
                    "cluster burned fuel: if it made that heat, {carbon} t CO2e count twice",
                    count=len(lines),
                    year=year,
                    carbon=rounded(carbon),
                ),
                say("enter the id of the plant in the column supplier, or sold heat in the plant's own rows"),
            )
        )
    return found
