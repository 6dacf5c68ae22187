"""Notes below and among the rows of a table, which are not data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from separatrix.io.cells import Cells, Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cell_values import short

__all__ = ["notes_that_tell", "without_notes"]

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
