"""The phase portrait of an analysis as a figure, and in words for those who do not see it.

One population: the advantage of the first strategy, and the line on which its share moves.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from separatrix.analysis.results import Analysis, RestPoint
from separatrix.document.tree import PictureFormat
from separatrix.figures.canvas import (
    AS_DRAWN,
    FLOW,
    INK,
    SMALL,
    Print,
    draw_heads,
    draw_mark,
    draw_names,
    draw_today,
    line_style,
    rows_height,
    shares_in_words,
    shortened,
)
from separatrix.figures.cube import USUAL, View
from separatrix.figures.layout import Overlay, legend_of, new_page
from separatrix.game.model import Shape
from separatrix.languages import Language, language_of
from separatrix.run.cached_property import cached_property
from separatrix.run.files import write_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.portraits import PhasePortrait

__all__ = [
    "Portrait",
    "TRACK",
    "caption_of",
    "describe",
    "draw",
    "draw_phase_line",
    "paint_track",
    "portrait_svg",
    "save_figure",
    "shape_of",
    "surface_svg",
    "title_of",
    "why_no_figure",
    "with_dynamics",
]

LEFT, WIDE, GAP = 64.0, 218.0, 18.0
CURVE, TRACK = 140.0, 40.0
"""Points: the heights of the two parts."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

TICKS = (0, 0.25, 0.5, 0.75, 1)


def draw_phase_line(phase: PhasePortrait, words: Language, overlay: Overlay | None = None) -> Figure:
    """Return the phase line of one population of two strategies, below its advantage curve."""
    points, today = phase.rest_points, phase.game.today
    first, second = (s.name for s in phase.game.populations[0].strategies)
    shown = words.FIGURE_ADVANTAGE_OF.format(first=first, second=second)
    if phase.kind != "replicator":
        shown = words.FIGURE_RATE_OF.format(share=phase.shares[0])
    title = shortened(shown, WIDE + 40, 2)
    below = shares_in_words(phase.analysis, 0, words, WIDE + 60, 3)
    top = 10 + rows_height(title)
    track_top = top + CURVE + 12
    page = new_page(
        LEFT + WIDE + GAP,
        track_top + TRACK + 22 + rows_height(below) + 4,
        legend_of(words, points, phase.rest_sets, today=today is not None, overlay=overlay, game=phase.game),
    )
    page.write(LEFT - 30, 4, title)
    page.write(LEFT + WIDE / 2, track_top + TRACK + 21, below, align="center")
    power = _draw_curve(page.axes(LEFT, top, WIDE, CURVE), phase)
    unit = words.FIGURE_ADVANTAGE if phase.kind == "replicator" else words.FIGURE_RATE
    page.write(2, top + CURVE / 2, [unit + power], align="center", turned=True)

    track = page.axes(LEFT, track_top, WIDE, TRACK)
    paint_track(track, phase, WIDE)
    if overlay is not None:
        overlay.paint(track, lambda state: (state[0] * WIDE, 0.0))
    return page.figure


def paint_track(track: Axes, phase: PhasePortrait, wide: float) -> None:
    """Draw the line of states into axes of a width in points and a height of `TRACK`."""
    import numpy as np

    points, today = phase.rest_points, phase.game.today
    track.set_xlim(0, wide)
    track.set_ylim(-TRACK * 0.45, TRACK * 0.55)
    track.plot([0, wide], [0, 0], color=FLOW, linewidth=1.4, zorder=1)
    still = [p.state[0] for p in points if p.state is not None]
    still += [point[0] for null in phase.nullclines for point in null.points]
    ends = sorted({0.0, 1.0, *still})
    heads = []
    for low, high in itertools.pairwise(ends):
        middle = (low + high) / 2
        speed = float(phase.flow([[middle]])[0, 0])
        if speed and high - low > 0.08:
            heads.append(((middle * wide, 0.0), (np.sign(speed), 0.0)))
    draw_heads(track, heads, 10.0, INK)
    for piece in phase.rest_sets:
        if len(piece.corners) == 2:
            track.plot([c[0] * wide for c in piece.corners], [0, 0], **line_style(piece.stability))
    stars = []
    if today is not None:
        stars.append((float(today[phase.shares[0]]) * wide, 0.0))
        draw_today(track, *stars[0])
    places = [(p.state[0] * wide, 0.0) for p in points if p.state is not None]
    for point, (x, _) in zip(points, places, strict=True):
        draw_mark(track, x, 0, point.stability)
    draw_names(
        track, [p.id for p in points], places, [(0.0, 1.0)] * len(points), margin=(10,) * 4, others=stars
    )
    track.set_yticks([])
    track.set_xticks([v * wide for v in TICKS], [f"{v:g}" for v in TICKS])
    track.tick_params(labelsize=SMALL, length=3)
    for spine in ("top", "left", "right"):
        track.spines[spine].set_visible(False)


