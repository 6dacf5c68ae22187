"""One population of three strategies: the triangle of states with its sides, trajectories and rest points.

Zeeman, E. C. (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497,
section 4: the portraits of three strategies.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import RestPoint, RestSet
from separatrix.dynamics.page_coordinates import HEIGHT, on_page
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.figures.canvas import INK
from separatrix.figures.legend import Overlay, legend_of
from separatrix.figures.lettering import TEXT, rows_height, shortened, width_of
from separatrix.figures.marks import DIVIDE, colour, draw_heads, draw_mark, draw_today, line_style
from separatrix.figures.name_placement import draw_names
from separatrix.figures.page import FigurePage, new_page
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

    from separatrix.dynamics.fields.interface import VectorField

    Array = NDArray[np.float64]

__all__ = ["draw_triangle", "paint_triangle", "place", "sides", "triangle_lines"]

SIDE, TOP, MARGIN = 236.0, 8.0, 26.0
"""Points: the side of the triangle, above it, and at its left and right."""

NAMES = 20.0
"""From a corner to the name of its strategy, in points."""

place = on_page


def draw_triangle(
    phase: PhasePortrait, words: Language, nullclines: bool = False, overlay: Overlay | None = None
) -> Figure:
    """Return the phase portrait of one population of three strategies, and the overlay over it."""
    wide = SIDE + 2 * MARGIN
    names = [
        shortened(s.name, wide if k == 2 else wide / 2 - 8, 2)
        for k, s in enumerate(phase.game.populations[0].strategies)
    ]
    above, below = NAMES + rows_height(names[2]), NAMES + max(rows_height(n) for n in names[:2])
    lines = triangle_lines(phase, words, nullclines)
    page = new_page(
        wide + 6,
        TOP + above + HEIGHT * SIDE + below + 4,
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
    axes = page.axes(MARGIN, TOP + above, SIDE, HEIGHT * SIDE)
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
    bottom = TOP + above + HEIGHT * SIDE + NAMES
    page.write(MARGIN + SIDE / 2, TOP, names[2], align="center")
    for lines, corner, edge, align in (
        (names[0], MARGIN, 2.0, "left"),
        (names[1], MARGIN + SIDE, SIDE + 2 * MARGIN - 2, "right"),
    ):
        # Names that are wider than the margin run inwards, so that the page holds them.
        fits = max(width_of(row, TEXT) for row in lines) <= 2 * MARGIN
        page.write(corner if fits else edge, bottom, lines, align="center" if fits else align)
