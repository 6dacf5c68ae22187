"""Two populations: the unit square with flow, nullclines, separatrix, basins and rest points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis
from separatrix.present.figures.canvas import INK
from separatrix.present.figures.courses import COURSE_LINE, HEAD, draw_lines, even_courses
from separatrix.present.figures.legend import legend_of
from separatrix.present.figures.lettering import SMALL, rows_height, shares_in_words
from separatrix.present.figures.marks import colour, draw_mark, draw_today, line_style
from separatrix.present.figures.page import new_page
from separatrix.present.figures.placing import draw_names
from separatrix.present.languages import Language

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["draw_square"]

X_LINE: dict[str, Any] = {"color": "#0063a0", "linewidth": 1.4, "linestyle": (0, (6, 2))}
Y_LINE: dict[str, Any] = {"color": "#8a4a73", "linewidth": 1.4, "linestyle": (0, (2, 1.6))}
DIVIDE: dict[str, Any] = {"color": INK, "linewidth": 2.4, "linestyle": "-"}


SIDE, TOP, GAP = 218.0, 12.0, 16.0
TICKS = (0, 0.25, 0.5, 0.75, 1)
ROWS = 3

STARTS_A_SIDE = 26


def draw_square(analysis: Analysis, words: Language) -> Figure:
    """Return the phase portrait of two populations of two strategies."""
    from separatrix.dynamics.replicator import replicator

    field = replicator(analysis.game, analysis.values)
    x_name, y_name = analysis.game.shares
    arms = _divide(analysis, field)
    x_rest, y_rest = _nullcline(field, 0), _nullcline(field, 1)
    sets = [s for s in analysis.rest_sets if s.stability is not None]
    points = [p for p in analysis.rest_points if p.state is not None and p.stability is not None]
    today = analysis.game.today
    lines: list[tuple[str, dict[str, Any]]] = []
    if arms is not None:
        lines.append((words.FIGURE_SEPARATRIX, DIVIDE))
    for name, found, look in ((x_name, x_rest, X_LINE), (y_name, y_rest, Y_LINE)):
        if found:
            lines.append((words.FIGURE_STILL.format(share=name), look))

    y_words = shares_in_words(analysis, 1, words, SIDE + 4, ROWS)
    left = 38 + rows_height(y_words)
    x_words = shares_in_words(analysis, 0, words, SIDE + 50, ROWS)
    page = new_page(
        left + SIDE + GAP,
        TOP + SIDE + 22 + rows_height(x_words) + 4,
        legend_of(words, points, sets, lines, today=today is not None),
    )
    axes = page.axes(left, TOP, SIDE, SIDE)
    page.write(left + SIDE / 2, TOP + SIDE + 21, x_words, align="center")
    page.write(2, TOP + SIDE / 2, y_words, align="center", turned=True)
    if arms is not None:
        _tint_basins(axes, arms, analysis)
        axes.plot(arms[:, 0], arms[:, 1], zorder=4, **DIVIDE)
    draw_lines(axes, _courses(field, arms), COURSE_LINE, HEAD)
    for found, look in ((x_rest, X_LINE), (y_rest, Y_LINE)):
        for segment in found:
            axes.plot(segment[:, 0], segment[:, 1], zorder=3, **look)
    for piece in sets:
        states = piece.samples if len(piece.samples) >= 2 else piece.corners
        if piece.dimension == 1 and len(states) >= 2:
            axes.plot([s[0] for s in states], [s[1] for s in states], **line_style(piece.stability))
        elif piece.dimension == 2:
            axes.fill([0, 1, 1, 0], [0, 0, 1, 1], color=colour(piece.stability), alpha=0.15, lw=0)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xticks(TICKS, [f"{v:g}" for v in TICKS])
    axes.set_yticks(TICKS, [f"{v:g}" for v in TICKS])
    axes.tick_params(pad=6, length=3, labelsize=SMALL)
    stars = []
    if today is not None:
        stars.append((float(today[x_name]), float(today[y_name])))
        draw_today(axes, *stars[0])
    places = [p.state[:2] for p in points if p.state is not None]
    for point, place in zip(points, places, strict=True):
        draw_mark(axes, place[0], place[1], point.stability)
    wishes = [(-1.0 if x > 0.85 else 1.0, -1.0 if y > 0.85 else 1.0) for x, y in places]
    draw_names(axes, points, places, wishes, others=stars)
    return page.figure


# --------------------------------------------------------------------------- flow


def _courses(field: Replicator, arms: Array | None) -> list[Array]:
    """Return courses that cover the square evenly, those through its middle first."""
    import numpy as np

    grid = (np.arange(STARTS_A_SIDE) + 0.5) / STARTS_A_SIDE
    starts = [(float(x), float(y)) for x in grid for y in grid]
    starts.sort(key=lambda s: (max(abs(s[0] - 0.5), abs(s[1] - 0.5)), s))
    return even_courses(field, starts, lambda states: np.asarray(states, dtype=float), avoid=arms)


def _nullcline(field: Replicator, index: int) -> list[Array]:
    """Return the lines on which one share stands still although both of its strategies are played.

    Where payoffs are linear in the other share alone, that is where the other share has one value.
    """
    import numpy as np

    if field.corners is None:
        return _curved_nullcline(field, index)
    low, high = (float(v) for v in field.corners[index])
    if low * high >= 0:
        return []
    at = low / (low - high)
    return [np.array([[0.0, at], [1.0, at]] if index == 0 else [[at, 0.0], [at, 1.0]])]


def _curved_nullcline(field: Replicator, index: int) -> list[Array]:
    import numpy as np
    from matplotlib.figure import Figure as Scratch

    grid = np.linspace(0, 1, 201)
    with np.errstate(all="ignore"):
        advantage = field.advantages(np.stack(np.meshgrid(grid, grid), axis=-1))[..., index]
    if not (np.isfinite(advantage).all() and advantage.min() < 0 < advantage.max()):
        return []
    found = Scratch().add_subplot().contour(grid, grid, advantage, levels=[0.0])
    return [np.asarray(segment) for segment in found.allsegs[0]]


# --------------------------------------------------------------------------- separatrix and basins


def _divide(analysis: Analysis, field: Replicator) -> Array | None:
    from separatrix.dynamics.separatrix import separatrix_arms

    saddle = any(p.stability == "saddle" and len(p.free) == 2 for p in analysis.rest_points)
    return separatrix_arms(field) if saddle else None


def _tint_basins(axes: Axes, arms: Array, analysis: Analysis) -> None:
    """Tint the two sides of the separatrix, each the basin of the attracting corner on it."""
    attracting = {p.state for p in analysis.rest_points if p.stability == "asymptotically stable"}
    falling = arms[0, 1] > arms[-1, 1]
    corners = ((0.0, 0.0), (1.0, 1.0)) if falling else ((0.0, 1.0), (1.0, 0.0))
    for corner, tint in zip(corners, ("#fdf0d9", "#e3f2ea"), strict=True):
        if corner in attracting:
            outline = [*arms.tolist(), list(corner)]
            axes.fill([v[0] for v in outline], [v[1] for v in outline], color=tint, lw=0, zorder=0)
