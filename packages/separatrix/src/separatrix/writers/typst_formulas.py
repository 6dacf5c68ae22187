"""Lines of a document → Typst expressions; user input appears in string literals only.

Layout → Typst: what stands between two dollar signs.

Only letters, digits, listed signs and calls that this file writes itself appear bare; the rest of a name is
in a string, which Typst does not interpret.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from separatrix.document.fonts import CJK
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
    is_tall,
    pieces,
    to_plain,
)
from separatrix.formulas.tex import GREEK_NAME

__all__ = [
    "CELL",
    "LinePlace",
    "PAGE",
    "atoms",
    "ems",
    "is_long",
    "line_ems",
    "parts",
    "printable_text",
    "set_line",
    "set_text",
    "text_ems",
    "to_typst",
    "typst_string",
    "words",
]

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
    >>> from separatrix.formulas.tex import symbol_of_name
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


WHOLE = 13.0
"""Ems of a formula that is set in one piece; a longer one may break before its terms."""
LONGEST_WORD, PART = 24, 12
"""Characters of a word that no line breaks, and of the parts of a longer one."""
_WORD = re.compile(rf"(?:(?!{CJK.pattern})[^\s\u00a0\u200b]){{{LONGEST_WORD + 1},}}")
_RELATION = re.compile(r"(?<=\w) ([=<>≤≥]) (?=[\w−-])")
_STATE = re.compile(r"\((?:[\w.*−-]{1,8}, ){1,3}[\w.*−-]{1,8}\)")
_RANGE = re.compile(r"(?<=[\d%])(\u00a0?)–(\u00a0?)(?=[\d−])")
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class LinePlace:
    """Where a line stands: how many ems it surely has room for, and whether its fractions are full size."""

    room: float
    display: bool


PAGE, CELL = LinePlace(36.0, False), LinePlace(16.0, True)


# --------------------------------------------------------------------------- words


def set_text(text: str, style: str = "plain") -> str:
    """Return `text` as a string literal whose long words may break."""
    return typst_string(_breakable(text, style))


def _breakable(text: str, style: str = "plain") -> str:
    def parted(match: re.Match[str]) -> str:
        word = match[0]
        return "\u200b".join(word[k : k + PART] for k in range(0, len(word), PART))

    # The dot between the strategies of a profile ends a line and begins none.
    found = _WORD.sub(parted, printable_text(text)).replace(" · ", "\u00a0· ")
    if style == "code":  # is copied, with its spaces
        return found
    # Typst would break a line after the dash of 0.25–0.75.
    found = _RANGE.sub("\\1–\u2060\\2", found)
    # H = 8 and (0, 1) stay whole.
    return _RELATION.sub("\u00a0\\1\u00a0", _STATE.sub(lambda match: match[0].replace(" ", "\u00a0"), found))


def words(text: str, style: str = "plain") -> list[str]:
    """Return the words between which a line may break; Chinese ones are a character each.

    Examples
    --------
    >>> words("a lone 企业")
    ['a', 'lone', '企', '业']
    """
    spaced = CJK.sub(lambda match: f" {match[0]} ", _breakable(text, style))
    return [word for word in re.split(r"[ \u200b]+", spaced) if word]


# --------------------------------------------------------------------------- lines


def set_line(content: Line, place: LinePlace = PAGE) -> str:
    """Return a line as one expression."""
    found: list[str] = []
    for index, item in enumerate(content):
        if index and _needs_gap(content[index - 1], item):
            found.append("gap")
        found += _inline(item, place)
    return f"{{{'; '.join(found)}}}" if found else '""'


def _needs_gap(item: Inline, following: Inline) -> bool:
    match item, following:
        case Words(text), Formula():
            return _IDEOGRAPH.match(text[-1:]) is not None
        case Formula(), Words(text):
            return _IDEOGRAPH.match(text) is not None
        case _:
            return False


def is_long(content: Line) -> bool:
    """Return whether a formula breaks over lines: between its pieces, spaces would grow too wide."""
    return any(isinstance(item, Formula) and ems(item.layout) > WHOLE for item in content)


def _inline(item: Inline, place: LinePlace) -> list[str]:
    match item:
        case Words(text, style, note, marked):
            literal = set_text(text, style)
            told = literal if style == "plain" else f"{style}({literal})"
            if not note:
                return [told]
            return [f"sourced({note}, {'true' if marked else 'false'}, {told})"]
        case Formula(layout):
            return _formula(layout, place)
        case Badge(label):
            look = LABELS[label]
            return [f'badge({typst_string(look.symbol)}, rgb("{look.light}"), {set_text(item.text)})']


def _formula(layout: Layout, place: LinePlace) -> list[str]:
    if ems(layout) <= WHOLE:
        return [_math(layout, place)]
    found = parts(layout, place)
    spaces = [_space(part, following) for part, following in pairwise(found)]
    result: list[str] = []
    for part, space in zip(found, [*spaces, ""], strict=True):
        one = _math(part, place, space)
        result.append(one if ems(part) <= PAGE.room else f"shrunk({PAGE.room / ems(part):.3f}, {one})")
        result.append("sym.zws")
    return result[:-1]


def _math(layout: Layout, place: LinePlace, space: str = "") -> str:
    kind = "tall" if place.display and is_tall(layout) else "m"
    return f"{kind}({typst_string(to_plain(layout))}, ${to_typst(layout)}{space}$)"


def _space(part: Row, following: Row) -> str:
    """Return the space that the next piece's sign would have before it in one formula."""
    first, last = following.items[0], part.items[-1]
    if isinstance(first, Operator) and first.kind in ("binary", "relation"):
        return " med" if first.kind == "binary" else " thick"
    return " thick" if isinstance(last, Operator) else ""


