"""Borders joined across slabs into pieces: each as long as the same holds on its sides.

Neighbouring slabs of a window in which the same borders run in the same order, taken together.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flint import fmpq, fmpz

from separatrix.exact.columns import EDGE, CriticalValue, CurveColumn, IrreducibleCurve, Window
from separatrix.exact.number_field import fraction, middle
from separatrix.exact.plane_curves import limit, polyline, refined
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Key",
    "Line",
    "Strip",
    "StripBorder",
    "key_of",
    "lines_of",
    "strips_of",
]

if TYPE_CHECKING:
    Array = NDArray[np.float64]


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


SAME = fmpq(1, fmpz(1) << 60)
"""Two branches that come so near, in sizes of the window, end at one point."""

Arc = tuple[int, int]
"""A strip and one of its borders."""

End = tuple[Arc, int]
"""An arc and its left (0) or right (1) end."""


@dataclass(frozen=True, eq=False)
class Line:
    """A piece of a curve.

    Attributes
    ----------
    curve : int
    key : Key
    points : array (points, 2)
        The last is the first where the piece is closed.
    """

    curve: int
    key: Key
    points: Array


def lines_of(
    curves: Sequence[IrreducibleCurve],
    window: Window,
    columns: Sequence[CurveColumn],
    strips: Sequence[Strip],
    verdict: Verdict,
) -> list[Line]:
    """Return all pieces in the window, edges included."""
    chains = _Chains(curves, window, columns, strips)
    return [*chains.lines(), *_vertical(curves, window, columns, verdict)]


@dataclass(eq=False)
class _Chains:
    """Arcs that go on in others."""

    curves: Sequence[IrreducibleCurve]
    window: Window
    columns: Sequence[CurveColumn]
    strips: Sequence[Strip]
    joined: dict[End, End] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Yield the pieces that are not vertical lines."""
        for k in range(len(self.strips) - 1):
            self._join(k)
        seen: set[Arc] = set()
        arcs = [(s, b) for s, strip in enumerate(self.strips) for b in range(len(strip.borders))]
        # Chains first that begin somewhere, then those that close.
        for arc in sorted(arcs, key=lambda arc: all((arc, e) in self.joined for e in (0, 1))):
            if arc not in seen:
                yield self._chain(arc, seen)

    def _join(self, k: int) -> None:
        """Join the arcs of strip k with those of the next, and those that turn back between the two."""
        left, right = self.strips[k], self.strips[k + 1]
        by_curve: dict[int, list[tuple[int, int, End, Key]]] = {}
        for s, strip, end in ((k, left, 1), (k + 1, right, 0)):
            for b, border in enumerate(strip.borders):
                entry = (end, border.branch, ((s, b), end), border.key)
                by_curve.setdefault(border.curve, []).append(entry)
        for curve, entries in by_curve.items():
            for group in self._meeting(curve, entries, left.right):
                if len(group) == 2 and group[0][3] == group[1][3]:
                    self.joined[group[0][2]] = group[1][2]
                    self.joined[group[1][2]] = group[0][2]

    def _meeting(
        self, curve: int, entries: list[tuple[int, int, End, Key]], at: CriticalValue
    ) -> Iterator[list[tuple[int, int, End, Key]]]:
        """Yield the arcs of a curve that go on in each other: where nothing else of it comes in."""
        if curve not in at.singular:
            branches = {branch for _, branch, _, _ in entries}
            yield from ([e for e in entries if e[1] == branch] for branch in branches)
            return
        before = next(c for c in self.columns if c.right is at)
        after = next(c for c in self.columns if c.left is at)
        size = self.window.top - self.window.bottom
        ends = []
        for side, column in ((1, before), (0, after)):
            for root in column.roots:
                if root.curve == curve:
                    b = limit(self.curves, curve, root.branch, at, -1 if side else 1)
                    if b is not None:
                        ends.append((b, side, root.branch))
        ends.sort(key=lambda end: end[0])
        groups: list[list[tuple[fmpq, int, int]]] = []
        for end in ends:
            if groups and end[0] - groups[-1][-1][0] < SAME * size:
                groups[-1].append(end)
            else:
                groups.append([end])
        for group in groups:
            if len(group) == 2:
                wanted = {(side, branch) for _, side, branch in group}
                yield [e for e in entries if (e[0], e[1]) in wanted]

    def _chain(self, arc: Arc, seen: set[Arc]) -> Line:
        import numpy as np

        first = next((e for e in (0, 1) if (arc, e) not in self.joined), 0)
        start = arc
        parts: list[Array] = []
        enter = first
        while True:
            seen.add(arc)
            points = self.strips[arc[0]].lines[arc[1]]
            points = points if enter == 0 else points[::-1]
            parts.append(points if not parts else points[1:])
            following = self.joined.get((arc, 1 - enter))
            if following is None or following[0] == start:
                break
            arc, enter = following
        border = self.strips[start[0]].borders[start[1]]
        points = np.concatenate(parts)
        if self.curves[border.curve].straight:
            points = points[[0, -1]]
        return Line(border.curve, border.key, points)


# --------------------------------------------------------------------------- vertical lines


def _vertical(
    curves: Sequence[IrreducibleCurve], window: Window, columns: Sequence[CurveColumn], verdict: Verdict
) -> Iterator[Line]:
    import numpy as np

    for before, after in itertools.pairwise(columns):
        critical = before.right
        if critical is None:
            continue
        for curve in critical.lines:
            a = middle(refined(critical))
            for key, low, high in _stretches(curves, window, curve, critical, (before, after), verdict):
                yield Line(curve, key, np.array([(a, float(fraction(low))), (a, float(fraction(high)))]))


def _stretches(
    curves: Sequence[IrreducibleCurve],
    window: Window,
    curve: int,
    critical: CriticalValue,
    beside: tuple[CurveColumn, CurveColumn],
    verdict: Verdict,
) -> list[tuple[Key, fmpq, fmpq]]:
    """Return the parts of a vertical line in the window along which the same holds."""
    size = window.top - window.bottom
    limits: list[list[fmpq]] = []
    for side, column in zip((-1, 1), beside, strict=True):
        found = []
        for root in column.roots:
            if root.curve == EDGE:
                found.append(root.place[0])
                continue
            b = limit(curves, root.curve, root.branch, critical, side)
            if b is None:
                downwards = root.place[0] < window.bottom
                b = window.bottom - size if downwards else window.top + size
            found.append(b)
        limits.append(found)
    cuts = sorted(b for found in limits for b in found if window.bottom < b < window.top)
    result: list[tuple[Key, fmpq, fmpq]] = []
    low = window.bottom
    for high in [*cuts, window.top]:
        if high - low <= SAME * size:
            continue
        inside = (low + high) / 2
        signs = [
            column.signs[sum(b < inside for b in found)] for column, found in zip(beside, limits, strict=True)
        ]
        on = list(signs[0])
        on[curve] = 0
        key = key_of(verdict, curve, signs, tuple(on))
        if key is not None:
            if result and result[-1][0] == key and low - result[-1][2] <= SAME * size:
                result[-1] = (key, result[-1][1], high)
            else:
                result.append((key, low, high))
        low = high
    return result
