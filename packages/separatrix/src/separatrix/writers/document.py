"""Document → one HTML file: no script, no network, formulas in MathML, figures as inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from separatrix.document.document import (
    Badge,
    Block,
    Bullets,
    Column,
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
from separatrix.formulas.layout import Layout, Row, is_stacked, pieces
from separatrix.formulas.plain_math import to_plain
from separatrix.writers.format import Format, Written
from separatrix.writers.mathml import to_mathml
from separatrix.writers.numbering import Numbering, numbering_of
from separatrix.writers.sheet import sheet_points
from separatrix.writers.style import STYLE

__all__ = ["FORMAT", "write_blocks", "write_document", "write_html"]

# Styles stand in the file itself; everything else is forbidden to a browser.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
WHOLE = 26
"""Characters of a formula that is set in one piece; a longer one may break before its terms."""


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a report as one self-contained HTML file, its pictures within."""
    return Written(write_html(document).encode())


FORMAT = Format("html", (".html", ".htm"), write=write_document)


def write_html(document: Document) -> str:
    """Return a report as the text of one self-contained HTML file."""
    anchors = {id(h): f"s{k}" for k, h in enumerate(document.headings(), 1)} if document.contents else {}
    page = _Page(numbering_of(document), document.words, anchors)
    body = "\n".join(page.block(b) for b in document.blocks)
    subtitle = f'<p class="source">{_text(document.subtitle)}</p>' if document.subtitle else ""
    return f"""<!DOCTYPE html>
<html lang="{escape(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_text(document.title)}</title>
<style>
{STYLE}</style>
</head>
<body{_sheet(document)}>
<main>
<header>
<h1>{_words(document.title)}</h1>
{subtitle}
</header>
{_contents(document, anchors)}{body}
</main>
</body>
</html>
"""


def write_blocks(document: Document, address: Callable[[int], str]) -> tuple[str, tuple[bytes, ...]]:
    """Return the blocks of a document for another page, which has a title of its own.

    They contain no style: figures are images at an address, counted from 1, and returned as SVG.

    Examples
    --------
    >>> from separatrix.document.document import Heading
    >>> write_blocks(Document("Hawks", "", (Heading("Doves"),)), "pictures/{}.svg".format)
    ('<h2>Doves</h2>', ())
    """
    pictures: list[bytes] = []

    def picture(svg: bytes) -> str:
        pictures.append(svg)
        said = _text(description_of(svg.decode()))
        return f'<img src="{escape(address(len(pictures)))}" alt="{said}">'

    page = _Page(numbering_of(document), document.words, {}, picture)
    return "\n".join(page.block(b) for b in document.blocks), tuple(pictures)


def _sheet(document: Document) -> str:
    """Return what the style of a page that is to be one sheet of paper needs to know."""
    return f' class="sheet" style="--points: {sheet_points(document):g}pt"' if document.sheet else ""


def _contents(document: Document, anchors: Mapping[int, str]) -> str:
    """Return a table of contents that leads to the sections, or nothing."""
    if not anchors:
        return ""
    items = "".join(
        f'<li{" class=below" if h.level > 1 else ""}><a href="#{anchors[id(h)]}">{_words(h.text)}</a></li>'
        for h in document.headings()
    )
    title = _words(document.contents)
    name = _text(document.contents)
    return f'<nav class="contents" aria-label="{name}"><strong>{title}</strong><ul>{items}</ul></nav>\n'


def _text(text: str) -> str:
    """Return text for an attribute, or for where no element may stand."""
    shown = text.replace("\u200b", "")
    return escape("".join(c if c.isprintable() or c == "\u00a0" else " " for c in shown))


def _words(text: str) -> str:
    """Return text for a page, where a line may end at a space without width."""
    return "<wbr>".join(_text(part) for part in text.split("\u200b"))


# --------------------------------------------------------------------------- lines


def _line(content: Line) -> str:
    return "".join(_inline(item) for item in content)


def _cell(content: Line) -> str:
    """Return a cell of a table, in which fractions have their full size."""
    return "".join(
        _formula(i.layout, display=is_stacked(i.layout)) if isinstance(i, Formula) else _inline(i)
        for i in content
    )


def _inline(item: Words | Formula | Badge) -> str:
    match item:
        case Words(text, style, note, marked) if note:
            mark = f"<sup>[{note}]</sup>" if marked else ""
            return f'<a class="sourced" href="#note-{note}">{_inline(Words(text, style))}{mark}</a>'
        case Words(text, "strong"):
            return f"<strong>{_words(text)}</strong>"
        case Words(text, "code"):
            return f"<code>{_words(text)}</code>"
        case Words(text, "muted"):
            return f'<span class="muted">{_words(text)}</span>'
        case Words(text):
            return _words(text)
        case Formula(layout):
            return _formula(layout)
        case Badge(label):
            symbol, kind = LABELS[label].symbol, label.replace(" ", "-")
            mark = f'<span aria-hidden="true">{symbol}</span>'
            return f'<span class="badge {kind}">{mark} {_text(item.text)}</span>'


def _formula(layout: Layout, *, display: bool = False) -> str:
    """Return a formula; browsers do not break MathML, so a long one is several in a row."""
    opening = '<math displaystyle="true">' if display else "<math>"
    if len(to_plain(layout)) <= WHOLE:
        return f"{opening}{to_mathml(layout)}</math>"
    parts = pieces(layout, WHOLE, lambda node: len(to_plain(node)))
    return "<wbr>".join(f"{opening}{to_mathml(Row(part.items))}</math>" for part in parts)


