"""Sobol indices as bars, the parameter that matters most on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.document.document import Draw
from separatrix.document.outcomes import index_text
from separatrix.document.variations import symbol_text
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity

__all__ = ["MOST_BARS", "bars", "draw_indices", "indices_picture"]

MOST_BARS, FEWEST_BARS, SMALLEST = 30, 3, 0.005
"""How many parameters fit on a page; more than the fewest are drawn only with a total index that shows."""

LEFT, WIDE, ROW, BELOW = 168.0, 250.0, 30.0, 42.0
"""Points: the margin with the names, the width of the bars, the height of a row, what is below."""

FIRST: dict[str, Any] = {"facecolor": "#0b5fa5", "edgecolor": "#0b5fa5", "linewidth": 0.8}
TOTAL: dict[str, Any] = {"facecolor": "#f6d9c6", "edgecolor": "#b5480f", "linewidth": 0.8}
_FIRST_LINE: dict[str, Any] = {"color": "#0b5fa5", "linewidth": 8, "solid_capstyle": "butt"}
_TOTAL_LINE: dict[str, Any] = {"color": "#f6d9c6", "linewidth": 8, "solid_capstyle": "butt"}
WHISKER: dict[str, Any] = {"color": INK, "linewidth": 1.1}


def draw_indices(found: Sensitivity, words: Language) -> Figure:
    """Return the bars as a figure.

    Raises
    ------
    ValueError
        Where the indices are undefined.
    """
    first, total = found.first_intervals, found.total_intervals
    if found.first is None or found.total is None or first is None or total is None:
        raise ValueError("the indices are undefined")
    names = [n for k, n in enumerate(found.names) if k < FEWEST_BARS or found.total[n] >= SMALLEST][
        :MOST_BARS
    ]
    rest = [n for n in found.names if n not in names]
    note: list[str] = []
    if rest:
        names_left = (symbol_text(found.game, n) for n in rest)
        told = words.SENSITIVITY_REST.format(names=words.separators[", "].join(names_left))
        note = shortened(told, LEFT + WIDE, 3, SMALL)
    width = STRIP - SYMBOLS
    legend = Legend(
        (
            LegendEntry(_FIRST_LINE, tuple(shortened(words.SENSITIVITY_FIRST_LONG, width, 3))),
            LegendEntry(_TOTAL_LINE, tuple(shortened(words.SENSITIVITY_TOTAL_LONG, width, 4))),
            LegendEntry(WHISKER, tuple(shortened(words.SENSITIVITY_INTERVAL, width, 2))),
        )
    )
    title = shortened(words.capital(words.tell(found.what)), LEFT + WIDE - 20, 2)
    head = 8 + len(title) * TEXT * 1.28 + 8
    page = new_page(LEFT + WIDE + 24, head + len(names) * ROW + BELOW + len(note) * SMALL * 1.28, legend)
    page.write(10, 8, title)
    page.write(10, head + len(names) * ROW + BELOW - 2, note, size=SMALL)
    intervals = [*first.values(), *total.values()]
    low = min(0.0, *(own[0] for own in intervals))
    high = max(1.0, *(own[1] for own in intervals))
    axes = page.axes(LEFT, head, WIDE, len(names) * ROW)
    bars(axes, len(names), low, high)
    for row, name in enumerate(names):
        _one(axes, row - 0.2, found.first[name], first[name], FIRST)
        _one(axes, row + 0.2, found.total[name], total[name], TOTAL)
        meaning = found.game.parameters[name].meaning
        symbol = symbol_text(found.game, name)
        text = shortened(symbol if meaning is None else f"{symbol}: {meaning}", LEFT - 24, 2, SMALL)
        top = head + (row + 0.5) * ROW - len(text) * SMALL * 1.28 / 2
        page.write(LEFT - 10, top, text, align="right", size=SMALL)
    page.write(LEFT + WIDE / 2, head + len(names) * ROW + 20, [words.SENSITIVITY_AXIS], align="center")
    return page.figure


def bars(axes: Axes, rows: int, low: float, high: float) -> None:
    """Prepare axes for rows of bars from `low` to `high`, the first row on top."""
    axes.set_xlim(low - 0.01 * (high - low), high)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0], ["0", "0.2", "0.4", "0.6", "0.8", "1"])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _one(axes: Axes, at: float, index: float, interval: tuple[float, float], look: dict[str, Any]) -> None:
    axes.barh([at], [index], height=0.34, **look)
    axes.plot(list(interval), [at, at], solid_capstyle="butt", **WHISKER)
    for end in interval:
        axes.plot([end, end], [at - 0.1, at + 0.1], **WHISKER)


def indices_picture(found: Sensitivity, language: Language | None = None) -> Draw:
    """Return the bars, to be drawn in any format.

    Raises
    ------
    ValueError
        When they are drawn, where the indices are undefined.
    """
    words = language or language_of("en")
    first, total = found.first or {}, found.total or {}
    told = [
        words.SENSITIVITY_POINT.format(
            name=symbol_text(found.game, n), first=index_text(first[n]), total=index_text(total[n])
        )
        for n in found.names
        if n in first
    ]
    description = words.SENSITIVITY_DESCRIPTION.format(
        what=words.tell(found.what), indices=words.separators["; "].join(told)
    )
    title = words.SENSITIVITY_TITLE.format(title=clean(found.game.title))
    return picture(lambda: draw_indices(found, words), title, description)
