"""Electricity and heat that a cluster sold outside, with the carbon that counts for it elsewhere.

By the form of the guidelines of NDRC and MEE: what was sold × the factor of what is bought.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from separatrix_cluster.accounts.emission_factors import registry_of
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cluster import Cluster

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
    texts = table.texts("carrier")
    named = {text: carrier_named(str(text))[0] for text in dict.fromkeys(texts.tolist())}
    amounts, sellers, suppliers = table.numbers("amount"), table.texts("enterprise"), table.texts("supplier")
    sold: dict[tuple[str, str], float] = {}
    for i in np.flatnonzero(now & (table.texts("use") == "sold") & ~np.isnan(amounts)).tolist():
        carrier = named[texts[i]]
        if carrier in ("electricity", "heat"):
            key = (carrier, str(sellers[i]))
            sold[key] = sold.get(key, 0.0) + float(amounts[i])
    if not sold:
        return EnergySold(0.0, 0.0)
    for i in np.flatnonzero(now & (suppliers != "") & (suppliers != sellers) & ~np.isnan(amounts)).tolist():
        key = (str(named[texts[i]]), str(suppliers[i]))
        if key in sold:
            sold[key] -= float(amounts[i])
    registry = registry_of(cluster)
    energy = carbon = 0.0
    for (carrier, _), left in sold.items():
        factor = registry.bought(carrier, "location", year)
        energy += max(0.0, left)
        carbon += max(0.0, left) * factor.value if isinstance(factor, Factor) else 0.0
    return EnergySold(energy, carbon)
