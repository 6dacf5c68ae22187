"""States of finite populations in words: how many play what, and where the drift changes its sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.present.languages import Language

if TYPE_CHECKING:
    from separatrix.population.finite.gradient_of_selection import Balance
    from separatrix.population.finite.stationary_distribution import StationaryDistribution

__all__ = ["balance_words", "state_in_words"]


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
