r"""Layout → Typst: what stands between two dollar signs.

Only letters, digits, listed signs and calls that this file writes itself appear bare; the rest of a name is
in a string, which Typst does not interpret.
"""

from __future__ import annotations

import math
import re
import unicodedata

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
    is_tall,
    pieces,
)
from separatrix.formulas.symbol import GREEK_NAME

__all__ = ["ems", "printable_text", "text_ems", "to_typst", "typst_string"]

_BARE = frozenset("−±≤≥≠≈×→∈…⋅")
_ACCENTS = {"bar": "macron", "overline": "macron", "hat": "hat", "tilde": "tilde", "dot": "dot"}
MATRIX = 34.0
"""Ems of a matrix that fits a page."""
_LETTER_OR_DIGIT = re.compile(r"[\w.]")


def typst_string(text: str) -> str:
    r"""Return `text` as a string literal of Typst, in which nothing is code or markup.

    Examples
    --------
    >>> print(typst_string('#read("a") \\ *b*'))
    "#read(\"a\") \\ *b*"
    """
    return '"' + printable_text(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def printable_text(text: str) -> str:
    """Return `text` with spaces for control characters and for those that turn text around."""
    return "".join(c if c.isprintable() or c in "\u00a0\u200b\u2060" else " " for c in text)


def to_typst(node: Layout) -> str:
    """Return `node` as Typst for mathematics mode.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> from separatrix.formulas.layout import layout
    >>> from separatrix.formulas.symbol import symbol_of_name
    >>> print(to_typst(layout(parse_expression("(pi1 - C_max)/R2"), symbol_of_name)))
    frac(attach(π,b:1)class("binary",−)attach(C,b:italic("max")),attach(R,b:2))
    """
    match node:
        case Letter(text):
            plain = text in GREEK_NAME or (len(text) == 1 and text.isascii() and text.isalpha())
            return text if plain else typst_string(text)
        case Word(text, upright):
            return f"{'op' if upright else 'italic'}({typst_string(text)})"
        case Text(text):
            # A bare number is spaced as one; a string keeps its own spaces.
            return text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else typst_string(text)
        case Operator(text, kind):
            return _operator(text, kind)
        case Row(items):
            return _row(items)
        case Fraction(top, bottom):
            return f"frac({_argument(top)},{_argument(bottom)})"
        case Script(base, sub, sup):
            below = f",b:{_argument(sub)}" if sub is not None else ""
            above = f",t:{_argument(sup)}" if sup is not None else ""
            return f"attach({_argument(base)}{below}{above})"
        case Accent(kind, body):
            return f"accent({_argument(body)},{_ACCENTS.get(kind, 'macron')})"
        case SquareRoot(body):
            return f"sqrt({_argument(body)})"
        case Fence(left, body, right):
            inner = f"{_sign(left)}{to_typst(body)}{_sign(right)}"
            return f"lr({inner})" if is_tall(body) else inner
        case Matrix(rows):
            return _matrix(rows)


def _matrix(rows: tuple[tuple[Layout, ...], ...]) -> str:
    """Return a matrix; where it is wider than a page, its entries take several lines."""
    count = max((len(row) for row in rows), default=0)
    if ems(Matrix(rows)) <= MATRIX or not count:
        return f"mat({';'.join(','.join(_argument(cell) for cell in row) for row in rows)})"
    room = MATRIX / count - 1.0
    lines = ";".join(",".join(_stacked(cell, room) for cell in row) for row in rows)
    return f"mat(row-gap:#0.9em,column-gap:#1.2em,{lines})"


def _stacked(node: Layout, room: float) -> str:
    lines: list[list[Layout]] = []
    used = math.inf
    for part in pieces(node, math.floor(room), lambda inner: math.ceil(ems(inner))):
        if used + ems(part) > room:
            lines.append([])
            used = 0.0
        lines[-1].append(part)
        used += ems(part)
    if len(lines) < 2:
        return _argument(node)
    # Without `inline`, what stands in a matrix in a matrix is as small as a subscript.
    stack = ";".join(f"inline({'quad ' if k else ''}{_row(tuple(line))})" for k, line in enumerate(lines))
    return f"mat(delim:#none,align:#left,row-gap:#0.35em,{stack})"


def _argument(node: Layout) -> str:
    return to_typst(node) or '""'


def _row(items: tuple[Layout, ...]) -> str:
    parts: list[str] = []
    for index, item in enumerate(items):
        if isinstance(item, Operator) and item.kind == "times":
            # A thin space keeps names of several letters apart; single letters stand close.
            around = items[max(0, index - 1) : index + 2]
            part = "thin" if any(isinstance(neighbour, Word) for neighbour in around) else ""
        else:
            part = to_typst(item)
        # Two letters side by side would be one name.
        if parts and part and _LETTER_OR_DIGIT.match(part[0]) and _LETTER_OR_DIGIT.match(parts[-1][-1]):
            parts.append(" ")
        if part:
            parts.append(part)
    return "".join(parts)


def _operator(text: str, kind: str) -> str:
    if kind in ("times", "comma") or not text:
        return {"times": "", "comma": _sign(text)}.get(kind, "")
    if kind == "binary":  # also where it begins a line
        return f'class("binary",{_sign(text)})'
    return _sign(text)


def _sign(text: str) -> str:
    if text in _BARE:
        return text
    if text == "·":
        return "⋅"
    if len(text) == 1 and text.isascii() and text.isprintable() and not text.isalnum() and text != " ":
        return f"\\{text}"
    return typst_string(text)


# --------------------------------------------------------------------------- widths


def ems(node: Layout) -> float:
    """Return about how wide `node` is, in widths of the letter M; a guess that errs to the wide side."""
    match node:
        case Letter(text) | Word(text) | Text(text):
            return text_ems(text)
        case Operator(text, kind):
            return {"times": 0.1, "comma": 0.5, "binary": 1.3, "relation": 1.4}.get(
                kind, 0.4 + 0.2 * len(text)
            )
        case Row(items):
            return sum(ems(item) for item in items)
        case Fraction(top, bottom):
            return max(ems(top), ems(bottom)) + 0.3
        case Script(base, sub, sup):
            return ems(base) + 0.75 * max(ems(part) if part is not None else 0.0 for part in (sub, sup))
        case Accent(_, body):
            return ems(body)
        case SquareRoot(body):
            return ems(body) + 0.9
        case Fence(_, body, _):
            return ems(body) + 0.9
        case Matrix(rows):
            columns = zip(*rows, strict=False)
            return sum(max(ems(cell) for cell in column) + 1.0 for column in columns) + 0.8


def text_ems(text: str) -> float:
    """Return about how wide words are, in widths of the letter M; a Chinese character is one wide."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.3 if c == " " else 0.52 for c in text)
