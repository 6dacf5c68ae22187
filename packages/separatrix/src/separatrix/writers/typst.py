"""Document → the source of a Typst article.

The source is code from end to end: user input appears in string literals only, never in markup, so that
none of its characters is interpreted.

Tables → Typst: three rules, and columns as wide as makes the table low.

Document → PDF, set by Typst: an article on A4 pages, whole in one file.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from separatrix.document.fonts import cjk_family, has_cjk, typst_fonts, warn_no_cjk_font
from separatrix.document.tree import (
    Block,
    Bullets,
    Details,
    Document,
    Equation,
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
)
from separatrix.formulas.layout import Operator, is_tall, to_plain
from separatrix.languages import typography_of
from separatrix.writers.format import Format, Library, Written
from separatrix.writers.typst_formulas import (
    CELL,
    PAGE,
    atoms,
    is_long,
    line_ems,
    parts,
    set_line,
    set_text,
    text_ems,
    to_typst,
    typst_string,
    words,
)
from separatrix.writers.typst_style import STYLE

__all__ = [
    "FORMAT",
    "TypstSource",
    "array",
    "column_widths",
    "set_table",
    "typst_source",
    "write_document",
    "write_pdf",
]

PAGE_EMS = 46.0
"""Ems of a table as wide as the page."""
GAP_EMS = 1.3
SHORT_EMS = 5.0
"""Ems up to which a cell stays on one line."""
SAMPLES = 3
"""How many of the cells that seem widest Typst measures; the guess need not be right about the first."""
TOGETHER_EMS = 250.0
"""Ems of a cell up to which no row is torn over two pages; a longer cell may be higher than one."""
STEPS, ROWS = 24, 40
"""Steps in which free width is given away, and rows that are looked at."""


def array(items: Iterable[str]) -> str:
    """Return an array of Typst's; the comma after each makes one of a single item, too."""
    return f"({''.join(item + ', ' for item in items)})"


def set_table(block: Table) -> Iterator[str]:
    """Yield the lines of a table in Typst, without its title and caption."""
    count = range(len(block.columns))
    yield "tabular("
    yield array(c.align if c.align in ("right", "center") else "left" for c in block.columns) + ","
    yield array(set_text(c.title) for c in block.columns) + ","
    yield array(array(_widest_cells(block, k)) for k in count) + ","
    yield array(array(_widest_atoms(block, k)) for k in count) + ","
    yield array(f"{width:.2f}" for width in column_widths(block)) + ","
    yield array("true" if any(map(_is_tall, row)) else "false" for row in block.rows) + ","
    longest = max((line_ems(cell) for row in block.rows for cell in row), default=0.0)
    yield f"together: {'true' if longest < TOGETHER_EMS else 'false'},"
    yield from (", ".join(set_line(cell, CELL) for cell in row) + "," for row in block.rows)
    yield ")"


def _is_tall(cell: Line) -> bool:
    return any(isinstance(item, Formula) and is_tall(item.layout) for item in cell)


def _widest_cells(block: Table, index: int) -> Iterator[str]:
    yield f"strong({set_text(block.columns[index].title)})"
    cells = sorted((row[index] for row in block.rows), key=line_ems, reverse=True)
    yield from (set_line(cell, CELL) for cell in cells[:SAMPLES])


def _widest_atoms(block: Table, index: int) -> Iterator[str]:
    found = {literal: width for row in block.rows for literal, width in _atoms(row[index])}
    yield from sorted(found, key=lambda literal: found[literal], reverse=True)[:SAMPLES]
    heads = sorted(_head(block.columns[index].title), key=text_ems, reverse=True)
    yield from (f"strong({typst_string(word)})" for word in heads[:SAMPLES])


def _atoms(cell: Line) -> Iterator[tuple[str, float]]:
    """Yield what no line of a cell breaks: the whole cell where it is short, else its words and pieces."""
    if (width := line_ems(cell)) <= SHORT_EMS:
        yield set_line(cell, CELL), width
    else:
        for item in cell:
            yield from atoms(item)


def _head(title: str) -> list[str]:
    if text_ems(title) <= SHORT_EMS:
        return [title]
    # A line may break after the hyphen of a name such as cooperation-dominant.
    return [part for word in words(title) for part in re.findall(r"[^-]+-?|-+", word)]


# --------------------------------------------------------------------------- proportions


def column_widths(block: Table) -> list[float]:
    """Return about how wide, in ems, the columns of a table should be that does not fit as it is.

    Free width goes step by step to where it makes the rows and the titles lowest, and no further.
    """
    rows = block.rows[:: 1 + len(block.rows) // ROWS]
    columns = range(len(block.columns))
    long = [
        [text_ems(c.title) for c in block.columns],
        *([line_ems(row[k]) for k in columns] for row in rows),
    ]
    width = [
        max([1.0, *map(text_ems, _head(c.title)), *(w for row in rows for _, w in _atoms(row[k]))])
        for k, c in enumerate(block.columns)
    ]
    spare = PAGE_EMS - GAP_EMS * (len(columns) - 1) - sum(width)
    for _ in range(STEPS if spare > 0 and rows else 0):
        trials = [[w + (spare / STEPS if k == j else 0.0) for k, w in enumerate(width)] for j in columns]
        lowest = min(trials, key=lambda trial: _height(long, trial))
        if _height(long, lowest) == _height(long, width):
            break  # each cell is one line already
        width = lowest
    return width


def _height(long: Sequence[Sequence[float]], width: Sequence[float]) -> float:
    """Return about how many lines the rows have; parts of lines count a little, so that each step helps."""
    total = 0.0
    for row in long:
        heights = [max(1.0, ems / w) for ems, w in zip(row, width, strict=True)]
        total += math.ceil(max(heights)) + 0.2 * sum(heights)
    return total


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
    >>> from separatrix.document.tree import line
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


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a document as PDF, its pictures within."""
    return Written(write_pdf(document))


FORMAT = Format(
    "pdf",
    (".pdf",),
    printable=False,
    library=Library("typst", "a PDF needs the library `typst`, which is not installed", "pdf"),
    write=write_document,
)


def write_pdf(document: Document, *, system_fonts: bool = True) -> bytes:
    """Return a document as the bytes of a PDF; the same document gives the same bytes.

    Parameters
    ----------
    document : Document
    system_fonts : bool
        Whether to use the fonts of this machine in addition to those of Typst, which have no Chinese.

    Warns
    -----
    UserWarning
        Where the document holds Chinese characters and no font shows them; it names the package to install.
    """
    import typst

    fonts = typst_fonts(system=system_fonts)
    families = fonts.families()
    serif, sans = cjk_family(families, "serif"), cjk_family(families, "sans")
    source = typst_source(document, cjk_serif=serif, cjk_sans=sans)
    if serif is None and has_cjk(source.text):
        warn_no_cjk_font("the document", stacklevel=3)
    # The source reads nothing but its pictures and imports no package; a root of its own makes sure of it.
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in {"main.typ": source.text.encode(), **source.pictures}.items():
            (root / name).write_bytes(content)
        return typst.compile(
            root / "main.typ",
            root=root,
            font_paths=fonts,
            format="pdf",
            package_path=root,
            package_cache_path=root,
        )
