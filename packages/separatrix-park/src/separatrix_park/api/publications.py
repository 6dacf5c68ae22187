"""What the park publishes: read by everybody, without a token; made and withdrawn by the office."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import JsonValue

from separatrix.sentences import say
from separatrix_park.api.errors import Refused, for_roles
from separatrix_park.api.paging import Page, Paging, SmallNumber, page_of
from separatrix_park.models import Publication, Role
from separatrix_park.records import publication as work
from separatrix_park.records.chain import Head
from separatrix_park.releases.disclosure_findings import MOST, findings_of
from separatrix_park.releases.publication_table import Wish
from separatrix_park.scope import PUBLIC

__all__ = ["router"]

router = Router(tags=["keeping"])


class PublicationTold(Schema):
    """Figures of the park for everybody, with the head of the log at that moment."""

    number: int
    title: str
    year: int
    figures: dict[str, JsonValue] = Field(description="Energy in GJ, emissions in t CO2e.")
    data_version: str
    head: str = Field(
        description=("Head of the log. Anyone who keeps it can check later that nothing was changed.")
    )
    made: datetime
    deleted: int = Field(
        description=("Number of enterprises behind the figures whose data were deleted since.")
    )
    withdrawn: datetime | None
    why_withdrawn: str


class LineTold(Schema):
    """A line of the table: the sectors that stand together, none for everybody, and a quantity."""

    sectors: list[str]
    quantity: str


class DisclosureTold(Schema):
    """A value that could be inferred too precisely; visible to the park office only."""

    enterprise: str
    quantities: list[str] = Field(
        description=(
            "Several quantities if the value is their sum; energy_by_carbon: energy inferred from "
            "both scopes."
        )
    )
    attackers: list[str] = Field(
        description=("Enterprises that combine their knowledge; empty if any reader can infer the value.")
    )
    low: float
    high: float | None
    lines: list[LineTold]
    earlier: list[int] = Field(description="The earlier publications used for the inference.")
    places: bool = Field(description="Whether the inference uses the positions shown to enterprises.")
    correction: bool = Field(
        description="Whether the inferred quantity is a correction rather than the value itself."
    )


class WishTold(Schema, extra="forbid"):
    """The sectors to merge and the figures to omit."""

    merged: list[list[str]] = Field([], max_length=1000)
    withheld: list[LineTold] = Field([], max_length=4000)


class FiguresTold(Schema):
    """What would be published of a year, and whether it may be."""

    year: int
    data_version: str
    figures: dict[str, JsonValue]
    audited: bool = Field(
        description=("With many enterprises the audit runs as a job; repeat the request in a moment.")
    )
    passes: bool = Field(description="Figures that do not pass are not published.")
    small: list[LineTold] = Field(
        description=("Lines with fewer than three enterprises, a dominant enterprise, or only zeros.")
    )
    findings: list[DisclosureTold]
    merging: WishTold | None = Field(
        description="A proposal that passes: sectors to merge and quantities to omit."
    )
    withholding: WishTold | None = Field(description="A proposal that passes: figures to withhold.")


class FiguresAsked(Schema):
    """The year requested."""

    year: int = Field(ge=1900, le=2200)


class PublicationGiven(WishTold, extra="forbid"):
    """What is published: by default in the groups of the last publication of the year."""

    year: int = Field(ge=1900, le=2200)
    title: str = Field(min_length=1, max_length=200)
    data_version: str = Field(
        "",
        description=("Data version of the reviewed figures; nothing is published if the data have changed."),
    )


class WithdrawalGiven(Schema, extra="forbid"):
    """Why a publication is withdrawn."""

    why: str = Field(min_length=1, max_length=1000)


def _publication_data(found: Publication) -> dict[str, Any]:
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
    summary=_("Publications"),
    openapi_extra=for_roles(PUBLIC),
)
def list_publications(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List publications, the newest first; no token is needed."""
    return page_of(Publication.objects.order_by("-number"), paging, _publication_data)


@router.get(
    "/publications/figures",
    response=FiguresTold,
    summary=_("Figures of a year that may be published"),
    openapi_extra=for_roles(Role.OFFICE),
)
def get_figures(request: HttpRequest, asked: Query[FiguresAsked]) -> dict[str, Any]:
    """Return the sums of a year, possible inferences from them, and proposals that pass the audit."""
    found = work.figures(work.wish_like_the_last(asked.year))
    checked = found.checked
    return {
        "year": asked.year,
        "data_version": found.data_version,
        "figures": found.content,
        "audited": checked.audited,
        "passes": checked.passes,
        "small": [_line(line) for line in checked.small],
        "findings": [
            {**vars(one), "lines": [_line(line) for line in one.lines]} for one in findings_of(checked)[:MOST]
        ],
        "merging": _wish(checked.merging),
        "withholding": _wish(checked.withholding),
    }


def _line(line: tuple[Sequence[str], str]) -> dict[str, Any]:
    sectors, quantity = line
    return {"sectors": list(sectors), "quantity": quantity}


def _wish(wish: Wish | None) -> dict[str, Any] | None:
    if wish is None:
        return None
    withheld = [_line(line) for line in sorted(wish.withheld)]
    return {"merged": [list(group) for group in wish.merged], "withheld": withheld}


@router.get(
    "/publications/{number}",
    response=PublicationTold,
    auth=None,
    summary=_("One publication"),
    openapi_extra=for_roles(PUBLIC),
)
def get_publication(request: HttpRequest, number: SmallNumber) -> dict[str, Any]:
    """Return one publication; no token is needed."""
    return _publication_data(get_object_or_404(Publication.objects, number=number))


@router.post(
    "/publications",
    response={201: PublicationTold},
    summary=_("Publish the figures of a year"),
    openapi_extra=for_roles(Role.OFFICE),
)
def publish_figures(request: HttpRequest, given: PublicationGiven) -> Status[dict[str, Any]]:
    """Publish the sums of a year; what would give an enterprise away is not published."""
    if not given.title.strip():
        raise Refused(422, where="body.title", found=given.title, expected=say("text"))
    times = Counter(sector for group in given.merged for sector in set(group))
    twice = sorted(sector for sector, count in times.items() if count > 1)
    if twice:
        raise Refused(422, where="body.merged", found=twice[0], expected=say("each sector in one group"))
    wish = Wish(
        given.year,
        tuple(sorted(tuple(sorted(set(group))) for group in given.merged if group)),
        frozenset((tuple(sorted(line.sectors)), line.quantity) for line in given.withheld),
    )
    if not given.merged and not given.withheld:
        wish = work.wish_like_the_last(given.year)
    return Status(201, _publication_data(work.publish(wish, given.title, request.user, given.data_version)))


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
    return _publication_data(found)
