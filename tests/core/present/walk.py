"""Walking the tree of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from separatrix.document.tree import (
    Badge,
    Block,
    Bullets,
    Details,
    Figure,
    Formula,
    Heading,
    Inline,
    Line,
    Note,
    Pairs,
    Paragraph,
    Table,
    Verbatim,
)
from separatrix.formulas.layout import to_plain


def blocks_of(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield every block, those inside details too."""
    for block in blocks:
        yield block
        if isinstance(block, Details):
            yield from blocks_of(block.blocks)


def lines_of(block: Block) -> Iterator[Line]:
    """Yield the lines of a block."""
    match block:
        case Paragraph(content) | Note(_, content):
            yield content
        case Bullets(items):
            yield from items
        case Table(_, rows):
            for row in rows:
                yield from row


def titles_of(block: Block) -> Iterator[str]:
    """Yield the texts of a block that are no lines: titles, captions, heads of columns."""
    match block:
        case Heading(text):
            yield text
        case Note(title):
            yield title
        case Figure(title, caption):
            yield from (title, caption)
        case Table(columns, _, caption, _, title):
            yield from (caption, title, *(c.title for c in columns))
        case Details(summary):
            yield summary
        case Pairs(items):
            yield from (f"{n} {v}" for n, v in items)
        case Verbatim(text):
            yield text


def words_of(content: Line, *, code: bool = False) -> str:
    """Return the words of a line, without formulas; with what is set as code where asked to."""
    texts = []
    for item in content:
        if isinstance(item, Formula):
            texts.append(" ")
        elif isinstance(item, Badge) or code or item.style != "code":
            texts.append(item.text)
    return "".join(texts)


def plain(content: Line) -> str:
    """Return a line as plain text, formulas and all."""
    return "".join(_plain(item) for item in content)


def _plain(item: Inline) -> str:
    return to_plain(item.layout) if isinstance(item, Formula) else item.text
