"""How wide text and formulas are, in ems: near enough to choose columns and line breaks on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import combining, east_asian_width

from separatrix.document.document import Badge, Formula, Inline, Line, Words
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

__all__ = ["MATHS", "Extent", "extent", "formula_em", "text_em", "words_of"]

MATHS = 12.0
"""The size in points of every formula in LibreOffice; Word sets them like the text around."""

_NARROW, _BROAD = frozenset("fijlrt.,;:'|!()[]{}/ \u00a0-·‘’"), frozenset("mwMWQO%@—…→≈≤≥≠")
_SIGNS = {"relation": 1.35, "binary": 1.15, "comma": 0.45, "dot": 0.6, "sign": 0.65, "times": 0.05}


def text_em(text: str) -> float:
    """Return the width of `text` in a Roman face; a Chinese character is one em wide."""
    return sum(_character_em(c) for c in text)


@cache
def _character_em(character: str) -> float:
    if combining(character) or character == "\u200b":
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.32
    if character in _BROAD or not (character.isascii() or character.isalpha()):
        return 0.85
    return 0.7 if character.isupper() else 0.5


def formula_em(node: Layout) -> float:
    """Return the width of a formula."""
    match node:
        case Letter(text) | Word(text) | Text(text):
            return 1.08 * text_em(text)
        case Operator(text, kind):
            return _SIGNS.get(kind, 0.42)
        case Row(items):
            return sum(formula_em(i) for i in items)
        case Fraction(top, bottom):
            return max(formula_em(top), formula_em(bottom)) + 0.2
        case Script(base, sub, sup):
            small = max(formula_em(part) if part is not None else 0.0 for part in (sub, sup))
            return formula_em(base) + 0.72 * small + 0.05
        case Accent(_, body):
            return formula_em(body)
        case SquareRoot(body):
            return formula_em(body) + 0.9
        case Fence(left, body, right):
            return formula_em(body) + 0.42 * (bool(left) + bool(right))
        case Matrix(rows):
            columns = zip(*rows, strict=True)
            return sum(max(formula_em(e) for e in column) + 1 for column in columns) + 0.2


@dataclass(frozen=True)
class Extent:
    """The width of a line that does not break: ems of text, and ems of formulas."""

    text: float = 0.0
    formulas: float = 0.0

    def points(self, size: float) -> float:
        """Return the width in type of a size."""
        return self.text * size + self.formulas * max(size, MATHS)


def extent(content: Line) -> Extent:
    """Return the width of a line that does not break."""
    return Extent(
        sum(_words_em(item) for item in content),
        sum(formula_em(item.layout) for item in content if isinstance(item, Formula)),
    )


def _words_em(item: Inline) -> float:
    match item:
        case Words(text, style, _, marked):
            return text_em(text) * {"code": 1.25, "strong": 1.06}.get(style, 1.0) + (0.7 if marked else 0.0)
        case Badge():
            return text_em(item.text) + 1.3
        case Formula():
            return 0.0


def words_of(text: str) -> list[str]:
    """Return the pieces of `text` within which a line does not break."""
    return re.findall(r"[\u2e80-\U0003ffff]|[^ \u2003\u200b\u2e80-\U0003ffff]+", text)
