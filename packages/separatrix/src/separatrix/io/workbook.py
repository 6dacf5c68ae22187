"""Workbooks (XLSX, ODS) as sheets of values.

Values come from python-calamine, which believes every number that a file states: where a cell stands, how
often it is repeated, how many blanks a text has.  So the XML is looked through first, and what would unfold
past a limit is refused by its place.  The same look finds what calamine passes over: formulas, errors of the
spreadsheet and merged cells.

How spreadsheets name their columns: A … Z, AA …, XFD.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from separatrix.errors import InputError, Place
from separatrix.io.files import read_bytes
from separatrix.io.workbook_cells import MOST_CELLS, Parts, broken, parse_xml, too_large

__all__ = [
    "SheetMarkup",
    "Workbook",
    "column_letters",
    "column_number",
    "open_workbook",
]


@lru_cache(maxsize=16_384)
def column_letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(26), column_letters(16383)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=16_384)
def column_number(letters: str) -> int:
    """Return the column, counted from 0, that has these letters.

    Examples
    --------
    >>> column_number("xfd")
    16383
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


_MOST_TEXT = 25_000_000
_MOST_FAULTS = 10_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STRINGS, _STYLES = "xl/sharedstrings.xml", "xl/styles.xml"
_SINCE_1904 = re.compile(rb"""\sdate1904\s*=\s*["'](1|true)["']""")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ALONE = (
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="%s">%%s'
    b'<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>' % _OFFICE.encode()
)
_TRUE = ("1", "true")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})\Z")


@dataclass
class SheetMarkup:
    """What the XML of one sheet shows: addresses of formulas, errors and merged cells, and its size.

    ``hidden_rows`` are the numbers of rows that are not shown, ``hidden_columns`` the first and last columns
    of each group of such.
    """

    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


class Workbook:
    """A workbook whose parts are unzipped and counted.

    Attributes
    ----------
    name : str
        What it is called in errors.
    sheets : list of str
        The names of its sheets, in order.
    hidden : set of str
        Those of them that are not shown.

    Raises
    ------
    InputError
        T200 where it is not a workbook, T206 past a limit.
    """

    def __init__(self, data: bytes, name: str, *, ods: bool, most_cells: int = MOST_CELLS) -> None:
        self.name = name
        self._parts = Parts(data, name, most_cells)
        self._contents = self._parts.contents
        self._found: dict[str, SheetMarkup] = {}
        self._places: dict[str, str] = {}
        self.hidden: set[str] = set()
        if ods:
            self._parts.unzip("mimetype", "content.xml", "meta-inf/manifest.xml")
            if "content.xml" not in self._contents:
                raise broken(name, "it has no content, as an .ods workbook has")
            # calamine unfolds all sheets, whichever is asked for.
            look = _OdsBook(name)
            self._found = look.look_through(self._contents["content.xml"])
            self.hidden = look.hidden
            self.sheets = list(self._found)
        else:
            self._places, self.hidden = _xlsx_sheets(self._parts)
            self._parts.unzip(*self._places.values(), _STRINGS, _STYLES)
            self.sheets = list(self._places)

    def look_through(self, sheet: str, rows: int = _LAST_ROW, columns: int = _LAST_COLUMN) -> SheetMarkup:
        """Return what the XML of a sheet shows, which may reach to so many rows and columns.

        Raises
        ------
        InputError
            T200 for malformed XML, T206 where the sheet would unfold past a limit.
        """
        if sheet not in self._found:
            lengths = _lengths(self._contents.get(_STRINGS), self.name)
            walk = _XlsxSheet(f"{self.name}[{sheet}]", lengths, rows, columns)
            self._found[sheet] = walk.look_through(self._contents[self._places[sheet]])
        found = self._found[sheet]
        if found.rows > rows or found.columns > columns:
            raise _too_far(f"{self.name}[{sheet}]", found, rows, columns)
        return found

    def rows(self, sheet: str) -> list[list[object]]:
        """Return the values of a sheet, by rows from the first; it is looked through before.

        Raises
        ------
        InputError
            T200 where calamine cannot read it; see also `look_through`.
        """
        from python_calamine import CalamineWorkbook

        self.look_through(sheet)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
            for part, content in self._packed(sheet).items():
                target.writestr(part, content)
        packed.seek(0)
        try:
            with CalamineWorkbook.from_filelike(packed) as book:
                read = (
                    book.get_sheet_by_name(sheet) if sheet in book.sheet_names else book.get_sheet_by_index(0)
                )
                return [list[object](row) for row in read.to_python(skip_empty_area=False)]
        except BaseException as problem:
            # A panic of calamine is no `Exception`.
            if isinstance(problem, Exception) or type(problem).__name__ == "PanicException":
                raise broken(self.name, str(problem)[:200]) from None
            raise

    def _packed(self, sheet: str) -> dict[str, bytes]:
        """Return the parts of a workbook with this sheet alone, in which calamine meets nothing uncounted."""
        if not self._places:
            spelt = {"meta-inf/manifest.xml": "META-INF/manifest.xml"}
            return {spelt.get(part, part): content for part, content in self._contents.items()}
        since_1904 = b'<workbookPr date1904="1"/>' if _SINCE_1904.search(self._contents[_BOOK]) else b""
        packed = {
            "_rels/.rels": _relations(("officeDocument", "/xl/workbook.xml")),
            "xl/workbook.xml": _ALONE % since_1904,
            "xl/_rels/workbook.xml.rels": _relations(
                ("worksheet", "worksheets/sheet1.xml"),
                ("sharedStrings", "sharedStrings.xml"),
                ("styles", "styles.xml"),
            ),
            "xl/worksheets/sheet1.xml": self._contents[self._places[sheet]],
        }
        for part, spelling in ((_STRINGS, "xl/sharedStrings.xml"), (_STYLES, "xl/styles.xml")):
            if part in self._contents:
                packed[spelling] = self._contents[part]
        return packed


