"""Spreadsheets of many enterprises, which the office imports completely or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, File, Form, Path, Router, Schema, Status, UploadedFile

from separatrix.io.cells import Remark
from separatrix.sentences import say
from separatrix_park.api.guard import for_roles
from separatrix_park.api.idempotency import RepeatKey, done_once
from separatrix_park.api.refusal import Fault, Refused
from separatrix_park.api.sent_file import name_and_bytes
from separatrix_park.language import translate_sentence
from separatrix_park.models import Role
from separatrix_park.reporting.park_import import Newcomer, ParkImport, keep_import, read_import
from separatrix_park.reporting.reported_table import STANDING, reported_tables
from separatrix_park.reporting.spreadsheet import LARGEST_SPREADSHEET, Spreadsheet

__all__ = ["RemarkTold", "faults_of", "router", "told_remarks"]

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