def _draw_curve(curve: Axes, phase: PhasePortrait) -> str:
    """Draw the advantage, or the rate of change; return the power of ten that its numbers omit."""
    import numpy as np
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    from separatrix.dynamics.fields.replicator import Replicator

    x = np.linspace(0, 1, 201)
    flow = phase.flow
    with np.errstate(all="ignore"):
        f = (flow.advantages if isinstance(flow, Replicator) else flow)(x[:, None])[:, 0]
    most = float(np.abs(f[np.isfinite(f)]).max(initial=0.0))
    exponent = math.floor(math.log10(most)) if most else 0
    exponent = exponent if not -3 <= exponent <= 4 else 0
    f = f / 10.0**exponent
    curve.axhline(0, color=INK, linewidth=0.8)
    curve.fill_between(x, f, 0, where=f > 0, color="#e3f2ea", linewidth=0)
    curve.fill_between(x, f, 0, where=f < 0, color="#fdf0d9", linewidth=0)
    curve.plot(x, f, color=INK, linewidth=1.8)
    curve.set_xlim(0, 1)
    curve.set_xticks([])
    curve.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    curve.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.6g}".replace("-", "\u2212")))
    curve.tick_params(labelsize=SMALL, length=3)
    for spine in ("top", "right", "bottom"):
        curve.spines[spine].set_visible(False)
    for point in phase.rest_points:
        if point.state is not None and 0 < point.state[0] < 1:
            curve.plot([point.state[0]], [0], marker="|", markersize=9, color=INK)
    return f" × 10{str(exponent).translate(RAISED)}" if exponent else ""


@dataclass(frozen=True, eq=False)
class Portrait:
    """The portrait of one analysis, drawn once for all formats.

    Attributes
    ----------
    analysis : Analysis
        With numbers, of a shape that fits on a page: `why_no_figure` says which do not.
    language : Language, optional
        Of the words in the picture, by default English.
    title : str, optional
        What the file says it shows; by default `title_of`.
    phase : PhasePortrait, optional
        What to draw, all of it: nullclines in the triangle and surfaces in the cube too; by default the
        portrait under the replicator without these.
    view : View, optional
        From where a cube is seen.
    overlay : Overlay, optional
        What is drawn over it.

    Examples
    --------
    >>> from separatrix import analyze, load
    >>> portrait = Portrait(analyze(load("shi-chen-2018")))
    >>> portrait.write("svg")[:4], portrait.write("pdf")[:4]
    (b'<svg', b'%PDF')
    """

    analysis: Analysis
    language: Language | None = None
    title: str | None = None
    phase: PhasePortrait | None = None
    view: View = USUAL
    overlay: Overlay | None = None

    @classmethod
    def of(
        cls,
        phase: PhasePortrait,
        language: Language | None = None,
        title: str | None = None,
        view: View = USUAL,
    ) -> Portrait:
        """Return the picture of a phase portrait, with everything that is in it."""
        return cls(phase.analysis, language, title, phase, view)

    @property
    def words(self) -> Language:
        """The language of the picture."""
        return self.language or language_of("en")

    @cached_property
    def figure(self) -> Figure:
        """The picture as a matplotlib figure.

        Raises
        ------
        ValueError
            If there is none; `why_no_figure` says why.
        """
        from separatrix.dynamics.portraits import portrait_of
        from separatrix.figures.canvas import style

        reason = why_no_figure(self.analysis, self.words)
        if reason is not None:
            raise ValueError(reason)
        phase, whole = self.phase or portrait_of(self.analysis), self.phase is not None
        with style():
            if phase.shape == "line":
                return draw_phase_line(phase, self.words, self.overlay)
            if phase.shape == "square":
                from separatrix.figures.square import draw_square

                return draw_square(phase, self.words, self.overlay)
            if phase.shape == "cube":
                from separatrix.figures.cube import draw_cube

                return draw_cube(phase, self.words, whole, view=self.view, overlay=self.overlay)
            from separatrix.figures.square import draw_triangle

            return draw_triangle(phase, self.words, whole, self.overlay)

    def write(self, format: PictureFormat, printed: Print = AS_DRAWN) -> bytes:
        """Return the picture as SVG in UTF-8, as PNG (200 dots an inch by default), or as PDF.

        Raises
        ------
        ValueError
            If the picture does not exist, or for another format.
        """
        from separatrix.figures.canvas import raster_or_pdf, style, svg_of

        if format not in ("svg", "png", "pdf"):
            raise ValueError(f"{format}: a figure is written as .svg, .png or .pdf")
        figure = self.figure
        title = self.title or title_of(self.analysis, self.words)
        if self.phase is not None and self.title is None:
            title = with_dynamics(title, self.phase.kind, self.words)
        with style():
            if format == "svg":
                said = describe(self.analysis, self.words, self.phase)
                return svg_of(figure, title, said, printed).encode()
            return raster_or_pdf(figure, format, title, printed)