def open_workbook(path: Path, name: str, limit: int, most_cells: int = MOST_CELLS) -> Workbook:
    """Return the workbook at `path`, of at most `limit` bytes and so many cells.

    Raises
    ------
    InputError
        G100, G101, G124 where it cannot be opened or is too large; see also `Workbook`.
    """
    data = read_bytes(path, limit, "a workbook")
    return Workbook(data, name, ods=path.suffix.lower() == ".ods", most_cells=most_cells)


# --------------------------------------------------------------------------- which sheets there are


def _relations(*relations: tuple[str, str]) -> bytes:
    inner = "".join(
        f'<Relationship Id="r{k}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for k, (kind, target) in enumerate(relations, 1)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inner}</Relationships>'.encode()


def _xlsx_sheets(parts: Parts) -> tuple[dict[str, str], set[str]]:
    """Return in which part each sheet stands, and which of them are not shown."""
    parts.unzip(_BOOK, _RELATIONS)
    if _BOOK not in parts.contents:
        raise broken(parts.name, "it has no list of sheets, as an .xlsx workbook has")
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    hidden: set[str] = set()

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            key = next((v for k, v in attributes.items() if k == "id" or k.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), key))
            if attributes.get("state", "visible") != "visible":
                hidden.add(attributes.get("name", ""))

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes.get("Id", "")] = path.lower()

    parse_xml(parts.contents[_BOOK], parts.name, sheet)
    parse_xml(parts.contents.get(_RELATIONS, b"<none/>"), parts.name, relation)
    return {title: targets[key] for title, key in sheets if targets.get(key) in parts.members}, hidden


# --------------------------------------------------------------------------- looking through a sheet


def _lengths(content: bytes | None, name: str) -> list[int]:
    """Return how long each text is that cells refer to by its number."""
    lengths: list[int] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    if content is not None:
        parse_xml(content, name, start, None, text)
    return lengths


def _bound(found: SheetMarkup, place: str) -> None:
    if found.rows * found.columns > MOST_CELLS:
        raise too_large(
            place,
            f"the sheet reaches to row {found.rows:,} and column {found.columns:,}; "
            f"at most {MOST_CELLS:,} cells are read",
        )


def _too_far(place: str, found: SheetMarkup, rows: int, columns: int) -> InputError:
    return too_large(
        place,
        f"the sheet reaches to row {found.rows:,}, column {found.columns:,}; "
        f"at most {rows:,} rows and {columns:,} columns are read",
    )


def _bound_text(length: int, place: str) -> None:
    if length > _MOST_TEXT:
        raise too_large(place, f"the cells unfold to more than {_MOST_TEXT // 1_000_000} MB of text")


