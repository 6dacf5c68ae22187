"""Streams on offer and wanted, and shared facilities, from the tables of a cluster.

Amounts are in base units a year (t, GJ, m3), money in units of the cluster's currency.  Numbers are kept to
twelve digits: what follows of them is computed again in fractions, and 27900.000000000004 is 27,900.

Whether what one enterprise offers is what another wants: by code, by name in two languages, or by words.

No model guesses here: two streams are the same where their codes of one waste list are the same, where
`stream_names.toml` says that their names are, or where every word of the wanted name is in the offered one.

The heat cascade: intervals of temperature in which heat is offered and wanted; heat never flows up.

Cerda, J., Westerberg, A. W., Mason, D. & Linnhoff, B. (1983). Minimum utility usage in heat exchanger network
synthesis: a transportation problem. Chemical Engineering Science 38(3), 373-387.  Offers stand half the
minimum approach lower and wants half of it higher; then an interval of an offer may serve the same interval
of a want, and every lower one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from separatrix.sentences import Sentence, say
from separatrix_cluster.frame.park_indicators import stream_category
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = [
    "ANY",
    "Facility",
    "HeatCascade",
    "Stream",
    "difference_of_streams",
    "facilities_of",
    "heat_cascade",
    "is_heat",
    "number_kept",
    "stream_kind",
    "streams_of",
]

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


@cache
def _names() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the kind of each known name, and of each kind the more general one."""
    text = files("separatrix_cluster.symbiosis").joinpath("stream_names.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    names = {name: kind for kind, entry in table.items() for name in entry["names"]}
    return names, {kind: entry["of"] for kind, entry in table.items() if "of" in entry}


def _folded(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def stream_kind(name: str) -> str:
    """Return the kind of stream that a name means, '' where it is none that is known.

    Examples
    --------
    >>> stream_kind("Blast-furnace slag"), stream_kind("低压蒸汽"), stream_kind("mystery")
    ('blast-furnace-slag', 'steam', '')
    """
    return _names()[0].get(_folded(name), "")


def _lineage(kind: str) -> Iterator[str]:
    above = _names()[1]
    while kind:
        yield kind
        kind = above.get(kind, "")


def is_heat(stream: Stream) -> bool:
    """Return whether a stream is heat that can be handed on, and so is subject to temperatures."""
    if stream.dimension != "energy":
        return False
    return stream.category == "waste energy" or "heat" in _lineage(stream_kind(stream.name))


def difference_of_streams(offer: Stream, want: Stream) -> Sentence | None:
    """Return why two streams are not the same, or nothing where they are or may stand for each other.

    Kinds of heat substitute for each other where both temperatures are given, waters where both purities
    are given: these then decide.

    Examples
    --------
    >>> offer = Stream("A", "blast-furnace slag", 2, "mass", "solid waste", 10.0)
    >>> difference_of_streams(offer, Stream("B", "矿渣", 3, "mass", "solid waste", 10.0)) is None
    True
    >>> str(difference_of_streams(offer, Stream("B", "gypsum", 3, "mass", "solid waste", 10.0)))
    'another stream'
    """
    if offer.dimension != want.dimension:
        return say("another stream, measured in another unit")
    if offer.code and want.code:
        return None if offer.code == want.code else say("another code of the waste list")
    first, second = stream_kind(offer.name), stream_kind(want.name)
    if first and second:
        above = tuple(_lineage(first))
        if second in above:
            return None
        common = set(above) & set(_lineage(second))
        if "heat" in common and None not in (offer.temperature, want.temperature):
            return None
        if "water" in common and None not in (offer.purity, want.purity):
            return None
        return say("another kind of the same; give both one code where it will do") if common else _OTHER
    offered, wanted = set(_folded(offer.name).split()), set(_folded(want.name).split())
    if wanted and wanted <= offered:
        return None
    if wanted & offered:
        return say("names share a word only; give both one code where they are the same")
    return _OTHER


_OTHER = say("another stream")


ANY = -1
"""The interval of what is not split by temperature."""


@dataclass(frozen=True)
class HeatCascade:
    """Which part of each stream lies in which interval.

    Attributes
    ----------
    bounds : tuple of pair of float
        Lower and upper end of each interval in shifted °C, from cold to hot; both the same for heat at
        one temperature.
    minimum_approach : float
        K between the source and the sink of heat.
    offered, wanted : tuple of mapping of int to float
        For each offer and each want the amount in each interval; `ANY` where it is not heat or its
        temperature is not given.
    """

    bounds: tuple[tuple[float, float], ...]
    minimum_approach: float
    offered: tuple[Mapping[int, float], ...]
    wanted: tuple[Mapping[int, float], ...]

    def cells(self, offer: int, want: int, facility: Facility | None = None) -> tuple[tuple[int, int], ...]:
        """Return from which interval of an offer to which of a want heat may go, through a network or not."""
        from_, to = tuple(self.offered[offer]), tuple(self.wanted[want])
        if facility is not None and facility.temperature is not None:
            half = self.minimum_approach / 2
            hottest, coldest = facility.temperature - half, facility.temperature + half
            from_ = tuple(i for i in from_ if i == ANY or self.bounds[i][0] >= coldest)
            to = tuple(j for j in to if j == ANY or self.bounds[j][1] <= hottest)
        return tuple((i, j) for i in from_ for j in to if ANY in (i, j) or i >= j)


def heat_cascade(
    offers: Sequence[Stream],
    wants: Sequence[Stream],
    minimum_approach: float,
    facilities: Iterable[Facility] = (),
) -> HeatCascade:
    """Return the intervals, and the amount of each stream in each of them.

    Parameters
    ----------
    offers, wants : sequence of Stream
    minimum_approach : float
        K; at least 0.
    facilities : iterable of Facility
        Networks of heat, whose temperatures part intervals too.

    Examples
    --------
    >>> hot = Stream(
    ...     "A", "waste heat", 2, "energy", "waste energy", 100.0, temperature=150, return_temperature=50
    ... )
    >>> cold = Stream("B", "heat", 3, "energy", "waste energy", 60.0, temperature=90)
    >>> cascade = heat_cascade([hot], [cold], 10)
    >>> cascade.bounds
    ((45.0, 95.0), (95.0, 95.0), (95.0, 145.0))
    >>> cascade.offered[0], cascade.wanted[0], cascade.cells(0, 0)
    ({0: 50.0, 2: 50.0}, {1: 60.0}, ((2, 1),))
    """
    half = minimum_approach / 2
    ranges = [_range(s, -half) for s in offers], [_range(s, half) for s in wants]
    known = [r for side in ranges for r in side if r is not None]
    ends = {end for r in known for end in r}
    for facility in facilities:
        if facility.temperature is not None:
            ends |= {facility.temperature - half, facility.temperature + half}
    points = {low for low, high in known if low == high}
    ordered = sorted(ends)
    bounds: list[tuple[float, float]] = []
    for k, end in enumerate(ordered):
        if end in points:
            bounds.append((end, end))
        if k + 1 < len(ordered):
            bounds.append((end, ordered[k + 1]))
    return HeatCascade(
        tuple(bounds),
        minimum_approach,
        tuple(_parts(s, r, bounds) for s, r in zip(offers, ranges[0], strict=True)),
        tuple(_parts(s, r, bounds) for s, r in zip(wants, ranges[1], strict=True)),
    )


def _range(stream: Stream, shift: float) -> tuple[float, float] | None:
    """Return the shifted ends of a stream of heat, or None where they are not given."""
    if not is_heat(stream) or stream.temperature is None:
        return None
    high = stream.temperature
    low = high if stream.return_temperature is None else stream.return_temperature
    return None if low > high else (low + shift, high + shift)


def _parts(
    stream: Stream, ends: tuple[float, float] | None, bounds: Sequence[tuple[float, float]]
) -> dict[int, float]:
    if ends is None:
        return {ANY: stream.amount}
    low, high = ends
    if low == high:
        return {bounds.index((low, high)): stream.amount}
    return {
        k: number_kept(stream.amount * (top - bottom) / (high - low))
        for k, (bottom, top) in enumerate(bounds)
        if bottom < top and low <= bottom and top <= high
    }
