"""Breaking a formula that no line can hold, as authors do: before a sign, after a comma."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.formulas.layout import Fence, Fraction, Layout, Operator, Row, pieces
from separatrix.writers.em_widths import formula_em

__all__ = ["broken"]

_SCALE = 100  # `pieces` counts in whole numbers


def broken(node: Layout, width: float, first: float | None = None) -> tuple[Row, ...]:
    """Return `node` in lines of at most `width` ems where its signs allow it.

    Brackets are opened, and fractions wider than a line written with a slash, only where it must be.

    Parameters
    ----------
    node : Layout
    width : float
    first : float, optional
        The width of the first line, where something stands before it.
    """
    first = width if first is None else first
    if formula_em(node) <= first:
        return (node if isinstance(node, Row) else Row((node,)),)
    for longest in (0.6, 0.3, 0.15, 0.0):
        limit = longest * width
        parts = pieces(_slashed(node, width), int(limit * _SCALE), lambda n: int(formula_em(n) * _SCALE))
        if max(formula_em(p) for p in parts) <= min(first, width):
            break
    return _filled(parts, width, first)


def _filled(parts: Sequence[Row], width: float, first: float) -> tuple[Row, ...]:
    lines: list[list[Layout]] = [[]]
    used, room = 0.0, first
    for part in parts:
        needed = formula_em(part)
        if lines[-1] and used + needed > room:
            lines.append([])
            used, room = 0.0, width
        lines[-1].extend(part.items)
        used += needed
    return tuple(Row(tuple(line)) for line in lines)


def _slashed(node: Layout, width: float) -> Layout:
    """Return `node` with a slash in place of the bar of every fraction that is wider than a line."""
    if formula_em(node) <= width:
        return node
    match node:
        case Row(items):
            return Row(tuple(_inline_fraction(items, index, width) for index in range(len(items))))
        case Fence(left, body, right):
            return Fence(left, _slashed(body, width), right)
        case Fraction(top, bottom):
            return Row((_grouped(top, width), Operator("/", "slash"), _grouped(bottom, width)))
        case _:
            return node


def _inline_fraction(items: Sequence[Layout], index: int, width: float) -> Layout:
    item = items[index]
    inner = _slashed(item, width)
    after = items[index + 1] if index + 1 < len(items) else None
    # A factor behind a slash would read as one of the denominator's.
    within_product = isinstance(after, Operator) and after.kind in ("times", "dot")
    return (
        Fence("(", inner, ")") if inner != item and within_product and isinstance(item, Fraction) else inner
    )


def _grouped(node: Layout, width: float) -> Layout:
    inner = _slashed(node, width)
    return Fence("(", inner, ")") if isinstance(inner, Row) and len(inner.items) > 1 else inner
