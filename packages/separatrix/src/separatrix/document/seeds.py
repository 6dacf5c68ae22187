"""What seeds reach, in words: amounts, ratios that are proven, shares with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.document.numbers import percent, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from separatrix.languages import Language
    from separatrix.population.seeding import MeanShare

__all__ = ["amount", "shortened_names", "ratio_text", "share_text"]

PLACES = 1

DIGITS = 3
"""Of a ratio, rounded down: a rounding never says more than is proven."""


NAMED = 5
"""Seeds that the first sentence names."""


def shortened_names(names: Sequence[str], words: Language) -> str:
    """Return the first of some enterprises, and how many more there are."""
    if len(names) <= NAMED:
        return words.listed(list(names))
    first = words.separators[", "].join(names[:NAMED])
    return words.SEEDS_MORE.format(names=first, count=len(names) - NAMED)


def ratio_text(ratio: float) -> str:
    """Return a proven ratio, rounded down.

    Examples
    --------
    >>> ratio_text(0.60069), ratio_text(1.0)
    ('0.600', '1.000')
    """
    return f"{int(ratio * 10**DIGITS + 1e-9) / 10**DIGITS:.{DIGITS}f}"


def amount(value: float) -> str:
    """Return how many enterprises, or how much of a value."""
    return readable(value, PLACES) if value < 1000 else f"{value:,.0f}"


def share_text(share: MeanShare) -> str:
    """Return a mean share with its interval."""
    return f"{percent(share.mean, 1)} ({percent(share.low, 1)} – {percent(share.high, 1)})"
