"""The sheet `translations` of a workbook: one row for each text, one column for each language."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from separatrix.game.model import Game, Translation
from separatrix.io.plain_values import as_text
from separatrix.io.source import Path

if TYPE_CHECKING:
    from separatrix.game.formats.sheets import Sheet, TableSource

__all__ = ["read_translation_sheet", "translation_rows"]

_HEAD = ("part", "of")
_SINGLE = ("title", "source")


def translation_rows(game: Game) -> list[list[Any]]:
    """Return the translations of a game as rows: the part, what is translated, then each language."""
    rows: list[list[Any]] = [[*_HEAD, *game.translations]]
    for part in (f.name for f in fields(Translation)):
        told = [getattr(t, part) for t in game.translations.values()]
        if part in _SINGLE:
            rows += [[part, None, *told]] if any(told) else []
            continue
        for name in dict.fromkeys(name for texts in told for name in texts):
            rows.append([part, name, *(texts.get(name) for texts in told)])
    return rows


def read_translation_sheet(sheet: Sheet, source: TableSource) -> dict[str, Any]:
    """Return the section `translations` that a sheet holds, and note where its parts stand.

    Raises
    ------
    InputError
        T201 without the columns `part` and `of`; T202 for a language or a cell without heading; T205 for
        a row that does not say what it translates; G108 for what is translated twice.
    """
    head_row, heading = sheet.rows[0] if sheet.rows else (1, [])
    names = [(as_text(cell) or "").strip() for cell in heading]
    if tuple(name.lower() for name in names[:2]) != _HEAD:
        raise source.fault(
            "T201", f"the first columns of `{sheet.name}` must be `part` and `of`", (sheet.name, head_row, 0)
        )
    section: dict[str, Any] = {}
    source.cells[("translations",)] = (sheet.name, head_row, 0)
    for i, code in enumerate(names[2:], 2):
        if code in section:
            raise source.fault("T202", f"two columns are called `{code}`", (sheet.name, head_row, i))
        if code:
            section[code] = {}
            source.cells["translations", code] = (sheet.name, head_row, i)
    for row, cells in sheet.rows[1:]:
        part, name = ((as_text(cell) or "").strip() for cell in (*cells[:2], None, None)[:2])
        if not part or not (name or part in _SINGLE):
            lacking = 1 if part else 0
            raise source.fault("T205", f"the cell `{_HEAD[lacking]}` is empty", (sheet.name, row, lacking))
        for i, text in enumerate(cells[2:], 2):
            if text is None:
                continue
            here = (sheet.name, row, i)
            if i >= len(names) or not names[i]:
                raise source.fault("T202", "this cell stands in a column without a heading", here)
            path: Path = (part,) if part in _SINGLE else (part, name)
            within = section[names[i]] if part in _SINGLE else section[names[i]].setdefault(part, {})
            if path[-1] in within:
                raise source.fault("G108", f"`{path[-1]}` is translated twice", here)
            within[path[-1]] = text
            source.cells[("translations", names[i], *path)] = here
            source.cells.setdefault(("translations", names[i], part), here)
    return section
