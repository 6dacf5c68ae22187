"""The studio inside the platform: for those who are signed in, each with a room of their own.

The pages themselves decide about access, before each response and by the same rules: an ended session, a
changed role or a missing second factor ends access here too. A room contains the work of one person in one
role; it cannot be found from another room, even by its address. The park office and auditors start with the
cluster of approved data, all others with the catalogue.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.application import Studio, asset_routes, room, shell
from separatrix.studio.error_json import error_json
from separatrix.studio.jobs import Jobs
from separatrix.studio.model_store import ModelStore
from separatrix.studio.security import same_site, sealed
from separatrix.studio.upload import LARGEST_UPLOAD, Upload

__all__ = ["AT", "StudioResponse", "ParkStudio", "ask"]

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
