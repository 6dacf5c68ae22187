"""What enterprises report: read in all versions, and judged by a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from separatrix_park.api.entity_tag import MUST_MATCH, TAGGED, entity_tag, read_version
from separatrix_park.api.guard import EVERYBODY, for_roles
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.models import Enterprise, Person, Report, Role, Sharing
from separatrix_park.reporting.report_versions import judge_report, withdraw_report
from separatrix_park.reporting.reported_table import reported_tables
from separatrix_park.reporting.shared_report import enterprise_names
from separatrix_park.reporting.version_changes import version_changes
from separatrix_park.scope import current

__all__ = ["ReportTold", "ReportWithRows", "router", "tag_of", "told_with_rows"]

router = Router(tags=["reports"])

State = Literal["draft", "submitted", "approved", "returned", "deleted"]


class ReportTold(Schema):
    """One version of a table of a year of an enterprise, without its rows.

    For a report shared by another enterprise, its people and their comments are omitted.
    """

    id: int
    enterprise: str | None = Field(description="The key of the enterprise; none where it is another's.")
    enterprise_name: str
    table: str
    year: int = Field(description="0 for a table that has no years.")
    version: int
    state: State
    nothing: bool = Field(description="Whether it says that there is nothing to report.")
    origin: str | None = Field(description="By which way it came, such as form, spreadsheet or program.")
    edited: datetime
    editor: str | None
    submitted: datetime | None
    submitter: str | None
    judged: datetime | None
    judge: str | None
    judgement: str | None = Field(description="Why it was returned.")
    why: str | None = Field(description="Why it was corrected.")


class ReportWithRows(ReportTold):
    """One version with its rows; each names its columns as `tables` does."""

    rows: list[dict[str, str]]
    reasons: dict[str, str] = Field(description="Why doubts stay, by the keys of findings.")


class ReportFilter(Schema):
    """Filters for reports."""

    enterprise: str | None = Field(None, max_length=40, description="The key of an enterprise.")
    table: str | None = Field(None, max_length=40)
    year: int | None = Field(None, ge=0, le=9999)
    state: State | None = None


class RowChangeTold(Schema):
    """A row that two versions have differently."""

    key: list[str] = Field(description="What names the row, such as its carrier and month.")
    before: dict[str, str] | None
    after: dict[str, str] | None
    columns: list[str] = Field(description="Whose cells differ.")


class ReasonGiven(Schema, extra="forbid"):
    """Why a report is returned."""

    reason: str = Field(min_length=1, max_length=2000)


@dataclass(frozen=True)
class _Named:
    """What enterprises are called: by their keys where one may know those, by their names."""

    keys: Mapping[UUID, str]
    names: Mapping[UUID, str]


def _report_names(reports: Sequence[Report]) -> _Named:
    asked = {report.enterprise_id for report in reports}
    known = list(Enterprise.objects.filter(pk__in=asked).values_list("pk", "key", "name"))
    names = {pk: name for pk, _, name in known}
    if asked - names.keys():  # of whom one sees what they share
        names = enterprise_names(Sharing.objects.filter(enterprise_id__in=asked - names.keys())) | names
    return _Named({pk: key for pk, key, _ in known}, names)


def _report_data(report: Report, named: _Named) -> dict[str, Any]:
    scope = current()
    within = scope.sees_all or report.enterprise_id == scope.enterprise

    def email(person: Person | None) -> str | None:
        return person.email if within and person is not None else None

    return {
        "id": report.pk,
        "enterprise": named.keys.get(report.enterprise_id),
        "enterprise_name": named.names.get(report.enterprise_id, ""),
        "table": report.table,
        "year": report.year,
        "version": report.version,
        "state": report.state,
        "nothing": report.nothing,
        "origin": report.origin if within else None,
        "edited": report.edited,
        "editor": email(report.editor),
        "submitted": report.submitted,
        "submitter": email(report.submitter),
        "judged": report.judged,
        "judge": email(report.judge),
        "judgement": report.judgement if within else None,
        "why": report.why if within else None,
    }


def told_with_rows(report: Report) -> dict[str, Any]:
    """Return a report as sent to programs, with its rows."""
    told = _report_data(report, _report_names([report]))
    own = told["origin"] is not None
    return told | {"rows": report.rows, "reasons": report.reasons if own else {}}


def tag_of(report: Report) -> str:
    """Return the tag of a report as it is now."""
    return entity_tag(report.pk, report.stamp, report.state)


_PEOPLE = ("editor", "submitter", "judge")


def _one(number: int) -> Report:
    found: Report = get_object_or_404(Report.objects.select_related(*_PEOPLE), pk=number)
    return found


@router.get(
    "/reports",
    response=Page[ReportTold],
    summary=_("Reports, in all versions"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_reports(request: HttpRequest, which: Query[ReportFilter], paging: Query[Paging]) -> dict[str, Any]:
    """List reports that one may read, the newest version of each table first."""
    found = Report.objects.select_related(*_PEOPLE).defer("rows", "reasons")
    asked = which.model_dump(exclude_none=True)
    if "enterprise" in asked:
        named = Enterprise.objects.filter(key=asked.pop("enterprise")).values("pk")
        found = found.filter(enterprise_id__in=named)
    ordered = found.filter(**asked).order_by("enterprise_id", "table", "-year", "-version")
    page = page_of(ordered, paging, lambda report: report)
    named = _report_names(page["items"])
    return page | {"items": [_report_data(report, named) for report in page["items"]]}


@router.get(
    "/reports/{number}",
    response=ReportWithRows,
    summary=_("One version with its rows"),
    openapi_extra=for_roles(*EVERYBODY) | TAGGED,
)
def get_report(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Return a report; a change has to send the header `ETag` of the response as `If-Match`."""
    report = _one(number)
    response["ETag"] = tag_of(report)
    return told_with_rows(report)


