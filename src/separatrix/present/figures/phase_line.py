"""One population: the advantage of the first strategy, and the line on which its share moves."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from separatrix.analysis.result import Analysis
from separatrix.present.figures.canvas import (
    FLOW,
    INK,
    draw_legend,
    draw_mark,
    draw_today,
    line_style,
    new_figure,
    share_label,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_phase_line"]


def draw_phase_line(analysis: Analysis) -> Figure:
    """Return the phase line of one population of two strategies, below its advantage curve."""
    import numpy as np

    from separatrix.dynamics.replicator import replicator

    field = replicator(analysis.game, analysis.values)
    figure = new_figure(7.4, 4.2)
    curve = figure.add_axes((0.125, 0.42, 0.562, 0.50))
    track = figure.add_axes((0.125, 0.19, 0.562, 0.16))
    strip = figure.add_axes((0.735, 0.10, 0.25, 0.85))
    x = np.linspace(0, 1, 201)
    f = field.advantages(x[:, None])[:, 0]
    curve.axhline(0, color=INK, linewidth=0.8)
    curve.fill_between(x, f, 0, where=f > 0, color="#e3f2ea", linewidth=0)
    curve.fill_between(x, f, 0, where=f < 0, color="#fdf0d9", linewidth=0)
    curve.plot(x, f, color=INK, linewidth=1.8)
    first, second = (s.name for s in analysis.game.populations[0].strategies)
    curve.set_ylabel("advantage (payoff units)")
    curve.set_title(_shortened(f"payoff of “{first}” minus “{second}”"), fontsize=9.5, loc="left")
    curve.set_xlim(0, 1)
    curve.set_xticks([])
    for spine in ("top", "right", "bottom"):
        curve.spines[spine].set_visible(False)

    points = [p for p in analysis.rest_points if p.state is not None and p.stability is not None]
    sets = [s for s in analysis.rest_sets if s.stability is not None]
    track.plot([0, 1], [0, 0], color=FLOW, linewidth=1.4, zorder=1)
    ends = sorted({0.0, 1.0, *(p.state[0] for p in points if p.state is not None)})
    for low, high in itertools.pairwise(ends):
        middle = (low + high) / 2
        speed = float(field([[middle]])[0, 0])
        if speed and high - low > 0.04:
            reach = 0.018 if speed > 0 else -0.018
            track.annotate(
                "", (middle + reach, 0), xytext=(middle - reach, 0),
                arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "mutation_scale": 16},
            )  # fmt: skip
    for piece in sets:
        if len(piece.corners) == 2:
            track.plot([c[0] for c in piece.corners], [0, 0], **line_style(piece.stability))
    for point in points:
        assert point.state is not None
        draw_mark(track, point.state[0], 0, point.stability)
        track.annotate(point.id, (point.state[0], 0), xytext=(0, 11), textcoords="offset points",
                       ha="center", fontsize=8.5)  # fmt: skip
        if 0 < point.state[0] < 1:
            curve.plot([point.state[0]] * 2, [0, 0], marker="|", markersize=9, color=INK)
    today = analysis.game.today
    if today is not None:
        draw_today(track, float(today[analysis.game.shares[0]]), 0)
    track.set_xlim(0, 1)
    track.set_ylim(-1, 1)
    track.set_yticks([])
    track.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
    track.set_xlabel(share_label(analysis, 0))
    for spine in ("top", "left", "right"):
        track.spines[spine].set_visible(False)
    track.spines["bottom"].set_position(("data", -1))
    draw_legend(strip, points, sets, today=today is not None, step=0.075)
    return figure


def _shortened(text: str, most: int = 62) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"
