"""What a sweep measured, as lines over one parameter or as maps over two; one panel for each number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.present.figures.canvas import FAINT, INK
from separatrix.present.figures.lettering import SMALL, shortened
from separatrix.present.figures.time_series import look_of

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["MOST_PANELS", "Panel", "draw_swept"]

MOST_PANELS = 6
SIDE, LEFT, RIGHT, TOP, BOTTOM = 260.0, 60.0, 96.0, 36.0, 46.0


@dataclass(frozen=True)
class Panel:
    """One number over the grid: what it is, in words, and its values by what they belong to.

    ``values`` has the shape of the axes; a panel of a sweep over one parameter may hold several lines.
    """

    name: str
    lines: tuple[tuple[str, Array], ...]


def draw_swept(panels: Sequence[Panel], axes: Sequence[tuple[str, Array, bool]]) -> Figure:
    """Return the panels, one below the other.

    Parameters
    ----------
    panels : sequence of Panel
        At most `MOST_PANELS` are drawn.
    axes : one or two of (what they show, values, logarithmic)
        The parameters that were swept; the first goes to the right.
    """
    from matplotlib.figure import Figure as NewFigure

    flat = [panel for panel in panels if panel.lines][:MOST_PANELS]
    if len(axes) == 2:
        flat = [
            Panel(f"{p.name}: {name}" if name else p.name, ((name, v),)) for p in flat for name, v in p.lines
        ]
        flat = flat[:MOST_PANELS]
    step = (SIDE if len(axes) == 2 else 0.6 * SIDE) + TOP + BOTTOM
    width, height = LEFT + SIDE + RIGHT, step * max(1, len(flat))
    figure = NewFigure(figsize=(width / 72, height / 72))
    for k, panel in enumerate(flat):
        tall = step - TOP - BOTTOM
        place = figure.add_axes(
            (LEFT / width, 1 - (k * step + TOP + tall) / height, SIDE / width, tall / height)
        )
        place.set_title("\n".join(shortened(panel.name, SIDE, 2, SMALL)), fontsize=SMALL, loc="left")
        place.set_xlabel("\n".join(shortened(axes[0][0], SIDE, 2, SMALL)), fontsize=SMALL)
        place.tick_params(labelsize=SMALL, color=INK)
        if axes[0][2]:
            place.set_xscale("log")
        if len(axes) == 1:
            for n, (name, values) in enumerate(panel.lines):
                place.plot(axes[0][1], values, label=name or None, **look_of(n))
            if any(name for name, _ in panel.lines):
                place.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, fontsize=SMALL)
            place.grid(color=FAINT, linewidth=0.5)
            for side in ("top", "right"):
                place.spines[side].set_visible(False)
            continue
        if axes[1][2]:
            place.set_yscale("log")
        place.set_ylabel("\n".join(shortened(axes[1][0], SIDE, 2, SMALL)), fontsize=SMALL)
        mesh = place.pcolormesh(
            axes[0][1], axes[1][1], panel.lines[0][1].T, cmap="cividis", shading="nearest", rasterized=True
        )
        bar = figure.add_axes(
            ((LEFT + SIDE + 12) / width, 1 - (k * step + TOP + tall) / height, 12 / width, tall / height)
        )
        figure.colorbar(mesh, cax=bar)
        bar.tick_params(labelsize=SMALL, color=INK)
    return figure
