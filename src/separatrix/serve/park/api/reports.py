"""What enterprises report: read in all versions; written, submitted and judged by the pages' functions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from separatrix.serve.park.api.entity_tag import entity_tag
from separatrix.serve.park.api.guard import EVERYBODY, for_roles
from separatrix.serve.park.api.paging import Number, Page, Paging, page_of
from separatrix.serve.park.models import Report

__all__ = ["router"]

router = Router(tags=["reports"])

State = Literal["draft", "submitted", "approved", "returned"]


class ReportTold(Schema):
    """One version of a table of a year of an enterprise, without its rows."""

    id: int
    enterprise: str = Field(description="The key of the enterprise.")
    table: str
    year: int | None = Field(description="None for a table that has no years.")
    version: int
    state: State
    made: datetime
    why: str = Field(description="Why it was corrected.")
    judged: datetime | None
    judgement: str = Field(description="Why it was returned.")


class ReportWithRows(ReportTold):
    """One version with its rows; each names its columns by the names of `tables`."""

    rows: list[dict[str, str]]


class ReportFilter(Schema):
    """Which reports are asked for."""

    enterprise: str | None = Field(None, max_length=40, description="The key of an enterprise.")
    table: str | None = Field(None, max_length=40)
    year: int | None = Field(None, ge=0, le=9999)
    state: State | None = None


def told(report: Report) -> dict[str, Any]:
    """Return what is told of a report."""
    return {
        "id": report.pk,
        "enterprise": report.enterprise.key,
        "table": report.table,
        "year": report.year or None,
        "version": report.version,
        "state": report.state,
        "made": report.made,
        "why": report.why,
        "judged": report.judged,
        "judgement": report.judgement,
    }


def tag_of(report: Report) -> str:
    """Return the tag of a report as it is now."""
    return entity_tag(report.pk, report.state, report.digest())


@router.get(
    "/reports",
    response=Page[ReportTold],
    summary=_("Reports, in all versions"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_reports(request: HttpRequest, which: Query[ReportFilter], paging: Query[Paging]) -> dict[str, Any]:
    """List reports that one may read, the newest version of each table first."""
    named = {"enterprise": "enterprise__key"}
    asked = {named.get(n, n): v for n, v in which.model_dump(exclude_none=True).items()}
    found = Report.objects.select_related("enterprise").filter(**asked)
    return page_of(found.order_by("enterprise__key", "table", "-year", "-version"), paging, told)


@router.get(
    "/reports/{number}",
    response=ReportWithRows,
    summary=_("One version with its rows"),
    openapi_extra=for_roles(*EVERYBODY),
)
def get_report(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Tell a report; the header `ETag` of the answer is what a change of it has to send as `If-Match`."""
    report = get_object_or_404(Report.objects.select_related("enterprise"), pk=number)
    response["ETag"] = tag_of(report)
    return told(report) | {"rows": report.rows}
