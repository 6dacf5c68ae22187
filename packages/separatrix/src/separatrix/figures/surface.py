"""The separatrix of three populations as a surface in the cube, so that what lies behind shines through."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from separatrix.figures.projection import View
from separatrix.languages import Language

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface

    Array = NDArray[np.float64]

__all__ = ["draw_surface", "surface_lines"]

TINTS = ("#5b4bb3", "#c7701a", "#17828f", "#a8336b", "#6c7a1f", "#3f6fb5")
DASHES: tuple[Any, ...] = (
    "-",
    (0, (6, 1.5)),
    (0, (3, 1)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (1.5, 1)),
    (0, (9, 2)),
)
"""Pieces differ in the line around them as well as in colour."""

SHADES = 7
LIGHT = (0.35, -0.55, 0.76)
LEVELS = (0.2, 0.4, 0.6, 0.8)
"""Heights of the thin contour lines that show the shape of the surface."""

NAMED = 6
"""Pieces that the legend names one by one."""


def surface_lines(surface: SeparatrixSurface, words: Language) -> list[tuple[str, dict[str, Any]]]:
    """Return what the pieces mean, for the legend."""
    look: dict[str, Any] = {"linewidth": 7, "alpha": 0.45, "solid_capstyle": "butt"}
    if len(surface.pieces) > NAMED:
        return [(words.FIGURE_SEPARATRIX, look | {"color": TINTS[0]})]
    return [
        (
            words.FIGURE_SURFACE.format(first=outcome(a, words), second=outcome(b, words)),
            look | {"color": tint},
        )
        for (a, b), tint in zip((p.outcomes for p in surface.pieces), itertools.cycle(TINTS), strict=False)
    ]


def outcome(name: str, words: Language) -> str:
    """Return an outcome in words: the id of a rest point or set as it is."""
    return {"cycle": words.OUTCOME_CYCLE, "undecided": words.OUTCOME_UNDECIDED}.get(name, name)


def draw_surface(axes: Axes, surface: SeparatrixSurface, view: View) -> None:
    """Draw the pieces: their triangles by shade, a line around each, and lines of equal height."""
    import numpy as np

    flat = view.project(surface.states)
    at = surface.states[surface.triangles]
    normal = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
    size = np.linalg.norm(normal, axis=1)
    lit = np.abs(normal @ np.array(LIGHT)) / np.where(size > 0, size, 1.0)
    shade = np.minimum((lit * SHADES).astype(int), SHADES - 1)
    for k, tint, dash in zip(
        range(len(surface.pieces)), itertools.cycle(TINTS), itertools.cycle(DASHES), strict=False
    ):
        own = surface.piece_of == k
        for level in range(SHADES):
            _fill(axes, flat[surface.triangles[own & (shade == level)]], _mixed(tint, level / (SHADES - 1)))
        _stroke(axes, flat[_rim(surface.triangles[own])], tint, 1.1, dash)
        for height in LEVELS:
            _stroke(axes, view.project(_level(at[own], height)), tint, 0.5, "-")


def _mixed(tint: str, light: float) -> tuple[float, ...]:
    """Return a colour from two thirds of its strength in the shade to a third of it in full light."""
    from matplotlib.colors import to_rgb

    part = 0.75 - 0.4 * light
    return tuple(part * c + 1 - part for c in to_rgb(tint))


def _fill(axes: Axes, corners: Array, colour: tuple[float, ...]) -> None:
    """Fill triangles (triangles, 3, 2) as one path, so that no seams show between neighbours."""
    import numpy as np
    from matplotlib.patches import PathPatch

    if not len(corners):
        return
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    over = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] < 0
    turned = np.where(over[:, None, None], corners[:, ::-1], corners)
    axes.add_patch(PathPatch(_path(turned, True), facecolor=colour, alpha=0.5, linewidth=0, zorder=1.4))


def _stroke(axes: Axes, segments: Array, colour: str, width: float, dash: Any) -> None:
    """Draw segments (segments, 2, 2) as one path."""
    from matplotlib.patches import PathPatch

    if len(segments):
        axes.add_patch(
            PathPatch(
                _path(segments, False),
                facecolor="none",
                edgecolor=colour,
                linewidth=width,
                alpha=0.8,
                linestyle=dash,
                zorder=1.5,
            )
        )


def _rim(triangles: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the edges (edges, 2) that only one of some triangles has."""
    import numpy as np

    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    return np.asarray(unique[counts == 1])


def _level(corners: Array, height: float) -> Array:
    """Return where triangles (triangles, 3, 3) cut a height, as segments (segments, 2, 3)."""
    import numpy as np

    above = corners[..., 2] > height
    some = above.any(axis=1) & ~above.all(axis=1)
    corners, above = corners[some], above[some]
    # The corner that is alone on its side comes first.
    alone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), (~above).argmax(axis=1))
    rows = np.arange(len(corners))
    tip = corners[rows, alone]
    ends = []
    for turn in (1, 2):
        other = corners[rows, (alone + turn) % 3]
        part = (height - tip[:, 2]) / (other[:, 2] - tip[:, 2])
        ends.append(tip + part[:, None] * (other - tip))
    return np.stack(ends, axis=1) if len(corners) else np.empty((0, 2, 3))


def _path(segments: Array, closed: bool) -> Any:
    import numpy as np
    from matplotlib.path import Path

    count, corners = segments.shape[:2]
    codes = np.full((count, corners + closed), Path.LINETO, dtype=Path.code_type)
    codes[:, 0] = Path.MOVETO
    if closed:
        codes[:, -1] = Path.CLOSEPOLY
        segments = np.concatenate([segments, segments[:, :1]], axis=1)
    return Path(segments.reshape(-1, 2), codes.reshape(-1))
