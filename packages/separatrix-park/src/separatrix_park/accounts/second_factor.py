"""The second factor: codes by time (TOTP, RFC 6238) and recovery codes, each good once; who must have it.

Allauth does most of the work. Three things are added: secrets are stored encrypted; used codes are stored
in the database, so that no other process and no restart accepts one again; and the password must not have
changed between the two steps of a login.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from separatrix_park.accounts.settings import KeyFile
from separatrix_park.models.people import Person

__all__ = [
    "STASHED",
    "USE",
    "ActivationForm",
    "ParkSecondFactor",
    "SecondFactorMiddleware",
    "SignInForm",
    "StepUpForm",
    "lacks_second_factor",
]

USE = "second factor"

STASHED = "park_who_gave_the_password"
"""Where a session keeps what a password stood for while the code is awaited."""

DIGITS = {"inputmode": "numeric", "autofocus": True, "placeholder": ""}
"""Of a field for codes: phones show digits for it."""

WITHOUT = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
        "account_change_password",
        "account_logout",
        "set_language",
    }
)
"""Pages open to a person who still has to set up the required second factor."""


def lacks_second_factor(person: Person) -> bool:
    """Return whether a person must set up a second factor before anything else."""
    if person.role not in settings.PARK.access.second_factor:
        return False
    return not Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists()


class ParkSecondFactor(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted under the park's key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "This code is wrong or has already been used. Wait for the next code and enter it."
        ),
    }

    def get_totp_issuer(self) -> str:
        """Return what authenticators call the platform."""
        return str(settings.PARK.name)

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return KeyFile(settings.PARK.key_file).encrypt(text, USE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that the database keeps."""
        return KeyFile(settings.PARK.key_file).decrypt(encrypted_text, USE)


class ActivationForm(ActivateTOTPForm):
    """The first code of a new authenticator; it is used by that."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].label = _("Six digits of the authenticator")
        self.fields["code"].widget.attrs |= DIGITS

    def clean_code(self) -> str:
        """Refuse a code that is wrong."""
        code: str = super().clean_code()
        _spend(self.user, self.secret, code)
        return code


class _Once:
    """Refuses a code that was taken before."""

    user: Person
    authenticator: Authenticator
    fields: dict[str, Any]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].label = _("Six digits of the authenticator, or a recovery code")
        self.fields["code"].widget.attrs |= DIGITS

    def clean_code(self) -> str:
        """Reject a code that is wrong or already used."""
        code: str = super().clean_code()  # type: ignore[misc]
        found = self.authenticator
        if found.type == Authenticator.Type.TOTP:
            secret = ParkSecondFactor().decrypt(found.data["secret"])
            if not _spend(self.user, secret, code):
                raise ParkSecondFactor().validation_error("incorrect_code")
        return code


class SignInForm(_Once, AuthenticateForm):
    """The code after the password."""

    def clean_code(self) -> str:
        """Refuse a code, too, where the password or the role was changed since the password was given."""
        code = super().clean_code()
        if context.request.session.get(STASHED) != self.user.get_session_auth_hash():
            raise ParkSecondFactor().validation_error("incorrect_code")
        return code


class StepUpForm(_Once, ReauthenticateForm):
    """The code before something that asks who one is again."""


def _spend(person: Person, secret: str, code: str) -> bool:
    """Use up a code that was found right; False where it, or a later one, was used before."""
    plain = "".join(c for c in code if c.isalnum())
    counter = next(
        (c for c in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, c)) == plain),
        int(time.time()) // app_settings.TOTP_PERIOD,
    )
    # One statement decides who was first, whichever process asks.
    spent = Person.objects.filter(pk=person.pk, code_counter__lt=counter).update(code_counter=counter)
    return bool(spent)


class SecondFactorMiddleware:
    """Redirects people without the required second factor to the page that sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: Any, names: Any
    ) -> HttpResponse | None:
        """Let a request through, or not."""
        person = request.user
        if not isinstance(person, Person) or not lacks_second_factor(person):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in WITHOUT and not match.namespace:
            return None
        asks_for_a_part = request.headers.get("HX-Request") or request.headers.get("Authorization")
        if request.method not in ("GET", "HEAD") or asks_for_a_part:
            raise PermissionDenied
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
