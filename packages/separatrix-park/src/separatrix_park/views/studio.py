"""Access to the studio, and its first content: the server asks here before each response.

No browser reaches these two under the one server (`asgi`): what lies under ``/studio/`` is the studio's own.
"""

from __future__ import annotations

import io
import zipfile

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from separatrix_park.answers.approved_data import approved, cluster_files
from separatrix_park.models import Role
from separatrix_park.models.people import require
from separatrix_park.scope import library_language
from separatrix_park.views.navigation import MenuEntry

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("studio", _("Studio"), tuple(Role.values), 70),)
SEES_PARK = (str(Role.OFFICE), str(Role.AUDITOR))
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The date of files in the zip file, so that the same data give the same bytes."""


@login_required
def door(request: HttpRequest) -> HttpResponse:
    """Identify the person to the server."""
    person = require(request.user, *Role.values)
    return JsonResponse(
        {
            "person": [person.pk, str(person.role), str(person.enterprise_id or "")],
            "sees_park": person.role in SEES_PARK,
            "language": library_language(),
        }
    )


@login_required
def cluster(request: HttpRequest) -> HttpResponse:
    """Give the server the folder of the cluster, on the data approved so far, as one zip file."""
    require(request.user, Role.OFFICE, Role.AUDITOR)
    data = approved()
    if not data.reports:
        raise Http404
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, file in cluster_files(data):
            zipped.writestr(zipfile.ZipInfo(name, BEGINNING), file, zipfile.ZIP_DEFLATED)
    return HttpResponse(content.getvalue(), content_type="application/zip")


urlpatterns = [path("studio/", door, name="studio"), path("studio/cluster/", cluster, name="studio_cluster")]
