"""One sheet of a workbook (XLSX, ODS) as cells, with what hides in it: merged cells, formulas, errors."""

from __future__ import annotations

import datetime
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from separatrix.errors import InputError
from separatrix.io.addresses import column_number
from separatrix.io.cells import Cells, FindHeading, comments, gathered, with_signs
from separatrix.io.decimal_sign import column_signs, decimal_sign
from separatrix.io.remark import Remark
from separatrix.io.workbook import SheetMarkup, Workbook, open_workbook
from separatrix.sentences import say

__all__ = ["open_book", "sheet_cells"]

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
    """Yield a remark on rows, and one on columns, that nobody sees in the spreadsheet: they were read."""
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
