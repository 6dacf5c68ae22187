"""Own products: the calculated footprint of each, its inputs and its missing data.

Partners: who they are, whether their nodes may be called, and never by which secret.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema, Status

from separatrix.sentences import say
from separatrix_park.api.errors import OF_ENTERPRISE, Fault, Refused, fault_of, for_roles
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.api.reports import TAGGED, tagged
from separatrix_park.footprints.node import ask_for_list
from separatrix_park.footprints.outbox import ProblemText, read_problem
from separatrix_park.footprints.partner_client import may_be_called
from separatrix_park.footprints.partners import texts_of
from separatrix_park.footprints.product_roll_up import (
    MATERIALITY,
    RollUpState,
    bring_products_up_to_date,
    cause_of,
    sign_of,
    standing,
)
from separatrix_park.footprints.supply_choice import offered_by_others, supplier_names
from separatrix_park.footprints.versions import (
    Published,
    change_of,
    passed_on,
    published_by,
    waiting_proposal,
)
from separatrix_park.models.footprints import Partner, ProductRollUp, PublishedFootprint
from separatrix_park.scope import current, library_language

__all__ = ["past_fault", "router"]

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


Change = Literal["partner", "member", "links", "choice", "data", "refused", "gone"]


class PassedOn(Schema):
    """The footprint that partners have of a product for the same year."""

    id: UUID
    published: datetime
    change: float | None = Field(
        description="By which share of it the figure here differs; none where they cannot be compared, or it "
        "was zero."
    )
    matters: bool = Field(description=f"Whether that is more than {MATERIALITY:.1%}.")


class ProductTold(Schema):
    """A calculated version of a product's footprint, cradle to gate.

    `sign` marks an incomplete figure: "≥" is a lower bound, "~" may be too high or too low; `missing` gives
    the reasons.
    """

    id: int = Field(description="Of this version.")
    product_id: str = Field(description="Id used in customers' requests.")
    product: str
    year: int
    version: int
    made: datetime
    carbon: float | None = Field(description="kg CO2e per unit; null without a footprint.")
    sign: Literal["", "≥", "~"]
    unit: str = Field(description="As PACT names it, such as kilogram.")
    missing: list[str]
    fossil: float | None = Field(description="kg CO2e of it from fossil sources.")
    primary_share: float | None = Field(
        description=("Percentage of the known emissions that comes from primary data.")
    )
    exempted_share: float | None = Field(description="Percentage that suppliers estimate and exclude.")
    outdated: datetime | None = Field(description="Time since which the data used are no longer current.")
    changed: Change | None = Field(
        description=(
            "What has changed: a partner's footprint, a park member's footprint, the footprint used "
            "for a purchase, the allocation of emissions, or reports; or the footprint cannot be "
            "calculated now, or the product is no longer made."
        )
    )
    changed_by: str | None = Field(description="The partner or member concerned.")
    passed_on: PassedOn | None


class WorkTold(Schema):
    """How far the work on footprints of products is."""

    years: list[int] = Field(description="Years with production data, the latest first.")
    working: bool = Field(description="Whether a calculation is running; repeat the request in a moment.")
    problem: Fault | None = Field(description="Reason why footprints, or newer ones, are not available.")


class ProductsTold(Page[ProductTold], WorkTold):
    """A page of products, and how far the work on them is."""


class WorkAsked(Schema, extra="forbid"):
    """The calculation to run."""

    year: int | None = Field(
        None,
        ge=1900,
        le=2200,
        description=("An earlier year in addition to the last one and those already calculated."),
    )


class ContributionTold(Schema):
    """Contribution of one source to a footprint, per unit of the product."""

    kind: str = Field(
        description=(
            "direct, bought energy, purchase, transport, product of the cluster (of another member "
            "of the park); and exempted, which is not part of the sum."
        )
    )
    name: str
    supplier: str
    carbon: float = Field(description="kg CO2e.")
    primary: float = Field(description="kg CO2e of it from primary data.")
    source: str
    amount: float | None = Field(description="How much goes in, of what has a footprint of its own.")
    unit: str


class InputTold(Schema):
    """A footprint that went in, in its version."""

    partner: UUID | None = Field(description="None where it is of a member of the park.")
    pf_id: UUID | None = Field(description="Of a partner's record.")
    supplier: str
    product_id: str
    product: str
    amount: float = Field(description="Goes into one unit of the product.")
    unit: str
    carbon: float = Field(description="kg CO2e for one unit of what goes in.")
    primary_share: float | None = Field(description="Percentage.")
    version: str = Field(
        description="When a partner's record was made; of a member what its approved data are called."
    )


class DoubtTold(Schema):
    """A partner's footprint that went in and is replaced, or not valid for the year."""

    doubt: Literal["replaced", "other year"]
    partner: str
    product_id: str


