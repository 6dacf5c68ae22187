"""Three populations: the cube of states with its faces, trajectories and rest points, seen from one side.

The cube of states seen from a side, by parallel projection: where its points stand on the page.

The separatrix of three populations as a surface in the cube, so that what lies behind shines through.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import RestSet
from separatrix.document.regime_names import symbol_text
from separatrix.errors import InputError
from separatrix.figures.canvas import (
    FAINT,
    INK,
    SMALL,
    TEXT,
    colour,
    draw_mark,
    draw_names,
    draw_today,
    line_style,
    rows_height,
    shares_in_words,
    shortened,
)
from separatrix.figures.layout import STRIP, Overlay, legend_of, new_page
from separatrix.languages import Language

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface

    Array = NDArray[np.float64]
    from separatrix.dynamics.portraits import PhasePortrait

__all__ = [
    "CORNERS",
    "USUAL",
    "View",
    "cube_lines",
    "draw_cube",
    "draw_surface",
    "frame",
    "paint_cube",
    "paint_surfaces",
    "surface_lines",
    "surfaces",
    "view_of",
]

Corner = tuple[float, float, float]

CORNERS: tuple[Corner, ...] = tuple((x, y, z) for x, y, z in itertools.product((0.0, 1.0), repeat=3))


@dataclass(frozen=True)
class View:
    """From where the cube is seen, in degrees, as matplotlib's three-dimensional axes count them.

    Attributes
    ----------
    azimuth : float
        Around the third axis, from the first towards the second.
    elevation : float
        Above the plane of these two.
    """

    azimuth: float = -62.0
    elevation: float = 22.0

    @property
    def toward(self) -> Corner:
        """The direction to the viewer."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        return math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)

    def depth(self, state: Sequence[float]) -> float:
        """Return how near a state is to the viewer."""
        return sum(a * b for a, b in zip(state, self.toward, strict=False))

    def project(self, states: Any) -> Array:
        """Return the places (..., 2) on the page of states (..., 3)."""
        import numpy as np

        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        x = np.asarray(states, dtype=float)
        right = np.array([-math.sin(a), math.cos(a), 0.0])
        up = np.array([-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)])
        return np.stack([x @ right, x @ up], axis=-1)

    @property
    def hidden(self) -> Corner:
        """The corner that the cube hides."""
        return min(CORNERS, key=self.depth)

    def behind(self) -> Iterator[list[Corner]]:
        """Yield the corners, in order, of the three faces at the back."""
        for axis, side in enumerate(self.hidden):
            around = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
            yield [((side, a, b), (a, side, b), (a, b, side))[axis] for a, b in around]

    def scales(self) -> Iterator[tuple[int, Corner]]:
        """Yield each axis with the beginning of the edge at which its numbers stand: one on the outline."""
        x, y, z = self.hidden
        yield 0, (0.0, 1.0 - y, z)
        yield 1, (1.0 - x, 0.0, z)
        # Of the two upright edges on the outline the one at the left.
        sides = [(x, 1.0 - y, 0.0), (1.0 - x, y, 0.0)]
        yield 2, min(sides, key=lambda corner: float(self.project(corner)[0]))


USUAL = View()
"""From this side no corner hides another and each axis keeps its length within a third."""


def view_of(text: str | None) -> View:
    """Return the view of ``AZIMUTH,ELEVATION``, in degrees; the default one for nothing.

    Raises
    ------
    InputError
        U901 for an invalid pair, and for a view in which an axis is seen end on.

    Examples
    --------
    >>> view_of("-45,30")
    View(azimuth=-45.0, elevation=30.0)
    """
    if text is None:
        return USUAL
    parts = text.split(",")
    try:
        azimuth, elevation = (float(part) for part in parts)
    except ValueError:
        raise InputError(
            "U901", f"--view {text}: expected AZIMUTH,ELEVATION in degrees", hint="as in --view -62,22"
        ) from None
    found = View(azimuth, elevation)
    if not all(map(math.isfinite, (azimuth, elevation))) or max(map(abs, found.toward)) > END_ON:
        raise InputError(
            "U901",
            f"--view {text}: one of the three shares would be seen end on",
            hint="keep the elevation between 5 and 70, and the azimuth away from multiples of 90",
        )
    return found


END_ON = 0.99
"""How far the direction to the viewer may point along one axis. More: the cube looks like a square."""


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


FACE_LINE: dict[str, Any] = {"color": "#0063a0", "linewidth": 1.0, "linestyle": (0, (4, 1.2))}

SCALE, MARGIN, TOP = 168.0, 36.0, 4.0
"""Points: an edge of the cube, and around it."""

TICKS = (0.0, 0.5, 1.0)

TICK, NAME_AWAY, APART = 4.0, 25.0, 12.0
"""Points: the length of a tick, from an edge to the name of its share, and between two numbers."""


