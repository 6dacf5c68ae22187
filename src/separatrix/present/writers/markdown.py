"""Document → Markdown with formulas between dollar signs, as GitHub, Pandoc and notebooks read it."""

from __future__ import annotations

import re

from separatrix.analysis.result import Analysis
from separatrix.present.document import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
    Equations,
    Figure,
    Formula,
    Heading,
    Line,
    Note,
    Pairs,
    Paragraph,
    Table,
    Words,
)
from separatrix.present.labels import LABELS
from separatrix.present.writers.tex_math import to_tex

__all__ = ["render_markdown", "write_markdown"]


def render_markdown(analysis: Analysis, *, figure: str | None = None) -> str:
    """Return the report on `analysis` as Markdown.

    Parameters
    ----------
    analysis : Analysis
    figure : str, optional
        The file name of a figure to show.  Without it the document has no figure.
    """
    from separatrix.present.report import build_report

    return write_markdown(build_report(analysis), figure=figure)


def write_markdown(document: Document, *, figure: str | None = None) -> str:
    """Return a report as Markdown."""
    parts = [f"# {_text(document.title)}"]
    if document.subtitle:
        parts.append(f"*{_text(document.subtitle)}*")
    parts += [b for b in (_block(block, figure) for block in document.blocks) if b]
    return "\n\n".join(parts) + "\n"


def _text(text: str) -> str:
    kept = "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)
    # Only what could begin a construct is escaped: a colon in https://, a bracket of a link, a pipe.
    return re.sub(r"([\\`*_\[\]#|<>$~&@])", r"\\\1", kept).replace("://", "\\://")


def _line(content: Line, *, in_table: bool = False) -> str:
    return "".join(_inline(item, in_table) for item in content)


def _inline(item: Words | Formula | Badge, in_table: bool) -> str:
    match item:
        case Words(text, "strong"):
            return f"**{_text(text)}**" if text.strip() else _text(text)
        case Words(text, "code"):
            return f"`{text.replace('`', ' ')}`" if "|" not in text and text.isprintable() else _text(text)
        case Words(text):
            return _text(text)
        case Formula(layout):
            tex = to_tex(layout)
            return f"${tex.strip().replace('|', chr(92) + 'vert ') if in_table else tex.strip()}$"
        case Badge(label):
            return f"{LABELS[label].symbol} {label}"


def _block(block: Block, figure: str | None) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * (level + 1)} {_text(text)}"
        case Paragraph(content, lead):
            return f"> {_line(content)}" if lead else _line(content)
        case Equations(rows):
            return "\n\n".join(
                f"$$\n{to_tex(r.left)} {'=' if r.sign == '=' else r.sign} {to_tex(r.right)}\n$$" for r in rows
            )
        case Table():
            return _table(block)
        case Pairs(items):
            return ", ".join(f"{_text(n)} = {_text(v)}" for n, v in items)
        case Bullets(items):
            return "\n".join(f"- {_line(i)}" for i in items)
        case Note(title, content):
            return f"> **{_text(title)}.** {_line(content)}"
        case Figure(title, caption):
            if figure is None:
                return ""
            target = figure.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C")
            return f"![{_text(title)}]({target})\n\n{_text(caption)}"
        case Details(summary, blocks):
            inner = "\n\n".join(b for b in (_block(x, figure) for x in blocks) if b)
            return f"### {_text(summary)}\n\n{inner}"


def _table(block: Table) -> str:
    head = "| " + " | ".join(_text(c.title) or " " for c in block.columns) + " |"
    rule = (
        "|" + "|".join({"right": "---:", "center": ":---:"}.get(c.align, "---") for c in block.columns) + "|"
    )
    rows = ["| " + " | ".join(_line(cell, in_table=True) or " " for cell in row) + " |" for row in block.rows]
    caption = f"{_text(block.caption)}\n\n" if block.caption else ""
    return caption + "\n".join([head, rule, *rows])
