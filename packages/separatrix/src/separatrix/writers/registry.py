"""Every format that answers are written as, by its names and by the endings of files.

Document → one HTML file: no script, no network, formulas in MathML, figures as inline SVG.

The style sheet of HTML reports: light and dark, screen and paper, wide and narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from separatrix.document.state_names import LABELS
from separatrix.document.tree import (
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
from separatrix.errors import InputError
from separatrix.figures.canvas import description_of
from separatrix.formulas.layout import Layout, Row, is_stacked, pieces, to_plain
from separatrix.writers import latex, markdown, terminal, typst, word
from separatrix.writers.format import Format, Written
from separatrix.writers.layout import Numbering, numbering_of, sheet_points
from separatrix.writers.mathml import to_mathml

__all__ = [
    "DOCUMENTS",
    "FORMAT",
    "FORMATS",
    "STYLE",
    "file_name",
    "format_named",
    "format_of",
    "write",
    "write_blocks",
    "write_document",
    "write_html",
]

_BASE = """\
:root {
  --page: #fdfdfb; --ink: #1d2024; --muted: #5c6268; --line: #d8dadd; --panel: #f1f4f2; --accent: #0b6e4f;
  --warn: #8a5200; --warn-page: #fff6e5;
LIGHT}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --ink: #e8e8e4; --muted: #a3a9af; --line: #3a4046; --panel: #1e2427; --accent: #35c796;
    --warn: #f0ad4e; --warn-page: #2b2416;
