"""Tipping values as a figure: one panel an instrument, one bar for each thing that may hold at its levels.

A tipping surface as a figure: the plane of two instruments, or one for each level of a third.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import condition_words, level_words, levels_words, readable
from separatrix.document.regime_names import parameter_axis, symbol_text
from separatrix.document.tree import Draw
from separatrix.figures.canvas import FAINT, INK, LEADING, SMALL, TEXT, clean, shortened
from separatrix.figures.layout import STRIP, Legend, LegendEntry, new_page, picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.policy.tipping.levels import LevelInterval
    from separatrix.policy.tipping.results import (
        ConditionName,
        InstrumentTipping,
        TippingCondition,
        TippingValues,
    )
    from separatrix.policy.tipping.surface import SurfaceColumn, TippingSurface

__all__ = [
    "COLOURS",
    "HATCHES",
    "draw_surface",
    "draw_tipping",
    "paint_instrument",
    "paint_plane",
    "tipping_picture",
    "tipping_surface_picture",
]

COLOURS = {
    "stable": "#9ec5de",
    "only": "#2f7fb5",
    "basin": "#c8572b",
    "selected": "#5b8a4a",
    "strong": "#a3c293",
    "risk": "#8a6fae",
}
HATCHES = {"stable": "", "only": "///", "basin": "", "selected": "...", "strong": "", "risk": "\\\\\\"}
"""Shape as well as colour: no two neighbours look alike in grey."""

LEFT, WIDE, ROW, TOP, BETWEEN = 190.0, 300.0, 20.0, 10.0, 22.0
MOST_PANELS = 12

IDLE: dict[str, Any] = {"color": INK, "linewidth": 1.1, "linestyle": (0, (4, 2)), "clip_on": False}
UNDECIDED: dict[str, Any] = {"color": "#b9bec3", "linewidth": 6.0}


def draw_tipping(found: TippingValues, words: Language) -> Figure:
    """Return the panels of all instruments, one below the other."""
    shown = found.instruments[:MOST_PANELS]
    titles = [shortened(parameter_axis(found.game, i.name, words), LEFT + WIDE - 20, 2) for i in shown]
    tops, top = [], TOP
    for title, instrument in zip(titles, shown, strict=True):
        tops.append(top + len(title) * TEXT * LEADING + 4)
        top = tops[-1] + ROW * len(instrument.conditions) + BETWEEN + SMALL * LEADING
    page = new_page(LEFT + WIDE + 24, top, _legend(found, words))
    for title, place, instrument in zip(titles, tops, shown, strict=True):
        page.write(8, place - len(title) * TEXT * LEADING - 4, title)
        height = ROW * len(instrument.conditions)
        axes = page.axes(LEFT, place, WIDE, height)
        paint_instrument(axes, instrument)
        for k, condition in enumerate(instrument.conditions):
            text = shortened(condition_words(condition.name, words), LEFT - 16, 1, SMALL)
            page.write(
                LEFT - 6, place + ROW * (k + 0.5) - SMALL * LEADING / 2, text, align="right", size=SMALL
            )
    return page.figure


def _legend(found: TippingValues, words: Language) -> Legend:
    width = STRIP - 28.0
    told = words.TIP_LEAD.format(
        id=found.target_id, target=words.separators[", "].join(found.target_names), today=""
    )
    entries = [
        LegendEntry(None, tuple(shortened(told, STRIP - 14, 4))),
        LegendEntry(IDLE, tuple(shortened(words.TIP_FIGURE_IDLE, width, 3))),
        LegendEntry(
            {"marker": "D", "color": INK, "markersize": 5.5}, tuple(shortened(words.TIP_VALUE, width, 2))
        ),
    ]
    if any(c.levels.undecided for i in found.instruments for c in i.conditions):
        entries.append(LegendEntry(UNDECIDED, tuple(shortened(words.TIP_UNDECIDED, width, 2))))
    return Legend(tuple(entries))


def paint_instrument(axes: Axes, instrument: InstrumentTipping) -> None:
    """Draw a bar for each condition of an instrument, with its tipping value and the idle level."""
    low, high = float(instrument.low), float(instrument.high)
    axes.set_xlim(low, high)
    axes.set_ylim(len(instrument.conditions), 0)
    axes.set_yticks([])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    for k, condition in enumerate(instrument.conditions):
        _bar(axes, condition, k)
    if low <= instrument.idle <= high:
        axes.axvline(float(instrument.idle), **IDLE)


def _bar(axes: Axes, condition: TippingCondition, row: int) -> None:
    span = axes.get_xlim()
    axes.plot(span, [row + 0.5] * 2, color=FAINT, linewidth=0.8, zorder=1)
    for interval in condition.levels.intervals:
        axes.barh(
            row + 0.5,
            interval.high.value - interval.low.value,
            left=interval.low.value,
            height=0.6,
            color=COLOURS[condition.name],
            hatch=HATCHES[condition.name],
            edgecolor="white",
            linewidth=0,
            zorder=2,
        )
    for interval in condition.levels.undecided:
        axes.plot([interval.low.value, interval.high.value], [row + 0.5] * 2, zorder=3, **UNDECIDED)
    if condition.tipping is not None:
        value = condition.tipping.value
        axes.plot([value], [row + 0.5], marker="D", color=INK, markersize=5.5, zorder=4, clip_on=False)
        to_left = any(i.high.value == value for i in condition.levels.intervals)
        room = (value - span[0]) / (span[1] - span[0])
        right = room < 0.12 or (to_left and room < 0.88)
        axes.annotate(
            f"{value:.5g}".replace("-", "−"),
            (value, row + 0.5),
            xytext=(7 if right else -7, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=SMALL,
            zorder=5,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )


def tipping_picture(found: TippingValues, language: Language | None = None) -> Draw:
    """Return tipping values, to be drawn in any format."""
    words = language or language_of("en")
    title = words.TIP_TITLE.format(title=clean(found.game.title))
    told = []
    for instrument in found.instruments[:MOST_PANELS]:
        symbol = symbol_text(found.game, instrument.name)
        whole = (float(instrument.low), float(instrument.high))
        for condition in instrument.conditions:
            told.append(
                words.TIP_FIGURE_ROW.format(
                    condition=condition_words(condition.name, words),
                    levels=levels_words(condition.levels, symbol, whole, words),
                    value="–" if condition.tipping is None else level_words(condition.tipping),
                )
            )
    return picture(lambda: draw_tipping(found, words), title, words.separators["; "].join(told))


TIPPING_SURFACE_LEFT, TIPPING_SURFACE_TOP, BOTTOM, GAP = 58.0, 14.0, 46.0, 40.0
ALONE, SEVERAL = 300.0, 165.0
"""Points: the side of a plane that stands alone, and of one of several."""

ACROSS = 3
RIM = 0.025
"""Part of an axis: the rim along a border, on the side where a condition holds."""

MOST_PLANES = 6

DASHES: dict[str, Any] = {"stable": "-", "only": (0, (6, 2)), "basin": "-", "selected": (0, (1, 1.4))}
WIDTHS = {"stable": 1.4, "only": 1.6, "basin": 2.4, "selected": 1.8}
TIPPING_SURFACE_IDLE: dict[str, Any] = {
    "marker": "X",
    "color": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 1.2,
    "markersize": 9.0,
}


def draw_surface(found: TippingSurface, words: Language) -> Figure:
    """Return the planes side by side."""
    planes = found.planes[:MOST_PLANES]
    side = ALONE if len(planes) == 1 else SEVERAL
    across = min(len(planes), ACROSS)
    down = -(-len(planes) // across)
    head = TEXT * LEADING + 6 if len(planes) > 1 else 0.0
    cell = side + GAP + head
    page = new_page(
        TIPPING_SURFACE_LEFT + across * (side + GAP),
        TIPPING_SURFACE_TOP + down * cell + BOTTOM - GAP,
        _tipping_surface_legend(found, words),
    )
    inner, last = found.instruments[-2].name, found.instruments[-1].name
    for k, (level, columns) in enumerate(planes):
        row, place = divmod(k, across)
        left, top = TIPPING_SURFACE_LEFT + place * (side + GAP), TIPPING_SURFACE_TOP + row * cell + head
        if level is not None:
            first = symbol_text(found.game, found.instruments[0].name)
            page.write(left, top - head + 2, [f"{first}\u00a0=\u00a0{readable(level)}"])
        axes = page.axes(left, top, side, side)
        paint_plane(
            axes, found, columns, idle=level is None or level == found.values[found.instruments[0].name]
        )
    bottom = TIPPING_SURFACE_TOP + down * cell - GAP + 22
    axis = shortened(parameter_axis(found.game, inner, words), across * (side + GAP), 1)
    page.write(TIPPING_SURFACE_LEFT + (across * (side + GAP) - GAP) / 2, bottom, axis, align="center")
    turned = shortened(parameter_axis(found.game, last, words), down * cell, 1)
    page.write(6, TIPPING_SURFACE_TOP + (down * cell - GAP) / 2 + head, turned, align="center", turned=True)
    return page.figure


def _tipping_surface_legend(found: TippingSurface, words: Language) -> Legend:
    width = STRIP - 28.0
    told = words.TIP_LEAD.format(
        id=found.target_id, target=words.separators[", "].join(found.target_names), today=""
    )
    entries = [LegendEntry(None, tuple(shortened(told, STRIP - 14, 4)))]
    for name in found.columns[0].levels:
        told = condition_words(name, words)
        last = found.instruments[-1]
        whole = (float(last.low), float(last.high))
        levels = {levels_words(c.levels[name], "", whole, words) for c in found.columns}
        if levels in ({words.TIP_ALWAYS}, {words.TIP_NEVER}):
            told = words.separators[", "].join((told, *levels))
        entries.append(LegendEntry(_line(name), tuple(shortened(told, width, 4))))
    entries.append(LegendEntry(TIPPING_SURFACE_IDLE, tuple(shortened(words.TIP_FIGURE_IDLE, width, 3))))
    shaded = words.TIP_FIGURE_SHADED.format(condition=condition_words(found.goal, words))
    entries.append(LegendEntry(None, tuple(shortened(shaded, STRIP - 14, 6))))
    return Legend(tuple(entries))


def _line(name: ConditionName) -> dict[str, Any]:
    return {"color": COLOURS[name], "linestyle": DASHES[name], "linewidth": WIDTHS[name]}


def paint_plane(
    axes: Axes, found: TippingSurface, columns: Sequence[SurfaceColumn], *, idle: bool = True
) -> None:
    """Draw where each condition holds in the plane of the last two instruments."""
    inner, last = found.instruments[-2:]
    axes.set_xlim(float(inner.low), float(inner.high))
    axes.set_ylim(float(last.low), float(last.high))
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.locator_params(nbins=6)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    rim = RIM * float(last.high - last.low)
    for name in columns[0].levels:
        for xs, intervals in _bands(columns, name):
            lows, highs = [i.low.value for i in intervals], [i.high.value for i in intervals]
            if name == found.goal:
                axes.fill_between(xs, lows, highs, color=COLOURS[name], alpha=0.13, linewidth=0, zorder=2)
            # An end that is that of the range is no border.
            borders = [i.closed_low for i in intervals], [i.closed_high for i in intervals]
            for heights, closed, inwards in ((lows, borders[0], rim), (highs, borders[1], -rim)):
                for outside, run in itertools.groupby(range(len(xs)), key=closed.__getitem__):
                    own = list(run)
                    if not outside:
                        at, edge = [xs[k] for k in own], [heights[k] for k in own]
                        inner_edge = [min(max(heights[k] + inwards, lows[k]), highs[k]) for k in own]
                        axes.fill_between(
                            at, edge, inner_edge, color=COLOURS[name], alpha=0.35, linewidth=0, zorder=2.5
                        )
                        axes.plot(at, edge, zorder=3, **_line(name))
    if idle:
        x, y = (float(found.values[i.name]) for i in (inner, last))
        if inner.low <= x <= inner.high and last.low <= y <= last.high:
            axes.plot([x], [y], linestyle="none", clip_on=False, zorder=5, **TIPPING_SURFACE_IDLE)


def _bands(
    columns: Sequence[SurfaceColumn], name: ConditionName
) -> Iterator[tuple[list[float], list[LevelInterval]]]:
    """Yield each interval of the last instrument over the levels of the other at which there are as many."""
    for count, group in itertools.groupby(columns, key=lambda c: len(c.levels[name].intervals)):
        some = list(group)
        for k in range(count):
            yield [float(c.at[-1]) for c in some], [c.levels[name].intervals[k] for c in some]


def tipping_surface_picture(found: TippingSurface, language: Language | None = None) -> Draw:
    """Return a tipping surface, to be drawn in any format."""
    words = language or language_of("en")
    title = words.TIP_SURFACE_TITLE.format(title=clean(found.game.title))
    told = words.TIP_SURFACE_LEAD.format(
        instruments=words.listed([symbol_text(found.game, i.name) for i in found.instruments]),
        last=symbol_text(found.game, found.instruments[-1].name),
    )
    return picture(lambda: draw_surface(found, words), title, told)