class _XlsxSheet:
    """Walks over one sheet of an .xlsx workbook as calamine does: a cell may name its place, or follow."""

    def __init__(self, place: str, lengths: list[int], rows: int, columns: int) -> None:
        self.place = place
        self.most = rows, columns
        self.lengths = lengths
        self.found = SheetMarkup()
        self.row = self.column = 0  # of the row and the cell, from 1
        self.at = (0, 0)
        self.shared: list[str] | None = None
        self.wants_shared = False
        self.text = 0

    def look_through(self, content: bytes) -> SheetMarkup:
        # Texts are added up, which takes half of the time, only where all cells together could be too long.
        adds_up = max(self.lengths, default=0) * content.count(b"<") > _MOST_TEXT
        parse_xml(content, self.place, self.start, *((self.end, self.characters) if adds_up else ()))
        return self.found

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "c":
            self.cell(attributes)
        elif kind in ("v", "is", "f"):
            row, column = self.at
            if kind == "f":
                self.found.formulas.append(self.address())
            if row > self.found.rows or column > self.found.columns:
                self.grow(row, column)
            self.shared = [] if self.wants_shared and kind == "v" else None
        elif kind == "row":
            self.row = self.number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
            if attributes.get("hidden") in _TRUE and len(self.found.hidden_rows) < _MOST_FAULTS:
                self.found.hidden_rows.append(self.row)
        elif kind == "col" and attributes.get("hidden") in _TRUE:
            ends = (attributes.get("min", ""), attributes.get("max", ""))
            if all(end.isascii() and end.isdigit() and len(end) < 7 for end in ends):
                self.found.hidden_columns.append((int(ends[0]), int(ends[1])))
        elif kind == "mergeCell":
            self.found.merged.append(attributes.get("ref", "?")[:20])
            self.bound_faults()
        elif kind == "dimension":
            for corner in attributes.get("ref", "").split(":"):
                self.position(corner)

    def grow(self, row: int, column: int) -> None:
        found = self.found
        found.rows, found.columns = max(found.rows, row), max(found.columns, column)
        _bound(found, self.place)
        if found.rows > self.most[0] or found.columns > self.most[1]:
            raise _too_far(self.place, found, *self.most)

    def end(self, tag: str) -> None:
        if self.shared is None or tag.rpartition(":")[2] != "v":
            return
        number = "".join(self.shared).strip()
        self.shared = None
        if number.isascii() and number.isdigit() and len(number) < 9 and int(number) < len(self.lengths):
            self.text += self.lengths[int(number)]
            _bound_text(self.text, self.place)

    def characters(self, data: str) -> None:
        if self.shared is not None:
            self.shared.append(data)

    def cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            row, self.column = self.position(attributes["r"])
        else:
            row, self.column = self.row, self.column + 1
        self.at = row, self.column
        kind = attributes.get("t")
        self.wants_shared = kind == "s"
        if kind == "e":
            self.found.errors.append(self.address())
            self.bound_faults()

    def bound_faults(self) -> None:
        """Errors of the spreadsheet and merged cells are reported with their places, up to a limit."""
        if len(self.found.errors) + len(self.found.merged) > _MOST_FAULTS:
            raise too_large(
                self.place, f"more than {_MOST_FAULTS:,} cells are merged or hold an error, such as #DIV/0!"
            )

    def address(self) -> str:
        row, column = self.at
        return f"{column_letters(max(column, 1) - 1)}{row}"

    def position(self, reference: str) -> tuple[int, int]:
        parsed = _REFERENCE.match(reference)
        if parsed is None:
            raise self.outside(reference)
        row, column = int(parsed[2]), column_number(parsed[1]) + 1
        if not (0 < row <= _LAST_ROW and column <= _LAST_COLUMN):
            raise self.outside(reference)
        return row, column

    def number(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 8 and 0 < int(text) <= _LAST_ROW):
            raise self.outside(text)
        return int(text)

    def outside(self, reference: str) -> InputError:
        return InputError(
            "T206",
            f"the reference `{reference[:40]}` lies outside a sheet, which ends at XFD{_LAST_ROW}",
            where=Place(self.place),
            hint="open the workbook in a spreadsheet and save it again",
        )


_HOLDS = frozenset(
    f"office:{kind}"
    for kind in ("value", "value-type", "string-value", "date-value", "time-value", "boolean-value")
) | {"table:formula"}


