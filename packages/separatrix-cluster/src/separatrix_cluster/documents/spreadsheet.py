"""CSV for spreadsheets: headings and codes in the reader's language, numbers without noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from separatrix.languages import Language
from separatrix.run.csv_output import csv_text
from separatrix_cluster.tables.carriers import carrier_name, carrier_named

__all__ = ["spreadsheet_csv"]

DIGITS = 10
"""Significant digits of a number: more than any sum needs, fewer than binary fractions show."""

_CODED = frozenset(
    "chosen difficulty figure gas internal factor_verified kind pays place severity source name whole".split()
)
"""Columns whose cells are words of the program, not of the user."""


def spreadsheet_csv(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    words: Language,
    codes: Mapping[str, str] | None = None,
) -> str:
    """Return a table as CSV, every cell inert.

    Parameters
    ----------
    header : sequence of str
        The headings, as programs read them; a language with its own names for them uses those.
    rows : iterable of sequences
    words : Language
    codes : mapping, optional
        Further codes of this table and what they are called.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> rows = [["E01", "raw_coal", 29000.570999999996, True]]
    >>> heads = ["enterprise", "source", "energy_gj", "internal"]
    >>> print(spreadsheet_csv(heads, rows, language_of("en")))
    enterprise,source,energy_gj,internal
    E01,raw_coal,29000.571,True
    <BLANKLINE>
    >>> print(spreadsheet_csv(heads, rows, language_of("zh")))
    企业,来源,能耗（GJ）,集群内部
    E01,原煤,29000.571,是
    <BLANKLINE>
    """
    own = words.headings
    if not own:
        return csv_text(header, ([_plain(cell) for cell in row] for row in rows))
    known = {**own, **(codes or {})}
    told = [
        [_cell_in_language(_plain(cell), name, known, words) for cell, name in zip(row, header, strict=True)]
        for row in rows
    ]
    return csv_text([own.get(name, name) for name in header], told)


def _plain(cell: Any) -> Any:
    """Return a number without the digits that binary fractions add."""
    if not isinstance(cell, float) or cell != cell:
        return cell
    return float(f"{cell:.{DIGITS}g}")


def _cell_in_language(cell: Any, column: str, known: Mapping[str, str], words: Language) -> Any:
    if column == "unit" and isinstance(cell, str):
        return known.get(cell) or words.unit(cell)
    if column == "factor_source" and isinstance(cell, str):
        return words.source(cell)
    if column not in _CODED:
        return words.tell(cell) if isinstance(cell, str) else cell
    if isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str) or not cell:
        return cell
    if cell in known:
        return known[cell]
    carrier = carrier_named(cell)[0] if column in ("source", "name") else None
    return cell if carrier is None else carrier_name(carrier, words.code)
