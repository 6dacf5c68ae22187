"""Doubts about rows of emissions that rows of energy contradict, or hold already."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.io.cells import Remark
from separatrix_cluster.accounts.computed_emissions import computed_emissions
from separatrix_cluster.accounts.non_energy_use import non_energy_use
from separatrix_cluster.accounts.reported_scope_2 import unlike_energy
from separatrix_cluster.completeness.data_doubt import DataDoubt, DoubtSearch

__all__ = ["carbon_of_feedstock", "counted_by_energy", "reported_scope_2"]


def counted_by_energy(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield what emissions count a second time that are what rows of energy give (K246)."""
    for one in computed_emissions(search.accounts):
        if one.remark == remark:
            yield from search.doubts(remark, one.lines, -one.shares, 0.0, energy=(0.0, 0.0))


def reported_scope_2(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield how far a reported scope 2 is from what the bought energy gives (K247)."""
    for one in unlike_energy(search.accounts):
        if one.remark == remark:
            yield DataDoubt(
                remark,
                one.year,
                str(search.accounts.enterprises[one.enterprise]),
                "reported",
                min(0.0, one.more),
                max(0.0, one.more),
                (0.0, 0.0),
            )


def carbon_of_feedstock(search: DoubtSearch, remark: Remark) -> Iterator[DataDoubt]:
    """Yield the CO2 of a feedstock whose carbon is not accounted for (K249)."""
    for one in non_energy_use(search.cluster, search.accounts, search.registry):
        if one.remark == remark:
            who = str(search.accounts.enterprises[one.enterprise])
            yield DataDoubt(remark, one.year, who, one.carrier, 0.0, one.carbon, (0.0, one.energy))
