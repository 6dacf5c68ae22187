"""The spreadsheets that people have, as rows of reports: read by the library's own reader, or refused by row.

Nothing is stored from a file with errors. Each error names its row and column; the corrected file is
uploaded again. Formulas of a workbook count with the value last shown, which is reported. In a CSV file,
which has no such value, formulas are errors.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.io.cells import WORKBOOKS, Cells, Remark
from separatrix.io.csv import decoded_text, read_cells
from separatrix.io.workbook import Workbook
from separatrix.sentences import say
from separatrix.studio.upload import plain_name, too_large
from separatrix_cluster.tables.cells import MISSING, looks_like_total
from separatrix_cluster.tables.description import Description, money_of
from separatrix_cluster.tables.energy_balance_form import period_of
from separatrix_cluster.tables.headings import Arrangement, finder, people
from separatrix_cluster.tables.members import Members, plain_name_of
from separatrix_cluster.tables.reshaping import arranged
from separatrix_cluster.tables.sheets import book_at, stacked, table_sheets, without_notes
from separatrix_cluster.tables.table_reader import read_table
from separatrix_park.reporting.checks import LONGEST_TEXT, is_formula, plain_number
from separatrix_park.reporting.tables import STANDING, ReportedTable, Row, is_reported

__all__ = [
    "LARGEST_SPREADSHEET",
    "NOTES",
    "FaultyRow",
    "SheetRow",
    "Spreadsheet",
    "UnknownEnterprise",
    "read_spreadsheet",
]

LARGEST_SPREADSHEET = 30_000_000
"""Bytes; 100,000 rows of bills are about 5 million."""

NOTES = {"en": "columns", "zh": "说明"}
"""What the sheet of a template is called, by language, that says what its columns mean; it is not read."""

_ENDINGS = (".csv", ".tsv", ".txt", *WORKBOOKS)
_MOST_SHOWN = 200
_YEAR = re.compile(r"(?:19|20|21)\d{2}")
_NUMERIC = ("quantity", "money", "number", "per_unit")


@dataclass(frozen=True)
class SheetRow:
    """One row of a report, with the row of the file that it was read from."""

    number: int
    enterprise: str
    year: int
    cells: Row


@dataclass(frozen=True)
class FaultyRow:
    """A row of the file as it is, with its issues: by cell heading, and for the whole row."""

    file: str
    number: int
    cells: tuple[tuple[str, str], ...]
    faults: tuple[Remark, ...]


@dataclass(frozen=True)
class UnknownEnterprise:
    """An enterprise that rows of a file name and that is not a member of the park.

    Attributes
    ----------
    text : str
        Its id or name in the rows.
    name : str
        Its name, where the file has both; else the same text.
    rows : tuple of int
    """

    text: str
    name: str
    rows: tuple[int, ...]


_OF_FILES = frozenset({"K105", "K151", "K170", "K173", *(f"K{number}" for number in range(110, 130))})
"""Codes of problems and decisions that concern a file and not one of its values."""


@dataclass(frozen=True)
class Spreadsheet:
    """What a file holds of a table.

    Attributes
    ----------
    name : str
    rows : tuple of SheetRow
    remarks : tuple of Remark
    faulty : tuple of FaultyRow
        The rows that have an error or a warning, the first of them.
    unknown : tuple of UnknownEnterprise
        In the order of the file; each of their rows is an error, too.
    """

    name: str
    rows: tuple[SheetRow, ...]
    remarks: tuple[Remark, ...]
    faulty: tuple[FaultyRow, ...] = ()
    unknown: tuple[UnknownEnterprise, ...] = ()

    @property
    def errors(self) -> tuple[Remark, ...]:
        """What keeps the file from being taken."""
        return tuple(remark for remark in self.remarks if remark.severity == "error")

    @property
    def understood(self) -> tuple[Remark, ...]:
        """How the file was interpreted, such as columns that were not read."""
        told = (r for r in self.remarks if r.severity != "error" and r.code in _OF_FILES)
        return tuple(sorted(told, key=lambda remark: remark.severity == "note"))

    def reports(self) -> dict[tuple[str, int], list[Row]]:
        """Return the rows by enterprise and year, in the order of the file."""
        found: dict[tuple[str, int], list[Row]] = {}
        for row in self.rows:
            found.setdefault((row.enterprise, row.year), []).append(row.cells)
        return found


@dataclass
class _Reading:
    """What is known while a file is read."""

    table: ReportedTable
    description: Description
    members: Members
    enterprise: str
    year: int
    remarks: list[Remark] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)
    faulty: list[FaultyRow] = field(default_factory=list)
    unknown: dict[str, UnknownEnterprise] = field(default_factory=dict)


def read_spreadsheet(
    name: str,
    data: bytes,
    table: ReportedTable,
    description: Description,
    members: Members,
    *,
    enterprise: str = "",
    year: int = STANDING,
) -> Spreadsheet:
    """Read a table of reports from a CSV file or a workbook.

    Parameters
    ----------
    name : str
        File name sent by the browser; its ending determines the type.
    data : bytes
    table : ReportedTable
    description : Description
        Of the park.
    members : Members
        Enterprises that may be named.
    enterprise : str, optional
        Owner of the rows if no column names the enterprise; rows of other enterprises are errors.
    year : int, optional
        For rows without a year in a column or title.

    Raises
    ------
    InputError
        W101, W244 for a file that is too large or of another kind; K110 to K120, T200, T206 where it cannot
        be read as this table.

    Examples
    --------
    >>> from separatrix_cluster.tables.members import members_of
    >>> from separatrix_park.reporting.tables import reported_table
    >>> data = "能源品种,单位,1月,2月\\n原煤,吨,10,20\\n".encode()
    >>> found = read_spreadsheet(
    ...     "煤.csv",
    ...     data,
    ...     reported_table("energy"),
    ...     Description("A park"),
    ...     members_of(["E01"]),
    ...     enterprise="E01",
    ...     year=2024,
    ... )
    >>> [(row.number, row.year, row.cells["month"], row.cells["amount"]) for row in found.rows]
    [(2, 2024, '1', '10'), (2, 2024, '2', '20')]
    """
    shown = plain_name(name, "table.csv")
    _look_at(shown, data)
    reading = _Reading(table, description, members, enterprise, year)
    with tempfile.TemporaryDirectory(prefix="separatrix-") as folder:
        path = Path(folder) / shown
        path.write_bytes(data)
        books: dict[Path, Workbook] = {}
        aside: list[tuple[Path, str | None]] = [(path, sheet) for sheet in NOTES.values()]
        found: dict[str, list[tuple[Path, str | None]]] = {table.name: [(path, None)], "notes": aside}
        for place, sheet in table_sheets(table.name, found, books, reading.remarks):
            book = book_at(place, books) if place.suffix.lower() in WORKBOOKS else None
            cells = read_cells(place, sheet, book, finder(table.layout))
            for block in stacked(without_notes(cells), table.layout):
                _read_block(block, reading)
    rows = _without_sums(reading.rows)
    if len(rows) < len(reading.rows):
        what = say(
            "yearly amounts equal to the sum of their months ({n}) were skipped",
            n=len(reading.rows) - len(rows),
        )
        reading.remarks.append(Remark("K125", "note", shown, None, None, what))
    remarks = tuple(sorted(dict.fromkeys(reading.remarks), key=lambda remark: (remark.file, remark.row or 0)))
    if not reading.rows and not any(remark.severity == "error" for remark in remarks):
        raise InputError("K116", say("no row of data was found in {file}", file=shown), where=Place(shown))
    faulty, unknown = tuple(reading.faulty[:_MOST_SHOWN]), tuple(reading.unknown.values())
    return Spreadsheet(shown, tuple(rows), remarks, faulty, unknown)


def _look_at(name: str, data: bytes) -> None:
    """Refuse what is too large, or is not what its name says."""
    if len(data) > LARGEST_SPREADSHEET:
        raise too_large(LARGEST_SPREADSHEET)
    suffix = Path(name).suffix.lower()
    packed = data[:2] == b"PK"
    if (
        suffix not in _ENDINGS
        or packed != (suffix in WORKBOOKS)
        or (not packed and b"\0" in data and decoded_text(data) is None)
    ):
        raise InputError(
            "W244",
            say("`{name}` is neither a workbook nor a CSV file", name=name),
            where=Place(name),
            hint=say("save the table as .xlsx, .ods or .csv; the old .xls is not read"),
        )


# --------------------------------------------------------------------------- one block of cells


def _read_block(block: Cells, reading: _Reading) -> None:
    cells = _addressed(block, reading)
    try:
        _, remarks = read_table(cells, reading.table.name, reading.description, reading.members)
    except InputError as problem:
        if problem.code != "K120":
            raise
        headings = ", ".join(f"`{heading}`" for heading in block.header if heading) or "–"
        what = say(
            "its headings are {headings}; those of the workbook to fill in are read", headings=headings
        )
        raise InputError("K120", problem.message, where=problem.where, hint=what) from None
    arrangement = arranged(cells, reading.table.layout, reading.members)
    own = [*remarks, *_formulas(cells)]
    amiss = {remark.row for remark in own if remark.severity == "error"}
    for row in _rows(arrangement, reading):
        if not row.enterprise and reading.table.owner:
            if row.number not in amiss:
                own.append(_of_nobody(cells.file, row, arrangement, reading.table))
            continue
        if reading.enterprise and row.enterprise != reading.enterprise:
            what = say("the row is of another enterprise, `{name}`", name=row.enterprise)
            hint = say("send the rows of your own enterprise alone")
            own.append(Remark("W245", "error", cells.file, row.number, None, what, hint))
        if row.year != STANDING and not is_reported(reading.table, row.year):
            what = say("reports are not accepted for the year {year}", year=row.year)
            own.append(Remark("K130", "error", cells.file, row.number, None, what, say("correct the year")))
        reading.rows.append(row)
    reading.remarks.extend(own)
    reading.faulty.extend(_faulty(block, own))


def _addressed(cells: Cells, reading: _Reading) -> Cells:
    """Return cells with the enterprise and the year filled in where the file does not give them."""
    layout = reading.table.layout
    placed = arranged(cells, layout, None).placed
    told = any(c is not None and c.name == reading.table.owner for c in map(layout.column_of, cells.header))
    if reading.enterprise and not (told and reading.table.owner in placed):
        cells = _with_column(cells, reading.table.owner, reading.enterprise)
    if reading.table.dated and reading.year != STANDING and "year" not in placed:
        cells = _with_column(cells, "year", str(reading.year))
    return cells


def _with_column(cells: Cells, heading: str, text: str) -> Cells:
    levels = (*cells.levels, (heading,)) if cells.levels else ()
    column = (text,) * len(cells.rows)
    return replace(cells, header=(*cells.header, heading), columns=(*cells.columns, column), levels=levels)


def _formulas(cells: Cells) -> Iterator[Remark]:
    for heading, column in zip(cells.header, cells.columns, strict=True):
        if not any(text[:1] and not text[0].isalnum() for text in column):
            continue
        for number, text in zip(cells.rows, column, strict=True):
            if is_formula(text):
                what = say("`{text}` is a formula; a number or a text was expected", text=text[:40])
                yield Remark("W242", "error", cells.file, number, heading, what, say("write what it gives"))


def _rows(arrangement: Arrangement, reading: _Reading) -> Iterator[SheetRow]:
    """Yield what the rows say, as texts; sums and headings among them are passed over.

    A row of an unknown enterprise has none; one that the reader set aside as a sum is not yielded.
    """
    table, cells = reading.table, arrangement.cells
    texts = {name: _texts(arrangement, name, reading) for name in arrangement.placed}
    lists_enterprises = table.owner == "id"
    owners = texts.pop(table.owner, [""] * len(cells.rows))
    if lists_enterprises:  # who is known by name needs no id
        owners = [owner or name for owner, name in zip(owners, texts.get("name", owners), strict=True)]
    years = texts.pop("year", [""] * len(cells.rows)) if table.dated else [""] * len(cells.rows)
    named = {text: _member(text, reading.members) for text in set(owners)}
    told = {text: int(found[0]) if (found := _YEAR.search(text)) else STANDING for text in set(years)}
    asked = {name: column for name, column in texts.items() if table.column(name) is not None}
    for place, number in enumerate(cells.rows):
        if place in arrangement.totals:
            continue
        if owners[place] and not named[owners[place]]:
            # In other tables the column `name` is that of a measure, for example.
            names = texts.get("name", owners) if lists_enterprises else owners
            _note_unknown(owners[place], names[place], number, reading)
        row = {name: column[place] for name, column in asked.items() if column[place]}
        # Of other tables the reader itself tells of names that are unknown, unless they are those of sums.
        if row and (named[owners[place]] or lists_enterprises or not owners[place]):
            yield SheetRow(number, named[owners[place]], told[years[place]], row)


def _note_unknown(text: str, name: str, row: int, reading: _Reading) -> None:
    """Note that a row is of an enterprise that the park does not have, unless members share the name."""
    plain = plain_name_of(text)
    if plain in reading.members.named or looks_like_total(text):
        return
    known = reading.unknown.get(plain) or UnknownEnterprise(text, name or text, ())
    reading.unknown[plain] = replace(known, rows=(*known.rows, row))


def _of_nobody(file: str, row: SheetRow, arrangement: Arrangement, table: ReportedTable) -> Remark:
    """Return the error of a row whose enterprise is missing or not a member of the park."""
    cells = arrangement.cells
    place = arrangement.placed[table.owner][1] if table.owner in arrangement.placed else None
    text = "" if place is None else cells.columns[place][cells.rows.index(row.number)]
    if table.owner == "id":
        text = text or row.cells.get("name", "")
    if not text:
        what = say("the row does not name an enterprise")
        return Remark("W245", "error", file, row.number, None, what, say("write its id or its name"))
    return Remark(
        "K130",
        "error",
        file,
        row.number,
        None if place is None else cells.header[place],
        say("`{name}` is not an enterprise of the park", name=text[:80]),
        say("ask the park office to invite the enterprise, or delete the row"),
    )


def _without_sums(rows: Sequence[SheetRow]) -> list[SheetRow]:
    """Return rows without yearly amounts that equal the sum of their months."""
    months: dict[tuple[Any, ...], list[float]] = {}
    if all("month" in row.cells for row in rows):
        return list(rows)
    for row in rows:
        if row.cells.get("month") and (amount := _amount(row)) is not None:
            months.setdefault(_same(row), []).append(amount)

    def is_sum(row: SheetRow) -> bool:
        own, amount = months.get(_same(row), ()), _amount(row)
        return (
            not row.cells.get("month")
            and len(own) > 1
            and amount is not None
            and isclose(amount, sum(own), rel_tol=1e-3)
        )

    return [row for row in rows if not is_sum(row)]


def _same(row: SheetRow) -> tuple[Any, ...]:
    told = sorted((name, text) for name, text in row.cells.items() if name not in ("month", "amount"))
    return row.enterprise, row.year, tuple(told)


def _amount(row: SheetRow) -> float | None:
    try:
        return float(row.cells.get("amount", ""))
    except ValueError:
        return None


def _member(text: str, members: Members) -> str:
    if text in members.ids:
        return text
    found = members.named.get(plain_name_of(text), ())
    return found[0] if len(found) == 1 else ""


def _texts(arrangement: Arrangement, name: str, reading: _Reading) -> list[str]:
    """Return a column as a report keeps it: plain numbers, in the park's money, with the sign of a share."""
    column, place = arrangement.placed[name]
    cells = arrangement.cells
    stated: Sequence[str] = arrangement.units.get(place) or ("",) * len(cells.rows)
    read: dict[tuple[str, str], str] = {}
    for key in set(zip(cells.columns[place], stated, strict=True)):
        text, unit = key
        if text.casefold() in MISSING:
            read[key] = ""
        elif column.kind in _NUMERIC:
            number = plain_number(text, decimal_comma=cells.decimal_comma, doubtful=cells.doubtful)
            scale = _scale(column.kind, unit, reading.description)
            read[key] = text[:LONGEST_TEXT] if number is None else _scaled(number, scale)
        elif column.kind == "share" and unit == "%" and text[-1].isdigit():
            read[key] = f"{text}%"
        elif column.kind == "period":
            read[key] = _month(text)
        else:
            read[key] = text[:LONGEST_TEXT]
    return [read[key] for key in zip(cells.columns[place], stated, strict=True)]


