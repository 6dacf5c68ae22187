"""Strategy profiles in words, next to the ids of states."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.analysis.results import RestPoint
from separatrix.document.numbers import readable
from separatrix.game.model import Game, Population
from separatrix.languages import Language

__all__ = ["named_state", "profile_words"]

PLACES = 3
"""Decimals of a share next to an id."""

MOST_SHARES = 8
"""Number of shares from which a state is written by its profile alone."""


def profile_words(
    populations: Sequence[Population], support: Sequence[Sequence[str]], words: Language
) -> str:
    """Return the strategy profile, such as ``cooperate · mixed``, in the order of the populations.

    It is empty for a state without known played strategies, as the rest states of logit dynamics.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.languages import language_of
    >>> game = separatrix.load("shi-chen-2018")
    >>> profile_words(game.populations, [("cooperate",), ("cooperate", "decline")], language_of("en"))
    'cooperate · mixed'
    """
    if not support:
        return ""
    return " · ".join(
        _played(population, strategies, words)
        for population, strategies in zip(populations, support, strict=True)
    )


def _played(population: Population, strategies: Sequence[str], words: Language) -> str:
    """Return what a population plays: a strategy, some of more than two, or a mixture of all."""
    names = {s.id: s.name for s in population.strategies}
    told = [names.get(s, s) for s in strategies]
    if len(told) == 1:
        return told[0]
    if len(told) == len(names):
        return words.MIXED if len(names) == 2 else words.MIXED_ALL
    return " + ".join(told)


def named_state(game: Game, point: RestPoint, words: Language) -> str:
    """Return an id with its state and profile: ``E8 (1, 1, 1) cooperate · cooperate · regulate``."""
    parts = [point.id]
    if point.state is not None and len(point.state) <= MOST_SHARES:
        shares = [readable(x, PLACES) for x in point.state]
        parts.append(f"({', '.join(shares)})" if len(shares) > 1 else f"{game.shares[0]} = {shares[0]}")
    profile = profile_words(game.populations, point.support, words)
    return " ".join([*parts, profile] if profile else parts)
