"""Courses as lines with arrowheads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from separatrix.present.figures.canvas import FLOW
from separatrix.present.figures.marks import draw_heads

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["COURSE_LINE", "HEAD", "draw_lines"]

COURSE_LINE: dict[str, Any] = {"color": FLOW, "linewidth": 0.8}

HEAD = 0.026
"""The length of an arrowhead."""


def draw_lines(
    axes: Axes,
    courses: Sequence[Array],
    look: dict[str, Any],
    head: float,
    at: float = 0.5,
    most: float = 9.0,
) -> None:
    """Draw courses as one path, each with an arrowhead at a part of its way, but not beyond a length."""
    import numpy as np
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not courses:
        return
    vertices = np.concatenate(courses)
    codes = np.full(len(vertices), Path.LINETO, dtype=Path.code_type)
    codes[np.cumsum([0, *(len(c) for c in courses[:-1])])] = Path.MOVETO
    style = {"edgecolor" if k == "color" else k: v for k, v in look.items()}
    # `add_patch` would look for the limits of the axes, which are set.
    axes.add_artist(PathPatch(Path(vertices, codes), fill=False, zorder=2, capstyle="butt", **style))
    heads = []
    for course in courses:
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])
        k = int(np.searchsorted(lengths, min(at * lengths[-1], most)))
        k = min(max(k, 1), len(course) - 2)
        heads.append((course[k], course[k + 1] - course[k - 1]))
    draw_heads(axes, heads, head, "#59636b")
