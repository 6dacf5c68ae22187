"""What an enterprise bought, and what stands for each purchase: a footprint, a factor, or nothing."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status

from separatrix.sentences import say
from separatrix_park.api.errors import OF_ENTERPRISE, Refused, for_roles, placed
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.api.reports import MAY_CHANGE, MUST_MATCH, TAGGED, entity_tag, read_version
from separatrix_park.footprints.product_roll_up import bring_products_up_to_date, standing
from separatrix_park.footprints.supply_choice import (
    PurchaseSource,
    link_to_member,
    link_to_partner,
    member_names,
    purchase_sources,
    purchased_inputs,
    unlink,
)
from separatrix_park.models import Person, SupplyLink
from separatrix_park.scope import current

__all__ = ["router"]

router = Router(tags=["footprints"])

Kind = Literal["partner", "member", "offer", "factor", "missing"]


class AmountTold(Schema):
    """The amount of a row."""

    amount: float | None = Field(description="Null if the row has no number.")
    unit: str


class PurchaseTold(Schema):
    """A purchase of a year, and the footprint used for it."""

    input: str = Field(description="Name in its rows.")
    supplier: str = Field(description="Supplier named in the rows; may be empty.")
    amounts: list[AmountTold] = Field(description="One per row.")
    stands: Kind = Field(
        description=(
            "The footprint used now: a chosen product of a partner or member; a product that the "
            "supplier in the park offers; the emission factor of the row; or none, in which case it "
            "is missing."
        )
    )
    link: int | None = Field(description="Id of the choice, under `supply-links`.")
    name: str = Field(description="Owner of the chosen product.")
    product: str = Field(description="Product name used by its maker.")
    offered: bool = Field(description="False if a member does not offer the chosen product yet.")


class PurchasesAsked(Paging):
    """The year requested."""

    year: int = Field(ge=1900, le=2200)


class SupplyLinkTold(Schema):
    """That a supplier's product stands for a purchase, in every year."""

    id: int
    input: str
    supplier: str
    partner: UUID | None = Field(description="Null for a member of the park.")
    name: str = Field(description="Name of the partner or member.")
    product_id: str = Field(description="Id of a partner's product, or name of a member's product.")
    made: datetime


class SupplierGiven(Schema, extra="forbid"):
    """Which product of a partner, or of another member of the park, stands for a purchase."""

    year: int = Field(
        ge=1900, le=2200, description=("Year of the approved report that contains the purchase.")
    )
    input: str = Field(min_length=1, max_length=200, description="As listed in `purchases`.")
    supplier: str = Field("", max_length=200, description="As listed in `purchases`.")
    partner: UUID | None = Field(
        None, description=("Partner from whom a footprint of the product was received.")
    )
    member: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Otherwise the id or full name of a member of the park.",
    )
    product_id: str = Field(
        min_length=1,
        max_length=300,
        description=("Id of a partner's product, or name of a member's product."),
    )


def _purchase(one: PurchaseSource) -> dict[str, Any]:
    amounts = [
        {"amount": amount if math.isfinite(amount) else None, "unit": unit}
        for amount, unit in one.bought.amounts
    ]
    return {
        "input": one.bought.input,
        "supplier": one.bought.supplier,
        "amounts": amounts,
        "stands": one.counts,
        "link": one.link and one.link.pk,
        "name": one.name,
        "product": one.product,
        "offered": one.offered,
    }


def _link(row: SupplyLink, names: dict[UUID, str]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "input": row.input,
        "supplier": row.supplier,
        "partner": row.partner_id,
        "name": row.partner.name if row.partner else names.get(row.member_id, ""),
        "product_id": row.product_id,
        "made": row.made,
    }


def _own_purchases() -> Any:
    return SupplyLink.objects.filter(enterprise_id=current().enterprise).select_related("partner")


def _tag(row: SupplyLink) -> str:
    return entity_tag(row.pk, row.input, row.supplier, row.partner_id, row.member_id, row.product_id)


@router.get(
    "/purchases",
    response=Page[PurchaseTold],
    summary=_("The purchases of a year and the footprint used for each"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_purchases(request: HttpRequest, asked: Query[PurchasesAsked]) -> dict[str, Any]:
    """List purchases by the approved report of a year."""
    own = request.user.enterprise_id
    bring_products_up_to_date(own, asked=asked.year)
    return page_of(purchase_sources(own, asked.year, standing(own).filter(year=asked.year)), asked, _purchase)


@router.get(
    "/supply-links",
    response=Page[SupplyLinkTold],
    summary=_("Suppliers' products used for purchases"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_supply_links(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List what was chosen."""
    page = page_of(_own_purchases().order_by("input", "supplier", "pk"), paging, lambda row: row)
    names = member_names(row.member_id for row in page["items"])
    return page | {"items": [_link(row, names) for row in page["items"]]}


@router.get(
    "/supply-links/{number}",
    response=SupplyLinkTold,
    summary=_("One supplier's product used for a purchase"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_supply_link(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Return one of them; a change has to send `ETag` as `If-Match`."""
    row = get_object_or_404(_own_purchases(), pk=number)
    response["ETag"] = _tag(row)
    return _link(row, member_names([row.member_id]))


def _chosen(person: Person, given: SupplierGiven) -> SupplyLink:
    """Keep what was chosen for a purchase."""
    if (given.partner is None) == (given.member is None):
        raise Refused(422, where="body.member", found=given.member, expected=say("a partner or a member"))
    rows = purchased_inputs(person.enterprise_id, given.year)
    bought = next((one for one in rows if (one.input, one.supplier) == (given.input, given.supplier)), None)
    if bought is None:
        raise Refused(
            422,
            where="body.input",
            found=given.input,
            expected=say(
                "an input with its supplier as the approved report of purchases of {year} names them",
                year=str(given.year),
            ),
        )
    if given.partner is not None:
        with placed("body.product_id"):
            return link_to_partner(person, bought, given.partner, given.product_id)
    with placed("body.member"):
        return link_to_member(person, bought, given.member or "", given.product_id)


@router.put(
    "/supply-links",
    response={200: SupplyLinkTold, 201: SupplyLinkTold},
    summary=_("Use a supplier's product for a purchase"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | MAY_CHANGE | TAGGED,
)
def put_supply_link(
    request: HttpRequest, response: HttpResponse, given: SupplierGiven
) -> Status[dict[str, Any]]:
    """Use a product for a purchase, in every year; footprints that include the purchase are recalculated.

    To replace another product, `If-Match` has to name the version that was read. Sending the current choice
    again changes nothing.
    """
    there = _own_purchases().filter(input=given.input, supplier=given.supplier)
    before = there.select_for_update(of=("self",)).first()
    made = _chosen(request.user, given)
    after = _tag(made)
    if before is not None and _tag(before) != after:  # else all of it is taken back
        read_version(request, _tag(before), "")
    response["ETag"] = after
    told = _link(made, member_names([made.member_id]))
    return Status(201 if before is None else 200, told)


@router.delete(
    "/supply-links/{number}",
    response={204: None},
    summary=_("Use the row's own emission factor for a purchase again"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | MUST_MATCH,
)
def delete_supply_link(request: HttpRequest, number: Number) -> Status[None]:
    """Undo what was chosen: the factor of the purchase's row counts again, or it is missing."""
    row = get_object_or_404(_own_purchases(), pk=number)
    read_version(request, _tag(row), "")
    unlink(request.user, row)
    return Status(204, None)
