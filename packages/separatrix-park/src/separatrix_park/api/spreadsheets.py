"""Spreadsheets of one's own enterprise: a workbook to fill in, and one that is read into drafts."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, File, Form, Router, Schema, Status, UploadedFile

from separatrix.sentences import say
from separatrix_park.api.guard import for_roles
from separatrix_park.api.idempotency import RepeatKey, done_once
from separatrix_park.api.imports import RemarkTold, faults_of, told_remarks
from separatrix_park.api.refusal import Refused
from separatrix_park.api.sent_file import name_and_bytes
from separatrix_park.language import library_language
from separatrix_park.models import Role
from separatrix_park.reporting.own_spreadsheet import keep_own_spreadsheet, read_own_spreadsheet
from separatrix_park.reporting.report_versions import newest_report
from separatrix_park.reporting.reported_table import table_and_year
from separatrix_park.reporting.spreadsheet import LARGEST_SPREADSHEET
from separatrix_park.reporting.template_workbook import WORKBOOK, template_workbook, workbook_name

__all__ = ["router"]

router = Router(tags=["reports"])

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
