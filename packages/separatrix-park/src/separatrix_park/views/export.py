"""The data of an enterprise in its own hands: all of it as a file, and its deletion.

Programs of a person: the tokens by which they come in, and what they may ask.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.api.application import PREFIX, api
from separatrix_park.api.errors import EVERYBODY, ROLES, usual
from separatrix_park.models.people import Enterprise, Person, require
from separatrix_park.models.reports import Report
from separatrix_park.records.export import delete_enterprise, delete_report, name_of_export, opened_export
from separatrix_park.reporting.tables import title_of
from separatrix_park.scope import PUBLIC, Role, translate_sentence
from separatrix_park.tokens import LONGEST_DAYS, issue, revoke, tokens_for
from separatrix_park.views.navigation import MenuEntry

__all__ = [
    "MENU",
    "data",
    "delete_all",
    "delete_one",
    "description",
    "download",
    "programs",
    "revoke_token",
    "try_it",
    "urlpatterns",
]

HAVE_DATA = (Role.OFFICE, Role.ENTRY, Role.APPROVAL)
MAY_DELETE = (Role.OFFICE, Role.APPROVAL)
MENU: tuple[MenuEntry, ...] = (MenuEntry("data", _("Export and deletion"), HAVE_DATA, 85),)


class ReportDeletion(forms.Form):
    """Which report is deleted, and why."""

    table = forms.CharField(max_length=40, widget=forms.HiddenInput)
    year = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=_("Why"), max_length=500)


class EnterpriseDeletion(forms.Form):
    """The id of the enterprise, typed once more."""

    key = forms.CharField(label=_("The id of the enterprise, to confirm"), max_length=40)


def _enterprise(person: Person, given: UUID | None) -> Enterprise:
    """Return the requested enterprise, if the person may see it."""
    return get_object_or_404(Enterprise, pk=given or person.enterprise_id)


@login_required
@never_cache
def data(request: HttpRequest, enterprise: UUID | None = None) -> HttpResponse:
    """Show what there is of an enterprise; the office chooses one first."""
    person = require(request.user, *HAVE_DATA)
    if enterprise is None and person.role == Role.OFFICE:
        return render(
            request, "park/keeping/data_of.html", {"enterprises": Enterprise.objects.order_by("key")}
        )
    chosen = _enterprise(person, enterprise)
    reports = (
        Report.objects.filter(enterprise=chosen)
        .exclude(state=Report.State.DELETED)
        .values("table", "year")
        .annotate(versions=Count("pk"))
        .order_by("table", "-year")
    )
    context = {
        "enterprise": chosen,
        "reports": [{**report, "title": title_of(report["table"])} for report in reports],
        "may_delete": person.role in MAY_DELETE,
        "deletion": EnterpriseDeletion(),
    }
    return render(request, "park/keeping/data.html", context)


@login_required
@require_POST
def download(request: HttpRequest, enterprise: UUID) -> FileResponse:
    """Give everything that an enterprise entered, as one file."""
    person = require(request.user, *HAVE_DATA)
    chosen = _enterprise(person, enterprise)
    content = opened_export(settings.PARK, chosen, str(person.pk))
    return FileResponse(content, as_attachment=True, filename=name_of_export(chosen))


@login_required
@require_POST
def delete_one(request: HttpRequest, enterprise: UUID) -> HttpResponse:
    """Delete all versions of one report."""
    person = require(request.user, *MAY_DELETE)
    chosen = _enterprise(person, enterprise)
    form = ReportDeletion(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            deleted = delete_report(
                settings.PARK, chosen.pk, given["table"], given["year"], str(person.pk), given["why"]
            )
            messages.success(
                request,
                gettext("Deleted: %(reports)d versions, %(files)d files. The log is still intact.")
                % {"reports": deleted.reports, "files": deleted.files},
            )
        except InputError as problem:
            messages.error(request, translate_sentence(problem.message))
    else:
        messages.error(request, gettext("Nothing was deleted: give a reason."))
    return redirect("data_of", chosen.pk)


@login_required
@require_POST
def delete_all(request: HttpRequest, enterprise: UUID) -> HttpResponse:
    """Delete an enterprise with everything it entered, and the accounts of its people."""
    person = require(request.user, *MAY_DELETE)
    answer: HttpResponse = _delete_all(request, person, _enterprise(person, enterprise))
    return answer


@reauthentication_required()  # only of somebody who may: a neighbour finds nothing that a password would open
def _delete_all(request: HttpRequest, person: Person, chosen: Enterprise) -> HttpResponse:
    form = EnterpriseDeletion(request.POST)
    if not form.is_valid() or form.cleaned_data["key"] != chosen.key:
        messages.error(request, gettext("Nothing was deleted: the id you typed is not the enterprise's id."))
        return redirect("data_of", chosen.pk)
    delete_enterprise(settings.PARK, chosen.pk, str(person.pk))
    if person.role == Role.OFFICE:
        messages.success(
            request,
            gettext("The enterprise and everything it entered have been deleted. The log is still intact."),
        )
        return redirect("data")
    logout(request)  # one's own account is gone with the enterprise
    return redirect("account_login")


urlpatterns = [
    path("data/", data, name="data"),
    path("data/<uuid:enterprise>/", data, name="data_of"),
    path("data/<uuid:enterprise>/export/", download, name="export"),
    path("data/<uuid:enterprise>/delete-report/", delete_one, name="delete_report"),
    path("data/<uuid:enterprise>/delete/", delete_all, name="delete_enterprise"),
]


MENU += (MenuEntry("programs", _("Programs"), tuple(Role), 90),)
GROUPS = {
    "token": _("The token itself"),
    "tables": _("Tables"),
    "enterprises": _("Enterprises"),
    "reports": _("Reports"),
    "evidence": _("Evidence"),
    "deadlines": _("Deadlines"),
    "answers": _("Answers"),
    "footprints": _("Products, footprints and partners"),
    "keeping": _("Log, export and publications"),
}
"""What each tag of the description is called."""

USUAL_DAYS = 90


class TokenForm(forms.Form):
    """What a token is for, what it may do, and for how long."""

    name = forms.CharField(label=_("Purpose"), max_length=80, help_text=_("For example: meters of hall 2"))
    rights = forms.ChoiceField(
        label=_("Rights of the token"),
        choices=[("read", _("read what I may see")), ("write", _("read, and do what I may do"))],
    )
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS)


@login_required
@never_cache
@reauthentication_required(allow_get=True)
def programs(request: HttpRequest) -> HttpResponse:
    """List the tokens of a person, and make one; its secret is shown this once."""
    person = require(request.user, *Role)
    form, secret = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            _token, secret = issue(person, told["name"], told["days"], reads_only=told["rights"] == "read")
            form = TokenForm()
        except InputError as problem:
            form.add_error(None, problem.message)
    context = {
        "form": form,
        "secret": secret,
        "tokens": tokens_for(person),
        "everybody": person.role == Role.OFFICE,
    }
    return render(request, "park/programs.html", context)


@login_required
@require_POST
def revoke_token(request: HttpRequest, number: int) -> HttpResponse:
    """Let a token work no longer."""
    person = require(request.user, *Role)
    revoke(get_object_or_404(tokens_for(person), pk=number), person)
    return redirect("programs")


@login_required
def description(request: HttpRequest) -> HttpResponse:
    """Show the requests that programs can make, from the description that tools read."""
    require(request.user, *Role)
    named: dict[str, list[dict[str, Any]]] = {code: [] for code in GROUPS}
    for address, methods in api.get_openapi_schema()["paths"].items():
        for method, told in methods.items():
            named[told["tags"][0]].append(
                {
                    "method": method.upper(),
                    "path": address.removeprefix(f"/{PREFIX}"),
                    "summary": told["summary"],
                    "parameters": [p["name"] for p in told["parameters"] if p["in"] != "path"],
                    "roles": _role_names(told[ROLES]),
                }
            )
    context = {
        "groups": [{"title": GROUPS[code], "operations": found} for code, found in named.items() if found],
        "address": f"/{PREFIX}",
        "host": request.build_absolute_uri("/").rstrip("/"),
        "example": usual(404).model_dump_json(indent=2),
    }
    return render(request, "park/api.html", context)


def _role_names(roles: list[str]) -> str:
    if PUBLIC in roles:
        return gettext("everyone, without a token")
    if set(roles) == set(EVERYBODY):
        return gettext("everyone")
    return ", ".join(str(Role(role).label) for role in roles)


@login_required
def try_it(request: HttpRequest) -> HttpResponse:
    """Let a person try requests in the browser, with a token that they enter."""
    require(request.user, *Role)
    told = json.dumps({"url": reverse("api:openapi-json"), "layout": "BaseLayout", "deepLinking": True})
    return render(request, "park/api_try.html", {"settings": told})


urlpatterns += [
    path("programs/", programs, name="programs"),
    path("programs/<int:number>/revoke/", revoke_token, name="revoke_token"),
    path("programs/description/", description, name="api_description"),
    path("programs/try/", try_it, name="api_try"),
    path(PREFIX, api.urls),
]
