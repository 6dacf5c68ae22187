"""The node of each enterprise, as PACT 3 has it: a token, footprints, and events, for partners' programs.

The address of an enterprise's node begins with ``/pact/<key>/``. It uses no sessions and responds over
https only. Without a token it does not reveal whether the enterprise exists.

What is fetched from partners: the list of what they published for us, or what a notice of theirs named.

Jobs in a separate queue do it. A node that fails or is slow delays only its own jobs: its other jobs wait
as long as the failed one.

Events that partners' programs send to a node: read, kept once, and acted upon.

They are CloudEvents 1.0 in the structured JSON mode. A repeated id with the same content gets the same
response and has no further effect; with other content it is rejected. Addresses inside an event are never
called.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult, get_date_max

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix_cluster.footprints.pact_types import is_instant, is_said, is_set_of, is_uuid
from separatrix_park.folder import strict_json
from separatrix_park.footprints.https_client import wrong_answer
from separatrix_park.footprints.outbox import pause_after, text_of, text_of_all
from separatrix_park.footprints.pages import (
    LIFETIME,
    NodeError,
    deliver,
    page_for,
    partner_of,
    token_for,
    usual,
)
from separatrix_park.footprints.partner_client import (
    MEDIA_TYPE,
    PUBLISHED,
    REQUEST_CREATED,
    REQUEST_FULFILLED,
    REQUEST_REJECTED,
    TYPES,
    PartnerNode,
    node_of,
    require_callable,
    without_records,
)
from separatrix_park.footprints.received_footprints import LIST, NOTICE, end, receive_all
from separatrix_park.footprints.requests import take_fulfilled, take_rejected, take_request
from separatrix_park.models.footprints import Partner, PublishedFootprint, ReceivedEvent
from separatrix_park.models.people import Person, require_for
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import PARTNER, SPEAK_FOR_ONE, Scope, scoped, whole_park

__all__ = [
    "InboundEvent",
    "NodeMiddleware",
    "PREFIX",
    "QUEUE",
    "ask_for_list",
    "collect",
    "read_event",
    "take_event",
    "take_published",
    "urlpatterns",
]

QUEUE = "partners"
"""The queue of what waits for partners' nodes."""

A_JOB = 100
"""Footprints of a notice that one job fetches."""

MOST_WAITING = 100
"""Notices of one partner that wait."""

MOST_TRIES = 20
"""Tries to fetch what a notice named, by which about three days have gone."""

SECONDS = 300.0
"""How long the list of one partner may take as a whole."""

SECONDS_OF_NOTICE = 60.0
"""How long a notice's footprints may take; the rest of them are fetched later."""

WHY = "what partners published is fetched for the enterprises that they are partners of"


def ask_for_list(partner: Partner, by: Person) -> None:
    """Have the list of a partner's footprints fetched, in a moment.

    Raises
    ------
    InputError
        W316 where the partner may not be called.
    """
    require_for(partner.enterprise_id, by, *SPEAK_FOR_ONE)
    require_callable(partner)
    with transaction.atomic():
        if not _waiting(partner).filter(args_kwargs__args__1=[]).exists():
            collect.enqueue(str(partner.pk), [], 0)
        LogEntry.append(str(by.pk), "footprints fetched", str(partner.pk), partner.enterprise_id)


def take_published(partner: Partner, _: str, data: Mapping[str, Any]) -> str:
    """Queue the download of footprints that a partner has announced, from the partner's own address.

    Parameters
    ----------
    partner : Partner
    _ : str
        The id of the event.
    data : mapping
        The ids of the footprints.

    Returns
    -------
    str
        Empty: whatever is wrong with them shows when they are fetched.

    Raises
    ------
    PermissionDenied
        Where the scope is another enterprise's or another partner's.
    InputError
        W319 where too many notices of this partner wait.
    """
    partner.require_own_scope()
    named = [str(uuid.UUID(one)) for one in dict.fromkeys(data["pfIds"])]
    if named and partner.address:
        if _waiting(partner).count() >= MOST_WAITING:
            raise InputError("W319", say("{count} notices of this partner wait already", count=MOST_WAITING))
        with transaction.atomic():
            for k in range(0, len(named), A_JOB):
                collect.enqueue(str(partner.pk), named[k : k + A_JOB], 0)
    return ""


