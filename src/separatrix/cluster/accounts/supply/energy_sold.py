"""Electricity and heat that a cluster sold outside, with the carbon that counts for it elsewhere.

By the form of the guidelines of NDRC and MEE: what was sold × the factor of what is bought.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from separatrix.cluster.accounts.emission_factors import registry_of
from separatrix.cluster.accounts.factor import Factor
from separatrix.cluster.tables.carriers import carrier_named
from separatrix.cluster.tables.cluster import Cluster

__all__ = ["EnergySold", "sold_outside"]


@dataclass(frozen=True)
class EnergySold:
    """What was sold outside in a year: GJ, and t CO2 by the factors of bought energy."""

    energy: float
    carbon: float


def sold_outside(cluster: Cluster, year: int) -> EnergySold:
    """Return what was sold of electricity and heat, less what members took and name the seller for.

    Where no factor is known the energy counts and the carbon does not.
    """
    table = cluster.table("energy")
    now = (table.numbers("year") == year) & (table.texts("dimension") == "energy")
    carriers = np.array([carrier_named(str(c))[0] or "" for c in table.texts("carrier")], dtype=object)
    registry = registry_of(cluster)
    energy = carbon = 0.0
    for carrier in ("electricity", "heat"):
        rows = now & (carriers == carrier)
        sold = rows & (table.texts("use") == "sold")
        for seller in np.unique(table.texts("enterprise")[sold]).tolist():
            mine = float(np.nansum(table.numbers("amount")[sold & (table.texts("enterprise") == seller)]))
            taken = rows & (table.texts("supplier") == seller) & (table.texts("enterprise") != seller)
            left = max(0.0, mine - float(np.nansum(table.numbers("amount")[taken])))
            factor = registry.bought(carrier, "location", year)
            energy += left
            carbon += left * factor.value if isinstance(factor, Factor) else 0.0
    return EnergySold(energy, carbon)
