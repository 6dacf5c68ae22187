"""Streams on offer and wanted, and shared facilities, from the tables of a cluster.

Amounts are in base units a year (t, GJ, m3), money in units of the cluster's currency.  Numbers are kept to
twelve digits: what follows of them is computed again in fractions, and 27900.000000000004 is 27,900.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from separatrix_cluster.frame.park_measures import stream_category
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = ["Facility", "Stream", "facilities_of", "number_kept", "streams_of"]

DIGITS = 12
"""Of each number that is kept; a bill has fewer."""


@dataclass(frozen=True)
class Stream:
    """What an enterprise offers or wants, a year.

    Attributes
    ----------
    enterprise, name : str
        Whose and what.
    row : int
        The row of the table `streams`.
    dimension : str
        `mass`, `energy` or `volume`; `unit` is the base unit of it.
    category : str
        `solid waste`, `water`, `waste energy`, `other` or '' where it is unknown.
    amount : float
        Of an offer the unused amount; base units a year.
    price : float or None
        Currency per unit: the asking price of an offer; what a want saves its taker.
    temperature, return_temperature : float or None
        °C; where the second is None all of it is at the first.
    purity : float or None
        A share from 0 to 1; of a want the least that will do.
    licences : frozenset of str
        Of an offer those it takes; of a want those its enterprise holds.
    minimum_lot : float
        Base units a year and partner.
    disposal_cost, recovery_cost, conversion, co2_avoided : float
        See `tables.toml`; what is empty there is 0, and 1 for conversion.
    transport_cost : float
        Currency per unit and km.
    connection_cost, pipe_cost : float
        Currency once for each partner, and once for each partner and km.
    life : float or None
        Years that the connection lasts.
    reach : float or None
        Kilometres.
    untold : frozenset of str
        Columns that matter for what it is worth and are empty.
    """

    enterprise: str
    name: str
    row: int
    dimension: str
    category: str
    amount: float
    price: float | None = None
    code: str = ""
    quality: str = ""
    temperature: float | None = None
    return_temperature: float | None = None
    purity: float | None = None
    licences: frozenset[str] = frozenset()
    minimum_lot: float = 0.0
    disposal_cost: float = 0.0
    recovery_cost: float = 0.0
    conversion: float = 1.0
    co2_avoided: float = 0.0
    transport_cost: float = 0.0
    connection_cost: float = 0.0
    pipe_cost: float = 0.0
    life: float | None = None
    reach: float | None = None
    untold: frozenset[str] = frozenset()

    @property
    def unit(self) -> str:
        """The base unit of its amount."""
        return BASE.get(self.dimension, "")


@dataclass(frozen=True)
class Facility:
    """A shared facility that stands or could be built.

    Attributes
    ----------
    key, name : str
        Its id and what it is.
    fixed_cost, connection_cost : float
        Currency, once: to build it, and for each enterprise that connects.
    capacity : float or None
        Base units a year that may enter; None without a limit.
    dimension : str
        What its unit measures; '' where none is given.
    unit_cost : float
        Currency per unit that enters.
    may_connect : tuple of str
        Ids of enterprises; empty: all.
    carries : tuple of str
        Names and categories of streams; empty: all of its dimension.
    loss : float
        The share of what enters that is lost.
    life : float or None
        Years.
    temperature : float or None
        °C of a network of heat.
    purity : float or None
        How pure what leaves it is.
    licences : frozenset of str
        Those it holds.
    """

    key: str
    name: str
    fixed_cost: float = 0.0
    capacity: float | None = None
    dimension: str = ""
    unit_cost: float = 0.0
    may_connect: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    connection_cost: float = 0.0
    loss: float = 0.0
    life: float | None = None
    temperature: float | None = None
    purity: float | None = None
    licences: frozenset[str] = frozenset()

    def takes(self, enterprise: str) -> bool:
        """Return whether an enterprise may connect."""
        return not self.may_connect or enterprise in self.may_connect


def number_kept(value: float) -> float:
    """Return a number to the digits that are kept.

    Examples
    --------
    >>> number_kept(62000 * (1 - 0.55))
    27900.0
    """
    return float(f"{value:.{DIGITS}g}")


_WORTH = {
    "offered": ("reused", "disposal_cost", "recovery_cost", "co2_avoided", "transport_cost"),
    "wanted": ("price", "co2_avoided"),
}
_DEGREES = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:°\s*C|℃|摄氏度)")


def streams_of(cluster: Cluster) -> tuple[tuple[Stream, ...], tuple[Stream, ...]]:
    """Return what is offered and what is wanted, in the order of the table."""
    table = cluster.table("streams")
    directions = table.texts("direction")
    found: dict[str, list[Stream]] = {"offered": [], "wanted": []}
    for i in range(len(table)):
        direction = str(directions[i])
        if direction in found:
            found[direction].append(_stream(table, i, direction))
    return tuple(found["offered"]), tuple(found["wanted"])


def _stream(table: ClusterTable, i: int, direction: str) -> Stream:
    def text(column: str) -> str:
        return str(table.texts(column)[i])

    def stated_number(column: str) -> float | None:
        value = float(table.numbers(column)[i])
        return None if value != value else number_kept(value)

    def usual(column: str, value: float = 0.0) -> float:
        found = stated_number(column)
        return value if found is None else found

    name, dimension, price = text("stream"), text("dimension"), stated_number("price")
    untold = {column for column in _WORTH[direction] if stated_number(column) is None}
    amount, disposal = usual("amount"), stated_number("disposal_cost")
    if direction == "offered":
        amount = number_kept(amount * (1 - usual("reused")))
        if disposal is None and price is not None and price < 0:
            # Who would pay to be rid of it has no cheaper way.
            disposal = -price
            untold -= {"disposal_cost"}
    temperature = stated_number("temperature")
    if temperature is None and (match := _DEGREES.search(text("quality"))):
        temperature = float(match[1])
    return Stream(
        text("enterprise"),
        name,
        int(table.rows[i]),
        dimension,
        stream_category(name, dimension, text("category")),
        amount,
        price,
        code="".join(text("code").split()).upper(),
        quality=text("quality"),
        temperature=temperature,
        return_temperature=stated_number("return_temperature"),
        purity=stated_number("purity"),
        licences=_licences(text("hazard")),
        minimum_lot=usual("minimum_lot"),
        disposal_cost=disposal or 0.0,
        recovery_cost=usual("recovery_cost"),
        conversion=usual("conversion", 1.0),
        co2_avoided=usual("co2_avoided"),
        transport_cost=usual("transport_cost"),
        connection_cost=usual("connection_cost"),
        pipe_cost=usual("pipe_cost"),
        life=stated_number("life") or None,
        reach=stated_number("reach"),
        untold=frozenset(untold),
    )


_NONE = frozenset(("no", "none", "non-hazardous", "harmless", "否", "无", "无危险", "一般"))


def _licences(text: str) -> frozenset[str]:
    parts = (part for part in re.split(r"[\s,;，；、]+", text) if part)
    return frozenset(part.upper() for part in parts if part.casefold() not in _NONE)


def facilities_of(cluster: Cluster) -> tuple[Facility, ...]:
    """Return the shared facilities, in the order of the table."""
    table = cluster.table("facilities")
    return tuple(_facility(table, i) for i in range(len(table)))


def _facility(table: ClusterTable, i: int) -> Facility:
    def stated_number(column: str) -> float | None:
        value = float(table.numbers(column)[i])
        return None if value != value else number_kept(value)

    def split(column: str, by: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in re.split(by, str(table.texts(column)[i])) if part.strip())

    key = str(table.texts("id")[i])
    return Facility(
        key,
        str(table.texts("name")[i]) or key,
        fixed_cost=stated_number("fixed_cost") or 0.0,
        capacity=stated_number("capacity"),
        dimension=str(table.texts("dimension")[i]),
        unit_cost=stated_number("unit_cost") or 0.0,
        may_connect=split("may_connect", r"[\s,;，；、]+"),
        carries=split("carries", r"[;；]"),
        connection_cost=stated_number("connection_cost") or 0.0,
        loss=stated_number("loss") or 0.0,
        life=stated_number("life") or None,
        temperature=stated_number("temperature"),
        purity=stated_number("purity"),
        licences=_licences(str(table.texts("hazard")[i])),
    )
