"""The body of a request, counted while it comes in: what is too large is refused before it is held."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix.studio.upload import LARGEST_UPLOAD, Upload, plain_name, too_large

__all__ = ["json_body", "uploaded"]

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
