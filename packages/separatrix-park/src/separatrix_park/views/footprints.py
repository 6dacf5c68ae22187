"""Footprints that an enterprise passes on: their versions, who sees which, and what partners ask for.

A PACT record as shown on pages: in the reader's language, with units, days and missing data.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix_cluster.footprints.pact_types import GEOGRAPHIES, instant
from separatrix_park.folder import strict_json
from separatrix_park.footprints import requests as footprint_requests
from separatrix_park.footprints import versions as footprint_versions
from separatrix_park.footprints.partner_client import node_address
from separatrix_park.footprints.requests import answer_of
from separatrix_park.models.footprints import (
    FootprintDelivery,
    FootprintGrant,
    FootprintRequest,
    Partner,
    PublishedFootprint,
)
from separatrix_park.models.people import Person, require
from separatrix_park.scope import Role, library_language
from separatrix_park.views.home import problem_line
from separatrix_park.views.navigation import A_PAGE, MenuEntry, page_of_list

__all__ = ["MENU", "RecordSummary", "UNITS", "urlpatterns"]

UNITS = {
    "liter": _("litre"),
    "kilogram": _("kg"),
    "cubic meter": _("m³"),
    "kilowatt hour": _("kWh"),
    "megajoule": _("MJ"),
    "ton kilometer": _("tonne-kilometre"),
    "square meter": _("m²"),
    "piece": _("piece"),
    "hour": _("hour"),
    "megabit second": _("megabit second"),
}
"""What people call the declared units of the protocol."""

FROM_2025 = instant("2025-01-01T00:00:00Z")
"""Since when the protocol wants the share of primary data and the ratings of data."""


@dataclass(frozen=True)
class RecordSummary:
    """A record as shown on a page.

    Attributes
    ----------
    carbon, amount, unit : str
        kg CO2e per amount of a unit, as in the record.
    start, end : date or None
        The first and the last day of its period, as the record counts days.
    geography, company : str
    primary_share : str
        Percentage, in few digits.
    exempted, left_out : str
        Percentage of the emissions that is excluded, and the reason.
    lacking : tuple of str
        Data that the protocol requires for its period, and the record does not include.
    """

    carbon: str
    amount: str
    unit: Any
    start: date | None
    end: date | None
    geography: str
    company: str
    primary_share: str
    exempted: str
    left_out: str
    lacking: tuple[Any, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> RecordSummary:
        """Return the summary of a record."""
        pcf = record.get("pcf", {})
        start, end = (_moment(pcf.get(f"referencePeriod{name}")) for name in ("Start", "End"))
        lacking: list[Any] = []
        if end is not None and end > FROM_2025:
            lacking += [] if "primaryDataShare" in pcf else [_("the share of primary data")]
            lacking += [] if "dqi" in pcf else [_("the data quality ratings")]
        unit = str(pcf.get("declaredUnitOfMeasurement", ""))
        return cls(
            str(pcf.get("pcfExcludingBiogenicUptake", "–")),
            str(pcf.get("declaredUnitAmount", "1")),
            UNITS.get(unit, unit),
            None if start is None else start.date(),
            None if end is None else (end - timedelta(seconds=1)).date(),
            next((str(pcf[name]) for name in GEOGRAPHIES if name in pcf), ""),
            str(record.get("companyName", "")),
            _few_digits(pcf.get("primaryDataShare")),
            _few_digits(pcf.get("exemptedEmissionsPercent")),
            str(pcf.get("exemptedEmissionsDescription", "")),
            tuple(lacking),
        )


def _few_digits(told: Any) -> str:
    """Return a percentage for readers, '' if none is given."""
    try:
        return "" if told is None else rounded(float(told), 3)
    except (TypeError, ValueError):
        return ""


def _moment(text: Any) -> datetime | None:
    """Return a moment in the record's own zone, by which it counts its days."""
    try:
        moment = datetime.fromisoformat(str(text).upper())
    except ValueError:
        return None
    return None if moment.tzinfo is None or moment.year < 2 else moment


MENU: tuple[MenuEntry, ...] = (MenuEntry("footprints", _("Footprints"), (Role.ENTRY, Role.APPROVAL), 46),)

