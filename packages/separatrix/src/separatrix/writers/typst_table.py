"""Tables → Typst: three rules, and columns as wide as makes the table low."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from separatrix.document.document import Formula, Line, Table
from separatrix.formulas.layout import is_tall
from separatrix.writers.lines import CELL, atoms, line_ems, set_line, set_text, words
from separatrix.writers.math import text_ems, typst_string

__all__ = ["array", "column_widths", "set_table"]

PAGE_EMS = 46.0
"""Ems of a table as wide as the page."""
GAP_EMS = 1.3
SHORT_EMS = 5.0
"""Ems up to which a cell stays on one line."""
SAMPLES = 3
"""How many of the cells that seem widest Typst measures; the guess need not be right about the first."""
TOGETHER_EMS = 250.0
"""Ems of a cell up to which no row is torn over two pages; a longer cell may be higher than one."""
STEPS, ROWS = 24, 40
"""Steps in which free width is given away, and rows that are looked at."""


def array(items: Iterable[str]) -> str:
    """Return an array of Typst's; the comma after each makes one of a single item, too."""
    return f"({''.join(item + ', ' for item in items)})"


def set_table(block: Table) -> Iterator[str]:
    """Yield the lines of a table in Typst, without its title and caption."""
    count = range(len(block.columns))
    yield "tabular("
    yield array(c.align if c.align in ("right", "center") else "left" for c in block.columns) + ","
    yield array(set_text(c.title) for c in block.columns) + ","
    yield array(array(_widest_cells(block, k)) for k in count) + ","
    yield array(array(_widest_atoms(block, k)) for k in count) + ","
    yield array(f"{width:.2f}" for width in column_widths(block)) + ","
    yield array("true" if any(map(_is_tall, row)) else "false" for row in block.rows) + ","
    longest = max((line_ems(cell) for row in block.rows for cell in row), default=0.0)
    yield f"together: {'true' if longest < TOGETHER_EMS else 'false'},"
    yield from (", ".join(set_line(cell, CELL) for cell in row) + "," for row in block.rows)
    yield ")"


def _is_tall(cell: Line) -> bool:
    return any(isinstance(item, Formula) and is_tall(item.layout) for item in cell)


def _widest_cells(block: Table, index: int) -> Iterator[str]:
    yield f"strong({set_text(block.columns[index].title)})"
    cells = sorted((row[index] for row in block.rows), key=line_ems, reverse=True)
    yield from (set_line(cell, CELL) for cell in cells[:SAMPLES])


def _widest_atoms(block: Table, index: int) -> Iterator[str]:
    found = {literal: width for row in block.rows for literal, width in _atoms(row[index])}
    yield from sorted(found, key=lambda literal: found[literal], reverse=True)[:SAMPLES]
    heads = sorted(_head(block.columns[index].title), key=text_ems, reverse=True)
    yield from (f"strong({typst_string(word)})" for word in heads[:SAMPLES])


def _atoms(cell: Line) -> Iterator[tuple[str, float]]:
    """Yield what no line of a cell breaks: the whole cell where it is short, else its words and pieces."""
    if (width := line_ems(cell)) <= SHORT_EMS:
        yield set_line(cell, CELL), width
    else:
        for item in cell:
            yield from atoms(item)


def _head(title: str) -> list[str]:
    if text_ems(title) <= SHORT_EMS:
        return [title]
    # A line may break after the hyphen of a name such as cooperation-dominant.
    return [part for word in words(title) for part in re.findall(r"[^-]+-?|-+", word)]


# --------------------------------------------------------------------------- proportions


def column_widths(block: Table) -> list[float]:
    """Return about how wide, in ems, the columns of a table should be that does not fit as it is.

    Free width goes step by step to where it makes the rows and the titles lowest, and no further.
    """
    rows = block.rows[:: 1 + len(block.rows) // ROWS]
    columns = range(len(block.columns))
    long = [
        [text_ems(c.title) for c in block.columns],
        *([line_ems(row[k]) for k in columns] for row in rows),
    ]
    width = [
        max([1.0, *map(text_ems, _head(c.title)), *(w for row in rows for _, w in _atoms(row[k]))])
        for k, c in enumerate(block.columns)
    ]
    spare = PAGE_EMS - GAP_EMS * (len(columns) - 1) - sum(width)
    for _ in range(STEPS if spare > 0 and rows else 0):
        trials = [[w + (spare / STEPS if k == j else 0.0) for k, w in enumerate(width)] for j in columns]
        lowest = min(trials, key=lambda trial: _height(long, trial))
        if _height(long, lowest) == _height(long, width):
            break  # each cell is one line already
        width = lowest
    return width


def _height(long: Sequence[Sequence[float]], width: Sequence[float]) -> float:
    """Return about how many lines the rows have; parts of lines count a little, so that each step helps."""
    total = 0.0
    for row in long:
        heights = [max(1.0, ems / w) for ems, w in zip(row, width, strict=True)]
        total += math.ceil(max(heights)) + 0.2 * sum(heights)
    return total
