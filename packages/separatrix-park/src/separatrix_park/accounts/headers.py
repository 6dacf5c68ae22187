"""Security headers of every page: no external sources, no inline code, no frames, no caching."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["HeadersMiddleware", "policy"]

RULES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the picture of a second factor's secret
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def policy(issuer: str = "") -> str:
    """Return the Content-Security-Policy of the platform's pages.

    Parameters
    ----------
    issuer : str
        The provider by which people may sign in, to which the form of the sign-in page leads on.

    Examples
    --------
    >>> policy("https://login.example.cn/realm").rpartition("; ")[2]
    "form-action 'self' https://login.example.cn"
    """
    parts = urlsplit(issuer)
    onward = f" {parts.scheme}://{parts.netloc}" if issuer else ""
    return "; ".join(f"{name} {value}" for name, value in RULES.items()) + onward


class HeadersMiddleware:
    """Gives each answer of the platform its headers, errors among them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        sign_on = settings.PARK.access.sign_on
        self.headers = {
            "Content-Security-Policy": policy(sign_on.issuer if sign_on else ""),
            "X-Frame-Options": "DENY",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"  # what one tenant saw, no next person of a machine
        return response
