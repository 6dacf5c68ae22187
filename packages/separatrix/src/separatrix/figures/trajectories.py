"""Trajectories as lines with arrowheads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from separatrix.dynamics.page_coordinates import on_page
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.figures.canvas import FLOW, INK
from separatrix.figures.marks import draw_heads
from separatrix.languages import Language

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "TRAJECTORY_LINE",
    "HEAD",
    "LOOKS",
    "draw_lines",
    "draw_nullclines",
    "draw_starts",
    "nullcline_entries",
]

TRAJECTORY_LINE: dict[str, Any] = {"color": FLOW, "linewidth": 0.8}

HEAD = 0.026
"""The length of an arrowhead."""


def draw_lines(
    axes: Axes,
    trajectories: Sequence[Array],
    look: dict[str, Any],
    head: float,
    at: float = 0.5,
    most: float = 9.0,
) -> None:
    """Draw trajectories as one path, each with an arrowhead at a part of its way, but not beyond a length."""
    import numpy as np
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not trajectories:
        return
    vertices = np.concatenate(trajectories)
    codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
    codes[np.cumsum([0, *(len(c) for c in trajectories[:-1])])] = Path.MOVETO
    style = {"edgecolor" if k == "color" else k: v for k, v in look.items()}
    # `add_patch` would look for the limits of the axes, which are set.
    axes.add_artist(PathPatch(Path(vertices, codes), fill=False, zorder=2, capstyle="butt", **style))
    heads = []
    for orbit in trajectories:
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(orbit, axis=0).T))])
        k = int(np.searchsorted(lengths, min(at * lengths[-1], most)))
        k = min(max(k, 1), len(orbit) - 2)
        heads.append((orbit[k], orbit[k + 1] - orbit[k - 1]))
    draw_heads(axes, heads, head, "#59636b")


def draw_starts(axes: Axes, places: Sequence[Any]) -> None:
    """Mark where chosen trajectories begin."""
    for x, y in places:
        axes.plot(
            [float(x)],
            [float(y)],
            "o",
            markersize=3.6,
            color=INK,
            clip_on=False,
            zorder=4.5,
            linestyle="none",
        )


LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0063a0", "linewidth": 1.4, "linestyle": (0, (6, 2))},
    {"color": "#8a4a73", "linewidth": 1.4, "linestyle": (0, (2, 1.6))},
    {"color": "#4d6b00", "linewidth": 1.4, "linestyle": (0, (7, 1.6, 1.4, 1.6))},
)
"""Of the first share, the second and the third."""


def nullcline_entries(phase: PhasePortrait, words: Language) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries of the legend for the shares with a nullcline inside."""
    moving = {n.share for n in phase.nullclines if n.kind == "advantage" and (n.lines or n.points)}
    return [
        (words.FIGURE_NULLCLINE.format(share=share), LOOKS[k])
        for k, share in enumerate(phase.shares)
        if share in moving
    ]


def draw_nullclines(axes: Axes, phase: PhasePortrait) -> None:
    """Draw the nullclines inside a square or a triangle; isolated points as small crosses."""
    corners = {tuple(round(x, 9) for x in p.state) for p in phase.rest_points if p.state is not None}
    for null in phase.nullclines:
        if null.kind != "advantage":
            continue
        look = LOOKS[phase.shares.index(null.share)]
        for line in null.lines:
            places = on_page(line) if phase.shape == "triangle" else line
            axes.plot(places[:, 0], places[:, 1], zorder=3, **look)
        for point in null.points:
            if tuple(round(x, 9) for x in point) not in corners:
                x, y = on_page(point) if phase.shape == "triangle" else point
                axes.plot([x], [y], "x", color=look["color"], markersize=5, zorder=3, clip_on=False)
