"""Drivers of the change in a cluster's emissions between two years, as far as its tables show them.

The identities are Kaya's, as Ang (2005) extends them to industries (`lmdi`).  With energy and value added:
C = Σ Q S_i I_i M_ij U_ij (activity, structure, intensity, fuel mix, emission factor; i enterprises,
j carriers).  With value added only: C = Σ Q S_i (C/V)_i.  With emissions alone nothing but who changed by how
much can be said: no identity has only one factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.sentences import say
from separatrix_cluster.accounts.result import CarbonAccounts, Ints
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.merged_enterprises import (
    accounts_as_one,
    comparable_as_one,
    value_added_as_one,
)
from separatrix_cluster.diagnosis.lmdi import Decomposition, decompose
from separatrix_cluster.tables.cell_values import Floats, Texts
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import real_value_added
from separatrix_cluster.tables.text_codes import text_codes

__all__ = ["FACTORS", "Drivers", "drivers"]

FACTORS = {
    "activity": say("activity"),
    "structure": say("structure"),
    "energy intensity": say("energy intensity"),
    "carbon intensity": say("carbon intensity"),
    "fuel mix": say("fuel mix"),
    "emission factor": say("emission factor"),
    "process intensity": say("process intensity"),
}
"""The factors, in the words shown to readers."""


@dataclass(frozen=True)
class Drivers:
    """A decomposition between two years, and which enterprises it covers."""

    start: int
    end: int
    decomposition: Decomposition
    enterprises: Texts

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "start": self.start,
            "end": self.end,
            **self.decomposition.to_dict(),
            "enterprises": len(self.enterprises),
        }


def drivers(cluster: Cluster, books: DataCompleteness) -> Drivers | None:
    """Return the decomposition between the first and the last year with value added, or nothing.

    Only enterprises that are whole and have positive value added in both years take part; a sign change has
    no logarithm.
    """
    accounts = accounts_as_one(cluster, books.accounts)
    years = [y for y in books.comparable_years if not np.isnan(real_value_added(cluster, y)).all()]
    if len(years) < 2:
        return None
    start, end = years[0], years[-1]
    value = [value_added_as_one(cluster, books, y) for y in (start, end)]
    emitted = [accounts.by_enterprise(y, internal=False) for y in (start, end)]
    with np.errstate(invalid="ignore"):
        chosen = (value[0] > 0) & (value[1] > 0) & ~np.isnan(emitted[0]) & ~np.isnan(emitted[1])
    chosen &= comparable_as_one(cluster, books, start) & comparable_as_one(cluster, books, end)
    if not chosen.any():
        return None
    known = [~np.isnan(accounts.energy_by_enterprise(y)) for y in (start, end)]
    whole = chosen & known[0] & known[1]
    if whole.any() and not _other_lines(accounts, whole, (start, end)):
        return Drivers(start, end, _five(accounts, value, whole, start, end), cluster.enterprises[whole])
    table = [
        np.c_[np.full(int(chosen.sum()), v[chosen].sum()), v[chosen] / v[chosen].sum(), e[chosen] / v[chosen]]
        for v, e in zip(value, emitted, strict=True)
    ]
    parts = decompose(table[0], table[1], ("activity", "structure", "carbon intensity"))
    return Drivers(start, end, parts, cluster.enterprises[chosen])


def _other_lines(accounts: CarbonAccounts, whole: Any, years: tuple[int, int]) -> bool:
    """Return whether these enterprises have emissions that no energy explains.

    Verified totals, and fuels whose own factor is per amount with unknown energy.
    """
    chosen = whole[accounts.enterprise] & np.isin(accounts.year, years)
    totals = np.isin(accounts.kind[chosen].astype(str), ["verified", "reported"])
    dark = np.isnan(accounts.energy[chosen]) & (accounts.carrier[chosen] != "")
    return bool(totals.any() or dark.any())


def _five(accounts: CarbonAccounts, value: list[Floats], whole: Any, start: int, end: int) -> Decomposition:
    """Return activity, structure, energy intensity, fuel mix, emission factor, and process emissions."""
    carriers = [name for name in text_codes(accounts.carrier)[0].tolist() if name]
    members = np.flatnonzero(whole)
    used = [_used(accounts, members, carriers, year) for year in (start, end)]
    energy, carbon, process = (np.array([u[k] for u in used]) for k in range(3))
    sums = energy.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mix, factor = energy / sums[:, :, None], carbon / energy
    # Of a carrier that is not used in one year the factor is not zero but unknown: that of the other year
    # stands for it, so that a change of fuel shows as fuel mix alone; the same with the mix of no energy.
    for part in (mix, factor):
        for one, other in ((0, 1), (1, 0)):
            part[one] = np.where(np.isnan(part[one]), part[other], part[one])
    mix, factor = np.nan_to_num(mix), np.nan_to_num(factor)
    tables = []
    for y in (0, 1):
        total = float(value[y][members].sum())
        share, intensity = value[y][members] / total, sums[y] / value[y][members]
        own, ones = process[y] / value[y][members], np.ones(len(members))
        burned = np.repeat(np.c_[ones * total, share, intensity], len(carriers), axis=0)
        burned = np.c_[burned, mix[y].ravel(), factor[y].ravel(), np.ones(len(burned))]
        tables.append(np.r_[burned, np.c_[ones * total, share, ones, ones, ones, own]])
    names = ("activity", "structure", "energy intensity", "fuel mix", "emission factor", "process intensity")
    return decompose(tables[0], tables[1], names)


def _used(
    accounts: CarbonAccounts, members: Ints, carriers: list[str], year: int
) -> tuple[Floats, Floats, Floats]:
    """Return energy and carbon by member and carrier, and by member the carbon that no energy explains."""
    energy = np.zeros((len(members), len(carriers)))
    carbon = np.zeros((len(members), len(carriers)))
    process = np.zeros(len(members))
    place = np.full(len(accounts.enterprises), -1)
    place[members] = np.arange(len(members))
    lines = np.flatnonzero((accounts.year == year) & ~accounts.internal & (place[accounts.enterprise] >= 0))
    burned = (accounts.carrier[lines] != "") & ~np.isnan(accounts.energy[lines])
    names, codes = text_codes(accounts.carrier[lines[burned]])
    column = np.array([carriers.index(name) for name in names.tolist()], dtype=np.int64)[codes]
    at = place[accounts.enterprise[lines[burned]]], column
    np.add.at(energy, at, accounts.energy[lines[burned]])
    np.add.at(carbon, at, accounts.location[lines[burned]])
    np.add.at(process, place[accounts.enterprise[lines[~burned]]], accounts.location[lines[~burned]])
    return energy, carbon, process
