"""Reports of an enterprise: the list of due reports, the form, its checks and a workbook to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_cluster.frame.park_measures import TCE
from separatrix_park.language import library_language, unit_text
from separatrix_park.models import Enterprise, Evidence, Person, Report, Role
from separatrix_park.models.people import require
from separatrix_park.reporting.background import background_of
from separatrix_park.reporting.duties import duties_of
from separatrix_park.reporting.entry_form import (
    EntryForm,
    form_of_post,
    form_of_rows,
)
from separatrix_park.reporting.examination import (
    Background,
    Examination,
    examination,
    examined,
)
from separatrix_park.reporting.report_page import told_changes, told_findings, told_sums
from separatrix_park.reporting.report_versions import (
    SavedMeanwhile,
    has_second_person,
    may_judge,
    newest_report,
    reports_of,
    save_draft,
    submit_report,
)
from separatrix_park.reporting.reported_table import (
    STANDING,
    ReportedTable,
    Row,
    reported_tables,
    table_and_year,
)
from separatrix_park.reporting.table_titles import period_of_report, title_of
from separatrix_park.reporting.template_workbook import WORKBOOK, template_workbook, workbook_name
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.query import year_of

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("reports", _("Reports"), (Role.ENTRY, Role.APPROVAL), 10),)

OF_ENTERPRISES = (Role.ENTRY, Role.APPROVAL)


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show the reports due for one's own enterprise, and their progress."""
    person = require(request.user, *OF_ENTERPRISES)
    duties = duties_of(own_enterprise(person).pk)
    year = timezone.localtime().year
    context = {
        "duties": [(d, title_of(d.table), period_of_report(d.year)) for d in duties],
        "owed": sum(d.open and d.due is not None for d in duties),
        "late": sum(d.overdue for d in duties),
        "tables": [(t.name, title_of(t.name), t.dated) for t in reported_tables().values()],
        "years": range(year, year - 6, -1),
        "last_year": year - 1,
        "now": timezone.now(),
        "waiting": [
            (r, title_of(r.table), period_of_report(r.year))
            for r in reports_of(own_enterprise(person).pk).filter(state=Report.State.SUBMITTED).defer("rows")
            if may_judge(person, r)
        ],
    }
    return render(request, "park/reporting/reports.html", context)


@login_required
def begin(request: HttpRequest) -> HttpResponse:
    """Lead to the report that was chosen from the lists of tables and years."""
    require(request.user, *OF_ENTERPRISES)
    table = reported_tables().get(request.GET.get("table", ""))
    if table is None:
        raise Http404
    year = year_of(request.GET.get("year")) if table.dated else STANDING
    if year is None:
        raise Http404
    return redirect("report", table.name, year)


