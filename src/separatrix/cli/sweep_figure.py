"""The figure of a sweep: a regime map, a bifurcation diagram, or what was measured as lines and maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.sweeps.block import Sweep
    from separatrix.dynamics.sweeps.sweep import Swept
    from separatrix.present.document import PictureFormat
    from separatrix.present.languages import Language

__all__ = ["needs_no_grid", "picture_of", "picture_of_measured"]


def needs_no_grid(asked: Sweep) -> bool:
    """Return whether the figure is drawn from exact curves and branches, without a grid."""
    return [m.name for m in asked.measures] == ["stable"] and len(asked.axes) <= 2


def picture_of(asked: Sweep, out: Path, language: str, wait: float) -> bytes:
    """Return the bifurcation diagram over one parameter, or the regime map over two.

    Raises
    ------
    InputError
        D631 or D661 to D663 where there is none.
    """
    import separatrix
    from separatrix.present.languages import language_of

    words = language_of(language)
    kind: Any = out.suffix.lower()[1:]
    game = separatrix.told_in(asked.game, language)
    if len(asked.axes) == 2:
        from separatrix.present.figures.regime_map import draw_regime_map

        first, second = asked.axes
        over = {first.name: (first.low, first.high), second.name: (second.low, second.high)}
        found = separatrix.regime_map(
            game,
            over,
            asked.values,
            asked.scenario,
            grid=(max(2, first.count), max(2, second.count)),
            budget=wait,
        )
        return draw_regime_map(found, kind, words)
    from separatrix.present.figures.bifurcation import bifurcation_svg, draw_bifurcation

    axis = asked.axes[0]
    diagram = separatrix.bifurcation_diagram(
        game, (axis.name, axis.low, axis.high), asked.values, asked.scenario, budget=wait
    )
    if kind == "svg":
        return bifurcation_svg(diagram, words).encode()
    from separatrix.present.figures.canvas import raster_or_pdf, style

    with style():
        return raster_or_pdf(draw_bifurcation(diagram, words), kind, game.title)


def picture_of_measured(swept: Swept, out: Path, words: Language) -> bytes:
    """Return what a sweep over one or two parameters measured, number by number."""
    import numpy as np

    import separatrix
    from separatrix.present.figures.picture import picture
    from separatrix.present.figures.swept import Panel, draw_swept
    from separatrix.present.wording.regimes import parameter_axis

    asked = swept.sweep
    game = separatrix.told_in(asked.game, words.code)
    if len(asked.axes) > 2:
        raise InputError(
            "U902",
            f"--out {out}: a figure shows one or two parameters, not {len(asked.axes)}",
            hint="write .nc or .csv",
        )
    data = swept.dataset()
    names = [axis.name for axis in asked.axes]
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
                (labels[k] if labels else str(k), parts[..., k])
                for k in range(parts.shape[-1])
                if np.isfinite(parts[..., k]).any() and np.nanmax(parts[..., k]) > 0
            ]
            panels.append(Panel(title, tuple(lines)))
    if not panels:
        raise InputError(
            "U902", f"--out {out}: nothing that was measured is a number", hint="write .nc or .csv"
        )
    axes = [
        (
            parameter_axis(game, axis.name, words),
            np.array([float(axis.value(k)) for k in range(axis.count)]),
            axis.kind == "log",
        )
        for axis in asked.axes
    ]
    kind: PictureFormat = out.suffix.lower()[1:]  # type: ignore[assignment]
    said = ", ".join(panel.name for panel in panels)
    return picture(lambda: draw_swept(panels, axes), game.title, said)(kind)
