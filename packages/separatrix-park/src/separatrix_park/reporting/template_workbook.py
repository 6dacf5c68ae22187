"""A workbook to fill in: the headings of a table in the reader's language, and what is known already.

It is read back by the same reader as the spreadsheets that people have.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from separatrix.game.formats.table_writer import xlsx_bytes
from separatrix_park.reporting.entry_form import form_of_rows
from separatrix_park.reporting.month_grid import MONTHS
from separatrix_park.reporting.report_row import amount_of
from separatrix_park.reporting.reported_table import STANDING, ReportedTable, Row, column_name, meaning_in
from separatrix_park.reporting.spreadsheet import NOTES

__all__ = ["WORKBOOK", "template_workbook", "workbook_name"]

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of what is handed out."""

_MONTH_NAMES = "January February March April May June July August September October November December".split()


def template_workbook(table: ReportedTable, year: int, rows: Sequence[Row], language: str) -> bytes:
    """Return a workbook with a sheet to fill in, and one that says what its columns mean.

    Parameters
    ----------
    table : ReportedTable
    year : int
    rows : sequence of Row
        What is known already.
    language : str
        Of the headings, ``en`` or ``zh``.
    """
    form = form_of_rows(table, rows, language)
    fields = form.headings
    heading = [_heading(cell.name, cell.label, form.layout, language) for cell in fields]
    lines = [
        [_value(cell.value, number=cell.number) for cell in line.cells]
        for line in form.lines()
        if line.filled
    ]
    if len(heading) == 1:  # beside one heading alone a first row could be the second row of headings
        heading.append("年份" if language.startswith("zh") else "year")
        lines = [[*line, str(year)] for line in lines]
    comments = {(table.name, 1, k): cell.help for k, cell in enumerate(fields, 1) if cell.help}
    sheets: dict[str, list[list[Any]]] = {
        table.name: [heading, *lines],
        NOTES["zh" if language.startswith("zh") else "en"]: _columns(table, language),
    }
    return xlsx_bytes(sheets, comments)


def workbook_name(table: str, year: int) -> str:
    """Return what the workbook of a table is called; a list that holds for no one year names none.

    Examples
    --------
    >>> workbook_name("energy", 2025), workbook_name("streams", 0)
    ('energy-2025.xlsx', 'streams.xlsx')
    """
    return f"{table}.xlsx" if year == STANDING else f"{table}-{year}.xlsx"


def _heading(name: str, label: str, layout: str, language: str) -> str:
    chinese = language.startswith("zh")
    if layout != "grid" or not (name[0] == "m" and name[1:].isdigit()):
        return label if chinese else name
    if chinese or name == "m0":
        return label
    return _MONTH_NAMES[MONTHS.index(name[1:])]


def _value(text: str, *, number: bool) -> str | Fraction | None:
    if not number or not text:
        return text or None
    amount = amount_of(text)
    return text if amount is None else Fraction(amount)


def _columns(table: ReportedTable, language: str) -> list[list[str]]:
    chinese = language.startswith("zh")
    head = ["列", "必填", "含义", "可选值"] if chinese else ["column", "needed", "meaning", "choices"]
    rows = [head]
    for column in table.columns:
        label = column_name(column, language) if chinese else column.name
        needed = ("是" if chinese else "yes") if column.required else ""
        words = {choice: word for word, choice in reversed(list(column.also.items()))} if chinese else {}
        choices = "、".join(words.get(c, c) for c in column.choices) if chinese else ", ".join(column.choices)
        rows.append([label, needed, meaning_in(column, language), choices])
    return rows
