"""How wide TeX will set a formula or a text, roughly: enough to say where lines must break.

Widths are in em of the font in use: a letter of Computer Modern is about half an em, a Chinese one a whole.
"""

from __future__ import annotations

import unicodedata

from separatrix.document.document import Badge, Formula, Line, Words
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
    is_stacked,
    is_tall,
    pieces,
)

__all__ = ["formula_width", "least_width", "line_width", "text_width"]

_NARROW, _BROAD = frozenset("iljtfI.,:;!|'()[]{}/ -"), frozenset("mwMW@%—…")
_SIGNS = {"binary": 1.25, "relation": 1.35, "dot": 0.75, "times": 0.08, "comma": 0.75, "sign": 0.8}
SMALL = 0.72
"""The size of scripts, and of what stands above and below a bar within a line."""
BOLD, CODE = 1.15, 0.525
OPENED = 12
"""Brackets wider than this are opened where a line of text may break within them."""


def text_width(text: str) -> float:
    """Return the width of plain text."""
    return sum(_character(c) for c in text)


def _character(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.34
    if character in _BROAD:
        return 0.9
    return 0.75 if character.isupper() else 0.52


def formula_width(node: Layout, *, display: bool = False) -> float:
    """Return the width of a formula, within a line or displayed."""
    match node:
        case Letter(text):
            return 0.75 if text.isupper() else 0.58
        case Word(text) | Text(text):
            return text_width(text)
        case Operator(_, kind):
            return _SIGNS.get(kind, 0.4)
        case Row(items):
            return sum(formula_width(i, display=display) for i in items)
        case Fraction(top, bottom):
            size = 1.0 if display else SMALL
            return size * max(formula_width(top), formula_width(bottom)) + 0.25
        case Script(base, sub, sup):
            scripts = (formula_width(s) for s in (sub, sup) if s is not None)
            return formula_width(base, display=display) + SMALL * max(scripts, default=0.0) + 0.05
        case Accent(_, body):
            return formula_width(body, display=display)
        case SquareRoot(body):
            return formula_width(body, display=display) + 0.9
        case Fence(_, body, _):
            return formula_width(body, display=display) + (1.2 if is_tall(body) else 0.8)
        case Matrix(rows):
            columns = zip(*rows, strict=True)
            return sum(max(formula_width(e) for e in column) + 1.0 for column in columns) + 1.0


def line_width(content: Line) -> float:
    """Return the width of words, formulas and badges set in one line of a table."""
    return sum(_inline(item) for item in content)


def _inline(item: Words | Formula | Badge) -> float:
    match item:
        case Words(text, style):
            return _styled(text, style)
        case Formula(layout):
            return formula_width(layout, display=is_stacked(layout))
        case Badge():
            return text_width(item.text)


def _styled(text: str, style: str) -> float:
    return len(text) * CODE if style == "code" else text_width(text) * (BOLD if style == "strong" else 1.0)


def least_width(content: Line) -> float:
    """Return the width of the widest piece of a table's line within which it would not break by itself."""
    widest = run = 0.0
    for item in content:
        for index, width in enumerate(_unbroken(item)):
            run = run + width if index == 0 else width
            widest = max(widest, run)
    return widest


def _unbroken(item: Words | Formula | Badge) -> list[float]:
    """Return the widths of the pieces of `item`, between which a line may end."""
    if isinstance(item, Formula):
        parts = pieces(item.layout, OPENED, lambda node: round(formula_width(node)))
        return [formula_width(part, display=is_stacked(item.layout)) for part in parts]
    style = item.style if isinstance(item, Words) else "plain"
    return [_word(word, style) for word in item.text.replace("\u200b", " ").split(" ")]


def _word(word: str, style: str) -> float:
    """Return the width of a word; between Chinese characters lines may break."""
    if any(unicodedata.east_asian_width(c) in "WF" for c in word):
        return min(4.0, _styled(word, style))
    return _styled(word, style)
