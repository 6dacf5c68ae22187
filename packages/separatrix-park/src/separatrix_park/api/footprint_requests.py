"""Requests for footprints, sent to and received from partners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema, Status
from pydantic import JsonValue

from separatrix_park.api.errors import OF_ENTERPRISE, Fault, for_roles, placed
from separatrix_park.api.idempotency import RepeatKey, done_once
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.api.products import past_fault
from separatrix_park.api.reports import TAGGED, tagged
from separatrix_park.footprints.pages import CRITERIA
from separatrix_park.footprints.requests import (
    MOST_PRODUCTS,
    SENT_REQUESTS_LONGEST_COMMENT,
    answer_of,
    ask,
    require_product_ids,
    sending_states,
)
from separatrix_park.models import FootprintRequest, Partner
from separatrix_park.scope import current

__all__ = ["router"]

router = Router(tags=["footprints"])

State = Literal["open", "fulfilled", "rejected"]


class RequestTold(Schema):
    """A request for footprints, and what came of it."""

    id: int
    ours: bool = Field(description="Whether we sent the request; otherwise the partner did.")
    partner: UUID
    partner_name: str
    event_id: str = Field(description="Id of the event that carried the request.")
    criteria: dict[str, JsonValue] = Field(description="The criteria, with PACT's names.")
    comment: str
    state: State
    sending: Literal["waiting", "given up"] | None = Field(
        description="For our requests: set while the request has not reached the partner."
    )
    made: datetime
    answered: datetime | None
    footprints: list[UUID] = Field(
        description="By which it was fulfilled: of ours their pf_id under `received`, else their id under "
        "`footprints`."
    )
    code: str = Field(description="With which it was rejected, such as NotFound; else empty.")
    message: str
    trouble: Fault | None = Field(description="What of the answer could not be used; of ours alone.")


class RequestFilter(Schema):
    """Filters for requests."""

    ours: bool | None = Field(None, description="Those of ours alone, or those of partners alone.")
    partner: UUID | None = None
    state: State | None = None


class RequestGiven(Schema, extra="forbid"):
    """The products whose footprints are requested."""

    product_ids: list[str] = Field(
        min_length=1,
        max_length=MOST_PRODUCTS,
        description="URNs, as the partner calls its products, such as urn:gtin:4712345060507.",
    )
    comment: str = Field("", max_length=SENT_REQUESTS_LONGEST_COMMENT)


def _request_data(row: FootprintRequest, sending: Mapping[str, str]) -> dict[str, Any]:
    """Return a request as sent to programs; ``sending`` applies to requests that have not reached their
    partner."""
    answer = answer_of(row)
    asked = row.content if isinstance(row.content, dict) else {}
    return {
        "id": row.pk,
        "ours": row.ours,
        "partner": row.partner_id,
        "partner_name": row.partner.name,
        "event_id": row.event_id,
        "criteria": {name: asked[name] for name in CRITERIA if name in asked},
        "comment": row.comment,
        "state": row.state,
        "sending": sending.get(row.event_id) if row.ours else None,
        "made": row.made,
        "answered": row.answered,
        "footprints": answer.pf_ids,
        "code": answer.code,
        "message": answer.message,
        "trouble": past_fault(answer.trouble),
    }


def _own_requests() -> Any:
    return FootprintRequest.objects.filter(enterprise_id=current().enterprise).select_related("partner")


@router.get(
    "/requests",
    response=Page[RequestTold],
    summary=_("Requests for footprints, in both directions"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_requests(request: HttpRequest, which: Query[RequestFilter], paging: Query[Paging]) -> dict[str, Any]:
    """List requests sent to and received from partners, the newest first."""
    found = _own_requests().filter(**which.model_dump(exclude_none=True)).order_by("-made", "-pk")
    page = page_of(found, paging, lambda row: row)
    sending = sending_states(page["items"])
    return page | {"items": [_request_data(row, sending) for row in page["items"]]}


@router.get(
    "/requests/{number}",
    response=RequestTold,
    summary=_("One request and its outcome"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_request(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Return a request; a sent request stays open until the partner responds."""
    row = get_object_or_404(_own_requests(), pk=number)
    return tagged(response, _request_data(row, sending_states([row])))


@router.post(
    "/partners/{identifier}/requests",
    response={201: RequestTold},
    summary=_("Ask a partner for the footprints of products"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def post_request(
    request: HttpRequest, identifier: Path[UUID], given: RequestGiven, repeat_key: RepeatKey = None
) -> Status[dict[str, Any]]:
    """Queue a request to a partner; its response appears under `received`."""
    partner = get_object_or_404(Partner, pk=identifier, enterprise_id=current().enterprise)
    content = f"request {identifier} {given.model_dump_json()}"

    def work() -> dict[str, Any]:
        with placed("body.product_ids"):
            named = require_product_ids(given.product_ids)
        return {"id": ask(partner, named, given.comment, request.user).pk}

    answer, _again = done_once(request.user, repeat_key, content, work)
    row = get_object_or_404(_own_requests(), pk=answer["id"])
    return Status(201, _request_data(row, sending_states([row])))
