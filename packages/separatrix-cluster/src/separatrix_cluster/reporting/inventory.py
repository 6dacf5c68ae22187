"""The greenhouse gas inventory of a cluster in the order of ISO 14064-1:2018, clause 9.

Category 1 are direct emissions, by gas, with biogenic CO2 apart; category 2 those of bought electricity and
heat.  Categories 3 to 6 (transport, products used, use of products sold, others) are in no table of the
accounts and are named as excluded.  Every figure knows the rows that it comes from.  The base year is
recalculated where its boundary, a method, a factor or an error would change it by the threshold or more, and
never for growth or decline, or because a plant opened or closed (clause 6.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.io.cells import located, row_runs
from separatrix.sentences import say
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.completeness.completeness import CarbonEstimate, DataCompleteness
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "EVIDENCE",
    "GASES",
    "RECALCULATED_FROM",
    "Inventory",
    "InventoryFigure",
    "evidence_of",
    "gas_group",
    "inventory_of",
    "row_ranges",
]

RECALCULATED_FROM = 0.05
"""The change of the base year's total, as a share of it, from which on it is recalculated.

The standard leaves the threshold to the organization; 5 % is that of the Science Based Targets initiative
(Corporate Net-Zero Standard Criteria, target recalculation).
"""

GASES = ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3", "others", "not separated")
"""The gases that the standard separates; `not separated` are totals that were given as CO2e."""

_PFCS = ("CF4", "C2F6", "C3F8", "CC4F8", "C4F10", "C5F12", "C6F14", "C7F16", "C8F18", "C10F18", "PFC")


def gas_group(gas: str) -> str:
    """Return one of `GASES` for a gas as the accounts name it.

    Examples
    --------
    >>> [gas_group(g) for g in ("CO2", "CO2E", "HFC134A", "C2F6", "HALON1301")]
    ['CO2', 'not separated', 'HFCs', 'PFCs', 'others']
    """
    if gas in ("CO2", "CH4", "N2O", "SF6", "NF3"):
        return gas
    if gas in ("", "CO2E", "CO2EQ"):
        return "not separated"
    if gas.startswith("HFC"):
        return "HFCs"
    return "PFCs" if gas.startswith(_PFCS) else "others"


@dataclass(frozen=True)
class InventoryFigure:
    """One figure of an inventory, with the lines of the accounts that it is the sum of.

    Attributes
    ----------
    id : str
        As ``1-combustion-CO2``; the evidence names it.
    category : int
        1 or 2.
    kind : str
        combustion, biogenic, process, verified, electricity, heat or reported.
    gas : str
        One of `GASES`.
    location, market : float
        t CO2e; the same in category 1.
    biogenic : float
        t CO2 of recent biological origin, in neither.
    lines : array of int
        Positions in the accounts.
    """

    id: str
    category: int
    kind: str
    gas: str
    location: float
    market: float
    biogenic: float
    lines: Ints

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, with how many rows it comes from."""
        return {
            "id": self.id,
            "category": self.category,
            "kind": self.kind,
            "gas": self.gas,
            "t_co2e_location": self.location,
            "t_co2e_market": self.market,
            "t_co2_biogenic": self.biogenic,
            "rows": len(self.lines),
        }


