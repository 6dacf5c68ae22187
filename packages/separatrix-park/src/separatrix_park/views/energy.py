"""Energy: the query by enterprise, year and carrier; its flow; benchmarking by sector; budgets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from separatrix.run.csv_output import csv_text
from separatrix_cluster.frame.park_indicators import TCE
from separatrix_park.answers.approved_data import approved
from separatrix_park.answers.energy import (
    absent_years,
    as_uses,
    benchmarks,
    energy_flow,
    flow_picture,
    months_of,
    sign_of_years,
    signs_of,
    uses,
)
from separatrix_park.answers.enterprise_accounts import bring_up_to_date, never_counted
from separatrix_park.answers.jobs import data_version_for
from separatrix_park.answers.park_totals import park_sums
from separatrix_park.members import current_members
from separatrix_park.models import AccountLine, AccountYear, Enterprise, LogEntry, Role, YearBudget
from separatrix_park.models.people import require
from separatrix_park.reporting.description import park_description
from separatrix_park.scope import unit_text
from separatrix_park.templatetags.amounts import source_called
from separatrix_park.views.home import shows_problems
from separatrix_park.views.navigation import MenuEntry, page_of_list, year_of

__all__ = ["MENU", "urlpatterns"]

READERS = (Role.OFFICE, Role.AUDITOR)
MENU = (MenuEntry("energy_query", _("Energy query"), tuple(Role.values), 40),)


def _fresh(request: HttpRequest) -> dict[str, Any]:
    """Bring the visible accounts up to date, and return their description for pages."""
    found = data_version_for(require(request.user, *Role.values))
    return {"version": found.version, "until": found.until, "late": found.late}


def _years() -> list[int]:
    return list(AccountYear.objects.order_by("-year").values_list("year", flat=True).distinct())


def _year(request: HttpRequest, years: list[int]) -> int | None:
    """Return the requested year; otherwise the reporting year, or an enterprise's newest."""
    year = year_of(request.GET.get("year"))
    if year in years:
        return year
    everything = require(request.user, *Role.values).role in READERS
    reported = park_sums(approved()).reporting_year if everything and years else None
    return reported if reported in years else years[0] if years else None


# --------------------------------------------------------------------------- query


@login_required
@require_GET
@shows_problems
def energy_query(request: HttpRequest) -> HttpResponse:
    """Show who used how much of what; enterprises see their own alone."""
    context = _fresh(request)
    years = _years()
    carriers = list(
        AccountLine.objects.exclude(carrier="").order_by().values_list("carrier", flat=True).distinct()
    )
    # All years are shown to whoever asks for them: a year of many enterprises is a long list already.
    year = None if request.GET.get("year") == "" else _year(request, years)
    carrier = request.GET.get("carrier", "")[:60]
    enterprise = request.GET.get("enterprise", "")[:40]
    rows = uses(year, carrier, enterprise)
    if request.GET.get("as") == "csv":
        return _csv(rows, context["version"])
    page = page_of_list(request, rows)
    sums = rows.order_by().aggregate(energy=Sum("energy"), carbon=Sum("carbon"))
    inside = rows.filter(inside=True).order_by().aggregate(energy=Sum("energy"), carbon=Sum("carbon"))
    months, monthly, told = months_of(year, enterprise) if year is not None and not carrier else ((), 0, 0)
    asked = AccountYear.objects.all() if year is None else AccountYear.objects.filter(year=year)
    if enterprise:
        asked = asked.filter(enterprise__key=enterprise)
    members = current_members().filter(key=enterprise) if enterprise else current_members()
    absent = absent_years(asked, members)
    shown = list(as_uses(page.object_list))
    signs = signs_of(shown)
    context |= {
        "years": years,
        "carriers": sorted((source_called(c, ""), c) for c in carriers),
        "enterprises": list(Enterprise.objects.order_by("key").values_list("key", "name")),
        "year": year,
        "carrier": carrier,
        "enterprise": enterprise,
        "page": page,
        "rows": [(one, signs.get((one.key, one.year), "")) for one in shown],
        "sign": sign_of_years(asked, absent),
        "energy": _tce(sums["energy"]),
        "carbon": sums["carbon"],
        "inside_energy": _tce(inside["energy"]),
        "inside_carbon": inside["carbon"],
        "months": months,
        "monthly": monthly,
        "told": told,
        "not_whole": asked.exclude(whole=True, low=None).count(),
        "absent": absent,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "park/answers/query_rows.html" if part else "park/answers/query.html", context)


def _tce(energy: float | None) -> float | None:
    return None if energy is None else energy / TCE


