"""What the arguments of tasks have in common: where the levers stand.

``parameters`` are the exact texts of values before any instrument, ``levels`` those of the instruments that
are in use; ``scenario`` is a name of the game's.

The tasks by name: where each function is, how long it may take, and what it needs.

For developers
--------------
A task is a function ``(game or other source, arguments, progress) -> plain data`` of a file in this folder,
and one record of the plug-in that brings it.  It runs in a worker, which may be ended at any moment.
``progress`` takes a part from 0 to 1.  What it raises as `SeparatrixError` reaches the page with its place
and hint.  Files are answered as ``{"name": ..., "media": ..., "base64": ...}``.  Functions are named in the
record, not imported: the server itself loads nothing of what computes.

Sentences of an answer in every language: a page changes its language without a new request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from separatrix.errors import InputError
from separatrix.game.instruments import with_instruments
from separatrix.game.model import Game
from separatrix.languages import LANGUAGES, language_of
from separatrix.plugins import Task, tasks
from separatrix.sentences import say

__all__ = [
    "Arguments",
    "PlacedGame",
    "Progress",
    "TASKS",
    "Task",
    "count_in",
    "in_every_language",
    "not_understood",
    "placed",
    "texts_of",
]

Arguments = Mapping[str, Any]
Progress = Callable[[float], None]

_LONGEST = 200
"""Characters of a number."""


@dataclass(frozen=True)
class PlacedGame:
    """A game with its levers where the page has them.

    Attributes
    ----------
    game : Game
        With the instruments in force that are in use.
    values : mapping of name to text
        Of parameters and levels.
    scenario : str or None
    """

    game: Game
    values: Mapping[str, str]
    scenario: str | None

    @property
    def analysis_arguments(self) -> dict[str, Any]:
        """The same as keywords that analyses take."""
        return {"values": self.values, "scenario": self.scenario}


def placed(game: Game, arguments: Arguments) -> PlacedGame:
    """Return a game with its levers where the arguments say.

    Raises
    ------
    InputError
        W111 for invalid arguments.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> there = placed(load("shi-chen-2018"), {"parameters": {"C1": "7/2"}, "levels": {"subsidy": "1/4"}})
    >>> there.values, there.game.in_force
    ({'C1': '7/2', 'subsidy': '1/4'}, ('subsidy',))
    """
    parameters = texts_of(arguments, "parameters")
    levels = texts_of(arguments, "levels")
    scenario = arguments.get("scenario")
    if scenario is not None and not isinstance(scenario, str):
        raise not_understood("scenario")
    acting = [name for name in game.instruments if name in levels]
    unknown = next((name for name in levels if name not in game.instruments), None)
    if unknown is not None:
        with_instruments(game, [unknown])  # says what there is
    return PlacedGame(with_instruments(game, acting) if acting else game, {**parameters, **levels}, scenario)


def texts_of(arguments: Arguments, key: str) -> dict[str, str]:
    """Return the mapping of names to texts under a key; raises W111 for anything else."""
    given = arguments.get(key) or {}
    if not isinstance(given, Mapping) or not all(
        isinstance(v, str) and len(v) <= _LONGEST for v in given.values()
    ):
        raise not_understood(key)
    return dict(given)


def count_in(arguments: Arguments, key: str, otherwise: int, least: int, most: int) -> int:
    """Return the whole number under a key; raises W111 for anything else.

    Examples
    --------
    >>> count_in({"cells": 7}, "cells", 96, 2, 256), count_in({}, "cells", 96, 2, 256)
    (7, 96)
    """
    value = arguments.get(key, otherwise)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise not_understood(key)
    return value


def not_understood(key: str) -> InputError:
    """Return the error for an argument that is not what the task takes."""
    return InputError("W111", say("the argument {key} is not understood", key=key))


TASKS = tasks()
"""Every task, by its name."""


def in_every_language(sentences: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the same sentences for each language, by the same keys.

    Examples
    --------
    >>> from separatrix.sentences import say
    >>> told = in_every_language({"E1": say("the game describes no instruments")})
    >>> told["en"]["E1"], sorted(told)
    ('the game describes no instruments', ['en', 'zh'])
    """
    return {
        code: {name: language_of(code).tell(sentence) for name, sentence in sentences.items()}
        for code in LANGUAGES
    }
