"""Partners: their nodes, requests to them and footprints received from them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from separatrix.errors import InputError, SeparatrixError
from separatrix_cluster.footprints.footprint import ProductFootprint, parse_footprint
from separatrix_cluster.footprints.pact import version_of
from separatrix_cluster.footprints.pact_types import in_version_3
from separatrix_park.footprints.node import ask_for_list
from separatrix_park.footprints.outbox import read_problem
from separatrix_park.footprints.partner_client import (
    PUBLISHED,
    REQUEST_CREATED,
    REQUEST_FULFILLED,
    REQUEST_REJECTED,
    node_address,
)
from separatrix_park.footprints.partners import (
    Connection,
    approve,
    enter_connection,
    propose,
    read_connection,
    reject,
    remove,
    renew_secret,
    waiting_sign,
)
from separatrix_park.footprints.requests import answer_of, ask, product_ids_of, sending_states
from separatrix_park.models import (
    FootprintRequest,
    Partner,
    Person,
    ReceivedEvent,
    ReceivedFootprint,
    Role,
    SentEvent,
)
from separatrix_park.models.people import require
from separatrix_park.views.footprints import RecordSummary
from separatrix_park.views.home import problem_line
from separatrix_park.views.navigation import MenuEntry, page_of_list

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("partners", _("Partners"), (Role.ENTRY, Role.APPROVAL), 45),)

KINDS = {
    REQUEST_CREATED: _("request for footprints"),
    REQUEST_FULFILLED: _("footprints in response to a request"),
    REQUEST_REJECTED: _("rejection of a request"),
    PUBLISHED: _("notice of a new or withdrawn version"),
}
"""What people call the types of events."""

WAYS = {
    "request": _("in response to a request"),
    "list": _("from its list"),
    "event": _("after a notice"),
}
"""What people call the ways by which footprints come."""

SHOWN = 20
"""Rows of each list on the page of a partner."""


class ConnectionForm(forms.Form):
    """How a partner's node is called."""

    connection = forms.CharField(
        label=_("Connection text"),
        required=True,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            'The text created by the partner\'s node. From other software: {"node": …, '
            '"token": …, "client_id": …, "client_secret": …}, where node is the address before '
            "/3/footprints and token is the address that issues tokens."
        ),
    )

    def clean_connection(self) -> Connection | None:
        """Read the text."""
        text = self.cleaned_data["connection"]
        try:
            return read_connection(text) if text.strip() else None
        except InputError as problem:
            raise forms.ValidationError(problem_line(problem)) from None


