"""Levels of instruments, and what holds at them, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.document.numbers import exact_text, readable
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.policy.tipping.level_set import InstrumentLevel, LevelInterval, LevelSet
    from separatrix.policy.tipping.results import ConditionName

__all__ = ["condition_words", "level_words", "levels_words"]

PLACES = 6
"""Decimals of a level that is certain."""


def condition_words(name: ConditionName, words: Language) -> str:
    """Return what a condition says of the target."""
    return {
        "stable": words.TIP_STABLE,
        "only": words.TIP_ONLY,
        "basin": words.TIP_BASIN,
        "selected": words.TIP_SELECTED,
        "strong": words.TIP_STRONG,
        "risk": words.TIP_RISK,
    }[name]


def level_words(level: InstrumentLevel) -> str:
    """Return a level with as many digits as are sure, and with its error where it has one.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from separatrix.policy.tipping.level_set import InstrumentLevel, level_of
    >>> (
    ...     level_words(level_of(Fraction(1, 3))),
    ...     level_words(InstrumentLevel(1.5, Fraction(149, 100), Fraction(151, 100))),
    ... )
    ('0.333333 (1/3)', '1.5 ± 0.01')
    """
    width = float(level.high - level.low) / 2
    if width > 0.5 * 10**-PLACES:
        return f"{readable(level.value, PLACES)} ± {readable(width, PLACES)}"
    if level.exact is None:
        return _decimals(level.value)
    told = readable(level.value, PLACES)
    fraction = exact_text(level.exact)
    return told if fraction is None or "/" not in fraction or _short(level.value) else f"{told} ({fraction})"


def _decimals(value: float) -> str:
    """Return a number that is known to so many decimals, with its zeros: it is not known to be whole."""
    if 1e-3 <= abs(value) < 1e6:
        return f"{value:.{PLACES}f}".replace("-", "−")
    return readable(value, PLACES)


def _short(value: float) -> bool:
    """Whether a decimal says all."""
    return float(f"{value:.{PLACES}f}") == value


def levels_words(found: LevelSet, symbol: str, whole: tuple[float, float], words: Language) -> str:
    """Return the levels of a set as inequalities, such as ``0 ≤ C₁ < 1.486444``.

    Parameters
    ----------
    found : LevelSet
    symbol : str
        Of the level; without one the result is short, such as ``< 1.486444``.
    whole : two floats
        The range.
    words : Language
    """
    if not found.intervals:
        return words.TIP_UNDECIDED if found.undecided else words.TIP_NEVER
    (first, *others) = found.intervals
    if not others and (first.low.value, first.high.value) == whole and first.closed_low and first.closed_high:
        return words.TIP_ALWAYS
    told = words.separators["; "].join(_interval(i, symbol, whole) for i in found.intervals)
    return told if not found.undecided else words.TIP_PARTLY.format(levels=told)


def _interval(interval: LevelInterval, symbol: str, whole: tuple[float, float]) -> str:
    low, high = level_words(interval.low), level_words(interval.high)
    if interval.low == interval.high:
        return f"{symbol}\u00a0=\u00a0{low}" if symbol else low
    before, after = ("≤" if closed else "<" for closed in (interval.closed_low, interval.closed_high))
    if symbol:
        return f"{low}\u00a0{before}\u00a0{symbol}\u00a0{after}\u00a0{high}"
    if interval.closed_high and interval.high.value == whole[1]:
        return f"{'≥' if interval.closed_low else '>'}\u00a0{low}"
    if interval.closed_low and interval.low.value == whole[0]:
        return f"{after}\u00a0{high}"
    return f"{low}\u00a0–\u00a0{high}"
