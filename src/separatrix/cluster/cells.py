"""The cells of one table as texts, with the file's encoding, separator and decimal sign found and stated."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from separatrix.cluster.remark import Remark
from separatrix.errors import InputError, SeparatrixError
from separatrix.game.files import read_bytes
from separatrix.game.tables import TableSource, column_letters
from separatrix.game.workbook import look_through, open_book, unzip
from separatrix.sentence import Sentence, say

__all__ = ["Cells", "read_cells", "sheets_of"]

MAX_BYTES = 200_000_000
MAX_ROWS = 2_000_000
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
    remarks : tuple of Remark
        How the file was understood, and what is amiss with it as a whole.
    """

    file: str
    header: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: Sequence[int]
    decimal_comma: bool = False
    remarks: tuple[Remark, ...] = field(default=())


def read_cells(path: Path, sheet: str | None = None) -> Cells:
    """Return the cells of a CSV file, or of one sheet of a workbook (by default its first).

    Rows without any text, and rows whose first cell starts with ``#``, are no data.

    Raises
    ------
    InputError
        K110 where the file is no table that can be read, with the reason; G100, G101 where it cannot be
        opened or is too large; T200 to T207 for broken workbooks.
    """
    if path.suffix.lower() in WORKBOOKS:
        return _sheet_cells(path, sheet)
    return _csv_cells(path)


# --------------------------------------------------------------------------- CSV

_GUESSES = (("utf-8", "UTF-8"), ("gb18030", "GB18030"))
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}(\.\d{3})*,\d+\s*%?\Z|[-+]?\d+,\d+\s*%?\Z")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?\s*%?\Z")
_POINT = re.compile(r"[-+]?\d*\.\d+\Z")


def _csv_cells(path: Path) -> Cells:
    text, encoding = _decoded(read_bytes(path, MAX_BYTES, "a table"), path)
    name = path.name
    lines = text.split("\n", 50)
    heading = next((line for line in lines if line.strip() and not line.lstrip('"').startswith("#")), "")
    outside = re.sub(r'"[^"]*"', "", heading)
    delimiter = max(",;\t", key=outside.count)
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if "".join(row).strip() and not row[0].startswith("#"):
                rows.append(row)
                numbers.append(line)
            line = reader.line_num + 1
    except csv.Error as problem:
        raise InputError(
            "K110", f"{name} is no table: {problem} near line {reader.line_num}",
            hint="check the quotes there, or save the table anew as CSV",
        ) from None  # fmt: skip
    made = _cells(name, rows, numbers)
    comma, doubtful = _decimal_comma(made.columns, delimiter)
    told = {",": say("comma"), ";": say("semicolon"), "\t": say("tab")}[delimiter]
    notes = []
    if encoding != "UTF-8" or delimiter != "," or comma:
        notes.append(_note(name, encoding, told, comma))
    if doubtful is not None:
        at, column = doubtful
        notes.append(
            Remark(
                "K112", "warning", name, made.rows[at], made.header[column],
                say("`{text}` may be thousands or a decimal; such numbers were read as {reading}",
                    text=made.columns[column][at], reading=say("decimals") if comma else say("thousands")),
                say("write such numbers without a thousands separator"),
            )
        )  # fmt: skip
    return Cells(made.file, made.header, made.columns, made.rows, comma, (*made.remarks, *notes))


