"""The whole service as one application: the pages, the studio, what never changes, and their bounds.

Django keeps whatever is sent to it before it looks at the address, on the disk if need be.  So a body is
counted here while it comes in, strangers may send little and have little time, and what is too large is let
go by without being kept, so that the browser hears the answer.

The studio inside the platform: for those who are signed in, each with a room of their own.

The pages themselves decide about access, before each response and by the same rules: an ended session, a
changed role or a missing second factor ends access here too. A room contains the work of one person in one
role; it cannot be found from another room, even by its address. The park office and auditors start with the
cluster of approved data, all others with the catalogue.

What stands before the platform: the network, and proxies that speak for those behind them.

Each request is processed within the scope of its sender.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.application import ModelStore, Studio, asset_routes, room, shell
from separatrix.studio.error_json import error_json
from separatrix.studio.jobs import Jobs
from separatrix.studio.security import is_loopback, same_site, sealed
from separatrix.studio.upload import LARGEST_UPLOAD, Upload
from separatrix_park.access import Access
from separatrix_park.api.application import PREFIX
from separatrix_park.api.errors import usual
from separatrix_park.errors import page_of, path_for_the_log
from separatrix_park.footprints.node import PREFIX as NODES
from separatrix_park.footprints.pages import usual as usual_of_nodes
from separatrix_park.models.people import Person, scope_of
from separatrix_park.scope import DOOR, PUBLIC, scoped_as_found
from separatrix_park.scope import Scope as DatabaseScope

__all__ = [
    "AT",
    "ParkStudio",
    "ScopeMiddleware",
    "StudioResponse",
    "application",
    "ask",
    "behind",
    "require_guarded",
]

AT = "/studio"
"""Its path; the page has a trailing slash, since its resources are below it."""

FIRST = "shi-chen-2018"
"""What people of an enterprise begin with: the paper's own game."""

MOST_ROOMS = 30
"""Rooms that are held; who comes back to one that was given up opens its file again by themselves."""

OF_A_BODY = {b"content-length", b"content-type", b"transfer-encoding", b"expect"}
OF_A_COPY = {b"accept-encoding", b"range", b"if-none-match", b"if-modified-since"}


@dataclass(frozen=True)
class StudioResponse:
    """What an application answered."""

    status: int
    headers: Headers
    body: bytes


async def ask(app: ASGIApp, scope: Scope, path: str) -> StudioResponse:
    """Request a page from an application on behalf of the sender of a request.

    Parameters
    ----------
    app : ASGI application
    scope : Scope
        Of their request, whose cookies and address count.
    path : str
        Of the page.
    """
    left_out = OF_A_BODY | OF_A_COPY
    inner = {
        **scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name, value) for name, value in scope["headers"] if name not in left_out],
    }
    told: dict[str, Any] = {"status": 500, "headers": []}
    pieces: list[bytes] = []
    begun = False

    async def receive() -> Message:
        nonlocal begun
        if begun:
            await asyncio.Future()  # nobody hangs up: the answer is for the server itself
        begun = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            told.update(message)
        pieces.append(message.get("body", b""))

    await app(inner, receive, send)
    raw = [(name.lower(), value) for name, value in told["headers"]]
    return StudioResponse(told["status"], Headers(raw=raw), b"".join(pieces))


class RoomOfPark(Studio):
    """A studio that begins with the cluster of what is approved at the time."""

    def __init__(self, pages: ASGIApp, start: Upload, jobs: Jobs, language: str, models: ModelStore) -> None:
        super().__init__(start, jobs, language, models)
        self._pages = pages

    async def start(self, request: Request) -> Response:
        """Answer the cluster; where nothing is approved yet, what everybody begins with."""
        found = await ask(self._pages, request.scope, f"{AT}/cluster/")
        if found.status == 200 and len(found.body) <= LARGEST_UPLOAD:
            self.first = Upload("cluster", "approved", (("approved.zip", found.body),))
        return await super().start(request)


