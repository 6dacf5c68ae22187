"""The cluster's tables as arrays by enterprise, for one year: what the diagnosis computes with.

A cluster: `cluster.yaml` and the tables in its folder, with their issues.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.run.results import Result
from separatrix.sentences import Sentence, Together
from separatrix_cluster.tables.bill_checks import SuspectRows
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.table import ClusterTable, empty_table

__all__ = [
    "Cluster",
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

_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
"""A unified social credit code after GB 32100."""


@dataclass(frozen=True, repr=False)
class Cluster(Result):
    """An industrial cluster, as described by its data.

    Attributes
    ----------
    description : Description
        The content of `cluster.yaml`.
    tables : mapping of str to ClusterTable
        The tables that were found and could be read, by name.
    remarks : tuple of Remark
        Excluded, doubtful or interpreted data, with their places.
    origin : str
        The folder, or the name of a shipped cluster.
    broken : mapping of str to str
        The tables that are there but cannot be read at all, with the file.
    suspects : tuple of SuspectRows
        Rows that a remark doubts, and how much of them.
    """

    description: Description
    tables: Mapping[str, ClusterTable]
    remarks: tuple[Remark, ...] = ()
    origin: str = ""
    broken: Mapping[str, str] = field(default_factory=dict)
    suspects: tuple[SuspectRows, ...] = ()

    @property
    def name(self) -> str:
        """The name of the cluster."""
        return self.description.name

    def table(self, name: str) -> ClusterTable:
        """Return a table; one without rows where there is none."""
        # A table of which every row was left out is there, and false.
        return self.tables[name] if name in self.tables else empty_table(name)

    @property
    def enterprises(self) -> Texts:
        """The ids of the enterprises, in the order of the table."""
        return self.table("enterprises").texts("id")

    def name_of(self, identity: str) -> str:
        """Return the full name of an enterprise, or its id where it has none."""
        table = self.table("enterprises")
        place = {str(known): i for i, known in enumerate(table.texts("id"))}.get(identity)
        return identity if place is None else str(table.texts("name")[place]) or identity

    def in_names(self, text: Sentence) -> Sentence:
        """Return a sentence with the names of enterprises where it has their credit codes.

        Other ids are short names that the park gave, and stay; so does a code without a name.
        """
        names = keep(self, "names_of_codes", self._names_of_codes)
        return Sentence(text.template, _replaced(text.values, names), text.keys) if names else text

    def with_names(self, remarks: Iterable[Remark]) -> tuple[Remark, ...]:
        """Return remarks that call enterprises as `in_names` does."""
        return tuple(
            replace(r, what=self.in_names(r.what), hint=None if r.hint is None else self.in_names(r.hint))
            for r in remarks
        )

    def _names_of_codes(self) -> dict[str, str]:
        table = self.table("enterprises")
        known = zip(table.texts("id").astype(str), table.texts("name").astype(str), strict=True)
        return {code: name for code, name in known if name and _CREDIT_CODE.fullmatch(code)}

    @property
    def attribution(self) -> str:
        """Where the data come from and under which licence, for outputs that have room for one text."""
        licence = self.description.licence
        whole = "; ".join(self.description.sources)
        return whole if not licence or licence in whole else f"{whole} ({licence})"

    @property
    def label(self) -> dict[str, Any]:
        """What every output says of the cluster, as plain data."""
        d = self.description
        return {
            "name": d.name,
            "place": d.place,
            "synthetic": d.synthetic,
            "sources": list(d.sources),
            "licence": d.licence,
            "enterprises": len(self.enterprises),
        }

    @property
    def years(self) -> tuple[int, ...]:
        """The years with data on energy, emissions or accounts."""
        return tuple(sorted({y for n in ("energy", "emissions", "accounts") for y in self.table(n).years}))

    @property
    def raw(self) -> dict[str, Any]:
        """What the provenance is the fingerprint of: the description, and a digest of every table."""
        return {
            "cluster": dict(self.description.raw),
            "tables": {n: _digest(t) for n, t in self.tables.items()},
        }


def _digest(table: ClusterTable) -> str:
    whole = hashlib.sha256()
    for name, column in sorted(table.columns.items()):
        whole.update(name.encode())
        whole.update(repr(column.tolist()).encode())
    return whole.hexdigest()[:16]


def _replaced(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a sentence with names for the codes among them, at any depth."""

    def replaced_value(value: Any) -> Any:
        if isinstance(value, Sentence):
            return Sentence(value.template, _replaced(value.values, names), value.keys)
        if isinstance(value, Together):
            return Together([replaced_value(part) for part in value.parts], value.between)
        return names.get(value, value) if type(value) is str else value

    return {key: replaced_value(value) for key, value in values.items()}


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
