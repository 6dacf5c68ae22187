"""A critical shock: the portrait with arrows from the start to where another outcome begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from separatrix.present.document import Draw
from separatrix.present.figures.canvas import INK
from separatrix.present.figures.legend import STRIP, SYMBOLS, LegendEntry, Overlay
from separatrix.present.figures.lettering import clean, shortened
from separatrix.present.figures.marks import draw_today
from separatrix.present.figures.phase_portrait import Portrait
from separatrix.present.figures.projection import USUAL, View
from separatrix.present.languages import Language, language_of
from separatrix.present.wording.numbers import readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.ray_search import Push

__all__ = ["shock_overlay", "shock_picture"]

PLACES = 4

STAR = 8.0
"""The size of the star, in points: shocks may be small."""

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#b3202c", "linewidth": 2.4, "linestyle": "-"},
    {"color": "#0b5fa5", "linewidth": 1.8, "linestyle": (0, (4, 1.4))},
    {"color": "#7b3fa0", "linewidth": 1.8, "linestyle": (0, (1.6, 1.2))},
    {"color": "#8a6d00", "linewidth": 1.8, "linestyle": (0, (5, 1.2, 1.2, 1.2))},
)
"""Of all shares together, and of each party alone."""


def shock_picture(shock: CriticalShock, language: Language | None = None, view: View = USUAL) -> Draw:
    """Return the portrait of a game with its critical shock, to be drawn in any format.

    Parameters
    ----------
    shock : CriticalShock
        Of a game whose portrait fits on a page; `phase_portrait.why_no_figure` says which do not.
    language : Language, optional
        English by default.
    view : View, optional
        From where a cube is seen.

    Raises
    ------
    ValueError
        When it is drawn, where there is no portrait.

    Examples
    --------
    >>> import separatrix
    >>> shock_picture(separatrix.critical_shock(separatrix.load("shi-chen-2018"), [0.4, 0.5]))("svg")[:4]
    b'<svg'
    """
    words = language or language_of("en")
    # The star stands where the shock begins, wherever the game stands today.
    analysis = replace(shock.analysis, game=replace(shock.game, today=None))
    title = words.SHOCK_TITLE.format(title=clean(shock.game.title))
    return Portrait(analysis, words, title, None, view, shock_overlay(shock, words)).write


def shock_overlay(shock: CriticalShock, words: Language) -> Overlay:
    """Return the arrows of a shock, and what they mean."""
    pushes = list(_pushes(shock, words))
    entries = [_entry("today", words.SHOCK_START)]
    for (told, push), look in zip(pushes, LOOKS, strict=False):
        text = words.SHOCK_ARROW.format(who=told, size=readable(push.size, PLACES))
        entries.append(_entry(look, text))

    def paint(axes: Axes, place: Callable[[Any], Any]) -> None:
        x, y = place(shock.start)
        begin = float(x), float(y)
        # The shorter and thicker arrow lies over the others.
        for (_, push), look in reversed(list(zip(pushes, LOOKS, strict=False))):
            x, y = place(push.to)
            axes.annotate(
                "",
                (float(x), float(y)),
                begin,
                arrowprops={"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11, **look},
                annotation_clip=False,
                zorder=7.5,
            )
        if not pushes:
            axes.plot(*begin, "o", color=INK, markersize=3, zorder=7.5, clip_on=False)
        draw_today(axes, *begin, size=STAR)

    return Overlay(tuple(entries), paint)


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