@dataclass(frozen=True)
class Inventory:
    """The inventory of a year and of the base year.

    Attributes
    ----------
    year, base_year : int
    chosen : bool
        Whether `cluster.yaml` names the base year; otherwise it is the first complete year, or the
        first year if none is complete.
    figures, base : tuple of InventoryFigure
        Of both years; they add up to the totals of the accounts.
    came, left : tuple of (str, float)
        Enterprises of one year alone, with their t CO2e; opening or closing a plant does not change the
        base year, buying or selling one does. Enterprises with missing data in either year are
        excluded.
    accounts : CarbonAccounts
    whole : dict of int to CarbonEstimate
        Both years with the missing emissions.
    complete : bool
        Whether nothing is missing or in doubt in either year, so that figures can be compared one by
        one.
    named : int or None
        The base year that `cluster.yaml` names, possibly without data.
    """

    year: int
    base_year: int
    chosen: bool
    figures: tuple[InventoryFigure, ...]
    base: tuple[InventoryFigure, ...]
    came: tuple[tuple[str, float], ...]
    left: tuple[tuple[str, float], ...]
    accounts: CarbonAccounts
    whole: dict[int, CarbonEstimate]
    complete: bool
    named: int | None = None

    @property
    def change(self) -> tuple[float, float] | None:
        """The least and the most that the total may have changed, as a share; None where unknown."""
        before, now = self.whole[self.base_year], self.whole[self.year]
        if not before.low > 0 or not np.isfinite(before.high + now.high):
            return None
        if self.base_year == self.year:
            return 0.0, 0.0
        return now.low / before.high - 1, now.high / before.low - 1

    def total(self, year: int, category: int | None = None) -> float:
        """Return t CO2e (location-based) of the year or the base year, of both categories or of one."""
        figures = self.figures if year == self.year else self.base
        return sum(f.location for f in figures if category in (None, f.category))

    def biogenic(self, year: int) -> float:
        """Return t CO2 of recent biological origin, which are in no total."""
        return sum(f.biogenic for f in (self.figures if year == self.year else self.base))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "year": self.year,
            "base_year": self.base_year,
            "base_year_chosen": self.chosen,
            "recalculated_from": RECALCULATED_FROM,
            "figures": [f.to_dict() for f in self.figures],
            "base_year_figures": [f.to_dict() for f in self.base],
            "total": self.total(self.year),
            "base_year_total": self.total(self.base_year),
            "base_year_named": self.named,
            "with_missing": self.whole[self.year].to_dict(),
            "base_year_with_missing": self.whole[self.base_year].to_dict(),
            "change": None if self.change is None else list(self.change),
            "t_co2_biogenic": self.biogenic(self.year),
            "excluded_categories": [3, 4, 5, 6],
            "came": [list(e) for e in self.came],
            "left": [list(e) for e in self.left],
        }


def inventory_of(cluster: Cluster, books: DataCompleteness) -> Inventory:
    """Return the inventory of the year that is reported.

    Raises
    ------
    InputError
        K231 where the accounts hold nothing of it.

    References
    ----------
    ISO 14064-1:2018, Greenhouse gases, part 1.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.completeness.completeness import completeness_of
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> park = load_cluster("synthetic-park")
    >>> accounts = carbon_accounts(park)
    >>> found = inventory_of(park, completeness_of(park, accounts))
    >>> found.year, found.base_year, abs(found.total(2024) - accounts.total(2024)) < 1e-6
    (2024, 2020, True)
    """
    accounts, year = books.accounts, books.reporting_year
    if year is None or year not in accounts.years:
        raise InputError(
            "K231",
            say("no year has energy or emissions data for an inventory"),
            hint=say("`separatrix cluster check` lists what is missing"),
        )
    stated = cluster.description.base_year
    missing = {int(y) for y in books.columns.year}
    whole = [y for y in accounts.years if y <= year and y not in missing and not books.in_doubt(y)]
    chosen = stated is not None and stated in accounts.years
    base = stated if chosen and stated is not None else (whole or [min(accounts.years)])[0]
    before, after = (accounts.by_enterprise(y, internal=False) for y in (base, year))
    both = books.is_comparable(base) & books.is_comparable(year)
    return Inventory(
        year,
        base,
        chosen,
        _figures(accounts, year),
        _figures(accounts, base),
        _emitters_of_one_year(accounts, after, before, both),
        _emitters_of_one_year(accounts, before, after, both),
        accounts,
        {y: books.total(y) for y in (base, year)},
        not np.isin(books.columns.year, [base, year]).any()
        and not any(books.in_doubt(y) for y in (base, year)),
        stated,
    )


def _emitters_of_one_year(
    accounts: CarbonAccounts, here: Any, there: Any, both: Any
) -> tuple[tuple[str, float], ...]:
    """Return who emits here and not there, among those with complete data in both years."""
    only = both & (np.nan_to_num(here) > 0) & ~(np.nan_to_num(there) > 0)
    order = sorted(np.flatnonzero(only).tolist(), key=lambda i: -here[i])
    return tuple((str(accounts.enterprises[i]), float(here[i])) for i in order)


def _figures(accounts: CarbonAccounts, year: int) -> tuple[InventoryFigure, ...]:
    counted = (accounts.year == year) & ~accounts.internal
    groups: dict[tuple[int, str, str], list[int]] = {}
    other = accounts.other_gases > 0 if accounts.counts_other_gases else np.zeros(len(counted), dtype=bool)
    for i in np.flatnonzero(counted & ~_replaced(accounts)).tolist():
        own = gas_group(str(accounts.gas[i]))
        for gas in (own, "CH4", "N2O") if other[i] else (own,):
            groups.setdefault((int(accounts.scope[i]), str(accounts.kind[i]), gas), []).append(i)
    found = []
    for (category, kind, gas), positions in sorted(
        groups.items(), key=lambda g: (g[0][0], g[0][1], GASES.index(g[0][2]))
    ):
        lines = np.array(positions, dtype=np.int64)
        location, market, biogenic = _amounts(accounts, lines, gas)
        found.append(
            InventoryFigure(
                f"{category}-{kind}-{gas.replace(' ', '-')}",
                category,
                kind,
                gas,
                float(location.sum()),
                float(market.sum()),
                float(biogenic.sum()),
                lines,
            )
        )
    return tuple(found)


