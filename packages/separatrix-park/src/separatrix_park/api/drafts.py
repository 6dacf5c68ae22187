"""A report as it is written: saved, looked over, submitted and thrown away, by its table and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status
from pydantic import BeforeValidator, WithJsonSchema

from separatrix.errors import InputError, nearest
from separatrix.sentences import say
from separatrix_park.api.errors import OF_ENTERPRISE, Fault, Refused, for_roles
from separatrix_park.api.reports import (
    MAY_CHANGE,
    MUST_MATCH,
    TAGGED,
    ReportWithRows,
    read_version,
    tag_of,
    told_with_rows,
)
from separatrix_park.models import Person, Report
from separatrix_park.reporting.checks import (
    LONGEST_TEXT,
    MOST_ROWS,
    ReportIssue,
    blocking,
    doubts,
    examined,
    kept_rows,
)
from separatrix_park.reporting.tables import ReportedTable, Row, table_and_year
from separatrix_park.reporting.versions import (
    background_of,
    discard_draft,
    newest_report,
    save_draft,
    submit_report,
)
from separatrix_park.scope import translate_sentence

__all__ = ["router"]

router = Router(tags=["reports"])


def _cell(value: object) -> object:
    """Return the content of a cell as text; a number is accepted as well."""
    return repr(value) if type(value) in (int, float) else value


Cell = Annotated[
    str,
    BeforeValidator(_cell),
    Field(max_length=LONGEST_TEXT),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": LONGEST_TEXT}, {"type": "number"}]}),
]
Rows = Annotated[list[dict[str, Cell]], Field(max_length=MOST_ROWS)]


class FindingTold(Schema):
    """An issue in a report."""

    severity: str = Field(description="error: to be mended; warning: may stay with a reason; note.")
    code: str
    row: int | None = Field(description="The position of the row, from 0.")
    column: str | None
    message: str
    hint: str | None
    key: str = Field(description="To which a reason is tied, for a doubt to stay.")


class DraftTold(ReportWithRows):
    """A version of a report with its issues."""

    findings: list[FindingTold]


class RowsGiven(Schema, extra="forbid"):
    """The rows of a report; each names its columns as `tables` does."""

    rows: Rows


class DraftGiven(RowsGiven):
    """A report as it is written."""

    nothing: bool = Field(False, description="Whether there is nothing to report.")
    why: str = Field("", max_length=2000, description="Of a correction, why it is made.")
    reasons: dict[str, str] = Field(
        {}, description="Why doubts stay, by the keys of findings.", max_length=1000
    )


def _validated_rows(table: ReportedTable, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return rows as a report keeps them; a column that is misspelt would be lost without a word."""
    for place, row in enumerate(rows):
        for name in row:
            if table.column(name) is None:
                meant = nearest(name, [c.name for c in table.columns])
                raise Refused(
                    422,
                    say("`{table}` has no column of this name", table=table.name),
                    where=f"body.rows[{place}]",
                    found=name,
                    expected=say("one of {choices}", choices=", ".join(c.name for c in table.columns)),
                    hint=None if meant is None else say("did you mean `{name}`?", name=meant),
                )
    return kept_rows(table, rows)


def _findings(person: Person, table: ReportedTable, year: int, rows: Sequence[Row]) -> list[ReportIssue]:
    return examined(table, year, rows, background_of(settings.PARK, person.enterprise, rows))


def _finding_schemas(findings: Sequence[ReportIssue]) -> list[FindingTold]:
    return [
        FindingTold(
            severity=f.severity,
            code=f.code,
            row=f.row,
            column=f.column,
            message=translate_sentence(f.what),
            hint=None if f.hint is None else translate_sentence(f.hint),
            key=f.key,
        )
        for f in findings
    ]


def _faults(report: Report, findings: Sequence[ReportIssue]) -> list[Fault]:
    """Return what keeps a draft from being submitted."""
    open_doubts = [f for f in doubts(findings) if f.key not in report.reasons]
    return [_fault(report, told) for told in _finding_schemas([*blocking(findings), *open_doubts])]


