"""What is missing from the carbon accounts of a cluster, how large it is, and which year can be reported.

Amounts without a row are missing unless the tables state that they are zero: by an amount of 0, by the
years in which an enterprise opened and closed, or by a year that is declared complete. Their size is
estimated from the readable parts of excluded rows, from the enterprise's other years, or from its sector,
each with an interval; estimates are never added to what was counted. Where it is uncertain whether a row is
missing, the lower bound assumes that it is not (Manski, C. F. (1995). Identification Problems in the Social
Sciences. Harvard University Press, ch. 2).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.uncertainty import spread_of_total
from separatrix_cluster.completeness.doubt import (
    CARBON,
    DataDoubt,
    DoubtColumns,
    doubt_columns,
    largest_first,
    together,
)
from separatrix_cluster.completeness.doubts import doubts_of
from separatrix_cluster.completeness.gap_search import GapColumns, find_gaps
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.panel import Cluster, at_work

__all__ = [
    "BASES",
    "COMPARED",
    "GATE",
    "REASONS",
    "CarbonEstimate",
    "DataCompleteness",
    "DataGap",
    "completeness_of",
]

GATE = 0.9
"""A year can be reported from this share of the last known emissions on."""

COMPARED = 0.5
"""An earlier year is compared from this share of the last known emissions on: by those who are whole."""

OPEN = 10.0
"""What may be more than so many times as much as it is likely to be has no range: it is an open question."""

_MATTERS = 1.0
"""Up to so many times what was counted a wide doubt stays in the range of the total."""

MOST_GAPS = 1000
"""So many gaps are written out one by one, the largest first."""

REASONS = {
    "row": say("no row reports it"),
    "refused": say("a row of it was excluded"),
    "table": say("the table cannot be read"),
}
"""Why something is missing, in the words shown to readers."""

BASES = {
    "amount": say("what can be read of the row"),
    "years": say("the enterprise's other years"),
    "sector": say("its sector"),
    "none": say("nothing to estimate it from"),
}
"""The basis of an estimate, in the words shown to readers."""


@dataclass(frozen=True)
class DataGap:
    """One thing that is missing.

    Attributes
    ----------
    enterprise : str
        Its id; '' where that is unknown.
    year : int
    source : str
        The carrier, or the kind of emissions, as in `CarbonAccounts.carrier` and `.kind`; '' for all.
    reason : str
        One of `REASONS`.
    estimate, low, high : float
        t CO2e, with the 95 % interval; `nan` without an estimate.
    basis : str
        One of `BASES`.
    file : str
        Of a refused row; '' else.
    row : int or None
    """

    enterprise: str
    year: int
    source: str
    reason: str
    estimate: float
    low: float
    high: float
    basis: str
    file: str = ""
    row: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {k: None if v != v else v for k, v in self.__dict__.items()}


@dataclass(frozen=True)
class CarbonEstimate:
    """A total in t CO2e: what was counted, the estimate of what is missing, the interval of both together."""

    counted: float
    missing: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; None where nothing can be said."""
        return {k: float(v) if np.isfinite(v) else None for k, v in self.__dict__.items()}


