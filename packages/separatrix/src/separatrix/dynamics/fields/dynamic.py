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
        That of its fields; it says by which name the dynamic is asked for, and whether it keeps faces.
    make : callable
        From a game, values, a scenario and options to such a field.
    title : str
        What people call it.
    rests : str
        What is at rest under it: the rest points of the "replicator", the "nash" equilibria, or states of its
        "own", which are found numerically.
    aliases : tuple of str
        Other names by which it may be asked for.
    """

    field: type[PayoffField]
    make: Callable[..., PayoffField]
    title: Sentence
    rests: Literal["replicator", "nash", "own"]
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name by which it is asked for."""
        return self.field.kind

    @property
    def keeps_faces(self) -> bool:
        """Whether what nobody plays stays unplayed."""
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
