"""One sheet of a workbook (XLSX, ODS) as cells, with what hides in it: merged cells, formulas, errors."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path

from separatrix.errors import InputError
from separatrix.reading.addresses import column_number
from separatrix.reading.cells import Cells, comments, gathered
from separatrix.reading.decimal_sign import decimal_sign
from separatrix.reading.remark import Remark
from separatrix.reading.workbook import SheetMarkup, Workbook, open_workbook
from separatrix.sentence import say

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


def sheet_cells(book: Workbook, sheet: str | None) -> Cells:
    """Return the cells of a sheet, by default the first.

    Raises
    ------
    InputError
        K110 for a sheet that is not there; K113 where the heading is merged; K116 where it is empty; T200,
        T206 for broken and for overlarge sheets.
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
    for number, row in enumerate(book.rows(chosen), 1):
        texts = [_text(cell) for cell in row]
        if texts and texts[0].startswith("#"):
            aside.append((number, texts[0]))
        elif any(texts):
            rows.append(texts)
            numbers.append(number)
    made = gathered(file, rows, numbers)
    _refuse_merged_heading(found, file, numbers[0])
    remarks, empty = _hidden(found, made)
    # What has a comma is a text, for the workbook holds its numbers as numbers.
    commas = [[cell if "," in cell else "" for cell in column] for column in made.columns]
    doubtful = decimal_sign(commas, "\t")[1]
    return replace(
        made,
        remarks=(*made.remarks, *comments(file, aside), *remarks),
        empty=empty,
        doubtful=doubtful.replace(".", ""),
    )


def _refuse_merged_heading(found: SheetMarkup, file: str, first: int) -> None:
    for merged in found.merged:
        top, bottom = _rows_of(merged)
        if top <= first <= bottom:
            raise InputError(
                "K113",
                f"{file}: the cells {merged} of the heading are merged, so columns have no name",
                hint="unmerge them and give every column its heading in one row",
            )


def _hidden(found: SheetMarkup, made: Cells) -> tuple[list[Remark], frozenset[tuple[int, int]]]:
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
        for merged in found.merged
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
    return remarks, frozenset(empty)


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
