"""A critical shock: arrows from the start to where another outcome begins.

They lie over the portrait where there is one; where the state space has more dimensions than a page, each
share has a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import readable
from separatrix.document.regime_names import share_meanings
from separatrix.document.tree import Draw
from separatrix.dynamics.attractors.heteroclinic_cycles import SEPARATRIX, UNDECIDED
from separatrix.figures.canvas import FAINT, INK, SMALL, clean, draw_today, rows_height, shortened
from separatrix.figures.cube import USUAL, View
from separatrix.figures.layout import STRIP, SYMBOLS, Legend, LegendEntry, Overlay, new_page, picture
from separatrix.figures.phase_portrait import Portrait
from separatrix.figures.sensitivity import bars
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock, Push

__all__ = ["MOST_ROWS", "draw_shock_by_share", "paint_shock_by_share", "shock_overlay", "shock_picture"]

PLACES = 4

LEFT, WIDE, ROW, BELOW = 190.0, 260.0, 34.0, 30.0
"""Points: the margin with what shares mean, the width of a row, its height, the room below for ticks."""

MOST_ROWS = 24
"""More shares than these do not fit on a page."""

ASIDE = 0.17
"""How far above a share's line the arrow of all parties lies, and that of its own party below, in rows."""

LEAST = 1e-9
"""A change of a share that is drawn."""

STAR = 8.0
"""The size of the star, in points: shocks may be small."""

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#b3202c", "linewidth": 2.4, "linestyle": "-"},
    {"color": "#0b5fa5", "linewidth": 1.8, "linestyle": (0, (4, 1.4))},
    {"color": "#7b3fa0", "linewidth": 1.8, "linestyle": (0, (1.6, 1.2))},
    {"color": "#8a6d00", "linewidth": 1.8, "linestyle": (0, (5, 1.2, 1.2, 1.2))},
)
"""Of all shares together, and of parties alone, in turn."""


def shock_picture(shock: CriticalShock, language: Language | None = None, view: View = USUAL) -> Draw:
    """Return a critical shock, to be drawn in any format: over the portrait, or share by share.

    Parameters
    ----------
    shock : CriticalShock
    language : Language, optional
        English by default.
    view : View, optional
        From where a cube is seen.

    Raises
    ------
    ValueError
        When it is drawn, for more than `MOST_ROWS` shares.

    Examples
    --------
    >>> import separatrix
    >>> shock_picture(separatrix.critical_shock(separatrix.load("shi-chen-2018"), [0.4, 0.5]))("svg")[:4]
    b'<svg'
    """
    words = language or language_of("en")
    if shock.game.space.shape is None:
        title, told = _title_and_description(shock, words)
        return picture(lambda: draw_shock_by_share(shock, words), title, told)
    # The star stands where the shock begins, wherever the game stands today.
    analysis = replace(shock.analysis, game=replace(shock.game, today=None))
    title = words.SHOCK_TITLE.format(title=clean(shock.game.title))
    return Portrait(analysis, words, title, None, view, shock_overlay(shock, words)).write


def shock_overlay(shock: CriticalShock, words: Language) -> Overlay:
    """Return the arrows of a shock, and what they mean."""
    pushes = list(_pushes(shock, words))

    def paint(axes: Axes, place: Callable[[Any], Any]) -> None:
        x, y = place(shock.start)
        begin = float(x), float(y)
        # The shorter and thicker arrow lies over the others.
        for k, (_, push) in reversed(list(enumerate(pushes))):
            x, y = place(push.to)
            _arrow(axes, begin, (float(x), float(y)), _look(k))
        if not pushes:
            axes.plot(*begin, "o", color=INK, markersize=3, zorder=7.5, clip_on=False)
        draw_today(axes, *begin, size=STAR)

    return Overlay(_entries(shock, words), paint)


