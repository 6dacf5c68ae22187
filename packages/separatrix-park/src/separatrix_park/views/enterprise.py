"""The page of one enterprise: what is known of it, its place among others, what pays, what it owes."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from separatrix_park.answers.accounts import bring_one_up_to_date
from separatrix_park.answers.enterprise_year import year_data
from separatrix_park.answers.park_sums import carriers_of
from separatrix_park.language import library_language, unit_text
from separatrix_park.models import AccountYear, Comparison, Enterprise, EnterpriseAccount, Report, Role
from separatrix_park.models.people import require
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.duties import Duty, duties_of
from separatrix_park.reporting.table_titles import period_of_report, title_of
from separatrix_park.scope import SPEAK_FOR_ONE
from separatrix_park.templatetags.amounts import sector
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.problem_page import shows_problems
from separatrix_park.views.query import year_of

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("enterprise", _("Our enterprise"), (Role.ENTRY, Role.APPROVAL), 20),)

MEASURES = {
    "carbon-per-value-added": _("Carbon per value added"),
    "energy-per-value-added": _("Energy per value added"),
    "value-added-per-worker": _("Value added per worker"),
}
PLACES = {
    "better half": _("in the better half"),
    "middle": _("in the middle"),
    "worse half": _("in the worse half"),
}


@login_required
@require_GET
@shows_problems
def own_enterprise(request: HttpRequest) -> HttpResponse:
    """Show an enterprise its own page."""
    person = require(request.user, *SPEAK_FOR_ONE)
    return _page(request, cast("Enterprise", person.enterprise))


@login_required
@require_GET
@shows_problems
def enterprise_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show the page of an enterprise to those who may see it."""
    require(request.user, *Role.values)
    return _page(request, get_object_or_404(Enterprise, key=key))


def _page(request: HttpRequest, enterprise: Enterprise) -> HttpResponse:
    account = bring_one_up_to_date(enterprise.pk)
    years = list(AccountYear.objects.filter(enterprise=enterprise).order_by("year"))
    known, asked = [y.year for y in years], year_of(request.GET.get("year"))
    chosen = asked if asked in known else known[-1] if known else None
    approvals = Report.objects.filter(enterprise=enterprise, state=Report.State.APPROVED)
    described, places = park_description(settings.PARK), _places(enterprise)
    told = [year_data(y, described.money_factor) for y in years]
    signs = next(((y["sign"], y["energy_sign"]) for y in told if y["year"] == chosen), ("", ""))
    context: dict[str, Any] = {
        "enterprise": enterprise,
        "version": None if account is None else account.basis[:16],
        "until": approvals.aggregate(last=Max("judged"))["last"],
        "years": told,
        "year": chosen,
        "sign": signs[0],
        "energy_sign": signs[1],
        "sources": [] if chosen is None else carriers_of(chosen, enterprise.pk),
        "places": places,
        "sectors": sorted({sector(code) for place in places for code in place["row"].sectors}),
        "money_unit": unit_text(described.money_unit),
        "own": request.user.enterprise_id == enterprise.pk,
        "duties": [_duty(duty) for duty in duties_of(enterprise.pk) if duty.state != Report.State.APPROVED],
        **_enterprise_data(account, described.money_factor),
    }
    return render(request, "park/answers/enterprise.html", context)


def _places(enterprise: Enterprise) -> list[dict[str, Any]]:
    rows = Comparison.objects.filter(enterprise=enterprise).order_by("pk")
    code = library_language()
    return [
        {
            "row": row,
            "title": MEASURES.get(row.measure, row.measure),
            "place": PLACES.get(row.place, ""),
            "why": row.why.get(code, ""),
        }
        for row in rows
    ]


def _enterprise_data(account: EnterpriseAccount | None, factor: float) -> dict[str, Any]:
    """Return what is said of its rows, and its measures in the money unit of the park."""
    told = {} if account is None else account.told
    code = library_language()
    measures = [
        {**m, "cost": m["cost"] / factor, "saving": m["saving"] / factor} for m in told.get("measures", ())
    ]
    return {
        "missing": told.get("missing", {}).get(code, []),
        "missing_year": told.get("year"),
        "remarks": told.get("remarks", {}).get(code, []),
        "remarks_left": told.get("remarks_left", 0),
        "measures": measures,
        "rate": told.get("discount_rate"),
        "rate_assumed": told.get("discount_assumed", False),
    }


def _duty(duty: Duty) -> dict[str, Any]:
    states = {**dict(Report.State.choices), "missing": _("nothing reported")}
    return {
        "duty": duty,
        "title": title_of(duty.table),
        "period": period_of_report(duty.year),
        "told": states[duty.state],
    }


urlpatterns = [
    path("enterprise/", own_enterprise, name="enterprise"),
    path("enterprises/<str:key>/", enterprise_page, name="enterprise_page"),
]
