"""What is amiss in a cluster's data, and where: a remark is no error, for the rest is still computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from separatrix.sentences import Sentence

__all__ = ["BETWEEN", "STEP", "Remark", "Severity", "by_kind", "located", "row_runs"]

Severity = Literal["error", "warning", "note"]
"""error: something was left out.  warning: it was taken, and may be wrong.  note: how it was understood."""


@dataclass(frozen=True)
class Remark:
    """One thing about one place of the data.

    Attributes
    ----------
    code : str
        Explained at length by ``separatrix explain CODE``.
    severity : str
        error, warning or note.
    file : str
        The file, or the file and the sheet.
    row : int or None
        The row as a spreadsheet numbers it, from 1, the heading included.
    column : str or None
        The heading of the column.
    what : Sentence
        What was found and what was expected.
    hint : Sentence or None
        What to do.
    """

    code: str
    severity: Severity
    file: str
    row: int | None
    column: str | None
    what: Sentence
    hint: Sentence | None = None

    @property
    def where(self) -> str:
        """The place, as ``energy.csv, row 7, column amount``."""
        file, row = located(self.file, self.row)
        parts = [file]
        if row is not None:
            parts.append(f"row {row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return the remark as plain data."""
        file, row = located(self.file, self.row)
        return {
            "code": self.code,
            "severity": self.severity,
            "file": file,
            "row": row,
            "column": self.column,
            "text": str(self.what),
            "hint": None if self.hint is None else str(self.hint),
        }


BETWEEN = " + "
"""What stands between the files or sheets that make up one table."""
STEP = 10_000_000
"""More rows than a file may have: of a table of several, those of the second begin at twice this number."""


def located(file: str, row: int | None) -> tuple[str, int | None]:
    """Return the file or sheet, and its row, of a row of a table that may be made up of several.

    Examples
    --------
    >>> located("energy.csv", 7), located("a.xlsx[2023] + a.xlsx[2024]", 2 * STEP + 7)
    (('energy.csv', 7), ('a.xlsx[2024]', 7))
    """
    if row is None or row < STEP:
        return file, row
    part, own = divmod(row, STEP)
    return file.split(BETWEEN)[part - 1], own


def row_runs(rows: Iterable[int]) -> str:
    """Return rows of a file as a reader looks them up.

    Examples
    --------
    >>> row_runs([7, 2, 3, 4, 4])
    '2–4, 7'
    """
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


_BY_NAME = ("K214",)
"""Codes of remarks whose column tells less than what they say: a carrier that is not known."""


def by_kind(remarks: Iterable[Remark]) -> dict[tuple[str, str, str | None], list[Remark]]:
    """Return the remarks gathered by code, file and column, the gravest first.

    Notes that say the same of several files are gathered, too.  Names that are not known are mended one by
    one, so remarks on several stay apart.
    """
    order = {"error": 0, "warning": 1, "note": 2}
    groups: dict[tuple[str, str, str | None], list[Remark]] = {}
    for remark in remarks:
        place = str(remark.what) if remark.severity == "note" else remark.file
        column = str(remark.what) if remark.code in _BY_NAME else remark.column
        groups.setdefault((remark.code, place, column), []).append(remark)
    return dict(sorted(groups.items(), key=lambda item: order[item[1][0].severity]))
