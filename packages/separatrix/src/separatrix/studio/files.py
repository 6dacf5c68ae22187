"""Files that the page cannot write: reports, and the page itself as one file that opens from disk."""

from __future__ import annotations

import base64
from typing import Any

from separatrix.game.model import Game
from separatrix.languages import LANGUAGES
from separatrix.studio.arguments import Arguments, Progress, not_understood, placed
from separatrix.studio.offline_answers import game_page

__all__ = ["offline", "page_file", "page_language", "report"]

MEDIA = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""The formats of reports that are one file, with what browsers call them."""

_SECONDS = 30.0
"""Seconds that one of the analyses of a report may take."""


def report(game: Game, arguments: Arguments, progress: Progress) -> dict[str, str]:
    """Return the report on a game where the levers stand, as `separatrix report` writes it.

    Raises
    ------
    InputError
        W111 for another format or language; U905 where a library is missing.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("hawk-dove-one-population")
    >>> file = report(game, {"format": "html", "language": "zh", "short": True}, lambda part: None)
    >>> file["name"], base64.b64decode(file["base64"])[:30]
    ('report.html', b'<!DOCTYPE html>\\n<html lang="zh')
    """
    from separatrix.reports.report_file import report_document
    from separatrix.writers.registry import FORMATS, write

    format, language = arguments.get("format"), page_language(arguments)
    if not isinstance(format, str) or format not in MEDIA:
        raise not_understood("format")
    FORMATS[format].require()
    there = placed(game, arguments)
    document = report_document(
        there.game,
        language=language,
        scenarios=None if there.scenario is None else [there.scenario],
        values=dict(there.values) or None,
        budget=_SECONDS,
        short=arguments.get("short") is True,
    )
    progress(0.6)
    return _file(f"report.{format}", MEDIA[format], write(document, format).content)


def offline(game: Game, arguments: Arguments, progress: Progress) -> dict[str, str]:
    """Return the page of a game as one file that opens from disk, as `separatrix export-html` writes it.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> file = offline(load("hawk-dove-one-population"), {"language": "zh"}, lambda part: None)
    >>> file["name"], b'lang="zh"' in base64.b64decode(file["base64"])[:60]
    ('studio.html', True)
    """
    return page_file(game_page(game, page_language(arguments)))


def page_file(text: str) -> dict[str, str]:
    """Return a page as the file that a browser saves."""
    return _file("studio.html", MEDIA["html"], text.encode("utf-8"))


def page_language(arguments: Arguments) -> str:
    """Return the requested language; raise W111 for an unknown language."""
    language: Any = arguments.get("language", "en")
    if language not in LANGUAGES:
        raise not_understood("language")
    return str(language)


def _file(name: str, media: str, content: bytes) -> dict[str, str]:
    return {"name": name, "media": media, "base64": base64.b64encode(content).decode("ascii")}
