"""One population of three strategies: the triangle of states with its sides, courses and rest points.

Zeeman, E. C. (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497,
section 4: the portraits of three strategies.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis, RestPoint, RestSet
from separatrix.present.figures.canvas import (
    FLOW,
    INK,
    colour,
    draw_legend,
    draw_mark,
    draw_today,
    line_style,
    new_figure,
    wrapped,
)

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["draw_triangle", "place", "sides"]

HEIGHT = math.sqrt(3) / 2
COURSE_LINE: dict[str, Any] = {"color": FLOW, "linewidth": 0.8}

STARTS_A_SIDE = 14
"""Starts are tried on a grid of this many steps a side."""

STEP = 0.008
"""How far apart the corners of a drawn course are."""

NAME_WIDTH = 26
"""Latin characters of a strategy's name in a line; there are two lines at most."""

APART, LONGEST = 0.055, 0.75
"""How far a new course keeps from those drawn, and how long it gets in each direction; the side is 1."""


def place(states: Any) -> Array:
    """Return the places (..., 2) on the page of states (..., 3): corners left, right and on top."""
    import numpy as np

    x = np.asarray(states, dtype=float)
    return np.stack([x[..., 1] + x[..., 2] / 2, HEIGHT * x[..., 2]], axis=-1)


def draw_triangle(analysis: Analysis) -> Figure:
    """Return the phase portrait of one population of three strategies."""
    from separatrix.dynamics.replicator import replicator

    field = replicator(analysis.game, analysis.values)
    figure = new_figure(7.4, 5.2)
    axes = figure.add_axes((0.06, 0.09, 0.63, 0.83))
    strip = figure.add_axes((0.735, 0.10, 0.25, 0.85))
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_xlim(-0.08, 1.08)
    axes.set_ylim(-0.09, HEIGHT + 0.08)
    sets = [s for s in analysis.rest_sets if s.stability is not None]
    points = [p for p in analysis.rest_points if p.state is not None and p.stability is not None]
    outline = place([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    axes.plot(outline[:, 0], outline[:, 1], color=INK, linewidth=1.2, zorder=3, solid_joinstyle="round")
    lines = [("courses", COURSE_LINE)] if _draw_courses(axes, field) else []
    for piece in sets:
        _draw_set(axes, piece)
    for low, high, direction in sides(field, points, sets):
        _draw_arrow(axes, place(low), place(high), direction)
    for point in points:
        _draw_point(axes, point)
    _draw_names(axes, analysis)
    today = analysis.game.today
    if today is not None:
        x, y = place([float(today[s]) for s in analysis.game.shares])
        draw_today(axes, float(x), float(y))
    draw_legend(strip, points, sets, lines, today=today is not None)
    return figure


# --------------------------------------------------------------------------- sides


def sides(
    field: Replicator, points: list[RestPoint], sets: list[RestSet]
) -> Iterator[tuple[Array, Array, int]]:
    """Yield the stretches of the sides between rest states: both ends, and 1 if shares move to the second.

    Stretches on which every state is at rest are left out.
    """
    import numpy as np

    rest = [p.state for p in points if p.state is not None]
    rest += [end for s in sets for end in (*s.corners, *(s.samples if s.dimension == 0 else ()))]
    for a, b in itertools.combinations(range(3), 2):
        (c,) = {0, 1, 2} - {a, b}
        stops = sorted({0.0, 1.0, *(state[b] for state in rest if state[c] == 0.0)})
        for low, high in itertools.pairwise(stops):
            if high - low < 1e-9:
                continue
            ends = np.zeros((2, 3))
            ends[0, [a, b]] = 1 - low, low
            ends[1, [a, b]] = 1 - high, high
            speed = float(field(ends.mean(axis=0))[b])
            if abs(speed) > 1e-12 * (field.scale or 1.0):
                yield ends[0], ends[1], 1 if speed > 0 else -1


def _draw_arrow(axes: Axes, low: Array, high: Array, direction: int) -> None:
    import numpy as np

    start, end = (low, high) if direction > 0 else (high, low)
    length = float(np.hypot(*(end - start)))
    if length < 0.06:
        return
    middle, along = (start + end) / 2, (end - start) / length
    tail, head = middle - 0.02 * along, middle + 0.02 * along
    axes.annotate(
        "", tuple(head), xytext=tuple(tail), zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4, "mutation_scale": 16,
                    "shrinkA": 0, "shrinkB": 0},
    )  # fmt: skip


# --------------------------------------------------------------------------- courses


def _draw_courses(axes: Axes, field: Replicator) -> bool:
    """Draw courses through a grid of starts, each at a distance from those before; say if there are any."""
    import numpy as np

    drawn = np.empty((0, 2))
    steps = range(1, STARTS_A_SIDE)
    grid = [(i, j, STARTS_A_SIDE - i - j) for i in steps for j in steps if i + j < STARTS_A_SIDE]
    # Starts in the middle first: their courses say most.
    grid.sort(key=lambda g: (max(g) - min(g), g))
    for shares in grid:
        start = np.array(shares) / STARTS_A_SIDE
        if drawn.size and np.hypot(*(drawn - place(start)).T).min() < APART:
            continue
        course = _both_ways(field, start)
        if course is None:
            continue
        drawn = np.concatenate([drawn, course])
        axes.plot(course[:, 0], course[:, 1], zorder=2, **COURSE_LINE)
        at = len(course) // 2
        axes.annotate(
            "", tuple(course[at + 1]), xytext=tuple(course[at]), zorder=2.5,
            arrowprops={"arrowstyle": "-|>", "color": "#59636b", "linewidth": 0.8, "mutation_scale": 9},
        )  # fmt: skip
    return bool(drawn.size)


def _both_ways(field: Replicator, start: Array) -> Array | None:
    """Return the course through a start as places a small step apart, or None where nothing moves."""
    import numpy as np

    from separatrix.dynamics.trajectory import follow

    scale = field.scale or 1.0
    if np.abs(field(start)).max() <= 1e-9 * scale:
        return None
    parts = []
    for sign in (-1, 1):
        course = follow(field, start.tolist(), until=sign * 60 / scale, points=2000, tolerance=1e-6)
        parts.append(_evenly(_once_around(place(course.states))))
    back, forth = parts
    closed = np.hypot(*(forth[-1] - forth[0])) < 0.02 and len(forth) > 8
    whole = forth if closed else np.concatenate([back[:0:-1], forth])
    return whole if len(whole) >= 8 else None


def _once_around(flat: Array) -> Array:
    """Return a course up to where it comes back to its start, closed there, if it does."""
    import numpy as np

    away = np.hypot(*(flat - flat[0]).T)
    left = int(np.argmax(away > 0.06))
    back = np.flatnonzero(away[left:] < 0.012) if away[left] > 0.06 else np.array([], dtype=int)
    return np.concatenate([flat[: left + int(back[0]) + 1], flat[:1]]) if back.size else flat


def _evenly(flat: Array) -> Array:
    """Return a course in small steps up to the greatest length."""
    import numpy as np

    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))])
    end = float(lengths[-1])
    closed = math.hypot(*(flat[-1] - flat[0])) < 0.02 and end > 0.1
    reach = end if closed else min(end, LONGEST)
    even = np.linspace(0, reach, max(2, round(reach / STEP) + 1))
    return np.stack([np.interp(even, lengths, flat[:, k]) for k in (0, 1)], axis=-1)


