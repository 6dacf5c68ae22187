"""A regime map: areas by colour, pattern and letter, and the exact curves between them.

The legend at the side of a map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from separatrix.document.regime_names import MapWords
from separatrix.figures.canvas import INK, LEADING, SMALL, TEXT, draw_today, rows_height, shortened
from separatrix.figures.layout import FigurePage, picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.document.tree import Draw, PictureFormat
    from separatrix.dynamics.regime_maps import BorderPiece, MapBorder, RegimeMap

__all__ = [
    "Key",
    "KeyEntry",
    "Swatch",
    "draw_regime_map",
    "paint_regime_map",
    "regime_map_figure",
    "regime_map_picture",
]

SYMBOLS, GAP, BOX = 32.0, 7.0, 24.0
ROWS, MOST_LINES = 3, 7

HATCH = "#9aa3aa"


@dataclass(frozen=True)
class Swatch:
    """How an area is filled, and the letter on it."""

    colour: str
    pattern: str
    letter: str


@dataclass(frozen=True)
class KeyEntry:
    """A mark and the lines that say what it is; without a mark, a heading."""

    mark: Swatch | dict[str, Any] | Literal["today", "point"] | None
    text: tuple[str, ...]

    @property
    def size(self) -> float:
        """The size of its letters."""
        return SMALL if isinstance(self.mark, Swatch) else TEXT

    @property
    def height(self) -> float:
        """In points, with the gap below."""
        least = 15.0 if isinstance(self.mark, Swatch) else 0.0
        return max(least, len(self.text) * self.size * LEADING) + GAP


@dataclass(frozen=True)
class Key:
    """Entries from top to bottom."""

    entries: tuple[KeyEntry, ...]

    width: ClassVar[float] = 190.0

    @classmethod
    def of(cls, entries: Sequence[KeyEntry]) -> Key:
        """Return a key whose lines fit."""
        fitted = []
        for entry in entries:
            room = cls.width - (0.0 if entry.mark is None else SYMBOLS)
            rows = [row for text in entry.text for row in shortened(text, room, ROWS, entry.size)]
            if len(rows) > MOST_LINES:
                rows = [*rows[: MOST_LINES - 1], "…"]
            fitted.append(KeyEntry(entry.mark, tuple(rows)))
        return cls(tuple(fitted))

    @property
    def height(self) -> float:
        """In points."""
        return max(1.0, sum(entry.height for entry in self.entries))

    def draw(self, axes: Axes) -> None:
        """Fill axes of this width and height."""
        axes.set_xlim(0, self.width)
        axes.set_ylim(self.height, 0)
        axes.axis("off")
        top = 0.0
        for entry in self.entries:
            self._draw(axes, entry, top)
            top += entry.height

    def _draw(self, axes: Axes, entry: KeyEntry, top: float) -> None:
        from matplotlib.patches import Rectangle

        at = top + entry.size * LEADING / 2
        match entry.mark:
            case "today":
                draw_today(axes, BOX / 2, at)
            case "point":
                axes.plot(
                    [BOX / 2],
                    [at],
                    "o",
                    markersize=4.5,
                    markerfacecolor="white",
                    markeredgecolor=INK,
                    clip_on=False,
                )
            case Swatch(colour, pattern, letter):
                looks: list[dict[str, Any]] = [
                    {"facecolor": colour, "edgecolor": "none"},
                    {"facecolor": "none", "edgecolor": HATCH, "hatch": pattern, "linewidth": 0},
                    {"facecolor": "none", "edgecolor": INK, "linewidth": 0.7},
                ]
                for look in looks:
                    axes.add_artist(Rectangle((0, top), BOX, 15.0, **look))
                if letter:
                    axes.text(
                        BOX / 2,
                        top + 7.5,
                        letter,
                        ha="center",
                        va="center_baseline",
                        fontsize=SMALL,
                        fontweight="bold",
                        bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
                    )
            case None:
                pass
            case line:
                axes.plot([0, BOX], [at, at], **line)
        left = 0.0 if entry.mark is None else SYMBOLS
        for row in entry.text:
            middle = top + entry.size * LEADING / 2
            axes.text(left, middle, row, va="center_baseline", fontsize=entry.size, color=INK)
            top += entry.size * LEADING


SIDE, LEFT, REGIME_MAP_GAP, BELOW = 300.0, 40.0, 20.0, 24.0
"""Points: the plot, the room for ticks at its left, for the gap to the legend, and for ticks below."""

COLOURS = (
    "#cfe3f2",
    "#f8dcc2",
    "#d3ebd2",
    "#e5d8ef",
    "#f5edbf",
    "#f6d3dc",
    "#d3ecec",
    "#e3dccf",
    "#dfe0f5",
)
PATTERNS = ("", "///", "\\\\\\", "...", "xxx", "---", "|||", "++", "oo", "//", "\\\\", "..", "xx")
"""Repeated after 9 and 13: two regimes of the first 117 differ in one at least."""

GREY, REGIME_MAP_HATCH = "#eeeeee", "#9aa3aa"

BORDERS: tuple[dict[str, Any], ...] = tuple(
    {"color": colour, "linestyle": dashes, "linewidth": 1.7}
    for colour in (INK, "#8f3b00", "#1f4f96")
    for dashes in ("-", (0, (6, 2)), (0, (1.6, 1.5)), (0, (7, 1.8, 1.4, 1.8)))
)
POLE: dict[str, Any] = {"color": "#8a1c1c", "linestyle": (0, (1, 1.2)), "linewidth": 2.2}
ASSUMPTION: dict[str, Any] = {"color": "#7d868d", "linestyle": "-", "linewidth": 1.1}

MOST_EQUATIONS = 9
CLEAR, CLEAR_OF_POINTS = 19.0, 13.0
"""How far, in points, the middle of a letter keeps from the star, and from where borders meet."""

SMALLEST = 0.03
"""How far from its border the place of a letter is, as a part of the side."""

RASTER = 256


def draw_regime_map(
    found: RegimeMap,
    format: PictureFormat = "svg",
    language: Language | None = None,
    title: str | None = None,
) -> bytes:
    """Return a regime map as SVG in UTF-8, as PNG of 200 dots an inch, or as PDF.

    Parameters
    ----------
    found : RegimeMap
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
        For another format.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> found = separatrix.regime_map(game, {"V": (0, 8), "C": (0, 8)}, grid=(40, 40))
    >>> draw_regime_map(found, "svg")[:4]
    b'<svg'
    """
    if format not in ("svg", "png", "pdf"):
        raise ValueError(f"{format}: a figure is written as .svg, .png or .pdf")
    return regime_map_picture(found, language, title)(format)


def regime_map_picture(found: RegimeMap, language: Language | None = None, title: str | None = None) -> Draw:
    """Return a regime map, to be drawn in any format."""
    words = language or language_of("en")
    told = MapWords(found, words)
    return picture(
        lambda: regime_map_figure(found, words),
        title or told.title(),
        _description(told),
        {"hatch.linewidth": 0.55},
    )


def _description(told: MapWords) -> str:
    (left, right), (bottom, top) = told.found.window
    regimes = [told.regime(k) for k, r in enumerate(told.found.regimes) if r.generic]
    first, second = (told.symbol(name) for name in told.found.over)
    return told.words.MAP_DESCRIPTION.format(
        first=first,
        second=second,
        low=f"{left:g}",
        high=f"{right:g}",
        bottom=f"{bottom:g}",
        top=f"{top:g}",
        regimes=told.words.separators["; "].join(regimes),
        sure=told.words.tell(told.found.how_sure),
    )


def regime_map_figure(found: RegimeMap, words: Language) -> Figure:
    """Return the map as a matplotlib figure."""
    from matplotlib.figure import Figure as NewFigure

    told = MapWords(found, words)
    title = shortened(told.title(), LEFT + SIDE + REGIME_MAP_GAP + Key.width, 2, TEXT + 1)
    upward = shortened(told.axis(1), SIDE, 2)
    rightward = shortened(told.axis(0), SIDE + 40, 2)
    left, head = LEFT + rows_height(upward) + 4, rows_height(title, TEXT + 1) + 14
    key = _key(told)
    height = max(head + SIDE + BELOW + rows_height(rightward) + 8, head + key.height + 8)
    width = left + SIDE + REGIME_MAP_GAP + Key.width + 6
    page = FigurePage(NewFigure(figsize=(width / 72, height / 72)), width, height)
    page.write(6, 6, title, size=TEXT + 1)
    page.write(4, head + SIDE / 2, upward, align="center", turned=True)
    page.write(left + SIDE / 2, head + SIDE + BELOW, rightward, align="center")
    paint_regime_map(page.axes(left, head, SIDE, SIDE), told)
    key.draw(page.axes(left + SIDE + REGIME_MAP_GAP, head, Key.width, key.height))
    return page.figure


def paint_regime_map(axes: Axes, told: MapWords, side: float = SIDE) -> None:
    """Draw the areas, borders and letters into axes whose side has so many points."""
    found = told.found
    _fill(axes, found)
    _borders(axes, told)
    _letters(axes, found, side)
    (low, high), (bottom, top) = found.window
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, top)
    axes.tick_params(pad=4, length=3, labelsize=SMALL)
    for point in found.points:
        axes.plot(*point.at, "o", markersize=4.5, markerfacecolor="white", markeredgecolor=INK, zorder=6)
    if found.today is not None:
        draw_today(axes, *found.today)


# --------------------------------------------------------------------------- areas


def _look(found: RegimeMap, index: int) -> Swatch:
    regime = found.regimes[index]
    if regime.kind == "outside":
        return Swatch(GREY, "////", "")
    if regime.kind != "stable":
        return Swatch("#ffffff", "...", "?" if regime.kind == "undecided" else "")
    return Swatch(COLOURS[index % len(COLOURS)], PATTERNS[index % len(PATTERNS)], regime.letter)


def _fill(axes: Axes, found: RegimeMap) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    by_regime: dict[int, list[NDArray[np.float64]]] = {}
    for index, outline in found.regions:
        by_regime.setdefault(index, []).append(outline)
    for index, outlines in by_regime.items():
        look = _look(found, index)
        path = Path.make_compound_path(*(Path(o, closed=False) for o in map(_closed, outlines)))
        # The thin line of the same colour hides the seams between polygons.
        axes.add_artist(
            PathPatch(path, facecolor=look.colour, edgecolor=look.colour, linewidth=0.7, zorder=1)
        )
        if look.pattern:
            axes.add_artist(
                PathPatch(
                    path,
                    facecolor="none",
                    edgecolor=REGIME_MAP_HATCH,
                    hatch=look.pattern,
                    linewidth=0,
                    zorder=1.1,
                )
            )


def _closed(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate([outline, outline[:1]])


def _letters(axes: Axes, found: RegimeMap, side: float) -> None:
    """Write a letter at the place in each area that is farthest from its border, and under no mark.

    An area too small for a letter next to the star gets none: the legend gives the area of the star.
    """
    import numpy as np
    from scipy import ndimage

    (left, right), (bottom, top) = found.window
    rows, columns = (np.arange(RASTER) * n // RASTER for n in found.labels.shape)
    labels = found.labels[np.ix_(rows, columns)]
    marked = np.zeros(labels.shape, np.bool_)
    for x, y in [*(point.at for point in found.points), *([found.today] if found.today else [])]:
        i, j = (x - left) / (right - left) * RASTER, (y - bottom) / (top - bottom) * RASTER
        across, up = np.ogrid[:RASTER, :RASTER]
        clear = CLEAR if (x, y) == found.today else CLEAR_OF_POINTS
        marked |= (across + 0.5 - i) ** 2 + (up + 0.5 - j) ** 2 < (clear / side * RASTER) ** 2
    for index, regime in enumerate(found.regimes):
        letter = _look(found, index).letter
        if not letter or not regime.generic:
            continue
        parts, count = ndimage.label(labels == index)
        for k in range(1, count + 1):
            inside = np.pad(parts == k, 1)
            depth = ndimage.distance_transform_edt(inside)[1:-1, 1:-1]
            depth[marked] = 0.0
            deepest = float(depth.max())
            if deepest < SMALLEST * RASTER:
                continue
            # Of all places that are about as deep, the one in the middle.
            places = np.argwhere(depth > 0.97 * deepest)
            i, j = places[np.argmin(((places - places.mean(axis=0)) ** 2).sum(axis=1))]
            x = left + (i + 0.5) / RASTER * (right - left)
            y = bottom + (j + 0.5) / RASTER * (top - bottom)
            box = {"boxstyle": "circle,pad=0.22", "facecolor": "white", "edgecolor": INK, "linewidth": 0.7}
            axes.text(
                x,
                y,
                letter,
                ha="center",
                va="center_baseline",
                fontsize=TEXT + 3,
                fontweight="bold",
                zorder=5,
                bbox=box,
            )


# --------------------------------------------------------------------------- lines


def _styled_borders(found: RegimeMap) -> list[tuple[MapBorder, dict[str, Any], str]]:
    """Every border with how it is drawn and as what, without ends of assumptions on the window's edge."""
    result: list[tuple[MapBorder, dict[str, Any], str]] = []
    used = 0
    for border in found.borders:
        kinds = {piece.kind for piece in border.pieces}
        if kinds & {"stability", "line"}:
            result.append((border, BORDERS[used % len(BORDERS)], "stability"))
            used += border.polynomial is not None
        elif "pole" in kinds:
            result.append((border, POLE, "pole"))
        elif "assumption" in kinds and not _on_edge(found, border):
            result.append((border, ASSUMPTION, "assumption"))
    return sorted(result, key=lambda item: ("stability", "pole", "assumption").index(item[2]))


