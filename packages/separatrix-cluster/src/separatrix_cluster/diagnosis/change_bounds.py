"""Between which ends the change of a cluster lies of whose data something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.known_amounts import KnownAmounts, carbon_of, column_of
from separatrix_cluster.completeness.merged_enterprises import accounts_as_one, comparable_as_one
from separatrix_cluster.diagnosis.tapio import STILL, decoupling
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.mergers import successors
from separatrix_cluster.tables.panel import constant_prices

__all__ = ["ChangeBounds", "EmissionTrend", "change_bounds", "emission_trend"]

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ChangeBounds:
    """The least and the most of the quotients of emissions and of value added, after over before."""

    emissions: tuple[float, float]
    value_added: tuple[float, float]

    def _corners(self) -> Iterator[tuple[float, float]]:
        for emitted in self.emissions:
            for made in self.value_added:
                yield emitted - 1, made - 1

    @property
    def sure(self) -> bool:
        """Whether it is certain that value added grew, or that it fell."""
        low, high = self.value_added
        return bool(np.isfinite([*self.emissions, low, high]).all() and (low > 1 + STILL or high < 1 - STILL))

    def elasticities(self) -> tuple[float | None, float | None]:
        """Return the least and the most elasticity; nothing where it is not certain which way output went."""
        if not self.sure:
            return None, None
        found = [emitted / made for emitted, made in self._corners()]
        return min(found), max(found)

    def states(self) -> list[str]:
        """Return Tapio's states that the bounds allow: those of the corners and of what lies between."""
        if not self.sure:
            return ["strong decoupling", "strong negative decoupling"]
        found = [decoupling(*corner)[1] for corner in self._corners()]
        return [state for state in found if state is not None]

    def growth_not_offset(self) -> tuple[float, float] | None:
        """Return between which ends the share of the effect of growth lies that nothing made up for.

        With one activity for all the share is ln(C/C₀)/ln(V/V₀): the change is L(C, C₀) ln(C/C₀), the effect
        of growth L(C, C₀) ln(V/V₀).  Nothing where it is not certain that there was growth.
        """
        low, high = self.value_added
        if not self.sure or low <= 1 or self.emissions[0] <= 0:
            return None
        found = [np.log(c) / np.log(v) for c in self.emissions for v in (low, high)]
        return float(min(found)), float(max(found))


def change_bounds(cluster: Cluster, books: DataCompleteness, start: int, end: int) -> ChangeBounds | None:
    """Return the bounds of the changes of a cluster from a year to another; None where all are known.

    Enterprises that are whole and in no doubt in both years count as they are.  Each other one may change as
    its bounds allow, or not be among those that are compared at all.
    """
    made = [column_of(cluster, books, "value_added", y) for y in (start, end)]
    values = [_certain(cluster, m) for m in made]
    known = np.all([~np.isnan(v) & ~(m.low < m.high) for v, m in zip(values, made, strict=True)], axis=0)
    emissions = _emission_bounds(cluster, books, start, end, known)
    known &= books.is_comparable(start) & books.is_comparable(end)
    at_work = ~(books.away(cluster, start) & books.away(cluster, end))
    if emissions is None:
        return None
    price = constant_prices(cluster, end) / constant_prices(cluster, start)
    others = at_work & ~known
    return ChangeBounds(
        emissions,
        _quotient(
            float(values[0][known].sum()),
            float(values[1][known].sum()) * price,
            made[0].low[others],
            made[1].low[others] * price,
            made[0].high[others],
            made[1].high[others] * price,
        ),
    )


def _certain(cluster: Cluster, amount: KnownAmounts) -> Floats:
    """Return the amounts that are known; of who was merged into another also that there is none any more."""
    gone = np.zeros(len(amount.value), dtype=bool)
    gone[list(successors(cluster.table("enterprises")))] = True
    none = gone & np.isnan(amount.value) & (amount.low == amount.high)
    return np.where(none, amount.low, amount.value)