# --------------------------------------------------------------------------- rest states and names


def _draw_set(axes: Axes, piece: RestSet) -> None:
    states = piece.samples if len(piece.samples) >= 2 else piece.corners
    if piece.dimension == 2 and len(piece.corners) >= 3:
        flat = place(piece.corners)
        middle = flat.mean(axis=0)
        order = sorted(range(len(flat)), key=lambda k: math.atan2(*(flat[k] - middle)[::-1]))
        axes.fill(flat[order, 0], flat[order, 1], color=colour(piece.stability), alpha=0.15, lw=0, zorder=1)
    elif piece.dimension == 1 and len(states) >= 2:
        flat = place(states)
        axes.plot(flat[:, 0], flat[:, 1], **line_style(piece.stability))
    elif piece.dimension == 0 and states:
        x, y = place(states[0])
        draw_mark(axes, float(x), float(y), piece.stability)


def _draw_point(axes: Axes, point: RestPoint) -> None:
    import numpy as np

    assert point.state is not None
    at = place(point.state)
    draw_mark(axes, float(at[0]), float(at[1]), point.stability)
    outward = at - place([1 / 3, 1 / 3, 1 / 3])
    length = float(np.hypot(*outward))
    inside = min(point.state) > 0
    dx, dy = (11.0, 9.0) if inside or length < 1e-9 else tuple(14 * outward / length)
    axes.annotate(
        point.id, tuple(at), xytext=(dx, dy), textcoords="offset points", ha="center", va="center",
        fontsize=8.5, zorder=7,
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
    )  # fmt: skip


def _draw_names(axes: Axes, analysis: Analysis) -> None:
    """Write at each corner which strategy all play there."""
    for k, strategy in enumerate(analysis.game.populations[0].strategies):
        clean = "".join(c if c.isprintable() else " " for c in strategy.name)
        rows = wrapped(clean, NAME_WIDTH)
        lines = [_cut(row, NAME_WIDTH, more=k == 1 and len(rows) > 2) for k, row in enumerate(rows[:2])]
        corner = [float(k == j) for j in range(3)]
        # Long names below a corner run inwards, so that the page holds them.
        long = max(len(row) for row in lines) > 10
        sides_of = ("left", "right", "center") if long else ("center",) * 3
        x = float(place(corner)[0]) + (0.0 if not long or k == 2 else -0.06 if k == 0 else 0.06)
        axes.annotate(
            "\n".join(lines), (x, float(place(corner)[1])), xytext=(0, 22 if k == 2 else -22),
            textcoords="offset points", ha=sides_of[k], va="bottom" if k == 2 else "top", fontsize=10,
            annotation_clip=False,
        )  # fmt: skip


def _cut(row: str, width: int, *, more: bool) -> str:
    return row if len(row) <= width and not more else row[: width - 2].rstrip() + "…"
