"""Document → Markdown with formulas between dollar signs, as GitHub, Pandoc and notebooks read it.

GitHub takes a backslash before a sign out of a formula, and begins one only after a space; so formulas are
written without ``\\,`` and its like, and have spaces around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from separatrix.document.state_names import LABELS
from separatrix.document.tree import (
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
from separatrix.formulas.layout import Layout, Operator, Row
from separatrix.formulas.tex import to_tex
from separatrix.writers.format import Format, Written, picture_path
from separatrix.writers.layout import Numbering, numbering_of

__all__ = ["FORMAT", "write_document"]

_NAMED = (
    (r"\,", r"\thinspace "),
    (r"\;", r"\thickspace "),
    (r"\{", r"\lbrace "),
    (r"\}", r"\rbrace "),
    (r" \\ ", r" \cr "),
    ("*", r"\ast "),
    ("|", r"\vert "),
    ("}_{", "} _{"),
)
"""What Markdown would take for its own, and the same by name."""


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a report as Markdown, with its figures as SVG in a folder next to it.

    Without `pictures` the figures are omitted, and the document needs no other file.
    """
    beside: dict[str, bytes] = {}
    writer = _MarkdownWriter(numbering_of(document), document, stem, beside, pictures)
    parts = [f"# {_text(document.title)}"]
    if document.subtitle:
        parts.append(f"*{_text(document.subtitle.strip())}*")
    if document.contents:
        parts.append(_contents(document))
    parts += [b for b in (writer.block(block) for block in document.blocks) if b]
    return Written(("\n\n".join(parts) + "\n").encode(), beside)


FORMAT = Format("md", (".md", ".markdown"), ("markdown",), write=write_document)


# --------------------------------------------------------------------------- lines


def _printable_text(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text.replace("\u200b", ""))


def _contents(document: Document) -> str:
    """Return the sections as a list."""
    rows = [f"{'  ' * (h.level - 1)}- {_text(h.text)}" for h in document.headings()]
    return "\n".join([f"{_strong(document.contents)}\n", *rows])


def _text(text: str) -> str:
    # Only what could begin a construct is escaped: a colon in https://, a bracket of a link, a pipe.
    escaped = re.sub(r"([\\`*_\[\]#|<>$~&@])", r"\\\1", _printable_text(text)).replace("://", "\\://")
    return re.sub(r"\bwww\.", r"www\\.", escaped, flags=re.IGNORECASE)


def _line(content: Line, *, in_table: bool = False) -> str:
    text = ""
    for index, item in enumerate(content):
        shown = _inline(item, in_table)
        formula = isinstance(item, Formula) or (index > 0 and isinstance(content[index - 1], Formula))
        if formula and text and shown and not text[-1].isspace() and not _closes(item, shown):
            text += " "
        text += shown
    return text if in_table else _started(text)


def _closes(item: Words | Formula | Badge, shown: str) -> bool:
    """Whether what follows a formula may stand right behind it: a space, or a sign of ASCII."""
    first = shown[0]
    return not isinstance(item, Formula) and (first.isspace() or (first.isascii() and not first.isalnum()))


def _started(text: str) -> str:
    """Return a line that begins no list and no block of code."""
    text = text.lstrip(" ")
    return re.sub(r"^(\d{1,9})([.)])|^([-+=])", lambda m: rf"{m[1] or ''}\{m[2] or m[3]}", text)


def _inline(item: Words | Formula | Badge, in_table: bool) -> str:
    match item:
        case Words(text, style, note, True):
            return f"{_inline(Words(text, style), in_table)}[^{note}]"
        case Words(text, "strong"):
            return _strong(text)
        case Words(text, "code"):
            return _text(text) if in_table and "|" in text else _code(_printable_text(text))
        case Words(text):
            return _text(text)
        case Formula(layout):
            return f"${_math(layout)}$"
        case Badge(label):
            return f"{LABELS[label].symbol} {_text(item.text)}"


