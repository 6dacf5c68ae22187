"""What breaks where an enterprise leaves: what links and flow are left, who has none, and who is starved.

The anchor is the enterprise whose loss costs most. Two bounds of the damage are reported: partners left
without any exchange are lost for certain; in the worst case everyone who no longer receives anything, and
received something before, has nothing to pass on either, and so on along the links.

Exchanges between enterprises as links: those that a cluster has, and those that a plan would add.

Whether a network of exchanges is industrial symbiosis: three enterprises, two resources, no recyclers.

References
----------
Chopra, S. S. & Khanna, V. (2014). Understanding resilience in industrial symbiosis networks: insights from
network analysis. J. Environ. Manage. 141, 86–94 (removal of nodes, Kalundborg).
Zhu, J. & Ruth, M. (2013). Exploring the resilience of industrial ecosystems. J. Environ. Manage. 122, 65–75
(cascades of partners).
Chertow, M. R. (2007). "Uncovering" industrial symbiosis. J. Ind. Ecol. 11(1), 11–30: the 3-2 heuristic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.frame.frame import Network, network
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "AssessedNetwork",
    "Departure",
    "EXCHANGE",
    "ExchangeLink",
    "ExchangeNetwork",
    "Fragility",
    "ThreeTwoTest",
    "assessed_networks",
    "exchange_network",
    "fragility",
    "is_recycler",
    "network_of_links",
    "symbiosis_test",
    "three_two_test",
]

EXCHANGE = "exchange"
"""The kind of link by which a by-product, a utility or waste is handed on."""


@dataclass(frozen=True)
class ExchangeLink:
    """One stream from one enterprise to another.

    Attributes
    ----------
    giver, taker : str
    resource : str
        The exchanged resource; empty where it is not stated.
    size : float
        Its weight or value; 1 where none is given.
    """

    giver: str
    taker: str
    resource: str = ""
    size: float = 1.0


@dataclass(frozen=True)
class ExchangeNetwork:
    """Enterprises and what they hand to each other.

    Attributes
    ----------
    nodes : tuple of str
        Those with any exchange, in the order of the table.
    links : tuple of ExchangeLink
    sized : bool
        Whether sizes are given, so that shares of flow differ from shares of links.
    """

    nodes: tuple[str, ...]
    links: tuple[ExchangeLink, ...]
    sized: bool = False

    @property
    def measures(self) -> Network:
        """Connectance, reciprocity, cyclicity and the like of these nodes."""
        return network(self.nodes, [one.giver for one in self.links], [one.taker for one in self.links])

    @property
    def resources(self) -> tuple[str, ...]:
        """The exchanged resources, each once; unstated ones do not count."""
        return tuple(dict.fromkeys(one.resource for one in self.links if one.resource))

    def links_without(self, node: str) -> tuple[ExchangeLink, ...]:
        """Return the links that are left when a node is gone."""
        return tuple(one for one in self.links if node not in (one.giver, one.taker))


def network_of_links(links: Iterable[ExchangeLink], order: Sequence[str] = ()) -> ExchangeNetwork:
    """Return the network of some links; links of an enterprise with itself are excluded.

    Parameters
    ----------
    links : iterable of ExchangeLink
    order : sequence of str
        Names that come first, in this order, where they have any link.

    Returns
    -------
    ExchangeNetwork

    Raises
    ------
    InputError
        K535 for a size that is below 0 or no number.

    References
    ----------
    Hardy & Graedel (2002), J. Ind. Ecol. 6(1), 29–38 (networks of exchanges).

    Examples
    --------
    >>> network_of_links([ExchangeLink("b", "a", "steam")], ["a", "b", "c"]).nodes
    ('a', 'b')
    """
    kept = tuple(one for one in links if one.giver != one.taker)
    for one in kept:
        if not (0 <= one.size < float("inf")):
            raise InputError(
                "K535",
                say(
                    "the exchange from {giver} to {taker} has the size {size}; 0 or more was expected",
                    giver=one.giver,
                    taker=one.taker,
                    size=one.size,
                ),
            )
    there = dict.fromkeys(name for one in kept for name in (one.giver, one.taker))
    nodes = (*(name for name in order if name in there), *(name for name in there if name not in set(order)))
    return ExchangeNetwork(nodes, kept, len({one.size for one in kept}) > 1)


def exchange_network(cluster: Cluster) -> ExchangeNetwork | None:
    """Return the exchanges in the table `links` of a cluster; None where it has none.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = exchange_network(load_cluster("kalundborg"))
    >>> len(found.nodes), len(found.links)
    (20, 35)
    """
    table = cluster.table("links")
    columns = (table.texts("from"), table.texts("to"), table.texts("kind"), table.texts("stream"))
    found = [
        ExchangeLink(str(giver), str(taker), str(stream).strip(), float(weight) if weight == weight else 1.0)
        for giver, taker, kind, stream, weight in zip(*columns, table.numbers("weight"), strict=True)
        if kind == EXCHANGE
    ]
    return network_of_links(found, [str(name) for name in cluster.enterprises]) if found else None


ENTITIES, RESOURCES = 3, 2
"""What Chertow (2007) asks for: the simplest exchange that is more than a deal between two."""

_SECTOR = re.compile(r"E?3[789](?:$|[.\d])|C42|562\d*")
"""Sewerage, waste and recycling in ISIC and NACE (37 to 39), GB/T 4754 (C42) and NAICS (562)."""

_NAME = re.compile(
    r"recycl|reclam|recover|re-?use\b|\bwaste\b|scrap|sewage|remediation|recuperation|entsorgung|verwertung"
    r"|回收|再生|再利用|废旧|废物|污水|危废|固废",
    re.IGNORECASE,
)
"""What names of enterprises that mainly recycle or treat waste say, in the languages of the program."""


@dataclass(frozen=True)
class ThreeTwoTest:
    """The 3-2 test of a network.

    Attributes
    ----------
    holds : bool
        Whether some connected enterprises pass it.
    entities : tuple of str
        Enterprises, without recyclers, of the connected part with the most of them.
    resources : tuple of str
        What they exchange.
    recyclers : tuple of str
        Those excluded: their sector or name says that recycling or treating waste is their business.
    by_name : bool
        Whether no sector is given for some of them, so that only their names were used.
    """

    holds: bool
    entities: tuple[str, ...]
    resources: tuple[str, ...]
    recyclers: tuple[str, ...]
    by_name: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the test as plain data."""
        return {
            "holds": self.holds,
            "entities": list(self.entities),
            "resources": list(self.resources),
            "recyclers": list(self.recyclers),
            "by_name_alone": self.by_name,
        }