def draw_cube(
    phase: PhasePortrait,
    words: Language,
    nullclines: bool = False,
    surface: SeparatrixSurface | None = None,
    view: View = USUAL,
    overlay: Overlay | None = None,
) -> Figure:
    """Return the phase portrait of three populations; below it, if wanted, the nullclines of the shares.

    The separatrix is drawn in it where it is given, and the overlay over it.
    """
    low, high = frame(view)
    wide, tall = (float(v) for v in (high - low) * SCALE)
    legend = legend_of(
        words,
        phase.rest_points,
        phase.rest_sets,
        [*cube_lines(phase, words), *(surface_lines(surface, words) if surface is not None else [])],
        today=phase.game.today is not None,
        overlay=overlay,
        game=phase.game,
    )
    full = wide + STRIP - 4
    meanings = [shares_in_words(phase.analysis, k, words, full, 2) for k in range(3)]
    below = sum(rows_height(rows) + 2 for rows in meanings)
    shown = surfaces(phase) if nullclines else []
    room = rows_height([""] * 2) + full / 3 * tall / wide if shown else 0.0
    page = new_page(wide, max(TOP + tall, legend.height + 16) + below + 4 + room, legend)
    axes = page.axes(0, TOP, wide, tall)
    paint_cube(axes, phase, surface=surface, view=view)
    if overlay is not None:
        overlay.paint(axes, view.project)
    at = page.height - below - 4 - room
    for rows in meanings:
        page.write(4, at, rows)
        at += rows_height(rows) + 2
    small = full / 3
    for k, share in enumerate(shown):
        title = shortened(words.FIGURE_NULLCLINE.format(share=share), small - 8, 1)
        page.write(4 + (k + 0.5) * small, page.height - room + 2, title, align="center")
        panel = page.axes(
            4 + k * small, page.height - room + rows_height(title) + 4, small, small * tall / wide
        )
        paint_surfaces(panel, phase, share, SCALE * small / wide, view)
    return page.figure


def frame(view: View = USUAL) -> tuple[Array, Array]:
    """Return the lower left and the upper right corner of the figure, in units of an edge."""
    flat = view.project(CORNERS)
    return flat.min(axis=0) - MARGIN / SCALE, flat.max(axis=0) + MARGIN / SCALE


def cube_lines(phase: PhasePortrait, words: Language) -> list[tuple[str, dict[str, Any]]]:
    """Return what the lines of the figure mean."""
    from separatrix.figures.time_series import TRAJECTORY_LINE

    lines = [(words.FIGURE_TRAJECTORIES, TRAJECTORY_LINE)] if phase.trajectories else []
    if any(orbit.on_face for orbit in phase.trajectories):
        lines.append((words.FIGURE_TRAJECTORIES_ON_FACES, FACE_LINE))
    return lines


def paint_cube(
    axes: Axes,
    phase: PhasePortrait,
    scale: float = SCALE,
    surface: SeparatrixSurface | None = None,
    view: View = USUAL,
) -> None:
    """Draw the portrait into axes in which an edge of the cube is `scale` points long."""
    from separatrix.figures.time_series import draw_starts

    project = view.project
    low, high = frame(view)
    axes.axis("off")
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    around = _draw_frame(axes, phase, scale, view)
    if surface is not None:
        draw_surface(axes, surface, view)
    _draw_trajectories(axes, phase, scale, view)
    draw_starts(axes, [project(start) for start in phase.starts])
    for piece in phase.rest_sets:
        _draw_set(axes, piece, view)
    stars = []
    today = phase.game.today
    if today is not None:
        stars.append(project([float(today[s]) for s in phase.shares]))
        draw_today(axes, float(stars[0][0]), float(stars[0][1]))
    # Nearer points are drawn over farther ones.
    points = sorted(phase.rest_points, key=lambda p: view.depth(p.state or ()))
    places = [project(p.state) for p in points]
    for point, (x, y) in zip(points, places, strict=True):
        draw_mark(axes, float(x), float(y), point.stability)
    middle = project((0.5, 0.5, 0.5))
    wishes = [(-1.0 if x < middle[0] else 1.0, -1.0 if y < middle[1] else 1.0) for x, y in places]
    draw_names(axes, [p.id for p in points], places, wishes, others=[*stars, *around])


