"""A document as JSON that a page shows block by block, without any HTML to be trusted.

Text that a user typed stays text: the page makes text nodes of it. Only formulas come as MathML, which is
made here. A line is a list: a string is plain words, everything else an object with its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from separatrix.document.document import (
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
    Notes,
    Pairs,
    Paragraph,
    Table,
    Verbatim,
    Words,
)
from separatrix.document.labels import LABELS
from separatrix.figures.canvas import description_of
from separatrix.formulas.layout import Layout
from separatrix.formulas.plain_math import to_plain
from separatrix.writers.mathml import to_mathml
from separatrix.writers.numbering import Numbering, numbering_of

__all__ = ["document_json"]


def document_json(document: Document, figures: Callable[[Figure], bool] = lambda _: False) -> dict[str, Any]:
    """Return a document as plain data.

    Parameters
    ----------
    document : Document
    figures : callable, optional
        Whether a figure is drawn and put in, as SVG; by default none is, for the page draws its own.

    Examples
    --------
    >>> from separatrix.document.document import Paragraph, line
    >>> document_json(Document("Hawks", "", (Paragraph(line("Two ", Words("strategies", "strong"))),)))
    {'title': 'Hawks', 'subtitle': '', 'blocks': [{'kind': 'paragraph', 'line': ['Two ', {'kind': 'strong', \
'text': 'strategies'}]}]}
    """
    numbering = numbering_of(document)
    blocks = [_block(b, numbering, document, figures) for b in document.blocks]
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "blocks": [b for b in blocks if b is not None],
    }


def _formula(layout: Layout) -> dict[str, str]:
    return {"mathml": to_mathml(layout), "text": to_plain(layout)}


def _line(content: Line) -> list[Any]:
    return [_inline(item) for item in content]


def _inline(item: Words | Formula | Badge) -> Any:
    match item:
        case Words(text, style, note, marked) if note:
            return {"kind": "noted", "text": text, "style": style, "note": note, "marked": marked}
        case Words(text, "plain"):
            return text
        case Words(text, style):
            return {"kind": style, "text": text}
        case Formula(layout):
            return {"kind": "formula", **_formula(layout)}
        case Badge(label):
            return {"kind": "badge", "label": label, "symbol": LABELS[label].symbol, "text": item.text}


def _block(
    block: Block, numbering: Numbering, document: Document, figures: Callable[[Figure], bool]
) -> dict[str, Any] | None:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(content, lead):
            return {"kind": "paragraph", "line": _line(content), **({"lead": True} if lead else {})}
        case Equations(rows):
            return {
                "kind": "equations",
                "rows": [
                    {"left": _formula(row.left), "sign": row.sign, "right": _formula(row.right)}
                    for row in rows
                ],
            }
        case Table(columns, rows, caption, row_heads):
            return {
                "kind": "table",
                "name": _name(block, "table", numbering, document),
                "caption": caption,
                "row_heads": row_heads,
                "columns": [{"title": c.title, "align": c.align} for c in columns],
                "rows": [[_line(cell) for cell in row] for row in rows],
            }
        case Pairs(items):
            return {"kind": "pairs", "items": [list(pair) for pair in items]}
        case Bullets(items, numbered):
            return {"kind": "bullets", "numbered": numbered, "items": [_line(i) for i in items]}
        case Note(title, content):
            return {"kind": "note", "title": title, "line": _line(content)}
        case Notes(items, below):
            return {"kind": "notes", "items": [_line(i) for i in items], "below": _line(below)}
        case Verbatim(text):
            return {"kind": "verbatim", "text": text}
        case Details(summary, blocks):
            inner = [_block(b, numbering, document, figures) for b in blocks]
            return {"kind": "details", "summary": summary, "blocks": [b for b in inner if b is not None]}
        case Figure(_, caption, draw):
            if not figures(block):
                return None
            svg = draw("svg").decode()
            return {
                "kind": "figure",
                "name": _name(block, "figure", numbering, document),
                "caption": caption,
                "said": description_of(svg),
                "svg": svg,
            }


def _name(block: Table | Figure, kind: str, numbering: Numbering, document: Document) -> str:
    number = numbering.number_of(block)
    return f"{document.words[kind]}\u00a0{number}. {block.title}" if number else block.title
