"""Layout → plain text: the formulas of the terminal, readable without any typesetting."""

from __future__ import annotations

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

__all__ = ["to_plain"]

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPT = str.maketrans("0123456789-−*′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻*′")
_COMBINING = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307"}


def to_plain(node: Layout) -> str:
    """Return `node` as text in Unicode, such as ``x(1 − x)(π₁ − C₁)``.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> from separatrix.formulas.layout import layout
    >>> from separatrix.formulas.symbol import symbol_of_name
    >>> to_plain(layout(parse_expression("x*(1-x)*(pi1*y - C1/2)"), symbol_of_name))
    'x(1 − x)(π₁y − C₁/2)'
    """
    match node:
        case Letter(text) | Word(text) | Text(text):
            return text
        case Operator(text, kind):
            return {"relation": f" {text} ", "binary": f" {text} ", "comma": f"{text} "}.get(kind, text)
        case Row(items):
            return _row(items)
        case Fraction(top, bottom):
            return f"{_grouped(top, loose=False)}/{_grouped(bottom, loose=True)}"
        case Script(base, sub, sup):
            return _scripted(base, sub, sup)
        case Accent(kind, body):
            inner = to_plain(body)
            return inner[0] + _COMBINING.get(kind, "") + inner[1:]
        case SquareRoot(body):
            return f"√{_grouped(body, loose=True)}"
        case Fence(left, body, right):
            return f"{left}{to_plain(body)}{right}"
        case Matrix(rows):
            return f"({'; '.join(', '.join(to_plain(e) for e in row) for row in rows)})"


def _row(items: tuple[Layout, ...]) -> str:
    pieces: list[str] = []
    for index, item in enumerate(items):
        if isinstance(item, Operator) and item.kind == "times":
            before, after = items[index - 1], items[index + 1]
            pieces.append("·" if _needs_dot(before, after) else "")
        else:
            pieces.append(to_plain(item))
    return "".join(pieces)


def _needs_dot(before: Layout, after: Layout) -> bool:
    if isinstance(before, Fraction) or isinstance(after, (Fraction, SquareRoot)):
        return True
    if isinstance(after, Fence):
        return _wordy(before)
    if isinstance(before, Text):
        return False
    return _wordy(before) or _wordy(after)


def _wordy(item: Layout) -> bool:
    """Whether a neighbour without a dot would run into this item."""
    match item:
        case Word():
            return True
        case Script(base, sub, _):
            return _wordy(base) or not (sub is None or isinstance(sub, Text))
        case Row(items):
            return any(_wordy(i) for i in items)
        case _:
            return False


def _grouped(node: Layout, *, loose: bool) -> str:
    text = to_plain(node)
    if isinstance(node, Fence) or not isinstance(node, (Row, Fraction)):
        return text
    if isinstance(node, Row):
        signs = {i.kind for i in node.items if isinstance(i, Operator)}
        if not signs or (not loose and not signs & {"binary", "relation"}):
            return text
    return f"({text})"


def _scripted(base: Layout, sub: Layout | None, sup: Layout | None) -> str:
    text = to_plain(base)
    if sub is not None:
        below = to_plain(sub)
        text += below.translate(_SUBSCRIPT) if below.isdigit() else f"_{_tight(sub, below)}"
    if sup is not None:
        above = to_plain(sup)
        small = above.translate(_SUPERSCRIPT)
        text += small if all(c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻*′" for c in small) else f"^{_tight(sup, above)}"
    return text


def _tight(node: Layout, text: str) -> str:
    return text if isinstance(node, (Letter, Word, Text)) else f"({text})"
