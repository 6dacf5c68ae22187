"""Carbon by enterprise: bars from the largest down, scope 1 and 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import LEADING, SMALL, shortened, width_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Bar", "draw_emission_bars"]

DIRECT, BOUGHT = "#0b5fa5", "#e0a458"

ROW, BAR = 15.0, 10.5
"""The height of a bar's place and of the bar, in points."""

NAME_WIDTH, NAME_ROWS = 170.0, 4
"""Points: names of some 130 letters stand whole."""


@dataclass(frozen=True)
class Bar:
    """One bar: a name, scope 1, scope 2, in the unit of the axis."""

    name: str
    direct: float
    bought: float


def draw_emission_bars(bars: Sequence[Bar], axis: str, direct: str, bought: str) -> Figure:
    """Return horizontal bars; ``axis``, ``direct``, ``bought`` are the words of axis and legend."""
    from matplotlib.figure import Figure as NewFigure

    names = [shortened(b.name, NAME_WIDTH, NAME_ROWS, SMALL) for b in bars]
    left = 10.0 + max((width_of(row, SMALL) for rows in names for row in rows), default=0.0)
    right, top, bottom = 46.0, 26.0 if any(b.bought for b in bars) else 8.0, 36.0
    # A name in several rows has a place of its own height: in points, from the top.
    slots = [max(ROW, 4.0 + SMALL * LEADING * len(rows)) for rows in names]
    places = [sum(slots[:k]) + slot / 2 for k, slot in enumerate(slots)]
    width, height = 460.0, top + bottom + sum(slots)
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    axes.barh(places, [b.direct for b in bars], color=DIRECT, height=BAR, label=direct)
    if any(b.bought for b in bars):
        axes.barh(
            places,
            [b.bought for b in bars],
            left=[b.direct for b in bars],
            color=BOUGHT,
            height=BAR,
            hatch="////",
            edgecolor="white",
            linewidth=0,
            label=bought,
        )
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            ncols=2,
            frameon=False,
            fontsize=SMALL,
            borderaxespad=0.1,
            handlelength=1.6,
        )
    axes.set_yticks(places, ["\n".join(rows) for rows in names], fontsize=SMALL)
    axes.set_ylim(sum(slots), 0.0)
    axes.set_xlim(left=0.0)
    axes.set_xlabel(axis, fontsize=SMALL)
    axes.tick_params(axis="x", labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.locator_params(axis="x", nbins=6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    largest = max((b.direct + b.bought for b in bars), default=0.0)
    for place, bar in zip(places, bars, strict=True):
        total = bar.direct + bar.bought
        axes.text(total + 0.012 * largest, place, _short(total), va="center", fontsize=SMALL, color=INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"
