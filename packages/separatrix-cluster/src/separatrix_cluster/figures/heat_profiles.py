"""Heat between enterprises: for each exchange the temperatures it comes from and those it goes to.

The hot profile lies above the cold one everywhere, at least by the minimum approach: heat never flows up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import LEADING, SMALL, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["HeatExchange", "draw_heat_profiles"]

HOT, COLD = "#b5480f", "#0b5fa5"

Piece = tuple[float, float, float]


@dataclass(frozen=True)
class HeatExchange:
    """What is exchanged between two: pieces of (amount, upper °C, lower °C), hottest first."""

    name: str
    hot: tuple[Piece, ...]
    cold: tuple[Piece, ...]

    @property
    def amount(self) -> float:
        """All exchanged heat."""
        return sum(amount for amount, _, _ in self.hot)


def draw_heat_profiles(
    exchanges: Sequence[HeatExchange], across: str, up: str, hot: str, cold: str
) -> Figure:
    """Return the profiles of all exchanges side by side, each as wide as it is large.

    Parameters
    ----------
    exchanges : sequence of HeatExchange
    across, up, hot, cold : str
        The words of the axes and of the two profiles.
    """
    from matplotlib.figure import Figure as NewFigure

    width, left, right, top, plot = 470.0, 50.0, 24.0, 24.0, 190.0
    numbers = [str(k) for k in range(1, len(exchanges) + 1)]
    keys = [
        row
        for number, e in zip(numbers, exchanges, strict=True)
        for row in shortened(f"{number}  {e.name}", width - 24, 2, SMALL)
    ]
    bottom = 44.0 + SMALL * LEADING * len(keys)
    height = top + plot + bottom
    figure = NewFigure(figsize=(width / 72, height / 72))
    axes = figure.add_axes((left / width, bottom / height, (width - left - right) / width, plot / height))
    start = 0.0
    for number, exchange in zip(numbers, exchanges, strict=True):
        for pieces, colour, style in ((exchange.hot, HOT, "-"), (exchange.cold, COLD, (0, (5, 2)))):
            x, xs, ys = start, [], []
            for amount, upper, lower in pieces:
                xs += [x, x + amount]
                ys += [upper, lower]
                x += amount
            axes.plot(xs, ys, color=colour, linestyle=style, linewidth=1.9, solid_capstyle="butt")
        axes.axvspan(
            start, start + exchange.amount, color="#f2f3f4" if int(number) % 2 else "white", zorder=0
        )
        axes.text(
            start + exchange.amount / 2,
            1.02,
            number,
            transform=axes.get_xaxis_transform(),
            ha="center",
            fontsize=SMALL,
            color=INK,
        )
        start += exchange.amount
    axes.set_xlim(0.0, start or 1.0)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.05 * (high - low), high + 0.1 * (high - low))
    axes.plot([], [], color=HOT, linewidth=1.9, label=hot)
    axes.plot([], [], color=COLD, linewidth=1.9, linestyle=(0, (5, 2)), label=cold)
    axes.legend(loc="upper right", ncols=2, frameon=False, fontsize=SMALL, borderaxespad=0.1)
    axes.set_xlabel(across, fontsize=SMALL)
    axes.set_ylabel(up, fontsize=SMALL)
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.locator_params(axis="x", nbins=6)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for k, row in enumerate(keys):
        figure.text(
            12 / width, (bottom - 42 - (k + 0.5) * SMALL * LEADING) / height, row, fontsize=SMALL, va="center"
        )
    return figure
