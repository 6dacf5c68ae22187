"""Document → one HTML file: no script, no network, formulas in MathML, figures as inline SVG."""

from __future__ import annotations

from html import escape

from separatrix.analysis.result import Analysis
from separatrix.present.document import (
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
    Pairs,
    Paragraph,
    Table,
    Words,
)
from separatrix.present.formula import Layout, Row, pieces
from separatrix.present.writers.html_style import STYLE
from separatrix.present.labels import LABELS
from separatrix.present.writers.mathml import to_mathml
from separatrix.present.writers.plain_math import to_plain

__all__ = ["render_html", "write_html"]

# Styles stand in the file itself; everything else is forbidden to a browser.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
WHOLE = 26
"""Characters of a formula that is set in one piece; a longer one may break before its terms."""


def render_html(analysis: Analysis) -> str:
    """Return the report on `analysis` as one self-contained HTML file."""
    from separatrix.present.report import build_report

    return write_html(build_report(analysis))


def write_html(document: Document) -> str:
    """Return a report as one self-contained HTML file."""
    body = "\n".join(_block(b) for b in document.blocks)
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
<body>
<main>
<header>
<h1>{_text(document.title)}</h1>
{subtitle}
</header>
{body}
</main>
</body>
</html>
"""


def _text(text: str) -> str:
    return escape("".join(c if c.isprintable() or c == "\u00a0" else " " for c in text))


# --------------------------------------------------------------------------- lines


def _line(content: Line) -> str:
    return "".join(_inline(item) for item in content)


def _inline(item: Words | Formula | Badge) -> str:
    match item:
        case Words(text, "strong"):
            return f"<strong>{_text(text)}</strong>"
        case Words(text, "code"):
            return f"<code>{_text(text)}</code>"
        case Words(text, "muted"):
            return f'<span class="muted">{_text(text)}</span>'
        case Words(text):
            return _text(text)
        case Formula(layout):
            return _formula(layout)
        case Badge(label):
            symbol = LABELS[label].symbol
            kind = label.replace(" ", "-")
            return f'<span class="badge {kind}"><span aria-hidden="true">{symbol}</span> {label}</span>'


def _formula(layout: Layout, *, display: bool = False) -> str:
    """Return a formula; browsers do not break MathML, so a long one is several in a row."""
    opening = '<math displaystyle="true">' if display else "<math>"
    if len(to_plain(layout)) <= WHOLE:
        return f"{opening}{to_mathml(layout)}</math>"
    parts = pieces(layout, WHOLE, lambda node: len(to_plain(node)))
    return "<wbr>".join(f"{opening}{to_mathml(Row(part.items))}</math>" for part in parts)


# --------------------------------------------------------------------------- blocks


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 1}>{_text(text)}</h{level + 1}>"
        case Paragraph(content, lead):
            return f"<p{' class=answer' if lead else ''}>{_line(content)}</p>"
        case Equations():
            return _equations(block)
        case Table():
            return _table(block)
        case Pairs(items):
            return f"<p>{', '.join(f'{_text(n)}&nbsp;=&nbsp;{_text(v)}' for n, v in items)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{_line(i)}</li>" for i in items) + "</ul>"
        case Note(title, content):
            return f'<p class="note" role="note"><strong>{_text(title)}.</strong> {_line(content)}</p>'
        case Figure(title, caption, draw):
            return (
                f"<h2>{_text(title)}</h2>\n<figure>{_scrolling(title)}{draw('svg').decode()}</div>\n"
                f"<figcaption>{_text(caption)}</figcaption></figure>"
            )
        case Details(summary, blocks):
            inner = "\n".join(_block(b) for b in blocks)
            return f"<details><summary>{_text(summary)}</summary>\n{inner}\n</details>"


def _equations(block: Equations) -> str:
    rows = "".join(
        f'<div class="left"><math displaystyle="true">{to_mathml(row.left)}</math></div>'
        f'<div class="sign"><math><mo>{escape(row.sign)}</mo></math></div>'
        f'<div class="right">{_formula(row.right, display=True)}</div>'
        for row in block.rows
    )
    return f'<div class="equations">{rows}</div>'


def _table(block: Table) -> str:
    # A caption element would be no wider than its table, and scroll away with it.
    caption = f'<p class="caption">{_text(block.caption)}</p>' if block.caption else ""
    heads = "".join(
        f'<th scope="col"{_align(c)}>{_text(c.title)}</th>' if c.title else "<td></td>" for c in block.columns
    )
    rows = []
    for row in block.rows:
        cells = []
        for index, (column, cell) in enumerate(zip(block.columns, row, strict=True)):
            tag, scope = ("th", ' scope="row"') if index == 0 and block.row_heads else ("td", "")
            cells.append(f"<{tag}{scope}{_align(column)}>{_line(cell)}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return (
        f"{caption}{_scrolling(block.caption or 'table')}"
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{chr(10).join(rows)}</tbody></table></div>"
    )


def _scrolling(label: str) -> str:
    """Open a box that scrolls sideways, by the keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{_text(label)}">'


def _align(column: Column) -> str:
    align = "" if column.align == "left" else column.align
    classes = [c for c in (align, "wide" if column.wide else "", "who" if column.optional else "") if c]
    return f' class="{" ".join(classes)}"' if classes else ""
