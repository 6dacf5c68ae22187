"""Emissions falling year by year: from what they would be, a wedge for each measure, to what is left.

After the stabilization wedges of Pacala & Socolow (2004), Science 305, 968-972.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import LEADING, SMALL, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_WEDGES", "Wedge", "draw_wedges"]

COLOURS = ("#0b5fa5", "#e0a458", "#1b7a4b", "#b5480f", "#7a5ea8", "#4aa5c4", "#a8983c", "#5c6268")
"""Apart for those who see fewer colours, too, together with the hatches."""

HATCHES = ("", "///", "...", "\\\\\\", "xx", "", "---", "++")

MOST_WEDGES = len(COLOURS)

LEFT_OVER, TARGET = "#eceff1", "#c2185b"

WIDTH, LEFT, RIGHT, HEIGHT, TOP = 460.0, 58.0, 18.0, 220.0, 24.0
"""Points: of the figure, its margins, and the height of the plot alone."""

NAME_ROWS = 3


@dataclass(frozen=True)
class Wedge:
    """What a measure cuts in each year, in the unit of the axis."""

    name: str
    cuts: Sequence[float]


def draw_wedges(
    years: Sequence[int],
    without: Sequence[float],
    wedges: Sequence[Wedge],
    wanted: Sequence[float],
    upwards: str,
    names: tuple[str, str, str],
) -> Figure:
    """Return the wedges with a key below them.

    Parameters
    ----------
    years : sequence of int
    without, wanted : sequence of float, (years,)
        Emissions without measures, and on a straight line to the target.
    wedges : sequence of Wedge
        The first lies on top; at most `MOST_WEDGES`.
    upwards : str
        The words of the axis.
    names : triple of str
        What the lines are: without measures, with them, the line to the target.
    """
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Rectangle

    columns = 2 if len(wedges) > 1 else 1
    slot = (WIDTH - 16.0) / columns
    shown = [shortened(w.name, slot - 26.0, NAME_ROWS, SMALL) for w in wedges]
    per_column = max(1, -(-len(wedges) // columns))
    heights = [SMALL * LEADING * len(rows) + 2.5 for rows in shown]
    key = max((sum(heights[k : k + per_column]) for k in range(0, len(wedges), per_column)), default=0.0)
    bottom = key + 48.0
    height = TOP + HEIGHT + bottom
    figure = NewFigure(figsize=(WIDTH / 72, height / 72))
    axes = figure.add_axes((LEFT / WIDTH, bottom / height, (WIDTH - LEFT - RIGHT) / WIDTH, HEIGHT / height))
    upper = list(without)
    for wedge, colour, hatch in zip(wedges, COLOURS, HATCHES, strict=False):
        lower = [u - c for u, c in zip(upper, wedge.cuts, strict=True)]
        axes.fill_between(
            years, lower, upper, facecolor=colour, edgecolor="white", linewidth=0.4, hatch=hatch, zorder=2
        )
        upper = lower
    low, high = min(*upper, *wanted), max(without)
    spread = high - low or high or 1.0
    base = low - 0.35 * spread
    broken = base > 0.12 * high
    base = base if broken else 0.0
    top = high + 0.04 * (high - base)
    axes.fill_between(years, [base] * len(years), upper, color=LEFT_OVER, linewidth=0, zorder=1)
    axes.plot(years, without, color=INK, linewidth=1.2, zorder=4, label=names[0])
    axes.plot(years, upper, color=INK, linewidth=2.6, zorder=4, label=names[1])
    axes.plot(
        years,
        wanted,
        color=TARGET,
        linewidth=1.4,
        linestyle=(0, (5, 2)),
        marker="o",
        markersize=3,
        zorder=5,
        label=names[2],
    )
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.1,
        handlelength=2.2,
        columnspacing=1.4,
    )
    axes.set_xlim(years[0], years[-1])
    axes.set_ylim(base, top)
    _axes(axes, years, upwards, broken, base)
    at = [(8.0 + slot * (k // per_column), sum(heights[k - k % per_column : k])) for k in range(len(wedges))]
    for k, (rows, (x, down)) in enumerate(zip(shown, at, strict=True)):
        y = bottom - 30.0 - down
        figure.add_artist(
            Rectangle(
                ((x + 2.0) / WIDTH, (y - 9.0) / height),
                16.0 / WIDTH,
                8.0 / height,
                facecolor=COLOURS[k],
                edgecolor="white",
                hatch=HATCHES[k],
                linewidth=0.4,
            )
        )
        figure.text((x + 23.0) / WIDTH, y / height, "\n".join(rows), va="top", fontsize=SMALL, color=INK)
    return figure


def _axes(axes: Axes, years: Sequence[int], upwards: str, broken: bool, base: float) -> None:
    step = -(-len(years) // 10)
    axes.set_xticks(list(years[::step]), [str(year) for year in years[::step]], fontsize=SMALL)
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.set_ylabel(upwards, fontsize=SMALL)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if not broken:
        return
    # The axis leaves out most of what is below: it begins with 0, and is broken.
    top = axes.get_ylim()[1]
    ticks = [t for t in axes.get_yticks() if base + 0.12 * (top - base) < t < top]
    axes.set_yticks([base, *ticks], ["0", *(f"{t:,g}" for t in ticks)])
    for along in (0.045, 0.07):
        axes.plot(
            [-0.012, 0.012],
            [along - 0.012, along + 0.012],
            transform=axes.transAxes,
            color=INK,
            linewidth=0.9,
            clip_on=False,
            zorder=6,
        )
