"""Two populations: the unit square with flow, nullclines, separatrix, basins and rest points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.dynamics.portraits import PhasePortrait
from separatrix.figures.legend import Overlay, legend_of
from separatrix.figures.lettering import SMALL, rows_height, shares_in_words
from separatrix.figures.marks import DIVIDE, colour, draw_mark, draw_today, line_style
from separatrix.figures.name_placement import draw_names
from separatrix.figures.page import new_page
from separatrix.figures.trajectories import (
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

    Array = NDArray[np.float64]

__all__ = ["draw_square", "paint_square", "square_lines"]

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
