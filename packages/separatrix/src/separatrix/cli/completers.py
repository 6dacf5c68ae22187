"""Shell completion of games, scenarios, parameters and clusters.

A completer answers quickly or not at all: a file that cannot be read has nothing to complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from separatrix.cli.app import STANDARD
from separatrix.errors import SeparatrixError
from separatrix.plugins import source_kinds

if TYPE_CHECKING:
    from cyclopts.completion import CompletionContext

    from separatrix.game.model import Game

__all__ = ["clusters", "games", "games_and_clusters", "parameters", "ready_made", "scenarios", "settings"]


def games(context: CompletionContext) -> list[str]:
    """Return the names of the catalogue, the game files here, and the folders."""
    from separatrix.game.catalogue_files import catalogue_slugs
    from separatrix.game.reader import READ

    return [*catalogue_slugs(), *_files(context.incomplete, READ)]


def clusters(context: CompletionContext) -> list[str]:
    """Return the shipped clusters and the folders here."""
    names = [name for kind in source_kinds() for name in kind.call("names")]
    return [*names, *_files(context.incomplete, ())]


def games_and_clusters(context: CompletionContext) -> list[str]:
    """Return the names of games and of clusters, and the game files and folders here."""
    return list(dict.fromkeys([*games(context), *clusters(context)]))


def scenarios(context: CompletionContext) -> list[str]:
    """Return the scenarios of the game that is named already."""
    game = _game(context)
    return [] if game is None else list(game.scenarios)


def parameters(context: CompletionContext) -> Mapping[str, str]:
    """Return the parameters and instruments of the game that is named already, with what they mean."""
    game = _game(context)
    if game is None:
        return {}
    told = {p.name: p.meaning or "" for p in game.parameters.values()}
    return told | {i.name: i.meaning or "" for i in game.instruments.values()}


def settings(context: CompletionContext) -> Mapping[str, str]:
    """Return ``NAME=`` for the parameters of the game that is named already."""
    return {f"{name}=": meaning for name, meaning in parameters(context).items()}


def ready_made(context: CompletionContext) -> Mapping[str, str]:
    """Return the ready-made instruments, with what they mean, and the strategies that they belong to."""
    from separatrix.game.instrument_sets import ready_instruments
    from separatrix.game.model import POLICY_STRATEGIES

    return {name: one.meaning for name, one in ready_instruments().items()} | dict.fromkeys(
        POLICY_STRATEGIES, ""
    )


def _game(context: CompletionContext) -> Game | None:
    from separatrix.game.reader import load

    named = context.get("model")
    try:
        return None if named is None or named.raw in (None, "-", STANDARD) else load(named.raw)
    except SeparatrixError:
        return None


def _files(begun: str, endings: tuple[str, ...]) -> list[str]:
    """Return the files with one of the endings, and the folders, whose path begins like this."""
    head, separator, _ = begun.rpartition("/")
    try:
        found = sorted(Path(head or separator or ".").iterdir())
    except OSError:
        return []
    own = [p.name + "/" if p.is_dir() else p.name for p in found if p.is_dir() or p.name.endswith(endings)]
    return [f"{head}{separator}{name}" for name in own if not name.startswith(".")]
