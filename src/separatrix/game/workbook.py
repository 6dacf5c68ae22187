"""Workbooks (XLSX, ODS) as sheets of values.

Values come from python-calamine.  It reads what a formula last gave, and gives merged cells without a
word, so the XML is looked through first: formulas and merged cells are refused by their address, and
so is every size that would fill the memory.
"""

from __future__ import annotations

import datetime
import io
import logging
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any
from xml.parsers import expat

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.game.files import read_bytes
from separatrix.game.tables import (
    KNOWN_SHEETS,
    MAX_COLUMNS,
    MAX_ROWS,
    Sheet,
    TableSource,
    column_letters,
    document_from_sheets,
)

__all__ = ["MAX_UNZIPPED", "Found", "look_through", "open_book", "read_workbook", "unzip"]

MAX_BYTES = 20_000_000
MAX_UNZIPPED = 200_000_000
MAX_MEMBERS = 2_000

_log = logging.getLogger(__name__)


@dataclass
class Found:
    """What the XML of one sheet shows: addresses of formulas, errors and merged cells, and its size."""

    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


def read_workbook(path: FilePath) -> tuple[dict[str, Any], TableSource]:
    """Return the document that a workbook describes, with its source.

    Raises
    ------
    InputError
        G100, G101 where it cannot be opened; T200 where it is no workbook; T203 for formulas, T204 for
        merged cells, T206 past a limit, T207 for sheets, T208 for dates; see also `document_from_sheets`.
    """
    source = TableSource(str(path), path.stem)
    archive = unzip(read_bytes(path, MAX_BYTES, "a workbook"), source)
    scan = look_through(archive, path.suffix, source)
    sheets: dict[str, Sheet] = {}
    with open_book(archive, source) as book:
        for key, name in _wanted(list(scan), source).items():
            _refuse(scan[name], name, source)
            sheets[key] = _sheet(book, name, source)
    return document_from_sheets(sheets, source), source


def unzip(data: bytes, source: TableSource) -> dict[str, bytes]:
    """Return the members of a zip file; its directory is not believed, the sizes are counted."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNZIPPED:
                raise source.fault(
                    "T206", f"unzipped, the workbook is larger than {MAX_UNZIPPED // 1_000_000} MB"
                )
            return {m.filename: archive.read(m) for m in members if not m.is_dir()}
    except InputError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as problem:
        hint = "save it anew as .xlsx or .ods, without a password"
        raise source.fault("T200", f"this is no workbook: {problem}", hint=hint) from None
    except Exception as problem:  # zlib.error and its kin have no common base
        raise source.fault("T200", f"this is no workbook: {problem}") from None


def open_book(archive: dict[str, bytes], source: TableSource) -> Any:
    """Return the unzipped workbook as calamine reads it."""
    # Packed anew from the members as counted, so that the reader below cannot meet other sizes.
    from python_calamine import CalamineWorkbook

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
        for name, content in archive.items():
            target.writestr(name, content)
    packed.seek(0)
    try:
        return CalamineWorkbook.from_filelike(packed)
    except BaseException as problem:
        raise _broken(problem, source) from None


def _broken(problem: BaseException, source: TableSource) -> BaseException:
    """Return the error for a failure of calamine, whose panics are no `Exception`."""
    if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
        return source.fault("T200", f"this is no workbook: {str(problem)[:200]}")
    return problem


def _wanted(names: list[str], source: TableSource) -> dict[str, str]:
    """Return which sheets hold what: by their names, or else the first one holds the payoffs."""
    wanted: dict[str, str] = {}
    strangers = []
    for name in names:
        key = name.strip().lower()
        if key in KNOWN_SHEETS and key not in wanted:
            wanted[key] = name
        else:
            strangers.append(name)
    if not any(form in wanted for form in ("payoffs", "advantages", "replicator")):
        if not strangers:
            raise source.fault("T207", "the workbook has no sheet with payoffs",
                               hint="give one sheet the name `payoffs`")  # fmt: skip
        wanted["payoffs"] = strangers.pop(0)
    for name in strangers:
        meant = nearest(name, KNOWN_SHEETS)
        if meant is not None and meant not in wanted:
            raise NameProblem("T207", f"unknown sheet `{name}`", where=Place(source.name),
                              hint=f"did you mean `{meant}`?")  # fmt: skip
        _log.warning("%s: the sheet `%s` is not read", source.name, name)
    return wanted


def _refuse(found: Found, name: str, source: TableSource) -> None:
    if found.rows > MAX_ROWS or found.columns > MAX_COLUMNS:
        raise source.fault(
            "T206", f"the sheet `{name}` reaches to row {found.rows:,}, column {found.columns:,}; "
            f"at most {MAX_ROWS:,} rows and {MAX_COLUMNS} columns are read",
        )  # fmt: skip
    if found.formulas:
        more = f" and {len(found.formulas) - 1} more" if len(found.formulas) > 1 else ""
        raise InputError(
            "T203", f"the cell {found.formulas[0]}{more} holds a formula",
            where=Place(f"{source.name}[{name}!{found.formulas[0]}]"),
            hint="write the payoff as an expression such as R1 - C1, or paste the value",
        )  # fmt: skip
    if found.errors:
        raise InputError(
            "T208", f"the cell {found.errors[0]} holds an error of the spreadsheet, such as #DIV/0!",
            where=Place(f"{source.name}[{name}!{found.errors[0]}]"),
            hint="enter a number or an expression",
        )  # fmt: skip
    if found.merged:
        raise InputError(
            "T204",
            f"the cells {found.merged[0]} are merged",
            where=Place(f"{source.name}[{name}!{found.merged[0]}]"),
            hint="unmerge them and fill in every cell",
        )  # fmt: skip


def _sheet(book: Any, name: str, source: TableSource) -> Sheet:
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as problem:
        raise _broken(problem, source) from None
    kept = []
    for number, cells in enumerate(rows, 1):
        values = [_value(cell, (name, number, i), source) for i, cell in enumerate(cells)]
        while values and values[-1] is None:
            values.pop()
        if values:
            kept.append((number, values))
    return Sheet(name, kept)


def _value(cell: object, address: tuple[str, int, int], source: TableSource) -> object:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, (int, float)):
        try:
            exact = Fraction(repr(cell))
        except ValueError:
            return cell
        return exact.numerator if exact.denominator == 1 else exact
    if isinstance(cell, (datetime.date, datetime.time, datetime.timedelta)):
        raise source.fault(
            "T208", "this cell holds a date or a time; a number or a text was expected", address
        )
    raise source.fault(
        "T208", f"this cell holds {type(cell).__name__}; a number or a text was expected", address
    )


# --------------------------------------------------------------------------- looking through the XML


def look_through(archive: dict[str, bytes], suffix: str, source: TableSource) -> dict[str, Found]:
    """Return what the XML of every sheet shows, by the sheet's name; ``suffix`` is that of the file."""
    return _scan_ods(archive, source) if suffix.lower() == ".ods" else _scan_xlsx(archive, source)


