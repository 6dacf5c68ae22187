"""How spreadsheets name their columns: A … Z, AA …, XFD."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["column_letters", "column_number"]


@lru_cache(maxsize=16_384)
def column_letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(26), column_letters(16383)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=16_384)
def column_number(letters: str) -> int:
    """Return the column, counted from 0, that has these letters.

    Examples
    --------
    >>> column_number("xfd")
    16383
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
