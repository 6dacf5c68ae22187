"""A temporary programme over the portrait: the trajectory under support across the separatrix, and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.numbers import readable
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow
from separatrix.figures.canvas import INK
from separatrix.figures.legend import STRIP, SYMBOLS, LegendEntry, Overlay
from separatrix.figures.lettering import clean, shortened
from separatrix.figures.marks import draw_today
from separatrix.figures.phase_portrait import Portrait
from separatrix.figures.projection import USUAL, View
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from separatrix.document.document import Draw
    from separatrix.policy.temporary.result import ShapedProgramme, TemporaryProgramme

__all__ = ["programme_overlay", "temporary_programme_picture"]

PLACES = 4

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#b3202c", "linewidth": 2.4, "linestyle": "-"},
    {"color": "#0d7a52", "linewidth": 2.4, "linestyle": (0, (5, 1.2, 1.2, 1.2))},
    {"color": "#6b7075", "linewidth": 1.6, "linestyle": (0, (1.2, 1.4))},
)
"""With support, after it, and without any."""

SWITCH: dict[str, Any] = {
    "marker": "D",
    "markersize": 6.0,
    "color": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 1.2,
}
"""Where support ends."""

STAR = 8.0
"""The size of the star, in points."""


def temporary_programme_picture(
    found: TemporaryProgramme, language: Language | None = None, view: View = USUAL
) -> Draw:
    """Return the cheapest temporary programme over the portrait of the game without it, in any format.

    Parameters
    ----------
    found : TemporaryProgramme
        Of a game that has a portrait; see `separatrix.figures.phase_portrait.why_no_figure`.
    language : Language, optional
        English by default.
    view : View, optional
        From where a cube is seen.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.policy.temporary.programme import temporary_programme
    >>> found = temporary_programme(separatrix.load("shi-chen-2018"), held={"subsidy": 1})
    >>> temporary_programme_picture(found)("svg")[:4]
    b'<svg'
    """
    words = language or language_of("en")
    # The star stands where the programme begins, wherever the game stands today.
    analysis = replace(found.analysis, game=replace(found.game, today=None))
    title = words.PROGRAMME_FIGURE.format(title=clean(found.game.title))
    return Portrait(analysis, words, title, None, view, programme_overlay(found, words)).write


def programme_overlay(found: TemporaryProgramme, words: Language) -> Overlay:
    """Return the trajectories with, after and without support, and what they mean."""
    best = found.cheapest
    lines = _lines(found, best)

    def paint(axes: Axes, place: Callable[[Any], Any]) -> None:
        for k, states in reversed(list(enumerate(lines))):
            if states is not None:
                points = np.array([[float(v) for v in place(state)] for state in states])
                axes.plot(points[:, 0], points[:, 1], zorder=6.5 + 0.1 * (2 - k), clip_on=False, **LOOKS[k])
        if best is not None:
            x, y = place(best.trajectory.state)
            axes.plot([float(x)], [float(y)], linestyle="none", zorder=7.5, clip_on=False, **SWITCH)
        x, y = place(np.array(found.start))
        draw_today(axes, float(x), float(y), size=STAR)

    return Overlay(tuple(_entries(lines, best, words)), paint)


def _lines(found: TemporaryProgramme, best: ShapedProgramme | None) -> tuple[NDArray[np.float64] | None, ...]:
    """Return the states with support, after it, and without any."""
    alone = follow(replicator(found.game, found.analysis.values), list(found.start)).states
    if best is None:
        return None, None, np.asarray(alone)
    return best.trajectory.states, best.after.states, np.asarray(alone)


def _entries(lines: Sequence[Any], best: ShapedProgramme | None, words: Language) -> list[LegendEntry]:
    entries = [_entry("today", words.SHOCK_START)]
    if best is not None:
        end = readable(best.end, PLACES)
        entries.append(_entry(LOOKS[0], words.PROGRAMME_WITH))
        entries.append(_entry(SWITCH, words.PROGRAMME_ENDS.format(end=end)))
        entries.append(_entry(LOOKS[1], words.PROGRAMME_AFTER))
    entries.append(_entry(LOOKS[2], words.PROGRAMME_WITHOUT))
    return entries


def _entry(mark: Any, text: str) -> LegendEntry:
    return LegendEntry(mark, tuple(shortened(text, STRIP - SYMBOLS, 3)))