CRITERIA = {
    "productId": _("Products"),
    "companyId": _("Companies"),
    "geography": _("Geography"),
    "classification": _("Classes of products"),
    "validOn": _("Valid on"),
    "validAfter": _("Valid from later than"),
    "validBefore": _("Valid until earlier than"),
    "status": _("State"),
}
"""What people call the criteria of a request."""

REASONS = (
    ("NotFound", _("We have no such footprint")),
    ("AccessDenied", _("We do not share it")),
)


class RecordForm(forms.Form):
    """A record of PACT, as a text or a file."""

    use_required_attribute = False  # either of the first two will do

    record = forms.CharField(
        label=_("Record"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text=_("One ProductFootprint of PACT 3, in JSON. The platform replaces its id, date and state."),
    )
    file = forms.FileField(label=_("Or a file with the record"), required=False)
    why = forms.CharField(
        label=_("Reason for the proposal"),
        required=False,
        max_length=1000,
        help_text=_("For the person who publishes it; for a correction, explain what was wrong."),
    )

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self.fields["record"].required = not self.files

    def clean(self) -> dict[str, Any]:
        """Read the record."""
        given: dict[str, Any] = super().clean() or {}
        sent = given.get("file")
        body = (
            sent.read(footprint_versions.LARGEST_RECORD + 1)
            if sent is not None
            else given.get("record", "").encode()
        )
        try:
            told_record = strict_json(body) if 0 < len(body) <= footprint_versions.LARGEST_RECORD else None
        except ValueError:
            told_record = None
        if isinstance(told_record, dict) and "pcf" not in told_record:
            told_record = told_record.get("data")
        if isinstance(told_record, dict):
            given["told"] = told_record
        elif "record" not in self.errors:
            self.add_error("record", gettext("This is not a JSON record. Paste one, or choose its file."))
        return given


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class RejectionForm(forms.Form):
    """Reason for the rejection of a request, as sent to the partner."""

    code = forms.ChoiceField(label=_("Reason"), choices=REASONS)
    why = forms.CharField(
        label=_("Message to the partner"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


def _member(request: HttpRequest) -> Person:
    return require(request.user, Role.ENTRY, Role.APPROVAL)


def _show_problem(request: HttpRequest, problem: InputError) -> None:
    messages.error(request, problem_line(problem))


@login_required
def footprints(request: HttpRequest) -> HttpResponse:
    """List the enterprise's footprints: what waits for a second person, and all versions."""
    person = _member(request)
    rows = PublishedFootprint.objects.filter(enterprise_id=person.enterprise_id)
    rows = rows.select_related("roll_up").defer("roll_up__result")
    drafts = rows.filter(state="draft").select_related("proposer").order_by("-made")
    out = rows.exclude(state="draft").order_by("-published", "-made").defer("why")
    page = page_of_list(request, out)
    named = {f.pk for f in page}
    grants = _counts_by_footprint(FootprintGrant.objects.filter(footprint_id__in=named))
    held = _counts_by_footprint(FootprintDelivery.objects.filter(footprint_id__in=named))
    open_ones = FootprintRequest.objects.filter(
        enterprise_id=person.enterprise_id, ours=False, state="open", partner__state="approved"
    ).count()
    context = {
        "drafts": [(f, RecordSummary.of(f.record)) for f in drafts],
        "rows": [(f, RecordSummary.of(f.record), grants.get(f.pk, 0), held.get(f.pk, 0)) for f in page],
        "page": page,
        "open_requests": open_ones,
        "node": node_address(person.enterprise) if person.enterprise else "",
        "partners": Partner.objects.filter(enterprise_id=person.enterprise_id, state="approved").count(),
    }
    return render(request, "park/footprints/footprints.html", context)


def _counts_by_footprint(rows: Any) -> dict[uuid.UUID, int]:
    return dict(rows.order_by().values_list("footprint_id").annotate(count=Count("pk")))


@login_required
def new_footprint(request: HttpRequest) -> HttpResponse:
    """Propose a footprint from a record that was made elsewhere."""
    person = _member(request)
    form = RecordForm(request.POST or None, request.FILES or None)
    problem = None
    if request.method == "POST" and form.is_valid() and person.enterprise is not None:
        given = form.cleaned_data
        try:
            made = footprint_versions.propose(
                person.enterprise, given["told"], None, person, why=given.get("why", "")
            )
        except InputError as found:
            problem = found
        else:
            messages.success(
                request, gettext("Proposed. Another person with the role Approval has to publish it.")
            )
            return redirect("footprint", made.pk)
    refused = problem is not None or bool(form.errors)
    context = {"form": form, "problem": problem}
    return render(request, "park/footprints/new_footprint.html", context, status=422 if refused else 200)


def _footprint_or_404(person: Person, identifier: uuid.UUID) -> PublishedFootprint:
    found: PublishedFootprint = get_object_or_404(
        PublishedFootprint.objects.select_related("proposer", "publisher"),
        pk=identifier,
        enterprise_id=person.enterprise_id,
    )
    return found


@login_required
def footprint(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Show one version of a footprint, who sees it, and who has it."""
    person = _member(request)
    found = _footprint_or_404(person, identifier)
    former = footprint_versions.former_of(found)
    partners = list(
        Partner.objects.filter(enterprise_id=person.enterprise_id, state="approved").order_by("name")
    )
    granted = set(FootprintGrant.objects.filter(footprint=found).values_list("partner_id", flat=True))
    held = FootprintDelivery.objects.filter(footprint=found).select_related("partner").order_by("first")
    versions = PublishedFootprint.objects.filter(
        enterprise_id=person.enterprise_id, product_id=found.product_id
    ).order_by("-made")
    approves = person.role == Role.APPROVAL
    roll_up = found.roll_up
    context = {
        "footprint": found,
        "told": RecordSummary.of(found.record),
        "former": former,
        "former_told": None if former is None else RecordSummary.of(former.record),
        "versions": [(f, RecordSummary.of(f.record)) for f in versions[:A_PAGE]],
        "partners": [(p, p.pk in granted) for p in partners],
        "held": held,
        "record": json.dumps(found.record, ensure_ascii=False, indent=2),
        "may_show": approves and found.state in ("draft", "published", "deprecated"),
        "may_publish": approves and found.state == "draft" and found.proposer_id != person.pk,
        "own_proposal": found.state == "draft" and found.proposer_id == person.pk,
        "may_discard": found.state == "draft" and (approves or found.proposer_id == person.pk),
        "may_withdraw": approves and found.state in ("published", "deprecated"),
        "withdrawal": WhyForm(),
        "missing": [] if roll_up is None else roll_up.result["missing"][library_language()],
    }
    return render(request, "park/footprints/footprint.html", context)


@login_required
@require_POST
def publish(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Publish another person's proposal."""
    person = require(request.user, Role.APPROVAL)
    try:
        footprint_versions.publish(_footprint_or_404(person, identifier), person)
        messages.success(request, gettext("Published. Partners with an older version will be notified."))
    except InputError as problem:
        _show_problem(request, problem)
    return redirect("footprint", identifier)


@login_required
@require_POST
def discard(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Discard a proposal."""
    person = _member(request)
    try:
        footprint_versions.discard(_footprint_or_404(person, identifier), person)
    except InputError as problem:
        _show_problem(request, problem)
        return redirect("footprint", identifier)
    messages.success(request, gettext("The proposal has been discarded."))
    return redirect("footprints")


@login_required
@require_POST
def withdraw(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Withdraw what was published."""
    person = require(request.user, Role.APPROVAL)
    found = _footprint_or_404(person, identifier)
    try:
        footprint_versions.withdraw(found, person, request.POST.get("why", "")[:1000])
        messages.success(request, gettext("Withdrawn. Partners who have it will be notified."))
    except InputError as problem:
        _show_problem(request, problem)
    return redirect("footprint", identifier)


@login_required
@require_POST
def show(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Say which partners see a footprint."""
    person = require(request.user, Role.APPROVAL)
    found = _footprint_or_404(person, identifier)
    chosen = set(request.POST.getlist("partner"))
    granted = set(FootprintGrant.objects.filter(footprint=found).values_list("partner_id", flat=True))
    with transaction.atomic():
        footprint_versions.show_to_all(found, person, shown="for_all" in request.POST)
        for partner in Partner.objects.filter(enterprise_id=person.enterprise_id, state="approved"):
            if str(partner.pk) in chosen:
                footprint_versions.grant(found, partner, person)
            elif partner.pk in granted:
                footprint_versions.end_grant(found, partner, person)
    messages.success(request, gettext("Visibility saved."))
    return redirect("footprint", identifier)


@login_required
def requests(request: HttpRequest) -> HttpResponse:
    """List partners' requests."""
    person = _member(request)
    rows = FootprintRequest.objects.filter(enterprise_id=person.enterprise_id, ours=False)
    rows = rows.select_related("partner")
    page = page_of_list(request, rows.order_by("-made", "-pk"))
    waiting = list(rows.filter(state="open", partner__state="approved").order_by("made", "pk")[:A_PAGE])
    return render(request, "park/footprints/requests.html", {"page": page, "waiting": waiting})


@login_required
def request_of_partner(request: HttpRequest, number: int) -> HttpResponse:
    """Show a request of a partner; fulfil it with published footprints, or reject it."""
    person = _member(request)
    found: FootprintRequest = get_object_or_404(
        FootprintRequest.objects.select_related("partner"),
        pk=number,
        enterprise_id=person.enterprise_id,
        ours=False,
    )
    approves = person.role == Role.APPROVAL and found.state == "open"
    form = RejectionForm(request.POST if request.POST.get("verdict") == "reject" else None)
    problem = None
    if request.method == "POST":
        require(request.user, Role.APPROVAL)
        try:
            if _answered(request, found, form, person):
                messages.success(request, gettext("Response recorded. The partner will be notified."))
                return redirect("footprint-request", number)
        except InputError as refused:
            problem = refused
    fitting = footprint_requests.fitting(found) if found.state == "open" else []
    others = _other_published(person, fitting) if found.state == "open" else []
    status = 422 if problem is not None or form.errors else 200
    context = {
        "asked": found,
        "criteria": _criteria(found.content),
        "fitting": [(f, RecordSummary.of(f.record)) for f in fitting],
        "others": [(f, RecordSummary.of(f.record)) for f in others],
        "sent": _named_footprints(person, found),
        "error": found.answer.get("error") if isinstance(found.answer, dict) else None,
        "form": form,
        "approves": approves,
        "ended": found.partner.state != "approved",
        "problem": problem,
    }
    return render(request, "park/footprints/request.html", context, status=status)


def _answered(request: HttpRequest, found: FootprintRequest, form: RejectionForm, person: Person) -> bool:
    if request.POST.get("verdict") == "reject":
        if not form.is_valid():
            return False
        footprint_requests.reject(found, form.cleaned_data["code"], form.cleaned_data["why"], person)
        return True
    chosen = [one for text in request.POST.getlist("footprint") if (one := _uuid(text)) is not None]
    rows = PublishedFootprint.objects.filter(enterprise_id=person.enterprise_id, pk__in=chosen)
    footprint_requests.fulfil(found, list(rows), person)
    return True


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _other_published(person: Person, fitting: Sequence[PublishedFootprint]) -> list[PublishedFootprint]:
    """Return other published footprints: a partner may call a product otherwise than the enterprise does."""
    rows = PublishedFootprint.objects.filter(enterprise_id=person.enterprise_id, state="published")
    rows = rows.select_related("roll_up").defer("roll_up__result")
    return list(rows.exclude(pk__in=[f.pk for f in fitting]).order_by("product", "-published")[:A_PAGE])


def _criteria(content: Any) -> list[tuple[Any, str]]:
    told_criteria = content if isinstance(content, dict) else {}
    return [
        (title, ", ".join(value) if isinstance(value, list) else str(value))
        for name, title in CRITERIA.items()
        if (value := told_criteria.get(name))
    ]


def _named_footprints(person: Person, found: FootprintRequest) -> list[PublishedFootprint]:
    named = answer_of(found).pf_ids
    return list(PublishedFootprint.objects.filter(enterprise_id=person.enterprise_id, pk__in=named))


urlpatterns = [
    path("footprints/", footprints, name="footprints"),
    path("footprints/new/", new_footprint, name="new-footprint"),
    path("footprints/requests/", requests, name="footprint-requests"),
    path("footprints/requests/<int:number>/", request_of_partner, name="footprint-request"),
    path("footprints/<uuid:identifier>/", footprint, name="footprint"),
    path("footprints/<uuid:identifier>/publish/", publish, name="footprint-publish"),
    path("footprints/<uuid:identifier>/discard/", discard, name="footprint-discard"),
    path("footprints/<uuid:identifier>/withdraw/", withdraw, name="footprint-withdraw"),
    path("footprints/<uuid:identifier>/show/", show, name="footprint-show"),
]
