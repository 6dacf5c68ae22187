"""The marginal abatement cost curve as people know it: as wide as what is cut, as high as a tonne costs.

Emissions falling year by year: from what they would be, a wedge for each measure, to what is left.

After the stabilization wedges of Pacala & Socolow (2004), Science 305, 968-972.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK, LEADING, SMALL, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["CostBar", "MOST_WEDGES", "Wedge", "draw_cost_curve", "draw_wedges"]

PAYS, COSTS = "#1b7a4b", "#e0a458"

WIDTH, LEFT, RIGHT, HEIGHT = 460.0, 58.0, 10.0, 210.0
"""Points: of the figure, its margins, and the height of the curve alone."""

APART = 13.0
"""Points from one number above the bars to the next."""

TIER = 12.0
"""Points from one row of numbers to the next."""

THIN = 3.0
"""Points: what is narrower has an edge in its own colour, for a white one would hide it."""

NAME_ROWS = 5


@dataclass(frozen=True)
class CostBar:
    """One measure: its name, how much it cuts and what a tonne costs, in the units of the axes."""

    name: str
    width: float
    height: float


def draw_cost_curve(
    bars: Sequence[CostBar], across: str, upwards: str, price: tuple[float, str] | None = None
) -> Figure:
    """Return the curve with a numbered key below it.

    Parameters
    ----------
    bars : sequence of CostBar
        In the order of the curve.
    across, upwards : str
        The words of the axes.
    price : pair of float and str, optional
        A carbon price, drawn as a line, and its words.
    """
    from matplotlib.figure import Figure as NewFigure

    inner = WIDTH - LEFT - RIGHT
    columns = 2 if len(bars) > 3 else 1
    slot = (WIDTH - 16.0) / columns
    names = [shortened(bar.name, slot - 26.0, NAME_ROWS, SMALL) for bar in bars]
    per_column = -(-len(bars) // columns)
    heights = [SMALL * LEADING * len(rows) + 2.5 for rows in names]
    key = max((sum(heights[k : k + per_column]) for k in range(0, len(bars), per_column)), default=0.0)
    tiers = max(1, -(-len(bars) * round(APART) // round(inner)))
    bottom, top = key + 50.0, 12.0 + TIER * tiers
    height = top + HEIGHT + bottom
    figure = NewFigure(figsize=(WIDTH / 72, height / 72))
    axes = figure.add_axes((LEFT / WIDTH, bottom / height, inner / WIDTH, HEIGHT / height))
    total = sum(bar.width for bar in bars)
    middles = []
    reached = 0.0
    for bar in bars:
        colour = PAYS if bar.height <= 0 else COSTS
        thin = total > 0 and inner * bar.width / total < THIN
        axes.bar(
            reached,
            bar.height,
            width=bar.width,
            align="edge",
            color=colour,
            hatch="///" if bar.height <= 0 and not thin else "",
            edgecolor=colour if thin else "white",
            linewidth=0.9 if thin else 0.5,
            zorder=3 if thin else 2,
            clip_on=False,
        )
        middles.append(reached + bar.width / 2)
        reached += bar.width
    axes.set_xlim(0.0, total)
    low, high = min([0.0, *(b.height for b in bars)]), max([0.0, *(b.height for b in bars)])
    if price is not None:
        high = max(high, price[0])
    spread = high - low or 1.0
    axes.set_ylim(low - 0.04 * spread, high + 0.06 * spread)
    axes.axhline(0.0, color=INK, linewidth=0.8)
    _numbers(axes, bars, middles, total, inner, tiers)
    if price is not None:
        _price(axes, price, total, spread)
    axes.set_xlabel(across, fontsize=SMALL)
    axes.set_ylabel(upwards, fontsize=SMALL)
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:,g}".replace("-", "−"))
    axes.locator_params(axis="x", nbins=7)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    at = [(8.0 + slot * (k // per_column), sum(heights[k - k % per_column : k])) for k in range(len(bars))]
    for k, (rows, (x, down)) in enumerate(zip(names, at, strict=True)):
        y = (bottom - 46.0 - down) / height
        figure.text((x + 18.0) / WIDTH, y, str(k + 1), ha="right", va="top", fontsize=SMALL, weight="bold")
        figure.text((x + 23.0) / WIDTH, y, "\n".join(rows), ha="left", va="top", fontsize=SMALL, color=INK)
    return figure


def _numbers(
    axes: Axes, bars: Sequence[CostBar], middles: Sequence[float], total: float, inner: float, tiers: int
) -> None:
    """Write the number of each bar above all of them, far enough apart, with a thin line down to it.

    If one row has no room for all, several are used.
    """
    if not total:
        return
    places = spread_apart([inner * m / total for m in middles], APART / tiers, inner)
    low, top = axes.get_ylim()
    for k, (bar, middle, place) in enumerate(zip(bars, middles, places, strict=True)):
        at, tier = place / inner * total, k % tiers
        up = TIER * tier / HEIGHT * (top - low)
        axes.plot(
            [middle, middle, at, at],
            [max(0.0, bar.height), top - 0.01 * (top - low), top, top + up],
            color="#9aa3ab",
            linewidth=0.5,
            clip_on=False,
            zorder=1,
        )
        axes.annotate(
            str(k + 1),
            (at, top),
            xytext=(0, 8 + TIER * tier),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=SMALL,
            annotation_clip=False,
        )


def spread_apart(places: Sequence[float], apart: float, length: float) -> list[float]:
    """Return places in order, moved as little as makes them so far apart, within 0 and a length.

    Examples
    --------
    >>> spread_apart([1.0, 1.0, 50.0], 10.0, 100.0)
    [0.0, 10.0, 50.0]
    """
    groups: list[tuple[float, int]] = []  # sum of wished first places, how many
    for place in places:
        groups.append((place, 1))
        while len(groups) > 1 and _first(groups[-2], apart, length) + groups[-2][1] * apart > _first(
            groups[-1], apart, length
        ):
            total, count = groups.pop()
            before, several = groups.pop()
            groups.append((before + total - count * several * apart, several + count))
    found: list[float] = []
    for group in groups:
        start = _first(group, apart, length)
        found.extend(start + apart * k for k in range(group[1]))
    return found


def _first(group: tuple[float, int], apart: float, length: float) -> float:
    """Return where the first of a group stands, within the length."""
    return max(0.0, min(group[0] / group[1], length - (group[1] - 1) * apart))


def _price(axes: Axes, price: tuple[float, str], total: float, spread: float) -> None:
    value, words = price
    axes.axhline(value, color="#0b5fa5", linewidth=1.0, linestyle=(0, (5, 2)), zorder=4)
    axes.text(
        0.004 * total,
        value + 0.012 * spread,
        words,
        fontsize=SMALL,
        color="#0b5fa5",
        va="bottom",
        ha="left",
        zorder=5,
        bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )


COLOURS = ("#0b5fa5", "#e0a458", "#1b7a4b", "#b5480f", "#7a5ea8", "#4aa5c4", "#a8983c", "#5c6268")
"""Apart for those who see fewer colours, too, together with the hatches."""

HATCHES = ("", "///", "...", "\\\\\\", "xx", "", "---", "++")

MOST_WEDGES = len(COLOURS)

LEFT_OVER, TARGET = "#eceff1", "#c2185b"

WEDGES_WIDTH, WEDGES_LEFT, WEDGES_RIGHT, WEDGES_HEIGHT, TOP = 460.0, 58.0, 18.0, 220.0, 24.0
"""Points: of the figure, its margins, and the height of the plot alone."""

WEDGES_NAME_ROWS = 3


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
    slot = (WEDGES_WIDTH - 16.0) / columns
    shown = [shortened(w.name, slot - 26.0, WEDGES_NAME_ROWS, SMALL) for w in wedges]
    per_column = max(1, -(-len(wedges) // columns))
    heights = [SMALL * LEADING * len(rows) + 2.5 for rows in shown]
    key = max((sum(heights[k : k + per_column]) for k in range(0, len(wedges), per_column)), default=0.0)
    bottom = key + 48.0
    height = TOP + WEDGES_HEIGHT + bottom
    figure = NewFigure(figsize=(WEDGES_WIDTH / 72, height / 72))
    axes = figure.add_axes(
        (
            WEDGES_LEFT / WEDGES_WIDTH,
            bottom / height,
            (WEDGES_WIDTH - WEDGES_LEFT - WEDGES_RIGHT) / WEDGES_WIDTH,
            WEDGES_HEIGHT / height,
        )
    )
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
                ((x + 2.0) / WEDGES_WIDTH, (y - 9.0) / height),
                16.0 / WEDGES_WIDTH,
                8.0 / height,
                facecolor=COLOURS[k],
                edgecolor="white",
                hatch=HATCHES[k],
                linewidth=0.4,
            )
        )
        figure.text(
            (x + 23.0) / WEDGES_WIDTH, y / height, "\n".join(rows), va="top", fontsize=SMALL, color=INK
        )
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
