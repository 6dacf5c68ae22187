"""Figures of what was found; matplotlib is loaded when one is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from separatrix.analysis.result import Analysis
from separatrix.present.languages import language_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["caption_of", "portrait_svg", "save_figure", "shape_of", "why_no_figure"]

Shape = Literal["line", "square", "cube", "triangle"]


def why_no_figure(analysis: Analysis) -> str | None:
    """Return why `analysis` has no portrait, or ``None`` where it has one."""
    if analysis.values is None:
        return language_of("en").NO_FIGURE_VALUES
    if shape_of(analysis) is None:
        return language_of("en").NO_FIGURE_SIZE
    return None


def shape_of(analysis: Analysis) -> Shape | None:
    """Return the shape of the state space, where it can be drawn on a page."""
    sizes = [len(p.strategies) for p in analysis.game.populations]
    if sizes == [3]:
        return "triangle"
    if any(size != 2 for size in sizes) or len(sizes) > 3:
        return None
    return ("line", "square", "cube")[len(sizes) - 1]


def caption_of(analysis: Analysis) -> str:
    """Return one sentence or two that say what the portrait shows."""
    shape = shape_of(analysis)
    if shape == "line":
        return language_of("en").CAPTION_ONE
    if shape == "cube":
        return language_of("en").CAPTION_THREE
    if shape == "triangle":
        return language_of("en").CAPTION_TRIANGLE
    divided = any(p.stability == "saddle" and len(p.free) == 2 for p in analysis.rest_points)
    divided = divided and _has_known_separatrix(analysis)
    return language_of("en").CAPTION_TWO + (language_of("en").CAPTION_SEPARATRIX if divided else "")


def _has_known_separatrix(analysis: Analysis) -> bool:
    """Whether payoffs are linear in the other population's share alone, so that H is conserved."""
    from separatrix.analysis.fields import field_of
    from separatrix.game.values import with_lets

    return analysis.values is not None and (
        field_of(analysis.game, with_lets(analysis.game, analysis.values)).corners is not None
    )


def portrait_svg(analysis: Analysis) -> str:
    """Return the portrait of `analysis` as SVG: a line, a square, a cube or a triangle.

    Raises
    ------
    ValueError
        If there is none; `why_no_figure` says why.

    References
    ----------
    Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, chapters 7 and 10.
    """
    from separatrix.present.figures.canvas import style, svg_of

    with style():
        figure = _draw(analysis)
        return svg_of(figure, _title(analysis), _description(analysis))


def save_figure(analysis: Analysis, path: str | Path) -> Path:
    """Write the portrait of `analysis` to an ``.svg``, ``.png`` or ``.pdf`` file and return its path.

    Raises
    ------
    ValueError
        If there is no portrait, or the suffix is none of the three.
    """
    from separatrix.present.figures.canvas import save, style

    target = Path(path)
    if target.suffix.lower() == ".svg":
        target.write_text(portrait_svg(analysis), encoding="utf-8")
        return target
    with style():
        save(_draw(analysis), target, _title(analysis))
    return target


def _draw(analysis: Analysis) -> Figure:
    reason = why_no_figure(analysis)
    if reason is not None:
        raise ValueError(reason)
    shape = shape_of(analysis)
    if shape == "line":
        from separatrix.present.figures.phase_line import draw_phase_line as draw
    elif shape == "square":
        from separatrix.present.figures.square import draw_square as draw
    elif shape == "cube":
        from separatrix.present.figures.cube import draw_cube as draw
    else:
        from separatrix.present.figures.triangle import draw_triangle as draw
    return draw(analysis)


def _title(analysis: Analysis) -> str:
    kinds = {
        "line": "Phase line",
        "cube": "Phase portrait in the cube",
        "triangle": "Phase portrait in the triangle",
    }
    return f"{kinds.get(shape_of(analysis) or '', 'Phase portrait')}: {analysis.game.title}"


def _description(analysis: Analysis) -> str:
    from separatrix.present.numbers import readable

    found = [
        f"{p.id} ({', '.join(readable(v) for v in p.state)}) is {p.stability}"
        for p in analysis.rest_points
        if p.state is not None and p.stability is not None
    ]
    return f"{caption_of(analysis)} Rest points: {'; '.join(found) or 'none'}."
