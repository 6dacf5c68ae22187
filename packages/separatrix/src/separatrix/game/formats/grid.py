"""A pasted table as a grid of cells that know where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from separatrix.errors import InputError, Place
from separatrix.game.formats.sheets import Address, TableSource
from separatrix.game.formats.tables import MAX_COLUMNS, MAX_ROWS

__all__ = ["MOST_CELLS", "PastedCell", "PastedGrid", "PastedSource", "filled", "grid_of"]

MOST_CELLS = 200_000


@dataclass(frozen=True)
class PastedCell:
    """What stands in a cell, and over how many columns and rows it goes."""

    text: str = ""
    latex: bool = False
    right: int = 1
    down: int = 1
    at: int | None = None
    """The offset of `text` in the whole, where it stands there as it is."""

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def merged(self) -> bool:
        return self.right > 1 or self.down > 1


@dataclass(frozen=True)
class PastedGrid:
    """The cells of a table; a merged one stands at every place that it covers.

    Attributes
    ----------
    rows : sequence of rows, all of the same length
    numbers : sequence of int
        What each row is called in errors, from 1.
    columns : sequence of int
        Which column of the text each column is, from 0.
    places : mapping
        The cells by both of these.
    """

    rows: Sequence[Sequence[PastedCell]]
    numbers: Sequence[int]
    columns: Sequence[int]
    places: Mapping[tuple[int, int], PastedCell]

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def column(self, column: int, start: int = 0) -> list[PastedCell]:
        return [row[column] for row in self.rows[start:]]

    def address(self, row: int, column: int) -> Address:
        return "table", self.numbers[row], self.columns[column]


class PastedSource(TableSource):
    """A pasted text; its cells are named by row and column, in LaTeX by line."""

    def __init__(self, name: str, title: str, text: str) -> None:
        super().__init__(name, title)
        self.text = text
        self.pasted: Mapping[tuple[int, int], PastedCell] = {}

    def cell(
        self, address: Address, *, text: str | None = None, offset: int | None = None, width: int = 1
    ) -> Place:
        """Return the place of a cell, or of a fault in the text that it holds."""
        _, row, column = address
        cell = self.pasted.get((row, column), PastedCell())
        if cell.at is not None and (text is None or text in cell.text):
            first = cell.text.index(text) if text else 0
            start = cell.at + first + (offset or 0)
            if offset is None:
                width = max(1, len(text if text is not None else cell.text))
            return self.span(start, width)
        name = f"{self.name}[row {row}, column {column + 1}]"
        shown = cell.text if text is None else text
        if not shown:
            return Place(name)
        return Place(name, 1, (offset or 0) + 1, width if offset is not None else max(1, len(shown)), shown)

    def span(self, start: int, width: int = 1) -> Place:
        """Return the line and column of an offset in the whole text."""
        start = min(start, len(self.text))
        line = self.text.count("\n", 0, start)
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", start)
        shown = self.text[first : len(self.text) if last < 0 else last]
        return Place(self.name, line + 1, start - first + 1, width, shown)

    def wrong(
        self, code: str, message: str, start: int, width: int = 1, hint: str | None = None
    ) -> InputError:
        """Return the error for a fault at an offset in the whole text."""
        return InputError(code, message, where=self.span(start, width), hint=hint)


def grid_of(
    rows: Iterable[Sequence[PastedCell]],
    source: TableSource,
    *,
    covered: bool,
    numbers: Sequence[int] | None = None,
) -> PastedGrid:
    """Return rows of cells as a grid, without blank rows and columns.

    Parameters
    ----------
    rows : rows of cells, which need not be equally long
    source : TableSource
        Where they come from, for errors.
    covered : bool
        Whether a cell that goes over several rows leaves blank cells below it, as in LaTeX; in HTML there are
        none.
    numbers : sequence of int, optional
        What each row is called in errors; by default 1, 2, ...

    Raises
    ------
    InputError
        T206 past a limit.
    """
    too_large = source.fault(
        "T206", f"the table is too large; at most {MAX_ROWS:,} rows and {MAX_COLUMNS} columns are read"
    )
    places: dict[tuple[int, int], PastedCell] = {}
    height = width = claimed = 0
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while not covered and (r, column) in places:
                column += 1
            right, down = max(1, cell.right), 1 if covered else max(1, cell.down)
            width, height = max(width, column + right), max(height, r + 1)
            claimed += right * down  # merged cells may lie over each other, and are gone through each
            if r >= MAX_ROWS or width > MAX_COLUMNS or claimed > MOST_CELLS:
                raise too_large
            for i in range(r, r + down):
                for j in range(column, column + right):
                    places.setdefault((i, j), cell)
            column += right
    told = sorted({place for place, cell in places.items() if not cell.blank})
    kept_rows = sorted({r for r, _ in told})
    kept_columns = sorted({c for _, c in told})
    if len(kept_rows) * len(kept_columns) > MOST_CELLS:
        raise too_large  # one long row would make all others as long
    called = {r: r + 1 if numbers is None else numbers[r] for r in range(height)}
    blank = PastedCell()
    return PastedGrid(
        [[places.get((r, c), blank) for c in kept_columns] for r in kept_rows if r < height],
        [called[r] for r in kept_rows if r < height],
        kept_columns,
        {(called[r], c): cell for (r, c), cell in places.items() if r < height},
    )


def filled(cells: Sequence[PastedCell]) -> list[PastedCell]:
    """Return cells of a heading with the blank ones as those before them: so merged cells are pasted."""
    result: list[PastedCell] = []
    for cell in cells:
        result.append(result[-1] if cell.blank and result else cell)
    return result
