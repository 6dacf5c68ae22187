"""Answers for the office: page one at once, and long answers by jobs, each on a version of the data.

The page of one enterprise: what is known of it, its place among others, what pays, what it owes.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from separatrix_park.answers import jobs
from separatrix_park.answers.enterprise_accounts import bring_one_up_to_date, bring_up_to_date, never_counted
from separatrix_park.answers.kinds import FORMATS, KINDS, PICTURES, given_options, kind_named, options_form
from separatrix_park.answers.park_totals import Missing, carriers_of, park_sums, year_data
from separatrix_park.models.people import (
    AccountYear,
    Answer,
    Comparison,
    Enterprise,
    EnterpriseAccount,
    require,
)
from separatrix_park.models.reports import Report
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.tables import Duty, duties_of, period_of_report, title_of
from separatrix_park.scope import SPEAK_FOR_ONE, Role, library_language, unit_text
from separatrix_park.templatetags.amounts import sector
from separatrix_park.views.home import shows_problems
from separatrix_park.views.navigation import MenuEntry, year_of

__all__ = ["MENU", "urlpatterns"]

READERS = (Role.OFFICE, Role.AUDITOR)
MENU: tuple[MenuEntry, ...] = (MenuEntry("answers", _("Answers"), READERS, 30),)

MOST_MISSING = 100
"""Maximum number of enterprises with missing data listed, largest emissions first."""

MOST_TOLD = 8
"""Maximum number of missing items shown per enterprise; its own page shows all."""

OF_TABLES = "K"
"""Prefix of codes about a cluster's tables, which enterprises fill in here."""

OVER = frozenset({Answer.State.DONE, Answer.State.FAILED, Answer.State.CANCELLED})

FILES = (("pdf", _("PDF")), ("docx", _("Word")), ("html", _("Web page")), ("md", _("Text")))
"""File formats of every answer, in addition to its table."""

SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Of a figure on its own: it brings its style, and nothing else."""


# --------------------------------------------------------------------------- page one


@login_required
@require_GET
@shows_problems
def answers(request: HttpRequest) -> HttpResponse:
    """Show page one on what is approved now, and which further answers there are."""
    require(request.user, *READERS)
    data, late = bring_up_to_date()
    sums = park_sums(data, year_of(request.GET.get("year")))
    job = None if sums.checked and not late else jobs.ask_for_accounts(data.version)
    problem = _problem(job) if job is not None and job.state == Answer.State.FAILED else None
    # Sums that lack most of the park look like results: they are shown once all are counted.
    waiting = never_counted(data) if late and problem is None else 0
    said = park_description(settings.PARK)
    context = {
        "data": data,
        "sums": sums,
        "money_unit": unit_text(said.money_unit),
        "placeless": bool(data.reports) and not (said.country or said.grid_area),
        "late": late,
        "job": job,
        "problem": problem,
        "waiting": waiting,
        "checked": sums.checked,
        "kinds": _states(data.version),
        "missing": _missing(sums.missing[:MOST_MISSING]),
        "unshown": max(0, len(sums.missing) - MOST_MISSING),
    }
    return render(request, "park/answers/page_one.html", context)


def _missing(rows: Sequence[Missing]) -> list[dict[str, Any]]:
    """Return enterprises with missing data, the state of their reports and what the library misses."""
    states = {**dict(Report.State.choices), "missing": _("nothing reported")}
    language = library_language()
    found = []
    for one in rows:
        lacks = one.lacks.get(language) or [
            _("its reports contradict themselves") if one.doubted else _("nothing approved")
        ]
        reports = [(title_of(table), state, states[state]) for table, state in one.reports]
        more = max(0, len(lacks) - MOST_TOLD)
        found.append({"missing": one, "reports": reports, "told": lacks[:MOST_TOLD], "more": more})
    return found


def _states(version: str) -> list[dict[str, Any]]:
    """Return each kind with how far its answer on this version is, and whether there is one on another."""
    rows = Answer.objects.filter(enterprise=None, language=library_language()).exclude(kind=jobs.ACCOUNTS)
    newest: dict[str, Any] = {}
    for kind, state, of, arguments in rows.order_by("pk").values_list(
        "kind", "state", "data_version", "arguments"
    ):
        if arguments.get("format") == "page" and not arguments.get("options"):
            known = newest.get(kind)
            if known is None or of == version or known[1] != version:
                newest[kind] = state, of
    found = []
    for kind in KINDS:
        state, of = newest.get(kind.name, ("", ""))
        old = state == Answer.State.DONE and of != version
        found.append({"kind": kind, "state": "stale" if old else state})
    return found


# --------------------------------------------------------------------------- long answers


@login_required
@shows_problems
def kind_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the answer of a kind for the approved data; queue it if there is none yet.

    The options are part of the query, so that an address leads to the same question.
    """
    person = require(request.user, *READERS)
    known = kind_named(kind)
    if known is None:
        raise Http404
    data, _late = bring_up_to_date()
    form = options_form(known, request.GET or None)
    context: dict[str, Any] = {"kind": known, "data": data, "form": form, "formats": FILES}
    if request.GET and not form.is_valid():
        return render(request, "park/answers/kind.html", context, status=422)
    options = given_options(form) if request.GET else {}
    asked = known.name, library_language(), "page", options
    if not data.reports:
        return render(request, "park/answers/kind.html", context)
    now = jobs.find(*asked, data.version)
    given_up = now is not None and now.state in (Answer.State.CANCELLED, Answer.State.FAILED)
    if now is None or (given_up and "again" in request.GET):
        now = jobs.ask(*asked, data.version, person)
    before = None
    if now.state != Answer.State.DONE:
        before = jobs.find(*asked, None)
    shown = now if now.state == Answer.State.DONE else before
    context |= {
        "now": now,
        "over": now.state in OVER,
        "shown": shown,
        "stale": shown is not None and shown.data_version != data.version,
        "options": options,
        **_content(shown),
    }
    if now.state == Answer.State.FAILED:
        context["problem"] = _problem(now)
    return render(request, "park/answers/kind.html", context)


