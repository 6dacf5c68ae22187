"""What programs that watch over the service ask: whether it lives, whether it can work, and its metrics.

They are answered before sessions, scopes and names of hosts are looked at: a service whose database is away
still says so, and a watcher on the same machine needs no name of it.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from separatrix.errors import InputError
from separatrix_park.folder import ParkFolder, read_secret
from separatrix_park.records.health import readiness
from separatrix_park.records.metrics import exposition, observe

__all__ = ["ProbeMiddleware", "may_read"]

TOKEN = "metrics-token"
"""A file in the folder of the park; who sends its content reads the metrics from elsewhere."""

PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
"""Headers that a proxy sets when it acts for another client."""


class ProbeMiddleware:
    """Answers probes, and counts all other requests; the first of all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        probe = PROBES.get(request.path_info) if request.method in ("GET", "HEAD") else None
        if probe is not None:
            response = probe(request)
            response["Cache-Control"] = "no-store"
            response["X-Content-Type-Options"] = "nosniff"
            return response
        began = time.perf_counter()
        response = self.get_response(request)
        observe(request, response.status_code, time.perf_counter() - began)
        return response


def _live(_: HttpRequest) -> HttpResponse:
    """Say that the process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


def _ready(_: HttpRequest) -> HttpResponse:
    """Say which checks hold, and to strangers not why one does not."""
    checks = readiness(settings.PARK)
    return JsonResponse(
        {c.name: c.holds for c in checks}, status=200 if all(c.holds for c in checks) else 503
    )


def _metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request, settings.PARK):
        return HttpResponse("", status=404)
    return HttpResponse(exposition(settings.PARK), content_type="text/plain; version=0.0.4; charset=utf-8")


PROBES = {"/healthz": _live, "/readyz": _ready, "/metrics": _metrics}


def may_read(request: HttpRequest, park: ParkFolder) -> bool:
    """Return whether a request may see the metrics.

    It is one of this machine that no proxy passed on, or carries the token of the park.
    """
    try:
        token = read_secret(park.path / TOKEN, "W233")
    except InputError:
        token = ""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(told.encode(), token.encode()):
        return True
    if any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