def _amounts(accounts: CarbonAccounts, lines: Ints, gas: str) -> tuple[Floats, Floats, Floats]:
    """Return what lines emit of a gas: by place, by contract, and their biogenic CO2.

    Burning a fuel emits CH4 and N2O in addition to the gas of its line.
    """
    place, market = accounts.location[lines], accounts.market[lines]
    if not accounts.counts_other_gases:
        return place, market, accounts.biogenic[lines]
    own = np.array([gas_group(str(g)) == gas for g in accounts.gas[lines]], dtype=bool)
    of_gas = {"CH4": accounts.methane, "N2O": accounts.nitrous_oxide}.get(gas, np.zeros(len(accounts.year)))[
        lines
    ]
    other = accounts.other_gases[lines]
    return (
        np.where(own, place - other, of_gas),
        np.where(own, market - other, of_gas),
        np.where(own, accounts.biogenic[lines], 0.0),
    )


def _replaced(accounts: CarbonAccounts) -> npt.NDArray[np.bool_]:
    """Return the lines in whose place a verified or reported total counts: all of them is in that."""
    by_factor = np.nan_to_num(accounts.factor_location) > 0
    silent = (accounts.location == 0) & (accounts.market == 0) & (accounts.biogenic == 0)
    return np.asarray(by_factor & silent)


# --------------------------------------------------------------------------- the evidence

EVIDENCE = (
    "figure",
    "year",
    "enterprise",
    "source",
    "t_co2e_location",
    "t_co2e_market",
    "t_co2_biogenic",
    "energy_gj",
    "file",
    "row",
    "factor",
    "factor_unit",
    "factor_source",
    "not_counted",
)
"""The columns of `evidence_of`."""


def evidence_of(found: Inventory) -> Iterator[tuple[Any, ...]]:
    """Yield a row for every line and gas of both years: its figure, and the row of the file it comes from.

    Lines in no figure say why: supplied inside the cluster, or held by a verified total.
    """
    accounts = found.accounts
    of: dict[int, list[InventoryFigure]] = {}
    for figure in found.figures + (found.base if found.base_year != found.year else ()):
        for line in figure.lines.tolist():
            of.setdefault(line, []).append(figure)
    replaced = _replaced(accounts)
    for year in sorted({found.base_year, found.year}):
        for i in np.flatnonzero(accounts.year == year).tolist():
            factor = accounts.factors[int(accounts.factor[i])] if accounts.factor[i] >= 0 else {}
            why = ""
            if i not in of:
                why = (
                    say("held by a verified or reported total")
                    if replaced[i]
                    else say("supplied inside the cluster")
                )
            one = np.array([i], dtype=np.int64)
            for part in of.get(i, [None]):
                amounts = (
                    (accounts.location[one], accounts.market[one], accounts.biogenic[one])
                    if part is None
                    else _amounts(accounts, one, part.gas)
                )
                yield (
                    "" if part is None else part.id,
                    year,
                    str(accounts.enterprises[accounts.enterprise[i]]),
                    str(accounts.carrier[i]) or str(accounts.kind[i]),
                    *(float(v[0]) for v in amounts),
                    None if np.isnan(accounts.energy[i]) else float(accounts.energy[i]),
                    *located(str(accounts.file[i]), int(accounts.row[i])),
                    factor.get("value"),
                    factor.get("unit"),
                    factor.get("source"),
                    why,
                )


def row_ranges(accounts: CarbonAccounts, lines: Ints) -> dict[str, str]:
    """Return the rows of each file that lines come from, as a reader looks them up.

    Examples
    --------
    >>> from separatrix_cluster.accounts.accounts import carbon_accounts
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> row_ranges(carbon_accounts(load_cluster("rotterdam")), np.array([0, 1, 2, 5]))
    {'emissions.csv': '2–4, 7'}
    """
    found: dict[str, list[int]] = {}
    for i in lines.tolist():
        file, row = located(str(accounts.file[i]), int(accounts.row[i]))
        found.setdefault(file, []).append(int(row or 0))
    return {file: row_runs(rows) for file, rows in found.items()}
