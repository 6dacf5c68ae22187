"""How small a document has to be set so that all of it stands on one sheet of A4.

An estimate, for formats that other programs set: how wide text is depends on their fonts, so a little room is
left.  Typst measures what it sets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from separatrix.document.document import Block, Bullets, Document, Line, Note, Notes, Paragraph, Words
from separatrix.languages import typography_of
from separatrix.writers.em_widths import extent, text_em

__all__ = ["SHEET_MARGIN", "sheet_points"]

SHEET_MARGIN = 40.0
"""The margins of a sheet in points: 14 mm, which every printer can do."""
WIDTH, HEIGHT = 595.3 - 2 * SHEET_MARGIN, 841.9 - 2 * SHEET_MARGIN
LARGEST, SMALLEST, STEP = 10.5, 6.5, 0.25
"""Font sizes in points of a short page, and the smallest readable one."""
SPARE = 0.9
"""The part of the height that may be taken by this estimate."""
NOTES = 0.8
"""The size of notes relative to the text; they are set in two columns."""


def sheet_points(document: Document) -> float:
    """Return the size of the text, in points, at which a document of words fills one sheet at most.

    Examples
    --------
    >>> from separatrix.document.document import line
    >>> [sheet_points(Document("One", "", (Paragraph(line("word " * count)),))) for count in (10, 1200, 9000)]
    [10.5, 8.75, 6.5]
    """
    size = LARGEST
    while size > SMALLEST and _height(document, size) > SPARE * HEIGHT:
        size -= STEP
    return size


def _height(document: Document, size: float) -> float:
    leading = 1.45 if typography_of(document.language).cjk else 1.3
    return (4.0 + sum(_lines(document.blocks, size))) * leading * size


def _lines(blocks: tuple[Block, ...], size: float) -> Iterator[float]:
    """Yield how many lines of text each block is high, with the room around it."""
    for block in blocks:
        match block:
            case Paragraph(content, lead):
                yield _wrapped(content, 1.1 * size if lead else size) + (1.8 if lead else 0.5)
            case Note(title, content):
                yield _wrapped((Words(title), *content), size) + 1.0
            case Bullets(items):
                yield from (_wrapped(item, size, indent=2.0) + 0.35 for item in items)
            case Notes(items, below):
                small = NOTES * size
                high = sum(_wrapped(item, small, indent=1.8, room=0.48 * WIDTH) + 0.2 for item in items)
                yield 1.0 + NOTES * (math.ceil(high / 2 + 0.5) + _wrapped(below, small))
            case _:
                yield 2.0


def _wrapped(content: Line, size: float, *, indent: float = 0.0, room: float = WIDTH) -> int:
    # A line ends before the word that has no room; half a word is lost in the mean.
    loss = 2.0 if text_em("".join(i.text for i in content if isinstance(i, Words))) else 0.0
    return max(1, math.ceil(extent(content).points(size) / (room - (indent + loss) * size)))
