"""A fan chart: for each share the bands that hold half and nine tenths of the draws, and where draws end.

Where draws end in different places, each outcome has bands of its own.

Sobol indices as bars, the parameter that matters most on top.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import percent
from separatrix.document.regime_names import share_meanings, symbol_text
from separatrix.document.state_names import index_text, outcome_words
from separatrix.document.tree import Draw
from separatrix.figures.canvas import FAINT, INK, SMALL, TEXT, clean, shortened
from separatrix.figures.layout import STRIP, SYMBOLS, FigurePage, Legend, LegendEntry, new_page, picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.sensitivity.fan_chart import FanChart
    from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity

__all__ = [
    "MOST_BARS",
    "MOST_SHARES",
    "bars",
    "draw_fan",
    "draw_indices",
    "ends_of",
    "fan_picture",
    "indices_picture",
    "paint_fan",
]

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


MOST_SHARES = 8
"""More shares than these do not fit on a page."""

FAN_CHART_LEFT, FAN_CHART_WIDE, HIGH, BETWEEN, FAN_CHART_BELOW, FAN_CHART_ROW = (
    46.0,
    250.0,
    110.0,
    34.0,
    50.0,
    20.0,
)
"""Points: the margin, the size of a panel, the gaps, and the height of a row of outcomes."""

APART = 0.2
"""How far the medians of two outcomes have to be apart in the end, in some share, to be two ends."""

MOST_ENDS = 4
"""More outcomes than these would hide each other's bands."""

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class _Band:
    """The colours of the band of nine tenths, of half, and of the median, and the dashes of the median."""

    outer: str
    inner: str
    middle: str
    dashes: Any = "-"

    def line(self) -> dict[str, Any]:
        return {"color": self.middle, "linewidth": 1.8, "linestyle": self.dashes}

    def fill(self, shade: str) -> dict[str, Any]:
        return {"color": shade, "linewidth": 9, "solid_capstyle": "butt"}


BANDS = (
    _Band("#cfe0f1", "#8fbbe0", "#0b3f73"),
    _Band("#f6dcc8", "#eeb083", "#8f3b00", (0, (6, 2))),
    _Band("#d0e8d8", "#8fcba6", "#0f5132", (0, (2, 1.6))),
    _Band("#e6d8ee", "#c39fd6", "#54257a", (0, (7, 1.6, 1.4, 1.6))),
)
"""Of all draws, or of each outcome."""


def draw_fan(found: FanChart, words: Language) -> Figure:
    """Return a panel for each share, one below the other, and one of outcomes.

    Raises
    ------
    ValueError
        For more shares than `MOST_SHARES`.
    """
    shares = found.game.shares
    if len(shares) > MOST_SHARES:
        raise ValueError(f"{len(shares)} shares; a figure has room for {MOST_SHARES}")
    ends = ends_of(found)
    legend = _legend(ends, words)
    head = 8 + TEXT * 1.28 + 4
    outcomes = BETWEEN + len(found.outcomes) * FAN_CHART_ROW + FAN_CHART_BELOW
    page = new_page(
        FAN_CHART_LEFT + FAN_CHART_WIDE + 20, head + len(shares) * (HIGH + BETWEEN) + outcomes, legend
    )
    for k, text in enumerate(share_meanings(found.game, words)):
        top = head + k * (HIGH + BETWEEN)
        page.write(FAN_CHART_LEFT, top - TEXT * 1.28 - 4, shortened(text, FAN_CHART_WIDE + 20, 1))
        paint_fan(page.axes(FAN_CHART_LEFT, top, FAN_CHART_WIDE, HIGH), found, ends, k, k == len(shares) - 1)
    below = head + len(shares) * (HIGH + BETWEEN) - BETWEEN
    page.write(FAN_CHART_LEFT + FAN_CHART_WIDE / 2, below + 20, [words.TRAJECTORY_TIME], align="center")
    _ends(page, found, ends, words, below + FAN_CHART_BELOW + 14)
    return page.figure


def ends_of(found: FanChart) -> list[str]:
    """Return the outcomes that get bands of their own; none where all draws end in about the same place.

    Examples
    --------
    >>> import separatrix
    >>> chart = separatrix.fan_chart("shi-chen-2018", start=[0.4, 0.4], spread="40%", samples=200)
    >>> sorted(ends_of(chart))
    ['E1', 'E4']
    """
    names = list(found.by_outcome)
    last = [found.by_outcome[name][2, -1] for name in names]
    apart = any(abs(a - b).max() > APART for a, b in itertools.combinations(last, 2))
    return names if apart and len(names) <= MOST_ENDS else []


