"""Evidence files of reports: list, upload, download and remove."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from ninja import Field, File, Router, Schema, Status, UploadedFile

from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.api.idempotency import RepeatKey, done_once
from separatrix_park.api.paging import Number
from separatrix_park.api.sent_file import name_and_bytes
from separatrix_park.models import Evidence, Report, Role
from separatrix_park.reporting.evidence import LARGEST_EVIDENCE, add_evidence, evidence_path, remove_evidence
from separatrix_park.scope import current

__all__ = ["router"]

router = Router(tags=["evidence"])


class EvidenceTold(Schema):
    """A file that backs a report."""

    id: int
    report: int
    name: str
    media_type: str = Field(description="By its content.")
    size: int = Field(description="In bytes.")
    sha256: str
    made: datetime


def _evidence_schema(file: Evidence) -> EvidenceTold:
    return EvidenceTold(
        id=file.pk,
        report=file.report_id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        made=file.made,
    )


@router.get(
    "/reports/{number}/evidence",
    response=list[EvidenceTold],
    summary=_("The evidence files of a report"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_evidence(request: HttpRequest, number: Number) -> list[EvidenceTold]:
    """List the files of a report; those of a report that is shared with one are not."""
    report = get_object_or_404(Report.objects, pk=number)
    return [_evidence_schema(file) for file in Evidence.objects.filter(report_id=report.pk).order_by("pk")]


@router.post(
    "/reports/{number}/evidence",
    response={201: EvidenceTold},
    summary=_("Add an evidence file to a draft"),
    openapi_extra=for_roles(Role.ENTRY, Role.APPROVAL),
)
def post_evidence(
    request: HttpRequest, number: Number, file: File[UploadedFile], repeat_key: RepeatKey = None
) -> Status[EvidenceTold]:
    """Keep a file with a draft: a PDF, a picture, a workbook, a document, CSV or plain text."""
    own = Report.objects.filter(enterprise_id=current().enterprise, state=Report.State.DRAFT)
    report = get_object_or_404(own, pk=number)
    name, data = name_and_bytes(file, LARGEST_EVIDENCE)
    content = f"evidence {number} {name} {hashlib.sha256(data).hexdigest()}"

    def keep() -> dict[str, Any]:
        return {"id": add_evidence(settings.PARK, request.user, report, name, data).pk}

    answer, _again = done_once(request.user, repeat_key, content, keep)
    return Status(201, _evidence_schema(get_object_or_404(Evidence.objects, pk=answer["id"])))


@router.get(
    "/evidence/{number}",
    response=EvidenceTold,
    summary=_("Information about a file"),
    openapi_extra=for_roles(*EVERYBODY),
)
def get_evidence(request: HttpRequest, number: Number) -> EvidenceTold:
    """Return the description of a file, without its content."""
    return _evidence_schema(get_object_or_404(Evidence.objects, pk=number))


@router.get(
    "/evidence/{number}/content",
    summary=_("The content of a file"),
    openapi_extra=for_roles(*EVERYBODY)
    | {
        "responses": {
            200: {
                "description": "The file as it was uploaded",
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def fetch_evidence(request: HttpRequest, number: Number) -> HttpResponse:
    """Download a file as it was uploaded; its description states its type."""
    file = get_object_or_404(Evidence.objects, pk=number)
    path = evidence_path(settings.PARK, file.sha256)
    if not path.exists():
        raise Http404
    # As bytes and nothing else, so that no program shows what a stranger made.
    return HttpResponse(
        path.read_bytes(),
        content_type="application/octet-stream",
        headers={"Content-Disposition": content_disposition_header(True, file.name)},
    )


@router.delete(
    "/evidence/{number}",
    response={204: None},
    summary=_("Remove a file from a draft"),
    openapi_extra=for_roles(Role.ENTRY, Role.APPROVAL),
)
def delete_evidence(request: HttpRequest, number: Number) -> Status[None]:
    """Take a file away; what was submitted keeps its files."""
    own = Evidence.objects.filter(enterprise_id=current().enterprise, report__state=Report.State.DRAFT)
    file = get_object_or_404(own, pk=number)
    remove_evidence(settings.PARK, request.user, file)
    return Status(204, None)
