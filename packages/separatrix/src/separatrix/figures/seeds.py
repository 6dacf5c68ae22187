"""What seeds reach: a curve beneath what any choice can, or bars of the orders that were compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.document.seeds import amount, ratio_text, share_text
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import LEADING, SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.figures.sobol_indices import WHISKER
from separatrix.languages import Language, language_of
from separatrix.population.certified import CertifiedSeeds

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from separatrix.population.seeding import TargetedSeeds

__all__ = ["draw_orders", "draw_reach", "seeds_picture"]

LEFT, WIDE, HIGH, MARGIN, ROW = 64.0, 260.0, 180.0, 190.0, 26.0
"""Points: the margin and the size of the curve's panel; the margin of names, and the height of a bar."""

CURVE: dict[str, Any] = {"color": "#0b5fa5", "linewidth": 1.8}
MOST: dict[str, Any] = {"color": "#b5480f", "linewidth": 1.2, "linestyle": (0, (5, 2))}
LEAST: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (1, 1.5))}
BAR: dict[str, Any] = {"color": "#0b5fa5", "linewidth": 8, "solid_capstyle": "butt"}


def draw_reach(found: CertifiedSeeds, words: Language) -> Figure:
    """Return the curve of a choice with its certificate."""
    from matplotlib.ticker import MaxNLocator

    looks = ((MOST, words.SEEDS_AT_MOST), (CURVE, words.SEEDS_CURVE), (LEAST, words.SEEDS_AT_LEAST))
    legend = Legend(tuple(LegendEntry(look, tuple(shortened(t, STRIP - SYMBOLS, 3))) for look, t in looks))
    head = 8 + TEXT * LEADING + 8
    page = new_page(LEFT + WIDE + 20, head + HIGH + 44, legend)
    page.write(LEFT, 8, [f"{words.SEEDS_REACHED_AXIS} (n = {found.enterprises:,})"])
    axes = page.axes(LEFT, head, WIDE, HIGH)
    count = len(found.reach)
    places = np.arange(count + 1)
    axes.plot(places, [0.0, *found.reach], marker="o" if count <= 30 else "", markersize=3, **CURVE)
    for height, look in ((found.high, MOST), (found.low, LEAST)):
        axes.plot([0, count], [height, height], **look)
    axes.set_xlim(0, count)
    axes.set_ylim(0, 1.04 * max(found.high, found.reach[-1]))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    page.write(LEFT + WIDE / 2, head + HIGH + 20, [words.SEEDS_AXIS], align="center")
    return page.figure


def draw_orders(found: TargetedSeeds, words: Language) -> Figure:
    """Return the shares that the orders reach as bars, the best on top."""
    legend = Legend((LegendEntry(WHISKER, tuple(shortened(words.SEEDS_INTERVAL, STRIP - SYMBOLS, 2))),))
    title = words.SEEDS_SHARE_AXIS.format(idea=words.listed(found.model.idea_names))
    lines = shortened(words.capital(title), MARGIN + WIDE - 20, 2)
    head = 8 + len(lines) * TEXT * LEADING + 8
    rows = len(found.tried)
    page = new_page(MARGIN + WIDE + 20, head + rows * ROW + 30, legend)
    page.write(10, 8, lines)
    axes = page.axes(MARGIN, head, WIDE, rows * ROW)
    top = max(tried.share.high for tried in found.tried) or 1.0
    axes.set_xlim(0, top * 1.02)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for row, tried in enumerate(found.tried):
        axes.barh([row], [tried.share.mean], height=0.5, color=BAR["color"])
        axes.plot([tried.share.low, tried.share.high], [row, row], **WHISKER)
        text = shortened(words.capital(words.tell(tried.order.title)), MARGIN - 20, 2, SMALL)
        page.write(
            MARGIN - 8,
            head + (row + 0.5) * ROW - len(text) * SMALL * LEADING / 2,
            text,
            align="right",
            size=SMALL,
        )
    return page.figure


def seeds_picture(found: CertifiedSeeds | TargetedSeeds, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    if isinstance(found, CertifiedSeeds):
        certified = found
        steps = words.separators["; "].join(
            f"{place}: {amount(reach)}" for place, reach in enumerate(found.reach[:TOLD], 1)
        )
        description = words.SEEDS_PICTURE.format(
            steps=steps, low=amount(found.low), high=amount(found.high), ratio=ratio_text(found.ratio)
        )
        return picture(lambda: draw_reach(certified, words), words.SEEDS_TITLE, description)
    targeted = found
    steps = words.separators["; "].join(
        f"{words.tell(tried.order.title)}: {share_text(tried.share)}" for tried in found.tried
    )
    description = words.SEEDS_ORDERS_PICTURE.format(idea=words.listed(found.model.idea_names), steps=steps)
    title = f"{words.SEEDS_TITLE}: {clean(found.model.game.title)}"
    return picture(lambda: draw_orders(targeted, words), title, description)


TOLD = 20
"""Seeds that the description lists one by one."""