def _note(name: str, encoding: str, separator: Sentence, comma: bool) -> Remark:
    sign = say("comma") if comma else say("point")
    return Remark(
        "K111", "note", name, None, None,
        say("read as {encoding}, columns separated by {separator}, decimal {sign}",
            encoding=encoding, separator=separator, sign=sign),
    )  # fmt: skip


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    for mark, encoding, told in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 with a byte order mark"),
        (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"), told
            except UnicodeDecodeError:
                break
    if b"\x00" in data[:4096]:
        raise InputError(
            "K110", f"{path.name} holds binary data, no table",
            hint="tables are read from .csv, .tsv, .xlsx and .ods files",
        )  # fmt: skip
    for encoding, told in _GUESSES:
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"), told
        except UnicodeDecodeError:
            continue
    raise InputError("K110", f"{path.name} is neither UTF-8 nor GB18030", hint="save it as UTF-8")


def _decimal_comma(columns: Sequence[tuple[str, ...]], delimiter: str) -> tuple[bool, tuple[int, int] | None]:
    """Return whether commas in numbers are decimal signs, and a cell where that had to be guessed."""
    plain = thousands = point = 0
    unsure: tuple[int, int] | None = None
    for place, column in enumerate(columns):
        with_comma = [(i, c) for i, c in enumerate(column) if "," in c] if "," in "".join(column) else []
        point += sum(1 for c in column[:2000] if _POINT.match(c))
        for row, cell in with_comma:
            grouped, decimal = _THOUSANDS.match(cell), _DECIMAL_COMMA.match(cell)
            if grouped and decimal:
                unsure = unsure or (row, place)
            elif grouped:
                thousands += 1
            elif decimal:
                plain += 1
    if thousands and not plain:
        return False, None
    if plain and not (thousands or point):
        return True, None
    if plain:  # both occur: what has a point elsewhere is written the English way
        return delimiter != "," and plain > point, unsure
    if unsure is None:
        return False, None
    if point:
        return False, None
    return delimiter != ",", unsure


# --------------------------------------------------------------------------- workbooks


def sheets_of(path: Path) -> list[str]:
    """Return the names of the sheets of a workbook."""
    source = TableSource(path.name, path.stem)
    return list(look_through(unzip(read_bytes(path, MAX_BYTES, "a workbook"), source), path.suffix, source))


def _sheet_cells(path: Path, sheet: str | None) -> Cells:
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
    try:
        with open_book(archive, source) as book:
            read = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except SeparatrixError:
        raise
    except Exception as problem:
        raise InputError("K110", f"{path.name} is no workbook: {problem}") from None
    rows, numbers = [], []
    for number, row in enumerate(read, 1):
        texts = [_text(cell) for cell in row]
        if any(texts) and not texts[0].startswith("#"):
            rows.append(texts)
            numbers.append(number)
    made = _cells(file, rows, numbers)
    remarks = list(made.remarks)
    if found.merged and numbers:
        heading = [m for m in found.merged if _rows_of(m)[0] <= numbers[0] <= _rows_of(m)[1]]
        if heading:
            raise InputError(
                "K113", f"{file}: the cells {heading[0]} of the heading are merged, so columns have no name",
                hint="unmerge them and give every column its heading in one row",
            )  # fmt: skip
        remarks.extend(
            Remark(
                "K113", "warning", file, _rows_of(merged)[0], None,
                say("the cells {cells} are merged; only the first of them holds a value", cells=merged),
                say("unmerge them and fill in every cell"),
            )
            for merged in found.merged
        )  # fmt: skip
    remarks.extend(
        Remark(
            "K114", "error", file, int(re.sub(r"\D", "", address)), None,
            say("the cell {cell} holds an error of the spreadsheet, such as #DIV/0!", cell=address),
        )
        for address in found.errors
    )  # fmt: skip
    if found.formulas:
        remarks.append(
            Remark(
                "K115", "note", file, None, None,
                say("{n} cells hold formulas; what they last gave was read", n=len(found.formulas)),
            )
        )  # fmt: skip
    return Cells(made.file, made.header, made.columns, made.rows, False, tuple(remarks))


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


# --------------------------------------------------------------------------- both


def _cells(file: str, rows: list[list[str]], numbers: list[int]) -> Cells:
    if not rows:
        raise InputError("K116", f"{file} is empty: it has no heading", hint="write the headings in one row")
    if len(rows) > MAX_ROWS:
        raise InputError("K110", f"{file} has more than {MAX_ROWS:,} rows", hint="split it by year")
    header = tuple(cell.strip() for cell in rows[0])
    while header and not header[-1]:
        header = header[:-1]
    body = rows[1:]
    width = len(header)
    remarks = [
        Remark(
            "K117", "warning", file, numbers[i + 1], None,
            say("the row has {n} cells, the heading {m}; the last ones were not read", n=len(row), m=width),
            say("put a text that holds the separator in quotes"),
        )
        for i, row in enumerate(body)
        if len(row) > width and any(cell.strip() for cell in row[width:])
    ]  # fmt: skip
    columns = [tuple(map(str.strip, column)) for column in zip_longest(*body, fillvalue="")][:width]
    columns.extend([("",) * len(body)] * (width - len(columns)))
    for place, heading in enumerate(header):
        if not heading and any(columns[place]):
            remarks.append(
                Remark("K118", "warning", file, numbers[0], column_letters(place),
                       say("the column has no heading and was not read"))
            )  # fmt: skip
    return Cells(file, header, tuple(columns), numbers[1:], False, tuple(remarks))
