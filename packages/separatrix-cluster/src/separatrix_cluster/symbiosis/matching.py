"""Which offer may serve which want, directly or through a facility, at what cost; of all others why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.measures.measures import capital_recovery_factor
from separatrix_cluster.symbiosis.streams import (
    Facility,
    HeatCascade,
    Stream,
    difference_of_streams,
    is_heat,
    number_kept,
    stream_kind,
)

__all__ = ["USUAL_LIFE", "Distance", "Match", "Rejection", "admissible_matches", "yearly_cost"]

USUAL_LIFE = 20.0
"""The life of connections and facilities in years where no `life` is given; marked as assumed wherever it
counts."""


EDGE = 1e-11
"""By which share a minimum lot is less where a conversion makes it a number without end: a want that is as
large as its own lot would else be lost to the last digit."""


@dataclass(frozen=True)
class Match:
    """An offer that may serve a want.

    Attributes
    ----------
    offer, want : int
        Places in the offers and wants of the problem.
    facility : int or None
        The facility used; None: directly.
    conversion : float
        The amount of the want that one unit of the offer gives.
    margin : float
        Currency per unit offered that it saves both together, before any carbon price.
    abatement : float
        t CO2e per unit offered.
    minimum_lot, upper : float
        The least if anything is exchanged, and the most, in units offered a year.
    investment, yearly_cost : float
        Of the direct connection, once, and a year over its life.
    cells : tuple of pair of int
        Intervals of the heat cascade, of the offer and of the want.
    distance : float
        Kilometres.
    assumed_distance : bool
        Whether no table gives them, although a result depends on them.
    notes : tuple of Sentence
        What could not be checked.
    """

    offer: int
    want: int
    facility: int | None
    conversion: float
    margin: float
    abatement: float
    minimum_lot: float
    upper: float
    investment: float = 0.0
    yearly_cost: float = 0.0
    cells: tuple[tuple[int, int], ...] = ((-1, -1),)
    distance: float = 0.0
    assumed_distance: bool = False
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Rejection:
    """An offer that cannot serve a want.

    Attributes
    ----------
    offer, want : int
    reason : Sentence
    near : bool
        Whether they are the same stream, so that one thing alone stands between.
    """

    offer: int
    want: int
    reason: Sentence
    near: bool


Distance = Callable[[str, str], tuple[float, bool]]
"""Kilometres between two enterprises, and whether they are known."""


def yearly_cost(investment: float, life: float | None, rate: float) -> float:
    """Return the yearly cost of an investment, to the cent; `USUAL_LIFE` where its life is not given.

    Examples
    --------
    >>> yearly_cost(1000.0, 10, 0.1), yearly_cost(0.0, None, 0.08)
    (162.75, 0.0)
    """
    if investment == 0:
        return 0.0
    return round(investment * capital_recovery_factor(rate, life or USUAL_LIFE), 2)


def admissible_matches(
    offers: Sequence[Stream],
    wants: Sequence[Stream],
    facilities: Sequence[Facility],
    cascade: HeatCascade,
    distance: Distance,
    rate: float,
    reach_binds: bool = False,
) -> tuple[tuple[Match, ...], tuple[Rejection, ...]]:
    """Return every match that may be, and each pair that may not with the reason in words.

    `reach_binds`: unknown distances are compared with `reach` too.
    """
    found: list[Match] = []
    rejected: list[Rejection] = []
    for i, offer in enumerate(offers):
        for j, want in enumerate(wants):
            other = difference_of_streams(offer, want)
            if other is not None:
                rejected.append(Rejection(i, j, other, near=False))
                continue
            if offer.enterprise == want.enterprise:
                rejected.append(Rejection(i, j, say("both are of one enterprise"), near=True))
                continue
            routes = [_direct(i, j, offer, want, cascade, distance, rate, reach_binds)]
            routes += [
                _through(i, j, offer, want, k, facility, cascade)
                for k, facility in enumerate(facilities)
                if _handles(facility, offer, want)
            ]
            matches = [route for route in routes if isinstance(route, Match)]
            found += matches
            if not matches:
                # The reason of the direct way is the one that an enterprise can mend.
                reason = next(route for route in routes if isinstance(route, Sentence))
                rejected.append(Rejection(i, j, reason, near=True))
    return tuple(found), tuple(rejected)


def _direct(
    i: int,
    j: int,
    offer: Stream,
    want: Stream,
    cascade: HeatCascade,
    distance: Distance,
    rate: float,
    reach_binds: bool,
) -> Match | Sentence:
    unmet = _unmet(offer, want, offer.purity, want.licences)
    if unmet is not None:
        return unmet
    kilometres, known = distance(offer.enterprise, want.enterprise)
    beyond = offer.reach is not None and kilometres > offer.reach
    if beyond and (known or reach_binds):
        return say(
            "{km:g} km apart; it can be carried {reach:g} km", km=round(kilometres, 1), reach=offer.reach
        )
    notes = _notes(offer, want)
    matters = offer.reach is not None or offer.transport_cost > 0 or offer.pipe_cost > 0
    assumed = not known and matters
    if assumed:
        note = say("the distance is assumed: {km:g} km", km=kilometres)
        if beyond:
            note = say(
                "the distance is assumed: {km:g} km; that it can be carried {reach:g} km only was not "
                "checked",
                km=kilometres,
                reach=offer.reach,
            )
        notes = (*notes, note)
    investment = number_kept(offer.connection_cost + offer.pipe_cost * kilometres)
    return _sized(
        Match(
            i,
            j,
            None,
            *_worth(offer, want, 0.0, offer.transport_cost * kilometres),
            minimum_lot=0.0,
            upper=0.0,
            investment=investment,
            yearly_cost=yearly_cost(investment, offer.life, rate),
            cells=cascade.cells(i, j),
            distance=kilometres,
            assumed_distance=assumed,
            notes=notes,
        ),
        offer,
        want,
        cascade,
    )


def _through(
    i: int,
    j: int,
    offer: Stream,
    want: Stream,
    k: int,
    facility: Facility,
    cascade: HeatCascade,
) -> Match | Sentence:
    for stream in (offer, want):
        if not facility.takes(stream.enterprise):
            return say("{enterprise} may not connect to {facility}", enterprise=stream.enterprise,
                       facility=facility.name)  # fmt: skip
    if not offer.licences <= facility.licences | want.licences:
        return _licence(offer.licences - facility.licences - want.licences)
    purity = offer.purity if facility.purity is None else max(facility.purity, offer.purity or 0.0)
    unmet = _unmet(offer, want, purity, offer.licences)
    if unmet is not None:
        return unmet
    return _sized(
        Match(
            i,
            j,
            k,
            *_worth(offer, want, facility.loss, facility.unit_cost),
            minimum_lot=0.0,
            upper=0.0,
            cells=cascade.cells(i, j, facility),
            notes=_notes(offer, want, treated=facility.purity is not None),
        ),
        offer,
        want,
        cascade,
    )


def _handles(facility: Facility, offer: Stream, want: Stream) -> bool:
    """Return whether a facility is for such streams at all."""
    if facility.dimension and facility.dimension != offer.dimension:
        return False
    if not facility.carries:
        return True
    carried = {name.casefold() for name in facility.carries}
    kinds = {kind for name in facility.carries if (kind := stream_kind(name))}
    return any(
        s.category.casefold() in carried or s.name.casefold() in carried or stream_kind(s.name) in kinds
        for s in (offer, want)
    )


def _unmet(offer: Stream, want: Stream, purity: float | None, licences: frozenset[str]) -> Sentence | None:
    if not offer.licences <= licences:
        return _licence(offer.licences - licences)
    if want.purity is not None and purity is not None and purity < want.purity:
        return say(
            "its purity is {offered:.3g} %, at least {wanted:.3g} % is wanted",
            offered=100 * purity,
            wanted=100 * want.purity,
        )
    return None


def _licence(missing: frozenset[str]) -> Sentence:
    return say("takes a licence that the taker does not hold: {codes}", codes=" ".join(sorted(missing)))


def _notes(offer: Stream, want: Stream, *, treated: bool = False) -> tuple[Sentence, ...]:
    notes = []
    if want.purity is not None and offer.purity is None and not treated:
        notes.append(say("the purity of the offered stream is not stated"))
    if is_heat(offer) and None in (offer.temperature, want.temperature):
        notes.append(say("a temperature is not stated; the stream is assumed to be hot enough"))
    return tuple(notes)


def _worth(offer: Stream, want: Stream, loss: float, carriage: float) -> tuple[float, float, float]:
    """Return conversion, margin and abatement of a unit offered."""
    arrives = offer.conversion * (1 - loss)
    useful = arrives * want.conversion
    saved = useful * (want.price or 0.0) + offer.disposal_cost
    spent = offer.recovery_cost + carriage + arrives * want.recovery_cost
    avoided = offer.co2_avoided + useful * want.co2_avoided
    return number_kept(useful), number_kept(saved - spent), number_kept(avoided)


def _sized(match: Match, offer: Stream, want: Stream, cascade: HeatCascade) -> Match | Sentence:
    """Return the match with its bounds, or why nothing can be handed over."""
    if match.conversion <= 0:
        return say("nothing of it is left after recovery")
    for stream in (offer, want):
        if stream.return_temperature is not None and (stream.temperature or 0.0) < stream.return_temperature:
            return say("row {row}: the return temperature is above the temperature", row=stream.row)
    if not match.cells:
        return _too_cold(offer, want, cascade, match.facility is not None)
    if offer.amount == 0:
        return say("nothing of it is left: all is already used")
    if want.amount == 0:
        return say("the amount wanted is 0")
    supply = sum(cascade.offered[match.offer][i] for i in {i for i, _ in match.cells})
    demand = sum(cascade.wanted[match.want][j] for j in {j for _, j in match.cells})
    upper = number_kept(min(supply, demand / match.conversion))
    taken = want.minimum_lot / match.conversion
    if taken * match.conversion != want.minimum_lot or taken != number_kept(taken):
        taken *= 1 - EDGE
    lot = number_kept(max(offer.minimum_lot, taken))
    if lot > upper:
        return say(
            "at most {upper} {unit} a year, less than the minimum lot of {lot} {unit}",
            upper=rounded(upper, 6),
            lot=rounded(lot, 6),
            unit=offer.unit,
        )
    return replace(match, upper=upper, minimum_lot=lot)


def _too_cold(offer: Stream, want: Stream, cascade: HeatCascade, through: bool) -> Sentence:
    if through:
        return say("the temperature of the network does not fit")
    return say(
        "heat at {offered:g} °C; with an approach of {approach:g} K {wanted:g} °C is wanted from "
        "{start:g} °C on",
        offered=offer.temperature,
        approach=cascade.minimum_approach,
        wanted=want.temperature,
        start=want.temperature if want.return_temperature is None else want.return_temperature,
    )
