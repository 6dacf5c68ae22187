"""Enterprises whose energy is of one year more and one year less than their accounts: a year off throughout.

All other enterprises report energy and money for the same years. An enterprise whose energy begins a year
later and ends a year later than its output was most likely entered under the year of reporting.

Factors of the user's own for some years only: the others count by another one, and so does the change.

A change of method within a series does not change emissions: earlier years are recalculated by the same
method, or the years are not compared (GHG Protocol Corporate Standard, ch. 5; ISO 14064-1:2018, 6.4.2).

Coal, coke and gas as feedstock of an enterprise without process emissions: where did their carbon go?

Oil that goes into plastics stays there.  Of coal, coke and natural gas the carbon leaves in part or as a
whole as CO2, from ammonia, methanol, hydrogen and metals alike, and is then entered as process emissions
(IPCC 2006, vol. 3, ch. 1.4 and 5).

Amounts of 0 that output and staff contradict: a carrier that fell to nothing while the work went on.

An amount of 0 is taken as 0, and so is one without a row in a year that is declared complete.  Who makes as
much as before with nothing in place of what it used has more likely left a cell empty that was filled in with
0, or a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.emission_factors import FactorRegistry
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_called, carrier_named
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.panel import Cluster, at_work, panel_of, rows_of_members

__all__ = [
    "NonEnergyUse",
    "ShiftedYears",
    "ZeroAmount",
    "factor_remarks",
    "lines_by_another",
    "non_energy_use",
    "shifted_years",
    "zero_amounts",
]

_ALIKE = 0.02
"""Factors that differ by no more than this are one and the same, rounded."""


def lines_by_another(accounts: CarbonAccounts, registry: FactorRegistry, own: Factor) -> tuple[Ints, Floats]:
    """Return the lines of other years that count by another factor, and this one over it less 1.

    None where that one lies in the interval that is stated for this one. Of factors of several years the
    nearest year is used.
    """
    lines: list[int] = []
    shares: list[float] = []
    if own.year is None or own.kind == "market" or own.carrier == "electricity":
        return np.zeros(0, dtype=np.int64), np.zeros(0)  # grids do change from year to year
    alike = [
        f for f in registry.own if (f.carrier, f.kind, f.dimension) == (own.carrier, own.kind, own.dimension)
    ]
    unit = own.to_dict()["unit"]
    same = (accounts.carrier == own.carrier) & (accounts.location > 0)
    for k in np.unique(accounts.factor[same & (accounts.factor >= 0)]).tolist():
        used = accounts.factors[k]
        share = own.value / used["value"] - 1
        if _is_own_factor(used, registry) or used["unit"] != unit or own.low <= used["value"] <= own.high:
            continue
        at = np.flatnonzero(same & (accounts.factor == k))
        for year in np.unique(accounts.year[at]).tolist() if abs(share) > _ALIKE else ():
            nearest = min(alike, key=lambda f: (abs((f.year or year) - year), f.year or 0))
            if nearest is own:
                lines.extend(at[accounts.year[at] == year].tolist())
                shares.extend([share] * int((accounts.year[at] == year).sum()))
    return np.array(lines, dtype=np.int64), np.array(shares)


def _is_own_factor(factor: object, registry: FactorRegistry) -> bool:
    return any(f.to_dict() == factor for f in registry.own)


def factor_remarks(accounts: CarbonAccounts, registry: FactorRegistry) -> Iterator[Remark]:
    """Yield a warning at each factor that is given for one year, where others count by one that differs."""
    for own, (file, row) in zip(registry.own, registry.own_rows, strict=True):
        lines, shares = lines_by_another(accounts, registry, own)
        if own not in registry.used or not len(lines):
            continue
        years = sorted({int(y) for y in accounts.year[lines]})
        what = say(
            "this factor of {carrier} is for {year} alone; {others} count by another one, from which it "
            "differs by {share} %",
            carrier=carrier_called(own.carrier),
            year=own.year or 0,
            others=", ".join(map(str, years)),
            share=rounded(100 * float(np.abs(shares).max()), 2),
        )
        hint = say("leave the column year empty if it is for all years, or give one for each year")
        yield Remark("K228", "warning", file, row, "year", what, hint)


_EMITTED = frozenset({"raw_coal", "anthracite", "bituminous_coal", "lignite", "coke", "natural_gas"})
"""Carriers whose carbon does not stay in what is made of them."""


@dataclass(frozen=True)
class NonEnergyUse:
    """A feedstock of an enterprise (its position) and year: the CO2 of all its carbon, t, and its GJ."""

    remark: Remark
    enterprise: int
    year: int
    carrier: str
    carbon: float
    energy: float


def non_energy_use(
    cluster: Cluster, accounts: CarbonAccounts, registry: FactorRegistry
) -> tuple[NonEnergyUse, ...]:
    """Return the feedstocks whose carbon is in no process emissions of their enterprise."""
    return keep(accounts, "_non_energy_use", lambda: tuple(_find_non_energy_use(cluster, accounts, registry)))


def _find_non_energy_use(
    cluster: Cluster, accounts: CarbonAccounts, registry: FactorRegistry
) -> Iterator[NonEnergyUse]:
    table = cluster.table("energy")
    chosen = (table.texts("use") == "feedstock") & (table.numbers("amount") > 0)
    if not chosen.any():
        return
    who = rows_of_members(cluster, "energy")
    # A row with an amount of 0 says that there are none.
    told = np.isin(accounts.kind.astype(str), ["process", "verified"])
    chosen &= ~np.isin(who, accounts.enterprise[told])
    first: dict[tuple[int, str], Remark] = {}
    for i in np.flatnonzero(chosen & (table.numbers("year") > 0)).tolist():
        carrier = carrier_named(str(table.texts("carrier")[i]))[0] or ""
        year, e = int(table.numbers("year")[i]), int(who[i])
        factor = registry.fuel(carrier, str(table.texts("dimension")[i]), year)
        if carrier not in _EMITTED or not isinstance(factor, Factor) or factor.biogenic:
            continue
        if (e, carrier) not in first:
            what = say(
                "{enterprise} uses {carrier} as feedstock, which has no counted emissions, but "
                "no process emissions show where its carbon went",
                carrier=carrier_called(carrier),
                enterprise=short(str(accounts.enterprises[e])),
            )
            hint = say("enter the process emissions, with an amount of 0 if all carbon stays in the product")
            first[e, carrier] = Remark("K249", "warning", table.file, int(table.rows[i]), "use", what, hint)
        amount = float(table.numbers("amount")[i])
        yield NonEnergyUse(first[e, carrier], e, year, carrier, amount * factor.value, amount * factor.energy)


_SEVERAL = 3
"""With fewer years, or fewer others, nothing is reported."""
_MOSTLY = 0.5
"""The share of the others that must report energy and money for the same years."""


@dataclass(frozen=True)
class ShiftedYears:
    """An enterprise (its position) whose energy is this many years after its accounts."""

    remark: Remark
    enterprise: int
    years: int


def shifted_years(cluster: Cluster, accounts: CarbonAccounts) -> tuple[ShiftedYears, ...]:
    """Return the enterprises whose energy is reported for years shifted against those of their accounts."""
    return keep(accounts, "_shifted_years", lambda: tuple(_find_shifted_years(cluster, accounts)))


def _find_shifted_years(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[ShiftedYears]:
    table = cluster.table("accounts")
    if not len(table) or not len(accounts.year):
        return
    years = np.arange(min(*accounts.years, *table.years) - 1, max(*accounts.years, *table.years) + 2)
    used = np.zeros((len(accounts.enterprises), len(years)), dtype=bool)
    of_energy = accounts.carrier != ""
    used[accounts.enterprise[of_energy], accounts.year[of_energy] - years[0]] = True
    made = at_work(cluster, years.tolist())
    both = (used.sum(axis=1) >= _SEVERAL) & (made.sum(axis=1) >= _SEVERAL)
    same = both & (used == made).all(axis=1)
    if same.sum() < _SEVERAL:
        return
    for shift in (1, -1):
        off = both & ~same & (used == np.roll(made, shift, axis=1)).all(axis=1)
        if not off.any() or same.sum() < _MOSTLY * both.sum():
            continue
        for e in np.flatnonzero(off).tolist():
            told = [years[np.flatnonzero(part[e])] for part in (used, made)]
            line = int(np.flatnonzero(of_energy & (accounts.enterprise == e))[0])
            what = say(
                "energy of {enterprise} is of {start} to {end} and its accounts are of {first} to {last}, "
                "while those of others are of the same years: it may be a year off",
                enterprise=short(str(accounts.enterprises[e])),
                start=int(told[0][0]),
                end=int(told[0][-1]),
                first=int(told[1][0]),
                last=int(told[1][-1]),
            )
            hint = say("check the years of both; they were taken as they stand")
            place = str(accounts.file[line]), int(accounts.row[line])
            yield ShiftedYears(Remark("K245", "warning", *place, "year", what, hint), e, shift)


Truths = npt.NDArray[np.bool_]

_BOUGHT = ("electricity", "heat")
_AT_WORK = 0.5
"""Who makes this share of what it made still works."""
_REPLACED = 0.1
"""A heat pump replaces an old boiler with a fifth of its energy; half of that is not a replacement."""
_SWINGS = 0.1
"""What replaces electricity is no less fuel, and more than this share by which fuels swing by themselves."""
_NOTABLE = 0.05
"""A smaller share of the energy of an enterprise may have been saved."""


@dataclass(frozen=True)
class ZeroAmount:
    """A carrier of an enterprise that is 0 in a year although the work goes on."""

    remark: Remark
    enterprise: int
    carrier: str
    supplier: int
    year: int


def zero_amounts(cluster: Cluster, accounts: CarbonAccounts) -> tuple[ZeroAmount, ...]:
    """Return the carriers that are 0 in a year although the enterprise works on without another in place."""
    return keep(accounts, "_zero_amounts", lambda: _find_zero_amounts(cluster, accounts))


def _find_zero_amounts(cluster: Cluster, accounts: CarbonAccounts) -> tuple[ZeroAmount, ...]:
    bare = (accounts.carrier != "") & (accounts.energy == 0)
    years = list(accounts.years)
    complete = cluster.description.complete
    declared = np.array([complete is None or y in complete for y in years], dtype=bool)
    if not len(cluster.table("accounts")) or not (bare.any() or declared.any()):
        return ()
    asked = np.union1d(np.unique(accounts.enterprise[bare]), _with_holes(accounts, declared))
    if not len(asked):
        return ()
    panels = [panel_of(cluster, "accounts", c, years) for c in ("output", "value_added", "staff")]
    return tuple(
        zero
        for e in asked.tolist()
        for zero in _of_one(
            accounts, e, np.flatnonzero(accounts.enterprise == e), [p[e] for p in panels], declared
        )
    )


def _with_holes(accounts: CarbonAccounts, declared: Truths) -> Ints:
    """Return the enterprises whose row of a carrier is missing in a declared year."""
    rows = np.flatnonzero(accounts.carrier != "")
    if not declared.any() or not len(rows):
        return np.zeros(0, dtype=np.int64)
    names, codes = np.unique(accounts.carrier[rows].astype(str), return_inverse=True)
    series, of = np.unique(accounts.enterprise[rows] * len(names) + codes, return_inverse=True)
    told = np.zeros((len(series), len(declared)), dtype=bool)
    told[of, np.searchsorted(accounts.years, accounts.year[rows])] = True
    return np.unique(series[(~told & declared).any(axis=1)] // len(names))


def _of_one(
    accounts: CarbonAccounts, e: int, lines: Ints, measures: list[Floats], declared: Truths
) -> Iterator[ZeroAmount]:
    years = np.array(accounts.years, dtype=np.int64)
    # Of who has no row at all in a declared year the year itself is in question (K243).
    there = declared & np.isin(years, accounts.year[lines])
    verified = np.isin(years, accounts.year[lines[accounts.kind[lines] == "verified"]])
    lines = lines[(accounts.carrier[lines] != "") & ~np.isnan(accounts.energy[lines])]
    # What came from one supplier may be 0 beside what came from another.
    names = [f"{c}\0{k}" for c, k in zip(accounts.carrier[lines], accounts.supplier[lines], strict=True)]
    series, of = np.unique(np.array(names, dtype=str), return_inverse=True)
    carriers = [str(name).split("\0")[0] for name in series]
    at = np.searchsorted(years, accounts.year[lines])
    amounts: Floats = np.zeros((len(series), len(years)))
    told = np.zeros(amounts.shape, dtype=bool)
    np.add.at(amounts, (of, at), accounts.energy[lines])
    told[of, at] = True
    rows = told.copy()
    # A verified total holds the fuels of its year.
    bought = np.isin(np.array(carriers, dtype=str), _BOUGHT)
    told |= there & (bought[:, None] | ~verified)
    # Output tells of the work, else value added, else staff.
    works = next((m for m in measures if (m > 0).any()), np.full(len(years), np.nan))
    doubted: set[tuple[int, int]] = set()
    for c, y in np.argwhere(told & (amounts == 0)).tolist():
        earlier = np.flatnonzero(amounts[c, :y] > 0)
        if not amounts.any() and not rows[c, y]:
            continue
        row = lines[(of == c) & (at == y)][0] if rows[c, y] else lines[of == c][0]
        if not amounts.any() and works[y] > 0:
            what = say(
                "all energy of {enterprise} is 0 in every year, and it makes something",
                enterprise=short(str(accounts.enterprises[e])),
            )
            yield _zero(accounts, int(row), what)
        nothing = not amounts[:, y].any()
        if not len(earlier) and nothing:
            earlier = np.flatnonzero(amounts[c] > 0)[:1]  # of a first year the next one tells
        if not len(earlier):
            continue
        before = int(earlier[-1])
        if not works[y] >= _AT_WORK * works[before]:
            continue
        gone, grown = amounts[c, before], min(1.0, works[y] / works[before])
        others = (float(amounts[:, k].sum() - amounts[c, k]) for k in (y, before))
        now, usual = others
        # Other energy drifts by as much in every year that passes since the first without it.
        replaced = _REPLACED * max(1, int(years[y] - years[before]))
        if y > before + 1 and (c, y - 1) not in doubted:
            continue
        if not nothing and (gone < _NOTABLE * (gone + usual) or now - usual * grown >= replaced * gone):
            continue
        doubted.add((c, y))
        facts = {
            "name": carrier_called(carriers[c]),
            "enterprise": short(str(accounts.enterprises[e])),
            "year": int(years[y]),
            "before": int(years[before]),
            "supplier": int(accounts.supplier[row]),
        }
        if not rows[c, y]:
            yield _hole(accounts, int(row), int(years[y]), facts)
            continue
        what = say(
            "{name} of {enterprise} is 0 in {year}, and it was not in {before}; output or staff go on, and "
            "nothing took its place",
            name=facts["name"],
            enterprise=facts["enterprise"],
            year=facts["year"],
            before=facts["before"],
        )
        yield _zero(accounts, int(row), what)


def _hole(accounts: CarbonAccounts, line: int, year: int, facts: Mapping[str, Any]) -> ZeroAmount:
    what = say(
        "complete includes {year}, but that year has no row for {name} of {enterprise}, which "
        "used some in {before}; output or staff continue, and no other carrier replaced it",
        **facts,
    )
    hint = say("add its row, or take the year out of complete; none was taken as 0")
    remark = Remark("K238", "warning", str(accounts.file[line]), None, "amount", what, hint)
    who, carrier = int(accounts.enterprise[line]), str(accounts.carrier[line])
    return ZeroAmount(remark, who, carrier, int(accounts.supplier[line]), year)


def _zero(accounts: CarbonAccounts, line: int, what: Sentence) -> ZeroAmount:
    hint = say("leave the cell empty if the amount is unknown; the 0 was used unchanged")
    where = str(accounts.file[line]), int(accounts.row[line])
    remark = Remark("K238", "warning", *where, "amount", what, hint)
    who, carrier = int(accounts.enterprise[line]), str(accounts.carrier[line])
    return ZeroAmount(remark, who, carrier, int(accounts.supplier[line]), int(accounts.year[line]))
