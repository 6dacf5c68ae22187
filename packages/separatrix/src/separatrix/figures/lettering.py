"""Text in figures: how wide it is, where it may break, and writing it so that any font keeps it in place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Analysis
from separatrix.document.variations import symbol_text
from separatrix.languages import Language

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

__all__ = [
    "LEADING",
    "SMALL",
    "TEXT",
    "clean",
    "columns_of",
    "shares_in_words",
    "shortened",
    "width_of",
    "wrapped",
]

TEXT, SMALL = 9.5, 9.0
"""Font sizes in points, readable where a figure is printed at 60 % of a page's width."""

LEADING = 1.28
"""From one line to the next, in font sizes."""

MOST_LETTERS = 1_000

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# What must not begin a line stays with the character before it, what must not end one with that after it.
_PIECE = re.compile(
    rf"[“‘（《「『【〔]*[{_WIDE}][，。、；：！？”’）》」』】〕…％]*|[^\s{_WIDE}]+?(?=[“‘]+[{_WIDE}])|[^\s{_WIDE}]+|\s+"
)


def clean(text: str) -> str:
    """Return text without what cannot be printed, such as signs that turn text around."""
    return "".join(c if c.isprintable() else " " for c in text)


def columns_of(text: str) -> int:
    """Return the width of text in Latin characters, a Chinese one being two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def width_of(text: str, size: float = TEXT) -> float:
    """Return the width of a line in points, in the font of the figures; a Chinese character is a square."""
    return size * sum(_advance(c) for c in text)


@cache
def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    font = _font()
    if not font.get_char_index(ord(character)):
        return 0.6
    return float(font.load_char(ord(character)).linearHoriAdvance) / 65536 / 100


@cache
def _font() -> FT2Font:
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    # Not `get_font`, whose fonts matplotlib sets to other sizes as it draws.
    font = FT2Font(font_manager.findfont("DejaVu Sans"))
    font.set_size(100, 72)
    return font


def wrapped(text: str, width: float, measure: Callable[[str], float] = columns_of) -> list[str]:
    """Return `text` in lines of at most a width: by default in Latin characters, a Chinese one being two.

    Lines end at spaces and between Chinese characters; a word that is wider than a line is cut.
    """
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and not piece.isspace() and measure(line + piece) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
        while len(line) > 1 and measure(line.rstrip()) > width:
            fits = 1
            while measure(line[: fits + 1]) <= width:
                fits += 1
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def shortened(text: str, width: float, rows: int = 1, size: float = TEXT) -> list[str]:
    """Return text in at most so many lines of a width in points; an ellipsis replaces the rest."""

    def measure(part: str) -> float:
        return width_of(part, size)

    text = clean(text)[:MOST_LETTERS]
    lines = wrapped(text, width, measure)
    if len(lines) > rows:
        last = lines[rows - 1]
        while last and measure(last + "…") > width:
            last = last[:-1]
        return [*lines[: rows - 1], last.rstrip() + "…"]
    # Lines of about the same length look better than a last one of a single character.
    narrow = max((measure(text) / max(len(lines), 1), *map(measure, _PIECE.findall(text))))
    while len(lines) > 1 and narrow < width:
        even = wrapped(text, narrow, measure)
        if len(even) == len(lines):
            return even
        narrow += size / 2
    return lines


def shares_in_words(
    analysis: Analysis, index: int, words: Language, width: float, rows: int = 2
) -> list[str]:
    """Return what an axis shows, in lines: ``x: share of Enterprise A that plays “cooperate”``."""
    population = analysis.game.populations[index]
    text = words.FIGURE_SHARE.format(
        share=symbol_text(analysis.game, population.share),
        name=population.name,
        strategy=population.strategies[0].name,
    )
    return shortened(text, width, rows)


def label_look(size: float = TEXT) -> dict[str, Any]:
    """Return how a word is written on top of lines."""
    return {
        "fontsize": size,
        "bbox": {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
    }


def rows_height(lines: Sequence[str], size: float = TEXT) -> float:
    """Return the height of lines in points."""
    return len(lines) * size * LEADING
