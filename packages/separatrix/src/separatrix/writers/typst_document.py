"""Document → the source of a Typst article.

The source is code from end to end: user input appears in string literals only, never in markup, so that
none of its characters is interpreted.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from separatrix.document.document import (
    Block,
    Bullets,
    Details,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Note,
    Notes,
    Pairs,
    Paragraph,
    Table,
    Verbatim,
)
from separatrix.formulas.layout import Operator
from separatrix.formulas.plain_math import to_plain
from separatrix.languages import typography_of
from separatrix.writers.lines import PAGE, is_long, line_ems, parts, set_line, set_text
from separatrix.writers.math import to_typst, typst_string
from separatrix.writers.typst_style import STYLE
from separatrix.writers.typst_table import array, set_table

__all__ = ["TypstSource", "typst_source"]

SMALL_PRINT = "set text(size: 8.4pt); set par(spacing: 0.8em, leading: 0.55em)"
"""What is to be looked up, not read, from here on."""

SHORT_PAIR = 40
"""Characters of a name with its value that stay on one line."""
_UNBROKEN = re.compile(r"[^\s/?&-]{80}")


@dataclass(frozen=True)
class TypstSource:
    """A Typst document, and the pictures that it shows by their file names."""

    text: str
    pictures: Mapping[str, bytes]


def typst_source(
    document: Document, *, cjk_serif: str | None = None, cjk_sans: str | None = None
) -> TypstSource:
    r"""Return a document as Typst.

    Parameters
    ----------
    document : Document
    cjk_serif, cjk_sans : str, optional
        The font families for Chinese in text and in headings.

    Examples
    --------
    >>> from separatrix.document.document import line
    >>> source = typst_source(Document("Title", "", (Paragraph(line('#read("secret")')),)))
    >>> print(source.text.splitlines()[-2])
    par({"#read(\"secret\")"})
    """
    writer = _TypstWriter(document)
    body = "\n".join(writer.blocks(document.blocks))
    code = document.language[:2].lower()
    typography = typography_of(code)
    asian = typography.cjk
    options = {
        "title": set_text(document.title),
        "subtitle": set_text(document.subtitle),
        "lang": typst_string(code if code.isascii() and code.isalpha() else "en"),
        "region": typst_string(typography.region) if typography.region else "none",
        "serif": _fonts(cjk_serif, asian=asian),
        "sans": _fonts(cjk_sans, asian=asian),
        "dense": "false" if asian else "true",
        "compact": "true" if document.compact or document.sheet else "false",
        "sheet": "true" if document.sheet else "false",
        "floating": "true" if document.compact or document.floating else "false",
        "contents": set_text(document.contents) if document.contents else "none",
    }
    head = ", ".join(f"{name}: {value}" for name, value in options.items())
    return TypstSource(f"{STYLE}\n#show: article.with({head})\n#{{\n{body}\n}}\n", writer.pictures)


def _fonts(cjk: str | None, *, asian: bool) -> str:
    latin = '"New Computer Modern"'
    if cjk is None:
        return f"({latin},)"
    # In Chinese, quotes and dashes are as wide as characters.
    first = f'(name: {latin}, covers: "latin-in-cjk")' if asian else latin
    return f"({first}, {typst_string(cjk)})"


@dataclass
class _TypstWriter:
    document: Document
    pictures: dict[str, bytes] = field(default_factory=dict)
    depth: int = 0
    """How many levels deeper headings stand, within details."""
    small: bool = False
    """Whether small print has begun."""

    def __post_init__(self) -> None:
        own = typography_of(self.document.language)
        marks = own.after_number, own.after_title, own.after_name
        self.after_number, self.after_title, self.after_name = (typst_string(mark) for mark in marks)

    def blocks(self, blocks: Sequence[Block]) -> Iterator[str]:
        for index, block in enumerate(blocks):
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if isinstance(block, Paragraph) and isinstance(following, (Equations, Table)):
                yield f"before({''.join(self.block(block))})"  # on one page with what it announces
            else:
                yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading(text, level, small):
                if small and not self.small:
                    self.small = True
                    yield "place.flush()"  # no picture between two references
                    yield SMALL_PRINT
                yield f"heading(level: {level + self.depth}, {set_text(text)})"
            case Paragraph(content, lead):
                yield f"{'answer' if lead else 'ragged' if is_long(content) else 'par'}({set_line(content)})"
            case Equations(rows, numbered):
                yield f"equations({'true' if numbered else 'false'},"
                yield from (_equation(row) for row in rows)
                yield ")"
            case Table():
                yield from self.table(block)
            case Pairs(items):
                pairs = (_pair(name, value) for name, value in items)
                yield f"""par({{{'; ", "; '.join(pairs)}}})"""
            case Bullets(items, numbered):
                yield f"{'enum' if numbered else 'list'}({', '.join(set_line(item) for item in items)})"
            case Note(title, content):
                yield f"note({{{set_text(title)}; {self.after_name}}}, {set_line(content)})"
            case Notes(items, below):
                lengths = list(itertools.accumulate(line_ems(item) + 20 for item in items))
                half = sum(length <= lengths[-1] / 2 for length in lengths) + 1
                yield f"notes({half}, {', '.join(set_line(item) for item in (below, *items))})"
            case Verbatim(text):
                yield from self.verbatim(text)
            case Figure():
                yield self.figure(block)
            case Details(summary, blocks):
                yield f"heading(level: {2 + self.depth}, {set_text(summary)})"
                self.depth += 2
                yield from self.blocks(blocks)
                self.depth -= 2

    def verbatim(self, text: str) -> Iterator[str]:
        """Yield text as it is; in small print in two columns of entries."""
        entries = re.split(r"\n{2,}", text.strip("\n"))
        if not self.small or len(entries) < 2:
            yield f'raw(block: true, "{_verbatim(text)}")'
            return
        lengths = list(itertools.accumulate(entry.count("\n") + 2 for entry in entries))
        half = 1 + next(k for k, length in enumerate(lengths) if 2 * length >= lengths[-1])
        parts = ("\n\n".join(entries[:half]), "\n\n".join(entries[half:]))
        cells = ", ".join(f'raw(block: true, "{_verbatim(part)}")' for part in parts)
        yield f"grid(columns: (1fr, 1fr), column-gutter: 1em, {cells})"

    def word(self, key: str) -> str:
        return typst_string(self.document.words.get(key, key.capitalize()))

    def figure(self, block: Figure) -> str:
        # matplotlib's PDF brings its fonts along.  In an SVG, Typst would choose for each Chinese character
        # whatever installed font has it, often one for handwriting, and other letters than were measured.
        path = f"figure-{len(self.pictures) + 1}.pdf"
        self.pictures[path] = block.draw("pdf")
        said = ". ".join(part for part in (block.title, block.caption) if part)
        return (
            f"picture({self.word('figure')}, {self.after_number}, {set_text(block.title)}, "
            f"{set_text(block.caption)}, {self.after_title}, {typst_string(path)}, {typst_string(said)})"
        )

    def table(self, block: Table) -> Iterator[str]:
        if not block.columns:
            return
        if block.title:
            yield (
                f"titled({self.word('table')}, {self.after_number}, {set_text(block.title)}, "
                f"{set_text(block.caption)},"
            )
            yield from set_table(block)
            yield ")"
        else:
            if block.caption:
                yield f"block(sticky: true, muted({set_text(block.caption)}))"
            yield from set_table(block)


def _verbatim(text: str) -> str:
    # Typst breaks addresses at their slashes by itself; what is put into a text is copied with it.
    rows = (_UNBROKEN.sub("\\g<0>\u200b", row.expandtabs(4)) for row in text.splitlines())
    return "\\n".join(typst_string(row)[1:-1] for row in rows)


def _pair(name: str, value: str) -> str:
    both = f"{name} = {value}"
    return f"box({typst_string(both)})" if len(both) < SHORT_PAIR else set_text(both)


def _equation(row: Equation) -> str:
    pieces = array(f"$display({to_typst(part)})$" for part in parts(row.right, PAGE))
    sign = to_typst(Operator(row.sign, "relation"))
    said = f"{to_plain(row.left)} {row.sign} {to_plain(row.right)}"
    return f"($display({to_typst(row.left)})$, ${sign}$, {pieces}, {typst_string(said)}),"
