"""A game in a workbook (XLSX, ODS): which sheets hold what, and what no cell of a game may hold.

What a formula last gave, and what merged cells hide, is a guess; both are refused by their address.

Tables of payoffs as CSV, with the line and the column of every cell.
"""

from __future__ import annotations

import csv
import datetime
import io
import logging
import re
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.game.formats.pasted_markup import PastedCell, grid_of
from separatrix.game.formats.pasted_table import (
    is_payoff_table,
    kind_of_text,
    read_payoff_table,
    report_reading_choices,
)
from separatrix.game.formats.sheets import Address, Sheet, TableSource
from separatrix.game.formats.tables import (
    KNOWN_SHEETS,
    MAX_COLUMNS,
    MAX_ROWS,
    document_from_sheets,
    has_pay_columns,
)
from separatrix.io.workbook import SheetMarkup, Workbook, open_workbook
from separatrix.run.csv_output import of_inert

__all__ = [
    "CSV_TABLE_MAX_BYTES",
    "CsvSource",
    "parse_csv",
    "read_workbook",
]

CSV_TABLE_MAX_BYTES = 5_000_000


class CsvSource(TableSource):
    """A CSV text; its cells have a line and a column."""

    def __init__(self, name: str, title: str, lines: list[str], delimiter: str) -> None:
        super().__init__(name, title)
        self.lines = lines
        self.delimiter = delimiter

    def cell(
        self, address: Address, *, text: str | None = None, offset: int | None = None, width: int = 1
    ) -> Place:
        """Return the line and column of a cell, or of a fault in the text it holds."""
        _, row, column = address
        line = self.lines[row - 1] if row <= len(self.lines) else ""
        fields = _field_starts(line, self.delimiter)
        if column >= len(fields):
            return Place(self.name, row, None, 1, None)
        start, raw = fields[column]
        positions = _unquoted(raw)
        shown = "".join(raw[i] for i in positions)
        if text is not None and text not in shown:
            return Place(self.name, row, start + 1, max(1, len(raw)), line)
        first = shown.index(text) if text else 0
        if offset is None:
            offset, width = 0, len(text) if text else len(shown)
        at = min(first + offset, len(positions))
        last = min(at + width, len(positions))
        begin = positions[at] if at < len(positions) else len(raw)
        end = positions[last - 1] + 1 if last > at else begin + 1
        return Place(self.name, row, start + begin + 1, max(1, end - begin), line)


def _field_starts(line: str, delimiter: str) -> list[tuple[int, str]]:
    fields = []
    start = 0
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            fields.append((start, line[start:at]))
            start = at + 1
    fields.append((start, line[start:]))
    return fields


def _unquoted(raw: str) -> list[int]:
    """Return the offsets in a raw field of the characters of its value."""
    if not raw.startswith('"'):
        return list(range(len(raw)))
    body = raw[1:-1] if raw.endswith('"') and len(raw) > 1 else raw[1:]
    positions = []
    at = 0
    while at < len(body):
        positions.append(at + 1)
        at += 2 if body.startswith('""', at) else 1
    return positions


