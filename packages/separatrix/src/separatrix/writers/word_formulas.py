"""Layout → OMML: the formulas of Word, as objects that its equation editor opens.

LibreOffice turns them into its own language, in which a word such as ``over`` is a command and a bracket
without a partner is an error. So words are marked as literal, and a bracket that a line break has separated
from its partner is written as a pair with one invisible bracket.

The smallest pieces of WordprocessingML: inert text, runs, fields, paragraphs.

Lines of a document → runs and formulas within a paragraph of Word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from separatrix.document.state_names import LABELS
from separatrix.document.tree import Badge, Formula, Inline, Line, Words
from separatrix.formulas.layout import (
    Accent,
    Fence,
    Fraction,
    Layout,
    Letter,
    Matrix,
    Operator,
    Row,
    Script,
    SquareRoot,
    Text,
    Word,
)
from separatrix.writers.layout import broken

__all__ = [
    "MUTED",
    "NAMESPACES",
    "SYMBOL_FONT",
    "attribute",
    "field",
    "heavy",
    "holds_cjk",
    "inert",
    "line_runs",
    "paragraph",
    "rooted",
    "run",
    "to_omml",
]

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


_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}
_THIN = "\u2009"
_BRACKETS = frozenset("()[]{}")
_PARTS = re.compile(r"[()\[\]{}]|[\u2e80-\U0003ffff]+|[^()\[\]{}\u2e80-\U0003ffff]+")


def to_omml(node: Layout) -> str:
    """Return `node` as the content of an ``m:oMath`` element.

    Examples
    --------
    >>> to_omml(Fraction(Letter("a"), Letter("b")))
    '<m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f>'
    """
    match node:
        case Letter(text):
            plain = len(text) == 1 and not holds_cjk(text)
            return _run(text) if plain else _literal(text, '<m:lit/><m:sty m:val="i"/>')
        case Word(text, upright):
            return _literal(text, f'<m:lit/><m:sty m:val="{"p" if upright else "i"}"/>')
        case Text(text) if text.replace(".", "", 1).isdigit():
            return _run(text, '<m:sty m:val="p"/>')
        case Text(text):
            return _literal(text, "<m:nor/>")
        case Operator(text, kind):
            return _run(_THIN if kind == "times" else text)
        case Row(items):
            return _row(items)
        case Fraction(top, bottom):
            return f"<m:f>{_part('num', top)}{_part('den', bottom)}</m:f>"
        case Script(base, sub, sup):
            return _script(base, sub, sup)
        case Accent("bar", body):
            return f'<m:bar><m:barPr><m:pos m:val="top"/></m:barPr>{_part("e", body)}</m:bar>'
        case Accent(kind, body):
            mark = _ACCENTS.get(kind, "\u0302")
            return f'<m:acc><m:accPr><m:chr m:val="{mark}"/></m:accPr>{_part("e", body)}</m:acc>'
        case SquareRoot(body):
            return f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>{_part("e", body)}</m:rad>'
        case Fence(left, body, right):
            return _fence(left, to_omml(body), right)
        case Matrix(rows):
            return _fence("(", _matrix(rows), ")")


def _run(text: str, properties: str = "") -> str:
    set_as = f"<m:rPr>{properties}</m:rPr>" if properties else ""
    space = ' xml:space="preserve"' if text != text.strip() or "  " in text else ""
    return f"<m:r>{set_as}<m:t{space}>{inert(text)}</m:t></m:r>"


def _literal(text: str, properties: str) -> str:
    # LibreOffice cuts off a text in two scripts, shows a backslash before a bracket in one, and ends it at a
    # straight quote.
    parts = _PARTS.findall(text.replace('"', "”"))
    return "".join(_run(part, '<m:sty m:val="p"/>' if part in _BRACKETS else properties) for part in parts)


def _part(tag: str, node: Layout) -> str:
    return f"<m:{tag}>{to_omml(node)}</m:{tag}>"


def _script(base: Layout, sub: Layout | None, sup: Layout | None) -> str:
    tag = "sSubSup" if sub is not None and sup is not None else "sSub" if sub is not None else "sSup"
    below = _part("sub", sub) if sub is not None else ""
    above = _part("sup", sup) if sup is not None else ""
    return f"<m:{tag}>{_part('e', base)}{below}{above}</m:{tag}>"


def _fence(left: str, body: str, right: str) -> str:
    if (left, right) == ("(", ")"):
        return f"<m:d><m:e>{body}</m:e></m:d>"
    signs = f"<m:begChr m:val={attribute(left)}/><m:endChr m:val={attribute(right)}/>"
    return f"<m:d><m:dPr>{signs}</m:dPr><m:e>{body}</m:e></m:d>"


def _matrix(rows: Sequence[Sequence[Layout]]) -> str:
    width = max((len(row) for row in rows), default=0)
    columns = f'<m:mc><m:mcPr><m:count m:val="{width}"/><m:mcJc m:val="center"/></m:mcPr></m:mc>'
    lines = "".join(f"<m:mr>{''.join(_part('e', entry) for entry in row)}</m:mr>" for row in rows)
    return f"<m:m><m:mPr><m:mcs>{columns}</m:mcs></m:mPr>{lines}</m:m>"


def _row(items: Sequence[Layout]) -> str:
    """Return items side by side; brackets that open or close beyond the row's ends get unseen partners."""
    levels: list[list[str]] = [[]]
    opened: list[str] = []
    for index, item in enumerate(items):
        match item:
            case Operator(text, "open") | Text("(" | "[" | "{" as text):
                opened.append(text)
                levels.append([])
            case Operator(text, "close") | Text(")" | "]" | "}" as text):
                inner = "".join(levels.pop())
                if opened:
                    levels[-1].append(_fence(opened.pop(), inner, text))
                else:
                    levels.append([_fence("", inner, text)])
            case Operator(_, "times"):
                # A thin space keeps names of several letters apart; single letters stand close.
                if any(isinstance(beside, Word) for beside in items[max(index - 1, 0) : index + 2]):
                    levels[-1].append(to_omml(item))
            case _:
                levels[-1].append(to_omml(item))
    while opened:
        inner = "".join(levels.pop())
        levels[-1].append(_fence(opened.pop(), inner, ""))
    return "".join(levels[0])


