"""Coal, coke and gas as feedstock of an enterprise without process emissions: where did their carbon go?

Oil that goes into plastics stays there.  Of coal, coke and natural gas the carbon leaves in part or as a
whole as CO2, from ammonia, methanol, hydrogen and metals alike, and is then entered as process emissions
(IPCC 2006, vol. 3, ch. 1.4 and 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.sentences import say
from separatrix_cluster.accounts.emission_factors import FactorRegistry
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.carriers import carrier_called, carrier_named
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import rows_of_members

__all__ = ["NonEnergyUse", "non_energy_use"]

_EMITTED = frozenset({"raw_coal", "anthracite", "bituminous_coal", "lignite", "coke", "natural_gas"})
"""Carriers whose carbon does not stay in what is made of them."""


@dataclass(frozen=True)
class NonEnergyUse:
    """A feedstock of an enterprise (its position) and year: the CO2 of all its carbon, t, and its GJ."""

    remark: Remark
    enterprise: int
    year: int
    carrier: str
    carbon: float
    energy: float


def non_energy_use(
    cluster: Cluster, accounts: CarbonAccounts, registry: FactorRegistry
) -> tuple[NonEnergyUse, ...]:
    """Return the feedstocks whose carbon is in no process emissions of their enterprise."""
    return keep(accounts, "_non_energy_use", lambda: tuple(_find_non_energy_use(cluster, accounts, registry)))


def _find_non_energy_use(
    cluster: Cluster, accounts: CarbonAccounts, registry: FactorRegistry
) -> Iterator[NonEnergyUse]:
    table = cluster.table("energy")
    chosen = (table.texts("use") == "feedstock") & (table.numbers("amount") > 0)
    if not chosen.any():
        return
    who = rows_of_members(cluster, "energy")
    # A row with an amount of 0 says that there are none.
    told = np.isin(accounts.kind.astype(str), ["process", "verified"])
    chosen &= ~np.isin(who, accounts.enterprise[told])
    first: dict[tuple[int, str], Remark] = {}
    for i in np.flatnonzero(chosen & (table.numbers("year") > 0)).tolist():
        carrier = carrier_named(str(table.texts("carrier")[i]))[0] or ""
        year, e = int(table.numbers("year")[i]), int(who[i])
        factor = registry.fuel(carrier, str(table.texts("dimension")[i]), year)
        if carrier not in _EMITTED or not isinstance(factor, Factor) or factor.biogenic:
            continue
        if (e, carrier) not in first:
            what = say(
                "{enterprise} uses {carrier} as feedstock, which has no counted emissions, but "
                "no process emissions show where its carbon went",
                carrier=carrier_called(carrier),
                enterprise=short(str(accounts.enterprises[e])),
            )
            hint = say("enter the process emissions, with an amount of 0 if all carbon stays in the product")
            first[e, carrier] = Remark("K249", "warning", table.file, int(table.rows[i]), "use", what, hint)
        amount = float(table.numbers("amount")[i])
        yield NonEnergyUse(first[e, carrier], e, year, carrier, amount * factor.value, amount * factor.energy)
