"""Messages to partners: stored with their cause, and sent by a process next to the server.

An event is tried again with growing pauses for three days, under the same id, and is then given up.  The
events of a node that failed wait as long as the one that did, and nodes without trouble come before each try
of one that had some: what is said to them waits for one node that says nothing, and not for all of these.

A problem, stored in all languages until it is read.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix.studio.error_json import error_json
from separatrix_park.footprints.partner_client import (
    PartnerNode,
    cloud_event,
    node_address,
    node_of,
    without_records,
)
from separatrix_park.models.footprints import Partner, SentEvent
from separatrix_park.models.people import Enterprise
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import library_language, whole_park

__all__ = ["ProblemText", "enqueue", "pause_after", "read_problem", "send_due", "text_of", "text_of_all"]


@dataclass(frozen=True)
class ProblemText:
    """What went wrong, in the language of the page.

    Attributes
    ----------
    code, text : str
    hint : str or None
    """

    code: str
    text: str
    hint: str | None = None


def text_of(problem: SeparatrixError) -> str:
    """Return an error as a column of text keeps it.

    Examples
    --------
    >>> from separatrix.errors import InputError
    >>> read_problem(text_of(InputError("W310", "an address"))).code
    'W310'
    """
    found = error_json(problem)
    return json.dumps({"code": found["code"], "told": found["told"]}, ensure_ascii=False)


def text_of_all(problems: Sequence[SeparatrixError]) -> str:
    """Return several errors as a column of text keeps them: how many, and the first; empty for none.

    Examples
    --------
    >>> from separatrix.errors import InputError
    >>> read_problem(text_of_all([InputError("W317", "one"), InputError("K220", "two")])).text
    '2 records were refused; the first: one'
    """
    if len(problems) < 2:
        return text_of(problems[0]) if problems else ""
    first = problems[0]
    what = say("{count} records were refused; the first: {why}", count=len(problems), why=first.message)
    return text_of(InputError(first.code, what, hint=first.hint))


def read_problem(text: str) -> ProblemText | None:
    """Return what was kept; None where nothing was."""
    if not text:
        return None
    try:
        found = json.loads(text)
        told = found["told"][library_language()]
        return ProblemText(str(found["code"]), str(told["text"]), told.get("hint"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ProblemText("", text)


FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST = timedelta(days=3)
"""After so long an event is given up."""

LEASE = timedelta(minutes=5)
"""Time during which no other process retries an event that is being sent."""

AT_ONCE = 50
"""Events of one partner that are sent one after the other before another partner's."""

SECONDS = 30.0
"""After so long no other event of the same partner is begun, but another partner's."""

FINAL = "W314"
"""The error of a node that rejects the event itself, so that sending it again is useless."""

WHY = "events are sent to the partners of all enterprises"


