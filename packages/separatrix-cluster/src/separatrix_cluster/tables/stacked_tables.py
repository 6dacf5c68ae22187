"""Tables pasted below each other in one sheet: each by its own headings, units and title.

What stands below a second heading is never read by the first one.  The same heading once more, as at the
break of a page, begins a table of its own only where its title names another year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from separatrix.io.cells import Cells, Remark, heading_levels
from separatrix.sentences import say
from separatrix_cluster.tables.cell_values import is_total
from separatrix_cluster.tables.headings import is_number, meaning_of, years_in
from separatrix_cluster.tables.layout import TableLayout

__all__ = ["stacked"]

_MOST_LEVELS = 3


def stacked(cells: Cells, layout: TableLayout) -> list[Cells]:
    """Return the tables of a sheet, one for every heading that differs or has a title of another year."""
    beside = _split_side_by_side(cells, layout)
    if len(beside) > 1:
        return [block for part in beside for block in stacked(part, layout)]
    starts = [(0, 0, cells.above, 0)]
    for row in _headings(cells, layout):
        titles = _titles(cells, row)
        count = _levels(cells, row, layout)
        levels = heading_levels([_row(cells, r) for r in range(row, row + count)])
        header = tuple(" / ".join(parts) for parts in levels)
        years = {year for text in titles for year in years_in(text)}
        before = {year for text in starts[-1][2] for year in years_in(text)}
        if header == cells.header[: len(header)] and not any(cells.header[len(header) :]):
            if not years or years == before:
                continue
        above = titles if years else (*titles, *starts[-1][2])  # what the first title says holds on
        starts.append((row - len(titles), row, above, count))
    if len(starts) == 1:
        return [cells]
    ends = [start[0] for start in starts[1:]] + [len(cells.rows)]
    return [_block(cells, *start, end) for start, end in zip(starts, ends, strict=True)]


def _split_side_by_side(cells: Cells, layout: TableLayout) -> list[Cells]:
    """Return the parts of a table whose headings stand several times side by side, to save paper."""
    columns = [layout.column_of(heading) if heading else None for heading in cells.header]
    at = [k for k, column in enumerate(columns) if column is not None and column.kind == "enterprise"]
    if len(at) < 2 or len({cells.header[k] for k in at}) > 1 or cells.spoilt:
        return [cells]
    width = at[1] - at[0]
    first = at[0]
    groups = [cells.header[k - first : k - first + width] for k in at]
    if any(b - a != width for a, b in pairwise(at)) or len({_cut(group) for group in groups}) > 1:
        return [cells]
    return [_columns(cells, k - first, k - first + width) for k in at]


def _cut(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(header[: max((k + 1 for k, h in enumerate(header) if h), default=0)])


def _columns(cells: Cells, start: int, stop: int) -> Cells:
    """Return a table of some of the columns, without the rows that hold nothing in them."""
    columns = cells.columns[start:stop]
    kept = [row for row in range(len(cells.rows)) if any(column[row] for column in columns)]
    place = {row: k for k, row in enumerate(kept)}
    return replace(
        cells,
        header=cells.header[start:stop],
        levels=cells.levels[start:stop],
        columns=tuple(tuple(column[row] for row in kept) for column in columns),
        rows=[cells.rows[row] for row in kept],
        empty=frozenset((place[r], c - start) for r, c in cells.empty if r in place and start <= c < stop),
        remarks=cells.remarks if not start else (),
    )


def _row(cells: Cells, row: int) -> list[str]:
    return [column[row] for column in cells.columns]


def _headings(cells: Cells, layout: TableLayout) -> Iterator[int]:
    """Yield the rows that head a table of this kind."""
    column = layout.columns.get("enterprise")
    if column is None:
        return
    spelt = {*column.names, column.name, column.name.title()} | {
        heading for heading in cells.header if layout.column_of(heading) is column
    }
    found: set[int] = set()
    for texts in cells.columns[:4]:
        if not spelt.isdisjoint(texts):
            found.update(row for row, text in enumerate(texts) if text in spelt)
    for row in sorted(found):
        told = [text for text in _row(cells, row) if text]
        if any(is_number(text) and not years_in(text) for text in told):
            continue
        if sum(meaning_of((text,), layout) is not None for text in told) > 1:
            yield row


def _levels(cells: Cells, row: int, layout: TableLayout) -> int:
    """Return how many rows a heading has: more of them hold no number, and most of them is understood."""
    count = 1
    while count < _MOST_LEVELS and row + count < len(cells.rows):
        told = [text for text in _row(cells, row + count) if text]
        known = sum(meaning_of((text,), layout) is not None for text in told)
        if not told or any(map(is_number, told)) or 2 * known < len(told):
            break
        count += 1
    return count


def _titles(cells: Cells, row: int) -> tuple[str, ...]:
    """Return what stands above a heading, a text a row."""
    found: list[str] = []
    while row - len(found) - 1 >= 0:
        told = {text for text in _row(cells, row - len(found) - 1) if text}
        text = next(iter(told), "")
        if len(told) != 1 or is_number(text) or is_total(text):
            break
        found.append(text)
    return tuple(reversed(found))


def _block(cells: Cells, first: int, heading: int, titles: tuple[str, ...], count: int, end: int) -> Cells:
    start = heading + count
    kept = range(start, end)
    made = replace(
        cells,
        columns=tuple(column[start:end] for column in cells.columns),
        rows=[cells.rows[row] for row in kept],
        spoilt=frozenset(row - start for row in cells.spoilt if row in kept),
        empty=frozenset((row - start, place) for row, place in cells.empty if row in kept),
    )
    if not count:
        return made
    levels = heading_levels([_row(cells, row) for row in range(heading, heading + count)])
    levels += ((),) * (len(cells.columns) - len(levels))
    what = say(
        "a table of its own begins in row {row}; what follows was read by its headings",
        row=cells.rows[heading],
    )
    return replace(
        made,
        header=tuple(" / ".join(parts) for parts in levels),
        levels=levels,
        above=titles,
        remarks=(Remark("K123", "note", cells.file, None, None, what),),
    )
