"""A report as a tree of blocks: what is said, before any format decides how it looks.

One function builds the tree (`separatrix.present.report.build_report`); each format is one writer
that walks it.

For developers
--------------
A new format implements one function over `Document` that handles every class in `Block` and every
class in `Inline`; from these everything else works.  Text that a user typed reaches the tree as it
is: escaping is the writer's duty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from separatrix.analysis.result import Label
from separatrix.present.formula import Layout

__all__ = [
    "Badge", "Block", "Bullets", "Column", "Details", "Document", "Equation", "Equations", "Figure",
    "Formula", "Heading", "Inline", "Line", "Note", "Pairs", "Paragraph", "Table", "Words", "line",
]  # fmt: skip

Style = Literal["plain", "strong", "muted", "code"]


@dataclass(frozen=True)
class Words:
    """Plain text in one style."""

    text: str
    style: Style = "plain"


@dataclass(frozen=True)
class Formula:
    """A formula within a line."""

    layout: Layout


@dataclass(frozen=True)
class Badge:
    """A stability label; every format shows it by a symbol and a word, most by a colour too."""

    label: Label


Inline = Words | Formula | Badge
Line = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A section title; ``level`` is 1 for sections, 2 below them."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``lead`` marks the sentence that a hurried reader must see."""

    content: Line
    lead: bool = False


@dataclass(frozen=True)
class Equation:
    """A left side, a sign, and a right side that a writer may break at its plus and minus signs."""

    left: Layout
    right: Layout
    sign: str = "="


@dataclass(frozen=True)
class Equations:
    """Displayed equations, aligned at their signs."""

    rows: tuple[Equation, ...]


@dataclass(frozen=True)
class Column:
    """A table column; ``wide`` ones take the free space, ``optional`` ones go first where it lacks."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    wide: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A table; the first column heads its rows where ``row_heads`` is set."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]
    caption: str = ""
    row_heads: bool = False


@dataclass(frozen=True)
class Pairs:
    """Many short names with short values, set close together."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """A list of lines."""

    items: tuple[Line, ...]


@dataclass(frozen=True)
class Note:
    """Something the reader should not overlook."""

    title: str
    content: Line


@dataclass(frozen=True)
class Figure:
    """A figure, drawn only by the formats that show it; ``draw`` returns SVG."""

    title: str
    caption: str
    draw: Callable[[], str]


@dataclass(frozen=True)
class Details:
    """Blocks for those who want them: folded in HTML, left out of the terminal.

    ``brief`` is what the terminal shows in their place.
    """

    summary: str
    blocks: tuple[Block, ...]
    brief: tuple[Block, ...] = ()


Block = Heading | Paragraph | Equations | Table | Pairs | Bullets | Note | Figure | Details


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    language: str = "en"


def line(*parts: Inline | str | Layout) -> Line:
    """Return a line from words, formulas and badges; strings are plain words."""
    return tuple(
        Words(p) if isinstance(p, str) else p if isinstance(p, (Words, Formula, Badge)) else Formula(p)
        for p in parts
    )
