"""Document → a file of Word: native equations and tables, numbered fields, styles that authors can change.

What a title, a heading, a caption or a table looks like is said once, by its style; so a section lifted into
another paper takes on the look of that paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise

from separatrix.document.document import (
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
)
from separatrix.writers.columns import PORTRAIT
from separatrix.writers.em_widths import extent, formula_em, text_em
from separatrix.writers.format import Format, Library, Written
from separatrix.writers.package import empty, fill, packed
from separatrix.writers.picture import Pictures
from separatrix.writers.sheet import SHEET_MARGIN
from separatrix.writers.styles import NUMBERED, body_size
from separatrix.writers.text import heavy, line_runs
from separatrix.writers.word_equations import equations_xml
from separatrix.writers.word_table import lying, page, plan, table_xml
from separatrix.writers.xml import field as counted
from separatrix.writers.xml import holds_cjk, paragraph, run

__all__ = ["FORMAT", "write_document"]

DEEPEST = 3
"""Levels of headings."""
IN_TEXT = 0.5
"""Of a line of text, the part that a formula may take before it is set in pieces."""
LONG = 0.25
"""Of a line of text, the part that a formula takes where lines are better left ragged."""


@dataclass(frozen=True)
class _Piece:
    """A block in XML; ``leads`` where it belongs to the next, ``lies`` where it wants a page on its side."""

    xml: str
    leads: bool = False
    lies: bool = False


@dataclass(frozen=True)
class _Setting:
    """What blocks need to know of the document around them, and what has been counted so far."""

    document: Document
    pictures: Pictures
    tables: Iterator[int] = field(default_factory=lambda: count(1))
    figures: Iterator[int] = field(default_factory=lambda: count(1))
    equations: Iterator[int] = field(default_factory=lambda: count(1))
    lists: list[int] = field(default_factory=list)

    @property
    def size(self) -> float:
        return body_size(self.document)

    @property
    def line(self) -> float:
        """The length of a line in ems."""
        return PORTRAIT / self.size


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a report as a file of Word, its pictures within.

    Examples
    --------
    >>> from separatrix.document.document import Document, Heading
    >>> write_document(Document("Title", "", (Heading("Model"),)), "report").content[:2]
    b'PK'
    """
    package = empty()
    setting = _Setting(document, Pictures(package.part))
    head = paragraph("Title", run(document.title))
    if document.subtitle:
        head += paragraph("Subtitle", run(document.subtitle))
    if document.contents:
        head += _contents(document)
    body = head + _concatenate_pieces(_pieces(document.blocks, setting, under=0))
    end = page(margin=SHEET_MARGIN) if document.sheet else page()
    fill(package, document, body, end, len(setting.lists))
    return Written(packed(package))


FORMAT = Format(
    "docx",
    (".docx",),
    printable=False,
    library=Library("docx", "a report in .docx needs python-docx", "word"),
    write=write_document,
)


def _contents(document: Document) -> str:
    """Return a table of contents as a field, which Word fills with pages when the file is opened."""
    mark = '<w:r><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'
    begin = mark.format(kind="begin", more=' w:dirty="true"')
    begin += '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z </w:instrText></w:r>'
    begin += mark.format(kind="separate", more="")
    listed = list(document.headings())
    rows = [paragraph("BodyText", heavy(document.contents), "<w:keepNext/>")]
    for k, heading in enumerate(listed):
        indent = f'<w:spacing w:before="0" w:after="0"/><w:ind w:left="{360 * (heading.level - 1)}"/>'
        first, last = (
            begin if k == 0 else "",
            mark.format(kind="end", more="") if k == len(listed) - 1 else "",
        )
        rows.append(paragraph("BodyText", first + run(heading.text) + last, indent))
    return "".join(rows) if listed else ""


def _concatenate_pieces(pieces: Iterable[_Piece]) -> str:
    """Return pieces in one; what leads up to a table on its side stands on that page."""
    done: list[str] = []
    waiting: list[str] = []
    for piece in pieces:
        waiting.append(piece.xml)
        if not piece.leads:
            whole = "".join(waiting)
            done.append(lying(whole) if piece.lies else whole)
            waiting = []
    return "".join((*done, *waiting))


def _pieces(blocks: Sequence[Block], setting: _Setting, under: int) -> Iterator[_Piece]:
    """Yield `blocks`, with their highest headings below level `under`."""
    level = under
    for block, after in pairwise((*blocks, None)):
        match block:
            case Heading(text, own):
                level = min(under + own, DEEPEST)
                yield _heading(text, level)
            case Details(summary, inner) if all(isinstance(b, Paragraph) for b in inner):
                yield from _run_in(summary, inner, setting)
            case Details(summary, inner):
                yield _heading(summary, min(level + 1, DEEPEST))
                yield from _pieces(inner, setting, min(level + 1, DEEPEST - 1))
            case Paragraph():
                keep = _leads_on(block.content, after, setting)
                yield _Piece(_paragraph(block, setting, keep=keep), leads=keep)
            case Table():
                yield _table(block, setting)
            case None:
                return
            case _:
                yield _Piece(_plain_block(block, setting))


