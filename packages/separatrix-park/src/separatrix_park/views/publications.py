"""Publications: everybody reads them; the office looks at what may be published, publishes and withdraws."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.answers.park_totals import LEAST
from separatrix_park.models import Person, Publication, Role
from separatrix_park.models.people import require
from separatrix_park.records import publication as work
from separatrix_park.records.chain import Head
from separatrix_park.releases.disclosure_findings import (
    BY_CARBON,
    MOST,
    DisclosureFinding,
    fields_of,
    findings_of,
    query_of,
    wish_of,
)
from separatrix_park.releases.publication_table import ALL, CARBON, Checked, Wish
from separatrix_park.scope import PUBLIC, translate_sentence
from separatrix_park.templatetags.amounts import NBSP, sector
from separatrix_park.views.navigation import MenuEntry, year_of

__all__ = ["MENU", "new_publication", "publication", "publications", "urlpatterns", "withdraw_publication"]

MENU = (MenuEntry("publications", _("Publications"), (PUBLIC, *Role), 70),)

QUANTITIES = {
    "scope_1": (_("Scope 1"), "t CO2e"),
    "scope_2": (_("Scope 2, with the grid factor"), "t CO2e"),
    "total": (_("Scope 1 and 2"), "t CO2e"),
    "energy": (_("Energy"), "GJ"),
    BY_CARBON: (_("Energy, inferred from carbon"), "GJ"),
    "inside": (_("Heat and power from other enterprises of the park"), "t CO2e"),
    "energy_inside": (_("Energy from other enterprises of the park"), "GJ"),
    "value_added": (_("Value added"), ""),
    "staff": (_("Staff"), ""),
}
"""Names of quantities: published ones, and those behind positions."""


class PublicationForm(forms.Form):
    """What the publication is called."""

    title = forms.CharField(label=_("Title"), max_length=200)


class WithdrawalForm(forms.Form):
    """Why a publication is withdrawn."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


def _ordered_figures(content: dict[str, Any]) -> dict[str, Any]:
    """Return figures in the order of the columns, for the template; '' where one is withheld."""
    columns = [(name, *QUANTITIES[name]) for name in content["quantities"]]

    def cells(row: dict[str, Any]) -> list[str]:
        # Publications of former versions hold no signs; they marked each figure that lacked an enterprise.
        carbon, energy = row.get("signs") or 2 * [LEAST if row["whole"] < row["members"] else ""]
        shown = []
        for column in columns:
            amount, sign = row["amounts"][column[0]], energy if column[0] == "energy" else carbon
            shown.append("" if amount is None else f"{sign}{NBSP}{amount:,}" if sign else f"{amount:,}")
        return shown

    rows = [content, *content["groups"]]
    return {
        "figures": content,
        "columns": columns,
        "sums": cells(content),
        "parts": [{**part, "sector": _name(part), "cells": cells(part)} for part in content["groups"]],
        "withheld": any(amount is None for row in rows for amount in row["amounts"].values()),
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
        **_ordered_figures(found.content),
    }
    return render(request, "park/keeping/publication.html", context)


@login_required
@never_cache
def new_publication(request: HttpRequest) -> HttpResponse:
    """Show the office whether the figures of a year may be published and what would mend them; publish."""
    person = require(request.user, Role.OFFICE)
    asked = request.POST if request.method == "POST" else request.GET
    form = PublicationForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    try:
        known = work.years()
        year = year_of(asked.get("year")) if known else None
        context |= {"years": known, "year": year}
        if year is not None:
            wish = wish_of(year, asked.getlist("merged"), asked.getlist("withheld"))
            if "chosen" not in asked:
                wish = work.wish_like_the_last(year)
            if request.method == "POST" and form.is_valid():
                return redirect("publication", _publish(request, wish, form, person).number)
            context |= _looked_at(work.figures(wish))
    except InputError as problem:
        status = 422 if request.method == "POST" else 200
        context |= {
            "problem": translate_sentence(problem.message),
            "hint": translate_sentence(problem.hint or ""),
        }
    return render(request, "park/keeping/new_publication.html", context, status=status)


def _publish(request: HttpRequest, wish: Wish, form: PublicationForm, person: Person) -> Publication:
    return work.publish(wish, form.cleaned_data["title"], person, request.POST.get("seen", ""))


