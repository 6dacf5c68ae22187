"""How nullclines are drawn: a colour and dashes for each share; faces, which are the frame, are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.dynamics.portraits.page_coordinates import on_page
from separatrix.dynamics.portraits.portrait import PhasePortrait
from separatrix.present.languages import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LOOKS", "draw_nullclines", "nullcline_entries"]

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#0063a0", "linewidth": 1.4, "linestyle": (0, (6, 2))},
    {"color": "#8a4a73", "linewidth": 1.4, "linestyle": (0, (2, 1.6))},
    {"color": "#4d6b00", "linewidth": 1.4, "linestyle": (0, (7, 1.6, 1.4, 1.6))},
)
"""Of the first share, the second and the third."""


def nullcline_entries(phase: PhasePortrait, words: Language) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries of the legend for the shares that stand still somewhere inside."""
    moving = {n.share for n in phase.nullclines if n.kind == "advantage" and (n.lines or n.points)}
    return [
        (words.FIGURE_STILL.format(share=share), LOOKS[k])
        for k, share in enumerate(phase.shares) if share in moving
    ]  # fmt: skip


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
