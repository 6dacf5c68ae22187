"""What partners ask an enterprise for, and how that is answered: by itself where it can be, else by people.

A request for footprints that the partner can already see is fulfilled at once. A request for products
unknown to the enterprise is rejected at once. All other requests wait for a person with the role approval.

Requests sent to partners for footprints of products, and their fulfilment or rejection.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix_cluster.footprints.pact_types import is_urn, is_uuid
from separatrix_park.footprints.outbox import ProblemText, enqueue, read_problem, text_of_all
from separatrix_park.footprints.pages import CRITERIA, FootprintCriteria, NodeError, deliver, shown_to
from separatrix_park.footprints.partner_client import (
    REQUEST_CREATED,
    REQUEST_FULFILLED,
    REQUEST_REJECTED,
    require_callable,
)
from separatrix_park.footprints.partners import product_urns, texts_of
from separatrix_park.footprints.received_footprints import REQUEST, receive_all
from separatrix_park.footprints.versions import grant, require_reason
from separatrix_park.models.footprints import FootprintRequest, Partner, PublishedFootprint, SentEvent
from separatrix_park.models.people import Person, require_for
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import SPEAK_FOR_ONE, Role, whole_park

__all__ = [
    "MOST_PRODUCTS",
    "RequestAnswer",
    "SENT_REQUESTS_LONGEST_COMMENT",
    "answer_of",
    "ask",
    "fitting",
    "fulfil",
    "product_ids_of",
    "reject",
    "require_product_ids",
    "sending_states",
    "take_fulfilled",
    "take_rejected",
    "take_request",
]

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


MOST_PRODUCTS = 50
MOST_OPEN_TO_PARTNER = 200
"""Products of a request, and requests to a partner that are open."""

SENT_REQUESTS_LONGEST_COMMENT = 2000

WHY = "a partner responds to a request of the enterprise, by a program without a user"


@dataclass(frozen=True)
class RequestAnswer:
    """Outcome of a request.

    Attributes
    ----------
    pf_ids : tuple of str
        The footprints by which it was fulfilled.
    code, message : str
        With what it was rejected.
    trouble : ProblemText or None
        What of an answer to us could not be used.
    """

    pf_ids: tuple[str, ...] = ()
    code: str = ""
    message: str = ""
    trouble: ProblemText | None = None


def answer_of(request: FootprintRequest) -> RequestAnswer:
    """Return what came of a request of ours or of a partner's."""
    told = request.answer if isinstance(request.answer, dict) else {}
    error = told if request.ours else told.get("error")
    code, message = (_text(error, name) for name in ("code", "message"))
    ids = tuple(one for one in texts_of(told.get("pfIds")) if is_uuid(one) is None)
    return RequestAnswer(ids, code, message, read_problem(_text(told, "trouble")))


def _text(told: Any, name: str) -> str:
    found = told.get(name, "") if isinstance(told, dict) else ""
    return found if isinstance(found, str) else ""


def sending_states(requests: Iterable[FootprintRequest]) -> dict[str, str]:
    """Return of requests of ours that have not reached the partner how far they are, by their events' ids."""
    ids = [one.event_id for one in requests if one.ours and is_uuid(one.event_id) is None]
    unsent = SentEvent.objects.filter(event_id__in=ids).exclude(state="sent")
    return {str(event): state for event, state in unsent.values_list("event_id", "state")}


def product_ids_of(text: str) -> tuple[str, ...]:
    """Return the product ids entered by a person, one per line or separated by blanks.

    Raises
    ------
    InputError
        W319 if one is not a URN, or there are none or too many.

    Examples
    --------
    >>> product_ids_of("urn:gtin:4712345060507  urn:gtin:4712345060508")
    ('urn:gtin:4712345060507', 'urn:gtin:4712345060508')
    """
    return require_product_ids(re.split(r"[\s,;]+", text.strip()))


def require_product_ids(told: Iterable[str]) -> tuple[str, ...]:
    """Return valid product ids, each once.

    Raises
    ------
    InputError
        W319 if one is not a URN, or there are too many.
    """
    found = tuple(dict.fromkeys(told))
    for one in found:
        if is_urn(one) is not None or len(one) > 300:
            raise InputError(
                "W319",
                say("`{id}` is not a valid product id", id=one[:80]),
                hint=say(
                    "an id is a URN, such as urn:gtin:4712345060507; the partner knows those of its own"
                ),
            )
    if len(found) > MOST_PRODUCTS:
        raise InputError("W319", say("a request asks for {count} products at most", count=MOST_PRODUCTS))
    return found


