"""A game on a network of enterprises that each have their own numbers, however it was made."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix.game.model import Game
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.sentences import Sentence

__all__ = ["NetworkGame"]


@dataclass(frozen=True, eq=False)
class NetworkGame:
    """A game on a network of enterprises, each with its own payoffs.

    Attributes
    ----------
    game : Game
        That of a representative pair.
    links : LinkGraph
    members : Enterprises
        With the parameters of those that have measures, and the known strategies.
    unit : str
        Of payoffs, such as money a year.
    cautions : tuple of Sentence
        What a reader must know of the game before using it.
    """

    game: Game
    links: LinkGraph
    members: Enterprises
    unit: str
    cautions: tuple[Sentence, ...]
