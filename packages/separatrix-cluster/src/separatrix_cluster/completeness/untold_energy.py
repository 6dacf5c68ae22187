"""Energy known only by its carbon: fuel without a heating value, totals without fuels or bills.

It is not zero.  It follows from its carbon, by the carbon per energy of what it can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.run.cached_property import keep
from separatrix_cluster.accounts.grid_factors import grid_area, likely_grids
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.tables.cell_values import Floats

__all__ = [
    "UntoldEnergy",
    "carbon_per_energy",
    "untold_carbon",
    "untold_energy",
    "whole_energy",
    "without_bills",
    "without_fuels",
]

Truths = npt.NDArray[np.bool_]

FUELS = (0.0543, 0.115)
"""t CO2/GJ of fuels, from natural gas to lignite: IPCC 2006, vol. 2, table 1.4, ends of the intervals."""

USUAL_FUEL = 0.0946
"""t CO2/GJ of other bituminous coal (IPCC 2006, vol. 2, table 1.4), for clusters without fuel data."""

_BOUGHT = ("electricity", "heat")


@dataclass(frozen=True)
class UntoldEnergy:
    """GJ of every enterprise in a year where only the carbon is known, each of shape (enterprises,).

    ``there`` states which enterprises have any.
    """

    there: Truths
    low: Floats
    likely: Floats
    high: Floats


_EXPLAINED = 3.0
"""Fuels that give less than a third of a verified total leave others untold: no process adds so much."""


def untold_carbon(accounts: CarbonAccounts, year: int) -> Floats:
    """Return t CO2 of verified totals that unreported fuels may have emitted, shape (enterprises,).

    All of a total without fuels; with fuels the remainder, where the fuels give less than a third.
    """
    now = accounts.year == year
    total = _sums(accounts, now & (accounts.kind == "verified"))
    burned = now & (accounts.scope == 1) & (accounts.carrier != "")
    told = burned & ~np.isnan(accounts.factor_location)
    count = len(accounts.enterprises)
    fuels = np.bincount(accounts.enterprise[told], accounts.factor_location[told], count)
    untold = (total > 0) & (~_any(accounts, burned) | (total > _EXPLAINED * fuels))
    return np.where(untold, np.maximum(0.0, total - fuels), 0.0)


def without_fuels(accounts: CarbonAccounts, year: int) -> Truths:
    """Return whose verified total may include unreported fuels, shape (enterprises,)."""
    return np.asarray(untold_carbon(accounts, year) > 0)


def without_bills(accounts: CarbonAccounts, year: int) -> Truths:
    """Return for whom reported scope 2 is the only data on purchased energy, shape (enterprises,)."""
    now = accounts.year == year
    bills = now & (accounts.scope == 2) & np.isin(accounts.carrier.astype(str), _BOUGHT)
    return (_sums(accounts, now & (accounts.kind == "reported")) > 0) & ~_any(accounts, bills)


def _sums(accounts: CarbonAccounts, chosen: Truths) -> Floats:
    found = np.bincount(accounts.enterprise[chosen], accounts.location[chosen], len(accounts.enterprises))
    return found.astype(np.float64)


def _any(accounts: CarbonAccounts, chosen: Truths) -> Truths:
    return np.asarray(np.bincount(accounts.enterprise[chosen], minlength=len(accounts.enterprises)) > 0)


def _grids(accounts: CarbonAccounts) -> list[float]:
    """Return t CO2/GJ of the shipped grids of the country whose electricity the accounts count."""
    areas = [grid_area(str(f["area"])) for f in accounts.factors if f["carrier"] == "electricity"]
    country = next((area[:2] for area in areas if area is not None), "")
    return [f.value for f in likely_grids(country)]


def carbon_per_energy(accounts: CarbonAccounts, *, fuels: bool) -> tuple[float, float]:
    """Return t CO2 per GJ of fuels, or of bought energy: as published, and as far as the accounts go."""
    grids = _grids(accounts)
    ends = [*(FUELS if fuels else (min(grids), max(grids)))]
    lines = _lines_with_factor(accounts, fuels=fuels)
    ends.extend((accounts.factor_location[lines] / accounts.energy[lines]).tolist())
    return min(ends), max(ends)


def _lines_with_factor(accounts: CarbonAccounts, *, fuels: bool) -> Truths:
    lines = (accounts.scope == (1 if fuels else 2)) & (accounts.energy > 0) & (accounts.factor_location > 0)
    return np.asarray(lines)


def _usual(accounts: CarbonAccounts, *, fuels: bool) -> float:
    """Return t CO2 per GJ of all known data in the accounts, else of a usual fuel or the mean grid."""
    lines = _lines_with_factor(accounts, fuels=fuels)
    if lines.any():
        return float(accounts.factor_location[lines].sum() / accounts.energy[lines].sum())
    grids = _grids(accounts)
    return USUAL_FUEL if fuels else float(np.mean(grids))


def untold_energy(accounts: CarbonAccounts, year: int) -> UntoldEnergy:
    """Return the energy known only by its carbon.

    A verified total may be all of processes, so the least that it stands for is none; the likely energy of
    it is that of as much carbon of the cluster's fuels.
    """
    return keep(accounts, f"untold energy of {year}", lambda: _untold_energy(accounts, year))


def _untold_energy(accounts: CarbonAccounts, year: int) -> UntoldEnergy:
    now = accounts.year == year
    dark = now & (accounts.kind == "combustion") & np.isnan(accounts.energy)
    fuel = np.bincount(
        accounts.enterprise[dark], np.nan_to_num(accounts.factor_location[dark]), len(accounts.enterprises)
    )
    verified = untold_carbon(accounts, year)
    reported = np.where(
        without_bills(accounts, year), _sums(accounts, now & (accounts.kind == "reported")), 0.0
    )
    there = _any(accounts, dark) | (verified > 0) | (reported > 0)
    none = np.zeros(len(there))
    if not there.any():
        return UntoldEnergy(there, none, none, none)
    (f_least, f_most), f_usual = carbon_per_energy(accounts, fuels=True), _usual(accounts, fuels=True)
    (b_least, b_most), b_usual = carbon_per_energy(accounts, fuels=False), _usual(accounts, fuels=False)
    return UntoldEnergy(
        there,
        fuel / f_most + reported / b_most,
        (fuel + verified) / f_usual + reported / b_usual,
        (fuel + verified) / f_least + reported / b_least,
    )


def whole_energy(accounts: CarbonAccounts, year: int) -> Floats:
    """Return GJ of every enterprise in a year; `nan` also where only the carbon of a part is known."""
    return np.where(untold_energy(accounts, year).there, np.nan, accounts.energy_by_enterprise(year))
