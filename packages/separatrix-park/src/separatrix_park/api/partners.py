"""Partners: who they are, whether their nodes may be called, and never by which secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema, Status

from separatrix_park.api.entity_tag import TAGGED, tagged
from separatrix_park.api.guard import OF_ENTERPRISE, for_roles
from separatrix_park.api.paging import Page, Paging, page_of
from separatrix_park.api.refusal import Fault
from separatrix_park.footprints.collection import ask_for_list
from separatrix_park.footprints.enterprise_urns import texts_of
from separatrix_park.footprints.partner_client import may_be_called
from separatrix_park.footprints.problem_text import ProblemText, read_problem
from separatrix_park.models import Partner
from separatrix_park.scope import current

__all__ = ["router", "past_fault"]

router = Router(tags=["footprints"])

State = Literal["proposed", "approved", "rejected", "removed"]


class PartnerTold(Schema):
    """Another enterprise's node of PACT, as far as one's own enterprise knows it."""

    id: UUID
    name: str
    state: State = Field(description="proposed: waiting for a second person.")
    company_ids: list[str] = Field(description="The URNs that identify the company.")
    address: str = Field(description="Address of its node; empty if not entered.")
    callable: bool = Field(description="Whether footprints can be requested from its node now.")
    address_waits: bool = Field(description="Whether a new address waits for a second person.")
    proposed: datetime
    proposer: str | None
    judged: datetime | None
    judge: str | None
    why: str = Field(description="Why it was rejected or removed.")
    heard: datetime | None = Field(description="Time of the last valid response of its node.")
    trouble: Fault | None = Field(description="Problem at the last failed request.")


class PartnerFilter(Schema):
    """Filters for partners."""

    state: State | None = None


def past_fault(found: ProblemText | None) -> Fault | None:
    """Return an earlier problem in the form of an API error."""
    if found is None:
        return None
    return Fault(code=found.code, message=found.text, where=None, found=None, expected=None, hint=found.hint)


def _partner_data(row: Partner) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "state": row.state,
        "company_ids": texts_of(row.company_ids),
        "address": row.address,
        "callable": may_be_called(row),
        "address_waits": bool(row.pending.get("address")),
        "proposed": row.proposed,
        "proposer": row.proposer and row.proposer.email,
        "judged": row.judged,
        "judge": row.judge and row.judge.email,
        "why": row.why,
        "heard": row.heard,
        "trouble": past_fault(read_problem(row.trouble)),
    }


def _own_partners() -> Any:
    return Partner.objects.filter(enterprise_id=current().enterprise).select_related("proposer", "judge")


@router.get(
    "/partners",
    response=Page[PartnerTold],
    summary=_("Partners, and whether requests to their nodes are allowed"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_partners(request: HttpRequest, which: Query[PartnerFilter], paging: Query[Paging]) -> dict[str, Any]:
    """List the partners of one's enterprise, former ones too."""
    found = _own_partners().filter(**which.model_dump(exclude_none=True))
    return page_of(found.order_by("name", "proposed", "pk"), paging, _partner_data)


@router.get(
    "/partners/{identifier}",
    response=PartnerTold,
    summary=_("One partner"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_partner(request: HttpRequest, response: HttpResponse, identifier: Path[UUID]) -> dict[str, Any]:
    """Return one partner."""
    return tagged(response, _partner_data(get_object_or_404(_own_partners(), pk=identifier)))


@router.post(
    "/partners/{identifier}/fetch",
    response={202: PartnerTold},
    summary=_("Fetch a partner's list of footprints"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def fetch_from_partner(request: HttpRequest, identifier: Path[UUID]) -> Status[dict[str, Any]]:
    """Queue the download of the footprints that a partner has published for your enterprise; `heard` shows
    when it was done."""
    row = get_object_or_404(_own_partners(), pk=identifier)
    ask_for_list(row, request.user)
    return Status(202, _partner_data(row))
