"""Emissions and value added of a cluster by year, on one and the same footing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.merged_enterprises import (
    accounts_as_one,
    comparable_as_one,
    value_added_as_one,
)
from separatrix_cluster.tables.cell_values import is_total
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.mergers import successors
from separatrix_cluster.tables.panel import constant_prices, real_value_added

__all__ = ["GrowthSeries", "growth_series", "regional_value_added"]


@dataclass(frozen=True)
class GrowthSeries:
    """Emissions (t CO2e) and value added (currency, constant prices where deflators are known) by year.

    Attributes
    ----------
    years : tuple of int
    emissions, value_added : tuple of float
    of : Sentence
        Whose they are.
    coverage : float or None
        The share of the enterprises in it; None where value added is that of the region.
    """

    years: tuple[int, ...]
    emissions: tuple[float, ...]
    value_added: tuple[float, ...]
    of: Sentence
    coverage: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "years": list(self.years),
            "emissions": list(self.emissions),
            "value_added": list(self.value_added),
            "of": str(self.of),
            "coverage": self.coverage,
        }


def growth_series(cluster: Cluster, books: DataCompleteness, *, ends: bool = False) -> GrowthSeries | None:
    """Return the series: of the enterprises whole in every year, else against the region's value added.

    With ``ends`` it holds the first and the last year alone, of all who are whole in both.

    Years that hold too little of the emissions to be reported take no part.

    Enterprises that joined or left would appear as growth or decoupling without any real change, so the
    first kind excludes them; the second cannot exclude them, and says so. A merged enterprise counts with
    its successor.
    """
    accounts, years = books.accounts, books.comparable_years
    told = [y for y in years if not np.isnan(real_value_added(cluster, y)).all()]
    if ends:
        told = [told[0], told[-1]] if len(told) > 1 else []
    if told:
        merged = accounts_as_one(cluster, accounts)
        emitted = np.array([merged.by_enterprise(y, internal=False) for y in told])
        value = np.array([value_added_as_one(cluster, books, y) for y in told])
        whole = np.array([comparable_as_one(cluster, books, y) for y in told])
        always = whole.all(axis=0) & ~np.isnan(emitted).any(axis=0) & ~np.isnan(value).any(axis=0)
        if not always.any():
            return None
        return GrowthSeries(
            tuple(told),
            tuple(emitted[:, always].sum(axis=1).tolist()),
            tuple(value[:, always].sum(axis=1).tolist()),
            say(
                "emissions and value added of the {n} enterprise{s} known in every year",
                n=int(always.sum()),
                s="" if always.sum() == 1 else "s",
            ),
            float(always.sum() / (len(always) - len(successors(cluster.table("enterprises"))))),
        )
    if ends:
        return None
    # Against the value added of all, the emissions must be those of all.
    years = tuple(y for y in years if books.is_whole(y).all())
    region = {y: regional_value_added(cluster, y) for y in years}
    both = [y for y in years if region[y] is not None and constant_prices(cluster, y) > 0]
    if not both:
        return None
    return GrowthSeries(
        tuple(both),
        tuple(accounts.total(y) for y in both),
        tuple((region[y] or 0.0) * constant_prices(cluster, y) for y in both),
        say(
            "all emissions of the cluster with the whole value added of {sector} in {area}",
            sector=cluster.description.region_sector or say("all sectors"),
            area=cluster.description.region_area,
        ),
        None,
    )


def regional_value_added(cluster: Cluster, year: int) -> float | None:
    """Return the value added of the cluster's sector in its area, current prices, or nothing."""
    description = cluster.description
    table = cluster.table("region")
    if not description.region_area or not len(table):
        return None
    sectors = table.texts("sector")
    named = description.region_sector
    of_sector = sectors == named if named else np.array([is_total(str(s)) for s in sectors], dtype=bool)
    chosen = (table.texts("area") == description.region_area) & of_sector & (table.numbers("year") == year)
    values = table.numbers("value_added")[chosen]
    values = values[~np.isnan(values)]
    return float(values[0]) if len(values) else None
