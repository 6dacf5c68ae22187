"""Which fractions need their full size within a line."""

from __future__ import annotations

from separatrix.present.formulas.layout import Fence, Fraction, Layout, Root, Row, Text

__all__ = ["is_stacked"]


def is_stacked(node: Layout) -> bool:
    """Return whether a fraction in `node` holds more than numbers, and is hard to read at half its size."""
    match node:
        case Fraction(top, bottom):
            return not (isinstance(top, Text) and isinstance(bottom, Text))
        case Row(items):
            return any(is_stacked(i) for i in items)
        case Fence(_, body, _) | Root(body):
            return is_stacked(body)
        case _:
            return False