def _legend(ends: Sequence[str], words: Language) -> Legend:
    entries = [LegendEntry(None, tuple(shortened(words.FAN_APART, STRIP, 5)))] if ends else []
    for name, band in zip(ends or [""], BANDS, strict=False):
        rows = ((band.line(), words.FAN_MIDDLE), (band.fill(band.inner), words.FAN_INNER))
        if name:
            entries.append(LegendEntry(None, tuple(shortened(outcome_words(name, words), STRIP, 2))))
        for look, text in (*rows, (band.fill(band.outer), words.FAN_OUTER)):
            entries.append(LegendEntry(look, tuple(shortened(text, STRIP - SYMBOLS, 3))))
    return Legend(tuple(entries))


def paint_fan(axes: Axes, found: FanChart, ends: Sequence[str], k: int, last: bool) -> None:
    """Draw the bands of one share, of all draws or of each outcome."""
    axes.set_xlim(found.times[0], found.times[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(labelsize=SMALL, color=INK, labelbottom=last)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    shown = [found.by_outcome[name] for name in ends] or [found.quantiles]
    for own, band in zip(shown, BANDS, strict=False):
        low, quarter, _, three, high = own[:, :, k]
        axes.fill_between(found.times, low, high, color=band.outer, linewidth=0, zorder=1.5, alpha=0.8)
        axes.fill_between(found.times, quarter, three, color=band.inner, linewidth=0, zorder=1.6, alpha=0.8)
    for own, band in zip(shown, BANDS, strict=False):
        axes.plot(found.times, own[2, :, k], zorder=1.7, clip_on=False, **band.line())


def _ends(page: FigurePage, found: FanChart, ends: Sequence[str], words: Language, top: float) -> None:
    """Draw where the draws end, as bars with their intervals, over an axis of percentages."""
    page.write(FAN_CHART_LEFT, top - TEXT * 1.28 - 4, [words.FAN_ENDS.format(draws=f"{found.draws:,}")])
    names = list(found.outcomes)
    left, wide = FAN_CHART_LEFT + 60, FAN_CHART_WIDE - 120
    axes = page.axes(left, top, wide, len(names) * FAN_CHART_ROW)
    bars(axes, len(names), 0.0, 1.0)
    axes.set_xticks(TICKS, [f"{100 * t:.0f}" for t in TICKS])
    page.write(
        left + wide / 2,
        top + len(names) * FAN_CHART_ROW + 18,
        [words.FAN_PERCENT],
        align="center",
        size=SMALL,
    )
    for row, name in enumerate(names):
        share = found.outcomes[name]
        look = {"facecolor": BANDS[ends.index(name)].middle} if name in ends else {}
        axes.barh([row], [share], height=0.5, **{**FIRST, **look, "edgecolor": "none"})
        axes.plot(list(found.intervals[name]), [row, row], **WHISKER)
        middle = top + (row + 0.5) * FAN_CHART_ROW - SMALL * 0.64
        page.write(
            left - 6, middle, shortened(outcome_words(name, words), 96, 1, SMALL), align="right", size=SMALL
        )
        low, high = found.intervals[name]
        told = f"{percent(share, 1)} ({percent(low, 1)} – {percent(high, 1)})"
        page.write(left + wide + 6, middle, [told], size=SMALL)


def fan_picture(found: FanChart, language: Language | None = None) -> Draw:
    """Return the panels, to be drawn in any format.

    Raises
    ------
    ValueError
        When they are drawn, for more shares than `MOST_SHARES`.
    """
    words = language or language_of("en")
    title = words.FAN_TITLE.format(title=clean(found.game.title))
    return picture(lambda: draw_fan(found, words), title, _description(found, words))


def _description(found: FanChart, words: Language) -> str:
    ends: Sequence[str] = [
        words.FAN_OF.format(share=percent(share, 1), outcome=outcome_words(name, words))
        for name, share in found.outcomes.items()
    ]
    return words.FAN_DESCRIPTION.format(
        draws=f"{found.draws:,}", until=f"{found.times[-1]:.4g}", ends=words.separators["; "].join(ends)
    )
