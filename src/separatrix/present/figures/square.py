"""Two populations: the unit square with flow, nullclines, separatrix, basins and rest points.

The separatrix of an interior saddle is the level set of the conserved quantity H through it
(Hofbauer & Sigmund 1998, section 11.2): with advantages f = p·y - q of the first population and
g = r·x - s of the second, H(x, y) = s ln x + (r-s) ln(1-x) - q ln y - (p-q) ln(1-y) is constant along
every course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.analysis.result import Analysis, RestPoint
from separatrix.present.figures.canvas import (
    FLOW,
    INK,
    colour,
    draw_legend,
    draw_mark,
    draw_today,
    line_style,
    new_figure,
    share_label,
)

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from separatrix.dynamics.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["draw_square", "separatrix_arms"]

X_LINE: dict[str, Any] = {"color": "#0063a0", "linewidth": 1.4, "linestyle": (0, (6, 2))}
Y_LINE: dict[str, Any] = {"color": "#8a4a73", "linewidth": 1.4, "linestyle": (0, (2, 1.6))}
DIVIDE: dict[str, Any] = {"color": INK, "linewidth": 2.4, "linestyle": "-"}


def draw_square(analysis: Analysis) -> Figure:
    """Return the phase portrait of two populations of two strategies."""
    from separatrix.dynamics.replicator import replicator

    field = replicator(analysis.game, analysis.values)
    figure = new_figure(7.4, 5.2)
    axes = figure.add_axes((0.125, 0.16, 0.562, 0.80))
    strip = figure.add_axes((0.735, 0.12, 0.25, 0.83))
    x_name, y_name = analysis.game.shares
    arms = _divide(analysis, field)
    lines: list[tuple[str, dict[str, Any]]] = []
    if arms is not None:
        _tint_basins(axes, arms, analysis)
        lines.append(("separatrix", DIVIDE))
        axes.plot(arms[:, 0], arms[:, 1], zorder=4, **DIVIDE)
    _draw_flow(axes, field)
    if _draw_nullcline(axes, field, 0, X_LINE):
        lines.append((f"{x_name} stands still", X_LINE))
    if _draw_nullcline(axes, field, 1, Y_LINE):
        lines.append((f"{y_name} stands still", Y_LINE))
    sets = [s for s in analysis.rest_sets if s.stability is not None]
    for piece in sets:
        states = piece.samples if len(piece.samples) >= 2 else piece.corners
        if piece.dimension == 1 and len(states) >= 2:
            axes.plot([s[0] for s in states], [s[1] for s in states], **line_style(piece.stability))
        elif piece.dimension == 2:
            axes.fill([0, 1, 1, 0], [0, 0, 1, 1], color=colour(piece.stability), alpha=0.15, lw=0)
    points = [p for p in analysis.rest_points if p.state is not None and p.stability is not None]
    for point in points:
        assert point.state is not None
        draw_mark(axes, point.state[0], point.state[1], point.stability)
        _name(axes, point)
    today = analysis.game.today
    if today is not None:
        draw_today(axes, float(today[x_name]), float(today[y_name]))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    ticks = [0, 0.25, 0.5, 0.75, 1]
    axes.set_xticks(ticks, ["0", "0.25", "0.5", "0.75", "1"])
    axes.set_yticks(ticks, ["0", "0.25", "0.5", "0.75", "1"])
    axes.tick_params(pad=7)
    axes.set_xlabel(share_label(analysis, 0), labelpad=5)
    axes.set_ylabel(share_label(analysis, 1), labelpad=5)
    draw_legend(strip, points, sets, lines, today=today is not None)
    return figure


def _name(axes: Axes, point: RestPoint) -> None:
    assert point.state is not None
    x, y = point.state
    axes.annotate(
        point.id, (x, y), xytext=(-9 if x > 0.85 else 9, -10 if y > 0.85 else 9), textcoords="offset points",
        ha="right" if x > 0.85 else "left", va="center", fontsize=8.5, zorder=7,
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )  # fmt: skip


# --------------------------------------------------------------------------- flow


def _draw_flow(axes: Axes, field: Replicator) -> None:
    """Draw evenly spaced courses; each is one path, so that the file stays small."""
    import numpy as np
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    grid = np.linspace(0.004, 0.996, 41)
    x, y = np.meshgrid(grid, grid)
    rates = field(np.stack([x, y], axis=-1))
    if not np.abs(rates).max() > 0:
        return
    stream = axes.streamplot(
        grid, grid, rates[..., 0], rates[..., 1], density=0.85, color=FLOW, linewidth=0.8, arrowsize=0.9
    )
    segments = stream.lines.get_segments()
    stream.lines.remove()
    vertices: list[Any] = []
    codes: list[Any] = []
    end = None
    for segment in segments:
        # Some versions of matplotlib give a course as one polyline, others as many short ones.
        joins = end is not None and np.allclose(segment[0], end, atol=1e-12)
        for k, vertex in enumerate(segment[1:] if joins else segment):
            vertices.append(vertex)
            codes.append(Path.LINETO if joins or k else Path.MOVETO)
        end = segment[-1]
    axes.add_patch(PathPatch(Path(vertices, codes), fill=False, edgecolor=FLOW, linewidth=0.8, zorder=2))


def _draw_nullcline(axes: Axes, field: Replicator, index: int, look: dict[str, Any]) -> bool:
    """Draw where one share stands still although both of its strategies are played.

    Where payoffs are linear in the other share alone, that is where the other share has one value.
    """
    if field.corners is None:
        return _draw_curved_nullcline(axes, field, index, look)
    low, high = (float(v) for v in field.corners[index])
    if low * high >= 0:
        return False
    at = low / (low - high)
    if index == 0:
        axes.plot([0, 1], [at, at], zorder=3, **look)
    else:
        axes.plot([at, at], [0, 1], zorder=3, **look)
    return True


def _draw_curved_nullcline(axes: Axes, field: Replicator, index: int, look: dict[str, Any]) -> bool:
    import numpy as np

    grid = np.linspace(0, 1, 201)
    advantage = field.advantages(np.stack(np.meshgrid(grid, grid), axis=-1))[..., index]
    if not (np.isfinite(advantage).all() and advantage.min() < 0 < advantage.max()):
        return False
    found = axes.contour(grid, grid, advantage, levels=[0.0])
    segments = found.allsegs[0]
    found.remove()
    for segment in segments:
        axes.plot(segment[:, 0], segment[:, 1], zorder=3, **look)
    return bool(segments)


# --------------------------------------------------------------------------- separatrix and basins


def _divide(analysis: Analysis, field: Replicator) -> Array | None:
    saddle = any(p.stability == "saddle" and len(p.free) == 2 for p in analysis.rest_points)
    return separatrix_arms(field) if saddle else None


def separatrix_arms(field: Replicator, points: int = 240) -> Array | None:
    """Return the two stable arms of the interior saddle from corner to corner, as an array (points, 2).

    Exact to rounding: each state solves H = H(saddle).  ``None`` where there is no interior saddle.
    """
    import numpy as np

    if field.corners is None:
        return None
    (f0, f1), (g0, g1) = ((float(a), float(b)) for a, b in field.corners)
    p, q, r, s = f1 - f0, -f0, g1 - g0, -g0
    if not (f0 * f1 < 0 and g0 * g1 < 0 and p * r > 0):
        return None
    saddle_x, saddle_y = s / r, q / p

    def bowl(odds: Array, a: float, b: float) -> Array:
        """Return -a ln σ(u) - b ln σ(-u), a convex function of the log-odds u for a, b > 0."""
        return np.asarray(a * np.logaddexp(0, -odds) + b * np.logaddexp(0, odds))

    def log_odds(share: float) -> float:
        return float(np.log(share / (1 - share)))

    # With both signs positive H = const reads bowl_y(v) - min = bowl_x(u) - min: two branches, of which
    # the stable arms are the decreasing one for a coordination game and the increasing one otherwise.
    sign = 1.0 if p > 0 else -1.0
    x_weights, y_weights = (sign * s, sign * (r - s)), (sign * q, sign * (p - q))
    centre_u, centre_v = log_odds(saddle_x), log_odds(saddle_y)
    depth_x = float(bowl(np.asarray(centre_u), *x_weights))
    depth_y = float(bowl(np.asarray(centre_v), *y_weights))
    steps = np.linspace(0, 1, points // 2 + 1)[1:] ** 2 * 40
    arms = []
    for side in (-1.0, 1.0):
        u = centre_u + side * steps
        height = bowl(u, *x_weights) - depth_x
        up = side < 0 if p > 0 else side > 0
        near, far = np.full_like(u, centre_v), np.full_like(u, centre_v + (1 if up else -1) * 4000.0)
        for _ in range(80):  # bisection: the bowl rises on each side of its bottom
            middle = (near + far) / 2
            below = bowl(middle, *y_weights) - depth_y < height
            near, far = np.where(below, middle, near), np.where(below, far, middle)
        v = (near + far) / 2
        arms.append(np.stack([1 / (1 + np.exp(-u)), 1 / (1 + np.exp(-np.clip(v, -700, 700)))], axis=-1))
    left_end = [0.0, 1.0 if p > 0 else 0.0]
    right_end = [1.0, 0.0 if p > 0 else 1.0]
    saddle = [[saddle_x, saddle_y]]
    return np.concatenate([[left_end], arms[0][::-1], saddle, arms[1], [right_end]])


def _tint_basins(axes: Axes, arms: Array, analysis: Analysis) -> None:
    """Tint the two sides of the separatrix, each the basin of the attracting corner on it."""
    attracting = {p.state for p in analysis.rest_points if p.stability == "asymptotically stable"}
    falling = arms[0, 1] > arms[-1, 1]
    corners = ((0.0, 0.0), (1.0, 1.0)) if falling else ((0.0, 1.0), (1.0, 0.0))
    for corner, tint in zip(corners, ("#fdf0d9", "#e3f2ea"), strict=True):
        if corner in attracting:
            outline = [*arms.tolist(), list(corner)]
            axes.fill([v[0] for v in outline], [v[1] for v in outline], color=tint, lw=0, zorder=0)
