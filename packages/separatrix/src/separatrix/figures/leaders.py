"""What leaders bring in time: the share while their support goes on, after it ends, and without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.document.numbers import percent
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.fan_chart import BANDS
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of
from separatrix.sentences import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from separatrix.policy.leaders_plan import LeadersPlan, SupportEnd

__all__ = ["draw_leaders", "drawable_end", "leaders_picture", "paint_leaders"]

LEFT, WIDE, HIGH = 52.0, 280.0, 190.0
"""Points: the margin, and the size of the panel."""

WISHED: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (1, 1.5))}
END: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (5, 2))}
"""The line styles of the target share and of the end of the support."""

CURVES = ("supported", "ended", "without")
"""The curves, in the order in which they lie on each other and have their colours."""


def draw_leaders(found: LeadersPlan, words: Language) -> Figure:
    """Return the panel with its legend.

    Raises
    ------
    InputError
        P163 without leaders: there is nothing to draw.
    """
    told = (words.LEADERS_SUPPORTED, words.LEADERS_ENDED, words.LEADERS_WITHOUT_ANY)
    looks: list[tuple[dict[str, Any], str]] = [
        (band.line(), text) for band, text in zip(BANDS, told, strict=False)
    ]
    asked = words.LEADERS_ASKED.format(share=f"{100 * found.share:g} %", by=f"{found.by:g}")
    looks += [(WISHED, asked), (END, words.LEADERS_SUPPORT_ENDS)]
    entries = [LegendEntry(look, tuple(shortened(text, STRIP - SYMBOLS, 3))) for look, text in looks]
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 44, Legend(tuple(entries)))
    title = words.LEADERS_SHARE_AXIS.format(
        n=f"{found.model.size:,}", idea=words.listed(found.model.idea_names)
    )
    page.write(LEFT, 8, shortened(title, WIDE + 20, 1))
    paint_leaders(page.axes(LEFT, head, WIDE, HIGH), found)
    page.write(LEFT + WIDE / 2, head + HIGH + 20, [words.LEADERS_AXIS], align="center")
    return page.figure


def drawable_end(found: LeadersPlan) -> SupportEnd:
    """Return the data to draw; raise P163 if no leaders are needed."""
    if found.support_end is None:
        raise InputError(
            "P163",
            say("leaders are not needed, so there is nothing to draw"),
            hint=say("ask for text or json, for a larger share, or for an earlier date"),
        )
    return found.support_end


def paint_leaders(axes: Any, found: LeadersPlan) -> None:
    """Draw the three mean shares with their intervals, the target share, and the end of the support."""
    end = drawable_end(found)
    axes.set_xlim(end.times[0], end.times[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for layer, (band, name) in enumerate(zip(BANDS, CURVES, strict=False)):
        curve = end.curves[name]
        low, mean, high = (np.array([getattr(p, part) for p in curve]) for part in ("low", "mean", "high"))
        axes.fill_between(end.times, low, high, color=band.inner, linewidth=0, zorder=1.5 + layer / 10)
        axes.plot(end.times, mean, clip_on=False, zorder=1.9 + layer / 10, **band.line())
    axes.plot([end.times[0], found.by], [found.share] * 2, zorder=1.4, **WISHED)
    axes.plot([found.by], [found.share], marker="o", markersize=4, color=INK, zorder=2.5)
    axes.axvline(end.support, zorder=1.4, **END)


def leaders_picture(found: LeadersPlan, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = f"{words.LEADERS_TITLE}: {clean(found.model.game.title)}"
    end = drawable_end(found)
    at = int(np.argmin(abs(end.times - end.support)))
    description = words.LEADERS_PICTURE.format(
        n=f"{found.model.size:,}",
        idea=words.listed(found.model.idea_names),
        runs=f"{found.fresh:,}",
        count=len(found.names),
        support=f"{end.support:g}",
        until=f"{end.until:g}",
        at=percent(end.curves["ended"][at].mean, 1),
        end=percent(end.curves["ended"][-1].mean, 1),
        held=percent(end.curves["supported"][-1].mean, 1),
        without=percent(end.curves["without"][-1].mean, 1),
    )
    return picture(lambda: draw_leaders(found, words), title, description)
