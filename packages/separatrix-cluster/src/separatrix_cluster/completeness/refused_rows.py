"""What is known of excluded rows of energy and emissions: enterprise, year, source, amount.

Where the carrier or the grid is not known, the carbon lies between that of those which are (IPCC 2006 and the
Chinese defaults for fuels; for power, from none to that of a coal plant).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from separatrix_cluster.accounts.combustion_gases import OWN_USE
from separatrix_cluster.accounts.emission_factors import (
    FactorRegistry,
    registry_of,
    shipped_factors,
)
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.grid_factors import likely_grids
from separatrix_cluster.accounts.process_emissions import process_factor
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.carriers import carrier_named, gwp100, plain_gas, plain_name
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.description import FACTOR_SETS
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["RefusedRow", "refused_rows"]

COAL_PLANT = 0.33
"""Efficiency of an old coal plant: no grid emits more than it (IPCC 2006, vol. 2, table 2.2: 94.6 kg/GJ)."""


@dataclass(frozen=True)
class RefusedRow:
    """A row that is in no sum.

    Attributes
    ----------
    enterprise, year : int
        Position of the enterprise, and the year; -1 where unknown.
    source : str
        The carrier, or the kind of emissions, as in `CarbonAccounts`; '' where it is unknown.
    meant : str
        The carrier that was most likely meant where it is not known; '' where that cannot be guessed.
    value, low, high : float
        t CO2e of the row with the bounds of what it can be; `nan` where its amount is not known.  Where
        only its unit is not to be trusted, the value is `nan` and the bounds are those of all readings.
    file, row : str, int
        Its place in the files.
    likely : int
        Position of the enterprise that a misspelt one most likely is; -1 for none.
    """

    enterprise: int
    year: int
    source: str
    meant: str
    value: float
    low: float
    high: float
    file: str
    row: int
    likely: int = -1


def refused_rows(cluster: Cluster, accounts: CarbonAccounts) -> list[RefusedRow]:
    """Return the rows of `energy` and `emissions` that are in no sum, those of totals excepted."""
    registry = registry_of(cluster)
    place = {str(name): i for i, name in enumerate(cluster.enterprises)}
    # A word that cannot be read, as a kind, a use or a supplier, may say that the row adds nothing.
    unclear = {(r.file, r.row) for r in cluster.remarks if r.code == "K130" and r.severity == "error"}
    found: list[RefusedRow] = []
    for name, told in (("energy", _of_energy), ("emissions", _of_emissions)):
        table = cluster.table(name)
        for part, rows in ((table, accounts.refused.get(name, ())), (table.left_out, None)):
            if part is None:
                continue
            for i in range(len(part)) if rows is None else rows:
                worth = told(part, i, registry, cluster.description.gwp)
                if worth is None:
                    continue
                if part.number("copy", i) == 1:  # nothing if it is a copy, all of it if it is a bill
                    worth = (*worth[:2], worth[4] / 2, 0.0, worth[4])
                year = part.number("year", i)
                member = place.get(part.text("enterprise", i), -1)
                source, meant, value, low, high = worth
                if member >= 0 and (table.file, int(part.rows[i])) in unclear:
                    low = min(low, 0.0)
                    if name == "emissions" and not part.text("kind", i):
                        source = ""  # which kind was meant is told by what is absent
                found.append(
                    RefusedRow(
                        member,
                        -1 if np.isnan(year) else int(year),
                        source,
                        meant,
                        value,
                        low,
                        high,
                        table.file,
                        int(part.rows[i]),
                        place.get(part.text("meant", i), -1),
                    )
                )
    return found


_BILLED_VOLUME = 1e4
"""m3: Chinese bills and forms have gas in 万立方米, so a number that is not in t is most likely in that."""

Worth = tuple[str, str, float, float, float]
_UNKNOWN = (float("nan"),) * 3


def _of_emissions(table: ClusterTable, i: int, registry: FactorRegistry, gwp: str) -> Worth | None:
    kind = table.text("kind", i)
    source = {"": "process", "scope 2": "reported"}.get(kind, kind)
    gas, dimension = table.text("gas", i), table.text("dimension", i)
    weight = gwp100(gwp).get(plain_gas(gas)) if gas else 1.0
    amount = table.number("amount", i)
    activity = table.text("activity", i)
    if activity:
        factor = process_factor(activity, table.number("content", i))
        weight = None if factor is None else factor.value
    if weight is None or dimension != "mass" or np.isnan(amount):
        return (source, "", *_UNKNOWN)
    return (source, "", *(amount * weight,) * 3)


def _of_energy(table: ClusterTable, i: int, registry: FactorRegistry, gwp: str) -> Worth | None:
    """Return source and carbon of a row; None where it emits nothing whatever its amount is."""
    use, text = table.text("use", i), table.text("carrier", i)
    if use not in ("", *OWN_USE):
        return None
    amount, dimension = table.number("amount", i), table.text("dimension", i)
    carrier, meant = carrier_named(text) if text else (None, None)
    if carrier is None and plain_name(text) in {f.carrier for f in registry.own}:
        carrier = plain_name(text)
    year = table.number("year", i)
    least, usual, most = _per_unit(registry, carrier, meant, dimension, 0 if np.isnan(year) else int(year))
    low, value, high = amount * least, amount * usual, amount * most
    if carrier is not None and dimension == "mass":
        billed = registry.fuel(carrier, "volume", 0 if np.isnan(year) else int(year))
        if isinstance(billed, Factor) and not isinstance(registry.fuel(carrier, "mass", 0), Factor):
            low, value = min(low, amount * billed.low), float("nan")
            high = max(high, amount * _BILLED_VOLUME * billed.high)
    if carrier is not None:
        meant = None
    # What an enterprise of the cluster supplied is counted where it was made, if it was made there.
    inside = carrier in ("electricity", "heat") and table.text("supplier", i) and not np.isnan(high)
    return carrier or "", meant or "", 0.0 if inside else value, 0.0 if inside else low, high


def _per_unit(
    registry: FactorRegistry, carrier: str | None, meant: str | None, dimension: str, year: int
) -> tuple[float, float, float]:
    """Return the least, the likely and the most t CO2 of a base unit; `nan` where nothing bounds it."""
    if carrier in ("electricity", "heat"):
        if dimension != "energy":
            return _UNKNOWN
        bought = registry.bought(carrier, "location", year)
        return _of_factor(bought) if isinstance(bought, Factor) else _any_grid(registry.country)
    if carrier is not None:
        for known in (registry, *(FactorRegistry(name, "") for name in FACTOR_SETS)):
            fuel = known.fuel(carrier, dimension, year)
            if isinstance(fuel, Factor):
                return _of_factor(fuel)
        return _of_like(registry, carrier, dimension, year)
    least, usual, most = _any_fuel(dimension)
    if meant is not None:
        likely = _per_unit(registry, meant, None, dimension, year)
        usual = usual if np.isnan(likely[1]) else likely[1]
    return least, usual, max(most, usual)


PURE_CARBON = 44 / 12
"""t CO2 of a tonne that is nothing but carbon: no fuel gives more."""

_DENSITY = 0.2, 0.85, 2.26
"""t/m3 of what is weighed: wood chips, oils, graphite."""


def _of_like(registry: FactorRegistry, carrier: str, dimension: str, year: int) -> tuple[float, float, float]:
    """Return t CO2 of a base unit of a fuel that has no factor for it: what any such fuel can hold."""
    least, usual, most = _any_fuel(dimension)
    if dimension == "mass":
        return least, usual, max(most, PURE_CARBON)
    if dimension == "volume":
        for known in (registry, *(FactorRegistry(name, "") for name in FACTOR_SETS)):
            weighed = known.fuel(carrier, "mass", year)
            if isinstance(weighed, Factor):
                ends = zip(_DENSITY, _of_factor(weighed), strict=True)
                least, usual, most = (density * factor for density, factor in ends)
                return min(least, usual), usual, most
        return 0.0, usual, max(most, PURE_CARBON * _DENSITY[-1])
    return least, usual, most


def _of_factor(factor: Factor) -> tuple[float, float, float]:
    if factor.biogenic:
        return 0.0, 0.0, 0.0
    return factor.low, factor.value, factor.high


@cache
def _any_grid(country: str) -> tuple[float, float, float]:
    """Return the least, mean and largest t CO2/GJ of power where only the country of the grid is known."""
    grids = [f.value for f in likely_grids(country)]
    coal = FactorRegistry("ipcc-2006", "").fuel("other_bituminous_coal", "energy", 0)
    most = coal.value / COAL_PLANT if isinstance(coal, Factor) else max(grids)
    return 0.0, float(np.mean(grids)), most


@cache
def _any_fuel(dimension: str) -> tuple[float, float, float]:
    """Return t CO2 of a base unit of an unknown fuel: from biomass to the highest factor."""
    values = list(_fuel_factors(dimension))
    return (0.0, float(np.median(values)), max(values)) if values else _UNKNOWN


def _fuel_factors(dimension: str) -> Iterator[float]:
    for factor in shipped_factors():
        if factor.kind == "combustion" and factor.dimension == dimension and not factor.biogenic:
            yield factor.value