@dataclass(frozen=True)
class EmissionTrend:
    """How emissions changed from a year to the one that is reported, as a share.

    Attributes
    ----------
    start, end : int
    change : float or None
        Of the enterprises that can be compared; None where there are none.
    among : array of bool, shape (enterprises,)
        Which these are.
    bounds : tuple of float or None
        The least and the most that the emissions of all may have changed; None where all are compared.
    """

    start: int
    end: int
    change: float | None
    among: Truths
    bounds: tuple[float, float] | None

    @property
    def yearly(self) -> float | None:
        """The constant yearly rate that gives the change."""
        if self.change is None:
            return None
        return float((1 + self.change) ** (1 / (self.end - self.start)) - 1) if self.change > -1 else -1.0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; an end that nothing bounds is null."""
        ends = (None, None) if self.bounds is None else self.bounds
        return {
            "start": self.start,
            "end": self.end,
            "change": self.change,
            "enterprises": int(self.among.sum()),
            "low": ends[0],
            "high": None if ends[1] is None or not np.isfinite(ends[1]) else ends[1],
        }


def emission_trend(cluster: Cluster, books: DataCompleteness) -> EmissionTrend | None:
    """Return how emissions changed from the base year, else the first, to the year that is reported.

    Of all who are whole in both years and in neither suspected of a slip; None where nothing was counted in
    an earlier year.
    """
    accounts, end = books.accounts, books.reporting_year
    earlier = [y for y in accounts.years if end is not None and y < end]
    if end is None or not earlier or end not in accounts.years:
        return None
    base = cluster.description.base_year
    start = base if base is not None and base in earlier else earlier[0]
    among = comparable_as_one(cluster, books, start) & comparable_as_one(cluster, books, end)
    merged = accounts_as_one(cluster, accounts)
    sums = [float(np.nan_to_num(merged.by_enterprise(y, internal=False))[among].sum()) for y in (start, end)]
    if not sums[0] > 0:
        before, after = (books.span(y) for y in (start, end))
        if not before[0] > 0 or not np.isfinite([before[2], after[2]]).all():
            return None
        return EmissionTrend(start, end, None, among, (after[0] / before[2] - 1, after[2] / before[0] - 1))
    change = sums[1] / sums[0] - 1
    bounds = _emission_bounds(cluster, books, start, end, np.ones(len(among), dtype=bool))
    if bounds is not None:
        bounds = min(change, bounds[0] - 1), max(change, bounds[1] - 1)
    return EmissionTrend(start, end, change, among, bounds)


def _emission_bounds(
    cluster: Cluster, books: DataCompleteness, start: int, end: int, among: Truths
) -> tuple[float, float] | None:
    """Return the least and the most of emissions after over before; None where all of them are known.

    Only who is among these counts as known.  Where it is open what an amount counts for in the cluster, it is
    so in both years alike, for who supplies whom does not change from year to year.
    """
    carbon = [carbon_of(books, y, internal=False) for y in (start, end)]
    # Of whom no row tells in a year that lacks nothing, nothing is what is known.
    values = [np.where(c.low == c.high, c.low, _certain(cluster, c)) for c in carbon]
    known = among & ~np.isnan(values).any(axis=0)
    at_work = ~(books.away(cluster, start) & books.away(cluster, end))
    strangers, excess = zip(*(books.unnamed(y) for y in (start, end)), strict=True)
    shifts = _shifts(books, start, end, known)
    if (known | ~at_work).all() and not any(strangers) and not any(excess) and len(shifts) == 1:
        return None
    others = at_work & ~known
    ends = []
    for before, after in shifts + np.array([[float(v[known].sum()) for v in values]]):
        if not before > 0:
            return float("nan"), float("nan")
        least, most = _quotient(
            before,
            after,
            np.r_[carbon[0].low[others], 0.0],
            np.r_[carbon[1].low[others], 0.0],
            np.r_[carbon[0].high[others], strangers[0]],
            np.r_[carbon[1].high[others], strangers[1]],
        )
        # What nobody knows whom has counted too much may be anybody's.
        left = [max(0.0, 1 + less / whole) for less, whole in zip(excess, (before, after), strict=True)]
        ends.append((least * left[1], most / left[0] if left[0] > 0 else np.inf))
    return min(e[0] for e in ends), max(e[1] for e in ends)


_MOST_SHIFTS = 6
"""Beyond so many sources in doubt all of them are open in one and the same way."""


def _shifts(books: DataCompleteness, start: int, end: int, known: Truths) -> Floats:
    """Return what doubts of what amounts count for add in both years, (ways, 2); the first adds nothing."""
    doubts = books.doubted()
    chosen = doubts.comparable & (doubts.enterprise >= 0)
    chosen[chosen] &= known[doubts.enterprise[chosen]]
    sources = dict.fromkeys(doubts.source[chosen & np.isin(doubts.year, (start, end))].tolist())
    groups = [[source] for source in sources] if len(sources) <= _MOST_SHIFTS else [list(sources)]
    found = np.zeros((1, 2))
    for group in groups:
        lines = chosen & np.isin(doubts.source, group)
        ways = [
            [float(part[lines & (doubts.year == y)].sum()) for y in (start, end)]
            for part in (doubts.low, doubts.high)
        ]
        found = np.concatenate([found, *(found + np.array([way]) for way in ways if any(way))])
    return found


def _quotient(
    before: float,
    after: float,
    before_low: Floats,
    after_low: Floats,
    before_high: Floats,
    after_high: Floats,
) -> tuple[float, float]:
    """Return the least and the most of after over before, where each of the others may take part or not."""
    if not before > 0:
        return float("nan"), float("nan")
    ends = []
    for sign, first, last in (
        (1, before_high, after_low.clip(min=0)),
        (-1, before_low.clip(min=0), after_high),
    ):
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.where(first > 0, last / first, np.where(last > 0, np.inf, np.nan))
        order = np.argsort(sign * own, kind="stable")
        bottom, top = before, after
        for i in order[~np.isnan(own[order])].tolist():
            # An enterprise takes part as long as it moves the quotient that way.
            if sign * own[i] >= sign * top / bottom:
                break
            bottom, top = bottom + float(first[i]), top + float(last[i])
        ends.append(top / bottom)
    return ends[0], ends[1]
