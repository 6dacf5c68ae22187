"""A doubt about what was counted: whose, of what, and by how much it may be too high or too low.

For developers
--------------
A rule takes a remark and returns its doubts, each of one enterprise and one year. To add one, write it in
the file of its subject and register its code in `separatrix_cluster.completeness.doubts.DOUBTS`; all
results based on the amount then have an interval.

Energy known only by its carbon: fuel without a heating value, totals without fuels or bills.

It is not zero.  It follows from its carbon, by the carbon per energy of what it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import cached_property, keep
from separatrix.sentences import Sentence
from separatrix_cluster.accounts.emission_factors import FactorRegistry, registry_of
from separatrix_cluster.accounts.factor import grid_area, likely_grids
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.completeness.gap_search import GapColumns
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "CARBON",
    "DataDoubt",
    "DoubtColumns",
    "DoubtRule",
    "DoubtSearch",
    "UntoldEnergy",
    "carbon_per_energy",
    "doubt_columns",
    "largest_first",
    "together",
    "untold_carbon",
    "untold_energy",
    "whole_energy",
    "without_bills",
    "without_fuels",
]

CARBON = "carbon"


@dataclass(frozen=True)
class DataDoubt:
    """A remark that questions an amount, which was counted unchanged.

    Attributes
    ----------
    remark : Remark
    year : int or None
        Its year; None where it may be any.
    enterprise : str
        Its id; '' where that is unknown.
    source : str
        The carrier, or the kind of emissions, as in `CarbonAccounts`; '' for all of them or for none.
    low, high : float
        By how much what was counted may be too high (low, from 0 down) or too low (high, from 0 up): t
        CO2e, or the base unit of the column that `of` names; `nan` where that is unknown.
    energy : tuple of float or None
        The same of the energy, GJ; None where it follows from the carbon.
    of : str
        carbon, or a column of the table `accounts`.
    comparable : bool
        Whether the enterprise can still be compared with itself and with others: the amount is not
        considered an error, but its attribution within the cluster is open.
    own : bool
        Whether what the enterprise emitted itself is in doubt, not only where in the cluster it counts.
    """

    remark: Remark
    year: int | None
    enterprise: str = ""
    source: str = ""
    low: float = float("nan")
    high: float = float("nan")
    energy: tuple[float, float] | None = None
    of: str = CARBON
    comparable: bool = False
    own: bool = True

    @property
    def size(self) -> float:
        """The largest possible error of the amount in either direction; `nan` where unknown."""
        return float(max(-self.low, self.high))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        numbers = {"low": self.low, "high": self.high, "size": self.size}
        return {
            **self.remark.to_dict(),
            "year": self.year,
            "enterprise": self.enterprise,
            "source": self.source,
            "of": self.of,
            **{k: None if np.isnan(v) else v for k, v in numbers.items()},
        }


def together(doubts: Sequence[DataDoubt]) -> DataDoubt:
    """Return the doubts that one remark raises as one, of the enterprise and the source if it is one."""
    who, what, when = ({getattr(d, name) for d in doubts} for name in ("enterprise", "source", "year"))
    first = doubts[0]
    return replace(
        first,
        enterprise=first.enterprise if len(who) == 1 else "",
        source=first.source if len(what) == 1 else "",
        year=first.year if len(when) == 1 else None,
        low=sum(d.low for d in doubts),
        high=sum(d.high for d in doubts),
        energy=None,
        comparable=all(d.comparable for d in doubts),
    )


def largest_first(doubts: Iterable[DataDoubt]) -> tuple[DataDoubt, ...]:
    """Return doubts in order: of carbon before other amounts, the largest first, of unknown size last."""
    return tuple(sorted(doubts, key=lambda d: (d.of != CARBON, -np.nan_to_num(d.size, nan=-1.0))))


@dataclass(frozen=True)
class DoubtColumns:
    """Doubts of one amount as arrays: ``enterprise`` holds positions, -1 where unknown.

    ``energy_low`` and ``energy_high`` are `nan` where the energy follows from the carbon; where nothing
    bounds a doubt its ends are infinite.
    """

    enterprise: Ints
    year: Ints
    source: Texts
    low: Floats
    high: Floats
    energy_low: Floats
    energy_high: Floats
    comparable: npt.NDArray[np.bool_]

    def sums(self, year: int) -> tuple[float, float]:
        """Return by how much the sum of a year may be too high and too low.

        Unattributed doubt includes, for the same source, the doubt attributed to named enterprises.
        """
        low = high = 0.0
        now = self.year == year
        for source in sorted(set(self.source[now].tolist())):
            named, nobody = (
                now & (self.source == source) & chosen
                for chosen in (self.enterprise >= 0, self.enterprise < 0)
            )
            ends = [(float(self.low[c].sum()), float(self.high[c].sum())) for c in (named, nobody)]
            low += min(e[0] for e in ends) if source else sum(e[0] for e in ends)
            high += max(e[1] for e in ends) if source else sum(e[1] for e in ends)
        return low, high

    def by_enterprise(self, year: int, count: int) -> tuple[Floats, Floats]:
        """Return by how much the amount of each enterprise may be too high and too low."""
        chosen = (self.year == year) & (self.enterprise >= 0)
        who = self.enterprise[chosen]
        ends = [np.bincount(who, part[chosen], count).astype(np.float64) for part in (self.low, self.high)]
        return ends[0], ends[1]

    def slips(self, year: int, count: int) -> npt.NDArray[np.bool_]:
        """Return whose amount of a year may be a slip, so that it is compared with no other."""
        chosen = (self.year == year) & (self.enterprise >= 0) & ~self.comparable
        return np.asarray(np.bincount(self.enterprise[chosen], minlength=count) > 0)


def doubt_columns(
    doubts: Iterable[DataDoubt], of: str, enterprises: Texts, years: Iterable[int]
) -> DoubtColumns:
    """Return the doubts of an amount as arrays, those of any year in every one of ``years``.

    Doubts by one check add up; of those that two checks raise of the same the farther ends count.
    """
    place = {str(name): i for i, name in enumerate(enterprises)}
    sums: dict[tuple[int, int, str, str], list[float]] = {}
    same: dict[tuple[int, int, str, str], bool] = {}
    for doubt in doubts:
        if doubt.of != of:
            continue
        unknown = np.isnan([doubt.low, doubt.high]).any()
        carbon = (-np.inf, np.inf) if unknown else (doubt.low, doubt.high)
        for year in [doubt.year] if doubt.year is not None else years:
            key = (place.get(doubt.enterprise, -1), int(year), doubt.source, doubt.remark.code)
            ends = (*carbon, *((np.nan, np.nan) if doubt.energy is None else doubt.energy))
            sums[key] = [a + b for a, b in zip(sums.get(key, (0.0,) * 4), ends, strict=True)]
            same[key] = same.get(key, True) and doubt.comparable
    found: dict[tuple[int, int, str], list[tuple[float, ...]]] = {}
    for key, values in sums.items():
        found.setdefault(key[:3], []).append((*values, float(same[key])))
    rows = np.array([_hull(parts) for parts in found.values()], dtype=float).reshape(len(found), 5)
    keys = list(found)
    return DoubtColumns(
        np.array([k[0] for k in keys], dtype=np.int64),
        np.array([k[1] for k in keys], dtype=np.int64),
        np.array([k[2] for k in keys], dtype=object),
        rows[:, 0],
        rows[:, 1],
        rows[:, 2],
        rows[:, 3],
        rows[:, 4] > 0,
    )


def _hull(parts: list[tuple[float, ...]]) -> tuple[float, ...]:
    low, high, less, more, same = zip(*parts, strict=True)
    known = not np.isnan(less).any()
    return min(low), max(high), *((min(less), max(more)) if known else (np.nan, np.nan)), min(same)


@dataclass(frozen=True)
class DoubtSearch:
    """A cluster and its accounts while doubts are looked for, with all remarks and what is missing."""

    cluster: Cluster
    accounts: CarbonAccounts
    remarks: tuple[Remark, ...]
    gaps: GapColumns

    @cached_property
    def registry(self) -> FactorRegistry:
        """The factors of the cluster."""
        return registry_of(self.cluster)

    @cached_property
    def source(self) -> Texts:
        """The carrier of each line, or the kind of its emissions."""
        a = self.accounts
        return np.where(a.carrier == "", a.kind, a.carrier)

    @cached_property
    def weight(self) -> Floats:
        """What each line adds to the total of the cluster, t CO2e."""
        return np.where(self.accounts.internal, 0.0, self.accounts.location)

    @cached_property
    def _order(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.accounts.row, kind="stable")
        return order, self.accounts.row[order]

    def lines(self, remark: Remark) -> Ints:
        """Return the lines of the accounts that a remark is on: of its row, and of the fact that it names."""
        order, rows = self._order
        at: Ints = np.zeros(0, dtype=np.int64)
        if remark.row is not None:
            first, last = np.searchsorted(rows, (remark.row, remark.row + 1))
            at = np.sort(order[first:last])
        at = at[self.accounts.file[at] == remark.file]
        values = remark.what.values if isinstance(remark.what, Sentence) else {}
        carrier = carrier_named(str(values.get("name", "")))[0] or ""
        # A row may hold several years and carriers side by side: those that the remark tells of.
        for of, said in ((self.accounts.year, values.get("year")), (self.accounts.carrier, carrier)):
            alike: Ints = at[np.asarray(of[at] == said, dtype=bool)] if said else at
            at = alike if len(alike) else at
        return at

    def doubts(
        self, remark: Remark, lines: Ints, low: Floats | float, high: Floats | float, **given: Any
    ) -> Iterator[DataDoubt]:
        """Yield the doubt of lines that may each be too high or low by these shares, energy included.

        One for every enterprise, year and source.
        """
        a, n = self.accounts, len(lines)
        ends = np.broadcast_to(low, n), np.broadcast_to(high, n)
        keys: dict[tuple[int, int, str], list[int]] = {}
        for k, i in enumerate(lines.tolist()):
            keys.setdefault((int(a.enterprise[i]), int(a.year[i]), str(self.source[i])), []).append(k)
        energy = np.where(a.internal[lines], 0.0, np.nan_to_num(a.energy[lines]))
        for (enterprise, year, source), places in keys.items():
            carbon = sorted(float((self.weight[lines][places] * end[places]).sum()) for end in ends)
            used = sorted(float((energy[places] * end[places]).sum()) for end in ends)
            doubt = DataDoubt(
                remark,
                year,
                str(a.enterprises[enterprise]),
                source,
                carbon[0],
                carbon[1],
                (used[0], used[1]),
            )
            yield replace(doubt, **given)


DoubtRule = Callable[[DoubtSearch, Remark], Iterable[DataDoubt]]
"""A remark to the doubts that it raises; none where it puts nothing in question."""


Truths = npt.NDArray[np.bool_]

FUELS = (0.0543, 0.115)
"""t CO2/GJ of fuels, from natural gas to lignite: IPCC 2006, vol. 2, table 1.4, ends of the intervals."""

USUAL_FUEL = 0.0946
"""t CO2/GJ of other bituminous coal (IPCC 2006, vol. 2, table 1.4), for clusters without fuel data."""

_BOUGHT = ("electricity", "heat")


@dataclass(frozen=True)
class UntoldEnergy:
    """GJ of every enterprise in a year where only the carbon is known, each of shape (enterprises,).

    ``there`` states which enterprises have any.
    """

    there: Truths
    low: Floats
    likely: Floats
    high: Floats


_EXPLAINED = 3.0
"""Fuels that give less than a third of a verified total leave others untold: no process adds so much."""


def untold_carbon(accounts: CarbonAccounts, year: int) -> Floats:
    """Return t CO2 of verified totals that unreported fuels may have emitted, shape (enterprises,).

    All of a total without fuels; with fuels the remainder, where the fuels give less than a third.
    """
    now = accounts.year == year
    total = _sums(accounts, now & (accounts.kind == "verified"))
    burned = now & (accounts.scope == 1) & (accounts.carrier != "")
    told = burned & ~np.isnan(accounts.factor_location)
    count = len(accounts.enterprises)
    fuels = np.bincount(accounts.enterprise[told], accounts.factor_location[told], count)
    untold = (total > 0) & (~_any(accounts, burned) | (total > _EXPLAINED * fuels))
    return np.where(untold, np.maximum(0.0, total - fuels), 0.0)


def without_fuels(accounts: CarbonAccounts, year: int) -> Truths:
    """Return whose verified total may include unreported fuels, shape (enterprises,)."""
    return np.asarray(untold_carbon(accounts, year) > 0)


def without_bills(accounts: CarbonAccounts, year: int) -> Truths:
    """Return for whom reported scope 2 is the only data on purchased energy, shape (enterprises,)."""
    now = accounts.year == year
    bills = now & (accounts.scope == 2) & np.isin(accounts.carrier.astype(str), _BOUGHT)
    return (_sums(accounts, now & (accounts.kind == "reported")) > 0) & ~_any(accounts, bills)


def _sums(accounts: CarbonAccounts, chosen: Truths) -> Floats:
    found = np.bincount(accounts.enterprise[chosen], accounts.location[chosen], len(accounts.enterprises))
    return found.astype(np.float64)


def _any(accounts: CarbonAccounts, chosen: Truths) -> Truths:
    return np.asarray(np.bincount(accounts.enterprise[chosen], minlength=len(accounts.enterprises)) > 0)


def _grids(accounts: CarbonAccounts) -> list[float]:
    """Return t CO2/GJ of the shipped grids of the country whose electricity the accounts count."""
    areas = [grid_area(str(f["area"])) for f in accounts.factors if f["carrier"] == "electricity"]
    country = next((area[:2] for area in areas if area is not None), "")
    return [f.value for f in likely_grids(country)]


def carbon_per_energy(accounts: CarbonAccounts, *, fuels: bool) -> tuple[float, float]:
    """Return t CO2 per GJ of fuels, or of bought energy: as published, and as far as the accounts go."""
    grids = _grids(accounts)
    ends = [*(FUELS if fuels else (min(grids), max(grids)))]
    lines = _lines_with_factor(accounts, fuels=fuels)
    ends.extend((accounts.factor_location[lines] / accounts.energy[lines]).tolist())
    return min(ends), max(ends)


def _lines_with_factor(accounts: CarbonAccounts, *, fuels: bool) -> Truths:
    lines = (accounts.scope == (1 if fuels else 2)) & (accounts.energy > 0) & (accounts.factor_location > 0)
    return np.asarray(lines)


def _usual(accounts: CarbonAccounts, *, fuels: bool) -> float:
    """Return t CO2 per GJ of all known data in the accounts, else of a usual fuel or the mean grid."""
    lines = _lines_with_factor(accounts, fuels=fuels)
    if lines.any():
        return float(accounts.factor_location[lines].sum() / accounts.energy[lines].sum())
    grids = _grids(accounts)
    return USUAL_FUEL if fuels else float(np.mean(grids))


def untold_energy(accounts: CarbonAccounts, year: int) -> UntoldEnergy:
    """Return the energy known only by its carbon.

    A verified total may be all of processes, so the least that it stands for is none; the likely energy of
    it is that of as much carbon of the cluster's fuels.
    """
    return keep(accounts, f"untold energy of {year}", lambda: _untold_energy(accounts, year))


def _untold_energy(accounts: CarbonAccounts, year: int) -> UntoldEnergy:
    now = accounts.year == year
    dark = now & (accounts.kind == "combustion") & np.isnan(accounts.energy)
    fuel = np.bincount(
        accounts.enterprise[dark], np.nan_to_num(accounts.factor_location[dark]), len(accounts.enterprises)
    )
    verified = untold_carbon(accounts, year)
    reported = np.where(
        without_bills(accounts, year), _sums(accounts, now & (accounts.kind == "reported")), 0.0
    )
    there = _any(accounts, dark) | (verified > 0) | (reported > 0)
    none = np.zeros(len(there))
    if not there.any():
        return UntoldEnergy(there, none, none, none)
    (f_least, f_most), f_usual = carbon_per_energy(accounts, fuels=True), _usual(accounts, fuels=True)
    (b_least, b_most), b_usual = carbon_per_energy(accounts, fuels=False), _usual(accounts, fuels=False)
    return UntoldEnergy(
        there,
        fuel / f_most + reported / b_most,
        (fuel + verified) / f_usual + reported / b_usual,
        (fuel + verified) / f_least + reported / b_least,
    )


def whole_energy(accounts: CarbonAccounts, year: int) -> Floats:
    """Return GJ of every enterprise in a year; `nan` also where only the carbon of a part is known."""
    return np.where(untold_energy(accounts, year).there, np.nan, accounts.energy_by_enterprise(year))
