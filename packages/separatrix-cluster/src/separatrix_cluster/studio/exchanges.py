"""The exchanges of a cluster: those it has, the plan that brings most, and who gets what of it."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix_cluster.benefit_sharing.exchange_game import exchange_parts
from separatrix_cluster.benefit_sharing.shared_exchanges import (
    UNASKED,
    Exit,
    SharedExchanges,
    anchor_exit,
    shared_exchanges,
    sharing_work,
)
from separatrix_cluster.symbiosis.fragility import AssessedNetwork, assessed_networks
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan, optimal_exchange
from separatrix_cluster.symbiosis.problem import exchange_problem
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["ClusterExchanges", "cluster_exchanges"]


@dataclass(frozen=True)
class ClusterExchanges:
    """What is known of the exchanges of a cluster.

    Attributes
    ----------
    cluster : Cluster
    plan : ExchangePlan or None
        None without streams.
    today, planned : AssessedNetwork or None
        None without exchanges, and without planned ones.
    shared : SharedExchanges or None
        What each would get of the plan; None where computing it takes long, or nothing is planned.
    anchor : Exit or None
        In its place: the enterprise whose leaving costs most.
    """

    cluster: Cluster
    plan: ExchangePlan | None
    today: AssessedNetwork | None
    planned: AssessedNetwork | None
    shared: SharedExchanges | None
    anchor: Exit | None


def cluster_exchanges(cluster: Cluster) -> ClusterExchanges:
    """Return what is known of the exchanges of a cluster, as ``separatrix cluster symbiosis`` shows it.

    Raises
    ------
    InputError
        As `separatrix_cluster.symbiosis.problem.exchange_problem` does where a cluster has neither
        streams nor exchanges.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> found = cluster_exchanges(load_cluster("kalundborg"))
    >>> found.plan is None, len(found.today.network.links)
    (True, 35)
    """
    today, _ = assessed_networks(cluster, None)
    if not cluster.table("streams") and today is not None:
        return ClusterExchanges(cluster, None, today, None, None, None)
    problem = exchange_problem(cluster)
    plan = optimal_exchange(problem)
    today, planned = assessed_networks(cluster, plan)
    shared, anchor = None, None
    parts = exchange_parts(problem)
    if sharing_work(parts)[1] <= UNASKED:
        shared = shared_exchanges(plan, parts)
    else:
        anchor = anchor_exit(plan)
    return ClusterExchanges(cluster, plan, today, planned, shared, anchor)