def _looked_at(found: work.Figures) -> dict[str, Any]:
    checked = found.checked
    findings = _finding_rows(findings_of(checked))
    return {
        **_ordered_figures(found.content),
        "audited": checked.audited,
        "passes": checked.passes,
        "nothing": not checked.shown,
        "small": _lines(checked.small),
        "findings": findings[:MOST],
        "more": max(0, len(findings) - MOST),
        "fields": [*fields_of(checked.wish), ("chosen", "1"), ("seen", found.data_version)],
        "sectorless": any("" in group for group in checked.groups),
        "changed": checked.wish.merged or checked.wish.withheld,
        "ways": _ways(checked),
    }


def _ways(checked: Checked) -> list[dict[str, Any]]:
    """Return the ways out that pass: what each does, and the query of the page that shows it."""
    found: list[dict[str, Any]] = []
    if checked.merging:
        what = [_group(group) for group in checked.merging.merged] + _left_out(checked, checked.merging)
        title = gettext("Merge sectors") if checked.merging.merged else gettext("Omit quantities")
        found.append({"title": title, "what": what, "query": query_of(checked.merging)})
    if checked.withholding:
        lines = _lines(checked.withholding.withheld)
        title = gettext("Withhold figures")
        found.append({"title": title, "what": lines, "query": query_of(checked.withholding)})
    return found


def _left_out(checked: Checked, merging: Wish) -> list[str]:
    """Return which quantities a table with sectors merged is without, and why each."""
    left = [quantity for quantity in QUANTITIES if (ALL, quantity) in merging.withheld]
    # Of carbon no two are told where one enterprise has almost all of the third.
    third = [QUANTITIES[q][0] for q in left if q in CARBON and q in checked.dominated]
    beside = [QUANTITIES[q][0] for q in QUANTITIES if q in CARBON and q not in left]
    found = []
    for quantity in left:
        name = QUANTITIES[quantity][0]
        if quantity in checked.dominated:
            why = gettext("The whole table omits {quantity}: one enterprise has almost all of it.")
        elif quantity in CARBON and len(third) == len(beside) == 1:
            why = gettext("The whole table omits {quantity}: together with {beside} it would reveal {third}.")
            why = why.replace("{beside}", str(beside[0])).replace("{third}", str(third[0]))
        else:
            why = gettext(
                "{quantity} is omitted: by sector, together with the other figures, it would reveal "
                "an enterprise's data."
            )
        found.append(why.replace("{quantity}", str(name)))
    return found


def _name(part: dict[str, Any]) -> str:
    """Return what a group is called; what was published before groups were kept has its name alone."""
    return _group(part["sectors"]) if part.get("sectors") else str(part["sector"])


def _group(sectors: Iterable[str]) -> str:
    return " + ".join(map(sector, sectors))


def _group_name(group: Iterable[str]) -> str:
    return gettext("Together") if tuple(group) == ALL else _group(group)


def _lines(those: Iterable[tuple[tuple[str, ...], str]]) -> list[str]:
    """Return lines of the table, those of a group in one."""
    found: dict[tuple[str, ...], list[str]] = {}
    for group, quantity in sorted(
        those, key=lambda one: (one[0] == ALL, one[0], list(QUANTITIES).index(one[1]))
    ):
        found.setdefault(group, []).append(str(QUANTITIES[quantity][0]))
    return [f"{_group_name(group)}: {' · '.join(quantities)}" for group, quantities in found.items()]


def _finding_rows(findings: Iterable[DisclosureFinding]) -> list[dict[str, Any]]:
    """Return the findings, with all inferences of the same attackers about the same value in one row."""
    rows: dict[tuple[str, ...], list[DisclosureFinding]] = {}
    for one in findings:
        rows.setdefault((one.enterprise, *one.attackers), []).append(one)
    return [
        {
            "enterprise": those[0].enterprise,
            "attackers": those[0].attackers,
            "known": [(_quantities(one), one.low, one.high) for one in those],
            "lines": _lines({(tuple(group), quantity) for one in those for group, quantity in one.lines}),
            "earlier": sorted({number for one in those for number in one.earlier}),
            "places": any(one.places for one in those),
        }
        for those in rows.values()
    ]


def _quantities(finding: DisclosureFinding) -> str:
    name = " + ".join(str(QUANTITIES[q][0]) for q in finding.quantities if q in QUANTITIES)
    return gettext("correction of {quantity}").replace("{quantity}", name) if finding.correction else name


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
