"""Each request is processed within the scope of its sender."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from separatrix_park.models.people import Person, scope_of
from separatrix_park.scope import DOOR, PUBLIC, Scope, scoped_as_found

__all__ = ["ScopeMiddleware"]

DOORS = ("/account/", "/join/")
"""Prefixes of addresses where accounts and invitations are looked up for people not signed in yet."""


class _Undone(Exception):
    """The view raised: what it wrote is taken back, and the page that says so is sent all the same."""


class ScopeMiddleware:
    """Sets the scope for a request and takes it away after it; the last before the view.

    Streamed content is produced after that: a view collects it first, or raises `NoScope`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Respond within the scope of the signed-in person."""
        answered: list[HttpResponse] = []
        try:
            with scoped_as_found(lambda: _scope_of_whoever_asks(request)):
                response = self.get_response(request)
                # A template that is rendered later would ask without a scope.
                if hasattr(response, "render") and callable(response.render):
                    response = response.render()
                answered.append(response)
                if getattr(request, "_view_raised", False):
                    raise _Undone
        except _Undone:
            pass
        return answered[0]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note that the view raised; Django makes a page of it before the scope ends."""
        request._view_raised = True


def _scope_of_whoever_asks(request: HttpRequest) -> Scope:
    user = request.user
    if isinstance(user, Person):  # which looks up whose session it is
        return scope_of(user)
    return Scope(DOOR if request.path_info.startswith(DOORS) else PUBLIC)
