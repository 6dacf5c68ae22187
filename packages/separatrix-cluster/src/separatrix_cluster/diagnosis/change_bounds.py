"""Between which ends the change of a cluster lies of whose data something is missing.

Whose emissions changed most, by operator, and between which years what the data cover may have changed.

Emissions and value added of a cluster by year, on one and the same footing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, Tonnes, say
from separatrix_cluster.completeness.bounds import (
    KnownAmounts,
    accounts_as_one,
    carbon_of,
    column_of,
    comparable_as_one,
    value_added_as_one,
)
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.diagnosis.decomposition import STILL, decoupling
from separatrix_cluster.tables.cells import Floats, is_total
from separatrix_cluster.tables.mergers import successors
from separatrix_cluster.tables.panel import Cluster, constant_prices, real_value_added

__all__ = [
    "ChangeBounds",
    "EmissionTrend",
    "GrowthSeries",
    "Mover",
    "boundary_cautions",
    "change_bounds",
    "emission_trend",
    "growth_series",
    "movers",
    "regional_value_added",
]

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


JUMP = 0.2
"""By this share, and by `JUMP_LEAST`, the number of enterprises changes where the boundary may have moved."""

JUMP_LEAST = 3


@dataclass(frozen=True)
class Mover:
    """An operator and by how much its emissions changed, t CO2e; ``kind`` is stayed, came or left.

    ``enterprise`` is the id of its only enterprise, or what the column `parent` calls it where it has
    several; ``members`` are the ids of all.
    """

    enterprise: str
    kind: str
    change: float
    members: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "enterprise": self.enterprise,
            "kind": self.kind,
            "change": self.change,
            "members": list(self.members),
        }


def movers(cluster: Cluster, books: DataCompleteness, count: int = 10) -> tuple[Mover, ...]:
    """Return whose emissions changed most between the first year that can be compared and the one reported.

    Enterprises of one `parent`, and merged ones, count as one, because replacing one permit by another does
    not change emissions. Only operators with complete data in both years are included; one without a line
    then has zero emissions, as the tables state.
    """
    years = books.comparable_years
    if len(years) < 2:
        return ()
    before, after = (np.nan_to_num(books.accounts.by_enterprise(y)) for y in (years[0], years[-1]))
    whole = books.is_comparable(years[0]) & books.is_comparable(years[-1])
    operators = _operators(cluster)
    of = np.empty(len(whole), dtype=np.int64)
    for k, members in enumerate(operators.values()):
        of[members] = k
    first, last = (np.bincount(of, carbon, len(operators)) for carbon in (before, after))
    comparable = (np.bincount(of, ~whole, len(operators)) == 0) & (first != last)
    largest = np.argsort(-np.abs(last - first), kind="stable")
    names = list(operators)
    found = []
    for k in largest[comparable[largest]][:count].tolist():
        ids = tuple(str(books.enterprises[i]) for i in operators[names[k]])
        kind = "came" if not first[k] else "left" if not last[k] else "stayed"
        found.append(Mover(names[k] if len(ids) > 1 else ids[0], kind, float(last[k] - first[k]), ids))
    return tuple(found)


def _operators(cluster: Cluster) -> dict[str, list[int]]:
    """Return the positions of the enterprises of each operator, by its name or the id of its enterprise."""
    parents = cluster.table("enterprises").texts("parent").copy()
    for before, after in successors(cluster.table("enterprises")).items():
        parents[before] = parents[after] = parents[after] or cluster.enterprises[after]
    names: dict[str, str] = {}
    found: dict[str, list[int]] = {}
    for i, (identity, parent) in enumerate(zip(cluster.enterprises, parents, strict=True)):
        plain = " ".join(str(parent).casefold().split())
        name = names.setdefault(plain, str(parent)) if plain else str(identity)
        found.setdefault(name, []).append(i)
    return found


def boundary_cautions(cluster: Cluster, books: DataCompleteness) -> tuple[Sentence, ...]:
    """Return the years between which the number of enterprises with data jumps.

    Enterprises with a stated year of opening or closing do not indicate a change of boundary.
    """
    return tuple(_jumps(cluster, books))


def _jumps(cluster: Cluster, books: DataCompleteness) -> Iterator[Sentence]:
    table = cluster.table("enterprises")
    opened, closed = table.numbers("opened"), table.numbers("closed")
    for start, end in pairwise(books.comparable_years):
        had, has = books.has_rows(start), books.has_rows(end)
        came, left = has & ~had & (opened != end), had & ~has & (closed != start)
        before, jump = int(had.sum()), max(int(came.sum()), int(left.sum()))
        if jump < max(JUMP_LEAST, JUMP * before):
            continue
        carbon = np.nan_to_num(books.accounts.by_enterprise(end if came.sum() >= left.sum() else start))
        part = carbon[came if came.sum() >= left.sum() else left].sum()
        yield say(
            "from {start} to {end} the data go from {before} enterprises to {after}: what they cover may "
            "have changed, as the EU ETS did in 2013, and up to {amount} of the change may not be "
            "real",
            start=start,
            end=end,
            before=before,
            after=int(has.sum()),
            amount=Tonnes(float(part), f"{rounded(float(part) / 1000)} kt"),
        )


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
