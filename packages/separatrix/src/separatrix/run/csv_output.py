"""Tables as CSV: what a user names comes out as a text in every spreadsheet, never as a formula.

A text that some spreadsheet would run gets an apostrophe before it, and readers take one away again.  The
wide signs of Chinese keyboards count as well, and so do signs behind blanks or apostrophes.

Reference: OWASP, CSV injection.

Finished blocks as a CSV file: a line a point, written as the blocks are read.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from separatrix.run.block_store import Blocks
from separatrix.run.files import replacing
from separatrix.run.layout import ColumnLayout, Variable, pieces

__all__ = [
    "csv_text",
    "inert",
    "of_inert",
    "rows_of",
    "write_csv",
    "write_rows",
]

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


def write_csv(path: Path, blocks: Blocks, layout: ColumnLayout) -> None:
    """Write finished blocks as a CSV file, whole or not at all.

    Raises
    ------
    Damaged
        Where a block is not whole.
    OSError
        Where the file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        _fill(stream, blocks, layout)


def _fill(stream: TextIO, blocks: Blocks, layout: ColumnLayout) -> None:
    write_rows(stream, [heads_of(layout)])
    write_rows(stream, rows_of(blocks, layout))


def heads_of(layout: ColumnLayout) -> list[str]:
    """Return the names of the columns: the axes, then the variables, shares as ``basin[x=1,y=1]``."""
    heads = [c.name for c in layout.coordinates]
    for variable in layout.variables:
        heads += (
            [f"{variable.name}[{label}]" for label in variable.labels] if variable.extra else [variable.name]
        )
    return heads


def rows_of(blocks: Blocks, layout: ColumnLayout) -> Iterator[list[Any]]:
    """Yield the cells of each point, in the order of the grid; None for a missing value."""
    for number, found in pieces(blocks, layout):
        box = blocks.tiling.box(number)
        axes = [c.floats(part) for c, part in zip(layout.coordinates, box, strict=True)]
        places = blocks.tiling.places(number)
        for k in range(blocks.tiling.points_in(number)):
            row: list[Any] = [
                float(axis[own[k] - part.start]) for axis, own, part in zip(axes, places, box, strict=True)
            ]
            for variable in layout.variables:
                row += _cells(variable, found[variable.name][k])
            yield row


def _cells(variable: Variable, value: Any) -> list[Any]:
    if variable.kind == "words":
        return [variable.labels[int(value)] if value >= 0 else None]
    numbers = value.tolist() if variable.kind == "shares" else [float(value)]
    return [None if number != number else number for number in numbers]