class ParkStudio:
    """The application mounted next to the pages.

    Parameters
    ----------
    pages : ASGI application
        The platform's pages, which know who is signed in.
    jobs : Jobs
        Shared by all rooms; started when the first of them is entered.
    """

    def __init__(self, pages: ASGIApp, jobs: Jobs) -> None:
        self._pages = pages
        self._jobs = jobs
        self._working = False
        self._rooms: OrderedDict[tuple[Any, ...], Starlette] = OrderedDict()
        self._assets = Router(asset_routes())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"].removeprefix(AT)
        if path in ("/studio.js", "/studio.css"):
            await self._assets(scope, receive, sealed(send))
            return
        await (await self._answer(scope, path))(scope, receive, sealed(send))

    def close(self) -> None:
        """End the workers."""
        if self._working:
            self._jobs.close()

    async def _answer(self, scope: Scope, path: str) -> ASGIApp:
        headers = Headers(scope=scope)
        own = [f"{scheme}://{headers.get('host', '')}" for scheme in ("http", "https")]
        if not same_site(scope, headers, own, f"{AT}/"):
            return _error_response(403, "W121", say("the request comes from another site"))
        told = await ask(self._pages, scope, f"{AT}/")
        if told.status != 200:
            if path == "/":
                return _passed_on(told)
            return _error_response(401, "W120", say("the server does not know this browser"))
        visitor = json.loads(told.body)
        if path == "/":
            return HTMLResponse(shell(visitor["language"], home="/"))
        return self._room(visitor)

    def _room(self, visitor: dict[str, Any]) -> Starlette:
        key = (*visitor["person"], visitor["sees_park"])
        if key not in self._rooms:
            if not self._working:
                self._jobs.start()
                self._working = True
            models = ModelStore(secrets.token_hex(), LARGEST_UPLOAD)
            common = (Upload.of_example(FIRST), self._jobs, visitor["language"], models)
            self._rooms[key] = room(
                RoomOfPark(self._pages, *common) if visitor["sees_park"] else Studio(*common)
            )
        self._rooms.move_to_end(key)
        while len(self._rooms) > MOST_ROOMS:
            self._rooms.popitem(last=False)
        return self._rooms[key]


def _error_response(status: int, code: str, why: str) -> Response:
    return JSONResponse({"error": error_json(InputError(code, why, hint=say("log in again")))}, status)


def _passed_on(answer: StudioResponse) -> Response:
    """Return the pages' own response to a person without access: the login page, or the reason."""
    passed = Response(answer.body, answer.status, media_type=answer.headers.get("content-type"))
    if "location" in answer.headers:
        passed.headers["location"] = answer.headers["location"]
    # A page of the platform, whose forms and style are its own: the studio's policy would take them away.
    passed.headers["content-security-policy"] = answer.headers.get(
        "content-security-policy", "default-src 'self'; frame-ancestors 'none'"
    )
    return passed


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


def behind(access: Access, application: ASGIApp) -> ASGIApp:
    """Return the application behind a park's proxies; it trusts no other headers.

    Parameters
    ----------
    access : Access
    application : ASGI application
    """
    if not access.proxies:
        return application
    return ProxyHeadersMiddleware(application, list(access.proxies))  # type: ignore[arg-type,return-value]


def require_guarded(access: Access, host: str, certificate: bool) -> None:
    """Refuse to send passwords over an unencrypted network.

    Parameters
    ----------
    access : Access
    host : str
        The address to listen on.
    certificate : bool
        Whether the platform speaks https itself.

    Raises
    ------
    InputError
        W235 where it would be reached from elsewhere without https.

    Examples
    --------
    >>> require_guarded(Access(), "127.0.0.1", False)
    >>> require_guarded(Access(proxies=("10.0.0.1",)), "0.0.0.0", False)
    """
    if is_loopback(host) or certificate or access.proxies:
        return
    raise InputError(
        "W235",
        say("on {host} passwords would cross the network unencrypted", host=host),
        hint=say(
            "add --certificate and --key, or name a proxy that speaks https in park.toml: [access] proxies"
        ),
    )


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


def _scope_of_whoever_asks(request: HttpRequest) -> DatabaseScope:
    user = request.user
    if isinstance(user, Person):  # which looks up whose session it is
        return scope_of(user)
    return DatabaseScope(DOOR if request.path_info.startswith(DOORS) else PUBLIC)
