"""The phase portrait in the cube with the separatrix, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.present.languages import Language, language_of

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface

__all__ = ["surface_svg"]


def surface_svg(surface: SeparatrixSurface, language: Language | None = None) -> str:
    """Return the phase portrait in the cube with the separatrix, as SVG.

    Raises
    ------
    ValueError
        If the state space is no cube.

    Examples
    --------
    >>> from separatrix import load, separatrix_surface
    >>> svg = surface_svg(separatrix_surface(load("mckelvey-mclennan"), cells=4))
    >>> svg[:4], "The tinted surface is the separatrix" in svg
    ('<svg', True)
    """
    from separatrix.dynamics.portraits.portrait import portrait_of
    from separatrix.present.figures import caption_of, describe, shape_of, title_of
    from separatrix.present.figures.canvas import style, svg_of
    from separatrix.present.figures.cube import draw_cube

    words = language or language_of("en")
    if shape_of(surface.analysis) != "cube":
        raise ValueError(words.NO_FIGURE_SIZE)
    caption = caption_of(surface.analysis, words)
    if surface.pieces:
        caption += words.CAPTION_SURFACE
    with style():
        figure = draw_cube(portrait_of(surface.analysis), words, surface=surface)
        said = describe(surface.analysis, words, None, caption)
        return svg_of(figure, title_of(surface.analysis, words), said)
