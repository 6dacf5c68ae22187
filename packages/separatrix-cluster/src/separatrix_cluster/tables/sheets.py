"""Tables pasted below each other in one sheet: each by its own headings, units and title.

What stands below a second heading is never read by the first one.  The same heading once more, as at the
break of a page, begins a table of its own only where its title names another year.

Notes below and among the rows of a table, which are not data.

Totals stated in a table, compared with the sums of its rows.

Which sheets of a workbook a table is read from: that of its name, those of years, or those alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import SeparatrixError
from separatrix.io.cells import WORKBOOKS, Cells, Remark, Severity, heading_levels
from separatrix.io.csv import open_book, read_cells
from separatrix.io.workbook import Workbook
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import carrier_named, plain_name
from separatrix_cluster.tables.cells import is_total, short
from separatrix_cluster.tables.headings import finder, is_number, meaning_of, years_in
from separatrix_cluster.tables.layout import TableLayout, layout_of
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import unit_of

__all__ = [
    "book_at",
    "notes_that_tell",
    "plain_table_name",
    "stacked",
    "sums_of_all",
    "table_sheets",
    "unequal_totals",
    "without_notes",
]

_NOTE = re.compile(
    r"(?:附?注|备注|说明|资料来源|数据来源|来源|notes?|remarks?|sources?|quelle|anmerkung)\s*(?:\d{1,2}\s*)?[:：.、]"
    r"|(?:填表|填报|制表|审核|复核|负责|联系|统计)[^:：]{0,6}[:：]|\*{1,3}\s*[^\W\d_]{2}|注\d",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+−]?[\d.,\s]+%?")
_MERGED = 3
"""A text that fills so many cells of a row is one that was written across it."""
_TEXT = 6
"""So many characters make a text; fewer are a word or a mark that was copied along the row."""


_TELLING: tuple[tuple[re.Pattern[str], Sentence], ...] = (
    (
        re.compile(r"并入|合并|吸收|划归|收购|merged|taken over|acquired by|fusioniert", re.IGNORECASE),
        say("name the other enterprise in the column successor, and the last year in closed"),
    ),
    (
        re.compile(
            r"停产|停业|关停|关闭|注销|搬迁|迁出|搬出|破产|closed|shut ?down|relocated|stillgelegt",
            re.IGNORECASE,
        ),
        say("enter the last year in the column closed of the table enterprises"),
    ),
    (
        re.compile(
            r"半年|季度|\d+\s*[-—–~至到]\s*\d+\s*月|half[- ]year|half of|months? (?:only|missing)|halbjahr",
            re.IGNORECASE,
        ),
        say("enter the months in the column month, or the amount of the whole year"),
    ),
    (
        re.compile(
            r"未包括|未统计|未上报|除外|缺少?\w*数据|not included|not reported|missing", re.IGNORECASE
        ),
        say("add the missing data, or rows without an amount for them"),
    ),
    (
        re.compile(r"(?<!填报)(?<!填表)单位(?!负责|名称|领导|盖章)|\bunits?\b|einheit", re.IGNORECASE),
        say("write the unit in the heading, or in the column unit"),
    ),
    (
        re.compile(r"估算|估计|暂估|推算|预计|estimated|provisional|geschätzt|vorläufig", re.IGNORECASE),
        say("enter how sure it is in the column uncertainty"),
    ),
)
"""Words that change what a table means, and where the program reads that."""


def notes_that_tell(
    cells: Cells, texts: Iterable[tuple[int, str]], heading: str | None = None
) -> list[Remark]:
    """Return a warning at each note with information that the program reads only from columns.

    Parameters
    ----------
    cells : Cells
    texts : iterable of (int, str)
        The position of a row, and its note.
    heading : str, optional
        Of the column of notes.
    """
    found = []
    for row, text in texts:
        hint = next((hint for words, hint in _TELLING if words.search(text)), None)
        if hint is not None:
            what = say("a note says `{text}`; what notes say is not read", text=short(text, 80))
            found.append(Remark("K170", "warning", cells.file, cells.rows[row], heading, what, hint))
    return found


def without_notes(cells: Cells) -> Cells:
    """Return a table without the rows that are notes: who filled it in, a footnote, a text across the row."""
    notes = [row for row in _likely(cells) if _is_note([column[row] for column in cells.columns])]
    if not notes:
        return cells
    gone = set(notes)
    kept = [row for row in range(len(cells.rows)) if row not in gone]
    place = {row: i for i, row in enumerate(kept)}
    numbers = {cells.rows[row] for row in notes}
    what = say("notes among the rows ({n}) were not read as data", n=len(notes))
    remarks = [r for r in cells.remarks if r.row is None or r.row not in numbers]
    told = [(row, next(filter(None, (column[row] for column in cells.columns)))) for row in notes]
    return replace(
        cells,
        columns=tuple(tuple(column[row] for row in kept) for column in cells.columns),
        rows=[cells.rows[row] for row in kept],
        remarks=(
            *remarks,
            Remark("K125", "note", cells.file, None, None, what),
            *notes_that_tell(cells, told),
        ),
        spoilt=frozenset(place[row] for row in cells.spoilt if row in place),
        empty=frozenset((place[row], column) for row, column in cells.empty if row in place),
    )


def _likely(cells: Cells) -> list[int]:
    """Return the rows that may be notes, by their first column that holds anything, without reading all."""
    found: set[int] = set()
    for column in cells.columns[:2]:
        texts = {text for text in set(column) if _NOTE.match(text)}
        if texts:
            found.update(row for row, text in enumerate(column) if text in texts)
    if len(cells.columns) >= _MERGED:
        first, second, third = cells.columns[:_MERGED]
        found.update(
            row for row, (a, b, c) in enumerate(zip(first, second, third, strict=True)) if a == b == c and a
        )
    return sorted(found)


def _is_note(row: list[str]) -> bool:
    told = [text for text in row if text]
    if not told or any(_NUMBER.fullmatch(text) for text in told):
        return False
    if len(set(told)) == 1 and len(told) >= _MERGED and len(told[0]) >= _TEXT:
        return any(map(str.isalpha, told[0]))
    return _NOTE.match(told[0]) is not None and all(
        text == told[0] or ":" in text or "：" in text or len(told) <= _MERGED for text in told
    )


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


_ADDED = ("quantity", "money")
"""Kinds of columns whose sum over enterprises is a total; shares, prices and years have none."""
_ALIKE = ("year", "carrier", "use", "kind", "gas", "dimension")
"""What rows have in common with the total that sums them, where it says so."""
_NEAR = 0.005
_SAME = 0.001
"""A row this near the sum of all others of its year and carrier is that sum."""
_FEW = 3
"""Of fewer enterprises one may well be as large as the others together."""


def sums_of_all(
    values: Mapping[str, npt.NDArray[Any]], names: Sequence[str], strange: set[int], out: set[int]
) -> set[int]:
    """Return which rows of names that no enterprise has are the sums of all others, by their amounts."""
    if not strange or "amount" not in values or "year" not in values:
        return set()
    columns = [values[name].tolist() for name in (*_ALIKE, "month") if name in values]
    keys = [tuple("" if v != v else v for v in row) for row in zip(*columns, strict=True)]
    amounts = values["amount"].tolist()
    parts: dict[tuple[Any, ...], list[float]] = {}
    for row, (key, amount) in enumerate(zip(keys, amounts, strict=True)):
        if row not in out and amount == amount:
            parts.setdefault(key, []).append(amount)
    rows_of: dict[str, list[int]] = {}
    for row in sorted(strange):
        rows_of.setdefault(names[row], []).append(row)
    found: set[int] = set()
    for rows in rows_of.values():
        sums = [parts.get(keys[row], []) for row in rows]
        if max(map(len, sums)) >= _FEW and all(
            abs(amounts[row] - sum(own)) <= _SAME * sum(own) for row, own in zip(rows, sums, strict=True)
        ):
            found.update(rows)
    return found


def unequal_totals(
    table: ClusterTable,
    whole: ClusterTable,
    totals: Mapping[int, Mapping[str, str]],
    money: Mapping[int, Mapping[str, tuple[str, float]]],
) -> Iterator[Remark]:
    """Yield a remark on each total that the rows above and below it do not add up to.

    Parameters
    ----------
    table : ClusterTable
        The rows that were taken.
    whole : ClusterTable
        All rows, totals included.
    totals : mapping of int to mapping of str to str
        The positions of the totals in it, each with what its columns are called in the file.
    money : mapping of int to mapping of str to (str, float)
        The unit of the columns of money at these positions, and what one is in the cluster's currency.
    """
    columns = [
        name
        for name, column in layout_of(table.name).columns.items()
        if name in whole.columns and (column.kind in _ADDED or name in ("staff", "rd_staff", "patents"))
    ]
    for row, headings in totals.items():
        chosen = np.ones(len(table), dtype=bool)
        for name in _ALIKE:
            said = whole.columns.get(name)
            if said is not None and said[row] == said[row] and said[row] != "":
                chosen &= table.columns[name] == said[row]
        parts = table.select(chosen)
        unit = str(whole.texts("unit")[row])
        size = unit_of(unit)
        for name in columns:
            stated = float(whole.columns[name][row])
            if stated != stated or not len(parts):
                continue
            found = float(np.nansum(parts.columns[name]))
            own = money[row].get(name, ("", 1.0))
            if size is not None and name == "amount":
                own = (unit, size.factor)
            if abs(found - stated) > _NEAR * max(abs(found), abs(stated)):
                yield Remark(
                    "K151",
                    "warning",
                    table.file,
                    int(whole.rows[row]),
                    headings.get(name, name),
                    say(
                        "the row is a total of {stated}, and the rows add up to {found}",
                        stated=_amount_in_sheet_unit(stated, *own),
                        found=_amount_in_sheet_unit(found, *own),
                        ratio=stated / found if found else float("inf"),
                        year=_year(whole, row),
                        source=_source(whole, row) if name == "amount" else name,
                    ),
                    say("a row may be missing, excluded, repeated, or in another unit"),
                )


def _year(whole: ClusterTable, row: int) -> int | None:
    """Return the year of a total; None for several years."""
    year = float(whole.numbers("year")[row])
    return None if np.isnan(year) else int(year)


def _source(whole: ClusterTable, row: int) -> str:
    """Return the carrier or the kind of emissions of a total; '' for several."""
    text = str(whole.texts("carrier")[row])
    return carrier_named(text)[0] or plain_name(text) if text else str(whole.texts("kind")[row])


def _amount_in_sheet_unit(value: float, unit: str, size: float) -> str:
    """Return a number in the unit that the sheet has it in, where its reader can find it."""
    return f"{rounded(value / size, 6)} {'× ' if unit[:1].isdigit() else ''}{unit}".rstrip()


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
