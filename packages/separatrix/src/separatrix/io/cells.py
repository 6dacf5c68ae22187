"""The cells of one table as texts, from any kind of file, with how the file was understood.

Issues in a cluster's data, with their place: a remark is not an error, for the rest is still computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from typing import Any, Literal, overload

from separatrix.errors import InputError
from separatrix.io.decimal_sign import ColumnSigns
from separatrix.io.workbook import column_letters
from separatrix.sentences import Sentence, say

__all__ = [
    "BETWEEN",
    "Cells",
    "EvenRows",
    "FindHeading",
    "MAX_BYTES",
    "MAX_ROWS",
    "Remark",
    "STEP",
    "Severity",
    "WORKBOOKS",
    "by_kind",
    "comments",
    "gathered",
    "heading_levels",
    "located",
    "row_runs",
    "with_signs",
]

Severity = Literal["error", "warning", "note"]
"""error: a row was skipped. warning: it was used, and may be wrong. note: how it was understood."""


@dataclass(frozen=True)
class Remark:
    """One thing about one place of the data.

    Attributes
    ----------
    code : str
        Explained at length by ``separatrix explain CODE``.
    severity : str
        error, warning or note.
    file : str
        The file, or the file and the sheet.
    row : int or None
        The row as a spreadsheet numbers it, from 1, the heading included.
    column : str or None
        The heading of the column.
    what : Sentence
        What was found and what was expected.
    hint : Sentence or None
        What to do.
    """

    code: str
    severity: Severity
    file: str
    row: int | None
    column: str | None
    what: Sentence
    hint: Sentence | None = None

    @property
    def where(self) -> str:
        """The place, as ``energy.csv, row 7, column amount``."""
        file, row = located(self.file, self.row)
        parts = [file]
        if row is not None:
            parts.append(f"row {row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the remark as plain data."""
        file, row = located(self.file, self.row)
        return {
            "code": self.code,
            "severity": self.severity,
            "file": file,
            "row": row,
            "column": self.column,
            "text": str(self.what),
            "hint": None if self.hint is None else str(self.hint),
        }


BETWEEN = " + "
"""What stands between the files or sheets that make up one table."""
STEP = 10_000_000
"""More rows than a file may have: of a table of several, those of the second begin at twice this number."""


def located(file: str, row: int | None) -> tuple[str, int | None]:
    """Return the file or sheet, and its row, of a row of a table that may be made up of several.

    Examples
    --------
    >>> located("energy.csv", 7), located("a.xlsx[2023] + a.xlsx[2024]", 2 * STEP + 7)
    (('energy.csv', 7), ('a.xlsx[2024]', 7))
    """
    if row is None or row < STEP:
        return file, row
    part, own = divmod(row, STEP)
    return file.split(BETWEEN)[part - 1], own


def row_runs(rows: Iterable[int]) -> str:
    """Return rows of a file as a reader looks them up.

    Examples
    --------
    >>> row_runs([7, 2, 3, 4, 4])
    '2–4, 7'
    """
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


_BY_NAME = ("K214",)
"""Codes of remarks that say more than their column: an unknown fuel."""


def by_kind(remarks: Iterable[Remark]) -> dict[tuple[str, str, str | None], list[Remark]]:
    """Return the remarks gathered by code, file and column, the gravest first.

    Notes that say the same of several files are gathered, too.  Names that are not known are mended one by
    one, so remarks on several stay apart.
    """
    order = {"error": 0, "warning": 1, "note": 2}
    groups: dict[tuple[str, str, str | None], list[Remark]] = {}
    for remark in remarks:
        place = str(remark.what) if remark.severity == "note" else remark.file
        column = str(remark.what) if remark.code in _BY_NAME else remark.column
        groups.setdefault((remark.code, place, column), []).append(remark)
    return dict(sorted(groups.items(), key=lambda item: order[item[1][0].severity]))


MAX_BYTES = 200_000_000
MAX_ROWS = 2_000_000
MOST_CELLS = 20_000_000
"""Short rows under a long heading would be filled up to it, and fill the memory."""
WORKBOOKS = (".xlsx", ".xlsm", ".ods")
LOOKED_THROUGH = 40
"""So many rows may stand above a heading: titles, units, a whole note to the reader."""

