"""What a sweep measured, as lines over one parameter or as maps over two; one panel for each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.document.regimes import parameter_axis
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, INK
from separatrix.figures.lettering import SMALL, shortened
from separatrix.figures.picture import picture
from separatrix.figures.time_series import look_of
from separatrix.languages import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.sweeps.sweep import SweepResult
    from separatrix.game.model import Game

    Array = NDArray[np.float64]

__all__ = ["MOST_PANELS", "Panel", "draw_swept", "swept_picture"]

MOST_PANELS = 6
NAMES = 66.0
"""Points: the room for the names of lines."""

SIDE, LEFT, RIGHT, TOP, BOTTOM = 260.0, 60.0, 96.0, 36.0, 46.0


@dataclass(frozen=True)
class Panel:
    """One number over the grid: what it is, in words, and its values by what they belong to.

    ``values`` has the shape of the axes; a panel of a sweep over one parameter may hold several lines.
    Of a `share` all of 0 to 1 is shown.
    """

    name: str
    lines: tuple[tuple[str, Array], ...]
    share: bool = False


def draw_swept(panels: Sequence[Panel], axes: Sequence[tuple[str, Array, bool]], missing: str) -> Figure:
    """Return the panels, one below the other.

    Parameters
    ----------
    panels : sequence of Panel
        At most `MOST_PANELS` are drawn.
    axes : one or two of (what they show, values, logarithmic)
        The parameters that were swept; the first goes to the right.
    missing : str
        What is said of points of a map that have no value.
    """
    from matplotlib.figure import Figure as NewFigure
    from matplotlib.patches import Patch

    flat = [panel for panel in panels if panel.lines][:MOST_PANELS]
    if len(axes) == 2:
        flat = [
            Panel(f"{p.name}: {name}" if name else p.name, ((name, v),), p.share)
            for p in flat
            for name, v in p.lines
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
                told = "\n".join(shortened(name, NAMES, 3, SMALL))
                place.plot(axes[0][1], values, label=told or None, **look_of(n))
            if any(name for name, _ in panel.lines):
                place.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, fontsize=SMALL)
            if panel.share:
                place.set_ylim(-0.02, 1.02)
            place.grid(color=FAINT, linewidth=0.5)
            for side in ("top", "right"):
                place.spines[side].set_visible(False)
            continue
        if axes[1][2]:
            place.set_yscale("log")
        place.set_ylabel("\n".join(shortened(axes[1][0], SIDE, 2, SMALL)), fontsize=SMALL)
        values = panel.lines[0][1]
        if not np.isfinite(values).all():
            place.set_facecolor(FAINT)
            label = Patch(facecolor=FAINT, edgecolor=INK, linewidth=0.6, label=missing)
            place.legend(
                handles=[label],
                loc="upper left",
                bbox_to_anchor=(1.0, 0.0),
                frameon=False,
                fontsize=SMALL,
                handlelength=1.2,
            )
        ends: dict[str, Any] = {"vmin": 0, "vmax": 1} if panel.share else {}
        mesh = place.pcolormesh(
            axes[0][1], axes[1][1], values.T, cmap="cividis", shading="nearest", rasterized=True, **ends
        )
        bar = figure.add_axes(
            ((LEFT + SIDE + 12) / width, 1 - (k * step + TOP + tall) / height, 12 / width, tall / height)
        )
        figure.colorbar(mesh, cax=bar)
        bar.tick_params(labelsize=SMALL, color=INK)
    return figure


def _state(label: str, ids: Mapping[str, str]) -> str:
    """Return ``E1 (0, 0)`` for ``x=0,y=0``; what has no id as it is called."""
    if label not in ids:
        return label
    return f"{ids[label]} ({', '.join(part.partition('=')[2] or part for part in label.split(','))})"


def swept_picture(swept: SweepResult, game: Game, words: Language) -> Draw:
    """Return what a sweep over one parameter or two measured, number by number.

    Raises
    ------
    InputError
        U902 for more parameters, and where nothing that was measured is a number.
    """
    asked = swept.sweep
    if len(asked.axes) > 2:
        raise InputError(
            "U902", f"a figure shows one or two parameters, not {len(asked.axes)}", hint="write .nc or .csv"
        )
    data = swept.dataset()
    names, ids = [axis.name for axis in asked.axes], swept.states()
    meanings = {v.name: v.own.get("long_name", v.name) for v in swept.layout.variables}
    panels = []
    for name, variable in data.data_vars.items():
        if not np.issubdtype(variable.dtype, np.floating) or str(name).endswith("_error"):
            continue
        title = words.tell(meanings[str(name)])
        others = [d for d in variable.dims if d not in names]
        if not others:
            panels.append(Panel(title, (("", variable.transpose(*names).values),)))
        elif len(others) == 1:
            labels = [str(v) for v in data[others[0]].values] if others[0] in data.coords else None
            parts = variable.transpose(*names, others[0]).values
            lines = [
                (_state(labels[k], ids) if labels else str(k), parts[..., k])
                for k in range(parts.shape[-1])
                if np.isfinite(parts[..., k]).any() and np.nanmax(parts[..., k]) > 0
            ]
            panels.append(Panel(title, tuple(lines), name == "basin"))
    if not panels:
        raise InputError("U902", "nothing that was measured is a number", hint="write .nc or .csv")
    axes = [
        (
            parameter_axis(game, axis.name, words),
            np.array([float(axis.value(k)) for k in range(axis.count)]),
            axis.kind == "log",
        )
        for axis in asked.axes
    ]
    said = ", ".join(panel.name for panel in panels)
    return picture(lambda: draw_swept(panels, axes, words.SWEEP_MISSING), game.title, said)