# --------------------------------------------------------------------------- blocks


@dataclass(frozen=True)
class _Page:
    """What the blocks of one page share: their numbers, and the words before a number."""

    numbering: Numbering
    words: Mapping[str, str]
    anchors: Mapping[int, str]
    picture: Callable[[bytes], str] = bytes.decode

    def block(self, block: Block) -> str:
        match block:
            case Heading(text, level):
                name = f' id="{self.anchors[id(block)]}"' if id(block) in self.anchors else ""
                return f"<h{level + 1}{name}>{_words(text)}</h{level + 1}>"
            case Paragraph(content, lead):
                return f"<p{' class=answer' if lead else ''}>{_line(content)}</p>"
            case Equations():
                return self.equations(block)
            case Table():
                return self.table(block)
            case Pairs(items):
                return f"<p>{', '.join(_pair(name, value) for name, value in items)}</p>"
            case Bullets(items, numbered):
                tag = "ol" if numbered else "ul"
                return f"<{tag}>{''.join(f'<li>{_line(i)}</li>' for i in items)}</{tag}>"
            case Note(title, content):
                return f'<p class="note" role="note"><strong>{_words(title)}</strong> {_line(content)}</p>'
            case Notes(items, below):
                notes = (f'<li id="note-{k}">{_line(i)}</li>' for k, i in enumerate(items, 1))
                under = f'<p class="below">{_line(below)}</p>' if below else ""
                return f'<ol class="notes">{"".join(notes)}</ol>{under}'
            case Verbatim(text):
                return f'<pre tabindex="0">{_lines(text)}</pre>'
            case Figure():
                return self.figure(block)
            case Details(summary, blocks):
                inner = "\n".join(self.block(b) for b in blocks)
                return f"<details><summary>{_words(summary)}</summary>\n{inner}\n</details>"

    def caption(self, kind: str, block: Table | Figure) -> str:
        """Return ``Table 2. Rest points`` and the sentences below it."""
        number = self.numbering.number_of(block)
        title = f"{_text(self.words[kind])}\u00a0{number}. {_words(block.title)}" if number else ""
        name = f'<strong class="name">{title}</strong>' if title else ""
        return " ".join(part for part in (name, _words(block.caption)) if part)

    def figure(self, block: Figure) -> str:
        return (
            f"<figure>{_scrolling(block.title)}{self.picture(block.draw('svg'))}</div>\n"
            f"<figcaption>{self.caption('figure', block)}</figcaption></figure>"
        )

    def equations(self, block: Equations) -> str:
        first = self.numbering.number_of(block) if block.numbered else None
        rows = []
        for index, row in enumerate(block.rows):
            number = "" if first is None else f'<div class="number">({first + index})</div>'
            rows.append(
                f'<div class="left"><math displaystyle="true">{to_mathml(row.left)}</math></div>'
                f'<div class="sign"><math><mo>{_text(row.sign)}</mo></math></div>'
                f'<div class="right">{_formula(row.right, display=True)}</div>{number}'
            )
        kind = "equations" if first is None else "equations numbered"
        return f'<div class="{kind}">{"".join(rows)}</div>'

    def table(self, block: Table) -> str:
        # A caption element would be no wider than its table, and scroll away with it.
        told = self.caption("table", block)
        caption = f'<p class="caption">{told}</p>' if told else ""
        heads = "".join(
            f'<th scope="col"{_align(c)}>{_words(c.title)}</th>' if c.title else "<td></td>"
            for c in block.columns
        )
        if any(c.title for c in block.columns):
            heads = f"<thead><tr>{heads}</tr></thead>"
        else:
            heads = ""
        rows = []
        for row in block.rows:
            cells = []
            for index, (column, cell) in enumerate(zip(block.columns, row, strict=True)):
                tag, scope = ("th", ' scope="row"') if index == 0 and block.row_heads else ("td", "")
                cells.append(f"<{tag}{scope}{_align(column, cell)}>{_cell(cell)}</{tag}>")
            rows.append(f"<tr>{''.join(cells)}</tr>")
        label = block.title or block.caption or self.words["table_label"]
        return (
            f"{caption}{_scrolling(label)}<table>{heads}\n<tbody>{chr(10).join(rows)}</tbody></table></div>"
        )


def _pair(name: str, value: str) -> str:
    return f"{_words(name)}&nbsp;=&nbsp;{_words(value)}"


def _lines(text: str) -> str:
    """Return text whose lines and indents count; a parser drops a line break right after ``<pre>``."""
    return "\n" + "\n".join(_text(row.expandtabs(4)) for row in text.splitlines())


def _scrolling(label: str) -> str:
    """Open a box that scrolls sideways, by the keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{_text(label)}">'


def _align(column: Column, cell: Line = ()) -> str:
    align = "" if column.align == "left" else column.align
    who = "who" if column.optional and not align else ""
    classes = [c for c in (align, "wide" if column.wide else "", who, "whole" if _whole(cell) else "") if c]
    return f' class="{" ".join(classes)}"' if classes else ""


def _whole(cell: Line) -> bool:
    """Return whether a cell is a number with its unit, or a range: short, and held together by its blanks."""
    text = "".join(item.text for item in cell if isinstance(item, Words))
    return "\u00a0" in text and " " not in text and len(text) <= 28 and len(cell) == 1
