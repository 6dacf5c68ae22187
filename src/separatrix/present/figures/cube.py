"""Three populations: the cube of states with its faces, courses and rest points, seen from one side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis, RestPoint, RestSet
from separatrix.present.figures.canvas import (
    FAINT,
    FLOW,
    INK,
    colour,
    draw_legend,
    draw_mark,
    draw_today,
    line_style,
    new_figure,
    share_label,
)

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["draw_cube", "project"]

# From this side no corner hides another and each axis keeps its length within a third.
AZIMUTH, ELEVATION = math.radians(-62.0), math.radians(22.0)
STARTS = (0.15, 0.5, 0.85)
COURSE_LINE: dict[str, Any] = {"color": FLOW, "linewidth": 0.8}
FACE_LINE: dict[str, Any] = {"color": "#0063a0", "linewidth": 1.0, "linestyle": (0, (4, 1.2))}


def project(states: Any) -> Array:
    """Return the places (..., 2) on the page of states (..., 3), by parallel projection."""
    import numpy as np

    x = np.asarray(states, dtype=float)
    right = np.array([-math.sin(AZIMUTH), math.cos(AZIMUTH), 0.0])
    up = np.array([
        -math.sin(ELEVATION) * math.cos(AZIMUTH),
        -math.sin(ELEVATION) * math.sin(AZIMUTH),
        math.cos(ELEVATION),
    ])  # fmt: skip
    return np.stack([x @ right, x @ up], axis=-1)


def draw_cube(analysis: Analysis) -> Figure:
    """Return the phase portrait of three populations of two strategies."""
    figure = new_figure(7.8, 5.8)
    axes = figure.add_axes((0.02, 0.17, 0.70, 0.81))
    strip = figure.add_axes((0.74, 0.17, 0.25, 0.80))
    axes.set_aspect("equal")
    axes.axis("off")
    _draw_frame(axes, analysis)
    _draw_courses(axes, analysis)
    sets = [s for s in analysis.rest_sets if s.stability is not None]
    for piece in sets:
        _draw_set(axes, piece)
    points = [p for p in analysis.rest_points if p.state is not None and p.stability is not None]
    # Nearer points are drawn over farther ones.
    for point in sorted(points, key=lambda p: _depth(p.state or ())):
        _draw_point(axes, point)
    today = analysis.game.today
    if today is not None:
        x, y = project([float(today[s]) for s in analysis.game.shares])
        draw_today(axes, float(x), float(y))
    lines = [("courses", COURSE_LINE)]
    if any(True for _ in _starts_on_faces(analysis)):
        lines.append(("courses on a face", FACE_LINE))
    draw_legend(strip, points, sets, lines, today=today is not None, step=0.058)
    for k in range(3):
        figure.text(0.03, 0.115 - 0.04 * k, share_label(analysis, k, 110, 1), fontsize=8.6)
    return figure


def _depth(state: tuple[float, ...]) -> float:
    toward = (
        math.cos(ELEVATION) * math.cos(AZIMUTH), math.cos(ELEVATION) * math.sin(AZIMUTH), math.sin(ELEVATION)
    )  # fmt: skip
    return sum(a * b for a, b in zip(state, toward, strict=False))


def _draw_frame(axes: Axes, analysis: Analysis) -> None:
    """Draw the twelve edges, hidden ones dashed, with the axes' names and ends."""
    hidden = min(itertools.product((0.0, 1.0), repeat=3), key=_depth)
    for a, b in itertools.combinations(itertools.product((0.0, 1.0), repeat=3), 2):
        if sum(p != q for p, q in zip(a, b, strict=True)) == 1:
            (x0, y0), (x1, y1) = project(a), project(b)
            behind = hidden in (a, b)
            axes.plot(
                [x0, x1], [y0, y1], color=FAINT if behind else "#9aa2a9", linewidth=0.9 if behind else 1.1,
                linestyle=(0, (3, 2)) if behind else "-", zorder=1,
            )  # fmt: skip
    for face in ((0, 0.0), (1, 1.0), (2, 0.0)):  # the three faces at the back
        axis, side = face
        corners = [list(c) for c in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))]
        for c in corners:
            c.insert(axis, side)
        flat = project(corners)
        axes.fill(flat[:, 0], flat[:, 1], color="#f4f6f7", lw=0, zorder=0)
    x, y, z = analysis.game.shares
    edges = (
        (x, (0.5, 0.0, 0.0), (0, -1)), (y, (1.0, 0.5, 0.0), (0.8, -0.6)), (z, (0.0, 0.0, 0.5), (-1, 0)),
    )  # fmt: skip
    for name, middle, (dx, dy) in edges:
        px, py = project(middle)
        axes.annotate(
            f"{name} →" if name != z else f"{name} ↑", (px, py), xytext=(18 * dx, 18 * dy),
            textcoords="offset points", ha="center", va="center", fontsize=11, style="italic", color=INK,
        )  # fmt: skip


