"""People: who has an account, what the office changes of it, and one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from separatrix.errors import SeparatrixError
from separatrix_park.accounts.letters import post_link
from separatrix_park.accounts.memberships import (
    change_role,
    drop_second_factor,
    end_sessions,
    password_link,
    set_active,
)
from separatrix_park.models import Enterprise, Person, Role
from separatrix_park.models.people import require
from separatrix_park.scope import SPEAK_FOR_ONE
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.query import page_of_list

__all__ = ["MENU", "matching_people", "urlpatterns"]

MENU = (
    MenuEntry("people", _("People"), tuple(Role.values), 85),
    MenuEntry("account", _("Your account"), tuple(Role.values), 99),
)

EVERYBODY = tuple(Role.values)


class RoleForm(forms.Form):
    """A person's role and enterprise."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    enterprise = forms.ModelChoiceField(label=_("Enterprise"), queryset=None, required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["enterprise"].queryset = Enterprise.objects.order_by("key")

    def clean(self) -> dict[str, Any]:
        """Ask for an enterprise where the role speaks for one, and for none where it does not."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("role") in SPEAK_FOR_ONE:
            if not told.get("enterprise"):
                self.add_error("enterprise", gettext("This role belongs to an enterprise; choose one."))
        else:
            told["enterprise"] = None
        return told


def _visible(person: Person) -> QuerySet[Person]:
    """Return the people visible to a person: all for the office, colleagues for others."""
    found = Person.objects.select_related("enterprise").annotate(
        has_second_factor=Exists(
            Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
        )
    )
    if person.role in (Role.OFFICE, Role.AUDITOR):
        return found
    return found.filter(enterprise_id=person.enterprise_id, enterprise__isnull=False)


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """List the people of the park, or of one's own enterprise."""
    reader = require(request.user, *EVERYBODY)
    asked = request.GET.get("q", "").strip()[:100]
    found = matching_people(_visible(reader), asked).order_by("role", "enterprise__key", "email")
    page = page_of_list(request, found)
    return render(request, "park/people.html", {"page": page, "q": asked})


def matching_people(rows: QuerySet[Any], asked: str) -> QuerySet[Any]:
    """Return those of people or invitations whose address or enterprise holds a text."""
    if not asked:
        return rows
    return rows.filter(
        Q(email__icontains=asked) | Q(enterprise__key__icontains=asked) | Q(enterprise__name__icontains=asked)
    )


@login_required
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Show one account, and what the office may change of it."""
    reader = require(request.user, Role.OFFICE, Role.AUDITOR)
    found = get_object_or_404(_visible(reader), pk=number)
    form = RoleForm(initial={"role": found.role, "enterprise": found.enterprise_id})
    return render(request, "park/person.html", _context(found, form))


def _context(found: Person, form: RoleForm, **more: Any) -> dict[str, Any]:
    return {"person": found, "form": form, "owed": _owes(found), **more}


def _owes(found: Person) -> bool:
    return found.role in settings.PARK.access.second_factor


@login_required
@require_POST
@reauthentication_required()
def role(request: HttpRequest, number: int) -> HttpResponse:
    """Change a person's role."""
    office, found = _of_office(request, number)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return render(request, "park/person.html", _context(found, form), status=422)
    told = form.cleaned_data
    return _done(request, found, lambda: change_role(found, told["role"], told["enterprise"], str(office.pk)))


@login_required
@require_POST
@reauthentication_required()
def active(request: HttpRequest, number: int) -> HttpResponse:
    """Disable or enable a person's login."""
    office, found = _of_office(request, number)
    wanted = request.POST.get("active") == "yes"
    return _done(request, found, lambda: set_active(found, wanted, str(office.pk)))


@login_required
@require_POST
@reauthentication_required()
def second_factor(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a lost second factor."""
    office, found = _of_office(request, number)
    return _done(request, found, lambda: drop_second_factor(found, str(office.pk)))


@login_required
@require_POST
@reauthentication_required()
def link(request: HttpRequest, number: int) -> HttpResponse:
    """Create a link to set a new password."""
    office, found = _of_office(request, number)
    form = RoleForm(initial={"role": found.role, "enterprise": found.enterprise_id})
    try:
        made = request.build_absolute_uri(password_link(found, str(office.pk)))
    except SeparatrixError as problem:
        return render(request, "park/person.html", _context(found, form, problem=problem), status=409)
    if post_link(request, found.email, made, "password"):
        return redirect("person", number=found.pk)
    return render(request, "park/person.html", _context(found, form, link=made))


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account; by a POST end the sessions in other browsers."""
    own = require(request.user, *EVERYBODY)
    if request.method == "POST":
        end_sessions(own, str(own.pk))
        update_session_auth_hash(request, own)
        messages.success(request, gettext("You are signed out everywhere else."))
        return redirect("account")
    codes = Authenticator.objects.filter(user_id=own.pk, type=Authenticator.Type.TOTP).exists()
    return render(request, "park/account.html", {"second_factor": codes})


@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """Show people who log in through a provider that they have no password here; allauth leads here."""
    require(request.user, *EVERYBODY)
    messages.info(request, gettext("You log in through a provider; there is no password to change here."))
    return redirect("account")


def _of_office(request: HttpRequest, number: int) -> tuple[Person, Person]:
    office = require(request.user, Role.OFFICE)
    return office, get_object_or_404(_visible(office), pk=number)


def _done(request: HttpRequest, found: Person, change: Callable[[], None]) -> HttpResponse:
    """Change an account and show it; or say why it is not changed."""
    try:
        change()
    except SeparatrixError as problem:
        form = RoleForm(initial={"role": found.role, "enterprise": found.enterprise_id})
        return render(request, "park/person.html", _context(found, form, problem=problem), status=409)
    messages.success(request, gettext("The account has been changed and its sessions have ended."))
    return redirect("person", number=found.pk)


urlpatterns = [
    path("account/", account, name="account"),
    path("account/password/set/", no_password, name="account_set_password"),
    path("people/", people, name="people"),
    path("people/<int:number>/", person, name="person"),
    path("people/<int:number>/role/", role, name="person_role"),
    path("people/<int:number>/active/", active, name="person_active"),
    path("people/<int:number>/second-factor/", second_factor, name="person_second_factor"),
    path("people/<int:number>/link/", link, name="person_link"),
]
