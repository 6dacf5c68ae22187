"""The whole service as one application: the pages, the studio, what never changes, and their bounds.

Django keeps whatever is sent to it before it looks at the address, on the disk if need be.  So a body is
counted here while it comes in, strangers may send little and have little time, and what is too large is let
go by without being kept, so that the browser hears the answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http.cookies import CookieError, SimpleCookie

from django.core.asgi import get_asgi_application
from django.http import HttpRequest
from django.utils.translation import get_language_from_request, override
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from separatrix.studio.jobs import Jobs
from separatrix_park.api.application import PREFIX
from separatrix_park.api.refusal import usual
from separatrix_park.errors import page_of, path_for_the_log
from separatrix_park.footprints.node import PREFIX as NODES
from separatrix_park.footprints.node_error import usual as usual_of_nodes
from separatrix_park.studio import AT, ParkStudio, ask

__all__ = ["application"]

_log = logging.getLogger("separatrix.serve.park.asgi")

STATIC = [
    (package, "static")
    for package in (
        "separatrix_park",
        "django_htmx",
        "django.contrib.admin",
        "allauth.account",
        "allauth.mfa",
        "ninja",
    )
]
"""The packages that bring files of their own; nothing has to be collected before a start."""

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
"""Of files and of the pages that are answered here."""

MOST_BYTES = 64_000_000
MOST_OF_STRANGERS = 1_000_000
HEARD = 250_000_000
"""Bytes of a request: that are kept, of people and of strangers; that are let go by."""

SECONDS = 300.0
SECONDS_OF_STRANGERS = 30.0
"""How long a request may take to come in."""

LARGE_AT_ONCE = 4
"""Maximum number of large requests received at the same time; further ones wait."""


def application(*, workers: int = 2) -> ASGIApp:
    """Return the application; Django has to be set up.

    Parameters
    ----------
    workers : int
        Worker processes of the studio; started at its first use.
    """
    pages = get_asgi_application()
    studio = ParkStudio(pages, Jobs(workers))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            studio.close()

    routes = [
        Mount("/static", _files()),
        Mount(AT, studio),
    ]
    served = Starlette(routes=routes, lifespan=lifespan)
    # No mount: to that, an address with an encoded line break in it would be another one, or none.
    served.router.default = _pages(Bounded(pages), served.router.default)
    return served


def _pages(pages: ASGIApp, otherwise: ASGIApp) -> ASGIApp:
    """Return the pages for requests, and what was there before for anything else."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        await (pages if scope["type"] == "http" else otherwise)(scope, receive, send)

    return answered


def _files() -> ASGIApp:
    files = StaticFiles(packages=list(STATIC))

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-cache"  # kept, and asked for again: a 304 after an upgrade
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Content-Security-Policy"] = POLICY
            await send(message)

        await files(scope, receive, sealed)

    return answered


class _TooMuchError(Exception):
    """A body that is too large for its sender, or takes too long."""

    def __init__(self, status: int) -> None:
        self.status = status


class Bounded:
    """The pages, with bounds for what is sent to them, and with a page for failures of their own.

    Parameters
    ----------
    pages : ASGI application
    """

    def __init__(self, pages: ASGIApp) -> None:
        self._pages = pages
        self._people = asyncio.Semaphore(LARGE_AT_ONCE)
        self._programs = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        body = _Body(receive)
        sent = False

        async def noted(message: Message) -> None:
            nonlocal sent
            sent = True
            await send(message)

        try:
            async with AsyncExitStack() as large:
                body.before_large = lambda: self._enter(scope, large)
                await self._pages(scope, body.receive, noted)
        except _TooMuchError as problem:
            if problem.status != 408 and not body.whole:
                await _let_go_by(receive, body.size)
            await _page(problem.status, scope)(scope, receive, send)
        except Exception:
            reference = secrets.token_hex(4)
            where = path_for_the_log(scope["path"])
            _log.exception("answered %s %s with error page %s", scope["method"], where, reference)
            if sent:
                raise
            await _page(500, scope, reference)(scope, receive, send)

    async def _enter(self, scope: Scope, large: AsyncExitStack) -> None:
        """Receive the rest of a large body from a known sender, when it is its turn."""
        if scope["path"].startswith(f"/{PREFIX}"):
            if (await ask(self._pages, scope, f"/{PREFIX}me")).status != 200:
                raise _TooMuchError(401)  # a token that is none, or not any more, is told as such
            await large.enter_async_context(self._programs)
        elif scope["path"].startswith(f"/{NODES}"):
            raise _TooMuchError(413)
        elif (await ask(self._pages, scope, f"{AT}/")).status == 200:
            await large.enter_async_context(self._people)
        else:
            raise _TooMuchError(413)


class _Body:
    """The body of a request, counted while it comes in."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._begun = time.monotonic()
        self._seconds = SECONDS_OF_STRANGERS
        self.before_large: Callable[[], Awaitable[None]] | None = None
        self.size = 0
        self.whole = False

    async def receive(self) -> Message:
        """Return the next piece; once all are there, whatever the browser says then."""
        if self.whole:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._begun + self._seconds - time.monotonic())):
                message = await self._receive()
        except TimeoutError:
            raise _TooMuchError(408) from None
        self.size += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.size > MOST_BYTES:
            raise _TooMuchError(413)
        if self.size > MOST_OF_STRANGERS and self.before_large is not None:
            await self.before_large()
            self.before_large, self._seconds = None, SECONDS
        return message


async def _let_go_by(receive: Receive, size: int) -> None:
    """Receive a body without storing it, so that the browser reads the response."""
    try:
        async with asyncio.timeout(SECONDS):
            while size < HEARD:
                message = await receive()
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        return


def _page(status: int, scope: Scope, reference: str = "") -> Response:
    """Return the page of a status, in the language that was chosen or that the browser asks for.

    Programs receive the same in their form.
    """
    headers, request = Headers(scope=scope), HttpRequest()
    request.COOKIES = _cookies(headers)
    request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get("accept-language", "")
    with override(get_language_from_request(request)):
        answer: Response
        if scope["path"].startswith(f"/{PREFIX}"):
            answer = Response(usual(status).model_dump_json(), status, media_type="application/json")
        elif scope["path"].startswith(f"/{NODES}"):
            body = json.dumps(usual_of_nodes(status).body, ensure_ascii=False)
            answer = Response(body, status, media_type="application/json")
        else:
            answer = HTMLResponse(page_of(status, reference=reference), status)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Connection"] = "close"
    return answer


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: found.value for name, found in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