def enqueue(partner: Partner, kind: str, data: Mapping[str, Any]) -> SentEvent:
    """Let an event wait for a partner, in the caller's transaction: it is sent if that comes about.

    If the partner cannot be called, because it has no address or is no longer approved, the event is stored
    as given up, so that people see it.

    Parameters
    ----------
    partner : Partner
        Of the enterprise that the scope speaks for, or the one whose own program is asking.
    kind : str
        One of `cloud_event.TYPES`.
    data : mapping
        Of the event.

    Raises
    ------
    PermissionDenied
        Where the scope is another enterprise's or another partner's.
    """
    partner.require_own_scope()
    identifier, now = uuid.uuid4(), timezone.now()
    with whole_park("an event waits for a partner, also where its own program caused it"):
        source = node_address(Enterprise.objects.get(pk=partner.enterprise_id))
        content = cloud_event(str(identifier), kind, source, data)
        waits = partner.reachable
        made: SentEvent = SentEvent.objects.create(
            enterprise_id=partner.enterprise_id,
            partner=partner,
            event_id=identifier,
            kind=kind,
            content=content if waits else without_records(content),
            state="waiting" if waits else "given up",
            next_try=now if waits else None,
            ended=None if waits else now,
        )
    return made


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries that failed.

    Examples
    --------
    >>> [pause_after(k).total_seconds() / 60 for k in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 360.0]
    """
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)


def send_due(now: datetime | None = None) -> int:
    """Send what is due, and return how many events arrived.

    Parameters
    ----------
    now : datetime, optional
        By default the time that it is.
    """
    sent, tried = 0, set[uuid.UUID]()
    while True:
        partners = _partners_due(now or timezone.now())
        sent += sum(_send_to(partner, now) for partner, trouble in partners if not trouble)
        failing = [partner for partner, trouble in partners if trouble and partner not in tried]
        if not failing:
            return sent
        tried.add(failing[0])
        sent += _send_to(failing[0], now)


def _partners_due(now: datetime) -> list[tuple[uuid.UUID, str]]:
    """Return for which partners something is due, with the trouble that there was with each."""
    with whole_park(WHY):
        due = SentEvent.objects.filter(state="waiting", next_try__lte=now).values("partner_id")
        return list(Partner.objects.filter(pk__in=due).order_by("pk").values_list("pk", "trouble"))


def _send_to(partner_id: uuid.UUID, now: datetime | None) -> int:
    """Send what is due to one partner, until something of it fails."""
    sent, node, until = 0, None, time.monotonic() + SECONDS
    for number in _due_to(partner_id, now or timezone.now()):
        if time.monotonic() > until:
            break
        event = _claimed(number, now or timezone.now())
        if event is None:
            continue
        # What is called takes its time: no transaction is open meanwhile.
        try:
            node = node or _node(partner_id)
            node.take(event.content)
        except SeparatrixError as problem:
            if not _failed(event, problem, now or timezone.now()):
                break
        else:
            _arrived(event)
            sent += 1
    return sent


def _due_to(partner_id: uuid.UUID, now: datetime) -> list[int]:
    with whole_park(WHY):
        due = SentEvent.objects.filter(partner_id=partner_id, state="waiting", next_try__lte=now)
        return list(due.order_by("made", "pk").values_list("pk", flat=True)[:AT_ONCE])


def _claimed(number: int, now: datetime) -> SentEvent | None:
    """Return an event that no other process is sending now."""
    with whole_park(WHY), transaction.atomic():
        mine = SentEvent.objects.filter(pk=number, state="waiting", next_try__lte=now)
        if not mine.update(next_try=now + LEASE):
            return None
        found: SentEvent = SentEvent.objects.get(pk=number)
        return found


def _node(partner_id: uuid.UUID) -> PartnerNode:
    with whole_park(WHY):
        return node_of(Partner.objects.get(pk=partner_id))


def _arrived(event: SentEvent) -> None:
    now = timezone.now()
    with whole_park(WHY), transaction.atomic():
        # The partner first, as by whoever removes it meanwhile: else each could wait for the other.
        Partner.objects.filter(pk=event.partner_id).update(heard=now, trouble="")
        SentEvent.objects.filter(pk=event.pk, state="waiting").update(
            state="sent",
            tries=event.tries + 1,
            ended=now,
            next_try=None,
            trouble="",
            content=without_records(event.content),
        )
        LogEntry.append("outbox", "event sent", str(event.event_id), event.enterprise_id)


def _failed(event: SentEvent, problem: SeparatrixError, now: datetime) -> bool:
    """Note that an event did not arrive; return whether the partner's next one may be tried now."""
    final = problem.code == FINAL
    again = min(now + pause_after(event.tries + 1), event.made + LONGEST)
    over = final or again <= now
    text = text_of(problem)
    with whole_park(WHY), transaction.atomic():
        Partner.objects.filter(pk=event.partner_id).update(trouble=text)
        SentEvent.objects.filter(pk=event.pk, state="waiting").update(
            state="given up" if over else "waiting",
            tries=event.tries + 1,
            ended=now if over else None,
            next_try=None if over else again,
            trouble=text,
            content=without_records(event.content) if over else event.content,
        )
        if not final:
            SentEvent.objects.filter(partner_id=event.partner_id, state="waiting", next_try__lt=again).update(
                next_try=again
            )
        if over:
            LogEntry.append("outbox", "event given up", str(event.event_id), event.enterprise_id)
    return final
