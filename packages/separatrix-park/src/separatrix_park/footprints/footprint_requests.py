"""What partners ask an enterprise for, and how that is answered: by itself where it can be, else by people.

A request for footprints that the partner can already see is fulfilled at once. A request for products
unknown to the enterprise is rejected at once. All other requests wait for a person with the role approval.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.footprints.cloud_event import REQUEST_FULFILLED, REQUEST_REJECTED
from separatrix_park.footprints.enterprise_urns import product_urns, texts_of
from separatrix_park.footprints.footprint_filter import CRITERIA, FootprintCriteria
from separatrix_park.footprints.footprint_page import deliver, shown_to
from separatrix_park.footprints.footprint_versions import grant, require_reason
from separatrix_park.footprints.node_error import NodeError
from separatrix_park.footprints.outbox import enqueue
from separatrix_park.models.footprints import (
    FootprintRequest,
    Partner,
    PublishedFootprint,
    SentEvent,
)
from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person, require_for
from separatrix_park.scope import Role, whole_park

__all__ = ["fitting", "fulfil", "reject", "take_request"]

MOST_OPEN = 500
"""Requests of one partner that wait for people, and answers that wait for its node."""

MOST_AT_ONCE = 100
"""Footprints by which a request is fulfilled by itself."""

LONGEST_COMMENT = 5000

REASONS = ("NotFound", "AccessDenied")
"""The codes of the protocol by which a person rejects a request."""

_LISTS = ("productId", "companyId", "geography", "classification", "status")


def take_request(partner: Partner, identifier: str, data: Mapping[str, Any]) -> str:
    """Store a partner's request, in the partner's scope, and answer it if it needs no decision.

    Parameters
    ----------
    partner : Partner
    identifier : str
        Of the event.
    data : mapping
        The criteria, and a comment.

    Returns
    -------
    str
        Empty: whatever becomes of the request, it could be used.

    Raises
    ------
    NodeError
        400 where the criteria cannot be read; 429 where too many requests wait.
    """
    wanted = _filter_of(data)
    comment = data.get("comment", "")
    if not isinstance(comment, str) or len(comment) > LONGEST_COMMENT:
        raise NodeError(
            400, say("`{name}` of the event is not there, or is not what it has to be", name="comment")
        )
    asked = FootprintRequest.objects.filter(partner=partner, ours=False, state="open")
    told = SentEvent.objects.filter(partner=partner, state="waiting")
    if max(asked.count(), told.count()) >= MOST_OPEN:
        raise NodeError(429, say("there are too many requests; ask again later"), {"Retry-After": "3600"})
    request = FootprintRequest.objects.create(
        enterprise_id=partner.enterprise_id,
        partner=partner,
        ours=False,
        event_id=identifier,
        product_ids=list(data.get("productId", ())),
        content=dict(data),
        comment=comment,
    )
    seen = _visible_matches(partner, wanted, data)
    named = wanted.product_ids
    unseen = named - _products(seen)
    known = _known_products(partner) if unseen else frozenset()
    if 0 < len(seen) <= MOST_AT_ONCE and not unseen & known:
        _answer_by(request, partner, seen, partner.actor)
    elif not seen and named and known and not named & known:
        why = say("the enterprise has no footprint of a product by these ids")
        _refuse_by(request, partner, "NotFound", why, partner.actor)
    return ""


def _filter_of(data: Mapping[str, Any]) -> FootprintCriteria:
    told: dict[str, Sequence[str]] = {}
    for name in CRITERIA:
        value = data.get(name, [])
        values = value if name in _LISTS else [value] if value != [] else []
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise NodeError(
                400,
                say("`{name}` of the event is not there, or is not what it has to be", name=f"data.{name}"),
            )
        told[name] = values
    return FootprintCriteria.of(told)


def _visible_matches(
    partner: Partner, wanted: FootprintCriteria, data: Mapping[str, Any]
) -> list[PublishedFootprint]:
    """Return what of the partner's own sight meets a request; of too many the first that are too many."""
    rows = shown_to(partner)
    if not data.get("status"):  # what was replaced is only sent to whoever asks for it by its state
        rows = rows.filter(state="published")
    if wanted.product_ids:  # whole records are read of those alone that are of the products
        named = rows.values_list("pk", "record__productIds")
        rows = rows.filter(
            pk__in=[pk for pk, ids in named if not wanted.product_ids.isdisjoint(_folded(ids))]
        )
    fitting_ones = (one for one in rows.iterator() if wanted.meets(one.record))
    return list(islice(fitting_ones, MOST_AT_ONCE + 1))


