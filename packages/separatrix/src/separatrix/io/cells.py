"""The cells of one table as texts, from any kind of file, with how the file was understood.

Issues in a cluster's data, with their place: a remark is not an error, for the rest is still computed.

Whether numbers in a file have a decimal comma or a decimal point, from the numbers themselves.

``12,5`` is unambiguous, and so are ``1,234,567`` and ``1.234,5``; ``1,234`` is ambiguous. Unambiguous
numbers in a file decide the others. Without any, the separator of columns decides (decimal commas go with
semicolons), with a warning; and if that does not decide either, such numbers are not read at all, for one
reading is a thousand times the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from typing import Any, Literal, overload

from separatrix.errors import InputError
from separatrix.io.workbook import column_letters
from separatrix.sentences import Sentence, say

__all__ = [
    "BETWEEN",
    "Cells",
    "ColumnSigns",
    "EvenRows",
    "FindHeading",
    "MAX_BYTES",
    "MAX_ROWS",
    "Remark",
    "STEP",
    "Severity",
    "WORKBOOKS",
    "by_kind",
    "column_signs",
    "comments",
    "decimal_sign",
    "gathered",
    "has_decimal_points",
    "heading_levels",
    "located",
    "row_runs",
    "with_signs",
]

Cell = tuple[int, int]

_GROUP = r"[-+]?[1-9]\d{0,2}"
_TAIL = r"\s*%?\Z"
_EITHER_COMMA = re.compile(rf"{_GROUP},\d{{3}}{_TAIL}")
# Of lakhs and crores (1,23,45,678) the first groups have two digits.
_THOUSANDS_COMMA = re.compile(
    rf"{_GROUP}(,\d{{3}}){{2,}}(\.\d+)?{_TAIL}|{_GROUP}(,\d{{3}})+\.\d+{_TAIL}"
    rf"|[-+]?[1-9]\d?(,\d{{2}})+,\d{{3}}(\.\d+)?{_TAIL}"
)
_DECIMAL_COMMA = re.compile(rf"([-+]?\d+|{_GROUP}(\.\d{{3}})+),\d+{_TAIL}")
_EITHER_POINT = re.compile(rf"{_GROUP}\.\d{{3}}{_TAIL}")
_THOUSANDS_POINT = re.compile(rf"{_GROUP}(\.\d{{3}}){{2,}}{_TAIL}")
_APART = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))")
"""Thousands set apart by a blank or an apostrophe, which says nothing of the decimal sign."""

_DECIMAL_POINT = re.compile(rf"[-+]?\d*\.\d+{_TAIL}")


def decimal_sign(columns: Sequence[Sequence[str]], separator: str) -> tuple[bool, str, Cell | None]:
    """Return how the numbers of a table are written.

    Returns
    -------
    comma : bool
        Whether commas are decimal signs (and points set thousands apart).
    doubtful : str
        The signs that may be either, so that a number with one before three digits is not to be read.
    guessed : (row, column) or None
        A cell that was decided by the separator alone, or that a number written the other way contradicts.

    Examples
    --------
    >>> decimal_sign([["12,5", "1.234"]], ";")
    (True, '', (1, 0))
    >>> decimal_sign([["1,234"]], "\\t"), decimal_sign([["1,234"]], ",")
    ((False, ',', None), (False, '', (0, 0)))
    """
    found = _evidence(columns, points=separator != ",")
    comma = "decimal comma" in found or "thousands point" in found
    if "thousands comma" in found:
        # Numbers written the other way are faults, and what could be either is not read.
        return False, "," if comma and "either comma" in found else "", None
    if comma:
        mixed = "decimal point" in found and "thousands point" not in found
        either = found.get("either point")
        if "either comma" in found and not _three_decimals(columns):
            return True, "." if mixed and either is not None else ",", None
        if "either comma" in found and _few_decimals(columns):
            either = either if either is not None and not mixed else found["either comma"]
            return True, "." if mixed and "either point" in found else "", either
        return True, "." if mixed and either is not None else "", None if mixed else either
    if "either comma" in found:
        if "decimal point" in found or separator == ",":
            return False, "", found["either comma"]
        if separator == "\t" and _whole_numbers(columns):
            return False, "", None
        return (True, "", found["either comma"]) if separator == ";" else (False, ",", None)
    if "either point" in found and "decimal point" not in found and separator == ";":
        return False, ".", None
    comma, doubtful, guessed = _thousands_by_points(columns)
    if separator == "\t" and "either point" in found and "decimal point" not in found:
        guessed = None if comma or doubtful else found["either point"]
    return comma, doubtful, guessed


_MANY = 20
"""Of so many decimals some would have fewer than three digits, if none is filled up with zeros."""


def _thousands_by_points(columns: Sequence[Sequence[str]]) -> tuple[bool, str, Cell | None]:
    """Return whether points before three digits set thousands apart, by the whole numbers below a thousand.

    Of decimals that are filled up with zeros none would be without a point; of others none would end in 0.
    """
    either: set[str] = set()
    others = False
    for column in columns:
        cells = {cell for cell in set(column) if cell and cell[-1].isdigit() and cell[0] in "+-0123456789"}
        pointed = {cell for cell in cells if "." in cell}
        if not pointed:
            continue
        if not all(map(_EITHER_POINT.match, pointed)):
            return False, "", None
        either |= pointed
        rest = cells - pointed
        if rest and not all(re.fullmatch(r"[-+]?\d{1,3}", cell) for cell in rest):
            return False, "", None
        others |= bool(rest)
    if len(either) < _SEVERAL or not others:
        return False, "", None
    if any(cell.endswith("0") for cell in either):
        return True, "", None
    return False, "." if len(either) >= _MANY else "", None


_SEVERAL = 3
"""From this count on, the digits of the numbers show how the file is written."""


def _sure_decimals(columns: Sequence[Sequence[str]]) -> list[str]:
    """Return the numbers with a decimal comma beyond doubt."""
    return [
        cell.strip(" %")
        for column in columns
        for cell in column
        if "," in cell and _DECIMAL_COMMA.match(cell) and not _EITHER_COMMA.match(cell)
    ]


def _few_decimals(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether so few decide that one slip of the keyboard would decide."""
    return len(_sure_decimals(columns)) < _SEVERAL


