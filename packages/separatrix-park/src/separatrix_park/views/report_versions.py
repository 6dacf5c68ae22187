"""Versions of a report: what each holds and changes, its judgement, and what its authors may do with it."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.language import library_language, translate_sentence
from separatrix_park.models import Evidence, Report, Role, Sharing
from separatrix_park.models.people import require
from separatrix_park.reporting.background import background_of
from separatrix_park.reporting.entry_form import form_of_rows
from separatrix_park.reporting.examination import ReportIssue, examined
from separatrix_park.reporting.report_page import told_changes, told_findings
from separatrix_park.reporting.report_versions import (
    discard_draft,
    judge_report,
    may_judge,
    reports_of,
    withdraw_report,
)
from separatrix_park.reporting.reported_table import reported_tables
from separatrix_park.reporting.shared_report import enterprise_names
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.reports import OF_ENTERPRISES, naming, own_enterprise

__all__ = ["MENU", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = ()


@login_required
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Show one version of a report, what it changes, and to whom it waits."""
    person = require(request.user, *Role.values)
    found = get_object_or_404(Report, pk=number)
    table = reported_tables().get(found.table)
    if table is None:
        raise Http404
    own = person.enterprise_id is None or person.enterprise_id == found.enterprise_id
    versions = (
        list(reports_of(found.enterprise_id, found.table, found.year).defer("rows", "reasons"))
        if own
        else [found]
    )
    base = _base(found, request.GET.get("against")) if own else None
    form = form_of_rows(table, found.rows, library_language())
    findings: Sequence[ReportIssue] = ()
    if own:
        background = background_of(settings.PARK, found.enterprise, found.rows)
        findings = examined(table, found.year, found.rows, background)
    context = {
        **naming(found.table, found.year),
        "report": found,
        "enterprise": found.enterprise.name if own else _name_of_sharer(found),
        "form": form,
        "lines": form.filled_lines(findings),
        "own": own,
        "versions": versions,
        "is_newest": versions[0].pk == found.pk,
        "base": base,
        "changes": told_changes(table, base.rows, found.rows, library_language()) if base else [],
        **told_findings(form, findings, found.reasons),
        "judges": may_judge(person, found),
        "writes": person.role in OF_ENTERPRISES and own,
        "evidence": Evidence.objects.filter(report=found),
    }
    return render(request, "park/reporting/report_version.html", context)


def _name_of_sharer(found: Report) -> str:
    """Return what the enterprise is called that shares a report."""
    names = enterprise_names(Sharing.objects.filter(enterprise_id=found.enterprise_id)[:1])
    return names.get(found.enterprise_id, "")


def _base(found: Report, against: str | None) -> Report | None:
    """Return the version for comparison: a chosen one, else the previous valid one."""
    earlier = reports_of(found.enterprise_id, found.table, found.year).filter(version__lt=found.version)
    if against is not None and against.isdecimal() and len(against) < 10:
        return earlier.filter(version=int(against)).first()
    return earlier.filter(state=Report.State.APPROVED).first()


@login_required
@require_POST
def judge(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or return a report of one's own enterprise that another person entered."""
    person = require(request.user, Role.APPROVAL)
    found = get_object_or_404(reports_of(own_enterprise(person).pk), pk=number)
    approve = request.POST.get("verdict") == "approve"
    try:
        judge_report(
            person,
            number,
            request.POST.get("stamp", ""),
            approve=approve,
            reason=request.POST.get("reason", ""),
        )
    except InputError as problem:
        messages.error(request, translate_sentence(problem.message))
        return redirect("report-version", found.pk)
    messages.success(request, gettext("Approved.") if approve else gettext("Returned with the reason."))
    return redirect("reports")


@login_required
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back a report that waits for approval."""
    person = require(request.user, *OF_ENTERPRISES)
    found = get_object_or_404(reports_of(own_enterprise(person).pk), pk=number)
    try:
        withdraw_report(person, number)
    except InputError as problem:
        messages.error(request, translate_sentence(problem.message))
        return redirect("report-version", found.pk)
    messages.success(request, gettext("Withdrawn: the report is a draft again."))
    return redirect("report", found.table, found.year)


@login_required
@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw a draft away."""
    person = require(request.user, *OF_ENTERPRISES)
    found = get_object_or_404(reports_of(own_enterprise(person).pk), pk=number)
    try:
        discard_draft(settings.PARK, person, number, request.POST.get("stamp", ""))
    except InputError as problem:
        messages.error(request, translate_sentence(problem.message))
        return redirect("report", found.table, found.year)
    messages.success(
        request, gettext("The draft has been deleted; the previously approved version remains valid.")
    )
    return redirect("reports")


urlpatterns = [
    path("reports/<int:number>/", version, name="report-version"),
    path("reports/<int:number>/judge/", judge, name="judge"),
    path("reports/<int:number>/withdraw/", withdraw, name="report-withdraw"),
    path("reports/<int:number>/discard/", discard, name="report-discard"),
]
