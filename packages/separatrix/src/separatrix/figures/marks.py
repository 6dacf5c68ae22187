"""Marks of rest points and rest sets, arrowheads, and the star for today."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Label
from separatrix.document.labels import LABELS
from separatrix.figures.canvas import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DIVIDE", "RADIUS", "colour", "draw_heads", "draw_mark", "draw_today", "line_style"]

DIVIDE: dict[str, Any] = {"color": INK, "linewidth": 2.4, "linestyle": "-"}
"""The basin boundary."""

RADIUS = 5.5
"""How far a mark reaches from its middle, in points."""

_SHAPES: dict[Label, dict[str, Any]] = {
    "asymptotically stable": {"marker": "o", "filled": True, "size": 8.6},
    "centre": {"marker": "o", "filled": False, "size": 8.8, "dot": True},
    "stable": {"marker": "o", "filled": "left", "size": 8.8},
    "saddle": {"marker": "D", "filled": "left", "size": 7.2},
    "source": {"marker": "o", "filled": False, "size": 8.4},
    "unstable": {"marker": "^", "filled": False, "size": 8.6},
    "undecided": {"marker": "s", "filled": False, "size": 7.6, "dot": True},
}

_LINES: dict[Label, Any] = {
    "asymptotically stable": "-",
    "stable": "-",
    "centre": (0, (5, 1.2, 1, 1.2)),
    "saddle": (0, (4, 1.5)),
    "source": (0, (1.2, 1.2)),
    "unstable": (0, (5, 1.4, 1.2, 1.4, 1.2, 1.4)),
    "undecided": (0, (1, 3)),
}


def colour(label: Label | None) -> str:
    """Return the colour of a label on white."""
    return LABELS[label or "undecided"].light


def draw_mark(axes: Axes, x: float, y: float, label: Label | None, *, order: float = 6) -> None:
    """Draw a rest point; labels differ in shape and fill as well as in colour."""
    shape = _SHAPES[label or "undecided"]
    shade = colour(label)
    fill: dict[str, Any] = {"markerfacecolor": shade if shape["filled"] is True else "white"}
    if shape["filled"] == "left":
        fill = {"fillstyle": "left", "markerfacecolor": shade, "markerfacecoloralt": "white"}
    axes.plot(
        [x],
        [y],
        shape["marker"],
        markersize=shape["size"],
        markeredgecolor=shade,
        markeredgewidth=1.5,
        clip_on=False,
        zorder=order,
        linestyle="none",
        **fill,
    )
    if shape.get("dot"):
        axes.plot([x], [y], ".", markersize=4.2, color=shade, clip_on=False, zorder=order + 0.1)


def draw_today(axes: Axes, x: float, y: float, size: float = 12.0) -> None:
    """Mark where the cluster stands, by a star of a size in points."""
    axes.plot(
        [x],
        [y],
        "*",
        markersize=size,
        markerfacecolor="#f7d038",
        markeredgecolor=INK,
        markeredgewidth=0.9,
        clip_on=False,
        zorder=8,
        linestyle="none",
    )


def line_style(label: Label | None) -> dict[str, Any]:
    """Return how a line of rest points is drawn."""
    return {
        "linestyle": _LINES[label or "undecided"],
        "linewidth": 3.6,
        "color": colour(label),
        "solid_capstyle": "round",
        "dash_capstyle": "butt",
        "clip_on": False,
        "zorder": 5,
    }


def draw_heads(
    axes: Axes, places: Iterable[tuple[Any, Any]], length: float, shade: str, *, order: float = 2.5
) -> None:
    """Draw arrowheads, all of them as one path: each is a place and a direction, in data units like `length`.

    The axes must have the same scale in both directions.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    vertices: list[tuple[float, float]] = []
    codes: list[Any] = []
    for (x, y), (dx, dy) in places:
        size = math.hypot(dx, dy)
        if not size > 0:
            continue
        ux, uy = dx / size * length, dy / size * length
        vertices += [
            (x + ux / 2, y + uy / 2),
            (x - ux / 2 - 0.42 * uy, y - uy / 2 + 0.42 * ux),
            (x - ux / 2 + 0.42 * uy, y - uy / 2 - 0.42 * ux),
            (x + ux / 2, y + uy / 2),
        ]
        codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    if vertices:
        heads = PathPatch(Path(vertices, codes), facecolor=shade, edgecolor="none", zorder=order)
        heads.set_clip_on(False)
        axes.add_artist(heads)
