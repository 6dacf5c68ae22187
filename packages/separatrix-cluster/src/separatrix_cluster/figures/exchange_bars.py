"""What each exchange brings in a year: a bar for each, from the largest down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import LEADING, SMALL, shortened, width_of
from separatrix_cluster.figures.exchange_network import LOOKS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_exchange_bars"]

ROW, BAR, NAME_WIDTH = 16.0, 10.5, 190.0
"""Points: the place of a bar, the bar, and the maximum width of a name."""

HATCHES = {"waste energy": "", "water": "////", "solid waste": "....", "other": "xxxx"}


def draw_exchange_bars(bars: Sequence[tuple[str, str, float, str]], axis: str) -> Figure:
    """Return horizontal bars.

    Parameters
    ----------
    bars : sequence of (name, category, value, told)
        The label of each bar, the category of its stream, its length, and the label at its end.
    axis : str
        The words of the axis.
    """
    from matplotlib.figure import Figure as NewFigure

    names = [shortened(name, NAME_WIDTH, 3, SMALL) for name, *_ in bars]
    left = 10.0 + max((width_of(row, SMALL) for rows in names for row in rows), default=0.0)
    right = 12.0 + max((width_of(told, SMALL) for *_, told in bars), default=0.0)
    top, bottom = 8.0, 36.0
    slots = [max(ROW, 4.0 + SMALL * LEADING * len(rows)) for rows in names]
    places = [sum(slots[:k]) + slot / 2 for k, slot in enumerate(slots)]
    width, height = 460.0, top + bottom + sum(slots)
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    values = [value for _, _, value, _ in bars]
    high, low = max(0.0, *values), min(0.0, *values)
    for place, (_, category, value, told) in zip(places, bars, strict=True):
        axes.barh(
            place,
            value,
            height=BAR,
            color=LOOKS.get(category, LOOKS["other"])[0],
            hatch=HATCHES.get(category, HATCHES["other"]),
            edgecolor="white",
            linewidth=0,
        )
        end = max(value, 0.0) + 0.012 * (high - low)
        axes.text(end, place, told, va="center", fontsize=SMALL, color=INK)
    axes.set_yticks(places, ["\n".join(rows) for rows in names], fontsize=SMALL)
    axes.set_ylim(sum(slots), 0.0)
    axes.set_xlim(low, high or 1.0)
    axes.set_xlabel(axis, fontsize=SMALL)
    axes.tick_params(axis="x", labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.locator_params(axis="x", nbins=6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure
