"""What one enterprise of the cluster supplied to another: counted where it was made, if it was made there.

Electricity and heat that a member made count in its scope 1, so the total excludes them from the scope 2 of
the purchasers (GHG Protocol Scope 2 Guidance, 2015, ch. 5; guidelines of NDRC and MEE). This applies only
to what the member can have made: grid power that it passed on was not made in the cluster.

Double counting: fuels covered by a verified total, another enterprise's power within a reported scope 2.

A verified total includes the fuels and processes of its enterprise and year, a reported scope 2 the
electricity and heat. A reported scope 2 may also include what another enterprise of the cluster made and
has in its scope 1 (GHG Protocol Scope 2 Guidance, 2015, ch. 5): that part is excluded from the total.

Gases that steelworks and coking plants make of a fuel which is counted whole: its carbon counts once.

The carbon of blast-furnace and converter gas came with the coke, that of coke-oven gas with the coking coal.
Where all of that fuel is counted as burned, the gas that is burned after it holds the same carbon again: the
carbon balance of a plant takes it off (IPCC 2006, vol. 2, box 2.1 and vol. 3, ch. 4.2; guidelines of NDRC for
the steel industry), up to the carbon of the fuel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.emission_factors import FactorRegistry
from separatrix_cluster.accounts.factor import OWN_USE, Factor
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.cells import Floats, Texts, carrier_in_words
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["DERIVED_GASES", "Supply", "carbon_balance", "counted_once", "scaled_accounts", "supplied_inside"]

_SHARED = (
    "location",
    "market",
    "spread",
    "energy",
    "biogenic",
    "methane",
    "nitrous_oxide",
    "factor_location",
    "factor_market",
    "factor_stated",
)
"""The columns of amounts, which are divided where a line is."""


def counted_once(accounts: CarbonAccounts) -> CarbonAccounts:
    """Return the accounts with zero for what a verified or reported total of the same enterprise holds."""
    years = accounts.year - accounts.year.min() if len(accounts.year) else accounts.year
    span = int(years.max(initial=0)) + 1
    key = accounts.enterprise * span + years
    for kind, scope, parts in (
        ("verified", 1, ("combustion", "process")),
        ("reported", 2, ("electricity", "heat")),
    ):
        held = np.zeros(len(accounts.enterprises) * span, dtype=bool)
        held[key[accounts.kind == kind]] = True
        part = (accounts.kind == parts[0]) | (accounts.kind == parts[1])
        inside = held[key] & (accounts.scope == scope) & part
        for amounts in (accounts.location, accounts.market, accounts.spread):
            amounts[inside] = 0.0
        if kind == "verified":
            burned = held[key] & ((accounts.kind == "combustion") | (accounts.kind == "biogenic"))
            # Of a biogenic fuel the total holds CH4 and N2O; its CO2 stays listed.
            for amounts in (accounts.location, accounts.market, accounts.spread):
                amounts[burned] = 0.0
            accounts.methane[burned] = accounts.nitrous_oxide[burned] = 0.0
    return _reported(accounts, key)


def _reported(accounts: CarbonAccounts, key: np.ndarray) -> CarbonAccounts:
    """Take out of the total what a reported scope 2 holds of the supply of other members.

    Of R reported, with x t by factors from members and y t from elsewhere, R x / max(R, x + y) came from
    members: where the rows explain less than was reported the rest came from elsewhere.
    """
    reported = accounts.kind == "reported"
    if not reported.any():
        return accounts
    bought = (accounts.scope == 2) & ~reported
    keys, place = np.unique(key, return_inverse=True)

    def sums(amounts: Floats, chosen: np.ndarray) -> Floats:
        found = np.bincount(place[chosen], np.nan_to_num(amounts[chosen]), len(keys))
        return found.astype(np.float64)

    inside = sums(accounts.factor_location, bought & accounts.internal)
    told = sums(accounts.location, reported)
    known = np.maximum(told, sums(accounts.factor_location, bought))
    part = np.divide(inside, known, out=np.zeros(len(keys)), where=known > 0)
    shares = np.where(reported, part[place], 0.0)
    remarks = []
    first = {int(place[i]): i for i in np.flatnonzero(shares > 0)[::-1].tolist()}
    for one, at in sorted(first.items()):
        if not told[one] > 0:
            continue
        remarks.append(
            Remark(
                "K218",
                "warning",
                str(accounts.file[at]),
                int(accounts.row[at]),
                "amount",
                say(
                    "of the reported scope 2 of {enterprise} {carbon} t came from enterprises of the "
                    "cluster by its rows of energy; they count where they were made, and once",
                    enterprise=str(accounts.enterprises[accounts.enterprise[at]]),
                    carbon=rounded(float(told[one] * part[one])),
                ),
                say("leave the column supplier empty where the supplier did not make it"),
            )
        )
    return replace(scaled_accounts(accounts, shares), remarks=(*accounts.remarks, *remarks))


def scaled_accounts(accounts: CarbonAccounts, shares: Floats) -> CarbonAccounts:
    """Return the accounts with a share of each line, from 0 to 1, counted where another member made it.

    A line that is partly double counted is split in two.
    """
    partly = np.flatnonzero((shares > 0) & (shares < 1))
    accounts.internal[shares >= 1] = True
    if not len(partly):
        return accounts
    columns = {n: getattr(accounts, n) for n in accounts.columns()}
    more: dict[str, Any] = {n: np.concatenate([c, c[partly]]) for n, c in columns.items()}
    count = len(accounts.year)
    for name in _SHARED:
        more[name][count:] *= shares[partly]
        more[name][partly] *= 1 - shares[partly]
    more["internal"][count:] = True
    return replace(accounts, **more)


_MADE_OF = {"blast_furnace_gas": "coke", "converter_gas": "coke", "coke_oven_gas": "coking_coal"}

DERIVED_GASES = tuple(_MADE_OF)

_ROUNDED = 0.05
"""Factors of gas and fuel differ by about so much from what a plant has."""

_CALLED = {
    "blast_furnace_gas": say("blast-furnace gas"),
    "converter_gas": say("converter gas"),
    "coke_oven_gas": say("coke-oven gas"),
    "coke": say("coke"),
    "coking_coal": say("coking coal"),
}


def carbon_balance(accounts: CarbonAccounts) -> CarbonAccounts:
    """Return the accounts with the carbon of derived gases counted with the fuel that they are made of.

    Parameters
    ----------
    accounts : CarbonAccounts
        After totals took the place of what they hold; `supplier` is who a gas came from, if not one's own.

    Returns
    -------
    CarbonAccounts
        Of an own gas carbon and energy are 0; a neighbour's stays with who burned it and leaves the total.
    """
    gases = np.flatnonzero(np.isin(accounts.carrier.astype(str), list(_MADE_OF)) & (accounts.scope == 1))
    if not len(gases):
        return accounts
    of_maker: dict[tuple[int, int, str], list[int]] = {}
    for i in gases.tolist():
        maker = int(accounts.supplier[i] if accounts.supplier[i] >= 0 else accounts.enterprise[i])
        of_maker.setdefault((maker, int(accounts.year[i]), _MADE_OF[str(accounts.carrier[i])]), []).append(i)
    carbon_dioxide = accounts.carbon_dioxide
    fuels: dict[tuple[int, int, str], list[float]] = {}
    for i in np.flatnonzero(np.isin(accounts.carrier.astype(str), list(_MADE_OF.values()))).tolist():
        fuel_key = (int(accounts.enterprise[i]), int(accounts.year[i]), str(accounts.carrier[i]))
        sums = fuels.setdefault(fuel_key, [0.0, 0.0])
        sums[0] += float(accounts.factor_location[i])
        sums[1] += float(carbon_dioxide[i])
    own, others = np.zeros(len(accounts.year)), np.zeros(len(accounts.year))
    remarks = []
    for key, found in sorted(of_maker.items()):
        lines = np.array(found)
        by_factor, counted = fuels.get(key, [0.0, 0.0])
        mine = lines[accounts.enterprise[lines] == key[0]]
        passed = lines[accounts.enterprise[lines] != key[0]]
        # Its own: by factors, for a verified total holds the carbon once but says nothing of the energy.
        left = by_factor - _allocate_carbon(own, mine, accounts.factor_location[mine], by_factor)
        # A neighbour's: only where the fuel is in the total, which it is not beside what the maker measured.
        _allocate_carbon(others, passed, carbon_dioxide[passed], min(left, counted))
        excess = float(accounts.factor_location[lines].sum()) - by_factor
        if by_factor > 0 and excess > _ROUNDED * by_factor:
            remarks.append(_excess(accounts, lines, excess))
    for i in np.flatnonzero((own > 0) | (others > 0)).tolist():
        carbon = float(carbon_dioxide[i] * max(own[i], others[i]))
        if carbon > 0:
            remarks.append(_remark(accounts, i, carbon, bool(own[i])))
    for name in (
        "location",
        "market",
        "spread",
        "energy",
        "methane",
        "nitrous_oxide",
        "factor_location",
        "factor_market",
        "factor_stated",
    ):
        getattr(accounts, name)[:] *= 1 - own
    return replace(scaled_accounts(accounts, others), remarks=(*accounts.remarks, *remarks))


def _allocate_carbon(shares: np.ndarray, lines: Ints, carbon: np.ndarray, left: float) -> float:
    """Set which share of each line the carbon that is left explains, and return how much that is."""
    whole = float(carbon.sum())
    if whole <= 0 or left <= 0:
        return 0.0
    shares[lines] = min(1.0, left / whole)
    return min(left, whole)


def _excess(accounts: CarbonAccounts, lines: Ints, carbon: float) -> Remark:
    i = int(lines[np.argmax(accounts.factor_location[lines])])
    gas = str(accounts.carrier[i])
    return Remark(
        "K232",
        "warning",
        str(accounts.file[i]),
        int(accounts.row[i]),
        "amount",
        say(
            "{gas} contains {carbon} t CO2 more than the {fuel} it is made from; the excess was "
            "counted in addition",
            gas=_CALLED[gas],
            carbon=rounded(carbon),
            fuel=_CALLED[_MADE_OF[gas]],
        ),
        say("check the units of both, and whether rows of the fuel are missing"),
    )


def _remark(accounts: CarbonAccounts, line: int, carbon: float, own: bool) -> Remark:
    gas = str(accounts.carrier[line])
    told: Sentence = (
        say(
            "{carbon} t CO2 of {gas} are the carbon of the {fuel} burned by the enterprise; they count there",
            carbon=rounded(carbon),
            tonnes=carbon,
            gas=_CALLED[gas],
            fuel=_CALLED[_MADE_OF[gas]],
        )
        if own
        else say(
            "{carbon} t CO2 of {gas} are the carbon of the {fuel} of its supplier, and count there",
            carbon=rounded(carbon),
            tonnes=carbon,
            gas=_CALLED[gas],
            fuel=_CALLED[_MADE_OF[gas]],
        )
    )
    return Remark(
        "K222",
        "warning",
        str(accounts.file[line]),
        int(accounts.row[line]),
        "carrier",
        told,
        say("if the gas was bought from outside, give it another name and a factor in the table factors"),
    )


Truths = npt.NDArray[np.bool_]
Key = tuple[str, float]

_SLACK = 1 + 1e-6
"""Sums of decimals: what was made and what was supplied may differ in their last digits."""

_MOST = {"mass": 120.0, "volume": 45.0}
"""GJ in a tonne of hydrogen and in a cubic metre of heavy oil: no fuel holds more."""

_LEAST_CARBON = 0.0444
"""t CO2 per GJ of coke-oven gas, the least of all fossil fuels (IPCC 2006, vol. 2, table 1.4)."""


@dataclass(frozen=True)
class Supply:
    """The table `energy`, as far as it is needed here.

    Attributes
    ----------
    table, emissions : Table
    carriers, uses : array of str, shape (rows,)
        The registry's names; what each row was used for.
    kept, bought : array of bool, shape (rows,)
        The rows that make sense; those of electricity and heat.
    registry : FactorRegistry
        For the energy in fuels.
    """

    table: ClusterTable
    emissions: ClusterTable
    carriers: Texts
    uses: Texts
    kept: Truths
    bought: Truths
    registry: FactorRegistry


def supplied_inside(supply: Supply) -> tuple[Truths, Truths, list[Remark]]:
    """Return which rows were supplied within the cluster, which perhaps, and what is doubtful in that.

    A row counts as bought from outside where its supplier has no accounts of that year, or the fuels that are
    counted there and what it generated hold less energy than it supplied: to leave it out of the total would
    lose it.
    """
    table = supply.table
    names, years, amounts = table.texts("supplier"), table.numbers("year"), table.numbers("amount")
    claimed = supply.kept & supply.bought & (names != "") & (table.texts("dimension") == "energy")
    if not claimed.any():
        return claimed, claimed.copy(), _sales(supply, claimed)
    accounted = _accounted(supply)
    made, unknown = _supplier_energy(supply, set(names[claimed].tolist()))
    given: dict[Key, float] = {}
    for i in np.flatnonzero(claimed).tolist():
        key = (str(names[i]), float(years[i]))
        given[key] = given.get(key, 0.0) + float(amounts[i])
    inside = claimed.copy()
    remarks = []
    for i in np.flatnonzero(claimed).tolist():
        key = (str(names[i]), float(years[i]))
        if key not in accounted:
            what = say(
                "the supplier has no energy or emissions of that year, so what it supplied, {carbon} t, "
                "counts as bought from outside",
                carbon=_carbon(supply, i),
            )
        elif given[key] <= made.get(key, 0.0) * _SLACK:
            continue
        elif key in unknown:
            what = say(
                "the supplier burned {fuel} without a factor, which is in no sum, so what it supplied, "
                "{carbon} t, counts as bought from outside",
                fuel=unknown[key],
                carbon=_carbon(supply, i),
            )
        else:
            what = say(
                "the supplier burned and generated {made} GJ and supplied {given} GJ, so it cannot have made "
                "all that; {carbon} t count as bought from outside",
                made=rounded(made.get(key, 0.0)),
                given=rounded(given[key]),
                carbon=_carbon(supply, i),
            )
        inside[i] = False
        remarks.append(_intra_cluster_supply_remark(table, i, "supplier", what))
    return inside, claimed & ~inside, [*remarks, *_sales(supply, claimed)]


def _carbon(supply: Supply, row: int) -> str:
    """Return t CO2e of a row as bought from outside, for people."""
    factor = supply.registry.bought(
        str(supply.carriers[row]), "location", int(supply.table.numbers("year")[row])
    )
    amount = float(supply.table.numbers("amount")[row])
    return rounded(amount * factor.value) if isinstance(factor, Factor) else "?"


def _accounted(supply: Supply) -> set[Key]:
    """Return who has energy of its own, or emissions, in which year."""
    table, emissions = supply.table, supply.emissions
    told = supply.kept & np.isin(supply.uses.astype(str), [*OWN_USE, "generated"])
    known = set(zip(table.texts("enterprise")[told], table.numbers("year")[told], strict=True))
    return known | set(zip(emissions.texts("enterprise"), emissions.numbers("year"), strict=True))


def _supplier_energy(supply: Supply, suppliers: set[str]) -> tuple[dict[Key, float], dict[Key, str]]:
    """Return GJ that each supplier burned and generated at most in each year, and whose fuels have no factor.

    A fuel without a factor makes nothing: its carbon is in no sum.  Of a fuel whose own factor says nothing
    of its energy the most that any fuel holds is taken, and of a verified total the most that a tonne of CO2
    from fossil fuels can stand for.
    """
    table = supply.table
    names, years, amounts = table.texts("enterprise"), table.numbers("year"), table.numbers("amount")
    dimensions = table.texts("dimension")
    made: dict[Key, float] = {}
    unknown: dict[Key, str] = {}
    asked = np.array([name in suppliers for name in names], dtype=bool)
    for i in np.flatnonzero(supply.kept & asked).tolist():
        key = (str(names[i]), float(years[i]))
        if supply.bought[i]:
            energy = float(amounts[i]) if supply.uses[i] == "generated" else 0.0
        elif supply.uses[i] == "used":
            carrier = str(supply.carriers[i])
            factor = supply.registry.fuel(carrier, str(dimensions[i]), int(years[i]))
            if not isinstance(factor, Factor):
                unknown.setdefault(key, carrier_in_words(str(table.texts("carrier")[i])))
                continue
            most = _MOST.get(factor.dimension, 1.0) if np.isnan(factor.energy) else factor.energy
            energy = float(amounts[i]) * most
        else:
            continue
        made[key] = made.get(key, 0.0) + energy
    emissions = supply.emissions
    for i in np.flatnonzero(emissions.texts("kind") == "verified").tolist():
        key = (str(emissions.texts("enterprise")[i]), float(emissions.numbers("year")[i]))
        made[key] = made.get(key, 0.0) + float(np.nan_to_num(emissions.numbers("amount")[i])) / _LEAST_CARBON
        unknown.pop(key, None)  # the total holds them
    return made, unknown


def _sales(supply: Supply, claimed: Truths) -> list[Remark]:
    """Return remarks on rows of electricity and heat sold, compared with what the cluster purchased."""
    table = supply.table
    amounts, years = table.numbers("amount"), table.numbers("year")

    def sums(names: Texts, rows: Truths) -> dict[tuple[str, str, float], float]:
        found: dict[tuple[str, str, float], float] = {}
        for i in np.flatnonzero(rows).tolist():
            key = (str(names[i]), str(supply.carriers[i]), float(years[i]))
            found[key] = found.get(key, 0.0) + float(amounts[i])
        return found

    sold_rows = supply.kept & supply.bought & (supply.uses == "sold")
    sold, taken = sums(table.texts("enterprise"), sold_rows), sums(table.texts("supplier"), claimed)
    remarks = []
    for i in np.flatnonzero(sold_rows).tolist():
        key = (str(table.texts("enterprise")[i]), str(supply.carriers[i]), float(years[i]))
        if key not in taken:
            remarks.append(
                Remark(
                    "K218",
                    "note",
                    table.file,
                    int(table.rows[i]),
                    "use",
                    say(
                        "no enterprise of the cluster names the seller as its supplier, so what it sold "
                        "counts as sold outside; a buyer inside would count it a second time"
                    ),
                )
            )
        elif taken[key] > sold[key] * 1.01:
            remarks.append(
                _intra_cluster_supply_remark(
                    table,
                    i,
                    "amount",
                    say(
                        "enterprises of the cluster took {taken} GJ from it, and it sold {sold} GJ",
                        taken=rounded(taken[key]),
                        sold=rounded(sold[key]),
                    ),
                )
            )
    return remarks


def _intra_cluster_supply_remark(table: ClusterTable, row: int, column: str, what: Sentence) -> Remark:
    return Remark("K218", "warning", table.file, int(table.rows[row]), column, what)