def _strong(text: str) -> str:
    """Return bold text; the marks must touch it."""
    inner = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}**{_text(inner)}**{after}" if inner else text


def _code(text: str) -> str:
    """Return text in a fence longer than any within it."""
    if not text.strip():
        return text
    fence = "`" * _longer_than(text)
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def _longer_than(text: str, least: int = 1) -> int:
    return max([least, *(len(run) + 1 for run in re.findall("`+", text))])


def _math(layout: Layout) -> str:
    tex = to_tex(layout).strip()
    for sign, name in _NAMED:
        tex = tex.replace(sign, name)
    return tex.strip()


# --------------------------------------------------------------------------- blocks


@dataclass(frozen=True)
class _MarkdownWriter:
    """The common state of the blocks of one document; pictures are added to `beside`."""

    numbering: Numbering
    document: Document
    stem: str
    beside: dict[str, bytes]
    pictures: bool

    def block(self, block: Block) -> str:
        match block:
            case Heading(text, level):
                return f"{'#' * (level + 1)} {_text(text)}"
            case Paragraph(content, lead):
                return f"> {_line(content)}" if lead else _line(content)
            case Equations():
                return self.equations(block)
            case Table():
                return self.table(block)
            case Pairs(items):
                return _started(", ".join(f"{_text(n)} = {_text(v)}" for n, v in items))
            case Bullets(items, numbered):
                marks = (f"{k}." if numbered else "-" for k in range(1, len(items) + 1))
                return "\n".join(f"{mark} {_line(i)}" for mark, i in zip(marks, items, strict=True))
            case Note(title, content):
                return f"> {_strong(title)}\n>\n> {_line(content)}"
            case Notes(items, below):
                notes = "\n".join(f"[^{k}]: {_line(i)}" for k, i in enumerate(items, 1))
                return f"{notes}\n\n{_line(below)}" if below else notes
            case Verbatim(text):
                fence = "`" * _longer_than(text, 3)
                rows = (_printable_text(row.expandtabs(4)) for row in text.splitlines())
                return "\n".join([f"{fence}text", *rows, fence])
            case Figure():
                return self.figure(block) if self.pictures else ""
            case Details(summary, blocks):
                inner = "\n\n".join(b for b in (self.block(x) for x in blocks) if b)
                return f"### {_text(summary)}\n\n{inner}".strip()

    def caption(self, kind: str, block: Table | Figure) -> str:
        number = self.numbering.number_of(block)
        name = f"{self.document.words[kind]} {number}. {block.title}" if number else ""
        return " ".join(part for part in (_strong(name), _text(block.caption)) if part)

    def figure(self, block: Figure) -> str:
        path = picture_path(self.stem, self.numbering.number_of(block) or 0, "svg")
        self.beside[path] = block.draw("svg")
        return f"![{_text(block.title)}]({path})\n\n{self.caption('figure', block)}"

    def equations(self, block: Equations) -> str:
        first = self.numbering.number_of(block) if block.numbered else None
        shown = []
        for index, row in enumerate(block.rows):
            tex = _math(Row((row.left, Operator(row.sign, "relation"), row.right)))
            tag = "" if first is None else rf" \tag{{{first + index}}}"
            shown.append(f"$$\n{tex}{tag}\n$$")
        return "\n\n".join(shown)

    def table(self, block: Table) -> str:
        head = "| " + " | ".join(_text(c.title) or " " for c in block.columns) + " |"
        rule = "|" + "|".join(_RULES.get(c.align, "---") for c in block.columns) + "|"
        rows = [
            "| " + " | ".join(_line(cell, in_table=True) or " " for cell in row) + " |" for row in block.rows
        ]
        told = self.caption("table", block)
        return "\n\n".join(part for part in (_started(told), "\n".join([head, rule, *rows])) if part)


_RULES = {"right": "---:", "center": ":---:"}
