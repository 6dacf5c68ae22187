"""What one enterprise of the cluster supplied to another: counted where it was made, if it was made there.

Electricity and heat that a member made count in its scope 1, so the total excludes them from the scope 2 of
the purchasers (GHG Protocol Scope 2 Guidance, 2015, ch. 5; guidelines of NDRC and MEE). This applies only
to what the member can have made: grid power that it passed on was not made in the cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.combustion_gases import OWN_USE
from separatrix_cluster.accounts.emission_factors import FactorRegistry
from separatrix_cluster.accounts.factor import Factor
from separatrix_cluster.tables.cell_values import Texts, carrier_in_words
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["Supply", "supplied_inside"]

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
                "the supplier has no energy or emissions of that year, so what it supplied, {carbon} t CO2e, "
                "counts as bought from outside",
                carbon=_carbon(supply, i),
            )
        elif given[key] <= made.get(key, 0.0) * _SLACK:
            continue
        elif key in unknown:
            what = say(
                "the supplier burned {fuel} without a factor, which is in no sum, so what it supplied, "
                "{carbon} t CO2e, counts as bought from outside",
                fuel=unknown[key],
                carbon=_carbon(supply, i),
            )
        else:
            what = say(
                "the supplier burned and generated {made} GJ and supplied {given} GJ, so it cannot have made "
                "all that; {carbon} t CO2e count as bought from outside",
                made=rounded(made.get(key, 0.0)),
                given=rounded(given[key]),
                carbon=_carbon(supply, i),
            )
        inside[i] = False
        remarks.append(_remark(table, i, "supplier", what))
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
                _remark(
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


def _remark(table: ClusterTable, row: int, column: str, what: Sentence) -> Remark:
    return Remark("K218", "warning", table.file, int(table.rows[row]), column, what)
