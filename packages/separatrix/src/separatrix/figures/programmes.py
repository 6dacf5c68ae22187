"""What leaders bring in time: the share while their support goes on, after it ends, and without them.

A temporary programme over the portrait: the trajectory under support across the separatrix, and after.

The switching curve: at which states support should be on, as the value function on a lattice shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.numerals import percent, readable
from separatrix.document.tree import Draw
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow
from separatrix.errors import InputError
from separatrix.figures.canvas import FAINT, INK, SMALL, TEXT, clean, draw_today, shortened
from separatrix.figures.cube import USUAL, View
from separatrix.figures.layout import STRIP, SYMBOLS, Legend, LegendEntry, Overlay, new_page, picture
from separatrix.figures.phase_portrait import Portrait
from separatrix.figures.sensitivity import BANDS
from separatrix.languages import Language, language_of
from separatrix.sentences import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.policy.leader_results import LeadersPlan, SupportEnd
    from separatrix.policy.temporary.hamilton_jacobi_bellman import ValueFunction
    from separatrix.policy.temporary.results import ShapedProgramme, TemporaryProgramme

    Array = NDArray[np.float64]

__all__ = [
    "draw_leaders",
    "drawable_end",
    "leaders_picture",
    "paint_leaders",
    "programme_overlay",
    "switching_curve_picture",
    "temporary_programme_picture",
]

LEFT, WIDE, HIGH = 52.0, 280.0, 190.0
"""Points: the margin, and the size of the panel."""

WISHED: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (1, 1.5))}
END: dict[str, Any] = {"color": INK, "linewidth": 1.0, "linestyle": (0, (5, 2))}
"""The line styles of the target share and of the end of the support."""

CURVES = ("supported", "ended", "without")
"""The curves, in the order in which they lie on each other and have their colours."""


def draw_leaders(found: LeadersPlan, words: Language) -> Figure:
    """Return the panel with its legend.

    Raises
    ------
    InputError
        P163 without leaders: there is nothing to draw.
    """
    told = (words.LEADERS_SUPPORTED, words.LEADERS_ENDED, words.LEADERS_WITHOUT_ANY)
    looks: list[tuple[dict[str, Any], str]] = [
        (band.line(), text) for band, text in zip(BANDS, told, strict=False)
    ]
    asked = words.LEADERS_ASKED.format(share=f"{100 * found.share:g} %", by=f"{found.by:g}")
    looks += [(WISHED, asked), (END, words.LEADERS_SUPPORT_ENDS)]
    entries = [LegendEntry(look, tuple(shortened(text, STRIP - SYMBOLS, 3))) for look, text in looks]
    head = 8 + TEXT * 1.28 + 6
    page = new_page(LEFT + WIDE + 20, head + HIGH + 44, Legend(tuple(entries)))
    title = words.LEADERS_SHARE_AXIS.format(
        n=f"{found.model.size:,}", idea=words.listed(found.model.idea_names)
    )
    page.write(LEFT, 8, shortened(title, WIDE + 20, 1))
    paint_leaders(page.axes(LEFT, head, WIDE, HIGH), found)
    page.write(LEFT + WIDE / 2, head + HIGH + 20, [words.LEADERS_AXIS], align="center")
    return page.figure


def drawable_end(found: LeadersPlan) -> SupportEnd:
    """Return the data to draw; raise P163 if no leaders are needed."""
    if found.support_end is None:
        raise InputError(
            "P163",
            say("leaders are not needed, so there is nothing to draw"),
            hint=say("ask for text or json, for a larger share, or for an earlier date"),
        )
    return found.support_end


def paint_leaders(axes: Any, found: LeadersPlan) -> None:
    """Draw the three mean shares with their intervals, the target share, and the end of the support."""
    end = drawable_end(found)
    axes.set_xlim(end.times[0], end.times[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks(np.linspace(0, 1, 6), [f"{k} %" for k in range(0, 101, 20)])
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.grid(color=FAINT, linewidth=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for layer, (band, name) in enumerate(zip(BANDS, CURVES, strict=False)):
        curve = end.curves[name]
        low, mean, high = (np.array([getattr(p, part) for p in curve]) for part in ("low", "mean", "high"))
        axes.fill_between(end.times, low, high, color=band.inner, linewidth=0, zorder=1.5 + layer / 10)
        axes.plot(end.times, mean, clip_on=False, zorder=1.9 + layer / 10, **band.line())
    axes.plot([end.times[0], found.by], [found.share] * 2, zorder=1.4, **WISHED)
    axes.plot([found.by], [found.share], marker="o", markersize=4, color=INK, zorder=2.5)
    axes.axvline(end.support, zorder=1.4, **END)


def leaders_picture(found: LeadersPlan, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = f"{words.LEADERS_TITLE}: {clean(found.model.game.title)}"
    end = drawable_end(found)
    at = int(np.argmin(abs(end.times - end.support)))
    description = words.LEADERS_PICTURE.format(
        n=f"{found.model.size:,}",
        idea=words.listed(found.model.idea_names),
        runs=f"{found.fresh:,}",
        count=len(found.names),
        support=f"{end.support:g}",
        until=f"{end.until:g}",
        at=percent(end.curves["ended"][at].mean, 1),
        end=percent(end.curves["ended"][-1].mean, 1),
        held=percent(end.curves["supported"][-1].mean, 1),
        without=percent(end.curves["without"][-1].mean, 1),
    )
    return picture(lambda: draw_leaders(found, words), title, description)


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


ON, LOST = "#f2c9a8", "#d5d8dc"
CURVE: dict[str, Any] = {"color": "#a0400f", "linewidth": 1.8}
WAY: dict[str, Any] = {"color": INK, "linewidth": 1.6, "linestyle": (0, (5, 1.5))}
SIDE, SWITCHING_CURVE_LEFT, BELOW = 340.0, 56.0, 44.0


def switching_curve_picture(
    value: ValueFunction,
    title: str,
    axes_names: Sequence[str],
    trajectory: Array | None = None,
    instrument: int = 0,
    language: Language | None = None,
) -> Draw:
    """Return where in the unit square a level should be high, with the curve at which it is switched.

    Parameters
    ----------
    value : ValueFunction
        On a lattice of two axes.
    title : str
    axes_names : two texts
        What the first and the second axis are.
    trajectory : array (points, 2), optional
        A programme, as a line over it.
    instrument : int
        Which of the levels.
    language : Language, optional
    """
    words = language or language_of("en")
    told = words.SWITCHING_TITLE.format(title=clean(title))
    description = f"{words.SWITCHING_ON}; {words.SWITCHING_CURVE}"
    return picture(lambda: _draw(value, told, axes_names, trajectory, instrument, words), told, description)


def _draw(
    value: ValueFunction,
    title: str,
    axes_names: Sequence[str],
    trajectory: Array | None,
    instrument: int,
    words: Language,
) -> Figure:
    width = STRIP - 28.0
    entries = [
        LegendEntry(None, tuple(shortened(title, STRIP - 14, 4))),
        LegendEntry({"color": ON, "linewidth": 8.0}, tuple(shortened(words.SWITCHING_ON, width, 3))),
        LegendEntry(CURVE, tuple(shortened(words.SWITCHING_CURVE, width, 3))),
        LegendEntry({"color": LOST, "linewidth": 8.0}, tuple(shortened(words.SWITCHING_LOST, width, 3))),
    ]
    if trajectory is not None:
        entries.append(LegendEntry(WAY, tuple(shortened(words.SWITCHING_TRAJECTORY, width, 3))))
    page = new_page(SWITCHING_CURVE_LEFT + SIDE + 20, SIDE + BELOW + 12, Legend(tuple(entries)))
    axes = page.axes(SWITCHING_CURVE_LEFT, 8, SIDE, SIDE)
    _paint(axes, value, instrument)
    if trajectory is not None:
        axes.plot(trajectory[:, 1], trajectory[:, 0], zorder=4, **WAY)
        axes.plot(*trajectory[0, ::-1], marker="o", color=INK, markersize=5, zorder=5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.tick_params(labelsize=SMALL, color=INK)
    axes.set_xlabel(clean(axes_names[1]), fontsize=TEXT)
    axes.set_ylabel(clean(axes_names[0]), fontsize=TEXT)
    return page.figure


def _paint(axes: Axes, value: ValueFunction, instrument: int) -> None:
    """Shade where the level is in the upper half of those allowed; the first axis goes upwards."""
    levels = value.choices[:, instrument]
    middle = (levels.min() + levels.max()) / 2
    first, second = value.axes
    lost = value.values >= 0.5 * value.beyond
    on = np.where(value.best >= 0, levels[value.best] > middle, False) & ~lost
    axes.contourf(second, first, on.astype(float), levels=[0.5, 1.5], colors=[ON], zorder=1)
    if lost.any():
        axes.contourf(second, first, lost.astype(float), levels=[0.5, 1.5], colors=[LOST], hatches=["////"])
    inside = np.where(lost | (value.best < 0), np.nan, on.astype(float))
    axes.contour(
        second,
        first,
        inside,
        levels=[0.5],
        colors=[CURVE["color"]],
        linewidths=[CURVE["linewidth"]],
        zorder=3,
    )