def _on_edge(found: RegimeMap, border: MapBorder) -> bool:
    """Whether a border runs along the window's edge alone."""
    return all(_along_edge(found, piece) for piece in border.pieces)


def _along_edge(found: RegimeMap, piece: BorderPiece) -> bool:
    return any(bool((piece.points[:, axis] == end).all()) for axis in (0, 1) for end in found.window[axis])


def _borders(axes: Axes, told: MapWords) -> None:
    for border, look, _ in _styled_borders(told.found):
        for piece in border.pieces:
            here = ASSUMPTION if piece.kind == "assumption" else POLE if piece.kind == "pole" else look
            if piece.kind == "line":
                here = {**here, "linewidth": 0.9}
            if _along_edge(told.found, piece):
                if piece.kind == "assumption":
                    continue
                here = {**here, "linewidth": 3.2}
            if piece.kind != "undecided":
                axes.plot(
                    piece.points[:, 0],
                    piece.points[:, 1],
                    zorder=3,
                    solid_capstyle="butt",
                    dash_capstyle="butt",
                    clip_on=False,
                    **here,
                )


def _key(told: MapWords) -> Key:
    found, words = told.found, told.words
    entries = [KeyEntry(None, (words.MAP_KEY,))]
    for index, regime in enumerate(found.regimes):
        if regime.generic:
            names = [told.state(k) for k in regime.stable] or [told.stable(index)]
            entries.append(KeyEntry(_look(found, index), tuple(names)))
    equations, others, seen = 0, 0, set()
    for border, look, kind in _styled_borders(found):
        if kind == "assumption" or border.polynomial is None:
            text = words.MAP_ASSUMPTION_LINE if kind == "assumption" else words.MAP_BISECTED
            if text in seen:
                continue
            seen.add(text)
        elif equations == MOST_EQUATIONS:
            others += 1
            continue
        else:
            equations += 1
            text = told.equation(border)
            text = words.MAP_POLE_LINE.format(equation=text) if kind == "pole" else text
        entries.append(KeyEntry(look, (text,)))
    if others:
        entries.append(KeyEntry({"alpha": 0}, (words.MAP_OTHERS.format(count=others),)))
    if found.points:
        entries.append(KeyEntry("point", (words.MAP_POINT,)))
    if found.today is not None:
        entries.append(KeyEntry("today", (told.today(),)))
    return Key.of(entries)
