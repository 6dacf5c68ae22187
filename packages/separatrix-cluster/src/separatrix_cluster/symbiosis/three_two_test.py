"""Whether a network of exchanges is industrial symbiosis: three enterprises, two resources, no recyclers.

References
----------
Chertow, M. R. (2007). "Uncovering" industrial symbiosis. J. Ind. Ecol. 11(1), 11–30: the 3-2 heuristic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from separatrix_cluster.symbiosis.exchange_links import ExchangeLink, ExchangeNetwork
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["ThreeTwoTest", "is_recycler", "symbiosis_test", "three_two_test"]

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
    >>> from separatrix_cluster.symbiosis.exchange_links import ExchangeLink, network_of_links
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
