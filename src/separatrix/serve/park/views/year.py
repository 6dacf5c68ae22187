"""A year that somebody chose or typed, in an address or a form: four digits, or none."""

from __future__ import annotations

__all__ = ["year_of"]


def year_of(text: str | None) -> int | None:
    """Return the year that a text is; None for anything else.

    Examples
    --------
    >>> year_of("2025"), year_of("²⁰²⁵"), year_of("9" * 5000), year_of(None)
    (2025, None, None, None)
    """
    told = text or ""
    # "²" is a digit, but no number: `isdigit` would let it through, and `int` fail.
    return int(told) if told.isdecimal() and len(told) == 4 else None
