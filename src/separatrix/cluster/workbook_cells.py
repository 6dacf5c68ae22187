"""One sheet of a workbook (XLSX, ODS) as cells, with what hides in it: merged cells, formulas, errors."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path

from separatrix.cluster.cells import MAX_BYTES, Cells, comments, gathered
from separatrix.cluster.decimal_sign import decimal_sign
from separatrix.cluster.remark import Remark
from separatrix.errors import InputError, SeparatrixError
from separatrix.game.files import read_bytes
from separatrix.game.tables import TableSource
from separatrix.game.workbook import Found, look_through, open_book, unzip
from separatrix.sentence import say

__all__ = ["sheet_cells", "sheets_of"]

MOST_CELLS = 20_000_000
"""A sheet that reaches further, mostly by a stray cell far out, would fill the memory."""


def sheets_of(path: Path) -> list[str]:
    """Return the names of the sheets of a workbook."""
    source = TableSource(path.name, path.stem)
    return list(look_through(unzip(read_bytes(path, MAX_BYTES, "a workbook"), source), path.suffix, source))


def sheet_cells(path: Path, sheet: str | None) -> Cells:
    """Return the cells of a sheet, by default the first.

    Raises
    ------
    InputError
        K110 for a sheet that is not there, or that reaches too far; K113 where the heading is merged; K116
        where it is empty; T200, T206 for broken and for overlarge workbooks.
    """
    source = TableSource(path.name, path.stem)
    archive = unzip(read_bytes(path, MAX_BYTES, "a workbook"), source)
    scan = look_through(archive, path.suffix, source)
    chosen = sheet if sheet is not None else next(iter(scan), None)
    if chosen is None or chosen not in scan:
        raise InputError(
            "K110", f"{path.name} has no sheet `{sheet}`", hint=f"its sheets are {', '.join(scan) or 'none'}"
        )
    found = scan[chosen]
    file = f"{path.name}[{chosen}]"
    if found.rows * found.columns > MOST_CELLS:
        raise InputError(
            "K110", f"{file} reaches to row {found.rows:,} and column {found.columns:,}",
            hint="delete the rows and columns beyond the table, or save the sheet as CSV",
        )  # fmt: skip
    rows, numbers, aside = [], [], []
    for number, row in enumerate(_read(archive, chosen, path, source), 1):
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


def _read(archive: dict[str, bytes], sheet: str, path: Path, source: TableSource) -> list[list[object]]:
    try:
        with open_book(archive, source) as book:
            cells: list[list[object]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            return cells
    except SeparatrixError:
        raise
    except BaseException as problem:  # a panic of calamine is no Exception
        if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
            raise InputError("K110", f"{path.name} is no workbook: {str(problem)[:200]}") from None
        raise


def _refuse_merged_heading(found: Found, file: str, first: int) -> None:
    for merged in found.merged:
        top, bottom = _rows_of(merged)
        if top <= first <= bottom:
            raise InputError(
                "K113", f"{file}: the cells {merged} of the heading are merged, so columns have no name",
                hint="unmerge them and give every column its heading in one row",
            )  # fmt: skip


def _hidden(found: Found, made: Cells) -> tuple[list[Remark], frozenset[tuple[int, int]]]:
    """Return remarks on merged cells, errors and formulas, and the positions of those without a value."""
    place = {number: i for i, number in enumerate(made.rows)}
    remarks = [
        Remark(
            "K113", "warning", made.file, _rows_of(merged)[0], None,
            say("the cells {cells} are merged; only the first of them holds a value", cells=merged),
            say("unmerge them and fill in every cell"),
        )
        for merged in found.merged
    ]  # fmt: skip
    empty = set()
    for address in found.errors:
        row, column = _position(address)
        remarks.append(
            Remark("K114", "error", made.file, row, _heading(made, column),
                   say("the cell {cell} holds an error of the spreadsheet, such as #DIV/0!", cell=address))
        )  # fmt: skip
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
                Remark("K115", "error", made.file, row, _heading(made, column),
                       say("the formula in the cell {cell} was never computed", cell=address),
                       say("open the workbook in a spreadsheet and save it"))
            )  # fmt: skip
    if len(found.formulas) > without:
        remarks.append(
            Remark(
                "K115", "note", made.file, None, None,
                say("formulas in the sheet ({n}): what they last gave was read",
                    n=len(found.formulas) - without),
            )
        )  # fmt: skip
    return remarks, frozenset(empty)


def _heading(made: Cells, column: int) -> str | None:
    return (made.header[column] or None) if column < len(made.header) else None


def _position(address: str) -> tuple[int, int]:
    letters = re.sub(r"\d", "", address)
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(re.sub(r"\D", "", address) or 0), column - 1


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