def _draw_courses(axes: Axes, analysis: Analysis) -> None:
    """Draw courses from a grid of starts inside; the arrow stands where each has gone a third of its way."""
    import numpy as np

    from separatrix.dynamics.replicator import replicator
    from separatrix.dynamics.trajectory import follow

    field = replicator(analysis.game, analysis.values)
    inside = [s for s in itertools.product(STARTS, repeat=3) if sum(v == 0.5 for v in s) != 1]
    for start in [*inside, *_starts_on_faces(analysis)]:
        course = follow(field, start, points=400, tolerance=1e-6)
        look = FACE_LINE if any(v in (0, 1) for v in start) else COURSE_LINE
        flat = project(_once_around(course.states))
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))])
        if lengths[-1] < 0.02:
            continue
        even = np.linspace(0, lengths[-1], max(12, min(160, int(lengths[-1] * 60))))
        px, py = np.interp(even, lengths, flat[:, 0]), np.interp(even, lengths, flat[:, 1])
        axes.plot(px, py, zorder=2, **look)
        at = min(len(even) // 3, int(0.35 / (even[1] - even[0])))
        axes.annotate(
            "", (px[at + 1], py[at + 1]), xytext=(px[at], py[at]), zorder=2.5,
            arrowprops={"arrowstyle": "-|>", "color": "#59636b", "linewidth": 0.8, "mutation_scale": 9},
        )  # fmt: skip


def _once_around(states: Array) -> Array:
    """Return a course up to where it comes back to its start, if it does."""
    import numpy as np

    away = np.abs(states - states[0]).max(axis=1)
    left = int(np.argmax(away > 0.1))
    back = np.flatnonzero(away[left:] < 0.02) if away[left] > 0.1 else np.array([], dtype=int)
    return states[: left + int(back[0]) + 1] if back.size else states


def _starts_on_faces(analysis: Analysis) -> Iterator[tuple[float, ...]]:
    """Yield two starts beside each rest point that mixes on a face: what happens there is easily missed."""
    for point in analysis.rest_points:
        if point.state is not None and point.isolated and len(point.free) == 2:
            for part in (0.3, 0.65):
                yield tuple(
                    v + (part * (0.96 - v) if k in point.free else 0.0) for k, v in enumerate(point.state)
                )


def _draw_set(axes: Axes, piece: RestSet) -> None:
    states = piece.samples if len(piece.samples) >= 2 else piece.corners
    if not states:
        return
    flat = project(states)
    if piece.dimension == 1:
        axes.plot(flat[:, 0], flat[:, 1], **line_style(piece.stability))
        return
    if len(piece.corners) >= 3:
        outline = _around(project(piece.corners))
        axes.fill(outline[:, 0], outline[:, 1], color=colour(piece.stability), alpha=0.16, lw=0, zorder=1.5)
    axes.plot(flat[:, 0], flat[:, 1], ".", color=colour(piece.stability), alpha=0.55, markersize=3, zorder=4)


def _around(flat: Array) -> Array:
    """Return the corners of a convex polygon in order."""
    import numpy as np

    middle = flat.mean(axis=0)
    return np.asarray(flat[np.argsort(np.arctan2(flat[:, 1] - middle[1], flat[:, 0] - middle[0]))])


def _draw_point(axes: Axes, point: RestPoint) -> None:
    assert point.state is not None
    x, y = (float(v) for v in project(point.state))
    draw_mark(axes, x, y, point.stability)
    middle_x, middle_y = (float(v) for v in project((0.5, 0.5, 0.5)))
    left = x < middle_x
    axes.annotate(
        point.id, (x, y), xytext=(-9 if left else 9, -9 if y < middle_y else 9), textcoords="offset points",
        ha="right" if left else "left", va="center", fontsize=8.5, zorder=7,
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
    )  # fmt: skip