def ask(partner: Partner, product_ids: Sequence[str], comment: str, by: Person) -> FootprintRequest:
    """Ask a partner for the footprints of products; the request is sent in a moment.

    Raises
    ------
    InputError
        W316 where the partner may not be called; W319 where too many requests to it are open.
    """
    require_for(partner.enterprise_id, by, *SPEAK_FOR_ONE)
    require_callable(partner)
    with transaction.atomic():
        if (
            FootprintRequest.objects.filter(partner=partner, ours=True, state="open").count()
            >= MOST_OPEN_TO_PARTNER
        ):
            raise InputError(
                "W319", say("{count} requests to this partner are open", count=MOST_OPEN_TO_PARTNER)
            )
        data: dict[str, Any] = {"productId": list(product_ids)}
        if comment.strip():
            data["comment"] = comment.strip()[:SENT_REQUESTS_LONGEST_COMMENT]
        event = enqueue(partner, REQUEST_CREATED, data)
        made: FootprintRequest = FootprintRequest.objects.create(
            enterprise_id=partner.enterprise_id,
            partner=partner,
            ours=True,
            event_id=str(event.event_id),
            product_ids=list(product_ids),
            content=data,
            comment=data.get("comment", ""),
        )
        LogEntry.append(str(by.pk), "footprint asked for", str(event.event_id), partner.enterprise_id)
    return made


def take_fulfilled(partner: Partner, _: str, data: Mapping[str, Any]) -> str:
    """Take what a partner sends for a request of ours.

    What can be used is kept; where something can, the request is fulfilled, else it stays open with why not.

    Parameters
    ----------
    partner : Partner
    _ : str
        The id of the event.
    data : mapping
        The id of our request, and the records.

    Returns
    -------
    str
        Why something could not be used, as `problem_text.text_of` writes it; empty where all could.

    Raises
    ------
    InputError
        W319 if no open request has this id; the node reports it to the partner.
    """
    with whole_park(WHY), transaction.atomic():
        request = _open_request(partner, data["requestEventId"])
        records = data["pfs"]
        wanted = [record for record in records if _asked_for(record, request)]
        receipt = receive_all(partner, wanted, REQUEST)
        refused: list[SeparatrixError] = list(receipt.refused)
        if len(wanted) < len(records):
            other = say(
                "{count} records are for products that were not requested", count=len(records) - len(wanted)
            )
            refused.append(InputError("W319", other))
        told = text_of_all(refused)
        request.answer = {"pfIds": [str(row.pf_id) for row in receipt.kept], "trouble": told}
        if receipt.kept:
            request.state, request.answered = "fulfilled", timezone.now()
        request.save(update_fields=["state", "answer", "answered"])
        _note(partner, request)
    return told


def take_rejected(partner: Partner, _: str, data: Mapping[str, Any]) -> str:
    """Take a partner's rejection of a request of ours.

    Raises
    ------
    InputError
        W319 if no open request has this id.
    """
    error = data["error"]
    with whole_park(WHY), transaction.atomic():
        request = _open_request(partner, data["requestEventId"])
        request.state, request.answered = "rejected", timezone.now()
        request.answer = {"code": str(error["code"])[:100], "message": str(error["message"])[:2000]}
        request.save(update_fields=["state", "answer", "answered"])
        _note(partner, request)
    return ""


def _note(partner: Partner, request: FootprintRequest) -> None:
    LogEntry.append(partner.actor, "request answered", request.event_id[:64], partner.enterprise_id)


def _open_request(partner: Partner, request_id: str) -> FootprintRequest:
    ours = FootprintRequest.objects.select_for_update().filter(partner=partner, ours=True)
    found: FootprintRequest | None = ours.filter(event_id=request_id).first()
    if found is None:
        raise InputError("W319", say("no request to this partner has this id"))
    if found.state != "open":
        raise InputError("W319", say("this request has its answer already"))
    return found


def _asked_for(record: Any, request: FootprintRequest) -> bool:
    """Return whether a record is of a requested product; invalid records are rejected elsewhere."""
    told = record.get("productIds") if isinstance(record, Mapping) else None
    if not isinstance(told, list):
        return True
    asked = {one.lower() for one in request.product_ids}
    return any(isinstance(one, str) and one.lower() in asked for one in told)
