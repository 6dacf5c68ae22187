"""The technical administrator's pages, Django's own: members, people, invitations, deadlines, lock-outs.

They are for the office with a second factor, whatever the park asks of others, and hold nothing that an
enterprise reports.  What is changed here is changed by the functions that the office's pages call.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from separatrix_park.accounts.invitations import withdraw
from separatrix_park.members import rename
from separatrix_park.models import Deadline, Enterprise, Invitation, LogEntry, Person, Role
from separatrix_park.reporting.tables import remove_deadline

__all__ = ["site"]

CALLED: dict[type[models.Model], tuple[Any, Any, dict[str, Any]]] = {
    Enterprise: (
        _("Enterprise"),
        _("Enterprises"),
        {
            "key": _("Id"),
            "name": _("Name"),
            "sector": _("Sector"),
            "joined": _("Member since"),
            "left": _("Left on"),
        },
    ),
    Person: (
        _("Person"),
        _("People"),
        {
            "email": _("Email"),
            "name": _("Name"),
            "role": _("Role"),
            "enterprise": _("Enterprise"),
            "is_active": _("Can log in"),
            "language": _("Language"),
            "made": _("Joined on"),
            "last_login": _("Last signed in"),
        },
    ),
    Invitation: (
        _("Invitation"),
        _("Invitations"),
        {
            "email": _("Email"),
            "role": _("Role"),
            "enterprise": _("Enterprise"),
            "made": _("Invited on"),
            "by": _("Invited by number"),
            "expires": _("Valid until"),
            "used": _("Joined on"),
            "withdrawn": _("Withdrawn on"),
        },
    ),
    Deadline: (
        _("Deadline"),
        _("Deadlines"),
        {"table": _("Table"), "year": _("Year"), "due": _("Due"), "note": _("Note")},
    ),
    AccessAttempt: (
        _("Failed login"),
        _("Failed logins and lock-outs"),
        {
            "attempt_time": _("When"),
            "username": _("Name entered"),
            "ip_address": _("IP address"),
            "user_agent": _("Browser"),
            "failures_since_start": _("Failures"),
        },
    ),
}
"""What people call the rows and their columns; Django has only what programs call them."""


class Administration(admin.AdminSite):
    """Django's pages behind the platform's own login."""

    site_header = site_title = _("Administration")
    index_title = _("Accounts")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether a person is of the office and used a second factor."""
        person = request.user
        return bool(
            isinstance(person, Person)
            and person.is_active
            and person.role == Role.OFFICE
            and Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists()
        )

    def get_urls(self) -> list[Any]:
        """Omit the generic address of a row's own page: rows here name theirs."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the platform's login; Django's own would ask for no second factor."""
        if not request.user.is_authenticated:
            onward = urlencode({"next": reverse("admin:index")})
            return HttpResponseRedirect(f"{reverse('account_login')}?{onward}")
        if getattr(request.user, "role", None) == Role.OFFICE and not self.has_permission(request):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        raise PermissionDenied

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the rows in one list, whichever library keeps them."""
        found = [kind for app in super().get_app_list(request, app_label) for kind in app["models"]]
        order = list(CALLED)
        found.sort(key=lambda kind: order.index(kind["model"]))
        shown = {"name": self.index_title, "app_label": "park", "app_url": "", "has_module_perms": True}
        return [shown | {"models": found}] if found else []

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the platform's page."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the platform's page."""
        return HttpResponseRedirect(reverse("account_logout"))


class Rows(admin.ModelAdmin):
    """Rows for viewing; the platform's log records changes, and Django's log stays empty."""

    actions = None
    list_per_page = 50

    def __init__(self, model: Any, site: admin.AdminSite) -> None:
        super().__init__(model, site)
        # Set here and not in the models: what migrations compare stays as it is.
        model._meta.verbose_name, model._meta.verbose_name_plural, columns = CALLED[model]
        for name, title in columns.items():
            model._meta.get_field(name).verbose_name = title

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the row names are shown; anyone who came this far may see them."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the rows are shown."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what is new comes by the office's pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, but where a page says otherwise."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse, but where a page says otherwise."""
        return False

    def log_addition(self, *_: Any) -> None:
        """Keep nothing."""

    log_change = log_deletions = log_addition


class MembersAdmin(Rows):
    """Enterprises: their names and sectors may be put right."""

    list_display = ("key", "name", "sector", "joined", "left")
    search_fields = ("key", "name")
    fields = ("key", "name", "sector", "joined", "left")
    readonly_fields = ("key", "joined", "left")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let names be changed."""
        return True

    def save_model(self, request: HttpRequest, obj: Enterprise, form: ModelForm, change: bool) -> None:
        """Change a name with its entry in the log."""
        rename(obj, obj.name, obj.sector, _person(request))


class Accounts(Rows):
    """People: seen here, changed on the platform's page, which asks for the password again."""

    list_display = ("email", "name", "role", "enterprise", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    fields = ("email", "name", "role", "enterprise", "is_active", "language", "made", "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """Return all people, with their enterprises."""
        found: QuerySet[Person] = super().get_queryset(request).select_related("enterprise")
        return found

    def view_on_site(self, obj: Person) -> str:
        """Return the address of the page on which the account is changed."""
        return reverse("person", args=[obj.pk])


class Invitations(Rows):
    """Invitations: one that is still open may be withdrawn; its secret is kept nowhere."""

    list_display = ("email", "role", "enterprise", "made", "expires", "used", "withdrawn")
    list_filter = ("role",)
    search_fields = ("email",)
    fields = ("email", "role", "enterprise", "made", "by", "expires", "used", "withdrawn")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let open ones be withdrawn."""
        return obj is not None and obj.used is None and obj.withdrawn is None

    def delete_model(self, request: HttpRequest, obj: Invitation) -> None:
        """Withdraw an invitation; that it was made stays known."""
        withdraw(obj, str(_person(request).pk))


class Deadlines(Rows):
    """Deadlines: seen here and taken back; they are set on the office's page."""

    list_display = ("table", "year", "due", "note")
    list_filter = ("year",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let them be taken back."""
        return obj is not None

    def delete_model(self, request: HttpRequest, obj: Deadline) -> None:
        """Take a deadline back, with its entry in the log."""
        remove_deadline(_person(request), obj)


class Lockouts(Rows):
    """Failed login attempts; a locked-out address may be unlocked."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    fields = ("attempt_time", "username", "ip_address", "user_agent", "failures_since_start")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let them be forgotten, which ends the lock-out."""
        return obj is not None

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Forget the attempts, with an entry in the log."""
        with transaction.atomic():
            obj.delete()
            LogEntry.append(str(_person(request).pk), "lock-out lifted", f"lock-out {obj.pk}")


def _person(request: HttpRequest) -> Person:
    person = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    return person


site = Administration(name="admin")
site.register(Enterprise, MembersAdmin)
site.register(Person, Accounts)
site.register(Invitation, Invitations)
site.register(Deadline, Deadlines)
site.register(AccessAttempt, Lockouts)
