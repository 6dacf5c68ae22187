"""What a partner's acting brings: B to who acts too, F to who does not.

The value of exchanging and sharing is the value of the coalition less the value that each has alone
(`separatrix_cluster.symbiosis`); of two groups each gets half of what only both together produce, as in
Shapley, L. S. (1953), A value for n-person games. No table reports knowledge spillovers: they are assumed
to be between zero and half of the partner's savings, for those who act and those who do not, and never
above half of the savings of their own measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from separatrix.sentences import say
from separatrix_cluster.calibration.estimate import Estimate, rows_of, sum_of
from separatrix_cluster.measures.abatement_measure import exact
from separatrix_cluster.symbiosis.optimal_exchange import exchange_value
from separatrix_cluster.symbiosis.problem import exchange_problem, restricted_to
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["benefit_of_both", "exchange_benefits", "free_ride"]


def free_ride(own: Estimate, partner: Estimate) -> Estimate:
    """Return F: what one has of a partner who acts alone, knowledge.

    Parameters
    ----------
    own, partner : Estimate
        What each of both saves by acting; none learns more than it can use.
    """
    less = min(own, partner, key=lambda saving: saving.value)
    value, most = max(less.value, Fraction(0)) / 4, max(less.high, Fraction(0)) / 2
    how = say("assumed: knowledge that spills over, from nothing to half of what the partner saves, or could")
    return Estimate(value, Fraction(0), most, "assumed", how, less.rows)


def benefit_of_both(own: Estimate, partner: Estimate, exchange: Estimate | None) -> Estimate:
    """Return B: exchanges, shared facilities and knowledge.

    Parameters
    ----------
    own, partner : Estimate
        What each of both saves by acting.
    exchange : Estimate or None
        The gain of exchanges; None where no table gives it: then it is assumed, too.
    """
    knowledge = free_ride(own, partner)
    if exchange is None:
        how = say("assumed: knowledge and exchanges, from nothing to all that the partner saves, or could")
        return sum_of([knowledge, knowledge], how)
    how = say("{exchange}; and {knowledge}", exchange=exchange.how, knowledge=knowledge.how)
    return sum_of([exchange, knowledge], how)


def exchange_benefits(
    cluster: Cluster, groups: Sequence[Sequence[str]], carbon_price: float | None = None
) -> tuple[Estimate | None, ...]:
    """Return for each group the gain of exchanges per enterprise; None where no table has streams.

    Parameters
    ----------
    cluster : Cluster
    groups : sequence of sequences of str
        One group whose members all meet each other, or two groups that meet.
    carbon_price : float, optional
        Currency per t CO2e.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> park = load_cluster("synthetic-park")
    >>> (found,) = exchange_benefits(park, [[str(name) for name in park.enterprises]])
    >>> found.value > 0
    True
    """
    if not len(cluster.table("streams")):
        return (None,) * len(groups)
    problem = exchange_problem(cluster, carbon_price=carbon_price)
    together = exchange_value(restricted_to(problem, [name for group in groups for name in group]))
    parts = [[name] for name in groups[0]] if len(groups) == 1 else groups
    alone = sum(exchange_value(restricted_to(problem, part)) for part in parts)
    gain = max(Fraction(0), exact(together - alone)) / exact(cluster.description.money_factor) / len(groups)
    table = cluster.table("streams")
    members = {name for group in groups for name in group}
    places = [i for i, name in enumerate(table.texts("enterprise")) if str(name) in members]
    found = []
    for group in groups:
        how = say("exchanges and shared facilities, mean of {n} enterprises", n=len(group))
        value = gain / len(group)
        basis = "assumed" if problem.assumed else "measured"
        found.append(Estimate(value, value, value, basis, how, rows_of(table, places)))
    return tuple(found)
