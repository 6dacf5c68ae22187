"""The whole service as one application: what never changes, and the pages of Django."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["application"]

STATIC = [
    (package, "static")
    for package in (
        "separatrix.serve.park",
        "django_htmx",
        "django.contrib.admin",
        "allauth.account",
        "allauth.mfa",
    )
]
"""The packages that bring files of their own; nothing has to be collected before a start."""

ASKED_AGAIN = {b"cache-control": b"no-cache", b"x-content-type-options": b"nosniff"}
"""What is said of these files: browsers keep them, and ask whether they are still the same."""


def application() -> ASGIApp:
    """Return the application; Django has to be set up."""
    files = StaticFiles(packages=[(package, folder) for package, folder in STATIC])
    routes = [Mount("/static", _with_headers(files, ASKED_AGAIN)), Mount("/", get_asgi_application())]
    return Starlette(routes=routes)


def _with_headers(app: ASGIApp, headers: MutableMapping[bytes, bytes]) -> ASGIApp:
    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                told: list[Any] = [*message.get("headers", ()), *headers.items()]
                message = {**message, "headers": told}
            await send(message)

        await app(scope, receive, sealed)

    return answered
