"""The gradient of selection: where a population of two strategies drifts, by how many play the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.document.finite_states import balance_words
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.marks import draw_mark
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.population.finite.gradient_of_selection import GradientOfSelection

__all__ = ["draw_gradient", "gradient_entries", "gradient_picture", "number_axis", "paint_gradient"]

LEFT, WIDE, HIGH = 66.0, 280.0, 180.0
"""Points: the margin, and the size of the panel."""

DRIFT: dict[str, Any] = {"color": "#0b3f73", "linewidth": 1.6}
NOISE: dict[str, Any] = {"color": "#cfe0f1", "linewidth": 9, "solid_capstyle": "butt"}
"""How the drift, and a standard deviation around it, are drawn."""


def paint_gradient(axes: Axes, found: GradientOfSelection) -> None:
    """Draw the drift, the noise of one unit of time around it, and where the drift changes its sign."""
    size = found.met.sizes[0]
    at = found.counts[0][:, 0] / size
    drift = found.drift[0][:, 0]
    spread = np.sqrt(found.noise[0][:, 0])
    low, high = float(min(drift.min(), 0.0)), float(max(drift.max(), 0.0))
    room = 0.35 * (high - low) or float(spread.max()) or 1.0
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(low - room, high + room)
    axes.fill_between(at, drift - spread, drift + spread, color=NOISE["color"], linewidth=0, zorder=1)
    axes.axhline(0.0, color=INK, linewidth=0.8, zorder=2)
    axes.plot(at, drift, zorder=3, **DRIFT)
    for balance in found.balances or ():
        middle = (balance.after + balance.before) / 2 / size
        draw_mark(axes, middle, 0.0, "asymptotically stable" if balance.stable else "source")
    number_axis(axes)


def number_axis(axes: Axes) -> None:
    """Set the look of axes whose lower one is a share."""
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def gradient_entries(found: GradientOfSelection, words: Language) -> list[LegendEntry]:
    """Return what the lines and the marks of the panel mean."""
    width = STRIP - SYMBOLS
    entries = [
        LegendEntry(DRIFT, tuple(shortened(words.GRADIENT_DRIFT, width, 3))),
        LegendEntry(NOISE, tuple(shortened(words.GRADIENT_NOISE, width, 3))),
    ]
    balances = found.balances or ()
    if any(b.stable for b in balances):
        entries.append(LegendEntry("asymptotically stable", tuple(shortened(words.GRADIENT_TO, width, 2))))
    if any(not b.stable for b in balances):
        entries.append(LegendEntry("source", tuple(shortened(words.GRADIENT_AWAY, width, 2))))
    return entries


def draw_gradient(found: GradientOfSelection, words: Language) -> Figure:
    """Return the panel with its legend.

    Raises
    ------
    InputError
        U902 for more than one population of two strategies.
    """
    if found.balances is None:
        raise InputError(
            "U902",
            "the gradient of selection is drawn for one population of two strategies",
            hint="use its arrays `drift` and `noise`",
        )
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 44, Legend(tuple(gradient_entries(found, words))))
    page.write(LEFT, 8, shortened(words.GRADIENT_PANEL, WIDE, 1))
    paint_gradient(page.axes(LEFT, head, WIDE, HIGH), found)
    name = found.game.populations[0].strategies[0].name
    page.write(
        LEFT + WIDE / 2,
        head + HIGH + 20,
        shortened(words.GRADIENT_SHARE.format(strategy=clean(name)), WIDE, 1),
        align="center",
    )
    return page.figure


def gradient_picture(found: GradientOfSelection, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = words.GRADIENT_TITLE.format(title=clean(found.game.title))
    told = [balance_words(balance, words) for balance in found.balances or ()]
    name = found.game.populations[0].strategies[0].name
    description = (
        words.STATIONARY_BALANCES.format(strategy=name, balances=words.separators["; "].join(told))
        if told
        else words.STATIONARY_ONE_WAY
    )
    return picture(lambda: draw_gradient(found, words), title, description)
