"""The application: which addresses there are, and what each answers.

The body of a request, counted while it comes in: what is too large is refused before it is held.

The models that pages have opened, by the address of their content; those not used for long are forgotten.

A page keeps the text of what it opened and sends it again where the server does not know it any more.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from separatrix.errors import InputError, SeparatrixError
from separatrix.languages import LANGUAGES
from separatrix.sentences import say
from separatrix.studio.error_json import error_json
from separatrix.studio.jobs import Job, Jobs
from separatrix.studio.offline import bundle, script_safe_json
from separatrix.studio.security import Door, Doorkeeper
from separatrix.studio.tasks import TASKS
from separatrix.studio.upload import LARGEST_UPLOAD, Upload, plain_name, too_large

__all__ = ["ModelStore", "Studio", "application", "asset_routes", "json_body", "room", "shell", "uploaded"]

MOST_MODELS = 200
MOST_BYTES = 40_000_000


class ModelStore:
    """What was opened, within bounds.

    Parameters
    ----------
    salt : str
        Part of every address: a secret salt hides the contents of a store from other stores.
    most_bytes : int

    Examples
    --------
    >>> store = ModelStore()
    >>> hawks = Upload.of_text("payoff_matrix: [[-1, 4], [0, 2]]")
    >>> store.get(store.put(hawks)) == hawks, store.get("another")
    (True, None)
    >>> store.name(hawks.digest, "f1")
    >>> store.get("f1") == hawks
    True
    """

    def __init__(self, salt: str = "", most_bytes: int = MOST_BYTES) -> None:
        self._salt = salt
        self._most_bytes = most_bytes
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._size = 0
        self._fingerprints: dict[str, str] = {}

    def put(self, upload: Upload) -> str:
        """Keep an upload, and return its address."""
        digest = upload.digest
        if self._salt:
            digest = hashlib.sha256(f"{self._salt} {digest}".encode()).hexdigest()[:16]
        if digest not in self._uploads:
            self._uploads[digest] = upload
            self._size += upload.size
        self._uploads.move_to_end(digest)
        while len(self._uploads) > 1 and (len(self._uploads) > MOST_MODELS or self._size > self._most_bytes):
            _, forgotten = self._uploads.popitem(last=False)
            self._size -= forgotten.size
            self._fingerprints = {name: at for name, at in self._fingerprints.items() if at in self._uploads}
        return digest

    def name(self, digest: str, fingerprint: str) -> None:
        """Note the fingerprint of what an upload holds, by which links call it."""
        if digest in self._uploads:
            self._fingerprints[fingerprint] = digest

    def get(self, digest: str) -> Upload | None:
        """Return what is kept under an address or with a fingerprint, None where nothing is."""
        digest = digest if digest in self._uploads else self._fingerprints.get(digest, digest)
        if digest in self._uploads:
            self._uploads.move_to_end(digest)
        return self._uploads.get(digest)


_LARGEST_JSON = 200_000
_LARGEST_TEXT = 2_000_000
"""Bytes of a game file in an editor: the reader takes 1 MB, and says so itself of what is a little larger."""
_MOST_FILES = 200
_ENVELOPE = 200_000
"""Bytes that a form has around its files."""
_HEARD = 250_000_000
"""Bytes that are let go by; of still larger ones the connection is closed."""
_SECONDS = 60.0
"""How long a request may take to come in."""


async def _pieces(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """Yield the body piece by piece; past the limit the rest is let go by, so that the answer is heard."""
    size = 0
    stated = request.headers.get("content-length", "0")
    if stated.isascii() and stated.isdecimal() and int(stated) > _HEARD:
        raise too_large(most)
    async with asyncio.timeout(_SECONDS):
        async for piece in request.stream():
            size += len(piece)
            if size > _HEARD:
                break
            if size <= most:
                yield piece
    if size > most:
        raise too_large(most)


async def json_body(request: Request, most: int = _LARGEST_JSON) -> dict[str, Any]:
    """Return the object that a request sends as JSON; raises W101 and W111."""
    body = b"".join([piece async for piece in _pieces(request, most)])
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise InputError("W111", say("the request is not a JSON object"))
    return data


async def uploaded(request: Request) -> Upload:
    """Return what a request opens: a text, a game of the catalogue by its name, or files of a form.

    Raises
    ------
    InputError
        W101 for what is too large, W102 for what is neither a game nor a cluster, C401 for an unknown name.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _files(request)
    data = await json_body(request, _LARGEST_TEXT)
    if isinstance(data.get("example"), str):
        return Upload.of_example(data["example"])
    if isinstance(data.get("text"), str):
        name = data.get("name")
        return Upload.of_text(data["text"], name if isinstance(name, str) else "game.yaml")
    raise _neither()


