"""Carbon by enterprise: bars from the largest down, scope 1 and 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.present.figures.canvas import FAINT, INK
from separatrix.present.figures.lettering import SMALL, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Bar", "draw_emission_bars"]

DIRECT, BOUGHT = "#0b5fa5", "#e0a458"


@dataclass(frozen=True)
class Bar:
    """One bar: a name, scope 1, scope 2, in the unit of the axis."""

    name: str
    direct: float
    bought: float


def draw_emission_bars(bars: Sequence[Bar], axis: str, direct: str, bought: str) -> Figure:
    """Return horizontal bars; ``axis``, ``direct``, ``bought`` are the words of axis and legend."""
    from matplotlib.figure import Figure as NewFigure

    row, left, right, top, bottom = 17.0, 150.0, 46.0, 26.0, 40.0
    width, height = 460.0, top + bottom + row * max(1, len(bars))
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )
    places = list(range(len(bars)))
    axes.barh(places, [b.direct for b in bars], color=DIRECT, height=0.68, label=direct)
    if any(b.bought for b in bars):
        axes.barh(
            places,
            [b.bought for b in bars],
            left=[b.direct for b in bars],
            color=BOUGHT,
            height=0.68,
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
    axes.set_yticks(places, [shortened(b.name, left - 12, 1, SMALL)[0] for b in bars], fontsize=SMALL)
    axes.invert_yaxis()
    axes.set_ylim(len(bars) - 0.4, -0.6)
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
