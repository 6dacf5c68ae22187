r"""Tables in TeX: three lines, columns as wide as what they hold, long ones over several pages."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from separatrix.document.document import Column, Formula, Line, Table
from separatrix.formulas.layout import is_stacked
from separatrix.writers.width import least_width, line_width, text_width

__all__ = ["tex_table"]

LINE = 41.0
"""The width of a line in em of the main font."""
BETWEEN = 1.15
"""Space between two columns."""
SIZES = ((r"\normalsize", 1.0), (r"\small", 1.09), (r"\footnotesize", 1.2))
"""Sizes of type, and how many more of its em a line holds."""
TALLEST = 30
"""Lines past which a table is set over several pages."""
SLACK, NARROWEST, SHORT = 1.12, 4.0, 10.0
"""What ragged lines lose; in em, the least width of a column and that up to which it is better not folded."""


def tex_table(
    block: Table, number: int | None, set_line: Callable[[Line], str], set_text: Callable[[str], str]
) -> str:
    """Return a table; `set_line` and `set_text` say how cells and titles are written.

    With a number it has a caption and floats; without, it stays in place, with its caption above.
    """
    if not block.columns:
        return set_text(block.caption)
    plan = _planned(block)
    head = _row([set_text(c.title) for c in block.columns])
    between = f" \\\\{_SPACED}\n" if plan.folded else " \\\\\n"
    body = between.join(_row([set_line(cell) for cell in row]) for row in block.rows)
    body = f"{body} \\\\\n" if body else ""
    told, above = "", ""
    if number is not None:
        below = f"\\enspace {set_text(block.caption)}" if block.caption else ""
        title = set_text(block.title)
        told = rf"\caption[{{{title}}}]{{\textbf{{{title}}}{below}}}\label{{tab:{number}}}"
    elif block.caption:
        above = f"{set_text(block.caption)}\n\n"
    headed = any(c.title for c in block.columns)
    rules = f"\\toprule\n{head} \\\\\n\\midrule\n" if headed else "\\toprule\n"
    if plan.lines > TALLEST:
        start = f"{told} \\\\\n{rules}\\endfirsthead\n{rules}\\endhead\n" if told else f"{rules}\\endhead\n"
        table = (
            f"\\begin{{longtable}}{{@{{}}{plan.kinds}@{{}}}}\n{start}\\bottomrule\n\\endlastfoot\n"
            f"{body}\\end{{longtable}}"
        )
        return above + (table if plan.size == r"\normalsize" else f"{{{plan.size}\n{table}\n}}")
    table = f"\\begin{{tabular}}{{@{{}}{plan.kinds}@{{}}}}\n{rules}{body}\\bottomrule\n\\end{{tabular}}"
    size = "" if plan.size == r"\normalsize" else f"{plan.size}\n"
    if told:
        return f"\\begin{{table}}[htbp]\n\\centering\n{told}\n{size}{table}\n\\end{{table}}"
    return f"{above}\\begin{{center}}\n{size}{table}\n\\end{{center}}"


_SPACED = r"\addlinespace[3pt]"


def _row(cells: list[str]) -> str:
    """Return one row; a bracket or star at its start would be read as an option of what stands before."""
    text = " & ".join(cells)
    return f"{{}}{text}" if text.lstrip()[:1] in ("[", "*") else text


# --------------------------------------------------------------------------- widths


@dataclass(frozen=True)
class _Plan:
    """The size of type, the kinds of the columns, the lines of the table, and whether rows are set apart."""

    size: str
    kinds: str
    lines: int
    folded: bool


def _planned(block: Table) -> _Plan:
    count = len(block.columns)
    heads = [text_width(c.title) for c in block.columns]
    cells = [heads, *([line_width(cell) for cell in row] for row in block.rows)]
    whole = [max(row[k] for row in cells) + 0.3 for k in range(count)]
    least = [
        max([*map(text_width, c.title.split(" ")), *(least_width(row[k]) for row in block.rows)]) + 0.3
        for k, c in enumerate(block.columns)
    ]
    size, room = SIZES[-1][0], 0.0
    for size, scale in SIZES:
        room = LINE * scale - BETWEEN * (count - 1)
        if sum(whole) <= room or (size != SIZES[0][0] and sum(least) <= 0.8 * room):
            break
    widths = _widths(cells, whole, least, room)
    folds = [width < natural for width, natural in zip(widths, whole, strict=True)]
    kinds = "".join(
        _kind(column, width if fold else None)
        for column, width, fold in zip(block.columns, widths, folds, strict=True)
    )
    lines = [
        max(
            math.ceil(SLACK * cell / w) if fold else 1
            for cell, w, fold in zip(row, widths, folds, strict=True)
        )
        for row in cells
    ]
    tall = any(isinstance(i, Formula) and is_stacked(i.layout) for row in block.rows for c in row for i in c)
    return _Plan(size, kinds, sum(lines) * (2 if tall else 1), tall or any(n > 1 for n in lines))


def _widths(cells: list[list[float]], whole: list[float], least: list[float], room: float) -> list[float]:
    """Return each column's width: from what its longest word needs, up to where the table is lowest."""
    if sum(whole) <= room:
        return whole
    widths = [min(w, n) for w, n in zip(whole, least, strict=True)]
    for k in sorted(range(len(whole)), key=whole.__getitem__):  # short cells look odd when they are folded
        if whole[k] <= SHORT and sum(widths) - widths[k] + whole[k] <= 0.85 * room:
            widths[k] = whole[k]
    while sum(widths) > room and max(widths) > NARROWEST:  # even the longest words do not fit
        widths[max(range(len(widths)), key=widths.__getitem__)] -= 0.5
    while (spare := room - sum(widths)) > 0.01:
        growing = [k for k in range(len(widths)) if widths[k] < whole[k]]
        if not growing:
            break
        best = min(growing, key=lambda k: _height(cells, widths, k))
        widths[best] = min(whole[best], widths[best] + min(1.0, spare))
    return widths


def _height(cells: list[list[float]], widths: list[float], wider: int) -> float:
    """Return how tall a table is, in lines and parts of lines, with one column wider by an em."""
    height = 0.0
    for row in cells:
        lines = [
            max(1.0, SLACK * cell / (width + (k == wider)))
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        height += max(lines) + 0.01 * sum(lines)
    return height


def _kind(column: Column, width: float | None) -> str:
    if width is None:
        return {"right": "r", "center": "c"}.get(column.align, "l")
    side = {"right": "raggedleft", "center": "centering"}.get(column.align, "raggedright")
    return rf">{{\{side}\arraybackslash}}p{{{width:.1f}em}}"
