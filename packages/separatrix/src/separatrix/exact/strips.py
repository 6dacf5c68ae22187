"""Neighbouring slabs of a window in which the same borders run in the same order, taken together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.exact.arcs import polyline
from separatrix.exact.columns import EDGE, CriticalValue, CurveColumn, Window
from separatrix.exact.curve import IrreducibleCurve
from separatrix.exact.root_isolation import fraction, middle
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["StripBorder", "Key", "Strip", "key_of", "strips_of"]

Verdict = Callable[[tuple[int, ...]], int]
"""What holds where all polynomials have given signs."""

Key = tuple[int, int, int]
"""What holds where the polynomial of a curve is negative, where it is positive, and on the curve."""


@dataclass(frozen=True)
class StripBorder:
    """A branch of a curve on whose two sides, or on which alone, different things hold."""

    curve: int
    branch: int
    key: Key


@dataclass(frozen=True, eq=False)
class Strip:
    """Slabs side by side.

    Attributes
    ----------
    left, right : CriticalValue
    borders : tuple of StripBorder
        From below; those on the window's edges are first and last.
    cells : tuple of (border below or None, border above or None, verdict)
        What the window holds between borders; None stands for the window's edge.
    """

    curves: Sequence[IrreducibleCurve]
    window: Window
    left: CriticalValue
    right: CriticalValue
    borders: tuple[StripBorder, ...]
    cells: tuple[tuple[int | None, int | None, int], ...]

    @cached_property
    def lines(self) -> tuple[Array, ...]:
        """The borders as polylines from left to right."""
        return tuple(
            polyline(self.curves, b.curve, b.branch, self.left, self.right, self.window) for b in self.borders
        )

    def outlines(self) -> list[tuple[int, Array]]:
        """Return each cell as a verdict and a polygon."""
        import numpy as np

        left, right = middle(self.left.place), middle(self.right.place)
        result = []
        for below, above, verdict in self.cells:
            low, high = (
                np.array([(left, level), (right, level)]) if border is None else self.lines[border]
                for border, level in (
                    (below, float(fraction(self.window.bottom))),
                    (above, float(fraction(self.window.top))),
                )
            )
            result.append((verdict, np.concatenate([low, high[::-1]])))
        return result


def key_of(verdict: Verdict, curve: int, sides: Sequence[tuple[int, ...]], on: tuple[int, ...]) -> Key | None:
    """Return what holds on both sides of a curve and on it; None where that is the same."""
    negative, positive = sorted(sides, key=lambda signs: signs[curve])
    key = (verdict(negative), verdict(positive), verdict(on))
    return None if key[0] == key[1] == key[2] else key


def strips_of(
    curves: Sequence[IrreducibleCurve], window: Window, columns: Sequence[CurveColumn], verdict: Verdict
) -> list[Strip]:
    """Return the strips of a window from left to right."""
    groups: list[
        tuple[
            CurveColumn, CurveColumn, tuple[StripBorder, ...], tuple[tuple[int | None, int | None, int], ...]
        ]
    ] = []
    for column in columns:
        if not column.inside:
            continue
        borders, cells = _borders(column, window, verdict)
        if groups:
            first, _, old_borders, old_cells = groups[-1]
            turning = column.left is not None and any(b.curve in column.left.singular for b in borders)
            if (borders, cells) == (old_borders, old_cells) and not turning:
                groups[-1] = (first, column, borders, cells)
                continue
        groups.append((column, column, borders, cells))
    result = []
    for first, last, borders, cells in groups:
        if first.left is not None and last.right is not None:  # as have all columns inside
            result.append(Strip(curves, window, first.left, last.right, borders, cells))
    return result


def _borders(
    column: CurveColumn, window: Window, verdict: Verdict
) -> tuple[tuple[StripBorder, ...], tuple[tuple[int | None, int | None, int], ...]]:
    bottom, top = column.edges(window)
    borders: list[StripBorder] = []
    cells: list[tuple[int | None, int | None, int]] = []
    below: int | None = None
    for k in range(bottom, top + 1):
        root = column.roots[k]
        key = None
        if root.curve != EDGE:
            key = key_of(verdict, root.curve, column.signs[k : k + 2], column.on(k))
        if k == bottom:
            if key is not None:
                borders.append(StripBorder(root.curve, root.branch, key))
            continue
        if key is not None:
            borders.append(StripBorder(root.curve, root.branch, key))
        # The cell below this root ends here where something changes, and at the upper edge.
        if k == top or (key is not None):
            above = None if k == top else len(borders) - 1
            cells.append((below, above, verdict(column.signs[k])))
            below = above
    return tuple(borders), tuple(cells)
