"""What is left in English in a text of another language."""

from __future__ import annotations

import re

from separatrix.game.model import Game


def untold(text: str, game: Game) -> list[str]:
    """Return what is English in a text of another language: two words or more that are no names of the game.

    Authors are joined by ``&`` and commas, formulas by operators; neither makes a run of words.
    """
    names = {game.title, *game.parameters, *game.lets, *game.shares}
    for population in game.populations:
        names.update([population.name, *(s.name for s in population.strategies)])
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", "·", text)
    return re.findall(r"[A-Za-z][A-Za-z'-]*(?: [A-Za-z][A-Za-z'-]*)+", text)
