"""Footprints that an enterprise passes on: proposed, published, and all their versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema, Status
from pydantic import JsonValue

from separatrix.sentences import say
from separatrix_park.api.errors import OF_ENTERPRISE, Refused, for_roles, placed, require_valid
from separatrix_park.api.idempotency import RepeatKey, done_once
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.api.reports import TAGGED, tagged
from separatrix_park.footprints.versions import (
    LARGEST_RECORD,
    STANDARDS,
    FootprintProposalForm,
    propose,
    propose_version,
    waiting_proposal,
    why_not_now,
)
from separatrix_park.models import (
    FootprintDelivery,
    FootprintGrant,
    Person,
    ProductRollUp,
    PublishedFootprint,
)
from separatrix_park.scope import current, library_language

__all__ = ["router"]

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


class RecordGiven(Schema, extra="forbid"):
    """A record that was made elsewhere."""

    record: dict[str, JsonValue] = Field(
        description="A ProductFootprint of PACT 3. The platform assigns its id, date and state."
    )
    why: str = Field("", max_length=1000, description="Note for the person who publishes it.")


class ProposalGiven(Schema, extra="forbid"):
    """Declarations for a calculated footprint."""

    standards: list[str] = Field(
        min_length=1, max_length=10, description=f"That were followed, of: {', '.join(STANDARDS)}."
    )
    exempted: float = Field(ge=0, le=100, description="Percentage of the emissions that is excluded.")
    left_out: str = Field("", max_length=500, description="What is excluded; required if data are missing.")
    technology: float | None = Field(
        None,
        ge=1,
        le=5,
        description=("Rating of your own data, 1 is best; all three are required from 2025 on."),
    )
    geography: float | None = Field(None, ge=1, le=5)
    time: float | None = Field(None, ge=1, le=5)
    why: str = Field(
        "", max_length=500, description=("Description of the change, for the person who publishes it.")
    )


class FootprintFilter(Schema):
    """Filters for footprints."""

    state: State | None = None
    product_id: str | None = Field(None, max_length=300)
    records: bool = Field(False, description="Whether to include the records.")


def _footprint_data(row: PublishedFootprint, *, whole: bool = True) -> dict[str, Any]:
    """Return a footprint as sent to programs; ``whole`` includes its record."""
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


def _own_footprints() -> Any:
    own = PublishedFootprint.objects.filter(enterprise_id=current().enterprise)
    return own.select_related("roll_up", "proposer", "publisher")


def _one(identifier: UUID) -> PublishedFootprint:
    """Return a footprint of one's own enterprise."""
    found: PublishedFootprint = get_object_or_404(_own_footprints(), pk=identifier)
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
    found = _own_footprints().defer("roll_up__result").filter(**asked).order_by("-made", "pk")
    if not which.records:
        found = found.defer("record")
    return page_of(found, paging, lambda row: _footprint_data(row, whole=which.records))


@router.get(
    "/footprints/{identifier}",
    response=FootprintWithSights,
    summary=_("One version with its record, and who sees it"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_footprint(request: HttpRequest, response: HttpResponse, identifier: Path[UUID]) -> dict[str, Any]:
    """Return one version; a published version changes no more, except when it is replaced or withdrawn."""
    row = _one(identifier)
    missing = [] if row.roll_up is None else row.roll_up.result["missing"][library_language()]
    return tagged(response, _footprint_data(row) | {"missing": missing, "partners": _sights(row)})


def _proposed(
    person: Person, key: str | None, content: object, work: Callable[[], PublishedFootprint]
) -> Status[dict[str, Any]]:
    """Propose a footprint unless the same request did so before."""
    answer, _again = done_once(
        person, key, json.dumps(content, sort_keys=True), lambda: {"id": str(work().pk)}
    )
    return Status(201, _footprint_data(_one(UUID(answer["id"]))))


@router.post(
    "/footprints",
    response={201: FootprintTold},
    summary=_("Propose a footprint from an external record"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def propose_record(
    request: HttpRequest, given: RecordGiven, repeat_key: RepeatKey = None
) -> Status[dict[str, Any]]:
    """Propose a record of PACT 3; a second person publishes it on the page, or not."""
    content = given.model_dump(mode="json")
    if len(json.dumps(given.record)) > LARGEST_RECORD:
        raise Refused(413, where="body.record")

    def work() -> PublishedFootprint:
        with placed("body.record"):
            return propose(request.user.enterprise, given.record, None, request.user, why=given.why)

    return _proposed(request.user, repeat_key, ["record", content], work)


@router.post(
    "/products/{number}/propose",
    response={201: FootprintTold},
    summary=_("Propose the footprint of a product for publication"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def propose_product(
    request: HttpRequest, number: Number, given: ProposalGiven, repeat_key: RepeatKey = None
) -> Status[dict[str, Any]]:
    """Propose the newest version of a product's footprint; a second person publishes it on the page, or not.

    Rejected if data are missing and not declared as excluded, or if the footprint has been recalculated
    meanwhile.
    """
    row = get_object_or_404(ProductRollUp, pk=number, enterprise_id=current().enterprise)
    content = given.model_dump(mode="json")

    def work() -> PublishedFootprint:
        if waiting_proposal(row) is not None:
            raise Refused(409, say("a proposal of this version waits for a second person"), code="W301")
        if why := why_not_now(row):
            raise Refused(409, why, code="W301")
        form = FootprintProposalForm(content, of=row)
        require_valid(form, "body")
        return propose_version(row, form, request.user)

    return _proposed(request.user, repeat_key, ["product", number, content], work)
