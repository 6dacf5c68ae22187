"""Settings of allauth's accounts: no sign-up, attempts counted by address, optional e-mail."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from axes.utils import reset as reset_attempts
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from separatrix_park.accounts.address import client_address, login_name
from separatrix_park.accounts.memberships import subject_of
from separatrix_park.accounts.second_factor import STASHED
from separatrix_park.models.people import Person
from separatrix_park.models.records import LogEntry

__all__ = ["ParkAccounts"]


class ParkAccounts(DefaultAccountAdapter):
    """Accounts come from invitations alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse everybody who has no invitation; those have a page of their own."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address by which attempts are counted."""
        return client_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By name alone, whoever knows an e-mail address could keep its owner out from anywhere.
        return f"{client_address(request)} {login_name(request, credentials)}"

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Return whether a person must confirm their identity, by a new login without another method."""
        request = context.request
        if request is not None and request.user.is_authenticated:
            records = get_authentication_records(request, request.user)
            if not self.get_reauthentication_methods(request.user) and records:
                # Who came by a provider has neither password nor code that could be asked for.
                return bool(time.time() - records[-1]["at"] > app_settings.REAUTHENTICATION_TIMEOUT)
        return bool(super().is_reauthentication_required(app=app, **options))

    def pre_login(self, request: HttpRequest, user: Person, **hooks: Any) -> HttpResponse | None:
        """Note for what the password was given, for the step after it."""
        response: HttpResponse | None = super().pre_login(request, user, **hooks)
        request.session[STASHED] = user.get_session_auth_hash()
        return response

    def set_password(self, user: Person, password: str) -> None:
        """Set a new password, with it in the log; sessions and tokens stood for the old one and end."""
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            LogEntry.append(str(user.pk), "password changed", subject_of(user), user.enterprise_id)
        reset_attempts(username=user.email)

    def format_email_subject(self, subject: str) -> str:
        """Return the subject of a letter."""
        return f"[{settings.PARK.name}] {subject.strip()}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return where a changed password leads."""
        return "/"

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Notify a person by e-mail that their account was changed, if the park has a mail server."""
        if settings.PARK.access.mail is not None:
            super().send_notification_mail(*args, **options)
