"""Two populations: the unit square with flow, nullclines, separatrix, basins and rest points.

One population of three strategies: the triangle of states with its sides, trajectories and rest points.

Zeeman, E. C. (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497,
section 4: the portraits of three strategies.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import RestPoint, RestSet
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.dynamics.streamlines import HEIGHT, on_page
from separatrix.figures.canvas import (
    DIVIDE,
    INK,
    SMALL,
    TEXT,
    colour,
    draw_heads,
    draw_mark,
    draw_names,
    draw_today,
    line_style,
    rows_height,
    shares_in_words,
    shortened,
    width_of,
)
from separatrix.figures.layout import FigurePage, Overlay, legend_of, new_page
from separatrix.figures.time_series import (
    HEAD,
    TRAJECTORY_LINE,
    draw_lines,
    draw_nullclines,
    draw_starts,
    nullcline_entries,
)
from separatrix.languages import Language

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.fields.payoffs import VectorField

    Array = NDArray[np.float64]

__all__ = [
    "draw_square",
    "draw_triangle",
    "paint_square",
    "paint_triangle",
    "place",
    "sides",
    "square_lines",
    "triangle_lines",
]

SIDE, TOP, GAP = 218.0, 12.0, 16.0
TICKS = (0, 0.25, 0.5, 0.75, 1)
ROWS = 3


def draw_square(phase: PhasePortrait, words: Language, overlay: Overlay | None = None) -> Figure:
    """Return the phase portrait of two populations of two strategies, and the overlay over it."""
    y_words = shares_in_words(phase.analysis, 1, words, SIDE + 4, ROWS)
    left = 38 + rows_height(y_words)
    x_words = shares_in_words(phase.analysis, 0, words, SIDE + 50, ROWS)
    today = phase.game.today is not None
    page = new_page(
        left + SIDE + GAP,
        TOP + SIDE + 22 + rows_height(x_words) + 4,
        legend_of(
            words,
            phase.rest_points,
            phase.rest_sets,
            square_lines(phase, words),
            today=today,
            overlay=overlay,
            game=phase.game,
        ),
    )
    axes = page.axes(left, TOP, SIDE, SIDE)
    page.write(left + SIDE / 2, TOP + SIDE + 21, x_words, align="center")
    page.write(2, TOP + SIDE / 2, y_words, align="center", turned=True)
    axes.set_xticks(TICKS, [f"{v:g}" for v in TICKS])
    axes.set_yticks(TICKS, [f"{v:g}" for v in TICKS])
    axes.tick_params(pad=6, length=3, labelsize=SMALL)
    paint_square(axes, phase)
    if overlay is not None:
        overlay.paint(axes, lambda state: state)
    return page.figure


def square_lines(phase: PhasePortrait, words: Language) -> list[tuple[str, dict[str, Any]]]:
    """Return what the lines of the figure mean."""
    lines: list[tuple[str, dict[str, Any]]] = []
    if phase.separatrices:
        lines.append((words.FIGURE_SEPARATRIX, DIVIDE))
    return lines + nullcline_entries(phase, words)


def paint_square(axes: Axes, phase: PhasePortrait, head: float = HEAD) -> None:
    """Draw the portrait into square axes; arrowheads have the length `head`, the side being 1."""
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for line in phase.separatrices:
        if line.exact:  # the only one then; several lines have more than two sides
            _tint_basins(axes, line.states, phase)
        axes.plot(line.states[:, 0], line.states[:, 1], zorder=4, **DIVIDE)
    draw_lines(axes, [orbit.states for orbit in phase.trajectories], TRAJECTORY_LINE, head)
    draw_starts(axes, phase.starts)
    draw_nullclines(axes, phase)
    for piece in phase.rest_sets:
        states = piece.samples if len(piece.samples) >= 2 else piece.corners
        if piece.dimension == 1 and len(states) >= 2:
            axes.plot([s[0] for s in states], [s[1] for s in states], **line_style(piece.stability))
        elif piece.dimension == 2:
            axes.fill([0, 1, 1, 0], [0, 0, 1, 1], color=colour(piece.stability), alpha=0.15, lw=0)
    stars = []
    today = phase.game.today
    if today is not None:
        first, second = phase.shares
        stars.append((float(today[first]), float(today[second])))
        draw_today(axes, *stars[0])
    places = [p.state[:2] for p in phase.rest_points if p.state is not None]
    for point, place in zip(phase.rest_points, places, strict=True):
        draw_mark(axes, place[0], place[1], point.stability)
    wishes = [(-1.0 if x > 0.85 else 1.0, -1.0 if y > 0.85 else 1.0) for x, y in places]
    draw_names(axes, [p.id for p in phase.rest_points], places, wishes, others=stars)


def _tint_basins(axes: Axes, arms: Array, phase: PhasePortrait) -> None:
    """Tint the two sides of the separatrix, each the basin of the attracting corner on it."""
    attracting = {p.state for p in phase.rest_points if p.stability == "asymptotically stable"}
    falling = arms[0, 1] > arms[-1, 1]
    corners = ((0.0, 0.0), (1.0, 1.0)) if falling else ((0.0, 1.0), (1.0, 0.0))
    ends = {tuple(arms[k].round(12).tolist()) for k in (0, -1)}
    if not ends <= {(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)}:
        return  # the line ends in a side at rest, and what lies beyond it has more corners
    for corner, tint in zip(corners, ("#fdf0d9", "#e3f2ea"), strict=True):
        if corner in attracting:
            outline = [*arms.tolist(), list(corner)]
            axes.fill([v[0] for v in outline], [v[1] for v in outline], color=tint, lw=0, zorder=0)


TRIANGLE_SIDE, TRIANGLE_TOP, MARGIN = 236.0, 8.0, 26.0
"""Points: the side of the triangle, above it, and at its left and right."""

NAMES = 20.0
"""From a corner to the name of its strategy, in points."""

place = on_page


def draw_triangle(
    phase: PhasePortrait, words: Language, nullclines: bool = False, overlay: Overlay | None = None
) -> Figure:
    """Return the phase portrait of one population of three strategies, and the overlay over it."""
    wide = TRIANGLE_SIDE + 2 * MARGIN
    names = [
        shortened(s.name, wide if k == 2 else wide / 2 - 8, 2)
        for k, s in enumerate(phase.game.populations[0].strategies)
    ]
    above, below = NAMES + rows_height(names[2]), NAMES + max(rows_height(n) for n in names[:2])
    lines = triangle_lines(phase, words, nullclines)
    page = new_page(
        wide + 6,
        TRIANGLE_TOP + above + HEIGHT * TRIANGLE_SIDE + below + 4,
        legend_of(
            words,
            phase.rest_points,
            phase.rest_sets,
            lines,
            today=phase.game.today is not None,
            overlay=overlay,
            game=phase.game,
        ),
    )
    axes = page.axes(MARGIN, TRIANGLE_TOP + above, TRIANGLE_SIDE, HEIGHT * TRIANGLE_SIDE)
    paint_triangle(axes, phase, nullclines)
    if overlay is not None:
        overlay.paint(axes, place)
    _write_names(page, names, above)
    return page.figure


def triangle_lines(
    phase: PhasePortrait, words: Language, nullclines: bool
) -> list[tuple[str, dict[str, Any]]]:
    """Return what the lines of the figure mean."""
    lines: list[tuple[str, dict[str, Any]]] = []
    if phase.separatrices:
        lines.append((words.FIGURE_SEPARATRIX, DIVIDE))
    if phase.trajectories:
        lines.append((words.FIGURE_TRAJECTORIES, TRAJECTORY_LINE))
    return lines + (nullcline_entries(phase, words) if nullclines else [])


def paint_triangle(axes: Axes, phase: PhasePortrait, nullclines: bool = False, head: float = HEAD) -> None:
    """Draw the portrait into axes that are as wide as a side; arrowheads have the length `head`."""
    points, sets = phase.rest_points, phase.rest_sets
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, HEIGHT)
    outline = place([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    axes.plot(
        outline[:, 0],
        outline[:, 1],
        color=INK,
        linewidth=1.2,
        zorder=3,
        solid_joinstyle="round",
        clip_on=False,
    )
    draw_lines(axes, [place(orbit.states) for orbit in phase.trajectories], TRAJECTORY_LINE, head)
    draw_starts(axes, [place(start) for start in phase.starts])
    for dividing in phase.separatrices:
        line = place(dividing.states)
        axes.plot(line[:, 0], line[:, 1], zorder=4, **DIVIDE)
    if nullclines:
        draw_nullclines(axes, phase)
    for piece in sets:
        _draw_set(axes, piece)
    if phase.flow.keeps_faces:
        _draw_arrows(axes, sides(phase.flow, points, sets))
    stars = []
    today = phase.game.today
    if today is not None:
        stars.append(place([float(today[s]) for s in phase.shares]))
        draw_today(axes, float(stars[0][0]), float(stars[0][1]))
    places = [place(p.state) for p in points]
    for point, at in zip(points, places, strict=True):
        draw_mark(axes, float(at[0]), float(at[1]), point.stability)
    wishes = [_outward(point.state or (), at) for point, at in zip(points, places, strict=True)]
    draw_names(axes, [p.id for p in points], places, wishes, margin=(NAMES - 2,) * 4, others=stars)


# --------------------------------------------------------------------------- sides


def sides(
    field: VectorField, points: Sequence[RestPoint], sets: Sequence[RestSet]
) -> Iterator[tuple[Array, Array, int]]:
    """Yield the stretches of the sides between rest states: both ends, and 1 if shares move to the second.

    Stretches that consist of rest points are not drawn.
    """
    import numpy as np

    rest = [p.state for p in points if p.state is not None]
    rest += [end for s in sets for end in s.corners]
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


def _draw_arrows(axes: Axes, stretches: Iterable[tuple[Array, Array, int]]) -> None:
    import numpy as np

    heads = []
    for low, high, direction in stretches:
        along = direction * (place(high) - place(low))
        if float(np.hypot(*along)) >= 0.06:
            heads.append((place((low + high) / 2), along))
    draw_heads(axes, heads, 0.042, INK, order=4)


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


def _outward(state: Sequence[float], at: Array) -> tuple[float, float]:
    """Return the direction away from the middle, for states on the sides."""
    dx, dy = at - place([1 / 3, 1 / 3, 1 / 3])
    return (1.0, 0.8) if min(state) > 0 else (float(dx), float(dy))


def _write_names(page: FigurePage, names: Sequence[Sequence[str]], above: float) -> None:
    """Write at each corner which strategy all play there."""
    bottom = TRIANGLE_TOP + above + HEIGHT * TRIANGLE_SIDE + NAMES
    page.write(MARGIN + TRIANGLE_SIDE / 2, TRIANGLE_TOP, names[2], align="center")
    for lines, corner, edge, align in (
        (names[0], MARGIN, 2.0, "left"),
        (names[1], MARGIN + TRIANGLE_SIDE, TRIANGLE_SIDE + 2 * MARGIN - 2, "right"),
    ):
        # Names that are wider than the margin run inwards, so that the page holds them.
        fits = max(width_of(row, TEXT) for row in lines) <= 2 * MARGIN
        page.write(corner if fits else edge, bottom, lines, align="center" if fits else align)
