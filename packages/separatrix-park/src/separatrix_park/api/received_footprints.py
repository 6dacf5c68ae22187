"""Footprints that partners sent, as they came, each with its partner and the way by which it came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema
from pydantic import AwareDatetime, JsonValue

from separatrix_park.api.errors import OF_ENTERPRISE, for_roles
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.api.reports import TAGGED, tagged
from separatrix_park.footprints.supply_chain import of_product
from separatrix_park.models import ReceivedFootprint
from separatrix_park.scope import current

__all__ = ["router"]

router = Router(tags=["footprints"])


class ReceivedTold(Schema):
    """A footprint that a partner sent; what was received is never overwritten."""

    id: int
    pf_id: UUID = Field(description="Of its record, as the partner names it.")
    partner: UUID
    partner_name: str
    product: str
    product_ids: list[str]
    way: Literal["request", "list", "event"] = Field(
        description=(
            "How it was received: in response to a request, from the partner's list, or after a notice."
        )
    )
    received: datetime
    deprecated: datetime | None = Field(description="Time since which the partner declares it invalid.")
    replaced_by: UUID | None = Field(description="The pf_id of the version that replaces it.")
    record: dict[str, JsonValue] | None = Field(
        description="As received, in the partner's version of the data model; in lists only with `records`."
    )


class ReceivedFilter(Schema):
    """Filters for footprints."""

    partner: UUID | None = None
    product_id: str | None = Field(
        None, max_length=300, description="One of the ids in its record; not case-sensitive."
    )
    since: AwareDatetime | None = Field(
        None,
        ge=datetime(1990, 1, 1, tzinfo=UTC),
        le=datetime(2200, 1, 1, tzinfo=UTC),
        description="Received at that moment or later.",
    )
    current: bool = Field(False, description="Whether to exclude replaced and withdrawn footprints.")
    records: bool = Field(False, description="Whether to include the records.")


def _received_data(row: ReceivedFootprint, *, whole: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "pf_id": row.pf_id,
        "partner": row.partner_id,
        "partner_name": row.partner.name,
        "product": row.product,
        "product_ids": row.product_ids,
        "way": row.way,
        "received": row.received,
        "deprecated": row.deprecated,
        "replaced_by": row.replaced_by,
        "record": row.record if whole else None,
    }


def _received_by_enterprise() -> Any:
    return ReceivedFootprint.objects.filter(enterprise_id=current().enterprise).select_related("partner")


@router.get(
    "/received",
    response=Page[ReceivedTold],
    summary=_("Footprints that partners sent"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_received(
    request: HttpRequest, which: Query[ReceivedFilter], paging: Query[Paging]
) -> dict[str, Any]:
    """List what partners sent, the newest first."""
    found = _received_by_enterprise() if which.records else _received_by_enterprise().defer("record")
    if which.partner is not None:
        found = found.filter(partner_id=which.partner)
    if which.product_id is not None:
        found = of_product(found, which.product_id)
    if which.since is not None:
        found = found.filter(received__gte=which.since)
    if which.current:
        found = found.filter(deprecated=None)
    return page_of(
        found.order_by("-received", "-pk"), paging, lambda row: _received_data(row, whole=which.records)
    )


@router.get(
    "/received/{number}",
    response=ReceivedTold,
    summary=_("One footprint that a partner sent, with its record"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_received(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Return a footprint with its record, as received."""
    return tagged(
        response, _received_data(get_object_or_404(_received_by_enterprise(), pk=number), whole=True)
    )
