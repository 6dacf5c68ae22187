"""Adoption in time: the median over runs, bands of half and nine tenths of them, and one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.document.numbers import percent
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.fan_chart import BANDS
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import LEADING, SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from separatrix.population.networks.network import NetworkEnsemble

__all__ = ["adoption_picture", "draw_adoption", "paint_adoption"]

LEFT, WIDE, HIGH = 52.0, 270.0, 190.0
"""Points: the margin, and the size of the panel."""

ONE: dict[str, Any] = {"color": INK, "linewidth": 0.8, "linestyle": (0, (1, 1.4))}
MEAN: dict[str, Any] = {"color": "#8f3b00", "linewidth": 1.4, "linestyle": (0, (6, 2))}
"""How one run, and the mean, are drawn."""


def draw_adoption(found: NetworkEnsemble, words: Language) -> Figure:
    """Return the panel with its legend."""
    band = BANDS[0]
    looks = (
        (band.line(), words.NETWORK_MEDIAN),
        (band.fill(band.inner), words.NETWORK_INNER),
        (band.fill(band.outer), words.NETWORK_OUTER),
        (MEAN, words.NETWORK_MEAN_LONG),
        (ONE, words.NETWORK_ONE),
    )
    entries = [LegendEntry(look, tuple(shortened(text, STRIP - SYMBOLS, 3))) for look, text in looks]
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 66, Legend(tuple(entries)))
    title = words.NETWORK_SHARE.format(idea=words.listed(found.model.idea_names), n=f"{found.model.size:,}")
    page.write(LEFT, 8, shortened(title, WIDE + 20, 1))
    paint_adoption(page.axes(LEFT, head, WIDE, HIGH), found)
    page.write(LEFT + WIDE / 2, head + HIGH + 20, [words.NETWORK_UNITS], align="center")
    share, (low, high) = found.full_share
    told = words.NETWORK_FULL_SHORT.format(
        share=percent(share, 1), low=percent(low, 1), high=percent(high, 1)
    )
    for row, text in enumerate((told, words.NETWORK_DIRECTION)):
        lines = shortened(text, WIDE + STRIP, 1, SMALL)
        page.write(LEFT, head + HIGH + 38 + row * SMALL * LEADING, lines, size=SMALL)
    return page.figure


def paint_adoption(axes: Any, found: NetworkEnsemble) -> None:
    """Draw the bands, the median, the mean and one run on axes."""
    band, times = BANDS[0], found.times
    low, quarter, middle, three, high = found.quantiles()
    axes.set_xlim(times[0], times[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.fill_between(times, low, high, color=band.outer, linewidth=0, zorder=1.5)
    axes.fill_between(times, quarter, three, color=band.inner, linewidth=0, zorder=1.6)
    axes.plot(times, found.shares()[0], zorder=1.7, **ONE)
    axes.plot(times, middle, zorder=1.9, clip_on=False, **band.line())
    axes.plot(times, found.mean()[0], zorder=1.8, **MEAN)


def adoption_picture(found: NetworkEnsemble, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = words.NETWORK_TITLE.format(title=clean(found.model.game.title))
    middle, _, _ = found.mean()
    description = words.NETWORK_DESCRIPTION.format(
        replicas=f"{found.replicas:,}",
        n=f"{found.model.size:,}",
        idea=words.listed(found.model.idea_names),
        start=percent(float(middle[0]), 1),
        share=percent(float(middle[-1]), 1),
        until=f"{found.times[-1]:g}",
    )
    return picture(lambda: draw_adoption(found, words), title, description)
