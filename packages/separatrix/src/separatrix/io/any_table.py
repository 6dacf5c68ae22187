"""One table as cells, whatever file it stands in."""

from __future__ import annotations

from pathlib import Path

from separatrix.io.cells import WORKBOOKS, Cells, FindHeading
from separatrix.io.workbook import Workbook

__all__ = ["read_cells"]


def read_cells(
    path: Path, sheet: str | None = None, book: Workbook | None = None, find: FindHeading | None = None
) -> Cells:
    """Return the cells of a CSV file, or of one sheet of a workbook (by default its first).

    A workbook that was opened already is given as ``book``; ``find`` tells where the heading is, by default
    in the first row.  Rows without any text, and rows whose first cell starts with ``#``, are no data.

    Raises
    ------
    InputError
        K110 where the file is no table that can be read, with the reason; G100, G101 where it cannot be
        opened or is too large; T200, T206 for broken and for overlarge workbooks.
    """
    from separatrix.io.csv_cells import csv_cells
    from separatrix.io.reading_workbook_cells import open_book, sheet_cells

    return (
        sheet_cells(book or open_book(path), sheet, find)
        if path.suffix.lower() in WORKBOOKS
        else csv_cells(path, find)
    )
