"""The legend at the side of a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from separatrix.figures.canvas import INK
from separatrix.figures.lettering import LEADING, SMALL, TEXT, shortened
from separatrix.figures.marks import draw_today

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Key", "KeyEntry", "Swatch"]

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
