"""What a page is given first: the game with its answer in symbols."""

from __future__ import annotations

from typing import Any

from separatrix.game.catalogue import catalogue
from separatrix.game.model import Game
from separatrix.studio.arguments import Arguments, Progress
from separatrix.studio.model_json import model_json
from separatrix.studio.page_model import page_model

__all__ = ["examples", "model"]


_SECONDS = 8.0
"""For the answer in symbols: a game of many strategies opens without the conditions that took longer."""


def model(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return a game as the page reads it."""
    return model_json(page_model(game, _SECONDS))


def examples(nothing: None, arguments: Arguments, progress: Progress) -> list[dict[str, str]]:
    """Return the catalogue, with titles in a language."""
    entries = catalogue(str(arguments.get("language") or "en"))
    return [{"name": e.slug, "size": e.size, "title": e.title, "source": e.short_source} for e in entries]
