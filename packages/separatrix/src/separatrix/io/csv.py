"""A CSV file as cells, with its encoding, separator and decimal sign found and stated.

One table as cells, from any kind of file.

One sheet of a workbook (XLSX, ODS) as cells, with what hides in it: merged cells, formulas, errors.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from operator import itemgetter, methodcaller
from pathlib import Path
from typing import Any

from separatrix.errors import InputError
from separatrix.io.cells import (
    LOOKED_THROUGH,
    MAX_BYTES,
    WORKBOOKS,
    Cells,
    EvenRows,
    FindHeading,
    Remark,
    column_signs,
    comments,
    decimal_sign,
    gathered,
    has_decimal_points,
    with_signs,
)
from separatrix.io.files import read_bytes
from separatrix.io.workbook import SheetMarkup, Workbook, column_number, open_workbook
from separatrix.sentences import Sentence, say

__all__ = [
    "csv_cells",
    "decoded_text",
    "open_book",
    "read_cells",
    "sheet_cells",
]


def read_cells(
    path: Path, sheet: str | None = None, book: Workbook | None = None, find: FindHeading | None = None
) -> Cells:
    """Return the cells of a CSV file, or of one sheet of a workbook (by default its first).

    A workbook that is already open is given as ``book``; ``find`` locates the heading, by default in the
    first row. Rows without any text, and rows whose first cell starts with ``#``, are not data.

    Raises
    ------
    InputError
        K110 where the file is not a readable table, with the reason; G100, G101 where it cannot be
        opened or is too large; T200, T206 for broken and for overlarge workbooks.
    """

    return (
        sheet_cells(book or open_book(path), sheet, find)
        if path.suffix.lower() in WORKBOOKS
        else csv_cells(path, find)
    )


_SEPARATORS = {",": say("comma"), ";": say("semicolon"), "\t": say("tab")}
_STATED = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_WESTERN = bytes(
    {*range(0x80), *b"\x80\x82\x84\x85\x8a\x8c\x8e\x91\x92\x93\x94\x95\x96\x97\x9a\x9c\x9e\x9f"}
) + bytes({*range(0xA0, 0xFF)} - {*b"\xa4\xa5\xa6\xa8\xaa\xac\xad\xae\xaf\xb8\xb9\xba"})
"""ASCII, letters, quotes, dashes and signs of Windows-1252 that a table of Western Europe may hold."""


def csv_cells(path: Path, find: FindHeading | None = None) -> Cells:
    """Return the cells of a CSV file.

    Raises
    ------
    InputError
        K110 for binary data, an unknown encoding or a quote that is never closed; G100, G101 where the file
        cannot be opened or is too large; K116 where it is empty.
    """
    text, encoding = _decoded(read_bytes(path, MAX_BYTES, "a table"), path)
    name = path.name
    line = 1
    stated = _STATED.match(text)  # Excel's own way to name the separator
    if stated is not None:
        delimiter, text, line = stated[1], text[stated.end() :], 2
    else:
        delimiter = _separator(text)
    aside: list[tuple[int, str]] = []
    even = _even_rows(text, delimiter)
    if even is not None:
        made = gathered(name, even, list(range(line, line + len(even))), find)
    else:
        rows, numbers = _rows(text, delimiter, line, name)
        # All but a few rows begin with a cell that is neither empty nor a comment: those need no closer look.
        odd = [
            i
            for i, row in enumerate(rows)
            if not row or not (cell := row[0]) or cell[0] == "#" or cell.isspace()
        ]
        for i in reversed(odd):
            if rows[i] and rows[i][0].startswith("#"):
                aside.append((numbers[i], rows[i][0]))
            elif any(cell.strip() for cell in rows[i]):
                continue
            del rows[i], numbers[i]
        aside.reverse()
        made = gathered(name, rows, numbers, find)
    comma, doubtful, guessed = decimal_sign(made.columns, delimiter)
    if comma or doubtful:
        # Where columns are written in different ways, those with decimal commas decide for themselves alone.
        signs = {place: found for place, found in column_signs(made.columns).items() if found.sure}
        rest = [() if place in signs else column for place, column in enumerate(made.columns)]
        sign = decimal_sign(rest, delimiter)
        if signs and not sign[0] and has_decimal_points(rest):
            made, (comma, doubtful, guessed) = with_signs(made, signs), sign
    notes = comments(name, aside)
    if encoding != "UTF-8" or delimiter != "," or comma:
        notes.append(_note(name, encoding, _SEPARATORS[delimiter], comma))
    if guessed is not None:
        row_at, place = guessed
        notes.append(
            Remark(
                "K112",
                "warning",
                name,
                made.rows[row_at],
                made.header[place],
                say(
                    "`{text}` may be thousands or a decimal; such numbers were read as {reading}",
                    text=made.columns[place][row_at],
                    reading=say("decimals")
                    if comma == ("," in made.columns[place][row_at])
                    else say("thousands"),
                ),
                say("write such numbers without a thousands separator"),
            )
        )
    return replace(made, decimal_comma=comma, doubtful=doubtful, remarks=(*made.remarks, *notes))


def _even_rows(text: str, delimiter: str) -> EvenRows | None:
    """Return the cells of a plain file at once: no quotes, no comments, as many cells in each row.

    Most large files are so, and to make a list of each row would take most of the time of their reading.
    """
    if '"' in text or ("#" in text and re.search(r"^[ ]*#", text, re.MULTILINE)):
        return None
    text = text.removesuffix("\n")
    lines = text.split("\n")
    between = lines[0].count(delimiter)
    if not between or set(map(methodcaller("count", delimiter), lines)) != {between}:
        return None
    if max(map(len, lines)) >= csv.field_size_limit():
        return None
    # A row without anything in it begins with a separator or a blank, and few others do.
    odd = {first for first in set(map(itemgetter(0), lines)) if first == delimiter or first.isspace()}
    if odd and any(not line.replace(delimiter, "").strip() for line in lines if line[0] in odd):
        return None
    del lines
    return EvenRows(text.replace("\n", delimiter).split(delimiter), between + 1)


def _rows(text: str, delimiter: str, line: int, name: str) -> tuple[list[list[str]], list[int]]:
    """Return every row, and the line of the file on which it begins; the first is on ``line``."""

    def reader() -> Any:
        return csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
        )

    told = reader()
    try:
        rows: list[list[str]] = list(told)
    except csv.Error:
        told = None
    if told is not None and told.line_num == len(rows):
        return rows, list(range(line, line + len(rows)))
    rows, numbers, before = [], [], line - 1
    again = reader()
    try:
        for row in again:
            rows.append(row)
            numbers.append(line)
            line = before + again.line_num + 1
    except csv.Error as problem:
        why = "a quote is opened and never closed" if "unexpected end" in str(problem) else str(problem)
        raise InputError(
            "K110",
            f"{name} is not a valid table: {why}, in what begins on row {line}",
            hint="check the quotes there, or save the table as CSV again",
        ) from None
    return rows, numbers


def _separator(text: str) -> str:
    """Return the separator that occurs most often, outside quotes, in the first line that has any.

    A title above the heading has none where it was not written by a spreadsheet.
    """
    lines = (
        re.sub(r'"[^"]*"', "", found[0])
        for found in re.finditer(r"[^\n]+", text)
        if found[0].strip() and not found[0].lstrip('" ').startswith("#")
    )
    for outside in islice(lines, LOOKED_THROUGH):
        if any(sign in outside for sign in _SEPARATORS):
            return max(_SEPARATORS, key=outside.count)
    return ","


def _note(name: str, encoding: str, separator: Sentence, comma: bool) -> Remark:
    sign = say("comma") if comma else say("point")
    return Remark(
        "K111",
        "note",
        name,
        None,
        None,
        say(
            "read as {encoding}, columns separated by {separator}, decimal {sign}",
            encoding=encoding,
            separator=separator,
            sign=sign,
        ),
    )


def decoded_text(data: bytes) -> tuple[str, str] | None:
    """Return a text and what it is encoded in; None where it is in no encoding that tables come in.

    Examples
    --------
    >>> [decoded_text("Heizöl".encode(code)) for code in ("utf-8", "cp1252")]
    [('Heizöl', 'UTF-8'), ('Heizöl', 'Windows-1252')]
    >>> decoded_text("天然气".encode("gbk"))
    ('天然气', 'GB18030')
    """
    for mark, encoding, told in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with a byte order mark"),
        (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding), told
            except UnicodeDecodeError:
                break
    if b"\x00" in data:
        return None
    other = ("cp1252", "Windows-1252") if _is_western(data) else ("gb18030", "GB18030")
    for encoding, told in (("utf-8", "UTF-8"), other):
        try:
            return data.decode(encoding), told
        except UnicodeDecodeError:
            continue
    return None


def _is_western(data: bytes) -> bool:
    """Return whether bytes beyond ASCII are mostly single, as letters with accents are.

    Those of Chinese come in pairs; the few characters of GBK whose second byte is ASCII change no majority.
    """
    alone = [len(found[0]) % 2 for found in _BEYOND_ASCII.finditer(data)]
    return 2 * sum(alone) > len(alone) and not data.translate(None, _WESTERN)


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    found = decoded_text(data)
    if found is not None:
        return _lines(found[0]), found[1]
    if b"\x00" in data:
        raise InputError(
            "K110",
            f"{path.name} holds binary data, no table",
            hint="tables are read from .csv, .tsv, .xlsx and .ods files",
        )
    raise InputError("K110", f"{path.name} is neither UTF-8 nor GB18030", hint="save it as UTF-8")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


_MAX_BYTES = 50_000_000


def open_book(path: Path) -> Workbook:
    """Return a workbook of a cluster, by the name of its file.

    Raises
    ------
    InputError
        See `open_workbook`.
    """
    return open_workbook(path, path.name, _MAX_BYTES)


def sheet_cells(book: Workbook, sheet: str | None, find: FindHeading | None = None) -> Cells:
    """Return the cells of a sheet, by default the first.

    Merged cells of text, and of years, stand for all the cells that they cover, as in the heading or where an
    enterprise is written once for several rows; a number that covers several rows is in the first alone, for
    it would count as often.

    Raises
    ------
    InputError
        K110 for a sheet that is not there; K116 where it is empty; T200, T206 for broken and for overlarge
        sheets.
    """
    chosen = sheet if sheet is not None else next(iter(book.sheets), None)
    if chosen is None or chosen not in book.sheets:
        raise InputError(
            "K110",
            f"{book.name} has no sheet `{sheet}`",
            hint=f"its sheets are {', '.join(book.sheets) or 'none'}",
        )
    file = f"{book.name}[{chosen}]"
    found = book.look_through(chosen)
    rows, numbers, aside = [], [], []
    raw = book.rows(chosen)
    for number, row in enumerate(raw, 1):
        texts = [_text(cell) for cell in row]
        if texts and texts[0].startswith("#"):
            aside.append((number, texts[0]))
        elif any(texts):
            rows.append(texts)
            numbers.append(number)
    unfilled = _fill_merged(found, rows, numbers)
    made = gathered(file, rows, numbers, find)
    remarks, empty = _hidden(found, made, unfilled)
    # What has a comma is a text, for the workbook holds its numbers as numbers.
    plain = [
        [cell if cell.isascii() else unicodedata.normalize("NFKC", cell) for cell in column]
        for column in made.columns
    ]
    commas = [column if any("," in cell for cell in column) else [] for column in plain]
    commas = [[cell if "," in cell or cell.isdigit() else "" for cell in column] for column in commas]
    comma, doubtful, _ = decimal_sign(commas, "\t")
    made = replace(
        made,
        remarks=(*made.remarks, *comments(file, aside), *remarks),
        empty=empty,
        # Numbers of the workbook itself have a decimal point, so 1,234 among decimal commas is not thousands.
        doubtful="," if comma else doubtful.replace(".", ""),
    )
    written = [
        [
            cell if cell and place < len(row := raw[number - 1]) and isinstance(row[place], str) else ""
            for cell, number in zip(column, made.rows, strict=True)
        ]
        if any("," in cell or "." in cell for cell in column)
        else []
        for place, column in enumerate(plain)
    ]
    return with_signs(made, column_signs(written))


_YEAR = re.compile(r"(19|20)\d{2}年?")
_NUMBER = re.compile(r"[-+−]?[\d.,\s]+%?")
_MOST_FILLED = 100_000


def _fill_merged(found: SheetMarkup, rows: list[list[str]], numbers: list[int]) -> list[str]:
    """Write what merged cells hold into each of them, and return those that hold an amount."""
    unfilled, filled = [], 0
    widest = max((len(row) for row in rows), default=0)
    for merged in found.merged:
        first, _, last = merged.partition(":")
        (top, left), (bottom, right) = _position(first), _position(last)
        start, stop = bisect_left(numbers, top), bisect_right(numbers, bottom)
        right = min(right, widest - 1)
        holds = start < stop and numbers[start] == top and 0 <= left < len(rows[start])
        text = rows[start][left] if holds else ""
        filled += (stop - start) * (right - left + 1) if text else 0
        if not last or (_NUMBER.fullmatch(text) and not _YEAR.fullmatch(text)) or filled > _MOST_FILLED:
            unfilled.append(merged)
        elif text:
            for row in rows[start:stop]:
                row.extend([""] * (right + 1 - len(row)))
                row[left : right + 1] = [text] * (right + 1 - left)
    return unfilled


def _hidden(
    found: SheetMarkup, made: Cells, unfilled: list[str]
) -> tuple[list[Remark], frozenset[tuple[int, int]]]:
    """Return remarks on merged cells, errors and formulas, and the positions of those without a value."""
    place = {number: i for i, number in enumerate(made.rows)}
    remarks = [
        Remark(
            "K113",
            "warning",
            made.file,
            _rows_of(merged)[0],
            None,
            say("the cells {cells} are merged; only the first of them holds a value", cells=merged),
            say("unmerge them and fill in every cell"),
        )
        for merged in unfilled
    ]
    empty = set()
    for address in found.errors:
        row, column = _position(address)
        remarks.append(
            Remark(
                "K114",
                "error",
                made.file,
                row,
                _heading(made, column),
                say("the cell {cell} holds an error of the spreadsheet, such as #DIV/0!", cell=address),
            )
        )
        if row in place:
            empty.add((place[row], column))
    without = 0
    for address in found.formulas:
        row, column = _position(address)
        if row not in place or column >= len(made.header) or made.columns[column][place[row]]:
            continue
        if (place[row], column) not in empty:
            without += 1
            empty.add((place[row], column))
            remarks.append(
                Remark(
                    "K115",
                    "error",
                    made.file,
                    row,
                    _heading(made, column),
                    say("the formula in the cell {cell} was never computed", cell=address),
                    say("open the workbook in a spreadsheet and save it"),
                )
            )
    if len(found.formulas) > without:
        remarks.append(
            Remark(
                "K115",
                "note",
                made.file,
                None,
                None,
                say(
                    "formulas in the sheet ({n}): what they last gave was read",
                    n=len(found.formulas) - without,
                ),
            )
        )
    remarks.extend(_out_of_sight(found, made, place))
    return remarks, frozenset(empty)


def _out_of_sight(found: SheetMarkup, made: Cells, place: Mapping[int, int]) -> Iterator[Remark]:
    """Yield a remark on rows, and one on columns, that the spreadsheet hides: they were read."""
    hint = say("delete what does not count, or show it")
    rows = [row for row in found.hidden_rows if row in place]
    if rows:
        what = say(
            "hidden rows ({n}) were read like others, the first of them row {row}", n=len(rows), row=rows[0]
        )
        yield Remark("K171", "warning", made.file, rows[0], None, what, hint)
    columns = [c for a, b in found.hidden_columns for c in range(a - 1, min(b, len(made.header)))]
    if columns:
        what = say("hidden columns ({n}) were read like others", n=len(columns))
        yield Remark("K171", "warning", made.file, None, _heading(made, columns[0]), what, hint)


def _heading(made: Cells, column: int) -> str | None:
    return (made.header[column] or None) if column < len(made.header) else None


def _position(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :] or 0), column_number(letters)


def _rows_of(merged: str) -> tuple[int, int]:
    numbers = [int(n) for n in re.findall(r"\d+", merged)] or [0]
    return numbers[0], numbers[-1]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime.datetime, datetime.date)):
        return cell.isoformat()[:10]
    return str(cell).strip()