def draw(
    analysis: Analysis,
    format: PictureFormat = "svg",
    language: Language | None = None,
    title: str | None = None,
) -> bytes:
    """Return the portrait of `analysis` in one format; for several, keep a `Portrait`.

    Parameters
    ----------
    analysis : Analysis
        With numbers.
    format : str
        ``svg``, ``png`` or ``pdf``.
    language : Language, optional
        English by default.
    title : str, optional
        What the file says it shows.

    Returns
    -------
    bytes
        The content of a file.

    Raises
    ------
    ValueError
        If the portrait does not exist, or for another format.

    Examples
    --------
    >>> from separatrix import analyze, load
    >>> from separatrix.languages import language_of
    >>> "当前状态" in draw(analyze(load("shi-chen-2018")), "svg", language_of("zh")).decode()
    True
    """
    return Portrait(analysis, language, title).write(format)


def portrait_svg(analysis: Analysis, language: Language | None = None) -> str:
    """Return the portrait of `analysis` as SVG: a line, a square, a cube or a triangle.

    Parameters
    ----------
    analysis : Analysis
        With numbers.
    language : Language, optional
        English by default.

    Returns
    -------
    str
        An SVG element with a title and a description.

    Raises
    ------
    ValueError
        If there is none; `why_no_figure` says why.

    References
    ----------
    Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, chapters 7 and 10.

    Examples
    --------
    >>> from separatrix import analyze, load
    >>> portrait_svg(analyze(load("shi-chen-2018")))[:4]
    '<svg'
    """
    return draw(analysis, "svg", language).decode()


def save_figure(analysis: Analysis, path: str | Path, language: Language | None = None) -> Path:
    """Write the portrait of `analysis` to an ``.svg``, ``.png`` or ``.pdf`` file and return its path.

    Parameters
    ----------
    analysis : Analysis
        With numbers.
    path : str or Path
        Its ending names the format.
    language : Language, optional
        English by default.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    ValueError
        If the portrait does not exist, or for another suffix.

    Examples
    --------
    >>> import tempfile
    >>> from separatrix import analyze, load
    >>> folder = tempfile.TemporaryDirectory()
    >>> save_figure(analyze(load("shi-chen-2018")), f"{folder.name}/portrait.svg").name
    'portrait.svg'
    """
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in ("svg", "png", "pdf"):
        raise ValueError(f"{target.name}: a figure is written as .svg, .png or .pdf")
    write_file(target, draw(analysis, kind, language))  # type: ignore[arg-type]  # one of the three
    return target


def surface_svg(surface: SeparatrixSurface, language: Language | None = None) -> str:
    """Return the phase portrait in the cube with the separatrix, as SVG.

    Parameters
    ----------
    surface : SeparatrixSurface
        Of three populations of two strategies.
    language : Language, optional
        English by default.

    Returns
    -------
    str
        An SVG element with a title and a description.

    Raises
    ------
    ValueError
        If the state space is not a cube.

    Examples
    --------
    >>> from separatrix import load, separatrix_surface
    >>> svg = surface_svg(separatrix_surface(load("mckelvey-mclennan"), cells=4))
    >>> svg[:4], "The tinted surface is the separatrix" in svg
    ('<svg', True)
    """
    from separatrix.dynamics.portraits import portrait_of
    from separatrix.figures.canvas import style, svg_of
    from separatrix.figures.cube import draw_cube

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