MUTED = "595F66"
SYMBOL_FONT = "Segoe UI Symbol"
"""Has every symbol of a label; where it is missing, the system chooses another."""

_STYLES = {
    "plain": "",
    "strong": "<w:b/>",
    "muted": f'<w:color w:val="{MUTED}"/>',
    "code": '<w:rStyle w:val="Code"/>',
}


def line_runs(content: Line, width: float) -> str:
    """Return `content` as runs; a formula wider than `width` ems is set in pieces, so that it can break."""
    return "".join(_inline(item, width) for item in content)


def heavy(text: str) -> str:
    """Return a run that heads a paragraph, with a wide space after it."""
    return run(text, "<w:b/>") + run("\u2003")


def _inline(item: Inline, width: float) -> str:
    match item:
        case Words(text, style, note, marked):
            told = run(text, _STYLES[style])
            # LibreOffice sets all of a link like its last run, so the number is a link of its own.
            mark = run(f"[{note}]", '<w:vertAlign w:val="superscript"/>') if marked else ""
            return told if not note else _link(told, note) + (_link(mark, note) if mark else "")
        case Formula(layout):
            return _formula(layout, width)
        case Badge(label):
            look = LABELS[label]
            colour = f'<w:color w:val="{look.light.removeprefix("#")}"/>'
            fonts = " ".join(f'w:{script}="{SYMBOL_FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
            return run(look.symbol, f"<w:rFonts {fonts}/>{colour}") + run(f"\u00a0{item.text}", colour)


def _link(content: str, note: int) -> str:
    return f'<w:hyperlink w:anchor="note{note}" w:history="1">{content}</w:hyperlink>'


def _formula(layout: Layout, width: float) -> str:
    lines = broken(layout, width)
    first, *rest = (line.items for line in lines)
    return _object(first) + "".join(_continued(items) for items in rest)


def _continued(items: Sequence[Layout]) -> str:
    """Return a piece of a formula after the sign before it.

    LibreOffice never breaks within a formula, and Word sets a sign at its start close, as that of a number;
    between two formulas the sign is text.
    """
    first, *rest = items
    if isinstance(first, Operator) and first.kind in ("binary", "relation"):
        return run(f" {first.text}\u00a0") + _object(rest)
    return run(" ") + _object(items)


def _object(items: Sequence[Layout]) -> str:
    return f"<m:oMath>{to_omml(Row(tuple(items)))}</m:oMath>" if items else ""