class CircleTold(Schema):
    """The products that need more of one another than is made, so that none of them has a footprint."""

    own: list[str]
    suppliers: list[list[str]] = Field(description="Name and product of those that one buys from.")
    others: int = Field(description="How many are of others.")


class VersionTold(Schema):
    """A version of the same product and year."""

    id: int
    version: int
    made: datetime
    carbon: float | None
    sign: Literal["", "≥", "~"]


class QualityTold(Schema):
    """Ratings of data from 1, the best, to 5."""

    technology: float
    geography: float
    time: float


class ProductWithInputs(ProductTold):
    """A version with all that went in."""

    basis: str = Field(description="Identifier of the data used; it changes with each change of these data.")
    newest: bool
    produced: float = Field(description="Production in the year, in `unit`.")
    allocation: str = Field(description="Allocation of emissions among products: mass, value, energy.")
    allocated_share: float | None = Field(
        description=("Its share of the enterprise's emissions and purchases.")
    )
    quality: QualityTold | None = Field(
        description=("Average of the data quality ratings in suppliers' records.")
    )
    rated_share: float = Field(description="Share of the emissions covered by these ratings.")
    contributions: list[ContributionTold]
    inputs: list[InputTold]
    doubts: list[DoubtTold]
    circle: CircleTold | None
    versions: list[VersionTold]
    refused: str | None = Field(description="Why it has no record that could be passed on.")
    proposal: UUID | None = Field(description="The footprint that is proposed from it and waits.")


class ProductFilter(Schema):
    """Filters for products."""

    year: int | None = Field(None, ge=1900, le=2200)
    product_id: str | None = Field(None, max_length=300)


class OfferTold(Schema):
    """A product whose footprint another member of the park lets others use."""

    key: str
    enterprise: str
    product: str


def _roll_up_data(row: ProductRollUp, published: Published) -> dict[str, Any]:
    what, who = cause_of(row) if row.outdated is not None else ("", "")
    kept = row.result
    return {
        "id": row.pk,
        "product_id": row.product_id,
        "product": row.product,
        "year": row.year,
        "version": row.version,
        "made": row.made,
        "carbon": kept["carbon"],
        "sign": sign_of(kept),
        "unit": kept["unit"],
        "missing": kept["missing"][library_language()],
        "fossil": kept["fossil"],
        "primary_share": kept["primary"],
        "exempted_share": kept["exempted"] if row.whole else None,
        "outdated": row.outdated,
        "changed": what or None,
        "changed_by": who or None,
        "passed_on": _passed_on(row, passed_on(row, published)),
    }


def _passed_on(row: ProductRollUp, passed: PublishedFootprint | None) -> dict[str, Any] | None:
    if passed is None:
        return None
    change = change_of(row, passed)
    return {
        "id": passed.pk,
        "published": passed.published,
        "change": change if change is not None and math.isfinite(change) else None,
        "matters": abs(change or 0.0) > MATERIALITY,
    }


def _inputs(row: ProductRollUp, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "partner": one.partner_id,
            "pf_id": one.pf_id,
            "supplier": names.get(one.supplier, one.supplier),
            "product_id": one.product_id,
            "product": one.product,
            "amount": one.amount,
            "unit": one.unit,
            "carbon": one.carbon,
            "primary_share": one.primary_share,
            "version": one.created,
        }
        for one in row.inputs.order_by("-carbon", "pk")
    ]


