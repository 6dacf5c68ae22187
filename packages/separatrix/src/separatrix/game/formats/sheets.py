"""The sheets of a table, and in which cell each part of a game stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.io.workbook import column_letters
from separatrix.io.yaml import Path, SourceDocument

__all__ = ["Address", "Sheet", "TableSource"]


@dataclass
class Sheet:
    """The rows of a table that hold anything, each with its number from 1; the first is the heading."""

    name: str
    rows: list[tuple[int, list[Any]]]


Address = tuple[str, int, int]
"""A sheet, a row counted from 1 and a column counted from 0."""


class TableSource(SourceDocument):
    """A table that knows in which cell each part of the game stands."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name, title)
        self.cells: dict[Path, Address] = {}

    def cell(
        self, address: Address, *, text: str | None = None, offset: int | None = None, width: int = 1
    ) -> Place:
        """Return the place of a cell, or of a fault in the text it holds."""
        sheet, row, column = address
        name = f"{self.name}[{sheet}!{column_letters(column)}{row}]"
        if text is None:
            return Place(name)
        return Place(name, 1, (offset or 0) + 1, width if offset is not None else max(1, len(text)), text)

    def place(
        self,
        path: Path,
        *,
        key: bool = False,
        text: str | None = None,
        offset: int | None = None,
        width: int = 1,
    ) -> Place:
        """Return the cell of `path`, or of the nearest part around it."""
        exact = path in self.cells
        while path and path not in self.cells:
            path = path[:-1]
        if path not in self.cells:
            return Place(self.name)
        if not exact:
            return self.cell(self.cells[path])
        return self.cell(self.cells[path], text=text, offset=offset, width=width)

    def fault(
        self, code: str, message: str, address: Address | None = None, *, hint: str | None = None
    ) -> InputError:
        """Return the error for a fault in a cell, or in the table as a whole."""
        return InputError(code, message, where=self.cell(address) if address else Place(self.name), hint=hint)
