"""A year of an enterprise as shown: tce, t CO2e, and the uncertainty of each figure."""

from __future__ import annotations

from typing import Any

from separatrix_cluster.frame.park_measures import TCE
from separatrix_park.answers.park_sums import carbon_sign, energy_sign
from separatrix_park.models import AccountYear

__all__ = ["year_data"]


def year_data(year: AccountYear, factor: float) -> dict[str, Any]:
    """Return a year as it is shown: tce, t CO2e, and value added in the money unit of the park."""
    known = [part for part in (year.scope_1, year.scope_2) if part is not None]
    total = sum(known) if known else None
    worth = None if year.value_added is None else year.value_added / factor
    sure = year.whole and year.low is None and worth is not None and worth > 0
    return {
        "year": year.year,
        "energy": None if year.energy is None else year.energy / TCE,
        "energy_sign": energy_sign(year),
        "scope_1": year.scope_1,
        "scope_2": year.scope_2,
        "total": total,
        "whole": year.whole,
        "sign": carbon_sign(year),
        "low": year.low,
        "high": year.high,
        "value_added": worth,
        "intensity": total / worth if sure and total is not None and worth else None,
        "staff": year.staff,
        "months": sum(1 for carbon in year.months[0] if carbon) if year.months else None,
    }
