"""Each request is answered within the scope of whoever sent it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from separatrix.serve.park.models.people import Person
from separatrix.serve.park.scope import PUBLIC, Scope, scope_of, scoped

__all__ = ["ScopeMiddleware"]


class ScopeMiddleware:
    """Sets the scope for a request and takes it away after it; the last before the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the scope of whoever is signed in."""
        user = request.user
        with scoped(scope_of(user) if isinstance(user, Person) else Scope(PUBLIC)):
            response = self.get_response(request)
            # A template that is rendered later would ask without a scope.
            if hasattr(response, "render") and callable(response.render):
                response = response.render()
        return response