def _content(answer: Answer | None) -> dict[str, Any]:
    """Return the content of a finished answer for a page: its blocks, and its data version."""
    if answer is None:
        return {}
    row = Answer.objects.get(pk=answer.pk)
    value, about = row.result["value"], row.result["data"]
    return {
        "title": value["title"],
        "document": _with_pictures(value["html"], row.pk),
        "table": value["table"],
        "about": about,
        "until": None if about["until"] is None else parse_datetime(about["until"]),
    }


def _with_pictures(html: str, number: int) -> SafeString:
    """Return the blocks of a document, its figures where this server has them.

    The blocks were written by `separatrix.writers`, which escapes all user input.
    """
    address = reverse("answer_picture", args=[number, 0]).removesuffix("0.svg")
    return mark_safe(html.replace(f'src="{PICTURES}', f'src="{address}'))


def _problem(answer: Answer) -> dict[str, Any]:
    """Return the reason why no answer exists, in the language of the page."""
    row = Answer.objects.get(pk=answer.pk)
    error = (row.result or {}).get("error") or {}
    told = error.get("told", {}).get(library_language(), {})
    code = str(error.get("code", ""))
    of_tables = code.startswith(OF_TABLES)
    # What is advised about tables is for those who have their files and commands before them.
    advised = "" if of_tables else told.get("hint") or ""
    return {"code": code, "text": told.get("text", ""), "hint": advised, "of_tables": of_tables}


@login_required
@require_POST
@shows_problems
def file_of_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Have an answer written as a file; its page says when it is there."""
    person = require(request.user, *READERS)
    known, format = kind_named(kind), request.POST.get("format", "")
    if known is None or format not in FORMATS[1:]:
        raise Http404
    data, _late = bring_up_to_date()
    form = options_form(known, request.POST)
    if not form.is_valid():
        raise Http404
    made = jobs.ask(known.name, library_language(), format, given_options(form), data.version, person)
    return redirect("answer", made.pk)


def _answer_or_404(request: HttpRequest, number: int) -> Answer:
    require(request.user, *READERS)
    found: Answer = get_object_or_404(Answer, pk=number, enterprise=None)
    return found


@login_required
@require_GET
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Show how far one answer is; a program or a browser asks for its state alone by ``part``."""
    found = _answer_or_404(request, number)
    context = {
        "answer": found,
        "kind": kind_named(found.kind),
        "over": found.state in OVER,
        "problem": _problem(found) if found.state == Answer.State.FAILED else None,
    }
    if request.headers.get("HX-Request") == "true":
        response = render(request, "park/answers/state.html", context)
        if context["over"]:
            response["HX-Refresh"] = "true"
        return response
    return render(request, "park/answers/answer.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Cancel a job; allowed for the office and the person who requested it."""
    found = _answer_or_404(request, number)
    if found.asked_by_id != request.user.pk:
        require(request.user, Role.OFFICE)
    jobs.cancel(found)
    return redirect("answer", found.pk)


@login_required
@require_GET
def download(request: HttpRequest, number: int) -> HttpResponse:
    """Give the file of an answer."""
    found = _answer_or_404(request, number)
    value = (found.result or {}).get("value") or {}
    if found.state != Answer.State.DONE or "base64" not in value:
        raise Http404
    response = HttpResponse(base64.b64decode(value["base64"]), content_type=value["media"])
    name, _, ending = value["name"].rpartition(".")
    response["Content-Disposition"] = f'attachment; filename="{name}-{found.data_version}.{ending}"'
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@login_required
@require_GET
def picture(request: HttpRequest, number: int, place: int) -> HttpResponse:
    """Give one figure of an answer."""
    found = _answer_or_404(request, number)
    pictures = ((found.result or {}).get("value") or {}).get("pictures") or []
    if not 1 <= place <= len(pictures):
        raise Http404
    response = HttpResponse(pictures[place - 1], content_type="image/svg+xml")
    response["Content-Security-Policy"] = SVG_POLICY
    return response


urlpatterns = [
    path("answers/", answers, name="answers"),
    path("answers/<int:number>/", answer, name="answer"),
    path("answers/<int:number>/cancel/", cancel, name="answer_cancel"),
    path("answers/<int:number>/file/", download, name="answer_file"),
    path("answers/<int:number>/pictures/<int:place>.svg", picture, name="answer_picture"),
    path("answers/<slug:kind>/", kind_page, name="answer_kind"),
    path("answers/<slug:kind>/file/", file_of_kind, name="answer_as_file"),
]


MENU += (MenuEntry("enterprise", _("Our enterprise"), (Role.ENTRY, Role.APPROVAL), 20),)

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


urlpatterns += [
    path("enterprise/", own_enterprise, name="enterprise"),
    path("enterprises/<str:key>/", enterprise_page, name="enterprise_page"),
]
