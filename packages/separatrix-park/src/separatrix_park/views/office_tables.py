"""The tables that the office keeps itself: what is there, and a spreadsheet in its place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from separatrix.errors import SeparatrixError
from separatrix_park.language import library_language
from separatrix_park.models import Role
from separatrix_park.models.people import require
from separatrix_park.reporting.office_table import (
    keep_office_table,
    newest_tables,
    office_tables,
    read_office_table,
    table_csv,
)
from separatrix_park.reporting.reported_table import STANDING
from separatrix_park.reporting.table_titles import title_of
from separatrix_park.reporting.template_workbook import WORKBOOK, template_workbook, workbook_name
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.uploads import sent_spreadsheet

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("office-tables", _("Office tables"), (Role.OFFICE, Role.AUDITOR), 70),)


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


urlpatterns = [
    path("tables/", overview, name="office-tables"),
    path("tables/<str:name>/", download, name="office-table"),
]
