"""The node of each enterprise, as PACT 3 has it: a token, footprints, and events, for partners' programs.

The address of an enterprise's node begins with ``/pact/<key>/``. It uses no sessions and responds over
https only. Without a token it does not reveal whether the enterprise exists.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from separatrix.sentences import say
from separatrix_park.footprints.footprint_page import deliver, page_for
from separatrix_park.footprints.inbound_event import read_event, take_event
from separatrix_park.footprints.node_error import NodeError, usual
from separatrix_park.footprints.node_token import LIFETIME, partner_of, token_for
from separatrix_park.models.footprints import Partner, PublishedFootprint
from separatrix_park.scope import PARTNER, Scope, scoped

__all__ = ["PREFIX", "NodeMiddleware", "urlpatterns"]

PREFIX = "pact/"
"""Where the nodes begin."""

GRANT = "client_credentials"

View = Callable[..., HttpResponse]


class NodeMiddleware:
    """Keeps what is meant for people's browsers away from the nodes.

    Cookies are ignored, http requests get no response, there are no redirections, and errors have the
    protocol's form instead of a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if not request.path_info.startswith(f"/{PREFIX}"):
            return self.get_response(request)
        if not request.is_secure():
            return NodeError(403, say("this node answers over https alone")).response()
        request.COOKIES = {}
        answer = self.get_response(request)
        if answer.status_code >= 300 and not answer.get("Content-Type", "").startswith("application/json"):
            told = usual(404 if answer.status_code < 400 else answer.status_code)
            told.headers |= {name: answer[name] for name in ("Allow", "Retry-After") if name in answer}
            answer = told.response()
        answer["Cache-Control"] = "no-store"
        return answer


def refusing(view: View) -> View:
    """Let a view's refusals be answered, for programs, which send no form of a page of ours."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **found: Any) -> HttpResponse:
        try:
            return view(request, **found)
        except NodeError as problem:
            return problem.response()

    return answered


def for_partner(view: View) -> View:
    """Restrict a view to partners' programs, each within its own scope."""

    @refusing
    @wraps(view)
    def answered(request: HttpRequest, key: str, **found: Any) -> HttpResponse:
        partner = partner_of(request.headers.get("Authorization", ""), key)
        with scoped(Scope(PARTNER, partner=partner.pk)):
            return view(request, partner, **found)

    return answered


@require_http_methods(["POST"])
@refusing
def token(request: HttpRequest, key: str) -> HttpResponse:
    """Give a partner's program a token for its secret (RFC 6749, section 4.4)."""
    if request.POST.get("grant_type") != GRANT:
        return _refused_token(400, "unsupported_grant_type", say("`grant_type` is client_credentials here"))
    found = token_for(request.headers.get("Authorization", ""), key)
    if found is None:
        return _refused_token(
            401, "invalid_client", say("no partner signs in here by this client and secret")
        )
    return JsonResponse({"access_token": found, "token_type": "bearer", "expires_in": LIFETIME})


def _refused_token(status: int, error: str, message: str) -> HttpResponse:
    problem = NodeError(status, message, {"WWW-Authenticate": 'Basic realm="pact"'} if status == 401 else {})
    told = {"error": error, "error_description": problem.body["message"], "message": problem.body["message"]}
    return JsonResponse(
        {**told, "code": "BadRequest"},
        status=status,
        headers=problem.headers,
        json_dumps_params={"ensure_ascii": False},
    )


@require_http_methods(["GET"])
@refusing
def discovery(request: HttpRequest, key: str) -> HttpResponse:
    """Say where tokens are given; the same for each key, whether or not it is an enterprise's."""
    issuer = request.build_absolute_uri(reverse("node-token", args=[key])).removesuffix("/auth/token")
    return JsonResponse(
        {
            "issuer": issuer,
            "token_endpoint": f"{issuer}/auth/token",
            "grant_types_supported": [GRANT],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "response_types_supported": [],
        }
    )


@require_http_methods(["GET"])
@for_partner
def footprints(request: HttpRequest, partner: Partner) -> HttpResponse:
    """List what the partner may see."""
    page = page_for(partner, request.GET)
    deliver(partner, page.footprints)
    answer = _data([footprint.record for footprint in page.footprints])
    if page.onward:
        here = request.build_absolute_uri(request.path)
        answer["Link"] = f'<{here}?{page.onward}>; rel="next"'
    return answer


@require_http_methods(["GET"])
@for_partner
def footprint(request: HttpRequest, partner: Partner, identifier: str) -> HttpResponse:
    """Show one footprint, if the partner may see it; else there is none."""
    try:
        found = PublishedFootprint.objects.filter(pk=uuid.UUID(identifier)).first()
    except ValueError:
        raise NodeError(400, say("the id of a footprint is a UUID")) from None
    if found is None:
        raise NodeError(404, say("footprint not found"))
    deliver(partner, [found])
    return _data(found.record)


@require_http_methods(["POST"])
@for_partner
def events(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Take an event of the partner."""
    take_event(partner, read_event(request.headers.get("Content-Type", ""), request.body))
    return HttpResponse(status=200, content_type="application/json")


def _data(told: Any) -> HttpResponse:
    return JsonResponse({"data": told}, json_dumps_params={"ensure_ascii": False, "allow_nan": False})


urlpatterns = [
    path(f"{PREFIX}<str:key>/auth/token", token, name="node-token"),
    path(f"{PREFIX}<str:key>/.well-known/openid-configuration", discovery, name="node-discovery"),
    path(f"{PREFIX}<str:key>/3/footprints", footprints, name="node-footprints"),
    path(f"{PREFIX}<str:key>/3/footprints/<str:identifier>", footprint, name="node-footprint"),
    path(f"{PREFIX}<str:key>/3/events", events, name="node-events"),
]