def _three_decimals(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether decimals of three digits are usual, by numbers with a decimal comma beyond doubt."""
    sure = _sure_decimals(columns)
    return len(sure) < _SEVERAL or any(len(cell) - cell.index(",") > _SEVERAL for cell in sure)


def _whole_numbers(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether numbers with commas are thousands, judged by the whole numbers below a thousand.

    Of decimals some would have fewer digits, or all as many: then none would be without a comma.
    """
    held = [column for column in columns if any("," in cell for cell in column)]
    cells = [cell for column in held for cell in column if cell and cell[-1].isdigit()]
    either = {cell for cell in cells if _EITHER_COMMA.match(cell)}
    others = {cell for cell in cells if cell not in either}
    trimmed = not any(cell.endswith("0") for cell in either)
    whole = bool(others) and all(re.fullmatch(r"\d{1,3}", cell) for cell in others)
    return len(either) >= _SEVERAL and not trimmed and whole


def _evidence(columns: Sequence[Sequence[str]], *, points: bool) -> dict[str, Cell]:
    """Return the first cell of every informative kind of number."""
    found: dict[str, Cell] = {}
    commas = [p for p, column in enumerate(columns) if "," in "".join(column)]
    if not commas and not points:
        return found
    kinds = (
        (",", "thousands comma", _THOUSANDS_COMMA),
        (",", "either comma", _EITHER_COMMA),
        (",", "decimal comma", _DECIMAL_COMMA),
        (".", "thousands point", _THOUSANDS_POINT),
        (".", "either point", _EITHER_POINT),
        (".", "decimal point", _DECIMAL_POINT),
    )
    for place, column in enumerate(columns):
        whole = "".join(column)
        for row, cell in enumerate(column) if "," in whole or "." in whole else ():
            if "," not in cell and "." not in cell:
                continue
            sign = "," if "," in cell else "."
            plain = _APART.sub("", cell)
            for own, kind, form in kinds:
                if own == sign and form.match(plain):
                    found.setdefault(kind, (row, place))
                    break
    return found


@dataclass(frozen=True)
class ColumnSigns:
    """The signs in the numbers of one column, if its own cells or neighbouring ones show them.

    Attributes
    ----------
    comma : bool
        Whether commas are decimal signs.
    sure : str
        A number of the column that can be read in this way alone; '' where only other columns decide.
    either : int or None
        The first cell that could be read in both ways.
    plain : dict of int to str
        The cells whose text changes, with a decimal point and without thousands separators.
    unread : tuple of int
        Cells that could be read in both ways, in a column in which numbers of both kinds stand.
    """

    comma: bool
    sure: str
    either: int | None
    plain: dict[int, str]
    unread: tuple[int, ...] = ()


def column_signs(columns: Sequence[Sequence[str]]) -> dict[int, ColumnSigns]:
    """Return, by place, the columns whose numbers have decimal commas, are written in both ways, or could be.

    A column decides for itself.  One that holds no more than numbers such as ``12.000`` follows the other
    columns, where those have decimal commas and none of them decimal points.

    Examples
    --------
    >>> column_signs([["12.000", "1.234,5"], ["0.125", "12.000"]])[0].plain
    {0: '12000', 1: '1234.5'}
    >>> list(column_signs([["12.000", "1.234,5"], ["0.125", "12.000"]]))
    [0]
    """
    kinds = {place: _kinds(column) for place, column in enumerate(columns)}
    signs = {place: _signs(kinds[place]) for place in kinds if kinds[place].get("comma")}
    if signs and not any(found.get("point") for found in kinds.values()):
        follow = [p for p, found in kinds.items() if p not in signs and found.get("either point")]
        signs |= {place: _signs(kinds[place]) for place in follow}
    for place, found in kinds.items():
        if place not in signs and set(found) == {"either point"} and len(found["either point"]) >= _SEVERAL:
            signs[place] = ColumnSigns(False, "", found["either point"][0][0], {})
    return signs


def has_decimal_points(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether some column has numbers that no decimal comma explains: ``0.5``, ``1,234.5``."""
    return any(_kinds(column).get("point") for column in columns)


_Kinds = dict[str, list[tuple[int, str]]]


def _kinds(column: Sequence[str]) -> _Kinds:
    """Return the numbers of a column that have a sign, by their kind; none where most cells are words."""
    whole = "".join(column)
    if "," not in whole and "." not in whole:
        return {}
    kinds: _Kinds = {}
    words = 0
    for row, cell in enumerate(column):
        if "," not in cell and "." not in cell:
            words += any(map(str.isalpha, cell))
            continue
        plain = _APART.sub("", cell)
        for kind, form in _OF_COLUMNS:
            if form.match(plain):
                kinds.setdefault(kind, []).append((row, plain))
                break
        else:
            words += 1
    return kinds if words <= sum(map(len, kinds.values())) else {}


_OF_COLUMNS = (
    ("point", _THOUSANDS_COMMA),
    ("either comma", _EITHER_COMMA),
    ("comma", _DECIMAL_COMMA),
    ("comma", _THOUSANDS_POINT),
    ("either point", _EITHER_POINT),
    ("point", _DECIMAL_POINT),
)


def _signs(kinds: _Kinds) -> ColumnSigns:
    sure, either = kinds.get("comma", []), kinds.get("either point", [])
    mixed = bool(kinds.get("point"))
    shown = next((text for _, text in sure if "." in text), sure[0][1] if sure else "")
    if not mixed and len(sure) >= _SEVERAL and _three_decimals([[text for _, text in sure]]):
        sure = [*sure, *kinds.get("either comma", [])]
    read = sure if mixed else sorted([*sure, *either])
    plain = {row: text.replace(".", "").replace(",", ".") for row, text in read}
    unread = tuple(row for row, _ in either) if mixed else ()
    return ColumnSigns(not mixed, shown, either[0][0] if either else None, plain, unread)


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
        elif found.either is not None and not found.unread:
            what = say(
                "`{text}` may be thousands or a decimal; such numbers were read as {reading}",
                text=columns[place][found.either],
                reading=say("thousands") if found.comma else say("decimals"),
            )
            row = cells.rows[found.either]
            remarks.append(Remark("K112", "warning", cells.file, row, heading, what, hint))
        columns[place] = tuple(texts)
    return replace(cells, columns=tuple(columns), remarks=tuple(remarks), empty=frozenset(empty))
