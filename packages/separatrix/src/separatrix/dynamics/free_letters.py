"""Letters for the labels of a figure that the game does not use otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from separatrix.game.model import Game

__all__ = ["free_letters"]


def free_letters(game: Game, alphabet: str) -> Iterator[str]:
    """Yield the letters of an alphabet, then each with 2, 3, …, but none that is a symbol of the game.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> letters = free_letters(
    ...     load({"payoff_matrix": [["A", "C"], [0, 1]], "parameters": {"A": 1, "C": 1}}), "ABCD"
    ... )
    >>> [next(letters) for _ in range(4)]
    ['B', 'D', 'A2', 'B2']
    """
    used = {*game.parameters, *game.shares, *game.lets}
    used |= {p.latex.strip() for p in game.parameters.values() if p.latex}
    for round_ in itertools.count(1):
        for letter in alphabet:
            name = letter if round_ == 1 else f"{letter}{round_}"
            if name not in used:
                yield name