class _OdsBook:
    """Walks over an .ods workbook, in which cells and rows are repeated by a number."""

    def __init__(self, name: str) -> None:
        self.name = self.place = name
        self.sheets: dict[str, SheetMarkup] = {}
        self.hidden: set[str] = set()
        self.found: SheetMarkup | None = None
        self.style = ""
        self.unseen: set[str] = set()  # styles of sheets that are not shown
        self.in_row = self.in_cell = False
        self.row = self.row_repeats = 0
        self.column = self.waiting = 0  # `waiting` are blanks that count if a cell follows
        self.repeats = 1
        self.written = self.text = self.cell_text = self.row_text = 0
        self.row_holds = self.row_unseen = False

    def look_through(self, content: bytes) -> dict[str, SheetMarkup]:
        parse_xml(content, self.name, self.start, self.end, self.characters)
        return self.sheets

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            if self.found is not None:
                raise broken(self.place, "a table stands inside another")
            sheet = attributes.get("table:name", "")
            if sheet in self.sheets:
                raise broken(self.name, f"two sheets are called `{sheet[:40]}`")
            self.place = f"{self.name}[{sheet[:80]}]"
            self.found = self.sheets[sheet] = SheetMarkup()
            self.row = 0
            if attributes.get("table:style-name") in self.unseen:
                self.hidden.add(sheet)
        elif self.found is None:
            if tag == "style:style":
                self.style = attributes.get("style:name", "")
            elif tag == "style:table-properties" and attributes.get("table:display") == "false":
                self.unseen.add(self.style)
            return
        elif tag == "table:table-row":
            if self.in_row:
                raise broken(self.place, "a row stands inside another")
            self.in_row, self.row_holds = True, False
            self.row_repeats = self.count(attributes, "table:number-rows-repeated")
            self.row += 1
            self.column = self.waiting = self.row_text = 0
            self.row_unseen = attributes.get("table:visibility", "visible") != "visible"
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            if self.in_cell or not self.in_row:
                raise broken(self.place, "a cell stands inside another, or in no row")
            self.in_cell = True
            self.cell(attributes, self.found)
        elif tag == "text:s" and self.in_cell:
            self.cell_text += self.count(attributes, "text:c")
            self.bound_text(self.cell_text * self.repeats)

    def cell(self, attributes: dict[str, str], found: SheetMarkup) -> None:
        self.column += self.waiting
        self.waiting = 0
        start = self.column
        address = f"{column_letters(start)}{self.row}"
        self.repeats = self.count(attributes, "table:number-columns-repeated")
        self.cell_text = sum(len(attributes.get(key, "")) for key in ("office:string-value", "table:formula"))
        if attributes.keys() & _HOLDS:
            self.column += self.repeats
            self.row_holds = True
            if attributes.get("table:formula"):
                found.formulas.append(address)
        else:
            self.waiting = self.repeats
        if self.column > MOST_CELLS:
            raise too_large(self.place, f"the row {self.row:,} has {self.column:,} columns")
        across = self.count(attributes, "table:number-columns-spanned")
        down = self.count(attributes, "table:number-rows-spanned")
        if across > 1 or down > 1:
            found.merged.append(f"{address}:{column_letters(start + across - 1)}{self.row + down - 1}")
            if len(found.merged) > _MOST_FAULTS:
                raise too_large(self.place, f"more than {_MOST_FAULTS:,} cells are merged")

    def characters(self, data: str) -> None:
        if self.in_cell:
            self.cell_text += len(data)
            self.bound_text(self.cell_text * self.repeats)

    def end(self, tag: str) -> None:
        if tag == "table:table":
            self.found = None
        elif self.found is None:
            return
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self.in_cell = False
            self.row_text += self.cell_text * self.repeats
        elif tag == "table:table-row":
            self.in_row = False
            self.end_row(self.found)

    def end_row(self, found: SheetMarkup) -> None:
        last = self.row + self.row_repeats - 1
        self.text += self.row_text * self.row_repeats
        self.bound_text(self.text)
        self.written += self.column
        if self.row_holds:
            if self.row_unseen and len(found.hidden_rows) < _MOST_FAULTS:
                found.hidden_rows.extend(range(self.row, min(last, self.row + _MOST_FAULTS) + 1))
            found.rows, found.columns = last, max(found.columns, self.column)
        self.row = last
        _bound(found, self.place)
        unfolded = self.written + sum(sheet.rows * sheet.columns for sheet in self.sheets.values())
        if unfolded > 2 * MOST_CELLS:
            raise too_large(self.name, f"the workbook unfolds to more than {MOST_CELLS:,} cells")

    def bound_text(self, length: int) -> None:
        _bound_text(length, self.place)

    def count(self, attributes: dict[str, str], name: str) -> int:
        text = attributes.get(name, "1")
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise broken(self.place, f"`{name}` is `{text[:40]}`")
        return int(text)
