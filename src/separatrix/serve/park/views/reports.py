"""Reports of an enterprise: the list of what is asked for, the form, its checks, versions and judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
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
from separatrix.serve.park.language import library_language, told
from separatrix.serve.park.models import Enterprise, Evidence, Person, Report, Role, Sharing
from separatrix.serve.park.reporting.background import background_of
from separatrix.serve.park.reporting.duties import duties_of
from separatrix.serve.park.reporting.entry_form import (
    EntryForm,
    FieldPlace,
    cell_text,
    form_of_post,
    form_of_rows,
)
from separatrix.serve.park.reporting.examination import (
    Background,
    Examination,
    Finding,
    examination,
    examined,
)
from separatrix.serve.park.reporting.report_versions import (
    SavedMeanwhile,
    discard_draft,
    judge_report,
    may_judge,
    newest_report,
    reports_of,
    save_draft,
    submit_report,
    withdraw_report,
)
from separatrix.serve.park.reporting.reported_table import (
    STANDING,
    ReportedTable,
    Row,
    called,
    reported_tables,
    table_and_year,
)
from separatrix.serve.park.reporting.shared_report import enterprise_names
from separatrix.serve.park.reporting.table_titles import period_of_report, title_of
from separatrix.serve.park.reporting.template_workbook import template_workbook
from separatrix.serve.park.reporting.version_changes import version_changes
from separatrix.serve.park.reporting.yearly_sums import yearly_sums
from separatrix.serve.park.scope import require
from separatrix.serve.park.views.menu import MenuEntry

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("reports", _("Reports"), (Role.ENTRY, Role.APPROVAL), 10),)

OF_ENTERPRISES = (Role.ENTRY, Role.APPROVAL)
USUAL_USE = "used"
TCE = 29.307
"""GJ of a tonne of coal equivalent (GB/T 2589)."""


@dataclass(frozen=True)
class Found:
    """A finding with its place in the form, and the reason it stays for."""

    finding: Finding
    place: FieldPlace | None
    reason: str = ""


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is asked of one's own enterprise, and how far it has come."""
    person = require(request.user, *OF_ENTERPRISES)
    duties = duties_of(_own(person).pk)
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
            for r in reports_of(_own(person).pk).filter(state=Report.State.SUBMITTED).defer("rows")
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
    year = request.GET.get("year", "")
    return redirect("report", table.name, int(year) if table.dated and year.isdigit() else STANDING)


