"""The application: which addresses there are, and what each answers."""

from __future__ import annotations

from functools import partial
from html import escape

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from separatrix.game.model import Game
from separatrix.present.page.model_json import model_json
from separatrix.present.page.offline import bundle, script_safe_json
from separatrix.study.page.page_model import page_model

__all__ = ["application"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def application(game: Game, language: str = "en") -> Starlette:
    """Return the ASGI application that serves the page of a game."""

    async def page(_: Request) -> Response:
        return HTMLResponse(_shell(game.title, language), headers=HEADERS)

    async def model(_: Request) -> Response:
        data = await run_in_threadpool(lambda: model_json(page_model(game)))
        return JSONResponse(data, headers=HEADERS)

    async def asset(_: Request, name: str, kind: str) -> Response:
        return Response(bundle(name), media_type=kind, headers=HEADERS)

    return Starlette(
        routes=[
            Route("/", page),
            Route("/studio.js", partial(asset, name="studio.js", kind="text/javascript")),
            Route("/studio.css", partial(asset, name="studio.css", kind="text/css")),
            Route("/api/model", model),
        ]
    )


def _shell(title: str, language: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="studio.css">\n'
        '<div id="separatrix"></div>\n'
        f'<script type="application/json" id="separatrix-data">{script_safe_json({"language": language})}'
        '</script>\n<script src="studio.js"></script>\n</html>\n'
    )
