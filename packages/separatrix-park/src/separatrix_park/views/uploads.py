"""Spreadsheets: of one enterprise into its drafts, and of the office for many enterprises at once.

The tables that the office keeps itself: what is there, and a spreadsheet in its place.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix_park.models.people import Person, require
from separatrix_park.models.reports import Report
from separatrix_park.reporting.forms import WORKBOOK, form_of_rows, template_workbook, workbook_name
from separatrix_park.reporting.office_table import (
    keep_office_table,
    newest_tables,
    office_tables,
    read_office_table,
    table_csv,
)
from separatrix_park.reporting.own_spreadsheet import keep_own_spreadsheet, read_own_spreadsheet
from separatrix_park.reporting.park_import import Newcomer, ParkImport, keep_import, read_import
from separatrix_park.reporting.spreadsheet import LARGEST_SPREADSHEET, Spreadsheet
from separatrix_park.reporting.tables import (
    STANDING,
    ReportedTable,
    reported_tables,
    table_and_year,
    title_of,
)
from separatrix_park.reporting.versions import newest_report
from separatrix_park.scope import Role, library_language
from separatrix_park.scope import translate_sentence as told_in
from separatrix_park.views.navigation import MenuEntry, year_of
from separatrix_park.views.reports import naming, own_enterprise

__all__ = ["MENU", "sent_spreadsheet", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = (MenuEntry("park-import", _("Import spreadsheets"), (Role.OFFICE,), 25),)

_MOST_TOLD = 12
"""Maximum number of remarks shown on how a file was interpreted."""

_MOST_MENDED = 400
"""So many rows may be mended in the form at once; larger files are mended where they were made."""


@login_required
def upload(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Read a spreadsheet of one's own enterprise into drafts; with an error nothing is kept."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    found = table_and_year(table, year)
    context = naming(table, year)
    if request.method != "POST":
        return render(request, "park/reporting/upload.html", context)
    try:
        name, data = sent_spreadsheet(request)
        sheet = read_own_spreadsheet(settings.PARK, own_enterprise(person), found, name, data, year)
        if sheet.errors:
            context |= {"sheet": sheet, **_mend(person, found, sheet, year)}
            return render(request, "park/reporting/upload.html", context, status=422)
        kept = keep_own_spreadsheet(person, found, sheet, replace="replace" in request.POST)
    except SeparatrixError as problem:
        return render(request, "park/reporting/upload.html", context | {"problem": problem}, status=422)
    told = ngettext(
        "%(rows)d row was read into a draft; it has not been submitted yet.",
        "%(rows)d rows were read into drafts; they have not been submitted yet.",
        len(sheet.rows),
    )
    messages.success(request, told % {"rows": len(sheet.rows)})
    _tell_how_understood(request, sheet)
    return redirect("report", table, kept[0].year) if len(kept) == 1 else redirect("reports")


def _tell_how_understood(request: HttpRequest, sheet: Spreadsheet) -> None:
    """Show what was skipped or decided in a file: after the import, nothing else shows it."""
    for remark in sheet.understood[:_MOST_TOLD]:
        level = messages.INFO if remark.severity == "note" else messages.WARNING
        place = (
            remark.file
            if remark.row is None
            else f"{remark.file}, {gettext('row %(row)s') % {'row': remark.row}}"
        )
        if remark.column is not None:
            place = f"{place} [{remark.column}]"
        # What to do with sheets is said for folders; here each of them is sent by itself.
        hint = (
            _("Upload such a sheet separately if it belongs here as well.") if remark.code == "K105" else None
        )
        if hint is None and remark.hint is not None:
            hint = told_in(remark.hint)
        told = f"{place}: {told_in(remark.what)} {hint or ''}".rstrip()
        messages.add_message(request, level, f"{told} ({remark.code})")
    if len(sheet.understood) > _MOST_TOLD:
        more = len(sheet.understood) - _MOST_TOLD
        messages.warning(request, ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more})


def sent_spreadsheet(request: HttpRequest) -> tuple[str, bytes]:
    """Return the name and the bytes of the uploaded file; one byte more than allowed shows that it is too
    large.

    Raises
    ------
    InputError
        W244 where there is none.
    """
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        raise InputError("W244", say("no file was sent"), hint=say("choose a workbook or a CSV file"))
    return sent.name or "", sent.read(LARGEST_SPREADSHEET + 1)


def _mend(person: Person, table: ReportedTable, sheet: Spreadsheet, year: int) -> dict[str, Any]:
    """Return the rows as a form would send them, so that they can be mended there."""
    rows = [row.cells for row in sheet.rows if row.year in (year, STANDING)]
    if not rows or len(rows) > _MOST_MENDED:
        return {}
    form = form_of_rows(table, rows, library_language())
    lines = [line for line in form.lines() if line.filled]
    newest = newest_report(own_enterprise(person).pk, table.name, year)
    if newest is not None and newest.state == Report.State.SUBMITTED:
        return {}
    return {
        "layout": form.layout,
        "hidden": [(cell.name, cell.value) for line in lines for cell in line.cells],
        "stamp": newest.stamp if newest else "",
    }


@login_required
def park_import(request: HttpRequest) -> HttpResponse:
    """Read a spreadsheet of many enterprises: all of it, or nothing."""
    person = require(request.user, Role.OFFICE)
    now = timezone.localtime().year
    context: dict[str, Any] = {
        "tables": [(t.name, title_of(t.name), t.dated) for t in reported_tables().values()],
        "years": range(now, now - 10, -1),
        "chosen": request.POST.get("table", "energy"),
        "history": request.POST.get("history") == "yes",
        "why": request.POST.get("why", ""),
    }
    if request.method != "POST":
        return render(request, "park/reporting/import.html", context)
    table, year = reported_tables().get(request.POST.get("table", "")), year_of(request.POST.get("year"))
    try:
        if table is None:
            raise InputError("W244", say("no table was chosen"))
        name, data = sent_spreadsheet(request)
        found = read_import(
            settings.PARK,
            person,
            table,
            name,
            data,
            year=year if table.dated and year is not None else STANDING,
            newcomers=_confirmed(request),
        )
        context["unknown"] = [*found.newcomers, *found.proposals]
        if not found.sound:
            context |= {"sheet": found.sheet, "problems": found.problems}
            return render(request, "park/reporting/import.html", context, status=422)
        context["found"] = found
        kept = keep_import(
            person,
            found,
            history=bool(context["history"]),
            why=str(context["why"]),
            confirmation=request.POST.get("confirmation", ""),
        )
    except SeparatrixError as problem:
        return render(request, "park/reporting/import.html", context | {"problem": problem}, status=422)
    _tell_what_became_of(request, found, kept, history=bool(context["history"]))
    if new := len(found.newcomers):
        admitted = ngettext("%(n)d enterprise admitted.", "%(n)d enterprises admitted.", new)
        messages.success(request, admitted % {"n": new})
    _tell_how_understood(request, found.sheet)
    return redirect("park-import")


def _tell_what_became_of(request: HttpRequest, found: ParkImport, kept: int, *, history: bool) -> None:
    """Show how many reports a file made, and how many it corrects or leaves unchanged."""
    text = (
        gettext("%(rows)d rows imported as %(n)d approved reports.")
        if history
        else gettext("%(rows)d rows imported as %(n)d reports; each enterprise approves its own.")
    )
    if kept:
        same = set(found.unchanged)
        rows = sum((row.enterprise, row.year) not in same for row in found.sheet.rows)
        messages.success(request, text % {"rows": rows, "n": kept})
    else:
        messages.info(request, gettext("Nothing new: the park has these reports already."))
    for count, sentence in (
        (
            len(found.replaced),
            ngettext(
                "%(n)d of them corrects an approved report.",
                "%(n)d of them correct approved reports.",
                len(found.replaced),
            ),
        ),
        (
            len(found.unchanged) if kept else 0,
            ngettext(
                "%(n)d report already has the same rows and stays unchanged.",
                "%(n)d reports already have the same rows and stay unchanged.",
                len(found.unchanged),
            ),
        ),
    ):
        if count:
            messages.info(request, sentence % {"n": count})


def _confirmed(request: HttpRequest) -> list[Newcomer]:
    """Return the enterprises that the office confirms by the button for it; none by the other one."""
    if request.POST.get("admit") != "yes":
        return []
    posted = (request.POST.getlist(f"new-{field}") for field in ("text", "id", "name"))
    return [
        Newcomer(text, key.strip(), name.strip() or text)
        for text, key, name in zip(*posted, strict=False)
        if text and key.strip()
    ]


urlpatterns = [
    path("reports/<str:table>/<int:year>/upload/", upload, name="report-upload"),
    path("import/", park_import, name="park-import"),
]


MENU += (MenuEntry("office-tables", _("Office tables"), (Role.OFFICE, Role.AUDITOR), 70),)


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show which tables the office keeps, and take one in from a spreadsheet."""
    person = require(request.user, Role.OFFICE, Role.AUDITOR)
    context: dict[str, Any] = {}
    if request.method == "POST":
        require(request.user, Role.OFFICE)
        table = office_tables().get(request.POST.get("table", ""))
        if table is None:
            raise Http404
        try:
            sheet = read_office_table(settings.PARK, person, table, *sent_spreadsheet(request))
            if not sheet.errors:
                made = keep_office_table(person, table, sheet)
                told = gettext("%(table)s: version %(version)d with %(n)d rows; answers use it from now on.")
                named = {"table": title_of(table.name), "version": made.version, "n": len(made.rows)}
                messages.success(request, told % named)
                return redirect("office-tables")
            context = {"sheet": sheet, "chosen": table.name}
        except SeparatrixError as problem:
            context = {"problem": problem, "chosen": table.name}
    known = newest_tables()
    context["tables"] = [(t, title_of(t.name), known.get(t.name)) for t in office_tables().values()]
    return render(
        request,
        "park/reporting/office_tables.html",
        context,
        status=422 if "chosen" in context else 200,
    )


@login_required
def download(request: HttpRequest, name: str) -> HttpResponse:
    """Hand out the newest version of a table as CSV; of one that is not there, a workbook to fill in."""
    require(request.user, Role.OFFICE, Role.AUDITOR)
    table = office_tables().get(name)
    if table is None:
        raise Http404
    known = newest_tables().get(name)
    if known is None:
        content: Any = template_workbook(table, STANDING, [], library_language())
        kind, called = WORKBOOK, workbook_name(name, STANDING)
    else:
        content = table_csv(table, known.rows).encode("utf-8-sig")
        kind, called = "text/csv; charset=utf-8", f"{name}.csv"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{called}"'
    return response


urlpatterns += [
    path("tables/", overview, name="office-tables"),
    path("tables/<str:name>/", download, name="office-table"),
]