class ProposalForm(ConnectionForm):
    """Who the partner is."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("The name your enterprise uses for the partner.")
    )
    field_order = ("name", "connection")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["connection"]
        field.required = False
        field.help_text = _(
            "If the partner has given you one. Otherwise invite the partner first and enter it later."
        )


class RequestForm(forms.Form):
    """The products whose footprints are requested."""

    products = forms.CharField(
        label=_("Ids of products"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("The partner's own product ids, such as urn:gtin:4712345060507; one per line."),
    )
    comment = forms.CharField(label=_("Comment"), max_length=2000, required=False)

    def clean_products(self) -> tuple[str, ...]:
        """Read the ids."""
        try:
            return product_ids_of(self.cleaned_data["products"])
        except InputError as problem:
            raise forms.ValidationError(problem_line(problem)) from None


@login_required
@never_cache
def partners(request: HttpRequest) -> HttpResponse:
    """List the partners of one's enterprise, and propose one."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = propose(form.cleaned_data["name"], form.cleaned_data["connection"], person)
        except InputError as problem:
            form.add_error(None, problem_line(problem))
        else:
            messages.success(
                request, gettext("Proposed: a second person of your enterprise has to approve it.")
            )
            return redirect("partner", identifier=made.pk)
    rows = Partner.objects.filter(enterprise_id=person.enterprise_id).order_by("name", "proposed")
    standing = [row for row in rows if row.state in ("proposed", "approved")]
    former = [row for row in rows if row not in standing]
    context = {"form": form, "standing": standing, "former": former}
    return render(request, "park/footprints/partners.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def partner(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """Show a partner: its node, requests to it and footprints received from it."""
    return _partner_response(request, *_person_and_partner(request, identifier))


def _person_and_partner(request: HttpRequest, identifier: uuid.UUID) -> tuple[Person, Partner]:
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    rows = Partner.objects.select_related("proposer", "judge", "enterprise")
    return person, get_object_or_404(rows, pk=identifier, enterprise_id=person.enterprise_id)


def _partner_response(
    request: HttpRequest,
    person: Person,
    row: Partner,
    *,
    connecting: ConnectionForm | None = None,
    asking: RequestForm | None = None,
    problem: SeparatrixError | None = None,
) -> HttpResponse:
    received = ReceivedFootprint.objects.filter(partner=row).order_by("-received", "-pk")
    unsent = SentEvent.objects.filter(partner=row).exclude(state="sent").order_by("-made")
    unused = ReceivedEvent.objects.filter(partner=row).exclude(outcome="").order_by("-received")
    proposer = row.pending.get("by") if row.pending else row.proposer_id
    waits = row.state == "proposed" or bool(row.pending.get("address"))
    context = {
        "partner": row,
        "problem": problem,
        "trouble": read_problem(row.trouble),
        "waits": waits,
        "sign": waiting_sign(row) if waits else "",
        "may_approve": waits and person.role == Role.APPROVAL and proposer != person.pk,
        "may_reject": waits and (person.role == Role.APPROVAL or proposer == person.pk),
        "own_proposal": proposer == person.pk,
        "pending_by": Person.objects.filter(pk=row.pending.get("by") or 0).first() if row.pending else None,
        "approves": person.role == Role.APPROVAL,
        "our_node": node_address(row.enterprise),
        "connecting": connecting or ConnectionForm(),
        "asking": asking or RequestForm(),
        "requests": _requests_to(row),
        "received": [_line_of(one) for one in received[:SHOWN]],
        "more_received": received.count() > SHOWN,
        "unsent": [(one, KINDS.get(one.kind, one.kind), read_problem(one.trouble)) for one in unsent[:SHOWN]],
        "unused": [(one, KINDS.get(one.kind, one.kind), read_problem(one.outcome)) for one in unused[:SHOWN]],
    }
    failed = problem or any(form is not None and form.errors for form in (connecting, asking))
    return render(request, "park/footprints/partner.html", context, status=422 if failed else 200)


def _requests_to(row: Partner) -> list[tuple[FootprintRequest, Any, str, list[ReceivedFootprint], list[str]]]:
    """Return our latest requests: what was wrong with the answer, how each was sent, what came, what not."""
    found = list(FootprintRequest.objects.filter(partner=row, ours=True).order_by("-made")[:SHOWN])
    states = sending_states(found)
    answers = {one.pk: answer_of(one) for one in found}
    named = {pf_id for answer in answers.values() for pf_id in answer.pf_ids}
    rows = ReceivedFootprint.objects.filter(partner=row, pf_id__in=named)
    came = {str(one.pf_id): one for one in rows.defer("record")}
    told = []
    for one in found:
        of_it = [came[pf_id] for pf_id in answers[one.pk].pf_ids if pf_id in came]
        under = {text.casefold() for footprint in of_it for text in footprint.product_ids}
        left = [text for text in one.product_ids if of_it and text.casefold() not in under]
        told.append((one, answers[one.pk].trouble, states.get(one.event_id, ""), of_it, left))
    return told


def _line_of(row: ReceivedFootprint) -> tuple[ReceivedFootprint, ProductFootprint | None, RecordSummary, Any]:
    """Return a record with its figures, its other data, and the way it was received."""
    record = row.record
    try:
        read = parse_footprint(record)
        record = in_version_3(record) if version_of(record) < 3 else record
    except InputError:  # kept by a version of the program that could read it
        read = None
    return row, read, RecordSummary.of(record), WAYS.get(row.way, row.way)


Change = Callable[[HttpRequest, Person, Partner], HttpResponse]


def _change(change: Change, *, sure: bool = False) -> Callable[..., HttpResponse]:
    """Return a view that changes something of a partner, or shows why that cannot be done now.

    If the person has to be ``sure``, the password is requested again after a while.
    """

    def view(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
        person, row = _person_and_partner(request, identifier)
        try:
            return change(request, person, row)
        except InputError as problem:
            return _partner_response(request, person, row, problem=problem)

    held = reauthentication_required()(view) if sure else view
    return login_required(never_cache(require_POST(held)))


def _approve(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Approve a partner, and show its connection text this once."""
    after, made = approve(row, person, request.POST.get("seen"))
    if made is not None:
        return _secret_shown(request, after, made)
    messages.success(request, gettext("Approved."))
    return redirect("partner", identifier=row.pk)


def _renew(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Make a new secret, and show the connection text this once."""
    return _secret_shown(request, row, renew_secret(row, person))


def _secret_shown(request: HttpRequest, row: Partner, made: Connection) -> HttpResponse:
    return render(request, "park/footprints/connection.html", {"partner": row, "text": str(made)})


def _reject(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Reject what is proposed, or take one's own proposal back."""
    reject(row, request.POST.get("why", ""), person)
    messages.success(request, gettext("Rejected."))
    return redirect("partner", identifier=row.pk)


def _remove(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Remove a partner."""
    remove(row, request.POST.get("why", ""), person)
    messages.success(
        request, gettext("Removed: its software no longer has access, and nothing is sent to it.")
    )
    return redirect("partner", identifier=row.pk)


def _connect(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Enter the connection text of a partner."""
    form = ConnectionForm(request.POST)
    if not form.is_valid():
        return _partner_response(request, person, row, connecting=form)
    enter_connection(row, form.cleaned_data["connection"], person)
    messages.success(request, gettext("Entered: a second person of your enterprise has to approve it."))
    return redirect("partner", identifier=row.pk)


def _ask(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Ask a partner for footprints."""
    form = RequestForm(request.POST)
    if not form.is_valid():
        return _partner_response(request, person, row, asking=form)
    ask(row, form.cleaned_data["products"], form.cleaned_data["comment"], person)
    messages.success(request, gettext("Request recorded: it is sent in a moment."))
    return redirect("partner", identifier=row.pk)


def _fetch(request: HttpRequest, person: Person, row: Partner) -> HttpResponse:
    """Fetch the list of a partner."""
    ask_for_list(row, person)
    messages.success(request, gettext("Its list is fetched in a moment; reload the page to see it."))
    return redirect("partner", identifier=row.pk)


@login_required
@never_cache
def received(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """List everything that a partner sent."""
    _, row = _person_and_partner(request, identifier)
    page = page_of_list(request, ReceivedFootprint.objects.filter(partner=row).order_by("-received", "-pk"))
    lines = [_line_of(one) for one in page.object_list]
    return render(request, "park/footprints/received.html", {"partner": row, "page": page, "received": lines})


@login_required
@never_cache
def record(request: HttpRequest, number: int) -> HttpResponse:
    """Show one footprint that a partner sent, with its versions."""
    person = require(request.user, Role.ENTRY, Role.APPROVAL)
    rows = ReceivedFootprint.objects.select_related("partner")
    row = get_object_or_404(rows, pk=number, enterprise_id=person.enterprise_id)
    beside = ReceivedFootprint.objects.filter(partner=row.partner_id)
    _, read, told_record, way = _line_of(row)
    companies = row.record.get("companyIds", []) if read is not None else []
    context = {
        "row": row,
        "read": read,
        "told": told_record,
        "way": way,
        "companies": companies,
        "another": bool(row.partner.company_ids and not set(companies) & set(row.partner.company_ids)),
        "older_model": read is not None and read.version.startswith("2."),
        "newer": None if row.replaced_by is None else beside.filter(pf_id=row.replaced_by).first(),
        "older": [_line_of(one) for one in beside.filter(replaced_by=row.pf_id).order_by("-received")],
    }
    return render(request, "park/footprints/record.html", context)


urlpatterns = [
    path("partners/", partners, name="partners"),
    path("partners/<uuid:identifier>/", partner, name="partner"),
    path("partners/<uuid:identifier>/received/", received, name="partner_received"),
    path("partners/<uuid:identifier>/approve/", _change(_approve, sure=True), name="partner_approve"),
    path("partners/<uuid:identifier>/secret/", _change(_renew, sure=True), name="partner_secret"),
    path("partners/<uuid:identifier>/reject/", _change(_reject), name="partner_reject"),
    path("partners/<uuid:identifier>/remove/", _change(_remove), name="partner_remove"),
    path("partners/<uuid:identifier>/connection/", _change(_connect), name="partner_connection"),
    path("partners/<uuid:identifier>/ask/", _change(_ask), name="partner_ask"),
    path("partners/<uuid:identifier>/fetch/", _change(_fetch), name="partner_fetch"),
    path("received/<int:number>/", record, name="received_footprint"),
]
