"""Reports: entered by one person of an enterprise, approved by another."""

from __future__ import annotations

import secrets

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from separatrix.cluster.tables.layout import layouts
from separatrix.serve.park.models import LogEntry, Report, Role
from separatrix.serve.park.scope import require
from separatrix.serve.park.views.menu import MenuEntry

__all__ = ["MENU", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = ()

MOST_ROWS = 500


@login_required
def report(request: HttpRequest, table: str, year: int) -> HttpResponse:
    """Enter one table of one year, as a new version."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    if table not in layouts() or "enterprise" not in layouts()[table].columns:
        raise Http404
    columns = [c for c in layouts()[table].columns.values() if c.name not in ("enterprise", "year")]
    last = (
        Report.objects.filter(enterprise=person.enterprise)
        .filter(table=table, year=year)
        .order_by("-version")
        .first()
    )
    if request.method == "POST":
        cells = {c.name: request.POST.getlist(c.name)[:MOST_ROWS] for c in columns}
        count = max(map(len, cells.values()), default=0)
        rows = [
            {n: v[k].strip() for n, v in cells.items() if k < len(v) and v[k].strip()} for k in range(count)
        ]
        with transaction.atomic():
            made = Report.objects.create(
                enterprise=person.enterprise,
                table=table,
                year=year,
                version=last.version + 1 if last else 1,
                state=Report.State.SUBMITTED,
                rows=[r for r in rows if r],
                salt=secrets.token_bytes(32),
                author=person,
                why=request.POST.get("why", ""),
            )
            LogEntry.append(str(person.pk), "submitted", made.digest())
        return redirect("home")
    shown = [[(c.name, row.get(c.name, "")) for c in columns] for row in (last.rows if last else [])]
    context = {"table": layouts()[table], "year": year, "columns": columns}
    return render(request, "park/report.html", context | {"rows": shown, "last": last})


@login_required
@require_POST
def judge(request: HttpRequest, number: int) -> HttpResponse:
    """Approve or return a report of one's own enterprise that somebody else entered."""
    person = require(request.user, Role.APPROVAL)
    with transaction.atomic():
        found = get_object_or_404(Report.objects.select_for_update(), pk=number, enterprise=person.enterprise)
        if found.author_id == person.pk:
            raise PermissionDenied
        state = Report.State.APPROVED if request.POST.get("verdict") == "approve" else Report.State.RETURNED
        found.state, found.judge, found.judged = state, person, timezone.now()
        found.save(update_fields=["state", "judge", "judged"])
        LogEntry.append(str(person.pk), state, found.digest())
    return redirect("home")


urlpatterns = [
    path("reports/<str:table>/<int:year>/", report, name="report"),
    path("reports/<int:number>/judge/", judge, name="judge"),
]