@router.get(
    "/reports/{number}/changes",
    response=list[RowChangeTold],
    summary=_("Changes made by a version"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_changes(request: HttpRequest, number: Number) -> list[RowChangeTold]:
    """Return the differences between a version and the previous one visible to you."""
    report = _one(number)
    same = Report.objects.filter(
        enterprise_id=report.enterprise_id, table=report.table, year=report.year, version__lt=report.version
    )
    before = same.order_by("-version").first()
    table = reported_tables()[report.table]
    changes = version_changes(table, before.rows if before else [], report.rows)
    return [
        RowChangeTold(
            key=list(c.key),
            before=None if c.before is None else dict(c.before),
            after=None if c.after is None else dict(c.after),
            columns=list(c.columns),
        )
        for c in changes
    ]


def _judged(request: HttpRequest, response: HttpResponse, number: int, reason: str | None) -> dict[str, Any]:
    report = _own_report(number)
    stamp = read_version(request, tag_of(report), report.stamp)
    judged = judge_report(request.user, number, stamp, approve=reason is None, reason=reason or "")
    response["ETag"] = tag_of(judged)
    return told_with_rows(judged)


def _own_report(number: int) -> Report:
    """Return a report of one's own enterprise: what is shared with one is not for one to judge."""
    found: Report = get_object_or_404(Report.objects, pk=number, enterprise_id=current().enterprise)
    return found


@router.post(
    "/reports/{number}/approve",
    response=ReportWithRows,
    summary=_("Approve a report that another person entered"),
    openapi_extra=for_roles(Role.APPROVAL) | MUST_MATCH | TAGGED,
)
def approve_report(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Approve the version named by `If-Match`. You cannot approve a report that you edited."""
    return _judged(request, response, number, None)


@router.post(
    "/reports/{number}/return",
    response=ReportWithRows,
    summary=_("Return a report with the reason"),
    openapi_extra=for_roles(Role.APPROVAL) | MUST_MATCH | TAGGED,
)
def return_report(
    request: HttpRequest, response: HttpResponse, number: Number, given: ReasonGiven
) -> dict[str, Any]:
    """Return a report to the person who entered it."""
    return _judged(request, response, number, given.reason)


@router.post(
    "/reports/{number}/withdraw",
    response=ReportWithRows,
    summary=_("Withdraw a report that waits for approval"),
    openapi_extra=for_roles(Role.ENTRY, Role.APPROVAL) | TAGGED,
)
def take_back_report(request: HttpRequest, response: HttpResponse, number: Number) -> dict[str, Any]:
    """Make a submitted report a draft again."""
    report = withdraw_report(request.user, _own_report(number).pk)
    response["ETag"] = tag_of(report)
    return told_with_rows(report)
