"""A figure that is drawn once and given in every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from separatrix.document.document import Draw, PictureFormat
from separatrix.figures.canvas import AS_DRAWN, Print, raster_or_pdf, style, svg_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["picture"]


def picture(
    build: Callable[[], Figure], title: str, description: str, settings: dict[Any, Any] | None = None
) -> Draw:
    """Return a function for the bytes of a figure as svg, png or pdf; it is built on first use.

    Parameters
    ----------
    build : callable
        Draws the figure.
    title, description : str
        The text alternative.
    settings : dict, optional
        Of matplotlib, in addition to those of every figure.
    """
    from matplotlib import rc_context

    kept: list[Figure] = []

    def draw(kind: PictureFormat, printed: Print = AS_DRAWN) -> bytes:
        with style(), rc_context(settings):
            if not kept:
                kept.append(build())
            if kind == "svg":
                return svg_of(kept[0], title, description, printed).encode()
            return raster_or_pdf(kept[0], kind, title, printed)

    return draw
