"""A fan chart: for each share the bands that hold half and nine tenths of the draws, and where draws end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from separatrix.present.figures.canvas import FAINT, INK, style, svg_of
from separatrix.present.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.present.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.present.figures.page import Page, new_page
from separatrix.present.figures.sobol_indices import FIRST, WHISKER, bars
from separatrix.present.languages import Language, language_of
from separatrix.present.wording.numbers import percent
from separatrix.present.wording.outcomes import outcome_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.sensitivity.fan_chart import FanChart

__all__ = ["MOST_SHARES", "draw_fan", "fan_svg"]

MOST_SHARES = 8
"""More shares than these do not fit on a page."""

LEFT, WIDE, HIGH, BETWEEN, BELOW, ROW = 46.0, 250.0, 110.0, 34.0, 50.0, 20.0
"""Points: the margin, the size of a panel, the gaps, and the height of a row of outcomes."""

OUTER, INNER, MIDDLE = "#d3e3f2", "#8fbbe0", "#0b3f73"
_MIDDLE: dict[str, Any] = {"color": MIDDLE, "linewidth": 1.8}
_INNER: dict[str, Any] = {"color": INNER, "linewidth": 9, "solid_capstyle": "butt"}
_OUTER: dict[str, Any] = {"color": OUTER, "linewidth": 9, "solid_capstyle": "butt"}


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
    width = STRIP - SYMBOLS
    bands = ((_MIDDLE, words.FAN_MIDDLE), (_INNER, words.FAN_INNER), (_OUTER, words.FAN_OUTER))
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(text, width, 3))) for look, text in bands))
    head = 8 + TEXT * 1.28 + 4
    outcomes = BETWEEN + len(found.outcomes) * ROW + BELOW
    page = new_page(LEFT + WIDE + 20, head + len(shares) * (HIGH + BETWEEN) + outcomes, legend)
    for k, text in enumerate(_titles(found, words)):
        top = head + k * (HIGH + BETWEEN)
        page.write(LEFT, top - TEXT * 1.28 - 4, shortened(text, WIDE + 20, 1))
        _panel(page.axes(LEFT, top, WIDE, HIGH), found, k, k == len(shares) - 1)
    below = head + len(shares) * (HIGH + BETWEEN) - BETWEEN
    page.write(LEFT + WIDE / 2, below + 20, [words.TRAJECTORY_TIME], align="center")
    _ends(page, found, words, below + BELOW + 14)
    return page.figure


def _titles(found: FanChart, words: Language) -> list[str]:
    return [
        words.FIGURE_SHARE.format(share=share, name=population.name, strategy=strategy.name)
        for population in found.game.populations
        for share, strategy in zip(
            population.shares, population.strategies[: len(population.shares)], strict=True
        )
    ]


def _panel(axes: Axes, found: FanChart, k: int, last: bool) -> None:
    low, quarter, middle, three, high = found.quantiles[:, :, k]
    axes.set_xlim(found.times[0], found.times[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(labelsize=SMALL, color=INK, labelbottom=last)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.fill_between(found.times, low, high, color=OUTER, linewidth=0, zorder=1.5)
    axes.fill_between(found.times, quarter, three, color=INNER, linewidth=0, zorder=1.6)
    axes.plot(found.times, middle, color=MIDDLE, linewidth=1.8, zorder=1.7, clip_on=False)


def _ends(page: Page, found: FanChart, words: Language, top: float) -> None:
    """Draw where the draws end, as bars with their intervals."""
    page.write(LEFT, top - TEXT * 1.28 - 4, [words.FAN_ENDS.format(draws=f"{found.draws:,}")])
    names = list(found.outcomes)
    left, wide = LEFT + 60, WIDE - 120
    axes = page.axes(left, top, wide, len(names) * ROW)
    bars(axes, len(names), 0.0, 1.0)
    axes.tick_params(labelbottom=False, length=0)
    axes.spines["bottom"].set_visible(False)
    for row, name in enumerate(names):
        share = found.outcomes[name]
        axes.barh([row], [share], height=0.5, **FIRST)
        axes.plot(list(found.intervals[name]), [row, row], **WHISKER)
        middle = top + (row + 0.5) * ROW - SMALL * 0.64
        page.write(
            left - 6, middle, shortened(outcome_words(name, words), 96, 1, SMALL), align="right", size=SMALL
        )
        low, high = found.intervals[name]
        told = f"{percent(share, 1)} ({percent(low, 1)} – {percent(high, 1)})"
        page.write(left + wide + 6, middle, [told], size=SMALL)


def fan_svg(found: FanChart, language: Language | None = None) -> str:
    """Return the panels as an SVG element with a title and a description.

    Raises
    ------
    ValueError
        For more shares than `MOST_SHARES`.
    """
    words = language or language_of("en")
    with style():
        figure = draw_fan(found, words)
        return svg_of(
            figure, words.FAN_TITLE.format(title=clean(found.game.title)), _description(found, words)
        )


def _description(found: FanChart, words: Language) -> str:
    ends: Sequence[str] = [
        words.FAN_OF.format(share=percent(share, 1), outcome=outcome_words(name, words))
        for name, share in found.outcomes.items()
    ]
    return words.FAN_DESCRIPTION.format(
        draws=f"{found.draws:,}", until=f"{found.times[-1]:.4g}", ends=words.separators["; "].join(ends)
    )
