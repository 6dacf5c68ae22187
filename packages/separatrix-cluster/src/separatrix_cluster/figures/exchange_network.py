"""Who hands what to whom: enterprises on a circle, shared facilities within, arrows as wide as they bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.figures.canvas import INK
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import LEADING, SMALL, shortened, width_of
from separatrix.figures.page import new_page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RADIUS", "ExchangeArrow", "circle_places", "draw_exchange_network"]

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