def _csv(rows: Any, version: str | None) -> HttpResponse:
    """Return all rows as a table, each with its data version."""
    heads = "enterprise name year source scope from_park tce t_co2e complete data_version".split()
    whole = set(AccountYear.objects.filter(whole=True, low=None).values_list("enterprise__key", "year"))
    lines = [
        [
            use.key,
            use.name,
            use.year,
            source_called(use.carrier, use.kind),
            use.scope,
            gettext("yes") if use.inside else "",
            "" if use.energy is None else f"{use.energy:.6g}",
            f"{use.carbon:.6g}",
            gettext("yes") if (use.key, use.year) in whole else gettext("no"),
            version or "",
        ]
        for use in as_uses(rows)
    ]
    response = HttpResponse(csv_text(heads, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="energy.csv"'
    return response


# --------------------------------------------------------------------------- flow and benchmarks


@login_required
@require_GET
@shows_problems
def flow(request: HttpRequest) -> HttpResponse:
    """Show which energy goes into which sectors."""
    require(request.user, *READERS)
    context = _fresh(request)
    years = _years()
    year = _year(request, years)
    flows = () if year is None else energy_flow(year)
    told = AccountYear.objects.filter(year=year)
    absent = absent_years(told, current_members())
    described = gettext("Energy from carriers into sectors; the table below shows the same figures")
    context |= {
        "years": years,
        "year": year,
        "flows": flows,
        "picture": flow_picture(
            flows, lambda c: source_called(c, ""), lambda s: s or gettext("no sector"), described
        ),
        "total": sum(f.energy for f in flows),
        "not_whole": told.exclude(energy_whole=True, low=None).count(),
        "absent": absent,
        "sign": sign_of_years(told, absent),
    }
    return render(request, "park/answers/flow.html", context)


@login_required
@require_GET
@shows_problems
def benchmarking(request: HttpRequest) -> HttpResponse:
    """Show enterprises compared with the others of their sector."""
    require(request.user, *READERS)
    context = _fresh(request)
    years, described = _years(), park_description(settings.PARK)
    year = _year(request, years)
    found = () if year is None else benchmarks(year, described.money_factor)
    context |= {
        "years": years,
        "year": year,
        "rows": found,
        "money_unit": unit_text(described.money_unit),
        "left_out": Enterprise.objects.count() - len(found),
    }
    return render(request, "park/answers/benchmarking.html", context)


# --------------------------------------------------------------------------- budgets


class BudgetForm(forms.Form):
    """The most that the park may emit and use in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    carbon = forms.FloatField(label=_("Emission limit, t CO2e"), min_value=0, max_value=1e12, required=False)
    energy = forms.FloatField(label=_("Energy limit, tce"), min_value=0, max_value=1e12, required=False)
    why = forms.CharField(label=_("Basis"), max_length=500, required=False)


@login_required
@shows_problems
def budgets(request: HttpRequest) -> HttpResponse:
    """Show how much of each year's budget is used up; the office sets budgets."""
    person = require(request.user, *READERS)
    form = BudgetForm(request.POST or None)
    if request.method == "POST":
        require(request.user, Role.OFFICE)
        if form.is_valid():
            _set_budget(form.cleaned_data, str(person.pk))
            return redirect("budgets")
    context = _fresh(request)
    data, late = bring_up_to_date()
    waiting = never_counted(data) if late else 0
    # A budget would look hardly used up while most of the park is still to be counted.
    years = {} if waiting else {y.year: y for y in park_sums(data).years}
    rows = []
    for budget in YearBudget.objects.order_by("-year"):
        year = years.get(budget.year)
        carbon = None if year is None else year.total
        energy = None if year is None else year.energy
        rows.append(
            {
                "budget": budget,
                "energy_budget": _tce(budget.energy),
                "year": year,
                "carbon": carbon,
                "energy": energy,
                "carbon_share": _share(carbon, budget.carbon),
                "energy_share": _share(energy, _tce(budget.energy)),
            }
        )
    context |= {"rows": rows, "form": form, "late": late, "waiting": waiting}
    return render(request, "park/answers/budgets.html", context, status=422 if form.errors else 200)


def _share(used: float | None, most: float | None) -> float | None:
    return used / most if used is not None and most else None


def _set_budget(told: dict[str, Any], by: str) -> None:
    with transaction.atomic():
        energy = None if told["energy"] is None else told["energy"] * TCE
        YearBudget.objects.update_or_create(
            year=told["year"], defaults={"carbon": told["carbon"], "energy": energy, "why": told["why"]}
        )
        LogEntry.append(by, "budget set", "")


urlpatterns = [
    path("energy/", energy_query, name="energy_query"),
    path("energy/flow/", flow, name="energy_flow"),
    path("benchmarking/", benchmarking, name="benchmarking"),
    path("budgets/", budgets, name="budgets"),
]
