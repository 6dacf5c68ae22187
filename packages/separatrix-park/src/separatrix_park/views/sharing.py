"""Sharing: which reports an enterprise lets another read, and what others let it read.

Evidence files of a report, added by the people who enter it and open to all its readers.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.models.people import require
from separatrix_park.models.reports import Evidence, Report, Sharing
from separatrix_park.reporting.evidence import (
    LARGEST_EVIDENCE,
    add_evidence,
    end_sharing,
    enterprise_names,
    evidence_path,
    recipient_of,
    remove_evidence,
    share_table,
)
from separatrix_park.reporting.tables import STANDING, TITLES, period_of_report, reported_tables, title_of
from separatrix_park.scope import Role, translate_sentence
from separatrix_park.views.home import problem_line
from separatrix_park.views.navigation import MenuEntry

__all__ = ["MENU", "urlpatterns"]


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


MENU: tuple[MenuEntry, ...] = (MenuEntry("sharing", _("Sharing"), (Role.ENTRY, Role.APPROVAL), 40),)


class SharingForm(forms.Form):
    """With whom a table is shared, from which year on."""

    recipient = forms.CharField(
        label=_("Enterprise to share with"),
        max_length=200,
        help_text=_(
            "The id or full name of the enterprise. The park does not confirm that it exists:"
            " ask the enterprise whether it sees the reports."
        ),
    )
    table = forms.ChoiceField(label=_("Table"), choices=lambda: [(n, TITLES[n]) for n in reported_tables()])
    since = forms.IntegerField(
        label=_("Starting year"),
        required=False,
        min_value=1990,
        max_value=2200,
        help_text=_("Leave empty for a list that applies to all years."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the year of a table that has years."""
        given: dict[str, Any] = super().clean() or {}
        table = reported_tables().get(given.get("table", ""))
        if table is not None and table.dated and not given.get("since") and "since" not in self.errors:
            self.add_error("since", gettext("Enter the starting year."))
        return given


@login_required
def sharing(request: HttpRequest) -> HttpResponse:
    """Show what is shared, by one's own enterprise and with it; share more."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    form = SharingForm(request.POST or None) if person.role == Role.APPROVAL else None
    if request.method == "POST":
        require(request.user, Role.APPROVAL)
        if form is not None and form.is_valid():
            given = form.cleaned_data
            table = reported_tables()[given["table"]]
            try:
                share_table(person, given["recipient"], table, given["since"] if table.dated else STANDING)
            except InputError as problem:
                form.add_error("recipient", translate_sentence(problem.message))
            else:
                messages.success(
                    request,
                    gettext(
                        "Shared: if an enterprise of the park has this name, its people can see "
                        "approved reports from now on."
                    ),
                )
                return redirect("sharing")
    own = list(Sharing.objects.filter(enterprise_id=person.enterprise_id).order_by("table", "made"))
    others = list(Sharing.objects.exclude(enterprise_id=person.enterprise_id).order_by("table"))
    reports = (
        Report.objects.exclude(enterprise_id=person.enterprise_id)
        .filter(state=Report.State.APPROVED)
        .order_by("table", "-year", "enterprise_id", "-version")
        .defer("rows", "reasons")
    )
    newest: dict[tuple[Any, str, int], Report] = {}
    for report in reports:
        newest.setdefault((report.enterprise_id, report.table, report.year), report)
    names = enterprise_names([*own, *others])
    context = {
        "form": form,
        "own": [(s, recipient_of(s, names), title_of(s.table)) for s in own],
        "others": [(s, names[s.enterprise_id], title_of(s.table)) for s in others],
        "reports": [
            (r, names[r.enterprise_id], title_of(r.table), period_of_report(r.year))
            for r in newest.values()
            if r.enterprise_id in names
        ],
    }
    return render(
        request, "park/reporting/sharing.html", context, status=422 if form and form.errors else 200
    )


@login_required
@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End a sharing of one's own enterprise."""
    person = require(request.user, Role.APPROVAL)
    end_sharing(person, get_object_or_404(Sharing, pk=number, enterprise_id=person.enterprise_id))
    messages.success(request, gettext("No longer shared."))
    return redirect("sharing")


urlpatterns += [
    path("sharing/", sharing, name="sharing"),
    path("sharing/<int:number>/end/", end, name="sharing-end"),
]
