"""Numbers as people write them: few digits, thousands set apart, a true minus, no powers of ten."""

from __future__ import annotations

import math

__all__ = ["digits_outward", "outward", "rounded"]


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


def outward(value: float, places: int, *, up: bool) -> float:
    """Return the end of an interval at so many decimals, rounded away from its other end.

    Examples
    --------
    >>> outward(15.664, 1, up=True), outward(11.09, 1, up=False), outward(15.6, 1, up=True)
    (15.7, 11.0, 15.6)
    """
    if not math.isfinite(value):
        return value
    scaled = round(value * 10.0**places, 6)  # without the noise of binary fractions
    return (math.ceil(scaled) if up else math.floor(scaled)) / 10.0**places


def digits_outward(value: float, digits: int, *, up: bool) -> float:
    """Return the same at so many significant digits.

    Examples
    --------
    >>> digits_outward(156_640.0, 2, up=True), digits_outward(9_357.0, 2, up=False)
    (160000.0, 9300.0)
    """
    if not math.isfinite(value) or value == 0:
        return value
    return outward(value, digits - 1 - math.floor(math.log10(abs(value))), up=up)