def is_recycler(sector: str, name: str) -> bool:
    """Return whether recycling or treating waste is the main business of an enterprise.

    Its sector decides where it is given, else the words of its name.

    Examples
    --------
    >>> (
    ...     is_recycler("E38", "Green Metals"),
    ...     is_recycler("C24", "Scrap & Sons"),
    ...     is_recycler("", "Plastic recycler"),
    ... )
    (True, False, True)
    """
    return bool(_SECTOR.match(sector.strip()) if sector.strip() else _NAME.search(name))


def three_two_test(
    network: ExchangeNetwork, recycler: Callable[[str], bool], *, by_name: bool = False
) -> ThreeTwoTest:
    """Return whether three enterprises, none mainly a recycler, exchange two different resources.

    Parameters
    ----------
    network : ExchangeNetwork
    recycler : callable
        Takes the name of a node; whether it mainly recycles.
    by_name : bool
        Whether that was judged from names alone for some.

    Returns
    -------
    ThreeTwoTest
        Exchanges without a stated resource count as one resource.

    References
    ----------
    Chertow (2007), p. 12.

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.network import ExchangeLink, network_of_links
    >>> three = network_of_links([ExchangeLink("a", "b", "heat"), ExchangeLink("b", "c", "ash")])
    >>> three_two_test(three, lambda name: False).holds, three_two_test(three, lambda name: name == "c").holds
    (True, False)
    """
    recyclers = tuple(name for name in network.nodes if recycler(name))
    kept = [one for one in network.links if one.giver not in recyclers and one.taker not in recyclers]
    parts = [
        (tuple(n for n in network.nodes if n in part), _resources(kept, part)) for part in _connected(kept)
    ]
    passing = [p for p in parts if len(p[0]) >= ENTITIES and len(p[1]) >= RESOURCES]
    best = max(passing or parts, key=lambda p: (len(p[0]), len(p[1])), default=((), ()))
    return ThreeTwoTest(bool(passing), best[0], best[1], recyclers, by_name)


def symbiosis_test(cluster: Cluster, network: ExchangeNetwork) -> ThreeTwoTest:
    """Return the 3-2 test of a network of a cluster's enterprises, whose sectors and names it knows."""
    table = cluster.table("enterprises")
    sectors = {str(i): str(s) for i, s in zip(table.texts("id"), table.texts("sector"), strict=True)}
    return three_two_test(
        network,
        lambda one: is_recycler(sectors.get(one, ""), cluster.name_of(one)),
        by_name=any(not sectors.get(one, "").strip() for one in network.nodes),
    )


def _connected(links: Iterable[ExchangeLink]) -> list[set[str]]:
    parts: list[set[str]] = []
    for one in links:
        ends = {one.giver, one.taker}
        touched = [part for part in parts if part & ends]
        parts = [part for part in parts if not part & ends]
        parts.append(ends.union(*touched))
    return parts


def _resources(links: Iterable[ExchangeLink], part: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.resource.casefold() for one in links if one.giver in part))


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
    >>> from separatrix_cluster.symbiosis.network import ExchangeLink, network_of_links
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
