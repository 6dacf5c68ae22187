"""The problem of exchange: what is on offer, what is wanted, what may be built, and what it all costs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.measures.measures import USUAL_DISCOUNT_RATE
from separatrix_cluster.symbiosis.matching import (
    USUAL_LIFE,
    Match,
    Rejection,
    admissible_matches,
    yearly_cost,
)
from separatrix_cluster.symbiosis.streams import (
    Facility,
    HeatCascade,
    Stream,
    facilities_of,
    heat_cascade,
    streams_of,
)
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "MINIMUM_APPROACH",
    "USUAL_DISTANCE",
    "ExchangeProblem",
    "exchange_problem",
    "problem_of",
    "restricted_to",
]

MINIMUM_APPROACH = 10.0
"""K between the source and the sink of heat, by default: usual for liquids and steam (Kemp, I. C. (2007).
Pinch Analysis and Process Integration, 2nd ed., Butterworth-Heinemann, section 2.3)."""

USUAL_DISTANCE = 5.0
"""Kilometres between two enterprises where none are given; marked as assumed wherever it counts."""

_EARTH = 6371.0088  # mean radius, km (IUGG)


@dataclass(frozen=True)
class ExchangeProblem:
    """What may be exchanged within a cluster, for one year.

    Attributes
    ----------
    offers, wants : tuple of Stream
        What is on offer and what is wanted (the demands), in base units a year.
    matches : tuple of Match
        Every admissible match among the members, directly or through a facility.
    rejected : tuple of Rejection
        All other pairs, with the reason in words.
    facilities : tuple of Facility
        Existing facilities and those that could be built.
    facility_costs, connection_costs : tuple of float
        Currency a year for each facility: of building it, and of each connection to it.
    cascade : HeatCascade
    members : tuple of str
        The enterprises that take part.
    carbon_price : float
        Currency per t CO2e avoided.
    discount_rate : float
        A share a year.
    budget : float or None
        Most that may be invested once, in currency.
    target : float or None
        Least abatement demanded, t CO2e a year.
    required : tuple of int
        Facilities that must be built.
    assumed : tuple of Sentence
        Values that no table gives, and that were assumed.
    currency : str
        Its code, where one is given.
    """

    offers: tuple[Stream, ...]
    wants: tuple[Stream, ...]
    matches: tuple[Match, ...]
    rejected: tuple[Rejection, ...]
    facilities: tuple[Facility, ...]
    facility_costs: tuple[float, ...]
    connection_costs: tuple[float, ...]
    cascade: HeatCascade
    members: tuple[str, ...]
    carbon_price: float = 0.0
    discount_rate: float = USUAL_DISCOUNT_RATE
    budget: float | None = None
    target: float | None = None
    required: tuple[int, ...] = ()
    assumed: tuple[Sentence, ...] = ()
    currency: str = ""

    @property
    def demands(self) -> tuple[Stream, ...]:
        """What is wanted; another word for `wants`."""
        return self.wants

    @property
    def minimum_approach(self) -> float:
        """K between what gives heat and what takes it."""
        return self.cascade.minimum_approach

    def restricted_to(self, members: Collection[str]) -> ExchangeProblem:
        """Return the problem of some of the enterprises; see `restricted_to`."""
        return restricted_to(self, members)


def restricted_to(problem: ExchangeProblem, members: Collection[str]) -> ExchangeProblem:
    """Return the problem in which only some enterprises take part, as for the value of a coalition.

    Offers, wants and facilities keep their places; matches of others are gone.

    Examples
    --------
    >>> a, b = Stream("A", "slag", 2, "mass", "", 5.0), Stream("B", "slag", 3, "mass", "", 5.0, price=2.0)
    >>> whole = problem_of([a], [b])
    >>> len(whole.matches), len(restricted_to(whole, ["A"]).matches)
    (1, 0)
    """
    kept = frozenset(members)
    return replace(
        problem,
        matches=tuple(
            m
            for m in problem.matches
            if problem.offers[m.offer].enterprise in kept and problem.wants[m.want].enterprise in kept
        ),
        members=tuple(m for m in problem.members if m in kept),
    )


def exchange_problem(
    cluster: Cluster,
    *,
    carbon_price: float | None = None,
    budget: float | None = None,
    target: float | None = None,
    required: Collection[str] = (),
    minimum_approach: float = MINIMUM_APPROACH,
    distance: float | None = None,
    without: Collection[str] = (),
) -> ExchangeProblem:
    """Return what a cluster may exchange, from its tables `streams`, `facilities`, `links` and `enterprises`.

    Parameters
    ----------
    cluster : Cluster
    carbon_price : float, optional
        Currency per t CO2e avoided; by default that of cluster.yaml, else 0.
    budget : float, optional
        Most that may be invested once, in units of the cluster's currency.
    target : float, optional
        Least abatement demanded, t CO2e a year.
    required : collection of str
        Ids of facilities that must be built.
    minimum_approach : float
        K between the source and the sink of heat.
    distance : float, optional
        Kilometres between enterprises without a given distance; `USUAL_DISTANCE` by default.
    without : collection of str
        Enterprises that do not take part.

    Returns
    -------
    ExchangeProblem
        With every admissible match, and of each other pair the reason.

    Raises
    ------
    InputError
        K510 without streams, K511 for numbers that cannot be, K512 for names that are not known.

    Notes
    -----
    A given distance is compared with `reach`; the usual one is not, and is noted at the match.

    References
    ----------
    Kantor, I., Robineau, J.-L., Bütün, H. & Maréchal, F. (2020). A mixed-integer linear programming
    formulation for optimizing multi-scale material and energy integration. Front. Energy Res. 8:49.
    Cerda, J., Westerberg, A. W., Mason, D. & Linnhoff, B. (1983). Minimum utility usage in heat exchanger
    network synthesis: a transportation problem. Chem. Eng. Sci. 38, 373-387.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> problem = exchange_problem(load_cluster("synthetic-park"))
    >>> len(problem.offers) > 0, problem.carbon_price >= 0
    (True, True)
    """
    offers, wants = streams_of(cluster)
    if not offers and not wants:
        raise InputError(
            "K510",
            say("{cluster} has no table `streams`, so there is nothing to exchange", cluster=cluster.name),
            hint=say("`separatrix cluster new` writes a template with its columns"),
        )
    facilities = facilities_of(cluster)
    description = cluster.description
    assumed: list[Sentence] = []
    price = description.carbon_price if carbon_price is None else carbon_price
    if price is None:
        price = 0.0
        assumed.append(say("no carbon price is given, so avoided emissions earn nothing"))
    rate = description.discount_rate
    if rate is None:
        rate = USUAL_DISCOUNT_RATE
        assumed.append(say("no interest rate is given; {rate:g} % a year is assumed", rate=100 * rate))
    _checked({"--distance": distance})
    usual = USUAL_DISTANCE if distance is None else distance
    known = {str(e) for e in cluster.enterprises}
    for name in without:
        if name not in known:
            raise InputError(
                "K512", say("`{name}` is not an enterprise of the cluster", name=name), hint=_some(known)
            )
    keys = [f.key for f in facilities]
    for name in required:
        if name not in keys:
            raise InputError(
                "K512", say("the table facilities has no facility `{name}`", name=name), hint=_some(keys)
            )
    kilometres = _kilometres(cluster)

    def apart(one: str, other: str) -> tuple[float, bool]:
        found = kilometres.get((one, other))
        return (usual, False) if found is None else (found, True)

    problem = problem_of(
        offers,
        wants,
        facilities,
        distance=apart,
        reach_binds=distance is not None,
        carbon_price=price,
        discount_rate=rate,
        budget=budget,
        target=target,
        required=[keys.index(name) for name in required],
        minimum_approach=minimum_approach,
        members=[str(e) for e in cluster.enterprises],
        assumed=assumed,
        currency=description.currency,
    )
    return restricted_to(problem, known - set(without)) if without else problem


def _some(names: Collection[str]) -> Sentence:
    return say("known are {names}", names=", ".join(sorted(names)[:12]) or "–")


def problem_of(
    offers: Sequence[Stream],
    wants: Sequence[Stream],
    facilities: Sequence[Facility] = (),
    *,
    distance: Any = None,
    reach_binds: bool = False,
    carbon_price: float = 0.0,
    discount_rate: float = USUAL_DISCOUNT_RATE,
    budget: float | None = None,
    target: float | None = None,
    required: Sequence[int] = (),
    minimum_approach: float = MINIMUM_APPROACH,
    members: Sequence[str] = (),
    assumed: Sequence[Sentence] = (),
    currency: str = "",
) -> ExchangeProblem:
    """Return the problem of streams and facilities that are at hand, without a cluster.

    Parameters
    ----------
    offers, wants : sequence of Stream
    facilities : sequence of Facility
    distance : callable, optional
        For two enterprises: kilometres, and whether they are known; by default `USUAL_DISTANCE`,
        assumed.
    reach_binds : bool
        Whether unknown distances are compared with `reach` too.
    carbon_price, discount_rate, budget, target, minimum_approach : float
        As in `exchange_problem`.
    required : sequence of int
        Places of facilities that must be built.
    members : sequence of str
        All who take part; by default those of the streams.
    assumed : sequence of Sentence
        What is already assumed.
    currency : str
        Its code.

    Raises
    ------
    InputError
        K511 for numbers that cannot be.

    Examples
    --------
    >>> slag = Stream("A", "slag", 2, "mass", "solid waste", 5.0)
    >>> problem_of([slag], [Stream("B", "slag", 3, "mass", "solid waste", 4.0, price=30.0)]).matches[0].margin
    30.0
    """
    _checked(
        {
            "--carbon-price": carbon_price,
            "--budget": budget,
            "--target": target,
            "--min-approach": minimum_approach,
        }
    )
    cascade = heat_cascade(offers, wants, minimum_approach, facilities)
    apart = distance or (lambda one, other: (USUAL_DISTANCE, False))
    matches, rejected = admissible_matches(
        offers, wants, facilities, cascade, apart, discount_rate, reach_binds
    )
    told = [*assumed, *_assumed(offers, wants, facilities, matches)]
    return ExchangeProblem(
        tuple(offers),
        tuple(wants),
        matches,
        rejected,
        tuple(facilities),
        tuple(yearly_cost(f.fixed_cost, f.life, discount_rate) for f in facilities),
        tuple(yearly_cost(f.connection_cost, f.life, discount_rate) for f in facilities),
        cascade,
        tuple(members) or tuple(dict.fromkeys(s.enterprise for s in (*offers, *wants))),
        carbon_price,
        discount_rate,
        budget,
        target,
        tuple(required),
        tuple(told),
        currency,
    )


def _checked(told: Mapping[str, float | None]) -> None:
    for name, value in told.items():
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise InputError(
                "K511", say("{name} is {value:g}; 0 or more was expected", name=name, value=value)
            )


def _assumed(
    offers: Sequence[Stream],
    wants: Sequence[Stream],
    facilities: Sequence[Facility],
    matches: Sequence[Match],
) -> list[Sentence]:
    """Return what was assumed of what takes part in some match."""
    told: list[Sentence] = []
    used = [offers[i] for i in sorted({m.offer for m in matches})]
    served = [wants[j] for j in sorted({m.want for m in matches})]
    for column, what in (
        ("reused", say("nothing of it is assumed to be used already")),
        ("disposal_cost", say("to be rid of it otherwise is assumed to cost nothing")),
        ("transport_cost", say("to carry it is assumed to cost nothing")),
    ):
        names = [_stream_name(s) for s in used if column in s.untold]
        if names:
            told.append(say("{streams}: {what}", streams=_few(names), what=what))
    names = [_stream_name(s) for s in served if "price" in s.untold]
    if names:
        told.append(
            say("{streams}: {what}", streams=_few(names), what=say("it is assumed to save its taker nothing"))
        )
    names = [_stream_name(s) for s in served if "co2_avoided" in s.untold]
    if names:
        what = say("what it replaces is assumed to emit nothing")
        told.append(say("{streams}: {what}", streams=_few(names), what=what))
    lasting = [_stream_name(s) for s in used if s.life is None and (s.connection_cost or s.pipe_cost)]
    lasting += [f.name for f in facilities if f.life is None and (f.fixed_cost or f.connection_cost)]
    if lasting:
        what = say("it is assumed to last {years:g} years", years=USUAL_LIFE)
        told.append(say("{streams}: {what}", streams=_few(lasting), what=what))
    return told


def _stream_name(stream: Stream) -> str:
    return f"{stream.enterprise} {stream.name}"


def _few(names: Sequence[str]) -> Sentence | str:
    if len(names) <= 4:
        return ", ".join(names)
    return say("{names} and {n} more", names=", ".join(names[:3]), n=len(names) - 3)


def _kilometres(cluster: Cluster) -> Mapping[tuple[str, str], float]:
    """Return the distances of enterprises: from `links`, else along the great circle."""
    table = cluster.table("enterprises")
    places = {
        str(key): (math.radians(float(north)), math.radians(float(east)))
        for key, north, east in zip(
            table.texts("id"), table.numbers("latitude"), table.numbers("longitude"), strict=True
        )
        if north == north and east == east
    }
    names = [s.enterprise for side in streams_of(cluster) for s in side if s.enterprise in places]
    found = {
        (one, other): _great_circle(places[one], places[other])
        for one in dict.fromkeys(names)
        for other in dict.fromkeys(names)
        if one != other
    }
    links = cluster.table("links")
    for one, other, km in zip(links.texts("from"), links.texts("to"), links.numbers("km"), strict=True):
        if km == km:
            found[str(one), str(other)] = found[str(other), str(one)] = float(km)
    return found


def _great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return kilometres on the sphere (haversine; Sinnott, R. W. (1984), Sky and Telescope 68, 159)."""
    north, east = (other[0] - one[0]) / 2, (other[1] - one[1]) / 2
    h = math.sin(north) ** 2 + math.cos(one[0]) * math.cos(other[0]) * math.sin(east) ** 2
    return round(2 * _EARTH * math.asin(math.sqrt(min(1.0, h))), 3)