def _fault(report: Report, told: FindingTold) -> Fault:
    where, found = "rows", None
    if told.row is not None:
        where = f"rows[{told.row}]"
        if told.column:
            where, found = f"{where}.{told.column}", report.rows[told.row].get(told.column)
    return Fault(
        code=told.code, message=told.message, where=where, found=found, expected=None, hint=told.hint
    )


def _newest(person: Person, table: ReportedTable, year: int) -> Report:
    found = newest_report(person.enterprise_id, table.name, year)
    if found is None:
        raise Http404
    return found


def _report_data(person: Person, report: Report, table: ReportedTable) -> dict[str, Any]:
    findings = _findings(person, table, report.year, report.rows)
    return told_with_rows(report) | {"findings": _finding_schemas(findings)}


@router.get(
    "/drafts/{table}/{year}",
    response=DraftTold,
    summary=_("The newest version of a report and its issues"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | TAGGED,
)
def get_draft(request: HttpRequest, response: HttpResponse, table: str, year: int) -> dict[str, Any]:
    """Return the newest version; `year` is 0 for a table without years."""
    asked = table_and_year(table, year)
    report = _newest(request.user, asked, year)
    response["ETag"] = tag_of(report)
    return _report_data(request.user, report, asked)


@router.put(
    "/drafts/{table}/{year}",
    response={200: DraftTold},
    summary=_("Save a draft of a report"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | MAY_CHANGE | TAGGED,
)
def put_draft(
    request: HttpRequest, response: HttpResponse, table: str, year: int, given: DraftGiven
) -> dict[str, Any]:
    """Save a draft; after a judgement it is a new version.

    Where there is a version already, `If-Match` has to say which one was read.
    """
    asked = table_and_year(table, year)
    rows = _validated_rows(asked, given.rows)
    newest = newest_report(request.user.enterprise_id, table, year)
    saved = save_draft(
        request.user,
        table,
        year,
        rows,
        read_version(request, tag_of(newest) if newest else None, newest.stamp if newest else ""),
        why=given.why,
        nothing=given.nothing,
        reasons=given.reasons,
        origin=Report.Origin.PROGRAM,
    )
    response["ETag"] = tag_of(saved)
    return _report_data(request.user, saved, asked)


@router.delete(
    "/drafts/{table}/{year}",
    response={204: None},
    summary=_("Delete a draft"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | MUST_MATCH,
)
def delete_draft(request: HttpRequest, table: str, year: int) -> Status[None]:
    """Throw the draft away; what was approved before it stands."""
    report = _newest(request.user, table_and_year(table, year), year)
    discard_draft(settings.PARK, request.user, report.pk, read_version(request, tag_of(report), report.stamp))
    return Status(204, None)


@router.post(
    "/drafts/{table}/{year}/submit",
    response=ReportWithRows,
    summary=_("Submit a draft for approval"),
    openapi_extra=for_roles(*OF_ENTERPRISE) | MUST_MATCH | TAGGED,
)
def submit_draft(request: HttpRequest, response: HttpResponse, table: str, year: int) -> dict[str, Any]:
    """Submit the draft: without errors, and each doubt with its reason."""
    asked = table_and_year(table, year)
    report = _newest(request.user, asked, year)
    stamp = read_version(request, tag_of(report), report.stamp)
    findings = _findings(request.user, asked, year, report.rows)
    try:
        sent = submit_report(request.user, report.pk, stamp, findings)
    except InputError as problem:
        if problem.code != "W248":
            raise
        more = _faults(report, findings)
        raise Refused(422, problem.message, hint=problem.hint, code="W248", more=more) from None
    response["ETag"] = tag_of(sent)
    return told_with_rows(sent)


@router.post(
    "/drafts/{table}/{year}/check",
    response=list[FindingTold],
    summary=_("Check a report without saving it"),
    openapi_extra=for_roles(*OF_ENTERPRISE, reads=True),
)
def check_rows(request: HttpRequest, table: str, year: int, given: RowsGiven) -> list[FindingTold]:
    """Look rows over as a submission would, and keep nothing."""
    asked = table_and_year(table, year)
    return _finding_schemas(_findings(request.user, asked, year, _validated_rows(asked, given.rows)))