# --------------------------------------------------------------------------- long formulas


def parts(layout: Layout, place: LinePlace) -> list[Row]:
    """Return a formula in pieces between which a line may break; a short one is one piece."""
    if ems(layout) <= WHOLE:
        return [Row((layout,))]
    return pieces(_unstacked(layout, place.room), math.ceil(WHOLE), lambda node: math.ceil(ems(node)))


def _unstacked(node: Layout, room: float) -> Layout:
    """Return `node` with a slash instead of the bar in fractions that are wider than `room`."""
    match node:
        case Fraction(top, bottom) if ems(node) > room:
            above, below = (_fenced(_unstacked(part, room)) for part in (top, bottom))
            return Row((above, Operator("/", "binary"), below))
        case Row(items):
            return Row(tuple(_unstacked(item, room) for item in items))
        case Fence(left, body, right):
            return Fence(left, _unstacked(body, room), right)
        case Script(base, sub, sup):
            return Script(_unstacked(base, room), sub, sup)
        case _:
            return node


def _fenced(node: Layout) -> Layout:
    return Fence("(", node, ")") if isinstance(node, Row) and len(node.items) > 1 else node


# --------------------------------------------------------------------------- widths


def atoms(item: Inline) -> Iterator[tuple[str, float]]:
    """Yield the parts of an item in a cell that no line breaks, each with about how many ems it is wide."""
    match item:
        case Words(text, style):
            for word in words(text, style):
                literal = typst_string(word)
                yield (literal if style == "plain" else f"{style}({literal})"), text_ems(word)
        case Badge(label):
            first, *others = words(item.text) or [""]
            yield _inline(Badge(label, first), CELL)[0], 2 + text_ems(first)
            yield from ((typst_string(word), text_ems(word)) for word in others)
        case Formula(layout):
            for part in parts(layout, CELL):
                yield _math(part, CELL), ems(part)


def line_ems(content: Line) -> float:
    """Return about how many ems a line is wide."""
    return sum(
        ems(item.layout)
        if isinstance(item, Formula)
        else text_ems(item.text) + (2.0 if isinstance(item, Badge) else 0.0)
        for item in content
    )
