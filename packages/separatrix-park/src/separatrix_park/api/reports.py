"""What enterprises report: read in all versions, and judged by a second person.

Concurrent changes: each client states the version it has read, and a conflicting change is rejected.

Spreadsheets of many enterprises, which the office imports completely or not at all.

Spreadsheets of one's own enterprise: a workbook to fill in, and one that is read into drafts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from ninja import Field, File, Form, Path, Query, Router, Schema, Status, UploadedFile

from separatrix.io.cells import Remark
from separatrix.sentences import say
from separatrix_park.api.errors import EVERYBODY, Fault, Refused, for_roles
from separatrix_park.api.idempotency import RepeatKey, done_once
from separatrix_park.api.paging import Number, Page, Paging, page_of
from separatrix_park.api.sent_file import name_and_bytes
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.reports import Report, Sharing
from separatrix_park.reporting.evidence import enterprise_names
from separatrix_park.reporting.forms import WORKBOOK, template_workbook, workbook_name
from separatrix_park.reporting.own_spreadsheet import keep_own_spreadsheet, read_own_spreadsheet
from separatrix_park.reporting.park_import import Newcomer, ParkImport, keep_import, read_import
from separatrix_park.reporting.report_page import version_changes
from separatrix_park.reporting.spreadsheet import LARGEST_SPREADSHEET, Spreadsheet
from separatrix_park.reporting.tables import STANDING, reported_tables, table_and_year
from separatrix_park.reporting.versions import judge_report, newest_report, withdraw_report
from separatrix_park.scope import Role, current, library_language, translate_sentence

__all__ = [
    "MAY_CHANGE",
    "MUST_MATCH",
    "RemarkTold",
    "ReportTold",
    "ReportWithRows",
    "TAGGED",
    "entity_tag",
    "faults_of",
    "read_version",
    "router",
    "tag_of",
    "tagged",
    "told_remarks",
    "told_with_rows",
]

_TAG = {"schema": {"type": "string"}, "description": "What a change of this has to send as `If-Match`."}
TAGGED = {"responses": {200: {"headers": {"ETag": _TAG}}}}
"""What the description says of an answer that bears a tag."""


def _if_match(required: bool) -> dict[str, Any]:
    return {
        "parameters": [
            {
                "in": "header",
                "name": "If-Match",
                "required": required,
                "schema": {"type": "string"},
                "description": "The `ETag` of what you have read.",
            }
        ]
    }


MUST_MATCH = _if_match(True)
"""What the description says of a change of something that one has read."""
MAY_CHANGE = _if_match(False)
"""The same where there may be nothing yet."""


def entity_tag(*state: object) -> str:
    """Return the current tag, in the form of the header `ETag`.

    Examples
    --------
    >>> entity_tag(12, "draft") == entity_tag(12, "submitted")
    False
    """
    text = json.dumps(state, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tagged(response: HttpResponse, told: dict[str, Any]) -> dict[str, Any]:
    """Return a response with a tag, so that clients need not download an unchanged response again."""
    response["ETag"] = entity_tag(told)
    return told


def read_version(request: HttpRequest, tag: str | None, stamp: str) -> str:
    """Return the stamp of the version that the client has read and is about to change.

    Parameters
    ----------
    request : HttpRequest
    tag : str or None
        Of what there is now; None where there is nothing, and nothing had to be read.
    stamp : str
        By which the functions of the pages call the same state.

    Raises
    ------
    Refused
        W286: with status 428 where `If-Match` is missing, with 412 where it names another state.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if tag is not None:
            raise Refused(428)
        return stamp
    if tag is None or (given.strip() != "*" and tag not in parse_etags(given)):
        raise Refused(412, headers=None if tag is None else {"ETag": tag})
    return stamp


router = Router(tags=["reports"])

MOST_TOLD = 200
"""Maximum number of remarks returned for one file."""


class RemarkTold(Schema):
    """What was noticed in a file."""

    severity: str = Field(description="warning or note; a file with an error is not imported.")
    code: str
    file: str
    row: int | None
    column: str | None
    message: str
    hint: str | None


class NewcomerTold(Schema):
    """An enterprise that is not a member of the park."""

    text: str = Field(description="Name used in the file.")
    key: str = Field(description="Id for admission.")
    name: str