def _waiting(partner: Partner) -> QuerySet[DBTaskResult]:
    waiting = DBTaskResult.objects.filter(queue_name=QUEUE, status=TaskResultStatus.READY)
    return waiting.filter(args_kwargs__args__0=str(partner.pk))


@task(queue_name=QUEUE)
def collect(partner_id: str, pf_ids: list[str], tries: int) -> None:
    """Fetch a partner's list, or the footprints of some ids; what fails is noted, and tried again.

    A list requested by a person is not fetched again: they see the error and can repeat the request.
    """
    try:
        with whole_park(WHY):
            partner = Partner.objects.get(pk=partner_id)
            node = node_of(partner)
        node.sign_in()
        refused, rest = _ids(partner, node, pf_ids) if pf_ids else (_list(partner, node), [])
    except Partner.DoesNotExist:  # deleted with its enterprise
        return
    except SeparatrixError as problem:
        _note(partner_id, text_of(problem), answered=False)
        if problem.code != "W316":
            _later(partner, pf_ids, tries)
        return
    _note(partner_id, text_of_all(refused), answered=True)
    _later(partner, rest, tries)


def _later(partner: Partner, pf_ids: list[str], tries: int) -> None:
    """Have footprints fetched after a pause, and what else waits of the partner's notices not before them."""
    if not pf_ids or tries + 1 >= MOST_TRIES:
        return
    later = timezone.now() + pause_after(tries + 1)
    with transaction.atomic():
        others = _waiting(partner).exclude(args_kwargs__args__1=[])
        others.filter(Q(run_after=get_date_max()) | Q(run_after__lt=later)).update(run_after=later)
        collect.using(run_after=later).enqueue(str(partner.pk), pf_ids, tries + 1)


def _list(partner: Partner, node: PartnerNode) -> list[SeparatrixError]:
    """Import the list page by page; return the reasons for rejected records."""
    until, refused = time.monotonic() + SECONDS, list[SeparatrixError]()
    for page in node.footprints():
        with whole_park(WHY):
            refused += receive_all(partner, page, LIST).refused
        if time.monotonic() > until:
            raise wrong_answer(say("its list takes longer than {seconds} seconds", seconds=int(SECONDS)))
    return refused


def _ids(partner: Partner, node: PartnerNode, pf_ids: list[str]) -> tuple[list[SeparatrixError], list[str]]:
    """Import footprints by their ids; return the reasons for rejected ones, and the ids left for lack of
    time."""
    until, refused = time.monotonic() + SECONDS_OF_NOTICE, list[SeparatrixError]()
    for place, one in enumerate(pf_ids):
        if time.monotonic() > until:
            return refused, pf_ids[place:]
        try:
            record = node.footprint(uuid.UUID(one))
        except InputError as problem:
            if problem.code != "W313":  # this one is not for us; the others may be
                raise
            refused.append(problem)
            continue
        if record is None:
            with whole_park(WHY):
                if not end(partner, uuid.UUID(one)):
                    refused.append(_none_of(one))
            continue
        if str(record.get("id", "")).lower() != one:
            refused.append(wrong_answer(say("it returns a footprint other than the requested one")))
            continue
        with whole_park(WHY):
            refused += receive_all(partner, [record], NOTICE).refused
    return refused, []


def _none_of(identifier: str) -> InputError:
    return InputError(
        "W313",
        say(
            "the partner announced the footprint {id}, but its node has no such footprint for us",
            id=identifier,
        ),
        hint=say("ask the partner whether it let us see this"),
    )


def _note(partner_id: str, trouble: str, *, answered: bool) -> None:
    """Note that the node answered, and what was wrong."""
    with whole_park(WHY), transaction.atomic():
        mine = Partner.objects.filter(pk=partner_id)
        mine.update(trouble=trouble)
        if answered:
            mine.update(heard=timezone.now())


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


PREFIX = "pact/"
"""Where the nodes begin."""

GRANT = "client_credentials"

View = Callable[..., HttpResponse]


