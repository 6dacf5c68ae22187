"""A dynamic as one record: what it is called, what makes it, and what rests under it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from separatrix.dynamics.fields.base import PayoffField
from separatrix.game.model import Game
from separatrix.sentences import Sentence

__all__ = ["Dynamic"]


@dataclass(frozen=True)
class Dynamic:
    """A dynamic.

    Attributes
    ----------
    field : class
        That of its fields; it gives the name of the dynamic, and whether it preserves faces.
    make : callable
        From a game, values, a scenario and options to such a field.
    title : str
        The name shown to the reader.
    rests : str
        Its rest states: the rest points of the "replicator", the "nash" equilibria, or states of its
        "own", which are found numerically.
    aliases : tuple of str
        Other names of the dynamic.
    """

    field: type[PayoffField]
    make: Callable[..., PayoffField]
    title: Sentence
    rests: Literal["replicator", "nash", "own"]
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name under which users select it."""
        return self.field.kind

    @property
    def keeps_faces(self) -> bool:
        """Whether unused strategies stay unused."""
        return self.field.keeps_faces

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that it takes."""
        parameters: Any = inspect.signature(self.make).parameters.values()
        return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)

    def has_orbits_of_replicator(self, game: Game) -> bool:
        """Whether its orbits are those of the replicator, at another pace if need be.

        One population with a positive factor of pace (Hofbauer & Sigmund 1998, section 7.1).
        """
        return self.name == "replicator" or (self.rests == "replicator" and len(game.populations) == 1)