DARK  }
}
* { box-sizing: border-box; }
html { font-size: 106%; }
body {
  margin: 0; background: var(--page); color: var(--ink); line-height: 1.55;
  font-family: "Helvetica Neue", Arial, "Noto Sans", "Liberation Sans", "DejaVu Sans", "PingFang SC",
    "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif;
}
:lang(zh) body { line-height: 1.75; }
:lang(zh) :is(p, li) > math:not(wbr + math) { margin-left: .12em; }
:lang(zh) :is(p, li) > math:not(:has(+ wbr)) { margin-right: .12em; }
:lang(zh) thead th { word-break: keep-all; }
:lang(zh) :is(em, i, .word) { font-style: normal; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .4rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .4rem; }
p, ul, ol { margin: .5rem 0 .8rem; max-width: 46rem; }
ul { padding-left: 1.3rem; }
ol { padding-left: 1.8rem; }
.source, .muted, figcaption, .caption { color: var(--muted); }
.source { margin-top: 0; font-size: .93rem; }
.contents { font-size: .93rem; columns: 16rem 2; margin: 1.2em 0; }
.contents strong { column-span: all; }
.contents ul { list-style: none; margin: .4em 0 0; padding: 0; }
.contents .below { margin-left: 1.2em; }
.answer {
  margin: 1.2rem 0; padding: .8rem 1rem; border-left: 4px solid var(--accent); background: var(--panel);
  font-size: 1.08rem;
}
.note { padding: .6rem 1rem; border-left: 4px solid var(--warn); background: var(--warn-page); }
.note strong { margin-right: .5em; }
code, pre {
  font-family: ui-monospace, Consolas, Menlo, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
}
code { font-size: .9em; }
pre {
  margin: .5rem 0 1rem; padding: .7rem 1rem; background: var(--panel); border-radius: 6px;
  font-size: .86rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere;
}
.scroll { overflow-x: auto; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-size: .95rem; }
.caption { margin: 1.2rem 0 0; font-size: .93rem; }
.name { color: var(--ink); font-weight: 600; }
th, td { padding: .38rem .9rem .38rem 0; text-align: left; vertical-align: baseline; }
thead th { color: var(--muted); font-weight: 600; font-size: .86rem; border-bottom: 2px solid var(--line); }
thead td { border-bottom: 2px solid var(--line); }
tbody tr { border-bottom: 1px solid var(--line); }
tbody th { font-weight: inherit; }
tbody tr:has(> .wide) > th { min-width: 5em; }
.wide:is(td, th) { min-width: 14rem; }
.who:is(td, th) { min-width: 11rem; }
.right:is(td, th) { text-align: right; font-variant-numeric: tabular-nums; }
.whole:is(td, th) { white-space: nowrap; }
.center { text-align: center; }
math { font-size: 1.08em; }
math .word { font-style: italic; }
.equations {
  display: grid; grid-template-columns: max-content max-content 1fr; column-gap: .4rem; row-gap: .55rem;
  margin: .8rem 0 1rem; align-items: baseline;
}
.equations.numbered { grid-template-columns: max-content max-content 1fr max-content; }
.equations .left { text-align: right; }
.equations .number { color: var(--muted); padding-left: .8rem; font-variant-numeric: tabular-nums; }
.equations .right { line-height: 1.9; min-width: 0; overflow-x: auto; }
.badge { white-space: nowrap; font-weight: 600; }
details { margin: .8rem 0; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem; }
summary { cursor: pointer; font-weight: 600; }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
figure { margin: .8rem 0; }
figure svg {
  display: block; max-width: 100%; min-width: 32rem; height: auto; background: #fff; border-radius: 6px;
}
figcaption { font-size: .93rem; max-width: 46rem; margin-top: .4rem; }
a.sourced { color: inherit; text-decoration: underline dotted var(--accent); text-underline-offset: .18em; }
sup { line-height: 0; font-size: .72em; }
.notes { font-size: .82rem; color: var(--muted); max-width: none; columns: 26rem 2; column-gap: 2rem; }
.notes li { margin: 0 0 .25em; break-inside: avoid; }
.notes li:target { background: var(--panel); color: var(--ink); }
.below { font-size: .82rem; color: var(--muted); }
.sheet main { max-width: 52rem; }
.sheet :is(p, ul, ol) { max-width: none; }
.sheet main > ol:not(.notes) > li { margin: .55em 0; }
@media (max-width: 34rem) {
  main { padding: 1.2rem .9rem 3rem; }
  h1 { font-size: 1.4rem; }
  .equations { grid-template-columns: max-content 1fr; }
  .equations .left { text-align: left; }
  .equations .right { grid-column: 1 / -1; padding-left: 1.2rem; }
  .equations.numbered { grid-template-columns: max-content 1fr max-content; }
  .equations.numbered .number { grid-column: 3; text-align: right; }
  .equations.numbered .right { grid-column: 1 / 3; }
}
@media print {
  :root { --page: #fff; --panel: #f4f6f5; }
  @page { margin: 18mm 16mm; }
  html { font-size: 10pt; }
  :lang(zh) body {
    font-family: "Times New Roman", "Liberation Serif", "Songti SC", SimSun, "Noto Serif CJK SC",
      "Noto Serif SC", "Source Han Serif SC", serif;
  }
  main { max-width: none; padding: 0; }
  p, ul, ol, figcaption { max-width: none; }
  .scroll, .equations .right { overflow: visible; }
  table { width: auto; max-width: 100%; }
  thead { display: table-header-group; }
  th, td { padding: .22rem .6rem .22rem 0; }
  .wide:is(td, th) { min-width: 0; }
  .who:is(td, th) { min-width: 9rem; }
  mtable { font-size: .82em; }
  h2, h3, summary, .caption { break-after: avoid; }
  figure, tr, pre, .answer, .note, .equations > div { break-inside: avoid; }
  figure svg { min-width: 0; max-width: 15cm; max-height: 20cm; margin: 0 auto; }
  details { border: 0; padding: 0; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  summary::-webkit-details-marker { display: none; }
  :root:has(.sheet) { font-size: var(--points); }
  body.sheet { font-size: var(--points); line-height: 1.3; }
  :lang(zh) body.sheet { line-height: 1.45; }
  .sheet h1 { font-size: 1.5em; margin: 0; }
  .sheet .answer { margin: .6em 0; padding: .5em .8em; font-size: 1.1em; }
  .sheet .note { margin: .5em 0; padding: .35em .8em; }
  .sheet main > ol:not(.notes) > li { margin: .38em 0; }
  .sheet .notes { font-size: .78em; columns: 2; border-top: 1px solid var(--line); padding-top: .5em; }
  .sheet .below { font-size: .78em; margin: .3em 0 0; }
  a.sourced { text-decoration: none; }
}
@page { size: A4; }
"""

_LIGHT = "".join(f"  --{n.replace(' ', '-')}: {look.light};\n" for n, look in LABELS.items())
_DARK = "".join(f"    --{n.replace(' ', '-')}: {look.dark};\n" for n, look in LABELS.items())
_BADGES = "".join(
    f".badge.{n.replace(' ', '-')} {{ color: var(--{n.replace(' ', '-')}); }}\n" for n in LABELS
)

STYLE = _BASE.replace("LIGHT", _LIGHT).replace("DARK", _DARK) + _BADGES


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
    >>> from separatrix.document.tree import Heading
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


_DATA = (
    Format("json", (".json",)),
    Format("csv", (".csv",)),
    Format("nc", (".nc",), printable=False),
    Format("bibtex", (".bib",)),
    Format("ply", (".ply",)),
    Format("svg", (".svg",)),
    Format("png", (".png",), printable=False),
    Format("yaml", (".yaml", ".yml")),
    Format("xlsx", (".xlsx",), printable=False),
    Format("nfg", (".nfg",)),
    Format("matlab", (".m",), ("octave",)),
    Format("python", (".py",)),
)
"""Formats that no document has: data, single pictures, games and scripts; their makers write them."""

FORMATS = {
    known.name: known
    for known in (
        terminal.FORMAT,
        FORMAT,
        word.FORMAT,
        typst.FORMAT,
        latex.FORMAT,
        markdown.FORMAT,
        *_DATA,
    )
}
"""Formats by name."""

DOCUMENTS = tuple(name for name, known in FORMATS.items() if known.write is not None and name != "text")
"""The formats of reports."""


def format_named(name: str) -> Format:
    """Return the format of a name, or of another name of it.

    Raises
    ------
    InputError
        U902 where there is none.

    Examples
    --------
    >>> format_named("markdown").name, format_named("tex").suffixes
    ('md', ('.tex',))
    """
    for known in FORMATS.values():
        if name == known.name or name in known.other_names:
            return known
    raise InputError("U902", f"unknown format `{name}`", hint=f"choose one of {', '.join(FORMATS)}")


def file_name(stem: str, name: str) -> str:
    """Return the name of a file in a format.

    Examples
    --------
    >>> file_name("E01", "markdown")
    'E01.md'
    """
    return stem + format_named(name).suffixes[0]


def format_of(out: Path, offered: Sequence[str] = DOCUMENTS, advice: str = ", or give --format") -> Format:
    """Return the format that the ending of a file names, among those that are offered.

    Raises
    ------
    InputError
        U902 where it names none of them.

    Examples
    --------
    >>> format_of(Path("report.htm")).name
    'html'
    """
    suffix = out.suffix.lower()
    endings = [ending for name in offered for ending in FORMATS[name].suffixes]
    for known in FORMATS.values():
        if suffix in known.suffixes:
            if known.name in offered:
                return known
            said = f"this answer is not written as {known.name}"
            break
    else:
        said = f"the ending `{out.suffix}` names no format" if suffix else "a name without an ending"
    raise InputError("U902", f"--out {out}: {said}", hint=f"use one of {', '.join(endings)}{advice}")


def write(document: Document, format: str, stem: str = "report", *, pictures: bool = True) -> Written:
    r"""Return `document` in a format.

    Parameters
    ----------
    document : Document
    format : str
        One of `DOCUMENTS`, or ``text``.
    stem : str
        The name of the file without its ending; accompanying files are named after it.
    pictures : bool
        Whether formats that keep pictures in separate files show any.

    Returns
    -------
    Written
        The content of the file and of its accompanying files.

    Raises
    ------
    InputError
        U902 for an unknown format, or one of data; U905 where a library is not installed.

    Examples
    --------
    >>> from separatrix.document.tree import Paragraph, line
    >>> write(Document("Hawks", "", (Paragraph(line("Two strategies.")),)), "md").content
    b'# Hawks\n\nTwo strategies.\n'
    """
    known = format_named(format)
    if known.write is None:
        raise InputError(
            "U902", f"a document is not written as {known.name}", hint=f"choose one of {', '.join(DOCUMENTS)}"
        )
    known.require()
    return known.write(document, stem, pictures)
