"""The application: which addresses there are, and what each answers."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from separatrix.errors import InputError, SeparatrixError
from separatrix.languages import LANGUAGES
from separatrix.sentences import say
from separatrix.studio.error_json import error_json
from separatrix.studio.jobs import Job, Jobs
from separatrix.studio.model_store import ModelStore
from separatrix.studio.offline import bundle, script_safe_json
from separatrix.studio.registry import TASKS
from separatrix.studio.request_body import json_body, uploaded
from separatrix.studio.security import Door, Doorkeeper
from separatrix.studio.upload import Upload

__all__ = ["Studio", "application", "asset_routes", "room", "shell"]

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
