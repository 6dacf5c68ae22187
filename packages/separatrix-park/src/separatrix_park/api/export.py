"""Everything that an enterprise entered, as one file."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router

from separatrix_park.api.errors import for_roles
from separatrix_park.models import Enterprise, Role
from separatrix_park.records.export import name_of_export, opened_export

__all__ = ["router"]

router = Router(tags=["keeping"])


@router.post(
    "/enterprises/{key}/export",
    summary=_("Download everything that an enterprise entered"),
    openapi_extra=for_roles(Role.OFFICE, Role.ENTRY, Role.APPROVAL, reads=True, own_transaction=True)
    | {
        "responses": {
            200: {
                "description": "A zip file",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def export_enterprise(request: HttpRequest, key: Path[str]) -> FileResponse:
    """Write all versions of all reports, the cluster folder, evidence and log entries into one zip file."""
    enterprise = get_object_or_404(Enterprise.objects, key=key)
    content = opened_export(settings.PARK, enterprise, str(request.user.pk))
    return FileResponse(
        content, as_attachment=True, filename=name_of_export(enterprise), content_type="application/zip"
    )
