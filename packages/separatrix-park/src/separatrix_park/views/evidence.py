"""Evidence files of a report, added by the people who enter it and open to all its readers."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.models import Evidence, Report, Role
from separatrix_park.models.people import require
from separatrix_park.reporting.evidence_file import (
    LARGEST_EVIDENCE,
    add_evidence,
    evidence_path,
    remove_evidence,
)
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.problem_page import problem_line

__all__ = ["MENU", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = ()


@login_required
@require_POST
def add(request: HttpRequest, number: int) -> HttpResponse:
    """Keep a file with a draft of one's own enterprise."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    draft = get_object_or_404(Report, pk=number, enterprise_id=person.enterprise_id, state=Report.State.DRAFT)
    sent = request.FILES.get("file")
    if sent is None:
        messages.error(request, gettext("Choose a file first."))
    else:
        # One byte more than is kept is enough to tell that it is too large.
        data = sent.read(LARGEST_EVIDENCE + 1)
        try:
            add_evidence(settings.PARK, person, draft, sent.name or "", data)
            messages.success(request, gettext("The file has been saved with this report."))
        except InputError as problem:
            messages.error(request, problem_line(problem))
    return redirect("report", draft.table, draft.year)


@login_required
def download(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send a file to a reader of the report, always as a download."""
    require(request.user, *Role.values)
    found = get_object_or_404(Evidence, pk=number)
    try:
        content = evidence_path(settings.PARK, found.sha256).open("rb")
    except OSError:
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a file away from a draft of one's own enterprise; what was submitted keeps its files."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    found = get_object_or_404(
        Evidence, pk=number, enterprise_id=person.enterprise_id, report__state=Report.State.DRAFT
    )
    report = found.report
    try:
        remove_evidence(settings.PARK, person, found)
    except InputError as problem:
        messages.error(request, problem_line(problem))
    else:
        messages.success(request, gettext("The file has been removed."))
    return redirect("report", report.table, report.year)


urlpatterns = [
    path("reports/<int:number>/evidence/", add, name="evidence-add"),
    path("evidence/<int:number>/", download, name="evidence"),
    path("evidence/<int:number>/remove/", remove, name="evidence-remove"),
]
