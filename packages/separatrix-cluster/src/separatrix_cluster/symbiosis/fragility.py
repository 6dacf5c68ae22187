"""What breaks where an enterprise leaves: what links and flow are left, who has none, and who is starved.

The anchor is the enterprise whose loss costs most. Two bounds of the damage are reported: partners left
without any exchange are lost for certain; in the worst case everyone who no longer receives anything, and
received something before, has nothing to pass on either, and so on along the links.

References
----------
Chopra, S. S. & Khanna, V. (2014). Understanding resilience in industrial symbiosis networks: insights from
network analysis. J. Environ. Manage. 141, 86–94 (removal of nodes, Kalundborg).
Zhu, J. & Ruth, M. (2013). Exploring the resilience of industrial ecosystems. J. Environ. Manage. 122, 65–75
(cascades of partners).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.frame.network import Network
from separatrix_cluster.symbiosis.exchange_links import (
    ExchangeLink,
    ExchangeNetwork,
    exchange_network,
    network_of_links,
)
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan
from separatrix_cluster.symbiosis.three_two_test import ThreeTwoTest, symbiosis_test
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["AssessedNetwork", "Departure", "Fragility", "assessed_networks", "fragility"]


@dataclass(frozen=True)
class Departure:
    """What is left of a network when one enterprise leaves.

    Attributes
    ----------
    node : str
    links_left : float
        Share of all links.
    flow_left : float
        Share of all sizes; that of links where none are given.
    stranded : tuple of str
        Partners who have no exchange left.
    starved : tuple of str
        Who in the worst case is lost too: in turn, everyone left without any of its receipts.
    links_left_at_worst : float
        Share of links between all others than these.
    parts : int
        Connected parts into which those with an exchange left fall.
    """

    node: str
    links_left: float
    flow_left: float
    stranded: tuple[str, ...]
    starved: tuple[str, ...]
    links_left_at_worst: float
    parts: int

    def to_dict(self) -> dict[str, Any]:
        """Return what is left as plain data."""
        return {
            "enterprise": self.node,
            "links_left": self.links_left,
            "flow_left": self.flow_left,
            "stranded": list(self.stranded),
            "starved": list(self.starved),
            "links_left_at_worst": self.links_left_at_worst,
            "parts": self.parts,
        }


@dataclass(frozen=True)
class Fragility:
    """What is left of a network for each enterprise that may leave.

    Attributes
    ----------
    departures : tuple of Departure
        Those that cost most first.
    """

    departures: tuple[Departure, ...]

    @property
    def alike(self) -> tuple[Departure, ...]:
        """Those whose loss costs as much as any: flow, then links, then partners without any exchange."""
        worst = _damage(self.departures[0])
        return tuple(one for one in self.departures if _damage(one) == worst)

    @property
    def anchor(self) -> Departure | None:
        """The one enterprise whose loss costs most; None where several are missed alike."""
        return self.alike[0] if len(self.alike) == 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Return the departures as plain data."""
        return {
            "anchor": None if self.anchor is None else self.anchor.node,
            "departures": [one.to_dict() for one in self.departures],
        }


@dataclass(frozen=True)
class AssessedNetwork:
    """A network of exchanges with its assessment.

    Attributes
    ----------
    network : ExchangeNetwork
    measures : Network
        Connectance, reciprocity, cyclicity and the like.
    three_two : ThreeTwoTest
    fragility : Fragility
    """

    network: ExchangeNetwork
    measures: Network
    three_two: ThreeTwoTest
    fragility: Fragility

    def to_dict(self) -> dict[str, Any]:
        """Return measures and test as plain data."""
        return {**self.measures.to_dict(), "three_two_test": self.three_two.to_dict()}


def assessed_networks(
    cluster: Cluster, plan: ExchangePlan | None
) -> tuple[AssessedNetwork | None, AssessedNetwork | None]:
    """Return what is said of the exchanges that a cluster has, and of these with those of a plan.

    The first is None where it has none, the second where nothing is planned.
    """
    today = exchange_network(cluster)
    links = [] if today is None else [ExchangeLink(o.giver, o.taker, o.resource) for o in today.links]
    planned = None
    if plan is not None and plan.flows:
        links += [ExchangeLink(flow.giver, flow.taker, flow.stream) for flow in plan.flows]
        planned = network_of_links(dict.fromkeys(links), [str(name) for name in cluster.enterprises])
    return _assessed(cluster, today), _assessed(cluster, planned)


def _assessed(cluster: Cluster, network: ExchangeNetwork | None) -> AssessedNetwork | None:
    if network is None or not network.links:
        return None
    return AssessedNetwork(network, network.measures, symbiosis_test(cluster, network), fragility(network))


def fragility(network: ExchangeNetwork) -> Fragility:
    """Return what is left of a network of exchanges when each of its enterprises leaves, in turn.

    Parameters
    ----------
    network : ExchangeNetwork
        With one link at least.

    Returns
    -------
    Fragility

    Raises
    ------
    InputError
        K535 for a network without links.

    References
    ----------
    Chopra & Khanna (2014); Zhu & Ruth (2013).

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.exchange_links import ExchangeLink, network_of_links
    >>> star = network_of_links([ExchangeLink("plant", who, "steam") for who in ("dairy", "greenhouse")])
    >>> found = fragility(star)
    >>> found.departures[0].node, found.departures[0].links_left, found.departures[0].stranded
    ('plant', 0.0, ('dairy', 'greenhouse'))
    """
    if not network.links:
        raise InputError("K535", say("nothing is exchanged, so that nothing can break"))
    found = [_departure(network, node) for node in network.nodes]
    return Fragility(tuple(sorted(found, key=_damage)))


def _damage(one: Departure) -> tuple[float, float, int]:
    return one.flow_left, one.links_left, -len(one.stranded)


def _departure(network: ExchangeNetwork, node: str) -> Departure:
    left = network.links_without(node)
    active = {name for one in left for name in (one.giver, one.taker)}
    gone = _starved(network, node)
    whole = sum(one.size for one in network.links)
    kept = [one for one in left if one.giver not in gone and one.taker not in gone]
    return Departure(
        node,
        len(left) / len(network.links),
        sum(one.size for one in left) / whole if whole else len(left) / len(network.links),
        tuple(name for name in network.nodes if name != node and name not in active),
        tuple(name for name in network.nodes if name in gone and name in active),
        len(kept) / len(network.links),
        _parts(left),
    )


def _starved(network: ExchangeNetwork, node: str) -> set[str]:
    """Return who gets nothing any more and did before, where those give nothing on."""
    got = {one.taker for one in network.links}
    gone = {node}
    while True:
        fed = {one.taker for one in network.links if one.giver not in gone}
        more = got - fed - gone
        if not more:
            return gone - {node}
        gone |= more


def _parts(links: Sequence[ExchangeLink]) -> int:
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    for one in links:
        above[root(one.giver)] = root(one.taker)
    return sum(root(name) == name for name in list(above))
