"""Exchanges between enterprises as links: those that a cluster has, and those that a plan would add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.frame.network import Network, network
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["EXCHANGE", "ExchangeLink", "ExchangeNetwork", "exchange_network", "network_of_links"]

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
    >>> from separatrix_cluster.tables.folder import load_cluster
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