def parse_csv(text: str, name: str = "table", *, title: str = "table") -> tuple[dict[str, Any], TableSource]:
    """Return the document that a CSV text describes, with its source.

    The separator is a comma, a semicolon or a tab: the one that makes columns of payoffs of the heading, or
    else the one that the heading has most of.  A leading apostrophe before = + - @ is not part of a text: the
    writer sets it, so that no spreadsheet takes the text for a formula.  A table as papers print it, pasted
    from a word processor, is read too: see `separatrix.game.formats.pasted_table`.

    Raises
    ------
    InputError
        T200 to T208, T215 to T217 for an invalid table.
    """
    lines = text.split("\n")
    delimiter = _delimiter(text, lines)
    source = CsvSource(name, title, lines, delimiter)
    rows: list[tuple[int, list[Any]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise source.fault(
                    "T206", f"row {line:,} has {len(cells):,} cells; at most {MAX_COLUMNS} columns are read"
                )
            if any(cell.strip() for cell in cells):
                rows.append(
                    (line, [_csv_cell(source, cell, (name, line, i)) for i, cell in enumerate(cells)])
                )
            if len(rows) > MAX_ROWS:
                raise source.fault("T206", f"more than {MAX_ROWS:,} rows; no table of payoffs is that long")
            line = reader.line_num + 1
    except csv.Error as problem:
        raise InputError(
            "T200", f"this is not valid CSV: {problem}", where=Place(name, reader.line_num)
        ) from None
    if rows and not has_pay_columns(rows[0][1]):
        numbers = [number for number, _ in rows]
        pasted = [[PastedCell(cell or "") for cell in own] for _, own in rows]
        grid = grid_of(pasted, source, covered=True, numbers=numbers)
        if is_payoff_table(grid):
            return report_reading_choices(read_payoff_table(grid, source), source)
    return document_from_sheets({"payoffs": Sheet("payoffs", rows)}, source), source


def _delimiter(text: str, lines: list[str]) -> str:
    heading = next((line for line in lines if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", heading)
    tabs = kind_of_text(text) == "tabs"

    def likely(delimiter: str) -> tuple[bool, bool, int]:
        # Names may hold more of another separator than the heading has of its own: `a; b; c,pay:a; b; c`.
        cells = [cell.strip(' "') for cell in heading.split(delimiter)]
        return has_pay_columns(cells), tabs and delimiter == "\t", outside.count(delimiter)

    return max(",;\t", key=likely)


def _csv_cell(source: TableSource, cell: str, address: Address) -> str | None:
    text = cell.strip()
    if text.startswith("="):
        raise source.fault(
            "T203",
            f"the cell holds a formula: {text[:40]}",
            address,
            hint="write the payoff as an expression, or the value it has",
        )
    return of_inert(text) or None


MAX_BYTES, MAX_CELLS = 20_000_000, 200_000

_log = logging.getLogger(__name__)


def read_workbook(path: FilePath) -> tuple[dict[str, Any], TableSource]:
    """Return the document that a workbook describes, with its source.

    Raises
    ------
    InputError
        G100, G101 where it cannot be opened; T200 where it is not a workbook; T203 for formulas, T204 for
        merged cells, T206 past a limit, T207 for sheets, T208 for dates; see also `document_from_sheets`.
    """
    source = TableSource(str(path), path.stem)
    book = open_workbook(path, source.name, MAX_BYTES, MAX_CELLS)
    sheets: dict[str, Sheet] = {}
    for key, name in _sheet_roles(book.sheets, source).items():
        _refuse(book.look_through(name, MAX_ROWS, MAX_COLUMNS), name, source)
        sheets[key] = _sheet(book, name, source)
    return document_from_sheets(sheets, source), source


def _sheet_roles(names: list[str], source: TableSource) -> dict[str, str]:
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
            raise source.fault(
                "T207", "the workbook has no sheet with payoffs", hint="give one sheet the name `payoffs`"
            )
        wanted["payoffs"] = strangers.pop(0)
    for name in strangers:
        meant = nearest(name, KNOWN_SHEETS)
        if meant is not None and meant not in wanted:
            raise NameProblem(
                "T207", f"unknown sheet `{name}`", where=Place(source.name), hint=f"did you mean `{meant}`?"
            )
        _log.warning("%s: the sheet `%s` is not read", source.name, name)
    return wanted


def _refuse(found: SheetMarkup, name: str, source: TableSource) -> None:
    if found.formulas:
        more = f" and {len(found.formulas) - 1} more" if len(found.formulas) > 1 else ""
        raise InputError(
            "T203",
            f"the cell {found.formulas[0]}{more} holds a formula",
            where=Place(f"{source.name}[{name}!{found.formulas[0]}]"),
            hint="write the payoff as an expression such as R1 - C1, or paste the value",
        )
    if found.errors:
        raise InputError(
            "T208",
            f"the cell {found.errors[0]} holds an error of the spreadsheet, such as #DIV/0!",
            where=Place(f"{source.name}[{name}!{found.errors[0]}]"),
            hint="enter a number or an expression",
        )
    if found.merged:
        raise InputError(
            "T204",
            f"the cells {found.merged[0]} are merged",
            where=Place(f"{source.name}[{name}!{found.merged[0]}]"),
            hint="unmerge them and fill in every cell",
        )


def _sheet(book: Workbook, name: str, source: TableSource) -> Sheet:
    kept = []
    for number, cells in enumerate(book.rows(name), 1):
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
