"""The checks that hold what was counted against other rows, other years and other enterprises.

Each is an analytical procedure of auditors (ISA 520, International Auditing and Assurance Standards Board):
it reports where two figures contradict each other and changes neither. The possible error of the counted
emissions is estimated in `separatrix_cluster.completeness.doubts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from separatrix.io.cells import Remark
from separatrix_cluster.accounts.absent_sources import absent_sources
from separatrix_cluster.accounts.computed_emissions import computed_emissions
from separatrix_cluster.accounts.emission_factors import FactorRegistry
from separatrix_cluster.accounts.energy_costs import energy_cost_remarks
from separatrix_cluster.accounts.factors_of_some_years import factor_remarks
from separatrix_cluster.accounts.non_energy_use import non_energy_use
from separatrix_cluster.accounts.own_power import own_power_remarks
from separatrix_cluster.accounts.peer_ratios import odd_ratios
from separatrix_cluster.accounts.per_worker import per_worker
from separatrix_cluster.accounts.reported_scope_2 import unlike_energy
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.accounts.shifted_years import shifted_years
from separatrix_cluster.accounts.uneven_years import uneven_years
from separatrix_cluster.accounts.unlikely_supply import unlikely_supply_remarks
from separatrix_cluster.accounts.unnamed_heat import unnamed_heat_remarks
from separatrix_cluster.accounts.untold_electricity import electricity_remarks
from separatrix_cluster.accounts.verified_totals import verified_elsewhere, verified_remarks
from separatrix_cluster.accounts.zero_amounts import zero_amounts
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["contradictions"]

Check = Callable[[Cluster, CarbonAccounts, FactorRegistry], Iterable[Remark]]

_CHECKS: tuple[Check, ...] = (
    lambda cluster, found, _: own_power_remarks(found, cluster.table("energy")),
    lambda cluster, found, _: verified_remarks(cluster, found),
    lambda _, found, __: (one.remark for one in verified_elsewhere(found)),
    lambda _, found, __: (one.remark for one in computed_emissions(found)),
    lambda _, found, __: (one.remark for one in unlike_energy(found)),
    lambda cluster, found, registry: (one.remark for one in non_energy_use(cluster, found, registry)),
    lambda cluster, found, _: unnamed_heat_remarks(cluster, found),
    lambda cluster, found, _: unlikely_supply_remarks(cluster, found),
    lambda cluster, found, _: electricity_remarks(cluster, found),
    lambda cluster, found, _: energy_cost_remarks(cluster, found),
    lambda cluster, found, _: (one.remark for one in per_worker(cluster, found)),
    lambda _, found, registry: factor_remarks(found, registry),
    lambda cluster, found, _: (odd.remark for odd in odd_ratios(cluster, found)),
    lambda cluster, found, _: (absent.remark for absent in absent_sources(cluster, found)),
    lambda cluster, found, _: (off.remark for off in shifted_years(cluster, found)),
    lambda cluster, found, _: (zero.remark for zero in zero_amounts(cluster, found)),
    lambda cluster, found, _: (odd.remark for odd in uneven_years(cluster, found)),
)
"""In the order in which they are reported."""


def contradictions(
    cluster: Cluster, accounts: CarbonAccounts, registry: FactorRegistry
) -> tuple[Remark, ...]:
    """Return what contradicts itself in the accounts of a cluster.

    Other results of a check are kept in ``accounts``, so that they are computed once.

    Parameters
    ----------
    cluster : Cluster
    accounts : CarbonAccounts
        Its accounts, whose remarks do not matter.
    registry : FactorRegistry
        The factors that were used.
    """
    # One fault may run through several amounts.
    found = (remark for check in _CHECKS for remark in check(cluster, accounts, registry))
    return tuple(dict.fromkeys(found))
