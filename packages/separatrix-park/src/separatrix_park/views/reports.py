"""Reports of an enterprise: the list of due reports, the form, its checks and a workbook to fill in.

Versions of a report: what each holds and changes, its judgement, and what its authors may do with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_cluster.frame.park_indicators import TCE
from separatrix_park.models.people import Enterprise, Person, require
from separatrix_park.models.reports import Evidence, Report, Sharing
from separatrix_park.reporting.checks import Background, Examination, ReportIssue, examination, examined
from separatrix_park.reporting.evidence import enterprise_names
from separatrix_park.reporting.forms import (
    WORKBOOK,
    EntryForm,
    form_of_post,
    form_of_rows,
    template_workbook,
    workbook_name,
)
from separatrix_park.reporting.report_page import told_changes, told_findings, told_sums
from separatrix_park.reporting.tables import (
    STANDING,
    ReportedTable,
    Row,
    duties_of,
    period_of_report,
    reported_tables,
    table_and_year,
    title_of,
)
from separatrix_park.reporting.versions import (
    SavedMeanwhile,
    background_of,
    discard_draft,
    has_second_person,
    judge_report,
    may_judge,
    newest_report,
    reports_of,
    save_draft,
    submit_report,
    withdraw_report,
)
from separatrix_park.scope import Role, library_language, translate_sentence, unit_text
from separatrix_park.views.navigation import MenuEntry, year_of

__all__ = ["MENU", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = (MenuEntry("reports", _("Reports"), (Role.ENTRY, Role.APPROVAL), 10),)

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


urlpatterns += [
    path("reports/<int:number>/", version, name="report-version"),
    path("reports/<int:number>/judge/", judge, name="judge"),
    path("reports/<int:number>/withdraw/", withdraw, name="report-withdraw"),
    path("reports/<int:number>/discard/", discard, name="report-discard"),
]
