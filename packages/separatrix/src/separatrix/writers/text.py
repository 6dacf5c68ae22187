"""Lines of a document → runs and formulas within a paragraph of Word."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.document.document import Badge, Formula, Inline, Line, Words
from separatrix.document.labels import LABELS
from separatrix.formulas.layout import Layout, Operator, Row
from separatrix.writers.line_breaks import broken
from separatrix.writers.omml import to_omml
from separatrix.writers.xml import run

__all__ = ["MUTED", "SYMBOL_FONT", "heavy", "line_runs"]

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
