"""Which sheets of a workbook a table is read from: that of its name, those of years, or those alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from separatrix.errors import SeparatrixError
from separatrix.io.cells import WORKBOOKS, Remark, Severity
from separatrix.io.csv import open_book, read_cells
from separatrix.io.workbook import Workbook
from separatrix.sentences import say
from separatrix_cluster.tables.headings import finder, meaning_of, years_in
from separatrix_cluster.tables.layout import layout_of

__all__ = ["book_at", "plain_table_name", "table_sheets"]


def plain_table_name(name: str) -> str:
    """Return the name of a file or a sheet as tables are called."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def book_at(path: Path, books: dict[Path, Workbook]) -> Workbook:
    """Return a workbook, opened once for all its sheets."""
    if path not in books:
        books[path] = open_book(path)
    return books[path]


def table_sheets(
    name: str,
    found: Mapping[str, Sequence[tuple[Path, str | None]]],
    books: dict[Path, Workbook],
    remarks: list[Remark],
) -> list[tuple[Path, str | None]]:
    """Return what a table is read from: of a workbook its sheet of that name, those of years, or the first.

    Other sheets of the workbook that belong to no table are then reported.
    """
    places: list[tuple[Path, str | None]] = []
    for path, sheet in found[name]:
        if sheet is not None or path.suffix.lower() not in WORKBOOKS:
            places.append((path, sheet))
            continue
        try:
            book = book_at(path, books)
        except SeparatrixError:  # told where it is read
            places.append((path, None))
            continue
        others = {s for parts in found.values() for p, s in parts if p == path}
        shown = [s for s in book.sheets if s not in book.hidden and s not in others]
        own = [s for s in book.sheets if plain_table_name(s) == name][:1]
        years = [s for s in shown if len(years_in(s)) == 1]
        if not own:
            own = years if len(years) > 1 else _alike(path, book, shown or list(book.sheets[:1]), name)
        chosen = own
        places.extend((path, s) for s in chosen)
        left = [s for s in book.sheets if s not in {*chosen, *others} and any(map(any, book.rows(s)))]
        grave: tuple[tuple[bool, Severity], ...] = ((True, "warning"), (False, "note"))
        for told, severity in grave:
            some = [s for s in left if _sheet_has_headings(path, book, s, name) == told]
            if not some:
                continue
            remarks.append(
                Remark(
                    "K105",
                    severity,
                    path.name,
                    None,
                    None,
                    say("these sheets were not read: {names}", names=", ".join(some)),
                    say(
                        "name those that belong to `{table}` in cluster.yaml: {table}: [{first}, {second}]",
                        table=name,
                        first=f"{path.name}#{(chosen or some)[0]}",
                        second=f"{path.name}#{some[0]}",
                    ),
                )
            )
    return places


def _sheet_has_headings(path: Path, book: Workbook, sheet: str, name: str) -> bool:
    """Return whether a sheet may be a part of a table: some of its headings are understood."""
    layout = layout_of(name)
    try:
        cells = read_cells(path, sheet, book, finder(layout))
    except SeparatrixError:
        return True
    levels = [parts for parts in cells.levels if parts]
    return sum(meaning_of(parts, layout) is not None for parts in levels) > 1


def _alike(path: Path, book: Workbook, sheets: Sequence[str], name: str) -> list[str]:
    """Return the first sheet that can be read as the table, with those that have its headings: parts of it.

    A cover, or another sheet without an understood heading, may come before it.
    """
    headings: dict[str, tuple[str, ...]] = {}
    layout = layout_of(name)
    understood: list[str] = []
    for sheet in sheets:
        try:
            cells = read_cells(path, sheet, book, finder(layout))
        except SeparatrixError:
            continue
        if sum(meaning_of(parts, layout) is not None for parts in cells.levels if parts) > 1:
            understood.append(sheet)
        headings[sheet] = tuple(filter(None, cells.header))
    first = understood[0] if understood else sheets[0]
    return [s for s in sheets if s == first or headings.get(s) == headings.get(first, ())]