class ReplacedTold(Schema):
    """An approved report that has other rows than the file."""

    enterprise: str
    year: int
    version: int
    by_enterprise: bool = Field(
        description="Whether people of the enterprise approved it; history does not replace such a report."
    )


class ImportTold(Schema):
    """Contents of a file."""

    rows: int
    reports: int = Field(description="One per enterprise and year.")
    kept: bool = Field(description="Whether the reports were imported.")
    unchanged: int = Field(
        description=("Reports with the same rows as the existing ones; they stay unchanged.")
    )
    replaced: list[ReplacedTold] = Field(description="Approved reports with different rows.")
    confirmation: str = Field(
        description=(
            "Value to send back to confirm that historical data replaces these reports; empty if "
            "none is replaced."
        )
    )
    admitted: list[NewcomerTold] = Field(description="With `admit`: enterprises admitted with the file.")
    unknown: list[NewcomerTold] = Field(
        description="Enterprises in the file that are neither members nor admitted."
    )
    remarks: list[RemarkTold] = Field(description=f"The first {MOST_TOLD} that were noticed.")


class ImportAsked(Schema):
    """Options of an import."""

    year: int = Field(STANDING, ge=0, le=2100, description="Year for rows without one.")
    history: bool = Field(
        False,
        description=(
            "Whether the reports are approved directly; otherwise each enterprise approves its own."
        ),
    )
    why: str = Field(
        "",
        max_length=2000,
        description=("Reason: for historical data, why they are approved directly; for corrections, why."),
    )
    confirmation: str = Field(
        "",
        max_length=64,
        description=(
            "For historical data that replaces approved reports: the value returned by `only_check`."
        ),
    )
    admit: bool = Field(False, description="Whether to admit enterprises that are not members.")
    only_check: bool = Field(False, description="Whether to check the file without saving it.")


def told_remarks(remarks: Sequence[Remark]) -> list[RemarkTold]:
    """Return the remarks on a file, in the reader's language."""
    return [
        RemarkTold(
            severity=r.severity,
            code=r.code,
            file=r.file,
            row=r.row,
            column=r.column,
            message=translate_sentence(r.what),
            hint=None if r.hint is None else translate_sentence(r.hint),
        )
        for r in remarks[:MOST_TOLD]
    ]


def _newcomer(new: Newcomer) -> dict[str, str]:
    return {"text": new.text, "key": new.key, "name": new.name}


def _faults(found: ParkImport) -> list[Fault]:
    """Return the reasons why a file cannot be imported: by row, then for the file as a whole."""
    rows = faults_of(found.sheet)
    return rows + [
        Fault(code="W251", message=translate_sentence(p), where=None, found=None, expected=None, hint=None)
        for p in found.problems[: MOST_TOLD - len(rows)]
    ]


def faults_of(sheet: Spreadsheet) -> list[Fault]:
    """Return what is wrong in a file, row by row."""
    cells = {(row.file, row.number): dict(row.cells) for row in sheet.faulty}
    return [
        Fault(
            code=one.code,
            message=one.message,
            where=":".join(str(p) for p in (one.file, one.row, one.column) if p is not None),
            found=cells.get((one.file, one.row or 0), {}).get(one.column or ""),
            expected=None,
            hint=one.hint,
        )
        for one in told_remarks(sheet.errors)
    ]