def _draw_frame(axes: Axes, phase: PhasePortrait, scale: float, view: View) -> list[Array]:
    """Draw the twelve edges, hidden ones dashed, with the scales of the axes; return where names stand."""
    import numpy as np

    project, hidden = view.project, view.hidden
    for a, b in itertools.combinations(CORNERS, 2):
        if sum(p != q for p, q in zip(a, b, strict=True)) == 1:
            (x0, y0), (x1, y1) = project(a), project(b)
            behind = hidden in (a, b)
            axes.plot(
                [x0, x1],
                [y0, y1],
                color=FAINT if behind else "#9aa2a9",
                linewidth=0.9 if behind else 1.1,
                linestyle=(0, (3, 2)) if behind else "-",
                zorder=1,
            )
    for corners in view.behind():
        flat = project(corners)
        axes.fill(flat[:, 0], flat[:, 1], color="#f4f6f7", lw=0, zorder=0)
    places: list[Array] = []
    # In a small cube the names stand nearer, and smaller.
    near = max(0.6, min(1.0, scale / SCALE))
    middle = project((0.5, 0.5, 0.5))
    for axis, begin in view.scales():
        along = np.zeros(3)
        along[axis] = 1.0
        away = project(begin + along / 2) - middle
        away = away / np.hypot(*away)
        for value in TICKS:
            at = project(begin + value * along)
            tip = at + away * TICK / scale
            axes.plot(*np.transpose([at, tip]), color="#9aa2a9", linewidth=0.9, zorder=1, clip_on=False)
            label = at + away * (TICK + 7) / scale
            # Two axes meet at a corner, where one number says nothing of the other.
            free = all(float(np.hypot(*(label - other))) * scale > APART for other in places)
            if near == 1 and free:
                _annotate(axes, f"{value:g}", at, away * (TICK + 7), SMALL - 1.5)
                places.append(label)
        (name,) = shortened(symbol_text(phase.game, phase.shares[axis]), 60 * near)
        place = project(begin + along / 2)
        shift = away * (NAME_AWAY if near == 1 else 13.0)
        places.append(place + shift / scale)
        _annotate(axes, name, place, shift, TEXT + 1 if near == 1 else SMALL, style="italic", long=axis == 2)
    return places


def _annotate(
    axes: Axes, text: str, at: Array, shift: Array, size: float, *, style: str = "normal", long: bool = False
) -> None:
    axes.annotate(
        text,
        (float(at[0]), float(at[1])),
        xytext=(float(shift[0]), float(shift[1])),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=size,
        style=style,
        color=INK,
        rotation=90 if long and len(text) > 2 else 0,
        annotation_clip=False,
    )


def _draw_trajectories(axes: Axes, phase: PhasePortrait, scale: float, view: View) -> None:
    """Draw the trajectories; the arrow of each stands where it has gone a third of its way."""
    import numpy as np

    from separatrix.figures.time_series import TRAJECTORY_LINE, draw_lines

    for look, on_face in ((TRAJECTORY_LINE, False), (FACE_LINE, True)):
        lines = [view.project(orbit.states) for orbit in phase.trajectories if orbit.on_face is on_face]
        long = [line for line in lines if len(line) > 2 and np.ptp(line, axis=0).max() > 0.02]
        draw_lines(axes, long, look, 7 / scale, at=1 / 3, most=0.35)


def _draw_set(axes: Axes, piece: RestSet, view: View) -> None:
    states = piece.samples if len(piece.samples) >= 2 else piece.corners
    if not states:
        return
    flat = view.project(states)
    if piece.dimension == 1:
        axes.plot(flat[:, 0], flat[:, 1], **line_style(piece.stability))
        return
    if len(piece.corners) >= 3:
        outline = _around(view.project(piece.corners))
        axes.fill(outline[:, 0], outline[:, 1], color=colour(piece.stability), alpha=0.16, lw=0, zorder=1.5)
    axes.plot(flat[:, 0], flat[:, 1], ".", color=colour(piece.stability), alpha=0.55, markersize=3, zorder=4)


def _around(flat: Array) -> Array:
    """Return the corners of a convex polygon in order."""
    import numpy as np

    middle = flat.mean(axis=0)
    return np.asarray(flat[np.argsort(np.arctan2(flat[:, 1] - middle[1], flat[:, 0] - middle[0]))])


# --------------------------------------------------------------------------- nullclines


def surfaces(phase: PhasePortrait) -> list[str]:
    """Return the shares with a nullcline inside the cube."""
    moving = {n.share for n in phase.nullclines if n.kind == "advantage"}
    return [share for share in phase.shares if share in moving]


def paint_surfaces(axes: Axes, phase: PhasePortrait, share: str, scale: float, view: View = USUAL) -> None:
    """Draw the nullclines inside the cube, and the rest points."""
    import numpy as np

    from separatrix.figures.time_series import LOOKS

    project = view.project
    low, high = frame(view)
    axes.axis("off")
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    _draw_frame(axes, phase, scale, view)
    look = LOOKS[phase.shares.index(share)]
    for null in phase.nullclines:
        if null.share != share or null.kind != "advantage":
            continue
        lines = [project(line) for line in null.lines]
        if null.ruled:
            for near, far in zip(lines[::2], lines[1::2], strict=True):
                around = np.concatenate([near, far[::-1], near[:1]])
                axes.fill(around[:, 0], around[:, 1], color=look["color"], alpha=0.16, lw=0, zorder=2)
                axes.plot(around[:, 0], around[:, 1], color=look["color"], linewidth=1.1, zorder=3)
        else:
            for line in lines:
                axes.plot(line[:, 0], line[:, 1], color=look["color"], linewidth=0.8, zorder=3)
        for state in null.points:
            x, y = project(state)
            axes.plot([x], [y], "x", color=look["color"], markersize=4, zorder=3)
    for point in sorted(phase.rest_points, key=lambda p: view.depth(p.state or ())):
        x, y = project(point.state)
        axes.plot([x], [y], ".", color=colour(point.stability), markersize=5, zorder=6)