def _folded(ids: Any) -> frozenset[str]:
    return frozenset(one.casefold() for one in texts_of(ids))


def _products(footprints: Iterable[PublishedFootprint]) -> frozenset[str]:
    return frozenset().union(*(_folded(one.record.get("productIds")) for one in footprints))


def _known_products(partner: Partner) -> frozenset[str]:
    """Return the ids by which the enterprise has named a product anywhere."""
    with whole_park(
        "which products the enterprise knows: a partner learns of those it named whether it does"
    ):
        return product_urns(partner.enterprise_id, proposed=True)


def fitting(request: FootprintRequest) -> list[PublishedFootprint]:
    """Return the enterprise's published footprints that meet a partner's request, the newest first."""
    wanted = _filter_of(request.content)
    rows = PublishedFootprint.objects.filter(enterprise_id=request.enterprise_id, state="published")
    rows = rows.select_related("roll_up").defer("roll_up__result")
    return [one for one in rows.order_by("-published") if wanted.meets(one.record)]


def fulfil(request: FootprintRequest, footprints: Sequence[PublishedFootprint], by: Person) -> None:
    """Fulfil a partner's request with published footprints, which the partner sees from now on.

    Raises
    ------
    PermissionDenied
        Where the person does not approve for the enterprise, or a footprint is another's.
    InputError
        W303 where it is answered by now; W304 where no footprint is chosen, or one that is not published;
        W316 where the partner was removed.
    """
    require_for(request.enterprise_id, by, Role.APPROVAL)
    with transaction.atomic():
        held = _locked_request(request)
        if not footprints or any(one.state != "published" for one in footprints):
            raise InputError(
                "W304",
                say("a request is fulfilled with published footprints"),
                hint=say("choose one at least, or reject the request"),
            )
        if any(one.enterprise_id != held.enterprise_id for one in footprints):
            raise PermissionDenied
        if held.partner.state != "approved":
            raise InputError("W316", say("{name} is no longer a partner", name=held.partner.name))
        for one in footprints:
            if not one.for_all:
                grant(one, held.partner, by)
        _answer_by(held, held.partner, footprints, str(by.pk))


def reject(request: FootprintRequest, code: str, why: str, by: Person) -> None:
    """Reject a partner's request and notify the partner of the reason.

    Parameters
    ----------
    request : FootprintRequest
    code : str
        One of `REASONS`.
    why : str
    by : Person

    Raises
    ------
    PermissionDenied
        Where the person does not approve for the enterprise.
    InputError
        W302 without a reason; W303 where the request is answered by now.
    """
    require_for(request.enterprise_id, by, Role.APPROVAL)
    require_reason(why if code in REASONS else "")
    with transaction.atomic():
        held = _locked_request(request)
        _refuse_by(held, held.partner, code, why.strip(), str(by.pk))


def _answer_by(
    request: FootprintRequest, partner: Partner, footprints: Sequence[PublishedFootprint], actor: str
) -> None:
    told = {"requestEventId": request.event_id, "pfs": [one.record for one in footprints]}
    event = enqueue(partner, REQUEST_FULFILLED, told)
    _end(request, "fulfilled", {"pfIds": [str(one.pk) for one in footprints]})
    if event.state == "waiting":  # a partner without an address has them once its program fetches them
        deliver(partner, footprints, actor)
    LogEntry.append(actor, "request fulfilled", _subject(request), about=partner.enterprise_id)


def _refuse_by(request: FootprintRequest, partner: Partner, code: str, why: str, actor: str) -> None:
    error = {"code": code, "message": str(why)}
    enqueue(partner, REQUEST_REJECTED, {"requestEventId": request.event_id, "error": error})
    _end(request, "rejected", {"error": error})
    LogEntry.append(actor, "request rejected", _subject(request), about=partner.enterprise_id)


def _end(request: FootprintRequest, state: str, answer: dict[str, Any]) -> None:
    request.state, request.answer, request.answered = state, answer, timezone.now()
    request.save(update_fields=["state", "answer", "answered"])


def _locked_request(request: FootprintRequest) -> FootprintRequest:
    held: FootprintRequest = FootprintRequest.objects.select_for_update().get(pk=request.pk)
    if held.state != "open" or held.ours:
        raise InputError(
            "W303",
            say("this request is answered by now"),
            hint=say("load the page again and look at it"),
        )
    return held


def _subject(request: FootprintRequest) -> str:
    return hashlib.sha256(f"request {request.pk} {request.event_id}".encode()).hexdigest()
