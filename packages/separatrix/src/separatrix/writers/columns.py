"""How wide each column of a table is on paper, in which size of type, and whether it lies on its side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from separatrix.document.document import Badge, Column, Formula, Line, Table, Words
from separatrix.writers.em_widths import Extent, extent, formula_em, text_em, words_of
from separatrix.writers.line_breaks import broken

__all__ = ["LANDSCAPE", "PADDING", "PORTRAIT", "ColumnPlan", "plan"]

PORTRAIT, LANDSCAPE = 453.5, 700.0
"""The width of the text in points: A4 with margins of 25 mm."""
PADDING = 9.0
SIZES = (10.0, 9.0, 8.0)
LOW, TALLEST = 5, 14
"""Lines of a row past which smaller type, and past which a page on its side is the lesser evil."""
LONGEST_WORD = 24.0
"""Ems past which a word may be broken anywhere."""
MOST_ROWS, BITS = 60, 60
"""Rows that are looked at to balance columns, and the parts in which free width is given out."""
SHORT_LABEL = 6.0
"""Width in ems up to which a label stays on the line of its symbol."""
SHORTEST_BREAK = 9.0
"""Ems that a formula may always have before it is broken."""


@dataclass(frozen=True)
class ColumnPlan:
    """The columns to show, their widths in points, the size of type, and the direction of the page."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]
    size: float
    landscape: bool = False


@dataclass(frozen=True)
class _MeasuredColumn:
    """A column: its longest words, its longest line, and how long each cell is."""

    words: tuple[Extent, ...]
    lines: tuple[Extent, ...]
    wide: bool

    def least_width(self, size: float) -> float:
        """Return points that hold every word whole, in a broad typeface too."""
        longest = max((Extent(1.3 * w.text, w.formulas).points(size) for w in self.words), default=0.0)
        return min(longest, LONGEST_WORD * size) + PADDING

    def natural(self, size: float) -> float:
        """Return points that hold every line whole."""
        longest = max((line.points(size) for line in self.lines), default=0.0)
        return max(1.08 * longest + PADDING, self.least_width(size))


def plan(table: Table) -> ColumnPlan:
    """Return how `table` stands on a page: as large as it can, upright where that is possible at all."""
    every = tuple(range(len(table.columns)))
    needed = tuple(k for k in every if not table.columns[k].optional)
    measured = [_measured(c, [row[k] for row in table.rows]) for k, c in enumerate(table.columns)]
    choices = (
        (every, PORTRAIT, LOW),
        (every, PORTRAIT, TALLEST),
        (needed, PORTRAIT, TALLEST),
        (every, LANDSCAPE, TALLEST),
        (needed, LANDSCAPE, TALLEST),
    )
    for shown, room, lines in choices:
        columns = [measured[k] for k in shown]
        for size in SIZES:
            widths = _widths(columns, room, size)
            if widths is not None and _tallest(columns, widths, size) <= lines:
                return ColumnPlan(shown, widths, size, landscape=room > PORTRAIT)
    # Nothing fits well: take what fits at all, upright first.
    size = SIZES[-1]
    for room in (PORTRAIT, LANDSCAPE):
        widths = _widths(measured, room, size)
        if widths is not None:
            return ColumnPlan(every, widths, size, landscape=room > PORTRAIT)
    total = sum(m.least_width(size) for m in measured)
    return ColumnPlan(
        every, tuple(LANDSCAPE * m.least_width(size) / total for m in measured), size, landscape=True
    )


def _measured(column: Column, cells: Sequence[Line]) -> _MeasuredColumn:
    # Titles are set bold.
    words = [Extent(1.08 * text_em(w)) for w in words_of(column.title)]
    lines = [Extent(1.08 * text_em(column.title)), *(extent(cell) for cell in cells)]
    return _MeasuredColumn((*words, *(w for cell in cells for w in _words(cell))), tuple(lines), column.wide)


def _words(cell: Line) -> Iterator[Extent]:
    """Yield what is better not broken."""
    for item in cell:
        match item:
            case Words(text, style):
                heavy = 1.08 if style == "strong" else 1.0
                yield from (Extent(heavy * text_em(word)) for word in words_of(text))
            case Formula(layout):
                pieces = broken(layout, SHORTEST_BREAK)
                yield from (Extent(0.4, formula_em(piece)) for piece in pieces)
            case Badge() if text_em(item.text) <= SHORT_LABEL:
                yield Extent(1.3 + text_em(item.text))
            case Badge():
                yield from (Extent(1.3 * (k == 0) + text_em(w)) for k, w in enumerate(words_of(item.text)))


def _widths(columns: Sequence[_MeasuredColumn], room: float, size: float) -> tuple[float, ...] | None:
    """Return widths in points that hold every word whole, or None where there are none."""
    least, natural = [c.least_width(size) for c in columns], [c.natural(size) for c in columns]
    if sum(natural) <= room:
        spread = room if any(c.wide for c in columns) else min(room, 1.3 * sum(natural))
        return _spread(columns, natural, spread - sum(natural))
    if sum(least) > room:
        return None
    return _balanced(columns, least, room, size)


def _balanced(
    columns: Sequence[_MeasuredColumn], least: Sequence[float], room: float, size: float
) -> tuple[float, ...]:
    """Return widths that make the table low: what is free goes, bit by bit, where it saves most lines."""
    lengths = [[1.15 * line.points(size) for line in c.lines[:MOST_ROWS]] for c in columns]
    widths = list(least)
    bit = (room - sum(least)) / BITS
    for _ in range(BITS):
        saved = [0.0] * len(columns)
        for row in zip(*lengths, strict=True):
            lines = [n / (w - PADDING) for n, w in zip(row, widths, strict=True)]
            k = max(range(len(lines)), key=lines.__getitem__)
            if lines[k] > 1:
                others = max([1.0, *lines[:k], *lines[k + 1 :]])
                saved[k] += lines[k] - max(others, row[k] / (widths[k] + bit - PADDING))
        best = max(range(len(columns)), key=saved.__getitem__)
        if not saved[best]:
            return _spread(columns, widths, room - sum(widths))
        widths[best] += bit
    return tuple(widths)


def _spread(columns: Sequence[_MeasuredColumn], widths: Sequence[float], free: float) -> tuple[float, ...]:
    takers = [k for k, c in enumerate(columns) if c.wide] or list(range(len(columns)))
    return tuple(w + (free / len(takers) if k in takers else 0.0) for k, w in enumerate(widths))


def _tallest(columns: Sequence[_MeasuredColumn], widths: Sequence[float], size: float) -> int:
    """Return the lines of the tallest row."""
    return max(
        math.ceil(1.15 * line.points(size) / (width - PADDING))
        for column, width in zip(columns, widths, strict=True)
        for line in (*column.lines, Extent())
    )
