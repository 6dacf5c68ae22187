"""The cells of one table as texts, whatever file they stand in, with how the file was understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from separatrix.errors import InputError
from separatrix.reading.addresses import column_letters
from separatrix.reading.remark import Remark
from separatrix.sentence import say

__all__ = ["MAX_BYTES", "MAX_ROWS", "WORKBOOKS", "Cells", "comments", "gathered"]

MAX_BYTES = 200_000_000
MAX_ROWS = 2_000_000
MOST_CELLS = 20_000_000
"""Short rows under a long heading would be filled up to it, and fill the memory."""
WORKBOOKS = (".xlsx", ".xlsm", ".ods")


@dataclass(frozen=True)
class Cells:
    """A table as texts.

    Attributes
    ----------
    file : str
        The file, with the sheet where there are several.
    header : tuple of str
        The headings.
    columns : tuple of sequences of str
        The texts below each heading, stripped; '' where a cell is empty.
    rows : sequence of int
        The number of each row in its file, from 1.
    decimal_comma : bool
        Whether 3,5 means three and a half.
    doubtful : str
        The signs, of ``,`` and ``.``, of which nothing tells whether one before three digits sets thousands
        apart or is the decimal sign; such numbers are not read.
    remarks : tuple of Remark
        How the file was understood, and what is amiss with it as a whole.
    spoilt : set of int
        Positions of rows that have a remark already and must be left out.
    empty : set of (int, int)
        Positions (row, column) of cells that are empty for a reason that has a remark already.
    """

    file: str
    header: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: Sequence[int]
    decimal_comma: bool = False
    doubtful: str = ""
    remarks: tuple[Remark, ...] = field(default=())
    spoilt: frozenset[int] = frozenset()
    empty: frozenset[tuple[int, int]] = frozenset()


def comments(file: str, rows: list[tuple[int, str]]) -> list[Remark]:
    """Return remarks on comments, by row and first cell, that may be names: ``#1 Mill``, not ``# a mill``."""
    return [
        Remark(
            "K119",
            "warning",
            file,
            number,
            None,
            say("the row starts with # and counts as a comment"),
            say("write the name without #, or a blank behind it"),
        )
        for number, text in rows
        if text[1:2].strip("# ")
    ]


def gathered(file: str, rows: list[list[str]], numbers: list[int]) -> Cells:
    """Return rows of texts as cells: the first is the heading, a row longer than it is spoilt.

    Parameters
    ----------
    file : str
        What the table is called in remarks.
    rows : list of list of str
        Without empty rows and comments.
    numbers : list of int
        The number of each row in the file.

    Raises
    ------
    InputError
        K116 without any row, K110 for too many.
    """
    if not rows:
        raise InputError("K116", f"{file} is empty: it has no heading", hint="write the headings in one row")
    if len(rows) > MAX_ROWS:
        raise InputError("K110", f"{file} has more than {MAX_ROWS:,} rows", hint="split it by year")
    header = tuple(cell.strip() for cell in rows[0])
    while header and not header[-1]:
        header = header[:-1]
    body = rows[1:]
    width = len(header)
    # In a row with a cell too many some cell is split in two, and all after it stand one column too far.
    spoilt = [i for i, row in enumerate(body) if len(row) > width and any(c.strip() for c in row[width:])]
    remarks = [
        Remark(
            "K117",
            "error",
            file,
            numbers[i + 1],
            None,
            say(
                "the row has {n} cells and the heading {m}, so what belongs where cannot be told",
                n=len(body[i]),
                m=width,
            ),
            say("put a text or a number that holds the separator in quotes"),
        )
        for i in spoilt
    ]
    if width * len(rows) > MOST_CELLS:
        raise InputError(
            "K110",
            f"{file} has {len(rows):,} rows of {width:,} cells; at most {MOST_CELLS:,} are read",
            hint="delete the columns beyond the table, or split it by year",
        )
    whole = (row if len(row) <= width else row[:width] for row in body)
    columns = [tuple(map(str.strip, column)) for column in zip_longest(*whole, fillvalue="")]
    columns.extend([("",) * len(body)] * (width - len(columns)))
    for place, heading in enumerate(header):
        if not heading and any(columns[place]):
            remarks.append(
                Remark(
                    "K118",
                    "warning",
                    file,
                    numbers[0],
                    column_letters(place),
                    say("the column has no heading and was not read"),
                )
            )
    return Cells(file, header, tuple(columns), numbers[1:], remarks=tuple(remarks), spoilt=frozenset(spoilt))
