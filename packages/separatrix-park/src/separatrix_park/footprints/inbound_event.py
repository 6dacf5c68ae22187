"""Events that partners' programs send to a node: read, kept once, and acted upon.

They are CloudEvents 1.0 in the structured JSON mode. A repeated id with the same content gets the same
response and has no further effect; with other content it is rejected. Addresses inside an event are never
called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.footprints.pact_kinds import is_instant, is_said, is_set_of, is_uuid
from separatrix_park.footprints.cloud_event import (
    MEDIA_TYPE,
    PUBLISHED,
    REQUEST_CREATED,
    REQUEST_FULFILLED,
    REQUEST_REJECTED,
    TYPES,
    without_records,
)
from separatrix_park.footprints.collection import take_published
from separatrix_park.footprints.footprint_requests import take_request
from separatrix_park.footprints.node_error import NodeError
from separatrix_park.footprints.sent_requests import take_fulfilled, take_rejected
from separatrix_park.models.footprints import Partner, ReceivedEvent
from separatrix_park.models.log import LogEntry
from separatrix_park.strict_json import strict_json

__all__ = ["InboundEvent", "read_event", "take_event"]

LONGEST_ID = 300
LONGEST_SOURCE = 500
MOST_FOOTPRINTS = 1000
"""Footprints that one event may name or carry."""

MOST_LETTERS = 50_000
"""Of an event that carries no footprints."""

MOST_A_DAY = 10_000
"""Events of one partner."""


@dataclass(frozen=True)
class InboundEvent:
    """An event as a partner sent it.

    Attributes
    ----------
    identifier, kind, source : str
    data : mapping
        As the protocol wants it for the kind.
    content : mapping
        The whole of it.
    """

    identifier: str
    kind: str
    source: str
    data: Mapping[str, Any]
    content: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """A hash of the whole, however its parts are ordered."""
        told = json.dumps(self.content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()


Take = Callable[[Partner, str, Mapping[str, Any]], str]
"""Acts upon the id and the data of a partner's event, in the partner's scope and in one transaction with
keeping it; returns why it could not be used, or nothing.  `NodeError` and `InputError` refuse it."""

TAKES: dict[str, Take] = {
    REQUEST_CREATED: take_request,
    REQUEST_FULFILLED: take_fulfilled,
    REQUEST_REJECTED: take_rejected,
    PUBLISHED: take_published,
}
"""What is done with each kind of event."""


def read_event(content_type: str, body: bytes) -> InboundEvent:
    """Return the event of a request's body.

    Raises
    ------
    NodeError
        400 where it is none of PACT's, 413 where it is too large.
    """
    if content_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise NodeError(400, say("events come as {kind}", kind=MEDIA_TYPE))
    try:
        told = strict_json(body)
    except ValueError:
        raise NodeError(400, say("the request is not valid JSON")) from None
    if not isinstance(told, dict):
        raise NodeError(400, say("an event is an object"))
    for name, most in (("id", LONGEST_ID), ("source", LONGEST_SOURCE), ("type", LONGEST_ID)):
        if is_said(told.get(name)) is not None or len(told[name]) > most:
            raise _lacks(name)
    if told.get("specversion") != "1.0":
        raise _lacks("specversion")
    if is_instant(told.get("time")) is not None:
        raise _lacks("time")
    if told["type"] not in TYPES:
        raise NodeError(400, say("this node knows no such type of event"))
    if not isinstance(told.get("data"), dict):
        raise _lacks("data")
    if told["type"] != REQUEST_FULFILLED and len(body) > MOST_LETTERS:
        raise NodeError(413, say("the request is too large"))
    _require_data(told["type"], told["data"])
    return InboundEvent(told["id"], told["type"], told["source"], told["data"], told)


def _require_data(kind: str, data: Mapping[str, Any]) -> None:
    if kind == PUBLISHED:
        named = data.get("pfIds")
        if not isinstance(named, list) or len(named) > MOST_FOOTPRINTS or is_set_of(is_uuid)(named):
            raise _lacks("data.pfIds")
    elif kind == REQUEST_FULFILLED:
        sent = data.get("pfs")
        if not isinstance(sent, list) or not 0 < len(sent) <= MOST_FOOTPRINTS:
            raise _lacks("data.pfs")
        if not all(isinstance(record, dict) for record in sent):
            raise _lacks("data.pfs")
    elif kind == REQUEST_REJECTED:
        error = data.get("error")
        if not isinstance(error, dict) or is_said(error.get("code")) or is_said(error.get("message")):
            raise _lacks("data.error")
    if kind in (REQUEST_FULFILLED, REQUEST_REJECTED):
        request = data.get("requestEventId")
        if is_said(request) is not None or len(str(request)) > LONGEST_ID:
            raise _lacks("data.requestEventId")


def _lacks(name: str) -> NodeError:
    return NodeError(400, say("`{name}` of the event is not there, or is not what it has to be", name=name))


def take_event(partner: Partner, event: InboundEvent) -> None:
    """Keep an event of a partner and act upon it, within the partner's own scope.

    Raises
    ------
    NodeError
        400 where it is refused, so that nothing of it is kept; 429 after too many in a day.
    """
    if _already_received(partner, event):
        return
    today = ReceivedEvent.objects.filter(partner=partner, received__gt=timezone.now() - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise NodeError(429, say("there are too many requests; ask again later"), {"Retry-After": "3600"})
    try:
        with transaction.atomic():
            # Whoever keeps the id first acts upon it; the same event beside it waits here until that is done.
            with transaction.atomic():
                kept = ReceivedEvent.objects.create(
                    enterprise_id=partner.enterprise_id,
                    partner=partner,
                    event_id=event.identifier,
                    kind=event.kind,
                    source=event.source,
                    content=without_records(event.content),
                    digest=event.digest,
                )
            kept.outcome = TAKES[event.kind](partner, event.identifier, event.data)
            if kept.outcome:
                kept.save(update_fields=["outcome"])
            LogEntry.append(partner.actor, "event received", event.digest, about=partner.enterprise_id)
    except InputError as problem:
        raise NodeError(400, problem.message) from None
    except IntegrityError:
        if not _already_received(partner, event):  # it was acting upon it that broke a rule of the database
            raise


def _already_received(partner: Partner, event: InboundEvent) -> bool:
    before = ReceivedEvent.objects.filter(partner=partner, event_id=event.identifier).first()
    if before is not None and before.digest != event.digest:
        raise NodeError(400, say("an event of this id came before, with another content"))
    return before is not None
