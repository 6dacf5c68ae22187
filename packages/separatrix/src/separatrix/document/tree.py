"""A report as a tree of blocks: what is said, before any format decides how it looks.

Authors of a document build a tree, in the reader's language; each format is one writer that walks it
(`separatrix.writers`), and knows no language and no game.

For developers
--------------
A new format implements one function over `Document` that handles every class in `Block` and every
class in `Inline`; from these everything else works.  Text that a user typed reaches the tree as it
is: escaping is the writer's duty.  Numbering figures, tables and equations is, too: each format has its own
way, and authors who lift a section want it to go on working.

Common parts of all documents: their frame, the certainty of an answer, the evidence for a number, a
state, a scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from separatrix.document.numerals import readable
from separatrix.formulas.layout import Layout
from separatrix.game.model import Game
from separatrix.game.populations import scenario_name
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.analysis.results import Label

__all__ = [
    "Badge",
    "Block",
    "Bullets",
    "CONTENTS_LEVEL",
    "Column",
    "Details",
    "Document",
    "Draw",
    "Equation",
    "Equations",
    "Figure",
    "Formula",
    "Heading",
    "Inline",
    "Line",
    "Note",
    "Notes",
    "Pairs",
    "Paragraph",
    "PictureFormat",
    "Table",
    "Verbatim",
    "Words",
    "basis_in_words",
    "certainty",
    "document_in",
    "joined_lines",
    "line",
    "scenario_words",
    "state_words",
]

Style = Literal["plain", "strong", "muted", "code"]


@dataclass(frozen=True)
class Words:
    """Plain text in one style.

    A text with a ``note`` links to the note of that number in `Notes`, which gives its source; the number
    follows it where it is ``marked``.
    """

    text: str
    style: Style = "plain"
    note: int = 0
    marked: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula within a line."""

    layout: Layout


@dataclass(frozen=True)
class Badge:
    """A stability label; every format shows it by a symbol and a word, most by a colour too.

    ``word`` is the label in the reader's language; ``label`` chooses symbol and colour.
    """

    label: Label
    word: str = ""

    @property
    def text(self) -> str:
        """The word to show."""
        return self.word or self.label


Inline = Words | Formula | Badge
Line = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A section title; ``level`` is 1 for sections, 2 below them.

    What follows a ``small`` one is set smaller to the end, by formats that set pages.
    """

    text: str
    level: int = 1
    small: bool = False


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
    """Displayed equations, aligned at their signs; each has a number where ``numbered`` is set."""

    rows: tuple[Equation, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Column:
    """A table column; ``wide`` ones take the free space, ``optional`` ones go first where it lacks."""

    title: str
    align: Literal["left", "right", "center"] = "left"
    wide: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """A table; the first column heads its rows where ``row_heads`` is set.

    A ``title`` makes it a numbered table, such as "Table 2. Rest points"; the caption below the title
    explains how to read it.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Line, ...], ...]
    caption: str = ""
    row_heads: bool = False
    title: str = ""