@login_required
def report(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Fill in a report of one's own enterprise, save it, submit it."""
    person = require(request.user, *OF_ENTERPRISES)
    found = table_and_year(table, year)
    newest = newest_report(own_enterprise(person).pk, table, year)
    if request.method == "POST":
        return _posted(request, person, found, year)
    waits = newest is not None and newest.state == Report.State.SUBMITTED
    stands = newest is not None and newest.state == Report.State.APPROVED and "correct" not in request.GET
    if newest is not None and (waits or stands):
        return redirect("report-version", newest.pk)
    form = form_of_rows(found, newest.rows if newest else [], library_language())
    return _form_page(request, person, found, year, newest, form)


def _posted(request: HttpRequest, person: Person, table: ReportedTable, year: int) -> HttpResponse:
    """Do what the button said: one more line, save, or submit."""
    action = request.POST.get("action", "save")
    form = form_of_post(table, request.POST, library_language(), more=3 if action == "line" else 0)
    newest = newest_report(own_enterprise(person).pk, table.name, year)
    if action == "line":
        return _form_page(request, person, table, year, newest, form, posted=True)
    try:
        draft = save_draft(
            person,
            table.name,
            year,
            form.rows,
            request.POST.get("stamp", ""),
            why=request.POST.get("why", ""),
            nothing="nothing" in request.POST,
            reasons=_reasons(request),
        )
    except SavedMeanwhile as problem:
        return _form_page(
            request, person, table, year, problem.now, form, posted=True, problem=problem, status=409
        )
    except InputError as problem:
        return _form_page(
            request, person, table, year, newest, form, posted=True, problem=problem, status=422
        )
    if action != "submit":
        messages.success(request, gettext("Saved as a draft; it has not been submitted yet."))
        return redirect("report", table.name, year)
    findings = examined(table, year, draft.rows, _background(person, draft.rows))
    try:
        submit_report(person, draft.pk, draft.stamp, findings)
    except InputError as problem:
        return _form_page(request, person, table, year, draft, form, posted=True, problem=problem, status=422)
    messages.success(request, gettext("Submitted: a second person of your enterprise has to approve it."))
    return redirect("report-version", draft.pk)


def _form_page(
    request: HttpRequest,
    person: Person,
    table: ReportedTable,
    year: int,
    newest: Report | None,
    form: EntryForm,
    *,
    posted: bool = False,
    problem: InputError | None = None,
    status: int = 200,
) -> HttpResponse:
    background = _background(person, form.rows)
    found = examination(table, year, form.rows, background)
    open_draft = newest is not None and newest.state == Report.State.DRAFT
    reasons = _reasons(request) if posted else (newest.reasons if newest else {})
    standing = (
        reports_of(own_enterprise(person).pk, table.name, year).filter(state=Report.State.APPROVED).first()
    )
    conflict = problem.now if isinstance(problem, SavedMeanwhile) else None
    kept = form.rows if conflict is None else conflict.rows
    differences = told_changes(table, kept, form.rows, library_language())
    context = {
        **naming(table.name, year),
        **_checked(table, year, form, found, reasons, background),
        "newest": newest,
        "draft": newest if open_draft else None,
        "stamp": newest.stamp if newest else "",
        "form": form,
        "lines": form.lines(found.findings),
        "problem": problem,
        "conflict": conflict,
        "differences": differences,
        "returned": newest if newest is not None and newest.state == Report.State.RETURNED else None,
        "standing": standing,
        "why": request.POST.get("why", "") if posted else (newest.why if newest and open_draft else ""),
        "nothing": "nothing" in request.POST if posted else bool(newest and newest.nothing),
        "alone": not has_second_person(person),
        "evidence": Evidence.objects.filter(report=newest) if open_draft else (),
        "money": unit_text(background.description.money_unit)
        if any(c.kind in ("money", "per_unit") for c in table.columns)
        else "",
    }
    return render(request, "park/reporting/report.html", context, status=status)


@require_POST
def check(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Show the results of the library's checks for the form, without saving it."""
    if not request.user.is_authenticated:  # a redirect would put the page of the log-in into the form
        return HttpResponse(status=401)
    person = require(request.user, *OF_ENTERPRISES)
    found = table_and_year(table, year)
    form = form_of_post(found, request.POST, library_language())
    background = _background(person, form.rows)
    told_of = examination(found, year, form.rows, background)
    context = _checked(found, year, form, told_of, _reasons(request), background)
    return render(request, "park/reporting/checks.html", context)


def _checked(
    table: ReportedTable,
    year: int,
    form: EntryForm,
    found: Examination,
    reasons: Mapping[str, str],
    background: Background,
) -> dict[str, Any]:
    """Return what the panel of checks shows."""
    before = background.before.get((table.name, year - 1), ())
    now, last = found.energy, found.energy_before
    change = 100 * (now / last - 1) if now is not None and last else None
    return {
        **told_findings(form, found.findings, reasons),
        "rows": len(form.rows),
        "sums": told_sums(table, form.rows, before, library_language()) if table.dated else [],
        "energy": None if now is None else now / TCE,
        "energy_before": None if last is None else last / TCE,
        "change": change,
        "year": year,
        "year_before": year - 1,
    }


@login_required
def template(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Hand out a workbook to fill in, with what is known already."""
    person = require(request.user, *OF_ENTERPRISES)
    found = table_and_year(table, year)
    newest = newest_report(own_enterprise(person).pk, table, year)
    content = template_workbook(found, year, newest.rows if newest else [], library_language())
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{workbook_name(table, year)}"'
    return response


# --------------------------------------------------------------------------- what several pages need


def own_enterprise(person: Person) -> Enterprise:
    enterprise = person.enterprise
    if enterprise is None:
        raise Http404
    return enterprise


def naming(table: str, year: int) -> dict[str, Any]:
    return {"table": table, "title": title_of(table), "year": year, "period": period_of_report(year)}


def _reasons(request: HttpRequest) -> dict[str, str]:
    prefix = "reason:"
    return {k[len(prefix) :]: str(v)[:1000] for k, v in request.POST.items() if k.startswith(prefix)}


def _background(person: Person, rows: Sequence[Row]) -> Background:
    return background_of(settings.PARK, own_enterprise(person), rows)


urlpatterns = [
    path("reports/", overview, name="reports"),
    path("reports/begin/", begin, name="report-begin"),
    path("reports/<str:table>/<int:year>/", report, name="report"),
    path("reports/<str:table>/<int:year>/check/", check, name="report-check"),
    path("reports/<str:table>/<int:year>/template/", template, name="report-template"),
]
