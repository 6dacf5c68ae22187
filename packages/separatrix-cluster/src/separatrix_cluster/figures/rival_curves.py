"""Adoption by year with the fitted rival curves, each with a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.fan_chart import BANDS
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, shortened
from separatrix.figures.page import new_page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["DrawnCurve", "draw_rival_curves", "paint_rival_curves"]

Floats = NDArray[np.float64]

LEFT, WIDE, HIGH = 52.0, 270.0, 190.0
"""Points: the margin, and the size of the panel."""

DOTS: dict[str, Any] = {"marker": "o", "color": INK, "markersize": 4.5, "markeredgecolor": "white"}
CLEAR = 0.45
"""How far a band lets those below it be seen."""


@dataclass(frozen=True)
class DrawnCurve:
    """One curve: its name, its share by year, and the ends of its band."""

    name: str
    path: Floats
    low: Floats
    high: Floats


def draw_rival_curves(
    years: Sequence[int], shares: Floats, curves: Sequence[DrawnCurve], title: str, observed: str, band: str
) -> Figure:
    """Return the panel with its legend.

    Parameters
    ----------
    years : sequence of int
    shares : ndarray, shape (years,)
        What was observed.
    curves : sequence of DrawnCurve
        The most likely first.
    title, observed, band : str
        Words: of the axis of shares, of the dots and of the bands.
    """
    entries = [LegendEntry(dict(DOTS), tuple(shortened(observed, STRIP - SYMBOLS, 3)))]
    for look, curve in zip(BANDS, curves, strict=False):
        entries.append(LegendEntry(look.line(), tuple(shortened(curve.name, STRIP - SYMBOLS, 4))))
    entries.append(LegendEntry(BANDS[0].fill(BANDS[0].outer), tuple(shortened(band, STRIP - SYMBOLS, 5))))
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 36, Legend(tuple(entries)))
    page.write(LEFT, 8, shortened(title, WIDE + 20, 1))
    paint_rival_curves(page.axes(LEFT, head, WIDE, HIGH), years, shares, curves)
    return page.figure


def paint_rival_curves(
    axes: Axes, years: Sequence[int], shares: Floats, curves: Sequence[DrawnCurve]
) -> None:
    """Draw dots, curves and bands on axes; the most likely curve is in front."""
    from matplotlib.ticker import MaxNLocator

    for k, (look, curve) in reversed(list(enumerate(zip(BANDS, curves, strict=False)))):
        front = 2.0 - 0.1 * k
        axes.fill_between(
            years, curve.low, curve.high, color=look.outer, alpha=CLEAR, linewidth=0, zorder=front - 1
        )
        for end in (curve.low, curve.high):
            axes.plot(years, end, color=look.middle, linewidth=0.5, linestyle=look.dashes, zorder=front - 0.5)
        axes.plot(years, curve.path, zorder=front, **look.line())
    axes.plot(years, shares, zorder=3, clip_on=False, linestyle="none", **DOTS)
    axes.set_xlim(years[0] - 0.3, years[-1] + 0.3)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
