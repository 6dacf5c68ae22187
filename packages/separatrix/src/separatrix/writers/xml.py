"""The smallest pieces of WordprocessingML: inert text, runs, fields, paragraphs."""

from __future__ import annotations

import unicodedata
from xml.sax.saxutils import escape, quoteattr

__all__ = ["NAMESPACES", "attribute", "field", "holds_cjk", "inert", "paragraph", "rooted", "run"]

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
}

_KEPT = "\u200b"
"""Not printable, but harmless and meant: a line may break there."""


def inert(text: str) -> str:
    """Return `text` escaped for XML, with a space for each character that a page cannot show.

    Examples
    --------
    >>> inert("a < b" + chr(0) + "c")
    'a &lt; b c'
    """
    shown = (c if c.isprintable() or c in _KEPT or unicodedata.category(c) == "Zs" else " " for c in text)
    return escape("".join(shown))


def attribute(text: str) -> str:
    """Return `text` as an attribute's value, quotes included."""
    return quoteattr("".join(c if c.isprintable() else " " for c in text))


def holds_cjk(text: str) -> bool:
    """Whether some character of `text` is Chinese, Japanese or Korean."""
    return any(c > "\u2e7f" and unicodedata.east_asian_width(c) in "WF" for c in text)


def run(text: str, properties: str = "") -> str:
    """Return a run of text; `properties` are the elements of its ``w:rPr``, in the order of the schema."""
    # Quotes and dashes belong to both scripts; beside Chinese they are Chinese.
    hint = '<w:rFonts w:hint="eastAsia"/>' if holds_cjk(text) and "<w:rFonts" not in properties else ""
    head = properties if "<w:rStyle" in properties else ""  # a style stands before everything else
    inner = head + hint + properties.removeprefix(head)
    set_as = f"<w:rPr>{inner}</w:rPr>" if inner else ""
    return f'<w:r>{set_as}<w:t xml:space="preserve">{inert(text)}</w:t></w:r>'


def field(instruction: str, shown: str, properties: str = "") -> str:
    """Return a field that Word can count again, with what it shows until then."""
    return f"<w:fldSimple w:instr={attribute(f' {instruction} ')}>{run(shown, properties)}</w:fldSimple>"


def paragraph(style: str, content: str, properties: str = "") -> str:
    """Return a paragraph; `properties` follow its style in ``w:pPr``, in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def rooted(tag: str, content: str) -> str:
    """Return an element that declares every namespace used here, ready to be parsed by itself."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return f"<{tag} {declared}>{content}</{tag}>"