def _arrow(axes: Axes, begin: tuple[float, float], end: tuple[float, float], look: dict[str, Any]) -> None:
    axes.annotate(
        "",
        end,
        begin,
        arrowprops={"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11, **look},
        annotation_clip=False,
        zorder=7.5,
    )


def _look(k: int) -> dict[str, Any]:
    """How an arrow is drawn: that of all parties, or of the `k`-th one that can do it alone."""
    return LOOKS[k] if k == 0 else LOOKS[1 + (k - 1) % (len(LOOKS) - 1)]


def _entries(shock: CriticalShock, words: Language) -> tuple[LegendEntry, ...]:
    entries = [_entry("today", words.SHOCK_START)]
    for k, (told, push) in enumerate(_pushes(shock, words)):
        text = words.SHOCK_ARROW.format(who=told, size=readable(push.size, PLACES))
        entries.append(_entry(_look(k), text))
    if len(entries) == 1:
        entries.append(LegendEntry(None, tuple(shortened(_why_no_arrow(shock, words), STRIP, 4))))
    return tuple(entries)


def _why_no_arrow(shock: CriticalShock, words: Language) -> str:
    if shock.outcome == SEPARATRIX:
        return words.SHOCK_SLIGHTEST
    if shock.outcome == UNDECIDED:
        return words.SHOCK_UNDECIDED
    return words.SHOCK_NO_ARROW_FOUND if shock.method == "sampled" else words.SHOCK_NO_ARROW


def _pushes(shock: CriticalShock, words: Language) -> Iterator[tuple[str, Push]]:
    if shock.smallest is None or shock.smallest.size == 0:
        return
    yield words.SHOCK_ALL, shock.smallest
    if len(shock.alone) > 1:
        for name, push in shock.alone.items():
            if push is not None:
                yield words.SHOCK_ALONE.format(name=name), push


def _entry(mark: Any, text: str) -> LegendEntry:
    return LegendEntry(mark, tuple(shortened(text, STRIP - SYMBOLS, 3)))


# --------------------------------------------------------------------------- share by share


def _title_and_description(shock: CriticalShock, words: Language) -> tuple[str, str]:
    """Return the title of a shock and its text alternative."""
    told = [
        words.SHOCK_ARROW.format(who=who, size=readable(push.size, PLACES))
        for who, push in _pushes(shock, words)
    ]
    said = words.separators["; "].join(told or [_why_no_arrow(shock, words)])
    return words.SHOCK_TITLE.format(title=clean(shock.game.title)), said


def draw_shock_by_share(shock: CriticalShock, words: Language) -> Figure:
    """Return a row for each share, from 0 to 1: a star at its value, and an arrow to the shocked value.

    Raises
    ------
    ValueError
        For more than `MOST_ROWS` shares.
    """
    meanings = share_meanings(shock.game, words)
    if len(meanings) > MOST_ROWS:
        raise ValueError(f"{len(meanings)} shares; a figure has room for {MOST_ROWS}")
    page = new_page(LEFT + WIDE + 24, 8 + len(meanings) * ROW + BELOW, Legend(_entries(shock, words)))
    paint_shock_by_share(page.axes(LEFT, 8, WIDE, len(meanings) * ROW), shock, words)
    for row, meaning in enumerate(meanings):
        lines = shortened(meaning, LEFT - 24, 2, SMALL)
        top = 8 + (row + 0.5) * ROW - rows_height(lines, SMALL) / 2
        page.write(LEFT - 10, top, lines, align="right", size=SMALL)
    return page.figure


def paint_shock_by_share(axes: Axes, shock: CriticalShock, words: Language) -> None:
    """Draw the rows, the first share on top."""
    bars(axes, len(shock.start), 0.0, 1.0)
    for row, begin in enumerate(shock.start):
        axes.plot([0, 1], [row, row], color=FAINT, linewidth=0.8)
        draw_today(axes, begin, row, size=STAR)
    for k, (_, push) in enumerate(_pushes(shock, words)):
        aside = ASIDE if k else -ASIDE
        for row, (begin, end) in enumerate(zip(shock.start, push.to, strict=True)):
            if abs(end - begin) > LEAST:
                _arrow(axes, (begin, row + aside), (end, row + aside), _look(k))
