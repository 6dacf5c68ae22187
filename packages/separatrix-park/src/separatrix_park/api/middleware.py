"""Authentication of programs before any other middleware, and JSON for every response."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from separatrix_park.api.application import PREFIX
from separatrix_park.api.errors import usual
from separatrix_park.errors import AGAIN
from separatrix_park.scope import DOOR, Scope, scoped
from separatrix_park.tokens import bearer_of, count_request

__all__ = ["ProgramMiddleware"]


class ProgramMiddleware:
    """Gives requests of programs the person of their token, and no other.

    A session of a browser counts for nothing here, so that no page elsewhere can ride on it.  It stands
    after Django's `AuthenticationMiddleware`, whose person it replaces, and before what gives the scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if not request.path_info.startswith(f"/{PREFIX}"):
            return self.get_response(request)
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        try:
            with scoped(Scope(DOOR)):
                token = bearer_of(secret.strip()) if scheme.lower() == "bearer" else None
                wait = 0 if token is None else count_request(token, settings.PARK.requests_a_minute)
        except (OperationalError, InterfaceError):
            response = _error_response(503)
            response["Retry-After"] = AGAIN[503]
            return response
        if wait:
            response = _error_response(429)
            response["Retry-After"] = str(wait)
            response["Cache-Control"] = "no-store"
            return response
        request.token = token
        request.user = token.person if token else AnonymousUser()
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == 200 and "ETag" in response:
            response = get_conditional_response(request, etag=response["ETag"], response=response)
        if response.status_code >= 300 and response.status_code != 304:
            response = _as_json(response)
        response["Cache-Control"] = "no-store"
        response["Vary"] = "Authorization, Accept-Language"
        return response


def _as_json(response: HttpResponse) -> HttpResponse:
    """Convert error pages of Django and other middleware to JSON."""
    if response.get("Content-Type", "").startswith("application/json"):
        return response
    told = _error_response(403 if response.status_code < 400 else response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response:
            told[name] = response[name]
    return told


def _error_response(status: int) -> HttpResponse:
    return HttpResponse(
        usual(status).model_dump_json(exclude_none=False), status=status, content_type="application/json"
    )
