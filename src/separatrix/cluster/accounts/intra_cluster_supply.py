"""What one enterprise of the cluster supplied to another: counted where it was made, if it was made there.

Electricity and heat that a member made count in its scope 1, so the total leaves them out of the scope 2 of
those who bought them (GHG Protocol Scope 2 Guidance, 2015, ch. 5; guidelines of NDRC and MEE).  That holds
only for what the member can have made: power from the grid that it passed on nobody in the cluster made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.cluster.accounts.emission_factors import Factor, FactorRegistry
from separatrix.cluster.tables.cell_values import Texts
from separatrix.cluster.tables.number_text import rounded
from separatrix.cluster.tables.table import ClusterTable
from separatrix.reading.remark import Remark
from separatrix.sentence import Sentence, say

__all__ = ["Supply", "supplied_inside"]

Truths = npt.NDArray[np.bool_]
Key = tuple[str, float]

_SLACK = 1 + 1e-6
"""Sums of decimals: what was made and what was supplied may differ in their last digits."""


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


def supplied_inside(supply: Supply) -> tuple[Truths, list[Remark]]:
    """Return which rows were supplied within the cluster, and what is doubtful in that.

    A row counts as bought from outside where its supplier has no accounts of that year, or burned and
    generated less energy than it supplied: to leave it out of the total would lose it.
    """
    table = supply.table
    names, years, amounts = table.texts("supplier"), table.numbers("year"), table.numbers("amount")
    claimed = supply.kept & supply.bought & (names != "") & (table.texts("dimension") == "energy")
    accounted, made = _accounted(supply), _made(supply)
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
                "the supplier has no energy or emissions of that year, so what it supplied counts as "
                "bought from outside"
            )
        elif given[key] > made.get(key, 0.0) * _SLACK:
            what = say(
                "the supplier burned and generated {made} GJ and supplied {given} GJ, so it cannot have made "
                "all that; it counts as bought from outside",
                made=rounded(made.get(key, 0.0)),
                given=rounded(given[key]),
            )
        else:
            continue
        inside[i] = False
        remarks.append(_remark(table, i, "supplier", what))
    return inside, [*remarks, *_sales(supply, claimed)]


def _accounted(supply: Supply) -> set[Key]:
    """Return who has energy of its own, or emissions, in which year."""
    table, emissions = supply.table, supply.emissions
    told = supply.kept & np.isin(supply.uses.astype(str), ["used", "generated"])
    known = set(zip(table.texts("enterprise")[told], table.numbers("year")[told], strict=True))
    return known | set(zip(emissions.texts("enterprise"), emissions.numbers("year"), strict=True))


def _made(supply: Supply) -> dict[Key, float]:
    """Return GJ that each burned and generated in each year; infinite where that is not known."""
    table = supply.table
    names, years, amounts = table.texts("enterprise"), table.numbers("year"), table.numbers("amount")
    dimensions = table.texts("dimension")
    made: dict[Key, float] = {}
    for i in np.flatnonzero(supply.kept).tolist():
        key = (str(names[i]), float(years[i]))
        if supply.bought[i]:
            energy = float(amounts[i]) if supply.uses[i] == "generated" else 0.0
        elif supply.uses[i] == "used":
            factor = supply.registry.fuel(str(supply.carriers[i]), str(dimensions[i]), int(years[i]))
            energy = float(amounts[i]) * factor.energy if isinstance(factor, Factor) else np.inf
        else:
            continue
        made[key] = made.get(key, 0.0) + (np.inf if np.isnan(energy) else energy)
    emissions = supply.emissions
    # A verified total tells nothing of the fuels behind it.
    for i in np.flatnonzero(emissions.texts("kind") == "verified").tolist():
        made[str(emissions.texts("enterprise")[i]), float(emissions.numbers("year")[i])] = np.inf
    return made


def _sales(supply: Supply, claimed: Truths) -> list[Remark]:
    """Return remarks on rows of electricity and heat that was sold, against what was taken in the cluster."""
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
