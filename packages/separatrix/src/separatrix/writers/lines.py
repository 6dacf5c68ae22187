"""Lines of a document → Typst expressions; user input appears in string literals only."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from separatrix.document.document import Badge, Formula, Inline, Line, Words
from separatrix.document.fonts import CJK
from separatrix.document.labels import LABELS
from separatrix.formulas.layout import Fence, Fraction, Layout, Operator, Row, Script, is_tall, pieces
from separatrix.formulas.plain_math import to_plain
from separatrix.writers.math import ems, printable_text, text_ems, to_typst, typst_string

__all__ = [
    "CELL",
    "PAGE",
    "LinePlace",
    "atoms",
    "is_long",
    "line_ems",
    "parts",
    "set_line",
    "set_text",
    "words",
]

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
