"""Footprints that an enterprise passes on: proposed, published, and all their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema
from pydantic import JsonValue

from separatrix.serve.park.api.entity_tag import TAGGED, tagged
from separatrix.serve.park.api.guard import OF_ENTERPRISE, for_roles
from separatrix.serve.park.api.paging import Page, Paging, page_of
from separatrix.serve.park.language import library_language
from separatrix.serve.park.models import FootprintDelivery, FootprintGrant, PublishedFootprint
from separatrix.serve.park.scope import current

__all__ = ["FootprintTold", "footprint_told", "own_footprint", "router"]

router = Router(tags=["footprints"])

State = Literal["draft", "published", "deprecated", "withdrawn"]


class FootprintTold(Schema):
    """One version of the footprint of a product, as a record of PACT's."""

    id: UUID = Field(description="That of its record.")
    product_id: str
    product: str
    state: State = Field(description="draft: it waits for a second person, who publishes it on the page.")
    replaces: UUID | None = Field(description="The version before.")
    roll_up: int | None = Field(description="The version of the product that it was taken from.")
    whole: bool | None = Field(
        description="Whether nothing was missing there; none where it was taken from no version that is left."
    )
    for_all: bool = Field(description="Whether all approved partners see it once it is published.")
    why: str = Field(description="What its proposer said to it, or why it was withdrawn.")
    made: datetime
    proposer: str | None
    published: datetime | None
    publisher: str | None
    record: dict[str, JsonValue] | None = Field(description="In lists only with `records`.")


class SightTold(Schema):
    """That a partner may see a footprint, or has it."""

    partner: UUID
    name: str
    shown: bool = Field(description="Whether it may see this version, where not all approved partners do.")
    since: datetime | None = Field(description="Since when it has this version.")


class FootprintWithSights(FootprintTold):
    """One version with its record, and who sees it."""

    missing: list[str] = Field(description="What was missing in the roll-up that it was taken from.")
    partners: list[SightTold]


class FootprintFilter(Schema):
    """Which footprints are asked for."""

    state: State | None = None
    product_id: str | None = Field(None, max_length=300)
    records: bool = Field(False, description="Whether to tell the records, too.")


def footprint_told(row: PublishedFootprint, *, whole: bool = True) -> dict[str, Any]:
    """Return what is told of a footprint; the ``whole`` of it with its record."""
    return {
        "id": row.pk,
        "product_id": row.product_id,
        "product": row.product,
        "state": row.state,
        "replaces": row.replaces,
        "roll_up": row.roll_up_id,
        "whole": row.roll_up and row.roll_up.whole,
        "for_all": row.for_all,
        "why": row.why,
        "made": row.made,
        "proposer": row.proposer and row.proposer.email,
        "published": row.published,
        "publisher": row.publisher and row.publisher.email,
        "record": row.record if whole else None,
    }


def _own() -> Any:
    own = PublishedFootprint.objects.filter(enterprise_id=current().enterprise)
    return own.select_related("roll_up", "proposer", "publisher")


def own_footprint(identifier: UUID) -> PublishedFootprint:
    """Return a footprint of one's own enterprise."""
    found: PublishedFootprint = get_object_or_404(_own(), pk=identifier)
    return found


def _sights(row: PublishedFootprint) -> list[dict[str, Any]]:
    """Return whom it is shown to, and who has it."""
    granted = FootprintGrant.objects.filter(footprint=row).select_related("partner")
    told = {one.partner_id: [one.partner.name, True, None] for one in granted}
    for one in FootprintDelivery.objects.filter(footprint=row).select_related("partner"):
        told.setdefault(one.partner_id, [one.partner.name, False, None])[2] = one.first
    ordered = sorted(told.items(), key=lambda pair: (str(pair[1][0]), pair[0]))
    return [
        {"partner": partner, "name": name, "shown": shown, "since": since}
        for partner, (name, shown, since) in ordered
    ]


@router.get(
    "/footprints",
    response=Page[FootprintTold],
    summary=_("Own footprints, in all versions"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_footprints(
    request: HttpRequest, which: Query[FootprintFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """List what one's enterprise proposed and published, the newest first."""
    asked = which.model_dump(exclude_none=True, exclude={"records"})
    found = _own().defer("roll_up__result").filter(**asked).order_by("-made", "pk")
    if not which.records:
        found = found.defer("record")
    return page_of(found, paging, lambda row: footprint_told(row, whole=which.records))


@router.get(
    "/footprints/{identifier}",
    response=FootprintWithSights,
    summary=_("One version with its record, and who sees it"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_footprint(request: HttpRequest, response: HttpResponse, identifier: Path[UUID]) -> dict[str, Any]:
    """Tell one version; what is published changes no more, but that it is replaced or withdrawn."""
    row = own_footprint(identifier)
    missing = [] if row.roll_up is None else row.roll_up.result["missing"][library_language()]
    return tagged(response, footprint_told(row) | {"missing": missing, "partners": _sights(row)})