# --------------------------------------------------------------------------- in words


def why_no_figure(analysis: Analysis, language: Language | None = None) -> str | None:
    """Return why `analysis` has no portrait, or ``None`` where it has one."""
    words = language or language_of("en")
    if analysis.values is None:
        return words.NO_FIGURE_VALUES
    if shape_of(analysis) is None:
        return words.NO_FIGURE_SIZE
    return None


def shape_of(analysis: Analysis) -> Shape | None:
    """Return the shape of the state space, where it can be drawn on a page."""
    return analysis.game.space.shape


def title_of(analysis: Analysis, language: Language | None = None) -> str:
    """Return a description of a portrait and its game."""
    words = language or language_of("en")
    titles = {
        "line": words.FIGURE_TITLE_LINE,
        "cube": words.FIGURE_TITLE_CUBE,
        "triangle": words.FIGURE_TITLE_TRIANGLE,
    }
    template = titles.get(shape_of(analysis) or "", words.FIGURE_TITLE_SQUARE)
    return template.format(title=analysis.game.title)


def with_dynamics(title: str, kind: str, words: Language) -> str:
    """Return a title with the name of the dynamics where it is not the replicator."""
    if kind == "replicator":
        return title
    # the dynamics load numpy, which a report as text does without
    from separatrix.dynamics.fields.registry import dynamic_of

    return words.FIGURE_TITLE_DYNAMICS.format(title=title, dynamics=words.tell(dynamic_of(kind).title))


def caption_of(
    analysis: Analysis, language: Language | None = None, phase: PhasePortrait | None = None
) -> str:
    """Return one sentence or two that say what the portrait shows."""
    words = language or language_of("en")
    shape = shape_of(analysis)
    if shape == "line":
        if phase is not None and phase.kind != "replicator":
            return words.CAPTION_ONE_RATE
        return words.CAPTION_ONE
    if shape == "cube":
        return words.CAPTION_THREE + (words.CAPTION_SURFACES if phase is not None else "")
    if shape == "triangle":
        if phase is None:
            return words.CAPTION_TRIANGLE
        arrows = words.CAPTION_TRIANGLE if phase.flow.keeps_faces else words.CAPTION_TRIANGLE_INSIDE
        return arrows + words.CAPTION_NULLCLINES + (words.CAPTION_SEPARATRIX if phase.separatrices else "")
    if phase is not None:
        divided = bool(phase.separatrices)
    else:
        divided = any(p.stability == "saddle" and len(p.free) == 2 for p in analysis.rest_points)
        divided = divided and _has_known_separatrix(analysis)
    return words.CAPTION_TWO + (words.CAPTION_SEPARATRIX if divided else "")


def _has_known_separatrix(analysis: Analysis) -> bool:
    """Whether payoffs are linear in the other population's share alone, so that H is conserved."""
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.game.values import with_lets

    return analysis.values is not None and (
        field_of(analysis.game, with_lets(analysis.game, analysis.values)).corners is not None
    )


def describe(
    analysis: Analysis, words: Language, phase: PhasePortrait | None, caption: str | None = None
) -> str:
    """Return a caption and the rest points in words, for those who do not see the picture."""
    points = points_in_words(analysis.rest_points if phase is None else phase.rest_points, words)
    told = caption_of(analysis, words, phase) if caption is None else caption
    return words.FIGURE_DESCRIPTION.format(caption=told, points=points)


def points_in_words(points: Iterable[RestPoint], words: Language) -> str:
    """Return where rest points are, and what is known of their stability."""
    from separatrix.document.numerals import readable

    found = []
    for p in points:
        if p.state is not None:
            state = ", ".join(readable(v) for v in p.state)
            if p.stability is None:
                found.append(f"{p.id} ({state})")
            else:
                found.append(words.FIGURE_POINT.format(id=p.id, state=state, label=words.labels[p.stability]))
    return words.separators["; "].join(found) or words.FIGURE_NO_POINTS
