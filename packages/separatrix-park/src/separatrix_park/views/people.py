"""People: who has an account, what the office changes of it, and one's own.

Invitations: the office makes, renews and withdraws them; people join by them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from separatrix.errors import SeparatrixError
from separatrix_park.accounts.invitations import LONGEST, accept, invite, open_invitation, renew, withdraw
from separatrix_park.accounts.letters import post_link
from separatrix_park.accounts.memberships import (
    change_role,
    drop_second_factor,
    end_sessions,
    password_link,
    set_active,
)
from separatrix_park.members import admit
from separatrix_park.models.people import Enterprise, Invitation, Person, require
from separatrix_park.scope import SPEAK_FOR_ONE, Role, whole_park
from separatrix_park.scope import translate_sentence as told_in
from separatrix_park.views.navigation import MenuEntry, page_of_list

__all__ = ["MENU", "matching_people", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = (
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


MENU += (MenuEntry("invitations", _("Invitations"), (Role.OFFICE,), 80),)

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


urlpatterns += [
    path("join/<str:token>/", join, name="join"),
    path("invitations/", invitations, name="invitations"),
    path("invitations/<int:number>/renewed/", renewed, name="invitation_renewed"),
    path("invitations/<int:number>/withdrawn/", withdrawn, name="invitation_withdrawn"),
]
