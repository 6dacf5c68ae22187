"""Requests sent to partners for footprints of products, and their fulfilment or rejection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix_cluster.footprints.pact_kinds import is_urn, is_uuid
from separatrix_park.footprints.cloud_event import REQUEST_CREATED
from separatrix_park.footprints.enterprise_urns import texts_of
from separatrix_park.footprints.outbox import enqueue
from separatrix_park.footprints.partner_client import require_callable
from separatrix_park.footprints.problem_text import ProblemText, read_problem, text_of_all
from separatrix_park.footprints.received_footprints import REQUEST, receive_all
from separatrix_park.models.footprints import FootprintRequest, Partner, SentEvent
from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person, require_for
from separatrix_park.scope import SPEAK_FOR_ONE, whole_park

__all__ = [
    "LONGEST_COMMENT",
    "MOST_PRODUCTS",
    "RequestAnswer",
    "answer_of",
    "ask",
    "product_ids_of",
    "require_product_ids",
    "sending_states",
    "take_fulfilled",
    "take_rejected",
]

MOST_PRODUCTS = 50
MOST_OPEN = 200
"""Products of a request, and requests to a partner that are open."""

LONGEST_COMMENT = 2000

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
        if FootprintRequest.objects.filter(partner=partner, ours=True, state="open").count() >= MOST_OPEN:
            raise InputError("W319", say("{count} requests to this partner are open", count=MOST_OPEN))
        data: dict[str, Any] = {"productId": list(product_ids)}
        if comment.strip():
            data["comment"] = comment.strip()[:LONGEST_COMMENT]
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
