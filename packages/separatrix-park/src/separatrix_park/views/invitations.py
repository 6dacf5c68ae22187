"""Invitations: the office makes, renews and withdraws them; people join by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django import forms
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from separatrix.errors import SeparatrixError
from separatrix_park.accounts.invitations import (
    LONGEST,
    accept,
    invite,
    open_invitation,
    renew,
    withdraw,
)
from separatrix_park.accounts.letters import post_link
from separatrix_park.language import translate_sentence as told_in
from separatrix_park.members import admit
from separatrix_park.models import Enterprise, Invitation, Person, Role
from separatrix_park.models.people import require
from separatrix_park.scope import SPEAK_FOR_ONE, whole_park
from separatrix_park.views.menu import MenuEntry
from separatrix_park.views.people import matching_people
from separatrix_park.views.query import page_of_list

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("invitations", _("Invitations"), (Role.OFFICE,), 80),)

STANDINGS = {
    "open": _("not used yet"),
    "used": _("joined"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
}


@dataclass(frozen=True)
class Link:
    """A link that was made just now, and for whom."""

    email: str
    address: str


class JoinForm(forms.Form):
    """A password of one's own choice."""

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; four unrelated words work well."),
    )

    def __init__(self, *arguments: Any, invitation: Invitation, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        """Refuse what is easy to guess."""
        told: dict[str, Any] = super().clean() or {}
        person = Person(email=self.invitation.email, name=told.get("name", ""))
        if told.get("password"):
            try:
                password_validation.validate_password(told["password"], person)
            except ValidationError as problem:
                self.add_error("password", problem)
        return told


class InvitationForm(forms.Form):
    """Whom to invite, as what, for which enterprise."""

    email = forms.EmailField(label=_("Email"), max_length=LONGEST)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", _("Choose …")), *Role.choices])
    key = forms.CharField(
        label=_("Id of the enterprise"),
        max_length=40,
        required=False,
        help_text=_("Short, such as E07; only for people of an enterprise."),
    )
    name = forms.CharField(
        label=_("Name of the enterprise"),
        max_length=200,
        required=False,
        help_text=_("Only if the enterprise is new on the platform."),
    )

    def clean(self) -> dict[str, Any]:
        """Require the enterprise for its people, and a new e-mail address."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("role") in SPEAK_FOR_ONE and not told.get("key"):
            self.add_error("key", gettext("Enter the id of this person's enterprise."))
        if Person.objects.filter(email__iexact=told.get("email", "")).exists():
            self.add_error("email", gettext("A person with this address has already joined."))
        return told


@sensitive_post_parameters("password")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Make an account by an invitation."""
    invitation = open_invitation(token)
    if invitation is None:
        return render(request, "park/join.html", status=410)
    if request.user.is_authenticated:
        return render(request, "park/join.html", {"signed_in": True}, status=409)
    form = JoinForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        person = accept(invitation, told["password"], told["name"])
        if person is None:
            return render(request, "park/join.html", status=410)
        login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
        reauthenticate_by_password(request)  # it was typed this moment; a second factor may follow at once
        return redirect("home")
    context = {"form": form, "invitation": invitation, "enterprise": _enterprise_of(invitation)}
    return render(request, "park/join.html", context)


def _enterprise_of(invitation: Invitation) -> str:
    """Return the enterprise of an invitation, for a person who cannot read enterprises yet."""
    if invitation.enterprise_id is None:
        return ""
    with whole_park("anyone with the link of an invitation may read the name of its enterprise"):
        return str(Enterprise.objects.get(pk=invitation.enterprise_id))


@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """List invitations, and make one."""
    person = require(request.user, Role.OFFICE)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                enterprise = _invited_enterprise(told, person) if told["role"] in SPEAK_FOR_ONE else None
                token = invite(told["email"], told["role"], enterprise, str(person.pk))
        except SeparatrixError as problem:
            form.add_error(None, told_in(problem.message))
        else:
            return _handed_over(request, told["email"], token)
    return _listed(request, form)


def _invited_enterprise(told: dict[str, Any], office: Person) -> Enterprise:
    """Return the enterprise of an invitation, which is admitted where it is new."""
    known = Enterprise.objects.filter(key=told["key"]).first()
    return known or admit(told["key"], told["name"], "", office)


@login_required
@require_POST
def renewed(request: HttpRequest, number: int) -> HttpResponse:
    """Make a new link of an invitation that was not used; the old one works no more."""
    person = require(request.user, Role.OFFICE)
    found = get_object_or_404(Invitation, pk=number)
    token = renew(found, str(person.pk))
    if token is None:
        messages.warning(request, gettext("The invited person has already joined."))
        return redirect("invitations")
    return _handed_over(request, found.email, token)


@login_required
@require_POST
def withdrawn(request: HttpRequest, number: int) -> HttpResponse:
    """End an invitation."""
    person = require(request.user, Role.OFFICE)
    if withdraw(get_object_or_404(Invitation, pk=number), str(person.pk)):
        messages.success(request, gettext("The invitation has been withdrawn; its link no longer works."))
    else:
        messages.warning(request, gettext("The invitation was no longer open."))
    return redirect("invitations")


def _handed_over(request: HttpRequest, email: str, token: str) -> HttpResponse:
    """Send a link by letter, or show it to the office this one time."""
    address = request.build_absolute_uri(reverse("join", args=[token]))
    if post_link(request, email, address, "invitation"):
        return redirect("invitations")
    return _listed(request, InvitationForm(), Link(email, address))


def _listed(request: HttpRequest, form: InvitationForm, link: Link | None = None) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:100]
    found = matching_people(Invitation.objects.select_related("enterprise"), asked).order_by("-pk")
    page = page_of_list(request, found)
    listed = [(invitation, code, STANDINGS[code]) for invitation in page for code in [_standing(invitation)]]
    context = {"form": form, "link": link, "invitations": listed, "page": page, "q": asked}
    return render(request, "park/invitations.html", context)


def _standing(invitation: Invitation) -> str:
    if invitation.used:
        return "used"
    if invitation.withdrawn:
        return "withdrawn"
    return "open" if invitation.expires > timezone.now() else "expired"


urlpatterns = [
    path("join/<str:token>/", join, name="join"),
    path("invitations/", invitations, name="invitations"),
    path("invitations/<int:number>/renewed/", renewed, name="invitation_renewed"),
    path("invitations/<int:number>/withdrawn/", withdrawn, name="invitation_withdrawn"),
]