async def _files(request: Request) -> Upload:
    pieces = _pieces(request, LARGEST_UPLOAD + _ENVELOPE)
    parser = MultiPartParser(request.headers, pieces, max_files=_MOST_FILES, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as problem:
        raise InputError("W102", say("the form cannot be read: {what}", what=problem.message)) from None
    try:
        found = [
            (file.filename or "", await file.read())
            for file in form.getlist("file")
            if isinstance(file, UploadFile)
        ]
    finally:
        await form.close()
    zipped = any(name.lower().endswith(".zip") for name, _ in found)
    cluster = form.get("kind") == "cluster" or len(found) > 1 or zipped
    if not found:
        raise _neither()
    if not cluster:
        name, content = found[0]
        return Upload("game", plain_name(name), ((plain_name(name), content),))
    return Upload("cluster", _folder_of(found[0][0]), tuple(_top_level_files(found)))


def _folder_of(name: str) -> str:
    """Return what the folder is called that a file of it, or a zip file of all, was chosen from."""
    *above, last = re.split(r"[/\\]", name)
    return plain_name(above[-1] if above else last[:-4] if last.lower().endswith(".zip") else "", "cluster")


def _top_level_files(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the files directly in the folder, without paths in their names and without subfolders."""
    depth = min(name.replace("\\", "/").count("/") for name, _ in found)
    here = [(n, c) for n, c in found if n.replace("\\", "/").count("/") == depth]
    kept = {plain_name(n, ""): c for n, c in here}
    return [(n, c) for n, c in kept.items() if n and not n.startswith(".")]


def _neither() -> InputError:
    return InputError(
        "W102",
        say("neither a game nor a cluster was sent"),
        hint=say("choose a game file, or the folder of a cluster with its cluster.yaml"),
    )


_LONGEST_WAIT = 25.0
"""Seconds that a request waits for news at most."""

_UPLOADS = 2
"""Limit on simultaneous uploads; further ones wait."""

_STATUS = {"W101": 413, "W110": 404, "W117": 503, "C401": 404}
"""Codes of HTTP for errors that are none of what was sent (422)."""


class Studio:
    """What the addresses of one server share: the models, and the jobs on them.

    Parameters
    ----------
    start : Upload
        What the page shows first.
    jobs : Jobs
    language : str
    models : ModelStore, optional
    """

    def __init__(self, start: Upload, jobs: Jobs, language: str, models: ModelStore | None = None) -> None:
        self.models = models or ModelStore()
        self.first = start
        self.jobs = jobs
        self.language = language
        self._uploading = asyncio.Semaphore(_UPLOADS)

    async def alive(self, _: Request) -> Response:
        """Answer that the server is there."""
        return JSONResponse({"alive": True})

    async def page(self, _: Request) -> Response:
        """Answer the page itself, without any model."""
        return HTMLResponse(shell(self.language))

    async def start(self, _: Request) -> Response:
        """Answer what the server was started with."""
        return await self._opened(self.first)

    def prepare(self) -> None:
        """Compute the first view of the page before a browser requests it."""
        self._start_jobs(self.first)

    async def open(self, request: Request) -> Response:
        """Open what was sent, and answer what a page shows of it."""
        async with self._uploading:
            upload = await uploaded(request)
        return await self._opened(upload)

    async def again(self, request: Request) -> Response:
        """Answer what a page shows of a model that is known."""
        return await self._opened(self._stored_upload(request.path_params["digest"]))

    async def examples(self, request: Request) -> Response:
        """List the catalogue, in a language."""
        asked = request.query_params.get("language")
        language = asked if asked in LANGUAGES else self.language
        job = await self._wait_for(*self.jobs.ask(TASKS["examples"], "", None, {"language": language}))
        return _job_response(job, "")

    async def ask(self, request: Request) -> Response:
        """Take a job: answer a ticket, or the result where it is known."""
        data = await json_body(request)
        task = TASKS.get(data.get("task") if isinstance(data.get("task"), str) else "")  # type: ignore[arg-type]
        if task is None or not isinstance(data.get("arguments", {}), dict):
            raise InputError("W111", say("the server has no task of this name"))
        upload = self._stored_upload(str(data.get("model")))
        ticket, job = self.jobs.ask(task, str(data.get("model")), upload, data.get("arguments", {}))
        return _job_response(job, ticket)

    async def news(self, request: Request) -> Response:
        """Answer how far a job is, once there is news."""
        wait = _number(request.query_params.get("wait"), 0.0, _LONGEST_WAIT)
        seen = _number(request.query_params.get("seen"), 0.0, 1.0)
        job = await self.jobs.wait(request.path_params["ticket"], wait, seen)
        if job is None:
            raise InputError("W110", say("the server does not know this question any more"))
        return _job_response(job, request.path_params["ticket"])

    async def cancel(self, request: Request) -> Response:
        """Give a job up."""
        return JSONResponse({"cancelled": self.jobs.cancel(request.path_params["ticket"])})

    def _stored_upload(self, digest: str) -> Upload:
        upload = self.models.get(digest)
        if upload is None:
            raise InputError(
                "W110",
                say("the server does not know this model any more"),
                hint=say("open its file or its folder again"),
            )
        return upload

    async def _opened(self, upload: Upload) -> Response:
        """Answer what a page shows of a model first: a game; or a cluster, and its game where it has one."""
        digest, asked = self._start_jobs(upload)
        first, *others = [await self._wait_for(*one) for one in asked]
        if first.state != "done":
            return Response(b'{"error":' + first.content + b"}", 422, media_type="application/json")
        self.models.name(digest, json.loads(first.content)["hash"])
        head = {"hash": digest, "kind": upload.kind, "name": upload.name, "text": upload.text}
        told = json.dumps(head, ensure_ascii=False)[:-1].encode("utf-8", "replace")
        told += b',"' + upload.kind.encode() + b'":' + first.content
        for other in others:
            told += (b',"game":' if other.state == "done" else b',"without_game":') + other.content
        return Response(told + b"}", media_type="application/json")

    def _start_jobs(self, upload: Upload) -> tuple[str, list[tuple[str, Job]]]:
        """Keep a model, and ask for what a page shows of it first."""
        digest = self.models.put(upload)
        names = ("model",) if upload.kind == "game" else (upload.kind, "model")
        return digest, [self.jobs.ask(TASKS[name], digest, upload, {}) for name in names]

    async def _wait_for(self, ticket: str, job: Job) -> Job:
        """Wait until a job is over; every task has its limits."""
        while not job.is_over and await self.jobs.wait(ticket, _LONGEST_WAIT, 1.0) is not None:
            pass
        return job


def application(start: Upload, jobs: Jobs, door: Door, language: str = "en") -> ASGIApp:
    """Return the ASGI application that serves the page.

    Parameters
    ----------
    start : Upload
        What the page shows first.
    jobs : Jobs
        Started and ended with the application.
    door : Door
        Who is let in.
    language : str
        In which the page opens.
    """
    studio = Studio(start, jobs, language)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        jobs.start()
        studio.prepare()
        try:
            yield
        finally:
            jobs.close()

    return Doorkeeper(room(studio, lifespan, Route("/", studio.page), *asset_routes()), door)


def asset_routes() -> list[Route]:
    """Return the public addresses of the page's script and style."""
    kinds = {"studio.js": "text/javascript", "studio.css": "text/css"}
    return [Route(f"/{name}", partial(_asset, name=name, kind=kind)) for name, kind in kinds.items()]


def room(studio: Studio, lifespan: Any = None, *further: Route) -> Starlette:
    """Return the application for all users of a studio, without access control.

    Parameters
    ----------
    studio : Studio
    lifespan : context manager of Starlette, optional
    *further : Route
        Addresses in addition to those of the API.
    """
    routes = [
        *further,
        Route("/api/alive", studio.alive),
        Route("/api/start", studio.start),
        Route("/api/examples", studio.examples),
        Route("/api/models", studio.open, methods=["POST"]),
        Route("/api/models/{digest}", studio.again),
        Route("/api/jobs", studio.ask, methods=["POST"]),
        Route("/api/jobs/{ticket}", studio.news),
        Route("/api/jobs/{ticket}", studio.cancel, methods=["DELETE"]),
    ]
    handlers: dict[Any, Any] = {
        SeparatrixError: _problem,
        HTTPException: _nothing_there,
        ClientDisconnect: _gone,
        TimeoutError: _gone,
    }
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


async def _asset(request: Request, name: str, kind: str) -> Response:
    content, headers = bundle(name), {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type=kind, headers=headers)


async def _problem(_: Request, problem: SeparatrixError) -> Response:
    # Not as JSONResponse writes it: what was sent may hold half a letter (a lone surrogate), and is quoted.
    told = json.dumps({"error": error_json(problem)})
    return Response(told, _STATUS.get(problem.code, 422), media_type="application/json")


async def _nothing_there(_: Request, problem: HTTPException) -> Response:
    return JSONResponse(
        {"error": error_json(InputError("W111", say("there is nothing at this address")))},
        problem.status_code,
    )


async def _gone(_: Request, __: Exception) -> Response:
    """Send an error response to an incomplete request."""
    return Response(status_code=408)


def _job_response(job: Job, ticket: str) -> Response:
    """Return the state of a job; its content is JSON already."""
    status = 200 if job.is_over else 202
    head = json.dumps({"id": ticket, "state": job.state, "progress": job.progress})[:-1].encode()
    if job.is_over:
        head += b',"value":' + job.content if job.state == "done" else b',"error":' + job.content
    return Response(head + b"}", status, media_type="application/json")


def _number(text: str | None, low: float, high: float) -> float:
    try:
        value = float(text or low)
    except ValueError:
        return low
    return min(max(value, low), high)  # of a NaN, low


def shell(language: str, home: str | None = None) -> str:
    """Return the page itself, without any model.

    Parameters
    ----------
    language : str
    home : str, optional
        The address of what the studio is a part of, to which the page leads back.
    """
    data = script_safe_json({"language": language} | ({"home": home} if home else {}))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>Separatrix</title>\n"
        '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="studio.css">\n'
        f'<div id="separatrix"></div>\n<script type="application/json" id="separatrix-data">{data}</script>\n'
        '<script src="studio.js"></script>\n</html>\n'
    )