@login_required
def report(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Fill in a report of one's own enterprise, save it, submit it."""
    person = require(request.user, *OF_ENTERPRISES)
    found = table_and_year(table, year)
    newest = newest_report(_own(person).pk, table, year)
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
    newest = newest_report(_own(person).pk, table.name, year)
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
        messages.success(request, gettext("Saved as a draft; it is not submitted yet."))
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
    standing = reports_of(_own(person).pk, table.name, year).filter(state=Report.State.APPROVED).first()
    conflict = problem.now if isinstance(problem, SavedMeanwhile) else None
    context = {
        **_named(table.name, year),
        **_checked(table, year, form, found, reasons, background),
        "newest": newest,
        "draft": newest if open_draft else None,
        "stamp": newest.stamp if newest else "",
        "form": form,
        "lines": form.lines(found.findings),
        "problem": problem,
        "conflict": conflict,
        "differences": [] if conflict is None else _changes(table, conflict.rows, form.rows),
        "returned": newest if newest is not None and newest.state == Report.State.RETURNED else None,
        "standing": standing,
        "why": request.POST.get("why", "") if posted else (newest.why if newest and open_draft else ""),
        "nothing": "nothing" in request.POST if posted else bool(newest and newest.nothing),
        "alone": not _second_person(person),
        "evidence": Evidence.objects.filter(report=newest) if open_draft else (),
        "money": background.description.money_unit
        if any(c.kind in ("money", "per_unit") for c in table.columns)
        else "",
    }
    return render(request, "park/reporting/report.html", context, status=status)


@require_POST
def check(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Tell what the library's checks say of what stands in the form, without keeping it."""
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
    told_of = [Found(f, form.place_of(f), reasons.get(f.key, "")) for f in found.findings]
    before = background.before.get((table.name, year - 1), ())
    now, last = found.energy, found.energy_before
    change = 100 * (now / last - 1) if now is not None and last else None
    return {
        "errors": [f for f in told_of if f.finding.severity == "error"],
        "doubts": [f for f in told_of if f.finding.severity == "warning"],
        "notes": [f for f in told_of if f.finding.severity == "note"],
        "rows": len(form.rows),
        "sums": _sums(table, form.rows, before) if table.dated else [],
        "energy": None if now is None else now / TCE,
        "energy_before": None if last is None else last / TCE,
        "change": change,
        "year": year,
        "year_before": year - 1,
    }


@dataclass(frozen=True)
class SumLine:
    """A sum beside that of the year before, as a page shows it."""

    label: str
    now: str
    before: str
    change: str
    far: bool


def _sums(table: ReportedTable, rows: Sequence[Row], before: Sequence[Row]) -> list[SumLine]:
    found = []
    for one in yearly_sums(table, rows, before):
        words = [
            cell_text(column, text, library_language())
            for name, text in one.key
            if (column := table.column(name)) is not None and text != USUAL_USE
        ]
        column = table.column(one.column)
        label = " · ".join(words) or (called(column, library_language()) if column else one.column)
        change = "–" if one.change is None else f"{one.change:+,.0f} %"
        far = one.far and one.before is not None
        found.append(SumLine(label, _number(one.now), _number(one.before), change, far))
    return found


def _number(value: Decimal | None) -> str:
    return "–" if value is None else f"{float(value):,.12g}"


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
    findings: Sequence[Finding] = ()
    if own:
        background = background_of(settings.PARK, found.enterprise, found.rows)
        findings = examined(table, found.year, found.rows, background)
    told_of = [Found(f, form.place_of(f), found.reasons.get(f.key, "")) for f in findings]
    context = {
        **_named(found.table, found.year),
        "report": found,
        "enterprise": found.enterprise.name if own else _name_of_sharer(found),
        "form": form,
        "lines": form.told(findings),
        "own": own,
        "versions": versions,
        "is_newest": versions[0].pk == found.pk,
        "base": base,
        "changes": _changes(table, base.rows, found.rows) if base else [],
        "errors": [f for f in told_of if f.finding.severity == "error"],
        "doubts": [f for f in told_of if f.finding.severity == "warning"],
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
    """Return the version that another one is held against: one that was chosen, else what counted before."""
    earlier = reports_of(found.enterprise_id, found.table, found.year).filter(version__lt=found.version)
    if against is not None and against.isdigit():
        return earlier.filter(version=int(against)).first()
    return earlier.filter(state=Report.State.APPROVED).first()


@dataclass(frozen=True)
class CellChange:
    """One cell that differs, as a page shows it."""

    row: str
    column: str
    before: str
    after: str


def _changes(table: ReportedTable, before: Sequence[Row], after: Sequence[Row]) -> list[CellChange]:
    found = []
    for change in version_changes(table, before, after):
        told_key = zip(
            [n for n in table.key if (change.after or change.before or {}).get(n)], change.key, strict=False
        )
        words = [
            text if (column := table.column(name)) is None else cell_text(column, text, library_language())
            for name, text in told_key
        ]
        row = " · ".join(words) or "1"
        for name in change.columns:
            column = table.column(name)
            label = name if column is None else called(column, library_language())
            old, new = (change.before or {}).get(name, ""), (change.after or {}).get(name, "")
            if column is not None:
                old, new = (cell_text(column, text, library_language()) for text in (old, new))
            found.append(CellChange(row, label, old, new))
    return found


@login_required
@require_POST
def judge(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or return a report of one's own enterprise that somebody else entered."""
    person = require(request.user, Role.APPROVAL)
    found = get_object_or_404(reports_of(_own(person).pk), pk=number)
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
        messages.error(request, told(problem.message))
        return redirect("report-version", found.pk)
    messages.success(request, gettext("Approved.") if approve else gettext("Returned, with the reason."))
    return redirect("reports")


@login_required
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back a report that waits for approval."""
    person = require(request.user, *OF_ENTERPRISES)
    found = get_object_or_404(reports_of(_own(person).pk), pk=number)
    try:
        withdraw_report(person, number)
    except InputError as problem:
        messages.error(request, told(problem.message))
        return redirect("report-version", found.pk)
    messages.success(request, gettext("Taken back: it is a draft again."))
    return redirect("report", found.table, found.year)


@login_required
@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw a draft away."""
    person = require(request.user, *OF_ENTERPRISES)
    found = get_object_or_404(reports_of(_own(person).pk), pk=number)
    try:
        discard_draft(settings.PARK, person, number, request.POST.get("stamp", ""))
    except InputError as problem:
        messages.error(request, told(problem.message))
        return redirect("report", found.table, found.year)
    messages.success(request, gettext("The draft is gone; what was approved before it stands."))
    return redirect("reports")


@login_required
def template(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Hand out a workbook to fill in, with what is known already."""
    person = require(request.user, *OF_ENTERPRISES)
    found = table_and_year(table, year)
    newest = newest_report(_own(person).pk, table, year)
    content = template_workbook(found, year, newest.rows if newest else [], library_language())
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = table if year == STANDING else f"{table}-{year}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


# --------------------------------------------------------------------------- what several pages need


def _own(person: Person) -> Enterprise:
    enterprise = person.enterprise
    if enterprise is None:
        raise Http404
    return enterprise


def _named(table: str, year: int) -> dict[str, Any]:
    return {"table": table, "title": title_of(table), "year": year, "period": period_of_report(year)}


def _reasons(request: HttpRequest) -> dict[str, str]:
    prefix = "reason:"
    return {k[len(prefix) :]: str(v)[:1000] for k, v in request.POST.items() if k.startswith(prefix)}


def _background(person: Person, rows: Sequence[Row]) -> Background:
    return background_of(settings.PARK, _own(person), rows)


def _second_person(person: Person) -> bool:
    """Return whether somebody else of the enterprise could approve what a person enters."""
    others = Person.objects.filter(
        enterprise_id=person.enterprise_id, role=Role.APPROVAL, is_active=True
    ).exclude(pk=person.pk)
    return bool(others.exists())


urlpatterns = [
    path("reports/", overview, name="reports"),
    path("reports/begin/", begin, name="report-begin"),
    path("reports/<str:table>/<int:year>/", report, name="report"),
    path("reports/<str:table>/<int:year>/check/", check, name="report-check"),
    path("reports/<str:table>/<int:year>/template/", template, name="report-template"),
    path("reports/<int:number>/", version, name="report-version"),
    path("reports/<int:number>/judge/", judge, name="judge"),
    path("reports/<int:number>/withdraw/", withdraw, name="report-withdraw"),
    path("reports/<int:number>/discard/", discard, name="report-discard"),
]