@dataclass(frozen=True)
class Pairs:
    """Many short names with short values, set close together."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """A list of lines, with marks or with numbers."""

    items: tuple[Line, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Note:
    """Something the reader should not overlook."""

    title: str
    content: Line


@dataclass(frozen=True)
class Notes:
    """The sources of the numbers in a document, in small print at its end; counted from 1.

    ``below`` is printed under them in the same size.
    """

    items: tuple[Line, ...]
    below: Line = ()


@dataclass(frozen=True)
class Verbatim:
    """Text to copy as it is, line by line: a command, an entry for a bibliography."""

    text: str


PictureFormat = Literal["svg", "png", "pdf"]
Draw = Callable[[PictureFormat], bytes]


@dataclass(frozen=True)
class Figure:
    """A numbered figure, such as "Figure 1. Phase portrait"; drawn only by the formats that show it.

    Attributes
    ----------
    title, caption : str
        What it is, and how to read it.
    draw : callable
        Format ("svg", "png" or "pdf") to the bytes of the picture.  An SVG holds text as text in UTF-8 and
        its own title and description, and can be part of a page.
    """

    title: str
    caption: str
    draw: Draw


@dataclass(frozen=True)
class Details:
    """Optional blocks: folded in HTML, omitted on the terminal.

    ``brief`` is what the terminal shows in their place.
    """

    summary: str
    blocks: tuple[Block, ...]
    brief: tuple[Block, ...] = ()


Block = Heading | Paragraph | Equations | Table | Pairs | Bullets | Note | Notes | Figure | Details | Verbatim

CONTENTS_LEVEL = 2

ENGLISH = MappingProxyType({"figure": "Figure", "table": "Table", "table_label": "table"})


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, subtitle : str
        What it is about, and whom it follows.
    blocks : tuple of blocks
    language : str
        The code of the language it is written in, such as ``en`` or ``zh``; writers choose fonts by it.
    words : mapping
        The few words that writers add themselves: ``figure`` and ``table`` before a number, ``table_label``
        for a table without a name where a screen reader asks for one.
    contents : str
        The title of a table of contents, which stands before the blocks; none where it is empty.
    compact : bool
        Whether formats that set pages set it small and close, with figures where there is room.
    floating : bool
        Whether figures go where there is room, though the rest is set as usual.
    sheet : bool
        Whether all of it is to stand on one sheet of A4, set as small as that takes.
    """

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    language: str = "en"
    words: Mapping[str, str] = field(default_factory=lambda: ENGLISH)
    contents: str = ""
    compact: bool = False
    floating: bool = False
    sheet: bool = False

    def headings(self) -> Iterator[Heading]:
        """Yield the headings that a table of contents lists: of the first two levels."""
        for block in self.blocks:
            if isinstance(block, Heading) and block.level <= CONTENTS_LEVEL:
                yield block


def joined_lines(lines: Iterable[Line], between: str) -> Line:
    """Return lines one after the other, with the same words between any two.

    Examples
    --------
    >>> [words.text for words in joined_lines([line("a"), line("b")], " or ")]
    ['a', ' or ', 'b']
    """
    found: Line = ()
    for one in lines:
        found = (*found, Words(between), *one) if found else one
    return found


def line(*parts: Inline | str | Layout) -> Line:
    """Return a line from words, formulas and badges; strings are plain words.

    Parameters
    ----------
    *parts : str, Layout, Words, Formula or Badge
        Strings are plain words, layouts are formulas.

    Returns
    -------
    tuple of Words, Formula and Badge

    Examples
    --------
    >>> [(words.text, words.style) for words in line("share ", Words("x", "code"))]
    [('share ', 'plain'), ('x', 'code')]
    """
    return tuple(
        Words(p) if isinstance(p, str) else p if isinstance(p, (Words, Formula, Badge)) else Formula(p)
        for p in parts
    )


def document_in(
    words: Language, title: str, subtitle: str | None, blocks: Iterable[Block], *, floating: bool = False
) -> Document:
    """Return a document in a language: its writers choose fonts and add words of their own by it."""
    return Document(title, subtitle or "", tuple(blocks), words.code, words.names, floating=floating)


def basis_in_words(basis: str, words: Language) -> str:
    """Return the evidence for a number, one of `separatrix.game.model.BASES`, in the reader's language.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> basis_in_words("literature", language_of("en")), basis_in_words("assumed", language_of("zh"))
    ('from literature', '假设')
    """
    return {
        "measured": words.BASIS_MEASURED,
        "literature": words.BASIS_LITERATURE,
        "assumed": words.BASIS_ASSUMED,
    }[basis]


def certainty(how_sure: str, words: Language) -> Paragraph:
    """Return how sure an answer is, as a paragraph."""
    return Paragraph(line(words.BASINS_SURE.format(how_sure=words.capital(words.tell(how_sure)))))


def state_words(places: int, shares: Sequence[str], state: Sequence[float]) -> str:
    """Return the share of each strategy at a state, to some decimals."""
    return ", ".join(f"{s}\u00a0=\u00a0{readable(v, places)}" for s, v in zip(shares, state, strict=True))


def scenario_words(game: Game, scenario: str | None, words: Language) -> str:
    """Return which scenario an answer is about, in the language of the game; nothing where there is none."""
    return "" if scenario is None else words.SCENARIO.format(scenario=scenario_name(game, scenario))