@dataclass(frozen=True, repr=False)
class DataCompleteness:
    """How whole the carbon accounts of a cluster are.

    Attributes
    ----------
    accounts : CarbonAccounts
    years : tuple of int
        The years of all rows, read or refused.
    whole : array of bool, shape (enterprises, years)
        Whether the data of an enterprise are complete in a year, so that it can be compared.
    told : array of bool, shape (enterprises, years)
        Whether any row of it was counted.
    columns : GapColumns
        What is missing, as arrays.
    gate : float
        From which share of the last known emissions on a year is reported.
    asked : int or None
        The requested year, in place of the one chosen by the gate.
    doubts : tuple of DataDoubt
        Contradictions in the tables, so that a total may be wrong although nothing is missing.
    """

    accounts: CarbonAccounts
    years: tuple[int, ...]
    whole: npt.NDArray[np.bool_]
    told: npt.NDArray[np.bool_]
    columns: GapColumns
    gate: float = GATE
    asked: int | None = None
    doubts: tuple[DataDoubt, ...] = ()
    _totals: dict[int, CarbonEstimate] = field(default_factory=dict)
    _doubted: dict[str, DoubtColumns] = field(default_factory=dict)

    @property
    def enterprises(self) -> Texts:
        """The ids of the enterprises."""
        return self.accounts.enterprises

    @cached_property
    def gaps(self) -> tuple[DataGap, ...]:
        """What is missing, the largest first."""
        return tuple(self._gap(i) for i in self._order())

    def gaps_of(self, year: int) -> tuple[DataGap, ...]:
        """Return what is missing of a year, the largest first."""
        return tuple(self._gap(i) for i in self._order() if self.columns.year[i] == year)

    def doubts_of(self, year: int | None) -> tuple[DataDoubt, ...]:
        """Return what puts amounts of a year in question, the largest first; of None that of any year."""
        return tuple(d for d in self.doubts if year is None or d.year in (None, year))

    def remarked(self, year: int | None) -> tuple[DataDoubt, ...]:
        """Return the doubts of a year, those that one remark raises as one: of carbon where it is of that."""
        found: dict[Remark, list[DataDoubt]] = {}
        for doubt in self.doubts_of(year):
            of_remark = found.setdefault(doubt.remark, [])
            if not of_remark or of_remark[0].of == doubt.of:
                of_remark.append(doubt)
        return largest_first(together(doubts) for doubts in found.values())

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What only the search for what is missing finds: years declared complete that cannot be."""
        return tuple(d.remark for d in self.doubts if d.remark.code == "K243")

    def _order(self) -> list[int]:
        sizes = np.nan_to_num(self.columns.estimate, nan=np.inf)
        return [int(i) for i in np.lexsort((-np.nan_to_num(self.columns.high), -sizes))]

    def _gap(self, i: int) -> DataGap:
        c = self.columns
        return DataGap(
            str(self.enterprises[c.enterprise[i]]) if c.enterprise[i] >= 0 else "",
            int(c.year[i]),
            str(c.source[i]),
            str(c.reason[i]),
            float(c.estimate[i]),
            float(c.low[i]),
            float(c.high[i]),
            str(c.basis[i]),
            str(c.file[i]),
            int(c.row[i]) if c.row[i] >= 0 else None,
        )

    def total(self, year: int) -> CarbonEstimate:
        """Return the total of a year (location-based): counted, estimated missing, and the interval."""
        if year not in self._totals:
            self._totals[year] = self._total(year)
        return self._totals[year]

    def _total(self, year: int) -> CarbonEstimate:
        counted = below = above = 0.0
        if year in self.accounts.years:
            spread = spread_of_total(self.accounts, year)
            counted, below, above = spread.total, spread.total - spread.low, spread.high - spread.total
        chosen = self.columns.year == year
        missing, low, high = self.columns.sums(chosen)
        less, more = self.doubted().sums(year)
        if np.isnan(missing):
            return CarbonEstimate(counted, missing, max(0.0, counted - below + less), float("inf"))
        gaps, doubts = self._open_gaps(year), self._open_doubts(year)
        if gaps.any() or doubts.any():
            c, d = self.columns, self.doubted()
            high = float(np.where(gaps, np.fmax(c.estimate, c.low), c.high)[chosen].sum())
            less, more = replace(
                d,
                low=np.where(doubts, np.maximum(d.low, -self._counted_of_doubts()), d.low),
                high=np.where(doubts, 0.0, d.high),
            ).sums(year)
        return CarbonEstimate(
            counted,
            missing,
            max(0.0, counted + missing - float(np.hypot(below, missing - low)) + less),
            counted + missing + float(np.hypot(above, high - missing)) + more,
        )

    def open_questions(self, year: int) -> tuple[DataGap | DataDoubt, ...]:
        """Return gaps and doubts that may be more than `OPEN` times their estimate: shown separately from
        the total.

        Unbounded ones are excluded: there the total has no upper end. These are not in the range of
        `total`, since such a wide range would hide the rest. Comparisons of enterprises, and what is proven
        or not, still use the whole range.
        """
        gaps = tuple(self._gap(int(i)) for i in np.flatnonzero(self._open_gaps(year)))
        d, places = self.doubted(), np.flatnonzero(self._open_doubts(year))
        names = {-1: "", **dict(enumerate(map(str, self.enterprises)))}
        keys = {(names[int(d.enterprise[i])], str(d.source[i])) for i in places}
        doubts = (x for x in self.doubts_of(year) if x.of == CARBON and (x.enterprise, x.source) in keys)
        return (*sorted(gaps, key=lambda gap: -gap.high), *doubts)

    def _open_gaps(self, year: int) -> npt.NDArray[np.bool_]:
        """Return which gaps of a year are open questions, shape (gaps,)."""
        c = self.columns
        likely = np.fmax(c.estimate, c.low)
        least = _MATTERS * max(0.0, self.accounts.total(year))
        wide = (c.high > OPEN * likely) & (c.high - likely > least) & np.isfinite(c.high)
        return np.asarray((c.year == year) & wide)

    def _open_doubts(self, year: int) -> npt.NDArray[np.bool_]:
        """Return which rows of `doubted` are open questions of a year, shape (rows,)."""
        d, total = self.doubted(), max(0.0, self.accounts.total(year))
        counted, least = self._counted_of_doubts(), _MATTERS * total
        # Nothing is ten times a zero: what may stand in its place is compared with the total.
        wide = (
            (d.high > (OPEN - 1) * np.where(counted > 0, counted, total))
            & (d.high > least)
            & np.isfinite(d.high)
        )
        return np.asarray((d.year == year) & wide)

    def _counted_of_doubts(self) -> Floats:
        """Return t CO2e that was counted of what each row of `doubted` is of, else of its enterprise.

        Unattributed: of all enterprises.
        """
        d, a = self.doubted(), self.accounts
        weight = np.where(a.internal, 0.0, a.location)
        source = np.where(a.carrier == "", a.kind, a.carrier)
        found = np.zeros(len(d.year))
        for i in range(len(found)):
            of = (a.year == d.year[i]) & ((a.enterprise == d.enterprise[i]) | (d.enterprise[i] < 0))
            own = float(weight[of & (source == d.source[i])].sum()) if d.source[i] else 0.0
            found[i] = own if own > 0 else max(0.0, float(weight[of].sum()))
        return found

    def doubted(self, of: str = CARBON) -> DoubtColumns:
        """Return the doubts of carbon, or of a column of `accounts`, as arrays."""
        if of not in self._doubted:
            years = sorted({*self.years, *(d.year for d in self.doubts if d.year is not None)})
            self._doubted[of] = doubt_columns(self.doubts, of, self.enterprises, years)
        return self._doubted[of]

    def span(self, year: int) -> tuple[float, float, float]:
        """Return the least, the likely and the most t CO2e of a year, without the stated uncertainty."""
        counted = self.accounts.total(year)
        missing, low, high = self.columns.sums(self.columns.year == year)
        less, more = self.doubted().sums(year)
        least = max(0.0, counted + float(np.nan_to_num(low)) + less)
        return least, counted + missing, high if np.isnan(high) else counted + high + more

    def unnamed(self, year: int) -> tuple[float, float]:
        """Return t CO2e of a year without a known enterprise: what may be missing, and what may be too
        much."""
        missing = float(self.columns.high[(self.columns.year == year) & (self.columns.enterprise < 0)].sum())
        doubts = self.doubted()
        nobody = (doubts.year == year) & (doubts.enterprise < 0)
        return missing + float(doubts.high[nobody].sum()), float(doubts.low[nobody].sum())

    @property
    def comparable_years(self) -> tuple[int, ...]:
        """The years up to the one that is reported that hold enough to be compared with it."""
        last = self.reporting_year
        known = [y for y in self.accounts.years if last is not None and y <= last]
        return tuple(y for y in known if y == last or self.share_held(y) >= COMPARED)

    def by_enterprise(self, year: int) -> tuple[Floats, Floats, Floats]:
        """Return the least, the likely and the most t CO2e of every enterprise in a year.

        What other enterprises of the cluster supplied is excluded, as in the total; `nan` without an
        estimate. The stated uncertainty of what was counted is excluded.
        """
        counted = np.nan_to_num(self.accounts.by_enterprise(year, internal=False))
        c = self.columns
        chosen = (c.year == year) & (c.enterprise >= 0)
        n = len(counted)
        parts = [np.bincount(c.enterprise[chosen], part[chosen], n) for part in (c.low, c.estimate, c.high)]
        less, more = self.doubted().by_enterprise(year, n)
        return np.maximum(0.0, counted + parts[0] + less), counted + parts[1], counted + parts[2] + more

    def counted_bounds(self, year: int) -> tuple[Floats, Floats]:
        """Return between which ends what was counted of every enterprise lies in the total, without gaps."""
        counted = np.nan_to_num(self.accounts.by_enterprise(year, internal=False))
        less, more = self.doubted().by_enterprise(year, len(counted))
        return np.maximum(0.0, counted + less), counted + more

    def own_bounds(self, year: int) -> tuple[Floats, Floats]:
        """Return between which ends what was counted of every enterprise's own emissions lies.

        What it bought of others in the cluster is its own, too.
        """
        counted = np.nan_to_num(self.accounts.by_enterprise(year))
        own = doubt_columns((d for d in self.doubts if d.own), CARBON, self.enterprises, self.years)
        less, more = own.by_enterprise(year, len(counted))
        return np.maximum(0.0, counted + less), counted + more

    def in_doubt(self, year: int) -> bool:
        """Return whether the total of a year is in doubt."""
        return any(self.doubted().sums(year))

    def share(self, year: int) -> float:
        """Return the coverage of a year: what was counted over that and the estimate of what is missing.

        `nan` where the size of what is missing cannot be estimated, or neither is above zero.
        """
        found = self.total(year)
        whole = found.counted + found.missing
        if whole > 0:
            return min(1.0, max(0.0, found.counted / whole))
        return 1.0 if year in self.years and bool(self.is_whole(year).all()) else float("nan")

    def is_whole(self, year: int) -> npt.NDArray[np.bool_]:
        """Return which enterprises have complete data in a year, shape (enterprises,)."""
        if year not in self.years:
            return np.zeros(len(self.enterprises), dtype=bool)
        return np.asarray(self.whole[:, self.years.index(year)])

    def is_comparable(self, year: int) -> npt.NDArray[np.bool_]:
        """Return which enterprises are whole in a year without a slip that is suspected of their carbon."""
        return np.asarray(self.is_whole(year) & ~self.doubted().slips(year, len(self.enterprises)))

    def has_rows(self, year: int) -> npt.NDArray[np.bool_]:
        """Return which enterprises have any counted row in a year, shape (enterprises,)."""
        if year not in self.years:
            return np.zeros(len(self.enterprises), dtype=bool)
        return np.asarray(self.told[:, self.years.index(year)])

    def away(self, cluster: Cluster, year: int) -> npt.NDArray[np.bool_]:
        """Return which enterprises had not opened yet or had closed in a year, shape (enterprises,).

        Not those whose output, value added or staff of the year say that they were there.
        """
        table = cluster.table("enterprises")
        with np.errstate(invalid="ignore"):
            away = np.asarray((table.numbers("opened") > year) | (table.numbers("closed") < year))
        if not away.any():
            return away
        return np.asarray(away & ~at_work(cluster, [year])[:, 0])

    def share_held(self, year: int) -> float:
        """Return which share of the last known emissions a year holds.

        Enterprises without any counted emissions have no last known emissions and are excluded, as are rows
        of enterprises that are not in the list.
        """
        c = self.columns
        nobody = (c.enterprise < 0) & (c.reason == "refused")
        chosen = (c.year == year) & (c.basis != "sector") & ~nobody
        missing = float(c.estimate[chosen].sum())
        counted = self.total(year).counted
        whole = counted + missing
        if whole > 0:
            return float(counted / whole)
        return float("nan") if np.isnan(missing) else float(year in self.accounts.years)

    @cached_property
    def reporting_year(self) -> int | None:
        """The requested year, else the last with at least the share `gate` of the last known emissions.

        Where no year does, the one that holds most; None where nothing is known of any.
        """
        if self.asked is not None:
            return self.asked
        if not self.years:
            return None
        shares = [float(np.nan_to_num(self.share_held(y))) for y in self.years]
        passing = [y for y, s in zip(self.years, shares, strict=True) if s >= self.gate]
        if passing:
            return passing[-1]
        return max(zip(shares, self.years, strict=True))[1]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; of the gaps the largest."""
        return {
            "reporting_year": self.reporting_year,
            "gate": self.gate,
            "years": {
                str(year): {
                    **self.total(year).to_dict(),
                    "open_questions": [q.to_dict() for q in self.open_questions(year)],
                    "share": None if np.isnan(self.share(year)) else self.share(year),
                    "enterprises_whole": int(self.is_whole(year).sum()),
                }
                for year in self.years
            },
            "gaps": [self._gap(i).to_dict() for i in self._order()[:MOST_GAPS]],
            "gaps_in_all": len(self.columns.year),
            "doubts": [d.to_dict() for d in self.doubts],
        }


def completeness_of(
    cluster: Cluster, accounts: CarbonAccounts, *, year: int | None = None, gate: float = GATE
) -> DataCompleteness:
    """Return how whole the accounts of a cluster are, and what is missing from them.

    Parameters
    ----------
    cluster : Cluster
    accounts : CarbonAccounts
        From `separatrix.carbon_accounts`.
    year : int, optional
        Which year is reported; by default the last one that passes the gate.
    gate : float
        From which share of the last known emissions on a year can be reported.

    Raises
    ------
    InputError
        K240 for a year without data.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> port = load_cluster("rotterdam")
    >>> found = completeness_of(port, carbon_accounts(port))
    >>> found.reporting_year, found.share(2022), found.gaps
    (2022, 1.0, ())
    """
    years, whole, told, columns = find_gaps(cluster, accounts)
    if year is not None and year not in years:
        known = ", ".join(map(str, years)) or say("none")
        raise InputError(
            "K240",
            say("nothing is known of the year {year}", year=year),
            hint=say("known are {years}", years=known),
        )
    return DataCompleteness(
        accounts, years, whole, told, columns, gate, year, doubts_of(cluster, accounts, columns)
    )
