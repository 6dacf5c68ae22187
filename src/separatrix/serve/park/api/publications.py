"""What the park publishes: read by everybody, without a token; made and withdrawn by the office."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import JsonValue

from separatrix.sentence import say
from separatrix.serve.park.api.guard import for_roles
from separatrix.serve.park.api.paging import Page, Paging, SmallNumber, page_of
from separatrix.serve.park.api.refusal import Refused
from separatrix.serve.park.keeping import publication as work
from separatrix.serve.park.keeping.chain import Head
from separatrix.serve.park.models import Publication, Role
from separatrix.serve.park.scope import PUBLIC

__all__ = ["router"]

router = Router(tags=["keeping"])


class PublicationTold(Schema):
    """Figures of the park for everybody, with the head of the log at that moment."""

    number: int
    title: str
    year: int
    figures: dict[str, JsonValue] = Field(description="Energy in GJ, emissions in t CO2e.")
    data_version: str
    head: str = Field(description="Of the log: whoever keeps it can show later that nothing was changed.")
    made: datetime
    deleted: int = Field(description="Of how many enterprises data that it rests on were deleted since.")
    withdrawn: datetime | None
    why_withdrawn: str


class FiguresTold(Schema):
    """What may be published of a year."""

    year: int
    data_version: str
    figures: dict[str, JsonValue]


class FiguresAsked(Schema):
    """Of which year."""

    year: int = Field(ge=1900, le=2200)


class PublicationGiven(FiguresAsked, extra="forbid"):
    """What is published."""

    title: str = Field(min_length=1, max_length=200)


class WithdrawalGiven(Schema, extra="forbid"):
    """Why a publication is withdrawn."""

    why: str = Field(min_length=1, max_length=1000)


def _told(found: Publication) -> dict[str, Any]:
    return {
        "number": found.number,
        "title": found.title,
        "year": found.year,
        "figures": found.content,
        "data_version": found.data_version,
        "head": str(Head(found.chain_number, found.chain_head)),
        "made": found.made,
        "deleted": found.deleted,
        "withdrawn": found.withdrawn,
        "why_withdrawn": found.why_withdrawn,
    }


@router.get(
    "/publications",
    response=Page[PublicationTold],
    auth=None,
    summary=_("What was published"),
    openapi_extra=for_roles(PUBLIC),
)
def list_publications(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List publications, the newest first; no token is needed."""
    return page_of(Publication.objects.order_by("-number"), paging, _told)


@router.get(
    "/publications/figures",
    response=FiguresTold,
    summary=_("What may be published of a year"),
    openapi_extra=for_roles(Role.OFFICE),
)
def get_figures(request: HttpRequest, asked: Query[FiguresAsked]) -> dict[str, Any]:
    """Tell the sums of a year that give no enterprise away, or why there are none."""
    found = work.figures(asked.year)
    return {"year": asked.year, "data_version": found.data_version, "figures": found.content}


@router.get(
    "/publications/{number}",
    response=PublicationTold,
    auth=None,
    summary=_("One publication"),
    openapi_extra=for_roles(PUBLIC),
)
def get_publication(request: HttpRequest, number: SmallNumber) -> dict[str, Any]:
    """Tell one publication; no token is needed."""
    return _told(get_object_or_404(Publication.objects, number=number))


@router.post(
    "/publications",
    response={201: PublicationTold},
    summary=_("Publish the figures of a year"),
    openapi_extra=for_roles(Role.OFFICE),
)
def publish_figures(request: HttpRequest, given: PublicationGiven) -> Status[dict[str, Any]]:
    """Publish the sums of a year that give no enterprise away."""
    if not given.title.strip():
        raise Refused(422, where="body.title", found=given.title, expected=say("text"))
    return Status(201, _told(work.publish(given.year, given.title, request.user)))


@router.post(
    "/publications/{number}/withdraw",
    response=PublicationTold,
    summary=_("Withdraw a publication"),
    openapi_extra=for_roles(Role.OFFICE),
)
def withdraw_publication(request: HttpRequest, number: SmallNumber, given: WithdrawalGiven) -> dict[str, Any]:
    """Withdraw a publication with the reason; it stays, and says so."""
    found = get_object_or_404(Publication.objects, number=number)
    work.withdraw(found, given.why, request.user)
    return _told(found)