def _plain_block(block: Block, setting: _Setting) -> str:
    match block:
        case Equations(rows, numbered):
            numbers = [next(setting.equations) for _ in rows] if numbered else []
            return equations_xml(block, numbers)
        case Pairs(items):
            return paragraph("Pairs", _pairs(items))
        case Bullets():
            return _bullets(block, setting)
        case Note(title, content):
            head = heavy(title) if title else ""
            return paragraph("Note", head + line_runs(content, IN_TEXT * setting.line))
        case Notes():
            return _notes(block, setting)
        case Figure():
            return _figure(block, setting)
        case Verbatim(text):
            lines = "<w:r><w:br/></w:r>".join(run(line) for line in text.expandtabs().splitlines())
            return paragraph("Verbatim", lines)
        case _:  # those that `_blocks` has seen to
            return ""


def _heading(text: str, level: int) -> _Piece:
    return _Piece(paragraph(f"Heading{level}", run(text)), leads=True)


def _paragraph(block: Paragraph, setting: _Setting, *, keep: bool = False) -> str:
    content = line_runs(block.content, IN_TEXT * setting.line)
    # Between formulas there are few places for the space that would fill a line.
    long = any(isinstance(i, Formula) and formula_em(i.layout) > LONG * setting.line for i in block.content)
    properties = ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="left"/>' if long else "")
    return paragraph("Lead" if block.lead else "BodyText", content, properties)


def _run_in(summary: str, blocks: Iterable[Block], setting: _Setting) -> Iterator[_Piece]:
    head = heavy(summary)
    for block in blocks:
        if isinstance(block, Paragraph):
            yield _Piece(paragraph("BodyText", head + line_runs(block.content, IN_TEXT * setting.line)))
            head = ""


def _leads_on(content: Line, after: Block | None, setting: _Setting) -> bool:
    """Whether a paragraph is a short word before what follows it."""
    listed = isinstance(after, (Bullets, Equations, Pairs, Table))
    return listed and extent(content).points(setting.size) < PORTRAIT


def _pairs(items: Sequence[tuple[str, str]]) -> str:
    said = (run(name) + run("\u00a0=\u00a0") + run(value) for name, value in items)
    return run(", ").join(said)


def _bullets(block: Bullets, setting: _Setting) -> str:
    style, own = "ListBullet", ""
    if block.numbered:
        number = NUMBERED + len(setting.lists)
        setting.lists.append(number)
        style, own = "ListNumber", f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    return "".join(paragraph(style, line_runs(i, IN_TEXT * setting.line), own) for i in block.items)


def _notes(block: Notes, setting: _Setting) -> str:
    """Return a list of notes to which the words of the document lead, each with a mark of its own."""
    mark = '<w:bookmarkStart w:id="{k}" w:name="note{k}"/>{number}<w:bookmarkEnd w:id="{k}"/>'
    return "".join(
        paragraph(
            "Notes",
            mark.format(k=k, number=run(f"{k}\u2003")) + line_runs(item, IN_TEXT * setting.line),
        )
        for k, item in enumerate(block.items, 1)
    ) + (paragraph("Notes", line_runs(block.below, IN_TEXT * setting.line)) if block.below else "")


# --------------------------------------------------------------------------- tables and figures


def _table(block: Table, setting: _Setting) -> _Piece:
    if not block.columns:
        return _Piece("")
    chosen = plan(block)
    said = _caption("table", setting.tables, block.title, setting, keep=True) if block.title else ""
    said += _explanation(block.caption, setting, keep=True)
    return _Piece(said + table_xml(block, chosen), lies=chosen.landscape)


def _figure(block: Figure, setting: _Setting) -> str:
    return (
        paragraph("Picture", setting.pictures.add(block))
        + _caption("figure", setting.figures, block.title, setting, keep=bool(block.caption))
        + _explanation(block.caption, setting, keep=False)
    )


def _caption(kind: str, numbers: Iterator[int], title: str, setting: _Setting, *, keep: bool) -> str:
    """Return ``Table 1. Title``; the number is a field, so that Word counts on after a move."""
    word = setting.document.words[kind]
    name = word if word.isalpha() else kind.capitalize()
    asian = holds_cjk(word)
    label = run(f"{word}\u00a0", "<w:b/>") if not asian else run(word)
    number = counted(f"SEQ {name} \\* ARABIC", str(next(numbers)), "" if asian else "<w:b/>")
    between = "" if not title else run("\u3000") if asian else run(". ", "<w:b/>")
    return paragraph("Caption", label + number + between + run(title), "<w:keepNext/>" if keep else "")


def _explanation(text: str, setting: _Setting, *, keep: bool) -> str:
    if not text:
        return ""
    long = text_em(text) > 0.95 * setting.line
    properties = ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="both"/>' if long else "")
    return paragraph("Explanation", run(text), properties)