def _month(text: str) -> str:
    """Return the number of a month, '' for the whole year, and any other text unchanged."""
    period = period_of(text)
    if period is None:
        return text
    if period.first is None:
        return str(period.last)
    return "" if (period.first, period.last) == (1, 12) else text


def _scale(kind: str, unit: str, description: Description) -> float:
    """Return what a number under a heading of this unit is multiplied by to be in the unit of the park."""
    if kind == "number":
        return people(unit) or 1.0
    if kind != "money" or not unit or (money := money_of(unit)) is None:
        return 1.0
    currency, scale = money
    rate = 1.0 if currency == description.currency else description.exchange_rates.get(currency, 1.0)
    return scale * rate / description.money_factor


def _scaled(number: str, scale: float) -> str:
    return number if scale == 1.0 else f"{float(number) * scale:.12g}"


def _faulty(cells: Cells, remarks: Sequence[Remark]) -> Iterator[FaultyRow]:
    """Yield the rows of the file that have a remark other than a note."""
    by_row: dict[int, list[Remark]] = {}
    for remark in remarks:
        if remark.row is not None and remark.severity != "note" and len(by_row) < _MOST_SHOWN:
            by_row.setdefault(remark.row, []).append(remark)
    places: Mapping[int, int] = {number: place for place, number in enumerate(cells.rows)} if by_row else {}
    for number in sorted(by_row):
        place = places.get(number)
        found = (
            ()
            if place is None
            else tuple(
                (heading, column[place])
                for heading, column in zip(cells.header, cells.columns, strict=True)
                if heading
            )
        )
        yield FaultyRow(cells.file, number, found, tuple(by_row[number]))
