"""Programs of a person: the tokens by which they come in, and what they may ask."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from separatrix.errors import InputError
from separatrix_park.api.application import PREFIX, api
from separatrix_park.api.guard import EVERYBODY, ROLES
from separatrix_park.api.refusal import usual
from separatrix_park.models import Role
from separatrix_park.models.people import require
from separatrix_park.scope import PUBLIC
from separatrix_park.tokens import LONGEST_DAYS, issue, revoke, tokens_for
from separatrix_park.views.menu import MenuEntry

__all__ = ["MENU", "description", "programs", "revoke_token", "try_it", "urlpatterns"]

MENU = (MenuEntry("programs", _("Programs"), tuple(Role), 90),)
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


urlpatterns = [
    path("programs/", programs, name="programs"),
    path("programs/<int:number>/revoke/", revoke_token, name="revoke_token"),
    path("programs/description/", description, name="api_description"),
    path("programs/try/", try_it, name="api_try"),
    path(PREFIX, api.urls),
]
