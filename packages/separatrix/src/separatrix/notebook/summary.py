"""A result in one screen: its title, a few facts and short tables, as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from separatrix.figures.canvas import clean, columns_of

__all__ = ["MOST_LINES", "Summary", "SummaryTable", "html_of_summary", "text_of_summary"]

MOST_LINES = 40
"""Lines of a screen, all parts together."""

WIDTH = 100
"""Latin characters in a line."""

MOST_ROWS = 30
"""Limit on the rows of one table; a note gives the number of further rows."""

WIDEST_CELL = 60


@dataclass(frozen=True)
class SummaryTable:
    """Some rows of a table.

    Attributes
    ----------
    heads : tuple of str
    rows : tuple of rows, one text a head
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Summary:
    """The summary of a result.

    Attributes
    ----------
    title : str
    facts : pairs of a name and what it is
    tables : tuple of SummaryTable
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[SummaryTable, ...] = ()


def text_of_summary(summary: Summary) -> str:
    """Return a summary as lines of text, 40 at most.

    Examples
    --------
    >>> table = SummaryTable(("id", "state"), (("E1", "(0, 0)"), ("E4", "(1, 1)")))
    >>> print(text_of_summary(Summary("A game", (("dynamics", "replicator"),), (table,))))
    A game
      dynamics: replicator
      id  state
      E1  (0, 0)
      E4  (1, 1)
    """
    lines = [_cut(summary.title, WIDTH)]
    lines += [_cut(f"  {name}: {_line(told)}", WIDTH) for name, told in summary.facts]
    tables = [table for table in summary.tables if table.rows]
    for index, table in enumerate(tables):
        others = sum(min(len(t.rows), MOST_ROWS) + 2 for t in tables[index + 1 :])
        room = max(3, min(MOST_ROWS, MOST_LINES - len(lines) - others - 2))
        lines += _table_lines(table, room)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"  … {len(lines) - MOST_LINES + 1} more lines"]
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _cut(text: str, width: int) -> str:
    text = text.rstrip()
    if columns_of(text) <= width:
        return text
    while columns_of(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _table_lines(table: SummaryTable, room: int) -> Iterable[str]:
    shown = [table.heads, *table.rows[:room]]
    cells = [[_cut(_line(cell), WIDEST_CELL) for cell in row] for row in shown]
    widths = [max(columns_of(row[k]) for row in cells) for k in range(len(table.heads))]
    for row in cells:
        padded = (cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True))
        yield _cut("  " + "  ".join(padded), WIDTH)
    if len(table.rows) > room:
        yield f"  … and {len(table.rows) - room:,} more"


def html_of_summary(summary: Summary) -> str:
    """Return a summary as HTML for a notebook; what users name comes out inert.

    Examples
    --------
    >>> html_of_summary(Summary("A <game>"))
    '<div><strong>A &lt;game&gt;</strong></div>'
    """
    parts = [f"<strong>{_escaped_text(summary.title)}</strong>"]
    if summary.facts:
        items = "".join(
            f"<li>{_escaped_text(name)}: {_escaped_text(_line(told))}</li>" for name, told in summary.facts
        )
        parts.append(f"<ul>{items}</ul>")
    for table in summary.tables:
        if table.rows:
            parts.append(_html_table(table.heads, table.rows))
    return f"<div>{''.join(parts)}</div>"


def _html_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{_escaped_text(h)}</th>' for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{_escaped_text(_cut(_line(c), 4 * WIDEST_CELL))}</td>" for c in row) + "</tr>"
        for row in rows[: 2 * MOST_LINES]
    )
    more = len(rows) - 2 * MOST_LINES
    tail = f"<p>… and {more:,} more</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}"


def _escaped_text(text: str) -> str:
    return escape(clean(text))
