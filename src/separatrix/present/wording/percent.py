"""Shares as percentages that never round to more than is true."""

from __future__ import annotations

__all__ = ["bar", "percent"]

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
