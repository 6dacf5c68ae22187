"""What a partner's acting brings: B to who acts too, F to who does not.

What enterprises can exchange and share is the value of their coalition less what each has alone
(`separatrix_cluster.symbiosis`); of two groups each gets half of what only both bring, as by Shapley, L. S.
(1953), A value for n-person games. Knowledge that spills over no table tells: it is assumed to lie between
nothing and half of what the partner saves, for who acts and for who does not, and
never above half of what its own measures would save.
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
        What each of both saves by acting; nobody learns more than it could use.
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
        What exchanges bring; None where no table tells: then it is assumed, too.
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
    """Return for each group what exchange brings one of its enterprises; None where no table tells of
    streams.

    Parameters
    ----------
    cluster : Cluster
    groups : sequence of sequences of str
        One group, of which all meet each other, or two that meet.
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