FindHeading = Callable[[Sequence[Sequence[str]]], tuple[int, int]]
"""Finds, in the first rows of a file, where the heading begins and how many rows it has."""


@dataclass(frozen=True)
class Cells:
    """A table as texts.

    Attributes
    ----------
    file : str
        The file, with the sheet where there are several.
    header : tuple of str
        The headings; where they have several rows, joined by a stroke.
    columns : tuple of sequences of str
        The texts below each heading, stripped; '' where a cell is empty.
    rows : sequence of int
        The number of each row in its file, from 1.
    decimal_comma : bool
        Whether 3,5 means three and a half.
    doubtful : str
        The signs, of ``,`` and ``.``, that are ambiguous before three digits: a thousands separator or the
        decimal sign; such numbers are not read.
    remarks : tuple of Remark
        How the file was understood, and issues of the whole file.
    spoilt : set of int
        Positions of rows that have a remark already and must be skipped.
    empty : set of (int, int)
        Positions (row, column) of cells that are empty for a reason that has a remark already.
    levels : tuple of tuples of str
        Of each column, what its heading says row by row.
    above : tuple of str
        The lines above the heading.
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
    levels: tuple[tuple[str, ...], ...] = ()
    above: tuple[str, ...] = ()


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


def _stripped(column: tuple[str, ...]) -> tuple[str, ...]:
    """Return a column without blanks around its cells; most hold few different texts, and none to strip."""
    different = set(column)
    whole = "".join(different)
    if whole.split(None, 1) == [whole]:
        return column  # no blank stands in any of them
    return tuple(map(str.strip, column)) if any(text != text.strip() for text in different) else column


class EvenRows(Sequence[list[str]]):
    """Rows with as many cells each, kept as one list of cells, row by row."""

    def __init__(self, cells: list[str], width: int, chosen: range | None = None) -> None:
        self.cells, self.width = cells, width
        self.chosen = range(len(cells) // width) if chosen is None else chosen

    def __len__(self) -> int:
        return len(self.chosen)

    @overload
    def __getitem__(self, index: int) -> list[str]: ...

    @overload
    def __getitem__(self, index: slice) -> EvenRows: ...

    def __getitem__(self, index: int | slice) -> list[str] | EvenRows:
        """Return a row, or some of the rows."""
        if isinstance(index, slice):
            return EvenRows(self.cells, self.width, self.chosen[index])
        at = self.chosen[index] * self.width
        return self.cells[at : at + self.width]

    def columns(self) -> list[tuple[str, ...]]:
        """Return the cells by column."""
        start, stop, w = self.chosen.start * self.width, self.chosen.stop * self.width, self.width
        return [tuple(self.cells[start + k : stop : w]) for k in range(w)]


def gathered(
    file: str, rows: Sequence[list[str]], numbers: list[int], find: FindHeading | None = None
) -> Cells:
    """Return rows of texts as cells: below the heading, a row longer than it is spoilt.

    Parameters
    ----------
    file : str
        What the table is called in remarks.
    rows : list of list of str
        Without empty rows and comments.
    numbers : list of int
        The number of each row in the file.
    find : callable, optional
        Where the heading is; by default in the first row.

    Raises
    ------
    InputError
        K116 without any row, K110 for too many.
    """
    if not rows:
        raise InputError("K116", f"{file} is empty: it has no heading", hint="write the headings in one row")
    if len(rows) > MAX_ROWS:
        raise InputError("K110", f"{file} has more than {MAX_ROWS:,} rows", hint="split it by year")
    first, count = (0, 1) if find is None else find(rows[:LOOKED_THROUGH])
    levels = heading_levels(rows[first : first + count])
    if first:
        levels += _headed_above(rows[first - 1], len(levels), rows[first + count :])
    header = tuple(" / ".join(parts) for parts in levels)
    above = tuple(dict.fromkeys(c.strip() for row in rows[:first] for c in row if c.strip()))
    top = numbers[first + count - 1]
    body, numbers = rows[first + count :], numbers[first + count :]
    width = len(header)
    # In a row with a cell too many some cell is split in two, and all after it stand one column too far.
    long = range(0) if isinstance(body, EvenRows) and body.width <= width else range(len(body))
    spoilt = [i for i in long if len(row := body[i]) > width and any(c.strip() for c in row[width:])]
    remarks = [
        Remark(
            "K117",
            "error",
            file,
            numbers[i],
            None,
            say(
                "the row has {n} cells and the heading {m}, so the cells cannot be matched to headings",
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
    if isinstance(body, EvenRows) and body.width == width:
        by_column: Iterable[tuple[str, ...]] = body.columns()
    else:
        by_column = zip_longest(*(row if len(row) <= width else row[:width] for row in body), fillvalue="")
    columns = [_stripped(column) for column in by_column]
    columns.extend([("",) * len(body)] * (width - len(columns)))
    for place, heading in enumerate(header):
        if not heading and any(columns[place]):
            remarks.append(
                Remark(
                    "K118",
                    "warning",
                    file,
                    top,
                    column_letters(place),
                    say("the column has no heading and was not read"),
                )
            )
    if first:
        remarks.append(
            Remark(
                "K123",
                "note",
                file,
                None,
                None,
                say("the headings were found in row {row}; rows above them were not read as data", row=top),
            )
        )
    return Cells(
        file,
        header,
        tuple(columns),
        numbers,
        remarks=tuple(remarks),
        spoilt=frozenset(spoilt),
        levels=levels,
        above=above,
    )


def _headed_above(
    above: Sequence[str], width: int, body: Sequence[Sequence[str]]
) -> tuple[tuple[str, ...], ...]:
    """Return the headings of columns beyond the last row of headings, as of remarks, in the row above it.

    Where few rows have so many cells, a longer one rather has a cell that is split in two.
    """
    last = max((place for place, cell in enumerate(above) if cell.strip()), default=-1)
    if last < width or 2 * sum(len(row) > last for row in body) <= len(body):
        return ()
    return tuple((cell.strip(),) if cell.strip() else () for cell in above[width : last + 1])


def heading_levels(heading: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return what the heading of each column says, from above; a group reaches over the blanks after it.

    It reaches no further than there is something below, for what has nothing below stands alone.
    """
    width = max(len(row) for row in heading)
    rows = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in heading]
    for above, below in pairwise(rows):
        for place in range(1, width):
            if not above[place] and below[place]:
                above[place] = above[place - 1]
    levels = [tuple(dict.fromkeys(part for part in column if part)) for column in zip(*rows, strict=True)]
    while levels and not levels[-1]:
        levels.pop()
    return tuple(levels)


