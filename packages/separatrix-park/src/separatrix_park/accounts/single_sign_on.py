"""Signing in by an OpenID Connect provider: only who was invited by that e-mail address comes in.

The protocol is allauth's: authorization code with PKCE, a state bound to the session, issuer, audience and
age of the identity token.  The token comes over https straight from the provider, so that its signature need
not be verified again (OpenID Connect Core 1.0, 3.1.3.7).  Here it is decided whom the token stands for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from requests import RequestException

from separatrix_park.accounts.invitations import accept, invitation_of
from separatrix_park.models.people import Person

__all__ = ["ParkSignOn", "where_it_answers"]

_log = logging.getLogger("separatrix.park")


def where_it_answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a page that redirects to the provider, or an error if the provider does not respond properly."""

    @wraps(view)
    def view_with_refusals(request: HttpRequest, *arguments: Any, **names: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **names)
        except (RequestException, KeyError, ValueError) as problem:
            _log.warning("the provider of logins does not answer as it should: %s", type(problem).__name__)
            return render(request, "socialaccount/authentication_error.html", status=502)

    return view_with_refusals


class ParkSignOn(DefaultSocialAccountAdapter):
    """Decides who comes in by the provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse everybody who has no invitation."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person for the provider's identity: an existing account, or an invited person."""
        address = self._address(sociallogin)
        sociallogin.account.extra_data = {}  # names and pictures are nobody's business here
        if sociallogin.is_existing:
            sociallogin.account.save(update_fields=["extra_data"])
            return
        if not address or request.user.is_authenticated:
            raise ImmediateHttpResponse(self._nobody(request))
        person = Person.objects.filter(email__iexact=address).first()
        if person is None:
            invitation = invitation_of(address)
            person = accept(invitation, None) if invitation is not None else None
        if person is None:
            raise ImmediateHttpResponse(self._nobody(request))
        sociallogin.connect(request, person)

    def _address(self, sociallogin: SocialLogin) -> str:
        """Return the address that the provider has verified; empty where it has verified none."""
        told: Mapping[str, Any] = sociallogin.account.extra_data
        token, details = told.get("id_token"), told.get("userinfo")
        # What is told on the way of the access token counts only if it is of whom the identity token names
        # (OpenID Connect Core 1.0, 5.3.2).
        if not token or (details and details.get("sub") != token.get("sub")):
            raise ImmediateHttpResponse(self._nobody(sociallogin.provider.request))
        found = [e.email for e in sociallogin.email_addresses if e.verified]
        return found[0].strip().lower() if found else ""

    def _nobody(self, request: HttpRequest) -> HttpResponse:
        return render(request, "socialaccount/not_invited.html", status=403)
