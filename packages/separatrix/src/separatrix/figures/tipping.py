"""Tipping values as a figure: one panel an instrument, one bar for each thing that may hold at its levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.document.document import Draw
from separatrix.document.regimes import parameter_axis
from separatrix.document.tipping import condition_words, level_words, levels_words
from separatrix.document.variations import symbol_text
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.legend import STRIP, Legend, LegendEntry
from separatrix.figures.lettering import LEADING, SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.policy.tipping.results import InstrumentTipping, TippingCondition, TippingValues

__all__ = ["COLOURS", "HATCHES", "draw_tipping", "paint_instrument", "tipping_picture"]

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
