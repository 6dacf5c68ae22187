"""States of finite populations in words: how many play what, and where the drift changes its sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from separatrix.document.numbers import percent
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.population.finite.gradient_of_selection import Balance
    from separatrix.population.finite.stationary_distribution import StationaryDistribution

__all__ = ["balance_words", "state_in_words", "stationary_lead", "tied_states"]

MOST_TIED = 4
"""States of one frequency that are named."""


def balance_words(balance: Balance, words: Language) -> str:
    """Return where the drift changes its sign, in words."""
    place = f"{balance.after:,}"
    if balance.before != balance.after:
        place = f"{balance.after:,} – {balance.before:,}"
    return (words.STATIONARY_TO if balance.stable else words.STATIONARY_AWAY).format(place=place)


def state_in_words(found: StationaryDistribution, index: int, words: Language) -> str:
    """Return how many play each strategy at a state."""
    parts = []
    for p, own in zip(found.game.populations, found.state_of(index), strict=True):
        held = [f"{count:,} {s.name}" for count, s in zip(own, p.strategies, strict=True) if count]
        parts.append(words.separators[", "].join(held))
    return words.separators["; "].join(parts)


def tied_states(tied: Sequence[int], called: Callable[[int], str], words: Language) -> str:
    """Return states that are equally frequent: a few by their names, and how many others there are."""
    told = [called(i) for i in tied[:MOST_TIED]]
    if len(tied) > MOST_TIED:
        told.append(words.TIED_MORE.format(n=f"{len(tied) - MOST_TIED:,}"))
    return words.separators[" or "].join(told)


def stationary_lead(found: StationaryDistribution, words: Language) -> str:
    """Return where the population is most often; of states that tie, all of them."""
    tied = found.modes
    text = words.STATIONARY_LEAD if len(tied) == 1 else words.STATIONARY_TIED
    return text.format(
        state=tied_states(tied, lambda i: state_in_words(found, i, words), words),
        share=percent(float(found.weights[tied[0]])),
        uniform=percent(found.uniform),
    )
