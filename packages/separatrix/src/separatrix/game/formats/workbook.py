"""A game in a workbook (XLSX, ODS): which sheets hold what, and what no cell of a game may hold.

What a formula last gave, and what merged cells hide, is a guess; both are refused by their address.
"""

from __future__ import annotations

import datetime
import logging
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.game.formats.sheets import Sheet, TableSource
from separatrix.game.formats.tables import KNOWN_SHEETS, MAX_COLUMNS, MAX_ROWS, document_from_sheets
from separatrix.io.workbook import SheetMarkup, Workbook, open_workbook

__all__ = ["read_workbook"]

MAX_BYTES, MAX_CELLS = 20_000_000, 200_000

_log = logging.getLogger(__name__)


def read_workbook(path: FilePath) -> tuple[dict[str, Any], TableSource]:
    """Return the document that a workbook describes, with its source.

    Raises
    ------
    InputError
        G100, G101 where it cannot be opened; T200 where it is no workbook; T203 for formulas, T204 for
        merged cells, T206 past a limit, T207 for sheets, T208 for dates; see also `document_from_sheets`.
    """
    source = TableSource(str(path), path.stem)
    book = open_workbook(path, source.name, MAX_BYTES, MAX_CELLS)
    sheets: dict[str, Sheet] = {}
    for key, name in _wanted(book.sheets, source).items():
        _refuse(book.look_through(name, MAX_ROWS, MAX_COLUMNS), name, source)
        sheets[key] = _sheet(book, name, source)
    return document_from_sheets(sheets, source), source


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
