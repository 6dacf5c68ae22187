"""The legend at the side of a figure.

The page of a figure: the plot at the left, the legend at its right, lines of text around; in points.

A figure that is drawn once and given in every format.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from separatrix.analysis.results import Label, RestPoint, RestSet
from separatrix.document.state_names import LABELS, named_state
from separatrix.document.tree import Draw, PictureFormat
from separatrix.figures.canvas import (
    AS_DRAWN,
    INK,
    LEADING,
    SMALL,
    TEXT,
    Print,
    draw_mark,
    draw_today,
    line_style,
    raster_or_pdf,
    shortened,
    style,
    svg_of,
)
from separatrix.game.model import Game
from separatrix.languages import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "FigurePage",
    "Legend",
    "LegendEntry",
    "Look",
    "Overlay",
    "STRIP",
    "in_short",
    "legend_of",
    "new_page",
    "picture",
]

STRIP = 138.0
"""The width of the strip in points."""

SYMBOLS, GAP = 28.0, 6.0
TEXT_ROWS, NAME_ROWS, PROFILE_ROWS = 3, 6, 4

SPARE = 14.0
"""Points by which small letters may come out wider than they are measured: Chinese ones without a font."""

ATTRACTING: tuple[Label, ...] = ("asymptotically stable", "centre", "stable")
"""Labels shown with strategy profiles; other states are shown by their ids."""

MOST_PROFILES = 4
"""States of one label up to which their profiles fit."""

Look = dict[str, Any]


@dataclass(frozen=True)
class LegendEntry:
    """A mark of a label, a line, or the star, with what it means and the names of those that bear it.

    Without a mark it is a heading.
    """

    mark: Label | Look | Literal["today"] | None
    text: tuple[str, ...]
    names: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """In points, with the gap below."""
        return (len(self.text) * TEXT + len(self.names) * SMALL) * LEADING + GAP


@dataclass(frozen=True)
class Legend:
    """Entries from top to bottom."""

    entries: tuple[LegendEntry, ...]

    @property
    def height(self) -> float:
        """In points."""
        return sum(entry.height for entry in self.entries)

    def draw(self, axes: Axes) -> None:
        """Fill axes of the width of the strip and the height of the legend."""
        axes.set_xlim(0, STRIP)
        axes.set_ylim(self.height, 0)
        axes.axis("off")
        top = 0.0
        for entry in self.entries:
            self._draw_entry(axes, entry, top)
            top += entry.height

    def _draw_entry(self, axes: Axes, entry: LegendEntry, top: float) -> None:
        at = top + TEXT * LEADING / 2
        match entry.mark:
            case "today":
                draw_today(axes, SYMBOLS / 2 - 4, at)
            case str() as label:
                draw_mark(axes, SYMBOLS / 2 - 4, at, label)
            case None:
                pass
            case {"marker": _} as look:
                axes.plot([SYMBOLS / 2 - 4], [at], linestyle="none", clip_on=False, **look)
            case look:
                axes.plot([0, SYMBOLS - 8], [at, at], **look)
        left = 0.0 if entry.mark is None else SYMBOLS
        for rows, size, shade in ((entry.text, TEXT, INK), (entry.names, SMALL, "#5c6268")):
            for row in rows:
                axes.text(
                    left, top + size * LEADING / 2, row, va="center_baseline", fontsize=size, color=shade
                )
                top += size * LEADING


@dataclass(frozen=True)
class Overlay:
    """Something more to draw over a portrait, and what it means.

    Attributes
    ----------
    entries : tuple of LegendEntry
    paint : callable
        Takes the axes, and what turns states into places on them.
    """

    entries: tuple[LegendEntry, ...]
    paint: Callable[[Axes, Callable[[Any], Any]], None]


def legend_of(
    words: Language,
    points: Sequence[RestPoint],
    sets: Sequence[RestSet],
    lines: Iterable[tuple[str, Look]] = (),
    *,
    today: bool = False,
    named: bool = True,
    overlay: Overlay | None = None,
    game: Game | None = None,
) -> Legend:
    """Return the legend of what was found, of further lines, and of the star for today.

    The names of rest points are omitted unless they are `named`: there may be too many for all panels. With
    a `game` the attracting ones are shown with their strategy profiles.
    """
    entries = []
    for label in LABELS:
        here = [p for p in points if p.stability == label]
        if here and named and game is not None and label in ATTRACTING and len(here) <= MOST_PROFILES:
            entries.append(_with_profiles(label, words.labels[label], game, here, words))
        elif here:
            entries.append(_entry(label, words.labels[label], [p.id for p in here] if named else ()))
    bearers = [p.id for p in points if p.stability is None]
    if bearers:
        entries.append(_entry("undecided", words.FIGURE_LEFT_OPEN, bearers if named else ()))
    for label in LABELS:
        bearers = [s.id for s in sets if s.stability == label]
        if bearers:
            text = words.FIGURE_REST_SET.format(label=words.labels[label])
            entries.append(_entry(line_style(label), text, bearers if named else ()))
    bearers = [s.id for s in sets if s.stability is None]
    if bearers:
        entries.append(_entry(line_style(None), words.FIGURE_SET_LEFT_OPEN, bearers if named else ()))
    entries += [_entry(look, text) for text, look in lines]
    if today:
        entries.append(_entry("today", words.FIGURE_TODAY))
    if overlay is not None:
        entries += overlay.entries
    return Legend(tuple(entries))


def _entry(mark: Label | Look | Literal["today"], text: str, names: Sequence[str] = ()) -> LegendEntry:
    width = STRIP - SYMBOLS
    listed = shortened(in_short(names), width - SPARE, NAME_ROWS, SMALL) if names else []
    return LegendEntry(mark, tuple(shortened(text, width, TEXT_ROWS)), tuple(listed))


def _with_profiles(
    mark: Label, text: str, game: Game, points: Sequence[RestPoint], words: Language
) -> LegendEntry:
    width = STRIP - SYMBOLS
    narrow = width - SPARE
    rows = [
        row for p in points for row in shortened(named_state(game, p, words), narrow, PROFILE_ROWS, SMALL)
    ]
    return LegendEntry(mark, tuple(shortened(text, width, TEXT_ROWS)), tuple(rows))


def in_short(names: Sequence[str]) -> str:
    """Return ``E1, E3–E8``: a run of four or more names is written by the first and the last.

    Examples
    --------
    >>> in_short(["E1", "E3", "E4", "E5", "E6", "E8"])
    'E1, E3–E6, E8'
    """

    def number(name: str) -> int:
        return int(name[1:]) if name[1:].isdecimal() else -2

    rows: list[list[str]] = []
    for name, before in zip(names, itertools.chain([""], names), strict=False):
        if before and name[0] == before[0] and number(name) == number(before) + 1:
            rows[-1].append(name)
        else:
            rows.append([name])
    told = [[f"{row[0]}–{row[-1]}"] if len(row) > 3 else row for row in rows]
    return ", ".join(itertools.chain.from_iterable(told))


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
