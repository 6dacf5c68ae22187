"""Numbers that people read: few digits, and never a rounding that says too much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from separatrix.expression.tree import Expression, Number

__all__ = [
    "bar",
    "eigenvalue_texts",
    "exact_text",
    "percent",
    "readable",
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
