"""Where the names of points go: near their marks, over no other mark and no other name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.figures.lettering import SMALL, label_look, width_of
from separatrix.figures.marks import RADIUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_names"]

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge, in points."""

TURNS = 16
ALONE = 13.0
"""The distance of a name from other marks, where there is room: between two it would be ambiguous."""

DISTANCES = (2.0, 6.0, 12.0)


def places_of_names(
    marks: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    wishes: Sequence[tuple[float, float]],
    inside: Box,
    taken: Sequence[Box] = (),
) -> list[tuple[float, float]]:
    """Return the middles of names, in points like everything else here.

    Each name is placed in a direction from its mark, the preferred one unless something is in its way. The
    names of crowded marks choose first.
    """
    solid = [*((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in marks), *taken]
    placed: dict[int, tuple[float, float]] = {}
    boxes: list[Box] = []

    def crowd(k: int) -> float:
        near = (math.dist(marks[k], other) for j, other in enumerate(marks) if j != k)
        return -sum(1 / (d + 5) for d in near if d < 60)

    for k in sorted(range(len(marks)), key=lambda k: (crowd(k), k)):
        (x, y), (width, height), (wx, wy) = marks[k], sizes[k], wishes[k]
        wished = math.atan2(wy, wx)
        best, least = (x, y), math.inf
        for ring, distance in enumerate(DISTANCES):
            for turn in range(TURNS):
                angle = wished + math.tau * turn / TURNS
                dx, dy = math.cos(angle), math.sin(angle)
                # The nearest place in this direction in which the name clears its mark.
                reach = RADIUS + distance + abs(dx) * width / 2 + abs(dy) * height / 2
                px, py = x + dx * reach, y + dy * reach
                box = (px - width / 2, py - height / 2, px + width / 2, py + height / 2)
                cost = (
                    sum(_overlap(box, other) for other in solid)
                    + sum(2 * _overlap(box, other) for other in boxes)
                    + 3 * (width * height - _overlap(box, inside))
                    + 2.0 * (1 - math.cos(angle - wished))
                    + 4.0 * ring
                    + sum(max(0.0, ALONE - _gap(box, other)) for j, other in enumerate(marks) if j != k)
                )
                if cost < least - 1e-9:
                    best, least = (px, py), cost
        px, py = best
        placed[k] = best
        boxes.append((px - width / 2, py - height / 2, px + width / 2, py + height / 2))
    return [placed[k] for k in range(len(marks))]


def _gap(box: Box, mark: tuple[float, float]) -> float:
    """Return the distance from a box to the middle of a mark."""
    (x, y), (left, low, right, high) = mark, box
    return math.hypot(max(left - x, x - right, 0.0), max(low - y, y - high, 0.0))


def _overlap(a: Box, b: Box) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def draw_names(
    axes: Axes,
    names: Sequence[str],
    at: Sequence[Any],
    wishes: Sequence[tuple[float, float]],
    *,
    margin: Box = (0.0, 0.0, 0.0, 0.0),
    others: Iterable[Any] = (),
    clearance: float = RADIUS,
    size: float = SMALL,
    bold: bool = False,
) -> None:
    """Write names near their places, in data units; `others` are places kept free, each by ``clearance``.

    Names may leave the axes on each side by ``margin`` points.
    """
    if not names:
        return
    axes.apply_aspect()
    scale = 72 / axes.figure.dpi

    def in_points(place: Any) -> tuple[float, float]:
        x, y = axes.transData.transform((float(place[0]), float(place[1])))
        return float(x) * scale, float(y) * scale

    marks = [in_points(place) for place in at]
    frame = axes.get_window_extent()
    left, low, right, high = margin
    inside = (
        frame.x0 * scale - left,
        frame.y0 * scale - low,
        frame.x1 * scale + right,
        frame.y1 * scale + high,
    )
    taken = [(x - clearance, y - clearance, x + clearance, y + clearance) for x, y in map(in_points, others)]
    wider, height = (2, 0.9 * size) if bold else (0, 0.8 * size)
    sizes = [(width_of(name, size) + wider, height) for name in names]
    found = places_of_names(marks, sizes, wishes, inside, taken)
    look: dict[str, Any] = {"fontweight": "bold"} if bold else {}
    for name, place, mark, middle in zip(names, at, marks, found, strict=True):
        axes.annotate(
            name,
            (float(place[0]), float(place[1])),
            xytext=(middle[0] - mark[0], middle[1] - mark[1]),
            textcoords="offset points",
            ha="center",
            va="center_baseline",
            zorder=7,
            annotation_clip=False,
            **look,
            **label_look(size),
        )
