"""Small multiples: one panel for each scenario, or for each value of a parameter, with one legend for all.

Tufte, E. R. (1983), The Visual Display of Quantitative Information, chapter 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Analysis
from separatrix.document.tree import Draw, PictureFormat
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.dynamics.streamlines import HEIGHT
from separatrix.errors import InputError
from separatrix.figures.canvas import AS_DRAWN, SMALL, Print, rows_height, shares_in_words, shortened
from separatrix.figures.cube import USUAL, View, cube_lines, frame, paint_cube
from separatrix.figures.layout import FigurePage, legend_of, new_page
from separatrix.figures.phase_portrait import TRACK, paint_track
from separatrix.figures.square import paint_square, paint_triangle, square_lines, triangle_lines
from separatrix.game.model import Shape
from separatrix.languages import Language, language_of
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_PANELS", "Multiples", "columns_for", "multiples_of"]

MOST_PANELS = 12
"""More portraits than these do not fit on a page."""

SIDE, LEFT, TOP = 158.0, 40.0, 8.0
"""Points: the width of a panel, and the margins."""

BETWEEN: dict[Shape, float] = {"line": 28.0, "square": 18.0, "triangle": 44.0, "cube": 18.0}
"""The gap to the next panel, in points."""

BENEATH: dict[Shape, float] = {"line": 20.0, "square": 34.0, "triangle": 4.0, "cube": 2.0}
"""Room below the lowest panels for ticks and names, in points."""

CORNERS = 30.0
"""Room for the names of corners above and below a triangle, in points."""

TICKS = (0, 0.5, 1)
TITLE_ROWS = 2


def columns_for(count: int) -> int:
    """Return how many panels stand side by side.

    Examples
    --------
    >>> [columns_for(count) for count in (1, 2, 4, 5, 12)]
    [1, 2, 2, 3, 3]
    """
    return count if count < 3 else 2 if count == 4 else 3


@dataclass(frozen=True, eq=False)
class Multiples:
    """Portraits of one game side by side.

    Attributes
    ----------
    portraits : sequence of PhasePortrait
        At most `MOST_PANELS`, all of one game and one kind of dynamics.
    names : sequence of str
        What stands above each.
    language : Language, optional
        Of the words in the picture, by default English.
    view : View, optional
        From where cubes are seen.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> scenarios = ["bistable", "anti-coordination"]
    >>> figure = Multiples([separatrix.portrait(game, scenario=s) for s in scenarios], scenarios)
    >>> figure.write("svg")[:4]
    b'<svg'
    """

    portraits: Sequence[PhasePortrait]
    names: Sequence[str]
    language: Language | None = None
    view: View = USUAL

    @property
    def words(self) -> Language:
        """The language of the picture."""
        return self.language or language_of("en")

    @property
    def title(self) -> str:
        """What the file says it shows."""
        from separatrix.figures.phase_portrait import title_of, with_dynamics

        first = self.portraits[0]
        return with_dynamics(title_of(first.analysis, self.words), first.kind, self.words)

    @cached_property
    def figure(self) -> Figure:
        """The picture as a matplotlib figure.

        Raises
        ------
        InputError
            D643 for more portraits than fit on a page.
        """
        from separatrix.figures.canvas import style

        if not 0 < len(self.portraits) <= MOST_PANELS:
            raise InputError(
                "D643",
                f"the figure would have {len(self.portraits)} portraits; it has room for {MOST_PANELS}",
                hint="choose fewer scenarios or values, or draw several figures",
            )
        with style():
            return _portrait_page(self.portraits, self.names, self.words, self.view)

    def write(self, format: PictureFormat, printed: Print = AS_DRAWN) -> bytes:
        """Return the picture as SVG in UTF-8, as PNG (200 dots an inch by default), or as PDF.

        Raises
        ------
        InputError
            D643 for more portraits than fit on a page.
        ValueError
            If the format is none of the three.
        """
        from separatrix.figures.canvas import raster_or_pdf, style, svg_of

        if format not in ("svg", "png", "pdf"):
            raise ValueError(f"{format}: a figure is written as .svg, .png or .pdf")
        figure = self.figure
        with style():
            if format == "svg":
                return svg_of(figure, self.title, self._description(), printed).encode()
            return raster_or_pdf(figure, format, self.title, printed)

    def _description(self) -> str:
        from separatrix.figures.phase_portrait import caption_of, points_in_words

        words, first = self.words, self.portraits[0]
        told = [caption_of(first.analysis, words, first)]
        for name, portrait in zip(self.names, self.portraits, strict=True):
            points = points_in_words(portrait.rest_points, words)
            told.append(words.MULTIPLES_PANEL.format(name=name, points=points))
        return words.separators[" "].join(told)


def multiples_of(analyses: Sequence[Analysis], names: Sequence[str], words: Language) -> Draw:
    """Return the portraits of analyses of one game side by side, computed when they are first drawn."""
    kept: list[Multiples] = []

    def draw(kind: PictureFormat) -> bytes:
        from separatrix.dynamics.portraits import portrait_of

        if not kept:
            kept.append(Multiples([portrait_of(analysis) for analysis in analyses], names, words))
        return kept[0].write(kind)

    return draw


def _portrait_page(
    portraits: Sequence[PhasePortrait], names: Sequence[str], words: Language, view: View = USUAL
) -> Figure:
    first, shape = portraits[0], portraits[0].shape
    columns = columns_for(len(portraits))
    rows = -(-len(portraits) // columns)
    titles = [shortened(name, SIDE, TITLE_ROWS) for name in names]
    head = max(rows_height(title) for title in titles) + 4
    tall = _height(shape, view)
    gap = BETWEEN[shape]
    row = head + tall + 18
    wide = LEFT + columns * (SIDE + gap)
    count = len(first.game.populations)
    meanings = [shares_in_words(first.analysis, k, words, wide - 8, 2) for k in range(count)]
    if shape == "triangle":
        meanings = [shortened(_corners_in_words(first, words), wide - 8, 3)]
    at = TOP + rows * row - 18 + BENEATH[shape] + 6
    below = sum(rows_height(lines) + 2 for lines in meanings)
    page = new_page(wide, at + below + 4, _legend(portraits, words))
    for k, (portrait, title) in enumerate(zip(portraits, titles, strict=True)):
        left = LEFT + (k % columns) * (SIDE + gap)
        top = TOP + (k // columns) * row
        page.write(left + SIDE / 2, top + head - 4 - rows_height(title), title, align="center")
        last = k + columns >= len(portraits)
        axes = _axes(page, shape, left, top + head, tall)
        _paint(axes, portrait, k % columns == 0, last, view)
        if shape == "square":
            _name_axes(page, portrait, left, top + head, k % columns == 0, last)
    for lines in meanings:
        page.write(4, at, lines)
        at += rows_height(lines) + 2
    return page.figure


def _height(shape: Shape, view: View) -> float:
    if shape == "triangle":
        return HEIGHT * SIDE + 2 * CORNERS
    if shape == "line":
        return TRACK
    if shape == "cube":
        low, high = frame(view)
        return float(SIDE * (high - low)[1] / (high - low)[0])
    return SIDE


def _axes(page: FigurePage, shape: Shape, left: float, top: float, tall: float) -> Axes:
    if shape == "triangle":
        return page.axes(left, top + CORNERS, SIDE, HEIGHT * SIDE)
    return page.axes(left, top, SIDE, tall)


def _paint(axes: Axes, portrait: PhasePortrait, leftmost: bool, last: bool, view: View) -> None:
    """Draw one portrait; only the outer panels have tick labels."""
    if portrait.shape == "triangle":
        paint_triangle(axes, portrait, nullclines=True, head=0.036)
        corners = ((0.0, 0.0, "left", -1), (1.0, 0.0, "right", -1), (0.5, HEIGHT, "center", 1))
        strategies = portrait.game.populations[0].strategies
        for (x, y, align, up), strategy in zip(corners, strategies, strict=True):
            (name,) = shortened(strategy.name, SIDE / 2.5, 1, SMALL)
            axes.annotate(
                name,
                (x, y),
                xytext=(0, up * (CORNERS - 6)),
                textcoords="offset points",
                ha=align,
                va="center",
                fontsize=SMALL,
                annotation_clip=False,
            )
        return
    if portrait.shape == "cube":
        low, high = frame(view)
        paint_cube(axes, portrait, SIDE / float((high - low)[0]), view=view)
        return
    if portrait.shape == "line":
        paint_track(axes, portrait, SIDE)
        axes.set_xticks([v * SIDE for v in TICKS], [f"{v:g}" for v in TICKS])
        return
    axes.set_xticks(TICKS, [f"{v:g}" if last else "" for v in TICKS])
    axes.set_yticks(TICKS, [f"{v:g}" if leftmost else "" for v in TICKS])
    axes.tick_params(pad=5, length=3, labelsize=SMALL)
    paint_square(axes, portrait, head=0.036)


def _name_axes(
    page: FigurePage, portrait: PhasePortrait, left: float, top: float, leftmost: bool, last: bool
) -> None:
    """Write the names of the two shares next to a square whose upper left corner is given."""
    first, second = (shortened(share, SIDE / 2)[0] for share in portrait.shares)
    if last:
        page.write(left + SIDE / 2, top + SIDE + 18, [first], align="center")
    if leftmost and len(second) < 3:
        page.write(left - 36, top + SIDE / 2 - rows_height([second]) / 2, [second])
    elif leftmost:
        page.write(left - 38, top + SIDE / 2, [second], align="center", turned=True)


def _corners_in_words(portrait: PhasePortrait, words: Language) -> str:
    strategies = portrait.game.populations[0].strategies
    told = [
        words.FIGURE_SHARE.format(share=share, name=portrait.game.populations[0].name, strategy=strategy.name)
        for share, strategy in zip(portrait.shares, strategies, strict=True)
    ]
    return words.separators["; "].join(told)


def _legend(portraits: Sequence[PhasePortrait], words: Language) -> Any:
    """Return one legend for all panels."""
    lines: dict[str, dict[str, Any]] = {}
    for portrait in portraits:
        if portrait.shape == "square":
            own = square_lines(portrait, words)
        elif portrait.shape == "triangle":
            own = triangle_lines(portrait, words, True)
        else:
            own = cube_lines(portrait, words) if portrait.shape == "cube" else []
        lines.update(own)
    return legend_of(
        words,
        [p for portrait in portraits for p in portrait.rest_points],
        [s for portrait in portraits for s in portrait.rest_sets],
        list(lines.items()),
        today=portraits[0].game.today is not None,
        named=False,
    )
