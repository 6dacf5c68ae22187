"""The switching curve: at which states support should be on, as the value function on a lattice shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.figures.canvas import INK
from separatrix.figures.legend import STRIP, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, shortened
from separatrix.figures.page import new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.policy.temporary.hamilton_jacobi_bellman import ValueFunction

    Array = NDArray[np.float64]

__all__ = ["switching_curve_picture"]

ON, LOST = "#f2c9a8", "#d5d8dc"
CURVE: dict[str, Any] = {"color": "#a0400f", "linewidth": 1.8}
WAY: dict[str, Any] = {"color": INK, "linewidth": 1.6, "linestyle": (0, (5, 1.5))}
SIDE, LEFT, BELOW = 340.0, 56.0, 44.0


def switching_curve_picture(
    value: ValueFunction,
    title: str,
    axes_names: Sequence[str],
    trajectory: Array | None = None,
    instrument: int = 0,
    language: Language | None = None,
) -> Draw:
    """Return where in the unit square a level should be high, with the curve at which it is switched.

    Parameters
    ----------
    value : ValueFunction
        On a lattice of two axes.
    title : str
    axes_names : two texts
        What the first and the second axis are.
    trajectory : array (points, 2), optional
        A programme, as a line over it.
    instrument : int
        Which of the levels.
    language : Language, optional
    """
    words = language or language_of("en")
    told = words.SWITCHING_TITLE.format(title=clean(title))
    description = f"{words.SWITCHING_ON}; {words.SWITCHING_CURVE}"
    return picture(lambda: _draw(value, told, axes_names, trajectory, instrument, words), told, description)


def _draw(
    value: ValueFunction,
    title: str,
    axes_names: Sequence[str],
    trajectory: Array | None,
    instrument: int,
    words: Language,
) -> Figure:
    width = STRIP - 28.0
    entries = [
        LegendEntry(None, tuple(shortened(title, STRIP - 14, 4))),
        LegendEntry({"color": ON, "linewidth": 8.0}, tuple(shortened(words.SWITCHING_ON, width, 3))),
        LegendEntry(CURVE, tuple(shortened(words.SWITCHING_CURVE, width, 3))),
        LegendEntry({"color": LOST, "linewidth": 8.0}, tuple(shortened(words.SWITCHING_LOST, width, 3))),
    ]
    if trajectory is not None:
        entries.append(LegendEntry(WAY, tuple(shortened(words.SWITCHING_TRAJECTORY, width, 3))))
    page = new_page(LEFT + SIDE + 20, SIDE + BELOW + 12, Legend(tuple(entries)))
    axes = page.axes(LEFT, 8, SIDE, SIDE)
    _paint(axes, value, instrument)
    if trajectory is not None:
        axes.plot(trajectory[:, 1], trajectory[:, 0], zorder=4, **WAY)
        axes.plot(*trajectory[0, ::-1], marker="o", color=INK, markersize=5, zorder=5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.set_xlabel(clean(axes_names[1]), fontsize=TEXT)
    axes.set_ylabel(clean(axes_names[0]), fontsize=TEXT)
    return page.figure


def _paint(axes: Axes, value: ValueFunction, instrument: int) -> None:
    """Shade where the level is in the upper half of those allowed; the first axis goes upwards."""
    levels = value.choices[:, instrument]
    middle = (levels.min() + levels.max()) / 2
    first, second = value.axes
    lost = value.values >= 0.5 * value.beyond
    on = np.where(value.best >= 0, levels[value.best] > middle, False) & ~lost
    axes.contourf(second, first, on.astype(float), levels=[0.5, 1.5], colors=[ON], zorder=1)
    if lost.any():
        axes.contourf(second, first, lost.astype(float), levels=[0.5, 1.5], colors=[LOST], hatches=["////"])
    inside = np.where(lost | (value.best < 0), np.nan, on.astype(float))
    axes.contour(
        second,
        first,
        inside,
        levels=[0.5],
        colors=[CURVE["color"]],
        linewidths=[CURVE["linewidth"]],
        zorder=3,
    )
