"""Numbers as people write them: few digits, thousands set apart, a true minus, no powers of ten."""

from __future__ import annotations

import math

__all__ = ["rounded"]


def rounded(value: float, digits: int = 3, *, sign: bool = False) -> str:
    """Return a number to so many significant digits.

    Parameters
    ----------
    value : float
    digits : int
        Significant digits.
    sign : bool
        Whether what is positive has a plus.

    Examples
    --------
    >>> rounded(27_483_120.0), rounded(0.01234567), rounded(-126.9, sign=True), rounded(12.0)
    ('27,500,000', '0.0123', '−127', '12')
    """
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else "–"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):{'+' if sign else ''},.{min(max(places, 0), 15)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")
