"""The plane of decoupling: change of output against change of emissions, with Tapio's eight sectors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import SMALL, shortened, width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_decoupling_plane"]

SHADES = {
    "strong decoupling": "#cfe8d5",
    "weak decoupling": "#e3f1e0",
    "expansive coupling": "#f5f0d8",
    "expansive negative decoupling": "#f6dcc8",
    "strong negative decoupling": "#eec3b8",
    "weak negative decoupling": "#f6dcc8",
    "recessive coupling": "#f5f0d8",
    "recessive decoupling": "#e3f1e0",
}
# Each state lies between two rays, by their angles in units of a square's half-width: (x, y) directions.
_RAYS: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "strong decoupling": ((0, -1), (1, 0)),
    "weak decoupling": ((1, 0), (1, 0.8)),
    "expansive coupling": ((1, 0.8), (1, 1.2)),
    "expansive negative decoupling": ((1, 1.2), (0, 1)),
    "strong negative decoupling": ((0, 1), (-1, 0)),
    "weak negative decoupling": ((-1, 0), (-1, -0.8)),
    "recessive coupling": ((-1, -0.8), (-1, -1.2)),
    "recessive decoupling": ((-1, -1.2), (0, -1)),
}

_ROOM = {"expansive coupling": 0.16, "recessive coupling": 0.16, "recessive decoupling": 0.2}
"""Widths of the names in narrow sectors, as shares of the side."""


def draw_decoupling_plane(
    steps: Sequence[tuple[str, float, float]], names: Mapping[str, str], across: str, upwards: str
) -> Figure:
    """Return the plane.

    Parameters
    ----------
    steps : sequence of (name, output change, emissions change)
        Relative changes from one year to the next.
    names : mapping
        Each state in the reader's language.
    across, upwards : str
        The words of the axes.
    """
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Polygon

    side, left, bottom, edge = 270.0, 56.0, 44.0, 12.0
    width, height = left + side + edge, bottom + side + edge
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes((left / width, bottom / height, side / width, side / height))
    reach = 1.4 * max([0.02, *(abs(v) for _, x, y in steps for v in (x, y))])
    dots = [(x / reach * side / 2, y / reach * side / 2) for _, x, y in steps]
    beside = _label_places(dots, steps)
    above = [(x / side * 2, (y + up) / side * 2) for (x, y), (_, up, _) in zip(dots, beside, strict=True)]
    for state, (start, end) in _RAYS.items():
        far = [_edge(*start, reach), *_corners(start, end, reach), _edge(*end, reach)]
        axes.add_patch(Polygon([(0, 0), *far], closed=True, facecolor=SHADES[state], edgecolor="white"))
        taken = [*((x / reach, y / reach) for _, x, y in steps), *above]
        x, y = (reach * v for v in _free_place(start, end, _ROOM.get(state, 0.24), taken))
        rows = shortened(names[state], _ROOM.get(state, 0.24) * side, 3, SMALL - 1)
        axes.text(x, y, "\n".join(rows), ha="center", va="center", fontsize=SMALL - 1, color="#5c6268")
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axvline(0, color=INK, linewidth=0.8)
    for (name, x, y), (across_by, up_by, to) in zip(steps, beside, strict=True):
        axes.plot(x, y, marker="o", markersize=6, color="#0b5fa5", markeredgecolor="white", zorder=5)
        axes.annotate(
            name,
            (x, y),
            xytext=(across_by, up_by),
            textcoords="offset points",
            fontsize=SMALL,
            zorder=6,
            ha=to,
            va="center",
            bbox={
                "boxstyle": "square,pad=0.1",
                "facecolor": "white",
                "edgecolor": FAINT,
                "linewidth": 0.5,
                "alpha": 0.85,
            },
        )
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    ticks = [t for t in axes.get_xticks() if -reach <= t <= reach]
    axes.set_xticks(ticks, [_percent(t) for t in ticks])
    axes.set_yticks(ticks, [_percent(t) for t in ticks])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.set_xlabel(across, fontsize=SMALL)
    axes.set_ylabel(upwards, fontsize=SMALL)
    return figure


def _label_places(
    dots: Sequence[tuple[float, float]], steps: Sequence[tuple[str, float, float]]
) -> list[tuple[float, float, Literal["left", "right", "center"]]]:
    """Return where the name of each dot stands, in points from it: where it is nearest to no other dot.

    Names keep clear of one another and of the edge too; the first place that does is taken.
    """
    half = 135.0
    taken: list[tuple[tuple[float, float], float]] = []
    found: list[tuple[float, float, Literal["left", "right", "center"]]] = []
    for k, (x, y) in enumerate(dots):
        long = width_of(steps[k][0], SMALL)
        inward = -1 if x > 0 else 1
        best: tuple[float, float, Literal["left", "right", "center"]] = (7.0 * inward, 0.0, "left")
        most = -math.inf
        for sign, up in ((inward, 0), (-inward, 0), (0, 11), (0, -11), (inward, 11), (inward, -11)):
            middle = (x + sign * (7 + long / 2), y + up)
            clear = min(
                [
                    *(_apart(middle, long, dot, 8.0) for j, dot in enumerate(dots) if j != k),
                    *(_apart(middle, long, *other) for other in taken),
                    half - abs(middle[0]) - long / 2,
                    half - abs(middle[1]) - 6,
                    12.0,
                ]
            )
            if clear > most:
                most = clear
                best = (7.0 * sign, float(up), "center" if not sign else "left" if sign > 0 else "right")
                kept = (middle, long)
        taken.append(kept)
        found.append(best)
    return found


def _apart(middle: tuple[float, float], long: float, other: tuple[float, float], width: float) -> float:
    """Return how far two boxes are apart in points, below zero where they overlap."""
    across = abs(middle[0] - other[0]) - (long + width) / 2
    return max(across, abs(middle[1] - other[1]) - 11.0)


def _percent(value: float) -> str:
    return f"{100 * value:+.3g} %".replace("-", "−") if abs(value) > 1e-12 else "0"


def _edge(x: float, y: float, reach: float) -> tuple[float, float]:
    scale = reach / max(abs(x), abs(y))
    return x * scale, y * scale


def _corners(start: tuple[float, float], end: tuple[float, float], reach: float) -> list[tuple[float, float]]:
    """Return the corner of the square that lies between two rays, if one does."""
    low, high = math.atan2(start[1], start[0]), math.atan2(end[1], end[0])
    if high < low:
        high += 2 * math.pi
    found = []
    for x, y in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        angle = math.atan2(y, x)
        for turn in (angle, angle + 2 * math.pi):
            if low < turn < high:
                found.append((x * reach, y * reach))
    return found


def _free_place(
    start: tuple[float, float], end: tuple[float, float], room: float, taken: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Return where a sector's name hides no point: the likeliest place that is free, else the freest.

    Places are in units of the half-width of the square; ``room`` is the width of the name in sides.
    """
    low, high = math.atan2(start[1], start[0]), math.atan2(end[1], end[0])
    if high < low:
        high += 2 * math.pi
    narrow = high - low < 0.3  # the wedge of coupling: its name goes where it is widest
    best, most = (0.0, 0.0), -1.0
    for out in (0.88,) if narrow else (0.76, 0.88, 0.6):
        for part in (0.5,) if narrow else (0.5, 0.62, 0.38):
            angle = low + part * (high - low)
            x, y = _edge(math.cos(angle), math.sin(angle), out)
            x = max(room - 0.98, min(0.98 - room, x))
            y = max(-0.93, min(0.93, y))
            # The name of a step stands beside its point, so that room counts more across than upwards.
            clear = min((math.hypot((x - a) / 1.6, y - b) for a, b in taken), default=1.0)
            if clear > 0.24:
                return x, y
            if clear > most:
                best, most = (x, y), clear
    return best