def _circle(circle: Mapping[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    if circle is None:
        return None
    suppliers = [[names.get(key, key), product] for key, product in circle["suppliers"]]
    return {"own": circle["own"], "suppliers": suppliers, "others": circle["others"]}


def _with_inputs(row: ProductRollUp) -> dict[str, Any]:
    kept, names = row.result, supplier_names(row)
    same = ProductRollUp.objects.filter(
        enterprise_id=row.enterprise_id, product_id=row.product_id, year=row.year
    )
    versions = list(same.order_by("-version"))
    waiting = waiting_proposal(row)
    quality = kept["quality"]
    return _roll_up_data(row, published_by(row.enterprise_id)) | {
        "basis": row.basis,
        "newest": versions[0].pk == row.pk,
        "produced": kept["made"],
        "allocation": kept["allocation"],
        "allocated_share": kept["share"],
        "quality": quality and dict(zip(QualityTold.model_fields, quality, strict=True)),
        "rated_share": kept["rated"],
        "contributions": [
            {**c, "supplier": names.get(c["supplier"], c["supplier"])} for c in kept["contributions"]
        ],
        "inputs": _inputs(row, names),
        "doubts": kept["doubts"],
        "circle": _circle(kept["circle"], names),
        "versions": [
            {
                "id": one.pk,
                "version": one.version,
                "made": one.made,
                "carbon": one.result["carbon"],
                "sign": sign_of(one.result),
            }
            for one in versions
        ],
        "refused": (kept["refused"] or {}).get(library_language()),
        "proposal": waiting and waiting.pk,
    }


def _work_data(state: RollUpState) -> dict[str, Any]:
    problem = None if state.problem is None else fault_of(state.problem)
    return {"years": list(state.years), "working": state.working, "problem": problem}


@router.get(
    "/products",
    response=ProductsTold,
    summary=_("Own products, each with its latest footprint"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_products(request: HttpRequest, which: Query[ProductFilter], paging: Query[Paging]) -> dict[str, Any]:
    """Return the newest footprint of each product and year, based on approved and received data."""
    own = request.user.enterprise_id
    state = bring_products_up_to_date(own, asked=which.year)
    published = published_by(own)
    found = standing(own).filter(**which.model_dump(exclude_none=True))
    ordered = found.order_by("-year", "product", "pk")
    return page_of(ordered, paging, lambda row: _roll_up_data(row, published)) | _work_data(state)


@router.post(
    "/products/roll-up",
    response={200: WorkTold, 202: WorkTold},
    summary=_("Calculate the footprints of products"),
    openapi_extra=for_roles(*OF_ENTERPRISE, own_transaction=True),
)
def roll_up_products(request: HttpRequest, given: WorkAsked) -> Status[dict[str, Any]]:
    """Work out what is out of date (200), or have a job do it where the supply chain is long (202)."""
    state = bring_products_up_to_date(request.user.enterprise_id, asked=given.year)
    if given.year is not None and given.year not in state.years:
        known = ", ".join(map(str, state.years))
        expected = say("one of {choices}", choices=known) if known else None
        raise Refused(422, where="body.year", found=str(given.year), expected=expected)
    return Status(202 if state.working else 200, _work_data(state))


@router.get(
    "/products/offered",
    response=Page[OfferTold],
    summary=_("Products of other enterprises in the park that purchases may use"),
    openapi_extra=for_roles(*OF_ENTERPRISE),
)
def list_offers(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List whose footprints other members let the park use: names, and no figures."""
    return page_of(offered_by_others(current().enterprise), paging, OfferTold.from_orm)


@router.get(
    "/products/{number}",
    response=ProductWithInputs,
    summary=_("One version of a product's footprint with all its inputs"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_product(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Return one version; the data it is based on and earlier versions are kept."""
    row = get_object_or_404(ProductRollUp, pk=number, enterprise_id=current().enterprise)
    return tagged(response, _with_inputs(row))
