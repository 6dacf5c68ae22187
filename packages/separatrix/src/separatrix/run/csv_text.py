"""Tables as CSV: what a user names comes out as a text in every spreadsheet, never as a formula.

A text that some spreadsheet would run gets an apostrophe before it, and readers take one away again.  The
wide signs of Chinese keyboards count as well, and so do signs behind blanks or apostrophes.

Reference: OWASP, CSV injection.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["csv_text", "inert", "of_inert", "write_rows"]

_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?(/[0-9]+)?\Z")


def csv_text(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV, every cell inert; None is an empty cell.

    Examples
    --------
    >>> csv_text(["name", "payoff"], [["=1+1", -2.5], ["＝1+1", None]]).splitlines()
    ['name,payoff', "'=1+1,-2.5", "'＝1+1,"]
    """
    stream = io.StringIO()
    write_rows(stream, [header])
    write_rows(stream, rows)
    return stream.getvalue()


def write_rows(stream: Any, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV to a stream of text, every cell inert."""
    csv.writer(stream, lineterminator="\n").writerows([inert(cell) for cell in row] for row in rows)


def inert(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; only texts change, and no number among them.

    Examples
    --------
    >>> inert("=cmd|' /C calc'!A0"), inert("-1/2"), inert("- of which"), inert(-1)
    ("'=cmd|' /C calc'!A0", '-1/2', "'- of which", -1)
    """
    if not isinstance(cell, str):
        return cell
    if "\r" in cell:  # the writer would not quote it, and what follows would begin a row
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{cell}" if _starts_formula(cell) and not _NUMBER.match(cell) else cell


def of_inert(cell: str) -> str:
    """Return the text that `inert` wrote as `cell`.

    Examples
    --------
    >>> of_inert(inert("＝1+1")), of_inert("'tis")
    ('＝1+1', "'tis")
    """
    return cell[1:] if cell[:1] == "'" and _starts_formula(cell) else cell


def _starts_formula(text: str) -> bool:
    if text[:1].isalnum():  # nearly all
        return False
    for character in text:
        if character in "\t\r\n":
            return True
        if character != "'" and not character.isspace() and character.isprintable():
            return unicodedata.normalize("NFKC", character) in ("=", "+", "-", "@")
    return False
