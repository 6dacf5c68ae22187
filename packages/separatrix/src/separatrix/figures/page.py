"""The page of a figure: the plot at the left, the legend at its right, lines of text around; in points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.figures.legend import STRIP, Legend
from separatrix.figures.lettering import LEADING, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FigurePage", "new_page"]


@dataclass(frozen=True)
class FigurePage:
    """A figure whose places are given in points from its left and upper edges."""

    figure: Figure
    width: float
    height: float

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return new axes at a place."""
        return self.figure.add_axes(
            (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        )

    def write(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        align: str = "left",
        turned: bool = False,
        size: float = TEXT,
    ) -> None:
        """Write lines with their upper edge at `y`; turned ones read upwards, the first one's top at `x`."""
        # One text a line, each tied to its own place: readers' fonts differ in width from those measured.
        for k, row in enumerate(lines):
            shift = (k + 0.5) * size * LEADING
            px, py = (x + shift, y) if turned else (x, y + shift)
            look: dict[str, Any] = {"rotation": 90, "rotation_mode": "anchor"} if turned else {}
            self.figure.text(
                px / self.width,
                1 - py / self.height,
                row,
                ha=align,
                va="center_baseline",
                fontsize=size,
                **look,
            )


def new_page(
    left_part: float, height: float, legend: Legend, top: float = 8.0, strip: float = STRIP
) -> FigurePage:
    """Return a page with the legend on it; it is as high as its left part or the legend needs."""
    from matplotlib.figure import Figure as NewFigure

    width, full = left_part + strip, max(height, legend.height + 2 * top)
    page = FigurePage(NewFigure(figsize=(width / 72, full / 72)), width, full)
    if legend.entries:
        legend.draw(page.axes(left_part, top, STRIP, legend.height))
    return page
