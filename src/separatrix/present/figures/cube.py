"""Three populations: the cube of states with its faces, courses and rest points, seen from one side."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis, RestSet
from separatrix.present.figures.canvas import FAINT, INK
from separatrix.present.figures.courses import COURSE_LINE, draw_lines, once_around
from separatrix.present.figures.legend import STRIP, legend_of
from separatrix.present.figures.lettering import TEXT, rows_height, shares_in_words, shortened
from separatrix.present.figures.marks import colour, draw_mark, draw_today, line_style
from separatrix.present.figures.page import new_page
from separatrix.present.figures.placing import draw_names
from separatrix.present.figures.surface import draw_surface, surface_lines
from separatrix.present.languages import Language

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.separatrix_surface import SeparatrixSurface

    Array = NDArray[np.float64]

__all__ = ["draw_cube", "project"]

# From this side no corner hides another and each axis keeps its length within a third.
AZIMUTH, ELEVATION = math.radians(-62.0), math.radians(22.0)
STARTS = (0.15, 0.5, 0.85)
FACE_LINE: dict[str, Any] = {"color": "#0063a0", "linewidth": 1.0, "linestyle": (0, (4, 1.2))}

SCALE, MARGIN, TOP = 168.0, 26.0, 6.0
"""Points: an edge of the cube, and around it."""

LONGEST, STEP = 3.0, 1 / 60
"""How far a course is followed, and the distance between its corners; the edge of the cube is 1."""


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


def draw_cube(analysis: Analysis, words: Language, surface: SeparatrixSurface | None = None) -> Figure:
    """Return the phase portrait of three populations of two strategies, with the separatrix where given."""
    flat = project(list(itertools.product((0.0, 1.0), repeat=3)))
    low, high = flat.min(axis=0) - MARGIN / SCALE, flat.max(axis=0) + MARGIN / SCALE
    wide, tall = (float(v) for v in (high - low) * SCALE)
    sets = [s for s in analysis.rest_sets if s.stability is not None]
    points = [p for p in analysis.rest_points if p.state is not None and p.stability is not None]
    today = analysis.game.today
    lines = [(words.FIGURE_COURSES, COURSE_LINE)]
    on_faces = list(_starts_on_faces(analysis))
    if on_faces:
        lines.append((words.FIGURE_COURSES_ON_FACES, FACE_LINE))
    if surface is not None:
        lines += surface_lines(surface, words)
    legend = legend_of(words, points, sets, lines, today=today is not None)
    full = wide + STRIP - 4
    meanings = [shares_in_words(analysis, k, words, full, 2) for k in range(3)]
    below = sum(rows_height(rows) + 2 for rows in meanings)
    page = new_page(wide, max(TOP + tall, legend.height + 16) + below + 4, legend)
    axes = page.axes(0, TOP, wide, tall)
    axes.axis("off")
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    at = page.height - below - 4
    for rows in meanings:
        page.write(4, at, rows)
        at += rows_height(rows) + 2
    around = _draw_frame(axes, analysis)
    if surface is not None:
        draw_surface(axes, surface)
    _draw_courses(axes, analysis, on_faces)
    for piece in sets:
        _draw_set(axes, piece)
    stars = []
    if today is not None:
        stars.append(project([float(today[s]) for s in analysis.game.shares]))
        draw_today(axes, float(stars[0][0]), float(stars[0][1]))
    # Nearer points are drawn over farther ones.
    points.sort(key=lambda p: _depth(p.state or ()))
    places = [project(p.state) for p in points]
    for point, (x, y) in zip(points, places, strict=True):
        draw_mark(axes, float(x), float(y), point.stability)
    middle = project((0.5, 0.5, 0.5))
    wishes = [(-1.0 if x < middle[0] else 1.0, -1.0 if y < middle[1] else 1.0) for x, y in places]
    draw_names(axes, points, places, wishes, others=[*stars, *around])
    return page.figure


def _depth(state: tuple[float, ...]) -> float:
    toward = (
        math.cos(ELEVATION) * math.cos(AZIMUTH), math.cos(ELEVATION) * math.sin(AZIMUTH), math.sin(ELEVATION)
    )  # fmt: skip
    return sum(a * b for a, b in zip(state, toward, strict=False))


def _draw_frame(axes: Axes, analysis: Analysis) -> list[Array]:
    """Draw the twelve edges, hidden ones dashed, with the names of the axes; return where these stand."""
    import numpy as np

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
    places = []
    edges = (((0.5, 0.0, 0.0), (0, -15)), ((1.0, 0.5, 0.0), (14, -10)), ((0.0, 0.0, 0.5), (-13, 0)))
    for k, (middle, (dx, dy)) in enumerate(edges):
        (name,) = shortened(analysis.game.shares[k], 60)
        px, py = project(middle)
        places.append(np.array([px + dx / SCALE, py + dy / SCALE]))
        long = len(name) > 2
        axes.annotate(
            f"{name} ↑" if k == 2 and not long else f"{name} →", (px, py), xytext=(dx, dy),
            textcoords="offset points", ha="center" if k != 1 or not long else "left", va="center",
            fontsize=TEXT + 1, style="italic", color=INK, rotation=90 if k == 2 and long else 0,
        )  # fmt: skip
    return places


def _draw_courses(axes: Axes, analysis: Analysis, on_faces: Sequence[Sequence[float]]) -> None:
    """Draw courses from a grid of starts inside; the arrow stands where each has gone a third of its way."""
    import numpy as np

    from separatrix.dynamics.bundle import bundle
    from separatrix.dynamics.replicator import replicator

    inside = [s for s in itertools.product(STARTS, repeat=3) if sum(v == 0.5 for v in s) != 1]
    flow = replicator(analysis.game, analysis.values)
    found = bundle(flow, [*inside, *on_faces], LONGEST, points=round(LONGEST / STEP) + 1)
    courses = []
    for states in found:
        moved = np.sqrt((np.diff(states, axis=0) ** 2).sum(axis=-1))
        still = np.flatnonzero(~(moved > STEP / 5))
        under_way = states[: int(still[0]) + 2] if still.size else states
        courses.append(project(once_around(under_way, 0.02, 0.1)))
    for look, part in ((COURSE_LINE, courses[: len(inside)]), (FACE_LINE, courses[len(inside) :])):
        long = [c for c in part if len(c) > 2 and np.ptp(c, axis=0).max() > 0.02]
        draw_lines(axes, long, look, 7 / SCALE, at=1 / 3, most=0.35)


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
