"""What measures claim, compared with what is emitted and used."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.measures.abatement_measure import (
    AbatementMeasure,
    listed_measures,
    with_possible_links,
)
from separatrix_cluster.measures.joint_abatement import JointAbatement, joint_abatement
from separatrix_cluster.measures.source_inventory import SourceInventory, source_inventory
from separatrix_cluster.tables.cell_values import short
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["computed_measures"]


def computed_measures(
    cluster: Cluster, accounts: CarbonAccounts, completeness: DataCompleteness, rate: Fraction
) -> tuple[JointAbatement, list[Remark]]:
    """Return the measures that act on a source, with the inventory, and the issues."""
    year = completeness.reporting_year
    inventory = source_inventory(accounts, year if year in accounts.years else None)
    measures, remarks = listed_measures(cluster, rate)
    useless: set[str] = set()
    needed = {i for m in measures for i in m.requires}
    joint = joint_abatement(measures, inventory)
    for claim in joint.claims:
        amiss = list(_amiss(cluster, inventory, claim.measure, claim.inventory, needed))
        remarks.extend(amiss)
        if any(r.severity == "error" for r in amiss):
            useless.add(claim.measure.id)
    kept = with_possible_links([m for m in measures if m.id not in useless], remarks)
    order = {m.id: k for k, m in enumerate(measures)}
    kept = tuple(sorted(kept, key=lambda m: order[m.id]))
    return joint_abatement(kept, inventory), sorted(remarks, key=lambda r: r.row or 0)


def _amiss(
    cluster: Cluster,
    inventory: SourceInventory,
    measure: AbatementMeasure,
    there: Fraction | None,
    needed: set[str],
) -> Iterator[Remark]:
    """Yield the issues of a claim compared with the emissions."""

    def remark(code: str, severity: Any, column: str, what: Sentence, hint: Sentence | None = None) -> Remark:
        return Remark(code, severity, measure.file, measure.row, column, what, hint)

    whose = cluster.name_of(measure.enterprise) if measure.enterprise else say("the whole cluster")
    if measure.abatement == 0:
        if measure.id not in needed:
            yield remark(
                "K551",
                "error",
                "abatement",
                say("{measure} cuts nothing, and no other measure requires it", measure=short(measure.id)),
                say("enter what it cuts, or name it under `requires` of the measures that need it"),
            )
        return
    if there is None:
        yield remark(
            "K556",
            "warning",
            "enterprise" if measure.enterprise else "abatement",
            say(
                "nothing is known of the emissions of {enterprise}, so what {measure} claims was taken as "
                "it is",
                enterprise=whose,
                measure=short(measure.id),
            ),
            say("fill in the table energy"),
        )
        return
    if there == 0:
        yield remark(
            "K555",
            "error",
            "carrier" if measure.carriers else "enterprise",
            say(
                "{measure} acts on emissions of {enterprise} that are 0 in {year}",
                measure=short(measure.id),
                enterprise=whose,
                year=inventory.year,
            ),
            say("check the carrier and the enterprise"),
        )
        return
    if measure.abatement > there:
        yield remark(
            "K554",
            "warning",
            "abatement",
            say(
                "{measure} claims {claimed} t a year, but what it acts on at {enterprise} is {there} t in "
                "{year}: no more was counted",
                measure=short(measure.id),
                claimed=rounded(float(measure.abatement)),
                enterprise=whose,
                there=rounded(float(there)),
                year=inventory.year,
            ),
            say("check the abatement, its unit (t CO2e a year) and the carrier"),
        )
    used = inventory.energy_used(measure)
    if measure.energy_dimension == "energy" and (measure.energy_saved or 0) > used > 0:
        yield remark(
            "K564",
            "warning",
            "energy_saved",
            say(
                "{measure} saves {saved} GJ a year, and {enterprise} used {used} GJ of it in {year}",
                measure=short(measure.id),
                saved=rounded(float(measure.energy_saved or 0)),
                enterprise=whose,
                used=rounded(float(used)),
                year=inventory.year,
            ),
            say("check the energy saved, its unit and the carrier"),
        )
