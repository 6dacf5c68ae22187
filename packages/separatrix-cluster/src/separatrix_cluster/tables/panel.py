"""The cluster's tables as arrays by enterprise, for one year: what the diagnosis computes with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from separatrix.run.cached_property import keep
from separatrix_cluster.tables.cell_values import Floats, Texts
from separatrix_cluster.tables.cluster import Cluster

__all__ = [
    "at_work",
    "by_enterprise",
    "constant_prices",
    "latest_year",
    "panel_of",
    "real_value_added",
    "row_medians",
    "rows_of_members",
    "sectors_of",
    "size_of",
]


def rows_of_members(cluster: Cluster, table: str, column: str = "enterprise") -> npt.NDArray[np.int64]:
    """Return of each row of a table the position of its enterprise, shape (rows,); -1 for none."""

    def find() -> npt.NDArray[np.int64]:
        names, codes = cluster.table(table).codes(column)
        place = {name: i for i, name in enumerate(cluster.enterprises.tolist())}
        return np.array([place.get(name, -1) for name in names.tolist()], dtype=np.int64)[codes]

    return keep(cluster, f"_rows_of_members_{table}_{column}", find)


def by_enterprise(cluster: Cluster, table: str, column: str, year: int | None = None) -> Floats:
    """Return a column of a table by enterprise, shape (enterprises,); `nan` without a row.

    With ``year`` None each enterprise's latest row counts.
    """
    found = cluster.table(table)
    values = np.full(len(cluster.enterprises), np.nan)
    if not len(found) or column not in found.columns:
        return values
    years, numbers = np.nan_to_num(found.numbers("year")), found.numbers(column)
    members = rows_of_members(cluster, table)
    told = ~np.isnan(numbers) & (members >= 0)
    if year is not None:
        told &= (years == year) | (years == 0)
    rows = np.flatnonzero(told)
    rows = rows[np.argsort(years[rows], kind="stable")]
    at = members[rows]
    # The last row of each enterprise is the first of them from behind.
    who, last = np.unique(at[::-1], return_index=True)
    values[who] = numbers[rows[::-1][last]]
    return values


def panel_of(cluster: Cluster, table: str, column: str, years: Sequence[int]) -> Floats:
    """Return a column of a table by enterprise and year, shape (enterprises, years); `nan` without a row."""
    found = cluster.table(table)
    values = np.full((len(cluster.enterprises), len(years)), np.nan)
    if not len(found) or column not in found.columns or not len(years):
        return values
    numbers, when, order = found.numbers(column), found.numbers("year"), np.asarray(years)
    members = rows_of_members(cluster, table)
    told = ~np.isnan(numbers) & np.isin(when, order) & (members >= 0)
    values[members[told], np.searchsorted(order, when[told])] = numbers[told]
    return values


def row_medians(table: Floats) -> Floats:
    """Return the median of what is known in each row; `nan` where nothing is.

    As `numpy.nanmedian`, which makes a masked array of rows that are short.

    Examples
    --------
    >>> row_medians(np.array([[3.0, np.nan, 1.0], [np.nan, np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    found = np.full(len(table), np.nan)
    known = (~np.isnan(table)).sum(axis=1)
    told = np.flatnonzero(known)
    ordered = np.sort(table[told], axis=1)  # what is not known comes last
    low, high = ((known[told] + k) // 2 for k in (-1, 0))
    rows = np.arange(len(told))
    found[told] = (ordered[rows, low] + ordered[rows, high]) / 2
    return found


def at_work(cluster: Cluster, years: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Return who made something in which year, by the table `accounts`, shape (enterprises, years).

    An enterprise that reports zero output may still have a few staff for its liquidation.
    """
    output, value, staff = (
        panel_of(cluster, "accounts", column, years) for column in ("output", "value_added", "staff")
    )
    with np.errstate(invalid="ignore"):
        return np.asarray((output > 0) | (value > 0) | ((staff > 0) & ~(output == 0)))


def constant_prices(cluster: Cluster, year: int) -> float:
    """Return what turns money of a year into that of the price year; 1 without deflators."""
    levels = cluster.description.deflators
    if not levels:
        return 1.0
    base = cluster.description.price_year
    if year not in levels or (base is not None and base not in levels):
        return float("nan")
    return (levels[base] if base is not None else levels[max(levels)]) / levels[year]


def real_value_added(cluster: Cluster, year: int) -> Floats:
    """Return value added by enterprise, in constant prices where deflators are known; else `nan`."""
    return by_enterprise(cluster, "accounts", "value_added", year) * constant_prices(cluster, year)


def latest_year(cluster: Cluster, table: str, column: str | None = None) -> int | None:
    """Return the latest year of a table in which the column holds anything."""
    found = cluster.table(table)
    years = found.numbers("year")
    told = ~np.isnan(years)
    if column is not None and column in found.columns:
        values = found.columns[column]
        told &= values != "" if values.dtype == object else ~np.isnan(values)
    elif column is not None:
        return None
    return int(years[told].max()) if told.any() else None


def sectors_of(cluster: Cluster) -> Texts:
    """Return the sector code of every enterprise."""
    return cluster.table("enterprises").texts("sector")


_BOUNDS = ((10.0, "micro"), (50.0, "small"), (250.0, "medium"))


def size_of(cluster: Cluster) -> Texts:
    """Return the size class of every enterprise: as stated, else by staff (under 10, 50, 250, above).

    The bounds are those of Commission Recommendation 2003/361/EC, by headcount alone.
    """
    stated = cluster.table("enterprises").texts("size").copy()
    staff = by_enterprise(cluster, "accounts", "staff")
    for i, name in enumerate(stated):
        if not name and not np.isnan(staff[i]):
            stated[i] = next((word for bound, word in _BOUNDS if staff[i] < bound), "large")
    return stated