def with_signs(cells: Cells, signs: Mapping[int, ColumnSigns]) -> Cells:
    """Return cells with decimal points in the columns given, and a remark on each of them."""
    columns, remarks, empty = list(cells.columns), list(cells.remarks), set(cells.empty)
    for place, found in sorted(signs.items()):
        texts, heading = list(columns[place]), cells.header[place] or None
        for row, text in found.plain.items():
            texts[row] = text
        hint = say("write such numbers without a thousands separator")
        for row in found.unread:
            what = say(
                "`{text}` may be thousands or a decimal; the file does not show which", text=texts[row]
            )
            remarks.append(Remark("K112", "error", cells.file, cells.rows[row], heading, what, hint))
            texts[row] = ""
            empty.add((row, place))
        if found.comma and found.sure:
            what = say(
                "the numbers of the column are read as `{text}` is written: a comma before decimals, points "
                "between thousands",
                text=found.sure,
            )
            remarks.append(Remark("K112", "note", cells.file, None, heading, what))
        elif found.comma and found.either is not None:
            what = say(
                "`{text}` may be thousands or a decimal; such numbers were read as {reading}",
                text=columns[place][found.either],
                reading=say("thousands"),
            )
            row = cells.rows[found.either]
            remarks.append(Remark("K112", "warning", cells.file, row, heading, what, hint))
        columns[place] = tuple(texts)
    return replace(cells, columns=tuple(columns), remarks=tuple(remarks), empty=frozenset(empty))
