"""Who hands what to whom: enterprises on a circle, shared facilities within, arrows as wide as they bring.

What each exchange brings in a year: a bar for each, from the largest down.

Heat between enterprises: for each exchange the temperatures it comes from and those it goes to.

The hot profile lies above the cold one everywhere, at least by the minimum approach: heat never flows up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import FAINT, INK, LEADING, SMALL, shortened, width_of
from separatrix.figures.layout import STRIP, SYMBOLS, Legend, LegendEntry, new_page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "ExchangeArrow",
    "HeatExchange",
    "RADIUS",
    "circle_places",
    "draw_exchange_bars",
    "draw_exchange_network",
    "draw_heat_profiles",
]

RADIUS, MARGIN, NAME_WIDTH = 118.0, 34.0, 92.0
"""Points: of the circle, around it, and the maximum width of a name."""

LOOKS = {
    "waste energy": ("#b5480f", "-"),
    "water": ("#0b5fa5", (0, (5, 2))),
    "solid waste": ("#1b7a4b", (0, (1.5, 1.0))),
    "other": ("#54257a", (0, (6, 2, 1.5, 2))),
}
"""Colour and line of each category: they differ without colour, too."""


@dataclass(frozen=True)
class ExchangeArrow:
    """An arrow between two nodes: its ends, the category of what flows, and how much it is worth."""

    start: str
    end: str
    category: str
    worth: float


def draw_exchange_network(
    enterprises: Sequence[str],
    facilities: Sequence[str],
    arcs: Sequence[ExchangeArrow],
    names: Mapping[str, str],
    categories: Mapping[str, str],
    node: str,
    facility: str,
) -> Figure:
    """Return the network.

    Parameters
    ----------
    enterprises, facilities : sequence of str
        The nodes, by the keys that arcs use.
    arcs : sequence of ExchangeArrow
    names : mapping of str to str
        What each node is called.
    categories : mapping of str to str
        What each category that occurs is called, for the legend.
    node, facility : str
        What the legend calls circles and squares.
    """
    entries = [
        LegendEntry(
            {"marker": "o", "markersize": 7, "markerfacecolor": "white", "markeredgecolor": INK},
            tuple(shortened(node, STRIP - SYMBOLS, 2)),
        )
    ]
    letters = dict(zip(facilities, map(chr, range(ord("A"), ord("Z") + 1)), strict=False))
    square = {"marker": "s", "markersize": 8, "markerfacecolor": "#f3d9b1", "markeredgecolor": INK}
    for key in facilities:
        called = f"{letters.get(key, '·')}  {facility}: {names[key]}"
        entries.append(LegendEntry(square, tuple(shortened(called, STRIP - SYMBOLS, 3))))
    for key, told in categories.items():
        colour, dashes = LOOKS[key]
        look = {"color": colour, "linestyle": dashes, "linewidth": 1.8}
        entries.append(LegendEntry(look, tuple(shortened(told, STRIP - SYMBOLS, 2))))
    written = {key: shortened(names[key], NAME_WIDTH, 2, SMALL) for key in enterprises}
    side = 8.0 + max((width_of(row, SMALL) for rows in written.values() for row in rows), default=0.0)
    width, height = 2 * (RADIUS + side + 8.0), 2 * (RADIUS + MARGIN)
    page = new_page(width, height, Legend(tuple(entries)))
    axes = page.axes(0.0, 0.0, width, height)
    axes.set_xlim(-width / 2, width / 2)
    axes.set_ylim(-height / 2, height / 2)
    axes.axis("off")
    places = circle_places(enterprises, facilities, arcs)
    _draw_arcs(axes, arcs, places)
    for key in enterprises:
        x, y = places[key]
        axes.plot(x, y, "o", markersize=7, markerfacecolor="white", markeredgecolor=INK, zorder=3)
        rows = written[key]
        # Above the highest and below the lowest there is more room than beside them.
        middle = abs(x) < 0.2 * RADIUS
        aside = 5.0 * (len(rows) - 1) * y / RADIUS
        away = (0.0, math.copysign(8.0 + len(rows) * SMALL * LEADING / 2, y)) if middle else (8.0, aside)
        for k, row in enumerate(rows):
            axes.text(
                x + math.copysign(away[0], x),
                y + away[1] + ((len(rows) - 1) / 2 - k) * SMALL * LEADING,
                row,
                ha="center" if middle else "left" if x > 0 else "right",
                va="center",
                fontsize=SMALL,
                color=INK,
            )
    for key in facilities:
        x, y = places[key]
        axes.plot(x, y, "s", markersize=14, markerfacecolor="#f3d9b1", markeredgecolor=INK, zorder=3)
        axes.text(
            x,
            y,
            letters.get(key, "·"),
            ha="center",
            va="center_baseline",
            fontsize=SMALL,
            color=INK,
            zorder=4,
        )
    return page.figure


def circle_places(
    enterprises: Sequence[str], facilities: Sequence[str], arcs: Sequence[ExchangeArrow]
) -> dict[str, tuple[float, float]]:
    """Return places on a circle of `RADIUS`: those who deal with each other side by side."""
    near: dict[str, list[str]] = {}
    for arc in sorted(arcs, key=lambda a: -a.worth):
        near.setdefault(arc.start, []).append(arc.end)
        near.setdefault(arc.end, []).append(arc.start)
    order: list[str] = []
    stack = list(reversed(enterprises))
    seen: set[str] = set()
    while stack:
        key = stack.pop()
        if key in seen:
            continue
        seen.add(key)
        if key not in facilities:
            order.append(key)
        stack.extend(other for other in reversed(near.get(key, [])) if other not in seen)
    places = {}
    for k, key in enumerate(order):
        turn = math.pi / 2 - 2 * math.pi * (k + 0.5) / len(order)
        places[key] = (RADIUS * math.cos(turn), RADIUS * math.sin(turn))
    for k, key in enumerate(facilities):
        reach = 0.0 if len(facilities) == 1 else 0.45 * RADIUS
        turn = math.pi / 2 - 2 * math.pi * k / len(facilities)
        places[key] = (reach * math.cos(turn), reach * math.sin(turn))
    return places


def _draw_arcs(axes: Axes, arcs: Sequence[ExchangeArrow], places: Mapping[str, tuple[float, float]]) -> None:
    largest = max((arc.worth for arc in arcs), default=0.0) or 1.0
    for arc in arcs:
        colour, dashes = LOOKS.get(arc.category, LOOKS["other"])
        axes.annotate(
            "",
            places[arc.end],
            places[arc.start],
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "linestyle": dashes,
                "linewidth": 0.8 + 2.4 * max(0.0, arc.worth) / largest,
                "shrinkA": 5,
                "shrinkB": 8,
                "mutation_scale": 10,
                "connectionstyle": "arc3,rad=0.12",
            },
            zorder=2,
        )


ROW, BAR, EXCHANGE_BARS_NAME_WIDTH = 16.0, 10.5, 190.0
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

    names = [shortened(name, EXCHANGE_BARS_NAME_WIDTH, 3, SMALL) for name, *_ in bars]
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
