"""How wide text and formulas are, in ems: near enough to choose columns and line breaks on paper.

Breaking a formula that no line can hold, as authors do: before a sign, after a comma.

The numbers of figures, tables and equations, in the order of the document.

How small a document has to be set so that all of it stands on one sheet of A4.

An estimate, for formats that other programs set: how wide text is depends on their fonts, so a little room is
left.  Typst measures what it sets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from unicodedata import combining, east_asian_width

from separatrix.document.tree import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
    Equations,
    Figure,
    Formula,
    Inline,
    Line,
    Note,
    Notes,
    Paragraph,
    Table,
    Words,
)
from separatrix.formulas.layout import (
    Accent,
    Fence,
    Fraction,
    Layout,
    Letter,
    Matrix,
    Operator,
    Row,
    Script,
    SquareRoot,
    Text,
    Word,
    pieces,
)
from separatrix.languages import typography_of

__all__ = [
    "Extent",
    "MATHS",
    "Numbering",
    "SHEET_MARGIN",
    "broken",
    "extent",
    "formula_em",
    "numbering_of",
    "sheet_points",
    "text_em",
    "words_of",
]

MATHS = 12.0
"""The size in points of every formula in LibreOffice; Word sets them like the text around."""

_NARROW, _BROAD = frozenset("fijlrt.,;:'|!()[]{}/ \u00a0-·‘’"), frozenset("mwMWQO%@—…→≈≤≥≠")
_SIGNS = {"relation": 1.35, "binary": 1.15, "comma": 0.45, "dot": 0.6, "sign": 0.65, "times": 0.05}


def text_em(text: str) -> float:
    """Return the width of `text` in a Roman face; a Chinese character is one em wide."""
    return sum(_character_em(c) for c in text)


@cache
def _character_em(character: str) -> float:
    if combining(character) or character == "\u200b":
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.32
    if character in _BROAD or not (character.isascii() or character.isalpha()):
        return 0.85
    return 0.7 if character.isupper() else 0.5


def formula_em(node: Layout) -> float:
    """Return the width of a formula."""
    match node:
        case Letter(text) | Word(text) | Text(text):
            return 1.08 * text_em(text)
        case Operator(text, kind):
            return _SIGNS.get(kind, 0.42)
        case Row(items):
            return sum(formula_em(i) for i in items)
        case Fraction(top, bottom):
            return max(formula_em(top), formula_em(bottom)) + 0.2
        case Script(base, sub, sup):
            small = max(formula_em(part) if part is not None else 0.0 for part in (sub, sup))
            return formula_em(base) + 0.72 * small + 0.05
        case Accent(_, body):
            return formula_em(body)
        case SquareRoot(body):
            return formula_em(body) + 0.9
        case Fence(left, body, right):
            return formula_em(body) + 0.42 * (bool(left) + bool(right))
        case Matrix(rows):
            columns = zip(*rows, strict=True)
            return sum(max(formula_em(e) for e in column) + 1 for column in columns) + 0.2


@dataclass(frozen=True)
class Extent:
    """The width of a line that does not break: ems of text, and ems of formulas."""

    text: float = 0.0
    formulas: float = 0.0

    def points(self, size: float) -> float:
        """Return the width in type of a size."""
        return self.text * size + self.formulas * max(size, MATHS)


def extent(content: Line) -> Extent:
    """Return the width of a line that does not break."""
    return Extent(
        sum(_words_em(item) for item in content),
        sum(formula_em(item.layout) for item in content if isinstance(item, Formula)),
    )


def _words_em(item: Inline) -> float:
    match item:
        case Words(text, style, _, marked):
            return text_em(text) * {"code": 1.25, "strong": 1.06}.get(style, 1.0) + (0.7 if marked else 0.0)
        case Badge():
            return text_em(item.text) + 1.3
        case Formula():
            return 0.0


def words_of(text: str) -> list[str]:
    """Return the pieces of `text` within which a line does not break."""
    return re.findall(r"[\u2e80-\U0003ffff]|[^ \u2003\u200b\u2e80-\U0003ffff]+", text)


_SCALE = 100  # `pieces` counts in whole numbers


def broken(node: Layout, width: float, first: float | None = None) -> tuple[Row, ...]:
    """Return `node` in lines of at most `width` ems where its signs allow it.

    Brackets are opened, and fractions wider than a line written with a slash, only where it must be.

    Parameters
    ----------
    node : Layout
    width : float
    first : float, optional
        The width of the first line, where something stands before it.
    """
    first = width if first is None else first
    if formula_em(node) <= first:
        return (node if isinstance(node, Row) else Row((node,)),)
    for longest in (0.6, 0.3, 0.15, 0.0):
        limit = longest * width
        parts = pieces(_slashed(node, width), int(limit * _SCALE), lambda n: int(formula_em(n) * _SCALE))
        if max(formula_em(p) for p in parts) <= min(first, width):
            break
    return _filled(parts, width, first)


def _filled(parts: Sequence[Row], width: float, first: float) -> tuple[Row, ...]:
    lines: list[list[Layout]] = [[]]
    used, room = 0.0, first
    for part in parts:
        needed = formula_em(part)
        if lines[-1] and used + needed > room:
            lines.append([])
            used, room = 0.0, width
        lines[-1].extend(part.items)
        used += needed
    return tuple(Row(tuple(line)) for line in lines)


def _slashed(node: Layout, width: float) -> Layout:
    """Return `node` with a slash in place of the bar of every fraction that is wider than a line."""
    if formula_em(node) <= width:
        return node
    match node:
        case Row(items):
            return Row(tuple(_inline_fraction(items, index, width) for index in range(len(items))))
        case Fence(left, body, right):
            return Fence(left, _slashed(body, width), right)
        case Fraction(top, bottom):
            return Row((_grouped(top, width), Operator("/", "slash"), _grouped(bottom, width)))
        case _:
            return node


def _inline_fraction(items: Sequence[Layout], index: int, width: float) -> Layout:
    item = items[index]
    inner = _slashed(item, width)
    after = items[index + 1] if index + 1 < len(items) else None
    # A factor behind a slash would read as one of the denominator's.
    within_product = isinstance(after, Operator) and after.kind in ("times", "dot")
    return (
        Fence("(", inner, ")") if inner != item and within_product and isinstance(item, Fraction) else inner
    )


def _grouped(node: Layout, width: float) -> Layout:
    inner = _slashed(node, width)
    return Fence("(", inner, ")") if isinstance(inner, Row) and len(inner.items) > 1 else inner


@dataclass
class Numbering:
    """The number of each numbered block; of equations, that of the first row.

    Blocks are distinguished by identity, so that a table in a folded part and again in its brief form keeps
    one number.
    """

    _numbers: dict[int, int] = field(default_factory=dict)
    figures: int = 0
    tables: int = 0
    equations: int = 0

    def number_of(self, block: Block) -> int | None:
        """Return the number of a block, or ``None`` where it has none."""
        return self._numbers.get(id(block))

    def count(self, blocks: Iterable[Block]) -> None:
        """Number the blocks of a document, those within others too."""
        for block in blocks:
            if id(block) in self._numbers:
                continue
            match block:
                case Figure():
                    self.figures += 1
                    self._numbers[id(block)] = self.figures
                case Table(title=title) if title:
                    self.tables += 1
                    self._numbers[id(block)] = self.tables
                case Equations(rows, True):
                    self._numbers[id(block)] = self.equations + 1
                    self.equations += len(rows)
                case Details(_, inner):
                    self.count(inner)


def numbering_of(document: Document) -> Numbering:
    """Return the numbers of a document's figures, titled tables and numbered equations.

    Examples
    --------
    >>> from separatrix.document.tree import Column, Details
    >>> first = Table((Column("a"),), (), title="One")
    >>> second = Table((Column("a"),), (), title="Two")
    >>> document = Document("Title", "", (Details("More", (first,), (first,)), second))
    >>> [numbering_of(document).number_of(table) for table in (first, second)]
    [1, 2]
    """
    numbering = Numbering()
    numbering.count(document.blocks)
    return numbering


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
    >>> from separatrix.document.tree import line
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
