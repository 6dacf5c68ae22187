"""Where a finite population is found in the long run: over a share, in a triangle, or in a square."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.document.document import Draw
from separatrix.document.finite_states import stationary_lead
from separatrix.dynamics.page_coordinates import HEIGHT, on_page
from separatrix.errors import InputError
from separatrix.figures.canvas import INK
from separatrix.figures.gradient_of_selection import (
    gradient_entries,
    number_axis,
    paint_gradient,
)
from separatrix.figures.legend import STRIP, SYMBOLS, Legend, LegendEntry
from separatrix.figures.lettering import SMALL, TEXT, clean, rows_height, shortened
from separatrix.figures.page import FigurePage, new_page
from separatrix.figures.picture import picture
from separatrix.languages import Language, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection, QuadMesh
    from matplotlib.figure import Figure

    from separatrix.population.finite.stationary_distribution import StationaryDistribution

__all__ = ["draw_stationary", "paint_stationary", "shape_of", "stationary_picture"]

LEFT, WIDE, HIGH, BETWEEN = 66.0, 280.0, 130.0, 34.0
"""Points: the margin, the size of a panel over a share, and the gap between two."""

SIDE, TOP, MARGIN, NAMES, BAR = 250.0, 8.0, 34.0, 12.0, 12.0
"""Points: the side of a triangle or square, above it, at its side, to the names, the width of the bar."""

ARROWS = 14
"""Arrows of the drift along a side."""

DECADES = 6.0
"""Powers of ten with different colours; rarer states have the colour of the least."""

ARROW: dict[str, Any] = {"color": "#b5480f", "linewidth": 1.2}


def shape_of(found: StationaryDistribution) -> str | None:
    """Return how the states are drawn: over a share, in a triangle or in a square; None if not at all."""
    return {(2,): "line", (3,): "triangle", (2, 2): "square"}.get(found.met.strategies)


def draw_stationary(found: StationaryDistribution, words: Language) -> Figure:
    """Return the figure with its legend.

    Raises
    ------
    InputError
        U902 where the states do not fit on a page.
    """
    shape = shape_of(found)
    if shape is None or found.mu == 0:
        raise _no_figure(shape)
    return _over_a_share(found, words) if shape == "line" else _in_the_plane(found, words, shape)


def _no_figure(shape: str | None) -> InputError:
    if shape is None:
        why = "states of one population of two or three strategies, or of two of two each, are drawn"
    else:
        why = "the limit of rare mutation is drawn as an invasion diagram, by `separatrix fixation`"
    return InputError("U902", why, hint="use --format text, csv or json")


def _over_a_share(found: StationaryDistribution, words: Language) -> Figure:
    head = 8 + TEXT * 1.28 + 6
    weight = LegendEntry(
        {"color": "#0b5fa5", "linewidth": 8, "solid_capstyle": "butt"},
        tuple(shortened(words.INVASIONS_WEIGHT, STRIP - SYMBOLS, 2)),
    )
    legend = Legend((weight, *gradient_entries(found.gradient, words)))
    page = new_page(LEFT + WIDE + 20, head + 2 * HIGH + BETWEEN + 44, legend)
    page.write(LEFT, 8, shortened(words.STATIONARY_PANEL, WIDE, 1))
    paint_stationary(page.axes(LEFT, head, WIDE, HIGH), found)
    page.write(LEFT, head + HIGH + 16, shortened(words.GRADIENT_PANEL, WIDE, 1))
    paint_gradient(page.axes(LEFT, head + HIGH + BETWEEN, WIDE, HIGH), found.gradient)
    name = clean(found.game.populations[0].strategies[0].name)
    told = shortened(words.GRADIENT_SHARE.format(strategy=name), WIDE, 1)
    page.write(LEFT + WIDE / 2, head + 2 * HIGH + BETWEEN + 20, told, align="center")
    return page.figure


def _in_the_plane(found: StationaryDistribution, words: Language, shape: str) -> Figure:
    triangle = shape == "triangle"
    high = HEIGHT * SIDE if triangle else SIDE
    above = NAMES + 2 * TEXT * 1.28
    left = MARGIN + (0 if triangle else 14)
    legend = Legend((LegendEntry(ARROW, tuple(shortened(words.GRADIENT_DRIFT, STRIP - SYMBOLS, 3))),))
    page = new_page(left + SIDE + 76, TOP + above + high + 2 * NAMES + 2 * TEXT * 1.28 + 6, legend)
    axes = page.axes(left, TOP + above, SIDE, high)
    shown = paint_stationary(axes, found)
    bar = page.axes(left + SIDE + 18, TOP + above, BAR, 0.8 * high)
    page.figure.colorbar(shown, cax=bar)  # type: ignore[arg-type]  # a triangle or a square has colours
    bar.tick_params(labelsize=SMALL, color=INK)
    page.write(
        left + SIDE + 8, TOP + above - 20, shortened(words.STATIONARY_COLOUR, 68, 1, SMALL), size=SMALL
    )
    if triangle:
        _corners(page, found, left, TOP + above, high)
    else:
        for k, p in enumerate(found.game.populations):
            name = words.PLAYS.format(name=clean(p.name), strategy=clean(p.strategies[0].name))
            told = shortened(name, SIDE, 1, SMALL)
            if k:
                page.write(4, TOP + above + high / 2, told, align="center", turned=True, size=SMALL)
            else:
                page.write(left + SIDE / 2, TOP + above + high + 18, told, align="center", size=SMALL)
    return page.figure


def _corners(page: FigurePage, found: StationaryDistribution, left: float, top: float, high: float) -> None:
    names = [shortened(clean(s.name), SIDE / 2 - 6, 2) for s in found.game.populations[0].strategies]
    page.write(left, top + high + NAMES, names[0], align="left")
    page.write(left + SIDE, top + high + NAMES, names[1], align="right")
    page.write(left + SIDE / 2, top - NAMES - rows_height(names[2]), names[2], align="center")


def paint_stationary(axes: Axes, found: StationaryDistribution) -> PathCollection | QuadMesh | None:
    """Draw the states, as bars or in colours with the drift over them; return what a bar of colours shows."""
    shape = shape_of(found)
    if shape is None or found.mu == 0:
        raise _no_figure(shape)
    if shape == "line":
        size = found.met.sizes[0]
        axes.bar(found.counts[0][:, 0] / size, found.weights, width=1 / size, color="#0b5fa5", linewidth=0)
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(0, 1.08 * float(found.weights.max()))
        number_axis(axes)
        return None
    logs = found.log_weights / np.log(10)
    logs = np.maximum(logs, logs.max() - DECADES)
    return _triangle(axes, found, logs) if shape == "triangle" else _square(axes, found, logs)


def _triangle(axes: Axes, found: StationaryDistribution, logs: Any) -> PathCollection:
    size = found.met.sizes[0]
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, HEIGHT)
    at = on_page(found.counts[0] / size)
    # Each state is a hexagon as wide as its step, in points of an axes that is as wide as `SIDE`.
    dot = axes.scatter(
        at[:, 0],
        at[:, 1],
        c=logs,
        s=(1.4 * SIDE / size) ** 2,
        marker="h",
        cmap="Blues",
        linewidths=0,
        clip_on=False,
        rasterized=len(logs) > 400,
    )
    outline = on_page([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    axes.plot(outline[:, 0], outline[:, 1], color=INK, linewidth=1.0, clip_on=False, zorder=3)
    step = max(1, size // ARROWS)
    counts, drift = found.counts[0], found.gradient.drift[0]
    chosen = np.flatnonzero((counts % step == step // 2).sum(axis=1) >= 2)
    moved = on_page(counts[chosen] / size + drift[chosen]) - at[chosen]
    _arrows(axes, at[chosen], moved, step / size)
    return dot


def _square(axes: Axes, found: StationaryDistribution, logs: Any) -> QuadMesh:
    first, second = (np.arange(size + 1) / size for size in found.met.sizes)
    shape = (len(first), len(second))
    mesh = axes.pcolormesh(
        first, second, logs.reshape(shape).T, cmap="Blues", shading="nearest", rasterized=True
    )
    axes.set_aspect("auto")
    axes.tick_params(labelsize=SMALL, color=INK)
    steps = [max(1, size // ARROWS) for size in found.met.sizes]
    chosen = np.flatnonzero(
        (found.counts[0][:, 0] % steps[0] == steps[0] // 2)
        & (found.counts[1][:, 0] % steps[1] == steps[1] // 2)
    )
    at = np.stack(
        [own[chosen, 0] / size for own, size in zip(found.counts, found.met.sizes, strict=True)], axis=1
    )
    moved = np.stack([drift[chosen, 0] for drift in found.gradient.drift], axis=1)
    _arrows(axes, at, moved, max(s / z for s, z in zip(steps, found.met.sizes, strict=True)))
    return mesh


def _arrows(axes: Axes, at: Any, moved: Any, step: float) -> None:
    """Draw the drift; its longest arrow is as long as the distance between two."""
    longest = float(np.hypot(moved[:, 0], moved[:, 1]).max(initial=0.0))
    if not longest:
        return
    scale = 0.95 * step / longest
    axes.quiver(
        at[:, 0],
        at[:, 1],
        moved[:, 0] * scale,
        moved[:, 1] * scale,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.004,
        color=ARROW["color"],
        zorder=4,
        clip_on=False,
    )


def stationary_picture(found: StationaryDistribution, language: Language | None = None) -> Draw:
    """Return the figure, to be drawn in any format."""
    words = language or language_of("en")
    title = words.STATIONARY_TITLE.format(title=clean(found.game.title))
    return picture(lambda: draw_stationary(found, words), title, stationary_lead(found, words))
