"""The four difficulties on four axes, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import SMALL, TEXT, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Spoke", "draw_radar"]

LINE, FILL = "#b5480f", "#b5480f"


@dataclass(frozen=True)
class Spoke:
    """One axis: its name, the score with its interval, or None for all where nothing is known."""

    name: str
    score: float | None
    low: float | None
    high: float | None


def draw_radar(spokes: Sequence[Spoke], unknown: str) -> Figure:
    """Return the radar of four spokes; ``unknown`` is shown for missing scores."""
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Polygon

    width, height, side = 460.0, 290.0, 190.0
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        ((width - side) / 2 / width, (height - side) / 2 / height, side / width, side / height)
    )
    axes.set_xlim(-1.06, 1.06)
    axes.set_ylim(-1.06, 1.06)
    axes.set_aspect("equal")
    axes.axis("off")
    ways = ((0, 1), (1, 0), (0, -1), (-1, 0))
    for ring in (0.25, 0.5, 0.75, 1.0):
        axes.add_patch(
            Polygon(
                [(ring * x, ring * y) for x, y in ways],
                closed=True,
                fill=False,
                edgecolor=FAINT,
                linewidth=1.0 if ring == 1 else 0.6,
            )
        )
        # Beside the middle of an edge, for the bars of the intervals lie on the axes.
        axes.text(
            ring / 2 + 0.02,
            ring / 2 + 0.02,
            f"{ring:g}",
            fontsize=SMALL - 1.5,
            color="#7d8790",
            va="bottom",
            ha="left",
        )
    known = [(way, s) for way, s in zip(ways, spokes, strict=True) if s.score is not None]
    if len(known) >= 2:
        corners = [(s.score * x, s.score * y) for (x, y), s in known if s.score is not None]
        axes.add_patch(
            Polygon(corners, closed=True, facecolor=FILL, alpha=0.16, edgecolor=LINE, linewidth=1.6)
        )
    for (x, y), spoke in zip(ways, spokes, strict=True):
        axes.plot([0, x], [0, y], color=FAINT, linewidth=0.8, zorder=1)
        if spoke.score is not None:
            low, high = spoke.low or 0.0, spoke.high or 0.0
            axes.plot(
                [low * x, high * x],
                [low * y, high * y],
                color=LINE,
                linewidth=3.4,
                alpha=0.75,
                solid_capstyle="butt",
                zorder=3,
            )
            axes.plot(
                spoke.score * x,
                spoke.score * y,
                marker="o",
                markersize=7,
                color=LINE,
                markeredgecolor="white",
                zorder=4,
            )
    _names(figure, spokes, unknown, width, height, side)
    return figure


def _score_text(spoke: Spoke) -> str:
    score, low, high = (f"{v:.2f}" for v in (spoke.score, spoke.low, spoke.high))
    return score if low == high else f"{score} ({low}–{high})"


def _names(
    figure: Figure, spokes: Sequence[Spoke], unknown: str, width: float, height: float, side: float
) -> None:
    """Write each name outside its end, with the score and its interval below."""
    reach = side / 2 * 1.0
    middle_x, middle_y = width / 2, height / 2
    for k, spoke in enumerate(spokes):
        score = unknown if spoke.score is None else _score_text(spoke)
        rows = [*shortened(spoke.name, 112.0, 2, TEXT), score]
        across = {0: 0.0, 1: reach + 8, 2: 0.0, 3: -reach - 8}[k]
        upwards = {
            0: reach + 17 + 12 * (len(rows) - 1),
            1: 6.0 * len(rows) - 6,
            2: -reach - 14,
            3: 6.0 * len(rows) - 6,
        }[k]
        align = {0: "center", 1: "left", 2: "center", 3: "right"}[k]
        for n, row in enumerate(rows):
            figure.text(
                (middle_x + across) / width,
                (middle_y + upwards - 12.5 * n) / height,
                row,
                ha=align,
                va="center",
                fontsize=TEXT if n < len(rows) - 1 else SMALL,
                color=INK if n < len(rows) - 1 else "#5c6268",
            )