def _parse(content: bytes, start: Any, end: Any, source: TableSource) -> None:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise source.fault("T200", "this is no workbook: its XML declares entities")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise source.fault("T200", f"this is no workbook: {problem}") from None


def _attribute(attributes: dict[str, str], name: str) -> str | None:
    for key, value in attributes.items():
        if key == name or key.endswith(f":{name}"):
            return value
    return None


def _count(attributes: dict[str, str], name: str) -> int:
    text = _attribute(attributes, name) or "1"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _scan_xlsx(archive: dict[str, bytes], source: TableSource) -> dict[str, Found]:
    if "xl/workbook.xml" not in archive:
        raise source.fault("T200", "this is no .xlsx workbook: it has no list of sheets")
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            sheets.append((attributes.get("name", ""), _attribute(attributes, "id") or ""))

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes.get("Id", "")] = path

    _parse(archive["xl/workbook.xml"], sheet, None, source)
    _parse(archive.get("xl/_rels/workbook.xml.rels", b"<none/>"), relation, None, source)
    return {
        name: _scan_xlsx_sheet(archive[targets[key]], source)
        for name, key in sheets
        if targets.get(key) in archive
    }


_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})\Z")


def _scan_xlsx_sheet(content: bytes, source: TableSource) -> Found:
    found = Found()
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        kind = tag.rpartition(":")[2]
        if kind == "row":
            text = attributes.get("r", "")
            row = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else row + 1
            column = 0
        elif kind == "c":
            column += 1
            if reference := _REFERENCE.match(attributes.get("r", "")):
                column, row = _column(reference[1]), int(reference[2])
            found.rows, found.columns = max(found.rows, row), max(found.columns, column)
            if attributes.get("t") == "e":
                found.errors.append(f"{column_letters(max(column, 1) - 1)}{row}")
        elif kind == "f":
            found.formulas.append(f"{column_letters(max(column, 1) - 1)}{row}")
        elif kind == "mergeCell":
            found.merged.append(attributes.get("ref", "?")[:20])

    _parse(content, start, None, source)
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _scan_ods(archive: dict[str, bytes], source: TableSource) -> dict[str, Found]:
    if "content.xml" not in archive:
        raise source.fault("T200", "this is no .ods workbook: it has no content")
    sheets: dict[str, Found] = {}
    found = Found()
    row = column = repeated = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal found, row, column, repeated
        match tag:
            case "table:table":
                found = sheets.setdefault(_attribute(attributes, "name") or "", Found())
                row = column = repeated = 0
            case "table:table-row":
                row += 1
                column, repeated = 0, _count(attributes, "number-rows-repeated")
            case "table:table-cell" | "table:covered-table-cell":
                address = f"{column_letters(column)}{row}"
                column += _count(attributes, "number-columns-repeated")
                if _attribute(attributes, "value-type"):
                    found.rows = max(found.rows, row + repeated - 1)
                    found.columns = max(found.columns, column)
                if _attribute(attributes, "formula"):
                    found.formulas.append(address)
                if (
                    max(
                        _count(attributes, "number-columns-spanned"),
                        _count(attributes, "number-rows-spanned"),
                    )
                    > 1
                ):
                    found.merged.append(address)

    def end(tag: str) -> None:
        nonlocal row
        if tag == "table:table-row":
            row += repeated - 1

    _parse(archive["content.xml"], start, end, source)
    return sheets
