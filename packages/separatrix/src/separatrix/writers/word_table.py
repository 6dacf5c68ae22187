"""A table → the three-line table of this literature, as a table of Word."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.document.document import Column, Line, Table
from separatrix.writers.columns import PADDING, PORTRAIT, ColumnPlan, plan
from separatrix.writers.em_widths import MATHS, extent
from separatrix.writers.text import line_runs
from separatrix.writers.xml import paragraph, run

__all__ = ["SPACER", "TWIPS", "lying", "plan", "table_xml"]

TWIPS = 20
"""Twentieths of a point, in which Word counts."""

SPACER = paragraph("Spacer", "")
"""What keeps two tables from growing together."""

STYLE_OF_SIZE = {10.0: "TableText", 9.0: "TableTextSmall", 8.0: "TableTextTiny"}
_THICK, _THIN = 12, 6  # eighths of a point
_WHOLE = 45
"""Lines of a row past which it may be split between pages."""


def table_xml(table: Table, plan: ColumnPlan) -> str:
    """Return `table` without its title."""
    shown = [table.columns[k] for k in plan.columns]
    twips = [round(width * TWIPS) for width in plan.widths]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in twips)
    properties = (
        f'<w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{_rule('top', _THICK)}{_rule('bottom', _THICK)}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{_side('left')}{_side('right')}</w:tblCellMar>"
        f'<w:tblLook w:val="0{"4A" if table.row_heads else "42"}0" w:firstRow="1" w:lastRow="0" '
        f'w:firstColumn="{int(table.row_heads)}" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
    )
    head = _head(shown, twips, plan) if any(c.title for c in shown) else ""
    rows = "".join(_row(shown, [row[k] for k in plan.columns], twips, plan) for row in table.rows)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{rows}</w:tbl>{SPACER}"


def _head(columns: Sequence[Column], twips: Sequence[int], plan: ColumnPlan) -> str:
    style = STYLE_OF_SIZE[plan.size]
    cells = "".join(
        _cell(
            paragraph(style, run(column.title, "<w:b/>") if column.title else "", _set(column)),
            width,
            f"<w:tcBorders>{_rule('bottom', _THIN)}</w:tcBorders>",
        )
        for column, width in zip(columns, twips, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(columns: Sequence[Column], cells: Sequence[Line], twips: Sequence[int], plan: ColumnPlan) -> str:
    style = STYLE_OF_SIZE[plan.size]
    inner, tallest = [], 0.0
    for column, cell, width in zip(columns, cells, twips, strict=True):
        room = width / TWIPS - PADDING
        tallest = max(tallest, extent(cell).points(plan.size) / room)
        inner.append(_cell(paragraph(style, line_runs(cell, room / (1.08 * MATHS)), _set(column)), width))
    whole = "<w:trPr><w:cantSplit/></w:trPr>" if tallest < _WHOLE else ""
    return f"<w:tr>{whole}{''.join(inner)}</w:tr>"


def _cell(content: str, width: int, borders: str = "") -> str:
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{borders}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def _set(column: Column) -> str:
    return "" if column.align == "left" else f'<w:jc w:val="{column.align}"/>'


def _rule(side: str, size: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'


def _side(side: str) -> str:
    return f'<w:{side} w:w="{round(PADDING / 2 * TWIPS)}" w:type="dxa"/>'


def lying(content: str) -> str:
    """Return `content` on pages of its own, turned by a quarter."""
    return _section_end(landscape=False) + content + _section_end(landscape=True)


def _section_end(*, landscape: bool) -> str:
    return paragraph("Spacer", "", f"<w:sectPr>{page(landscape=landscape)}</w:sectPr>")


def page(*, landscape: bool = False, margin: float | None = None) -> str:
    """Return the size and the margins of a page; these in points where they are not the usual ones."""
    short, long = 11906, 16838
    size = (
        f'<w:pgSz w:w="{long}" w:h="{short}" w:orient="landscape"/>'
        if landscape
        else f'<w:pgSz w:w="{short}" w:h="{long}"/>'
    )
    twips = round((short - PORTRAIT * TWIPS) / 2 if margin is None else margin * TWIPS)
    return (
        f'{size}<w:pgMar w:top="{twips}" w:right="{twips}" w:bottom="{twips}" w:left="{twips}" '
        'w:header="720" w:footer="720" w:gutter="0"/>'
    )