@router.post(
    "/imports/{table}",
    response={201: ImportTold, 200: ImportTold},
    summary=_("Import a spreadsheet of many enterprises"),
    openapi_extra=for_roles(Role.OFFICE, own_transaction=True),
)
def post_import(
    request: HttpRequest,
    table: Path[str],
    asked: Form[ImportAsked],
    file: File[UploadedFile],
    repeat_key: RepeatKey = None,
) -> Status[dict[str, Any]]:
    """Read a workbook or CSV file of many enterprises: all of its reports are kept, or none.

    A file with an error is refused with each row that is wrong. With `only_check` nothing is kept (200).
    """
    if table not in reported_tables():
        raise Http404
    name, data = name_and_bytes(file, LARGEST_SPREADSHEET)
    sent = (settings.PARK, request.user, reported_tables()[table], name, data, asked.year)
    found = read_import(*sent)
    if asked.admit and found.proposals:
        found = read_import(*sent, newcomers=found.proposals)
    counted = {
        "rows": len(found.sheet.rows),
        "reports": len(found.sheet.reports()),
        "admitted": [_newcomer(n) for n in found.newcomers],
        "unknown": [_newcomer(n) for n in found.proposals],
        "unchanged": len(found.unchanged),
        "replaced": [
            {name: getattr(one, name) for name in ReplacedTold.model_fields} for one in found.replaced
        ],
        "confirmation": found.confirmation,
    }
    if asked.only_check:
        return Status(200, {**counted, "kept": False, "remarks": told_remarks(found.sheet.remarks)})
    content = f"import {table} {asked.model_dump_json()} {hashlib.sha256(data).hexdigest()}"

    def keep() -> dict[str, Any]:
        if not found.sound:
            what = say("nothing in the file was imported")
            raise Refused(422, what, code="W251", where=name, more=_faults(found))
        keep_import(
            request.user, found, history=asked.history, why=asked.why, confirmation=asked.confirmation
        )
        return counted

    answer, _again = done_once(request.user, repeat_key, content, keep)
    return Status(201, {**answer, "kept": True, "remarks": told_remarks(found.sheet.remarks)})


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


WRITES = (Role.ENTRY, Role.APPROVAL)


class SheetAsked(Schema):
    """How a file is read."""

    replace: bool = Field(False, description="Whether its rows may take the place of those of a draft.")
    only_check: bool = Field(False, description="Whether to check the file without saving it.")


class DraftMade(Schema):
    """A draft that was made of a file."""

    id: int
    year: int


class SheetTold(Schema):
    """Contents of a file."""

    rows: int
    drafts: list[DraftMade] = Field(description="Empty where nothing was kept.")
    remarks: list[RemarkTold]


@router.post(
    "/drafts/{table}/{year}/spreadsheet",
    response={201: SheetTold, 200: SheetTold},
    summary=_("Read a spreadsheet into drafts"),
    openapi_extra=for_roles(*WRITES, own_transaction=True),
)
def post_spreadsheet(
    request: HttpRequest,
    table: str,
    year: int,
    asked: Form[SheetAsked],
    file: File[UploadedFile],
    repeat_key: RepeatKey = None,
) -> Status[dict[str, Any]]:
    """Read a workbook or CSV file: a draft for each of its years, or none; `year` is of rows without one.

    A file with an error is refused with each row that is wrong. With `only_check` nothing is kept (200).
    """
    found = table_and_year(table, year)
    person, (name, data) = request.user, name_and_bytes(file, LARGEST_SPREADSHEET)
    sheet = read_own_spreadsheet(settings.PARK, person.enterprise, found, name, data, year)
    told = {"rows": len(sheet.rows), "remarks": told_remarks(sheet.remarks)}
    if sheet.errors:
        raise Refused(
            422, say("nothing in the file was imported"), code="W251", where=name, more=faults_of(sheet)
        )
    if asked.only_check:
        return Status(200, {**told, "drafts": []})
    content = f"sheet {table} {year} {asked.model_dump_json()} {hashlib.sha256(data).hexdigest()}"

    def keep() -> dict[str, Any]:
        kept = keep_own_spreadsheet(person, found, sheet, replace=asked.replace)
        return {"drafts": [{"id": draft.pk, "year": draft.year} for draft in kept]}

    answer, _again = done_once(person, repeat_key, content, keep)
    return Status(201, {**told, **answer})


@router.get(
    "/drafts/{table}/{year}/workbook",
    summary=_("A workbook to fill in"),
    openapi_extra=for_roles(*WRITES)
    | {
        "responses": {
            200: {
                "description": "With what is known already",
                "content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def get_workbook(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Hand out a workbook with the headings in the language of Accept-Language, and what is known already."""
    found = table_and_year(table, year)
    newest = newest_report(request.user.enterprise_id, table, year)
    content = template_workbook(found, year, newest.rows if newest else [], library_language())
    return HttpResponse(
        content,
        content_type=WORKBOOK,
        headers={"Content-Disposition": f'attachment; filename="{workbook_name(table, year)}"'},
    )
