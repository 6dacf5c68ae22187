"""One population: the advantage of the first strategy, and the line on which its share moves."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.figures.canvas import FLOW, INK
from separatrix.figures.legend import Overlay, legend_of
from separatrix.figures.lettering import SMALL, rows_height, shares_in_words, shortened
from separatrix.figures.marks import draw_heads, draw_mark, draw_today, line_style
from separatrix.figures.name_placement import draw_names
from separatrix.figures.page import new_page
from separatrix.languages import Language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["TRACK", "draw_phase_line", "paint_track"]


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
