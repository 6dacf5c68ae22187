"""Numbers that people read: few digits, and never a rounding that says too much.

What programmes are judged by, as headings and on axes.

What seeds reach, in words: amounts, ratios that are proven, shares with their intervals.

Probabilities that floats do not hold, in words.

Levels of instruments, and what holds at them, in words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.expression.tree import Expression, Number
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.policy.tipping.levels import InstrumentLevel, LevelInterval, LevelSet
    from separatrix.policy.tipping.results import ConditionName
    from separatrix.population.seeding import MeanShare

__all__ = [
    "amount",
    "bar",
    "condition_words",
    "eigenvalue_texts",
    "exact_text",
    "level_words",
    "levels_words",
    "objective_words",
    "percent",
    "probability_text",
    "ratio_text",
    "readable",
    "share_text",
    "shortened_names",
]

_LONGEST_FRACTION = 9  # characters of a fraction that still says more than a decimal


def readable(value: Fraction | float, places: int = 3) -> str:
    """Return `value` with at most `places` decimals; a fraction never looks like a whole number.

    Examples
    --------
    >>> readable(0.6666667), readable(-4.0), readable(0.99996), readable(0.00001234)
    ('0.667', '−4', '0.99996', '1.23e−5')
    """
    if isinstance(value, Fraction) and value.denominator == 1 and abs(value) < 10**12:
        return str(value).replace("-", "−")
    number = float(value)
    if not math.isfinite(number):
        return "∞" if number > 0 else "−∞" if number < 0 else "undefined"
    if number == int(number) and abs(number) < 1e12:
        return str(int(number)).replace("-", "−")
    if abs(number) >= 1e6:
        return _scientific(number)
    return _decimal(number, places)


def _decimal(number: float, places: int) -> str:
    if abs(number) < 0.5 * 10**-places:
        return _scientific(number)
    for digits in range(places, 9):
        text = f"{number:.{digits}f}"
        if float(text) != int(float(text)):
            return text.rstrip("0").replace("-", "−")
    # nearer to a whole number than any digits that are worth printing
    near = round(number)
    offset = number - near
    return f"{near} {'+' if offset > 0 else '−'} {_scientific(abs(offset))}".replace("-", "−")


def _scientific(number: float) -> str:
    mantissa, exponent = f"{number:.2e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def exact_text(expression: Expression) -> str | None:
    """Return a short exact fraction such as ``2/3``, or ``None`` where it is long or no fraction."""
    if not isinstance(expression, Number):
        return None
    text = str(expression.value)
    return text.replace("-", "−") if len(text) <= _LONGEST_FRACTION else None


def eigenvalue_texts(eigenvalues: Sequence[complex], places: int = 3) -> list[str]:
    """Return eigenvalues as texts, a conjugate pair as one: ``0.5 ± 1.97i``.

    Examples
    --------
    >>> eigenvalue_texts([6.193, 1.971j, -1.971j])
    ['6.193', '±1.971i']
    """
    texts: list[str] = []
    for index, value in enumerate(eigenvalues):
        if value.imag == 0:
            texts.append(readable(value.real, places))
        elif any(value == earlier.conjugate() for earlier in eigenvalues[:index]):
            continue  # its partner has been written
        else:
            size = readable(abs(value.imag), places)
            real = readable(value.real, places) + " " if value.real else ""
            texts.append(f"{real}±{' ' if real else ''}{size}i")
    return texts


WIDTH = 24


def percent(share: float, places: int = 2) -> str:
    """Return a share from 0 to 1 as a percentage; what is not quite all or nothing does not look like it.

    Examples
    --------
    >>> percent(0.2636001), percent(1.0), percent(0.0), percent(0.99999999), percent(1e-9)
    ('26.36 %', '100 %', '0 %', '> 99.99 %', '< 0.01 %')
    """
    if share in (0.0, 1.0):
        return f"{100 * share:.0f} %"
    least = 10.0**-places
    if 100 * share < least / 2:
        return f"< {least:.{places}f} %"
    if 100 * share > 100 - least / 2:
        return f"> {100 - least:.{places}f} %"
    return f"{100 * share:.{places}f} %"


def bar(share: float) -> str:
    """Return a bar as long as a share from 0 to 1 is large; what is there has at least one mark.

    Examples
    --------
    >>> bar(0.25), bar(0.001)
    ('██████', '█')
    """
    return "█" * max(round(WIDTH * share), 1 if share else 0)


def objective_words(name: str, words: Language) -> str:
    """Return an objective as a heading."""
    return {
        "public_cost": words.PARETO_PUBLIC,
        "enterprise_cost": words.PARETO_ENTERPRISES,
        "welfare": words.PARETO_WELFARE,
        "tonnes_avoided": words.PARETO_AVOIDED,
        "time": words.PARETO_TIME,
        "probability": words.PARETO_PROBABILITY,
        "cooperation": words.PARETO_COOPERATION,
    }[name]


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


SMALLEST = 1e-300
"""Below it a probability is written from its logarithm."""

TINY_PROBABILITIES_PLACES = 4


def probability_text(log_probability: float) -> str:
    """Return a probability, given by its logarithm.

    Examples
    --------
    >>> probability_text(math.log(0.25)), probability_text(-15_002.5), probability_text(-math.inf)
    ('0.25', '3.14e−6516', '0')
    """
    if log_probability == -math.inf:
        return "0"
    if log_probability > math.log(SMALLEST):
        return readable(math.exp(log_probability), TINY_PROBABILITIES_PLACES)
    exponent, rest = divmod(log_probability / math.log(10), 1)
    mantissa = f"{10**rest:.2f}"
    if float(mantissa) >= 10:
        mantissa, exponent = "1", exponent + 1
    return f"{mantissa}e−{-int(exponent)}"


TIPPING_PLACES = 6
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
    >>> from separatrix.policy.tipping.levels import InstrumentLevel, level_of
    >>> (
    ...     level_words(level_of(Fraction(1, 3))),
    ...     level_words(InstrumentLevel(1.5, Fraction(149, 100), Fraction(151, 100))),
    ... )
    ('0.333333 (1/3)', '1.5 ± 0.01')
    """
    width = float(level.high - level.low) / 2
    if width > 0.5 * 10**-TIPPING_PLACES:
        return f"{readable(level.value, TIPPING_PLACES)} ± {readable(width, TIPPING_PLACES)}"
    if level.exact is None:
        return _decimals(level.value)
    told = readable(level.value, TIPPING_PLACES)
    fraction = exact_text(level.exact)
    return told if fraction is None or "/" not in fraction or _short(level.value) else f"{told} ({fraction})"


def _decimals(value: float) -> str:
    """Return a number that is known to so many decimals, with its zeros: it is not known to be whole."""
    if 1e-3 <= abs(value) < 1e6:
        return f"{value:.{TIPPING_PLACES}f}".replace("-", "−")
    return readable(value, TIPPING_PLACES)


def _short(value: float) -> bool:
    """Whether a decimal says all."""
    return float(f"{value:.{TIPPING_PLACES}f}") == value


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
