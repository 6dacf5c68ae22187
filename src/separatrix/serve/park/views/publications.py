"""Publications: everybody reads them; the office looks at what may be published, publishes and withdraws."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix.serve.park.keeping import publication as work
from separatrix.serve.park.keeping.chain import Head
from separatrix.serve.park.language import told
from separatrix.serve.park.models import Publication, Role
from separatrix.serve.park.scope import PUBLIC, require
from separatrix.serve.park.views.menu import MenuEntry
from separatrix.serve.park.views.query import year_of

__all__ = ["MENU", "new_publication", "publication", "publications", "urlpatterns", "withdraw_publication"]

MENU = (MenuEntry("publications", _("Publications"), (PUBLIC, *Role), 70),)

QUANTITIES = {
    "scope_1": (_("Scope 1"), "t CO2e"),
    "scope_2": (_("Scope 2, by the grid"), "t CO2e"),
    "total": (_("Scope 1 and 2"), "t CO2e"),
    "energy": (_("Energy"), "GJ"),
}


class PublicationForm(forms.Form):
    """What the publication is called."""

    title = forms.CharField(label=_("Title"), max_length=200)


class WithdrawalForm(forms.Form):
    """Why a publication is withdrawn."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    """Return figures in the order of the columns, for the template."""
    columns = [(name, *QUANTITIES[name]) for name in content["quantities"]]

    def cells(row: dict[str, Any]) -> list[str]:
        return [f"{row['amounts'][name]:,}" for name, *_ in columns]

    return {
        "figures": content,
        "columns": columns,
        "sums": cells(content),
        "parts": [{**part, "cells": cells(part)} for part in content["groups"]],
    }


def publications(request: HttpRequest) -> HttpResponse:
    """List what was published, for everybody."""
    found = Publication.objects.order_by("-number")
    return render(request, "park/keeping/publications.html", {"publications": found})


def publication(request: HttpRequest, number: int) -> HttpResponse:
    """Show one publication, for everybody, with the head of the log at that moment."""
    found = get_object_or_404(Publication, number=number)
    context = {
        "publication": found,
        "head": Head(found.chain_number, found.chain_head),
        "form": WithdrawalForm() if getattr(request.user, "role", "") == Role.OFFICE else None,
        **_shown(found.content),
    }
    return render(request, "park/keeping/publication.html", context)


@login_required
@never_cache
def new_publication(request: HttpRequest) -> HttpResponse:
    """Show the office what may be published of a year, and publish it."""
    person = require(request.user, Role.OFFICE)
    given = request.POST.get("year") or request.GET.get("year")
    form = PublicationForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    try:
        known = work.years()
        year = year_of(given)
        year = year if year in known else None
        context |= {"years": known, "year": year}
        if request.method == "POST" and year is not None and form.is_valid():
            return redirect("publication", work.publish(year, form.cleaned_data["title"], person).number)
        if year is not None:
            context |= _shown(work.figures(year).content)
    except InputError as problem:
        context |= {"problem": told(problem.message), "hint": told(problem.hint or "")}
    return render(request, "park/keeping/new_publication.html", context)


@login_required
@require_POST
def withdraw_publication(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw a publication; it stays, and says so."""
    person = require(request.user, Role.OFFICE)
    found = get_object_or_404(Publication, number=number)
    form = WithdrawalForm(request.POST)
    if form.is_valid() and found.withdrawn is None:
        work.withdraw(found, form.cleaned_data["why"], person)
    return redirect("publication", number)


urlpatterns = [
    path("published/", publications, name="publications"),
    path("published/new/", new_publication, name="new_publication"),
    path("published/<int:number>/", publication, name="publication"),
    path("published/<int:number>/withdraw/", withdraw_publication, name="withdraw_publication"),
]