class NodeMiddleware:
    """Keeps what is meant for people's browsers away from the nodes.

    Cookies are ignored, http requests get no response, redirections do not exist, and errors have the
    protocol's form instead of a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if not request.path_info.startswith(f"/{PREFIX}"):
            return self.get_response(request)
        if not request.is_secure():
            return NodeError(403, say("this node answers over https alone")).response()
        request.COOKIES = {}
        answer = self.get_response(request)
        if answer.status_code >= 300 and not answer.get("Content-Type", "").startswith("application/json"):
            told = usual(404 if answer.status_code < 400 else answer.status_code)
            told.headers |= {name: answer[name] for name in ("Allow", "Retry-After") if name in answer}
            answer = told.response()
        answer["Cache-Control"] = "no-store"
        return answer


def refusing(view: View) -> View:
    """Let a view's refusals be answered, for programs, which send no form of a page of ours."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **found: Any) -> HttpResponse:
        try:
            return view(request, **found)
        except NodeError as problem:
            return problem.response()

    return answered


def for_partner(view: View) -> View:
    """Restrict a view to partners' programs, each within its own scope."""

    @refusing
    @wraps(view)
    def answered(request: HttpRequest, key: str, **found: Any) -> HttpResponse:
        partner = partner_of(request.headers.get("Authorization", ""), key)
        with scoped(Scope(PARTNER, partner=partner.pk)):
            return view(request, partner, **found)

    return answered


@require_http_methods(["POST"])
@refusing
def token(request: HttpRequest, key: str) -> HttpResponse:
    """Give a partner's program a token for its secret (RFC 6749, section 4.4)."""
    if request.POST.get("grant_type") != GRANT:
        return _refused_token(400, "unsupported_grant_type", say("`grant_type` is client_credentials here"))
    found = token_for(request.headers.get("Authorization", ""), key)
    if found is None:
        return _refused_token(
            401, "invalid_client", say("no partner signs in here by this client and secret")
        )
    return JsonResponse({"access_token": found, "token_type": "bearer", "expires_in": LIFETIME})


def _refused_token(status: int, error: str, message: str) -> HttpResponse:
    problem = NodeError(status, message, {"WWW-Authenticate": 'Basic realm="pact"'} if status == 401 else {})
    told = {"error": error, "error_description": problem.body["message"], "message": problem.body["message"]}
    return JsonResponse(
        {**told, "code": "BadRequest"},
        status=status,
        headers=problem.headers,
        json_dumps_params={"ensure_ascii": False},
    )


@require_http_methods(["GET"])
@refusing
def discovery(request: HttpRequest, key: str) -> HttpResponse:
    """Say where tokens are given; the same for each key, whether or not it is an enterprise's."""
    issuer = request.build_absolute_uri(reverse("node-token", args=[key])).removesuffix("/auth/token")
    return JsonResponse(
        {
            "issuer": issuer,
            "token_endpoint": f"{issuer}/auth/token",
            "grant_types_supported": [GRANT],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "response_types_supported": [],
        }
    )


@require_http_methods(["GET"])
@for_partner
def footprints(request: HttpRequest, partner: Partner) -> HttpResponse:
    """List what the partner may see."""
    page = page_for(partner, request.GET)
    deliver(partner, page.footprints)
    answer = _data([footprint.record for footprint in page.footprints])
    if page.onward:
        here = request.build_absolute_uri(request.path)
        answer["Link"] = f'<{here}?{page.onward}>; rel="next"'
    return answer


@require_http_methods(["GET"])
@for_partner
def footprint(request: HttpRequest, partner: Partner, identifier: str) -> HttpResponse:
    """Show one footprint, if the partner may see it; else there is none."""
    try:
        found = PublishedFootprint.objects.filter(pk=uuid.UUID(identifier)).first()
    except ValueError:
        raise NodeError(400, say("the id of a footprint is a UUID")) from None
    if found is None:
        raise NodeError(404, say("footprint not found"))
    deliver(partner, [found])
    return _data(found.record)


@require_http_methods(["POST"])
@for_partner
def events(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Take an event of the partner."""
    take_event(partner, read_event(request.headers.get("Content-Type", ""), request.body))
    return HttpResponse(status=200, content_type="application/json")


def _data(told: Any) -> HttpResponse:
    return JsonResponse({"data": told}, json_dumps_params={"ensure_ascii": False, "allow_nan": False})


urlpatterns = [
    path(f"{PREFIX}<str:key>/auth/token", token, name="node-token"),
    path(f"{PREFIX}<str:key>/.well-known/openid-configuration", discovery, name="node-discovery"),
    path(f"{PREFIX}<str:key>/3/footprints", footprints, name="node-footprints"),
    path(f"{PREFIX}<str:key>/3/footprints/<str:identifier>", footprint, name="node-footprint"),
    path(f"{PREFIX}<str:key>/3/events", events, name="node-events"),
]
