"""Invitations: the office makes them, people join by them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import login, password_validation
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from separatrix.serve.park.accounts import accept, invite, open_invitation
from separatrix.serve.park.models import Enterprise, Invitation, Person, Role
from separatrix.serve.park.scope import require
from separatrix.serve.park.views.menu import MenuEntry

__all__ = ["MENU", "urlpatterns"]

MENU = (MenuEntry("invitations", _("Invitations"), (Role.OFFICE,), 80),)

OF_ENTERPRISES = (Role.ENTRY, Role.APPROVAL)


class JoinForm(forms.Form):
    """A password of one's own choice."""

    password = forms.CharField(widget=forms.PasswordInput, min_length=12)

    def clean_password(self) -> str:
        """Refuse what is easy to guess."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


class InvitationForm(forms.Form):
    """Whom to invite, as what, for which enterprise."""

    email = forms.EmailField()
    role = forms.ChoiceField(choices=Role.choices)
    key = forms.CharField(max_length=40, required=False)
    name = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the enterprise of its people, and for the address of somebody new."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("role") in OF_ENTERPRISES and not told.get("key"):
            self.add_error("key", gettext("Name the enterprise of this person by its id."))
        if Person.objects.filter(email__iexact=told.get("email", "")).exists():
            self.add_error("email", gettext("Somebody with this address has joined already."))
        return told


def join(request: HttpRequest, token: str) -> HttpResponse:
    """Make an account by an invitation."""
    invitation = open_invitation(token)
    if invitation is None:
        return render(request, "park/join.html", status=410)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = accept(invitation, form.cleaned_data["password"])
        if person is None:
            return render(request, "park/join.html", status=410)
        login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return redirect("home")
    return render(request, "park/join.html", {"form": form, "invitation": invitation})


@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """List invitations, and make one."""
    person = require(request.user, Role.OFFICE)
    form, link = InvitationForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        enterprise = None
        if told["role"] in OF_ENTERPRISES:
            enterprise, _ = Enterprise.objects.get_or_create(
                key=told["key"], defaults={"name": told["name"] or told["key"]}
            )
        token = invite(told["email"], told["role"], enterprise, str(person.pk))
        link = request.build_absolute_uri(reverse("join", args=[token]))
    context = {"form": form, "link": link, "open": Invitation.objects.all()}
    return render(request, "park/invitations.html", context)


urlpatterns = [
    path("join/<str:token>/", join, name="join"),
    path("invitations/", invitations, name="invitations"),
]
