"""Deadlines: by when each table of a year is due, and a board of who has reported what."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from separatrix_park.members import current_members
from separatrix_park.models import Deadline, Role
from separatrix_park.models.people import require
from separatrix_park.reporting.tables import (
    STANDING,
    TITLES,
    board_of,
    counts_of,
    deadlines_of,
    period_of_report,
    remove_deadline,
    reported_tables,
    set_deadline,
    title_of,
)
from separatrix_park.views.navigation import MenuEntry, page_of_list, year_of

__all__ = ["MENU", "urlpatterns"]

MENU = (
    MenuEntry("board", _("Reporting progress"), (Role.OFFICE, Role.AUDITOR), 10),
    MenuEntry("deadlines", _("Deadlines"), (Role.OFFICE,), 20),
)


class DeadlineForm(forms.Form):
    """Table, year and time of a deadline."""

    table = forms.ChoiceField(label=_("Table"), choices=lambda: [(n, TITLES[n]) for n in reported_tables()])
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=1990,
        max_value=2200,
        help_text=_("Leave empty for a list that applies to all years."),
    )
    due = forms.DateField(
        label=_("Due"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Until the end of this day, by the server's clock."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        """Ask for the year of a table that has years."""
        given: dict[str, Any] = super().clean() or {}
        table = reported_tables().get(given.get("table", ""))
        if table is not None and table.dated and not given.get("year") and "year" not in self.errors:
            self.add_error("year", gettext("Reports of this table need a year: enter it."))
        return given


@login_required
def deadlines(request: HttpRequest) -> HttpResponse:
    """List the deadlines, and set one."""
    person = require(request.user, Role.OFFICE)
    form = DeadlineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        table = reported_tables()[given["table"]]
        zone = timezone.get_current_timezone()
        due = datetime.combine(given["due"], time.max, tzinfo=zone).replace(microsecond=0)
        set_deadline(person, table, given["year"] if table.dated else STANDING, due, given["note"])
        messages.success(request, gettext("The deadline is set; enterprises see it on their pages."))
        return redirect("deadlines")
    now = timezone.now()
    context = {
        "form": form,
        "now": now,
        "deadlines": [(d, title_of(d.table), period_of_report(d.year), d.due < now) for d in deadlines_of()],
    }
    return render(request, "park/reporting/deadlines.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a deadline back."""
    person = require(request.user, Role.OFFICE)
    remove_deadline(person, get_object_or_404(Deadline, pk=number))
    messages.success(request, gettext("The deadline has been removed."))
    return redirect("deadlines")


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Show who has reported what for a year."""
    require(request.user, Role.OFFICE, Role.AUDITOR)
    now = timezone.localtime()
    year = year_of(request.GET.get("year")) or _usual_year(now)
    text = request.GET.get("q", "").strip()
    members = current_members()
    if text:
        members = members.filter(Q(key__icontains=text) | Q(name__icontains=text))
    page = page_of_list(request, members)
    shown = board_of(year, list(page.object_list))
    context = {
        "year": year,
        "years": range(now.year + 1, now.year - 10, -1),
        "q": text,
        "page": page,
        "titles": [title_of(table) for table in shown.tables],
        "rows": [
            (
                e,
                [
                    (duty, title)
                    for duty, title in zip(shown.duties[e.pk], map(title_of, shown.tables), strict=True)
                ],
            )
            for e in page.object_list
        ],
        "counts": counts_of(shown),
        "now": now,
    }
    return render(request, "park/reporting/board.html", context)


def _usual_year(now: datetime) -> int:
    """Return the year of the next deadline, else the last one that is over."""
    following = deadlines_of().exclude(year=STANDING).filter(due__gte=now - timedelta(days=60)).first()
    return now.year - 1 if following is None else following.year


urlpatterns = [
    path("board/", board, name="board"),
    path("deadlines/", deadlines, name="deadlines"),
    path("deadlines/<int:number>/remove/", remove, name="deadline-remove"),
]
