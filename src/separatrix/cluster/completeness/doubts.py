"""What puts the total of a year in question although nothing of it is known to be missing.

Checks of tables and accounts hold a row against others and tell where they contradict each other.  Nothing
tells which of two is wrong, so both are taken as they are; here stands by how much the total may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.accounts.supply.unnamed_heat import unnamed_heat
from separatrix.cluster.completeness.panel_estimates import from_other_years
from separatrix.cluster.tables.carriers import carrier_named
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.panel import panel_of
from separatrix.reading.remark import Remark
from separatrix.sentence import Sentence, say

__all__ = ["DataDoubt", "doubts_of"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

_CODES = ("K151", "K153", "K154", "K155", "K218", "K219", "K222", "K225", "K226")
"""Remarks that a total, a unit, a year, a stock, a supplier, a factor or a derived gas may be wrong."""


@dataclass(frozen=True)
class DataDoubt:
    """A remark that puts a total in question.

    Attributes
    ----------
    remark : Remark
    year : int or None
        Whose total; None where it may be any.
    size : float
        By how many t CO2e the total may be wrong; `nan` where that cannot be told.
    """

    remark: Remark
    year: int | None
    size: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.remark.to_dict(),
            "year": self.year,
            "size": None if np.isnan(self.size) else self.size,
        }


def doubts_of(cluster: Cluster, accounts: CarbonAccounts) -> tuple[DataDoubt, ...]:
    """Return what puts the totals in question, the largest first and those of unknown size last."""
    files = {cluster.table(name).file for name in ("energy", "emissions")}
    found = [
        _doubt(cluster, accounts, remark)
        for remark in (*cluster.remarks, *accounts.remarks)
        if remark.code in _CODES
        and remark.severity == "warning"
        and (remark.file in files or (remark.code in ("K219", "K225") and _needed(cluster, accounts, remark)))
    ]
    found += _not_complete(cluster, accounts)
    return tuple(sorted(found, key=lambda d: -np.nan_to_num(d.size, nan=-1.0)))


def _doubt(cluster: Cluster, accounts: CarbonAccounts, remark: Remark) -> DataDoubt:
    at = np.flatnonzero(accounts.row == (float("nan") if remark.row is None else remark.row))
    at = at[accounts.file[at] == remark.file]  # of few lines, for texts take long to compare
    values = remark.what.values if isinstance(remark.what, Sentence) else {}
    carrier = carrier_named(str(values.get("name", "")))[0] or ""
    # A row may hold several years and carriers side by side: those that the remark tells of.
    for of, said in ((accounts.year, values.get("year")), (accounts.carrier, carrier)):
        alike = at[of[at] == said] if said else at
        at = alike if len(alike) else at
    year = int(accounts.year[at][0]) if len(at) else _year(cluster, remark)
    size = float("nan")
    if remark.code == "K154" and len(at):
        size = _from_usual(accounts, int(at[0]))
    elif remark.code == "K218" and len(at) and accounts.supplier[at[0]] < 0 and accounts.factor[at[0]] >= 0:
        size = unnamed_heat(cluster, accounts, int(accounts.year[at[0]]))[1]
    elif remark.code in ("K218", "K222"):
        moved = at[accounts.doubtful[at] | accounts.internal[at]]
        size = float(accounts.location[moved].sum()) if len(at) else _unsold(cluster, accounts, remark)
    return DataDoubt(remark, year, size)


def _needed(cluster: Cluster, accounts: CarbonAccounts, remark: Remark) -> bool:
    """Return whether a factor that was not used is of a carrier that was."""
    factors = cluster.table("factors")
    names = factors.texts("carrier")[factors.rows == remark.row]
    return any(bool((accounts.carrier == (carrier_named(str(n))[0] or "")).any()) for n in names if n)


def _year(cluster: Cluster, remark: Remark) -> int | None:
    heading = _YEAR.search(remark.column or "")
    if heading is not None:  # years stand side by side
        return int(heading.group())
    for name in ("energy", "emissions"):
        table = cluster.table(name)
        place = np.flatnonzero(table.rows == remark.row)
        if table.file == remark.file and len(place) and not np.isnan(table.numbers("year")[place[0]]):
            return int(table.numbers("year")[place[0]])
    return None


def _from_usual(accounts: CarbonAccounts, line: int) -> float:
    """Return how far what a line adds up to is from the other years of its enterprise."""
    alike = np.flatnonzero(accounts.enterprise == accounts.enterprise[line])
    alike = alike[accounts.kind[alike] == accounts.kind[line]]
    alike = alike[accounts.carrier[alike] == accounts.carrier[line]]
    years = np.unique(accounts.year[alike])
    sums = np.array([[float(accounts.location[alike[accounts.year[alike] == y]].sum()) for y in years]])
    at = int(np.searchsorted(years, accounts.year[line]))
    known = float(sums[0, at])
    sums[0, at] = np.nan
    usual = float(from_other_years(sums, years).value[0, at])
    return abs(usual - known)


def _unsold(cluster: Cluster, accounts: CarbonAccounts, remark: Remark) -> float:
    """Return t CO2e of what members took from a seller beyond what it says that it sold to them."""
    table = cluster.table("energy")
    place = np.flatnonzero(table.rows == remark.row)
    if remark.file != table.file or not len(place):
        return float("nan")
    i = int(place[0])
    seller = np.flatnonzero(cluster.enterprises == table.texts("enterprise")[i])
    same = (table.texts("use") == "sold") & (table.numbers("year") == table.numbers("year")[i])
    same &= (table.texts("enterprise") == table.texts("enterprise")[i]) & (
        table.texts("carrier") == table.texts("carrier")[i]
    )
    sold = float(np.nansum(table.numbers("amount")[same]))
    taken = (accounts.supplier == seller[0]) & (accounts.year == table.numbers("year")[i]) & accounts.internal
    energy = float(np.nansum(accounts.energy[taken]))
    if not energy > 0:
        return float("nan")
    return float(accounts.location[taken].sum()) * max(0.0, 1 - sold / energy)


def _not_complete(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[DataDoubt]:
    """Yield what contradicts that a year is complete: an enterprise that is told of before and after.

    Likewise one that is told of in another year only and made or employed something in that one.
    """
    complete = cluster.description.complete
    years = np.array(accounts.years, dtype=np.int64)
    declared = np.ones(len(years), dtype=bool) if complete is None else np.isin(years, complete)
    if not declared.any() or not len(years):
        return
    carbon = np.array([accounts.by_enterprise(int(y), internal=False) for y in years]).T
    told = ~np.isnan(carbon)
    table = cluster.table("enterprises")
    opened, closed = table.numbers("opened")[:, None], table.numbers("closed")[:, None]
    with np.errstate(invalid="ignore"):
        there = ~(years[None, :] < opened) & ~(years[None, :] > closed)
        worked = np.any(
            [
                panel_of(cluster, "accounts", column, years.tolist()) > 0
                for column in ("output", "value_added", "staff")
            ],
            axis=0,
        )
    before = np.maximum.accumulate(told, axis=1)
    after = np.maximum.accumulate(told[:, ::-1], axis=1)[:, ::-1]
    hole = before & after
    wrong = ~told & there & declared[None, :] & (hole | (worked & told.any(axis=1)[:, None]))
    if not wrong.any():
        return
    usual = from_other_years(carbon, years).value
    for i, y in np.argwhere(wrong).tolist():
        what: Sentence = (
            say(
                "complete says that {year} lacks nothing, and {enterprise} has no row of it, but of the "
                "years before and after",
                year=int(years[y]),
                enterprise=str(accounts.enterprises[i]),
            )
            if hole[i, y]
            else say(
                "complete says that {year} lacks nothing, and {enterprise} has no row of it, but staff, "
                "output or value added",
                year=int(years[y]),
                enterprise=str(accounts.enterprises[i]),
            )
        )
        hint = say("add its rows, an amount of 0, or the years in which it opened and closed")
        remark = Remark("K243", "warning", "cluster.yaml", None, "complete", what, hint)
        yield DataDoubt(remark, int(years[y]), abs(float(usual[i, y])))
